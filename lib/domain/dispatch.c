#include "domain/dispatch.h"

#include <inttypes.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_parcel.h"
#include "domain/arrival.h"
#include "domain/audit.h"
#include "domain/issuer.h"
#include "domain/notify.h"
#include "domain/register.h"
#include "domain/setting.h"

enum {
	ORIGINAL_ADD,
	ORIGINAL_SUM,
	PARCEL_ADD,
	PARCEL_DELIVERED,
	PARCEL_CASE,
	ORIGINALS,
	PARCELS,
	TOKEN_ADD,
	TOKEN_COUNT,
	OWN_TRANSFERS,
	WAIVED,
	WAIVE_ADD,
	ORDERED,
	ORDER_SENT
};

static const struct sql sql[] = {
	[ORIGINAL_ADD] = {"INSERT INTO original (application_id, material, copies, staff_id, at) VALUES (?,?,?,?,?)",
		"isiii", ""},
	[ORIGINAL_SUM] =
		{"SELECT CAST(COALESCE(SUM(copies),0) AS SIGNED) FROM original WHERE application_id=? AND material=?",
			"is", "i"},
	[PARCEL_ADD] =
		{"INSERT INTO parcel (application_id, waybill, freight, staff_id, sent_at, poll_at) VALUES (?,?,?,?,?,?)",
			"issiii", ""},
	[PARCEL_DELIVERED] = {"UPDATE parcel SET delivered_at=?, poll_at=0 WHERE waybill=? AND delivered_at IS NULL",
		"is", ""},
	[ORDERED] = {"SELECT id, state, waybill, freight, staff_id FROM express_order WHERE open_case=? FOR UPDATE",
		"i", "isssi"},
	[ORDER_SENT] =
		{"UPDATE express_order SET state='sent', error='', done_at=?, next_at=0, version=version+1 WHERE id=? AND state='placed'",
			"ii", ""},
	[PARCEL_CASE] = {"SELECT a.no FROM parcel p JOIN application a ON a.id=p.application_id WHERE p.waybill=?", "s",
		"s"},
	[ORIGINALS] =
		{"SELECT o.material, o.copies, s.name, o.at FROM original o JOIN staff s ON s.id=o.staff_id WHERE o.application_id=? ORDER BY o.id",
			"i", "sisi"},
	/* Who takes the copy is another person than who said that it will do. */
	[WAIVED] =
		{"SELECT COUNT(*), CAST(COALESCE(SUM(staff_id<>?),0) AS SIGNED) FROM licence_waiver WHERE application_id=?",
			"ii", "ii"},
	[WAIVE_ADD] =
		{"INSERT INTO licence_waiver (application_id, reason, staff_id, at) SELECT id, ?, ?, ? FROM application "
		 "WHERE id=? AND COALESCE(opened_by,0)<>?",
			"siiii", ""},
	[OWN_TRANSFERS] =
		{"SELECT payer_name FROM payment WHERE application_id=? AND method='transfer' AND payer_right=1 AND undone_at=0",
			"i", "s"},
	[TOKEN_ADD] = {"INSERT INTO token_in (application_id, serial, staff_id, at) VALUES (?,?,?,?)", "isii", ""},
	[TOKEN_COUNT] = {"SELECT COUNT(*) FROM token_in WHERE application_id=?", "i", "i"},
	[PARCELS] =
		{"SELECT id, waybill, freight, sent_at, delivered_at FROM parcel WHERE application_id=? ORDER BY id",
			"i", "issii"},
};
SQL_TABLE(dispatch);

static const struct field original_fields[] = {
	TEXT_REQUIRED(struct original_in, material, "材料", 2, 8, rule_word),
	INT_REQUIRED(struct original_in, copies, "份数", 1, 99),
	BOOL(struct original_in, without_original, "未出示原件"),
};
static const struct shape original_shape = SHAPE(struct original_in, original_fields);
static const struct field originals_fields[] = {
	LIST_REQUIRED(struct originals_in, items, "原件", 1, 20, &original_shape)};
const struct shape originals_in_shape = SHAPE(struct originals_in, originals_fields);

