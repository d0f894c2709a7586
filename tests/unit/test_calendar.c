#include "unit.h"

#include "base/str.h"
#include "domain/calendar.h"

static struct calendar years; /* 2025 and 2026 */

static struct date day(int y, int m, int d)
{
	return (struct date){(int16_t)y, (int8_t)m, (int8_t)d};
}

static struct date at(const char *text)
{
	struct date d = {0, 0, 0};

	if (*text && !date_parse(text, &d))
		fail_msg("bad day %s", text);
	return d;
}

static int64_t moment(const char *text)
{
	int64_t t = 0;

	if (*text && !moment_parse(text, &t))
		fail_msg("bad moment %s", text);
	return t;
}

/* The published notices, typed here a second time: the files are held against them. */
static const struct {
	int year;
	const char *off[8][2], *work[7];
} notice[] = {
	{2025,
		{{"2025-01-01", "2025-01-01"}, {"2025-01-28", "2025-02-04"}, {"2025-04-04", "2025-04-06"},
			{"2025-05-01", "2025-05-05"}, {"2025-05-31", "2025-06-02"}, {"2025-10-01", "2025-10-08"}},
		{"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}},
	{2026,
		{{"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"},
			{"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"}, {"2026-09-25", "2026-09-27"},
			{"2026-10-01", "2026-10-07"}},
		{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}},
};

static void fill(struct calendar *c)
{
	calendar_init(c);
	for (size_t y = 0; y < ARRAY_LEN(notice); y++) {
		for (size_t i = 0; notice[y].off[i][0]; i++)
			for (struct date d = at(notice[y].off[i][0]); date_cmp(d, at(notice[y].off[i][1])) <= 0;
				d = date_add(d, 1))
				assert_true(calendar_add(c, d, CALENDAR_OFF));
		for (size_t i = 0; notice[y].work[i]; i++)
			assert_true(calendar_add(c, at(notice[y].work[i]), CALENDAR_WORK));
	}
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	struct str s;
	int c;

	if (!f)
		fail_msg("%s: run the tests from the top of the tree", path);
	str_init(&s, mem);
	while ((c = getc(f)) != EOF)
		str_addc(&s, (char)c);
	fclose(f);
	return s.at;
}

static void files_hold_the_notices(void **state)
{
	struct calendar c;
	struct calendar_rows rows;
	struct faults faults;
	size_t want[] = {0, 0};

	(void)state;
	calendar_init(&c);
	faults_init(&faults, mem);
	for (int year = 2025; year <= 2026; year++) {
		const char *path = arena_printf(mem, "conf/calendar/%d.csv", year);

		expect(year, calendar_parse_csv(mem, read_file(path), &rows, &faults) == ERR_OK);
		for (size_t i = 0; i < rows.count; i++)
			expect(i, rows.at[i].day.year == year && *rows.at[i].note &&
					  strstr(rows.at[i].source, year == 2025 ? "2025年部分节假日安排的通知"
										 : "2026年部分节假日安排的通知"));
		want[year - 2025] = rows.count;
		assert_true(calendar_add_rows(&c, &rows));
	}
	assert_int_equal(want[0], 28 + 5);
	assert_int_equal(want[1], 33 + 6);
	assert_memory_equal(c.kind, years.kind, sizeof c.kind);
	assert_memory_equal(c.known, years.known, sizeof c.known);
}

static void working_days_of_each_month(void **state)
{
	static const int want[2][12] = {
		{19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23}, {21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23}};
	int got[2][12] = {{0}};

	(void)state;
	for (struct date d = day(2025, 1, 1); d.year < 2027; d = date_add(d, 1)) {
		bool works = false;

		assert_int_equal(calendar_is_working(&years, d, &works), ERR_OK);
		got[d.year - 2025][d.month - 1] += works;
	}
	assert_memory_equal(got, want, sizeof want);
}

static void special_days(void **state)
{
	static const struct {
		int from, days;
		bool makeup;
		const char *want, *until;
	} row[] = {
		{20260920, 25, true,
			"2026-09-20+ 2026-09-25- 2026-10-01- 2026-10-02- 2026-10-05- 2026-10-06- 2026-10-07- 2026-10-10+ ",
			"2026-10-14"},
		{20260920, 12, false, "2026-09-25- 2026-10-01- ", "2026-10-01"},
		{20261123, 60, true, "", "2026-12-31"},
		{20270101, 60, true, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct calendar_days list;
		struct date until;
		struct str s;

		calendar_special_days(mem, &years, day(row[i].from / 10000, row[i].from / 100 % 100, row[i].from % 100),
			row[i].days, row[i].makeup, &list, &until);
		str_init(&s, mem);
		for (size_t k = 0; k < list.count; k++)
			str_addf(&s, "%s%c ", date_text(mem, list.at[k].day), list.at[k].open ? '+' : '-');
		expect_text(i, s.at, row[i].want);
		expect_text(i, date_none(until) ? "" : date_text(mem, until), row[i].until);
	}
}

static void due_days(void **state)
{
	static const struct {
		const char *start, *day0, *due;
	} row[] = {
		/* three working days */
		{"2025-01-24T10:00:00+08:00", "2025-01-24", "2025-02-05"},
		{"2025-09-26T10:00:00+08:00", "2025-09-26", "2025-09-30"},
		{"2026-04-30T10:00:00+08:00", "2026-04-30", "2026-05-08"},
		{"2026-05-08T10:00:00+08:00", "2026-05-08", "2026-05-12"},
		{"2026-09-30T10:00:00+08:00", "2026-09-30", "2026-10-10"},
		{"2026-11-20T10:00:00+08:00", "2026-11-20", "2026-11-25"},
		{"2026-11-20T17:00:01+08:00", "2026-11-23", "2026-11-26"},
		{"2026-11-21T10:00:00+08:00", "2026-11-23", "2026-11-26"},
		{"2026-11-20T17:00:00+08:00", "2026-11-20", "2026-11-25"},
		/* before opening, midnight, another zone, a start on a make-up Saturday */
		{"2026-11-20T00:00:00+08:00", "2026-11-20", "2026-11-25"},
		{"2026-11-20T23:59:59+08:00", "2026-11-23", "2026-11-26"},
		{"2026-11-20T09:00:00Z", "2026-11-20", "2026-11-25"},
		{"2026-11-20T09:00:01Z", "2026-11-23", "2026-11-26"},
		{"2026-10-10T16:00:00+08:00", "2026-10-10", "2026-10-14"},
		{"2026-10-01T10:00:00+08:00", "2026-10-08", "2026-10-12"},
		{"2025-12-31T17:00:01+08:00", "2026-01-04", "2026-01-07"}, /* over the year */
		{"2026-12-28T10:00:00+08:00", "2026-12-28", "2026-12-31"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct date day0, due, start, now;

		expect(i, calendar_due(&years, moment(row[i].start), 3, &day0, &due) == ERR_OK);
		expect_text(i, date_text(mem, day0), row[i].day0);
		expect_text(i, date_text(mem, due), row[i].due);
		expect(i, calendar_due(&years, moment(row[i].start), 0, &start, &now) == ERR_OK &&
				  date_cmp(start, day0) == 0 && date_cmp(now, day0) == 0);
	}
}

static void unknown_years(void **state)
{
	static const char *const start[] = {
		"2026-12-29T10:00:00+08:00", /* due in 2027 */
		"2026-12-31T17:00:01+08:00",
		"2027-01-01T10:00:00+08:00",
		"2027-06-01T10:00:00+08:00",
		"2024-12-31T17:00:01+08:00",
		"1999-06-01T10:00:00+08:00",
		"2150-06-01T10:00:00+08:00",
	};
	struct calendar empty;
	struct date day0 = day(1, 1, 1), due;
	bool works;
	int n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(start); i++)
		expect(i, calendar_due(&years, moment(start[i]), 3, &day0, &due) == ERR_CALENDAR);
	assert_int_equal(day0.year, 1); /* untouched */
	assert_int_equal(calendar_due(&years, INT64_MAX, 3, &day0, &due), ERR_CALENDAR);
	assert_int_equal(calendar_due(&years, INT64_MIN, 3, &day0, &due), ERR_CALENDAR);
	assert_int_equal(calendar_due(&years, moment("2027-01-01T10:00:00+08:00"), 0, &day0, &due), ERR_CALENDAR);
	assert_int_equal(calendar_is_working(&years, day(2027, 1, 4), &works), ERR_CALENDAR);
	assert_int_equal(calendar_is_working(&years, day(0, 0, 0), &works), ERR_CALENDAR);
	assert_int_equal(calendar_between(&years, day(2026, 12, 31), day(2027, 1, 2), &n), ERR_CALENDAR);
	calendar_init(&empty);
	assert_int_equal(calendar_due(&empty, moment("2026-11-20T10:00:00+08:00"), 3, &day0, &due), ERR_CALENDAR);
}

static void pauses(void **state)
{
	static const struct {
		const char *start;
		struct {
			const char *begin, *end;
		} pause[3];
		const char *day0, *due;
	} row[] = {
		/* Monday to Thursday 2026-11-23 … 26, Friday 27, Monday 30 */
		{"2026-11-23T10:00:00+08:00", {{"", ""}}, "2026-11-23", "2026-11-26"},
		/* within one working day: no tick inside, nothing moves */
		{"2026-11-23T10:00:00+08:00", {{"2026-11-24T09:00:00+08:00", "2026-11-24T16:59:59+08:00"}},
			"2026-11-23", "2026-11-26"},
		/* over one evening: one tick */
		{"2026-11-23T10:00:00+08:00", {{"2026-11-24T16:59:59+08:00", "2026-11-24T17:00:01+08:00"}},
			"2026-11-23", "2026-11-27"},
		/* at the very tick: both ends leave it standing */
		{"2026-11-23T10:00:00+08:00", {{"2026-11-24T17:00:00+08:00", "2026-11-25T16:00:00+08:00"}},
			"2026-11-23", "2026-11-26"},
		{"2026-11-23T10:00:00+08:00", {{"2026-11-24T10:00:00+08:00", "2026-11-24T17:00:00+08:00"}},
			"2026-11-23", "2026-11-26"},
		/* over a weekend: Friday evening to Monday morning swallows nothing */
		{"2026-11-26T10:00:00+08:00", {{"2026-11-27T18:00:00+08:00", "2026-11-30T08:00:00+08:00"}},
			"2026-11-26", "2026-12-01"},
		/* two ticks, and overlapping pauses count once */
		{"2026-11-23T10:00:00+08:00", {{"2026-11-24T10:00:00+08:00", "2026-11-26T10:00:00+08:00"}},
			"2026-11-23", "2026-11-30"},
		{"2026-11-23T10:00:00+08:00",
			{{"2026-11-25T09:00:00+08:00", "2026-11-26T10:00:00+08:00"},
				{"2026-11-24T10:00:00+08:00", "2026-11-25T20:00:00+08:00"}},
			"2026-11-23", "2026-11-30"},
		/* day 0 itself is swallowed, or the start lies inside a pause */
		{"2026-11-23T10:00:00+08:00", {{"2026-11-23T11:00:00+08:00", "2026-11-25T10:00:00+08:00"}},
			"2026-11-25", "2026-11-30"},
		{"2026-11-23T10:00:00+08:00", {{"2026-11-20T11:00:00+08:00", "2026-11-25T17:00:00+08:00"}},
			"2026-11-25", "2026-11-30"},
		{"2026-11-23T10:00:00+08:00", {{"2026-11-20T11:00:00+08:00", "2026-11-25T17:00:01+08:00"}},
			"2026-11-26", "2026-12-01"},
		/* a pause before the start, and one after the due day: nothing */
		{"2026-11-23T10:00:00+08:00",
			{{"2026-11-16T10:00:00+08:00", "2026-11-20T10:00:00+08:00"},
				{"2026-11-26T17:00:01+08:00", "2026-11-30T10:00:00+08:00"}},
			"2026-11-23", "2026-11-26"},
		/* still open: not known, unless it began after the due day */
		{"2026-11-23T10:00:00+08:00", {{"2026-11-24T10:00:00+08:00", ""}}, "2026-11-23", ""},
		{"2026-11-23T10:00:00+08:00", {{"2026-11-20T10:00:00+08:00", ""}}, "", ""},
		{"2026-11-23T10:00:00+08:00", {{"2026-11-26T17:00:00+08:00", ""}}, "2026-11-23", "2026-11-26"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct calendar_pause pause[3];
		struct date day0, due;
		size_t n = 0;

		for (; n < 3 && row[i].pause[n].begin && *row[i].pause[n].begin; n++)
			pause[n] = (struct calendar_pause){moment(row[i].pause[n].begin), moment(row[i].pause[n].end)};
		expect(i, calendar_due_paused(&years, moment(row[i].start), 3, pause, n, &day0, &due) == ERR_OK);
		expect_text(i, date_text(mem, day0), row[i].day0);
		expect_text(i, date_text(mem, due), row[i].due);
	}
}

static void other_cut_off(void **state)
{
	struct calendar c = years;
	struct date day0, due;

	(void)state;
	c.cut_off_s = 12 * 3600;
	assert_int_equal(calendar_due(&c, moment("2026-11-20T12:00:01+08:00"), 3, &day0, &due), ERR_OK);
	assert_string_equal(date_text(mem, due), "2026-11-26");
	assert_string_equal(moment_text(mem, calendar_deadline(&c, due)), "2026-11-26T12:00:00+08:00");
	assert_string_equal(moment_text(mem, calendar_deadline(&years, due)), "2026-11-26T17:00:00+08:00");
}

static void between(void **state)
{
	static const struct {
		const char *from, *to;
		int days;
	} row[] = {
		{"2026-11-20", "2026-11-20", 0},
		{"2026-11-20", "2026-11-25", 3},
		{"2026-11-20", "2026-11-22", 0},
		{"2026-11-24", "2026-11-25", 1},
		{"2026-11-25", "2026-11-23", -2},
		{"2026-09-30", "2026-10-10", 3},
		{"2026-11-23", "2026-11-20", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int n = 99;

		expect(i, calendar_between(&years, at(row[i].from), at(row[i].to), &n) == ERR_OK);
		expect(i, n == row[i].days);
	}
}

static void missing_year(void **state)
{
	(void)state;
	assert_int_equal(calendar_missing_year(&years, day(2026, 6, 1)), 0);
	assert_int_equal(calendar_missing_year(&years, day(2026, 11, 1)), 0);
	assert_int_equal(calendar_missing_year(&years, day(2026, 11, 2)), 2027);
	assert_int_equal(calendar_missing_year(&years, day(2025, 12, 31)), 0);
	assert_int_equal(calendar_missing_year(&years, day(2027, 1, 1)), 2027);
	assert_true(calendar_knows(&years, 2026) && !calendar_knows(&years, 2027) && !calendar_knows(&years, -5) &&
		    !calendar_knows(&years, 9999));
}

static void adding(void **state)
{
	struct calendar c;
	bool works;

	(void)state;
	calendar_init(&c);
	assert_false(calendar_add(&c, day(2019, 12, 31), CALENDAR_OFF));
	assert_false(calendar_add(&c, day(2100, 1, 1), CALENDAR_OFF));
	assert_false(calendar_add(&c, day(2026, 2, 29), CALENDAR_OFF));
	assert_true(
		calendar_add(&c, day(2020, 1, 1), CALENDAR_OFF) && calendar_add(&c, day(2096, 12, 31), CALENDAR_OFF));
	assert_true(calendar_add(&c, day(2096, 12, 31), CALENDAR_WORK)); /* the later one holds; the 366th day */
	assert_int_equal(calendar_is_working(&c, day(2096, 12, 31), &works), ERR_OK);
	assert_true(works);
	assert_false(calendar_knows(&c, 2097));
}

static void good_files(void **state)
{
	static const char *const text[] = {
		"day,kind,note,source\n2026-01-01,off,元旦,通知\n",
		"day,kind,note,source\n2026-01-01,off,,",
		"\xEF\xBB\xBF# 说明\r\n\r\nday,kind,note,source\r\n# 说明\r\n 2026-01-01 , off , 元旦 , 通知 \r\n",
	};
	struct calendar_rows rows;
	struct faults faults;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		faults_init(&faults, mem);
		expect(i, calendar_parse_csv(mem, text[i], &rows, &faults) == ERR_OK && faults.count == 0);
		expect(i, rows.count == 1 && rows.at[0].kind == CALENDAR_OFF &&
				  date_cmp(rows.at[0].day, day(2026, 1, 1)) == 0);
		expect_text(i, rows.at[0].note, i == 1 ? "" : "元旦");
		expect_text(i, rows.at[0].source, i == 1 ? "" : "通知");
	}
}

static void bad_files(void **state)
{
	static const struct {
		const char *text, *pointer, *code;
	} row[] = {
		{"", "", "calendar_empty"},
		{"# nothing\n", "", "calendar_empty"},
		{"day,kind,note,source\n", "", "calendar_empty"},
		{"\xFF\xFE", "", "text"},
		{"day,kind,note,source\n\xD4\xAA\xB5\xA9\n", "", "text"},
		{"2026-01-01,off,元旦,通知\n", "/lines/1", "calendar_header"},
		{"day,kind,note\n2026-01-01,off,x,y\n", "/lines/1", "calendar_header"},
		{"day,kind,note,source\n2026-01-01,off,元旦\n", "/lines/2", "calendar_cells"},
		{"day,kind,note,source\n2026-01-01,off,元旦,通知,多\n", "/lines/2", "calendar_cells"},
		{"day,kind,note,source\n\n2026-02-30,off,a,b\n", "/lines/3", "calendar_day"},
		{"day,kind,note,source\n2026-1-1,off,a,b\n", "/lines/2", "calendar_day"},
		{"day,kind,note,source\n2100-01-01,off,a,b\n", "/lines/2", "calendar_day"},
		{"day,kind,note,source\n,,,\n", "/lines/2", "calendar_day"},
		{"day,kind,note,source\n2026-01-01,OFF,a,b\n", "/lines/2", "calendar_kind"},
		{"day,kind,note,source\n2026-01-01,,a,b\n", "/lines/2", "calendar_kind"},
		{"day,kind,note,source\n2026-01-05,work,a,b\n", "/lines/2", "calendar_weekday"},
		{"day,kind,note,source\n2026-01-01,off,a,b\n2026-01-01,off,a,b\n", "/lines/3", "calendar_twice"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct calendar_rows rows = {.count = 77};
		struct faults faults;

		faults_init(&faults, mem);
		expect(i, calendar_parse_csv(mem, row[i].text, &rows, &faults) == ERR_INVALID);
		expect(i, rows.count == 77 && faults.count >= 1);
		expect_text(i, faults.at[0].pointer, row[i].pointer);
		expect_text(i, faults.at[0].code, row[i].code);
	}
}

static void every_bad_line_is_named(void **state)
{
	struct calendar_rows rows;
	struct faults faults;
	struct str s;

	(void)state;
	faults_init(&faults, mem);
	assert_int_equal(calendar_parse_csv(mem,
				 "day,kind,note,source\nx,off,a,b\n2026-01-01,off,a,b\ny,off,a,b\n2026-01-02,z,a,b\n",
				 &rows, &faults),
		ERR_INVALID);
	assert_int_equal(faults.count, 3);
	assert_string_equal(faults.at[1].pointer, "/lines/4");
	assert_string_equal(faults.at[2].pointer, "/lines/5");
	/* far more faults than a list holds */
	str_init(&s, mem);
	str_add(&s, "day,kind,note,source\n2026-01-01,off,a,b\n");
	for (int i = 0; i < 1000; i++)
		str_add(&s, "x,off,a,b\n");
	assert_int_equal(calendar_parse_csv(mem, s.at, &rows, &faults), ERR_INVALID);
	assert_int_equal(calendar_parse_csv(mem, s.at, &rows, &faults), ERR_INVALID); /* also when it is full already */
	assert_int_equal(faults.count, FAULTS_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_hold_the_notices),
		cmocka_unit_test(working_days_of_each_month),
		cmocka_unit_test(special_days),
		cmocka_unit_test(due_days),
		cmocka_unit_test(unknown_years),
		cmocka_unit_test(pauses),
		cmocka_unit_test(other_cut_off),
		cmocka_unit_test(between),
		cmocka_unit_test(missing_year),
		cmocka_unit_test(adding),
		cmocka_unit_test(good_files),
		cmocka_unit_test(bad_files),
		cmocka_unit_test(every_bad_line_is_named),
	};

	mem = arena_new();
	fill(&years);
	arena_done(&mem);
	return UNIT_MAIN(tests);
}
