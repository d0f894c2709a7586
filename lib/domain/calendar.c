#include "domain/calendar.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

void calendar_init(struct calendar *c)
{
	*c = (struct calendar){.cut_off_s = CALENDAR_CUT_OFF_S};
}

static bool holds(int year)
{
	return year >= CALENDAR_FIRST && year < CALENDAR_FIRST + CALENDAR_YEARS;
}

static size_t day_of_year(struct date d)
{
	return (size_t)(date_number(d) - date_number((struct date){d.year, 1, 1}));
}

bool calendar_add(struct calendar *c, struct date day, enum calendar_kind kind)
{
	if (!date_valid(day) || !holds(day.year))
		return false;
	c->known[day.year - CALENDAR_FIRST] = true;
	c->kind[day.year - CALENDAR_FIRST][day_of_year(day)] = (uint8_t)kind;
	return true;
}

bool calendar_add_rows(struct calendar *c, const struct calendar_rows *rows)
{
	bool all = true;

	for (size_t i = 0; i < rows->count; i++)
		all &= calendar_add(c, rows->at[i].day, rows->at[i].kind);
	return all;
}

bool calendar_knows(const struct calendar *c, int year)
{
	return holds(year) && c->known[year - CALENDAR_FIRST];
}

static bool weekend(struct date d)
{
	int w = date_weekday(d);

	return w == 0 || w == 6;
}

enum err calendar_is_working(const struct calendar *c, struct date day, bool *ret_working)
{
	if (!date_valid(day) || !calendar_knows(c, day.year))
		return ERR_CALENDAR;
	switch ((enum calendar_kind)c->kind[day.year - CALENDAR_FIRST][day_of_year(day)]) {
	case CALENDAR_OFF: *ret_working = false; break;
	case CALENDAR_WORK: *ret_working = true; break;
	case CALENDAR_PLAIN: *ret_working = !weekend(day); break;
	}
	return ERR_OK;
}

void calendar_special_days(struct arena *a, const struct calendar *c, struct date from, int days, bool makeup,
	struct calendar_days *ret_days, struct date *ret_until)
{
	struct calendar_days list = {.at = arena_array(a, (size_t)days, sizeof *list.at)};
	struct date until = {0}, d = from;

	for (int i = 0; i < days; i++, d = date_add(d, 1)) {
		bool open;

		if (calendar_is_working(c, d, &open) != ERR_OK)
			break;
		until = d;
		open = open && (makeup || !weekend(d));
		if (open == weekend(d))
			list.at[list.count++] = (struct calendar_day){d, open};
	}
	*ret_days = list;
	*ret_until = until;
}

int64_t calendar_deadline(const struct calendar *c, struct date due)
{
	return date_moment(due, 0, 0, 0) + c->cut_off_s;
}

enum tick { TICK_COUNTS, TICK_SKIPPED, TICK_OPEN };

/* TICK_OPEN: a pause that has no end yet began before. */
static enum tick judge(int64_t at, const struct calendar_pause *pause, size_t pauses)
{
	enum tick result = TICK_COUNTS;

	for (size_t i = 0; i < pauses; i++) {
		if (pause[i].begin >= at)
			continue;
		if (pause[i].end == 0)
			return TICK_OPEN;
		if (at < pause[i].end)
			result = TICK_SKIPPED;
	}
	return result;
}

enum err calendar_due_paused(const struct calendar *c, int64_t moment, int working_days,
	const struct calendar_pause *pause, size_t pauses, struct date *ret_day0, struct date *ret_due)
{
	struct date d = date_of_moment(moment), day0 = {0, 0, 0};
	enum tick tick;
	bool works;
	enum err e;

	assert(working_days >= 0);
	for (int n = -1;; d = date_add(d, 1)) {
		e = calendar_is_working(c, d, &works);
		if (e != ERR_OK)
			return e;
		if (!works || calendar_deadline(c, d) < moment)
			continue;
		tick = judge(calendar_deadline(c, d), pause, pauses);
		if (tick == TICK_OPEN) {
			*ret_day0 = day0;
			*ret_due = (struct date){0, 0, 0};
			return ERR_OK;
		}
		n += tick == TICK_COUNTS;
		if (tick == TICK_COUNTS && n == 0)
			day0 = d;
		if (n == working_days)
			break;
	}
	*ret_day0 = day0;
	*ret_due = d;
	return ERR_OK;
}

enum err calendar_due(
	const struct calendar *c, int64_t moment, int working_days, struct date *ret_day0, struct date *ret_due)
{
	return calendar_due_paused(c, moment, working_days, NULL, 0, ret_day0, ret_due);
}

