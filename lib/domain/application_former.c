#include "domain/application_former.h"

#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/setting.h"

enum { HOLD, HELD, RELEASE, BUSY, MADE, LINK, HELD_AT };

static const struct sql sql[] = {
	[HOLD] = {"UPDATE certificate SET busy_case=? WHERE id=? AND (busy_case IS NULL OR busy_case=?)", "iii", ""},
	[HELD] = {"SELECT id FROM certificate WHERE busy_case=? ORDER BY id", "i", "i"},
	[RELEASE] = {"UPDATE certificate SET busy_case=NULL WHERE id=? AND busy_case=?", "ii", ""},
	[BUSY] =
		{"SELECT a.service, a.channel, a.state FROM certificate t JOIN application a ON a.id=t.busy_case WHERE t.id=? AND t.busy_case<>?",
			"ii", "sss"},
	[MADE] = {"SELECT id FROM certificate WHERE application_id=? AND item=?", "ii", "i"},
	[LINK] = {"UPDATE certificate SET predecessor=? WHERE id=? AND predecessor IS NULL", "ii", ""},
	[HELD_AT] = {"SELECT COUNT(*) FROM event WHERE application_id=? AND event IN ('accept','revive') AND at=?",
		"ii", "i"},
};
SQL_TABLE(former);

/* Which certificates each effect of a service may be about. */
static const struct usable {
	const char *effect;
	bool valid, suspended;
	bool expired; /* also once expired, but never online */
} usables[] = {
	{"extend", true, false, true},
	{"replace", true, false, false},
	{"reissue", true, true, false},
	{"unlock", true, false, false},
	{"revoke", true, true, false},
	{"suspend", true, false, false},
	{"resume", false, true, false},
};

/* Effects after which nothing is made or handed over: the decision itself ends the case, in these words. */
static const struct ending {
	const char *effect, *text;
} endings[] = {
	{"revoke", "证书已注销，办结"},
	{"suspend", "证书已暂停使用，办结"},
	{"resume", "证书已恢复使用，办结"},
};

/* What a step does to the certificates of the case.  reason -1: the cause that the applicant gave. */
static const struct effect {
	const char *effect;
	enum event event;
	enum register_event mark;
	int64_t reason;
} effects[] = {
	{"extend", EVENT_DELIVER, REGISTER_SUPERSEDE, 0},
	{"extend", EVENT_HAND_OVER, REGISTER_SUPERSEDE, 0},
	{"extend", EVENT_INSTALLED, REGISTER_SUPERSEDE, 0},
	{"replace", EVENT_PRODUCE, REGISTER_REVOKE, 3},
	{"reissue", EVENT_ACCEPT, REGISTER_SUSPEND, 0},
	{"reissue", EVENT_PRODUCE, REGISTER_REVOKE, -1},
	{"reissue", EVENT_REJECT, REGISTER_RESUME, 0},
	{"reissue", EVENT_WITHDRAW, REGISTER_RESUME, 0},
	{"reissue", EVENT_EXPIRE, REGISTER_RESUME, 0},
	{"reissue", EVENT_REVIVE, REGISTER_SUSPEND, 0},
	{"revoke", EVENT_REVOKED, REGISTER_REVOKE, -1},
	{"suspend", EVENT_REVOKED, REGISTER_SUSPEND, 0},
	{"resume", EVENT_REVOKED, REGISTER_RESUME, 0},
};

/* What of the case must be as the certificate says, and the item of change that frees it. */
static const struct frozen {
	const char *pointer, *freed_by;
} frozens[] = {
	{"/unit/name", "name"},
	{"/unit/address", "address"},
	{"/person/name", "person_name"},
};

/* Does the case name its certificates by serial?  (All services but new; add names the one it signs with in the signature.) */
static bool names_former(const struct application *app)
{
	return !text_eq(application_effect(app), "issue");
}

static const struct item_data *items(const struct application_data *data)
{
	return data->items.at;
}

static bool changes(const struct application_data *data, const char *word)
{
	return catalog_has(&data->change.items, word);
}

bool former_makes_seal(const struct application *app)
{
	return text_eq(application_effect(app), "issue") ||
	       (text_eq(application_effect(app), "replace") && changes(&app->data, "seal"));
}

