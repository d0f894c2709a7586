#include "domain/challenge.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

enum { ADD, FIND, LOCK, USE };

#define COLUMNS "nonce, purpose, application_id, account_id, content_sha256, made_at, ends_at, used_at FROM challenge "
#define WHOSE "WHERE nonce=? AND COALESCE(account_id,0)=? AND COALESCE(application_id,0)=? AND ends_at>? AND made_at<=?"

static const struct sql sql[] = {
	[ADD] = {"INSERT INTO challenge (nonce, purpose, application_id, account_id, content_sha256, made_at, ends_at) "
		 "VALUES (?,?,?,?,?,?,?)",
		"ssiisii", ""},
	[FIND] = {"SELECT " COLUMNS WHOSE, "siiii", "ssiisiii"},
	[LOCK] = {"SELECT " COLUMNS WHOSE " FOR UPDATE", "siiii", "ssiisiii"},
	[USE] = {"UPDATE challenge SET used_at=? WHERE nonce=? AND used_at IS NULL AND ends_at>?", "isi", ""},
};
SQL_TABLE(challenge);

enum { NONCE_BYTES = 16 };

static const char *const purpose_words[] = {"session", "add", "renew", "unlock", NULL};

struct row {
	const char *nonce, *purpose;
	int64_t application_id, account_id;
	const char *content_sha256;
	int64_t made_at, ends_at, used_at;
};
static const struct field fields[] = {
	TEXT(struct row, nonce, "nonce", 0, 0, NULL),
	TEXT(struct row, purpose, "purpose", 0, 0, NULL),
	INT(struct row, application_id, "application_id", 0, 0),
	INT(struct row, account_id, "account_id", 0, 0),
	TEXT(struct row, content_sha256, "content_sha256", 0, 0, NULL),
	TIME(struct row, made_at, "made_at"),
	TIME(struct row, ends_at, "ends_at"),
	TIME(struct row, used_at, "used_at"),
};
static const struct shape shape = SHAPE(struct row, fields);

/* The host of the public address: what stands between "://" and the next slash. */
static const char *host(struct ctx *c)
{
	const char *at = strstr(c->house->config.url, "://");

	at = at ? at + 3 : c->house->config.url;
	return arena_textn(c->arena, at, strcspn(at, "/"));
}

static const char *text_of(struct ctx *c, const struct challenge *k)
{
	return arena_printf(c->arena,
		"zhengyin-challenge/1\nhost: %s\npurpose: %s\nnonce: %s\ntime: %s\nsubject: %s\ncontent-sha256: %s\n",
		host(c), purpose_words[k->purpose], k->nonce, moment_text(c->arena, k->made_at), k->subject,
		k->content_sha256);
}

enum err challenge_make(struct ctx *c, struct challenge *k)
{
	assert(db_in_tx(c->db));
	k->nonce = crypto_token(c->arena, NONCE_BYTES);
	k->made_at = c->now;
	k->ends_at = c->now + CHALLENGE_TTL_S;
	k->used_at = 0;
	k->text = text_of(c, k);
	return db_exec(c->db, &sql[ADD], S(k->nonce), S(purpose_words[k->purpose]), I0(k->application_id),
		I0(k->account_id), S(k->content_sha256), I(k->made_at), I(k->ends_at));
}

enum err challenge_find(
	struct ctx *c, const char *nonce, int64_t application_id, const char *subject, struct challenge *ret_challenge)
{
	struct row row;
	int purpose;
	enum err e = db_one(c->db, &sql[db_in_tx(c->db) ? LOCK : FIND], &shape, &row, S(nonce),
		I(application_id ? c->actor.account_id : 0), I(application_id), I(c->now), I(c->now + CTX_AHEAD_S));

	if (e != ERR_OK)
		return e;
	purpose = text_index(purpose_words, row.purpose);
	*ret_challenge = (struct challenge){row.nonce, (enum challenge_purpose)purpose, row.application_id,
		row.account_id, subject, row.content_sha256, row.made_at, row.ends_at, row.used_at, NULL};
	ret_challenge->text = text_of(c, ret_challenge);
	return ERR_OK;
}

enum err challenge_use(struct ctx *c, const struct challenge *k)
{
	enum err e = db_exec(c->db, &sql[USE], I(c->now), S(k->nonce), I(c->now));

	assert(db_in_tx(c->db));
	return e == ERR_OK && db_changed(c->db) != 1 ? ERR_CONFLICT : e;
}
