#include "domain/express_sf.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/express_driver.h"
#include "io/file.h"
#include "io/httpc.h"
#include "io/json.h"
#include "io/json_out.h"

enum { LIMIT_S = 10, STEPS_MOST = 200 };

/* --- what is signed --- */

char *express_sf_encode(struct arena *a, const char *text)
{
	static const char keep[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_*";
	struct str s;

	str_init(&s, a);
	for (; *text; text++)
		if (*text == ' ')
			str_addc(&s, '+');
		else if (strchr(keep, *text))
			str_addc(&s, *text);
		else
			str_addf(&s, "%%%02X", (unsigned)(unsigned char)*text);
	return s.at;
}

char *express_sf_digest(struct arena *a, const char *data, const char *timestamp, const char *checkword)
{
	const char *text = express_sf_encode(a, arena_printf(a, "%s%s%s", data, timestamp, checkword));
	unsigned char hash[16] = {0};
	struct str s;

	crypto_md5(text, strlen(text), hash);
	str_init(&s, a);
	str_base64(&s, hash, sizeof hash);
	return s.at;
}

char *express_sf_plain(struct arena *a, const char *json)
{
	struct str s;

	str_init(&s, a);
	for (; *json; json++)
		if (strchr("!'()*~", *json))
			str_addf(&s, "\\u%04x", (unsigned)(unsigned char)*json);
		else
			str_addc(&s, *json);
	return s.at;
}

static bool number_at(const char *text, size_t n, int lo, int hi, int *ret_number)
{
	*ret_number = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*ret_number = *ret_number * 10 + (text[i] - '0');
	}
	return *ret_number >= lo && *ret_number <= hi;
}

int64_t express_sf_moment(const char *text)
{
	char written[11] = "";
	struct date day;
	int h, m, s;

	if (!text || strlen(text) != 19 || text[10] != ' ' || text[13] != ':' || text[16] != ':')
		return 0;
	memcpy(written, text, 10);
	if (!date_parse(written, &day) || !number_at(text + 11, 2, 0, 23, &h) || !number_at(text + 14, 2, 0, 59, &m) ||
		!number_at(text + 17, 2, 0, 59, &s))
		return 0;
	return date_moment(day, h, m, s);
}

/* --- one question --- */

struct outer {
	const char *code, *say, *data;
};
#define NAMED(s, m, name, hi, rule) \
	{ \
		name, name, FIELD_TEXT, 0, 0, hi, FIELD_AT(s, m, const char *), rule, NULL, NULL \
	}
static const struct field outer_fields[] = {
	NAMED(struct outer, code, "apiResultCode", 40, NULL),
	NAMED(struct outer, say, "apiErrorMsg", 4000, rule_note),
	NAMED(struct outer, data, "apiResultData", JSON_MAX_BYTES, rule_note),
};
static const struct shape outer_shape = SHAPE(struct outer, outer_fields);

struct waybill {
	const char *no;
	int64_t kind; /* 1: of the parcel itself, 2: of a part, 3: of what is signed and comes back */
};
static const struct field waybill_fields[] = {
	NAMED(struct waybill, no, "waybillNo", 40, rule_waybill),
	{"waybillType", "waybillType", FIELD_INT, 0, 0, 100, FIELD_AT(struct waybill, kind, int64_t), NULL, NULL, NULL},
};
static const struct shape waybill_shape = SHAPE(struct waybill, waybill_fields);

struct route {
	const char *at, *place, *text, *code;
};
static const struct field route_fields[] = {
	NAMED(struct route, at, "acceptTime", 40, NULL),
	NAMED(struct route, place, "acceptAddress", 4000, rule_note),
	NAMED(struct route, text, "remark", 4000, rule_note),
	NAMED(struct route, code, "opCode", 8, NULL),
};
static const struct shape route_shape = SHAPE(struct route, route_fields);

