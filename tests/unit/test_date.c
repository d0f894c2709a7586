#include "unit.h"

#include "base/date.h"

static struct date day(int y, int m, int d)
{
	return (struct date){(int16_t)y, (int8_t)m, (int8_t)d};
}

static void parsing(void **state)
{
	static const char *const good[] = {
		"2026-11-22", "2024-02-29", "2000-02-29", "1880-01-01", "2199-12-31", "1800-01-01"};
	static const char *const bad[] = {
		"",
		"2026-11-22 ",
		" 2026-11-22",
		"2026-1-22",
		"2026-11-2",
		"26-11-22",
		"2026/11/22",
		"2026-11-31",
		"2026-02-29",
		"1900-02-29",
		"2100-02-29",
		"2026-00-10",
		"2026-13-01",
		"2026-01-00",
		"2026-01-32",
		"+026-01-01",
		"-026-01-01",
		"2026-11-22T",
		"2200-01-01",
		"1799-12-31",
		"0000-00-00",
		"２０２６-11-22",
		"2026-11-2a",
		"2026-11",
	};
	struct date d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		expect(i, date_parse(good[i], &d) && date_valid(d));
		expect_text(i, date_text(mem, d), good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(i, !date_parse(bad[i], &d));
}

static void known_days(void **state)
{
	static const struct {
		int y, m, d;
		int64_t number;
		int weekday;
	} row[] = {
		{1970, 1, 1, 0, 4},
		{1969, 12, 31, -1, 3},
		{1800, 1, 1, -62091, 3},
		{2000, 2, 29, 11016, 2},
		{2026, 11, 22, 20779, 0},
		{2026, 2, 28, 20512, 6},
		{2199, 12, 31, 84005, 2},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct date d = day(row[i].y, row[i].m, row[i].d);

		expect(i, date_number(d) == row[i].number);
		expect(i, date_weekday(d) == row[i].weekday);
	}
}

static void every_day(void **state)
{
	struct date before = day(1799, 12, 31);

	(void)state;
	for (int64_t n = -62091; n <= 84005; n++) {
		struct date d = date_of_number(n);

		expect(n, date_valid(d) && date_number(d) == n && date_cmp(before, d) < 0 && date_cmp(d, before) > 0);
		expect(n, d.day == 1 || d.day == before.day + 1);
		before = d;
	}
	assert_int_equal(date_cmp(before, day(2199, 12, 31)), 0);
}

static void arithmetic(void **state)
{
	(void)state;
	assert_int_equal(date_cmp(date_add(day(2026, 12, 31), 1), day(2027, 1, 1)), 0);
	assert_int_equal(date_cmp(date_add(day(2024, 3, 1), -1), day(2024, 2, 29)), 0);
	assert_int_equal(date_cmp(date_add_years(day(2024, 2, 29), 1), day(2025, 2, 28)), 0);
	assert_int_equal(date_cmp(date_add_years(day(2024, 2, 29), 4), day(2028, 2, 29)), 0);
	assert_int_equal(date_cmp(date_add_years(day(2026, 11, 22), -3), day(2023, 11, 22)), 0);
	assert_true(date_none(date_add(day(2199, 12, 31), 1)) && date_none(date_add(day(1800, 1, 1), -1)));
	assert_true(date_none(date_add(day(2026, 1, 1), INT64_MAX)) && date_none(date_add(day(2026, 1, 1), INT64_MIN)));
	assert_true(date_none(date_add_years(day(2026, 1, 1), INT32_MAX)) &&
		    date_none(date_add_years(day(2026, 1, 1), INT32_MIN)));
	assert_true(date_none(date_add_years(day(2199, 1, 1), 1)));
	assert_true(date_none(date_of_number(INT64_MAX)) && date_none(date_of_number(INT64_MIN)));
	assert_false(date_valid(day(0, 0, 0)));
	assert_false(date_none(day(2026, 1, 1)));
}

static void shanghai_days(void **state)
{
	int64_t midnight = date_moment(day(2026, 11, 22), 0, 0, 0);

	(void)state;
	assert_int_equal(midnight, INT64_C(20779) * 86400 - 8 * 3600);
	assert_int_equal(date_cmp(date_of_moment(midnight), day(2026, 11, 22)), 0);
	assert_int_equal(date_cmp(date_of_moment(midnight - 1), day(2026, 11, 21)), 0);
	assert_int_equal(date_cmp(date_of_moment(midnight + 86399), day(2026, 11, 22)), 0);
	assert_int_equal(date_cmp(date_of_moment(-8 * 3600), day(1970, 1, 1)), 0);
	assert_int_equal(date_cmp(date_of_moment(-8 * 3600 - 1), day(1969, 12, 31)), 0);
	assert_true(date_none(date_of_moment(INT64_MAX)) && date_none(date_of_moment(INT64_MIN)));
}

static void moments(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} row[] = {
		{"2026-11-22T14:07:13+08:00", "2026-11-22T14:07:13+08:00"},
		{"2026-11-22T06:07:13Z", "2026-11-22T14:07:13+08:00"},
		{"2026-11-22t06:07:13z", "2026-11-22T14:07:13+08:00"},
		{"2026-11-22T06:07:13.999Z", "2026-11-22T14:07:13+08:00"},
		{"2026-11-22T20:30:00-05:30", "2026-11-23T10:00:00+08:00"},
		{"2026-12-31T23:59:59-00:00", "2027-01-01T07:59:59+08:00"},
		{"1880-01-01T00:00:00+08:00", "1880-01-01T00:00:00+08:00"},
		{"", NULL},
		{"2026-11-22", NULL},
		{"2026-11-22T14:07+08:00", NULL}, /* seconds are required */
		{"2026-11-22T14:07:13", NULL},	  /* and so is the offset */
		{"2026-11-22 14:07:13+08:00", NULL},
		{"2026-11-22T14:07:13 08:00", NULL}, /* a "+" decoded as blank */
		{"2026-11-22T24:00:00Z", NULL},
		{"2026-11-22T23:60:00Z", NULL},
		{"2026-11-22T23:59:60Z", NULL},
		{"2026-11-22T14:07:13.Z", NULL},
		{"2026-11-22T14:07:13+0800", NULL},
		{"2026-11-22T14:07:13+24:00", NULL},
		{"2026-11-22T14:07:13+08:60", NULL},
		{"2026-11-22T14:07:13Zx", NULL},
		{"2026-02-30T14:07:13Z", NULL},
		{"2026-11-22T1:07:13Z", NULL},
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect(i, moment_parse(row[i].text, &t) == (row[i].want != NULL));
		if (row[i].want)
			expect_text(i, moment_text(mem, t), row[i].want);
	}
}

