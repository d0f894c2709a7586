#ifndef DOMAIN_HOUSEKEEPING_H
#define DOMAIN_HOUSEKEEPING_H

#include "domain/ctx.h"

/* What time alone brings about.  Each task does one batch and counts what it did; it may run in several workers at once:
 * every change locks its row and looks again.  Each runs its own transactions; c->actor is the machine. */

typedef enum err (*housekeeping_task)(struct ctx *c, int *ret_done);

/* The wall clock is watched (clock.h).  Stepped back: all that had only a short time to live ends, for it would live longer. */
enum err housekeeping_clock(struct ctx *c, int *ret_done) MUST_USE;
enum err housekeeping_step_back(struct ctx *c) MUST_USE;		/* the ending; inside ctx_tx */
enum err housekeeping_notices(struct ctx *c, int *ret_done) MUST_USE;	/* idle cases: their owners are told */
enum err housekeeping_expire(struct ctx *c, int *ret_done) MUST_USE;	/* and closed, some days later */
enum err housekeeping_delivered(struct ctx *c, int *ret_done) MUST_USE; /* long sent: counts as delivered */
enum err housekeeping_claims(struct ctx *c, int *ret_done) MUST_USE;	/* lapsed: back into the queue */
enum err housekeeping_spent(struct ctx *c, int *ret_done) MUST_USE;	/* sessions, codes, limits, keys that ended */
enum err housekeeping_uploads(struct ctx *c, int *ret_done) MUST_USE;	/* unfinished ones, with their files */
enum err housekeeping_removed(struct ctx *c, int *ret_done) MUST_USE; /* files taken back before they were submitted */
enum err housekeeping_orphans(struct ctx *c, int *ret_done) MUST_USE; /* files in the store that no row names */
/* The end of the audit chain, appended to var_dir/audit-head.log each minute and audit-anchor.log each day (audit_anchor.h). */
enum err housekeeping_audit_head(struct ctx *c, int *ret_done) MUST_USE;

#endif
