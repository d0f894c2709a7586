#ifndef IO_CONFINE_H
#define IO_CONFINE_H

#include <stdbool.h>

#include "base/field.h"

/* Hostile bytes are parsed by another program that can do nothing: run here with
 *   standard input  the bytes, in a sealed memfd · standard output  a pipe to us · nothing else open, no environment
 *   rlimits (memory, CPU, files, processes), no new privileges, no network of its own, no core
 *   seccomp: a short list of calls that start a program, read files and take memory; no sockets, no other program, no
 *   process, no file opened for writing, no tracing
 *   Landlock: reads /usr, the loader's and the fonts' files, and nothing that is ours (keys, store)
 * It is always another program (execve), so that neither keys nor a database connection are in its memory.
 * Without seccomp it is refused (ERR_INTERNAL); without Landlock it goes on and is logged once. */

struct confine {
	const char *const *argv; /* absolute path first, ended by NULL */
	int64_t memory_bytes, cpu_s, wall_ms;
	bool ours; /* built as this program is: under AddressSanitizer no limit of memory, and five times the CPU */
	int nice;  /* 0, or more: requests come first */
	size_t out_max; /* more output ends it */
};

enum confine_end { CONFINE_EXITED, CONFINE_LIMIT, CONFINE_OUTPUT };

struct confine_result {
	enum confine_end how;	    /* exited, killed by a limit or signal or out of time, too much output */
	int code;		    /* exit status */
	struct bytes out;	    /* also what came before a limit */
	int64_t cpu_ms, peak_bytes; /* of memory in use, not less than ours when it was started */
};

/* ERR_INTERNAL: it could not be started or confined. */
enum err confine_run(struct arena *a, const struct confine *c, struct bytes in, struct confine_result *ret_result)
	MUST_USE;

/* Can this kernel do the part that may be missing? */
bool confine_landlock(void);

/* For a program of ours that is run so, before it looks at its input: from here on only memory, reading what is open,
 * writing what is open and leaving.  false: not possible; do not go on. */
bool confine_self(void);

#endif
