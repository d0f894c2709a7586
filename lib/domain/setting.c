#include "domain/setting.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/job.h"
#include "domain/setting_row.h"

enum { EVERY_CHANGE, LIST, LOOK, LOCK, ADD, CHANGE, HISTORY_ADD, HISTORY };

static const struct sql sql[] = {
	[EVERY_CHANGE] = {"SELECT name, new_value, at FROM setting_history ORDER BY id", "", "ssi"},
	[LIST] =
		{"SELECT s.name, s.value, s.version, p.name, s.changed_at FROM setting s JOIN staff p ON p.id=s.changed_by",
			"", "ssisi"},
	[LOOK] = {"SELECT value, version FROM setting WHERE name=?", "s", "si"},
	[LOCK] = {"SELECT value, version FROM setting WHERE name=? FOR UPDATE", "s", "si"},
	[ADD] = {"INSERT INTO setting (name, value, version, changed_by, changed_at) VALUES (?,?,2,?,?)", "ssii", ""},
	[CHANGE] =
		{"UPDATE setting SET value=?, version=version+1, changed_by=?, changed_at=? WHERE name=? AND version=?",
			"siisi", ""},
	[HISTORY_ADD] =
		{"INSERT INTO setting_history (name, old_value, new_value, staff_id, checked_by, at, reason) VALUES (?,?,?,?,?,?,?)",
			"sssiiis", ""},
	[HISTORY] =
		{"SELECT h.at, p.name, x.name, h.old_value, h.new_value, h.reason FROM setting_history h JOIN staff p ON p.id=h.staff_id "
		 "LEFT JOIN staff x ON x.id=h.checked_by WHERE h.name=? ORDER BY h.id DESC LIMIT 100",
			"s", "isssss"},
};
SQL_TABLE(setting);

static const char *const kind_words[] = {"number", "switch", "choice"};

static const struct setting *find(const char *name)
{
	for (size_t i = 0; i < settings_count; i++)
		if (text_eq(settings[i].name, name))
			return &settings[i];
	return NULL;
}

static int64_t fallback(const struct setting *s, const struct catalog *catalog)
{
	CATALOG_EACH(struct catalog_fee, fee, &catalog->fees)
		if (s->price && text_eq(fee->setting, s->name))
			return fee->first_fen / 100;
	return s->limit ? *(const int64_t *)(const void *)((const char *)&catalog->limits + (s->limit - 1))
			: s->fallback;
}

static const char *value_text(struct arena *a, const struct setting *s, int64_t value)
{
	if (s->kind == SETTING_SWITCH)
		return value ? "on" : "off";
	if (s->kind == SETTING_CHOICE)
		return s->choice[value].value;
	return arena_printf(a, "%" PRId64, value);
}

/* How people say it: 90天, 开. */
static const char *value_words(struct arena *a, const struct setting *s, int64_t value)
{
	if (s->kind == SETTING_SWITCH)
		return value ? "开" : "关";
	if (s->kind == SETTING_CHOICE)
		return s->choice[value].text;
	return arena_printf(a, "%" PRId64 "%s", value, s->unit);
}

static bool value_index(const struct setting *s, const char *text, int64_t *ret_value)
{
	int64_t n = s->max + 1;

	for (int64_t i = 0; i < n; i++)
		if (text_eq(text, s->kind == SETTING_SWITCH ? (i ? "on" : "off") : s->choice[i].value)) {
			*ret_value = i;
			return true;
		}
	return false;
}

/* Faults go to /value. */
static bool value_parse(struct faults *faults, const struct setting *s, const char *text, int64_t *ret_value)
{
	const struct field number = {
		.name = "value", .label = s->label, .type = FIELD_INT, .min = s->min, .max = s->max};
	size_t before = faults->count;

	if (s->kind == SETTING_SWITCH || s->kind == SETTING_CHOICE) {
		if (!value_index(s, text, ret_value))
			fault_add(faults, "/value", "choice", "%s应从所列的里面选一项", s->label);
	} else
		field_set_text(&number, ret_value, text, strlen(text), "/value", faults);
	return faults->count == before;
}

/* --- what holds ----------------------------------------------------------------------------------------------------- */

