#include "domain/audit.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "domain/audit_anchor.h"

enum { HEAD_LOCK, HEAD_READ, HEAD_MOVE, INSERT, PAGE };

/* The head is locked last and wanted as it is now, whoever has moved it since our snapshot: that is no lost update, and to
 * begin again for it would make every transaction that writes a rival of every other. */
#define NEWEST "SET STATEMENT innodb_snapshot_isolation=OFF FOR "

static const struct sql sql[] = {
	[HEAD_LOCK] = {NEWEST "SELECT seq, hash FROM audit_head WHERE id=1 FOR UPDATE", "", "ib"},
	[HEAD_READ] = {"SELECT seq, hash FROM audit_head WHERE id=1", "", "ib"},
	[HEAD_MOVE] = {NEWEST "UPDATE audit_head SET seq=?, hash=? WHERE id=1", "ib", ""},
	[INSERT] = {"INSERT INTO audit (seq, at, actor, actor_id, addr, action, object, detail, prev_hash, hash) "
		    "VALUES (?,?,?,?,?,?,?,?,?,?)",
		"iisissssbb", ""},
	[PAGE] = {"SELECT seq, at, actor, actor_id, addr, action, object, detail, prev_hash, hash FROM audit "
		  "WHERE seq>? ORDER BY seq LIMIT 1000",
		"i", "iisissssbb"},
};
SQL_TABLE(audit);

enum { OBJECT_MAX = 60, DETAIL_MAX = 500 }; /* of the columns: what is longer must not stop what is recorded */

struct audit_entry {
	struct audit_entry *next;
	const char *action, *object, *detail;
};

struct head {
	int64_t seq;
	struct bytes hash;
};
static const struct field head_fields[] = {INT(struct head, seq, "seq", 0, 0), BYTES(struct head, hash, "hash", 32)};
static const struct shape head_shape = SHAPE(struct head, head_fields);

struct row {
	int64_t seq, at;
	const char *actor;
	int64_t actor_id;
	const char *addr, *action, *object, *detail;
	struct bytes prev_hash, hash;
};
static const struct field row_fields[] = {
	INT(struct row, seq, "seq", 0, 0),
	TIME(struct row, at, "at"),
	TEXT(struct row, actor, "actor", 0, 0, NULL),
	INT(struct row, actor_id, "actor_id", 0, 0),
	TEXT(struct row, addr, "addr", 0, 0, NULL),
	TEXT(struct row, action, "action", 0, 0, NULL),
	TEXT(struct row, object, "object", 0, 0, NULL),
	TEXT(struct row, detail, "detail", 0, 0, NULL),
	BYTES(struct row, prev_hash, "prev_hash", 32),
	BYTES(struct row, hash, "hash", 32),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

void audit_add(struct ctx *c, const char *action, const char *object, const char *detail)
{
	struct audit_entry *entry = arena_alloc(c->arena, sizeof *entry);

	/* Not looked at before it is written: what failed half-way adds its entry, too, and names what it never read. */
	*entry = (struct audit_entry){c->audit, action, object, detail ? detail : ""};
	c->audit = entry;
}

/* The row as text, each part with its length before it so that no two rows read alike. */
static void row_hash(struct ctx *c, const struct row *r, unsigned char ret_hash[CRYPTO_HASH])
{
	const char *part[] = {r->actor, r->addr, r->action, r->object, r->detail};
	struct str s;

	str_init(&s, c->arena);
	str_addn(&s, r->prev_hash.at, r->prev_hash.len);
	str_addf(&s, "%" PRId64 ",%" PRId64 ",%" PRId64, r->seq, r->at, r->actor_id);
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		str_addf(&s, ",%zu:%s", strlen(part[i]), part[i]);
	crypto_hmac(c->house->audit.at, CRYPTO_KEY, s.at, s.len, ret_hash);
}

static enum err write_row(struct ctx *c, struct head *head, const struct audit_entry *entry)
{
	const struct actor *who = &c->actor;
	unsigned char *hash = arena_alloc(c->arena, CRYPTO_HASH);
	struct row r = {
		.seq = head->seq + 1,
		.at = c->now,
		.actor = actor_words[who->kind],
		.actor_id = who->kind == ACTOR_STAFF ? who->staff_id : who->account_id,
		.addr = who->addr,
		.action = entry->action,
		.object = utf8_clip(c->arena, entry->object, OBJECT_MAX),
		.detail = utf8_clip(c->arena, entry->detail, DETAIL_MAX),
		.prev_hash = head->hash,
	};
	enum err e;

	row_hash(c, &r, hash);
	r.hash = (struct bytes){hash, CRYPTO_HASH};
	e = db_exec(c->db, &sql[INSERT], I(r.seq), I(r.at), S(r.actor), I(r.actor_id), S(r.addr), S(r.action),
		S(r.object), S(r.detail), B(r.prev_hash), B(r.hash));
	*head = (struct head){r.seq, r.hash};
	return e;
}

enum err audit_flush(struct ctx *c)
{
	struct audit_entry *oldest = NULL, *next;
	struct head head;
	enum err e;

	if (!c->audit)
		return ERR_OK;
	assert(db_in_tx(c->db));
	for (struct audit_entry *at = c->audit; at; at = next) {
		next = at->next;
		at->next = oldest;
		oldest = at;
	}
	c->audit = NULL;
	e = db_one(c->db, &sql[HEAD_LOCK], &head_shape, &head);
	for (; e == ERR_OK && oldest; oldest = oldest->next)
		e = write_row(c, &head, oldest);
	return e == ERR_OK ? db_exec(c->db, &sql[HEAD_MOVE], I(head.seq), B(head.hash)) : e;
}

static enum err nothing(struct ctx *c, void *arg)
{
	audit_add(c, ((const char **)arg)[0], ((const char **)arg)[1], ((const char **)arg)[2]);
	return ERR_OK;
}

enum err audit_look(struct ctx *c, const char *action, const char *object, const char *detail)
{
	const char *what[] = {action, object, detail};

	if (db_in_tx(c->db))
		return nothing(c, what);
	return ctx_tx(c, nothing, what);
}

static const char *row_wrong(struct ctx *c, const struct row *r, const struct head *before)
{
	unsigned char hash[CRYPTO_HASH];

	if (r->seq != before->seq + 1)
		return "a row is missing before it";
	if (r->prev_hash.len != CRYPTO_HASH || !crypto_equal(r->prev_hash.at, before->hash.at, CRYPTO_HASH))
		return "it does not follow the row before it";
	row_hash(c, r, hash);
	if (r->hash.len != CRYPTO_HASH || !crypto_equal(r->hash.at, hash, CRYPTO_HASH))
		return "it was changed";
	return NULL;
}

/* The anchors, walked beside the rows. */
struct walk {
	struct head at;
	const struct audit_anchor *next, *end;
};

static void broken(struct audit_result *result, int64_t row, const char *why)
{
	if (!result->first_bad) {
		result->first_bad = row;
		result->why = why;
	}
}

static const char *anchor_wrong(struct ctx *c, const struct row *r, struct walk *w)
{
	for (; w->next < w->end && w->next->seq <= r->seq; w->next++)
		if (w->next->seq == r->seq && !crypto_equal(w->next->hash, r->hash.at, CRYPTO_HASH))
			return arena_printf(c->arena, "it is another row than %s has seen", w->next->where);
	return NULL;
}

static enum err verify_page(struct ctx *c, struct walk *w, size_t *ret_rows, struct audit_result *result)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[PAGE], &row_shape, &rows, I(w->at.seq));

	*ret_rows = 0;
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < rows.count && !result->first_bad; i++) {
		const struct row *r = &((const struct row *)rows.at)[i];
		const char *why = row_wrong(c, r, &w->at);

		if (!why)
			why = anchor_wrong(c, r, w);
		if (why)
			broken(result, r->seq, why);
		w->at = (struct head){r->seq, r->hash};
		result->rows++;
	}
	*ret_rows = rows.count;
	return ERR_OK;
}

