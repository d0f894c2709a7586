#ifndef IO_SPOOL_H
#define IO_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* A folder as an outgoing tray: one file per message, written under a hidden name, synced, renamed.  A reader that
 * ignores names with a dot in front never sees half a file.  Putting the same name twice leaves one file. */

/* name without ".json"; letters, digits, - and _ only.  The folder is made when missing (0700), files are 0600. */
enum err spool_put(struct arena *a, const char *folder, const char *name, const void *bytes, size_t n) MUST_USE;

/* Append a line to a log of its own, synced; nothing when the file was written to less than every_s ago (another process
 * was faster).  A new one is for owner and group as the umask lets them. */
enum err spool_append(const char *path, int every_s, const void *bytes, size_t n) MUST_USE;

#endif
