#ifndef DOMAIN_RATING_FOLLOW_H
#define DOMAIN_RATING_FOLLOW_H

#include "domain/rating.h"

/* The follow-up of a low rating: somebody who had no part in the case takes it, calls, and closes it with a result by its
 * due day.  Each step is a row that stays; notes are sealed.
 *
 *   take    it is mine (from another: with a note that says why)
 *   note    what was found; anybody who follows up, also after the end
 *   call    reached or missed, with what was said; the owner
 *   close   resolved, explained, unfounded: somebody was reached; unreached: RATING_CALLS_MIN calls were missed.  The owner.
 * Who reviewed or opened the case gets ERR_TWO_PERSONS. */

enum { RATING_CALLS_MIN = 2 };

struct rating_query {
	const char *follow, *after;
	int64_t limit;
};
extern const struct shape rating_query_shape;

struct rating_step_in {
	const char *step, *result, *note;
};
extern const struct shape rating_step_shape;

/* {items, next}: open ones by due day, closed ones newest due first.  ERR_INVALID: /after. */
enum err rating_follow_list(struct ctx *c, const struct rating_query *in, struct json_out *j) MUST_USE;
/* One with its words and steps.  ERR_NOT_FOUND: no rating.  The caller records the look. */
enum err rating_follow_write(struct ctx *c, const char *no, struct json_out *j) MUST_USE;
/* Inside ctx_tx.  ERR_INVALID, ERR_WRONG_STATE, ERR_TWO_PERSONS with their sentences. */
enum err rating_follow_step(struct ctx *c, const char *no, const struct rating_step_in *in) MUST_USE;

#endif
