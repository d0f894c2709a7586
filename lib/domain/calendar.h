#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/fault.h"

/* The working calendar, by the yearly notices of 国务院办公厅 (conf/calendar): counts working days and never guesses one.
 *
 * A working day is a make-up day, or Monday to Friday that is not off.  A year is known when it has at least one row;
 * every question that needs a day of another year answers ERR_CALENDAR, even when that day is a Sunday.
 *
 * The clock ticks once per working day, at the cut-off (17:00:00 in Shanghai).  Day 0 is the day of the first tick at
 * or after the start; the case is due at the n-th tick after it.  So a start up to and including 17:00:00 belongs to
 * its own day, also before opening hours, and a later one, or one on a day off, to the next working day.
 * While the applicant has to correct something the clock stands: a tick strictly between begin and end of a pause is
 * not counted, neither as day 0 nor after.  Coming back at 17:00:00 is in time for that day's tick; being sent
 * back at 17:00:00 does not take it away.  A pause therefore moves the due day by the ticks it swallows, no more.
 *
 * This part is pure: no database, no clock of its own.  struct calendar is a plain value of fixed size. */

enum calendar_kind { CALENDAR_PLAIN, CALENDAR_OFF, CALENDAR_WORK }; /* PLAIN: by the day of the week */

enum { CALENDAR_FIRST = 2020, CALENDAR_YEARS = 80, CALENDAR_WARN_DAYS = 60, CALENDAR_CUT_OFF_S = 17 * 3600 };

struct calendar {
	int cut_off_s; /* second of the day in Shanghai */
	bool known[CALENDAR_YEARS];
	uint8_t kind[CALENDAR_YEARS][366]; /* enum calendar_kind by day of the year */
};

struct calendar_row {
	struct date day;
	enum calendar_kind kind;   /* OFF or WORK */
	const char *note, *source; /* "" when not given */
};

struct calendar_rows {
	struct calendar_row *at;
	size_t count;
};

/* end 0: still open.  begin < end; they may overlap and come in any order. */
struct calendar_pause {
	int64_t begin, end;
};

void calendar_init(struct calendar *c); /* no year known, cut-off 17:00 */
/* A later row for the same day replaces the earlier one.  false: a day outside the years we can hold. */
bool calendar_add(struct calendar *c, struct date day, enum calendar_kind kind);
bool calendar_add_rows(struct calendar *c, const struct calendar_rows *rows);

bool calendar_knows(const struct calendar *c, int year);
enum err calendar_is_working(const struct calendar *c, struct date day, bool *ret_working) MUST_USE;

/* ERR_CALENDAR from all of these: a year that the count touches is not known. */
enum err calendar_due(const struct calendar *c, int64_t moment, int working_days, struct date *ret_day0,
	struct date *ret_due) MUST_USE;
/* With pauses.  "No day" in *ret_day0 or *ret_due: an open pause stands before it, so it is not known yet. */
enum err calendar_due_paused(const struct calendar *c, int64_t moment, int working_days,
	const struct calendar_pause *pause, size_t pauses, struct date *ret_day0, struct date *ret_due) MUST_USE;
/* Days of `days` days beginning with `from` that are not what their day of the week says: a holiday on a weekday, and
 * with `makeup` a weekend that is worked.  ret_days: in order, open or not.  ret_until: the last day that is known, from on
 * (no day when not even from is). */
struct calendar_day {
	struct date day;
	bool open;
};
struct calendar_days {
	struct calendar_day *at; /* in a */
	size_t count;
};
void calendar_special_days(struct arena *a, const struct calendar *c, struct date from, int days, bool makeup,
	struct calendar_days *ret_days, struct date *ret_until);
/* Working days after `from` up to and including `to`; negative when `to` lies before `from` (days late).
 * Both must be valid days. */
enum err calendar_between(const struct calendar *c, struct date from, struct date to, int *ret_days) MUST_USE;

/* The instant a due day ends: its cut-off. */
int64_t calendar_deadline(const struct calendar *c, struct date due);

/* The year staff should be warned about: this one, or the one that begins within CALENDAR_WARN_DAYS; 0: none. */
int calendar_missing_year(const struct calendar *c, struct date today);

/* A calendar file: the header "day,kind,note,source", then one day a line, kind off or work.  Lines that are empty or
 * begin with # are skipped; CR LF and a byte order mark are fine; cells are plain, without quotes.
 * text: ended by NUL.  Faults of every line, pointer "/lines/N" (from 1): calendar_header, calendar_cells,
 * calendar_day, calendar_kind, calendar_weekday (a make-up day must be a weekend), calendar_twice; of the
 * whole file, pointer "": text, calendar_empty.
 * ERR_INVALID when there are faults or not one row; then ret_rows is not set. */
enum err calendar_parse_csv(struct arena *a, const char *text, struct calendar_rows *ret_rows, struct faults *faults)
	MUST_USE;

#endif
