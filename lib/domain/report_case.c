/* What a case counts for, read from what happened to it. */
#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "domain/application.h"
#include "domain/calendar_hours.h"
#include "domain/report.h"
#include "domain/report_step.h"

enum {
	CASE,
	EVENTS,
	FAILS,
	RATING,
	DIMS,
	FACTS,
	KEEP_DIMS,
	DROP_FACTS,
	ADD_FACT,
	DROP_STEPS,
	ADD_STEP,
	MONEY_DAYS,
	DAY,
	DONE
};

static const struct sql sql[] = {
	[CASE] =
		{"SELECT service, holder, channel, clock_at, due, delivery_mode, erased_at FROM application WHERE id=? FOR UPDATE",
			"i", "sssidsi"},
	[EVENTS] = {"SELECT at, event, from_state, to_state FROM event WHERE application_id=? ORDER BY id", "i",
		"isss"},
	[FAILS] =
		{"SELECT round, material, reasons FROM verdict WHERE application_id=? AND verdict='fail' ORDER BY round, material",
			"i", "iss"},
	[RATING] = {"SELECT score, at FROM rating WHERE application_id=?", "i", "ii"},
	[DIMS] = {"SELECT service, holder, channel, branch FROM report_case WHERE application_id=?", "i", "ssss"},
	[FACTS] = {"SELECT measure, word, day, n FROM report_fact WHERE application_id=?", "i", "ssdi"},
	[KEEP_DIMS] =
		{"INSERT INTO report_case (application_id, service, holder, channel, branch) VALUES (?,?,?,?,?) "
		 "ON DUPLICATE KEY UPDATE service=VALUES(service), holder=VALUES(holder), channel=VALUES(channel), "
		 "branch=VALUES(branch)",
			"issss", ""},
	[DROP_FACTS] = {"DELETE FROM report_fact WHERE application_id=?", "i", ""},
	[ADD_FACT] = {"INSERT INTO report_fact (application_id, measure, word, day, n) VALUES (?,?,?,?,?)", "issdi",
		""},
	[DROP_STEPS] = {"DELETE FROM case_step WHERE application_id=?", "i", ""},
	[ADD_STEP] =
		{"INSERT INTO case_step (application_id, n, step, begun_at, ended_at, day, elapsed_min, working_min, service, holder, "
		 "branch) VALUES (?,?,?,?,?,?,?,IF(?<0,NULL,?),?,?,?)",
			"iisiidiiisss", ""},
	[MONEY_DAYS] = {"SELECT DISTINCT day FROM ledger WHERE application_id=?", "i", "d"},
	[DAY] = {"INSERT INTO report_todo (day) VALUES (?)", "d", ""},
	[DONE] = {"DELETE FROM report_todo WHERE id=?", "i", ""},
};
SQL_TABLE(report_case);

static const struct field event_fields[] = {
	TIME(struct step_event, at, "at"),
	TEXT(struct step_event, event, "event", 0, 0, NULL),
	TEXT(struct step_event, from, "from", 0, 0, NULL),
	TEXT(struct step_event, to, "to", 0, 0, NULL),
};
static const struct shape event_shape = SHAPE(struct step_event, event_fields);

struct fail {
	int64_t round;
	const char *material, *reasons;
};
static const struct field fail_fields[] = {
	INT(struct fail, round, "round", 0, 0),
	TEXT(struct fail, material, "material", 0, 0, NULL),
	TEXT(struct fail, reasons, "reasons", 0, 0, NULL),
};
static const struct shape fail_shape = SHAPE(struct fail, fail_fields);

struct rated {
	int64_t score, at;
};
static const struct field rated_fields[] = {INT(struct rated, score, "score", 0, 0), TIME(struct rated, at, "at")};
static const struct shape rated_shape = SHAPE(struct rated, rated_fields);

struct kase {
	int64_t id;
	const char *service, *holder, *channel;
	int64_t clock_at;
	struct date due;
	const char *delivery;
	int64_t erased_at;
};
static const struct field case_fields[] = {
	TEXT(struct kase, service, "service", 0, 0, NULL),
	TEXT(struct kase, holder, "holder", 0, 0, NULL),
	TEXT(struct kase, channel, "channel", 0, 0, NULL),
	TIME(struct kase, clock_at, "clock_at"),
	DAY(struct kase, due, "due"),
	TEXT(struct kase, delivery, "delivery", 0, 0, NULL),
	TIME(struct kase, erased_at, "erased_at"),
};
static const struct shape case_shape = SHAPE(struct kase, case_fields);

struct dims {
	const char *service, *holder, *channel, *branch;
};
static const struct field dims_fields[] = {
	TEXT(struct dims, service, "service", 0, 0, NULL),
	TEXT(struct dims, holder, "holder", 0, 0, NULL),
	TEXT(struct dims, channel, "channel", 0, 0, NULL),
	TEXT(struct dims, branch, "branch", 0, 0, NULL),
};
static const struct shape dims_shape = SHAPE(struct dims, dims_fields);

