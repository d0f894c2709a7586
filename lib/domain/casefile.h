#ifndef DOMAIN_CASEFILE_H
#define DOMAIN_CASEFILE_H

#include "domain/application.h"
#include "domain/job.h"

/* The sealed case file: when a case is completed, all that it was goes into one archive (io/pack.h): what was filled in, the
 * forms, every scan as it came, decisions, events, signatures, payments, parcels, certificates, its rows of the audit book.
 * manifest.json names each file with its size and SHA-256, and where the audit book stood; manifest.p7s is its signature by
 * the key for case files (authority.h).  tools/casecheck says years later, without the portal, what was altered (casefile_check.h).
 * The archive lies encrypted in the store.  What happens to a completed case later (an invoice, a rating) is not in it. */

#define CASEFILE_FORMAT "zhengyin-casefile-1"
#define CASEFILE_MANIFEST "manifest.json"
#define CASEFILE_SIGNATURE "manifest.p7s"
#define CASEFILE_CRLS "trust/crls/"

struct casefile_entry {
	const char *path;
	int64_t size;
	const char *sha256;
};

struct casefile_manifest {
	const char *format, *no;
	int64_t sealed_at, audit_seq;
	const char *audit_hash;
	struct list entries; /* of struct casefile_entry, in the order of the archive */
};
extern const struct shape casefile_manifest_shape;

/* The job "casefile": makes it.  A second time changes nothing. */
enum err casefile_run(struct ctx *c, const struct job *job) MUST_USE;

struct casefile_row {
	const char *no, *manifest_sha256;
	int64_t files, size_bytes, sealed_at;
	const char *blob_id;
	struct bytes key_sealed;
};
/* ERR_NOT_FOUND: none was made (yet). */
enum err casefile_find(struct ctx *c, const char *no, struct casefile_row *ret_row) MUST_USE;
/* The archive, in the arena; the look is recorded. */
enum err casefile_read(struct ctx *c, const char *no, struct casefile_row *ret_row, struct bytes *ret_archive) MUST_USE;

/* Rows of a case as JSON, given to keep a file at a time (casefile_part.c). */
typedef enum err (*casefile_keep)(void *arg, const char *path, struct bytes content);
enum err casefile_parts(struct ctx *c, int64_t application_id, casefile_keep keep, void *arg) MUST_USE;

#endif
