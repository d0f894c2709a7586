#ifndef IO_BLOB_H
#define IO_BLOB_H

#include "base/field.h"
#include "io/keyring.h"

/* Files of applicants, encrypted, in a local folder: <dir>/ab/cd/abcd….  Never in clear on disk, never under www/.
 * A file is a row of records, each one appended piece of at most BLOB_RECORD_MAX bytes:
 *   length of the sealed piece (4 bytes, big end first), the piece sealed by the file's own key for "<id>:<index>".
 * So a changed byte, an exchanged or missing record does not open.  How long the content is the database knows: an
 * append first cuts the file to what the database acknowledged (a crash may leave a torn tail behind it), and a read gives
 * exactly that many bytes or ERR_INTERNAL.  The file's key is random and lies in the row, sealed by the master key together
 * with a letter that names the cipher suite (blob.c holds the table of suites): new files take the store's suite, a file
 * keeps the one it was begun with, so both lie in one store.
 *
 * Order for the caller: blob_create or blob_append (both sync before they return), then commit the row.
 * Errors: ERR_DISK (no room) · ERR_NOT_FOUND (no such file) · ERR_LOCKED (another process writes it) · ERR_INTERNAL. */

enum { BLOB_ID = 32, BLOB_RECORD_MAX = 1 << 20 };

struct blob_store {
	const char *dir, *suite;	/* of new files: "aes" (AES-256-GCM) or "sm" (SM4-CTR and HMAC-SM3) */
	int64_t quota_bytes, low_bytes; /* of all content; free space on the disk that uploads leave alone */
};

struct blob {
	const char *id;
	struct bytes key_sealed;
	int64_t size_bytes; /* as the database knows it */
};

bool blob_suite_known(const char *name);
bool blob_id_valid(const char *id); /* 32 lower-case hex digits */

/* Is there room for more bytes?  used_bytes: what the database says all files hold.  ERR_DISK. */
enum err blob_room(const struct blob_store *s, int64_t used_bytes, int64_t more_bytes) MUST_USE;

/* A new, empty file, for owner and group as the umask lets them; it and its folder are on disk when this returns. */
enum err blob_create(const struct blob_store *s, struct arena *a, struct keyring *master, struct blob *ret_blob)
	MUST_USE;

/* A file open for appending, locked against other processes until closed. */
struct blob_writer {
	int fd;
};
#define BLOB_WRITER_CLOSED \
	{ \
		.fd = -1 \
	}
enum err blob_open(const struct blob_store *s, const char *id, struct blob_writer *ret_writer) MUST_USE;
void blob_close(struct blob_writer *w); /* closing twice is fine; for CLEANUP */
/* Puts bytes behind the first b->size_bytes of content and syncs; b->size_bytes is then the new length. */
enum err blob_append(const struct blob_writer *w, struct keyring *master, struct blob *b, const void *bytes, size_t n)
	MUST_USE;

/* Create, write, sync in one. */
enum err blob_put(const struct blob_store *s, struct arena *a, struct keyring *master, const void *bytes, size_t n,
	struct blob *ret_blob) MUST_USE;

/* Gives the content piece by piece, in order; false from take ends with ERR_INTERNAL.  Pieces live during the call. */
typedef bool (*blob_take)(void *arg, const void *bytes, size_t n);
enum err blob_read(const struct blob_store *s, struct keyring *master, const struct blob *b, blob_take take, void *arg)
	MUST_USE;
/* All of it, in the arena. */
enum err blob_load(const struct blob_store *s, struct arena *a, struct keyring *master, const struct blob *b,
	struct bytes *ret_bytes) MUST_USE;

bool blob_there(const struct blob_store *s, const char *id);		   /* is there a file of that name? */
enum err blob_remove(const struct blob_store *s, const char *id) MUST_USE; /* no such file is fine */

/* Walks all files that were not touched since `before` (moment); known says whether a row still names it, all others are
 * removed.  Errors of known end the walk. */
typedef enum err (*blob_known)(void *arg, const char *id, bool *ret_known);
enum err blob_sweep(const struct blob_store *s, int64_t before, blob_known known, void *arg, int *ret_removed) MUST_USE;

#endif
