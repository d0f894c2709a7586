#ifndef DOMAIN_CALENDAR_HOURS_H
#define DOMAIN_CALENDAR_HOURS_H

#include "domain/calendar.h"

/* Working time between two moments: opening hours (8:30 to 12:00, 14:00 to 17:00 in Shanghai) of working days alone.
 * Seconds; 0 when to <= from.  ERR_CALENDAR: a year it touches is not known. */
enum { CALENDAR_HOURS_DAY_S = (12 * 60 - 8 * 60 - 30) * 60 + 3 * 3600 }; /* of a whole day */
enum err calendar_working_s(const struct calendar *c, int64_t from, int64_t to, int64_t *ret_s) MUST_USE;

#endif
