#ifndef DOMAIN_ALIPAY_H
#define DOMAIN_ALIPAY_H

#include "domain/job.h"
#include "domain/payment.h"

/* Scan to pay (当面付, alipay.trade.precreate).
 * The order is a row before the gateway hears of it; the worker speaks to the gateway, never a
 * request.  A notice and an answer to a query say the same thing and end in the same place: the payment is booked once, by
 * the gateway's number.  Where both are in doubt the query is the truth. */

/* --- text: what is signed and what comes back.  Pure. --- */
struct alipay_pair {
	const char *name, *value;
};
/* name=value joined by &, sorted by name, values as they are.  Without `sign`, and what else is named. */
char *alipay_signed_text(struct arena *a, const struct alipay_pair *pairs, size_t count, const char *without);
/* application/x-www-form-urlencoded.  ERR_SYNTAX: not that, or a name twice. */
enum err alipay_form_read(struct arena *a, struct bytes body, struct list *ret_pairs) MUST_USE;
const char *alipay_value(const struct list *pairs, const char *name); /* NULL: not there */
char *alipay_form_write(struct arena *a, const struct alipay_pair *pairs, size_t count);
/* The very bytes of the member `name`, an object, as they were received; false: not there. */
bool alipay_member(struct bytes json, const char *name, struct bytes *ret_object);
/* "600.00", digits only, two decimals.  false: anything else. */
bool alipay_fen(const char *yuan, int64_t *ret_fen);
char *alipay_yuan(struct arena *a, int64_t fen);

/* --- orders --- */
struct alipay_order {
	int64_t id, application_id;
	const char *no, *out_trade_no;
	int64_t fen;
	const char *subject, *state, *qr, *trade_no, *buyer;
	int64_t made_at, ends_at, asked_at, done_at;
	const char *error;
	int64_t version;
};
enum { ALIPAY_ORDER_S = 900 };

/* Could the case be paid so: the gateway is set up and the route offers it, whatever is owed now? */
bool alipay_offered(const struct ctx *c, const struct application *app);
/* The applicant wants to pay so: the open order of the case, or a new one.  Inside ctx_tx.
 * ERR_WRONG_STATE: nothing to pay, or not in this way. */
enum err alipay_begin(struct ctx *c, const char *no, struct alipay_order *ret_order) MUST_USE;
/* The last order of the case: {state, amount_fen, qr (SVG), ends_at, paid_at, error}; state "none": there was none. */
enum err alipay_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

/* A notice.  ERR_FORBIDDEN: not from the gateway, or not about an order of ours as it is; ERR_OK also for one that came
 * before or says nothing new.  Inside ctx_tx. */
enum err alipay_notice(struct ctx *c, struct bytes body) MUST_USE;

/* The jobs "alipay" (ref: order) and "refund" (ref: refund, of place alipay); and the round of the worker: orders that nobody
 * has heard of for a while are asked about, old ones closed. */
enum err alipay_run(struct ctx *c, const struct job *job) MUST_USE;
enum err alipay_give_up(struct ctx *c, const char *ref) MUST_USE;
enum err alipay_refund(struct ctx *c, const struct job *job) MUST_USE;
enum err alipay_round(struct ctx *c, int *ret_done) MUST_USE;

#endif
