#include "domain/application_track.h"

#include "base/markup.h"
#include "domain/application_view.h"

enum { FIND, ID, EVENTS, WAYBILL };

static const struct sql sql[] = {
	[FIND] =
		{"SELECT p.id FROM application p JOIN account a ON a.id=p.account_id WHERE p.no=? AND (a.phone_hash=? OR p.agent_phone_hash=?)",
			"sbb", "i"},
	[ID] = {"SELECT id FROM application WHERE no=? FOR UPDATE", "s", "i"},
	[EVENTS] =
		{"SELECT at, event, from_state, to_state, actor FROM event WHERE application_id=? ORDER BY id DESC LIMIT 200",
			"i", "issss"},
	[WAYBILL] = {"SELECT waybill FROM parcel WHERE application_id=?", "i", "s"},
};
SQL_TABLE(application_track);

struct event_row {
	int64_t at;
	const char *event, *from, *to, *actor;
};
static const struct field event_fields[] = {
	TIME(struct event_row, at, "at"),
	TEXT(struct event_row, event, "event", 0, 0, NULL),
	TEXT(struct event_row, from, "from", 0, 0, NULL),
	TEXT(struct event_row, to, "to", 0, 0, NULL),
	TEXT(struct event_row, actor, "actor", 0, 0, NULL),
};
static const struct shape event_shape = SHAPE(struct event_row, event_fields);

enum err application_tracked(struct ctx *c, const char *no, const char *phone, struct application *ret_app)
{
	struct bytes hash = ctx_index(c, "phone", phone);
	struct db_int id = {0};
	enum err e = db_one(c->db, &sql[FIND], &db_int_shape, &id, S(no), B(hash), B(hash));

	return e == ERR_OK ? application_by_id(c, id.value, ret_app) : e;
}

enum err application_tracked_again(struct ctx *c, const char *no, struct application *ret_app)
{
	struct db_int id = {0};
	enum err e = db_one(c->db, &sql[ID], &db_int_shape, &id, S(no));

	return e == ERR_OK ? application_by_id(c, id.value, ret_app) : e;
}

/* The words of the workflow, not those of who acted. */
static const char *event_text(const struct event_row *r)
{
	int from = text_index(state_words, r->from), event = text_index(event_words, r->event);
	const struct transition *t = from < 0 || event < 0 ? NULL : workflow_find((enum state)from, (enum event)event);

	return t ? t->text : text_eq(r->event, event_words[EVENT_CREATE]) ? "开始填写" : "";
}

static enum err write_timeline(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[EVENTS], &event_shape, &rows, I(app->id));

	json_list(j, "timeline");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct event_row *r = &((const struct event_row *)rows.at)[i];
		const struct catalog_state *state = catalog_state(app->catalog, r->to);

		json_object(j, NULL);
		json_time(j, "at", r->at);
		json_text(j, "event", r->event);
		json_text(j, "state", r->to);
		json_text(j, "state_name", state ? state->name : r->to);
		json_text(j, "text", event_text(r));
		json_text(j, "meaning", state && !text_eq(r->from, r->to) ? state->text : NULL);
		json_text(j, "by", r->actor);
		json_end(j);
	}
	json_end(j);
	return e;
}

static void write_now(struct ctx *c, const struct application *app, const struct gates *gates, struct json_out *j)
{
	const struct catalog_state *state = catalog_state(app->catalog, state_words[app->state]);
	const char *turn, *turn_text, *by_text = NULL;
	struct date by = application_by_when(c, app, &by_text);

	application_turn(c, app, gates, &turn, &turn_text);
	json_text(j, "state", state->code);
	json_text(j, "state_name", state->name);
	json_text(j, "state_text", state->text);
	json_text(j, "turn", turn);
	json_text(j, "turn_text", turn_text);
	json_day(j, "by", by);
	json_text(j, "by_text", date_none(by) ? NULL : by_text);
	json_day(j, "due", app->due);
	json_text(j, "promise", app->route->promise ? app->route->promise : "");
}

