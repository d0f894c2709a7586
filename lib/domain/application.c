#include "domain/application.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/application_former.h"
#include "domain/application_token.h"
#include "domain/application_money.h"
#include "domain/fee.h"
#include "domain/job.h"
#include "domain/notify.h"
#include "domain/rules.h"
#include "io/json.h"
#include "io/json_out.h"

#define COLUMNS \
	"id, no, account_id, service, holder, channel, catalog_version, state, version, data_sealed, amount_fen, form_version, " \
	"form_current, round, created_at, updated_at, state_at, submitted_at, review_due, clock_at, due, correct_until, " \
	"opened_by, reviewer1, reviewer2, claim_by, claim_until, close_text, notice_at, owed_fen, paid_fen, claimed_fen, erased_at"
#define COLUMN_TYPES \
	"isissss" \
	"sibii" \
	"iiiiii" \
	"didd" \
	"iiiii" \
	"siiiii"

enum {
	READ_OWN,
	READ_ANY,
	READ_ID,
	LOCK_OWN,
	LOCK_ANY,
	LOCK_ID,
	SAVE,
	INSERT,
	NUMBER_NEXT,
	NUMBER,
	OPEN_COUNT,
	EVENT_ADD,
	SWITCH
};

static const struct sql sql[] = {
	[READ_OWN] = {"SELECT " COLUMNS " FROM application WHERE no=? AND account_id=? AND (?=0 OR id=?)", "siii",
		COLUMN_TYPES},
	[READ_ANY] = {"SELECT " COLUMNS " FROM application WHERE no=?", "s", COLUMN_TYPES},
	[READ_ID] = {"SELECT " COLUMNS " FROM application WHERE id=?", "i", COLUMN_TYPES},
	[LOCK_OWN] = {"SELECT " COLUMNS " FROM application WHERE no=? AND account_id=? AND (?=0 OR id=?) FOR UPDATE",
		"siii", COLUMN_TYPES},
	[LOCK_ANY] = {"SELECT " COLUMNS " FROM application WHERE no=? FOR UPDATE", "s", COLUMN_TYPES},
	[LOCK_ID] = {"SELECT " COLUMNS " FROM application WHERE id=? FOR UPDATE", "i", COLUMN_TYPES},
	[SAVE] =
		{"UPDATE application SET state=?, version=version+1, data_sealed=?, unit_name=?, unit_key=?, uscc=?, agent_phone_hash=?, "
		 "years=?, item_count=?, amount_fen=?, delivery_mode=?, form_version=?, form_current=?, round=?, updated_at=?, state_at=?, "
		 "submitted_at=?, review_due=?, clock_at=?, due=?, correct_until=?, reviewer1=?, claim_by=?, claim_until=?, close_text=?, notice_at=?, "
		 "owed_fen=?, paid_fen=?, claimed_fen=?, payer_hash=?, branch=?, by_machine=? WHERE id=? AND state=? AND version=?",
			"sbsss"
			"biiisi"
			"iiiii"
			"didd"
			"iiisi"
			"iiibsi"
			"isi",
			""},
	[INSERT] =
		{"INSERT INTO application (no, account_id, service, holder, channel, catalog_version, state, version, data_sealed, "
		 "created_at, updated_at, state_at) VALUES (?,?,?,?,?,?,?,1,?,?,?,?)",
			"sissss"
			"sbiii",
			""},
	[NUMBER_NEXT] = {"INSERT INTO case_number (day, last) VALUES (?,1) ON DUPLICATE KEY UPDATE last=last+1", "d",
		""},
	[NUMBER] = {"SELECT last FROM case_number WHERE day=?", "d", "i"},
	[OPEN_COUNT] = {"SELECT COUNT(*) FROM application WHERE account_id=? AND state IN ('draft','printed')", "i",
		"i"},
	[SWITCH] = {"UPDATE application SET service=?, holder=?, channel=?, catalog_version=? WHERE id=?", "ssssi", ""},
	[EVENT_ADD] =
		{"INSERT INTO event (application_id, at, event, from_state, to_state, actor, staff_id, text) VALUES (?,?,?,?,?,?,?,?)",
			"iissssis", ""},
};
SQL_TABLE(application);

