#include <stdlib.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/invoice_row.h"
#include "domain/paging.h"
#include "io/json_out.h"

enum { DUE, OF_STATE, TO_REVERSE };

static const struct sql sql[] = {
	/* Nothing to invoice any more when all of it went back. */
	[DUE] = {"SELECT " INVOICE_COLUMNS
		 "WHERE v.state='due' AND LEAST(a.paid_fen,a.owed_fen)>0 AND v.id>? ORDER BY v.id LIMIT ?",
		"ii", INVOICE_TYPES},
	[OF_STATE] = {"SELECT " INVOICE_COLUMNS "WHERE v.state=? AND (?=0 OR v.id<?) ORDER BY v.id DESC LIMIT ?",
		"siii", INVOICE_TYPES},
	[TO_REVERSE] = {"SELECT " INVOICE_COLUMNS "WHERE v.state IN ('imported','delivered') AND "
			"LEAST(a.paid_fen,a.owed_fen)<v.fen AND v.id>? ORDER BY v.id LIMIT ?",
		"ii", INVOICE_TYPES},
};
SQL_TABLE(invoice_view);

enum { LIMIT_MAX = 100, LIMIT_USUAL = 50 };
static const char *const states[] = {"due", "imported", "delivered", "to_reverse", "reversed", NULL};
static const struct field query_fields[] = {
	WORD(struct invoice_query, state, "状态", states),
	TEXT(struct invoice_query, after, "翻页位置", 1, 20, rule_word),
	INT(struct invoice_query, limit, "条数", 1, LIMIT_MAX),
};
const struct shape invoice_query_shape = SHAPE(struct invoice_query, query_fields);

/* Working days left, negative when late; what is not waited for has none. */
static enum err clock_of(struct ctx *c, const struct invoice *v, struct json_out *j)
{
	const struct calendar *calendar;
	int days = 0;
	enum err e = ctx_calendar(c, &calendar);

	if (e != ERR_OK)
		return e;
	if (!text_eq(v->state, "due") || date_none(v->due_day) ||
		calendar_between(calendar, date_of_moment(c->now), v->due_day, &days) != ERR_OK)
		json_null(j, "days_left");
	else
		json_int(j, "days_left", days);
	return ERR_OK;
}

static enum err write(struct ctx *c, const void *at, struct json_out *j)
{
	const struct invoice *v = at;
	struct application app;
	const char *tax = NULL, *title = NULL;
	enum err e = application_by_id(c, v->application_id, &app);

	if (e == ERR_ERASED) /* the invoice as issued is kept with the books */
		e = ERR_OK;
	else if (e == ERR_OK)
		title = invoice_title(&app, &tax);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_int(j, "id", v->id);
	json_int(j, "version", v->version);
	json_text(j, "no", v->no);
	json_text(j, "state", v->state);
	json_text(j, "kind", app.data.invoice.kind);
	json_text(j, "title", title);
	json_text(j, "tax_number", tax);
	json_int(j, "amount_fen", v->kept_fen);
	json_time(j, "begun_at", v->begun_at);
	json_day(j, "due_day", v->due_day);
	e = clock_of(c, v, j);
	json_text(j, "number", v->number);
	if (v->number)
		json_int(j, "total_fen", v->fen);
	else
		json_null(j, "total_fen");
	json_day(j, "issued_day", v->issued_day);
	json_bool(j, "pdf", v->pdf);
	json_text(j, "imported_by", v->importer);
	json_time(j, "imported_at", v->imported_at);
	json_time(j, "delivered_at", v->delivered_at);
	json_time(j, "link_ends_at", v->link_ends_at);
	json_bool(j, "to_reverse", v->number && !v->red_number && v->kept_fen < v->fen);
	json_text(j, "red_number", v->red_number);
	json_text(j, "red_reason", v->red_reason);
	json_text(j, "red_by", v->red_by);
	json_time(j, "red_at", v->red_at);
	json_end(j);
	return e;
}

enum err invoice_write_one(struct ctx *c, int64_t id, int64_t *ret_version, struct json_out *j)
{
	struct invoice v;
	enum err e = invoice_read(c, id, &v);

	*ret_version = e == ERR_OK ? v.version : 0;
	return e == ERR_OK ? write(c, &v, j) : e;
}

enum err invoice_write_list(struct ctx *c, const struct invoice_query *q, struct json_out *j)
{
	int64_t limit = q->limit ? q->limit : LIMIT_USUAL, after = q->after ? strtoll(q->after, NULL, 10) : 0;
	const char *state = q->state ? q->state : "due";
	struct list rows;
	enum err e = text_eq(state, "due") ? db_all(c->db, &sql[DUE], &invoice_shape, &rows, I(after), I(limit))
		     : text_eq(state, "to_reverse")
			     ? db_all(c->db, &sql[TO_REVERSE], &invoice_shape, &rows, I(after), I(limit))
			     : db_all(c->db, &sql[OF_STATE], &invoice_shape, &rows, S(state), I(after), I(after),
				       I(limit));

	return e == ERR_OK ? PAGING_BY_ID(c, &rows, limit, struct invoice, write, j) : e;
}

void invoice_write_own(const struct invoice *v, struct json_out *j)
{
	bool there = v && v->number;

	json_object(j, NULL);
	json_text(j, "state", v && (there || v->kept_fen > 0) ? v->state : "none");
	json_text(j, "no", v ? v->no : NULL);
	json_day(j, "due_day", v && !there ? v->due_day : (struct date){0});
	json_text(j, "number", there ? v->number : NULL);
	json_int(j, "total_fen", there ? v->fen : 0);
	json_day(j, "issued_day", there ? v->issued_day : (struct date){0});
	json_bool(j, "pdf", there && v->pdf);
	json_time(j, "link_ends_at", there ? v->link_ends_at : 0);
	json_text(j, "red_number", there ? v->red_number : NULL);
	json_end(j);
}
