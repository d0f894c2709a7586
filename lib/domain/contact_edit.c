#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/contact_kind.h"

/* --- for the desk --------------------------------------------------------------------------------------------------- */

enum { ALL, ONE, ROOM, LOCK, PROPOSE, CONFIRM, CLEAR, HISTORY_ADD, HISTORY, WAITING };

#define LOOK \
	"SELECT k.name, k.value, k.version, m.name, x.name, k.changed_at, k.proposed, p.name, k.proposed_by, " \
	"k.proposed_at, k.proposed_reason FROM contact k LEFT JOIN staff m ON m.id=k.changed_by " \
	"LEFT JOIN staff x ON x.id=k.checked_by LEFT JOIN staff p ON p.id=k.proposed_by "
#define NOTHING_WAITS "proposed=NULL, proposed_by=NULL, proposed_at=NULL, proposed_reason=NULL "
static const struct sql sql[] = {
	[ALL] = {LOOK "ORDER BY k.name", "",
		"ssissi"
		"ssiis"},
	[ONE] = {LOOK "WHERE k.name=?", "s",
		"ssissi"
		"ssiis"},
	[ROOM] = {"INSERT IGNORE INTO contact (name, version) VALUES (?,1)", "s", ""},
	[LOCK] =
		{"SELECT value, version, proposed, proposed_by, proposed_at, proposed_reason FROM contact WHERE name=? FOR UPDATE",
			"s", "sisiis"},
	[PROPOSE] =
		{"UPDATE contact SET version=version+1, proposed=?, proposed_by=?, proposed_at=?, proposed_reason=? "
		 "WHERE name=? AND version=? AND proposed IS NULL",
			"siissi", ""},
	[CONFIRM] =
		{"UPDATE contact SET version=version+1, value=proposed, changed_by=proposed_by, checked_by=?, changed_at=?, alone=0, " NOTHING_WAITS
		 "WHERE name=? AND version=? AND proposed IS NOT NULL AND proposed_by<>?",
			"iisii", ""},
	[CLEAR] = {"UPDATE contact SET version=version+1, " NOTHING_WAITS
		   "WHERE name=? AND version=? AND proposed IS NOT NULL",
		"si", ""},
	[HISTORY_ADD] = {"INSERT INTO contact_history (name, old_value, new_value, result, staff_id, asked_at, reason, "
			 "checked_by, at, note) VALUES (?,?,?,?,?,?,?,?,?,?)",
		"ssssiis"
		"iis",
		""},
	[HISTORY] = {"SELECT h.at, h.result, p.name, h.asked_at, h.reason, x.name, h.note, h.old_value, h.new_value "
		     "FROM contact_history h JOIN staff p ON p.id=h.staff_id LEFT JOIN staff x ON x.id=h.checked_by "
		     "WHERE h.name=? ORDER BY h.id DESC LIMIT 200",
		"s",
		"issis"
		"ssss"},
	[WAITING] = {"SELECT name FROM contact WHERE proposed IS NOT NULL ORDER BY name", "", "s"},
};
SQL_TABLE(contact_edit);

