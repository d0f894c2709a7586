#include "domain/unlock.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/clock.h"
#include "domain/rate.h"
#include "domain/register.h"
#include "domain/unlock_key.h"

enum { ADD, REPLACE, USE, RUN_OUT, EXPIRE, TOKEN_CAME, NOT_REVIEWER };

static const struct sql sql[] = {
	[ADD] = {"INSERT INTO unlock_permission (application_id, certificate_id, token_serial, nonce, key_id, state, staff_id, "
		 "made_at, ends_at) VALUES (?,?,?,?,?,'issued',?,?,?)",
		"iisssiii", ""},
	[REPLACE] =
		{"UPDATE unlock_permission SET state=IF(ends_at>?,'failed','expired'), closed_at=? WHERE application_id=? "
		 "AND token_serial=? AND state='issued'",
			"iiis", ""},
	[USE] = {"UPDATE unlock_permission SET state='used', closed_at=? WHERE application_id=? AND state='issued' AND "
		 "ends_at>? AND made_at<=?",
		"iiii", ""},
	[RUN_OUT] =
		{"UPDATE unlock_permission SET state='expired', closed_at=? WHERE application_id=? AND state='issued'",
			"ii", ""},
	[EXPIRE] =
		{"UPDATE unlock_permission SET state='expired', closed_at=? WHERE state='issued' AND ends_at<=? LIMIT 500",
			"ii", ""},
	[TOKEN_CAME] = {"SELECT COUNT(*) FROM token_in WHERE application_id=? AND serial=?", "is", "i"},
	[NOT_REVIEWER] = {"SELECT COUNT(*) FROM application WHERE id=? AND COALESCE(reviewer1,0)<>?", "ii", "i"},
};
SQL_TABLE(unlock);

enum { LIMIT_SPAN_S = 3600, OWN_MOST = 20, STAFF_MOST = 300 };

static const char *rule_hex(struct arena *a, const char **text, const char **ret_say)
{
	(void)a;
	*ret_say = "应为UKey给出的小写十六进制编号";
	return (*text)[strspn(*text, "0123456789abcdef")] ? "hex" : NULL;
}

#define IN_REST \
	TEXT_REQUIRED(struct unlock_in, token_serial, "UKey序列号", 4, 40, register_rule_token), \
		TEXT_REQUIRED(struct unlock_in, challenge, "解锁编号", 32, 32, rule_hex), \
		TEXT_REQUIRED(struct unlock_in, key, "解锁公钥", 16, 16, rule_hex)
static const struct field in_fields[] = {
	TEXT_REQUIRED(struct unlock_in, no, "申请单号", 8, 20, rule_case_no),
	IN_REST,
};
static const struct field own_fields[] = {IN_REST};
const struct shape unlock_in_shape = SHAPE(struct unlock_in, in_fields),
		   unlock_own_shape = SHAPE(struct unlock_in, own_fields);

struct asking {
	const char *no;
	const struct unlock_in *in;
	struct token_permission *permission;
	const char *refused; /* for the record; what is said is the same */
};

static bool unlocks(const struct application *app)
{
	return text_eq(application_effect(app), "unlock");
}

/* --- who, and when --- */

static enum err may_ask(struct ctx *c, const struct application *app)
{
	bool staff = c->actor.kind == ACTOR_STAFF;
	struct db_int n = {0};
	struct bytes spki;
	enum err e;

	if (!unlocks(app))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请不是解锁");
	if (state_is_closed(app->state))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请已经结束，要再解锁请重新申请");
	if (app->state != (staff ? STATE_APPROVED : STATE_INSTALLING))
		return ctx_say(c, ERR_WRONG_STATE, staff ? "这件申请现在不在待制证状态" : "审核通过以后才能解锁");
	e = clock_check(c);
	if (e == ERR_OK)
		e = unlock_key_public(c->arena, &c->house->config, &spki);
	if (e == ERR_NOT_FOUND)
		return ctx_say(c, ERR_WRONG_STATE, "本系统不签发解锁许可，请按页面上的步骤在客户端里解锁");
	if (e != ERR_OK || !staff)
		return e;
	e = db_one(c->db, &sql[NOT_REVIEWER], &db_int_shape, &n, I(app->id), I(c->actor.staff_id));
	return e == ERR_OK && !n.value ? ctx_say(c, ERR_TWO_PERSONS, "解锁与初审须由不同的人办理，请交给另一位同事")
				       : e;
}

/* --- which token --- */

/* In the register; at the counter also the token that came in for a certificate whose token is not known. */
static enum err lies_there(struct ctx *c, const struct application *app, const struct register_certificate *r,
	const char *serial, bool *ret_there)
{
	struct db_int n = {0};
	enum err e;

	*ret_there = r->token_serial && text_eq(r->token_serial, serial);
	if (r->token_serial || c->actor.kind != ACTOR_STAFF)
		return ERR_OK;
	e = db_one(c->db, &sql[TOKEN_CAME], &db_int_shape, &n, I(app->id), S(serial));
	*ret_there = n.value > 0;
	return e;
}

