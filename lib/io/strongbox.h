#ifndef IO_STRONGBOX_H
#define IO_STRONGBOX_H

#include "io/keyring.h"

/* One long file, written and read from front to end and never in clear on disk: a backup of the database.
 *   the line "zhengyin strongbox 1" · length and text of a random key, sealed by the master key (keyring.h) · pieces: length,
 *   then at most STRONGBOX_PIECE bytes sealed by that key for their number; the first byte says whether another one follows.
 * Lengths are 4 bytes, big end first.  What was altered, cut off, reordered or put together of two files does not open;
 * the sealed key names the master key that opens it, without which the file tells its length and nothing else. */

enum { STRONGBOX_PIECE = 1 << 20 };

struct strongbox;

/* A new file, 0600.  NULL: it cannot be made, or is there already. */
struct strongbox *strongbox_create(const char *path, struct keyring *master);
/* After a failed put the file is worthless.  ERR_DISK. */
enum err strongbox_put(struct strongbox *b, const void *bytes, size_t n) MUST_USE;
/* The last piece; everything is on disk then.  ERR_DISK. */
enum err strongbox_end(struct strongbox *b) MUST_USE;

/* ERR_NOT_FOUND; ERR_SYNTAX: no such file at all; ERR_LOCKED: no key of the ring opens it, *ret_key names the one that does
 * (hex, in the arena); ERR_INTERNAL. */
enum err strongbox_open(struct arena *a, const char *path, struct keyring *master, struct strongbox **ret_box,
	const char **ret_key) MUST_USE;
/* Exactly n bytes.  ERR_CHECKSUM: altered, cut off, or there are no more. */
enum err strongbox_get(struct strongbox *b, void *bytes, size_t n) MUST_USE;
bool strongbox_at_end(struct strongbox *b); /* nothing follows, and nothing was cut off */

void strongbox_close(struct strongbox **b); /* for CLEANUP; NULL is fine */

#endif
