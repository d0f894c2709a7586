#include "domain/alipay_gateway.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "io/file.h"
#include "io/httpc.h"
#include "io/json.h"
#include "io/x509_make.h"

enum { LIMIT_S = 10, SIGNATURE_MOST = 1024 };

#define A_TEXT(m) TEXT(struct alipay_answer, m, #m, 0, 4000, NULL)
static const struct field answer_fields[] = {
	A_TEXT(code),
	A_TEXT(sub_code),
	A_TEXT(sub_msg),
	A_TEXT(qr_code),
	A_TEXT(trade_no),
	A_TEXT(trade_status),
	A_TEXT(total_amount),
	A_TEXT(buyer_logon_id),
	A_TEXT(fund_change),
	A_TEXT(refund_status),
	A_TEXT(refund_amount),
	A_TEXT(out_request_no),
};
static const struct shape answer_shape = SHAPE(struct alipay_answer, answer_fields);

bool alipay_accepted(const struct alipay_answer *a)
{
	return text_eq(a->code, "10000");
}

static enum err pem(struct ctx *c, const char *name, const char *label, struct bytes *ret_der)
{
	struct bytes text;
	enum err e = file_read(c->arena, arena_printf(c->arena, "%s/%s", c->house->config.secret_dir, name), &text);

	if (e == ERR_OK)
		e = x509_unpem(c->arena, label, text, ret_der);
	if (e != ERR_OK)
		log_at(LOG_ERROR, "alipay: %s cannot be read", name);
	return e == ERR_OK ? e : ERR_INTERNAL;
}

static enum err sign(struct ctx *c, const char *text, char **ret_base64)
{
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	struct bytes der = {NULL, 0}, signature;
	struct str s;
	enum err e = pem(c, "alipay-app.key", "PRIVATE KEY", &der);

	if (e == ERR_OK)
		e = x509_key_read(der, &key);
	crypto_wipe((void *)der.at, der.len);
	if (e == ERR_OK)
		e = x509_key_sign(c->arena, key, (struct bytes){(const unsigned char *)text, strlen(text)}, &signature);
	if (e != ERR_OK)
		return e;
	str_init(&s, c->arena);
	str_base64(&s, signature.at, signature.len);
	*ret_base64 = s.at;
	return ERR_OK;
}

bool alipay_signed(struct ctx *c, const char *text, const char *base64)
{
	unsigned char raw[SIGNATURE_MOST];
	size_t n = base64 ? strlen(base64) : 0, len;
	struct bytes spki;

	if (!n || n > SIGNATURE_MOST || !base64_decode(base64, n, raw, &len) ||
		pem(c, "alipay-gateway.pem", "PUBLIC KEY", &spki) != ERR_OK)
		return false;
	return x509_signed(spki, (struct bytes){(const unsigned char *)text, strlen(text)}, (struct bytes){raw, len});
}

static const char *timestamp(struct ctx *c)
{
	char *t = arena_printf(c->arena, "%.19s", moment_text(c->arena, c->now));

	t[10] = ' ';
	return t;
}

/* "alipay.trade.query" → the same with _ for each dot, and _response behind. */
static const char *member_of(struct arena *a, const char *method)
{
	char *name = arena_printf(a, "%s_response", method);

	for (char *at = name; *at; at++)
		if (*at == '.')
			*at = '_';
	return name;
}

struct signature {
	const char *sign;
};
static const struct field signature_fields[] = {TEXT(struct signature, sign, "sign", 0, SIGNATURE_MOST, NULL)};
static const struct shape signature_shape = SHAPE(struct signature, signature_fields);

/* Members that we do not know are none of our business. */
static bool read(struct ctx *c, struct bytes json, const struct shape *shape, void *base)
{
	struct faults unseen;
	const char *say;

	faults_init(&unseen, c->arena);
	return json_read((const char *)json.at, json.len, shape, base, &unseen, &say) != ERR_SYNTAX;
}

static enum err believe(struct ctx *c, const char *method, struct bytes body, struct alipay_answer *ret_answer)
{
	struct signature s = {NULL};
	struct bytes object;
	bool error = false;

	*ret_answer = (struct alipay_answer){0};
	if (!alipay_member(body, member_of(c->arena, method), &object)) {
		error = alipay_member(body, "error_response", &object);
		if (!error)
			return ERR_UNCERTAIN;
	}
	if (!read(c, body, &signature_shape, &s) || !read(c, object, &answer_shape, ret_answer))
		return ERR_UNCERTAIN;
	if (!alipay_signed(c, arena_textn(c->arena, (const char *)object.at, object.len), s.sign)) {
		log_at(LOG_ERROR, "alipay: the answer to %s is not signed by the gateway", method);
		return ERR_UNCERTAIN;
	}
	if (error && alipay_accepted(ret_answer)) /* never good news in this place */
		ret_answer->code = "";
	return ERR_OK;
}

enum err alipay_ask(struct ctx *c, const char *method, const char *biz, struct alipay_answer *ret_answer)
{
	static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded;charset=utf-8", NULL};
	const struct config *config = &c->house->config;
	struct alipay_pair pair[] = {
		{"app_id", config->alipay_app_id},
		{"charset", "utf-8"},
		{"method", method},
		{"notify_url", arena_printf(c->arena, "%s/api/hooks/alipay", config->url)},
		{"sign_type", "RSA2"},
		{"timestamp", timestamp(c)},
		{"version", "1.0"},
		{"biz_content", biz},
		{"sign", NULL},
	};
	enum { BIZ = 7, SIGN = 8 };
	struct httpc_answer answer;
	const char *query, *body;
	char *base64;
	enum err e = sign(c, alipay_signed_text(c->arena, pair, SIGN, NULL), &base64);

	if (e != ERR_OK)
		return e;
	body = alipay_form_write(c->arena, &pair[BIZ], 1);
	pair[BIZ] = (struct alipay_pair){"sign", base64};
	query = alipay_form_write(c->arena, pair, SIGN);
	e = httpc_post(c->arena, arena_printf(c->arena, "%s?%s", config->alipay_gateway, query), headers,
		(struct bytes){(const unsigned char *)body, strlen(body)}, LIMIT_S, &answer);
	if (e == ERR_OK && answer.status != 200)
		e = ERR_UNCERTAIN;
	return e == ERR_OK ? believe(c, method, answer.body, ret_answer) : e;
}
