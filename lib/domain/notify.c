#include "domain/notify.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "io/json.h"
#include "io/json_out.h"
#include "io/spool.h"

enum { INSERT, DUE, DUE_ONE, LEASE, SENT, FAILED, LIST };

static const struct sql sql[] = {
	[INSERT] =
		{"INSERT INTO outbox (application_id, phone_sealed, template, params_sealed, dedupe, state, next_at, created_at) "
		 "VALUES (?,?,?,?,?,'waiting',?,?)",
			"ibsbsii", ""},
	[DUE] = {"SELECT id, phone_sealed, template, params_sealed, tries FROM outbox WHERE state='waiting' AND next_at<=? "
		 "ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED",
		"i", "ibsbi"},
	[DUE_ONE] =
		{"SELECT id, phone_sealed, template, params_sealed, tries FROM outbox WHERE id=? AND state='waiting' AND next_at<=? "
		 "FOR UPDATE SKIP LOCKED",
			"ii", "ibsbi"},
	[LEASE] = {"UPDATE outbox SET next_at=?, tries=tries+1 WHERE id=? AND state='waiting'", "ii", ""},
	[SENT] = {"UPDATE outbox SET state='sent', sent_at=?, params_sealed=NULL WHERE id=? AND state='waiting'", "ii",
		""},
	[FAILED] = {"UPDATE outbox SET state=?, next_at=? WHERE id=? AND state='waiting'", "sii", ""},
	[LIST] = {"SELECT created_at, template, state FROM outbox WHERE application_id=? ORDER BY id DESC LIMIT 100",
		"i", "iss"},
};
SQL_TABLE(notify);

enum { LEASE_S = 60, TRIES_MAX = 8 };

/* {name} is replaced by the variable. */
static const struct template
{
	const char *word, *text;
}
templates[] = {
	{"code", "验证码{code}，{minutes}分钟内有效。如非本人操作请忽略，切勿告知他人。"},
	{"submitted", "申请{no}已提交，我们将在1个工作日内初审。凭单号可查询进度。"},
	{"returned", "申请{no}有{count}处需要改，请于{day}前登录网站一次补正。"},
	{"accepted", "申请{no}材料已通过初审，还在等待：{waiting}。"},
	{"gates_closed", "申请{no}已收齐，承诺{day}前办结。"},
	{"approved", "申请{no}已通过复审，正在制证。"},
	{"sent", "申请{no}已制证，顺丰{waybill}寄出，请留意查收。"},
	{"install", "申请{no}已通过，请打开网证通安全客户端，插入UKey按提示操作。"},
	{"ready", "申请{no}已制证，请经办人带身份证原件到网点领取。"},
	{"completed", "申请{no}已办结。电子发票将在1至2个工作日内发送。"},
	{"rejected", "申请{no}不予办理，原因请登录网站查看。"},
	{"withdrawn", "申请{no}已撤回。"},
	{"expiring", "申请{no}长时间没有操作，将于{day}关闭，请登录网站继续办理。"},
	{"expired", "申请{no}因长时间没有操作已关闭。"},
	{"stays_closed", "申请{no}的款项已到账，但申请已不能恢复办理，原因请登录网站查看，工作人员会联系您退款。"},
	{"money", "申请{no}的款项{amount}元已到账。"},
};

static const struct template *find(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(templates); i++)
		if (text_eq(templates[i].word, word))
			return &templates[i];
	return NULL;
}

bool notify_knows(const char *word)
{
	return find(word) != NULL;
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
	const struct template *t = find(word);
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

static void write_params(struct json_out *j, const char *key, const struct notify_param *params)
{
	json_object(j, key);
	for (; params && params->name; params++)
		json_text(j, params->name, params->value);
	json_end(j);
}

/* The message as the driver takes it: {phone, template, text, params}. */
static char *message(struct ctx *c, const char *phone, const char *word, const struct notify_param *params)
{
	struct json_out j;
	struct str s;

	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_object(&j, NULL);
	json_text(&j, "phone", phone);
	json_text(&j, "template", word);
	json_text(&j, "text", notify_text(c->arena, word, params));
	write_params(&j, "params", params);
	json_end(&j);
	return s.at;
}

enum err notify_add(struct ctx *c, int64_t application_id, const char *phone, const char *word,
	const struct notify_param *params, const char *dedupe, int64_t *ret_id)
{
	enum err e;

	assert(db_in_tx(c->db) && notify_knows(word));
	e = db_exec(c->db, &sql[INSERT], I0(application_id), B(ctx_seal(c, "outbox.phone", phone)), S(word),
		B(ctx_seal(c, "outbox.params", message(c, phone, word, params))), S(dedupe), I(c->now), I(c->now));
	if (e == ERR_OK && ret_id)
		*ret_id = db_last_id(c->db);
	return e == ERR_CONFLICT ? ERR_OK : e;
}

struct due {
	int64_t id;
	struct bytes phone_sealed;
	const char *template;
	struct bytes params_sealed;
	int64_t tries;
};
static const struct field due_fields[] = {
	INT(struct due, id, "id", 0, 0),
	BYTES(struct due, phone_sealed, "phone", 0),
	TEXT(struct due, template, "template", 0, 0, NULL),
	BYTES(struct due, params_sealed, "params", 0),
	INT(struct due, tries, "tries", 0, 0),
};
static const struct shape due_shape = SHAPE(struct due, due_fields);

struct take {
	int64_t id; /* 0: the next one */
	struct due due;
};

static enum err take_one(struct ctx *c, void *arg)
{
	struct take *t = arg;
	enum err e = t->id ? db_one(c->db, &sql[DUE_ONE], &due_shape, &t->due, I(t->id), I(c->now))
			   : db_one(c->db, &sql[DUE], &due_shape, &t->due, I(c->now));

	return e == ERR_OK ? db_exec(c->db, &sql[LEASE], I(c->now + LEASE_S), I(t->due.id)) : e;
}

static enum err mark(struct ctx *c, void *arg)
{
	const struct due *d = arg;

	return db_exec(c->db, &sql[SENT], I(c->now), I(d->id));
}

static enum err mark_failed(struct ctx *c, void *arg)
{
	const struct due *d = arg;
	int64_t tries = d->tries + 1;

	return db_exec(c->db, &sql[FAILED], S(tries >= TRIES_MAX ? "dead" : "waiting"),
		I(c->now + (30ll << (tries < 10 ? tries : 10))), I(d->id));
}

static enum err send_one(struct ctx *c, struct due *d)
{
	const char *text;
	enum err e = ctx_open(c, "outbox.params", d->params_sealed, &text);

	if (e == ERR_OK)
		e = spool_put(c->arena, arena_printf(c->arena, "%s/sms", c->house->config.spool_dir),
			arena_printf(c->arena, "%012" PRId64 "-%s", d->id, d->template), text, strlen(text));
	if (e == ERR_OK)
		return ctx_tx(c, mark, d);
	log_at(LOG_WARN, "message %" PRId64 " not sent, try %" PRId64, d->id, d->tries + 1);
	return ctx_tx(c, mark_failed, d);
}

enum err notify_send(struct ctx *c, int64_t id, int most, int *ret_sent)
{
	enum err e = ERR_OK;

	*ret_sent = 0;
	while (*ret_sent < most && e == ERR_OK) {
		struct take t = {.id = id};

		e = ctx_tx(c, take_one, &t);
		if (e == ERR_NOT_FOUND)
			return ERR_OK;
		if (e == ERR_OK)
			e = send_one(c, &t.due);
		++*ret_sent;
	}
	return e;
}

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
