#include "domain/issuer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/authority.h"
#include "domain/certificate.h"
#include "domain/clock.h"
#include "domain/issuer_driver.h"
#include "domain/register.h"
#include "domain/token_state.h"
#include "io/der.h"

enum { ADD, AGAIN, LINE, NOT_REVIEWER, WRITTEN, CHECKED, INSTALLED, UNWRITTEN, UNCHECKED, UNWRITTEN_TOKEN };

#define OF_LINE " WHERE application_id=? AND item=?"
static const struct sql sql[] = {
	[ADD] = {"INSERT INTO issuance (application_id, item, driver, state, algorithm, request, token_serial, sign_serial, "
		 "enc_serial, not_before, not_after, staff_id, made_at) VALUES (?,?,?,'planned',?,?,?,?,?,?,?,?,?)",
		"iissbsssiiii", ""},
	[AGAIN] =
		{"UPDATE issuance SET driver=?, state='planned', algorithm=?, request=?, token_serial=?, sign_serial=?, "
		 "enc_serial=?, not_before=?, not_after=?, staff_id=?, made_at=?, sign_cert=?, enc_cert=NULL, enc_key_sealed=?, "
		 "error='', done_at=NULL WHERE id=? AND state='failed'",
			"ssbsssiiiibbi", ""},
	[LINE] =
		{"SELECT id, state, made_at, written_at, checked_at, driver, request, not_before, not_after, sign_cert, "
		 "enc_cert, enc_key_sealed FROM issuance" OF_LINE " FOR UPDATE",
			"ii", "isiiisbiibbb"},
	[NOT_REVIEWER] = {"SELECT COUNT(*) FROM application WHERE id=? AND COALESCE(reviewer1,0)<>?", "ii", "i"},
	[WRITTEN] = {"UPDATE issuance SET written_at=COALESCE(written_at,?), written_by=COALESCE(written_by,?), "
		     "enc_key_sealed=NULL" OF_LINE " AND state='done'",
		"iiii", ""},
	[CHECKED] =
		{"UPDATE issuance SET checked_by=?, checked_at=? WHERE id=? AND written_at IS NOT NULL AND checked_at IS "
		 "NULL AND COALESCE(staff_id,0)<>? AND COALESCE(written_by,0)<>?",
			"iiiii", ""},
	[INSTALLED] =
		{"UPDATE issuance SET written_at=COALESCE(written_at,?), checked_at=COALESCE(checked_at,?), enc_key_sealed=NULL "
		 "WHERE application_id=? AND state='done'",
			"iii", ""},
	[UNWRITTEN] =
		{"SELECT COUNT(*) FROM issuance WHERE application_id=? AND written_at IS NULL AND state<>'failed'", "i",
			"i"},
	[UNCHECKED] =
		{"SELECT COUNT(*) FROM issuance WHERE application_id=? AND checked_at IS NULL AND state<>'failed'", "i",
			"i"},
	[UNWRITTEN_TOKEN] = {"SELECT token_serial FROM issuance" OF_LINE " AND written_at IS NULL", "ii", "s"},
};
SQL_TABLE(issuer);

enum { REQUEST_TEXT_MAX = 12000 };

#define IN_REST \
	INT_REQUIRED(struct issuer_in, item, "证书序号", 1, ITEMS_MAX), \
		TEXT_REQUIRED(struct issuer_in, request, "证书请求", 1, REQUEST_TEXT_MAX, NULL), \
		TEXT_REQUIRED(struct issuer_in, token_serial, "UKey序列号", 4, 40, register_rule_token)
static const struct field in_fields[] = {
	TEXT_REQUIRED(struct issuer_in, no, "申请单号", 8, 20, rule_case_no),
	IN_REST,
};
static const struct field item_fields[] = {IN_REST};
const struct shape issuer_in_shape = SHAPE(struct issuer_in, in_fields),
		   issuer_item_shape = SHAPE(struct issuer_in, item_fields);

struct line {
	int64_t id;
	const char *state;
	int64_t made_at, written_at, checked_at;
	const char *driver;
	struct bytes request;
	int64_t not_before, not_after;
	struct bytes sign_cert, enc_cert, enc_key_sealed;
};
static const struct field line_fields[] = {
	INT(struct line, id, "id", 0, 0),
	TEXT(struct line, state, "state", 0, 0, NULL),
	TIME(struct line, made_at, "made_at"),
	TIME(struct line, written_at, "written_at"),
	TIME(struct line, checked_at, "checked_at"),
	TEXT(struct line, driver, "driver", 0, 0, NULL),
	BYTES(struct line, request, "request", 0),
	TIME(struct line, not_before, "not_before"),
	TIME(struct line, not_after, "not_after"),
	BYTES(struct line, sign_cert, "sign_cert", 0),
	BYTES(struct line, enc_cert, "enc_cert", 0),
	BYTES(struct line, enc_key_sealed, "enc_key_sealed", 0),
};
static const struct shape line_shape = SHAPE(struct line, line_fields);

/* --- the request --- */

