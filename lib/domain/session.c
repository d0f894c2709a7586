#include "domain/session.h"

#include <string.h>

#include "base/str.h"

enum { ADD, FIND_APPLICANT, FIND_STAFF, SEEN, END, END_OF_STAFF, ROLES };

static const struct sql sql[] = {
	[ADD] = {"INSERT INTO session (token_hash, account_id, staff_id, created_at, seen_at, ends_at, application_id, setup) VALUES (?,?,?,?,?,?,?,?)",
		"biiiiiii", ""},
	[FIND_APPLICANT] =
		{"SELECT s.account_id, a.phone_sealed, s.seen_at, s.ends_at, s.application_id FROM session s JOIN account a ON a.id=s.account_id "
		 "WHERE s.token_hash=?",
			"b", "ibiii"},
	[FIND_STAFF] =
		{"SELECT s.staff_id, t.user, t.name, s.seen_at, s.ends_at, s.setup FROM session s JOIN staff t ON t.id=s.staff_id "
		 "WHERE s.token_hash=? AND t.disabled=0",
			"b", "issiii"},
	[SEEN] = {"UPDATE session SET seen_at=? WHERE token_hash=? AND seen_at<?", "ibi", ""},
	[END] = {"UPDATE session SET ends_at=0 WHERE token_hash=?", "b", ""},
	[END_OF_STAFF] = {"UPDATE session SET ends_at=0 WHERE staff_id=? AND ends_at>0", "i", ""},
	[ROLES] = {"SELECT role FROM staff_role WHERE staff_id=? AND held=1", "i", "s"},
};
SQL_TABLE(session);

enum { TOKEN_BYTES = 32, SEEN_EVERY_S = 60 };

static struct bytes token_hash(struct ctx *c, const char *token)
{
	return crypto_sha256_bytes(c->arena, token, strlen(token));
}

static enum err start(struct ctx *c, int64_t account_id, int64_t staff_id, int64_t application_id, int64_t lasts_s,
	struct session_made *ret_session)
{
	struct session_made made = {.token = crypto_token(c->arena, TOKEN_BYTES), .ends_at = c->now + lasts_s};
	enum err e = db_exec(c->db, &sql[ADD], B(token_hash(c, made.token)), I0(account_id), I0(staff_id), I(c->now),
		I(c->now), I(made.ends_at), I0(application_id), I(staff_id && c->actor.setup));

	if (e == ERR_OK)
		*ret_session = made;
	return e;
}

enum err session_start(struct ctx *c, struct session_made *ret_session)
{
	const struct config *config = &c->house->config;

	if (c->actor.kind == ACTOR_STAFF)
		return start(c, 0, c->actor.staff_id, 0, config->staff_max_s, ret_session);
	return start(c, c->actor.account_id, 0, 0, config->session_max_s, ret_session);
}

enum err session_start_counter(struct ctx *c, int64_t application_id, struct session_made *ret_session)
{
	return start(c, c->actor.account_id, 0, application_id, c->house->config.session_idle_s, ret_session);
}

struct found {
	int64_t id;
	struct bytes phone_sealed;
	const char *user, *name;
	int64_t seen_at, ends_at, application_id;
	bool setup;
};
static const struct field applicant_fields[] = {
	INT(struct found, id, "id", 0, 0),
	BYTES(struct found, phone_sealed, "phone", 0),
	TIME(struct found, seen_at, "seen_at"),
	TIME(struct found, ends_at, "ends_at"),
	INT(struct found, application_id, "application_id", 0, 0),
};
static const struct field staff_fields[] = {
	INT(struct found, id, "id", 0, 0),
	TEXT(struct found, user, "user", 0, 0, NULL),
	TEXT(struct found, name, "name", 0, 0, NULL),
	TIME(struct found, seen_at, "seen_at"),
	TIME(struct found, ends_at, "ends_at"),
	BOOL(struct found, setup, "setup"),
};
static const struct shape applicant_shape = SHAPE(struct found, applicant_fields),
			  staff_shape = SHAPE(struct found, staff_fields);

static enum err be_applicant(struct ctx *c, const struct found *f)
{
	c->actor = (struct actor){.kind = ACTOR_APPLICANT,
		.account_id = f->id,
		.addr = c->actor.addr,
		.only_application = f->application_id,
		.permissions = PERMISSION_BIT(PERM_APPLY)};
	return ctx_open(c, "account.phone", f->phone_sealed, &c->actor.phone);
}

static enum err be_staff(struct ctx *c, const struct found *f)
{
	struct list roles;
	enum err e = db_all(c->db, &sql[ROLES], &db_text_shape, &roles, I(f->id));

	c->actor = (struct actor){.kind = ACTOR_STAFF,
		.staff_id = f->id,
		.user = f->user,
		.name = f->name,
		.setup = f->setup,
		.addr = c->actor.addr,
		.permissions = PERMISSION_BIT(PERM_ACCOUNT)};
	if (f->setup)
		return e;
	for (size_t i = 0; e == ERR_OK && i < roles.count; i++)
		c->actor.permissions |= permission_of_role(((const struct db_text *)roles.at)[i].value);
	return e;
}

enum err session_find(struct ctx *c, const char *token, bool staff, int64_t *ret_ends_at)
{
	int64_t idle = staff ? c->house->config.staff_idle_s : c->house->config.session_idle_s;
	struct bytes hash = token_hash(c, token);
	struct found f = {0};
	enum err e;

	if (strlen(token) != TOKEN_BYTES * 2)
		return ERR_SIGN_IN;
	e = db_one(
		c->db, &sql[staff ? FIND_STAFF : FIND_APPLICANT], staff ? &staff_shape : &applicant_shape, &f, B(hash));
	if (e == ERR_NOT_FOUND || (e == ERR_OK && (f.ends_at <= c->now || f.seen_at + idle <= c->now ||
							  f.seen_at > c->now + CTX_AHEAD_S)))
		return ERR_SIGN_IN;
	if (e == ERR_OK && f.seen_at + SEEN_EVERY_S <= c->now)
		e = db_exec(c->db, &sql[SEEN], I(c->now), B(hash), I(c->now));
	if (e == ERR_OK)
		e = staff ? be_staff(c, &f) : be_applicant(c, &f);
	*ret_ends_at = f.ends_at;
	return e;
}

enum err session_end(struct ctx *c, const char *token)
{
	return db_exec(c->db, &sql[END], B(token_hash(c, token)));
}

enum err session_end_of_staff(struct ctx *c, int64_t staff_id)
{
	return db_exec(c->db, &sql[END_OF_STAFF], I(staff_id));
}

char *session_csrf(struct ctx *c, const char *token)
{
	unsigned char mac[32];
	struct str s;

	crypto_hmac(c->house->csrf.at, CRYPTO_KEY, token, strlen(token), mac);
	str_init(&s, c->arena);
	str_hex(&s, mac, sizeof mac);
	return s.at;
}
