#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include "web/web.h"

/* What must hold before a handler sees a request.  Each returns the refusal, which ends the request; nothing has been read of
 * its body by then and no transaction is open. */

enum err guard_secret(struct web *w, const char *secret) MUST_USE; /* the parameter only nginx knows; ERR_FORBIDDEN */
enum err guard_origin(struct web *w) MUST_USE;			   /* no cross-site writes; ERR_ORIGIN */
enum err guard_session(struct web *w) MUST_USE;			   /* cookie → c.actor; none is fine */
enum err guard_permission(struct web *w) MUST_USE;		   /* ERR_SIGN_IN, ERR_FORBIDDEN, ERR_NOT_FOUND */
enum err guard_csrf(struct web *w) MUST_USE;			   /* of a session that writes; ERR_CSRF */
/* → c.expect.  ERR_NO_MATCH where the row wants one and there is none, ERR_STALE when it is none of ours. */
enum err guard_if_match(struct web *w) MUST_USE;

bool method_writes(enum method m);

#endif
