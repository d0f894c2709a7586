#ifndef DOMAIN_EXPRESS_H
#define DOMAIN_EXPRESS_H

#include "domain/application.h"
#include "io/json_out.h"

/* Parcels ordered at a courier.  The order is a row before the courier hears of it, and the worker alone speaks to him; when it
 * is not known whether he took it, he is asked for it by our number before it is ordered again.  With a waybill the case
 * waits for being sent: by staff, or because the courier says that he picked it up.  Afterwards the worker asks for the way
 * of the parcel until it is signed for.
 * The driver follows from portal.conf: sf, or manual (staff type waybills, nothing here happens). */

enum { EXPRESS_BATCH = 50 };

struct express_list {
	struct texts nos; /* 1 … EXPRESS_BATCH case numbers */
};
extern const struct shape express_list_shape;

/* Order for each; what cannot be ordered is told per case and does not hold up the others.  Inside ctx_tx.
 * Writes {items: [{no, done, detail}]}. */
enum err express_order(struct ctx *c, const struct express_list *in, struct json_out *j) MUST_USE;
/* Those whose order has a waybill were handed to the courier: each case moves on.  Inside ctx_tx, writes the same. */
enum err express_sent(struct ctx *c, const struct express_list *in, struct json_out *j) MUST_USE;
/* Take the open order of a case back; at the courier too when he may know of it.  Inside ctx_tx.  ERR_WRONG_STATE. */
enum err express_cancel(struct ctx *c, const char *no) MUST_USE;

/* {driver, items: [{no, order_no, state, freight, waybill, error, made_at}]}: the last order of each case, where there is one.
 * nos: separated by commas. */
enum err express_write(struct ctx *c, const char *nos, struct json_out *j) MUST_USE;

/* Labels of 100 × 150 mm, one page a case that has a waybill.  nos as above.  ERR_WRONG_STATE: one has none. */
enum err express_labels(struct ctx *c, const char *nos, struct bytes *ret_pdf) MUST_USE;

/* The rounds of the worker. */
enum err express_round(struct ctx *c, int *ret_done) MUST_USE; /* orders and cancellations */
enum err express_poll(struct ctx *c, int *ret_done) MUST_USE;  /* ways of parcels */

#endif
