/* Finance: money that arrived, recorded by hand for a case, and what the bank says of it. */
#include <stdlib.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/alipay_bill.h"
#include "domain/allot.h"
#include "domain/desk.h"
#include "domain/invoice.h"
#include "domain/ledger_day.h"
#include "domain/match.h"
#include "domain/payment.h"
#include "domain/payment_export.h"
#include "domain/proposal.h"
#include "domain/refund.h"
#include "domain/queue.h"
#include "domain/statement_import.h"
#include "domain/statement_map.h"
#include "web/web.h"

/* Money taken at the counter today, by who stands there. */
struct receipt_in {
	const char *payer_name, *receipt;
	int64_t amount_fen;
};
static const struct field receipt_fields[] = {
	TEXT_REQUIRED(struct receipt_in, payer_name, "付款人", 2, 128, rule_unit),
	TEXT_REQUIRED(struct receipt_in, receipt, "收据号", 1, 60, rule_line),
	INT_REQUIRED(struct receipt_in, amount_fen, "金额（分）", 1, MONEY_MAX_FEN),
};
static const struct shape receipt_shape = SHAPE(struct receipt_in, receipt_fields);

static enum err answer(struct web *w, enum err e, const struct application *app)
{
	if (e != ERR_OK)
		return e;
	w->etag = app->version;
	e = desk_write(&w->c, app, &w->json);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err book(struct web *w)
{
	const struct payment_in *in = w->in;
	struct application app;
	enum err e = text_eq(in->method, "counter") ? payment_receipt(&w->c, WEB_NO(w), in, &app)
						    : allot_typed(&w->c, WEB_NO(w), in, &app);

	return answer(w, e, &app);
}

static enum err receipt(struct web *w)
{
	const struct receipt_in *in = w->in;
	const struct payment_in payment = {
		.payer_name = in->payer_name,
		.bank_serial = in->receipt,
		.method = "counter",
		.amount_fen = in->amount_fen,
		.value_date = date_of_moment(w->c.now),
	};
	struct application app;

	return answer(w, payment_receipt(&w->c, WEB_NO(w), &payment, &app), &app);
}

/* Where a page begins and how long it is. */
static enum err page(struct web *w, int64_t *ret_after, int64_t *ret_limit)
{
	const struct queue_query *query = w->query;
	char *end = NULL;

	*ret_limit = query->limit ? query->limit : 50;
	*ret_after = query->after ? strtoll(query->after, &end, 10) : 0;
	if (!query->after || (!*end && *ret_after > 0))
		return ERR_OK;
	fault_add(&w->c.faults, "/after", "after", "翻页位置不正确，请从第一页开始");
	return ERR_INVALID;
}

static enum err recent(struct web *w)
{
	int64_t limit, after;
	struct json_out *j = &w->json;
	struct list rows;
	const struct payment *p;
	enum err e = page(w, &after, &limit);

	if (e == ERR_OK)
		e = payment_recent(&w->c, after, limit, &rows);
	if (e != ERR_OK)
		return e;
	p = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = payment_write(&w->c, &p[i], j);
	json_end(j);
	JSON_NEXT(j, &rows, limit, struct payment);
	json_end(j);
	return e;
}

static enum err import(struct web *w)
{
	const struct statement_query *query = w->query;

	return query->preview ? statement_preview(&w->c, w->body, query, &w->json)
			      : statement_import(&w->c, w->body, query, &w->json);
}

static enum err imports(struct web *w)
{
	int64_t limit, after;
	enum err e = page(w, &after, &limit);

	return e == ERR_OK ? statement_write_list(&w->c, after, limit, &w->json) : e;
}

static enum err imported(struct web *w)
{
	int64_t limit, after, id;
	char *end;
	enum err e = page(w, &after, &limit);

