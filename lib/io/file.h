#ifndef IO_FILE_H
#define IO_FILE_H

#include "base/field.h"

/* Small files read and written whole.  Writing is all or nothing: a temporary file beside it, synced, then renamed. */

/* The content, ended by a NUL that is not counted.  ERR_NOT_FOUND; ERR_TOO_LARGE (over FILE_READ_MAX); ERR_INTERNAL. */
enum { FILE_READ_MAX = 16 * 1024 * 1024 };
enum err file_read(struct arena *a, const char *path, struct bytes *ret_bytes) MUST_USE;

/* Replaces what is there.  ERR_DISK. */
enum err file_write(struct arena *a, const char *path, unsigned mode, struct bytes content) MUST_USE;

/* The same, but leaves a file that is there alone: ERR_CONFLICT. */
enum err file_create(struct arena *a, const char *path, unsigned mode, struct bytes content) MUST_USE;

/* All n bytes, in as many pieces as it takes; a signal in between is no end.  false: errno says why, or the other side ended. */
bool file_put(int fd, const void *from, size_t n) MUST_USE;
bool file_get(int fd, void *to, size_t n) MUST_USE;

/* All of it behind what was written to fd, synced.  false: the disk refuses. */
bool file_append(int fd, struct bytes content) MUST_USE;

/* To another name in the same folder, replacing what is there.  ERR_DISK. */
enum err file_rename(struct arena *a, const char *from, const char *to) MUST_USE;

bool file_exists(const char *path);

/* A folder that all may enter and its group may write in, whatever the umask; one that is there stays as it is.  ERR_DISK. */
enum err file_folder(const char *path) MUST_USE;

/* Names in a folder that end so, in the order of their bytes; a folder that is not there holds none. */
MUST_USE enum err file_list(struct arena *a, const char *dir, const char *ending, struct texts *ret_names);
/* When a file or a folder was last changed, for who keeps what it read; 0: not there. */
int64_t file_stamp(const char *path);

#endif