#define A_TEXT(m) TEXT(struct application, m, #m, 0, 0, NULL)
#define A_INT(m) INT(struct application, m, #m, 0, 0)
#define A_DAY(m) DAY(struct application, m, #m)

static const struct field fields[] = {
	A_INT(id),
	A_TEXT(no),
	A_INT(account_id),
	A_TEXT(service),
	A_TEXT(holder),
	A_TEXT(channel),
	A_TEXT(catalog_version),
	A_TEXT(state_word),
	A_INT(version),
	BYTES(struct application, data_sealed, "data", 0),
	A_INT(amount_fen),
	A_INT(form_version),
	BOOL(struct application, form_current, "form_current"),
	A_INT(round),
	A_INT(created_at),
	A_INT(updated_at),
	A_INT(state_at),
	A_INT(submitted_at),
	A_DAY(review_due),
	A_INT(clock_at),
	A_DAY(due),
	A_DAY(correct_until),
	A_INT(opened_by),
	A_INT(reviewer1),
	A_INT(reviewer2),
	A_INT(claim_by),
	A_INT(claim_until),
	A_TEXT(close_text),
	A_INT(notice_at),
	A_INT(owed_fen),
	A_INT(paid_fen),
	A_INT(claimed_fen),
	A_INT(erased_at),
};
static const struct shape row_shape = SHAPE(struct application, fields);

/* The place a case's data are sealed for: data of one case do not open as another's. */
static char *data_place(struct arena *a, const char *no)
{
	return arena_printf(a, "application.data:%s", no);
}

static enum err open_row(struct ctx *c, struct application *app)
{
	const char *text, *say;
	struct faults faults;
	int state;
	enum err e;

	if (app->erased_at)
		return ctx_say(c, ERR_ERASED, "本申请已于%s按保存期限清除，仅保留编号和校验值。",
			date_chinese(c->arena, date_of_moment(app->erased_at)));
	e = ctx_open(c, data_place(c->arena, app->no), app->data_sealed, &text);
	if (e == ERR_OK)
		e = rules_of(c, app->catalog_version, app->created_at, &app->catalog);
	if (e != ERR_OK)
		return e;
	faults_init(&faults, c->arena);
	memset(&app->data, 0, sizeof app->data);
	if (json_read(text, strlen(text), &application_data_shape, &app->data, &faults, &say) == ERR_SYNTAX)
		return ERR_INTERNAL;
	state = text_index(state_words, app->state_word);
	if (state < 0)
		return ERR_INTERNAL;
	app->state = app->state_before = (enum state)state;
	app->route = catalog_route(app->catalog, app->service, app->holder, app->channel);
	return app->route ? ERR_OK : ERR_INTERNAL;
}

static enum err load(struct ctx *c, const char *no, bool lock, struct application *ret_app)
{
	bool own = c->actor.kind == ACTOR_APPLICANT;
	struct application app = {0};
	enum err e;

	if (own)
		e = db_one(c->db, &sql[lock ? LOCK_OWN : READ_OWN], &row_shape, &app, S(no), I(c->actor.account_id),
			I(c->actor.only_application), I(c->actor.only_application));
	else if (c->actor.kind == ACTOR_NOBODY)
		e = ERR_NOT_FOUND;
	else
		e = db_one(c->db, &sql[lock ? LOCK_ANY : READ_ANY], &row_shape, &app, S(no));
	if (e == ERR_OK)
		e = open_row(c, &app);
	if (e == ERR_OK && lock && c->expect && c->expect != app.version)
		return ERR_STALE;
	*ret_app = app;
	return e;
}

enum err application_read(struct ctx *c, const char *no, struct application *ret_app)
{
	return load(c, no, false, ret_app);
}

enum err application_lock(struct ctx *c, const char *no, struct application *ret_app)
{
	assert(db_in_tx(c->db));
	return load(c, no, true, ret_app);
}