static bool wants_paper(const struct application *app, const struct catalog_material *m)
{
	return m && m->original && catalog_holds(m->condition, &application_data_shape, &app->data);
}

static enum err all_arrived(struct ctx *c, const struct application *app, bool *ret_all)
{
	*ret_all = true;
	CATALOG_EACH(struct catalog_material, m, &app->route->materials) {
		struct db_int have = {0};
		enum err e = ERR_OK;

		if (wants_paper(app, m))
			e = db_one(c->db, &sql[ORIGINAL_SUM], &db_int_shape, &have, I(app->id), S(m->code));
		if (e != ERR_OK)
			return e;
		if (wants_paper(app, m) && have.value < m->copies)
			*ret_all = false;
	}
	return ERR_OK;
}

static bool paper_may_come(enum state s)
{
	return s == STATE_SUBMITTED || s == STATE_REVIEWING || s == STATE_RETURNED || s == STATE_ACCEPTED;
}

/* The unit's own transfer is matched: the money is in, and from the right payer by bank. */
static enum err own_transfer_in(struct ctx *c, const struct application *app, bool *ret_in)
{
	const char *unit = app->data.unit.name ? name_key(c->arena, app->data.unit.name) : NULL;
	struct list payers = {NULL, 0};
	enum err e = db_all(c->db, &sql[OWN_TRANSFERS], &db_text_shape, &payers, I(app->id));

	*ret_in = false;
	for (size_t i = 0; e == ERR_OK && unit && i < payers.count; i++)
		*ret_in |= text_eq(name_key(c->arena, ((const struct db_text *)payers.at)[i].value), unit);
	return e;
}

struct said {
	int64_t all, others; /* waivers of the case; those by somebody else than the actor */
};
static const struct field said_fields[] = {
	INT(struct said, all, "all", 0, 0), INT(struct said, others, "others", 0, 0)};
static const struct shape said_shape = SHAPE(struct said, said_fields);

/* May the licence be taken on its copy alone?  Once the unit's own transfer is in, or by a supervisor's word. */
static enum err licence_waived(struct ctx *c, const struct application *app, bool *ret_waived)
{
	struct said said = {0};
	int64_t setting;
	bool paid = false;
	enum err e = setting_int_of(c, "counter.licence_waiver", app->catalog, app->created_at, &setting);

	if (e == ERR_OK)
		e = own_transfer_in(c, app, &paid);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[WAIVED], &said_shape, &said, I(c->actor.staff_id), I(app->id));
	if (e == ERR_OK && said.all && !said.others)
		e = ctx_say(c, ERR_TWO_PERSONS, "免看原件是您决定的，请另一位同事登记");
	*ret_waived = (text_eq(app->route->licence_waiver, "paid") && setting >= LICENCE_WAIVER_PAID && paid) ||
		      said.others > 0;
	return e;
}

enum err dispatch_waive(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	int64_t setting = 0;
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = setting_int_of(c, "counter.licence_waiver", ret_app->catalog, ret_app->created_at, &setting);
	if (e == ERR_OK && (!paper_may_come(ret_app->state) || !text_eq(ret_app->route->licence_waiver, "supervisor") ||
				   setting < LICENCE_WAIVER_SUPERVISOR))
		e = ctx_say(c, ERR_WRONG_STATE, "这件申请不能由主管免看证照原件");
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[WAIVE_ADD], S(reason), I(c->actor.staff_id), I(c->now), I(ret_app->id),
			I(c->actor.staff_id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_TWO_PERSONS, "这件申请是您代开的，请另一位主管决定");
	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "已经免看过");
	if (e != ERR_OK)
		return e;
	audit_add(c, "waive", no, reason);
	return application_save(c, ret_app);
}

static enum err check_originals(struct ctx *c, const struct application *app, const struct originals_in *in)
{
	const struct original_in *item = in->items.at;
	bool waived = false, asked = false;
	enum err e = ERR_OK;

