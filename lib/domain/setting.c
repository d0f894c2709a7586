#include "domain/setting.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"

enum { EVERY_CHANGE, LIST, LOCK, ADD, CHANGE, HISTORY_ADD, HISTORY };

static const struct sql sql[] = {
	[EVERY_CHANGE] = {"SELECT name, new_value, at FROM setting_history ORDER BY id", "", "ssi"},
	[LIST] =
		{"SELECT s.name, s.value, s.version, p.name, s.changed_at FROM setting s JOIN staff p ON p.id=s.changed_by",
			"", "ssisi"},
	[LOCK] = {"SELECT value, version FROM setting WHERE name=? FOR UPDATE", "s", "si"},
	[ADD] = {"INSERT INTO setting (name, value, version, changed_by, changed_at) VALUES (?,?,2,?,?)", "ssii", ""},
	[CHANGE] =
		{"UPDATE setting SET value=?, version=version+1, changed_by=?, changed_at=? WHERE name=? AND version=?",
			"siisi", ""},
	[HISTORY_ADD] =
		{"INSERT INTO setting_history (name, old_value, new_value, staff_id, at, reason) VALUES (?,?,?,?,?,?)",
			"sssiis", ""},
	[HISTORY] =
		{"SELECT h.at, p.name, h.old_value, h.new_value, h.reason FROM setting_history h JOIN staff p ON p.id=h.staff_id "
		 "WHERE h.name=? ORDER BY h.id DESC LIMIT 100",
			"s", "issss"},
};
SQL_TABLE(setting);

/* --- what there is -------------------------------------------------------------------------------------------------- */

enum kind { NUMBER, SWITCH, CHOICE };

static const char *const kind_words[] = {"number", "switch", "choice"};

struct choice {
	const char *value, *text;
};

static const struct choice licence_choices[] = {
	[LICENCE_WAIVER_NONE] = {"none", "一律要看原件"},
	[LICENCE_WAIVER_PAID] = {"paid", "续期、补办已核实本单位转账的，可不看"},
	[LICENCE_WAIVER_SUPERVISOR] = {"supervisor", "续期、补办已核实本单位转账的，可不看；解锁由主管决定"},
};

static const struct setting {
	const char *name, *group, *label, *unit, *help;
	enum kind kind;
	int64_t min, max;
	int64_t fallback;	     /* where the catalogue has no such value */
	size_t limit;		     /* 1 + offset in struct catalog_limits; 0: fallback */
	const struct choice *choice; /* max + 1 of them */
} settings[] = {
#define LIMIT(member) .limit = 1 + FIELD_AT(struct catalog_limits, member, int64_t)
	{.name = "review.first_days",
		.group = "时限",
		.label = "初审时限",
		.unit = "个工作日",
		.kind = NUMBER,
		.min = 1,
		.max = 30,
		.fallback = 1,
		.help = "提交后几个工作日内完成初审。业务目录为某项业务另写了时限的，以目录为准。"},
	{.name = "correct.days",
		.group = "时限",
		.label = "补正时限",
		.unit = "天",
		.kind = NUMBER,
		.min = 1,
		.max = 90,
		LIMIT(correction_days),
		.help = "发送补正时没有另写天数的，申请人有这么多天。"},
	{.name = "sent.complete_days",
		.group = "时限",
		.label = "寄出后自动办结",
		.unit = "天",
		.kind = NUMBER,
		.min = 1,
		.max = 60,
		LIMIT(sent_days),
		.help = "快递没有签收回执的，寄出后这么多天视为收到。已经寄出的也按改后的算。"},
	{.name = "renew.window_days",
		.group = "续期",
		.label = "续期提前",
		.unit = "天",
		.kind = NUMBER,
		.min = 1,
		.max = 366,
		LIMIT(renew_window_days),
		.help = "证书到期前这么多天起可以续期。早于这一天的不予受理，并告知哪天开始。"},
	{.name = "unlock.auto_count",
		.group = "解锁",
		.label = "自动解锁次数",
		.unit = "次",
		.kind = NUMBER,
		.min = 0,
		.max = 100,
		LIMIT(unlock_auto_count),
		.help = "一张证书在下面的天数内自动解锁的次数，用完转人工。0为全部人工。"},
	{.name = "unlock.auto_days",
		.group = "解锁",
		.label = "自动解锁的计数期",
		.unit = "天",
		.kind = NUMBER,
		.min = 1,
		.max = 366,
		LIMIT(unlock_auto_days),
		.help = "按连续的天数计。"},
	{.name = "add.same_name_uscc",
		.group = "材料",
		.label = "增加证书时核对统一社会信用代码",
		.kind = SWITCH,
		.max = 1,
		.fallback = 1,
		.help = "开：单位名称相同，且证书带统一社会信用代码的，代码也要相同。关：只看单位名称。"},
	{.name = "counter.licence_waiver",
		.group = "前台",
		.label = "没带执照原件",
		.kind = CHOICE,
		.max = LICENCE_WAIVER_SUPERVISOR,
		.fallback = LICENCE_WAIVER_SUPERVISOR,
		.choice = licence_choices,
		.help = "前台办理时缺营业执照等证照原件的处理。"},
#undef LIMIT
};

