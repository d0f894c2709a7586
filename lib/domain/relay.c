#include "domain/relay.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/rate.h"

#define COLUMNS \
	"r.id, r.application_id, a.account_id, a.no, r.material, r.pair, r.session_hash, r.ends_at, r.taken_at, r.ended_at, " \
	"r.ended_by, a.round=r.round AND a.state IN ('draft','printed','returned') "
#define COLUMN_TYPES \
	"iiisssb" \
	"iiisi"
#define FROM "FROM relay r JOIN application a ON a.id=r.application_id "

enum { INSERT, END_MATERIAL, END_SESSION, BY_TOKEN, BY_SESSION, NEWEST, FILES, TAKE, EVENT_ADD };

static const struct sql sql[] = {
	[INSERT] =
		{"INSERT INTO relay (application_id, material, round, token_hash, pair, created_at, ends_at) VALUES (?,?,?,?,?,?,?)",
			"isibsii", ""},
	[END_MATERIAL] =
		{"UPDATE relay SET ended_at=?, ended_by=? WHERE application_id=? AND material=? AND ended_at IS NULL",
			"isis", ""},
	[END_SESSION] = {"UPDATE relay SET ended_at=?, ended_by='phone' WHERE session_hash=? AND ended_at IS NULL",
		"ib", ""},
	[BY_TOKEN] = {"SELECT " COLUMNS FROM "WHERE r.token_hash=?", "b", COLUMN_TYPES},
	[BY_SESSION] = {"SELECT " COLUMNS FROM "WHERE r.session_hash=?", "b", COLUMN_TYPES},
	[NEWEST] = {"SELECT " COLUMNS FROM "WHERE r.application_id=? AND r.material=? ORDER BY r.id DESC LIMIT 1", "is",
		COLUMN_TYPES},
	[FILES] = {"SELECT COUNT(attachment_id), COUNT(*)-COUNT(attachment_id) FROM upload WHERE relay_id=? "
		   "AND (attachment_id IS NOT NULL OR ends_at>?)",
		"ii", "ii"},
	[TAKE] = {"UPDATE relay SET taken_at=?, session_hash=? WHERE id=? AND taken_at IS NULL AND ended_at IS NULL",
		"ibi", ""},
	[EVENT_ADD] = {"INSERT INTO event (application_id, at, event, from_state, to_state, actor, text) "
		       "SELECT id, ?, 'relay', state, state, 'applicant', ? FROM application WHERE id=?",
		"isi", ""},
};
SQL_TABLE(relay);

enum { TOKEN_BYTES = 16, SESSION_BYTES = 32, OPEN_AN_HOUR = 60 };

static const struct field fields[] = {
	INT(struct relay, id, "id", 0, 0),
	INT(struct relay, application_id, "application_id", 0, 0),
	INT(struct relay, account_id, "account_id", 0, 0),
	TEXT(struct relay, no, "no", 0, 0, NULL),
	TEXT(struct relay, material, "material", 0, 0, NULL),
	TEXT(struct relay, pair, "pair", 0, 0, NULL),
	BYTES(struct relay, session_hash, "session_hash", 0),
	TIME(struct relay, ends_at, "ends_at"),
	TIME(struct relay, taken_at, "taken_at"),
	TIME(struct relay, ended_at, "ended_at"),
	TEXT(struct relay, ended_by, "ended_by", 0, 0, NULL),
	BOOL(struct relay, fits, "fits"),
};
static const struct shape shape = SHAPE(struct relay, fields);

static const struct field file_fields[] = {
	INT(struct relay, received, "received", 0, 0),
	INT(struct relay, sending, "sending", 0, 0),
};
static const struct shape file_shape = SHAPE(struct relay, file_fields);

static struct bytes hash(struct ctx *c, const char *text)
{
	return crypto_sha256_bytes(c->arena, text, strlen(text));
}