	for (size_t i = 0; i < in->items.count; i++)
		asked |= item[i].without_original;
	if (asked)
		e = licence_waived(c, app, &waived);
	for (size_t i = 0; e == ERR_OK && i < in->items.count; i++) {
		const struct catalog_material *m = catalog_route_material(app->route, item[i].material);

		if (!wants_paper(app, m))
			fault_add(&c->faults, arena_printf(c->arena, "/items/%zu/material", i), "choice",
				"这件申请不收这种材料的原件");
		else if (item[i].without_original && !(waived && text_eq(m->code, "m2")))
			fault_add(&c->faults, arena_printf(c->arena, "/items/%zu/without_original", i),
				"original_needed", "%s：请出示原件；续期、补办可先对公转账，解锁可请主管决定", m->name);
	}
	return e == ERR_OK && c->faults.count ? ERR_INVALID : e;
}

enum err dispatch_originals(struct ctx *c, const char *no, const struct originals_in *in, struct application *ret_app)
{
	const struct original_in *item = in->items.at;
	bool all = false;
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK && !paper_may_come(ret_app->state))
		e = ctx_say(c, ERR_WRONG_STATE, "申请还没有提交或已经办完，不能登记原件");
	if (e == ERR_OK)
		e = check_originals(c, ret_app, in);
	for (size_t i = 0; e == ERR_OK && i < in->items.count; i++)
		e = db_exec(c->db, &sql[ORIGINAL_ADD], I(ret_app->id), S(item[i].material), I(item[i].copies),
			I(c->actor.staff_id), I(c->now));
	if (e == ERR_OK)
		e = all_arrived(c, ret_app, &all);
	if (e != ERR_OK)
		return e;
	audit_add(c, "originals", no, all ? "complete" : "partial");
	e = application_save(c, ret_app);
	return e == ERR_OK && all ? application_close_gate(c, ret_app, GATE_ORIGINALS, c->now) : e;
}

/* The line whose certificate lies in this token; -1: none.  A certificate whose token is not known takes any. */
static enum err line_of_token(struct ctx *c, const struct application *app, const char *serial, int64_t *ret_line)
{
	const struct item_data *line = app->data.items.at;
	int64_t unknown = -1;

	*ret_line = -1;
	for (size_t i = 0; i < app->data.items.count; i++) {
		struct register_certificate r;
		enum err e = line[i].old_serial ? register_find(c, line[i].old_serial, &r) : ERR_NOT_FOUND;

		if (e != ERR_OK && e != ERR_NOT_FOUND)
			return e;
		if (e == ERR_OK && r.token_serial && text_eq(r.token_serial, serial)) {
			*ret_line = (int64_t)i;
			return ERR_OK;
		}
		if (e == ERR_OK && !r.token_serial && unknown < 0)
			unknown = (int64_t)i;
	}
	*ret_line = unknown;
	return ERR_OK;
}

enum err dispatch_token(struct ctx *c, const char *no, const char *serial, struct application *ret_app)
{
	struct db_int have = {0};
	int64_t line = -1;
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK && !paper_may_come(ret_app->state))
		e = ctx_say(c, ERR_WRONG_STATE, "申请还没有提交或已经办完，不能登记UKey");
	if (e == ERR_OK && !catalog_route_gate(ret_app->route, GATE_TOKEN))
		e = ctx_say(c, ERR_WRONG_STATE, "这件申请不收UKey");
	if (e == ERR_OK)
		e = line_of_token(c, ret_app, serial, &line);
	if (e == ERR_OK && line < 0) {
		fault_add(&c->faults, "/serial", "not_this_case", "这个UKey不是这件申请的，请核对外壳上的序列号");
		e = ERR_INVALID;
	}
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[TOKEN_ADD], I(ret_app->id), S(serial), I(c->actor.staff_id), I(c->now));
	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "这个UKey已经登记过");
	if (e == ERR_OK)
		e = db_one(c->db, &sql[TOKEN_COUNT], &db_int_shape, &have, I(ret_app->id));
	if (e != ERR_OK)
		return e;
	audit_add(c, "token", no, serial);
	e = application_save(c, ret_app);
	return e == ERR_OK && have.value >= (int64_t)ret_app->data.items.count
		       ? application_close_gate(c, ret_app, GATE_TOKEN, c->now)
		       : e;
}