/* A unit whose certificate carries no code is known by its name: the one it has, or had before the change it asks for. */
static bool same_name(struct ctx *c, const struct application_data *d, const struct register_certificate *r)
{
	if (text_empty(r->unit_key))
		return false;
	if (d->unit.name && text_eq(r->unit_key, name_key(c->arena, d->unit.name)))
		return true;
	return changes(d, "name") && d->change.before && strstr(name_key(c->arena, d->change.before), r->unit_key);
}

/* Is the certificate that of the unit or person the case is about?  Credit code or identity number decide. */
static bool same_holder(struct ctx *c, const struct application *app, const struct application_data *d,
	const struct register_certificate *r)
{
	if (!text_eq(r->holder, app->holder))
		return false;
	if (text_eq(app->holder, "ind")) {
		struct bytes hash = d->person.id_number ? ctx_index(c, "id_number", d->person.id_number)
							: (struct bytes){NULL, 0};

		return hash.at && r->id_number_hash.len == CRYPTO_HASH &&
		       crypto_equal(hash.at, r->id_number_hash.at, CRYPTO_HASH);
	}
	return r->uscc ? text_eq(r->uscc, d->unit.uscc) : same_name(c, d, r);
}

/* Issued by a case of this account, or its phone is that of the agent: those that GET /api/certificates lists. */
static bool mine(struct ctx *c, const struct register_certificate *r)
{
	struct register_agent agent = {0};

	if (c->actor.kind != ACTOR_APPLICANT)
		return false;
	return r->account_id == c->actor.account_id ||
	       (register_agent(c, r, &agent) == ERR_OK && text_eq(agent.phone, c->actor.phone));
}

static void fill_line(struct item_data *line, const struct register_certificate *r)
{
	if (!line->seal_kind)
		line->seal_kind = r->seal_kind;
	if (!line->seal_name)
		line->seal_name = r->seal_name;
}

static void fill_unit(struct unit_data *u, const struct register_certificate *r)
{
	if (!u->name)
		u->name = r->unit_name;
	if (!u->uscc)
		u->uscc = r->uscc;
	if (!u->address)
		u->address = r->unit_address;
}

enum err former_fill(struct ctx *c, const struct application *app, struct application_data *data)
{
	struct item_data *line = data->items.at;

	if (!names_former(app))
		return ERR_OK;
	for (size_t i = 0; i < data->items.count; i++) {
		struct register_certificate r;
		enum err e;

		if (!line[i].old_serial)
			continue;
		e = register_find(c, line[i].old_serial, &r);
		if (e == ERR_NOT_FOUND)
			continue;
		if (e != ERR_OK)
			return e;
		if (!mine(c, &r) && !same_holder(c, app, data, &r))
			continue;
		fill_line(&line[i], &r);
		if (!text_eq(app->holder, "ind"))
			fill_unit(&data->unit, &r);
	}
	return ERR_OK;
}

/* --- checks -------------------------------------------------------------------------------------------------------- */

struct line {
	struct ctx *c;
	const struct application *app;
	struct faults *faults;
	struct register_certificate r;
	const char *pointer; /* of old_serial */
};

static void check_status(const struct line *l)
{
	const struct usable *u = NULL;
	bool online = text_eq(l->app->channel, "online");

	for (size_t i = 0; i < ARRAY_LEN(usables); i++)
		if (text_eq(usables[i].effect, application_effect(l->app)))
			u = &usables[i];
	if (!u || (l->r.status == REGISTER_VALID && u->valid) || (l->r.status == REGISTER_SUSPENDED && u->suspended))
		return;
	if (l->r.status == REGISTER_EXPIRED && u->expired) {
		if (online)
			fault_add(l->faults, l->pointer, "expired_offline", "证书已过有效期，请改为邮寄或前台办理");
		return;
	}
	if (l->r.status == REGISTER_EXPIRED)
		fault_add(l->faults, l->pointer, "expired", "证书已过有效期，请办理续期（邮寄或前台）或新申请");
	else
		fault_add(l->faults, l->pointer, "status", "证书现在不是有效状态，不能办理这项业务");
}

static enum err check_window(const struct line *l)
{
	struct date opens, today = date_of_moment(l->c->now);
	int64_t days;
	enum err e;

	if (!text_eq(application_effect(l->app), "extend") || l->r.status == REGISTER_EXPIRED)
		return ERR_OK;
	e = setting_int_of(l->c, "renew.window_days", l->app->catalog, l->app->created_at, &days);
	if (e == ERR_OK && register_renewal(today, l->r.not_after, days, &opens) == RENEWAL_EARLY)
		fault_add(l->faults, l->pointer, "too_early", "还没到续期时间，%s起可以办理",
			date_chinese(l->faults->arena, opens));
	return e;
}

