#ifndef DOMAIN_LEDGER_DAY_H
#define DOMAIN_LEDGER_DAY_H

#include "domain/ledger.h"

/* The books by day, for finance: what came in at each place, what of it went to cases, what went back.  A day is the one a
 * row counts for: of money that came in and of what was made of it, the bank's value date; of what was taken back or paid
 * back, the day that happened. */

enum { LEDGER_DAYS_MAX = 92 };

struct ledger_days {
	struct date from, to; /* both included */
};
extern const struct shape ledger_days_shape;
/* ERR_INVALID with the fault: the wrong way round, or more than LEDGER_DAYS_MAX. */
enum err ledger_days_check(struct ctx *c, const struct ledger_days *in) MUST_USE;

/* {from, to, items: […]}: a row for each day and place on which anything moved. */
enum err ledger_write_days(struct ctx *c, const struct ledger_days *in, struct json_out *j) MUST_USE;
/* {day, items, booked, open, refunds}: the same of today, and what lies on the desk. */
enum err ledger_write_today(struct ctx *c, struct json_out *j) MUST_USE;
/* {agree, faults: […]}: ledger_check, at most LEDGER_FAULTS_SHOWN of each kind. */
enum { LEDGER_FAULTS_SHOWN = 20 };
enum err ledger_write_check(struct ctx *c, struct json_out *j) MUST_USE;

#endif
