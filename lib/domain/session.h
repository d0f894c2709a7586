#ifndef DOMAIN_SESSION_H
#define DOMAIN_SESSION_H

#include "domain/ctx.h"

/* Who is signed in.  A session is a random token in a cookie; the database holds only its hash, so the table alone opens
 * nothing.  Every sign-in makes a new token. */

struct session_made {
	const char *token; /* for the cookie */
	int64_t ends_at;
};

/* For c->actor, who has just proved who he is.  Own transaction. */
enum err session_start(struct ctx *c, struct session_made *ret_session) MUST_USE;

/* A session of c->actor.account_id that sees one case only, for a case opened at the counter. */
enum err session_start_counter(struct ctx *c, int64_t application_id, struct session_made *ret_session) MUST_USE;

/* Who holds this token?  Fills c->actor (permissions of staff from their roles as they are now) and *ret_ends_at.
 * ERR_SIGN_IN: nobody, or expired.  Moves seen_at at most once a minute. */
enum err session_find(struct ctx *c, const char *token, bool staff, int64_t *ret_ends_at) MUST_USE;
enum err session_end(struct ctx *c, const char *token) MUST_USE;
/* All of one of the staff, whoever uses them. */
enum err session_end_of_staff(struct ctx *c, int64_t staff_id) MUST_USE;

/* What state-changing calls carry in X-CSRF-Token: an HMAC of the session's token. */
char *session_csrf(struct ctx *c, const char *token);

#endif