enum err application_by_id(struct ctx *c, int64_t id, struct application *ret_app)
{
	struct application app = {0};
	enum err e = db_one(c->db, &sql[db_in_tx(c->db) ? LOCK_ID : READ_ID], &row_shape, &app, I(id));

	if (e == ERR_OK)
		e = open_row(c, &app);
	*ret_app = app;
	return e;
}

const char *application_effect(const struct application *app)
{
	return catalog_service(app->catalog, app->service)->effect;
}

char *application_data_text(struct arena *a, const struct application_data *data)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, &application_data_shape, data);
	return s.at;
}

char *application_form_text(struct arena *a, const struct application_data *data)
{
	struct application_data printed = *data;

	printed.delivery = (struct delivery_data){0};
	printed.invoice = (struct invoice_data){0};
	printed.remittance = (struct remittance_data){0};
	printed.consents = (struct consents_data){0};
	printed.one_seal = false;
	return application_data_text(a, &printed);
}

/* The branch somebody will come to. */
static const char *branch_of(const struct application_data *d)
{
	return text_eq(d->delivery.mode, "pickup") ? d->delivery.branch : NULL;
}

enum err application_save(struct ctx *c, struct application *app)
{
	const struct application_data *d = &app->data;
	struct bytes sealed = ctx_seal(c, data_place(c->arena, app->no), application_data_text(c->arena, d)),
		     phone = {0};
	enum err e = application_book(c, app);

	assert(db_in_tx(c->db));
	if (e != ERR_OK)
		return e;
	if (d->agent.phone)
		phone = ctx_index(c, "phone", d->agent.phone);
	app->updated_at = c->now;
	if (app->state != app->state_before)
		app->state_at = c->now;
	e = db_exec(c->db, &sql[SAVE], S(state_words[app->state]), B(sealed), S(d->unit.name),
		S(d->unit.name ? name_key(c->arena, d->unit.name) : NULL), S(d->unit.uscc), B(phone), I(d->years),
		I((int64_t)d->items.count), I(app->amount_fen), S(d->delivery.mode), I(app->form_version),
		I(app->form_current), I(app->round), I(app->updated_at), I(app->state_at), I0(app->submitted_at),
		D(app->review_due), I0(app->clock_at), D(app->due), D(app->correct_until), I0(app->reviewer1),
		I0(app->claim_by), I0(app->claim_until), S(app->close_text), I0(app->notice_at), I(app->owed_fen),
		I(app->paid_fen), I(app->claimed_fen), B(application_payer_hash(c, app)), S(branch_of(d)),
		I(application_by_machine(app)), I(app->id), S(state_words[app->state_before]), I(app->version));
	if (e != ERR_OK)
		return e;
	if (db_changed(c->db) != 1)
		return ERR_STALE;
	app->version++;
	app->state_before = app->state;
	return ERR_OK;
}

/* A step that nobody may take is the machine's, whoever did what it follows from: staff_id tells. */
static enum err add_event(struct ctx *c, const struct application *app, enum event event, enum state from,
	enum permission permission, const char *text)
{
	static const char *const by[ACTOR_MAX] = {"machine", "applicant", "ca", "machine"};
	enum actor_kind who = permission == PERM_NONE ? ACTOR_MACHINE : c->actor.kind;

	return db_exec(c->db, &sql[EVENT_ADD], I(app->id), I(c->now), S(event_words[event]), S(state_words[from]),
		S(state_words[app->state]), S(by[who]), I0(c->actor.staff_id), S(text));
}

static enum err tell(
	struct ctx *c, const struct application *app, const char *template, const struct notify_param *params)
{
	struct notify_param all[8] = {{"no", app->no}};
	char *dedupe = arena_printf(c->arena, "%s:%s:%" PRId64, app->no, template, app->version);

