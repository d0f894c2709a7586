#include "domain/staff_own.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/rate.h"

enum { FIND, PASSWORD, TOTP_NEW, TOTP_HOLDS };

static const struct sql sql[] = {
	[FIND] =
		{"SELECT user, password, totp_sealed, totp_new_sealed, totp_step, totp_at, must_change FROM staff WHERE id=? "
		 "AND disabled=0 FOR UPDATE",
			"i", "ssbbiii"},
	[PASSWORD] = {"UPDATE staff SET password=?, must_change=0, password_ends_at=0 WHERE id=?", "si", ""},
	[TOTP_NEW] = {"UPDATE staff SET totp_new_sealed=?, totp_step=GREATEST(totp_step,?) WHERE id=?", "bii", ""},
	[TOTP_HOLDS] =
		{"UPDATE staff SET totp_sealed=totp_new_sealed, totp_new_sealed=NULL, totp_step=?, totp_at=?, code_hash=NULL, "
		 "code_ends_at=0, code_by=NULL WHERE id=? AND totp_new_sealed IS NOT NULL",
			"iii", ""},
};
SQL_TABLE(staff_own);

struct row {
	const char *user, *password;
	struct bytes totp_sealed, totp_new_sealed;
	int64_t totp_step, totp_at;
	bool must_change;
};
static const struct field row_fields[] = {
	TEXT(struct row, user, "user", 0, 0, NULL),
	TEXT(struct row, password, "password", 0, 0, NULL),
	BYTES(struct row, totp_sealed, "totp", 0),
	BYTES(struct row, totp_new_sealed, "totp_new", 0),
	INT(struct row, totp_step, "totp_step", 0, 0),
	TIME(struct row, totp_at, "totp_at"),
	BOOL(struct row, must_change, "must_change"),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static const struct field password_fields[] = {
	TEXT_REQUIRED(struct staff_password, old, "现在的密码", 1, 200, rule_any),
	TEXT_REQUIRED(struct staff_password, password, "新密码", STAFF_PASSWORD_MIN, STAFF_PASSWORD_MAX, rule_any),
};
const struct shape staff_password_shape = SHAPE(struct staff_password, password_fields);

static enum err find(struct ctx *c, struct row *ret_row)
{
	enum err e = db_one(c->db, &sql[FIND], &row_shape, ret_row, I(c->actor.staff_id));

	return e == ERR_NOT_FOUND ? ERR_SIGN_IN : e;
}

enum err staff_own(struct ctx *c, struct staff_own *ret_own)
{
	struct row r = {0};
	enum err e = find(c, &r);

	*ret_own = (struct staff_own){r.must_change, !r.totp_sealed.len, r.totp_at};
	return e;
}

/* Before each attempt, for a refused one leaves nothing else behind. */
static enum err count(struct ctx *c, const char *what)
{
	int64_t wait;

	return rate_hit(c, what, c->actor.user, STAFF_LOCK_S, STAFF_FAILURES, &wait);
}

/* A new token for whoever changed what opens his account; all others end. */
static enum err begin_anew(struct ctx *c, const struct row *r, struct session_made *ret_session)
{
	enum err e = session_end_of_staff(c, c->actor.staff_id);

	c->actor.setup = r->must_change || !r->totp_sealed.len;
	return e == ERR_OK ? session_start(c, ret_session) : e;
}

static int kinds_of_characters(const char *text)
{
	bool lower = false, upper = false, digit = false, other = false;

	for (; *text; text++) {
		bool l = *text >= 'a' && *text <= 'z', u = *text >= 'A' && *text <= 'Z',
		     d = *text >= '0' && *text <= '9';

		lower |= l;
		upper |= u;
		digit |= d;
		other |= !l && !u && !d;
	}
	return lower + upper + digit + other;
}

static size_t different(const char *text)
{
	bool seen[256] = {false};
	size_t n = 0;

	for (; *text; text++) {
		n += !seen[(unsigned char)*text];
		seen[(unsigned char)*text] = true;
	}
	return n;
}

static const char *weak(const struct ctx *c, const struct staff_password *in)
{
	enum { DIFFERENT = 6 };

	if (text_eq(in->old, in->password))
		return "新密码与现在的一样，请换一个";
	if (strstr(in->password, c->actor.user))
		return "新密码里不能有账号名，请换一个";
	if (kinds_of_characters(in->password) < 2)
		return "新密码要有小写字母、大写字母、数字、其他符号中的两种以上";
	if (different(in->password) < DIFFERENT)
		return "新密码重复的字符太多，请换一个";
	return NULL;
}

struct change {
	const struct staff_password *in;
	const char *totp;
	struct session_made *session;
	unsigned char *secret;
	const char *user;
	bool right;
};

static enum err change_password(struct ctx *c, void *arg)
{
	struct change *t = arg;
	struct row r = {0};
	enum err e = find(c, &r);

	if (e != ERR_OK)
		return e;
	t->right = crypto_password_right(r.password, t->in->old);
	if (!t->right)
		return ERR_OK;
	r.must_change = false;
	audit_add(c, "staff_password", r.user, NULL);
	e = db_exec(c->db, &sql[PASSWORD], S(crypto_password_hash(c->arena, t->in->password)), I(c->actor.staff_id));
	return e == ERR_OK ? begin_anew(c, &r, t->session) : e;
}

enum err staff_own_password(struct ctx *c, const struct staff_password *in, struct session_made *ret_session)
{
	struct change t = {.in = in, .session = ret_session};
	const char *say = weak(c, in);
	enum err e;

	if (say) {
		fault_add(&c->faults, "/password", "weak", "%s", say);
		return ERR_INVALID;
	}
	e = count(c, "own-password");
	if (e == ERR_OK)
		e = ctx_tx(c, change_password, &t);
	if (e != ERR_OK || t.right)
		return e;
	fault_add(&c->faults, "/old", "wrong", "现在的密码不对，请核对大小写");
	return ERR_INVALID;
}

/* Does the code belong to this secret, and is it later than any used?  *ret_step: of the code. */
static bool code_right(struct ctx *c, struct bytes sealed, const char *code, int64_t used, int64_t *ret_step)
{
	struct bytes secret;

	if (!sealed.len || !code || keyring_open(c->arena, &c->house->master, "staff.totp", sealed, &secret) != ERR_OK)
		return false;
	*ret_step = crypto_totp_step(secret.at, secret.len, code, c->now);
	return *ret_step > used;
}

static enum err begin_totp(struct ctx *c, void *arg)
{
	struct change *t = arg;
	struct row r = {0};
	int64_t step = 0;
	enum err e = find(c, &r);

	if (e != ERR_OK)
		return e;
	t->user = r.user;
	t->right = !r.totp_sealed.len || code_right(c, r.totp_sealed, t->totp, r.totp_step, &step);
	if (!t->right)
		return ERR_OK;
	crypto_random(t->secret, STAFF_TOTP_SECRET);
	audit_add(c, "staff_totp", r.user, "begun");
	return db_exec(c->db, &sql[TOTP_NEW],
		B(keyring_seal(c->arena, &c->house->master, "staff.totp", t->secret, STAFF_TOTP_SECRET)), I(step),
		I(c->actor.staff_id));
}

/* The name is as the authenticator shows it in its list. */
static const char *uri_of(struct ctx *c, const char *user, const char *base32)
{
	struct str s;

	str_init(&s, c->arena);
	str_add(&s, "otpauth://totp/");
	str_url(&s, "证印工作台");
	str_addc(&s, ':');
	str_url(&s, user);
	str_addf(&s, "?secret=%s&issuer=", base32);
	str_url(&s, "证印工作台");
	return s.at;
}

enum err staff_own_totp(struct ctx *c, const char *totp, struct staff_secret *ret_secret)
{
	unsigned char secret[STAFF_TOTP_SECRET];
	struct change t = {.totp = totp, .secret = secret};
	enum err e = count(c, "own-totp");

	if (e == ERR_OK)
		e = ctx_tx(c, begin_totp, &t);
	if (e == ERR_OK && !t.right) {
		fault_add(&c->faults, "/totp", "wrong", "现在的动态码不对或已经用过，请等下一个再试");
		return ERR_INVALID;
	}
	if (e == ERR_OK) {
		ret_secret->base32 = crypto_base32(c->arena, secret, sizeof secret);
		ret_secret->uri = uri_of(c, t.user, ret_secret->base32);
	}
	crypto_wipe(secret, sizeof secret);
	return e;
}

static enum err end_totp(struct ctx *c, void *arg)
{
	struct change *t = arg;
	struct row r = {0};
	int64_t step = 0;
	enum err e = find(c, &r);

	if (e != ERR_OK)
		return e;
	if (!r.totp_new_sealed.len)
		return ctx_say(c, ERR_WRONG_STATE, "没有等着确认的动态码，请重新扫码绑定");
	t->right = code_right(c, r.totp_new_sealed, t->totp, 0, &step);
	if (!t->right)
		return ERR_OK;
	r.totp_sealed = r.totp_new_sealed;
	audit_add(c, "staff_totp", r.user, "confirmed");
	e = db_exec(c->db, &sql[TOTP_HOLDS], I(step), I(c->now), I(c->actor.staff_id));
	return e == ERR_OK ? begin_anew(c, &r, t->session) : e;
}

enum err staff_own_totp_confirm(struct ctx *c, const char *code, struct session_made *ret_session)
{
	struct change t = {.totp = code, .session = ret_session};
	enum err e = count(c, "own-totp-code");

	if (e == ERR_OK)
		e = ctx_tx(c, end_totp, &t);
	if (e != ERR_OK || t.right)
		return e;
	fault_add(&c->faults, "/code", "wrong", "动态码不对，请看手机上现在显示的6位数字，并核对手机时间");
	return ERR_INVALID;
}
