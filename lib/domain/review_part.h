#ifndef DOMAIN_REVIEW_PART_H
#define DOMAIN_REVIEW_PART_H

#include "domain/review.h"

/* Who holds a case in review: asked by every file of review before it writes, and by nobody else. */

bool review_claim_runs(const struct ctx *c, const struct application *app);
/* ERR_CLAIM with the name of who holds it and until when. */
enum err review_held(struct ctx *c, const struct application *app) MUST_USE;
/* The case, locked, held by who asks.  ERR_CLAIM when it is not. */
enum err review_lock(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;

#endif