	for (size_t i = 1; params && params->name && i < ARRAY_LEN(all) - 1; i++, params++)
		all[i] = *params;
	if (!app->data.agent.phone && !app->data.person.phone)
		return ERR_OK;
	return notify_add(c, app->id, app->data.agent.phone ? app->data.agent.phone : app->data.person.phone, template,
		all, dedupe, NULL);
}

bool application_self_made(const struct ctx *c, const struct application *app)
{
	return text_eq(app->route->channel, "online") && text_eq(application_effect(app), "extend") &&
	       !text_eq(c->house->config.issuer, "manual");
}

/* What the applicant's own client makes is announced when it may begin, not again when it has just made it. */
static const char *message_of(const struct ctx *c, const struct application *app, const struct transition *t)
{
	if (!application_self_made(c, app))
		return t->message;
	if (t->to == STATE_APPROVED)
		return "install_here";
	return t->event == EVENT_INSTALL && c->actor.kind == ACTOR_MACHINE ? NULL : t->message;
}

enum err application_move(
	struct ctx *c, struct application *app, enum event event, const char *text, const struct notify_param *params)
{
	const struct transition *t = workflow_find(app->state, event);
	const struct catalog_state *now = catalog_state(app->catalog, state_words[app->state]);
	enum state from = app->state;
	enum err e;

	if (!t)
		return ctx_say(c, ERR_WRONG_STATE, "申请现在是“%s”，不能进行这一步", now ? now->name : "");
	app->state = t->to;
	e = add_event(c, app, event, from, t->permission, text ? text : t->text);
	if (e == ERR_OK && message_of(c, app, t))
		e = tell(c, app, message_of(c, app, t), params);
	if (e == ERR_OK)
		e = application_save(c, app);
	if (e == ERR_OK)
		e = application_ask_gates(c, app, from);
	audit_add(c, event_words[event], app->no, state_words[t->to]);
	if (e == ERR_OK && t->to == STATE_COMPLETED && app->paid_fen > 0)
		e = job_add(c, "invoice", arena_printf(c->arena, "%" PRId64, app->id));
	if (e == ERR_OK && t->to == STATE_COMPLETED)
		e = job_add(c, "casefile", arena_printf(c->arena, "%" PRId64, app->id));
	if (e == ERR_OK)
		e = former_effect(c, app, event);
	return e == ERR_OK ? application_token(c, app, event) : e;
}

static enum err next_number(struct ctx *c, const char **ret_no)
{
	struct date today = date_of_moment(c->now);
	struct db_int last = {0};
	char *no;
	enum err e = db_exec(c->db, &sql[NUMBER_NEXT], D(today));

	if (e == ERR_OK)
		e = db_one(c->db, &sql[NUMBER], &db_int_shape, &last, D(today));
	if (e != ERR_OK)
		return e;
	no = arena_printf(c->arena, "%s%04d%02d%02d%06" PRId64, c->house->config.case_prefix, today.year, today.month,
		today.day, last.value);
	*ret_no = arena_printf(c->arena, "%s%c", no, mod3736(no));
	return ERR_OK;
}

/* Why not, and which way there is. */
static enum err not_offered(struct ctx *c, const struct application_new *in)
{
	const struct catalog *catalog = c->house->catalog;
	const struct catalog_refusal *why = catalog_refusal(catalog, in->service, in->holder, in->channel);

	if (!catalog_service(catalog, in->service))
		fault_add(&c->faults, "/service", "choice", "没有这项业务，请在业务指南中选择");
	else if (!catalog_holder(catalog, in->holder))
		fault_add(&c->faults, "/holder", "choice", "没有这类证书，请重新选择");
	else if (!catalog_channel(catalog, in->channel))
		fault_add(&c->faults, "/channel", "choice", "没有这种办理途径，请重新选择");
	else if (why)
		fault_add(&c->faults, why->to_service ? "/service" : "/channel", why->fault, "%s", why->content);
	else
		fault_add(&c->faults, "/channel", "not_offered", "暂不能这样办理，请看业务指南中的办理途径");
	return ERR_INVALID;
}

