#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/notify_driver.h"
#include "io/file.h"
#include "io/json.h"

/* Reports as the gateway pushes them.  It signs nothing: who may speak knows the key in the address, and is believed only about
 * a message whose two numbers it knows. */

enum { FIND };

static const struct sql sql[] = {
	[FIND] = {"SELECT id FROM outbox WHERE id=? AND biz_id=? AND state='sent' FOR UPDATE", "is", "i"},
};
SQL_TABLE(notify_report);

enum { KEY_LEAST = 20, REPORTS_MOST = 1000 };

struct report {
	const char *out_id, *biz_id, *err_code, *report_time;
	bool success;
};
static const struct field report_fields[] = {
	TEXT(struct report, out_id, "out_id", 0, 256, NULL),
	TEXT(struct report, biz_id, "biz_id", 0, 64, NULL),
	TEXT(struct report, err_code, "err_code", 0, 60, NULL),
	TEXT(struct report, report_time, "report_time", 0, 40, NULL),
	BOOL(struct report, success, "success"),
};
static const struct shape report_shape = SHAPE(struct report, report_fields);

struct reports {
	struct list list;
};
static const struct field reports_fields[] = {
	LIST(struct reports, list, "list", 0, REPORTS_MOST, &report_shape),
};
static const struct shape reports_shape = SHAPE(struct reports, reports_fields);

static bool right_key(struct ctx *c, const char *key)
{
	struct bytes kept;
	size_t n;

	if (file_read(c->arena, arena_printf(c->arena, "%s/sms-report.secret", c->house->config.secret_dir), &kept) !=
		ERR_OK)
		return false;
	for (n = kept.len; n && kept.at[n - 1] <= ' ';)
		n--;
	return n >= KEY_LEAST && strlen(key) == n && crypto_equal(kept.at, key, n);
}

/* "m123" */
static int64_t id_of(const char *out_id)
{
	size_t n = out_id && *out_id == 'm' ? strspn(out_id + 1, "0123456789") : 0;

	return n && n < 19 && !out_id[n + 1] ? strtoll(out_id + 1, NULL, 10) : 0;
}

static enum err note(struct ctx *c, const struct report *r)
{
	const struct notify_report report = {
		r->success ? NOTIFY_DELIVERED : NOTIFY_FAILED, r->err_code, notify_gateway_moment(r->report_time)};
	struct db_int id;
	enum err e = ERR_NOT_FOUND;

	if (id_of(r->out_id) && r->biz_id)
		e = db_one(c->db, &sql[FIND], &db_int_shape, &id, I(id_of(r->out_id)), S(r->biz_id));
	if (e == ERR_OK)
		return notify_note(c, id.value, &report);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err notify_reports(struct ctx *c, const char *key, struct bytes body)
{
	struct reports reports = {{NULL, 0}};
	char *whole;
	enum err e = ERR_OK;

	if (!right_key(c, key)) {
		log_at(LOG_WARN, "sms: a report with a wrong key");
		return ERR_FORBIDDEN;
	}
	/* json_read reads objects */
	whole = arena_printf(c->arena, "{\"list\":%.*s}", (int)body.len, (const char *)body.at);
	if (strlen(whole) != body.len + 9 ||
		!notify_read(c, (struct bytes){(const unsigned char *)whole, strlen(whole)}, &reports_shape, &reports))
		return ERR_SYNTAX;
	for (size_t i = 0; e == ERR_OK && i < reports.list.count; i++)
		e = note(c, &((const struct report *)reports.list.at)[i]);
	return e;
}
