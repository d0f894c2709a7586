#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/notify_driver.h"
#include "io/file.h"
#include "io/httpc.h"
#include "io/json.h"

/* Aliyun's message service (2017-05-25), requests signed by ACS3-HMAC-SHA256.  For the worker only. */

enum { LIMIT_S = 10, PAGE = 50, PAGES_MAX = 6, CODE_MOST = 60 };

/* --- what its codes mean --- */

static const struct meaning {
	const char *code;
	bool later; /* sending: may go another time */
	const char *text;
} meanings[] = {
	/* ours */
	{"quiet", true, "夜间不发，早上再发"},
	{"capped", true, "当天已发得太多，第二天再发"},
	{"unreached", true, "短信平台连不上"},
	{"interrupted", true, "发送时中断"},
	{"no_answer", true, "短信平台没有回应"},
	{"late", false, "过了有效时间"},
	{"empty", false, "内容已不保存"},
	{"no_template", false, "没有配置这条短信的模板编号"},
	{"unknown", false, "运营商没有说明原因"},
	/* the service's */
	{"isv.BUSINESS_LIMIT_CONTROL", true, "这个号码收得太频繁，稍后再发"},
	{"isv.DAY_LIMIT_CONTROL", true, "短信平台当天的限额用完"},
	{"isv.MONTH_LIMIT_CONTROL", true, "短信平台当月的限额用完"},
	{"isv.AMOUNT_NOT_ENOUGH", true, "短信平台余额不足"},
	{"isv.OUT_OF_SERVICE", true, "短信平台已停机"},
	{"isp.SYSTEM_ERROR", true, "短信平台出错"},
	{"isp.GATEWAY_VERIFY_UNAVAILABLE", true, "短信平台出错"},
	{"Throttling", true, "短信平台限流"},
	{"ServiceUnavailable", true, "短信平台暂停服务"},
	{"SignatureDoesNotMatch", true, "密钥不对，请检查配置"},
	{"IncompleteSignature", true, "密钥不对，请检查配置"},
	{"InvalidAccessKeyId", true, "密钥不对，请检查配置"},
	{"InvalidTimeStamp", true, "本机时钟不准"},
	{"SignatureNonceUsed", true, "短信平台出错"},
	{"Forbidden", true, "密钥没有发短信的权限"},
	{"isp.RAM_PERMISSION_DENY", true, "密钥没有发短信的权限"},
	{"isv.MOBILE_NUMBER_ILLEGAL", false, "手机号不对"},
	{"isv.MOBILE_COUNT_OVER_LIMIT", false, "手机号不对"},
	{"isv.BLACK_KEY_CONTROL_LIMIT", false, "内容里有平台不许的字"},
	{"isv.PARAM_NOT_SUPPORT_URL", false, "平台不许内容里有网址"},
	{"isv.PARAM_LENGTH_LIMIT", false, "内容太长"},
	{"isv.SMS_CONTENT_ILLEGAL", false, "内容里有平台不许的字"},
	{"isv.SMS_SIGNATURE_ILLEGAL", false, "签名没有通过，请检查配置"},
	{"isv.SMS_SIGN_ILLEGAL", false, "签名没有通过，请检查配置"},
	{"isv.SMS_TEMPLATE_ILLEGAL", false, "模板没有通过，请检查配置"},
	{"isv.TEMPLATE_MISSING_PARAMETERS", false, "模板与内容对不上，请检查配置"},
	{"isv.TEMPLATE_PARAMS_ILLEGAL", false, "模板与内容对不上，请检查配置"},
	{"isv.INVALID_JSON_PARAM", false, "模板与内容对不上，请检查配置"},
	{"isv.INVALID_PARAMETERS", false, "模板与内容对不上，请检查配置"},
	/* the operators' */
	{"UNDELIV", false, "手机停机或收不到"},
	{"EXPIRED", false, "手机关机或没有信号"},
	{"REJECTD", false, "运营商拒收"},
	{"REJECT", false, "运营商拒收"},
	{"BLACK", false, "这个号码退订了短信"},
	{"MOBILE_NOT_ON_SERVICE", false, "空号或停机"},
	{"MOBILE_IN_BLACK", false, "这个号码退订了短信"},
	{"CONTENT_KEYWORD", false, "内容里有运营商不许的字"},
	{"SP_UNKNOWN_ERROR", false, "运营商没有说明原因"},
};