struct change {
	const char *name, *value;
	int64_t at;
};
static const struct field change_row_fields[] = {
	TEXT(struct change, name, "name", 0, 0, NULL),
	TEXT(struct change, value, "value", 0, 0, NULL),
	TIME(struct change, at, "at"),
};
static const struct shape change_row_shape = SHAPE(struct change, change_row_fields);

/* Every change ever made, oldest first; settings change by hand, so there are few. */
static struct {
	struct arena *arena;
	struct change *at;
	size_t count;
	int64_t read_at; /* 0: read again */
} kept;

/* since: what began after the last reading may have begun after a change that was not seen. */
static enum err refresh(struct ctx *c, int64_t since)
{
	struct list rows;
	enum err e;

	if (kept.read_at && c->now >= kept.read_at && c->now - kept.read_at < c->house->config.fresh_s &&
		(since < kept.read_at || since > c->now))
		return ERR_OK;
	e = db_all(c->db, &sql[EVERY_CHANGE], &change_row_shape, &rows);
	if (e != ERR_OK)
		return e;
	if (!kept.arena)
		kept.arena = arena_new();
	arena_reset(kept.arena);
	kept.count = rows.count;
	kept.at = arena_array(kept.arena, rows.count + 1, sizeof *kept.at);
	for (size_t i = 0; i < rows.count; i++) {
		const struct change *r = &((const struct change *)rows.at)[i];

		kept.at[i] = (struct change){arena_text(kept.arena, r->name), arena_text(kept.arena, r->value), r->at};
	}
	kept.read_at = c->now;
	return ERR_OK;
}

/* A value that the table of today no longer takes counts as the default. */
static int64_t read_value(struct ctx *c, const struct setting *s, const struct catalog *catalog, const char *text)
{
	struct faults unseen;
	int64_t value = 0;

	faults_init(&unseen, c->arena);
	return text && value_parse(&unseen, s, text, &value) ? value : fallback(s, catalog);
}

enum err setting_int_of(
	struct ctx *c, const char *name, const struct catalog *catalog, int64_t begun_at, int64_t *ret_value)
{
	const struct setting *s = find(name);
	const char *text = NULL;
	enum err e = refresh(c, begun_at);

	assert(s);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < kept.count && kept.at[i].at <= begun_at; i++)
		if (text_eq(kept.at[i].name, name))
			text = kept.at[i].value;
	*ret_value = read_value(c, s, catalog, text);
	return ERR_OK;
}

void setting_forget(void)
{
	kept.read_at = 0;
}

enum err setting_int(struct ctx *c, const char *name, int64_t *ret_value)
{
	return setting_int_of(c, name, c->house->catalog, INT64_MAX, ret_value);
}

/* --- for the desk --------------------------------------------------------------------------------------------------- */

static const struct field setting_change_fields[] = {
	TEXT(struct setting_change, value, "值", 1, 60, rule_line),
	BOOL(struct setting_change, reset, "恢复默认"),
	TEXT_REQUIRED(struct setting_change, reason, "理由", 2, 400, rule_note),
};
const struct shape setting_change_shape = SHAPE(struct setting_change, setting_change_fields);

struct row {
	const char *name, *value;
	int64_t version;
	const char *by;
	int64_t at;
};
static const struct field row_fields[] = {
	TEXT(struct row, name, "name", 0, 0, NULL),
	TEXT(struct row, value, "value", 0, 0, NULL),
	INT(struct row, version, "version", 0, 0),
	TEXT(struct row, by, "by", 0, 0, NULL),
	TIME(struct row, at, "at"),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);
static const struct shape locked_shape = {row_fields + 1, 2, sizeof(struct row)};

static void write_choices(struct json_out *j, const struct setting *s)
{
	json_list(j, "choices");
	for (int64_t i = 0; s->choice && i <= s->max; i++) {
		json_object(j, NULL);
		json_text(j, "value", s->choice[i].value);
		json_text(j, "text", s->choice[i].text);
		json_end(j);
	}
	json_end(j);
}

