#ifndef DOMAIN_DISPATCH_H
#define DOMAIN_DISPATCH_H

#include "domain/application.h"
#include "io/json_out.h"

/* Things that move: paper coming in, parcels going out, collection at the counter.  All inside ctx_tx. */

struct original_in {
	const char *material;
	int64_t copies;
	bool without_original; /* at the counter: the copy was handed in, the document itself was not shown */
};
struct originals_in {
	struct list items; /* struct original_in */
};
extern const struct shape originals_in_shape;
/* At the counter a licence whose original was not shown is taken only by the setting counter.licence_waiver: for renew and
 * reissue once the unit's own transfer is matched, for unlock by a supervisor. */
/* Add what arrived (or was seen at the counter); the gate of originals closes when every material has its copies. */
enum err dispatch_originals(struct ctx *c, const char *no, const struct originals_in *in, struct application *ret_app)
	MUST_USE;

/* A supervisor's word in place of the licence's original, where route and setting leave it to him: counts as shown. */
enum err dispatch_waive(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

/* The token came in: its serial must be that of a certificate of the case, as far as the register knows it.  Closes the
 * gate when every line has its token. */
enum err dispatch_token(struct ctx *c, const char *no, const char *serial, struct application *ret_app) MUST_USE;

enum err dispatch_send(struct ctx *c, const char *no, const char *waybill, struct application *ret_app) MUST_USE;
enum err dispatch_delivered(struct ctx *c, const char *waybill, struct application *ret_app) MUST_USE;
enum err dispatch_ready(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;
/* collector: name on the ID that was seen. */
enum err dispatch_hand_over(struct ctx *c, const char *no, const char *collector, struct application *ret_app) MUST_USE;

/* Keys "originals" and "parcels" of the staff's case. */
enum err dispatch_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

#endif
