#include "domain/review_part.h"

#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/application_former.h"
#include "domain/application_view.h"
#include "domain/look.h"
#include "domain/material.h"
#include "domain/notify.h"
#include "domain/rekey.h"
#include "domain/seal.h"
#include "domain/setting.h"
#include "io/json_out.h"

enum { VERDICT_PUT, APPROVE };

static const struct sql sql[] = {
	[VERDICT_PUT] =
		{"INSERT INTO verdict (application_id, round, material, verdict, reasons, note, areas, staff_id, at) VALUES (?,?,?,?,?,?,?,?,?) "
		 "ON DUPLICATE KEY UPDATE verdict=VALUES(verdict), reasons=VALUES(reasons), note=VALUES(note), areas=VALUES(areas), "
		 "staff_id=VALUES(staff_id), at=VALUES(at)",
			"iisssssii", ""},
	[APPROVE] =
		{"UPDATE application SET reviewer2=? WHERE id=? AND state='second_review' AND version=? AND reviewer1<>? "
		 "AND COALESCE(opened_by,0)<>? AND (?=0 OR EXISTS (SELECT 1 FROM rekey r WHERE r.application_id=application.id AND "
		 "r.staff_id=? AND r.data_hash=? AND r.matched=1))",
			"iiiiiiib", ""},
};
SQL_TABLE(review);

/* Places on a page count in ten-thousandths; a smaller box is a slip of the hand and nobody would see it. */
enum { AREA_FULL = 10000, AREA_MIN = 50 };

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
	return r->materials.count == 0 || catalog_has(&r->materials, material);
}

static const struct material_file *file_of(const struct material *m, const char *id)
{
	const struct material_file *f = m->files.at;

	for (size_t i = 0; i < m->files.count; i++)
		if (text_eq(f[i].id, id))
			return &f[i];
	return NULL;
}

/* A marked place lies on a page that there is, of a file that counts, and within the paper. */
static void check_area(struct ctx *c, const struct material *m, const struct review_area *a, const char *pointer)
{
	const struct material_file *f = file_of(m, a->file);
	struct faults *faults = &c->faults;

	if (!f)
		fault_add(
			faults, arena_printf(c->arena, "%s/file", pointer), "choice", "这个文件不是这种材料现在的文件");
	else if (a->page > f->page_count)
		fault_add(faults, arena_printf(c->arena, "%s/page", pointer), "range", "这个文件没有这一页");
	if (a->w < AREA_MIN || a->x + a->w > AREA_FULL)
		fault_add(
			faults, arena_printf(c->arena, "%s/w", pointer), "range", "标出的方框须在页面以内，且不能太窄");
	if (a->h < AREA_MIN || a->y + a->h > AREA_FULL)
		fault_add(
			faults, arena_printf(c->arena, "%s/h", pointer), "range", "标出的方框须在页面以内，且不能太矮");
}

static void check_areas(struct ctx *c, const struct material *m, const struct review_verdict *v, size_t i)
{
	const struct review_area *a = v->areas.at;

	if (v->areas.count && !text_eq(v->verdict, "fail"))
		fault_add(&c->faults, arena_printf(c->arena, "/items/%zu/areas", i), "choice",
			"只有不合格的材料才标位置");
	for (size_t k = 0; m && k < v->areas.count; k++)
		check_area(c, m, &a[k], arena_printf(c->arena, "/items/%zu/areas/%zu", i, k));
}

static bool says_other(const struct review_verdict *v)
{
	for (size_t k = 0; k < v->reasons.count; k++)
		if (text_eq(v->reasons.at[k], "other"))
			return true;
	return false;
}

static void check_verdict(struct ctx *c, const struct application *app, const struct materials *all,
	const struct review_verdict *v, size_t i)
{
	const struct material *m = material_find(all, v->material);
	struct faults *f = &c->faults;

	if (!m)
		fault_add(f, arena_printf(c->arena, "/items/%zu/material", i), "choice", "这件申请没有这种材料");
	if (text_eq(v->verdict, "fail") && v->reasons.count == 0)
		fault_add(f, arena_printf(c->arena, "/items/%zu/reasons", i), "missing", "不合格须选择至少一个原因");
	if (text_eq(v->verdict, "waive") && text_empty(v->note))
		fault_add(f, arena_printf(c->arena, "/items/%zu/note", i), "missing", "免交须写明理由");
	if (says_other(v) && text_empty(v->note))
		fault_add(f, arena_printf(c->arena, "/items/%zu/note", i), "missing", "选了“其他”，请写明是什么");
	if (m && text_eq(v->verdict, "pass") && !m->files.count)
		fault_add(f, arena_printf(c->arena, "/items/%zu/verdict", i), "missing", "没有文件，不能判合格");
	for (size_t k = 0; k < v->reasons.count; k++)
		if (!reason_fits(catalog_reason(app->catalog, v->reasons.at[k]), v->material))
			fault_add(f, arena_printf(c->arena, "/items/%zu/reasons/%zu", i, k), "choice",
				"这个原因不适用于这种材料");
	check_areas(c, m, v, i);
}