/* Also "Throttling.User" is Throttling. */
static const struct meaning *meaning_of(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
		size_t n = strlen(meanings[i].code);

		if (strncmp(meanings[i].code, code, n) == 0 && (!code[n] || code[n] == '.'))
			return &meanings[i];
	}
	return NULL;
}

const char *notify_error_text(const char *code)
{
	const struct meaning *m = code ? meaning_of(code) : NULL;

	return m ? m->text : "短信平台没有说明原因";
}

/* A code is a word: whatever else comes is not kept. */
static const char *word_of(struct arena *a, const char *code)
{
	size_t n = code ? strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-") : 0;

	return n && n <= CODE_MOST && !code[n] ? arena_textn(a, code, n) : "unknown";
}

const char *notify_code_of(struct arena *a, const char *pairs, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = pairs; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strncmp(at, word, n) == 0 && at[n] == ':' && at[n + 1] && at[n + 1] != ' ')
			return arena_textn(a, at + n + 1, strcspn(at + n + 1, " "));
	return NULL;
}

int64_t notify_gateway_moment(const char *text)
{
	char rfc[] = "0000-00-00T00:00:00+08:00";
	int64_t moment;

	if (!text || strlen(text) != 19 || text[10] != ' ')
		return 0;
	memcpy(rfc, text, 19);
	rfc[10] = 'T';
	return moment_parse(rfc, &moment) ? moment : 0;
}

bool notify_read(struct ctx *c, struct bytes json, const struct shape *shape, void *base)
{
	struct faults unseen;
	const char *say;

	faults_init(&unseen, c->arena);
	return json_read((const char *)json.at, json.len, shape, base, &unseen, &say) != ERR_SYNTAX;
}

/* --- one question --- */

struct pair {
	const char *name, *value;
};

static char *query_of(struct arena *a, const struct pair *pair, size_t n)
{
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < n; i++) {
		str_addf(&s, "%s%s=", i ? "&" : "", pair[i].name);
		str_url(&s, pair[i].value);
	}
	return s.at;
}

static enum err signature(struct ctx *c, const char *text, char **ret_hex)
{
	struct bytes key;
	unsigned char mac[32];
	struct str s;
	size_t n;
	enum err e = file_read(c->arena, arena_printf(c->arena, "%s/sms.secret", c->house->config.secret_dir), &key);

	if (e != ERR_OK) {
		log_at(LOG_ERROR, "sms: sms.secret cannot be read");
		return ERR_INTERNAL;
	}
	for (n = key.len; n && key.at[n - 1] <= ' ';)
		n--;
	crypto_hmac(key.at, n, text, strlen(text), mac);
	crypto_wipe((void *)key.at, key.len);
	str_init(&s, c->arena);
	str_hex(&s, mac, sizeof mac);
	*ret_hex = s.at;
	return ERR_OK;
}

enum { HOST, ACTION, HASH, DATE, NONCE, VERSION, HEADERS };

/* Headers in the order they are signed, and the line of the signature. */
static enum err headers_of(
	struct ctx *c, const struct pair h[HEADERS], const char *query, const char *lines[HEADERS + 3])
{
	struct str canonical, names;
	char *hex;
	enum err e;

	str_init(&canonical, c->arena);
	str_init(&names, c->arena);
	str_addf(&canonical, "POST\n/\n%s\n", query);
	for (size_t i = 0; i < HEADERS; i++) {
		str_addf(&canonical, "%s:%s\n", h[i].name, h[i].value);
		str_addf(&names, "%s%s", i ? ";" : "", h[i].name);
		lines[i] = arena_printf(c->arena, "%s: %s", h[i].name, h[i].value);
	}
	str_addf(&canonical, "\n%s\n%s", names.at, h[HASH].value);
	e = signature(c,
		arena_printf(
			c->arena, "ACS3-HMAC-SHA256\n%s", crypto_sha256_hex(c->arena, canonical.at, canonical.len)),
		&hex);
	if (e != ERR_OK)
		return e;
	lines[HEADERS] = arena_printf(c->arena,
		"Authorization: ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s",
		c->house->config.sms_key_id, names.at, hex);
	lines[HEADERS + 1] = "Content-Type:"; /* there is no body: libcurl would name one, unsigned */
	lines[HEADERS + 2] = NULL;
	return ERR_OK;
}

