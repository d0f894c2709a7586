#ifndef DOMAIN_REPORT_H
#define DOMAIN_REPORT_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Figures of the work: volume, time per step, first-pass yield, reasons of corrections, due days kept, money, ratings.
 *
 * What happens to a case leaves a row in report_todo (triggers of 031_report.sql).  The worker reads the case again
 * (report_case.c: what it counts for on which day, and how long its steps took), and counts the days that changed again
 * (report_day.c).  Both replace what they made before, so doing it twice changes nothing, and what comes late lands on its
 * own day.  A report adds up days, and reads steps of its range by an index: its cost grows with the range, never with
 * the number of all cases.  Days are days in Shanghai. */

enum { REPORT_BATCH = 200, REPORT_DAYS_MAX = 400 };

/* One round of the worker: cases first, days when few cases are left.  Its own transactions. */
enum err report_round(struct ctx *c, int *ret_done) MUST_USE;
enum err report_count_case(struct ctx *c, int64_t application_id, const struct list *todo) MUST_USE;
enum err report_count_day(struct ctx *c, struct date day, const struct list *todo) MUST_USE;

struct report_query {
	struct date from, to; /* both included */
	const char *by;	      /* day week month service holder branch; NULL: day */
	const char *service, *holder, *branch, *step;
};
extern const struct shape report_query_shape;

/* {from, to, …, counted_at, pending, tables}.  ERR_INVALID: the days. */
enum err report_write(struct ctx *c, const struct report_query *in, struct json_out *j) MUST_USE;
/* One table as CSV for a spreadsheet: UTF-8 with mark, CRLF, no cell is a formula.  ERR_NOT_FOUND: no such report. */
enum err report_csv(struct ctx *c, const char *report, const struct report_query *in, struct bytes *ret_file) MUST_USE;

#endif
