/* Out of the second review, by field and with a coded reason: to the applicant, who corrects the form, or to the first
 * review. */
#include <inttypes.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/material.h"
#include "domain/note.h"
#include "domain/notify.h"
#include "domain/rekey.h"
#include "domain/review_part.h"
#include "domain/setting.h"

enum { FAIL_FORM, PAPER_BACK };

static const struct sql sql[] = {
	[FAIL_FORM] =
		{"INSERT INTO verdict (application_id, round, material, verdict, reasons, note, areas, staff_id, at) VALUES "
		 "(?,?,'m1','fail',?,?,'[]',?,?) ON DUPLICATE KEY UPDATE verdict=VALUES(verdict), reasons=VALUES(reasons), "
		 "note=VALUES(note), areas=VALUES(areas), staff_id=VALUES(staff_id), at=VALUES(at)",
			"iissii", ""},
	/* The paper that came was of the form that is void now. */
	[PAPER_BACK] =
		{"INSERT INTO original (application_id, material, copies, staff_id, at) SELECT application_id, material, -SUM(copies), "
		 "?, ? FROM original WHERE application_id=? AND material='m1' GROUP BY application_id, material HAVING SUM(copies)>0",
			"iii", ""},
};
SQL_TABLE(review_back);

static const char *const ways[] = {"applicant", "first", NULL};
static const struct field back_fields[] = {
	WORD_REQUIRED(struct review_back, to, "退回给谁", ways),
	TEXTS(struct review_back, fields, "不一致的内容", 0, 3, rule_word),
	TEXT_REQUIRED(struct review_back, reason, "原因", 2, 40, rule_word),
	TEXT(struct review_back, note, "说明", 1, 300, rule_note),
};
const struct shape review_back_shape = SHAPE(struct review_back, back_fields);

static bool fits_form(const struct catalog_reason *r)
{
	return r->materials.count == 0 || catalog_has(&r->materials, "m1");
}

static void check(struct ctx *c, const struct application *app, const struct review_back *in)
{
	const struct catalog_reason *r = catalog_reason(app->catalog, in->reason);
	bool home = text_eq(in->to, "applicant");

	if (!r || (home && !fits_form(r)))
		fault_add(&c->faults, "/reason", "choice", "请从所列的原因里选一项");
	if (home && (catalog_route_gate(app->route, GATE_SIGNATURE) || !catalog_route_material(app->route, "m1")))
		fault_add(&c->faults, "/to", "choice", "没有纸质申请表的，请退回初审处理");
	if (home && !in->fields.count)
		fault_add(&c->faults, "/fields", "missing", "请选择要申请人改正的内容");
	for (size_t i = 0; i < in->fields.count; i++)
		if (!rekey_label(app, in->fields.at[i]))
			fault_add(
				&c->faults, arena_printf(c->arena, "/fields/%zu", i), "choice", "这件申请不核对这一项");
}

/* 单位名称、统一社会信用代码：名称与填报不一致。说明 */
static const char *sentence(struct ctx *c, const struct application *app, const struct review_back *in)
{
	struct str s;

	str_init(&s, c->arena);
	for (size_t i = 0; i < in->fields.count; i++)
		str_addf(&s, "%s%s", i ? "、" : "", rekey_label(app, in->fields.at[i]));
	str_addf(&s, "%s%s。%s", in->fields.count ? "：" : "", catalog_reason(app->catalog, in->reason)->text,
		in->note ? in->note : "");
	return s.at;
}

/* The promise counts anew once all has been looked at again. */
static enum err stop_clock(struct ctx *c, struct application *app)
{
	app->claim_by = app->claim_until = 0;
	app->clock_at = 0;
	app->due = (struct date){0};
	return application_reopen_gate(c, app, GATE_SCANS);
}

static enum err to_first(struct ctx *c, struct application *app, const char *text)
{
	struct note_in note = {text};
	struct json_out unseen;
	struct str s;
	enum err e;

	str_init(&s, c->arena);
	json_begin(&unseen, &s);
	e = note_add(c, app->no, &note, &unseen);
	return e == ERR_OK ? application_move(c, app, EVENT_RECHECK, NULL, NULL) : e;
}

static enum err to_applicant(struct ctx *c, struct application *app, const struct review_back *in, const char *text)
{
	struct notify_param params[] = {{"count", "1"}, {"day", ""}, {NULL, NULL}};
	int64_t days = 0;
	enum err e = setting_int_of(c, "correct.days", app->catalog, app->created_at, &days);

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[FAIL_FORM], I(app->id), I(app->round), S(in->reason), S(text),
			I(c->actor.staff_id), I(c->now));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[PAPER_BACK], I(c->actor.staff_id), I(c->now), I(app->id));
	if (e == ERR_OK)
		e = application_reopen_gate(c, app, GATE_ORIGINALS);
	if (e != ERR_OK)
		return e;
	app->round++;
	app->correct_until = date_add(date_of_moment(c->now), days);
	params[1].value = date_chinese(c->arena, app->correct_until);
	e = review_round_keep(c, app);
	return e == ERR_OK ? application_move(c, app, EVENT_RETURN, NULL, params) : e;
}

enum err review_back(struct ctx *c, const char *no, const struct review_back *in, struct application *ret_app)
{
	const char *text;
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (ret_app->state != STATE_SECOND_REVIEW)
		return application_move(c, ret_app, EVENT_RECHECK, NULL, NULL); /* says why not */
	if (review_claim_runs(c, ret_app) && ret_app->claim_by != c->actor.staff_id)
		return review_held(c, ret_app);
	check(c, ret_app, in);
	if (c->faults.count)
		return ERR_INVALID;
	text = sentence(c, ret_app, in);
	audit_add(c, "review_back", no, arena_printf(c->arena, "%s %s", in->to, in->reason));
	e = stop_clock(c, ret_app);
	if (e != ERR_OK)
		return e;
	return text_eq(in->to, "first") ? to_first(c, ret_app, text) : to_applicant(c, ret_app, in, text);
}
