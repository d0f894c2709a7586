#include "domain/application_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/mask.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/fee.h"
#include "domain/hint.h"
#include "domain/material.h"

enum { EVENTS, FORM, CORRECTION };

static const struct sql sql[] = {
	[EVENTS] =
		{"SELECT at, event, to_state, text, actor FROM event WHERE application_id=? ORDER BY id DESC LIMIT 200",
			"i", "issss"},
	[FORM] = {"SELECT pages, seal_pages, frozen_at FROM form_version WHERE application_id=? AND version=?", "ii",
		"iii"},
	[CORRECTION] = {"SELECT text FROM event WHERE application_id=? AND event='return' ORDER BY id DESC LIMIT 1",
		"i", "s"},
};
SQL_TABLE(application_view);

struct event_row {
	int64_t at;
	const char *event, *state, *text, *actor;
};
static const struct field event_fields[] = {
	TIME(struct event_row, at, "at"),
	TEXT(struct event_row, event, "event", 0, 0, NULL),
	TEXT(struct event_row, state, "state", 0, 0, NULL),
	TEXT(struct event_row, text, "text", 0, 0, NULL),
	TEXT(struct event_row, actor, "actor", 0, 0, NULL),
};
static const struct shape event_shape = SHAPE(struct event_row, event_fields);

struct form_row {
	int64_t pages, seal_pages, frozen_at;
};
static const struct field form_fields[] = {INT(struct form_row, pages, "pages", 0, 0),
	INT(struct form_row, seal_pages, "seal_pages", 0, 0), TIME(struct form_row, frozen_at, "frozen_at")};
static const struct shape form_shape = SHAPE(struct form_row, form_fields);

struct application_data application_masked(struct arena *a, const struct application_data *data)
{
	struct application_data m = *data;

	m.person.id_number = mask_id(a, m.person.id_number);
	m.person.phone = mask_phone(a, m.person.phone);
	m.person.email = mask_email(a, m.person.email);
	m.agent.id_number = mask_id(a, m.agent.id_number);
	m.agent.phone = mask_phone(a, m.agent.phone);
	m.agent.email = mask_email(a, m.agent.email);
	m.delivery.phone = mask_phone(a, m.delivery.phone);
	m.delivery.address = mask_address(a, m.delivery.address);
	m.remittance.payer_account = mask_account(a, m.remittance.payer_account);
	return m;
}

char *application_reference(struct arena *a, const char *no)
{
	size_t n = strlen(no), digits = 0;
	const char *day, *sequence;

	while (digits + 1 < n && no[n - 2 - digits] >= '0' && no[n - 2 - digits] <= '9')
		digits++;
	if (digits != 14)
		return arena_text(a, no);
	day = no + n - 15 + 2;
	sequence = no + n - 7;
	while (*sequence == '0' && sequence < no + n - 5)
		sequence++;
	return arena_printf(a, "%.6s%s", day, sequence);
}

const char *application_of_reference(struct arena *a, const char *prefix, const char *typed)
{
	const char *text = rule_fold_code(a, typed), *no, *say;
	size_t n = strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (text[n] || n < 11 || n > 13)
		return NULL;
	no = arena_printf(a, "%s20%.6s%.*s%s", prefix, text, (int)(13 - n), "00", text + 6);
	return rule_case_no(a, &no, &say) ? NULL : no;
}

static const struct gate_state *first_open(const struct gates *gates, const char *turn)
{
	for (size_t i = 0; i < gates->count; i++)
		if (!gates->at[i].closed_at && (!turn || text_eq(gates->at[i].gate->name->turn, turn)))
			return &gates->at[i];
	return NULL;
}

void application_turn(const struct ctx *c, const struct application *app, const struct gates *gates,
	const char **ret_turn, const char **ret_text)
{
	bool mine = app->state == STATE_APPROVED && application_self_made(c, app);
	const struct catalog_state *state = catalog_state(
		app->catalog, state_words[mine ? STATE_INSTALLING : app->state]);
	const struct gate_state *open = NULL;

	if (application_awaits_gates(app)) {
		open = first_open(gates, "applicant");
		if (!open)
			open = first_open(gates, NULL);
	}
	*ret_turn = open ? open->gate->name->turn : state->turn;
	*ret_text = open ? open->gate->name->turn_text : state->turn_text;
}

void application_write_gates(const struct gates *gates, struct json_out *j)
{
	json_list(j, "gates");
	for (size_t i = 0; i < gates->count; i++) {
		json_object(j, NULL);
		json_text(j, "name", gates->at[i].gate->code);
		json_text(j, "label", gates->at[i].gate->name->name);
		json_bool(j, "required", true);
		json_time(j, "closed_at", gates->at[i].closed_at);
		json_end(j);
	}
	json_end(j);
}

