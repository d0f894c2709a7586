#ifndef DOMAIN_HEALTH_H
#define DOMAIN_HEALTH_H

#include "base/str.h"
#include "domain/ctx.h"

/* Can this portal work, and how much is waiting? */

struct health_check {
	const char *name; /* database, disk, calendar, landlock, clock */
	bool ok;
	const char *detail; /* what is wrong, NULL when nothing */
};

enum { HEALTH_CHECKS = 5 };

/* All of them, whatever fails; true: all are well.  A calendar that lacks this year and a kernel without Landlock are told
 * and do not fail: cases can still be filled in and reviewed, files are still decoded confined. */
bool health_checks(struct ctx *c, struct health_check ret_check[HEALTH_CHECKS]);

/* Gauges in the Prometheus text format: open cases by state, messages and jobs waiting, the age of the oldest job. */
enum err health_metrics(struct ctx *c, struct str *ret_text) MUST_USE;

#endif