struct row {
	const char *name, *value;
	int64_t version;
	const char *by, *checked_by;
	int64_t at;
	const char *proposed, *proposed_name;
	int64_t proposed_by, proposed_at;
	const char *proposed_reason;
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct row, m, #m, 0, 0)
static const struct field look_fields[] = {
	R_TEXT(name),
	R_TEXT(value),
	R_INT(version),
	R_TEXT(by),
	R_TEXT(checked_by),
	R_INT(at),
	R_TEXT(proposed),
	R_TEXT(proposed_name),
	R_INT(proposed_by),
	R_INT(proposed_at),
	R_TEXT(proposed_reason),
};
static const struct shape look_shape = SHAPE(struct row, look_fields);
static const struct field lock_fields[] = {
	R_TEXT(value),
	R_INT(version),
	R_TEXT(proposed),
	R_INT(proposed_by),
	R_INT(proposed_at),
	R_TEXT(proposed_reason),
};
static const struct shape lock_shape = SHAPE(struct row, lock_fields);

/* What holds by this row, as it is kept. */
static const char *holds(struct ctx *c, const struct contact_kind *k, const struct row *r)
{
	return r->value ? r->value : contact_text(c->arena, k, contact_part(k, c->house->catalog));
}

static void write_waiting(const struct ctx *c, const struct row *r, struct json_out *j)
{
	if (!r->proposed) {
		json_null(j, "waiting");
		return;
	}
	json_object(j, "waiting");
	json_raw(j, "value", r->proposed);
	json_text(j, "by", r->proposed_name);
	json_bool(j, "mine", r->proposed_by == c->actor.staff_id);
	json_time(j, "at", r->proposed_at);
	json_text(j, "reason", r->proposed_reason);
	json_end(j);
}

static void write_contact(
	struct ctx *c, const char *key, const struct contact_kind *k, const struct row *r, struct json_out *j)
{
	json_object(j, key);
	json_text(j, "name", k->name);
	json_text(j, "label", k->label);
	json_raw(j, "value", holds(c, k, r));
	json_bool(j, "is_default", !r->value);
	json_int(j, "version", r->version);
	json_text(j, "changed_by", r->by);
	json_text(j, "checked_by", r->checked_by);
	json_time(j, "changed_at", r->at);
	write_waiting(c, r, j);
	json_end(j);
}

/* Visitors' addresses are the counters' own and kept there; shown here so that nobody takes one for the other. */
static void write_counters(const struct catalog *now, struct json_out *j)
{
	json_list(j, "counters");
	CATALOG_EACH(struct catalog_counter, b, &now->counters) {
		json_object(j, NULL);
		json_text(j, "name", b->name);
		json_text(j, "address", b->address);
		json_end(j);
	}
	json_end(j);
}

enum err contact_write_all(struct ctx *c, struct json_out *j)
{
	static const struct row none = {.version = 1};
	const struct catalog *now;
	struct list rows;
	enum err e = db_all(c->db, &sql[ALL], &look_shape, &rows);

	if (e == ERR_OK)
		e = contact_fresh(c, &now);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	for (size_t i = 0; i < CONTACT_KINDS; i++) {
		const struct row *found = &none;

		CATALOG_EACH(struct row, r, &rows)
			if (text_eq(r->name, contact_kinds[i].name))
				found = r;
		write_contact(c, contact_kinds[i].name, &contact_kinds[i], found, j);
	}
	write_counters(now, j);
	json_end(j);
	return ERR_OK;
}

enum err contact_warn(struct ctx *c, struct json_out *j)
{
	struct list names;
	enum err e = db_all(c->db, &sql[WAITING], &db_text_shape, &names);

	if (e != ERR_OK)
		return e;
	CATALOG_EACH(struct db_text, n, &names) {
		const struct contact_kind *k = contact_kind_find(n->value);

		json_object(j, NULL);
		json_text(j, "code", arena_printf(c->arena, "contact_%s", n->value));
		json_text(j, "text", arena_printf(c->arena, "%s有一项改动等另一个人确认。", k ? k->label : n->value));
		json_text(j, "url", "/staff/contacts.html");
		json_end(j);
	}
	return ERR_OK;
}

/* --- propose and decide --------------------------------------------------------------------------------------------- */

static enum err lock(struct ctx *c, const struct contact_kind *k, struct row *ret_row)
{
	struct row row = {.name = k->name};
	enum err e = db_exec(c->db, &sql[ROOM], S(k->name));

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[LOCK], &lock_shape, &row, S(k->name));
	*ret_row = row;
	return e == ERR_OK && c->expect && c->expect != row.version ? ERR_STALE : e;
}

/* After a change: the contact as it is now. */
static enum err show(struct ctx *c, const struct contact_kind *k, struct json_out *j, int64_t *ret_version)
{
	struct row r = {0};
	enum err e = db_one(c->db, &sql[ONE], &look_shape, &r, S(k->name));