static void write_step(
	struct ctx *c, struct json_out *j, const char *action, const char *text, const char *page, const char *no)
{
	json_object(j, NULL);
	json_text(j, "action", action);
	json_text(j, "text", text);
	json_text(j, "url", page ? arena_printf(c->arena, "%s?no=%s", page, no) : NULL);
	json_end(j);
}

static void write_open_gates(
	struct ctx *c, const struct application *app, const struct gates *gates, struct json_out *j)
{
	bool post = text_eq(app->channel, "post"), any = false;

	for (size_t i = 0; i < gates->count; i++) {
		const struct gate_state *g = &gates->at[i];

		if (g->closed_at)
			continue;
		if (g->gate->kind == GATE_ORIGINALS) {
			write_step(c, j, post ? "post_originals" : "visit",
				post ? "寄送纸质原件" : "经办人带原件到前台办理", "/track/case.html", app->no);
			any = true;
		} else if (g->gate->kind == GATE_MONEY) {
			write_step(c, j, "pay", "付款", "/apply/pay.html", app->no);
			any = true;
		}
	}
	if (!any)
		write_step(c, j, "wait", "请等待我们处理", NULL, app->no);
}

static void write_next(struct ctx *c, const struct application *app, const struct gates *gates, struct json_out *j)
{
	enum state shown = application_awaits_gates(app) ? STATE_ACCEPTED : app->state;

	if (app->state == STATE_APPROVED && application_self_made(c, app))
		shown = STATE_INSTALLING;

	json_list(j, "next");
	switch (shown) {
	case STATE_ACCEPTED: write_open_gates(c, app, gates, j); break;
	case STATE_DRAFT:
		write_step(c, j, "fill", "填写资料", "/apply/tasks.html", app->no);
		if (application_wants_form(app))
			write_step(c, j, "form", "生成申请表", "/apply/check.html", app->no);
		else
			write_step(c, j, "submit", "提交申请", "/apply/submit.html", app->no);
		break;
	case STATE_INSTALLING:
		write_step(c, j, "install",
			application_self_made(c, app) ? "插入UKey，安装新证书"
						      : "打开网证通安全客户端，插入UKey完成操作",
			text_eq(application_effect(app), "unlock") ? "/apply/unlock.html" : "/apply/install.html",
			app->no);
		break;
	case STATE_PRINTED:
		write_step(c, j, "upload", "上传材料", "/apply/upload.html", app->no);
		write_step(c, j, "submit", "提交申请", "/apply/submit.html", app->no);
		break;
	case STATE_RETURNED: write_step(c, j, "correct", "改正并提交补正", "/apply/fix.html", app->no); break;
	case STATE_READY: write_step(c, j, "collect", "带身份证原件到网点领取", "/guide/outlets.html", app->no); break;
	case STATE_COMPLETED:
	case STATE_WITHDRAWN:
	case STATE_REJECTED:
	case STATE_EXPIRED: write_step(c, j, "none", "已结束", NULL, app->no); break;
	default: write_step(c, j, "wait", "请等待我们处理", NULL, app->no);
	}
	json_end(j);
}

/* reasons: codes with blanks between, as stored. */
static void write_reasons(struct ctx *c, const struct application *app, const char *reasons, struct json_out *j)
{
	json_list(j, "reasons");
	while (reasons && *reasons) {
		size_t n = strcspn(reasons, " ");
		char *code = arena_textn(c->arena, reasons, n);
		const struct catalog_reason *r = catalog_reason(app->catalog, code);

		json_object(j, NULL);
		json_text(j, "code", code);
		json_text(j, "text", r ? r->text : code);
		json_end(j);
		reasons += n + (reasons[n] == ' ');
	}
	json_end(j);
}

/* areas were checked and written by us: they go out as they are. */
static void write_areas(const char *areas, struct json_out *j)
{
	json_raw(j, "areas", text_empty(areas) ? "[]" : areas);
}

static void write_files(const struct list *files, struct json_out *j)
{
	const struct material_file *f = files->at;

	json_list(j, "files");
	for (size_t i = 0; i < files->count; i++)
		material_write_file(&f[i], j);
	json_end(j);
}

/* What the reviewer decided is told with the correction or the acceptance, not while he is at it. */
static bool verdict_shown(const struct application *app, const struct material *m, enum view view)
{
	return m->verdict &&
	       (view == VIEW_STAFF || !m->judged || (app->state != STATE_REVIEWING && app->state != STATE_SUBMITTED));
}