static const char *certified(const struct line *l, const char *pointer, enum err *ret_e)
{
	const char *name = NULL;

	if (strcmp(pointer, "/unit/name") == 0)
		return l->r.unit_name;
	if (strcmp(pointer, "/unit/address") == 0)
		return l->r.unit_address;
	*ret_e = register_person(l->c, &l->r, &name);
	return name;
}

static enum err check_frozen(const struct line *l)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(frozens); i++) {
		const void *base;
		const struct field *f = field_at(&application_data_shape, &l->app->data, frozens[i].pointer, &base);
		const char *now = *FIELD_PTR(f, base, const char *), *was = certified(l, frozens[i].pointer, &e);

		if (!now || !was || changes(&l->app->data, frozens[i].freed_by) ||
			!catalog_route_field(l->app->route, frozens[i].pointer))
			continue;
		if (!text_eq(name_key(l->c->arena, now), name_key(l->c->arena, was)))
			fault_add(l->faults, frozens[i].pointer, "frozen", "%s须与原证书一致；有变化的请先办理变更",
				f->label);
	}
	return e;
}

/* One certificate, one seal: it stays, too, unless it is what is to change.  old_serial's pointer leads to its line. */
static void check_seal(const struct line *l, const struct item_data *now, size_t i)
{
	struct arena *a = l->faults->arena;

	if (changes(&l->app->data, "seal"))
		return;
	if (now->seal_kind && l->r.seal_kind && !text_eq(now->seal_kind, l->r.seal_kind))
		fault_add(l->faults, arena_printf(a, "/items/%zu/seal_kind", i), "frozen",
			"印章类型须与原证书一致；有变化的请先办理变更");
	if (now->seal_name && l->r.seal_name && !text_eq(name_key(a, now->seal_name), name_key(a, l->r.seal_name)))
		fault_add(l->faults, arena_printf(a, "/items/%zu/seal_name", i), "frozen",
			"印章名称须与原证书一致；有变化的请先办理变更");
}

struct holding {
	const char *service, *channel, *state;
};
static const struct field holding_fields[] = {
	TEXT(struct holding, service, "service", 0, 0, NULL),
	TEXT(struct holding, channel, "channel", 0, 0, NULL),
	TEXT(struct holding, state, "state", 0, 0, NULL),
};
static const struct shape holding_shape = SHAPE(struct holding, holding_fields);

/* A renewal that waits for the UKey cannot go on when that is locked: unlocking goes past it. */
static bool goes_past(const struct application *app, const struct holding *h)
{
	const struct catalog_service *s = catalog_service(app->catalog, h->service);

	return text_eq(application_effect(app), "unlock") && s && text_eq(s->effect, "extend") &&
	       text_eq(h->channel, "online") &&
	       (text_eq(h->state, state_words[STATE_APPROVED]) || text_eq(h->state, state_words[STATE_INSTALLING]));
}

/* Another open case has the certificate.  ret_busy: and this one may not go past it. */
static enum err is_busy(
	struct ctx *c, const struct application *app, const struct register_certificate *r, bool *ret_busy)
{
	struct holding h;
	enum err e = db_one(c->db, &sql[BUSY], &holding_shape, &h, I(r->id), I(app->id));

	*ret_busy = e == ERR_OK && !goes_past(app, &h);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err check_busy(const struct line *l)
{
	bool busy;
	enum err e = is_busy(l->c, l->app, &l->r, &busy);

	if (e == ERR_OK && busy)
		fault_add(l->faults, l->pointer, "open_case", "这张证书有一件业务正在办理，办完后再申请");
	return e;
}

static enum err check_line(struct ctx *c, const struct application *app, size_t i, struct faults *faults)
{
	struct line l = {.c = c, .app = app, .faults = faults};
	const char *serial = items(&app->data)[i].old_serial;
	enum err e;