static const struct setting *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (text_eq(settings[i].name, name))
			return &settings[i];
	return NULL;
}

static int64_t fallback(const struct setting *s, const struct catalog *catalog)
{
	return s->limit ? *(const int64_t *)(const void *)((const char *)&catalog->limits + (s->limit - 1))
			: s->fallback;
}

static const char *value_text(struct arena *a, const struct setting *s, int64_t value)
{
	if (s->kind == SWITCH)
		return value ? "on" : "off";
	if (s->kind == CHOICE)
		return s->choice[value].value;
	return arena_printf(a, "%" PRId64, value);
}

/* How people say it: 90天, 开. */
static const char *value_words(struct arena *a, const struct setting *s, int64_t value)
{
	if (s->kind == SWITCH)
		return value ? "开" : "关";
	if (s->kind == CHOICE)
		return s->choice[value].text;
	return arena_printf(a, "%" PRId64 "%s", value, s->unit);
}

static bool value_index(const struct setting *s, const char *text, int64_t *ret_value)
{
	int64_t n = s->max + 1;

	for (int64_t i = 0; i < n; i++)
		if (text_eq(text, s->kind == SWITCH ? (i ? "on" : "off") : s->choice[i].value)) {
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

	if (s->kind == SWITCH || s->kind == CHOICE) {
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

static enum err refresh(struct ctx *c)
{
	struct list rows;
	enum err e;

	if (kept.read_at && c->now >= kept.read_at && c->now - kept.read_at < SETTING_FRESH_S)
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
	enum err e = refresh(c);

	assert(s);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < kept.count && kept.at[i].at <= begun_at; i++)
		if (text_eq(kept.at[i].name, name))
			text = kept.at[i].value;
	*ret_value = read_value(c, s, catalog, text);
	return ERR_OK;
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
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
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

/* The row as it is, locked; a setting that was never changed has none and version 1. */
static enum err lock(struct ctx *c, const char *name, struct row *ret_row, bool *ret_there)
{
	struct row row = {.name = name, .version = 1};
	enum err e = db_one(c->db, &sql[LOCK], &locked_shape, &row, S(name));

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

static enum err save(struct ctx *c, const struct row *old, bool there, const char *value, const char *reason)
{
	int64_t staff = c->actor.staff_id;
	enum err e = there ? db_exec(c->db, &sql[CHANGE], S(value), I(staff), I(c->now), S(old->name), I(old->version))
			   : db_exec(c->db, &sql[ADD], S(old->name), S(value), I(staff), I(c->now));

	if (e == ERR_CONFLICT || (e == ERR_OK && there && db_changed(c->db) != 1))
		return ERR_STALE;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[HISTORY_ADD], S(old->name), S(old->value), S(value), I(staff), I(c->now),
			S(reason));
	return e;
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
	e = lock(c, s->name, &old, &there);
	if (e == ERR_OK)
		e = new_value(c, s, in, &old, &value);
	if (e == ERR_OK)
		e = save(c, &old, there, value, in->reason);
	if (e != ERR_OK)
		return e;
	kept.read_at = 0;
	audit_add(c, "setting_change", s->name,
		arena_printf(c->arena, "%s → %s", old.value ? old.value : "default", value ? value : "default"));
	after = (struct row){s->name, value, old.version + 1, c->actor.name, c->now};
	*ret_version = after.version;
	write_setting(c, s, &after, j);
	return ERR_OK;
}

struct past {
	int64_t at;
	const char *by, *before, *after, *reason;
};
static const struct field past_fields[] = {
	TIME(struct past, at, "at"),
	TEXT(struct past, by, "by", 0, 0, NULL),
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
