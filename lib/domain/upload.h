#ifndef DOMAIN_UPLOAD_H
#define DOMAIN_UPLOAD_H

#include "domain/attachment.h"

/* Files on their way in, piece by piece (tus 1.0.0).  An upload belongs to the account that began it; a counter session
 * reaches those of its one case, a phone those it sent itself (relay.h).  Its id is also the name of its file in the store, so
 * that the file's lock can be taken before the row's: a process that was held up can then never cut off what another has
 * acknowledged.  A piece counts once it is on disk and its row is committed.
 * With the last byte the content is hashed and looked at (io/sniff.h); it becomes an attachment in the same transaction, or
 * it is refused with a reason and the upload is over.  Nothing is believed of what the browser says about the file. */

enum { UPLOAD_METADATA_MAX = 2000, UPLOAD_FILENAME_MAX = 120 };

struct upload {
	const char *id;
	int64_t application_id;
	const char *material, *filename, *metadata;
	int64_t length, received;
	const char *attachment_id; /* NULL: not complete */
	int64_t ends_at;
	struct bytes key_sealed;
};

/* Begin.  metadata: the header as sent.  length: of the whole file.
 * Errors: ERR_SYNTAX (metadata), ERR_INVALID (faults), ERR_NOT_FOUND (no such case of the caller's), ERR_WRONG_STATE,
 * ERR_TOO_LARGE, ERR_MEDIA (empty, or a kind that is not taken), ERR_DISK. */
enum err upload_create(struct ctx *c, const char *metadata, int64_t length, struct upload *ret_upload) MUST_USE;

/* ERR_NOT_FOUND: unknown, another's, ended or expired. */
enum err upload_find(struct ctx *c, const char *id, struct upload *ret_upload) MUST_USE;

/* One piece behind the first `offset` bytes.
 * Errors: ERR_OFFSET, ERR_TOO_LARGE (more than announced), ERR_LOCKED (another piece is being written), ERR_DISK; with the
 * last byte also ERR_MEDIA with a fault "/file", ERR_CHECKSUM (announced sha256), ERR_WRONG_STATE: then it is over. */
enum err upload_append(struct ctx *c, const char *id, int64_t offset, struct bytes piece, struct upload *ret_upload)
	MUST_USE;

enum err upload_remove(struct ctx *c, const char *id) MUST_USE;

/* Upload-Metadata: unique keys of those we know, values base64 of UTF-8.  Members not given are NULL. */
struct upload_metadata {
	const char *application, *material, *filename, *filetype, *sha256;
};
enum err upload_metadata_read(struct arena *a, const char *text, struct upload_metadata *ret_metadata) MUST_USE;
/* A name as it may be shown: no folders, no control or invisible characters, not too long, never empty. */
const char *upload_filename(struct arena *a, const char *name);

#endif
