#ifndef DOMAIN_REFUND_H
#define DOMAIN_REFUND_H

#include "domain/allot.h"
#include "domain/job.h"

/* Money that goes back: only to the account that paid, only with two persons.  One asks, another decides (in the SQL); then
 * it leaves the way it came: bank transfers in an export for e-banking, a wallet through its gateway, the counter by hand.
 *
 * asked → approved → sent → paid, or refused; a refund that came back is failed and can be sent once more.  What covers
 * the price of a case that goes on is not given back: withdraw or reject first. */

struct refund_in {
	int64_t payment_id, bank_line_id; /* one of the two: money of a case, money that is nobody's */
	int64_t amount_fen;
	const char *reason;
};
extern const struct shape refund_in_shape;

struct refund {
	int64_t id, payment_id, application_id, bank_line_id;
	const char *no; /* NULL: nobody's */
	const char *place, *state, *reason;
	int64_t fen;
	const char *payer_name; /* whom it goes to */
	struct bytes payment_account_sealed, line_account_sealed;
	const char *payer_bank, *serial; /* of the money as it came */
	int64_t asked_by, asked_at, decided_by, decided_at;
	const char *asker, *decider, *batch;
	int64_t sent_at, done_at;
	const char *done_text;
	int64_t version;
	bool payer_right;
};

/* All inside ctx_tx. */
enum err refund_ask(struct ctx *c, const struct refund_in *in, int64_t *ret_id) MUST_USE;
/* ERR_TWO_PERSONS: by who asked.  ERR_WRONG_STATE: decided already, or the case has taken the money up since. */
enum err refund_decide(struct ctx *c, int64_t id, bool yes, const char *why) MUST_USE;
/* All that is approved and goes by bank, into one batch.  ret_count 0: there is none. */
enum err refund_send(struct ctx *c, const char **ret_batch, int64_t *ret_count, int64_t *ret_fen) MUST_USE;
/* It arrived (text: the bank's number), or came back (text: why).  At the counter: it was handed over. */
enum err refund_done(struct ctx *c, int64_t id, bool paid, const char *text) MUST_USE;
/* A failed one, once more. */
enum err refund_again(struct ctx *c, int64_t id) MUST_USE;

enum err refund_read(struct ctx *c, int64_t id, struct refund *ret_refund) MUST_USE;
enum err refund_lock(struct ctx *c, int64_t id, struct refund *ret_refund) MUST_USE;
/* From one state into the next, with the books: for the drivers of gateways too. */
enum err refund_to_sent(struct ctx *c, const struct refund *r, const char *batch) MUST_USE;
enum err refund_to_done(struct ctx *c, const struct refund *r, bool paid, const char *text) MUST_USE;

/* The file of a batch for e-banking: CSV, UTF-8 with mark.  Whole account numbers: each look is audited. */
enum err refund_export(struct ctx *c, const char *batch, struct bytes *ret_file) MUST_USE;

/* Lines of a statement that are refunds of ours: one that left is paid, one that came back is failed.  false: not told apart. */
enum err refund_settle(struct ctx *c, int64_t line_id, bool *ret_settled) MUST_USE;

struct refund_query {
	const char *state, *after;
	int64_t limit;
};
extern const struct shape refund_query_shape;
enum err refund_write_list(struct ctx *c, const struct refund_query *q, struct json_out *j) MUST_USE;
enum err refund_write_one(struct ctx *c, int64_t id, int64_t *ret_version, struct json_out *j) MUST_USE;
enum err refund_write_case(struct ctx *c, int64_t application_id, struct json_out *j) MUST_USE; /* refunds: […] */

#endif