static void write_setting(struct ctx *c, const struct setting *s, const struct row *r, struct json_out *j)
{
	const struct catalog *catalog = c->house->catalog;
	int64_t value = read_value(c, s, catalog, r ? r->value : NULL), usual = fallback(s, catalog);

	json_object(j, NULL);
	json_text(j, "name", s->name);
	json_text(j, "group", s->group);
	json_text(j, "label", s->label);
	json_text(j, "help", s->help);
	json_text(j, "kind", kind_words[s->kind]);
	json_text(j, "unit", s->unit);
	json_bool(j, "two_persons", s->price);
	json_int(j, "min", s->min);
	json_int(j, "max", s->max);
	write_choices(j, s);
	json_text(j, "value", value_text(c->arena, s, value));
	json_text(j, "value_words", value_words(c->arena, s, value));
	json_text(j, "default", value_text(c->arena, s, usual));
	json_text(j, "default_words", value_words(c->arena, s, usual));
	json_bool(j, "is_default", !r || !r->value);
	json_int(j, "version", r ? r->version : 1);
	json_text(j, "changed_by", r ? r->by : NULL);
	json_time(j, "changed_at", r ? r->at : 0);
	json_end(j);
}

enum err setting_write_all(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[LIST], &row_shape, &rows);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < settings_count; i++) {
		const struct row *found = NULL;

		CATALOG_EACH(struct row, r, &rows)
			if (text_eq(r->name, settings[i].name))
				found = r;
		write_setting(c, &settings[i], found, j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

/* The row as it is, with LOCK locked; a setting that was never changed has none and version 1. */
static enum err read_row(struct ctx *c, int how, const char *name, struct row *ret_row, bool *ret_there)
{
	struct row row = {.name = name, .version = 1};
	enum err e = db_one(c->db, &sql[how], &locked_shape, &row, S(name));

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	*ret_there = e == ERR_OK;
	*ret_row = row;
	return c->expect && c->expect != row.version ? ERR_STALE : ERR_OK;
}

/* The new text, NULL for the default; ERR_INVALID when it is none or changes nothing. */
static enum err new_value(struct ctx *c, const struct setting *s, const struct setting_change *in,
	const struct row *old, const char **ret_text)
{
	int64_t value = 0;
	bool same = !old->value;

	*ret_text = NULL;
	if (in->reset == (in->value != NULL)) {
		fault_add(&c->faults, "/value", "choice", "请填写新的值，或者选恢复默认");
		return ERR_INVALID;
	}
	if (in->value) {
		if (!value_parse(&c->faults, s, in->value, &value))
			return ERR_INVALID;
		*ret_text = value_text(c->arena, s, value);
		same = value == read_value(c, s, c->house->catalog, old->value);
	}
	if (same) {
		fault_add(&c->faults, "/value", "same", "%s与现在的一样，没有要改的", s->label);
		return ERR_INVALID;
	}
	return ERR_OK;
}

/* who wants it, and the second person who confirmed it (0: one is enough). */
static enum err save(struct ctx *c, const struct row *old, bool there, const char *value, const char *reason,
	int64_t staff, int64_t checker)
{
	enum err e = there ? db_exec(c->db, &sql[CHANGE], S(value), I(staff), I(c->now), S(old->name), I(old->version))
			   : db_exec(c->db, &sql[ADD], S(old->name), S(value), I(staff), I(c->now));

	if (e == ERR_CONFLICT || (e == ERR_OK && there && db_changed(c->db) != 1))
		return ERR_STALE;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[HISTORY_ADD], S(old->name), S(old->value), S(value), I(staff), I0(checker),
			I(c->now), S(reason));
	if (e != ERR_OK)
		return e;
	setting_forget();
	audit_add(c, "setting_change", old->name,
		arena_printf(c->arena, "%s → %s", old->value ? old->value : "default", value ? value : "default"));
	return ERR_OK;
}

enum err setting_change(
	struct ctx *c, const char *name, const struct setting_change *in, struct json_out *j, int64_t *ret_version)
{
	const struct setting *s = find(name);
	const char *value;
	struct row old, after;
	bool there;
	enum err e;

