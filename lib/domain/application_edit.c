/* Filling in: patches, remittance, what is missing. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/application.h"
#include "domain/fee.h"
#include "domain/glyph.h"
#include "domain/material.h"
#include "domain/notify.h"
#include "domain/application_former.h"
#include "io/json.h"

static bool form_failed(struct ctx *c, const struct application *app, enum err *ret_e)
{
	struct materials m;
	const struct material *form;

	*ret_e = material_list(c, app, &m);
	if (*ret_e != ERR_OK)
		return false;
	form = material_find(&m, "m1");
	if (!form)
		return false;
	/* still open for changes after a new form was uploaded, until it is submitted again */
	return form->mark == MATERIAL_FAIL || (form->verdict == NULL && app->round > 0);
}

/* What of the case may change now. */
enum scope { SCOPE_NOTHING, SCOPE_SIDE, SCOPE_ALL };

static enum err editable(struct ctx *c, const struct application *app, enum scope *ret_scope)
{
	enum err e = ERR_OK;

	*ret_scope = SCOPE_NOTHING;
	if (state_is_editable(app->state))
		*ret_scope = SCOPE_ALL;
	else if (app->state == STATE_RETURNED)
		*ret_scope = form_failed(c, app, &e) ? SCOPE_ALL : SCOPE_SIDE;
	else if (app->state == STATE_SUBMITTED || app->state == STATE_REVIEWING || app->state == STATE_ACCEPTED)
		*ret_scope = SCOPE_SIDE;
	return e;
}

static bool same_on_paper(struct arena *a, const struct application_data *x, const struct application_data *y)
{
	return text_eq(application_form_text(a, x), application_form_text(a, y));
}

static enum err refuse_scope(struct ctx *c, const struct application *app)
{
	if (app->state == STATE_RETURNED)
		return ctx_say(c, ERR_WRONG_STATE, "这次补正不涉及申请表内容，只需处理列出的材料");
	return ctx_say(c, ERR_WRONG_STATE, "申请已提交，内容不能再改；如需更改请撤回后重新申请");
}

static void check_consents(const struct application *app, struct faults *faults);

/* What was submitted stays complete: an address may be changed afterwards, but not taken away. */
static enum err still_complete(struct ctx *c, const struct application *app)
{
	application_check_fields(app, &c->faults);
	catalog_missing(app->route, "submit", &application_data_shape, &app->data, &c->faults);
	check_consents(app, &c->faults);
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

/* Store a changed copy of the data: a change of what is printed makes the printed form outdated. */
static enum err keep(struct ctx *c, struct application *app, const struct application_data *changed)
{
	struct application_data next = *changed;
	bool paper_same;
	enum scope scope;
	enum err e = editable(c, app, &scope);