struct fact {
	const char *measure, *word;
	struct date day;
	int64_t n;
};
static const struct field fact_fields[] = {
	TEXT(struct fact, measure, "measure", 0, 0, NULL),
	TEXT(struct fact, word, "word", 0, 0, NULL),
	DAY(struct fact, day, "day"),
	INT(struct fact, n, "n", 0, 0),
};
static const struct shape fact_shape = SHAPE(struct fact, fact_fields);

struct day_row {
	struct date day;
};
static const struct field day_fields[] = {DAY(struct day_row, day, "day")};
static const struct shape day_shape = SHAPE(struct day_row, day_fields);

/* --- counting ---------------------------------------------------------------------------------------------------------- */

struct tally {
	struct arena *arena;
	struct fact *at;
	size_t count, cap;
};

static void count(struct tally *t, const char *measure, const char *word, int64_t at)
{
	struct date day = date_of_moment(at);

	for (size_t i = 0; i < t->count; i++)
		if (text_eq(t->at[i].measure, measure) && text_eq(t->at[i].word, word) &&
			date_cmp(t->at[i].day, day) == 0) {
			t->at[i].n++;
			return;
		}
	if (t->count == t->cap) {
		struct fact *more = arena_array(t->arena, t->cap * 2 + 16, sizeof *more);

		if (t->count)
			memcpy(more, t->at, t->count * sizeof *more);
		t->at = more;
		t->cap = t->cap * 2 + 16;
	}
	t->at[t->count++] = (struct fact){measure, word, day, 1};
}

/* Each reason of each paper that went back in that round. */
static void count_reasons(struct tally *t, const struct list *fails, int64_t round, int64_t at)
{
	CATALOG_EACH(struct fail, f, fails) {
		const char *reason = f->reasons;

		while (f->round == round && *reason) {
			size_t n = strcspn(reason, " ");

			count(t, "reason",
				arena_printf(t->arena, "%s %s", f->material, arena_textn(t->arena, reason, n)), at);
			reason += n + (reason[n] == ' ');
		}
	}
}

struct life {
	int64_t submitted, returns, accepted, handed;
};

static bool is(const struct step_event *e, enum event event)
{
	return text_eq(e->event, event_words[event]);
}

static void count_event(
	struct tally *t, const struct kase *k, const struct list *fails, struct life *l, const struct step_event *e)
{
	static const enum state ends[] = {STATE_COMPLETED, STATE_REJECTED, STATE_WITHDRAWN, STATE_EXPIRED};

	if (is(e, EVENT_SUBMIT))
		count(t, "submitted", l->submitted++ ? "again" : "first", e->at);
	if (is(e, EVENT_RETURN)) {
		count(t, "returned", "", e->at);
		count_reasons(t, fails, l->returns++, e->at);
	}
	if ((is(e, EVENT_ACCEPT) || is(e, EVENT_AUTO)) && !l->accepted++)
		count(t, "accepted", l->returns ? "later" : "first", e->at);
	if (step_is_handed(e->to) && !l->handed++ && !date_none(k->due))
		count(t, "due", date_cmp(date_of_moment(e->at), k->due) <= 0 ? "kept" : "missed", e->at);
	/* a draft that was given up is no case that ended */
	for (size_t i = 0; l->submitted && i < ARRAY_LEN(ends); i++)
		if (text_eq(e->to, state_words[ends[i]]) && !text_eq(e->from, e->to))
			count(t, "closed", state_words[ends[i]], e->at);
}

static enum err tally_case(struct ctx *c, const struct kase *k, const struct list *events, struct tally *t)
{
	struct life life = {0};
	struct rated rated;
	struct list fails;
	enum err e = db_all(c->db, &sql[FAILS], &fail_shape, &fails, I(k->id));

	if (e != ERR_OK)
		return e;
	CATALOG_EACH(struct step_event, ev, events)
		count_event(t, k, &fails, &life, ev);
	e = db_one(c->db, &sql[RATING], &rated_shape, &rated, I(k->id));
	if (e == ERR_OK)
		count(t, "rating", arena_printf(c->arena, "%d", (int)rated.score), rated.at);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* --- keeping ----------------------------------------------------------------------------------------------------------- */

static const struct fact *same_fact(const struct fact *at, size_t n, const struct fact *f)
{
	for (size_t i = 0; i < n; i++)
		if (at[i].n == f->n && date_cmp(at[i].day, f->day) == 0 && text_eq(at[i].word, f->word) &&
			text_eq(at[i].measure, f->measure))
			return &at[i];
	return NULL;
}

static enum err days_that_changed(struct ctx *c, const struct fact *now, size_t n, const struct list *were, bool all)
{
	enum err e = ERR_OK;