	l.pointer = arena_printf(faults->arena, "/items/%zu/old_serial", i);
	if (!serial)
		return ERR_OK; /* the catalogue says it is missing */
	e = register_find(c, serial, &l.r);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !same_holder(c, app, &app->data, &l.r))) {
		fault_add(faults, l.pointer, "not_found",
			"没有找到与所填%s相符的证书，请核对%s；仍找不到的请到前台办理",
			text_eq(app->holder, "ind") ? "本人" : "单位",
			changes(&app->data, "name") ? "序列号和变更前的单位名称" : "序列号");
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	check_status(&l);
	check_seal(&l, &items(&app->data)[i], i);
	e = check_window(&l);
	if (e == ERR_OK)
		e = check_frozen(&l);
	return e == ERR_OK ? check_busy(&l) : e;
}

static void check_twice(const struct application *app, struct faults *faults)
{
	const struct item_data *line = items(&app->data);

	for (size_t i = 0; i < app->data.items.count; i++)
		for (size_t k = 0; k < i; k++)
			if (line[i].old_serial && text_eq(line[i].old_serial, line[k].old_serial))
				fault_add(faults, arena_printf(faults->arena, "/items/%zu/old_serial", i), "repeated",
					"同一张证书填了两次");
}

enum err former_check(struct ctx *c, const struct application *app, struct faults *faults)
{
	enum err e = ERR_OK;

	if (!names_former(app))
		return ERR_OK;
	check_twice(app, faults);
	for (size_t i = 0; e == ERR_OK && i < app->data.items.count; i++)
		e = check_line(c, app, i, faults);
	return e;
}

/* --- the case and its certificates --------------------------------------------------------------------------------- */

static enum err each_former(struct ctx *c, const struct application *app,
	enum err (*act)(struct ctx *c, const struct application *app, size_t item, const struct register_certificate *r,
		const void *arg),
	const void *arg)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < app->data.items.count; i++) {
		struct register_certificate r;

		if (!items(&app->data)[i].old_serial)
			continue;
		e = register_find(c, items(&app->data)[i].old_serial, &r);
		if (e == ERR_NOT_FOUND) {
			e = ERR_OK;
			continue;
		}
		if (e == ERR_OK)
			e = act(c, app, i + 1, &r, arg);
	}
	return e;
}

static enum err hold(struct ctx *c, const struct application *app, size_t item, const struct register_certificate *r,
	const void *arg)
{
	enum err e = db_exec(c->db, &sql[HOLD], I(app->id), I(r->id), I(app->id));
	bool busy = false;

	(void)item;
	(void)arg;
	if (e == ERR_OK && db_changed(c->db) != 1)
		e = is_busy(c, app, r, &busy);
	if (e == ERR_OK && busy)
		return ctx_say(c, ERR_CONFLICT, "这张证书有一件业务正在办理，办完后再申请");
	return e;
}

enum err former_hold(struct ctx *c, const struct application *app)
{
	return names_former(app) ? each_former(c, app, hold, NULL) : ERR_OK;
}

enum err former_hold_again(struct ctx *c, const struct application *app, const char **ret_why)
{
	struct faults faults;
	enum err e = ERR_OK;

	*ret_why = NULL;
	if (!names_former(app))
		return ERR_OK;
	faults_init(&faults, c->arena);
	for (size_t i = 0; e == ERR_OK && i < app->data.items.count; i++) {
		struct line l = {.c = c, .app = app, .faults = &faults, .pointer = ""};

		e = register_find(c, items(&app->data)[i].old_serial, &l.r);
		if (e != ERR_OK)
			break;
		check_status(&l);
		e = check_busy(&l);
	}
	if (e != ERR_OK)
		return e;
	if (faults.count) {
		*ret_why = faults.at[0].detail;
		return ERR_OK;
	}
	e = former_hold(c, app);
	return e == ERR_CONFLICT ? ERR_BUSY : e; /* taken this moment: look again */
}

/* Row by row: to change all in one statement would lock the gap in the index where other cases want to enter theirs. */
enum err former_release(struct ctx *c, const struct application *app)
{
	struct list held;
	enum err e = db_all(c->db, &sql[HELD], &db_int_shape, &held, I(app->id));

	for (size_t i = 0; e == ERR_OK && i < held.count; i++)
		e = db_exec(c->db, &sql[RELEASE], I(((const struct db_int *)held.at)[i].value), I(app->id));
	return e;
}

const char *former_ending(const struct application *app)
{
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (text_eq(endings[i].effect, application_effect(app)))
			return endings[i].text;
	return NULL;
}

static int64_t reason_of(const struct application *app, const struct effect *effect)
{
	const struct catalog_cause *cause = catalog_cause(app->catalog, app->data.reason);

	return effect->reason >= 0 ? effect->reason : cause ? cause->crl_reason : 0;
}