enum err calendar_between(const struct calendar *c, struct date from, struct date to, int *ret_days)
{
	bool late = date_cmp(to, from) < 0, works;
	struct date d = late ? to : from, end = late ? from : to;
	int n = 0;
	enum err e;

	while (date_cmp(d, end) < 0) {
		d = date_add(d, 1);
		e = calendar_is_working(c, d, &works);
		if (e != ERR_OK)
			return e;
		n += works;
	}
	*ret_days = late ? -n : n;
	return ERR_OK;
}

int calendar_missing_year(const struct calendar *c, struct date today)
{
	int soon = date_add(today, CALENDAR_WARN_DAYS).year;

	if (!calendar_knows(c, today.year))
		return today.year;
	return calendar_knows(c, soon) ? 0 : soon;
}

/* The file */

enum { CELLS = 4 };

struct reader {
	struct arena *arena;
	struct faults *faults;
	struct calendar_rows rows;
	struct calendar *seen; /* days of the rows kept */
	size_t cap, line;
	bool header, bad;
};

static void complain(struct reader *r, const char *code, const char *say)
{
	r->bad = true;
	fault_add(r->faults, arena_printf(r->arena, "/lines/%zu", r->line), code, "第%zu行%s", r->line, say);
}

static size_t split(struct arena *a, const char *line, const char *ret_cell[CELLS])
{
	size_t n = 0, len;

	for (;; line += len + 1) {
		len = strcspn(line, ",");
		if (n < CELLS)
			ret_cell[n] = utf8_trim(a, arena_textn(a, line, len));
		n++;
		if (!line[len])
			return n;
	}
}

static void keep(struct reader *r, const struct calendar_row *row)
{
	r->rows.at = arena_grow(r->arena, r->rows.at, r->rows.count, &r->cap, sizeof *r->rows.at);
	r->rows.at[r->rows.count++] = *row;
	calendar_add(r->seen, row->day, row->kind);
}

static void read_row(struct reader *r, const char *line)
{
	static const char *const kinds[] = {"off", "work", NULL};
	const char *cell[CELLS];
	struct calendar_row row;
	int kind;

	if (split(r->arena, line, cell) != CELLS) {
		complain(r, "calendar_cells", "应有4格：day,kind,note,source");
		return;
	}
	kind = text_index(kinds, cell[1]);
	row = (struct calendar_row){
		.kind = kind == 0 ? CALENDAR_OFF : CALENDAR_WORK, .note = cell[2], .source = cell[3]};
	if (!date_parse(cell[0], &row.day) || !holds(row.day.year))
		complain(r, "calendar_day", "的日期应像2026-01-01，2020至2099年");
	else if (kind < 0)
		complain(r, "calendar_kind", "的种类应为off或work");
	else if (row.kind == CALENDAR_WORK && !weekend(row.day))
		complain(r, "calendar_weekday", "的调休上班日应在周六或周日");
	else if (r->seen->kind[row.day.year - CALENDAR_FIRST][day_of_year(row.day)] != CALENDAR_PLAIN)
		complain(r, "calendar_twice", "的日期重复，请删去一行");
	else
		keep(r, &row);
}

static void read_line(struct reader *r, const char *line)
{
	if (*line == 0 || *line == '#')
		return;
	if (r->header) {
		read_row(r, line);
		return;
	}
	r->header = true;
	if (strcmp(line, "day,kind,note,source") != 0)
		complain(r, "calendar_header", "应为表头：day,kind,note,source");
}

enum err calendar_parse_csv(struct arena *a, const char *text, struct calendar_rows *ret_rows, struct faults *faults)
{
	struct reader r = {.arena = a, .faults = faults, .seen = arena_alloc(a, sizeof *r.seen)};

	if (!utf8_valid(text, strlen(text))) {
		fault_add(faults, "", "text", "日历文件应为UTF-8编码");
		return ERR_INVALID;
	}
	if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
		text += 3;
	while (*text) {
		size_t len = strcspn(text, "\n");

		r.line++;
		read_line(&r, utf8_trim(a, arena_textn(a, text, len)));
		text += len + (text[len] == '\n');
	}
	if (r.bad)
		return ERR_INVALID;
	if (r.rows.count == 0) {
		fault_add(faults, "", "calendar_empty", "日历文件里没有日期");
		return ERR_INVALID;
	}
	*ret_rows = r.rows;
	return ERR_OK;
}