struct way {
	const char *no;
	struct list routes;
};
static const struct field way_fields[] = {
	NAMED(struct way, no, "mailNo", 40, rule_waybill),
	LIST(struct way, routes, "routes", 0, 2000, &route_shape),
};
static const struct shape way_shape = SHAPE(struct way, way_fields);

struct told {
	const char *order_no, *filter;
	struct list waybills, ways;
};
static const struct field told_fields[] = {
	NAMED(struct told, order_no, "orderId", 64, NULL),
	NAMED(struct told, filter, "filterResult", 8, NULL),
	{"waybillNoInfoList", "waybillNoInfoList", FIELD_LIST, 0, 0, 100, FIELD_AT(struct told, waybills, struct list),
		NULL, NULL, &waybill_shape},
	{"routeResps", "routeResps", FIELD_LIST, 0, 0, 100, FIELD_AT(struct told, ways, struct list), NULL, NULL,
		&way_shape},
};
static const struct shape told_shape = SHAPE(struct told, told_fields);

struct inner {
	bool success;
	const char *code, *say;
	struct told told;
};
static const struct field inner_fields[] = {
	BOOL(struct inner, success, "success"),
	NAMED(struct inner, code, "errorCode", 40, NULL),
	NAMED(struct inner, say, "errorMsg", 4000, rule_note),
	{"msgData", "msgData", FIELD_OBJECT, 0, 0, 0, offsetof(struct inner, told), NULL, NULL, &told_shape},
};
static const struct shape inner_shape = SHAPE(struct inner, inner_fields);

/* Members that we do not know, or that are not what they should be, are left out. */
static bool read(struct ctx *c, const char *json, size_t n, const struct shape *shape, void *base)
{
	struct faults unseen;
	const char *say;

	faults_init(&unseen, c->arena);
	return json_read(json, n, shape, base, &unseen, &say) != ERR_SYNTAX;
}

static enum err checkword(struct ctx *c, const char **ret_word)
{
	const char *path = arena_printf(c->arena, "%s/sf.checkword", c->house->config.secret_dir);
	struct bytes text;

	if (file_read(c->arena, path, &text) != ERR_OK) {
		log_at(LOG_ERROR, "sf: secret_dir/sf.checkword cannot be read");
		return ERR_INTERNAL;
	}
	while (text.len && strchr("\r\n ", text.at[text.len - 1]))
		text.len--;
	*ret_word = arena_textn(c->arena, (const char *)text.at, text.len);
	return ERR_OK;
}

static const char *cut(struct arena *a, const char *text)
{
	const char *at = text, *end = text;

	if (!text)
		return "";
	for (int i = 0; i < EXPRESS_SAY && utf8_next(&at); i++)
		end = at;
	return arena_textn(a, text, (size_t)(end - text));
}

static enum err believe(struct ctx *c, const char *service, struct bytes body, struct inner *ret_inner)
{
	struct outer o = {0};

	*ret_inner = (struct inner){.success = false};
	if (!body.len || !read(c, (const char *)body.at, body.len, &outer_shape, &o) || !o.code)
		return ERR_UNCERTAIN;
	if (!text_eq(o.code, "A1000")) { /* not even looked at: our settings, or their bad day */
		log_at(LOG_ERROR, "sf: %s is not accepted: %s", service, o.code);
		return ERR_UNCERTAIN;
	}
	if (!o.data || !read(c, o.data, strlen(o.data), &inner_shape, ret_inner) ||
		(!ret_inner->success && !ret_inner->code))
		return ERR_UNCERTAIN;
	ret_inner->success &= text_eq(ret_inner->code, "S0000") || text_empty(ret_inner->code);
	return ERR_OK;
}

static void add(struct ctx *c, struct str *form, const char *name, const char *value)
{
	str_addf(form, "%s%s=%s", form->len ? "&" : "", name, express_sf_encode(c->arena, value));
}

