#include "domain/certificate.h"

#include <inttypes.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/clock.h"
#include "domain/register.h"
#include "domain/seal.h"
#include "domain/token_state.h"

enum { OF_CASE, NOT_REVIEWER };

static const struct sql sql[] = {
	[OF_CASE] =
		{"SELECT t.item, t.sign_serial, t.enc_serial, t.not_before, t.not_after, t.status, COALESCE(s.name,'申请人的客户端'), t.at FROM certificate t "
		 "LEFT JOIN staff s ON s.id=t.producer WHERE t.application_id=? ORDER BY t.item",
			"i", "issddssi"},
	[NOT_REVIEWER] =
		{"SELECT COUNT(*) FROM application WHERE id=? AND state='approved' AND COALESCE(reviewer1,0)<>?", "ii",
			"i"},
};
SQL_TABLE(certificate);

static const struct field in_fields[] = {
	TEXT_REQUIRED(struct certificate_in, no, "申请单号", 8, 20, rule_case_no),
	INT_REQUIRED(struct certificate_in, item, "证书序号", 1, ITEMS_MAX),
	TEXT(struct certificate_in, sign_serial, "签名证书序列号", 2, 40, rule_serial),
	TEXT(struct certificate_in, enc_serial, "加密证书序列号", 2, 40, rule_serial),
	DAY(struct certificate_in, not_before, "生效日期"),
	DAY(struct certificate_in, not_after, "失效日期"),
	TEXT(struct certificate_in, token_serial, "UKey序列号", 4, 40, register_rule_token),
};
const struct shape certificate_in_shape = SHAPE(struct certificate_in, in_fields);

#define C_TEXT(m) TEXT(struct certificate, m, #m, 0, 0, NULL)
static const struct field row_fields[] = {
	INT(struct certificate, item, "item", 0, 0),
	C_TEXT(sign_serial),
	C_TEXT(enc_serial),
	DAY(struct certificate, not_before, "not_before"),
	DAY(struct certificate, not_after, "not_after"),
	C_TEXT(status),
	C_TEXT(produced_by),
	TIME(struct certificate, produced_at, "produced_at"),
};
static const struct shape row_shape = SHAPE(struct certificate, row_fields);

enum { DAYS_APART_MAX = 31 }; /* a certificate may begin a little before or after the day it is recorded */

/* Unlocking makes no certificate: the token itself is what was worked on. */
static bool makes_new(const struct application *app)
{
	return !text_eq(application_effect(app), "unlock");
}

static void check_given(struct ctx *c, const struct application *app, const struct certificate_in *in)
{
	struct faults *f = &c->faults;

	if (in->item > (int64_t)app->data.items.count)
		fault_add(f, "/item", "range", "这件申请只有%zu张证书", app->data.items.count);
	if (!makes_new(app))
		return;
	if (!in->sign_serial)
		fault_add(f, "/sign_serial", "missing", "请填写签名证书序列号");
	if (!in->enc_serial)
		fault_add(f, "/enc_serial", "missing", "请填写加密证书序列号");
	if (date_none(in->not_before))
		fault_add(f, "/not_before", "missing", "请填写生效日期");
	if (date_none(in->not_after))
		fault_add(f, "/not_after", "missing", "请填写失效日期");
	if (in->sign_serial && text_eq(in->sign_serial, in->enc_serial))
		fault_add(f, "/enc_serial", "same", "签名证书与加密证书的序列号不能相同");
}

/* Where the old last day is kept: change, reissue, renewal in time. */
bool certificate_exact(const struct application *app, const struct register_certificate *old)
{
	return old && !text_eq(application_effect(app), "issue") &&
	       !(text_eq(application_effect(app), "extend") && old->status == REGISTER_EXPIRED);
}

/* The last day must be the one that the service gives, give or take the days between making and recording, or exact. */
static void check_days(struct ctx *c, const struct application *app, const struct certificate_in *in,
	const struct register_certificate *old)
{
	struct date today = date_of_moment(c->now), none = {0};
	struct date want = register_not_after(
		application_effect(app), in->not_before, old ? old->not_after : none, app->data.years);
	int64_t apart = date_number(in->not_before) - date_number(today),
		off = date_number(in->not_after) - date_number(want);

	if (apart < -DAYS_APART_MAX || apart > DAYS_APART_MAX)
		fault_add(&c->faults, "/not_before", "range", "生效日期应在今天前后%d天内", DAYS_APART_MAX);
	if (date_cmp(in->not_after, in->not_before) <= 0)
		fault_add(&c->faults, "/not_after", "order", "失效日期应晚于生效日期");
	else if (certificate_exact(app, old) ? off != 0 : off > DAYS_APART_MAX || off < -DAYS_APART_MAX)
		fault_add(&c->faults, "/not_after", off > 0 ? "too_long" : "too_short", "失效日期应为%s",
			date_chinese(c->arena, want));
}

