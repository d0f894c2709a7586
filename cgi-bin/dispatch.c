/* Mail room and counter: the scanner, originals and parcels in, orders at the courier and parcels out, collection. */
#include <stdlib.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/arrival.h"
#include "domain/desk.h"
#include "domain/dispatch.h"
#include "domain/express.h"
#include "domain/register.h"
#include "domain/scanner.h"
#include "domain/walkin.h"
#include "io/image.h"
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
	const char *no, *step;
	struct handed_in handed;
	bool id_seen;
};
static const struct field pickup_fields[] = {
	TEXT_REQUIRED(struct pickup_in, no, "申请单号", 8, 20, rule_case_no),
	WORD_REQUIRED(struct pickup_in, step, "步骤", steps),
	{"collector", "领取人姓名", FIELD_TEXT, 0, 2, 50, FIELD_AT(struct pickup_in, handed.collector, const char *),
		rule_person, NULL, NULL},
	{"id_kind", "证件", FIELD_TEXT, 0, 1, 20, FIELD_AT(struct pickup_in, handed.id_kind, const char *), rule_word,
		NULL, NULL},
	{"id_tail", "证件号码后4位", FIELD_TEXT, 0, 0, 0, FIELD_AT(struct pickup_in, handed.id_tail, const char *),
		dispatch_rule_tail, NULL, NULL},
	{"note", "备注", FIELD_TEXT, 0, 2, 200, FIELD_AT(struct pickup_in, handed.note, const char *), rule_note, NULL,
		NULL},
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
	const struct {
		const char *value, *pointer, *say;
	} must[] = {
		{in->handed.collector, "/collector", "请填写领取人姓名"},
		{in->handed.id_kind, "/id_kind", "请选择查看的是哪种证件"},
		{in->handed.id_tail, "/id_tail", "请填写证件号码后4位"},
	};
	struct application app;

	if (!in->id_seen)
		fault_add(&w->c.faults, "/id_seen", "missing", "请核对领取人证件原件");
	for (size_t i = 0; i < ARRAY_LEN(must); i++)
		if (text_empty(must[i].value))
			fault_add(&w->c.faults, must[i].pointer, "missing", "%s", must[i].say);
	if (w->c.faults.count)
		return ERR_INVALID;
	return answer(w, dispatch_hand_over(&w->c, in->no, &in->handed, &app), &app);
}

static enum err pickup(struct web *w)
{
	const struct pickup_in *in = w->in;
	struct application app;

	if (text_eq(in->step, "handed"))
		return hand_over(w, in);
	return answer(w, dispatch_ready(&w->c, in->no, &app), &app);
}

/* --- the scanner, and what came in --- */

struct scanned_in {
	const char *code;
};
static const struct field scanned_fields[] = {
	TEXT_REQUIRED(struct scanned_in, code, "扫到的内容", 1, SCANNER_MAX, NULL)};
static const struct shape scanned_shape = SHAPE(struct scanned_in, scanned_fields);

static enum err scanned(struct web *w)
{
	return scanner_read(&w->c, ((const struct scanned_in *)w->in)->code, &w->json);
}

static int64_t number(const struct web *w)
{
	return strtoll(w->segment[0], NULL, 10);
}

static enum err arrive(struct web *w)
{
	int64_t id = 0;
	enum err e = arrival_take(&w->c, w->in, &id);

	if (e == ERR_OK)
		e = arrival_write(&w->c, id, &w->json);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

struct parked_query {
	int64_t after;
};
static const struct field parked_fields[] = {INT(struct parked_query, after, "起点", 1, INT64_MAX)};
static const struct shape parked_shape = SHAPE(struct parked_query, parked_fields);

static enum err parked(struct web *w)
{
	return arrival_write_parked(&w->c, ((const struct parked_query *)w->query)->after, &w->json);
}

struct join_in {
	const char *no;
};
static const struct field join_fields[] = {TEXT_REQUIRED(struct join_in, no, "申请单号", 8, 20, rule_case_no)};
static const struct shape join_shape = SHAPE(struct join_in, join_fields);

static enum err join(struct web *w)
{
	enum err e = arrival_join(&w->c, number(w), ((const struct join_in *)w->in)->no);

	return e == ERR_OK ? arrival_write(&w->c, number(w), &w->json) : e;
}

static enum err photo(struct web *w)
{
	enum err e = arrival_photo(&w->c, number(w), w->body);

