#ifndef DOMAIN_STAFF_OWN_H
#define DOMAIN_STAFF_OWN_H

#include "domain/staff.h"

/* What one of the staff does with his own account: the password, and the one-time code with the secret behind it.
 * Whoever has an initial password or no secret yet has to do this first (c->actor.setup); when both are done he gets an
 * ordinary session.  Every change ends all other sessions of the account.
 * Wrong old passwords and codes are counted: STAFF_FAILURES within STAFF_LOCK_S, then ERR_RATE. */

enum { STAFF_PASSWORD_MIN = 12, STAFF_PASSWORD_MAX = 128 };

struct staff_own {
	bool password_due, totp_due; /* to be set before anything else */
	int64_t totp_at;	     /* 0: no secret */
};
enum err staff_own(struct ctx *c, struct staff_own *ret_own) MUST_USE;

struct staff_password {
	const char *old, *password;
};
extern const struct shape staff_password_shape;
/* ERR_INVALID (/old wrong; /password weak), ERR_RATE.  *ret_session: the new one.  Runs its own transactions. */
enum err staff_own_password(struct ctx *c, const struct staff_password *in, struct session_made *ret_session) MUST_USE;

/* Another secret, shown once: it holds when a code of it comes back.  totp: a code of the present one, where there is one.
 * ERR_INVALID (/totp wrong), ERR_RATE.  Runs its own transactions. */
struct staff_secret {
	const char *base32;
	const char *uri; /* otpauth://, for the picture that an authenticator reads */
};
enum err staff_own_totp(struct ctx *c, const char *totp, struct staff_secret *ret_secret) MUST_USE;
/* ERR_INVALID (/code), ERR_RATE, ERR_WRONG_STATE (nothing waits to be confirmed).  Runs its own transactions. */
enum err staff_own_totp_confirm(struct ctx *c, const char *code, struct session_made *ret_session) MUST_USE;

#endif
