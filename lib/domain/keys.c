#include "domain/keys.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/audit.h"

/* For each sealed column: rows behind a place (two texts, for a key of two columns) that do not name the current key, with
 * what they are sealed for; the guarded change of one; how many values name which key.
 * A new sealed column is a new row here. */
#define USES(column, table) \
	{ \
		"SELECT LOWER(HEX(SUBSTRING(" column ",2,4))), COUNT(*) FROM " table " WHERE LENGTH(" column \
		")>=33 GROUP BY 1", \
			"", "si" \
	}
#define OTHER(column) "LENGTH(" column ")>=33 AND SUBSTRING(" column ",2,4)<>UNHEX(?) "
#define BY_NUMBER(column, table, place) \
	{"SELECT CAST(id AS CHAR), '', " place ", " column " FROM " table \
	 " WHERE id>CAST(? AS SIGNED) AND ''=? AND " OTHER(column) "ORDER BY id LIMIT 100", \
		"sss", "sssb"}, \
		{"UPDATE " table " SET " column "=? WHERE id=CAST(? AS SIGNED) AND ''=? AND " column "=?", "bssb", \
			""}, \
		USES(column, table)

#define BY_ID(column, table, place) \
	{"SELECT id, '', " place ", " column " FROM " table \
	 " WHERE id>? AND ''=? AND " OTHER(column) "ORDER BY id LIMIT 100", \
		"sss", "sssb"}, \
		{"UPDATE " table " SET " column "=? WHERE id=? AND ''=? AND " column "=?", "bssb", ""}, \
		USES(column, table)

#define PROPOSAL_PLACE(part) "CONCAT('proposal." part ":',kind,':',proposer_id,':',proposed_at)"

#define BY_CASE(column, table, place) \
	{"SELECT CAST(application_id AS CHAR), '', " place ", " column " FROM " table \
	 " WHERE application_id>CAST(? AS SIGNED) AND ''=? AND " OTHER(column) "ORDER BY application_id LIMIT 100", \
		"sss", "sssb"}, \
		{"UPDATE " table " SET " column "=? WHERE application_id=CAST(? AS SIGNED) AND ''=? AND " column "=?", \
			"bssb", ""}, \
		USES(column, table)

