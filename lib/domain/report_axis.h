#ifndef DOMAIN_REPORT_AXIS_H
#define DOMAIN_REPORT_AXIS_H

#include "domain/report.h"

/* Along what a report is told apart: days, weeks from Monday, months, or service, holder, counter.  Every day of the range
 * has its place, also one on which nothing happened. */

enum report_by { BY_DAY, BY_WEEK, BY_MONTH, BY_SERVICE, BY_HOLDER, BY_BRANCH, BY_MAX };
extern const char *const report_by_words[];

struct report_place {
	const char *key; /* code; NULL of days */
	struct date from, to;
	const char *label;
};

struct report_axis {
	enum report_by by;
	struct date from, to;
	const char *head;
	struct report_place *at;
	size_t count;
};

/* In c->arena; texts of the catalogue are borrowed.  in is checked already (report_query_shape). */
enum err report_axis(struct ctx *c, const struct report_query *in, struct report_axis *ret_axis) MUST_USE;
/* Where a figure of that day, or of that service, holder, counter stands.  code NULL is "". */
size_t report_axis_find(const struct report_axis *x, struct date day, const char *code);

#endif
