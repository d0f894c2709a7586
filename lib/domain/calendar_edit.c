#include "domain/calendar_edit.h"

#include <assert.h>
#include <stdlib.h>

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/audit.h"

enum { OF_YEAR, DROP, PUT };

static const struct sql sql[] = {
	[OF_YEAR] =
		{"SELECT day, kind, note, source FROM calendar_day WHERE day BETWEEN ? AND ? AND kind<>'plain' ORDER BY day",
			"dd", "dsss"},
	[DROP] = {"UPDATE calendar_day SET kind='plain' WHERE day BETWEEN ? AND ?", "dd", ""},
	[PUT] = {"INSERT INTO calendar_day (day, kind, note, source) VALUES (?,?,?,?) "
		 "ON DUPLICATE KEY UPDATE kind=VALUES(kind), note=VALUES(note), source=VALUES(source)",
		"dsss", ""},
};
SQL_TABLE(calendar_edit);

enum { CSV_MAX = 60000, NOTE_MAX = 100, SOURCE_MAX = 200 }; /* the last two: of the columns */

struct day {
	struct date day;
	const char *kind, *note, *source;
};
static const struct field day_fields[] = {
	DAY(struct day, day, "day"),
	TEXT(struct day, kind, "kind", 0, 0, NULL),
	TEXT(struct day, note, "note", 0, 0, NULL),
	TEXT(struct day, source, "source", 0, 0, NULL),
};
static const struct shape day_shape = SHAPE(struct day, day_fields);

static struct date first_of(int year)
{
	return (struct date){(int16_t)year, 1, 1};
}

static struct date last_of(int year)
{
	return (struct date){(int16_t)year, 12, 31};
}

static enum err read_year(struct ctx *c, int year, struct list *ret_days)
{
	return db_all(c->db, &sql[OF_YEAR], &day_shape, ret_days, D(first_of(year)), D(last_of(year)));
}

static enum calendar_kind kind_of(const char *word)
{
	return text_eq(word, "work") ? CALENDAR_WORK : CALENDAR_OFF;
}

static const char *kind_word(enum calendar_kind kind)
{
	return kind == CALENDAR_WORK ? "work" : "off";
}

/* --- a year as JSON ------------------------------------------------------------------------------------------------- */

/* Twelve numbers; nothing when the year is not known. */
static void write_months(const struct list *days, int year, struct json_out *j, struct arena *a)
{
	struct calendar *calendar = arena_alloc(a, sizeof *calendar);
	int64_t count[12] = {0}, all = 0;

	calendar_init(calendar);
	CATALOG_EACH(struct day, d, days)
		calendar_add(calendar, d->day, kind_of(d->kind));
	for (struct date d = first_of(year); days->count && d.year == year; d = date_add(d, 1)) {
		bool working = false;

		if (calendar_is_working(calendar, d, &working) == ERR_OK && working) {
			count[d.month - 1]++;
			all++;
		}
	}
	json_list(j, "months");
	for (int m = 0; days->count && m < 12; m++) {
		json_object(j, NULL);
		json_int(j, "month", m + 1);
		json_int(j, "working_days", count[m]);
		json_end(j);
	}
	json_end(j);
	json_int(j, "working_days", all);
}

/* Into the object that is open.  missing: the year that is not filled in, 0: none. */
static void write_year(struct ctx *c, int year, const struct list *days, int missing, struct json_out *j)
{
	json_int(j, "year", year);
	json_bool(j, "known", days->count > 0);
	json_list(j, "days");
	CATALOG_EACH(struct day, d, days)
		json_shape(j, NULL, &day_shape, d);
	json_end(j);
	write_months(days, year, j, c->arena);
	if (missing)
		json_int(j, "missing_year", missing);
	else
		json_null(j, "missing_year");
}

static enum err missing_year(struct ctx *c, int *ret_year)
{
	const struct calendar *calendar;
	enum err e = ctx_calendar(c, &calendar);

	if (e == ERR_OK)
		*ret_year = calendar_missing_year(calendar, date_of_moment(c->now));
	return e;
}

