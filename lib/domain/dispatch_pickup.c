#include <string.h>

#include "base/mask.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/dispatch.h"

enum { READY_ADD, HANDED, PICKUP };

static const struct sql sql[] = {
	[READY_ADD] = {"INSERT INTO pickup (application_id, ready_at) VALUES (?,?)", "ii", ""},
	[HANDED] =
		{"UPDATE pickup SET handed_at=?, collector_sealed=?, id_kind=?, id_tail_sealed=?, note=?, staff_id=? WHERE "
		 "application_id=? AND handed_at IS NULL",
			"ibsbsii", ""},
	[PICKUP] = {"SELECT ready_at, handed_at, collector_sealed, id_kind, id_tail_sealed, note FROM pickup WHERE "
		    "application_id=?",
		"i", "iibsbs"},
};
SQL_TABLE(dispatch_pickup);

enum { TAIL = 4 };

const char *dispatch_rule_tail(struct arena *a, const char **text, const char **ret_say)
{
	*text = rule_fold_code(a, *text);
	if (strlen(*text) == TAIL && strspn(*text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == TAIL)
		return NULL;
	*ret_say = "应为证件号码的后4位";
	return "id_tail";
}

enum err dispatch_ready(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (ret_app->state == STATE_PRODUCED && !text_eq(ret_app->data.delivery.mode, "pickup"))
		return ctx_say(c, ERR_WRONG_STATE, "申请人选择快递，请寄出而不是放到待取");
	e = dispatch_checked(c, ret_app);
	if (e == ERR_OK)
		e = application_move(c, ret_app, EVENT_LAY_READY, NULL, NULL);
	return e == ERR_OK ? db_exec(c->db, &sql[READY_ADD], I(ret_app->id), I(c->now)) : e;
}

static bool same_name(struct ctx *c, const char *a, const char *b)
{
	return !text_empty(a) && !text_empty(b) && text_eq(name_key(c->arena, a), name_key(c->arena, b));
}

static bool ends_so(const char *number, const char *tail)
{
	size_t n = number ? strlen(number) : 0;

	return n >= TAIL && text_eq(number + n - TAIL, tail);
}

static enum err check_collector(struct ctx *c, const struct application *app, const struct handed_in *in)
{
	const struct application_data *d = &app->data;
	bool agent = same_name(c, in->collector, d->agent.name), holder = same_name(c, in->collector, d->person.name);

	if (!catalog_id_type(app->catalog, in->id_kind))
		fault_add(&c->faults, "/id_kind", "choice", "请选择查看的是哪种证件");
	if (!agent && !holder && text_empty(in->note))
		fault_add(&c->faults, "/note", "missing", "领取人不是经办人或申请人，请写明凭什么代领（如委托书）");
	if ((agent && text_eq(in->id_kind, d->agent.id_type) && !ends_so(d->agent.id_number, in->id_tail)) ||
		(!agent && holder && text_eq(in->id_kind, d->person.id_type) &&
			!ends_so(d->person.id_number, in->id_tail)))
		fault_add(&c->faults, "/id_tail", "other_id", "与申请里%s的证件号码不符，请核对证件",
			agent ? "经办人" : "申请人");
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum err dispatch_hand_over(struct ctx *c, const char *no, const struct handed_in *in, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK && ret_app->state == STATE_READY)
		e = check_collector(c, ret_app, in);
	if (e == ERR_OK)
		e = application_move(c, ret_app, EVENT_HAND_OVER, NULL, NULL);
	return e == ERR_OK ? db_exec(c->db, &sql[HANDED], I(c->now), B(ctx_seal(c, "pickup.collector", in->collector)),
				     S(in->id_kind), B(ctx_seal(c, "pickup.id_tail", in->id_tail)), S(in->note),
				     I(c->actor.staff_id), I(ret_app->id))
			   : e;
}

struct pickup {
	int64_t ready_at, handed_at;
	struct bytes collector;
	const char *id_kind;
	struct bytes id_tail;
	const char *note;
};
static const struct field pickup_fields[] = {
	INT(struct pickup, ready_at, "ready_at", 0, 0),
	INT(struct pickup, handed_at, "handed_at", 0, 0),
	BYTES(struct pickup, collector, "collector", 0),
	TEXT(struct pickup, id_kind, "id_kind", 0, 0, NULL),
	BYTES(struct pickup, id_tail, "id_tail", 0),
	TEXT(struct pickup, note, "note", 0, 0, NULL),
};
static const struct shape pickup_shape = SHAPE(struct pickup, pickup_fields);

enum err dispatch_write_pickup(struct ctx *c, const struct application *app, struct json_out *j)
{
	const char *collector = NULL, *tail = NULL;
	const struct catalog_id_type *kind;
	struct pickup p;
	enum err e = db_one(c->db, &sql[PICKUP], &pickup_shape, &p, I(app->id));

	if (e == ERR_NOT_FOUND) {
		json_null(j, "pickup");
		return ERR_OK;
	}
	if (e == ERR_OK && p.collector.len)
		e = ctx_open(c, "pickup.collector", p.collector, &collector);
	if (e == ERR_OK && p.id_tail.len)
		e = ctx_open(c, "pickup.id_tail", p.id_tail, &tail);
	if (e != ERR_OK)
		return e;
	kind = p.id_kind ? catalog_id_type(app->catalog, p.id_kind) : NULL;
	json_object(j, "pickup");
	json_time(j, "ready_at", p.ready_at);
	json_time(j, "handed_at", p.handed_at);
	json_text(j, "collector", collector ? mask_name(c->arena, collector) : NULL);
	json_text(j, "id_kind", kind ? kind->name : NULL);
	json_text(j, "id_tail", tail);
	json_text(j, "note", p.note);
	json_end(j);
	return ERR_OK;
}
