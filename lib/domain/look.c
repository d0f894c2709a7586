#include "domain/look.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/paging.h"
#include "domain/setting.h"

enum { KNOWN, ADD, COUNT, RAISE, ALL, ONE, SETTLE, WAITING };

#define COLUMNS \
	"SELECT a.id, a.staff_id, p.user, p.name, a.kind, a.day, a.looks, a.at, s.name, a.seen_at, a.note FROM look_alarm a " \
	"JOIN staff p ON p.id=a.staff_id LEFT JOIN staff s ON s.id=a.seen_by "
#define TYPES \
	"iisss" \
	"diisis"
static const struct sql sql[] = {
	[KNOWN] = {"SELECT COUNT(*) FROM look WHERE staff_id=? AND day=? AND kind=? AND object=?", "idss", "i"},
	[ADD] = {"INSERT IGNORE INTO look (staff_id, day, kind, object) VALUES (?,?,?,?)", "idss", ""},
	[COUNT] = {"SELECT COUNT(*) FROM (SELECT 1 FROM look WHERE staff_id=? AND day=? AND kind=? LIMIT ?) x", "idsi",
		"i"},
	[RAISE] = {"INSERT IGNORE INTO look_alarm (staff_id, day, kind, looks, at) VALUES (?,?,?,?,?)", "idsii", ""},
	[ALL] = {COLUMNS "WHERE a.id<? ORDER BY a.id DESC LIMIT ?", "ii", TYPES},
	[ONE] = {COLUMNS "WHERE a.id=?", "i", TYPES},
	[SETTLE] = {"UPDATE look_alarm SET seen_by=?, seen_at=?, note=? WHERE id=? AND seen_at IS NULL AND staff_id<>?",
		"iisii", ""},
	[WAITING] =
		{"SELECT COUNT(*) FROM (SELECT 1 FROM look_alarm WHERE seen_at IS NULL AND staff_id<>? LIMIT 100) x",
			"i", "i"},
};
SQL_TABLE(look);

enum { LIST_MAX = 50 };

static const struct kind {
	const char *word, *action, *setting, *name;
} kinds[LOOK_MAX] = {
	[LOOK_REVEAL] = {"reveal", "reveal", "look.reveal", "查看完整信息"},
	[LOOK_SCAN] = {"scan", "file_view", "look.scan", "查看材料页面"},
	[LOOK_REFUSED] = {"refused", "file_refused", "look.refused", "想看不归自己办的材料，被拒"},
};

static const char *kind_name(const char *word)
{
	for (size_t i = 0; i < LOOK_MAX; i++)
		if (text_eq(kinds[i].word, word))
			return kinds[i].name;
	return word;
}

/* --- counted -------------------------------------------------------------------------------------------------------- */

struct note {
	enum look_kind kind;
	const char *object, *detail;
};

static enum err raise_alarm(struct ctx *c, const struct kind *k, struct date today, int64_t looks)
{
	enum err e = db_exec(c->db, &sql[RAISE], I(c->actor.staff_id), D(today), S(k->word), I(looks), I(c->now));

	if (e == ERR_OK && db_changed(c->db) == 1)
		audit_add(c, "look_alarm", c->actor.user, arena_printf(c->arena, "%s %" PRId64, k->word, looks));
	return e;
}

/* Two looks at the same moment may each miss the other; the next one sees both. */
static enum err count(struct ctx *c, const struct kind *k, const char *object)
{
	struct date today = date_of_moment(c->now);
	int64_t who = c->actor.staff_id, limit = 0;
	struct db_int n = {0};
	enum err e = db_one(c->db, &sql[KNOWN], &db_int_shape, &n, I(who), D(today), S(k->word), S(object));

	if (e != ERR_OK || n.value)
		return e;
	e = setting_int(c, k->setting, &limit);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ADD], I(who), D(today), S(k->word), S(object));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[COUNT], &db_int_shape, &n, I(who), D(today), S(k->word), I(limit + 1));
	return e == ERR_OK && n.value > limit ? raise_alarm(c, k, today, n.value) : e;
}

static enum err note(struct ctx *c, void *arg)
{
	const struct note *in = arg;
	const struct kind *k = &kinds[in->kind];

