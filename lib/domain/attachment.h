#ifndef DOMAIN_ATTACHMENT_H
#define DOMAIN_ATTACHMENT_H

#include "domain/application.h"
#include "domain/job.h"
#include "io/blob.h"
#include "io/json_out.h"

/* Files of a case.  The original is kept as it came, encrypted; people look at pages, which are pictures made by us.
 * An attachment begins as "checking", with a job "render" in the same transaction; the worker makes it "accepted" with its
 * pages or "refused" with findings.  Taking one back (removed_at) hides it at once; the worker erases it later, when the
 * case was never submitted.
 * Whose file it is stands in the SQL: an applicant finds only his own; staff only those of a case they hold or judged.
 * Not there and not yours look alike (ERR_NOT_FOUND), and every look is recorded, the refused ones too. */

/* Why a file was refused, or what a reviewer should know.  NULL code: no such finding. */
const char *attachment_finding(const char *code);

/* What the worker's check and the upload's check may find, one place. */
struct blob_store attachment_store(const struct ctx *c);

struct attachment {
	const char *id;
	int64_t application_id;
	const char *no, *material, *filename, *media, *sha256, *state, *findings; /* findings: codes with blanks */
	const char *filed_from; /* material it was uploaded to, when it filed itself; else NULL */
	int64_t round, size_bytes, page_count, uploaded_at;
	const char *blob_id;
	struct bytes key_sealed;
};

/* A complete upload becomes an attachment; sha256, media and size are ours.  Within the caller's transaction, which holds
 * the lock of the case.  ret_id: its public id. */
struct attachment_new {
	const char *material, *filename, *media, *sha256, *blob_id;
	int64_t size_bytes;
};
enum err attachment_add(
	struct ctx *c, const struct application *app, const struct attachment_new *in, const char **ret_id) MUST_USE;

/* The contract's list, newest last; for a phone those that it sent itself. */
enum err attachment_list(struct ctx *c, const char *no, struct json_out *j) MUST_USE;

/* The original, or page n (1…) as JPEG, or that page small.  ret_bytes lives in the arena.  Every look is recorded, at small
 * pictures once for the whole file and an hour.  Pages of identity papers (by the catalogue) are marked when staff look. */
enum err attachment_original(struct ctx *c, const char *id, struct attachment *ret_file, struct bytes *ret_bytes)
	MUST_USE;
enum err attachment_page(struct ctx *c, const char *id, int64_t page, struct bytes *ret_jpeg) MUST_USE;
enum err attachment_thumb(struct ctx *c, const char *id, int64_t page, struct bytes *ret_jpeg) MUST_USE;

/* Take a file back.  Within the caller's transaction.  ERR_WRONG_STATE when the case no longer allows it. */
enum err attachment_remove(struct ctx *c, const char *id) MUST_USE;

/* The job "render" (attachment_render.c). */
enum err attachment_render(struct ctx *c, const struct job *job) MUST_USE;
/* It will never be done: the applicant is asked for the file again.  Within the caller's transaction. */
enum err attachment_give_up(struct ctx *c, const char *id) MUST_USE;

#endif