	if (e != ERR_OK)
		return e;
	*ret_version = r.version;
	write_contact(c, NULL, k, &r, j);
	return ERR_OK;
}

/* The hash ties the record of changes to the chain: a value that was altered there no longer fits. */
static void note_down(struct ctx *c, const char *what, const struct contact_kind *k, int64_t version, const char *text)
{
	audit_add(c, arena_printf(c->arena, "contact_%s", what), k->name,
		arena_printf(c->arena, "version %" PRId64 ", sha256 %s", version,
			crypto_sha256_hex(c->arena, text, strlen(text))));
}

static enum err takes_effect(struct ctx *c, const struct contact_kind *k, int64_t version)
{
	return contact_changed(c, arena_printf(c->arena, "contact/%s/%" PRId64, k->name, version));
}

static enum err check(
	struct ctx *c, const struct contact_kind *k, const struct row *old, const void *in, const char **ret_text)
{
	const struct catalog *now;
	enum err e = contact_fresh(c, &now);

	if (e != ERR_OK)
		return e;
	if (k->check)
		k->check(&c->faults, now, in);
	*ret_text = contact_text(c->arena, k, in);
	if (!c->faults.count && text_eq(*ret_text, holds(c, k, old)))
		fault_add(&c->faults, "", "same", "%s与现在的一样，没有要改的", k->label);
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum err contact_propose(struct ctx *c, const char *name, const void *in, struct json_out *j, int64_t *ret_version)
{
	const struct contact_kind *k = contact_kind_find(name);
	const char *reason, *text;
	struct row old;
	enum err e = k ? lock(c, k, &old) : ERR_NOT_FOUND;

	if (e != ERR_OK)
		return e;
	if (old.proposed)
		return ctx_say(c, ERR_WRONG_STATE, "%s已有一项改动等确认，请先确认、退回或撤回它", k->label);
	e = check(c, k, &old, in, &text);
	if (e != ERR_OK)
		return e;
	reason = *(const char *const *)(const void *)((const char *)in + k->reason_at);
	e = db_guarded(c->db, db_exec(c->db, &sql[PROPOSE], S(text), I(c->actor.staff_id), I(c->now), S(reason),
				      S(k->name), I(old.version)));
	note_down(c, "propose", k, old.version + 1, text);
	return e == ERR_OK ? show(c, k, j, ret_version) : e;
}

enum err contact_proposed(struct ctx *c, const char *name, const struct catalog **ret_catalog)
{
	const struct contact_kind *k = contact_kind_find(name);
	struct catalog *catalog = arena_alloc(c->arena, sizeof *catalog);
	const struct catalog *now;
	struct row r = {.name = name};
	enum err e = db_one(c->db, &sql[ONE], &look_shape, &r, S(name));

	if (e == ERR_OK)
		e = contact_fresh(c, &now);
	if (e != ERR_OK || !r.proposed)
		return e == ERR_OK ? ERR_NOT_FOUND : e;
	*catalog = *now;
	*ret_catalog = catalog;
	return contact_read(c->arena, k, r.proposed, catalog);
}

static const char *const decisions[] = {"confirm", "refuse", "withdraw", NULL};
static const struct field decision_fields[] = {
	WORD_REQUIRED(struct contact_decision, decision, "决定", decisions),
	TEXT(struct contact_decision, note, "说明", 2, 400, rule_note),
};
const struct shape contact_decision_shape = SHAPE(struct contact_decision, decision_fields);

static const struct outcome {
	const char *decision, *result;
	bool mine; /* of who proposed it; else of somebody else */
} outcomes[] = {
	{"confirm", "done", false},
	{"refuse", "refused", false},
	{"withdraw", "withdrawn", true},
};

static enum err may(struct ctx *c, const struct contact_kind *k, const struct row *old, const struct outcome *o,
	const struct contact_decision *in)
{
	if (!old->proposed)
		return ctx_say(c, ERR_WRONG_STATE, "%s没有等确认的改动", k->label);
	if (o->mine && old->proposed_by != c->actor.staff_id)
		return ctx_say(c, ERR_FORBIDDEN, "只有提出的人能撤回，您可以退回");
	if (!o->mine && old->proposed_by == c->actor.staff_id)
		return ctx_say(c, ERR_TWO_PERSONS, "这是您自己提出的，请另一个人确认或退回");
	if (text_eq(o->result, "refused") && !in->note) {
		fault_add(&c->faults, "/note", "missing", "请写明为什么退回");
		return ERR_INVALID;
	}
	return ERR_OK;
}

/* Counters may have moved since it was proposed. */
static enum err fits_still(struct ctx *c, const struct contact_kind *k)
{
	const struct catalog *now, *then;
	struct faults faults;
	enum err e = contact_proposed(c, k->name, &then);

