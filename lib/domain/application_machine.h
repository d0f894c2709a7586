#ifndef DOMAIN_APPLICATION_MACHINE_H
#define DOMAIN_APPLICATION_MACHINE_H

#include "domain/application.h"
#include "io/json_out.h"

/* Review by machine of a case that extends certificates online: every question of one table is asked, also after one was
 * answered no, and the answers are a row of the audit chain.  Only when all are yes does the machine decide; else people do. */

/* Is this case one that is reviewed so? */
bool machine_reviews(const struct application *app);
/* Asks and records.  Inside ctx_tx, with app locked and all gates closed.  A no is no error: *ret_passed tells. */
enum err machine_review(struct ctx *c, const struct application *app, const struct gates *gates, bool *ret_passed)
	MUST_USE;
/* "machine": the newest record, for staff; null when there is none. */
enum err machine_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

#endif