	audit_add(c, k->action, in->object, in->detail);
	return c->actor.kind == ACTOR_STAFF ? count(c, k, in->object) : ERR_OK;
}

enum err look_note(struct ctx *c, enum look_kind kind, const char *object, const char *detail)
{
	struct note in = {kind, object, detail};

	return db_in_tx(c->db) ? note(c, &in) : ctx_tx(c, note, &in);
}

/* --- for those who oversee ------------------------------------------------------------------------------------------ */

static const struct field query_fields[] = {TEXT(struct look_query, after, "翻页位置", 1, 18, rule_word)};
const struct shape look_query_shape = SHAPE(struct look_query, query_fields);

static const struct field seen_fields[] = {TEXT_REQUIRED(struct look_seen, note, "核实情况", 2, 400, rule_note)};
const struct shape look_seen_shape = SHAPE(struct look_seen, seen_fields);

struct row {
	int64_t id, staff_id;
	const char *user, *name, *kind;
	struct date day;
	int64_t looks, at;
	const char *seen_by;
	int64_t seen_at;
	const char *note;
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct row, m, #m, 0, 0)
static const struct field row_fields[] = {
	R_INT(id),
	R_INT(staff_id),
	R_TEXT(user),
	R_TEXT(name),
	R_TEXT(kind),
	DAY(struct row, day, "day"),
	R_INT(looks),
	R_INT(at),
	R_TEXT(seen_by),
	R_INT(seen_at),
	R_TEXT(note),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static enum err write(struct ctx *c, const void *at, struct json_out *j)
{
	const struct row *r = at;

	json_object(j, NULL);
	json_int(j, "id", r->id);
	json_text(j, "user", r->user);
	json_text(j, "name", r->name);
	json_bool(j, "own", r->staff_id == c->actor.staff_id);
	json_text(j, "kind", r->kind);
	json_text(j, "kind_name", kind_name(r->kind));
	json_day(j, "day", r->day);
	json_int(j, "looks", r->looks);
	json_time(j, "at", r->at);
	json_text(j, "seen_by", r->seen_by);
	json_time(j, "seen_at", r->seen_at);
	json_text(j, "note", r->note);
	json_end(j);
	return ERR_OK;
}

enum err look_write_alarms(struct ctx *c, const struct look_query *q, struct json_out *j)
{
	int64_t before = q->after ? strtoll(q->after, NULL, 10) : INT64_MAX;
	struct list rows;
	enum err e = db_all(c->db, &sql[ALL], &row_shape, &rows, I(before), I(LIST_MAX));

	return e == ERR_OK ? PAGING_BY_ID(c, &rows, LIST_MAX, struct row, write, j) : e;
}

enum err look_settle(struct ctx *c, int64_t id, const struct look_seen *in, struct json_out *j)
{
	int64_t who = c->actor.staff_id;
	struct row r = {0};
	enum err e = db_one(c->db, &sql[ONE], &row_shape, &r, I(id));

	assert(db_in_tx(c->db));
	if (e == ERR_OK && r.staff_id == who)
		return ctx_say(c, ERR_TWO_PERSONS, "这是关于您自己的提醒，请另一个人核实");
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[SETTLE], I(who), I(c->now), S(in->note), I(id), I(who));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_WRONG_STATE, "这条提醒已经核实过了");
	if (e == ERR_OK)
		e = db_one(c->db, &sql[ONE], &row_shape, &r, I(id));
	if (e != ERR_OK)
		return e;
	audit_add(c, "alarm_settle", r.user, in->note);
	return write(c, &r, j);
}

enum err look_warn(struct ctx *c, struct json_out *j)
{
	struct db_int n = {0};
	enum err e = db_one(c->db, &sql[WAITING], &db_int_shape, &n, I(c->actor.staff_id));

	if (e != ERR_OK || !n.value)
		return e;
	json_object(j, NULL);
	json_text(j, "code", "looks");
	json_text(j, "text", arena_printf(c->arena, "有%" PRId64 "条“看得太多”的提醒等核实。", n.value));
	json_text(j, "url", "/staff/audit.html");
	json_end(j);
	return ERR_OK;
}