enum err calendar_edit_write(struct ctx *c, int year, struct json_out *j)
{
	struct list days;
	int missing = 0;
	enum err e = read_year(c, year, &days);

	if (e == ERR_OK)
		e = missing_year(c, &missing);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	write_year(c, year, &days, missing, j);
	json_end(j);
	return ERR_OK;
}

enum err calendar_edit_warn(struct ctx *c, struct json_out *j)
{
	int year = 0;
	enum err e = missing_year(c, &year);

	if (e != ERR_OK)
		return e;
	if (year) {
		json_object(j, NULL);
		json_text(j, "code", "calendar_missing");
		json_text(j, "text",
			arena_printf(c->arena,
				"未配置%d年节假日，到期日落在%d年的申请算不出期限；请主管或管理员导入日历。", year,
				year));
		json_text(j, "url", arena_printf(c->arena, "/staff/calendar.html?year=%d", year));
		json_end(j);
	}
	return ERR_OK;
}

/* --- import --------------------------------------------------------------------------------------------------------- */

static const struct field calendar_file_fields[] = {
	TEXT_REQUIRED(struct calendar_file, csv, "日历文件", 1, CSV_MAX, rule_any),
};
const struct shape calendar_file_shape = SHAPE(struct calendar_file, calendar_file_fields);

static const struct field calendar_import_fields[] = {
	TEXT_REQUIRED(struct calendar_import, csv, "日历文件", 1, CSV_MAX, rule_any),
	TEXT_REQUIRED(struct calendar_import, reason, "理由", 2, 400, rule_note),
};
const struct shape calendar_import_shape = SHAPE(struct calendar_import, calendar_import_fields);

/* What the file's parser does not ask: one year, and texts that fit. */
static enum err check_rows(struct ctx *c, const struct calendar_rows *rows)
{
	int year = rows->at[0].day.year;

	for (size_t i = 0; i < rows->count; i++) {
		const struct calendar_row *r = &rows->at[i];
		const char *day = date_text(c->arena, r->day);

		if (r->day.year != year)
			fault_add(&c->faults, "/csv", "calendar_year", "一次只导入一年：文件从%d年开始，却有%s", year,
				day);
		if (utf8_count(r->note) > NOTE_MAX || utf8_count(r->source) > SOURCE_MAX)
			fault_add(&c->faults, "/csv", "length", "%s的说明最多%d字，依据最多%d字", day, NOTE_MAX,
				SOURCE_MAX);
		if (text_empty(r->source))
			fault_add(&c->faults, "/csv", "missing", "%s没有写依据（哪份通知）", day);
	}
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

static struct list days_of(struct arena *a, const struct calendar_rows *rows)
{
	struct day *at = arena_array(a, rows->count, sizeof *at);

	for (size_t i = 0; i < rows->count; i++) {
		const struct calendar_row *r = &rows->at[i];

		at[i] = (struct day){r->day, kind_word(r->kind), r->note, r->source};
	}
	return (struct list){at, rows->count};
}

static const struct day *find_day(const struct list *days, struct date day)
{
	CATALOG_EACH(struct day, d, days)
		if (date_cmp(d->day, day) == 0)
			return d;
	return NULL;
}

static void write_difference(const struct list *before, const struct list *after, struct json_out *j)
{
	int64_t added = 0, removed = 0, changed = 0;

	CATALOG_EACH(struct day, d, after) {
		const struct day *old = find_day(before, d->day);

		added += !old;
		changed += old && !text_eq(old->kind, d->kind);
	}
	CATALOG_EACH(struct day, d, before)
		removed += !find_day(after, d->day);
	json_int(j, "added", added);
	json_int(j, "removed", removed);
	json_int(j, "changed", changed);
}

static int by_day(const void *a, const void *b)
{
	return date_cmp(((const struct day *)a)->day, ((const struct day *)b)->day);
}

enum err calendar_edit_replace(struct ctx *c, const struct calendar_rows *rows)
{
	bool dropped[CALENDAR_YEARS] = {false};
	enum err e = ERR_OK;

