#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/err.h"

/* One JSON object per line on stderr: ts, level, program, msg and what else the call names.  Never names, numbers of
 * persons, codes, tokens or bodies: callers pass what is listed here and nothing free.  Control characters are escaped,
 * so one event is one line whatever a visitor sends. */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_init(const char *program); /* name kept, not copied */
void log_at(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

struct log_request {
	const char *req_id, *method, *route, *error; /* route: the pattern, never the path */
	int status;
	int64_t dur_us;
	int64_t account_id, staff_id;
	const char *app_no;
};
void log_request(const struct log_request *r);

#endif