static enum err ask(
	struct ctx *c, const char *action, const struct pair *pair, size_t n, struct httpc_answer *ret_answer)
{
	const char *url = c->house->config.sms_gateway, *host = strstr(url, "://"), *lines[HEADERS + 3];
	const char *query = query_of(c->arena, pair, n);
	size_t scheme, len;
	enum err e;

	if (!host)
		return ERR_INTERNAL;
	host += 3;
	scheme = (size_t)(host - url);
	len = strcspn(host, "/");
	e = headers_of(c,
		(const struct pair[HEADERS]){
			[HOST] = {"host", arena_textn(c->arena, host, len)},
			[ACTION] = {"x-acs-action", action},
			[HASH] = {"x-acs-content-sha256", crypto_sha256_hex(c->arena, "", 0)},
			[DATE] = {"x-acs-date",
				arena_printf(c->arena, "%.19sZ", moment_text(c->arena, c->now - SHANGHAI_S))},
			[NONCE] = {"x-acs-signature-nonce", crypto_token(c->arena, 16)},
			[VERSION] = {"x-acs-version", "2017-05-25"},
		},
		query, lines);
	return e == ERR_OK ? httpc_post(c->arena, arena_printf(c->arena, "%.*s/?%s", (int)(scheme + len), url, query),
				     lines, (struct bytes){(const unsigned char *)"", 0}, LIMIT_S, ret_answer)
			   : e;
}

/* --- sending --- */

struct said {
	const char *code, *biz_id;
};
static const struct field said_fields[] = {
	{"Code", "Code", FIELD_TEXT, 0, 0, 200, FIELD_AT(struct said, code, const char *), NULL, NULL, NULL},
	{"BizId", "BizId", FIELD_TEXT, 0, 0, 64, FIELD_AT(struct said, biz_id, const char *), NULL, NULL, NULL},
};
static const struct shape said_shape = SHAPE(struct said, said_fields);

/* "Anything but OK: not sent", when the service itself says so; what a proxy on the way says is no answer. */
static enum err send(struct ctx *c, const struct notify_message *m, struct notify_answer *ret_answer)
{
	const struct config *config = &c->house->config;
	const char *code = notify_code_of(c->arena, config->sms_templates, m->template);
	const struct pair pair[] = {
		{"OutId", m->out_id},
		{"PhoneNumbers", m->phone},
		{"SignName", config->sms_sign_name},
		{"TemplateCode", code},
		{"TemplateParam", m->params},
	};
	struct said said = {NULL, NULL};
	const struct meaning *meaning;
	struct httpc_answer answer;
	enum err e;

	*ret_answer = (struct notify_answer){NOTIFY_REFUSED, NULL, "no_template"};
	if (!code)
		return ERR_OK;
	e = ask(c, "SendSms", pair, ARRAY_LEN(pair), &answer);
	if (e != ERR_OK)
		return e;
	if (!notify_read(c, answer.body, &said_shape, &said) || !said.code)
		return ERR_UNCERTAIN;
	if (text_eq(said.code, "OK"))
		*ret_answer = (struct notify_answer){NOTIFY_SENT, said.biz_id, NULL};
	else {
		meaning = meaning_of(said.code);
		if (answer.status >= 500 && !meaning)
			return ERR_UNCERTAIN;
		*ret_answer = (struct notify_answer){
			meaning && meaning->later ? NOTIFY_LATER : NOTIFY_REFUSED, NULL, word_of(c->arena, said.code)};
	}
	return ERR_OK;
}

/* --- asking --- */

