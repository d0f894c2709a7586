#ifndef DOMAIN_NOTE_H
#define DOMAIN_NOTE_H

#include "domain/application.h"
#include "io/json_out.h"

/* Internal notes: what staff tell each other about a case.  Sealed, for they may name people; never part of what an
 * applicant reads; written once, neither changed nor taken away.  Both writing and reading are recorded. */

enum { NOTE_LIMIT_MAX = 50, NOTE_MAX = 1000 };

struct note_in {
	const char *text; /* 1..NOTE_MAX characters */
};
struct note_query {
	int64_t after, limit; /* after: id of the last one seen; 0: from the newest, and 20 of them */
};
extern const struct shape note_in_shape, note_query_shape;

/* Writes the new note into j.  Within the caller's transaction; the case keeps its version.  ERR_NOT_FOUND. */
enum err note_add(struct ctx *c, const char *no, const struct note_in *in, struct json_out *j) MUST_USE;
/* {items, next}, newest first. */
enum err note_list(struct ctx *c, const char *no, const struct note_query *in, struct json_out *j) MUST_USE;
/* How many there are. */
enum err note_count(struct ctx *c, const struct application *app, int64_t *ret_count) MUST_USE;

#endif
