#include "domain/express.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/contact.h"
#include "domain/dispatch.h"
#include "domain/express_row.h"

enum { LAST, COUNT, INSERT, CANCEL, CANCEL_UNASKED };

static const struct sql sql[] = {
	[LAST] = {"SELECT " EXPRESS_COLUMNS "WHERE o.application_id=? ORDER BY o.id DESC LIMIT 1", "i", EXPRESS_TYPES},
	[COUNT] = {"SELECT COUNT(*) FROM express_order WHERE application_id=?", "i", "i"},
	[INSERT] =
		{"INSERT INTO express_order (application_id, order_no, driver, freight, state, staff_id, made_at, next_at) VALUES "
		 "(?,?,?,?,'planned',?,?,?)",
			"isssiii", ""},
	[CANCEL] =
		{"UPDATE express_order SET state='cancelling', error='', tries=0, next_at=?, version=version+1 WHERE id=? AND "
		 "version=? AND state IN ('planned','placed')",
			"iii", ""},
	[CANCEL_UNASKED] =
		{"UPDATE express_order SET state='cancelled', done_at=?, next_at=0, version=version+1 WHERE id=? AND version=? AND "
		 "state='planned' AND asked_at=0",
			"iii", ""},
};
SQL_TABLE(express);

#define R_TEXT(m) TEXT(struct express_row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct express_row, m, #m, 0, 0)
static const struct field row_fields[] = {
	R_INT(id),
	R_INT(application_id),
	R_TEXT(no),
	R_TEXT(order_no),
	R_TEXT(freight),
	R_TEXT(state),
	R_TEXT(waybill),
	R_TEXT(error),
	R_INT(staff_id),
	R_INT(made_at),
	R_INT(asked_at),
	R_INT(tries),
	R_INT(version),
};
const struct shape express_row_shape = SHAPE(struct express_row, row_fields);

static const struct field list_fields[] = {
	{"nos", "申请单号", FIELD_TEXTS, FIELD_REQUIRED, 1, EXPRESS_BATCH,
		FIELD_AT(struct express_list, nos, struct texts), rule_case_no, NULL, NULL},
};
const struct shape express_list_shape = SHAPE(struct express_list, list_fields);

/* A driver that is not named here is not there: typed waybills need none. */
static const struct express_driver *const drivers[] = {&express_sf};

static bool is_on(const struct config *config)
{
	return !text_eq(config->sf_gateway, "none");
}

static const char *driver_word(const struct config *config)
{
	return is_on(config) ? express_sf.word : "manual";
}

const struct express_driver *express_driver(const struct config *config)
{
	for (size_t i = 0; i < ARRAY_LEN(drivers); i++)
		if (text_eq(drivers[i]->word, driver_word(config)))
			return drivers[i];
	return NULL;
}

enum err express_last(struct ctx *c, int64_t application_id, struct express_row *ret_row)
{
	return db_one(c->db, &sql[LAST], &express_row_shape, ret_row, I(application_id));
}

enum err express_parcel_of(struct ctx *c, const struct application *app, struct express_parcel *ret_parcel)
{
	const struct delivery_data *d = &app->data.delivery;
	const struct catalog *now;
	enum err e = contact_fresh(c, &now);

	if (e != ERR_OK)
		return e;
	*ret_parcel = (struct express_parcel){
		.from = {.company = now->post.company,
			.name = now->post.receiver,
			.phone = now->post.phone,
			.address = now->post.address},
		.to = {.name = d->name,
			.phone = d->phone,
			.province = d->province,
			.city = d->city,
			.district = d->district,
			.address = d->address},
	};
	return ERR_OK;
}

static bool is_open(const struct express_row *o)
{
	return text_eq(o->state, "planned") || text_eq(o->state, "placed") || text_eq(o->state, "cancelling");
}

/* --- many at once --- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each once, in one order, so that two batches never wait for each other in a circle. */
static struct texts sorted(struct arena *a, const struct texts *nos)
{
	struct texts out = {arena_array(a, nos->count + 1, sizeof *out.at), 0};

	memcpy(out.at, nos->at, nos->count * sizeof *out.at);
	qsort(out.at, nos->count, sizeof *out.at, by_text);
	for (size_t i = 0; i < nos->count; i++)
		if (!out.count || !text_eq(out.at[out.count - 1], out.at[i]))
			out.at[out.count++] = out.at[i];
	return out;
}

/* Refusals about one case; anything else ends the whole. */
static bool about_one(enum err e)
{
	return e == ERR_OK || e == ERR_NOT_FOUND || e == ERR_WRONG_STATE || e == ERR_INVALID;
}

static const char *why(struct ctx *c, enum err e)
{
	return e == ERR_NOT_FOUND ? "没有这个单号的申请" : c->say ? c->say : "这件申请现在不能寄出";
}

static enum err each(struct ctx *c, const struct express_list *in, enum err (*act)(struct ctx *c, const char *no),
	struct json_out *j)
{
	struct texts nos = sorted(c->arena, &in->nos);
	enum err e = ERR_OK;

	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; about_one(e) && i < nos.count; i++) {
		c->say = NULL;
		e = act(c, nos.at[i]);
		json_object(j, NULL);
		json_text(j, "no", nos.at[i]);
		json_bool(j, "done", e == ERR_OK);
		json_text(j, "detail", e == ERR_OK ? NULL : why(c, e));
		json_end(j);
	}
	c->say = NULL;
	json_end(j);
	json_end(j);
	return about_one(e) ? ERR_OK : e;
}