	id = strtoll(w->segment[0], &end, 10);
	if (*end || id <= 0)
		return ERR_NOT_FOUND;
	return e == ERR_OK ? statement_write(&w->c, id, after, limit, &w->json) : e;
}

static enum err map(struct web *w)
{
	return statement_map(&w->c, w->segment[0], w->in, &w->json);
}

/* --- lines of the bank and whose money they are --- */

struct why_in {
	const char *reason;
};
static const struct field why_fields[] = {TEXT_REQUIRED(struct why_in, reason, "原因", 2, 200, rule_line)};
static const struct shape why_shape = SHAPE(struct why_in, why_fields);

static int64_t number(const struct web *w)
{
	return strtoll(w->segment[0], NULL, 10);
}

static enum err lines(struct web *w)
{
	return allot_write_lines(&w->c, w->query, &w->json);
}

static enum err line(struct web *w)
{
	return match_write(&w->c, number(w), &w->etag, &w->json);
}

/* The line as it is after what was done to it; who else could be meant is asked anew. */
static enum err line_again(struct web *w, enum err e)
{
	struct bank_line l;

	if (e == ERR_OK)
		e = allot_read(&w->c, number(w), &l);
	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	allot_write_line(&w->c, &l, &w->json);
	e = allot_write_payments(&w->c, &l, &w->json);
	json_end(&w->json);
	return e;
}

static enum err share(struct web *w)
{
	return line_again(w, allot_share(&w->c, number(w), w->in, &w->etag));
}

static enum err set_aside(struct web *w)
{
	return line_again(w, allot_set_aside(&w->c, number(w), ((const struct why_in *)w->in)->reason, &w->etag));
}

static enum err take_up(struct web *w)
{
	return line_again(w, allot_take_up(&w->c, number(w), &w->etag));
}

static enum err undo(struct web *w)
{
	struct application app;
	enum err e = allot_undo(&w->c, number(w), ((const struct why_in *)w->in)->reason, &app);

	if (e != ERR_OK)
		return e;
	w->etag = app.version;
	return desk_write(&w->c, &app, &w->json);
}

/* --- refunds --- */

static enum err refund_answer(struct web *w, enum err e, int64_t id)
{
	return e == ERR_OK ? refund_write_one(&w->c, id, &w->etag, &w->json) : e;
}

static enum err refund_asked(struct web *w)
{
	int64_t id = 0;
	enum err e = refund_ask(&w->c, w->in, &id);

	e = refund_answer(w, e, id);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err refunds(struct web *w)
{
	return refund_write_list(&w->c, w->query, &w->json);
}

static enum err refund_one(struct web *w)
{
	return refund_answer(w, ERR_OK, number(w));
}

static enum err refund_yes(struct web *w)
{
	return refund_answer(w, refund_decide(&w->c, number(w), true, NULL), number(w));
}

static enum err refund_no(struct web *w)
{
	const struct why_in *in = w->in;

	return refund_answer(w, refund_decide(&w->c, number(w), false, in->reason), number(w));
}

struct done_in {
	const char *text;
};
static const struct field done_fields[] = {TEXT_REQUIRED(struct done_in, text, "银行回单号或说明", 2, 200, rule_line)};
static const struct shape done_shape = SHAPE(struct done_in, done_fields);

static enum err refund_paid(struct web *w)
{
	const struct done_in *in = w->in;

	return refund_answer(w, refund_done(&w->c, number(w), true, in->text), number(w));
}

static enum err refund_failed(struct web *w)
{
	const struct why_in *in = w->in;

	return refund_answer(w, refund_done(&w->c, number(w), false, in->reason), number(w));
}

static enum err refund_once_more(struct web *w)
{
	return refund_answer(w, refund_again(&w->c, number(w)), number(w));
}

static enum err refund_out(struct web *w)
{
	const char *batch;
	int64_t count, fen;
	enum err e = refund_send(&w->c, &batch, &count, &fen);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_text(&w->json, "batch", batch);
	json_int(&w->json, "count", count);
	json_int(&w->json, "amount_fen", fen);
	json_end(&w->json);
	return ERR_OK;
}

static enum err csv(struct web *w, enum err e, const char *name, struct bytes file)
{
	struct str header;

