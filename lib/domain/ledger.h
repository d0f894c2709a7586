#ifndef DOMAIN_LEDGER_H
#define DOMAIN_LEDGER_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* The books.  Each row names the two accounts a sum moves between, so the whole always balances; what can be wrong is only
 * that a row is missing or stands twice, and ledger_check finds that by counting what the books say again from the cases,
 * the bank's lines and the payments.  Append-only: a mistake is set right by the opposite row.
 *
 * Accounts: case (what a case owes us), fee (what we charge), bank counter alipay (where money lies), loose (arrived, whose is
 * not settled), refund (to be paid back), claimed and claim (what applicants say they paid: beside the books, never in them). */

enum ledger_kind {
	LEDGER_OWED,		/* a price was fixed:            case    ← fee */
	LEDGER_WAIVED,		/* no longer owed:               fee     ← case */
	LEDGER_CLAIMED,		/* "I have paid":                claimed ← claim */
	LEDGER_UNCLAIMED,	/* said otherwise since:        claim   ← claimed */
	LEDGER_RECEIVED,	/* money arrived:                PLACE   ← loose */
	LEDGER_RETURNED,	/* the bank took it back:        loose   ← PLACE */
	LEDGER_ALLOTTED,	/* it is for this case:          loose   ← case */
	LEDGER_FREED,		/* it was not:                   case    ← loose */
	LEDGER_TO_REFUND,	/* two persons decided:         case    ← refund */
	LEDGER_LOOSE_TO_REFUND, /* the same of money that is nobody's: loose ← refund */
	LEDGER_REFUNDED,	/* paid back:                    refund  ← PLACE */
	LEDGER_REFUND_FAILED,	/* came back again:         PLACE   ← refund */
	LEDGER_MAX,
};
extern const char *const ledger_words[]; /* by kind, NULL */

/* What a row is about; 0: nothing of that sort. */
struct ledger_about {
	const char *place; /* bank counter alipay; NULL where the kind has no place */
	int64_t application_id, bank_line_id, payment_id, refund_id;
	struct date day; /* on which it counts; none: today */
};

/* Inside ctx_tx.  fen > 0. */
enum err ledger_post(struct ctx *c, enum ledger_kind kind, int64_t fen, const struct ledger_about *about) MUST_USE;

/* All lines of a statement that came in.  Inside ctx_tx. */
enum err ledger_receive(struct ctx *c, int64_t statement_id) MUST_USE;

/* What the books and the rest of the database say differently: struct ledger_fault, at most limit. */
struct ledger_fault {
	const char *what; /* "case" "payment" "line" */
	int64_t id;
	int64_t books_fen, real_fen;
};
enum err ledger_check(struct ctx *c, int64_t limit, struct list *ret_faults) MUST_USE;

/* {accounts: [{name, fen}]}: what stands on each account. */
enum err ledger_write_balance(struct ctx *c, struct json_out *j) MUST_USE;

#endif
