#ifndef DOMAIN_PAYMENT_H
#define DOMAIN_PAYMENT_H

#include "domain/application.h"
#include "io/json_out.h"

/* Money for a case.  The applicant's remittance is a claim; a row here, recorded by finance from the bank or at the
 * counter, is the proof.  The bank's serial number is unique: one line is never booked twice. */

struct payment_in {
	const char *payer_name, *payer_account, *bank_serial, *method;
	int64_t amount_fen;
	struct date value_date;
};
extern const struct shape payment_in_shape;

/* Book one payment for the case.  The gate closes when the right payers' sum reaches the price; "right" by the route's
 * gate: own = the unit's own account (ind: the person's), any = whoever pays, also at the counter.
 * Late money revives an expired case that was accepted, when its certificates are free and fit still; else it is kept, the
 * case stays closed and says why.  ERR_CONFLICT: that serial is booked already.  ERR_WRONG_STATE: closed or free. */
enum err payment_book(struct ctx *c, const char *no, const struct payment_in *in, struct application *ret_app) MUST_USE;

struct payment_sum {
	int64_t received_fen, right_fen; /* all; of right payers */
};
enum err payment_sum(struct ctx *c, const struct application *app, struct payment_sum *ret_sum) MUST_USE;

/* The applicant's payment page: price with its lines, payee, remark with the reference, what came in. */
enum err payment_write_info(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

struct payment {
	int64_t id;
	const char *no, *method, *bank_serial, *payer_name;
	struct bytes payer_account_sealed;
	bool payer_right;
	int64_t amount_fen;
	struct date value_date;
	int64_t at;
	const char *by;
};
enum err payment_list(struct ctx *c, int64_t application_id, struct list *ret_rows) MUST_USE;
/* All payments, newest first, after = id of the last one seen (0: from the top). */
enum err payment_recent(struct ctx *c, int64_t after, int64_t limit, struct list *ret_rows) MUST_USE;
enum err payment_write(struct ctx *c, const struct payment *p, struct json_out *j) MUST_USE;

#endif