static enum err read_shown(
	struct ctx *c, const struct application *app, struct gates *ret_gates, const char **ret_waybill)
{
	struct db_text waybill = {NULL};
	enum err e = application_gates(c, app, ret_gates);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[WAYBILL], &db_text_shape, &waybill, I(app->id));
	*ret_waybill = waybill.value;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err application_write_track(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct gates gates;
	const char *waybill;
	enum err e = read_shown(c, app, &gates, &waybill);

	if (e != ERR_OK)
		return e;
	json_text(j, "no", app->no);
	json_text(j, "service", app->service);
	json_text(j, "holder", app->holder);
	json_text(j, "channel", app->channel);
	json_text(j, "service_name", app->route->title);
	write_now(c, app, &gates, j);
	application_write_gates(&gates, j);
	json_text(j, "waybill", waybill);
	return write_timeline(c, app, j);
}

/* --- as a page ------------------------------------------------------------------------------------------------------- */

static void page_now(struct ctx *c, const struct application *app, const struct gates *gates, struct str *s)
{
	const struct catalog_state *state = catalog_state(app->catalog, state_words[app->state]);
	const char *turn, *turn_text, *by_text = NULL;
	struct date by = application_by_when(c, app, &by_text);

	application_turn(c, app, gates, &turn, &turn_text);
	markup(s,
		"<p class=\"muted\">%s　%s</p>\n<section class=\"turn\" aria-labelledby=\"turn\">"
		"<h2 id=\"turn\">%s</h2>\n<p>%s</p>\n",
		app->no, app->route->title, turn_text, state->text);
	if (!date_none(by))
		markup(s, "<p>%s%s</p>\n", date_chinese(c->arena, by), by_text);
	str_add(s, "</section>\n");
}

static void page_gates(struct ctx *c, const struct application *app, const struct gates *gates, struct str *s)
{
	if (!gates->count || app->state == STATE_DRAFT || app->state == STATE_PRINTED)
		return;
	str_add(s, "<section aria-labelledby=\"gates\"><h2 id=\"gates\">办结前要齐的</h2>\n<dl class=\"gates\">\n");
	for (size_t i = 0; i < gates->count; i++) {
		int64_t at = gates->at[i].closed_at;

		markup(s,
			at ? "<div class=\"on\"><dt>%s</dt><dd>%s完成</dd></div>\n"
			   : "<div><dt>%s</dt><dd>%s</dd></div>\n",
			gates->at[i].gate->name->name, at ? date_chinese(c->arena, date_of_moment(at)) : "还没有");
	}
	str_add(s, "</dl></section>\n");
}

static enum err page_timeline(struct ctx *c, const struct application *app, struct str *s)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[EVENTS], &event_shape, &rows, I(app->id));

	if (e != ERR_OK || !rows.count)
		return e;
	str_add(s, "<section aria-labelledby=\"tl\"><h2 id=\"tl\">办理经过</h2>\n<ol class=\"tl\">\n");
	for (size_t i = 0; i < rows.count; i++) {
		const struct event_row *r = &((const struct event_row *)rows.at)[i];

		markup(s, "<li>%s <time datetime=\"%s\">%s</time></li>\n", event_text(r), moment_text(c->arena, r->at),
			moment_short(c->arena, r->at));
	}
	str_add(s, "</ol></section>\n");
	return ERR_OK;
}

enum err application_page_track(struct ctx *c, const struct application *app, struct str *s)
{
	struct gates gates;
	const char *waybill;
	enum err e = read_shown(c, app, &gates, &waybill);

	if (e != ERR_OK)
		return e;
	page_now(c, app, &gates, s);
	if (waybill)
		markup(s, "<p>顺丰运单号 <strong class=\"code\">%s</strong></p>\n", waybill);
	page_gates(c, app, &gates, s);
	return page_timeline(c, app, s);
}