	if (e != ERR_OK)
		return e;
	str_init(&header, w->c.arena);
	str_add(&header, "attachment; ");
	str_filename(&header, name);
	web_header(w, "Content-Disposition", header.at);
	web_bytes(w, "text/csv; charset=utf-8", file);
	return ERR_OK;
}

static enum err refund_file(struct web *w)
{
	struct bytes file = {0};
	enum err e = refund_export(&w->c, w->segment[0], &file);

	return csv(w, e, arena_printf(w->c.arena, "退款%s.csv", w->segment[0]), file);
}

static enum err balance(struct web *w)
{
	return ledger_write_balance(&w->c, &w->json);
}

static enum err books(struct web *w)
{
	return ledger_write_check(&w->c, &w->json);
}

static enum err today(struct web *w)
{
	return ledger_write_today(&w->c, &w->json);
}

static enum err days(struct web *w)
{
	return ledger_write_days(&w->c, w->query, &w->json);
}

static enum err payments_file(struct web *w)
{
	const struct ledger_days *in = w->query;
	struct bytes file = {0};
	enum err e = ledger_days_check(&w->c, in);

	if (e == ERR_OK)
		e = proposal_opens(&w->c, "export_payments", payment_export_subject(&w->c, in), PAYMENT_EXPORT_OPEN_S);
	if (e == ERR_TWO_PERSONS)
		return ctx_say(&w->c, e, "导出须另一位财务同意：请先申请导出，同意后24小时内由您下载");
	if (e == ERR_OK)
		e = payment_export(&w->c, in, &file);

	return csv(w, e,
		arena_printf(
			w->c.arena, "收款%s至%s.csv", date_text(w->c.arena, in->from), date_text(w->c.arena, in->to)),
		file);
}

/* --- invoices --- */

struct import_query {
	const char *no;
};
static const struct field import_fields[] = {TEXT(struct import_query, no, "申请单号", 8, 20, rule_case_no)};
static const struct shape import_shape = SHAPE(struct import_query, import_fields);

struct picture_query {
	const char *number;
};
static const struct field picture_fields[] = {
	TEXT_REQUIRED(struct picture_query, number, "发票号码", 20, 20, rule_word)};
static const struct shape picture_shape = SHAPE(struct picture_query, picture_fields);

static enum err invoice_answer(struct web *w, enum err e, int64_t id)
{
	return e == ERR_OK ? invoice_write_one(&w->c, id, &w->etag, &w->json) : e;
}

static enum err invoices(struct web *w)
{
	return invoice_write_list(&w->c, w->query, &w->json);
}

static enum err invoice_one(struct web *w)
{
	return invoice_answer(w, ERR_OK, number(w));
}

static enum err invoice_take(struct web *w)
{
	int64_t id = 0;
	enum err e = invoice_import(&w->c, ((const struct import_query *)w->query)->no, w->body, &id);

	return invoice_answer(w, e, id);
}

static enum err invoice_picture(struct web *w)
{
	const struct picture_query *query = w->query;