static const struct sql sql[] = {
	BY_ID("key_sealed", "stored_file", "CONCAT('blob:',id)"),
	{"SELECT CAST(f.application_id AS CHAR), CAST(f.version AS CHAR), CONCAT('form.data:',a.no,':',f.version), f.data_sealed "
	 "FROM form_version f JOIN application a ON a.id=f.application_id WHERE f.application_id>=CAST(? AS SIGNED) "
	 "AND (f.application_id>CAST(? AS SIGNED) OR f.version>CAST(? AS SIGNED)) AND " OTHER(
		 "f.data_sealed") "ORDER BY f.application_id, f.version LIMIT 100",
		"ssss", "sssb"},
	{"UPDATE form_version SET data_sealed=? WHERE application_id=CAST(? AS SIGNED) AND version=CAST(? AS SIGNED) AND "
	 "data_sealed=?",
		"bssb", ""},
	USES("data_sealed", "form_version"),
	{"SELECT HEX(scope), HEX(key_hash), 'idempotency', body_sealed FROM idempotency WHERE scope>=UNHEX(?) AND "
	 "(scope>UNHEX(?) OR key_hash>UNHEX(?)) AND " OTHER("body_sealed") "ORDER BY scope, key_hash LIMIT 100",
		"ssss", "sssb"},
	{"UPDATE idempotency SET body_sealed=? WHERE scope=UNHEX(?) AND key_hash=UNHEX(?) AND body_sealed=?", "bssb",
		""},
	USES("body_sealed", "idempotency"),
	{"SELECT CAST(application_id AS CHAR), CAST(round AS CHAR), CONCAT('round.data:',application_id,':',round), data_sealed "
	 "FROM case_round WHERE application_id>=CAST(? AS SIGNED) AND (application_id>CAST(? AS SIGNED) OR round>CAST(? AS SIGNED)) "
	 "AND " OTHER("data_sealed") "ORDER BY application_id, round LIMIT 100",
		"ssss", "sssb"},
	{"UPDATE case_round SET data_sealed=? WHERE application_id=CAST(? AS SIGNED) AND round=CAST(? AS SIGNED) AND data_sealed=?",
		"bssb", ""},
	USES("data_sealed", "case_round"),
	BY_NUMBER("text_sealed", "case_note", "CONCAT('case.note:',application_id,':',staff_id,':',at)"),
	BY_NUMBER("data_sealed", "application", "CONCAT('application.data:',no)"),
	BY_NUMBER("phone_sealed", "account", "'account.phone'"),
	BY_NUMBER("totp_sealed", "staff", "'staff.totp'"),
	BY_NUMBER("totp_new_sealed", "staff", "'staff.totp'"),
	BY_NUMBER("payer_account_sealed", "payment", "'payment.account'"),
	BY_NUMBER("payer_account_sealed", "bank_line", "'bank_line.account'"),
	BY_NUMBER("person_sealed", "certificate", "'certificate.person'"),
	BY_NUMBER("id_number_sealed", "certificate", "'certificate.id_number'"),
	BY_NUMBER("agent_sealed", "certificate", "'certificate.agent'"),
	BY_NUMBER("phone_sealed", "outbox", "'outbox.phone'"),
	BY_NUMBER("params_sealed", "outbox", "'outbox.params'"),
	BY_NUMBER("enc_key_sealed", "issuance", "CONCAT('issuance.key:',id)"),
	BY_NUMBER("signed_sealed", "signature", "CONCAT('signature:',nonce)"),
	BY_ID("picture_sealed", "seal", "CONCAT('seal.picture:',id)"),
	BY_ID("sight_sealed", "seal", "CONCAT('seal.sight:',id)"),
	BY_ID("ses_sealed", "seal", "CONCAT('seal.data:',id)"),
	BY_NUMBER("typed_sealed", "rekey", "CONCAT('rekey.typed:',application_id)"),
	BY_NUMBER("payload_sealed", "proposal", PROPOSAL_PLACE("payload")),
	BY_NUMBER("lines_sealed", "proposal", PROPOSAL_PLACE("lines")),
	BY_NUMBER("xml_sealed", "invoice", "CONCAT('invoice.xml:',id)"),
	BY_NUMBER("pdf_sealed", "invoice", "CONCAT('invoice.pdf:',id)"),
	BY_NUMBER("words_sealed", "rating", "'rating.words'"),
	BY_NUMBER("note_sealed", "rating_step", "'rating.note'"),
	BY_NUMBER("phone_sealed", "feedback", "'feedback.phone'"),
	BY_NUMBER("text_sealed", "feedback", "'feedback.text'"),
	BY_NUMBER("answer_sealed", "feedback", "'feedback.answer'"),
	BY_NUMBER("text_sealed", "parcel_step", "'parcel.step'"),
	BY_NUMBER("sender_sealed", "arrival", "'arrival.sender'"),
	BY_NUMBER("photo_sealed", "arrival", "CONCAT('arrival.photo:',waybill)"),
	BY_CASE("collector_sealed", "pickup", "'pickup.collector'"),
	BY_CASE("id_tail_sealed", "pickup", "'pickup.id_tail'"),
};
SQL_TABLE(keys);

enum { FIND, CHANGE, COUNT, EACH, COLUMNS = ARRAY_LEN(sql) / EACH };

struct value {
	const char *key1, *key2, *place;
	struct bytes sealed;
};
static const struct field value_fields[] = {
	TEXT(struct value, key1, "key1", 0, 0, NULL),
	TEXT(struct value, key2, "key2", 0, 0, NULL),
	TEXT(struct value, place, "place", 0, 0, NULL),
	BYTES(struct value, sealed, "sealed", 0),
};
static const struct shape value_shape = SHAPE(struct value, value_fields);

static const struct field use_fields[] = {
	TEXT(struct keys_use, id, "id", 0, 0, NULL),
	INT(struct keys_use, values, "values", 0, 0),
};
static const struct shape use_shape = SHAPE(struct keys_use, use_fields);

static const char *current(struct ctx *c)
{
	return keyring_id_text(c->arena, c->house->master.id[0]);
}

static enum err record(struct ctx *c, void *arg)
{
	const char *const *what = arg;

	audit_add(c, what[0], "master.key", what[1]);
	return ERR_OK;
}

enum err keys_rotate(struct ctx *c, const char **ret_id)
{
	enum err e = keyring_rotate(&c->house->master);
	const char *what[] = {"key_rotate", NULL};

	if (e != ERR_OK)
		return e;
	*ret_id = what[1] = current(c);
	return ctx_tx(c, record, what);
}

/* --- sealing anew --- */

struct step {
	const struct sql *sql; /* of the column */
	struct list values;
	struct keys_rewrapped done;
};

static enum err change(struct ctx *c, void *arg)
{
	struct step *s = arg;
	const struct value *v = s->values.at;
	struct keyring *master = &c->house->master;
	enum err e = ERR_OK;

