/* What the worker does for the reports: what changed is read, and its days are counted again. */
#include <assert.h>
#include <inttypes.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/report.h"

enum { DAYS_BATCH = 2000 }; /* a statement that is imported asks once a line, for a few days */

enum { CASES, DAYS, HOLD, DONE, FACTS, MONEY, DROP, ADD };

static const struct sql sql[] = {
	[CASES] = {"SELECT id, application_id FROM report_todo WHERE application_id IS NOT NULL ORDER BY id LIMIT ?",
		"i", "ii"},
	[DAYS] = {"SELECT id, day FROM report_todo WHERE day IS NOT NULL ORDER BY id LIMIT ?", "i", "id"},
	[HOLD] = {"INSERT INTO report_counted (day, at) VALUES (?,?) ON DUPLICATE KEY UPDATE at=VALUES(at)", "di", ""},
	[DONE] = {"DELETE FROM report_todo WHERE id=?", "i", ""},
	[FACTS] =
		{"SELECT f.measure, f.word, c.service, c.holder, c.branch, CAST(SUM(f.n) AS SIGNED), 0 FROM report_fact f FORCE INDEX "
		 "(report_fact_day) JOIN report_case c ON c.application_id=f.application_id WHERE f.day=? GROUP BY f.measure, f.word, "
		 "c.service, c.holder, c.branch",
			"d", "sssssii"},
	/* A case is returned, too: what the bank took back has a word of its own.  The place of the money: that of the books where one side is outside, else the way the payment came. */
	[MONEY] =
		{"SELECT IF(l.kind='returned', 'bank_returned', l.kind), CASE WHEN l.kind IN ('received','refund_failed') THEN l.debit WHEN l.kind IN ('returned','refunded') THEN "
		 "l.credit WHEN p.method='transfer' THEN 'bank' ELSE COALESCE(p.method,'bank') END AS place, COALESCE(c.service,''), "
		 "COALESCE(c.holder,''), COALESCE(c.branch,''), COUNT(*), CAST(SUM(l.fen) AS SIGNED) FROM ledger l FORCE INDEX "
		 "(ledger_day) LEFT JOIN payment p ON p.id=l.payment_id LEFT JOIN report_case c ON c.application_id=l.application_id "
		 "WHERE l.day=? AND l.kind IN ('received','returned','allotted','freed','loose_to_refund','refunded','refund_failed') "
		 "GROUP BY 1,2,3,4,5",
			"d", "sssssii"},
	[DROP] = {"DELETE FROM report_day WHERE day=?", "d", ""},
	[ADD] = {"INSERT INTO report_day (day, measure, word, service, holder, branch, n, fen) VALUES (?,?,?,?,?,?,?,?)",
		"dsssssii", ""},
};
SQL_TABLE(report_day);

struct figure {
	const char *measure, *word, *service, *holder, *branch;
	int64_t n, fen;
};
#define F_TEXT(m) TEXT(struct figure, m, #m, 0, 0, NULL)
static const struct field figure_fields[] = {
	F_TEXT(measure),
	F_TEXT(word),
	F_TEXT(service),
	F_TEXT(holder),
	F_TEXT(branch),
	INT(struct figure, n, "n", 0, 0),
	INT(struct figure, fen, "fen", 0, 0),
};
static const struct shape figure_shape = SHAPE(struct figure, figure_fields);

static const char *none(const char *text)
{
	return text ? text : "";
}

static enum err add_all(struct ctx *c, struct date day, const struct list *figures)
{
	enum err e = ERR_OK;

	CATALOG_EACH(struct figure, f, figures)
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[ADD], D(day), S(f->measure), S(none(f->word)), S(none(f->service)),
				S(none(f->holder)), S(none(f->branch)), I(f->n), I(f->fen));
	return e;
}

/* The row of report_counted is locked first: two workers count a day one after the other.  Facts and books are read as
 * they stand (plain reads: nobody who books waits for us); what is added meanwhile has left a row that asks again. */
enum err report_count_day(struct ctx *c, struct date day, const struct list *todo)
{
	struct list facts, money;
	enum err e = db_exec(c->db, &sql[HOLD], D(day), I(c->now));

	assert(db_in_tx(c->db));
	CATALOG_EACH(struct db_int, id, todo)
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[DONE], I(id->value));
	if (e == ERR_OK)
		e = db_all(c->db, &sql[FACTS], &figure_shape, &facts, D(day));
	if (e == ERR_OK)
		e = db_all(c->db, &sql[MONEY], &figure_shape, &money, D(day));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[DROP], D(day));
	if (e == ERR_OK)
		e = add_all(c, day, &facts);
	return e == ERR_OK ? add_all(c, day, &money) : e;
}

/* --- the round ---------------------------------------------------------------------------------------------------------- */

struct asked {
	int64_t id, application_id;
	struct date day;
};
static const struct field case_fields[] = {
	INT(struct asked, id, "id", 0, 0), INT(struct asked, application_id, "application_id", 0, 0)};
static const struct field day_fields[] = {INT(struct asked, id, "id", 0, 0), DAY(struct asked, day, "day")};
static const struct shape case_shape = SHAPE(struct asked, case_fields);
static const struct shape day_shape = SHAPE(struct asked, day_fields);

struct work {
	const struct asked *what;
	struct list todo; /* struct db_int */
};

static bool same(const struct asked *a, const struct asked *b)
{
	return a->application_id == b->application_id && date_cmp(a->day, b->day) == 0;
}

static enum err one(struct ctx *c, void *arg)
{
	const struct work *w = arg;

	return w->what->application_id ? report_count_case(c, w->what->application_id, &w->todo)
				       : report_count_day(c, w->what->day, &w->todo);
}

static bool asked_before(const struct asked *at, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same(&at[k], &at[i]))
			return true;
	return false;
}

/* The rows that ask for the same as row i, from there on. */
static struct list all_that_ask(struct arena *a, const struct asked *at, size_t i, size_t count)
{
	struct db_int *ids = arena_array(a, count - i, sizeof *ids);
	struct list todo = {ids, 0};

	for (size_t k = i; k < count; k++)
		if (same(&at[k], &at[i]))
			ids[todo.count++].value = at[k].id;
	return todo;
}

/* Each case or day once, however often it was asked for.  One that is refused does not hold up the others. */
static enum err each(struct ctx *c, const struct list *rows, int *ret_done)
{
	const struct asked *at = rows->at;

	for (size_t i = 0; i < rows->count; i++) {
		struct work w = {.what = &at[i]};
		enum err e;

		if (asked_before(at, i))
			continue;
		w.todo = all_that_ask(c->arena, at, i, rows->count);
		e = ctx_tx(c, one, &w);
		if (e == ERR_AWAY || e == ERR_UNCERTAIN)
			return e;
		if (e == ERR_OK)
			*ret_done += (int)w.todo.count;
		else
			log_at(LOG_WARN, "reports: case %" PRId64 " day %s: %s", at[i].application_id,
				date_text(c->arena, at[i].day), err_wire(e));
	}
	return ERR_OK;
}

enum err report_round(struct ctx *c, int *ret_done)
{
	struct list cases, days = {NULL, 0};
	enum err e = db_all(c->db, &sql[CASES], &case_shape, &cases, I(REPORT_BATCH));

	*ret_done = 0;
	if (e == ERR_OK)
		e = each(c, &cases, ret_done);
	if (e == ERR_OK && cases.count < REPORT_BATCH)
		e = db_all(c->db, &sql[DAYS], &day_shape, &days, I(DAYS_BATCH));
	if (e == ERR_OK)
		e = each(c, &days, ret_done);
	return e;
}
