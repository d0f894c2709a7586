#ifndef DOMAIN_ALLOT_H
#define DOMAIN_ALLOT_H

#include "domain/payment.h"

/* Lines of the bank and whose money they are.  A line is given to cases until nothing of it is left; the row of the line is
 * locked first and says how much that is, so two clerks, or a clerk and the machine, never give the same yuan twice. */

struct bank_line {
	int64_t id;
	const char *account, *serial, *direction;
	bool returned;
	struct date booked_day, value_date;
	int64_t amount_fen, allotted_fen;
	const char *currency, *payer_name, *payer_key;
	struct bytes payer_account_sealed, payer_account_hash;
	const char *payer_bank, *remark, *state, *note;
	int64_t version, at;
};

enum err allot_lock(struct ctx *c, int64_t line_id, struct bank_line *ret_line) MUST_USE;
enum err allot_read(struct ctx *c, int64_t line_id, struct bank_line *ret_line) MUST_USE;
static inline int64_t allot_left(const struct bank_line *l)
{
	return l->amount_fen - l->allotted_fen;
}
/* Money that came in, in our currency, and may be given away. */
bool allot_usable(const struct bank_line *l);

/* Give fen of a locked line to a locked case.  ERR_WRONG_STATE: there is not so much left, or the case takes none. */
enum err allot_give(struct ctx *c, struct bank_line *l, struct application *app, int64_t fen, const char *evidence)
	MUST_USE;

/* So much of a locked line is spoken for: by a case, or to go back. */
enum err allot_spend(struct ctx *c, struct bank_line *l, int64_t fen) MUST_USE;

/* What a clerk does, inside ctx_tx; c->expect is the version of the line that was seen. */
struct allot_share {
	const char *no;
	int64_t amount_fen;
};
struct allot_in {
	struct list items; /* struct allot_share */
	const char *note;
};
extern const struct shape allot_in_shape;
/* All of the shares or none.  ret_version: of the line. */
enum err allot_share(struct ctx *c, int64_t line_id, const struct allot_in *in, int64_t *ret_version) MUST_USE;

/* A transfer that a clerk typed: found by its number when it was imported, else a line of its own.
 * ERR_CONFLICT: nothing of it is left.  ERR_INVALID: the bank says another sum. */
enum err allot_typed(struct ctx *c, const char *no, const struct payment_in *in, struct application *ret_app) MUST_USE;

enum err allot_undo(struct ctx *c, int64_t payment_id, const char *why, struct application *ret_app) MUST_USE;

/* The bank took a transfer back (a line that left, marked as returned): what was given of it is taken back from the cases.
 * false: it is not the one transfer of that account and sum.  ERR_WRONG_STATE: a case has gone on with it. */
enum err allot_reverse(struct ctx *c, int64_t line_id, bool *ret_reversed) MUST_USE;
/* A sentence for people on a line that is not open. */
enum err allot_note(struct ctx *c, int64_t line_id, const char *note) MUST_USE;

/* Not ours to settle (interest, a mistake to be talked about): out of the way of the list, with the reason. */
enum err allot_set_aside(struct ctx *c, int64_t line_id, const char *why, int64_t *ret_version) MUST_USE;
enum err allot_take_up(struct ctx *c, int64_t line_id, int64_t *ret_version) MUST_USE;
/* Why the machine left a line to people; NULL: nothing.  Changes nothing else. */
enum err allot_hold(struct ctx *c, const struct bank_line *l, const char *why) MUST_USE;

/* {items, next}: lines of one state, the oldest first; and {…} one line with the payments made of it. */
struct allot_query {
	const char *state, *after;
	int64_t limit;
};
extern const struct shape allot_query_shape;
enum err allot_write_lines(struct ctx *c, const struct allot_query *q, struct json_out *j) MUST_USE;
void allot_write_line(struct ctx *c, const struct bank_line *l, struct json_out *j); /* members only */
enum err allot_write_payments(struct ctx *c, const struct bank_line *l, struct json_out *j)
	MUST_USE; /* payments: […] */

#endif