const char *relay_state(const struct ctx *c, const struct relay *r, const char **ret_why)
{
	*ret_why = r->ended_at ? r->ended_by : !r->fits ? "submitted" : r->ends_at <= c->now ? "expired" : NULL;
	return *ret_why ? "ended" : r->taken_at ? "connected" : "waiting";
}

static bool open_still(const struct ctx *c, const struct relay *r)
{
	const char *why;

	relay_state(c, r, &why);
	return !why;
}

/* --- the desktop --- */

struct opening {
	const char *no, *material;
	char *token;
	struct relay relay;
};

static enum err open_relay(struct ctx *c, void *arg)
{
	struct opening *o = arg;
	struct relay *r = &o->relay;
	struct application app;
	uint32_t pair;
	enum err e = application_lock(c, o->no, &app);

	if (e == ERR_OK)
		e = application_may_upload(c, &app, o->material);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[END_MATERIAL], I(c->now), S("newer"), I(app.id), S(o->material));
	if (e != ERR_OK)
		return e;
	crypto_random(&pair, sizeof pair);
	*r = (struct relay){.material = o->material,
		.pair = arena_printf(c->arena, "%02u", pair % 100u),
		.ends_at = c->now + c->house->config.relay_ttl_s,
		.fits = true};
	audit_add(c, "relay_open", app.no, o->material);
	return db_exec(c->db, &sql[INSERT], I(app.id), S(r->material), I(app.round), B(hash(c, o->token)), S(r->pair),
		I(c->now), I(r->ends_at));
}

enum err relay_open(struct ctx *c, const char *no, const char *material, bool english, struct relay *ret_relay,
	const char **ret_url, const char **ret_code)
{
	unsigned char random[TOKEN_BYTES];
	struct opening o = {.no = no, .material = material};
	int64_t wait;
	enum err e = rate_hit(
		c, "relay-open", arena_printf(c->arena, "%" PRId64, c->actor.account_id), 3600, OPEN_AN_HOUR, &wait);

	if (e != ERR_OK)
		return e;
	crypto_random(random, sizeof random);
	o.token = crypto_base32(c->arena, random, sizeof random);
	crypto_wipe(random, sizeof random);
	e = ctx_tx(c, open_relay, &o);
	if (e != ERR_OK)
		return e;
	*ret_relay = o.relay;
	*ret_code = o.token;
	*ret_url = arena_printf(c->arena, "%s%s/r#%s", c->house->config.url, english ? "/en" : "", o.token);
	return ERR_OK;
}

enum err relay_look(struct ctx *c, const char *no, const char *material, struct relay *ret_relay)
{
	struct application app;
	enum err e = application_read(c, no, &app);

	*ret_relay = (struct relay){0};
	if (e != ERR_OK)
		return e;
	e = db_one(c->db, &sql[NEWEST], &shape, ret_relay, I(app.id), S(material));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[FILES], &file_shape, ret_relay, I(ret_relay->id), I(c->now));
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err relay_close(struct ctx *c, const char *no, const char *material)
{
	struct application app;
	enum err e = application_lock(c, no, &app);

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[END_MATERIAL], I(c->now), S("desktop"), I(app.id), S(material));
	if (e == ERR_OK && db_changed(c->db))
		audit_add(c, "relay_close", app.no, material);
	return e;
}

/* --- the phone --- */

static void become(struct ctx *c, const struct relay *r)
{
	struct actor_relay *bound = arena_alloc(c->arena, sizeof *bound);

	*bound = (struct actor_relay){r->id, r->no, r->material};
	c->actor = (struct actor){.kind = ACTOR_APPLICANT,
		.account_id = r->account_id,
		.only_application = r->application_id,
		.relay = bound,
		.addr = c->actor.addr,
		.permissions = PERMISSION_BIT(PERM_RELAY)};
}

struct taking {
	const char *token, *held;
	char *session;
	struct relay relay;
};

static bool same(const struct relay *r, struct bytes h)
{
	return r->session_hash.len == CRYPTO_HASH && crypto_equal(r->session_hash.at, h.at, CRYPTO_HASH);
}