static enum err may_order(struct ctx *c, const char *no, struct application *ret_app)
{
	struct express_row last;
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = dispatch_may_send(c, ret_app);
	if (e != ERR_OK)
		return e;
	e = express_last(c, ret_app->id, &last);
	if (e == ERR_OK && is_open(&last))
		return ctx_say(c, ERR_WRONG_STATE, "已经向顺丰下过单");
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err order_one(struct ctx *c, const char *no)
{
	const struct express_driver *driver = express_driver(&c->house->config);
	struct application app;
	struct db_int count = {0};
	const char *order_no;
	enum err e = may_order(c, no, &app);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[COUNT], &db_int_shape, &count, I(app.id));
	if (e != ERR_OK)
		return e;
	order_no = arena_printf(c->arena, "%s-%" PRId64, app.no, count.value + 1);
	audit_add(c, "express_order", no, order_no);
	return db_exec(c->db, &sql[INSERT], I(app.id), S(order_no), S(driver->word), S(dispatch_freight(c, &app)),
		I(c->actor.staff_id), I(c->now), I(c->now));
}

enum err express_order(struct ctx *c, const struct express_list *in, struct json_out *j)
{
	if (!express_driver(&c->house->config))
		return ctx_say(c, ERR_WRONG_STATE, "没有接入顺丰下单，请填写运单号登记寄出");
	return each(c, in, order_one, j);
}

/* The case, locked, and its newest order; none: with a sentence. */
static enum err lock_last(
	struct ctx *c, const char *no, const char *none, struct application *ret_app, struct express_row *ret_last)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	e = express_last(c, ret_app->id, ret_last);
	return e == ERR_NOT_FOUND ? ctx_say(c, ERR_WRONG_STATE, "%s", none) : e;
}

static enum err send_one(struct ctx *c, const char *no)
{
	struct express_row last;
	struct application app;
	enum err e = lock_last(c, no, "还没有向顺丰下单", &app, &last);

	if (e == ERR_OK && !text_eq(last.state, "placed"))
		return ctx_say(c, ERR_WRONG_STATE, "还没有运单号，不能登记寄出");
	return e == ERR_OK ? dispatch_send(c, no, last.waybill, &app) : e;
}

enum err express_sent(struct ctx *c, const struct express_list *in, struct json_out *j)
{
	return each(c, in, send_one, j);
}

static const char *why_not_cancel(const struct express_row *o)
{
	return text_eq(o->state, "sent")	 ? "已经寄出，不能取消"
	       : text_eq(o->state, "cancelling") ? "正在取消，请稍后再看"
						 : "这次下单已经结束，不用取消";
}

enum err express_cancel(struct ctx *c, const char *no)
{
	struct express_row last;
	struct application app;
	enum err e = lock_last(c, no, "没有向顺丰下单，不用取消", &app, &last);

	if (e == ERR_OK && !text_eq(last.state, "planned") && !text_eq(last.state, "placed"))
		return ctx_say(c, ERR_WRONG_STATE, "%s", why_not_cancel(&last));
	if (e == ERR_OK)
		e = last.asked_at ? db_exec(c->db, &sql[CANCEL], I(c->now), I(last.id), I(last.version))
				  : db_exec(c->db, &sql[CANCEL_UNASKED], I(c->now), I(last.id), I(last.version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e == ERR_OK)
		audit_add(c, "express_cancel", no, last.order_no);
	return e;
}

/* --- to be seen --- */

enum err express_numbers(struct ctx *c, const char *nos, struct texts *ret_nos)
{
	const char *at = nos, *say;

	*ret_nos = (struct texts){arena_array(c->arena, EXPRESS_BATCH, sizeof *ret_nos->at), 0};
	while (*at) {
		size_t n = strcspn(at, ",");
		const char *no = arena_textn(c->arena, at, n);

		if (ret_nos->count == EXPRESS_BATCH || rule_case_no(c->arena, &no, &say)) {
			fault_add(&c->faults, "/nos", "nos", "申请单号不对，或一次超过%d件", EXPRESS_BATCH);
			return ERR_INVALID;
		}
		ret_nos->at[ret_nos->count++] = no;
		at += n + (at[n] == ',');
	}
	return ERR_OK;
}

static void write_row(struct json_out *j, const struct express_row *o)
{
	json_object(j, NULL);
	json_text(j, "no", o->no);
	json_text(j, "order_no", o->order_no);
	json_text(j, "state", o->state);
	json_text(j, "freight", o->freight);
	json_text(j, "waybill", o->waybill);
	json_text(j, "error", text_empty(o->error) ? NULL : o->error);
	json_time(j, "made_at", o->made_at);
	json_end(j);
}

enum err express_write(struct ctx *c, const char *nos, struct json_out *j)
{
	struct texts list;
	enum err e = express_numbers(c, nos, &list);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "driver", driver_word(&c->house->config));
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
		struct express_row row;
		struct application app;

		e = application_read(c, list.at[i], &app);
		if (e == ERR_OK)
			e = express_last(c, app.id, &row);
		if (e == ERR_OK)
			write_row(j, &row);
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	json_end(j);
	json_end(j);
	return e;
}