enum err dispatch_checked(struct ctx *c, const struct application *app)
{
	int64_t open;
	enum err e = issuer_unwritten(c, app->id, &open);

	if (e == ERR_OK && open)
		return ctx_say(c, ERR_WRONG_STATE, "还有%d张证书没有写入UKey，请先到制证页面写入", (int)open);
	if (e == ERR_OK)
		e = issuer_unchecked(c, app->id, &open);
	return e == ERR_OK && open
		       ? ctx_say(c, ERR_WRONG_STATE, "还有%d个UKey没有检查，请另一位同事先到制证页面检查", (int)open)
		       : e;
}

const char *dispatch_freight(struct ctx *c, const struct application *app)
{
	const char *freight = catalog_freight(app->catalog, app->service, date_of_moment(c->now));

	return freight ? freight : "prepaid";
}

enum err dispatch_may_send(struct ctx *c, const struct application *app)
{
	if (app->state != STATE_PRODUCED)
		return ctx_say(c, ERR_WRONG_STATE, "这件申请现在不能寄出：还没有制证，或已经寄出、办结");
	if (!text_eq(app->data.delivery.mode, "courier"))
		return ctx_say(c, ERR_WRONG_STATE, "申请人选择自取，请放到待取而不是寄出");
	return dispatch_checked(c, app);
}

/* The open order at the courier, if there is one. */
struct order {
	int64_t id;
	const char *state, *waybill, *freight;
	int64_t staff_id;
};
static const struct field order_fields[] = {
	INT(struct order, id, "id", 0, 0),
	TEXT(struct order, state, "state", 0, 0, NULL),
	TEXT(struct order, waybill, "waybill", 0, 0, NULL),
	TEXT(struct order, freight, "freight", 0, 0, NULL),
	INT(struct order, staff_id, "staff_id", 0, 0),
};
static const struct shape order_shape = SHAPE(struct order, order_fields);

/* What was ordered goes out under the waybill of the order, and no other: else two couriers would come. */
static enum err ordered(struct ctx *c, const struct application *app, const char *waybill, struct order *ret_order)
{
	enum err e = db_one(c->db, &sql[ORDERED], &order_shape, ret_order, I(app->id));

	if (e == ERR_NOT_FOUND) {
		*ret_order = (struct order){.freight = dispatch_freight(c, app), .staff_id = c->actor.staff_id};
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	if (!text_eq(ret_order->state, "placed"))
		return ctx_say(c, ERR_WRONG_STATE, "已经向顺丰下单，还没有结果；要填别的运单号，请先取消下单");
	if (!text_eq(ret_order->waybill, waybill))
		return ctx_say(c, ERR_WRONG_STATE, "已经向顺丰下单，运单号是%s；要填别的运单号，请先取消下单",
			ret_order->waybill);
	if (c->actor.staff_id)
		ret_order->staff_id = c->actor.staff_id;
	e = db_exec(c->db, &sql[ORDER_SENT], I(c->now), I(ret_order->id));
	return db_guarded(c->db, e);
}

enum err dispatch_send(struct ctx *c, const char *no, const char *waybill, struct application *ret_app)
{
	struct notify_param params[] = {{"waybill", waybill}, {NULL, NULL}};
	bool followed = !text_eq(c->house->config.sf_gateway, "none");
	struct order order = {0};
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (ret_app->state == STATE_PRODUCED && !text_eq(ret_app->data.delivery.mode, "courier"))
		return ctx_say(c, ERR_WRONG_STATE, "申请人选择自取，请放到待取而不是寄出");
	e = dispatch_checked(c, ret_app);
	if (e == ERR_OK)
		e = ordered(c, ret_app, waybill, &order);
	if (e != ERR_OK)
		return e;
	e = application_move(c, ret_app, EVENT_SEND, arena_printf(c->arena, "已寄出，顺丰单号%s", waybill), params);
	if (e != ERR_OK)
		return e;
	e = db_exec(c->db, &sql[PARCEL_ADD], I(ret_app->id), S(waybill), S(order.freight), I(order.staff_id), I(c->now),
		I(followed ? c->now : 0));
	return e == ERR_CONFLICT ? ctx_say(c, e, "这个运单号已经用过，请核对") : e;
}

enum err dispatch_delivered(struct ctx *c, const char *waybill, struct application *ret_app)
{
	struct db_text no = {NULL};
	enum err e = db_one(c->db, &sql[PARCEL_CASE], &db_text_shape, &no, S(waybill));

