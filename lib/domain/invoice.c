#include "domain/invoice_row.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_money.h"
#include "domain/audit.h"
#include "domain/invoice_xml.h"

enum { ADD, READ, LOCK, OF_CASE, REVERSE, SEALED_XML, SEALED_PDF };

static const struct sql sql[] = {
	[ADD] = {"INSERT IGNORE INTO invoice (application_id, state, begun_at, due_day) VALUES (?,'due',?,?)", "iid",
		""},
	[READ] = {"SELECT " INVOICE_COLUMNS "WHERE v.id=?", "i", INVOICE_TYPES},
	[LOCK] = {"SELECT id FROM invoice WHERE id=? FOR UPDATE", "i", "i"},
	[OF_CASE] = {"SELECT " INVOICE_COLUMNS
		     "WHERE v.application_id=? ORDER BY v.standing IS NULL, v.id DESC LIMIT 1",
		"i", INVOICE_TYPES},
	[REVERSE] =
		{"UPDATE invoice SET state='reversed', red_number=?, red_reason=?, red_by=?, red_at=?, version=version+1 "
		 "WHERE id=? AND state IN ('imported','delivered') AND version=?",
			"ssiiii", ""},
	[SEALED_XML] = {"SELECT xml_sealed FROM invoice WHERE id=? AND xml_sealed IS NOT NULL", "i", "b"},
	[SEALED_PDF] = {"SELECT pdf_sealed FROM invoice WHERE id=? AND pdf_sealed IS NOT NULL", "i", "b"},
};
SQL_TABLE(invoice);

#define V_TEXT(m) TEXT(struct invoice, m, #m, 0, 0, NULL)
#define V_INT(m) INT(struct invoice, m, #m, 0, 0)
static const struct field fields[] = {
	V_INT(id),
	V_INT(application_id),
	V_TEXT(no),
	V_TEXT(state),
	V_INT(begun_at),
	DAY(struct invoice, due_day, "due_day"),
	V_TEXT(number),
	V_INT(fen),
	DAY(struct invoice, issued_day, "issued_day"),
	BOOL(struct invoice, pdf, "pdf"),
	V_TEXT(importer),
	V_INT(imported_at),
	V_INT(delivered_at),
	V_INT(link_ends_at),
	V_TEXT(red_number),
	V_TEXT(red_reason),
	V_TEXT(red_by),
	V_INT(red_at),
	V_INT(kept_fen),
	V_INT(version),
};
const struct shape invoice_shape = SHAPE(struct invoice, fields);

static const char *rule_invoice_number(struct arena *a, const char **text, const char **ret_say)
{
	*text = rule_fold_code(a, *text);
	*ret_say = "应为20位数字";
	return invoice_number_valid(*text) ? NULL : "number";
}

static const struct field red_fields[] = {
	TEXT_REQUIRED(struct invoice_red, number, "红字发票号码", 20, 40, rule_invoice_number),
	TEXT_REQUIRED(struct invoice_red, reason, "冲红原因", 2, 200, rule_line),
};
const struct shape invoice_red_shape = SHAPE(struct invoice_red, red_fields);

/* --- what is due --- */

static enum err add(struct ctx *c, int64_t application_id, int64_t from)
{
	const struct calendar *calendar;
	struct date day0, due = {0};
	enum err e = ctx_calendar(c, &calendar);

	if (e == ERR_OK)
		e = calendar_due(calendar, from, INVOICE_DAYS, &day0, &due);
	if (e != ERR_OK && e != ERR_CALENDAR)
		return e;
	return db_exec(c->db, &sql[ADD], I(application_id), I(from), D(e == ERR_OK ? due : (struct date){0}));
}

static enum err come_due(struct ctx *c, void *arg)
{
	const struct job *job = arg;
	struct application app;
	enum err e = application_by_id(c, strtoll(job->ref, NULL, 10), &app);

	if (e == ERR_OK)
		e = add(c, app.id, app.state_at);
	return e == ERR_OK ? job_done(c, job) : e;
}

enum err invoice_job(struct ctx *c, const struct job *job)
{
	struct job done = *job;

	return ctx_tx(c, come_due, &done);
}

/* --- reading --- */

enum err invoice_read(struct ctx *c, int64_t id, struct invoice *ret_invoice)
{
	return db_one(c->db, &sql[READ], &invoice_shape, ret_invoice, I(id));
}

enum err invoice_lock(struct ctx *c, int64_t id, struct invoice *ret_invoice)
{
	struct db_int locked;
	enum err e = db_one(c->db, &sql[LOCK], &db_int_shape, &locked, I(id));

	if (e == ERR_OK)
		e = invoice_read(c, id, ret_invoice);
	return e == ERR_OK && c->expect && ret_invoice->version != c->expect ? ERR_STALE : e;
}

enum err invoice_of_case(struct ctx *c, const struct application *app, struct invoice *ret_invoice)
{
	return db_one(c->db, &sql[OF_CASE], &invoice_shape, ret_invoice, I(app->id));
}

const char *invoice_title(const struct application *app, const char **ret_tax)
{
	const struct invoice_data *in = &app->data.invoice;

	*ret_tax = text_empty(in->tax_number) ? NULL : in->tax_number;
	return text_empty(in->title) ? application_payer(app) : in->title;
}

/* --- files --- */

struct sealed {
	struct bytes at;
};
static const struct field sealed_fields[] = {BYTES(struct sealed, at, "sealed", 0)};
static const struct shape sealed_shape = SHAPE(struct sealed, sealed_fields);

enum err invoice_file(
	struct ctx *c, const struct invoice *v, enum invoice_file which, struct bytes *ret_file, const char **ret_name)
{
	static const char *const endings[] = {[INVOICE_XML] = "xml", [INVOICE_PDF] = "pdf"};
	struct sealed s;
	enum err e = db_one(c->db, &sql[which == INVOICE_PDF ? SEALED_PDF : SEALED_XML], &sealed_shape, &s, I(v->id));

	if (e == ERR_OK)
		e = keyring_open(c->arena, &c->house->master,
			arena_printf(c->arena, "invoice.%s:%" PRId64, endings[which], v->id), s.at, ret_file);
	if (e == ERR_OK)
		e = audit_look(c, "invoice_file", v->no, arena_printf(c->arena, "%s %s", v->number, endings[which]));
	*ret_name = arena_printf(c->arena, "电子发票%s.%s", v->number, endings[which]);
	return e;
}

/* --- reversal --- */

enum err invoice_reverse(struct ctx *c, int64_t id, const struct invoice_red *in)
{
	struct invoice v;
	enum err e = invoice_lock(c, id, &v);

	assert(db_in_tx(c->db));
	if (e != ERR_OK)
		return e;
	if (text_eq(v.state, "due") || text_eq(v.state, "reversed"))
		return ctx_say(c, ERR_WRONG_STATE,
			text_eq(v.state, "due") ? "这张发票还没有导入，不用冲红" : "这张发票已经冲红");
	if (text_eq(in->number, v.number)) {
		fault_add(&c->faults, "/number", "same", "红字发票号码应是另一张发票的，不是原发票的");
		return ERR_INVALID;
	}
	e = db_exec(c->db, &sql[REVERSE], S(in->number), S(in->reason), I(c->actor.staff_id), I(c->now), I(id),
		I(v.version));
	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "这个红字发票号码已经登记在另一张发票上");
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e == ERR_OK && v.kept_fen > 0)
		e = add(c, v.application_id, c->now);
	audit_add(c, "invoice_reversed", v.no, arena_printf(c->arena, "%s %s", v.number, in->number));
	return e;
}