	CATALOG_EACH(struct fact, f, were)
		if (e == ERR_OK && (all || !same_fact(now, n, f)))
			e = db_exec(c->db, &sql[DAY], D(f->day));
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		if (all || !same_fact(were->at, were->count, &now[i]))
			e = db_exec(c->db, &sql[DAY], D(now[i].day));
	return e;
}

static enum err keep_facts(struct ctx *c, int64_t id, const struct tally *t, bool dims_changed)
{
	struct list were;
	enum err e = db_all(c->db, &sql[FACTS], &fact_shape, &were, I(id));

	CATALOG_EACH(struct fact, f, &were)
		if (!f->word)
			((struct fact *)(uintptr_t)f)->word = "";
	if (e == ERR_OK)
		e = days_that_changed(c, t->at, t->count, &were, dims_changed);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[DROP_FACTS], I(id));
	for (size_t i = 0; e == ERR_OK && i < t->count; i++)
		e = db_exec(c->db, &sql[ADD_FACT], I(id), S(t->at[i].measure), S(t->at[i].word), D(t->at[i].day),
			I(t->at[i].n));
	return e;
}

/* The money of a case counts for its service too. */
static enum err money_days(struct ctx *c, int64_t id)
{
	struct list days;
	enum err e = db_all(c->db, &sql[MONEY_DAYS], &day_shape, &days, I(id));

	CATALOG_EACH(struct day_row, d, &days)
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[DAY], D(d->day));
	return e;
}

static enum err keep_dims(struct ctx *c, int64_t id, const struct dims *now, bool *ret_changed)
{
	struct dims was;
	enum err e = db_one(c->db, &sql[DIMS], &dims_shape, &was, I(id));

	*ret_changed = e == ERR_NOT_FOUND || !text_eq(was.service, now->service) || !text_eq(was.holder, now->holder) ||
		       !text_eq(was.channel, now->channel) || !text_eq(was.branch ? was.branch : "", now->branch);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	if (!*ret_changed)
		return ERR_OK;
	e = db_exec(c->db, &sql[KEEP_DIMS], I(id), S(now->service), S(now->holder), S(now->channel), S(now->branch));
	return e == ERR_OK ? money_days(c, id) : e;
}

static enum err keep_steps(struct ctx *c, const struct kase *k, const struct dims *dims, const struct list *events)
{
	struct step_span *spans = arena_array(c->arena, 2 * events->count + 2, sizeof *spans);
	size_t n = step_spans(events->at, events->count, k->clock_at, spans);
	const struct calendar *calendar;
	enum err e = ctx_calendar(c, &calendar);

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[DROP_STEPS], I(k->id));
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		int64_t begin = spans[i].begin, end = spans[i].end, working;

		if (calendar_working_s(calendar, begin, end, &working) != ERR_OK)
			working = -60;
		e = db_exec(c->db, &sql[ADD_STEP], I(k->id), I((int64_t)i + 1), S(step_words[spans[i].step]), I(begin),
			I(end), D(date_of_moment(end)), I((end - begin) / 60), I(working / 60), I(working / 60),
			S(dims->service), S(dims->holder), S(dims->branch));
	}
	return e;
}

/* The counter stands in what was filled in; a case that does not open is counted without. */
static const char *branch_of(struct ctx *c, const struct kase *k)
{
	struct application app;

	if (!text_eq(k->delivery, "pickup") || application_by_id(c, k->id, &app) != ERR_OK || !app.data.delivery.branch)
		return "";
	return app.data.delivery.branch;
}

/* todo: numbers of the rows that asked for it.  The case is locked first, as by everybody who moves it: nothing happens to
 * it meanwhile, and rows that come later ask again. */
enum err report_count_case(struct ctx *c, int64_t application_id, const struct list *todo)
{
	struct kase k = {.id = application_id};
	struct tally t = {.arena = c->arena};
	struct dims dims;
	struct list events;
	bool changed;
	enum err e = db_one(c->db, &sql[CASE], &case_shape, &k, I(application_id));

	assert(db_in_tx(c->db));
	CATALOG_EACH(struct db_int, id, todo)
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[DONE], I(id->value));
	if (e == ERR_OK && k.erased_at) /* what it was counted for stays */
		return ERR_OK;
	if (e == ERR_OK)
		e = db_all(c->db, &sql[EVENTS], &event_shape, &events, I(k.id));
	if (e == ERR_OK)
		e = tally_case(c, &k, &events, &t);
	if (e != ERR_OK)
		return e;
	dims = (struct dims){k.service, k.holder, k.channel, branch_of(c, &k)};
	e = keep_dims(c, k.id, &dims, &changed);
	if (e == ERR_OK)
		e = keep_facts(c, k.id, &t, changed);
	return e == ERR_OK ? keep_steps(c, &k, &dims, &events) : e;
}
