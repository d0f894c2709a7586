#include "domain/staff.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/rate.h"

enum { FIND, RIGHT, WRONG, ADD, ADD_ROLE, ROLES };

static const struct sql sql[] = {
	[FIND] =
		{"SELECT id, name, password, totp_sealed, totp_step, failures, locked_until, must_change, password_ends_at, code_by, "
		 "code_hash, code_ends_at FROM staff WHERE user=? AND disabled=0 FOR UPDATE",
			"s", "issbiiiiiibi"},
	[RIGHT] =
		{"UPDATE staff SET failures=0, locked_until=0, totp_step=GREATEST(totp_step,?), signed_in_at=? WHERE id=?",
			"iii", ""},
	[WRONG] = {"UPDATE staff SET failures=?, locked_until=? WHERE id=?", "iii", ""},
	[ADD] = {"INSERT INTO staff (user, name, password, totp_sealed, totp_at, created_at) VALUES (?,?,?,?,?,?)",
		"sssbii", ""},
	[ADD_ROLE] = {"INSERT INTO staff_role (staff_id, role) VALUES (?,?)", "is", ""},
	[ROLES] = {"SELECT role FROM staff_role WHERE staff_id=? AND held=1 ORDER BY role", "i", "s"},
};
SQL_TABLE(staff);

enum { SECRET = STAFF_TOTP_SECRET };

struct row {
	int64_t id;
	const char *name, *password;
	struct bytes totp_sealed;
	int64_t totp_step, failures, locked_until;
	bool must_change;
	int64_t password_ends_at, code_by;
	struct bytes code_hash;
	int64_t code_ends_at;
};
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	TEXT(struct row, name, "name", 0, 0, NULL),
	TEXT(struct row, password, "password", 0, 0, NULL),
	BYTES(struct row, totp_sealed, "totp", 0),
	INT(struct row, totp_step, "totp_step", 0, 0),
	INT(struct row, failures, "failures", 0, 0),
	TIME(struct row, locked_until, "locked_until"),
	BOOL(struct row, must_change, "must_change"),
	TIME(struct row, password_ends_at, "password_ends_at"),
	INT(struct row, code_by, "code_by", 0, 0),
	BYTES(struct row, code_hash, "code_hash", 0),
	TIME(struct row, code_ends_at, "code_ends_at"),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

struct attempt {
	const char *user, *password, *totp;
	bool right;
};

static bool totp_right(struct ctx *c, const struct row *r, const char *totp, int64_t *ret_step)
{
	struct bytes secret;

	if (keyring_open(c->arena, &c->house->master, "staff.totp", r->totp_sealed, &secret) != ERR_OK)
		return false;
	*ret_step = crypto_totp_step(secret.at, secret.len, totp, c->now);
	return *ret_step > r->totp_step;
}

/* The second of the two: the one-time code; where it was taken away the code that the second person handed over; at the
 * first sign-in of all nothing, for then the initial password opens nothing but its change. */
static bool second_right(struct ctx *c, const struct row *r, const char *totp, int64_t *ret_step)
{
	struct bytes hash;

	if (r->totp_sealed.len)
		return totp_right(c, r, totp, ret_step);
	if (!r->code_by)
		return r->must_change;
	hash = ctx_index(c, STAFF_CODE, totp);
	return r->code_hash.len == hash.len && r->code_ends_at > c->now &&
	       crypto_equal(r->code_hash.at, hash.at, hash.len);
}

static bool lapsed(const struct ctx *c, const struct row *r)
{
	return r->must_change && r->password_ends_at && r->password_ends_at <= c->now;
}

static enum err wrong(struct ctx *c, const struct row *r)
{
	int64_t failures = r->failures + 1, rounds = failures / STAFF_FAILURES;
	bool lock = failures % STAFF_FAILURES == 0;

	audit_add(c, "staff_sign_in_refused", c->actor.user, lock ? "locked" : NULL);
	if (rounds > STAFF_LOCK_DOUBLINGS)
		rounds = STAFF_LOCK_DOUBLINGS;
	return db_exec(
		c->db, &sql[WRONG], I(failures), I(lock ? c->now + (STAFF_LOCK_S << (rounds - 1)) : 0), I(r->id));
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
	if (!password || !second_right(c, &r, t->totp, &step) || lapsed(c, &r))
		return wrong(c, &r);
	t->right = true;
	c->actor.setup = r.must_change || !r.totp_sealed.len;
	audit_add(c, "staff_sign_in", "session", c->actor.setup ? "setup" : NULL);
	return db_exec(c->db, &sql[RIGHT], I(step), I(c->now), I(r.id));
}

enum err staff_sign_in(
	struct ctx *c, const char *user, const char *password, const char *totp, struct session_made *ret_session)
{
	struct attempt t = {user, password, totp ? totp : "", false};
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
		B(keyring_seal(c->arena, &c->house->master, "staff.totp", secret, sizeof secret)), I(c->now),
		I(c->now));
	id = db_last_id(c->db);
	for (const char *const *role = s->roles; e == ERR_OK && *role; role++)
		e = permission_of_role(*role) ? db_exec(c->db, &sql[ADD_ROLE], I(id), S(*role)) : ERR_INTERNAL;
	audit_add(c, "staff_add", s->user, NULL);
	*ret_totp_base32 = crypto_base32(c->arena, secret, sizeof secret);
	crypto_wipe(secret, sizeof secret);
	return e;
}

const char *staff_initial_password(struct arena *a)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char bits[16]; /* five of each are used */
	struct str s;

	crypto_random(bits, sizeof bits);
	str_init(&s, a);
	for (size_t i = 0; i < sizeof bits; i++) {
		if (i && i % 4 == 0)
			str_addc(&s, '-');
		str_addc(&s, letters[bits[i] % 32]);
	}
	crypto_wipe(bits, sizeof bits);
	return s.at;
}

enum err staff_roles(struct ctx *c, int64_t staff_id, struct list *ret_words)
{
	return db_all(c->db, &sql[ROLES], &db_text_shape, ret_words, I(staff_id));
}
