#ifndef DOMAIN_EXPRESS_ROW_H
#define DOMAIN_EXPRESS_ROW_H

#include "domain/express_driver.h"

/* An order at the courier as the files of express share it: its row, its driver, what is told of the parcel.  For them
 * alone; others ask express.h.  Moments in seconds; strings live in the arena that was read into. */

struct express_row {
	int64_t id, application_id;
	const char *no, *order_no, *freight, *state, *waybill, *error;
	int64_t staff_id, made_at, asked_at, tries, version;
};

extern const struct shape express_row_shape;
#define EXPRESS_COLUMNS \
	"o.id, o.application_id, a.no, o.order_no, o.freight, o.state, o.waybill, o.error, o.staff_id, o.made_at, " \
	"o.asked_at, o.tries, o.version FROM express_order o JOIN application a ON a.id=o.application_id "
#define EXPRESS_TYPES "iissssssiiiii"

/* The newest order of a case.  ERR_NOT_FOUND. */
enum err express_last(struct ctx *c, int64_t application_id, struct express_row *ret_row) MUST_USE;

const struct express_driver *express_driver(const struct config *config); /* NULL: none */

/* From us to whom the case says. */
enum err express_parcel_of(struct ctx *c, const struct application *app, struct express_parcel *ret_parcel) MUST_USE;

/* "a,b,c" → at most EXPRESS_BATCH case numbers.  ERR_INVALID with a fault. */
enum err express_numbers(struct ctx *c, const char *nos, struct texts *ret_nos) MUST_USE;

#endif