static enum err ask(struct ctx *c, const char *service, const char *json, struct inner *ret_inner)
{
	static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded;charset=UTF-8", NULL};
	const struct config *config = &c->house->config;
	const char *data = express_sf_plain(c->arena, json);
	const char *stamp = arena_printf(c->arena, "%" PRId64 "000", c->now), *word;
	struct httpc_answer answer;
	struct str form;
	enum err e = checkword(c, &word);

	if (e != ERR_OK)
		return e;
	str_init(&form, c->arena);
	add(c, &form, "partnerID", config->sf_partner);
	add(c, &form, "requestID", crypto_token(c->arena, 16));
	add(c, &form, "serviceCode", service);
	add(c, &form, "timestamp", stamp);
	add(c, &form, "msgDigest", express_sf_digest(c->arena, data, stamp, word));
	add(c, &form, "msgData", data);
	e = httpc_post(c->arena, config->sf_gateway, headers, (struct bytes){(const unsigned char *)form.at, form.len},
		LIMIT_S, &answer);
	if (e == ERR_OK && answer.status != 200)
		e = ERR_UNCERTAIN;
	return e == ERR_OK ? believe(c, service, answer.body, ret_inner) : e;
}

/* --- the questions --- */

static struct str *begin(struct ctx *c, struct json_out *j)
{
	struct str *s = arena_alloc(c->arena, sizeof *s);

	str_init(s, c->arena);
	json_begin(j, s);
	json_object(j, NULL);
	json_text(j, "language", "zh-CN");
	return s;
}

static void write_contact(struct json_out *j, int64_t kind, const struct express_contact *p)
{
	const char *const member[][2] = {{"company", p->company}, {"contact", p->name}, {"mobile", p->phone},
		{"province", p->province}, {"city", p->city}, {"county", p->district}, {"address", p->address}};

	json_object(j, NULL);
	json_int(j, "contactType", kind);
	json_text(j, "country", "CN");
	for (size_t i = 0; i < ARRAY_LEN(member); i++)
		if (!text_empty(member[i][1]))
			json_text(j, member[i][0], member[i][1]);
	json_end(j);
}

static void write_order(struct ctx *c, const struct express_parcel *p, struct json_out *j)
{
	const struct config *config = &c->house->config;
	bool prepaid = text_eq(p->freight, "prepaid");

	json_text(j, "orderId", p->order_no);
	json_list(j, "cargoDetails");
	json_object(j, NULL);
	json_text(j, "name", "数字证书");
	json_int(j, "count", 1);
	json_end(j);
	json_end(j);
	json_list(j, "contactInfoList");
	write_contact(j, 1, &p->from);
	write_contact(j, 2, &p->to);
	json_end(j);
	json_int(j, "payMethod", prepaid ? 1 : 2);
	if (prepaid && !text_eq(config->sf_account, "none"))
		json_text(j, "monthlyCard", config->sf_account);
	json_int(j, "expressTypeId", config->sf_product);
	json_int(j, "parcelQty", 1);
	json_int(j, "isReturnRoutelabel", 0);
}

static const char *waybill_of(const struct told *t)
{
	const struct waybill *w = t->waybills.at;

	for (size_t i = 0; i < t->waybills.count; i++)
		if (w[i].no && w[i].kind <= 1)
			return w[i].no;
	return NULL;
}

static bool coded(const struct inner *in, const char *const *codes)
{
	return in->code && text_index(codes, in->code) >= 0;
}

/* Codes as the published lists have them: ordered before; no such order; already cancelled. */
static const char *const there[] = {"8016", NULL};
static const char *const absent[] = {"8018", "8024", "8037", NULL};

static enum err sort(
	struct ctx *c, const struct express_parcel *p, const struct inner *in, struct express_answer *ret_answer)
{
	const char *waybill = waybill_of(&in->told);