/* The certificate that this case made for the line; 0: none. */
static enum err made_for(struct ctx *c, const struct application *app, size_t item, int64_t *ret_id)
{
	struct db_int id = {0};
	enum err e = db_one(c->db, &sql[MADE], &db_int_shape, &id, I(app->id), I((int64_t)item));

	*ret_id = id.value;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* A case that ends without its effect wakes what it put to sleep itself, and nothing else: not what was suspended before,
 * and not what a draft merely names. */
static enum err may_wake(struct ctx *c, const struct application *app, const struct effect *effect,
	const struct register_certificate *r, bool *ret_may)
{
	struct db_int times = {0};
	enum err e = ERR_OK;

	*ret_may = true;
	if (effect->mark != REGISTER_RESUME || effect->event == EVENT_REVOKED)
		return ERR_OK;
	e = db_one(c->db, &sql[HELD_AT], &db_int_shape, &times, I(app->id), I(r->revoked_at));
	*ret_may = times.value > 0;
	return e;
}

static enum err mark(struct ctx *c, const struct application *app, size_t item, const struct register_certificate *r,
	const void *arg)
{
	const struct effect *effect = arg;
	int stored = text_index(register_status_words, r->stored_status);
	bool gentle = effect->mark == REGISTER_SUSPEND || effect->mark == REGISTER_RESUME, again, may;
	int64_t successor = 0;
	enum err e;

	if (gentle && !register_transition((enum register_status)stored, effect->mark))
		return ERR_OK; /* it was suspended before, or never */
	e = may_wake(c, app, effect, r, &may);
	if (e != ERR_OK || !may)
		return e;
	again = effect->event == EVENT_PRODUCE && stored == REGISTER_REVOKED && r->after_serial;
	e = made_for(c, app, item, &successor);
	if (e == ERR_OK && successor)
		e = db_exec(c->db, &sql[LINK], I(r->id), I(successor));
	if (e != ERR_OK || again) /* what took its place did not pass the check and was made once more */
		return e;
	return register_mark(
		c, r->id, effect->mark, reason_of(app, effect), effect->mark == REGISTER_SUPERSEDE ? successor : 0);
}

/* Completed business: who did it is what an automatic unlock is compared with. */
static enum err remember_agent(struct ctx *c, const struct application *app)
{
	const struct application_data *d = &app->data;
	bool own = text_eq(app->holder, "ind");
	const struct register_agent agent = own ? (struct register_agent){d->person.name, d->person.id_number,
							  d->person.phone}
						: (struct register_agent){
							  d->agent.name, d->agent.id_number, d->agent.phone};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < d->items.count; i++) {
		struct register_certificate r;
		int64_t id = 0;

		e = made_for(c, app, i + 1, &id);
		if (e == ERR_OK && !id && items(d)[i].old_serial &&
			register_find(c, items(d)[i].old_serial, &r) == ERR_OK)
			id = r.id;
		if (e == ERR_OK && id)
			e = register_set_agent(c, id, &agent, NULL);
	}
	return e;
}

enum err former_effect(struct ctx *c, const struct application *app, enum event event)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(effects); i++)
		if (effects[i].event == event && text_eq(effects[i].effect, application_effect(app)))
			e = each_former(c, app, mark, &effects[i]);
	if (e == ERR_OK && app->state == STATE_COMPLETED)
		e = remember_agent(c, app);
	if (e == ERR_OK && state_is_closed(app->state))
		e = former_release(c, app);
	return e;
}

static bool among_lines(const struct application *app, const struct register_certificate *r)
{
	const struct item_data *line = app->data.items.at;

	for (size_t i = 0; i < app->data.items.count; i++)
		if (text_eq(line[i].old_serial, r->sign_serial) || text_eq(line[i].old_serial, r->enc_serial))
			return true;
	return false;
}

enum err former_may_sign(
	struct ctx *c, const struct application *app, const struct register_certificate *r, bool *ret_may)
{
	int64_t codes_too = 1;
	bool unsure;
	enum err e = setting_int_of(c, "add.same_name_uscc", app->catalog, app->created_at, &codes_too);

	*ret_may = names_former(app) ? among_lines(app, r)
				     : register_same_unit(c->arena, r, app->data.unit.name,
					       codes_too ? app->data.unit.uscc : r->uscc, &unsure);
	return e;
}
