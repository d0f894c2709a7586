#include "domain/ledger.h"

#include <assert.h>

enum { POST, RECEIVE, BALANCE, CASES, PAYMENTS, LINES };

/* Refunds that were decided: from then on the money is no longer the case's, whether it has left or came back. */
#define DECIDED "state NOT IN ('asked','refused')"

static const struct sql sql[] = {
	[POST] =
		{"INSERT INTO ledger (at, day, kind, debit, credit, fen, application_id, bank_line_id, payment_id, refund_id, staff_id) "
		 "VALUES (?,?,?,?,?,?,?,?,?,?,?)",
			"idsssiiiiii", ""},
	[RECEIVE] =
		{"INSERT INTO ledger (at, day, kind, debit, credit, fen, bank_line_id, staff_id) SELECT ?, value_date, 'received', 'bank', "
		 "'loose', amount_fen, id, ? FROM bank_line FORCE INDEX (bank_line_statement) WHERE statement_id=? AND direction='in' AND currency='CNY'",
			"iii", ""},
	[BALANCE] =
		{"SELECT name, CAST(SUM(fen) AS SIGNED) FROM (SELECT debit AS name, fen FROM ledger UNION ALL SELECT credit, -fen FROM "
		 "ledger) AS sides GROUP BY name ORDER BY name",
			"", "si"},
	/* What a case owes by the books, and by itself. */
	[CASES] =
		{"SELECT 'case', a.id, CAST(COALESCE(l.fen,0) AS SIGNED) AS books, CAST(a.owed_fen-COALESCE(p.fen,0)+COALESCE(r.fen,0) AS "
		 "SIGNED) AS truth FROM application a LEFT JOIN (SELECT application_id, SUM(IF(debit='case',fen,0)-IF(credit='case',fen,0)) "
		 "AS fen FROM ledger WHERE application_id IS NOT NULL GROUP BY application_id) l ON l.application_id=a.id "
		 "LEFT JOIN (SELECT application_id, SUM(amount_fen) AS fen FROM payment WHERE undone_at=0 GROUP BY application_id) p ON "
		 "p.application_id=a.id LEFT JOIN (SELECT application_id, SUM(fen) AS fen FROM refund WHERE application_id IS NOT NULL "
		 "AND " DECIDED " GROUP BY application_id) r ON r.application_id=a.id HAVING books<>truth LIMIT ?",
			"i", "siii"},
	/* What counts towards the price: kept in the row of the case too, for its queues. */
	[PAYMENTS] =
		{"SELECT 'payment', a.id, a.paid_fen, CAST(COALESCE(p.fen,0) AS SIGNED) FROM application a LEFT JOIN (SELECT "
		 "p.application_id, SUM(p.amount_fen-COALESCE(r.fen,0)) AS fen FROM payment p LEFT JOIN (SELECT payment_id, SUM(fen) AS "
		 "fen FROM refund WHERE " DECIDED
		 " GROUP BY payment_id) r ON r.payment_id=p.id WHERE p.undone_at=0 AND "
		 "p.payer_right=1 GROUP BY p.application_id) p ON p.application_id=a.id WHERE a.paid_fen<>COALESCE(p.fen,0) LIMIT ?",
			"i", "siii"},
	/* Every line of the bank was received once, and what is loose of it is what nobody got. */
	[LINES] =
		{"SELECT 'line', b.id, CAST(COALESCE(l.fen,0) AS SIGNED) AS books, CAST(IF(b.state='returned' AND b.returned=0,0,b.amount_fen-"
		 "b.allotted_fen) AS SIGNED) AS truth FROM bank_line b LEFT JOIN (SELECT bank_line_id, "
		 "SUM(IF(credit='loose',fen,0)-IF(debit='loose',fen,0)) AS fen FROM ledger WHERE bank_line_id IS NOT NULL GROUP BY "
		 "bank_line_id) l ON l.bank_line_id=b.id WHERE b.direction='in' AND b.currency='CNY' HAVING books<>truth LIMIT ?",
			"i", "siii"},
};
SQL_TABLE(ledger);