	s->done = (struct keys_rewrapped){0};
	for (size_t i = 0; e == ERR_OK && i < s->values.count; i++) {
		struct bytes plain;

		if (keyring_open(c->arena, master, v[i].place, v[i].sealed, &plain) != ERR_OK) {
			s->done.unknown++;
			continue;
		}
		e = db_exec(c->db, &s->sql[CHANGE], B(keyring_seal(c->arena, master, v[i].place, plain.at, plain.len)),
			S(v[i].key1), S(v[i].key2), B(v[i].sealed));
		if (e == ERR_OK)
			s->done.done += db_changed(c->db);
		crypto_wipe((void *)(uintptr_t)plain.at, plain.len);
	}
	return e;
}

/* The next rows behind a place; where the key has two columns, its first one is asked twice. */
static enum err find(struct ctx *c, struct step *s, const char *key1, const char *key2)
{
	const char *id = current(c);

	if (strlen(s->sql[FIND].in) == 3)
		return db_all(c->db, &s->sql[FIND], &value_shape, &s->values, S(key1), S(key2), S(id));
	return db_all(c->db, &s->sql[FIND], &value_shape, &s->values, S(key1), S(key1), S(key2), S(id));
}

static enum err rewrap_column(struct ctx *c, const struct sql *column, struct keys_rewrapped *done)
{
	struct arena *whole = c->arena, *even CLEANUP(arena_done) = arena_new(), *odd CLEANUP(arena_done) = arena_new();
	struct step s = {.sql = column};
	const char *key1 = "", *key2 = "";
	enum err e;

	do { /* two arenas by turns: the place where a step begins lives in the one of the step before */
		c->arena = c->arena == even ? odd : even;
		arena_reset(c->arena);
		db_use_arena(c->db, c->arena);
		e = find(c, &s, key1, key2);
		if (e == ERR_OK && s.values.count) {
			const struct value *last = (const struct value *)s.values.at + s.values.count - 1;

			key1 = last->key1;
			key2 = last->key2;
			e = ctx_tx(c, change, &s);
			done->done += s.done.done;
			done->unknown += s.done.unknown;
		}
	} while (e == ERR_OK && s.values.count == KEYS_STEP);
	c->arena = whole;
	db_use_arena(c->db, whole);
	return e;
}

enum err keys_rewrap(struct ctx *c, struct keys_rewrapped *ret_done)
{
	enum err e = ERR_OK;

	*ret_done = (struct keys_rewrapped){0};
	for (size_t i = 0; e == ERR_OK && i < COLUMNS; i++)
		e = rewrap_column(c, &sql[i * EACH], ret_done);
	return e;
}

/* --- who is named --- */

static struct keys_use *use_of(struct list *uses, const char *id)
{
	struct keys_use *u = uses->at;

	for (size_t i = 0; i < uses->count; i++)
		if (text_eq(u[i].id, id))
			return &u[i];
	return NULL;
}

enum err keys_uses(struct ctx *c, struct list *ret_uses)
{
	enum { OTHERS = 1000 };
	const struct keyring *r = &c->house->master;
	struct keys_use *use = arena_array(c->arena, KEYRING_MAX + OTHERS, sizeof *use);
	struct list uses = {use, 0}, rows;
	enum err e = ERR_OK;

	for (; uses.count < r->count; uses.count++)
		use[uses.count] = (struct keys_use){keyring_id_text(c->arena, r->id[uses.count]), true, 0};
	for (size_t i = 0; e == ERR_OK && i < COLUMNS; i++) {
		e = db_all(c->db, &sql[i * EACH + COUNT], &use_shape, &rows);
		for (size_t k = 0; e == ERR_OK && k < rows.count; k++) {
			const struct keys_use *row = (const struct keys_use *)rows.at + k;
			struct keys_use *u = use_of(&uses, row->id);

			if (!u && uses.count < KEYRING_MAX + OTHERS) {
				u = &use[uses.count++];
				*u = (struct keys_use){row->id, false, 0};
			}
			if (u)
				u->values += row->values;
		}
	}
	*ret_uses = uses;
	return e;
}

static enum err retire(struct ctx *c, struct keyring_old *old, const char *id, int64_t *ret_values)
{
	const char *what[] = {"key_retire", id};
	struct list uses;
	const struct keys_use *u;
	enum err e = keys_uses(c, &uses);

	if (e != ERR_OK)
		return e;
	u = use_of(&uses, id);
	*ret_values = u ? u->values : 0;
	if (*ret_values)
		return ERR_CONFLICT;
	e = ctx_tx(c, record, what);
	return e == ERR_OK ? keyring_retire(&c->house->master, old) : e;
}

enum err keys_retire(struct ctx *c, const char *id, int64_t *ret_values)
{
	struct keyring_old old = {.fd = -1};
	enum err e = keyring_take(c->arena, &c->house->master, id, &old);

	*ret_values = 0;
	if (e != ERR_OK)
		return e;
	e = retire(c, &old, id, ret_values);
	keyring_keep(&old);
	return e;
}
