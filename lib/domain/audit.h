#ifndef DOMAIN_AUDIT_H
#define DOMAIN_AUDIT_H

#include "domain/ctx.h"

/* Who did and saw what: rows in a hash chain, insert and select only.  Row n carries
 * HMAC-SHA256(audit key, hash of row n-1 ‖ the row as text), so a changed, deleted, cut, swapped or re-inserted row is
 * found by audit_verify.  The chain's head is one row, locked last in the transaction, so that nobody waits long. */

/* Remember a row; it is written when the transaction commits.  object and detail are cut to what the columns
 * take.  detail: no personal numbers; NULL is "". */
void audit_add(struct ctx *c, const char *action, const char *object, const char *detail);

/* Called by ctx_tx just before the commit. */
enum err audit_flush(struct ctx *c) MUST_USE;

/* A look (no change): writes its row in a transaction of its own.  Nothing is shown when this fails. */
enum err audit_look(struct ctx *c, const char *action, const char *object, const char *detail) MUST_USE;

/* The end of the chain: the last row and its hash; 0 and zeros before the first. */
enum err audit_head(struct ctx *c, int64_t *ret_seq, struct bytes *ret_hash) MUST_USE;

struct audit_result {
	int64_t rows;	   /* read */
	int64_t first_bad; /* 0: the chain holds */
	const char *why;
	int64_t head; /* the last row that holds, and its hash: to be kept elsewhere and given to a later run */
	unsigned char hash[CRYPTO_HASH];
};
struct audit_anchor;
/* Walks the chain in steps and holds it against its head and against the anchors that were written down (audit_anchor.h).
 * kept: one more, from elsewhere; NULL: none.  Errors: database and disk only; a broken chain is a result. */
enum err audit_verify(struct ctx *c, const struct audit_anchor *kept, struct audit_result *ret_result) MUST_USE;

#endif
