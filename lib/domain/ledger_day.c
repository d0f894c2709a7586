#include "domain/ledger_day.h"

#include <stddef.h>

#include "base/str.h"

enum { DAYS, BOOKED, OPEN, REFUNDS };

/* Where the money of a row lies or lay: a side of the row says it, else its refund or payment does. */
#define PLACE \
	"CASE WHEN l.debit IN ('bank','counter','alipay') THEN l.debit WHEN l.credit IN ('bank','counter','alipay') THEN l.credit " \
	"WHEN r.id IS NOT NULL THEN r.place WHEN p.method='transfer' OR p.id IS NULL THEN 'bank' ELSE p.method END"

static const struct sql sql[] = {
	[DAYS] =
		{"SELECT l.day, " PLACE
		 " AS lies, l.kind, COUNT(*), CAST(SUM(l.fen) AS SIGNED) FROM ledger l FORCE INDEX (ledger_day) "
		 "LEFT JOIN payment p ON p.id=l.payment_id LEFT JOIN refund r ON r.id=l.refund_id WHERE l.day>=? AND l.day<=? AND l.kind "
		 "IN ('received','returned','allotted','freed','to_refund','loose_to_refund','refunded','refund_failed') "
		 "GROUP BY l.day, lies, l.kind ORDER BY l.day, lies, l.kind",
			"dd", "dssii"},
	[BOOKED] =
		{"SELECT COUNT(*), CAST(COALESCE(SUM(amount_fen),0) AS SIGNED) FROM payment FORCE INDEX (payment_recent) WHERE at>=? AND "
		 "undone_at=0",
			"i", "ii"},
	[OPEN] =
		{"SELECT COUNT(*), CAST(COALESCE(SUM(IF(currency='CNY',amount_fen-allotted_fen,0)),0) AS SIGNED), MIN(value_date) FROM "
		 "bank_line FORCE INDEX (bank_line_state) WHERE state IN ('open','part') AND direction='in'",
			"", "iid"},
	[REFUNDS] =
		{"SELECT state, COUNT(*), CAST(SUM(fen) AS SIGNED) FROM refund WHERE state IN ('asked','approved','sent','failed') "
		 "GROUP BY state ORDER BY state",
			"", "sii"},
};
SQL_TABLE(ledger_day);

static const struct field in_fields[] = {
	DAY_REQUIRED(struct ledger_days, from, "开始日期"),
	DAY_REQUIRED(struct ledger_days, to, "结束日期"),
};
const struct shape ledger_days_shape = SHAPE(struct ledger_days, in_fields);

struct moved {
	struct date day;
	const char *place, *kind;
	int64_t count, fen;
};
static const struct field moved_fields[] = {
	DAY(struct moved, day, "day"),
	TEXT(struct moved, place, "place", 0, 0, NULL),
	TEXT(struct moved, kind, "kind", 0, 0, NULL),
	INT(struct moved, count, "count", 0, 0),
	INT(struct moved, fen, "fen", 0, 0),
};
static const struct shape moved_shape = SHAPE(struct moved, moved_fields);

/* One row of the answer.  loose: how much more of it is nobody's than before. */
struct sums {
	struct date day;
	const char *place;
	int64_t received_count, received_fen, returned_fen, allotted_fen, to_refund_fen, refunded_fen, loose_fen;
};
static const struct field sums_fields[] = {
	DAY(struct sums, day, "day"),
	TEXT(struct sums, place, "place", 0, 0, NULL),
	INT(struct sums, received_count, "received_count", 0, 0),
	INT(struct sums, received_fen, "received_fen", 0, 0),
	INT(struct sums, returned_fen, "returned_fen", 0, 0),
	INT(struct sums, allotted_fen, "allotted_fen", 0, 0),
	INT(struct sums, to_refund_fen, "to_refund_fen", 0, 0),
	INT(struct sums, refunded_fen, "refunded_fen", 0, 0),
	INT(struct sums, loose_fen, "loose_fen", 0, 0),
};
static const struct shape sums_shape = SHAPE(struct sums, sums_fields);

/* What a kind of row adds to: its own sum, and what is loose. */
static const struct effect {
	enum ledger_kind kind;
	size_t sum;
	int sign, loose;
} effects[] = {
	{LEDGER_RECEIVED, offsetof(struct sums, received_fen), 1, 1},
	{LEDGER_RETURNED, offsetof(struct sums, returned_fen), 1, -1},
	{LEDGER_ALLOTTED, offsetof(struct sums, allotted_fen), 1, -1},
	{LEDGER_FREED, offsetof(struct sums, allotted_fen), -1, 1},
	{LEDGER_TO_REFUND, offsetof(struct sums, to_refund_fen), 1, 0},
	{LEDGER_LOOSE_TO_REFUND, offsetof(struct sums, to_refund_fen), 1, -1},
	{LEDGER_REFUNDED, offsetof(struct sums, refunded_fen), 1, 0},
	{LEDGER_REFUND_FAILED, offsetof(struct sums, refunded_fen), -1, 0},
};