	assert(db_in_tx(c->db));
	for (size_t i = 0; e == ERR_OK && i < rows->count; i++) {
		const struct calendar_row *r = &rows->at[i];
		int year = r->day.year;

		if (!dropped[year - CALENDAR_FIRST])
			e = db_exec(c->db, &sql[DROP], D(first_of(year)), D(last_of(year)));
		dropped[year - CALENDAR_FIRST] = true;
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[PUT], D(r->day), S(kind_word(r->kind)), S(r->note), S(r->source));
	}
	c->house->calendar_read_at = 0;
	return e;
}

/* The days of the file, in order, and those of its year as they are. */
static enum err read_file(
	struct ctx *c, const char *csv, struct calendar_rows *ret_rows, struct list *ret_before, struct list *ret_after)
{
	enum err e = calendar_parse_csv(c->arena, csv, ret_rows, &c->faults);

	if (e == ERR_OK)
		e = check_rows(c, ret_rows);
	if (e != ERR_OK)
		return e;
	*ret_after = days_of(c->arena, ret_rows);
	qsort(ret_after->at, ret_after->count, sizeof(struct day), by_day);
	return read_year(c, ret_rows->at[0].day.year, ret_before);
}

enum err calendar_edit_preview(struct ctx *c, const struct calendar_file *in, struct json_out *j)
{
	struct calendar_rows rows;
	struct list before, after;
	int missing = 0, year;
	enum err e = read_file(c, in->csv, &rows, &before, &after);

	if (e == ERR_OK)
		e = missing_year(c, &missing);
	if (e != ERR_OK)
		return e;
	year = rows.at[0].day.year;
	json_object(j, NULL);
	write_year(c, year, &after, missing == year ? 0 : missing, j);
	write_difference(&before, &after, j);
	json_end(j);
	return ERR_OK;
}

static const char *day_words(struct arena *a, const struct day *d)
{
	return d ? arena_printf(a, "%s（%s；%s）", text_eq(d->kind, "work") ? "上班" : "放假", d->note, d->source)
		 : NULL;
}

static const char *hash_of(struct arena *a, const struct list *days)
{
	struct str s;

	str_init(&s, a);
	CATALOG_EACH(struct day, d, days)
		str_addf(&s, "%s %s %s %s\n", date_text(a, d->day), d->kind, d->note, d->source);
	return crypto_sha256_hex(a, s.at ? s.at : "", s.len);
}

static int by_change(const void *a, const void *b)
{
	return date_cmp(((const struct calendar_change *)a)->day, ((const struct calendar_change *)b)->day);
}

enum err calendar_edit_look(struct ctx *c, const struct calendar_import *in, struct calendar_look *ret_look)
{
	struct calendar_rows rows;
	struct list before, after;
	struct calendar_change *at;
	size_t n = 0;
	enum err e = read_file(c, in->csv, &rows, &before, &after);

	if (e != ERR_OK)
		return e;
	at = arena_array(c->arena, before.count + after.count + 1, sizeof *at);
	CATALOG_EACH(struct day, d, &after) {
		const char *was = day_words(c->arena, find_day(&before, d->day)), *is = day_words(c->arena, d);

		if (!text_eq(was, is))
			at[n++] = (struct calendar_change){d->day, was, is};
	}
	CATALOG_EACH(struct day, d, &before)
		if (!find_day(&after, d->day))
			at[n++] = (struct calendar_change){d->day, day_words(c->arena, d), NULL};
	if (!n) {
		fault_add(&c->faults, "/csv", "same", "与现在的日历一样，没有要改的");
		return ERR_INVALID;
	}
	qsort(at, n, sizeof *at, by_change);
	*ret_look = (struct calendar_look){rows.at[0].day.year, {at, n}, hash_of(c->arena, &before)};
	return ERR_OK;
}

enum err calendar_edit_import(struct ctx *c, const struct calendar_import *in)
{
	struct calendar_rows rows;
	struct list before, after;
	enum err e = read_file(c, in->csv, &rows, &before, &after);

	if (e != ERR_OK)
		return e;
	audit_add(c, "calendar_import", arena_printf(c->arena, "%d", rows.at[0].day.year), in->reason);
	return calendar_edit_replace(c, &rows);
}