	return invoice_answer(w, invoice_add_pdf(&w->c, number(w), query->number, w->body), number(w));
}

static enum err invoice_send(struct web *w)
{
	return invoice_answer(w, invoice_deliver(&w->c, number(w)), number(w));
}

static enum err invoice_red(struct web *w)
{
	return invoice_answer(w, invoice_reverse(&w->c, number(w), w->in), number(w));
}

static enum err bill(struct web *w)
{
	return alipay_bill_write(&w->c, w->body, &w->json);
}

static const struct route routes[] = {
	{GET, "/api/staff/invoices", PERM_MONEY, 0, NULL, &invoice_query_shape, invoices},
	{POST, "/api/staff/invoices", PERM_MONEY, ROUTE_RAW, NULL, &import_shape, invoice_take},
	{GET, "/api/staff/invoices/:id", PERM_MONEY, 0, NULL, NULL, invoice_one},
	{POST, "/api/staff/invoices/:id/pdf", PERM_MONEY, ROUTE_RAW, NULL, &picture_shape, invoice_picture},
	{POST, "/api/staff/invoices/:id/deliver", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, NULL, NULL, invoice_send},
	{POST, "/api/staff/invoices/:id/reverse", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, &invoice_red_shape, NULL,
		invoice_red},
	{POST, "/api/staff/applications/:no/payments", PERM_MONEY, ROUTE_TX, &payment_in_shape, NULL, book},
	{POST, "/api/staff/applications/:no/receipts", PERM_WALKIN, ROUTE_TX, &receipt_shape, NULL, receipt},
	{GET, "/api/staff/payments", PERM_MONEY, 0, NULL, &list_query_shape, recent},
	{POST, "/api/staff/statements", PERM_MONEY, ROUTE_RAW, NULL, &statement_query_shape, import},
	{GET, "/api/staff/statements", PERM_MONEY, 0, NULL, &list_query_shape, imports},
	{GET, "/api/staff/statements/:id", PERM_MONEY, 0, NULL, &list_query_shape, imported},
	{PUT, "/api/staff/statement-mappings/:account", PERM_MONEY, ROUTE_TX, &statement_mapping_shape, NULL, map},
	{POST, "/api/staff/payments/:id/undo", PERM_MONEY, ROUTE_TX, &why_shape, NULL, undo},
	{GET, "/api/staff/bank-lines", PERM_MONEY, 0, NULL, &allot_query_shape, lines},
	{GET, "/api/staff/bank-lines/:id", PERM_MONEY, 0, NULL, NULL, line},
	{POST, "/api/staff/bank-lines/:id/allot", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, &allot_in_shape, NULL, share},
	{POST, "/api/staff/bank-lines/:id/aside", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, &why_shape, NULL, set_aside},
	{POST, "/api/staff/alipay-bills", PERM_MONEY, ROUTE_TX | ROUTE_RAW, NULL, NULL, bill},
	{GET, "/api/staff/ledger", PERM_MONEY, 0, NULL, NULL, balance},
	{GET, "/api/staff/money/today", PERM_MONEY, 0, NULL, NULL, today},
	{GET, "/api/staff/money/days", PERM_MONEY, 0, NULL, &ledger_days_shape, days},
	{GET, "/api/staff/money/check", PERM_MONEY, 0, NULL, NULL, books},
	{GET, "/api/staff/money/payments", PERM_MONEY, ROUTE_TX, NULL, &ledger_days_shape, payments_file},
	{POST, "/api/staff/refunds", PERM_MONEY, ROUTE_TX, &refund_in_shape, NULL, refund_asked},
	{GET, "/api/staff/refunds", PERM_MONEY, 0, NULL, &refund_query_shape, refunds},
	{POST, "/api/staff/refunds/export", PERM_MONEY, ROUTE_TX, NULL, NULL, refund_out},
	{GET, "/api/staff/refunds/batches/:batch", PERM_MONEY, ROUTE_TX, NULL, NULL, refund_file},
	{GET, "/api/staff/refunds/:id", PERM_MONEY, 0, NULL, NULL, refund_one},
	{POST, "/api/staff/refunds/:id/approve", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, NULL, NULL, refund_yes},
	{POST, "/api/staff/refunds/:id/refuse", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, &why_shape, NULL, refund_no},
	{POST, "/api/staff/refunds/:id/paid", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, &done_shape, NULL, refund_paid},
	{POST, "/api/staff/refunds/:id/failed", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, &why_shape, NULL, refund_failed},
	{POST, "/api/staff/refunds/:id/again", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, NULL, NULL, refund_once_more},
	{POST, "/api/staff/bank-lines/:id/resume", PERM_MONEY, ROUTE_TX | ROUTE_IF_MATCH, NULL, NULL, take_up},
};

int main(int argc, char **argv)
{
	return web_run("finance", argc, argv, ROUTES(routes));
}
