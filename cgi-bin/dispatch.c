/* Mail room and counter: originals in, parcels out, collection. */
#include "base/rule.h"
#include "base/str.h"
#include "domain/desk.h"
#include "domain/dispatch.h"
#include "domain/register.h"
#include "domain/walkin.h"
#include "web/web.h"

struct parcel_in {
	const char *no, *waybill;
};
static const struct field parcel_fields[] = {
	TEXT_REQUIRED(struct parcel_in, no, "申请单号", 8, 20, rule_case_no),
	TEXT_REQUIRED(struct parcel_in, waybill, "运单号", 8, 20, rule_waybill),
};
static const struct shape parcel_shape = SHAPE(struct parcel_in, parcel_fields);

struct token_in {
	const char *serial;
};
static const struct field token_fields[] = {
	TEXT_REQUIRED(struct token_in, serial, "UKey序列号", 4, 40, register_rule_token)};
static const struct shape token_shape = SHAPE(struct token_in, token_fields);

struct waiver_in {
	const char *reason;
};
static const struct field waiver_fields[] = {TEXT_REQUIRED(struct waiver_in, reason, "理由", 2, 400, rule_note)};
static const struct shape waiver_shape = SHAPE(struct waiver_in, waiver_fields);

static const struct field walkin_fields[] = {
	TEXT_REQUIRED(struct walkin_new, service, "业务", 1, 20, rule_word),
	TEXT_REQUIRED(struct walkin_new, holder, "证书类型", 1, 10, rule_word),
	TEXT_REQUIRED(struct walkin_new, phone, "申请人手机", 11, 11, rule_mobile),
};
static const struct shape walkin_shape = SHAPE(struct walkin_new, walkin_fields);

static const char *const steps[] = {"ready", "handed", NULL};
struct pickup_in {
	const char *no, *step, *collector;
	bool id_seen;
};
static const struct field pickup_fields[] = {
	TEXT_REQUIRED(struct pickup_in, no, "申请单号", 8, 20, rule_case_no),
	WORD_REQUIRED(struct pickup_in, step, "步骤", steps),
	TEXT(struct pickup_in, collector, "领取人姓名", 2, 50, rule_person),
	BOOL(struct pickup_in, id_seen, "已核对身份证原件"),
};
static const struct shape pickup_shape = SHAPE(struct pickup_in, pickup_fields);

static enum err answer(struct web *w, enum err e, const struct application *app)
{
	if (e != ERR_OK)
		return e;
	w->etag = app->version;
	return desk_write(&w->c, app, &w->json);
}

static enum err originals(struct web *w)
{
	struct application app;

	return answer(w, dispatch_originals(&w->c, WEB_NO(w), w->in, &app), &app);
}

static enum err token(struct web *w)
{
	const struct token_in *in = w->in;
	struct application app;

	return answer(w, dispatch_token(&w->c, WEB_NO(w), in->serial, &app), &app);
}

static enum err walkin(struct web *w)
{
	const struct walkin_new *in = w->in;
	struct json_out *j = &w->json;
	struct application app;
	struct session_made session;
	enum err e = walkin_open(&w->c, in, &app, &session);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "no", app.no);
	json_text(j, "url", arena_printf(w->c.arena, "/apply/tasks.html?no=%s", app.no));
	json_time(j, "until", session.ends_at);
	json_end(j);
	web_cookie(w, DOOR_APPLICANT, session.token);
	return web_created(w, NULL);
}

static enum err waive(struct web *w)
{
	const struct waiver_in *in = w->in;
	struct application app;

	return answer(w, dispatch_waive(&w->c, WEB_NO(w), in->reason, &app), &app);
}

static enum err send_parcel(struct web *w)
{
	const struct parcel_in *in = w->in;
	struct application app;
	enum err e = answer(w, dispatch_send(&w->c, in->no, in->waybill, &app), &app);

	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err delivered(struct web *w)
{
	struct application app;

	return answer(w, dispatch_delivered(&w->c, w->segment[0], &app), &app);
}

static enum err hand_over(struct web *w, const struct pickup_in *in)
{
	struct application app;

	if (text_empty(in->collector))
		fault_add(&w->c.faults, "/collector", "missing", "请填写领取人姓名");
	if (!in->id_seen)
		fault_add(&w->c.faults, "/id_seen", "missing", "请核对领取人身份证原件");
	if (w->c.faults.count)
		return ERR_INVALID;
	return answer(w, dispatch_hand_over(&w->c, in->no, in->collector, &app), &app);
}

static enum err pickup(struct web *w)
{
	const struct pickup_in *in = w->in;
	struct application app;

	if (text_eq(in->step, "handed"))
		return hand_over(w, in);
	return answer(w, dispatch_ready(&w->c, in->no, &app), &app);
}

static const struct route routes[] = {
	{POST, "/api/staff/applications/:no/originals", PERM_ORIGINALS, ROUTE_TX, &originals_in_shape, NULL, originals},
	{POST, "/api/staff/applications/:no/token", PERM_ORIGINALS, ROUTE_TX, &token_shape, NULL, token},
	{POST, "/api/staff/applications/:no/waiver", PERM_WAIVE, ROUTE_TX, &waiver_shape, NULL, waive},
	{POST, "/api/staff/walkins", PERM_WALKIN, ROUTE_TX, &walkin_shape, NULL, walkin},
	{POST, "/api/staff/parcels", PERM_DISPATCH, ROUTE_TX, &parcel_shape, NULL, send_parcel},
	{POST, "/api/staff/parcels/:waybill/delivered", PERM_DISPATCH, ROUTE_TX, NULL, NULL, delivered},
	{POST, "/api/staff/pickups", PERM_PICKUP, ROUTE_TX, &pickup_shape, NULL, pickup},
};

int main(int argc, char **argv)
{
	return web_run("dispatch", argc, argv, ROUTES(routes));
}
