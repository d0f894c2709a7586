#include "domain/review.h"

#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/application_former.h"
#include "domain/material.h"
#include "domain/notify.h"
#include "domain/setting.h"
#include "io/json_out.h"

enum { VERDICT_PUT, APPROVE, STAFF_NAME, EXTEND };

static const struct sql sql[] = {
	[VERDICT_PUT] =
		{"INSERT INTO verdict (application_id, round, material, verdict, reasons, note, areas, staff_id, at) VALUES (?,?,?,?,?,?,?,?,?) "
		 "ON DUPLICATE KEY UPDATE verdict=VALUES(verdict), reasons=VALUES(reasons), note=VALUES(note), areas=VALUES(areas), "
		 "staff_id=VALUES(staff_id), at=VALUES(at)",
			"iisssssii", ""},
	[APPROVE] =
		{"UPDATE application SET reviewer2=? WHERE id=? AND state='second_review' AND version=? AND reviewer1<>? "
		 "AND COALESCE(opened_by,0)<>?",
			"iiiii", ""},
	[STAFF_NAME] = {"SELECT user, name FROM staff WHERE id=?", "i", "ss"},
	[EXTEND] = {"UPDATE application SET claim_until=? WHERE id=? AND claim_by=?", "iii", ""},
};
SQL_TABLE(review);

static const struct field area_fields[] = {
	TEXT_REQUIRED(struct review_area, file, "文件", 1, 64, NULL),
	INT_REQUIRED(struct review_area, page, "页码", 1, 500),
	INT(struct review_area, x, "左", 0, 10000),
	INT(struct review_area, y, "上", 0, 10000),
	INT(struct review_area, w, "宽", 0, 10000),
	INT(struct review_area, h, "高", 0, 10000),
};
static const struct shape area_shape = SHAPE(struct review_area, area_fields);

static const char *const verdict_words[] = {"pass", "fail", "waive", NULL};

static const struct field verdict_fields[] = {
	TEXT_REQUIRED(struct review_verdict, material, "材料", 2, 8, rule_word),
	WORD_REQUIRED(struct review_verdict, verdict, "结论", verdict_words),
	TEXTS(struct review_verdict, reasons, "原因", 0, 12, rule_word),
	TEXT(struct review_verdict, note, "说明", 1, 500, rule_note),
	LIST(struct review_verdict, areas, "标出的位置", 0, 12, &area_shape),
};
static const struct shape verdict_shape = SHAPE(struct review_verdict, verdict_fields);
static const struct field verdicts_fields[] = {
	LIST_REQUIRED(struct review_verdicts, items, "审核结论", 1, 20, &verdict_shape)};
const struct shape review_verdicts_shape = SHAPE(struct review_verdicts, verdicts_fields);

struct staff_name {
	const char *user, *name;
};
static const struct field name_fields[] = {
	TEXT(struct staff_name, user, "user", 0, 0, NULL), TEXT(struct staff_name, name, "name", 0, 0, NULL)};
static const struct shape name_shape = SHAPE(struct staff_name, name_fields);

static bool claim_runs(const struct ctx *c, const struct application *app)
{
	return app->claim_by && app->claim_until > c->now;
}

enum err review_claim_name(struct ctx *c, const struct application *app, const char **ret_user, const char **ret_name)
{
	struct staff_name who = {NULL, NULL};
	enum err e = ERR_OK;

	if (claim_runs(c, app))
		e = db_one(c->db, &sql[STAFF_NAME], &name_shape, &who, I(app->claim_by));
	*ret_user = who.user;
	*ret_name = who.name;
	return e;
}

static enum err held_by_another(struct ctx *c, const struct application *app)
{
	const char *user, *name;
	enum err e = review_claim_name(c, app, &user, &name);

	return e == ERR_OK ? ctx_say(c, ERR_CLAIM, "这件申请由%s处理到%s", name ? name : "其他同事",
				     moment_short(c->arena, app->claim_until))
			   : e;
}

