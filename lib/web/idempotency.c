#include "web/idempotency.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RESERVE, FIND, KEEP };

static const struct sql sql[] = {
	[RESERVE] =
		{"INSERT INTO idempotency (scope, key_hash, body_hash, status, body_sealed, ends_at) VALUES (?,?,?,0,'',?)",
			"bbbi", ""},
	[FIND] =
		{"SELECT body_hash, status, etag, location, body_sealed FROM idempotency WHERE scope=? AND key_hash=? FOR UPDATE",
			"bb", "bissb"},
	[KEEP] = {"UPDATE idempotency SET status=?, etag=?, location=?, body_sealed=? WHERE scope=? AND key_hash=?",
		"issbbb", ""},
};
SQL_TABLE(idempotency);

enum { KEPT_S = 24 * 3600, KEY_MAX = 200 };

struct row {
	struct bytes body_hash;
	int64_t status;
	const char *etag, *location;
	struct bytes body_sealed;
};
static const struct field fields[] = {
	BYTES(struct row, body_hash, "body_hash", 32),
	INT(struct row, status, "status", 0, 0),
	TEXT(struct row, etag, "etag", 0, 0, NULL),
	TEXT(struct row, location, "location", 0, 0, NULL),
	BYTES(struct row, body_sealed, "body", 0),
};
static const struct shape shape = SHAPE(struct row, fields);

/* A quoted string by its draft; taken without the quotes as well, and the same key either way.  *ret_key NULL: none given. */
static enum err key_of(struct web *w, const char **ret_key)
{
	const char *key = w->route->method == POST ? http_header(w->http, "idempotency-key") : NULL;
	size_t n = key ? strlen(key) : 0;

	*ret_key = NULL;
	if (!key)
		return ERR_OK;
	if (n >= 2 && key[0] == '"' && key[n - 1] == '"') {
		key = arena_textn(w->c.arena, key + 1, n - 2);
		n -= 2;
	}
	if (n == 0 || n > KEY_MAX || strchr(key, '"'))
		return ctx_say(&w->c, ERR_SYNTAX, "Idempotency-Key应为1至%d个字符的带引号文本", KEY_MAX);
	*ret_key = key;
	return ERR_OK;
}

static struct bytes key_hash(struct web *w, const char *key)
{
	return crypto_sha256_bytes(w->c.arena, key, strlen(key));
}

/* Anonymous callers share nothing: their address is part of the scope. */
static struct bytes scope(struct web *w)
{
	const struct actor *who = &w->c.actor;
	char *text = arena_printf(w->c.arena, "%d:%" PRId64 ":%" PRId64 ":%s:%s", (int)who->kind, who->account_id,
		who->staff_id, who->kind == ACTOR_NOBODY ? who->addr : "", w->route->path);

	return crypto_sha256_bytes(w->c.arena, text, strlen(text));
}

static struct bytes request_hash(struct web *w)
{
	struct str s;

	str_init(&s, w->c.arena);
	str_addf(&s, "%s\n", w->path);
	str_addn(&s, w->body.at, w->body.len);
	return crypto_sha256_bytes(w->c.arena, s.at, s.len);
}

static enum err answer_again(struct web *w, const struct row *r)
{
	struct bytes plain;
	enum err e = keyring_open(w->c.arena, &w->c.house->master, "idempotency", r->body_sealed, &plain);

	if (e != ERR_OK)
		return e;
	w->stored = true;
	w->status = (int)r->status;
	w->etag = r->etag ? strtoll(r->etag, NULL, 10) : 0;
	w->location = r->location;
	str_addn(&w->out, plain.at, plain.len);
	return ERR_OK;
}

enum err idempotency_begin(struct web *w)
{
	const char *key;
	struct row r;
	struct bytes body;
	enum err e = key_of(w, &key);

	if (e != ERR_OK || !key)
		return e;
	body = request_hash(w);
	e = db_exec(w->c.db, &sql[RESERVE], B(scope(w)), B(key_hash(w, key)), B(body), I(w->c.now + KEPT_S));
	if (e != ERR_CONFLICT)
		return e;
	e = db_one(w->c.db, &sql[FIND], &shape, &r, B(scope(w)), B(key_hash(w, key)));
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_BUSY : e;
	if (r.body_hash.len != CRYPTO_HASH || !crypto_equal(r.body_hash.at, body.at, CRYPTO_HASH))
		return ERR_KEY_REUSED;
	return answer_again(w, &r);
}

enum err idempotency_keep(struct web *w)
{
	const char *key;
	struct bytes sealed;
	enum err e = key_of(w, &key);

	if (e != ERR_OK || !key || w->stored)
		return e;
	sealed = keyring_seal(w->c.arena, &w->c.house->master, "idempotency", w->out.at, w->out.len);
	return db_exec(w->c.db, &sql[KEEP], I(w->status),
		S(w->etag ? arena_printf(w->c.arena, "%" PRId64, w->etag) : NULL), S(w->location), B(sealed),
		B(scope(w)), B(key_hash(w, key)));
}