/* The first certificate of the case that is valid and lies in the token; 0: none. */
static enum err certificate_in(struct ctx *c, const struct application *app, const char *serial, int64_t *ret_id)
{
	const struct item_data *line = app->data.items.at;
	enum err e = ERR_OK;

	*ret_id = 0;
	for (size_t i = 0; e == ERR_OK && !*ret_id && i < app->data.items.count; i++) {
		struct register_certificate r;
		bool there = false;

		e = register_find(c, line[i].old_serial, &r);
		if (e == ERR_NOT_FOUND) {
			e = ERR_OK;
			continue;
		}
		if (e == ERR_OK)
			e = lies_there(c, app, &r, serial, &there);
		if (there && r.status == REGISTER_VALID)
			*ret_id = r.id;
	}
	return e;
}

/* --- the permission --- */

static enum err sign(struct ctx *c, const struct asking *k)
{
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	enum err e = unlock_key_open(c->arena, &c->house->config, k->in->key, &key);

	return e == ERR_OK ? token_permit(c->arena, key, k->permission) : e;
}

static enum err keep(struct ctx *c, const struct application *app, int64_t certificate_id, const struct asking *k)
{
	const struct token_permission *p = k->permission;
	enum err e = db_exec(c->db, &sql[REPLACE], I(c->now), I(c->now), I(app->id), S(p->serial));

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ADD], I(app->id), I(certificate_id), S(p->serial), S(p->nonce), S(k->in->key),
			I0(c->actor.staff_id), I(c->now), I(p->until));
	if (e == ERR_OK)
		audit_add(c, "unlock_permit", k->no, p->serial);
	return e;
}

static enum err permit(struct ctx *c, void *arg)
{
	struct asking *k = arg;
	struct application app;
	int64_t certificate_id = 0;
	enum err e = application_lock(c, k->no, &app);

	k->refused = NULL;
	if (e == ERR_OK)
		e = may_ask(c, &app);
	if (e == ERR_OK)
		e = certificate_in(c, &app, k->in->token_serial, &certificate_id);
	if (e != ERR_OK)
		return e;
	if (!certificate_id) {
		k->refused = "token";
		return ERR_INVALID;
	}
	*k->permission = (struct token_permission){
		.serial = k->in->token_serial, .nonce = k->in->challenge, .until = c->now + UNLOCK_PERMISSION_S};
	e = sign(c, k);
	if (e == ERR_NOT_FOUND)
		k->refused = "key";
	else if (e == ERR_OK && (e = keep(c, &app, certificate_id, k)) == ERR_CONFLICT)
		k->refused = "challenge";
	return k->refused ? ERR_INVALID : e;
}

static enum err refuse(struct ctx *c, const struct asking *k)
{
	bool again = text_eq(k->refused, "challenge");
	enum err e = audit_look(
		c, "unlock_refused", k->no, arena_printf(c->arena, "%s %s", k->refused, k->in->token_serial));

	if (e != ERR_OK)
		return e;
	if (again)
		return ctx_say(c, ERR_INVALID, "这次读取已经取过许可，请重新读取UKey");
	return ctx_say(
		c, ERR_INVALID, "这个UKey不能用于这件申请，请插入要解锁的那个UKey再试；还不行的，到前台或邮寄办理");
}

static enum err limit(struct ctx *c)
{
	bool staff = c->actor.kind == ACTOR_STAFF;
	int64_t wait;

	return rate_hit(c, staff ? "unlock-staff" : "unlock-account",
		arena_printf(c->arena, "%" PRId64, staff ? c->actor.staff_id : c->actor.account_id), LIMIT_SPAN_S,
		staff ? STAFF_MOST : OWN_MOST, &wait);
}

enum err unlock_permit(
	struct ctx *c, const char *no, const struct unlock_in *in, struct token_permission *ret_permission)
{
	struct asking k = {.no = no, .in = in, .permission = ret_permission};
	enum err e = limit(c);

	if (e == ERR_OK)
		e = ctx_tx(c, permit, &k);
	return e == ERR_INVALID && k.refused ? refuse(c, &k) : e;
}

enum err unlock_done(struct ctx *c, const struct application *app)
{
	enum err e;

	assert(db_in_tx(c->db));
	if (!unlocks(app))
		return ERR_OK;
	e = db_exec(c->db, &sql[USE], I(c->now), I(app->id), I(c->now), I(c->now + CTX_AHEAD_S));
	if (e == ERR_OK && db_changed(c->db))
		audit_add(c, "unlock_used", app->no, NULL);
	return e == ERR_OK ? db_exec(c->db, &sql[RUN_OUT], I(c->now), I(app->id)) : e;
}

enum err unlock_expire(struct ctx *c, int *ret_done)
{
	enum err e = db_exec(c->db, &sql[EXPIRE], I(c->now), I(c->now));

	*ret_done = e == ERR_OK ? (int)db_changed(c->db) : 0;
	return e;
}
