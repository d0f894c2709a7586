#ifndef DOMAIN_PAYMENT_H
#define DOMAIN_PAYMENT_H

#include "domain/application.h"
#include "io/json_out.h"

/* Money for a case.  The applicant's remittance is a claim; a row here, made from a line of the bank, a receipt of the
 * counter or a trade of the gateway, is the proof.  Each of these counts once: a receipt and a trade by their number, a line
 * of the bank, which may be for several cases, by how much of it is left (allot.h). */

struct payment_in {
	const char *payer_name, *payer_account, *bank_serial, *method;
	int64_t amount_fen;
	struct date value_date;
};
extern const struct shape payment_in_shape;

/* One sum for one case.  bank_line_id 0: it is received by this very act. */
struct payment_money {
	const char *method, *serial, *payer_name, *payer_account, *evidence;
	int64_t fen, bank_line_id;
	struct date value_date;
};

/* May money be booked for this case at all, and in this way?  ERR_WRONG_STATE with a sentence, or faults. */
enum err payment_may(struct ctx *c, const struct application *app, const struct payment_in *in) MUST_USE;

/* Book it; the case is locked.  The gate closes when the right payers' sum reaches the price; "right" by the route's gate:
 * own = the unit's own account (ind: the person's), any = whoever pays, also at the counter; a wallet always is, for it
 * is offered only where a signature says who is behind the case.
 * Late money revives an expired case that was accepted, when its certificates are free and fit still; else it is kept, the
 * case stays closed and says why.  ERR_CONFLICT: that number is booked already. */
enum err payment_add(struct ctx *c, struct application *app, const struct payment_money *money) MUST_USE;
/* Is this the name, or a way, by which this case may be paid? */
bool payment_payer_right(struct ctx *c, const struct application *app, const char *method, const char *payer_name);

/* Money taken at the counter. */
enum err payment_receipt(struct ctx *c, const char *no, const struct payment_in *in, struct application *ret_app)
	MUST_USE;

/* Take back what turned out to be another's.  ret_app is locked and changed; the line of the bank is the caller's.
 * ERR_WRONG_STATE: the case has gone on with it; then a refund is the way. */
struct payment;
enum err payment_undo(struct ctx *c, const struct payment *p, const char *why, struct application *ret_app) MUST_USE;

struct payment_sum {
	int64_t received_fen, right_fen; /* all; of right payers */
};
enum err payment_sum(struct ctx *c, const struct application *app, struct payment_sum *ret_sum) MUST_USE;

/* The applicant's payment page: price with its lines, payee, remark with the reference, what came in.  wallet: it may be paid by
 * scanning too (alipay_offered). */
enum err payment_write_info(struct ctx *c, const struct application *app, bool wallet, struct json_out *j) MUST_USE;

struct payment {
	int64_t id, application_id, bank_line_id;
	const char *no, *method, *bank_serial, *payer_name;
	struct bytes payer_account_sealed;
	bool payer_right;
	int64_t amount_fen;
	struct date value_date;
	int64_t at;
	const char *by; /* NULL: the machine */
	const char *evidence;
	int64_t undone_at; /* 0: it stands */
	const char *undone_text;
};
enum err payment_read(struct ctx *c, int64_t id, struct payment *ret_payment) MUST_USE;
enum err payment_lock(struct ctx *c, int64_t id, struct payment *ret_payment) MUST_USE;
enum err payment_list(struct ctx *c, int64_t application_id, struct list *ret_rows) MUST_USE;
/* All payments, newest first, after = id of the last one seen (0: from the top). */
enum err payment_recent(struct ctx *c, int64_t after, int64_t limit, struct list *ret_rows) MUST_USE;
enum err payment_write(struct ctx *c, const struct payment *p, struct json_out *j) MUST_USE;

#endif
