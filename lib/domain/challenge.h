#ifndef DOMAIN_CHALLENGE_H
#define DOMAIN_CHALLENGE_H

#include "domain/ctx.h"

/* The text that a certificate signs: written by us byte for byte, good once and for ten minutes.  The text
 * itself is not stored but made again from the row, so nothing that comes back is believed. */

enum challenge_purpose { CHALLENGE_SESSION, CHALLENGE_ADD, CHALLENGE_RENEW, CHALLENGE_UNLOCK, CHALLENGE_PURPOSE_MAX };

enum { CHALLENGE_TTL_S = 600 };

struct challenge {
	const char *nonce;
	enum challenge_purpose purpose;
	int64_t application_id, account_id; /* 0: signing in */
	const char *subject;		    /* number of the case, or "-" */
	const char *content_sha256;	    /* hex, or "-" */
	int64_t made_at, ends_at, used_at;
	const char *text; /* the bytes to sign, UTF-8, LF */
};

/* in: purpose, application_id, account_id, subject, content_sha256; the rest is filled in.  Inside ctx_tx. */
enum err challenge_make(struct ctx *c, struct challenge *in_out) MUST_USE;

/* By its nonce, for who asked for it (account_id 0: signing in).  ERR_NOT_FOUND: unknown, another's, for another purpose or
 * case, too old; a used one is found, used_at says so.  Locks the row when a transaction is open. */
enum err challenge_find(struct ctx *c, const char *nonce, int64_t application_id, const char *subject,
	struct challenge *ret_challenge) MUST_USE;

/* Inside ctx_tx, with the effect.  ERR_CONFLICT: used by another meanwhile. */
enum err challenge_use(struct ctx *c, const struct challenge *k) MUST_USE;

#endif