/* Rows may have come while we walked, so the head before the walk must lie on it, and the one after it not behind it. */
static void verify_end(struct ctx *c, const struct walk *w, const struct head *before, const struct head *after,
	struct audit_result *result)
{
	const struct head *last = &w->at;

	if (before->seq > last->seq || after->seq < before->seq)
		broken(result, last->seq + 1, "the end of the chain was cut");
	else if (after->seq < last->seq)
		broken(result, after->seq + 1, "it stands behind the end of the chain");
	else if (after->seq == last->seq && !crypto_equal(after->hash.at, last->hash.at, CRYPTO_HASH))
		broken(result, last->seq, "it is not the end that the chain's head names");
	if (w->next < w->end)
		broken(result, last->seq + 1,
			arena_printf(c->arena, "the end of the chain was cut: %s has seen row %" PRId64, w->next->where,
				w->next->seq));
}

enum err audit_head(struct ctx *c, int64_t *ret_seq, struct bytes *ret_hash)
{
	struct head head = {0};
	enum err e = db_one(c->db, &sql[HEAD_READ], &head_shape, &head);

	*ret_seq = head.seq;
	*ret_hash = head.hash;
	return e;
}

enum err audit_verify(struct ctx *c, const struct audit_anchor *kept, struct audit_result *ret_result)
{
	static const unsigned char zero[CRYPTO_HASH];
	struct walk w = {.at = {0, {zero, CRYPTO_HASH}}};
	struct head before, after;
	struct list anchors;
	const char *torn = NULL;
	size_t n = 1;
	enum err e = audit_anchors(c, kept, &anchors, &torn);

	*ret_result = (struct audit_result){0};
	if (e == ERR_OK)
		e = db_one(c->db, &sql[HEAD_READ], &head_shape, &before);
	if (e != ERR_OK)
		return e;
	w.next = anchors.at;
	w.end = w.next + anchors.count;
	while (e == ERR_OK && n && !ret_result->first_bad)
		e = verify_page(c, &w, &n, ret_result);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[HEAD_READ], &head_shape, &after);
	if (e != ERR_OK || ret_result->first_bad)
		return e;
	verify_end(c, &w, &before, &after, ret_result);
	if (torn)
		broken(ret_result, w.at.seq, torn);
	ret_result->head = w.at.seq;
	memcpy(ret_result->hash, w.at.hash.at, CRYPTO_HASH);
	return ERR_OK;
}