static enum err write_materials(
	struct ctx *c, const struct application *app, const struct materials *all, enum view view, struct json_out *j)
{
	struct scans scans;
	enum err e = hint_scans(c, app, &scans);

	if (e != ERR_OK)
		return e;
	json_list(j, "materials");
	MATERIAL_EACH(m, all)
	{
		bool shown = verdict_shown(app, m, view);
		enum material_mark mark = shown || !m->verdict ? m->mark : MATERIAL_UPLOADED;

		json_object(j, NULL);
		json_text(j, "code", m->rule->code);
		json_text(j, "name", m->rule->name);
		json_int(j, "copies", m->rule->copies);
		json_bool(j, "required", m->required);
		json_text(j, "state", material_mark_words[mark]);
		write_reasons(c, app, shown ? m->verdict->reasons : NULL, j);
		json_text(j, "note", shown ? m->verdict->note : NULL);
		write_areas(shown ? m->verdict->areas : NULL, j);
		write_files(&m->files, j);
		hint_advice(c->arena, &scans, m, j);
		json_end(j);
	}
	json_end(j);
	return ERR_OK;
}

/* v: why it failed, also when a newer file has answered it. */
static void write_correction(struct ctx *c, const struct application *app, const struct material *m,
	const struct material_verdict *v, struct json_out *j)
{
	json_object(j, NULL);
	json_text(j, "material", m->rule->code);
	json_text(j, "name", m->rule->name);
	write_reasons(c, app, v->reasons, j);
	json_text(j, "note", v->note);
	write_areas(v->areas, j);
	json_bool(j, "answered", m->mark == MATERIAL_UPLOADED);
	json_end(j);
}

static const struct material_verdict *failed_last_round(
	const struct application *app, const struct materials *all, const char *code)
{
	const struct material_verdict *v = all->verdicts.at;

	for (size_t i = 0; i < all->verdicts.count; i++)
		if (text_eq(v[i].material, code) && v[i].round == app->round - 1)
			return text_eq(v[i].verdict, "fail") ? &v[i] : NULL;
	return NULL;
}

/* What the officer wrote to the correction as a whole; NULL when the timeline only has the words of the workflow. */
static const char *correction_note(const char *text)
{
	const struct transition *t = workflow_find(STATE_REVIEWING, EVENT_RETURN);

	return text && text_eq(text, t->text) ? NULL : text;
}

void application_write_corrections(
	struct ctx *c, const struct application *app, const struct materials *all, const char *note, struct json_out *j)
{
	json_object(j, "corrections");
	json_int(j, "round", app->round);
	json_text(j, "note", note);
	json_day(j, "until", app->correct_until);
	json_list(j, "items");
	MATERIAL_EACH(m, all)
	{
		const struct material_verdict *v = failed_last_round(app, all, m->rule->code);

		if (v)
			write_correction(c, app, m, v, j);
	}
	json_end(j);
	json_end(j);
}

static enum err write_corrections(
	struct ctx *c, const struct application *app, const struct materials *all, struct json_out *j)
{
	struct db_text note = {NULL};
	enum err e = ERR_OK;

	if (app->state != STATE_RETURNED) {
		json_null(j, "corrections");
		return ERR_OK;
	}
	e = db_one(c->db, &sql[CORRECTION], &db_text_shape, &note, I(app->id));
	application_write_corrections(c, app, all, correction_note(note.value), j);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err write_form(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct form_row row = {0};
	enum err e = app->form_version ? db_one(c->db, &sql[FORM], &form_shape, &row, I(app->id), I(app->form_version))
				       : ERR_OK;

	json_object(j, "form");
	json_int(j, "version", app->form_version);
	json_bool(j, "current", app->form_current);
	json_int(j, "pages", row.pages);
	json_int(j, "seal_pages", row.seal_pages);
	json_time(j, "frozen_at", row.frozen_at);
	json_end(j);
	return e;
}

static void write_amount(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct faults unseen;
	struct fee_quote quote;

	faults_init(&unseen, c->arena);
	if (app->submitted_at)
		json_int(j, "amount_fen", app->amount_fen);
	else if (fee_quote(c->arena, app->catalog, app->service, app->holder, app->data.years,
			 (int64_t)app->data.items.count, &quote, &unseen) == ERR_OK)
		json_int(j, "amount_fen", quote.total_fen);
	else
		json_null(j, "amount_fen");
}

struct date application_by_when(const struct ctx *c, const struct application *app, const char **ret_text)
{
	struct date closes = date_add(date_of_moment(app->updated_at), c->house->config.idle_days);

