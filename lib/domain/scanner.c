#include "domain/scanner.h"

#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/application_view.h"
#include "domain/arrival.h"
#include "domain/form_code.h"

enum { TOKEN, PARCEL, ORDER };

static const struct sql sql[] = {
	[TOKEN] =
		{"SELECT a.no FROM certificate r LEFT JOIN application a ON a.id=r.busy_case WHERE r.token_serial=? ORDER BY "
		 "r.busy_case IS NULL, r.id DESC LIMIT 1",
			"s", "s"},
	[PARCEL] = {"SELECT a.no FROM parcel p JOIN application a ON a.id=p.application_id WHERE p.waybill=?", "s",
		"s"},
	[ORDER] = {"SELECT a.no FROM express_order o JOIN application a ON a.id=o.application_id WHERE o.waybill=?",
		"s", "s"},
};
SQL_TABLE(scanner);

struct said {
	const char *kind, *no, *code, *detail;
	int64_t arrival_id;
	struct form_code form; /* of kind form */
	int64_t current;
};

/* ERR_NOT_FOUND: not of this shape; the next one is tried. */
static enum err as_form(struct ctx *c, const char *typed, struct said *s)
{
	enum err e = form_code_read(typed, strlen(typed), c->house->form.at, CRYPTO_KEY, &s->form);
	struct application app;

	if (e == ERR_FORBIDDEN) {
		s->detail = "二维码不是本系统打印的，或没有扫全，请再扫一次";
		return ERR_OK;
	}
	if (e != ERR_OK)
		return ERR_NOT_FOUND;
	e = application_read(c, s->form.no, &app);
	if (e == ERR_NOT_FOUND) {
		s->detail = "没有这个单号的申请";
		return ERR_OK;
	}
	s->kind = "form";
	s->no = arena_text(c->arena, s->form.no);
	s->current = app.form_version;
	return e;
}

static enum err as_case(struct ctx *c, const char *typed, struct said *s)
{
	const char *no = typed, *say;
	struct application app;
	enum err e;

	if (rule_case_no(c->arena, &no, &say))
		no = application_of_reference(c->arena, c->house->config.case_prefix, typed);
	if (!no)
		return ERR_NOT_FOUND;
	e = application_read(c, no, &app);
	if (e == ERR_NOT_FOUND) {
		s->detail = arena_printf(c->arena, "没有单号为%s的申请", no);
		return ERR_OK;
	}
	s->kind = "case";
	s->no = app.no;
	return e;
}

static enum err as_token(struct ctx *c, const char *typed, struct said *s)
{
	struct db_text no = {NULL};
	enum err e = db_one(c->db, &sql[TOKEN], &db_text_shape, &no, S(rule_fold_code(c->arena, typed)));

	if (e != ERR_OK)
		return e;
	s->kind = "token";
	s->code = rule_fold_code(c->arena, typed);
	s->no = no.value;
	s->detail = no.value ? NULL : "登记簿里有这个UKey，但没有正在办理的申请";
	return ERR_OK;
}

static enum err as_waybill(struct ctx *c, const char *typed, struct said *s)
{
	struct arrival_found in;
	struct db_text out = {NULL};
	const char *waybill = typed, *say;
	enum err e;

	if (rule_waybill(c->arena, &waybill, &say))
		return ERR_NOT_FOUND;
	s->code = waybill;
	e = arrival_find(c, waybill, &in);
	if (e == ERR_OK) {
		s->kind = "arrival";
		s->arrival_id = in.id;
		s->no = in.no;
		return ERR_OK;
	}
	if (e == ERR_NOT_FOUND)
		e = db_one(c->db, &sql[PARCEL], &db_text_shape, &out, S(waybill));
	if (e == ERR_NOT_FOUND)
		e = db_one(c->db, &sql[ORDER], &db_text_shape, &out, S(waybill));
	s->kind = e == ERR_OK ? "parcel" : "waybill";
	s->no = out.value;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static void write_form(struct json_out *j, const struct said *s)
{
	if (!text_eq(s->kind, "form")) {
		json_null(j, "form");
		return;
	}
	json_object(j, "form");
	json_int(j, "version", s->form.version);
	json_int(j, "current", s->current);
	json_int(j, "page", s->form.page);
	json_int(j, "pages", s->form.pages);
	json_int(j, "copy", s->form.copy);
	json_end(j);
}

enum err scanner_read(struct ctx *c, const char *typed, struct json_out *j)
{
	static enum err (*const shapes[])(struct ctx *, const char *, struct said *) = {
		as_form, as_case, as_token, as_waybill};
	const char *text = utf8_trim(c->arena, utf8_fold_ascii(c->arena, typed));
	struct said s = {.kind = "foreign"};
	enum err e = ERR_NOT_FOUND;

	for (size_t i = 0; e == ERR_NOT_FOUND && i < ARRAY_LEN(shapes); i++)
		e = shapes[i](c, text, &s);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	json_object(j, NULL);
	json_text(j, "kind", s.kind);
	json_text(j, "no", s.no);
	json_text(j, "code", s.code);
	write_form(j, &s);
	json_int(j, "arrival_id", s.arrival_id);
	json_text(j, "detail", s.detail);
	json_end(j);
	return ERR_OK;
}