enum err review_judge(struct ctx *c, const char *no, const struct review_verdicts *in, struct application *ret_app)
{
	const struct review_verdict *v = in->items.at;
	struct materials all;
	enum err e = review_lock(c, no, ret_app);

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

/* The case as it will be once it is sent back, and what the message says; ERR_WRONG_STATE while it must not be sent. */
static enum err send_back(
	struct ctx *c, const char *no, int64_t days, struct application *ret_app, struct notify_param params[2])
{
	struct tally t;
	enum err e = review_lock(c, no, ret_app);

	if (e == ERR_OK && !workflow_find(ret_app->state, EVENT_RETURN))
		return application_move(c, ret_app, EVENT_RETURN, NULL, NULL); /* says why not */
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
	return ERR_OK;
}

enum err review_return(struct ctx *c, const char *no, const char *note, int64_t days, struct application *ret_app)
{
	struct notify_param params[] = {{"count", ""}, {"day", ""}, {NULL, NULL}};
	enum err e = send_back(c, no, days, ret_app, params);

	if (e == ERR_OK)
		e = review_round_keep(c, ret_app);
	return e == ERR_OK ? drop_claim_and_move(c, ret_app, EVENT_RETURN, note, params) : e;
}

enum err review_notice(struct ctx *c, const char *no, const char *note, int64_t days, struct json_out *j)
{
	struct notify_param params[] = {{"count", ""}, {"day", ""}, {"no", no}, {NULL, NULL}};
	struct application app;
	struct materials all;
	enum err e = send_back(c, no, days, &app, params);

	app.state = STATE_RETURNED;
	if (e == ERR_OK)
		e = material_list(c, &app, &all);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	application_write_corrections(c, &app, &all, note, j);
	json_list(j, "passed");
	MATERIAL_EACH(m, &all)
	if (m->mark == MATERIAL_PASS || m->mark == MATERIAL_WAIVE)
		json_text(j, NULL, m->rule->name);
	json_end(j);
	json_text(j, "message", notify_text(c->arena, "returned", params));
	json_end(j);
	return ERR_OK;
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

/* All seals that the case makes were found good, not by this person (0: by anybody). */
static enum err seals_done(struct ctx *c, const struct application *app, int64_t not_by)
{
	int64_t open;
	bool by = false;
	enum err e = seal_open(c, app, &open);

	if (e == ERR_OK && open)
		return ctx_say(c, ERR_WRONG_STATE, "还有%" PRId64 "枚印章没有确认，请先到“印章”页核对并确认", open);
	if (e == ERR_OK && not_by)
		e = seal_confirmed_by(c, app, not_by, &by);
	return e == ERR_OK && by ? ctx_say(c, ERR_TWO_PERSONS, "印章是您确认的，请交给另一位同事复审") : e;
}

enum err review_accept(struct ctx *c, const char *no, struct application *ret_app)
{
	struct notify_param params[] = {{"waiting", ""}, {NULL, NULL}};
	struct gates gates;
	struct tally t;
	enum err e = review_lock(c, no, ret_app);

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
	e = seals_done(c, ret_app, 0);
	if (e != ERR_OK)
		return e;
	ret_app->reviewer1 = c->actor.staff_id;
	params[0].value = waiting_text(c, &gates);
	e = drop_claim_and_move(c, ret_app, EVENT_ACCEPT, NULL, params);
	if (e == ERR_OK && !catalog_route_gate(ret_app->route, GATE_SCANS)) /* what the machine left to people */
		return application_gates_done(c, ret_app);
	return e == ERR_OK ? application_close_gate(c, ret_app, GATE_SCANS, t.last_upload ? t.last_upload : c->now) : e;
}

enum err review_approve(struct ctx *c, const char *no, struct application *ret_app)
{
	int64_t me = c->actor.staff_id;
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (review_claim_runs(c, ret_app) && ret_app->claim_by != c->actor.staff_id)
		return review_held(c, ret_app);
	if (ret_app->state != STATE_SECOND_REVIEW)
		return application_move(c, ret_app, EVENT_APPROVE, NULL, NULL); /* says why not */
	e = seals_done(c, ret_app, me);
	if (e != ERR_OK)
		return e;
	e = db_exec(c->db, &sql[APPROVE], I(me), I(ret_app->id), I(ret_app->version), I(me), I(me),
		I(rekey_asked(ret_app)), I(me), B(rekey_hash(c, ret_app)));
	if (e != ERR_OK)
		return e;
	if (db_changed(c->db) != 1)
		return ret_app->reviewer1 == me || ret_app->opened_by == me
			       ? ctx_say(c, ERR_TWO_PERSONS, "初审与复审须由不同的人办理，请交给另一位同事复审")
			       : ctx_say(c, ERR_WRONG_STATE, "请先按图片完成核对录入，一致后才能通过复审");
	ret_app->reviewer2 = me;
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
	if (review_claim_runs(c, ret_app) ? ret_app->claim_by != c->actor.staff_id : ret_app->state == STATE_REVIEWING)
		return review_claim_runs(c, ret_app) ? review_held(c, ret_app) : ERR_CLAIM;
	ret_app->close_text = reason;
	return drop_claim_and_move(c, ret_app, EVENT_REJECT, arena_printf(c->arena, "不予办理：%s", reason), NULL);
}

enum err review_reveal(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = rekey_open(c, ret_app);
	return e == ERR_OK ? look_note(c, LOOK_REVEAL, no, reason) : e;
}
