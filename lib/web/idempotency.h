#ifndef WEB_IDEMPOTENCY_H
#define WEB_IDEMPOTENCY_H

#include "web/web.h"

/* The Idempotency-Key of a request, kept in the same transaction as its effect: a repeated request gets the stored
 * answer, the same key with another body is refused, and whoever comes while the first is under way waits for its row
 * lock and then gets its answer.  Kept 24 h, per person and route. */

/* Inside the transaction, before the handler.  w->stored is set when the answer was found and put into w.
 * Errors: ERR_SYNTAX (no quoted text), ERR_KEY_REUSED (of another request), ERR_BUSY (run the transaction again). */
enum err idempotency_begin(struct web *w) MUST_USE;
/* After the handler, before the commit. */
enum err idempotency_keep(struct web *w) MUST_USE;

#endif