static enum err taken(struct ctx *c, struct taking *t)
{
	if (!t->held || !same(&t->relay, hash(c, t->held)))
		return ctx_say(c, ERR_CONFLICT,
			"已有另一部手机打开过这个二维码。请在电脑上点“重新生成二维码”，再用这部手机扫一次");
	t->session = arena_text(c->arena, t->held);
	become(c, &t->relay);
	return ERR_OK;
}

static enum err take(struct ctx *c, void *arg)
{
	struct taking *t = arg;
	struct relay *r = &t->relay;
	enum err e = db_one(c->db, &sql[BY_TOKEN], &shape, r, B(hash(c, t->token)));

	if (e == ERR_NOT_FOUND)
		return ctx_say(c, e, "二维码不对或早已失效，请在电脑上点“重新生成二维码”再扫");
	if (e != ERR_OK)
		return e;
	if (!open_still(c, r))
		return ctx_say(c, ERR_WRONG_STATE, "这个二维码已经失效，请在电脑上点“重新生成二维码”再扫");
	if (r->taken_at)
		return taken(c, t);
	if (t->held)
		e = db_exec(c->db, &sql[END_SESSION], I(c->now), B(hash(c, t->held)));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[TAKE], I(c->now), B(hash(c, t->session)), I(r->id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_BUSY; /* another phone at the same moment: look again */
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[EVENT_ADD], I(c->now), S("用手机拍照上传材料"), I(r->application_id));
	if (e != ERR_OK)
		return e;
	become(c, r);
	audit_add(c, "relay_take", r->no, r->material);
	return ERR_OK;
}

enum err relay_take(
	struct ctx *c, const char *token, const char *held, struct relay *ret_relay, const char **ret_session)
{
	struct taking t = {.token = token, .held = held, .session = crypto_token(c->arena, SESSION_BYTES)};
	const char *say;
	int64_t wait;
	enum err e = rate_hit(c, "relay-ip", c->actor.addr, 60, c->house->config.rate_login_ip_minute, &wait);

	if (e == ERR_OK)
		e = ctx_tx(c, take, &t);
	say = c->say;
	if (e == ERR_CONFLICT && audit_look(c, "relay_refused", t.relay.no, t.relay.material) != ERR_OK)
		return ERR_BUSY;
	c->say = say;
	if (e != ERR_OK)
		return e;
	*ret_relay = t.relay;
	*ret_session = t.session;
	return ERR_OK;
}

enum err relay_find(struct ctx *c, const char *session, int64_t *ret_ends_at)
{
	struct relay r = {0};
	enum err e = ERR_NOT_FOUND;

	if (strlen(session) == SESSION_BYTES * 2)
		e = db_one(c->db, &sql[BY_SESSION], &shape, &r, B(hash(c, session)));
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !open_still(c, &r)))
		return ERR_SIGN_IN;
	if (e == ERR_OK)
		become(c, &r);
	*ret_ends_at = r.ends_at;
	return e;
}

enum err relay_about(struct ctx *c, struct relay *ret_relay, const char **ret_service, const char **ret_material)
{
	const struct catalog_service *service;
	const struct catalog_material *material;
	struct application app;
	enum err e = application_read(c, c->actor.relay->no, &app);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[NEWEST], &shape, ret_relay, I(app.id), S(c->actor.relay->material));
	if (e != ERR_OK)
		return e;
	service = catalog_service(app.catalog, app.service);
	material = catalog_route_material(app.route, c->actor.relay->material);
	*ret_service = service ? service->name : "";
	*ret_material = material ? material->name : "";
	return ERR_OK;
}

enum err relay_done(struct ctx *c)
{
	enum err e = db_exec(c->db, &sql[END_MATERIAL], I(c->now), S("phone"), I(c->actor.only_application),
		S(c->actor.relay->material));

	assert(db_in_tx(c->db));
	if (e == ERR_OK && db_changed(c->db))
		audit_add(c, "relay_done", c->actor.relay->no, c->actor.relay->material);
	return e;
}