enum err application_create(struct ctx *c, const struct application_new *in, struct application *ret_app)
{
	const struct catalog *catalog = c->house->catalog;
	const struct application_data empty = {0};
	struct application app = {0};
	struct db_int drafts = {0};
	enum err e;

	if (!catalog_route(catalog, in->service, in->holder, in->channel))
		return not_offered(c, in);
	e = next_number(
		c, &app.no); /* first: whoever has read anything before cannot take one that others have moved on */
	if (e == ERR_OK)
		e = db_one(c->db, &sql[OPEN_COUNT], &db_int_shape, &drafts, I(c->actor.account_id));
	if (e != ERR_OK)
		return e;
	if (drafts.value >= c->house->config.drafts_per_account)
		return ctx_say(c, ERR_RATE, "未提交的申请已有%" PRId64 "件，请先继续或放弃其中的", drafts.value);
	e = db_exec(c->db, &sql[INSERT], S(app.no), I(c->actor.account_id), S(in->service), S(in->holder),
		S(in->channel), S(catalog->version), S(state_words[STATE_DRAFT]),
		B(ctx_seal(c, data_place(c->arena, app.no), application_data_text(c->arena, &empty))), I(c->now),
		I(c->now), I(c->now));
	if (e != ERR_OK)
		return e;
	e = application_by_id(c, db_last_id(c->db), ret_app);
	if (e == ERR_OK)
		e = add_event(c, ret_app, EVENT_CREATE, STATE_DRAFT, PERM_APPLY, "开始填写");
	audit_add(c, event_words[EVENT_CREATE], app.no, NULL);
	return e;
}

/* Handed in, a case may go another way only when nobody has worked on it: its certificate turned out not to sign. */
static enum err may_switch(struct ctx *c, struct application *app)
{
	struct gates g = {0};
	enum err e = app->state == STATE_SUBMITTED ? application_gates(c, app, &g) : ERR_OK;

	if (e != ERR_OK || app->state != STATE_SUBMITTED)
		return e;
	if (!catalog_route_gate(app->route, GATE_SIGNATURE))
		return ctx_say(c, ERR_WRONG_STATE, "申请已提交，不能改办；需要的话先撤回，再重新申请");
	for (size_t i = 0; i < g.count; i++)
		if (g.at[i].closed_at)
			return ctx_say(c, ERR_WRONG_STATE, "%s，不能直接改办，请打热线处理",
				g.at[i].gate->kind == GATE_MONEY ? "款项已到账" : "这件申请已经签名或受理");
	app->submitted_at = 0;
	app->review_due = (struct date){0};
	return former_release(c, app);
}

enum err application_switch(
	struct ctx *c, const char *no, const struct application_new *to, struct application *ret_app)
{
	const char *newest = c->house->catalog->version;
	const struct catalog_route *route = catalog_route(c->house->catalog, to->service, to->holder, to->channel);
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (!route)
		return not_offered(c, to);
	e = may_switch(c, ret_app);
	if (e == ERR_OK)
		e = rules_of(c, newest, ret_app->created_at, &ret_app->catalog);
	if (e != ERR_OK)
		return e;
	ret_app->service = to->service;
	ret_app->holder = to->holder;
	ret_app->channel = to->channel;
	ret_app->catalog_version = newest;
	ret_app->route = route;
	ret_app->form_current = false;
	ret_app->data.review = NULL;
	e = application_move(c, ret_app, EVENT_SWITCH, NULL, NULL);
	return e == ERR_OK ? db_exec(c->db, &sql[SWITCH], S(to->service), S(to->holder), S(to->channel),
				     S(ret_app->catalog_version), I(ret_app->id))
			   : e;
}

enum err application_installed(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	return e == ERR_OK ? application_move(c, ret_app, EVENT_INSTALLED, NULL, NULL) : e;
}

enum err application_withdraw(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	ret_app->close_text = reason;
	ret_app->claim_by = ret_app->claim_until = 0;
	return application_move(c, ret_app, EVENT_WITHDRAW, NULL, NULL);
}