	*ret_answer = (struct express_answer){.word = EXPRESS_REFUSED, .say = cut(c->arena, in->say)};
	if (coded(in, there))
		ret_answer->word = EXPRESS_THERE;
	else if (coded(in, absent))
		ret_answer->word = EXPRESS_ABSENT;
	else if (in->success && text_eq(in->told.filter, "3"))
		ret_answer->say = "顺丰不能派送到这个地址";
	else if (in->success && !text_eq(in->told.order_no, p->order_no))
		return ERR_UNCERTAIN;
	else if (in->success && !waybill)
		return ERR_UNCERTAIN;
	else if (in->success)
		*ret_answer = (struct express_answer){.word = EXPRESS_TAKEN, .waybill = waybill, .say = ""};
	return ERR_OK;
}

static enum err sf_order(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer)
{
	struct json_out j;
	struct str *s = begin(c, &j);
	struct inner in;
	enum err e;

	write_order(c, p, &j);
	json_end(&j);
	e = ask(c, "EXP_RECE_CREATE_ORDER", s->at, &in);
	return e == ERR_OK ? sort(c, p, &in, ret_answer) : e;
}

static enum err sf_find(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer)
{
	struct json_out j;
	struct str *s = begin(c, &j);
	struct inner in;
	enum err e;

	json_text(&j, "orderId", p->order_no);
	json_end(&j);
	e = ask(c, "EXP_RECE_SEARCH_ORDER_RESP", s->at, &in);
	return e == ERR_OK ? sort(c, p, &in, ret_answer) : e;
}

static enum err sf_cancel(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer)
{
	struct json_out j;
	struct str *s = begin(c, &j);
	struct inner in;
	enum err e;

	json_text(&j, "orderId", p->order_no);
	json_int(&j, "dealType", 2);
	json_end(&j);
	e = ask(c, "EXP_RECE_UPDATE_ORDER", s->at, &in);
	if (e != ERR_OK)
		return e;
	*ret_answer = (struct express_answer){
		.word = in.success || coded(&in, absent) ? EXPRESS_ABSENT : EXPRESS_REFUSED,
		.say = cut(c->arena, in.say)};
	return in.success && !text_eq(in.told.order_no, p->order_no) ? ERR_UNCERTAIN : ERR_OK;
}

static const struct way *way_of(const struct told *t, const char *waybill)
{
	const struct way *w = t->ways.at;

	for (size_t i = 0; i < t->ways.count; i++)
		if (text_eq(w[i].no, waybill))
			return &w[i];
	return NULL;
}

static enum err sf_routes(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer)
{
	size_t digits = p->to.phone ? strlen(p->to.phone) : 0;
	const struct way *way;
	struct express_step *step;
	struct json_out j;
	struct str *s = begin(c, &j);
	struct inner in;
	enum err e;

	json_int(&j, "trackingType", 1);
	json_list(&j, "trackingNumber");
	json_text(&j, NULL, p->waybill);
	json_end(&j);
	json_int(&j, "methodType", 1);
	if (digits >= 4)
		json_text(&j, "checkPhoneNo", p->to.phone + digits - 4);
	json_end(&j);
	e = ask(c, "EXP_RECE_SEARCH_ROUTES", s->at, &in);
	if (e != ERR_OK)
		return e;
	*ret_answer = (struct express_answer){
		.word = in.success ? EXPRESS_TAKEN : EXPRESS_REFUSED, .say = cut(c->arena, in.say)};
	way = in.success ? way_of(&in.told, p->waybill) : NULL;
	step = arena_array(c->arena, STEPS_MOST, sizeof *step);
	ret_answer->steps.at = step;
	for (size_t i = 0; way && i < way->routes.count && ret_answer->steps.count < STEPS_MOST; i++) {
		const struct route *r = (const struct route *)way->routes.at + i;
		int64_t at = express_sf_moment(r->at);

		if (at && r->code)
			step[ret_answer->steps.count++] = (struct express_step){
				at, cut(c->arena, r->place), cut(c->arena, r->text), r->code};
	}
	return ERR_OK;
}

const struct express_driver express_sf = {"sf", sf_order, sf_find, sf_cancel, sf_routes};
