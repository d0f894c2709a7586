#ifndef DOMAIN_REMINDER_H
#define DOMAIN_REMINDER_H

#include "domain/ctx.h"

/* Certificates that expire: their agent is told 90, 60, 30 and 7 days before, each once.  The row itself knows the day of its
 * next reminder (certificate.remind_on, indexed) and has none while a case is about it, nor once it was replaced, suspended or
 * revoked: a round reads what is due and nothing else.  A worker that was away makes up for a week; the last reminder comes as
 * long as it helps. */

/* The stage that is due `left` days before the last day, 0: none; *ret_next: the stage to come after it, 0: none. */
int reminder_stage(int64_t left, int64_t planned, int *ret_next);

/* One batch, each in a transaction of its own; one that cannot be told is logged and passed over.
 * Errors: ERR_AWAY, ERR_UNCERTAIN, ERR_BUSY; then the batch ends. */
enum err reminder_send(struct ctx *c, int *ret_done) MUST_USE;

#endif