	if (e != ERR_OK)
		return e;
	next.review = app->data.review; /* ours to say */
	e = former_fill(c, app, &next);
	if (e != ERR_OK)
		return e;
	paper_same = same_on_paper(c->arena, &app->data, &next);
	if (scope == SCOPE_NOTHING || (scope == SCOPE_SIDE && !paper_same))
		return refuse_scope(c, app);
	app->data = next;
	if (!paper_same)
		app->form_current = false;
	if (!paper_same && app->state == STATE_PRINTED)
		return application_move(c, app, EVENT_EDIT, NULL, NULL);
	if (scope == SCOPE_SIDE && app->state != STATE_RETURNED)
		e = still_complete(c, app);
	return e == ERR_OK ? application_save(c, app) : e;
}

enum err application_patch(struct ctx *c, const char *no, const char *json, size_t n, struct application *ret_app)
{
	struct application_data changed;
	const char *say = NULL;
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	changed = ret_app->data;
	e = json_read(json, n, &application_data_shape, &changed, &c->faults, &say);
	if (e == ERR_SYNTAX)
		return ctx_say(c, e, "请求内容%s", say);
	return e == ERR_OK ? keep(c, ret_app, &changed) : e;
}

enum err application_remit(struct ctx *c, const char *no, const struct remittance_data *in, struct application *ret_app)
{
	struct application_data changed;
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	changed = ret_app->data;
	changed.remittance = *in;
	return keep(c, ret_app, &changed);
}

/* Words that the catalogue lists, and identity numbers by their kind. */
static void check_identity(
	const struct application *app, const char *base, const char *type, const char *number, struct faults *faults)
{
	const struct catalog_id_type *t = catalog_id_type(app->catalog, type);
	const char *folded = number, *say = "", *code;

	if (!type)
		return;
	if (!t) {
		fault_add(faults, arena_printf(faults->arena, "%s/id_type", base), "choice", "证件类型不在可选范围内");
		return;
	}
	if (t->counter_only && !text_eq(app->channel, "counter"))
		fault_add(faults, arena_printf(faults->arena, "%s/id_type", base), "counter_only",
			"%s须到前台办理，请改选前台办理", t->name);
	if (!number)
		return;
	code = (text_eq(t->check, "resident") ? rule_resident : rule_id_other)(faults->arena, &folded, &say);
	if (code)
		fault_add(faults, arena_printf(faults->arena, "%s/id_number", base), code, "证件号码%s", say);
}

static void check_unit(const struct application *app, struct faults *faults)
{
	const struct unit_data *u = &app->data.unit;
	const struct catalog_unit_kind *kind = catalog_unit_kind(app->catalog, u->kind);

	if (u->kind && !kind)
		fault_add(faults, "/unit/kind", "choice", "单位性质不在可选范围内");
	if (u->licence_kind && !catalog_licence(app->catalog, u->licence_kind))
		fault_add(faults, "/unit/licence_kind", "choice", "证照类型不在可选范围内");
	else if (u->licence_kind && kind && !catalog_has(&kind->licences, u->licence_kind))
		fault_add(faults, "/unit/licence_kind", "choice", "%s应提供其他类型的证照，请重新选择", kind->name);
}

static void check_items(const struct application *app, struct faults *faults)
{
	const struct catalog_holder *h = catalog_holder(app->catalog, app->holder);
	const struct item_data *item = app->data.items.at;

	if (app->data.items.count == 0)
		fault_add(faults, "/items", "missing", "请至少填写一张证书的印章");
	for (size_t i = 0; i < app->data.items.count; i++)
		if (item[i].seal_kind && !catalog_has(&h->seal_kinds, item[i].seal_kind))
			fault_add(faults, arena_printf(faults->arena, "/items/%zu/seal_kind", i), "choice",
				"%s不能写入这种印章", h->name);
}

static void check_delivery(const struct application *app, struct faults *faults)
{
	const struct delivery_data *d = &app->data.delivery;

	if (d->mode && !catalog_has(&app->route->delivery, d->mode))
		fault_add(faults, "/delivery/mode", "choice", "这项业务不能这样领取");
}

/* Words of the catalogue: why, for this service; what changes, for this holder. */
static void check_choices(const struct application *app, struct faults *faults)
{
	const struct catalog_cause *cause = catalog_cause(app->catalog, app->data.reason);
	const struct texts *changed = &app->data.change.items;

	if (app->data.reason && catalog_route_field(app->route, "/reason") &&
		(!cause || !catalog_has(&cause->services, app->service)))
		fault_add(faults, "/reason", "choice", "办理原因不在可选范围内");
	for (size_t i = 0; catalog_route_field(app->route, "/change/items") && i < changed->count; i++) {
		bool known = false;

		CATALOG_EACH(struct catalog_change_item, item, &app->catalog->change_items)
			known |= text_eq(item->code, changed->at[i]) && catalog_has(&item->holders, app->holder);
		if (!known)
			fault_add(faults, arena_printf(faults->arena, "/change/items/%zu", i), "choice",
				"变更事项不在可选范围内");
	}
}

void application_check_fields(const struct application *app, struct faults *faults)
{
	catalog_missing(app->route, "form", &application_data_shape, &app->data, faults);
	check_unit(app, faults);
	check_identity(app, "/agent", app->data.agent.id_type, app->data.agent.id_number, faults);
	check_identity(app, "/person", app->data.person.id_type, app->data.person.id_number, faults);
	check_items(app, faults);
	check_delivery(app, faults);
	check_choices(app, faults);
}

static void check_consent(const struct application *app, const char *code, const char *given, struct faults *faults)
{
	const struct catalog_consent *consent = catalog_consent(app->catalog, code);
	const char *pointer = arena_printf(faults->arena, "/consents/%s", code);

	if (text_empty(given))
		fault_add(faults, pointer, "consent_missing", "请阅读并同意%s", consent->title);
	else if (!text_eq(given, consent->version))
		fault_add(faults, pointer, "consent_outdated", "%s已更新，请重新阅读并同意", consent->title);
}

static void check_consents(const struct application *app, struct faults *faults)
{
	for (size_t i = 0; i < app->route->consents.count; i++) {
		const char *code = app->route->consents.at[i];
		const void *base;
		const struct field *f = field_at(
			&application_data_shape, &app->data, arena_printf(faults->arena, "/consents/%s", code), &base);

		if (f)
			check_consent(app, code, *FIELD_PTR(f, base, const char *), faults);
	}
}

static void check_form(const struct application *app, struct faults *faults)
{
	if (!app->form_version)
		fault_add(faults, "/form", "form_missing", "请先生成申请表，打印、签名、盖章后上传扫描件");
	else if (!app->form_current)
		fault_add(faults, "/form", "form_outdated", "内容改过，请重新生成申请表并上传新版扫描件");
}

bool application_wants_form(const struct application *app)
{
	const struct catalog_material *form = catalog_route_material(app->route, "m1");

	return form && catalog_holds(form->condition, &application_data_shape, &app->data);
}

enum err application_check(struct ctx *c, const struct application *app, struct faults *faults)
{
	struct materials m;
	enum err e = material_list(c, app, &m);

	if (e != ERR_OK)
		return e;
	application_check_fields(app, faults);
	catalog_missing(app->route, "submit", &application_data_shape, &app->data, faults);
	e = former_check(c, app, faults);
	if (e != ERR_OK)
		return e;
	if (application_wants_form(app))
		check_form(app, faults);
	material_check(&m, faults);
	check_consents(app, faults);
	return application_wants_form(app) && !app->form_current ? glyph_check_case(c, app, faults) : ERR_OK;
}

enum err application_may_upload(struct ctx *c, const struct application *app, const char *material)
{
	const struct catalog_material *rule = catalog_route_material(app->route, material);
	struct materials m;
	const struct material *now;
	enum err e;

	if (!rule || !rule->scan) {
		fault_add(&c->faults, "/material", "choice", "这件申请不需要这种材料");
		return ERR_INVALID;
	}
	if (app->state == STATE_PRINTED || app->state == STATE_DRAFT)
		return ERR_OK;
	if (app->state != STATE_RETURNED)
		return ctx_say(c, ERR_WRONG_STATE, "申请已提交，现在不能增减材料");
	e = material_list(c, app, &m);
	if (e != ERR_OK)
		return e;
	now = material_find(&m, material);
	if (now && (now->mark == MATERIAL_PASS || now->mark == MATERIAL_WAIVE))
		return ctx_say(c, ERR_WRONG_STATE, "%s已通过，不用再交", rule->name);
	return ERR_OK;
}
