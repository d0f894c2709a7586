#ifndef DOMAIN_REPORT_TIME_H
#define DOMAIN_REPORT_TIME_H

#include "domain/report_axis.h"
#include "domain/report_table.h"

/* How long steps took: how many, the median and the 95th of a hundred, exact.  A percentile is the smallest time that so
 * many of all did not exceed (nearest rank); a half minute is not made up. */

/* Each step over the whole range. */
enum err report_time(struct ctx *c, const struct report_query *in, struct report_table *ret_table) MUST_USE;
/* One step (in->step, NULL: what the due day promises) along the axis. */
enum err report_pace(struct ctx *c, const struct report_query *in, const struct report_axis *axis,
	struct report_table *ret_table) MUST_USE;

#endif