struct detail {
	const char *out_id, *code, *received;
	int64_t status; /* 1 under way, 2 failed, 3 delivered */
};
static const struct field detail_fields[] = {
	{"OutId", "OutId", FIELD_TEXT, 0, 0, 256, FIELD_AT(struct detail, out_id, const char *), NULL, NULL, NULL},
	{"ErrCode", "ErrCode", FIELD_TEXT, 0, 0, 200, FIELD_AT(struct detail, code, const char *), NULL, NULL, NULL},
	{"ReceiveDate", "ReceiveDate", FIELD_TEXT, 0, 0, 40, FIELD_AT(struct detail, received, const char *), NULL,
		NULL, NULL},
	{"SendStatus", "SendStatus", FIELD_INT, 0, 0, 9, FIELD_AT(struct detail, status, int64_t), NULL, NULL, NULL},
};
static const struct shape detail_shape = SHAPE(struct detail, detail_fields);

struct details {
	struct list list;
};
static const struct field details_fields[] = {
	{"SmsSendDetailDTO", "SmsSendDetailDTO", FIELD_LIST, 0, 0, PAGE, FIELD_AT(struct details, list, struct list),
		NULL, NULL, &detail_shape},
};
static const struct shape details_shape = SHAPE(struct details, details_fields);

struct page {
	const char *code;
	struct details details;
};
static const struct field page_fields[] = {
	{"Code", "Code", FIELD_TEXT, 0, 0, 200, FIELD_AT(struct page, code, const char *), NULL, NULL, NULL},
	{"SmsSendDetailDTOs", "SmsSendDetailDTOs", FIELD_OBJECT, 0, 0, 0, offsetof(struct page, details), NULL, NULL,
		&details_shape},
};
static const struct shape page_shape = SHAPE(struct page, page_fields);

static void told(struct ctx *c, const struct detail *d, struct notify_report *ret_report)
{
	ret_report->what = d->status == 3 ? NOTIFY_DELIVERED : d->status == 2 ? NOTIFY_FAILED : NOTIFY_UNDER_WAY;
	ret_report->code = word_of(c->arena, d->code);
	ret_report->at = notify_gateway_moment(d->received);
}

/* All that phone got that day, until ours is among it. */
static enum err ask_day(
	struct ctx *c, const struct notify_message *m, struct date day, struct notify_report *ret_report)
{
	struct page page = {NULL, {{NULL, PAGE}}};

	for (int n = 1; n <= PAGES_MAX && page.details.list.count == PAGE; n++) {
		const struct pair pair[] = {
			{"BizId", m->biz_id ? m->biz_id : ""},
			{"CurrentPage", arena_printf(c->arena, "%d", n)},
			{"PageSize", arena_printf(c->arena, "%d", PAGE)},
			{"PhoneNumber", m->phone},
			{"SendDate", arena_printf(c->arena, "%04d%02d%02d", day.year, day.month, day.day)},
		};
		bool all = m->biz_id == NULL;
		struct httpc_answer answer;
		enum err e = ask(c, "QuerySendDetails", &pair[all], ARRAY_LEN(pair) - all, &answer);

		page = (struct page){0};
		if (e == ERR_OK && (!notify_read(c, answer.body, &page_shape, &page) || !text_eq(page.code, "OK")))
			e = ERR_UNCERTAIN;
		if (e != ERR_OK)
			return e;
		for (size_t i = 0; i < page.details.list.count; i++)
			if (text_eq(((const struct detail *)page.details.list.at)[i].out_id, m->out_id))
				told(c, &((const struct detail *)page.details.list.at)[i], ret_report);
		if (ret_report->what != NOTIFY_UNKNOWN)
			return ERR_OK;
	}
	return page.details.list.count == PAGE ? ERR_UNCERTAIN : ERR_OK;
}

/* An attempt at midnight may count to the next day there. */
static enum err what_became(struct ctx *c, const struct notify_message *m, struct notify_report *ret_report)
{
	struct date day = date_of_moment(m->asked_at), next = date_of_moment(m->asked_at + 60);
	enum err e;

	*ret_report = (struct notify_report){.what = NOTIFY_UNKNOWN};
	e = ask_day(c, m, day, ret_report);
	if (e == ERR_OK && ret_report->what == NOTIFY_UNKNOWN && date_cmp(day, next) != 0)
		e = ask_day(c, m, next, ret_report);
	return e;
}

const struct notify_driver notify_aliyun = {"aliyun", true, send, what_became};
