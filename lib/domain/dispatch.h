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
 * reissue once the unit's own transfer is matched, for unlock by a supervisor, who neither
 * opened the case nor takes the copy himself. */
/* Add what arrived (or was seen at the counter); the gate of originals closes when every material has its copies. */
enum err dispatch_originals(struct ctx *c, const char *no, const struct originals_in *in, struct application *ret_app)
	MUST_USE;

/* A supervisor's word in place of the licence's original, where route and setting leave it to him: counts as shown. */
enum err dispatch_waive(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

/* The token came in: its serial must be that of a certificate of the case, as far as the register knows it.  Closes the
 * gate when every line has its token. */
enum err dispatch_token(struct ctx *c, const char *no, const char *serial, struct application *ret_app) MUST_USE;

/* Could this case be sent now: produced, checked, by courier?  ERR_WRONG_STATE with a sentence. */
enum err dispatch_may_send(struct ctx *c, const struct application *app) MUST_USE;
/* prepaid or collect, by the rule of the day. */
const char *dispatch_freight(struct ctx *c, const struct application *app);
/* ERR_WRONG_STATE also when it was ordered at the courier under another waybill, or that is not known yet. */
enum err dispatch_send(struct ctx *c, const char *no, const char *waybill, struct application *ret_app) MUST_USE;
enum err dispatch_delivered(struct ctx *c, const char *waybill, struct application *ret_app) MUST_USE;
/* The courier says so; the case may have been closed by time before. */
enum err dispatch_signed_for(struct ctx *c, int64_t application_id, const char *waybill) MUST_USE;
enum err dispatch_ready(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;

/* Collection: a document was seen, its last four characters are written down.  Who is neither the agent nor the holder comes on
 * somebody's order, and that is noted; of those two the characters must be the ones of the case. */
struct handed_in {
	const char *collector, *id_kind, *id_tail, *note; /* id_kind: a kind of document of the catalogue */
};
/* ERR_INVALID with faults at /id_kind, /id_tail, /note. */
enum err dispatch_hand_over(struct ctx *c, const char *no, const struct handed_in *in, struct application *ret_app)
	MUST_USE;
const char *dispatch_rule_tail(struct arena *a, const char **text, const char **ret_say); /* four letters or digits */

/* What is not in its token yet, or was not looked at by another person, cannot leave the house: ERR_WRONG_STATE. */
enum err dispatch_checked(struct ctx *c, const struct application *app) MUST_USE;
/* Key "pickup": {ready_at, handed_at, collector, id_kind, id_tail, note} or null. */
enum err dispatch_write_pickup(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

/* Keys "originals", "parcels", "pickup" and "arrivals" of the staff's case. */
enum err dispatch_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

#endif
