#ifndef DOMAIN_STAFF_ADMIN_H
#define DOMAIN_STAFF_ADMIN_H

#include "domain/staff.h"
#include "io/json_out.h"

/* The staff as administrators see them.  One administrator adds accounts, locks and unlocks them, ends sessions and hands out
 * initial passwords; roles change, and a one-time code is taken away, only by two persons (proposal.h), neither of whom is
 * the one it is about.
 *   - a new account has no role and no one-time code: its initial password opens nothing but setting both
 *   - an initial password holds for STAFF_INITIAL_S; it never replaces the one-time code
 *   - after a one-time code was taken away, the person who confirmed it hands over a code of his own (staff_admin_code), so
 *     that neither of the two can sign in as somebody else by himself
 *   - one working administrator is always left */

enum { STAFF_INITIAL_S = 72 * 3600, STAFF_LIST_MAX = 100 };

struct staff_query {
	const char *after; /* account: those behind it */
};
extern const struct shape staff_query_shape;
enum err staff_admin_write_all(struct ctx *c, const struct staff_query *q, struct json_out *j) MUST_USE;
/* ERR_NOT_FOUND. */
enum err staff_admin_write_one(struct ctx *c, const char *user, struct json_out *j, int64_t *ret_version) MUST_USE;

struct staff_wish {
	const char *user, *name;
};
extern const struct shape staff_wish_shape;
/* ERR_INVALID: the account is taken.  *ret_password: shown once.  Inside ctx_tx, as all that follow. */
enum err staff_admin_add(struct ctx *c, const struct staff_wish *in, const char **ret_password) MUST_USE;

struct staff_reason {
	const char *reason;
};
extern const struct shape staff_reason_shape;
/* Each: ERR_NOT_FOUND, ERR_STALE (c->expect), ERR_TWO_PERSONS (his own account), ERR_WRONG_STATE.
 * lock: ends his sessions too.  unlock: also after too many wrong attempts. */
enum err staff_admin_lock(struct ctx *c, const char *user, const char *reason) MUST_USE;
enum err staff_admin_unlock(struct ctx *c, const char *user, const char *reason) MUST_USE;
enum err staff_admin_sign_out(struct ctx *c, const char *user, const char *reason) MUST_USE;
enum err staff_admin_password(struct ctx *c, const char *user, const char *reason, const char **ret_password) MUST_USE;
/* The code of who confirmed that the one-time code be taken away; each call makes another.  ERR_FORBIDDEN: it was not he. */
enum err staff_admin_code(struct ctx *c, const char *user, const char **ret_code) MUST_USE;

/* --- by two persons: what proposals of the kinds roles and totp_reset look at and carry out --- */

struct staff_roles_wish {
	const char *user;
	struct texts roles;
	const char *reason;
};
struct staff_totp_wish {
	const char *user, *reason;
};
extern const struct shape staff_roles_wish_shape, staff_totp_wish_shape;

struct staff_look {
	const char *name, *base, *before, *after;
};
/* ERR_INVALID with faults: no such account, roles that are none or do not go together, nothing to change. */
enum err staff_roles_look(struct ctx *c, const struct staff_roles_wish *in, struct staff_look *ret_look) MUST_USE;
enum err staff_totp_look(struct ctx *c, const struct staff_totp_wish *in, struct staff_look *ret_look) MUST_USE;
/* Is it about the actor himself?  ERR_TWO_PERSONS. */
enum err staff_not_own(struct ctx *c, const char *user) MUST_USE;
/* ERR_TWO_PERSONS, ERR_WRONG_STATE (the last administrator). */
enum err staff_roles_set(struct ctx *c, const struct staff_roles_wish *in) MUST_USE;
enum err staff_totp_take(struct ctx *c, const struct staff_totp_wish *in) MUST_USE;

#endif
