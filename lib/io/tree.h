#ifndef IO_TREE_H
#define IO_TREE_H

#include "base/field.h"

/* Folders copied whole, for backups: ordinary files and folders, nothing else. */

struct tree_copied {
	int64_t files, bytes; /* that lie in the copy now */
	int64_t fresh;	      /* of the files, those that were read and written just now */
};

/* What is there with the same length and date stays.  before: an older copy on the same disk, or NULL; a file that is so in it is linked from there instead of copied.  A file that vanishes meanwhile is left out.  Modes and dates are those of
 * the source, and in a folder with the setgid bit the group may do what the owner may; as root, owner and group are those of the
 * folder copied into.  On disk when it returns.  A source that is not there holds
 * nothing.  Errors: ERR_DISK, ERR_INTERNAL (cannot be read). */
enum err tree_copy(const char *from, const char *to, const char *before, struct tree_copied *ret_copied) MUST_USE;

bool tree_empty(const char *path); /* not there, or nothing in it */

#endif
