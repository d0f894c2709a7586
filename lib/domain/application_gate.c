/* Gates and the clock: what must be there before a case may be decided, and from when the promise counts. */
#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "domain/application.h"
#include "domain/application_former.h"
#include "domain/application_machine.h"
#include "domain/notify.h"

enum { CLOSINGS, CLOSE, REOPEN, FORGET, ASK, REST };

static const struct sql sql[] = {
	[CLOSINGS] = {"SELECT name, closed_at FROM gate WHERE application_id=?", "i", "si"},
	[CLOSE] =
		{"INSERT INTO gate (application_id, name, closed_at, closed_by) VALUES (?,?,?,?) ON DUPLICATE KEY UPDATE "
		 "closed_by=IF(closed_at IS NULL, VALUES(closed_by), closed_by), closed_at=COALESCE(closed_at, VALUES(closed_at)), waits=0",
			"isii", ""},
	[REOPEN] = {"UPDATE gate g JOIN application a ON a.id=g.application_id SET g.closed_at=NULL, g.closed_by=NULL, "
		    "g.waits=(g.asked=1 AND a.queue='accepted') WHERE g.application_id=? AND g.name=?",
		"is", ""},
	[FORGET] = {"UPDATE gate SET asked=0, waits=0 WHERE application_id=?", "i", ""},
	[ASK] = {"INSERT INTO gate (application_id, name, asked, waits, lane) SELECT id, ?, 1, ?, lane FROM application WHERE id=? "
		 "ON DUPLICATE KEY UPDATE asked=1, waits=IF(closed_at IS NULL, VALUES(waits), 0), lane=VALUES(lane)",
		"sii", ""},
	[REST] = {"UPDATE gate SET waits=0 WHERE application_id=? AND waits=1", "i", ""},
};
SQL_TABLE(application_gate);

struct closing {
	const char *name;
	int64_t closed_at;
};
static const struct field closing_fields[] = {
	TEXT(struct closing, name, "name", 0, 0, NULL), TIME(struct closing, closed_at, "closed_at")};
static const struct shape closing_shape = SHAPE(struct closing, closing_fields);

static int64_t closed_at(const struct list *closings, const char *name)
{
	const struct closing *at = closings->at;

	for (size_t i = 0; i < closings->count; i++)
		if (text_eq(at[i].name, name))
			return at[i].closed_at;
	return 0;
}

enum err application_gates(struct ctx *c, const struct application *app, struct gates *ret_gates)
{
	struct list closings;
	struct gates g = {.all_closed = true};
	enum err e = db_all(c->db, &sql[CLOSINGS], &closing_shape, &closings, I(app->id));

	if (e != ERR_OK)
		return e;
	CATALOG_EACH(struct catalog_gate, gate, &app->route->gates) {
		int64_t at;

		if (g.count == GATE_MAX || !catalog_gate_counts(app->catalog, app->route, gate) ||
			!catalog_holds(gate->condition, &application_data_shape, &app->data))
			continue;
		at = closed_at(&closings, gate->code);
		g.at[g.count++] = (struct gate_state){gate, at};
		g.all_closed = g.all_closed && at;
		if (at > g.last_closed_at)
			g.last_closed_at = at;
	}
	*ret_gates = g;
	return ERR_OK;
}

/* The clock starts with the last gate; a year without a calendar leaves the day open, staff see the standing warning. */
static enum err start_clock(struct ctx *c, struct application *app, int64_t from)
{
	const struct calendar *calendar;
	struct date start;
	enum err e = ctx_calendar(c, &calendar);

	app->clock_at = from;
	if (e == ERR_OK)
		e = calendar_due(calendar, from, (int)app->route->working_days, &start, &app->due);
	return e == ERR_CALENDAR ? ERR_OK : e;
}

/* From when the promise counts: the last gate; for a promise "from submitted and paid" the later of those two. */
static int64_t counts_from(const struct ctx *c, const struct application *app, const struct gates *g)
{
	int64_t from = app->submitted_at;

	if (!text_eq(app->route->days_from, "submit"))
		return g->last_closed_at ? g->last_closed_at : c->now;
	for (size_t i = 0; i < g->count; i++)
		if (g->at[i].gate->kind == GATE_MONEY && g->at[i].closed_at > from)
			from = g->at[i].closed_at;
	return from;
}

