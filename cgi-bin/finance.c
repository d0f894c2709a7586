/* Finance: money that arrived, recorded by hand for a case. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/money.h"
#include "base/rule.h"
#include "domain/desk.h"
#include "domain/payment.h"
#include "domain/queue.h"
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
	struct application app;

	return answer(w, payment_book(&w->c, WEB_NO(w), w->in, &app), &app);
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

	return answer(w, payment_book(&w->c, WEB_NO(w), &payment, &app), &app);
}

static enum err recent(struct web *w)
{
	const struct queue_query *query = w->query;
	int64_t limit = query->limit ? query->limit : 50, after = 0;
	struct json_out *j = &w->json;
	struct list rows;
	const struct payment *p;
	char *end = NULL;
	enum err e;

	if (query->after)
		after = strtoll(query->after, &end, 10);
	if (query->after && (*end || after <= 0)) {
		fault_add(&w->c.faults, "/after", "after", "翻页位置不正确，请从第一页开始");
		return ERR_INVALID;
	}
	e = payment_recent(&w->c, after, limit, &rows);
	if (e != ERR_OK)
		return e;
	p = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = payment_write(&w->c, &p[i], j);
	json_end(j);
	json_text(j, "next",
		(int64_t)rows.count == limit ? arena_printf(w->c.arena, "%" PRId64, p[rows.count - 1].id) : NULL);
	json_end(j);
	return e;
}

static const struct route routes[] = {
	{POST, "/api/staff/applications/:no/payments", PERM_MONEY, ROUTE_TX, &payment_in_shape, NULL, book},
	{POST, "/api/staff/applications/:no/receipts", PERM_WALKIN, ROUTE_TX, &receipt_shape, NULL, receipt},
	{GET, "/api/staff/payments", PERM_MONEY, 0, NULL, &list_query_shape, recent},
};

int main(int argc, char **argv)
{
	return web_run("finance", argc, argv, ROUTES(routes));
}
