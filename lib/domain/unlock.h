#ifndef DOMAIN_UNLOCK_H
#define DOMAIN_UNLOCK_H

#include "domain/application.h"
#include "io/token.h"

/* Permissions to give a token a new PIN, in place of the one that was forgotten.
 *
 * One is bound to its case, a certificate of the case, the token in which that lies, and a challenge that the token made: it
 * opens that token once, within UNLOCK_PERMISSION_S.  While the case waits for it another may be asked for with a new
 * challenge; the one before is then worthless.  Whether the PIN was set is what the client, or the producer, says by
 * completing the case.  Without an unlock key (unlock_key.h) there are none, and tokens are unlocked by other means. */

enum { UNLOCK_PERMISSION_S = 1800 };

struct unlock_in {
	const char *no;				    /* staff only */
	const char *token_serial, *challenge, *key; /* as io/token.h struct token_challenge has them */
};
extern const struct shape unlock_in_shape, unlock_own_shape; /* the second: of the applicant's client, without no */

/* The owner's client for a case that is installing; a producer (not the first reviewer) for one that is to be made.
 * Own transaction; refusals are recorded.
 * ERR_WRONG_STATE: not an unlock, not its time, or no unlock key here; ERR_INVALID: not this token (nothing more is said), or
 * a challenge that was used; ERR_TWO_PERSONS; ERR_RATE. */
enum err unlock_permit(
	struct ctx *c, const char *no, const struct unlock_in *in, struct token_permission *ret_permission) MUST_USE;

/* The case is done: what was given out for it was used, or ran out.  Inside ctx_tx; nothing for other services. */
enum err unlock_done(struct ctx *c, const struct application *app) MUST_USE;

/* Marks what ran out. */
enum err unlock_expire(struct ctx *c, int *ret_done) MUST_USE;

#endif
