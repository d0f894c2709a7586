#include "domain/notify.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

enum { INSERT, LIST };

static const struct sql sql[] = {
	[INSERT] =
		{"INSERT INTO outbox (application_id, phone_sealed, template, params_sealed, dedupe, state, lane, ends_at, next_at, "
		 "created_at) VALUES (?,?,?,?,?,'waiting',?,?,?,?)",
			"ibsbsiiii", ""},
	[LIST] = {"SELECT created_at, template, state FROM outbox WHERE application_id=? ORDER BY id DESC LIMIT 100",
		"i", "iss"},
};
SQL_TABLE(notify);

enum { VALUE_MOST = 80 };

static const struct notify_template templates[] = {
	{"code", "验证码{code}，{minutes}分钟内有效。如非本人操作请忽略，切勿告知他人。", NOTIFY_CODE, true},
	{"submitted", "申请{no}已提交，我们将在1个工作日内初审。凭单号可查询进度。", NOTIFY_ANSWER, false},
	{"corrected", "申请{no}的补正已提交，我们将在1个工作日内复核。凭单号可查询进度。", NOTIFY_ANSWER, false},
	{"returned", "申请{no}有{count}处需要改，请于{day}前登录网站一次补正。", NOTIFY_NEWS, false},
	{"accepted", "申请{no}材料已通过初审，还在等待：{waiting}。", NOTIFY_NEWS, false},
	{"gates_closed", "申请{no}已收齐，承诺{day}前办结。", NOTIFY_NEWS, false},
	{"approved", "申请{no}已通过复审，正在制证。", NOTIFY_NEWS, false},
	{"sent", "申请{no}已制证，顺丰{waybill}寄出，请留意查收。", NOTIFY_NEWS, false},
	{"install", "申请{no}已通过，请打开网证通安全客户端，插入UKey按提示操作。", NOTIFY_ANSWER, false},
	{"install_here", "申请{no}已通过，请在装有安全客户端的电脑上登录网站，插入UKey安装新证书。", NOTIFY_ANSWER,
		false},
	{"ready", "申请{no}已制证，请经办人带身份证原件到网点领取。", NOTIFY_NEWS, false},
	{"completed", "申请{no}已办结。电子发票将在1至2个工作日内发送。", NOTIFY_NEWS, false},
	{"rejected", "申请{no}不予办理，原因请登录网站查看。", NOTIFY_NEWS, false},
	{"withdrawn", "申请{no}已撤回。", NOTIFY_ANSWER, false},
	{"expiring", "申请{no}长时间没有操作，将于{day}关闭，请登录网站继续办理。", NOTIFY_NEWS, false},
	{"expired", "申请{no}因长时间没有操作已关闭。", NOTIFY_NEWS, false},
	{"stays_closed", "申请{no}的款项已到账，但申请已不能恢复办理，原因请登录网站查看，工作人员会联系您退款。",
		NOTIFY_NEWS, false},
	{"invoice", "发票{link} 提取码{code}，30天有效。", NOTIFY_ANSWER, true},
	{"money", "申请{no}的款项{amount}元已到账。", NOTIFY_NEWS, false},
	{"answered", "您提交的意见{no}已有答复，请凭编号和手机号在网站的“咨询投诉”页查看。", NOTIFY_ANSWER, false},
	{"remind", "{unit}的数字证书（尾号{tail}）{day}到期，还有{days}天，请登录网站办理续期。", NOTIFY_NEWS, false},
};

const struct notify_template *notify_template(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(templates); i++)
		if (text_eq(templates[i].word, word))
			return &templates[i];
	return NULL;
}

const struct notify_template *notify_templates(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(templates);
	return templates;
}

bool notify_knows(const char *word)
{
	return notify_template(word) != NULL;
}

static const char *value_of(const struct notify_param *params, const char *name, size_t n)
{
	for (; params && params->name; params++)
		if (strlen(params->name) == n && memcmp(params->name, name, n) == 0)
			return params->value;
	return "…";
}

char *notify_text(struct arena *a, const char *word, const struct notify_param *params)
{
	const struct notify_template *t = notify_template(word);
	struct str s;

	assert(t);
	str_init(&s, a);
	for (const char *at = t->text; *at; at++) {
		const char *close = *at == '{' ? strchr(at, '}') : NULL;

		if (!close) {
			str_addc(&s, *at);
			continue;
		}
		str_add(&s, value_of(params, at + 1, (size_t)(close - at - 1)));
		at = close;
	}
	return s.at;
}

