#include "domain/application_status.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/application_view.h"
#include "domain/rules.h"

enum { STATUS };

static const struct sql sql[] = {
	[STATUS] =
		{"SELECT a.no, a.service, a.holder, a.channel, a.catalog_version, a.state, a.version, a.due, a.updated_at, "
		 "(SELECT GROUP_CONCAT(g.name, '=', g.closed_at SEPARATOR ' ') FROM gate g WHERE g.application_id=a.id) "
		 "FROM application a WHERE a.no=? AND a.account_id=? AND (?=0 OR a.id=?)",
			"siii", "ssssssidis"},
};
SQL_TABLE(application_status);

struct row {
	const char *no, *service, *holder, *channel, *catalog_version, *state;
	int64_t version;
	struct date due;
	int64_t updated_at;
	const char *closings; /* "scans=1763790000 money=…", NULL: none */
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
static const struct field fields[] = {
	R_TEXT(no),
	R_TEXT(service),
	R_TEXT(holder),
	R_TEXT(channel),
	R_TEXT(catalog_version),
	R_TEXT(state),
	INT(struct row, version, "version", 0, 0),
	DAY(struct row, due, "due"),
	TIME(struct row, updated_at, "updated_at"),
	R_TEXT(closings),
};
static const struct shape shape = SHAPE(struct row, fields);

/* The moment behind "name=" in the closings; 0: open. */
static int64_t closed_at(const char *closings, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = closings; at && *at; at += strcspn(at, " "), at += *at == ' ')
		if (strncmp(at, name, n) == 0 && at[n] == '=')
			return strtoll(at + n + 1, NULL, 10);
	return 0;
}

/* false: a gate depends on the data of the case. */
static bool gates_of(const struct catalog_route *route, const char *closings, struct gates *ret_gates)
{
	*ret_gates = (struct gates){0};
	CATALOG_EACH(struct catalog_gate, gate, &route->gates) {
		if (gate->condition || ret_gates->count == GATE_MAX)
			return false;
		ret_gates->at[ret_gates->count++] = (struct gate_state){gate, closed_at(closings, gate->code)};
	}
	return true;
}

static void write(const struct application *app, const struct gates *gates, struct json_out *j)
{
	const char *turn, *turn_text;

	application_turn(app, gates, &turn, &turn_text);
	json_object(j, NULL);
	json_text(j, "no", app->no);
	json_text(j, "state", state_words[app->state]);
	json_text(j, "state_name", catalog_state(app->catalog, state_words[app->state])->name);
	json_int(j, "version", app->version);
	json_text(j, "turn", turn);
	json_text(j, "turn_text", turn_text);
	json_day(j, "due", app->due);
	json_text(j, "promise", app->route->promise ? app->route->promise : "");
	application_write_gates(gates, j);
	json_time(j, "updated_at", app->updated_at);
	json_end(j);
}

static enum err write_in_full(struct ctx *c, const char *no, struct json_out *j)
{
	struct application app;
	struct gates gates;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = application_gates(c, &app, &gates);
	if (e == ERR_OK)
		write(&app, &gates, j);
	return e;
}

enum err application_status(struct ctx *c, const char *no, struct json_out *j, int64_t *ret_version)
{
	struct application app = {0};
	struct gates gates;
	struct row r;
	int state;
	enum err e = db_one(c->db, &sql[STATUS], &shape, &r, S(no), I(c->actor.account_id),
		I(c->actor.only_application), I(c->actor.only_application));

	if (e == ERR_OK)
		e = rules_of(c, r.catalog_version, &app.catalog);
	if (e != ERR_OK)
		return e;
	*ret_version = r.version;
	app.route = catalog_route(app.catalog, r.service, r.holder, r.channel);
	state = text_index(state_words, r.state);
	if (!app.route || state < 0)
		return ERR_INTERNAL;
	if (!gates_of(app.route, r.closings, &gates))
		return write_in_full(c, no, j);
	app.no = r.no;
	app.state = (enum state)state;
	app.version = r.version;
	app.due = r.due;
	app.updated_at = r.updated_at;
	write(&app, &gates, j);
	return ERR_OK;
}
