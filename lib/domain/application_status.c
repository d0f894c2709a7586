#include "domain/application_status.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/application_view.h"
#include "domain/rules.h"

enum { STATUS };

static const struct sql sql[] = {
	[STATUS] =
		{"SELECT a.no, a.service, a.holder, a.channel, a.catalog_version, a.state, a.version, a.due, a.created_at, a.updated_at, "
		 "(SELECT GROUP_CONCAT(g.name, '=', g.closed_at SEPARATOR ' ') FROM gate g WHERE g.application_id=a.id) "
		 "FROM application a WHERE a.no=? AND a.account_id=? AND (?=0 OR a.id=?)",
			"siii", "ssssssidiis"},
};
SQL_TABLE(application_status);

struct row {
	const char *no, *service, *holder, *channel, *catalog_version, *state;
	int64_t version;
	struct date due;
	int64_t created_at, updated_at;
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
	TIME(struct row, created_at, "created_at"),
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
static bool gates_of(const struct application *app, const char *closings, struct gates *ret_gates)
{
	*ret_gates = (struct gates){0};
	CATALOG_EACH(struct catalog_gate, gate, &app->route->gates) {
		if (!catalog_gate_counts(app->catalog, app->route, gate))
			continue;
		if (gate->condition || ret_gates->count == GATE_MAX)
			return false;
		ret_gates->at[ret_gates->count++] = (struct gate_state){gate, closed_at(closings, gate->code)};
	}
	return true;
}

static void write(const struct ctx *c, const struct application *app, const struct gates *gates, struct json_out *j)
{
	json_object(j, NULL);
	json_text(j, "no", app->no);
	application_write_state(c, app, gates, j);
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
		write(c, &app, &gates, j);
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
		e = rules_of(c, r.catalog_version, r.created_at, &app.catalog);
	if (e != ERR_OK)
		return e;
	*ret_version = r.version;
	app.route = catalog_route(app.catalog, r.service, r.holder, r.channel);
	state = text_index(state_words, r.state);
	if (!app.route || state < 0)
		return ERR_INTERNAL;
	if (!gates_of(&app, r.closings, &gates))
		return write_in_full(c, no, j);
	app.no = r.no;
	app.service = r.service;
	app.state = (enum state)state;
	app.version = r.version;
	app.due = r.due;
	app.updated_at = r.updated_at;
	write(c, &app, &gates, j);
	return ERR_OK;
}
