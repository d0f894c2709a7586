#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/str.h"

static const char *program = "-";

void log_init(const char *name)
{
	program = name;
}

static const char *const level_name[] = {"debug", "info", "warn", "error"};

static void begin(struct str *s, struct arena *a, enum log_level level)
{
	str_init(s, a);
	str_addf(s, "{\"ts\":\"%s\",\"level\":\"%s\",\"program\":\"", moment_text(a, (int64_t)time(NULL)),
		level_name[level]);
	str_json(s, program);
	str_add(s, "\"");
}

/* One write per line: lines of several processes on one descriptor do not mix. */
static void end(struct str *s)
{
	str_add(s, "}\n");
	if (write(STDERR_FILENO, s->at, s->len) < 0)
		return; /* nowhere left to say it */
}

void log_at(enum log_level level, const char *format, ...)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct str s;
	char msg[2000]; /* a log line has a limit, its text is cut there */
	va_list args;

	va_start(args, format);
	vsnprintf(msg, sizeof msg, format, args);
	va_end(args);
	begin(&s, a, level);
	str_add(&s, ",\"msg\":\"");
	str_json(&s, msg);
	str_add(&s, "\"");
	end(&s);
}

static void text(struct str *s, const char *name, const char *value)
{
	if (!value)
		return;
	str_addf(s, ",\"%s\":\"", name);
	str_json(s, value);
	str_add(s, "\"");
}

void log_request(const struct log_request *r)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct str s;

	begin(&s, a, r->status >= 500 ? LOG_ERROR : LOG_INFO);
	text(&s, "req_id", r->req_id);
	text(&s, "method", r->method);
	text(&s, "route", r->route);
	text(&s, "error", r->error);
	text(&s, "app_no", r->app_no);
	str_addf(&s, ",\"status\":%d,\"dur_us\":%" PRId64, r->status, r->dur_us);
	if (r->account_id)
		str_addf(&s, ",\"account_id\":%" PRId64, r->account_id);
	if (r->staff_id)
		str_addf(&s, ",\"staff_id\":%" PRId64, r->staff_id);
	end(&s);
}
