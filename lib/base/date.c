#include "base/date.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum { YEAR_MIN = 1800, YEAR_MAX = 2199, DAYS_MIN = -62091, DAYS_MAX = 84005 };

static bool leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool date_valid(struct date d)
{
	return d.year >= YEAR_MIN && d.year <= YEAR_MAX && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= month_days(d.year, d.month);
}

bool date_none(struct date d)
{
	return d.year == 0 && d.month == 0 && d.day == 0;
}

int date_cmp(struct date a, struct date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

/* The usual trick: the year begins on 1 March, so the leap day is its last and needs no case. */
int64_t date_number(struct date d)
{
	int64_t y, doy;

	assert(date_valid(d));
	y = d.month > 2 ? d.year : d.year - 1;
	doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	return y * 365 + y / 4 - y / 100 + y / 400 + doy - 719468;
}

struct date date_of_number(int64_t days)
{
	int64_t n, era, doe, yoe, doy, m, year;

	if (days < DAYS_MIN || days > DAYS_MAX)
		return (struct date){0, 0, 0};
	n = days + 719468;
	era = n / 146097;
	doe = n % 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	m = (5 * doy + 2) / 153;
	year = yoe + era * 400 + (m >= 10);
	return (struct date){
		.year = (int16_t)year,
		.month = (int8_t)(m < 10 ? m + 3 : m - 9),
		.day = (int8_t)(doy - (153 * m + 2) / 5 + 1),
	};
}

struct date date_add(struct date d, int64_t days)
{
	if (days < DAYS_MIN - DAYS_MAX || days > DAYS_MAX - DAYS_MIN)
		return (struct date){0, 0, 0};
	return date_of_number(date_number(d) + days);
}

struct date date_add_years(struct date d, int years)
{
	int year;

	assert(date_valid(d));
	if (__builtin_add_overflow(d.year, years, &year) || year < YEAR_MIN || year > YEAR_MAX)
		return (struct date){0, 0, 0};
	if (d.month == 2 && d.day == 29 && !leap(year))
		d.day = 28;
	d.year = (int16_t)year;
	return d;
}

int date_weekday(struct date d)
{
	int64_t w = (date_number(d) + 4) % 7; /* 1970-01-01 was a Thursday */

	return (int)(w < 0 ? w + 7 : w);
}

static int64_t floor_day(int64_t t)
{
	return t / DAY_S - (t % DAY_S < 0);
}

static bool shanghai(int64_t t, int64_t *ret_local)
{
	return !__builtin_add_overflow(t, SHANGHAI_S, ret_local);
}

struct date date_of_moment(int64_t t)
{
	int64_t local;

	return shanghai(t, &local) ? date_of_number(floor_day(local)) : (struct date){0, 0, 0};
}

int64_t date_moment(struct date d, int hour, int minute, int second)
{
	return date_number(d) * DAY_S + hour * 3600 + minute * 60 + second - SHANGHAI_S;
}

/* Exactly n digits; steps *at. */
static bool digits(const char **at, int n, int *ret_value)
{
	int v = 0;

	for (; n > 0; n--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		v = v * 10 + (**at - '0');
	}
	*ret_value = v;
	return true;
}

static bool mark(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool scan_day(const char **at, struct date *ret_day)
{
	int year, month, day;

	if (!digits(at, 4, &year) || !mark(at, '-') || !digits(at, 2, &month) || !mark(at, '-') || !digits(at, 2, &day))
		return false;
	*ret_day = (struct date){(int16_t)year, (int8_t)month, (int8_t)day};
	return date_valid(*ret_day);
}

bool date_parse(const char *text, struct date *ret_day)
{
	struct date d;

	if (!scan_day(&text, &d) || *text)
		return false;
	*ret_day = d;
	return true;
}

static bool scan_clock(const char **at, int *ret_seconds)
{
	int hour, minute, second;

	if (!digits(at, 2, &hour) || !mark(at, ':') || !digits(at, 2, &minute) || !mark(at, ':') ||
		!digits(at, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	if (mark(at, '.')) {
		if (**at < '0' || **at > '9')
			return false;
		while (**at >= '0' && **at <= '9')
			(*at)++;
	}
	*ret_seconds = hour * 3600 + minute * 60 + second;
	return true;
}

static bool scan_offset(const char **at, int *ret_seconds)
{
	int sign, hour, minute;

	*ret_seconds = 0;
	if (mark(at, 'Z') || mark(at, 'z'))
		return true;
	sign = **at == '-' ? -1 : 1;
	if (!mark(at, '+') && !mark(at, '-'))
		return false;
	if (!digits(at, 2, &hour) || !mark(at, ':') || !digits(at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*ret_seconds = sign * (hour * 3600 + minute * 60);
	return true;
}

bool moment_parse(const char *text, int64_t *ret_moment)
{
	struct date d;
	int clock, offset;

	if (!scan_day(&text, &d) || (!mark(&text, 'T') && !mark(&text, 't')))
		return false;
	if (!scan_clock(&text, &clock) || !scan_offset(&text, &offset) || *text)
		return false;
	*ret_moment = date_number(d) * DAY_S + clock - offset;
	return true;
}

char *date_text(struct arena *a, struct date d)
{
	return date_none(d) ? arena_text(a, "") : arena_printf(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

char *date_chinese(struct arena *a, struct date d)
{
	return date_none(d) ? arena_text(a, "") : arena_printf(a, "%d年%d月%d日", d.year, d.month, d.day);
}

/* Day and second of the day in a zone; false when there is no such moment in our years. */
static bool split(int64_t local, struct date *ret_day, int *ret_second)
{
	*ret_day = date_of_number(floor_day(local));
	*ret_second = (int)((local % DAY_S + DAY_S) % DAY_S);
	return !date_none(*ret_day);
}

char *moment_text(struct arena *a, int64_t t)
{
	struct date d;
	int64_t local;
	int s;

	if (t == 0 || !shanghai(t, &local) || !split(local, &d, &s))
		return arena_text(a, "");
	return arena_printf(
		a, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", d.year, d.month, d.day, s / 3600, s / 60 % 60, s % 60);
}

char *moment_short(struct arena *a, int64_t t)
{
	struct date d;
	int64_t local;
	int s;

	if (t == 0 || !shanghai(t, &local) || !split(local, &d, &s))
		return arena_text(a, "");
	return arena_printf(a, "%04d-%02d-%02d %02d:%02d", d.year, d.month, d.day, s / 3600, s / 60 % 60);
}

char *moment_http(struct arena *a, int64_t t)
{
	static const char day[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char month[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct date d;
	int s;

	if (!split(t, &d, &s))
		return arena_text(a, "");
	return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d GMT", day[date_weekday(d)], d.day, month[d.month - 1],
		d.year, s / 3600, s / 60 % 60, s % 60);
}
