#ifndef DOMAIN_STAFF_H
#define DOMAIN_STAFF_H

#include "domain/session.h"

/* Staff accounts: password (scrypt) and time-based code, roles as sets of permissions. */

/* All refusals look alike and take the same time (a password is hashed whether the user exists or not).
 * STAFF_FAILURES wrong attempts in a row lock the account for STAFF_LOCK_S, as many more for twice as long, and so on up to
 * STAFF_LOCK_DOUBLINGS rounds; a code serves once.  totp NULL: none was typed.
 * Who has yet to change an initial password or to set a one-time code gets a session with c->actor.setup. */
enum { STAFF_FAILURES = 5, STAFF_LOCK_S = 900, STAFF_LOCK_DOUBLINGS = 5 };
enum err staff_sign_in(struct ctx *c, const char *user, const char *password, const char *totp,
	struct session_made *ret_session) MUST_USE;

enum { STAFF_TOTP_SECRET = 20 };
#define STAFF_CODE "staff.code" /* of the index, see staff_admin.h */

struct staff_new {
	const char *user, *name, *password;
	const char *const *roles; /* ended by NULL */
};
/* ERR_CONFLICT: the user exists.  Inside ctx_tx.  ret_totp_base32: the secret, shown once. */
enum err staff_add(struct ctx *c, const struct staff_new *s, const char **ret_totp_base32) MUST_USE;

/* Groups of letters that are hard to confuse, 80 random bits: "kmzq-7w3d-…". */
const char *staff_initial_password(struct arena *a);

enum err staff_roles(struct ctx *c, int64_t staff_id, struct list *ret_words /* struct db_text */) MUST_USE;

#endif