static enum err find_old(struct ctx *c, const struct item_data *line, struct register_certificate *ret, bool *ret_has)
{
	enum err e = line->old_serial ? register_find(c, line->old_serial, ret) : ERR_NOT_FOUND;

	*ret_has = e == ERR_OK;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err other_person(struct ctx *c, const struct application *app)
{
	struct db_int n = {0};
	enum err e;

	if (c->actor.kind == ACTOR_MACHINE) /* ordered by the applicant's own client, after review by machine */
		return ERR_OK;
	e = db_one(c->db, &sql[NOT_REVIEWER], &db_int_shape, &n, I(app->id), I(c->actor.staff_id));
	if (e == ERR_OK && !n.value)
		return ctx_say(c, ERR_TWO_PERSONS, "制证与初审须由不同的人办理，请交给另一位同事制证");
	return e;
}

/* What stands in the certificate is what was filled in and approved. */
static enum err enter(struct ctx *c, const struct application *app, const struct certificate_in *in,
	const struct register_certificate *old, int64_t *ret_id)
{
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[in->item - 1];
	const struct application_data *d = &app->data;
	bool unit = !text_eq(app->holder, "ind"), person = !text_eq(app->holder, "org");
	const struct register_in row = {
		.holder = app->holder,
		.unit_name = unit ? d->unit.name : NULL,
		.uscc = unit ? d->unit.uscc : NULL,
		.unit_address = unit ? d->unit.address : NULL,
		.person_name = person ? d->person.name : NULL,
		.id_number = person ? d->person.id_number : NULL,
		.sign_serial = in->sign_serial,
		.enc_serial = in->enc_serial,
		.not_before = in->not_before,
		.not_after = in->not_after,
		.status = "valid",
		.token_serial = in->token_serial ? in->token_serial
				: old		 ? old->token_serial
						 : NULL,
		.seal_kind = line->seal_kind,
		.seal_name = line->seal_name,
		.application_id = app->id,
		.item = in->item,
		.account_id = app->account_id,
		.producer = c->actor.staff_id,
	};
	enum err e = register_add(c, &row, ret_id);

	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "这张证书或这个序列号已经登记过");
	return e == ERR_OK && row.token_serial ? token_move(c, row.token_serial, TOKEN_EVENT_WRITE, app->id, NULL) : e;
}

static enum err all_made(struct ctx *c, struct application *app)
{
	enum err e = application_move(c, app, EVENT_PRODUCE, NULL, NULL);

	if (e == ERR_OK && text_eq(app->channel, "online") && text_eq(application_effect(app), "extend"))
		e = application_move(c, app, EVENT_INSTALL, NULL, NULL);
	return e;
}

static enum err record_new(struct ctx *c, const struct certificate_in *in, struct application *app)
{
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[in->item - 1];
	struct register_certificate old;
	struct list rows;
	int64_t id;
	bool has;
	enum err e = find_old(c, line, &old, &has);

	if (e != ERR_OK)
		return e;
	check_days(c, app, in, has ? &old : NULL);
	if (c->faults.count)
		return ERR_INVALID;
	e = enter(c, app, in, has ? &old : NULL, &id);
	if (e == ERR_OK)
		e = seal_bind(c, app, in->item, id, has ? old.id : 0);
	if (e == ERR_OK)
		e = certificate_list(c, app->id, &rows);
	if (e != ERR_OK)
		return e;
	audit_add(c, "certificate", in->no, in->sign_serial);
	return rows.count == app->data.items.count ? all_made(c, app) : application_save(c, app);
}

enum err certificate_record(struct ctx *c, const struct certificate_in *in, struct application *ret_app)
{
	enum err e = clock_check(c);

	if (e == ERR_OK)
		e = application_lock(c, in->no, ret_app);
	if (e != ERR_OK)
		return e;
	if (ret_app->state != STATE_APPROVED)
		return application_move(c, ret_app, EVENT_PRODUCE, NULL, NULL); /* says why not */
	check_given(c, ret_app, in);
	if (c->faults.count)
		return ERR_INVALID;
	e = other_person(c, ret_app);
	if (e != ERR_OK)
		return e;
	return makes_new(ret_app) ? record_new(c, in, ret_app) : all_made(c, ret_app);
}

enum err certificate_list(struct ctx *c, int64_t application_id, struct list *ret_rows)
{
	return db_all(c->db, &sql[OF_CASE], &row_shape, ret_rows, I(application_id));
}

enum err certificate_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct list rows;
	enum err e = certificate_list(c, app->id, &rows);

	if (e != ERR_OK)
		return e;
	json_list(j, "certificates");
	for (size_t i = 0; i < rows.count; i++)
		json_shape(j, NULL, &row_shape, &((const struct certificate *)rows.at)[i]);
	json_end(j);
	return ERR_OK;
}