/* NULL stands for the place of the money, which whoever posts knows. */
static const struct kind {
	const char *debit, *credit;
} kinds[LEDGER_MAX] = {
	[LEDGER_OWED] = {"case", "fee"},
	[LEDGER_WAIVED] = {"fee", "case"},
	[LEDGER_CLAIMED] = {"claimed", "claim"},
	[LEDGER_UNCLAIMED] = {"claim", "claimed"},
	[LEDGER_RECEIVED] = {NULL, "loose"},
	[LEDGER_RETURNED] = {"loose", NULL},
	[LEDGER_ALLOTTED] = {"loose", "case"},
	[LEDGER_FREED] = {"case", "loose"},
	[LEDGER_TO_REFUND] = {"case", "refund"},
	[LEDGER_LOOSE_TO_REFUND] = {"loose", "refund"},
	[LEDGER_REFUNDED] = {"refund", NULL},
	[LEDGER_REFUND_FAILED] = {NULL, "refund"},
};
const char *const ledger_words[] = {
	[LEDGER_OWED] = "owed",
	[LEDGER_WAIVED] = "waived",
	[LEDGER_CLAIMED] = "claimed",
	[LEDGER_UNCLAIMED] = "unclaimed",
	[LEDGER_RECEIVED] = "received",
	[LEDGER_RETURNED] = "returned",
	[LEDGER_ALLOTTED] = "allotted",
	[LEDGER_FREED] = "freed",
	[LEDGER_TO_REFUND] = "to_refund",
	[LEDGER_LOOSE_TO_REFUND] = "loose_to_refund",
	[LEDGER_REFUNDED] = "refunded",
	[LEDGER_REFUND_FAILED] = "refund_failed",
	[LEDGER_MAX] = NULL,
};

static const struct field fault_fields[] = {
	TEXT(struct ledger_fault, what, "what", 0, 0, NULL),
	INT(struct ledger_fault, id, "id", 0, 0),
	INT(struct ledger_fault, books_fen, "books_fen", 0, 0),
	INT(struct ledger_fault, real_fen, "real_fen", 0, 0),
};
static const struct shape fault_shape = SHAPE(struct ledger_fault, fault_fields);

struct balance {
	const char *name;
	int64_t fen;
};
static const struct field balance_fields[] = {
	TEXT(struct balance, name, "name", 0, 0, NULL),
	INT(struct balance, fen, "fen", 0, 0),
};
static const struct shape balance_shape = SHAPE(struct balance, balance_fields);

enum err ledger_post(struct ctx *c, enum ledger_kind kind, int64_t fen, const struct ledger_about *about)
{
	const struct kind *k = &kinds[kind];
	struct date day = date_none(about->day) ? date_of_moment(c->now) : about->day;

	assert(db_in_tx(c->db) && fen > 0 && ((k->debit && k->credit) || about->place));
	return db_exec(c->db, &sql[POST], I(c->now), D(day), S(ledger_words[kind]),
		S(k->debit ? k->debit : about->place), S(k->credit ? k->credit : about->place), I(fen),
		I0(about->application_id), I0(about->bank_line_id), I0(about->payment_id), I0(about->refund_id),
		I0(c->actor.staff_id));
}

enum err ledger_receive(struct ctx *c, int64_t statement_id)
{
	assert(db_in_tx(c->db));
	return db_exec(c->db, &sql[RECEIVE], I(c->now), I0(c->actor.staff_id), I(statement_id));
}

enum err ledger_check(struct ctx *c, int64_t limit, struct list *ret_faults)
{
	static const int checks[] = {CASES, PAYMENTS, LINES};
	struct ledger_fault *all = arena_array(c->arena, (size_t)limit * ARRAY_LEN(checks), sizeof *all);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct list found;
		enum err e = db_all(c->db, &sql[checks[i]], &fault_shape, &found, I(limit));

		if (e != ERR_OK)
			return e;
		for (size_t k = 0; k < found.count; k++)
			all[n++] = ((const struct ledger_fault *)found.at)[k];
	}
	*ret_faults = (struct list){all, n};
	return ERR_OK;
}

enum err ledger_write_balance(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[BALANCE], &balance_shape, &rows);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "accounts");
	for (size_t i = 0; i < rows.count; i++)
		json_shape(j, NULL, &balance_shape, &((const struct balance *)rows.at)[i]);
	json_end(j);
	json_end(j);
	return ERR_OK;
}
