#ifndef DOMAIN_CALENDAR_EDIT_H
#define DOMAIN_CALENDAR_EDIT_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* The working calendar as staff keep it: a year to look at, and a file that replaces one. */

/* Year, days off and make-up days, working days of each month (none when the year is not known), the year that should
 * be filled in next (calendar_missing_year) or null. */
enum err calendar_edit_write(struct ctx *c, int year, struct json_out *j) MUST_USE;

struct calendar_file {
	const char *csv;
};
extern const struct shape calendar_file_shape;
/* The year as it would be with this file (as calendar_edit_write), and how many days come, go and change.  Changes nothing:
 * a calendar is imported by two persons (proposal.h).
 * Errors: ERR_INVALID, faults by line ("/lines/N") or "/csv": the file must be of one year. */
enum err calendar_edit_preview(struct ctx *c, const struct calendar_file *in, struct json_out *j) MUST_USE;

struct calendar_import {
	const char *csv, *reason;
};
extern const struct shape calendar_import_shape;
struct calendar_change { /* "off 元旦"; NULL: no day of the calendar's own */
	struct date day;
	const char *before, *after;
};
struct calendar_look {
	int year;
	struct list changes; /* struct calendar_change, by day */
	const char *base;    /* hash of the year as it is */
};
/* As calendar_edit_preview; ERR_INVALID also when nothing would change. */
enum err calendar_edit_look(struct ctx *c, const struct calendar_import *in, struct calendar_look *ret_look) MUST_USE;
/* That year's days are replaced.  Inside ctx_tx. */
enum err calendar_edit_import(struct ctx *c, const struct calendar_import *in) MUST_USE;

/* Every year that has a row is replaced by the rows it has.  Inside ctx_tx. */
enum err calendar_edit_replace(struct ctx *c, const struct calendar_rows *rows) MUST_USE;

/* What every page of the desk warns of, as items of the open list of warnings. */
enum err calendar_edit_warn(struct ctx *c, struct json_out *j) MUST_USE;

#endif