bool application_by_machine(const struct application *app)
{
	return text_eq(app->route->decide, "machine") && !text_eq(app->data.review, "manual");
}

bool application_awaits_gates(const struct application *app)
{
	return app->state == STATE_ACCEPTED || (app->state == STATE_SUBMITTED && application_by_machine(app));
}

enum err application_ask_gates(struct ctx *c, const struct application *app, enum state from)
{
	bool waits = application_awaits_gates(app);
	struct gates g;
	enum err e;

	if (app->state != STATE_SUBMITTED && app->state != STATE_ACCEPTED)
		return from == STATE_SUBMITTED || from == STATE_ACCEPTED ? db_exec(c->db, &sql[REST], I(app->id))
									 : ERR_OK;
	e = application_gates(c, app, &g);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[FORGET], I(app->id));
	for (size_t i = 0; e == ERR_OK && i < g.count; i++)
		e = db_exec(c->db, &sql[ASK], S(g.at[i].gate->code), I(waits), I(app->id));
	return e;
}

/* What follows the last gate, by who decides on this route. */
static enum event after_gates(const struct application *app)
{
	if (app->state == STATE_SUBMITTED && application_by_machine(app))
		return EVENT_AUTO;
	if (app->state != STATE_ACCEPTED)
		return EVENT_MAX;
	return text_eq(app->route->decide, "two") ? EVENT_GATES : EVENT_DECIDE;
}

/* Decided without a second person: an online unlock waits for the client at once, and where nothing is made the case ends. */
static enum err after_decision(struct ctx *c, struct application *app)
{
	const char *effect = application_effect(app);

	if (app->state == STATE_APPROVED && former_ending(app))
		return application_move(c, app, EVENT_REVOKED, former_ending(app), NULL);
	if (app->state != STATE_APPROVED || !text_eq(app->channel, "online") || !text_eq(effect, "unlock"))
		return ERR_OK;
	return application_move(c, app, EVENT_INSTALL, NULL, NULL);
}

/* What the machine does not decide waits for a reviewer; nothing of it is asked of the applicant again. */
static enum err to_people(struct ctx *c, struct application *app)
{
	app->data.review = "manual";
	return application_move(c, app, EVENT_MANUAL, NULL, NULL);
}

enum err application_gates_done(struct ctx *c, struct application *app)
{
	struct notify_param params[] = {{"day", "3个工作日内"}, {NULL, NULL}};
	enum event next = after_gates(app);
	bool passed = true;
	struct gates g;
	enum err e = application_gates(c, app, &g);

	if (e != ERR_OK || !g.all_closed || next == EVENT_MAX)
		return e;
	if (next == EVENT_AUTO && machine_reviews(app))
		e = machine_review(c, app, &g, &passed);
	if (e == ERR_OK && !passed)
		return to_people(c, app);
	if (e != ERR_OK)
		return e;
	e = start_clock(c, app, counts_from(c, app, &g));
	if (e != ERR_OK)
		return e;
	if (!date_none(app->due))
		params[0].value = date_chinese(c->arena, app->due);
	e = application_move(c, app, next, NULL, params);
	return e == ERR_OK ? after_decision(c, app) : e;
}

enum err application_close_gate(struct ctx *c, struct application *app, enum gate gate, int64_t as_of)
{
	const struct catalog_gate *asked = catalog_route_gate(app->route, gate);
	enum err e;

	assert(db_in_tx(c->db));
	if (!asked || !catalog_gate_counts(app->catalog, app->route, asked))
		return ERR_OK;
	e = db_exec(c->db, &sql[CLOSE], I(app->id), S(gate_words[gate]), I(as_of), I0(c->actor.staff_id));
	return e == ERR_OK ? application_gates_done(c, app) : e;
}

enum err application_reopen_gate(struct ctx *c, const struct application *app, enum gate gate)
{
	assert(db_in_tx(c->db));
	return db_exec(c->db, &sql[REOPEN], I(app->id), S(gate_words[gate]));
}