	return e == ERR_OK ? arrival_write(&w->c, number(w), &w->json) : e;
}

static enum err photo_look(struct web *w)
{
	struct bytes jpeg;
	enum err e = arrival_photo_read(&w->c, number(w), &jpeg);

	if (e == ERR_OK)
		web_bytes(w, "image/jpeg", jpeg);
	return e;
}

/* --- orders at the courier --- */

struct nos_query {
	const char *nos;
};
static const struct field nos_fields[] = {TEXT_REQUIRED(struct nos_query, nos, "申请单号", 8, 1100, NULL)};
static const struct shape nos_shape = SHAPE(struct nos_query, nos_fields);

static enum err orders(struct web *w)
{
	return express_write(&w->c, ((const struct nos_query *)w->query)->nos, &w->json);
}

static enum err order(struct web *w)
{
	return express_order(&w->c, w->in, &w->json);
}

static enum err sent(struct web *w)
{
	return express_sent(&w->c, w->in, &w->json);
}

static enum err cancel(struct web *w)
{
	enum err e = express_cancel(&w->c, WEB_NO(w));

	return e == ERR_OK ? express_write(&w->c, WEB_NO(w), &w->json) : e;
}

static enum err labels(struct web *w)
{
	struct bytes pdf;
	enum err e = express_labels(&w->c, ((const struct nos_query *)w->query)->nos, &pdf);

	if (e != ERR_OK)
		return e;
	web_header(w, "Content-Disposition", "inline; filename=\"labels.pdf\"");
	web_bytes(w, "application/pdf", pdf);
	return ERR_OK;
}

static const struct route routes[] = {
	{POST, "/api/staff/applications/:no/originals", PERM_ORIGINALS, ROUTE_TX, &originals_in_shape, NULL, originals},
	{POST, "/api/staff/applications/:no/token", PERM_ORIGINALS, ROUTE_TX, &token_shape, NULL, token},
	{POST, "/api/staff/applications/:no/waiver", PERM_WAIVE, ROUTE_TX, &waiver_shape, NULL, waive},
	{POST, "/api/staff/walkins", PERM_WALKIN, ROUTE_TX, &walkin_shape, NULL, walkin},
	{POST, "/api/staff/parcels", PERM_DISPATCH, ROUTE_TX, &parcel_shape, NULL, send_parcel},
	{POST, "/api/staff/parcels/:waybill/delivered", PERM_DISPATCH, ROUTE_TX, NULL, NULL, delivered},
	{POST, "/api/staff/scanner", PERM_ORIGINALS, 0, &scanned_shape, NULL, scanned},
	{GET, "/api/staff/arrivals", PERM_ORIGINALS, 0, NULL, &parked_shape, parked},
	{POST, "/api/staff/arrivals", PERM_ORIGINALS, ROUTE_TX, &arrival_in_shape, NULL, arrive},
	{POST, "/api/staff/arrivals/:id/case", PERM_ORIGINALS, ROUTE_TX, &join_shape, NULL, join},
	{POST, "/api/staff/arrivals/:id/photo", PERM_ORIGINALS, ROUTE_RAW, NULL, NULL, photo},
	{GET, "/api/staff/arrivals/:id/photo", PERM_ORIGINALS, 0, NULL, NULL, photo_look},
	{GET, "/api/staff/express", PERM_DISPATCH, 0, NULL, &nos_shape, orders},
	{POST, "/api/staff/express", PERM_DISPATCH, ROUTE_TX, &express_list_shape, NULL, order},
	{POST, "/api/staff/express/sent", PERM_DISPATCH, ROUTE_TX, &express_list_shape, NULL, sent},
	{POST, "/api/staff/express/:no/cancel", PERM_DISPATCH, ROUTE_TX, NULL, NULL, cancel},
	{GET, "/api/staff/express/labels.pdf", PERM_DISPATCH, 0, NULL, &nos_shape, labels},
	{POST, "/api/staff/pickups", PERM_PICKUP, ROUTE_TX, &pickup_shape, NULL, pickup},
};

int main(int argc, char **argv)
{
	if (image_is_child(argc, argv))
		return image_child(argc, argv);
	return web_run("dispatch", argc, argv, ROUTES(routes));
}