static bool decode(struct arena *a, const char *text, struct bytes *ret_der)
{
	unsigned char *der = arena_alloc(a, strlen(text) / 4 * 3 + 3);

	*ret_der = (struct bytes){der, 0};
	return base64_decode(text, strlen(text), der, &ret_der->len);
}

static enum err read_request(struct ctx *c, const char *text, struct bytes *ret_der, enum x509_algorithm *ret_algorithm)
{
	const char *say = "证书请求应为一行Base64";
	struct bytes spki;

	if (decode(c->arena, text, ret_der) &&
		x509_request_read(c->arena, *ret_der, &spki, ret_algorithm, &say) == ERR_OK) {
		if (*ret_algorithm != X509_P256)
			return ERR_OK;
		say = "证书请求的密钥种类不被接受，应为RSA 2048位或SM2";
	}
	fault_add(&c->faults, "/request", "request", "%s", say);
	return ERR_INVALID;
}

/* --- who may order what --- */

static enum err may_order(struct ctx *c, const struct application *app, const struct issuer_in *in)
{
	struct db_int n = {0};
	enum err e;

	if (!issuer_driver(c->house->config.issuer))
		return ctx_say(c, ERR_WRONG_STATE, "本系统没有连接签发机构，请用签发工具制证后登记序列号");
	if (app->state != STATE_APPROVED)
		return ctx_say(c, ERR_WRONG_STATE, "这件申请现在不在待制证状态");
	if (text_eq(application_effect(app), "unlock") || text_eq(application_effect(app), "revoke"))
		return ctx_say(c, ERR_WRONG_STATE, "这项业务不签发新证书");
	if (c->actor.kind == ACTOR_APPLICANT && !application_self_made(c, app))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请的证书由工作人员制作，请等待通知");
	if (in->item > (int64_t)app->data.items.count) {
		fault_add(&c->faults, "/item", "range", "这件申请只有%zu张证书", app->data.items.count);
		return ERR_INVALID;
	}
	if (c->actor.kind != ACTOR_STAFF)
		return ERR_OK;
	e = db_one(c->db, &sql[NOT_REVIEWER], &db_int_shape, &n, I(app->id), I(c->actor.staff_id));
	return e == ERR_OK && !n.value ? ctx_say(c, ERR_TWO_PERSONS, "制证与初审须由不同的人办理，请交给另一位同事制证")
				       : e;
}

enum err issuer_queue(struct ctx *c, int64_t issuance_id, const char *time)
{
	return job_add(c, "issue", arena_printf(c->arena, "%" PRId64 ":%s", issuance_id, time));
}

/* From now to the end of the last day that the service gives. */
static enum err days(struct ctx *c, const struct application *app, int64_t item, int64_t *ret_from, int64_t *ret_to)
{
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[item - 1];
	struct register_certificate old = {0};
	struct date last;
	enum err e = line->old_serial ? register_find(c, line->old_serial, &old) : ERR_OK;

	if (e != ERR_OK)
		return e;
	last = register_not_after(application_effect(app), date_of_moment(c->now), old.not_after, app->data.years);
	*ret_from = c->now;
	*ret_to = date_moment(last, 23, 59, 59);
	return ERR_OK;
}

struct planned {
	struct line have;
	bool again; /* have is the row of an order that failed */
	const struct issuer_in *in;
	struct bytes request;
	enum x509_algorithm algorithm;
	int64_t from, to;
};

static bool same_key(struct arena *a, struct bytes one, struct bytes other)
{
	struct bytes spki[2];
	enum x509_algorithm algorithm;
	const char *say;

	return x509_request_read(a, one, &spki[0], &algorithm, &say) == ERR_OK &&
	       x509_request_read(a, other, &spki[1], &algorithm, &say) == ERR_OK && der_equal(spki[0], spki[1]);
}

/* What an authority made before the order failed: with the same key it is gone on from, else it is not used. */
static enum err take_up(struct ctx *c, struct planned *p)
{
	struct line *have = &p->have;
	const char *why = "重新制作时换了密钥，没有使用";
	bool half = have->sign_cert.len && !have->enc_cert.len;
	enum err e = ERR_OK;

	if (!text_eq(have->driver, "cmp"))
		have->sign_cert = have->enc_key_sealed = (struct bytes){0};
	else if (half && text_eq(c->house->config.issuer, "cmp") && same_key(c->arena, p->request, have->request)) {
		p->from = have->not_before;
		p->to = have->not_after;
		return ERR_OK;
	}
	if (have->sign_cert.len)
		e = issuer_put_aside(c, have->id, have->sign_cert, why);
	if (e == ERR_OK && have->enc_cert.len)
		e = issuer_put_aside(c, have->id, have->enc_cert, why);
	have->sign_cert = have->enc_key_sealed = (struct bytes){0};
	return e;
}

static enum err write_intent(struct ctx *c, const struct application *app, struct planned *p)
{
	const char *driver = c->house->config.issuer, *word = x509_algorithm_words[p->algorithm];
	bool ours = issuer_driver(driver)->plans_serials;
	const char *sign = ours ? authority_serial(c->arena) : "", *enc = ours ? authority_serial(c->arena) : "";
	enum err e;

