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
#include "domain/issuer_row.h"
#include "domain/register.h"

enum { ADD, AGAIN, LINE, NOT_REVIEWER, WRITTEN, CHECKED, INSTALLED, UNWRITTEN, UNCHECKED };

#define OF_LINE " WHERE application_id=? AND item=?"
static const struct sql sql[] = {
	[ADD] = {"INSERT INTO issuance (application_id, item, driver, state, algorithm, request, token_serial, sign_serial, "
		 "enc_serial, not_before, not_after, staff_id, made_at) VALUES (?,?,?,'planned',?,?,?,?,?,?,?,?,?)",
		"iissbsssiiii", ""},
	[AGAIN] =
		{"UPDATE issuance SET driver=?, state='planned', algorithm=?, request=?, token_serial=?, sign_serial=?, "
		 "enc_serial=?, not_before=?, not_after=?, staff_id=?, made_at=?, error='', done_at=NULL WHERE id=? AND "
		 "state='failed'",
			"ssbsssiiiii", ""},
	[LINE] = {"SELECT id, state, made_at, written_at, checked_at FROM issuance" OF_LINE " FOR UPDATE", "ii",
		"isiii"},
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
};
static const struct field line_fields[] = {
	INT(struct line, id, "id", 0, 0),
	TEXT(struct line, state, "state", 0, 0, NULL),
	TIME(struct line, made_at, "made_at"),
	TIME(struct line, written_at, "written_at"),
	TIME(struct line, checked_at, "checked_at"),
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

static const char *effect_of(const struct application *app)
{
	return catalog_service(app->catalog, app->service)->effect;
}

static enum err may_order(struct ctx *c, const struct application *app, const struct issuer_in *in)
{
	bool own_client = text_eq(app->channel, "online") && text_eq(effect_of(app), "extend");
	struct db_int n = {0};
	enum err e;

	if (!text_eq(c->house->config.issuer, "builtin"))
		return ctx_say(c, ERR_WRONG_STATE, "本系统没有连接签发机构，请用签发工具制证后登记序列号");
	if (app->state != STATE_APPROVED)
		return ctx_say(c, ERR_WRONG_STATE, "这件申请现在不在待制证状态");
	if (text_eq(effect_of(app), "unlock") || text_eq(effect_of(app), "revoke"))
		return ctx_say(c, ERR_WRONG_STATE, "这项业务不签发新证书");
	if (c->actor.kind == ACTOR_APPLICANT && !own_client)
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

/* From now to the end of the last day that the service gives. */
static enum err days(struct ctx *c, const struct application *app, int64_t item, int64_t *ret_from, int64_t *ret_to)
{
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[item - 1];
	struct register_certificate old = {0};
	struct date last;
	enum err e = line->old_serial ? register_find(c, line->old_serial, &old) : ERR_OK;

	if (e != ERR_OK)
		return e;
	last = register_not_after(effect_of(app), date_of_moment(c->now), old.not_after, app->data.years);
	*ret_from = c->now;
	*ret_to = date_moment(last, 23, 59, 59);
	return ERR_OK;
}

static enum err plan(struct ctx *c, const struct application *app, const struct issuer_in *in)
{
	struct line have;
	struct bytes request;
	enum x509_algorithm algorithm;
	int64_t from, to;
	const char *sign = authority_serial(c->arena), *enc = authority_serial(c->arena), *word, *ref;
	enum err e = read_request(c, in->request, &request, &algorithm);

	if (e == ERR_OK)
		e = days(c, app, in->item, &from, &to);
	if (e != ERR_OK)
		return e;
	word = x509_algorithm_words[algorithm];
	e = db_one(c->db, &sql[LINE], &line_shape, &have, I(app->id), I(in->item));
	if (e == ERR_OK && !text_eq(have.state, "failed"))
		return ctx_say(c, ERR_CONFLICT, "这张证书已经在制作");
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[AGAIN], S(c->house->config.issuer), S(word), B(request), S(in->token_serial),
			S(sign), S(enc), I(from), I(to), I0(c->actor.staff_id), I(c->now), I(have.id));
	else if (e == ERR_NOT_FOUND) {
		e = db_exec(c->db, &sql[ADD], I(app->id), I(in->item), S(c->house->config.issuer), S(word), B(request),
			S(in->token_serial), S(sign), S(enc), I(from), I(to), I0(c->actor.staff_id), I(c->now));
		have.id = db_last_id(c->db);
	}
	/* An order after a failure is another job. */
	ref = arena_printf(c->arena, "%" PRId64 ":%" PRId64, have.id, c->now);
	return e == ERR_OK ? job_add(c, "issue", ref) : e;
}

enum err issuer_order(struct ctx *c, const char *no, const struct issuer_in *in, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = may_order(c, ret_app, in);
	if (e == ERR_OK)
		e = plan(c, ret_app, in);
	if (e == ERR_OK)
		audit_add(c, "issue_order", no, arena_printf(c->arena, "%" PRId64 " %s", in->item, in->token_serial));
	return e == ERR_OK ? application_save(c, ret_app) : e;
}

enum err issuer_written(struct ctx *c, const char *no, int64_t item, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[WRITTEN], I(c->now), I0(c->actor.staff_id), I(ret_app->id), I(item));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_WRONG_STATE, "这张证书还没有签发");
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
