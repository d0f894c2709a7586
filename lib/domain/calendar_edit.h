#ifndef DOMAIN_CALENDAR_EDIT_H
#define DOMAIN_CALENDAR_EDIT_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* The working calendar as staff keep it: a year to look at, and a file that replaces one. */

/* Year, days off and make-up days, working days of each month (none when the year is not known), the year that should
 * be filled in next (calendar_missing_year) or null. */
enum err calendar_edit_write(struct ctx *c, int year, struct json_out *j) MUST_USE;

struct calendar_import {
	const char *csv, *reason;
	bool preview; /* only say what it would be */
};
extern const struct shape calendar_import_shape;

/* The file must be of one year; that year's days are replaced.  Writes the year as it is afterwards (as
 * calendar_edit_write) and how many days came, went and changed; a preview changes nothing.
 * Errors: ERR_INVALID, faults by line ("/lines/N") or "/csv", "/reason".  Inside ctx_tx. */
enum err calendar_edit_import(struct ctx *c, const struct calendar_import *in, struct json_out *j) MUST_USE;

/* Every year that has a row is replaced by the rows it has.  Inside ctx_tx. */
enum err calendar_edit_replace(struct ctx *c, const struct calendar_rows *rows) MUST_USE;

/* What every page of the desk warns of, as items of the open list of warnings. */
enum err calendar_edit_warn(struct ctx *c, struct json_out *j) MUST_USE;

#endif
