#include "domain/staff.h"

#include <assert.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/rate.h"

enum { FIND, RIGHT, WRONG, ADD, ADD_ROLE, ROLES };

static const struct sql sql[] = {
	[FIND] =
		{"SELECT id, name, password, totp_sealed, totp_step, failures, locked_until FROM staff WHERE user=? AND disabled=0 FOR UPDATE",
			"s", "issbiii"},
	[RIGHT] = {"UPDATE staff SET failures=0, locked_until=0, totp_step=? WHERE id=? AND totp_step<?", "iii", ""},
	[WRONG] = {"UPDATE staff SET failures=?, locked_until=? WHERE id=?", "iii", ""},
	[ADD] = {"INSERT INTO staff (user, name, password, totp_sealed, created_at) VALUES (?,?,?,?,?)", "sssbi", ""},
	[ADD_ROLE] = {"INSERT INTO staff_role (staff_id, role) VALUES (?,?)", "is", ""},
	[ROLES] = {"SELECT role FROM staff_role WHERE staff_id=? ORDER BY role", "i", "s"},
};
SQL_TABLE(staff);

enum { SECRET = 20 };

struct row {
	int64_t id;
	const char *name, *password;
	struct bytes totp_sealed;
	int64_t totp_step, failures, locked_until;
};
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	TEXT(struct row, name, "name", 0, 0, NULL),
	TEXT(struct row, password, "password", 0, 0, NULL),
	BYTES(struct row, totp_sealed, "totp", 0),
	INT(struct row, totp_step, "totp_step", 0, 0),
	INT(struct row, failures, "failures", 0, 0),
	TIME(struct row, locked_until, "locked_until"),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

struct attempt {
	const char *user, *password, *totp;
	bool right;
};

static bool code_right(struct ctx *c, const struct row *r, const char *totp, int64_t *ret_step)
{
	struct bytes secret;

	if (keyring_open(c->arena, &c->house->master, "staff.totp", r->totp_sealed, &secret) != ERR_OK)
		return false;
	*ret_step = crypto_totp_step(secret.at, secret.len, totp, c->now);
	return *ret_step > r->totp_step;
}

static enum err wrong(struct ctx *c, const struct row *r)
{
	bool lock = r->failures + 1 >= STAFF_FAILURES;

	audit_add(c, "staff_sign_in_refused", "staff", lock ? "locked" : NULL);
	return db_exec(
		c->db, &sql[WRONG], I(lock ? 0 : r->failures + 1), I(lock ? c->now + STAFF_LOCK_S : 0), I(r->id));
}

static enum err attempt(struct ctx *c, void *arg)
{
	/* scrypt of nothing in particular: an unknown user costs what a known one does */
	static const char nobody[] = "scrypt$00000000000000000000000000000000$"
				     "0000000000000000000000000000000000000000000000000000000000000000";
	struct attempt *t = arg;
	struct row r = {.password = nobody};
	int64_t step = 0;
	bool password, locked;
	enum err e = db_one(c->db, &sql[FIND], &row_shape, &r, S(t->user));

	t->right = false;
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	password = crypto_password_right(r.password, t->password);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	locked = r.locked_until > c->now;
	c->actor = (struct actor){
		.kind = ACTOR_STAFF, .staff_id = r.id, .user = t->user, .name = r.name, .addr = c->actor.addr};
	if (locked)
		return ERR_OK;
	if (!password || !code_right(c, &r, t->totp, &step))
		return wrong(c, &r);
	t->right = true;
	audit_add(c, "staff_sign_in", "session", NULL);
	return db_exec(c->db, &sql[RIGHT], I(step), I(r.id), I(step));
}

enum err staff_sign_in(
	struct ctx *c, const char *user, const char *password, const char *totp, struct session_made *ret_session)
{
	struct attempt t = {user, password, totp, false};
	int64_t wait;
	enum err e = rate_hit(c, "login-ip", c->actor.addr, 60, c->house->config.rate_login_ip_minute, &wait);

	if (e == ERR_OK)
		e = ctx_tx(c, attempt, &t);
	if (e != ERR_OK)
		return e;
	if (!t.right)
		return ctx_say(c, ERR_CREDENTIALS, "账号、密码或动态码不正确；连续%d次错误后账号锁定%d分钟",
			STAFF_FAILURES, STAFF_LOCK_S / 60);
	return session_start(c, ret_session);
}

enum err staff_add(struct ctx *c, const struct staff_new *s, const char **ret_totp_base32)
{
	unsigned char secret[SECRET];
	enum err e;
	int64_t id;

	assert(db_in_tx(c->db));
	crypto_random(secret, sizeof secret);
	e = db_exec(c->db, &sql[ADD], S(s->user), S(s->name), S(crypto_password_hash(c->arena, s->password)),
		B(keyring_seal(c->arena, &c->house->master, "staff.totp", secret, sizeof secret)), I(c->now));
	id = db_last_id(c->db);
	for (const char *const *role = s->roles; e == ERR_OK && *role; role++)
		e = permission_of_role(*role) ? db_exec(c->db, &sql[ADD_ROLE], I(id), S(*role)) : ERR_INTERNAL;
	audit_add(c, "staff_add", s->user, NULL);
	*ret_totp_base32 = crypto_base32(c->arena, secret, sizeof secret);
	crypto_wipe(secret, sizeof secret);
	return e;
}

enum err staff_roles(struct ctx *c, int64_t staff_id, struct list *ret_words)
{
	return db_all(c->db, &sql[ROLES], &db_text_shape, ret_words, I(staff_id));
}