	if (p->again)
		return db_exec(c->db, &sql[AGAIN], S(driver), S(word), B(p->request), S(p->in->token_serial), S(sign),
			S(enc), I(p->from), I(p->to), I0(c->actor.staff_id), I(c->now), B(p->have.sign_cert),
			B(p->have.enc_key_sealed), I(p->have.id));
	e = db_exec(c->db, &sql[ADD], I(app->id), I(p->in->item), S(driver), S(word), B(p->request),
		S(p->in->token_serial), S(sign), S(enc), I(p->from), I(p->to), I0(c->actor.staff_id), I(c->now));
	p->have.id = db_last_id(c->db);
	return e;
}

static enum err plan(struct ctx *c, const struct application *app, const struct issuer_in *in)
{
	struct planned p = {.in = in};
	enum err e = read_request(c, in->request, &p.request, &p.algorithm);

	if (e == ERR_OK)
		e = days(c, app, in->item, &p.from, &p.to);
	if (e != ERR_OK)
		return e;
	e = db_one(c->db, &sql[LINE], &line_shape, &p.have, I(app->id), I(in->item));
	p.again = e == ERR_OK;
	if (p.again && !text_eq(p.have.state, "failed"))
		return ctx_say(c, ERR_CONFLICT, "这张证书已经在制作");
	if (p.again)
		e = take_up(c, &p);
	if (e == ERR_OK || (e == ERR_NOT_FOUND && !p.again))
		e = write_intent(c, app, &p);
	return e == ERR_OK ? issuer_queue(c, p.have.id, arena_printf(c->arena, "%" PRId64, c->now)) : e;
}

enum err issuer_order(struct ctx *c, const char *no, const struct issuer_in *in, struct application *ret_app)
{
	enum err e = clock_check(c);

	if (e == ERR_OK)
		e = application_lock(c, no, ret_app);
	if (e == ERR_OK)
		e = may_order(c, ret_app, in);
	if (e == ERR_OK)
		e = token_check(c, in->token_serial, TOKEN_EVENT_WRITE);
	if (e == ERR_OK)
		e = plan(c, ret_app, in);
	if (e == ERR_OK)
		audit_add(c, "issue_order", no, arena_printf(c->arena, "%" PRId64 " %s", in->item, in->token_serial));
	return e == ERR_OK ? application_save(c, ret_app) : e;
}

enum err issuer_written(struct ctx *c, const char *no, int64_t item, struct application *ret_app)
{
	struct db_text token = {NULL};
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (c->actor.kind == ACTOR_APPLICANT && !application_self_made(c, ret_app))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请的证书由工作人员写入UKey，请等待通知");
	e = db_one(c->db, &sql[UNWRITTEN_TOKEN], &db_text_shape, &token, I(ret_app->id), I(item));
	if (e == ERR_NOT_FOUND)
		e = ERR_OK;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[WRITTEN], I(c->now), I0(c->actor.staff_id), I(ret_app->id), I(item));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_WRONG_STATE, "这张证书还没有签发");
	if (e == ERR_OK)
		e = token_follow(c, token.value, TOKEN_EVENT_WRITE, ret_app->id);
	if (e == ERR_OK)
		audit_add(c, "issue_written", no, arena_printf(c->arena, "%" PRId64, item));
	return e == ERR_OK ? application_save(c, ret_app) : e;
}

static enum err check(struct ctx *c, const struct application *app, int64_t item)
{
	struct line line;
	enum err e = db_one(c->db, &sql[LINE], &line_shape, &line, I(app->id), I(item));

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !line.written_at))
		return ctx_say(c, ERR_WRONG_STATE, "这张证书还没有写入UKey，写入以后再检查");
	if (e != ERR_OK || line.checked_at)
		return e;
	e = db_exec(c->db, &sql[CHECKED], I(c->actor.staff_id), I(c->now), I(line.id), I(c->actor.staff_id),
		I(c->actor.staff_id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_TWO_PERSONS, "制证与检查须由不同的人办理，请交给另一位同事检查");
	return e;
}

enum err issuer_checked(struct ctx *c, const char *no, int64_t item, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = check(c, ret_app, item);
	if (e == ERR_OK)
		audit_add(c, "issue_checked", no, arena_printf(c->arena, "%" PRId64, item));
	return e == ERR_OK ? application_save(c, ret_app) : e;
}

enum err issuer_installed(struct ctx *c, const struct application *app)
{
	assert(db_in_tx(c->db));
	return db_exec(c->db, &sql[INSTALLED], I(c->now), I(c->now), I(app->id));
}

static enum err count(struct ctx *c, const struct sql *what, int64_t application_id, int64_t *ret_count)
{
	struct db_int n = {0};
	enum err e = db_one(c->db, what, &db_int_shape, &n, I(application_id));

	*ret_count = n.value;
	return e;
}

enum err issuer_unwritten(struct ctx *c, int64_t application_id, int64_t *ret_count)
{
	return count(c, &sql[UNWRITTEN], application_id, ret_count);
}

enum err issuer_unchecked(struct ctx *c, int64_t application_id, int64_t *ret_count)
{
	return count(c, &sql[UNCHECKED], application_id, ret_count);
}