	if (e == ERR_OK)
		e = application_lock(c, no.value, ret_app);
	if (e == ERR_OK)
		e = application_move(c, ret_app, EVENT_DELIVER, NULL, NULL);
	return e == ERR_OK ? db_exec(c->db, &sql[PARCEL_DELIVERED], I(c->now), S(waybill)) : e;
}

enum err dispatch_signed_for(struct ctx *c, int64_t application_id, const char *waybill)
{
	struct application app;
	enum err e = application_by_id(c, application_id, &app);

	if (e == ERR_OK && app.state == STATE_SENT)
		e = application_move(c, &app, EVENT_DELIVER, "快递已签收，办结", NULL);
	return e == ERR_OK ? db_exec(c->db, &sql[PARCEL_DELIVERED], I(c->now), S(waybill)) : e;
}

struct original_row {
	const char *material;
	int64_t copies;
	const char *by;
	int64_t at;
};
static const struct field original_row_fields[] = {
	TEXT(struct original_row, material, "material", 0, 0, NULL),
	INT(struct original_row, copies, "copies", 0, 0),
	TEXT(struct original_row, by, "by", 0, 0, NULL),
	TIME(struct original_row, at, "at"),
};
static const struct shape original_row_shape = SHAPE(struct original_row, original_row_fields);

struct parcel_row {
	int64_t id;
	const char *waybill, *freight;
	int64_t sent_at, delivered_at;
};
static const struct field parcel_fields[] = {
	TEXT(struct parcel_row, waybill, "waybill", 0, 0, NULL),
	TEXT(struct parcel_row, freight, "freight", 0, 0, NULL),
	TIME(struct parcel_row, sent_at, "sent_at"),
	TIME(struct parcel_row, delivered_at, "delivered_at"),
};
static const struct shape parcel_shape = SHAPE(struct parcel_row, parcel_fields);
/* As it is read: the number goes first and is not shown. */
static const struct field parcel_read_fields[] = {
	INT(struct parcel_row, id, "id", 0, 0),
	TEXT(struct parcel_row, waybill, "waybill", 0, 0, NULL),
	TEXT(struct parcel_row, freight, "freight", 0, 0, NULL),
	TIME(struct parcel_row, sent_at, "sent_at"),
	TIME(struct parcel_row, delivered_at, "delivered_at"),
};
static const struct shape parcel_read_shape = SHAPE(struct parcel_row, parcel_read_fields);

static enum err write_parcels(struct ctx *c, const struct list *rows, struct json_out *j)
{
	const struct parcel_row *at = rows->at;
	enum err e = ERR_OK;

	json_list(j, "parcels");
	for (size_t i = 0; e == ERR_OK && i < rows->count; i++) {
		json_object(j, NULL);
		json_rows(j, &parcel_shape, &at[i]);
		e = application_write_steps(c, at[i].id, "steps", j);
		json_end(j);
	}
	json_end(j);
	return e;
}

static void write_rows(struct json_out *j, const char *key, const struct shape *shape, const struct list *rows)
{
	json_list(j, key);
	for (size_t i = 0; i < rows->count; i++)
		json_shape(j, NULL, shape, (const char *)rows->at + i * shape->size);
	json_end(j);
}

enum err dispatch_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct list originals, parcels;
	enum err e = db_all(c->db, &sql[ORIGINALS], &original_row_shape, &originals, I(app->id));

	if (e == ERR_OK)
		e = db_all(c->db, &sql[PARCELS], &parcel_read_shape, &parcels, I(app->id));
	if (e != ERR_OK)
		return e;
	write_rows(j, "originals", &original_row_shape, &originals);
	e = write_parcels(c, &parcels, j);
	if (e == ERR_OK)
		e = dispatch_write_pickup(c, app, j);
	return e == ERR_OK ? arrival_write_case(c, app, j) : e;
}
