#ifndef IO_PACK_H
#define IO_PACK_H

#include "base/field.h"

/* Many files in one: a tar archive (POSIX ustar), which any system opens.  Written piece by piece, so that only one of the
 * files has to be in memory; the same files in the same order give the same bytes.
 * Paths are ours: lower-case letters, digits, ".", "_" and "-" between "/", none of the parts beginning with a dot. */

enum { PACK_PATH_MAX = 99, PACK_FILES_MAX = 20000 };

bool pack_path_good(const char *path);

/* Takes what was made so far; false ends with ERR_DISK. */
typedef bool (*pack_take)(void *arg, const void *bytes, size_t n);

struct pack;
/* moment: written on every file.  Closed by pack_end, or by pack_done (CLEANUP) when something failed. */
enum err pack_begin(int64_t moment, pack_take take, void *arg, struct pack **ret_pack) MUST_USE;
enum err pack_add(struct pack *p, const char *path, struct bytes content) MUST_USE;
enum err pack_end(struct pack **p) MUST_USE;
void pack_done(struct pack **p);

struct pack_file {
	const char *path;
	struct bytes content;
};

/* All files of an archive that somebody hands in, in its order; a list of struct pack_file in the arena.  Anything but plain
 * files with good paths is ERR_INVALID with a word in ret_fault: broken, path, kind, many.  What stands between and behind
 * the files is passed over: who wants to know packs them again and compares. */
enum err pack_read(struct arena *a, struct bytes archive, struct list *ret_files, const char **ret_fault) MUST_USE;

#endif