	if (e == ERR_OK)
		e = contact_fresh(c, &now);
	if (e != ERR_OK || !k->check)
		return e;
	faults_init(&faults, c->arena);
	k->check(&faults, now, contact_part(k, then));
	return faults.count ? ctx_say(c, ERR_WRONG_STATE, "提出以后情况变了：%s，请退回这项改动", faults.at[0].detail)
			    : ERR_OK;
}

enum err contact_decide(
	struct ctx *c, const char *name, const struct contact_decision *in, struct json_out *j, int64_t *ret_version)
{
	const struct contact_kind *k = contact_kind_find(name);
	const struct outcome *o = &outcomes[text_index(decisions, in->decision)];
	int64_t staff = c->actor.staff_id;
	struct row old;
	bool done = text_eq(o->result, "done");
	enum err e = k ? lock(c, k, &old) : ERR_NOT_FOUND;

	if (e == ERR_OK)
		e = may(c, k, &old, o, in);
	if (e == ERR_OK && done)
		e = fits_still(c, k);
	if (e == ERR_OK)
		e = db_guarded(c->db,
			done ? db_exec(c->db, &sql[CONFIRM], I(staff), I(c->now), S(k->name), I(old.version), I(staff))
			     : db_exec(c->db, &sql[CLEAR], S(k->name), I(old.version)));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[HISTORY_ADD], S(k->name), S(holds(c, k, &old)), S(old.proposed), S(o->result),
			I(old.proposed_by), I(old.proposed_at), S(old.proposed_reason), I0(o->mine ? 0 : staff),
			I(c->now), S(in->note));
	if (e == ERR_OK && done)
		e = takes_effect(c, k, old.version + 1);
	if (e != ERR_OK)
		return e;
	note_down(c, in->decision, k, old.version + 1, old.proposed);
	return show(c, k, j, ret_version);
}

/* --- the record ----------------------------------------------------------------------------------------------------- */

struct past {
	int64_t at;
	const char *result, *by;
	int64_t asked_at;
	const char *reason, *checked_by, *note, *before, *after;
};
#define P_TEXT(m) TEXT(struct past, m, #m, 0, 0, NULL)
#define P_INT(m) INT(struct past, m, #m, 0, 0)
static const struct field past_fields[] = {
	P_INT(at),
	P_TEXT(result),
	P_TEXT(by),
	P_INT(asked_at),
	P_TEXT(reason),
	P_TEXT(checked_by),
	P_TEXT(note),
	P_TEXT(before),
	P_TEXT(after),
};
static const struct shape past_shape = SHAPE(struct past, past_fields);

enum err contact_write_history(struct ctx *c, const char *name, struct json_out *j)
{
	const struct contact_kind *k = contact_kind_find(name);
	struct list rows;
	enum err e = k ? db_all(c->db, &sql[HISTORY], &past_shape, &rows, S(name)) : ERR_NOT_FOUND;

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	CATALOG_EACH(struct past, p, &rows) {
		json_object(j, NULL);
		json_time(j, "at", p->at);
		json_text(j, "result", p->result);
		json_text(j, "by", p->by);
		json_time(j, "asked_at", p->asked_at);
		json_text(j, "reason", p->reason);
		json_text(j, "checked_by", p->checked_by);
		json_text(j, "note", p->note);
		json_raw(j, "old", p->before);
		json_raw(j, "new", p->after);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}
