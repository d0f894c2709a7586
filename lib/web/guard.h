#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include "web/web.h"

/* What must hold before a handler sees a request.  Each returns the refusal. */

enum err guard_secret(struct web *w, const char *secret) MUST_USE; /* the parameter only nginx knows */
enum err guard_origin(struct web *w) MUST_USE;			   /* no cross-site writes */
enum err guard_session(struct web *w) MUST_USE;			   /* cookie → c.actor; none is fine */
enum err guard_permission(struct web *w) MUST_USE;		   /* of the row: 401 or 403 */
enum err guard_csrf(struct web *w) MUST_USE;
enum err guard_if_match(struct web *w) MUST_USE;

bool method_writes(enum method m);

#endif
