#include "domain/verify.h"

#include <string.h>

#include "base/rule.h"
#include "base/utf8.h"
#include "domain/form_code.h"
#include "domain/rate.h"

enum { FORM, CERTIFICATE };

static const struct sql sql[] = {
	[FORM] = {"SELECT a.form_version, a.form_current, v.frozen_at FROM application a JOIN form_version v ON "
		  "v.application_id=a.id AND v.version=? WHERE a.no=?",
		"is", "iii"},
	[CERTIFICATE] = {"SELECT status, not_before, not_after FROM certificate WHERE sign_serial=? UNION ALL "
			 "SELECT status, not_before, not_after FROM certificate WHERE enc_serial=? LIMIT 1",
		"ss", "sdd"},
};
SQL_TABLE(verify);

struct printed {
	int64_t version;
	bool current;
	int64_t frozen_at;
};
static const struct field printed_fields[] = {
	INT(struct printed, version, "version", 0, 0),
	BOOL(struct printed, current, "current"),
	TIME(struct printed, frozen_at, "frozen_at"),
};
static const struct shape printed_shape = SHAPE(struct printed, printed_fields);

struct issued {
	const char *status;
	struct date not_before, not_after;
};
static const struct field issued_fields[] = {
	TEXT(struct issued, status, "status", 0, 0, NULL),
	DAY(struct issued, not_before, "not_before"),
	DAY(struct issued, not_after, "not_after"),
};
static const struct shape issued_shape = SHAPE(struct issued, issued_fields);

struct found {
	const char *result, *kind;
	struct form_code code;
	struct date printed_on;
	struct issued issued;
};

static enum err find_form(struct ctx *c, const char *typed, struct found *f)
{
	struct printed p = {0};
	enum err e = form_code_read(typed, strlen(typed), c->house->form.at, CRYPTO_KEY, &f->code);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[FORM], &printed_shape, &p, I(f->code.version), S(f->code.no));
	if (e != ERR_OK)
		return e == ERR_SYNTAX || e == ERR_FORBIDDEN ? ERR_NOT_FOUND : e;
	f->kind = "form";
	f->result = p.current && p.version == f->code.version ? "valid" : "replaced";
	f->printed_on = date_of_moment(p.frozen_at);
	return ERR_OK;
}

static enum err find_certificate(struct ctx *c, const char *typed, struct found *f)
{
	const char *serial = typed, *say;
	enum err e = rule_serial(c->arena, &serial, &say)
			     ? ERR_NOT_FOUND
			     : db_one(c->db, &sql[CERTIFICATE], &issued_shape, &f->issued, S(serial), S(serial));

	if (e != ERR_OK)
		return e;
	if (text_eq(f->issued.status, "valid") &&
		date_number(f->issued.not_after) < date_number(date_of_moment(c->now)))
		f->issued.status = "expired";
	f->kind = "certificate";
	f->result = text_eq(f->issued.status, "valid")	      ? "valid"
		    : text_eq(f->issued.status, "superseded") ? "replaced"
							      : "ended";
	return ERR_OK;
}

static void write_number(struct json_out *j, const char *key, int64_t value)
{
	if (value)
		json_int(j, key, value);
	else
		json_null(j, key);
}

enum err verify_number(struct ctx *c, const char *typed, struct json_out *j)
{
	const char *text = utf8_trim(c->arena, utf8_fold_ascii(c->arena, typed));
	struct found f = {0};
	int64_t wait;
	enum err e = rate_hit(c, "verify-ip", c->actor.addr, 60, c->house->config.rate_track_ip_minute, &wait);

	if (e == ERR_OK)
		e = find_form(c, text, &f);
	if (e == ERR_NOT_FOUND)
		e = find_certificate(c, text, &f);
	if (e == ERR_NOT_FOUND)
		f = (struct found){.result = "unknown"};
	else if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "result", f.result);
	json_text(j, "kind", f.kind);
	json_text(j, "status", f.issued.status);
	write_number(j, "version", f.code.version);
	write_number(j, "page", f.code.page);
	write_number(j, "pages", f.code.pages);
	json_day(j, "printed_on", f.printed_on);
	json_day(j, "not_before", f.issued.not_before);
	json_day(j, "not_after", f.issued.not_after);
	json_end(j);
	return ERR_OK;
}
