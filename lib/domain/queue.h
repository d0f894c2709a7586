#ifndef DOMAIN_QUEUE_H
#define DOMAIN_QUEUE_H

#include "domain/application.h"
#include "io/json_out.h"

/* Lists of cases: the applicant's own, and the staff's work queues.  Every page is read by an index range from where the
 * last one ended (keyset), so the hundredth page costs what the first does, whatever the number of cases.
 * Counts stop at QUEUE_COUNT_MAX: the true number of a long queue helps nobody and would cost the whole index. */

enum { QUEUE_COUNT_MAX = 999, QUEUE_LIMIT_MAX = 100 };

struct queue_query {
	const char *queue, *after, *q, *waiting;
	int64_t limit;
};
extern const struct shape queue_query_shape, list_query_shape; /* list_query: after, limit only */

/* {items, next} of the signed-in applicant, newest first. */
enum err queue_write_own(struct ctx *c, const struct queue_query *in, struct json_out *j) MUST_USE;
/* {items, next} of a queue, or of all cases that q finds (case number, payment reference, credit code, unit name from its beginning). */
enum err queue_write(struct ctx *c, const struct queue_query *in, struct json_out *j) MUST_USE;
/* {items:[{queue,name,count}]} */
enum err queue_write_counts(struct ctx *c, struct json_out *j) MUST_USE;
/* {items, next} of cases to produce, with the lines of each. */
enum err queue_write_production(struct ctx *c, const struct queue_query *in, struct json_out *j) MUST_USE;

#endif
