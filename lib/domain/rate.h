#ifndef DOMAIN_RATE_H
#define DOMAIN_RATE_H

#include "domain/ctx.h"

/* Limits shared by all programs and machines: hits per fixed window, counted in the database.
 * Counting is part of the caller's transaction only when one is open; a refused attempt must be counted too, so call it
 * before the transaction. */

/* Count one hit of `rule` by `subject` (a phone, an address) in windows of span_s.  ERR_RATE when it is more than most;
 * then *ret_wait_s and c->retry_s tell after how many seconds the window ends. */
enum err rate_hit(struct ctx *c, const char *rule, const char *subject, int64_t span_s, int64_t most,
	int64_t *ret_wait_s) MUST_USE;

#endif
