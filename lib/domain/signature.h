#ifndef DOMAIN_SIGNATURE_H
#define DOMAIN_SIGNATURE_H

#include "domain/application.h"
#include "domain/challenge.h"
#include "domain/session.h"

/* Signatures made with a certificate that is in the register: for a case (add, renew), and to sign in.
 *
 * What is signed is the text of a challenge, which names the hash of the case's canonical content: its number, service, all
 * fields, price, and the hash of every file.  The page shows that content as what will be signed.  The server makes both
 * again when the signature comes; a file exchanged in between, or another field, gives another hash, and it must be signed
 * again.  Accepted signatures are kept as evidence and looked at again at review and before issue.
 *
 * The applicant hears one sentence for whatever is wrong with the signed data itself; what is wrong with a certificate that
 * did sign (expired, revoked, another's) he is told, with the way that is open. */

struct signature_offer {
	struct challenge challenge;
	const char *content; /* canonical, for people to read */
};

/* A new challenge for a case that waits for a signature.  Inside ctx_tx.
 * ERR_WRONG_STATE: the case wants none, or none now. */
enum err signature_offer(struct ctx *c, const char *no, struct signature_offer *ret_offer) MUST_USE;

struct signature_in {
	const char *nonce, *signature; /* signature: Base64 of the signed data, line ends are passed over */
};
extern const struct shape signature_in_shape;

/* Checks, keeps the evidence and closes the gate.  Own transactions: a refused one is recorded.  The same signature for the
 * same challenge again changes nothing.
 * ERR_INVALID with a fault "/signature" whose code is the reason; ERR_RATE. */
enum err signature_take(struct ctx *c, const char *no, const struct signature_in *in, struct application *ret_app)
	MUST_USE;

/* Is the newest signature of the case still good for what the case says now?  Inside ctx_tx, which also keeps the look.
 * stage: receipt review issue.  ERR_WRONG_STATE with a sentence when it is not; a case that was confirmed by a reviewer
 * (no signature kept) passes. */
enum err signature_recheck(struct ctx *c, const struct application *app, const char *stage) MUST_USE;
/* After a correction: content that differs from what was signed opens the gate again.  Inside ctx_tx. */
enum err signature_void(struct ctx *c, const struct application *app) MUST_USE;

/* Signing in: a challenge without a case, then a session of the account that the certificate belongs to. */
enum err signature_offer_session(struct ctx *c, struct challenge *ret_challenge) MUST_USE;
enum err signature_sign_in(struct ctx *c, const struct signature_in *in, struct session_made *ret_session) MUST_USE;
/* The same by a certificate whose key TLS has proved: the caller knows that from the server that asked for it.  pem: as it was
 * shown.  Trust, lists and register are looked at as for a signature; RSA only. */
enum err signature_sign_in_tls(struct ctx *c, const char *pem, struct session_made *ret_session) MUST_USE;

#endif
