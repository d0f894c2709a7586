#include "domain/certificate.h"

#include <inttypes.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/register.h"

enum { OF_CASE };

static const struct sql sql[] = {
	[OF_CASE] = {"SELECT t.item, t.sign_serial, t.enc_serial, t.not_before, t.not_after, t.status, s.name, t.at FROM certificate t "
		     "JOIN staff s ON s.id=t.producer WHERE t.application_id=? ORDER BY t.item", "i", "issddssi"},
};
SQL_TABLE(certificate);

static const struct field in_fields[] = {
	TEXT_REQUIRED(struct certificate_in, no, "申请单号", 8, 20, rule_case_no),
	INT_REQUIRED(struct certificate_in, item, "证书序号", 1, ITEMS_MAX),
	TEXT_REQUIRED(struct certificate_in, sign_serial, "签名证书序列号", 2, 40, rule_serial),
	TEXT_REQUIRED(struct certificate_in, enc_serial, "加密证书序列号", 2, 40, rule_serial),
	DAY_REQUIRED(struct certificate_in, not_before, "生效日期"),
	DAY_REQUIRED(struct certificate_in, not_after, "失效日期"),
};
const struct shape certificate_in_shape = SHAPE(struct certificate_in, in_fields);

#define C_TEXT(m) TEXT(struct certificate, m, #m, 0, 0, NULL)
static const struct field row_fields[] = {
	INT(struct certificate, item, "item", 0, 0), C_TEXT(sign_serial), C_TEXT(enc_serial), DAY(struct certificate, not_before, "not_before"),
	DAY(struct certificate, not_after, "not_after"), C_TEXT(status), C_TEXT(produced_by), TIME(struct certificate, produced_at, "produced_at"),
};
static const struct shape row_shape = SHAPE(struct certificate, row_fields);

enum { DAYS_APART_MAX = 31 }; /* a certificate may begin a little before or after the day it is recorded */

static void check(struct ctx *c, const struct application *app, const struct certificate_in *in)
{
	struct date today = date_of_moment(c->now), least = date_add_years(in->not_before, (int)app->data.years);
	int64_t apart = date_number(in->not_before) - date_number(today);

	if (in->item > (int64_t)app->data.items.count)
		fault_add(&c->faults, "/item", "range", "这件申请只有%zu张证书", app->data.items.count);
	if (text_eq(in->sign_serial, in->enc_serial))
		fault_add(&c->faults, "/enc_serial", "same", "签名证书与加密证书的序列号不能相同");
	if (apart < -DAYS_APART_MAX || apart > DAYS_APART_MAX)
		fault_add(&c->faults, "/not_before", "range", "生效日期应在今天前后%d天内", DAYS_APART_MAX);
	if (date_cmp(in->not_after, in->not_before) <= 0)
		fault_add(&c->faults, "/not_after", "order", "失效日期应晚于生效日期");
	else if (app->data.years && date_number(in->not_after) - date_number(least) > DAYS_APART_MAX)
		fault_add(&c->faults, "/not_after", "too_long", "有效期应为%" PRId64 "年，现在超过了", app->data.years);
	else if (app->data.years && date_number(least) - date_number(in->not_after) > DAYS_APART_MAX)
		fault_add(&c->faults, "/not_after", "too_short", "有效期应为%" PRId64 "年，现在不足", app->data.years);
}

/* Into the register.  The case is locked: its reviewer is who he is. */
static enum err enter(struct ctx *c, const struct application *app, const struct certificate_in *in)
{
	const struct item_data *item = &((const struct item_data *)app->data.items.at)[in->item - 1];
	const struct application_data *d = &app->data;
	struct register_in r = {.holder = app->holder, .sign_serial = in->sign_serial, .enc_serial = in->enc_serial,
		.not_before = in->not_before, .not_after = in->not_after, .seal_kind = item->seal_kind, .seal_name = item->seal_name,
		.application_id = app->id, .item = in->item, .account_id = app->account_id, .producer = c->actor.staff_id};
	int64_t id;

	if (app->reviewer1 == c->actor.staff_id)
		return ctx_say(c, ERR_TWO_PERSONS, "制证与初审须由不同的人办理，请交给另一位同事制证");
	if (!text_eq(app->holder, "ind")) {
		r.unit_name = d->unit.name;
		r.uscc = d->unit.uscc;
		r.unit_address = d->unit.address;
	}
	if (!text_eq(app->holder, "org")) {
		r.person_name = d->person.name;
		r.id_number = d->person.id_number;
	}
	return register_add(c, &r, &id);
}

enum err certificate_record(struct ctx *c, const struct certificate_in *in, struct application *ret_app)
{
	struct list rows;
	enum err e = application_lock(c, in->no, ret_app);

	if (e != ERR_OK)
		return e;
	if (ret_app->state != STATE_APPROVED)
		return application_move(c, ret_app, EVENT_PRODUCE, NULL, NULL); /* says why not */
	check(c, ret_app, in);
	if (c->faults.count)
		return ERR_INVALID;
	e = enter(c, ret_app, in);
	if (e == ERR_OK)
		e = certificate_list(c, ret_app->id, &rows);
	if (e != ERR_OK)
		return e;
	audit_add(c, "certificate", in->no, in->sign_serial);
	if (rows.count == ret_app->data.items.count)
		return application_move(c, ret_app, EVENT_PRODUCE, NULL, NULL);
	return application_save(c, ret_app);
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