	assert(db_in_tx(c->db));
	if (!s)
		return ERR_NOT_FOUND;
	if (s->price)
		return ctx_say(c, ERR_TWO_PERSONS, "价格由一个人提出、另一个人确认：请提出改动，由同事确认");
	e = read_row(c, LOCK, s->name, &old, &there);
	if (e == ERR_OK)
		e = new_value(c, s, in, &old, &value);
	if (e == ERR_OK)
		e = save(c, &old, there, value, in->reason, c->actor.staff_id, 0);
	if (e != ERR_OK)
		return e;
	after = (struct row){s->name, value, old.version + 1, c->actor.name, c->now};
	*ret_version = after.version;
	write_setting(c, s, &after, j);
	return ERR_OK;
}

/* --- prices --------------------------------------------------------------------------------------------------------- */

static const struct field price_fields[] = {
	TEXT_REQUIRED(struct setting_price, name, "设置", 2, 60, rule_line),
	TEXT(struct setting_price, value, "值", 1, 60, rule_line),
	BOOL(struct setting_price, reset, "恢复默认"),
	TEXT_REQUIRED(struct setting_price, reason, "理由", 2, 400, rule_note),
};
const struct shape setting_price_shape = SHAPE(struct setting_price, price_fields);

/* The setting, its row and the new text. */
static enum err price_of(struct ctx *c, int how, const struct setting_price *in, const struct setting **ret_setting,
	struct row *ret_old, bool *ret_there, const char **ret_text)
{
	const struct setting_change change = {in->value, in->reset, in->reason};
	const struct setting *s = find(in->name);
	enum err e;

	if (!s || !s->price) {
		fault_add(&c->faults, "/name", "choice", "没有这一项价格");
		return ERR_INVALID;
	}
	*ret_setting = s;
	e = read_row(c, how, s->name, ret_old, ret_there);
	return e == ERR_OK ? new_value(c, s, &change, ret_old, ret_text) : e;
}

enum err setting_price_look(struct ctx *c, const struct setting_price *in, struct setting_price_look *ret_look)
{
	const struct catalog *catalog = c->house->catalog;
	const struct setting *s = NULL;
	const char *text = NULL;
	struct row old = {0};
	bool there;
	enum err e = price_of(c, LOOK, in, &s, &old, &there, &text);

	if (e != ERR_OK)
		return e;
	*ret_look = (struct setting_price_look){s->label,
		value_words(c->arena, s, read_value(c, s, catalog, old.value)),
		value_words(c->arena, s, read_value(c, s, catalog, text)), old.version};
	return ERR_OK;
}

enum err setting_price_set(struct ctx *c, const struct setting_price *in, int64_t proposer_id)
{
	const struct setting *s = NULL;
	const char *text = NULL;
	struct row old = {0};
	bool there;
	enum err e = price_of(c, LOCK, in, &s, &old, &there, &text);

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = save(c, &old, there, text, in->reason, proposer_id, c->actor.staff_id);
	return e == ERR_OK
		       ? job_add(c, "guide", arena_printf(c->arena, "setting/%s/%" PRId64, s->name, old.version + 1))
		       : e;
}

/* --- the record ----------------------------------------------------------------------------------------------------- */

struct past {
	int64_t at;
	const char *by, *checked_by, *before, *after, *reason;
};
static const struct field past_fields[] = {
	TIME(struct past, at, "at"),
	TEXT(struct past, by, "by", 0, 0, NULL),
	TEXT(struct past, checked_by, "checked_by", 0, 0, NULL),
	TEXT(struct past, before, "before", 0, 0, NULL),
	TEXT(struct past, after, "after", 0, 0, NULL),
	TEXT(struct past, reason, "reason", 0, 0, NULL),
};
static const struct shape past_shape = SHAPE(struct past, past_fields);

/* In words; NULL is the default. */
static const char *past_words(struct ctx *c, const struct setting *s, const char *text)
{
	return text ? value_words(c->arena, s, read_value(c, s, c->house->catalog, text)) : NULL;
}

enum err setting_write_history(struct ctx *c, const char *name, struct json_out *j)
{
	const struct setting *s = find(name);
	struct list rows;
	enum err e = s ? db_all(c->db, &sql[HISTORY], &past_shape, &rows, S(name)) : ERR_NOT_FOUND;

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	CATALOG_EACH(struct past, p, &rows) {
		json_object(j, NULL);
		json_time(j, "at", p->at);
		json_text(j, "by", p->by);
		json_text(j, "checked_by", p->checked_by);
		json_text(j, "old", p->before);
		json_text(j, "old_words", past_words(c, s, p->before));
		json_text(j, "new", p->after);
		json_text(j, "new_words", past_words(c, s, p->after));
		json_text(j, "reason", p->reason);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}
