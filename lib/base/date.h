#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Days and moments.  A day is a struct date; a moment is int64_t seconds since 1970-01-01T00:00:00Z.  Everything shown
 * or typed is Asia/Shanghai, which has been UTC+8 without summer time since 1992, so no zone database is asked.
 * {0,0,0} is "no day"; 0 is "no moment".  The arithmetic answers "no day" when it leaves the years 1800–2199 (people of
 * the 19th century stand in the specimens of the identity card standard), so nothing overflows whatever comes in. */

struct date {
	int16_t year;
	int8_t month, day;
};

enum { DAY_S = 86400, SHANGHAI_S = 8 * 3600 };

bool date_valid(struct date d); /* a day of the calendar, years 1800–2199 */
bool date_none(struct date d);
int date_cmp(struct date a, struct date b); /* <0, 0, >0 */
int64_t date_number(struct date d);	    /* days since 1970-01-01; d must be valid */
struct date date_of_number(int64_t days);
struct date date_add(struct date d, int64_t days);
struct date date_add_years(struct date d, int years);		      /* 29 February falls to the 28th */
int date_weekday(struct date d);				      /* 0 = Sunday … 6 */
struct date date_of_moment(int64_t t);				      /* the day in Shanghai */
int64_t date_moment(struct date d, int hour, int minute, int second); /* that time in Shanghai */

bool date_parse(const char *text, struct date *ret_day);  /* YYYY-MM-DD, nothing more */
bool moment_parse(const char *text, int64_t *ret_moment); /* RFC 3339 with any offset; seconds required */
/* "no day" and "no moment" become ""; moment_http alone writes 0 as 1970, which is how a cookie ends. */
char *date_text(struct arena *a, struct date d);    /* 2026-11-22 */
char *date_chinese(struct arena *a, struct date d); /* 2026年11月22日 */
char *moment_text(struct arena *a, int64_t t);	    /* 2026-11-22T14:07:13+08:00 */
char *moment_short(struct arena *a, int64_t t);	    /* 2026-11-22 14:07 */
char *moment_http(struct arena *a, int64_t t);	    /* Sun, 22 Nov 2026 06:07:13 GMT */

#endif
