#ifndef DOMAIN_QUEUE_H
#define DOMAIN_QUEUE_H

#include "domain/application.h"
#include "io/json_out.h"

/* Lists of cases: the applicant's own, and the staff's work queues.  Every page is read by index ranges from where the
 * last one ended (keyset, both ways), so the hundredth page costs what the first does, whatever the number of cases and
 * whatever is filtered; a filter for which there is no index is not offered and refused (queue_find.h).
 * Work queues begin with what has to be done first: by the day to keep, then by age.
 * Counts stop at QUEUE_COUNT_MAX: the true number of a long queue helps nobody and would cost the whole index. */

enum { QUEUE_COUNT_MAX = 999, QUEUE_LIMIT_MAX = 100, QUEUE_VIEWS_MAX = 20 };

struct queue_query {
	const char *queue;
	const char *q, *service, *holder, *channel, *branch, *due; /* filters; NULL: any */
	bool mine;
	const char *after, *before; /* the place where the page begins, or before which it ends */
	int64_t limit;
};
extern const struct shape queue_query_shape;  /* all of it */
extern const struct shape queue_filter_shape; /* queue and filters alone */
extern const struct shape list_query_shape;   /* after and limit alone */

/* {items, next} of the signed-in applicant, newest first. */
enum err queue_write_own(struct ctx *c, const struct queue_query *in, struct json_out *j) MUST_USE;
/* {items, next, prev} of a queue; with q those of it that q finds (case number, payment reference, credit code, unit name
 * from its beginning), newest first.  ERR_FORBIDDEN: not a queue of the caller's roles. */
enum err queue_write(struct ctx *c, const struct queue_query *in, struct json_out *j) MUST_USE;
/* {items:[{queue,name,count,page,filters}]}: those of the caller's roles.  page: where the work is done when that is no
 * list of cases, else null. */
enum err queue_write_counts(struct ctx *c, struct json_out *j) MUST_USE;
/* {items, next} of cases to produce, with the lines of each. */
enum err queue_write_production(struct ctx *c, const struct queue_query *in, struct json_out *j) MUST_USE;

/* The first free case of the queue as filtered that the caller may work on is claimed for him.  NULL: there is none.
 * Two who ask at once never get the same: a row that somebody holds locked is passed over.  Runs its own transactions; an
 * answer that is lost leaves the case among those of the caller. */
enum err queue_take(struct ctx *c, const struct queue_query *in, const char **ret_no) MUST_USE;

/* A member of staff's own views: a queue with filters under a name; QUEUE_VIEWS_MAX of them.  Whose they are stands in the
 * SQL.  Inside ctx_tx. */
struct queue_view {
	int64_t id;
	const char *name;
	struct queue_query query;
};
extern const struct shape queue_view_shape, queue_view_name_shape;     /* queue, filters and name; name alone */
enum err queue_view_write(struct ctx *c, struct json_out *j) MUST_USE; /* {items:[{id,name,queue,filters}]} */
/* ERR_CONFLICT: one of that name is there; ERR_WRONG_STATE: no room. */
enum err queue_view_add(struct ctx *c, const struct queue_view *in) MUST_USE;
enum err queue_view_rename(struct ctx *c, int64_t id, const char *name) MUST_USE;
enum err queue_view_drop(struct ctx *c, int64_t id) MUST_USE;

#endif