static enum err lock_claimed(struct ctx *c, const char *no, struct application *app)
{
	enum err e = application_lock(c, no, app);

	if (e != ERR_OK)
		return e;
	if (claim_runs(c, app) && app->claim_by != c->actor.staff_id)
		return held_by_another(c, app);
	return claim_runs(c, app) ? ERR_OK : ERR_CLAIM;
}

enum err review_claim(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (claim_runs(c, ret_app) && ret_app->claim_by != c->actor.staff_id)
		return held_by_another(c, ret_app);
	ret_app->claim_by = c->actor.staff_id;
	ret_app->claim_until = c->now + c->house->config.claim_lease_s;
	if (ret_app->state == STATE_REVIEWING || ret_app->state == STATE_SECOND_REVIEW) {
		audit_add(c, "claim", no, NULL);
		return application_save(c, ret_app);
	}
	return application_move(c, ret_app, EVENT_CLAIM, NULL, NULL);
}

enum err review_heartbeat(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = lock_claimed(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	ret_app->claim_until = c->now + c->house->config.claim_lease_s;
	return db_exec(c->db, &sql[EXTEND], I(ret_app->claim_until), I(ret_app->id), I(c->actor.staff_id));
}

enum err review_release(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	enum err e = lock_claimed(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	ret_app->claim_by = ret_app->claim_until = 0;
	audit_add(c, "release_reason", no, reason);
	if (ret_app->state == STATE_REVIEWING)
		return application_move(c, ret_app, EVENT_RELEASE, NULL, NULL);
	return application_save(c, ret_app);
}

static char *areas_text(struct arena *a, const struct review_verdict *v)
{
	const struct review_area *area = v->areas.at;
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_list(&j, NULL);
	for (size_t i = 0; i < v->areas.count; i++)
		json_shape(&j, NULL, &area_shape, &area[i]);
	json_end(&j);
	return s.at;
}

static char *reasons_text(struct arena *a, const struct review_verdict *v)
{
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < v->reasons.count; i++)
		str_addf(&s, "%s%s", i ? " " : "", v->reasons.at[i]);
	return s.at;
}

static bool reason_fits(const struct catalog_reason *r, const char *material)
{
	if (!r)
		return false;
	for (size_t i = 0; i < r->materials.count; i++)
		if (text_eq(r->materials.at[i], material))
			return true;
	return r->materials.count == 0;
}

static void check_verdict(struct ctx *c, const struct application *app, const struct materials *all,
	const struct review_verdict *v, size_t i)
{
	struct faults *f = &c->faults;

	if (!material_find(all, v->material))
		fault_add(f, arena_printf(c->arena, "/items/%zu/material", i), "choice", "这件申请没有这种材料");
	if (text_eq(v->verdict, "fail") && v->reasons.count == 0)
		fault_add(f, arena_printf(c->arena, "/items/%zu/reasons", i), "missing", "不合格须选择至少一个原因");
	if (text_eq(v->verdict, "waive") && text_empty(v->note))
		fault_add(f, arena_printf(c->arena, "/items/%zu/note", i), "missing", "免交须写明理由");
	for (size_t k = 0; k < v->reasons.count; k++)
		if (!reason_fits(catalog_reason(app->catalog, v->reasons.at[k]), v->material))
			fault_add(f, arena_printf(c->arena, "/items/%zu/reasons/%zu", i, k), "choice",
				"这个原因不适用于这种材料");
}

enum err review_judge(struct ctx *c, const char *no, const struct review_verdicts *in, struct application *ret_app)
{
	const struct review_verdict *v = in->items.at;
	struct materials all;
	enum err e = lock_claimed(c, no, ret_app);

	if (e == ERR_OK && ret_app->state != STATE_REVIEWING)
		e = ERR_WRONG_STATE;
	if (e == ERR_OK)
		e = material_list(c, ret_app, &all);
	for (size_t i = 0; e == ERR_OK && i < in->items.count; i++)
		check_verdict(c, ret_app, &all, &v[i], i);
	if (e == ERR_OK && c->faults.count)
		e = ERR_INVALID;
	for (size_t i = 0; e == ERR_OK && i < in->items.count; i++)
		e = db_exec(c->db, &sql[VERDICT_PUT], I(ret_app->id), I(ret_app->round), S(v[i].material),
			S(v[i].verdict), S(reasons_text(c->arena, &v[i])), S(v[i].note), S(areas_text(c->arena, &v[i])),
			I(c->actor.staff_id), I(c->now));
	if (e != ERR_OK)
		return e;
	audit_add(c, "verdicts", no, NULL);
	return application_save(c, ret_app);
}

struct tally {
	size_t open, failed;
	int64_t last_upload;
};

/* A material wants a verdict when a scan is asked for, or when something was uploaded for it anyway. */
static enum err tally(struct ctx *c, const struct application *app, struct tally *ret)
{
	struct materials all;
	enum err e = material_list(c, app, &all);

	*ret = (struct tally){0};
	if (e != ERR_OK)
		return e;
	MATERIAL_EACH(m, &all)
	{
		const struct material_file *f = m->files.at;

		if (!m->required && m->files.count == 0)
			continue;
		ret->open += !m->verdict;
		ret->failed += m->verdict && m->mark == MATERIAL_FAIL;
		for (size_t i = 0; i < m->files.count; i++)
			if (!text_eq(f[i].state, "refused") && f[i].uploaded_at > ret->last_upload)
				ret->last_upload = f[i].uploaded_at;
	}
	return ERR_OK;
}

static enum err drop_claim_and_move(
	struct ctx *c, struct application *app, enum event event, const char *text, const struct notify_param *params)
{
	app->claim_by = app->claim_until = 0;
	return application_move(c, app, event, text, params);
}

enum err review_return(struct ctx *c, const char *no, const char *note, int64_t days, struct application *ret_app)
{
	struct notify_param params[] = {{"count", ""}, {"day", ""}, {NULL, NULL}};
	struct tally t;
	enum err e = lock_claimed(c, no, ret_app);

	if (e == ERR_OK)
		e = tally(c, ret_app, &t);
	if (e != ERR_OK)
		return e;
	if (t.open)
		return ctx_say(c, ERR_WRONG_STATE, "还有%zu项未判，补正须一次性告知全部问题", t.open);
	if (!t.failed)
		return ctx_say(c, ERR_WRONG_STATE, "没有不合格的材料，不需要补正");
	e = days ? ERR_OK : setting_int_of(c, "correct.days", ret_app->catalog, ret_app->created_at, &days);
	if (e != ERR_OK)
		return e;
	ret_app->round++;
	ret_app->reviewer1 = c->actor.staff_id;
	ret_app->correct_until = date_add(date_of_moment(c->now), days);
	params[0].value = arena_printf(c->arena, "%zu", t.failed);
	params[1].value = date_chinese(c->arena, ret_app->correct_until);
	return drop_claim_and_move(c, ret_app, EVENT_RETURN, note, params);
}

static char *waiting_text(struct ctx *c, const struct gates *g)
{
	struct str s;

	str_init(&s, c->arena);
	for (size_t i = 0; i < g->count; i++)
		if (!g->at[i].closed_at && g->at[i].gate->kind != GATE_SCANS)
			str_addf(&s, "%s%s", s.len ? "、" : "", g->at[i].gate->name->name);
	return s.len ? s.at : arena_text(c->arena, "复审");
}

enum err review_accept(struct ctx *c, const char *no, struct application *ret_app)
{
	struct notify_param params[] = {{"waiting", ""}, {NULL, NULL}};
	struct gates gates;
	struct tally t;
	enum err e = lock_claimed(c, no, ret_app);

	if (e == ERR_OK)
		e = tally(c, ret_app, &t);
	if (e == ERR_OK)
		e = application_gates(c, ret_app, &gates);
	if (e != ERR_OK)
		return e;
	if (t.open)
		return ctx_say(c, ERR_WRONG_STATE, "还有%zu项未判，判完才能受理", t.open);
	if (t.failed)
		return ctx_say(c, ERR_WRONG_STATE, "有%zu项不合格，请发送补正", t.failed);
	ret_app->reviewer1 = c->actor.staff_id;
	params[0].value = waiting_text(c, &gates);
	e = drop_claim_and_move(c, ret_app, EVENT_ACCEPT, NULL, params);
	return e == ERR_OK ? application_close_gate(c, ret_app, GATE_SCANS, t.last_upload ? t.last_upload : c->now) : e;
}

enum err review_approve(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (claim_runs(c, ret_app) && ret_app->claim_by != c->actor.staff_id)
		return held_by_another(c, ret_app);
	if (ret_app->state != STATE_SECOND_REVIEW)
		return application_move(c, ret_app, EVENT_APPROVE, NULL, NULL); /* says why not */
	e = db_exec(c->db, &sql[APPROVE], I(c->actor.staff_id), I(ret_app->id), I(ret_app->version),
		I(c->actor.staff_id), I(c->actor.staff_id));
	if (e != ERR_OK)
		return e;
	if (db_changed(c->db) != 1)
		return ctx_say(c, ERR_TWO_PERSONS, "初审与复审须由不同的人办理，请交给另一位同事复审");
	ret_app->reviewer2 = c->actor.staff_id;
	e = drop_claim_and_move(c, ret_app, EVENT_APPROVE, NULL, NULL);
	/* nothing is to be made for a revocation: the second person's word is what ends the certificate */
	if (e == ERR_OK && former_ending(ret_app))
		e = application_move(c, ret_app, EVENT_REVOKED, former_ending(ret_app), NULL);
	return e;
}

enum err review_signature(struct ctx *c, const char *no, const char *serial, struct application *ret_app)
{
	struct register_certificate r;
	bool fits = false;
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK && !catalog_route_gate(ret_app->route, GATE_SIGNATURE))
		e = ctx_say(c, ERR_WRONG_STATE, "这件申请不需要证书签名");
	if (e == ERR_OK && (!ret_app->submitted_at || state_is_closed(ret_app->state)))
		e = ctx_say(c, ERR_WRONG_STATE, "申请还没有提交或已经办完，不能登记签名");
	if (e == ERR_OK)
		e = register_find(c, serial, &r);
	if (e == ERR_NOT_FOUND) {
		fault_add(&c->faults, "/serial", "not_found", "没有找到这个序列号的证书");
		return ERR_INVALID;
	}
	if (e == ERR_OK)
		e = former_may_sign(c, ret_app, &r, &fits);
	if (e != ERR_OK)
		return e;
	if (!fits)
		fault_add(&c->faults, "/serial", "other_name", "签名的证书不是这个单位（本人）的");
	if (r.status != REGISTER_VALID)
		fault_add(&c->faults, "/serial", "status", "签名的证书现在不是有效状态");
	if (c->faults.count)
		return ERR_INVALID;
	audit_add(c, "signature", no, r.sign_serial);
	e = application_save(c, ret_app);
	return e == ERR_OK ? application_close_gate(c, ret_app, GATE_SIGNATURE, c->now) : e;
}

enum err review_reject(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (claim_runs(c, ret_app) ? ret_app->claim_by != c->actor.staff_id : ret_app->state == STATE_REVIEWING)
		return claim_runs(c, ret_app) ? held_by_another(c, ret_app) : ERR_CLAIM;
	ret_app->close_text = reason;
	return drop_claim_and_move(c, ret_app, EVENT_REJECT, arena_printf(c->arena, "不予办理：%s", reason), NULL);
}

enum err review_reveal(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		audit_add(c, "reveal", no, reason);
	return e;
}