static void writing(void **state)
{
	int64_t t = date_moment(day(2026, 11, 22), 14, 7, 13);

	(void)state;
	assert_int_equal(t, 1795327633);
	assert_string_equal(moment_text(mem, t), "2026-11-22T14:07:13+08:00");
	assert_string_equal(moment_short(mem, t), "2026-11-22 14:07");
	assert_string_equal(moment_http(mem, t), "Sun, 22 Nov 2026 06:07:13 GMT");
	assert_string_equal(moment_http(mem, 784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); /* RFC 9110 */
	assert_string_equal(moment_http(mem, 0), "Thu, 01 Jan 1970 00:00:00 GMT");
	assert_string_equal(date_chinese(mem, day(2026, 1, 2)), "2026年1月2日");
	assert_string_equal(date_chinese(mem, day(0, 0, 0)), "");
	assert_string_equal(date_text(mem, day(0, 0, 0)), "");
	assert_string_equal(moment_text(mem, 0), "");
	assert_string_equal(moment_short(mem, 0), "");
	assert_string_equal(moment_text(mem, INT64_MAX), "");
	assert_string_equal(moment_short(mem, INT64_MIN), "");
	assert_string_equal(moment_http(mem, INT64_MAX), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing),
		cmocka_unit_test(known_days),
		cmocka_unit_test(every_day),
		cmocka_unit_test(arithmetic),
		cmocka_unit_test(shanghai_days),
		cmocka_unit_test(moments),
		cmocka_unit_test(writing),
	};

	return UNIT_MAIN(tests);
}