	switch (app->state) {
	case STATE_DRAFT:
	case STATE_PRINTED:
	case STATE_ACCEPTED: *ret_text = "还没有动作，申请会关闭"; return closes;
	case STATE_RETURNED: *ret_text = "前请提交补正"; return app->correct_until;
	case STATE_SUBMITTED:
	case STATE_REVIEWING: *ret_text = "前完成初审"; return app->review_due;
	case STATE_SECOND_REVIEW:
	case STATE_APPROVED:
	case STATE_PRODUCED: *ret_text = "前办好"; return app->due;
	default: return (struct date){0};
	}
}

void application_write_state(
	const struct ctx *c, const struct application *app, const struct gates *gates, struct json_out *j)
{
	const char *turn, *turn_text;

	application_turn(c, app, gates, &turn, &turn_text);
	json_text(j, "state", state_words[app->state]);
	json_text(j, "state_name", catalog_state(app->catalog, state_words[app->state])->name);
	json_int(j, "version", app->version);
	json_text(j, "turn", turn);
	json_text(j, "turn_text", turn_text);
	json_day(j, "due", app->due);
	json_text(j, "promise", app->route->promise ? app->route->promise : "");
}

static void write_head(struct ctx *c, const struct application *app, const struct gates *gates, struct json_out *j)
{
	const struct catalog_service *service = catalog_service(app->catalog, app->service);
	const char *by_text = NULL;
	struct date by = application_by_when(c, app, &by_text);
	bool idles = state_is_editable(app->state) || app->state == STATE_RETURNED || app->state == STATE_ACCEPTED;

	json_text(j, "no", app->no);
	json_text(j, "service", app->service);
	json_text(j, "service_name", service->name);
	json_text(j, "effect", service->effect);
	json_text(j, "holder", app->holder);
	json_text(j, "channel", app->channel);
	application_write_state(c, app, gates, j);
	json_text(j, "state_text", catalog_state(app->catalog, state_words[app->state])->text);
	json_day(j, "by", by);
	json_text(j, "by_text", date_none(by) ? NULL : by_text);
	json_text(j, "reference", application_reference(c->arena, app->no));
	json_text(j, "catalog_version", app->catalog_version);
	json_time(j, "created_at", app->created_at);
	json_time(j, "updated_at", app->updated_at);
	json_time(j, "submitted_at", app->submitted_at);
	json_day(j, "closes_on",
		idles ? date_add(date_of_moment(app->updated_at), c->house->config.idle_days) : (struct date){0});
}

enum err application_write(struct ctx *c, const struct application *app, enum view view, struct json_out *j)
{
	struct application_data shown = view == VIEW_STAFF ? application_masked(c->arena, &app->data) : app->data;
	struct materials materials;
	struct gates gates;
	enum err e = material_list(c, app, &materials);

	if (e == ERR_OK)
		e = application_gates(c, app, &gates);
	if (e != ERR_OK)
		return e;
	write_head(c, app, &gates, j);
	json_rows(j, &application_data_shape, &shown);
	write_amount(c, app, j);
	e = write_materials(c, app, &materials, view, j);
	if (e != ERR_OK)
		return e;
	application_write_gates(&gates, j);
	write_next(c, app, &gates, j);
	e = hint_write(c, app, j);
	if (e != ERR_OK)
		return e;
	e = write_form(c, app, j);
	return e == ERR_OK ? write_corrections(c, app, &materials, j) : e;
}

/* What staff wrote stands behind what happened. */
static const char *event_text(struct ctx *c, const struct event_row *r)
{
	int event = text_index(event_words, r->event);
	const struct transition *t = event < 0 ? NULL : workflow_find(STATE_REVIEWING, (enum event)event);

	if (!t || text_eq(r->text, t->text))
		return r->text;
	if (t->event == EVENT_RETURN)
		return arena_printf(c->arena, "需要补正：%s", r->text);
	return t->event == EVENT_REJECT ? arena_printf(c->arena, "不予办理：%s", r->text) : r->text;
}

enum err application_write_events(struct ctx *c, const struct application *app, const char *key, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[EVENTS], &event_shape, &rows, I(app->id));

	json_list(j, key);
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct event_row *r = &((const struct event_row *)rows.at)[i];
		const struct catalog_state *state = catalog_state(app->catalog, r->state);

		json_object(j, NULL);
		json_time(j, "at", r->at);
		json_text(j, "event", r->event);
		json_text(j, "state", r->state);
		json_text(j, "state_name", state ? state->name : r->state);
		json_text(j, "text", event_text(c, r));
		json_text(j, "by", r->actor);
		json_end(j);
	}
	json_end(j);
	return e;
}
