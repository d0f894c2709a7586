#include "domain/account.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/notify.h"
#include "domain/rate.h"

enum { CODE_ADD, CODE_LAST, CODE_MISS, CODE_USE, ACCOUNT_FIND, ACCOUNT_ADD };

static const struct sql sql[] = {
	[CODE_ADD] = {"INSERT INTO otp (phone_hash, purpose, code_hash, ends_at, created_at) VALUES (?,?,?,?,?)",
		"bsbii", ""},
	[CODE_LAST] =
		{"SELECT id, code_hash, tries, ends_at, created_at FROM otp WHERE phone_hash=? AND purpose=? AND used_at IS NULL "
		 "ORDER BY id DESC LIMIT 1 FOR UPDATE",
			"bs", "ibiii"},
	[CODE_MISS] = {"UPDATE otp SET tries=tries+1 WHERE id=?", "i", ""},
	[CODE_USE] = {"UPDATE otp SET used_at=? WHERE id=? AND used_at IS NULL", "ii", ""},
	[ACCOUNT_FIND] = {"SELECT id FROM account WHERE phone_hash=?", "b", "i"},
	[ACCOUNT_ADD] = {"INSERT INTO account (phone_hash, phone_sealed, created_at) VALUES (?,?,?)", "bbi", ""},
};
SQL_TABLE(account);

const char *const otp_purpose_words[] = {"session", "track", NULL};

struct code {
	struct bytes phone_hash;
	const char *phone, *purpose, *typed;
	char made[8];
	int64_t message_id;
	bool right;
};

struct code_row {
	int64_t id;
	struct bytes hash;
	int64_t tries, ends_at, created_at;
};
static const struct field code_fields[] = {
	INT(struct code_row, id, "id", 0, 0),
	BYTES(struct code_row, hash, "hash", 32),
	INT(struct code_row, tries, "tries", 0, 0),
	TIME(struct code_row, ends_at, "ends_at"),
	TIME(struct code_row, created_at, "created_at"),
};
static const struct shape code_shape = SHAPE(struct code_row, code_fields);

static struct bytes code_hash(struct ctx *c, const struct code *k, const char *code)
{
	return ctx_index(c, "otp", arena_printf(c->arena, "%s:%s:%s", k->purpose, k->phone, code));
}

static void make_code(char ret_code[8])
{
	uint32_t v;

	do
		crypto_random(&v, sizeof v);
	while (v >= 4294000000u); /* the largest multiple of a million: no digit is likelier than another */
	snprintf(ret_code, 8, "%06u", v % 1000000u);
}

static enum err store_code(struct ctx *c, void *arg)
{
	struct code *k = arg;
	int64_t ttl = c->house->config.otp_ttl_s;
	struct notify_param params[] = {
		{"code", k->made}, {"minutes", arena_printf(c->arena, "%" PRId64, ttl / 60)}, {NULL, NULL}};
	enum err e = db_exec(c->db, &sql[CODE_ADD], B(k->phone_hash), S(k->purpose), B(code_hash(c, k, k->made)),
		I(c->now + ttl), I(c->now));

	if (e != ERR_OK)
		return e;
	return notify_add(c, 0, k->phone, "code", params, arena_printf(c->arena, "code:%" PRId64, db_last_id(c->db)),
		&k->message_id);
}

enum err account_send_code(struct ctx *c, const char *phone, enum otp_purpose purpose)
{
	const struct config *config = &c->house->config;
	struct code k = {
		.phone_hash = ctx_index(c, "phone", phone), .phone = phone, .purpose = otp_purpose_words[purpose]};
	int64_t wait;
	int sent;
	enum err e = rate_hit(c, "otp-ip", c->actor.addr, 3600, config->rate_otp_ip_hour, &wait);

	if (e == ERR_OK)
		e = rate_hit(c, "otp-phone", arena_printf(c->arena, "%s:%s", k.purpose, phone),
			config->rate_otp_phone_s, 1, &wait);
	if (e == ERR_OK)
		e = rate_hit(c, "otp-day", phone, DAY_S, config->rate_otp_phone_day, &wait);
	if (e == ERR_OK)
		e = rate_hit(c, "otp-all", "", DAY_S, config->rate_otp_day, &wait);
	if (e != ERR_OK)
		return e;
	make_code(k.made);
	e = ctx_tx(c, store_code, &k);
	crypto_wipe(k.made, sizeof k.made);
	return e == ERR_OK ? notify_send(c, k.message_id, 1, &sent) : e;
}

static enum err try_code(struct ctx *c, void *arg)
{
	struct code *k = arg;
	struct code_row row;
	struct bytes hash = code_hash(c, k, k->typed);
	enum err e = db_one(c->db, &sql[CODE_LAST], &code_shape, &row, B(k->phone_hash), S(k->purpose));

	k->right = false;
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK || row.ends_at <= c->now || row.created_at > c->now + CTX_AHEAD_S ||
		row.tries >= c->house->config.otp_tries)
		return e;
	k->right = row.hash.len == CRYPTO_HASH && crypto_equal(row.hash.at, hash.at, CRYPTO_HASH);
	return k->right ? db_exec(c->db, &sql[CODE_USE], I(c->now), I(row.id))
			: db_exec(c->db, &sql[CODE_MISS], I(row.id));
}

enum err account_check_code(struct ctx *c, const char *phone, const char *code, enum otp_purpose purpose)
{
	struct code k = {.phone_hash = ctx_index(c, "phone", phone),
		.phone = phone,
		.purpose = otp_purpose_words[purpose],
		.typed = code};
	enum err e = ctx_tx(c, try_code, &k);

	if (e != ERR_OK || k.right)
		return e;
	return ctx_say(c, ERR_CREDENTIALS, "验证码不正确或已过期，请核对后重填或重新获取");
}

enum err account_of_phone(struct ctx *c, const char *phone, int64_t *ret_id)
{
	struct bytes hash = ctx_index(c, "phone", phone);
	struct db_int id = {0};
	enum err e = db_one(c->db, &sql[ACCOUNT_FIND], &db_int_shape, &id, B(hash));

	if (e == ERR_NOT_FOUND) {
		e = db_exec(c->db, &sql[ACCOUNT_ADD], B(hash), B(ctx_seal(c, "account.phone", phone)), I(c->now));
		id.value = db_last_id(c->db);
		if (e == ERR_CONFLICT)
			return ERR_BUSY; /* two first sign-ins at once: look again */
	}
	*ret_id = id.value;
	return e;
}

static enum err open_account(struct ctx *c, void *arg)
{
	const char *phone = arg;
	int64_t id = 0;
	enum err e = account_of_phone(c, phone, &id);

	c->actor = (struct actor){.kind = ACTOR_APPLICANT, .account_id = id, .phone = phone, .addr = c->actor.addr};
	if (e == ERR_OK)
		audit_add(c, "sign_in", "session", NULL);
	return e;
}

enum err account_sign_in(struct ctx *c, const char *phone, const char *code, struct session_made *ret_session)
{
	int64_t wait;
	enum err e = rate_hit(c, "login-ip", c->actor.addr, 60, c->house->config.rate_login_ip_minute, &wait);

	if (e == ERR_OK)
		e = account_check_code(c, phone, code, OTP_SESSION);
	if (e == ERR_OK)
		e = ctx_tx(c, open_account, (void *)(uintptr_t)phone);
	return e == ERR_OK ? session_start(c, ret_session) : e;
}