static void add(struct sums *s, const struct moved *m)
{
	for (size_t i = 0; i < ARRAY_LEN(effects); i++) {
		const struct effect *f = &effects[i];

		if (!text_eq(ledger_words[f->kind], m->kind))
			continue;
		*(int64_t *)((char *)s + f->sum) += f->sign * m->fen;
		s->loose_fen += f->loose * m->fen;
		if (f->kind == LEDGER_RECEIVED)
			s->received_count += m->count;
	}
}

/* items: rows of the same day and place stand together. */
static enum err write_items(struct ctx *c, const struct ledger_days *in, struct json_out *j)
{
	const struct moved *m;
	struct list rows;
	enum err e = db_all(c->db, &sql[DAYS], &moved_shape, &rows, D(in->from), D(in->to));

	if (e != ERR_OK)
		return e;
	m = rows.at;
	json_list(j, "items");
	for (size_t i = 0; i < rows.count;) {
		struct sums s = {.day = m[i].day, .place = m[i].place};

		for (; i < rows.count && date_cmp(m[i].day, s.day) == 0 && text_eq(m[i].place, s.place); i++)
			add(&s, &m[i]);
		json_shape(j, NULL, &sums_shape, &s);
	}
	json_end(j);
	return ERR_OK;
}

enum err ledger_days_check(struct ctx *c, const struct ledger_days *in)
{
	int64_t days = date_number(in->to) - date_number(in->from) + 1;

	if (days < 1)
		fault_add(&c->faults, "/to", "order", "结束日期不能早于开始日期");
	else if (days > LEDGER_DAYS_MAX)
		fault_add(&c->faults, "/to", "range", "一次最多看%d天，请缩短日期范围", LEDGER_DAYS_MAX);
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum err ledger_write_days(struct ctx *c, const struct ledger_days *in, struct json_out *j)
{
	enum err e = ledger_days_check(c, in);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_day(j, "from", in->from);
	json_day(j, "to", in->to);
	e = write_items(c, in, j);
	json_end(j);
	return e;
}

/* --- today --- */

struct pile {
	const char *state;
	int64_t count, fen;
	struct date oldest;
};
static const struct field booked_fields[] = {
	INT(struct pile, count, "count", 0, 0),
	INT(struct pile, fen, "fen", 0, 0),
};
static const struct shape booked_shape = SHAPE(struct pile, booked_fields);
static const struct field open_fields[] = {
	INT(struct pile, count, "count", 0, 0),
	INT(struct pile, fen, "fen", 0, 0),
	DAY(struct pile, oldest, "oldest"),
};
static const struct shape open_shape = SHAPE(struct pile, open_fields);
static const struct field refund_fields[] = {
	TEXT(struct pile, state, "state", 0, 0, NULL),
	INT(struct pile, count, "count", 0, 0),
	INT(struct pile, fen, "fen", 0, 0),
};
static const struct shape pile_shape = SHAPE(struct pile, refund_fields);

enum err ledger_write_today(struct ctx *c, struct json_out *j)
{
	struct date day = date_of_moment(c->now);
	const struct ledger_days today = {day, day};
	struct pile booked = {0}, open = {0};
	struct list refunds = {0};
	enum err e = db_one(c->db, &sql[BOOKED], &booked_shape, &booked, I(date_moment(day, 0, 0, 0)));

	if (e == ERR_OK)
		e = db_one(c->db, &sql[OPEN], &open_shape, &open);
	if (e == ERR_OK)
		e = db_all(c->db, &sql[REFUNDS], &pile_shape, &refunds);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_day(j, "day", day);
	json_shape(j, "booked", &booked_shape, &booked);
	json_shape(j, "open", &open_shape, &open);
	json_list(j, "refunds");
	for (size_t i = 0; i < refunds.count; i++)
		json_shape(j, NULL, &pile_shape, &((const struct pile *)refunds.at)[i]);
	json_end(j);
	e = write_items(c, &today, j);
	json_end(j);
	return e;
}

enum err ledger_write_check(struct ctx *c, struct json_out *j)
{
	const struct ledger_fault *f;
	struct list faults;
	enum err e = ledger_check(c, LEDGER_FAULTS_SHOWN, &faults);

	if (e != ERR_OK)
		return e;
	f = faults.at;
	json_object(j, NULL);
	json_bool(j, "agree", faults.count == 0);
	json_list(j, "faults");
	for (size_t i = 0; i < faults.count; i++) {
		json_object(j, NULL);
		json_text(j, "what", f[i].what);
		json_int(j, "id", f[i].id);
		json_int(j, "books_fen", f[i].books_fen);
		json_int(j, "real_fen", f[i].real_fen);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}