/* A value as it may stand in a message, whoever wrote it. */
static const char *cleaned(struct arena *a, const char *value)
{
	struct str s;
	size_t n = 0;
	uint32_t cp;

	str_init(&s, a);
	while (value && (cp = utf8_next(&value)) != 0) {
		char utf8[4];
		bool blank = utf8_is_blank(cp) || utf8_is_control(cp) || utf8_is_invisible(cp);

		if (blank && (!s.len || s.at[s.len - 1] == ' '))
			continue;
		if (++n >= VALUE_MOST && *value) {
			str_add(&s, "…");
			break;
		}
		cp = blank ? ' ' : cp == 0x3010 ? 0x3014 : cp == 0x3011 ? 0x3015 : cp; /* 【】 */
		str_addn(&s, utf8, utf8_put(cp, utf8));
	}
	return s.len ? utf8_trim(a, s.at) : "…";
}

/* Exactly the variables of the template, none of them empty: gateways want it so. */
static void write_params(struct json_out *j, struct arena *a, const char *text, const struct notify_param *params)
{
	json_object(j, "params");
	for (const char *at = text; (at = strchr(at, '{')); at++) {
		size_t n = strcspn(at + 1, "}");

		json_text(j, arena_textn(a, at + 1, n), value_of(params, at + 1, n));
	}
	json_end(j);
}

/* The message as the driver takes it: {phone, template, text, params}. */
static char *message(struct ctx *c, const char *phone, const char *word, const struct notify_param *params)
{
	struct notify_param *clean;
	struct json_out j;
	struct str s;
	size_t n = 0;

	while (params && params[n].name)
		n++;
	clean = arena_alloc(c->arena, (n + 1) * sizeof *clean);
	for (size_t i = 0; i < n; i++)
		clean[i] = (struct notify_param){params[i].name, cleaned(c->arena, params[i].value)};
	params = clean;
	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_object(&j, NULL);
	json_text(&j, "phone", phone);
	json_text(&j, "template", word);
	json_text(&j, "text", notify_text(c->arena, word, params));
	write_params(&j, c->arena, notify_template(word)->text, params);
	json_end(&j);
	return s.at;
}

enum err notify_add(struct ctx *c, int64_t application_id, const char *phone, const char *word,
	const struct notify_param *params, const char *dedupe, int64_t *ret_id)
{
	const struct notify_template *t = notify_template(word);
	bool code = t && t->kind == NOTIFY_CODE;
	enum err e;

	assert(db_in_tx(c->db) && t);
	e = db_exec(c->db, &sql[INSERT], I0(application_id), B(ctx_seal(c, "outbox.phone", phone)), S(word),
		B(ctx_seal(c, "outbox.params", message(c, phone, word, params))), S(dedupe), I(code ? 0 : 1),
		I0(code ? c->now + c->house->config.otp_ttl_s : 0), I(c->now), I(c->now));
	if (e == ERR_OK && ret_id)
		*ret_id = db_last_id(c->db);
	return e == ERR_CONFLICT ? ERR_OK : e;
}

/* --- quiet hours --- */

int64_t notify_quiet_end(int64_t now, const char *quiet)
{
	struct date day = date_of_moment(now);
	int64_t from, to, begins, ends;

	if (!config_hours(quiet, &from, &to))
		return now;
	begins = date_moment(day, (int)from, 0, 0);
	ends = date_moment(day, (int)to, 0, 0);
	if (from < to)
		return now >= begins && now < ends ? ends : now;
	if (now < ends)
		return ends;
	return now >= begins ? ends + DAY_S : now;
}

/* --- what the applicant sees --- */

static const struct field list_fields[] = {
	TIME(struct notify_row, at, "at"),
	TEXT(struct notify_row, template, "template", 0, 0, NULL),
	TEXT(struct notify_row, state, "state", 0, 0, NULL),
};
static const struct shape list_shape = SHAPE(struct notify_row, list_fields);

enum err notify_list(struct ctx *c, int64_t application_id, struct list *ret_rows)
{
	enum err e = db_all(c->db, &sql[LIST], &list_shape, ret_rows, I(application_id));

	for (size_t i = 0; e == ERR_OK && i < ret_rows->count; i++) {
		struct notify_row *r = &((struct notify_row *)ret_rows->at)[i];

		r->text = notify_text(c->arena, r->template, NULL);
	}
	return e;
}
