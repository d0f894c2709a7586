#include "domain/alipay_bill.h"

#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/audit.h"
#include "io/csv.h"

enum { OURS, REFUNDS };

static const struct sql sql[] = {
	[OURS] =
		{"SELECT bank_serial, amount_fen, at FROM payment WHERE method='alipay' AND undone_at=0 AND at>=? AND at<? ORDER BY id "
		 "LIMIT 20000",
			"ii", "sii"},
	[REFUNDS] =
		{"SELECT CONCAT('R', r.id), r.fen, r.done_at FROM refund r WHERE r.place='alipay' AND r.state='paid' AND r.done_at>=? AND "
		 "r.done_at<? ORDER BY r.id LIMIT 20000",
			"ii", "sii"},
};
SQL_TABLE(alipay_bill);

struct entry {
	const char *key; /* number of the trade, of a refund our number of the request */
	int64_t fen, at;
	bool met;
};
static const struct field entry_fields[] = {
	TEXT(struct entry, key, "key", 0, 0, NULL),
	INT(struct entry, fen, "fen", 0, 0),
	INT(struct entry, at, "at", 0, 0),
};
static const struct shape entry_shape = SHAPE(struct entry, entry_fields);

enum column { TRADE, KIND, DONE, SUM, REQUEST, COLUMNS };
static const char *const titles[COLUMNS] = {
	[TRADE] = "支付宝交易号",
	[KIND] = "业务类型",
	[DONE] = "完成时间",
	[SUM] = "订单金额（元）",
	[REQUEST] = "退款批次号/请求号",
};

struct bill {
	struct entry *trade, *refund;
	size_t trades, refunds;
	struct date first, last;
};

/* Cells end in a tab, so that spreadsheets leave long numbers alone. */
static const char *cell(struct arena *a, const struct csv_row *row, size_t column)
{
	return column < row->cells.count ? utf8_trim(a, row->cells.at[column]) : "";
}

static bool head(struct arena *a, const struct csv_row *row, size_t ret_at[COLUMNS])
{
	for (int t = 0; t < COLUMNS; t++) {
		ret_at[t] = row->cells.count;
		for (size_t i = 0; i < row->cells.count; i++)
			if (text_eq(cell(a, row, i), titles[t]))
				ret_at[t] = i;
		if (ret_at[t] == row->cells.count)
			return false;
	}
	return true;
}

/* Refunds stand with a minus. */
static bool sum_of(const char *text, int64_t *ret_fen)
{
	return money_parse(*text == '-' ? text + 1 : text, ret_fen);
}

static void read_row(struct ctx *c, const struct csv_row *row, const size_t at[COLUMNS], struct bill *b)
{
	const char *kind = cell(c->arena, row, at[KIND]);
	const char *day = arena_printf(c->arena, "%.10s", cell(c->arena, row, at[DONE]));
	bool back = text_eq(kind, "退款");
	struct entry e = {.key = cell(c->arena, row, at[back ? REQUEST : TRADE])};
	struct date d;

	if ((!back && !text_eq(kind, "交易")) || text_empty(e.key) || !sum_of(cell(c->arena, row, at[SUM]), &e.fen) ||
		!date_parse(day, &d)) {
		fault_add(&c->faults, arena_printf(c->arena, "/lines/%lld", (long long)row->line), "bill_row",
			"第%lld行的业务类型、交易号、完成时间或金额不能识别", (long long)row->line);
		return;
	}
	if (back)
		b->refund[b->refunds++] = e;
	else
		b->trade[b->trades++] = e;
	if (date_none(b->first) || date_cmp(d, b->first) < 0)
		b->first = d;
	if (date_none(b->last) || date_cmp(d, b->last) > 0)
		b->last = d;
}

static enum err read(struct ctx *c, struct bytes file, struct bill *b)
{
	size_t at[COLUMNS];
	bool begun = false;
	struct list rows;
	enum err e = csv_read(c->arena, file, &rows, &c->faults);

	if (e != ERR_OK)
		return e;
	b->trade = arena_array(c->arena, rows.count + 1, sizeof *b->trade);
	b->refund = arena_array(c->arena, rows.count + 1, sizeof *b->refund);
	for (size_t i = 0; i < rows.count; i++) {
		const struct csv_row *row = &((const struct csv_row *)rows.at)[i];

		if (!row->cells.count || *cell(c->arena, row, 0) == '#')
			continue;
		if (begun)
			read_row(c, row, at, b);
		else
			begun = head(c->arena, row, at);
	}
	if (!begun)
		fault_add(&c->faults, "/lines", "bill_head",
			"这不是支付宝的业务明细账单：没有找到“支付宝交易号、业务类型、订单金额”等列");
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static void differs(
	struct json_out *j, const char *kind, const char *key, int64_t bill, int64_t our, int64_t *ret_count)
{
	json_object(j, NULL);
	json_text(j, "kind", kind);
	json_text(j, "number", key);
	json_int(j, "bill_fen", bill);
	json_int(j, "our_fen", our);
	json_end(j);
	++*ret_count;
}

static const struct {
	const char *not_here, *not_there, *sum;
} kinds[] = {
	[OURS] = {"trade_not_here", "trade_not_there", "trade_sum"},
	[REFUNDS] = {"refund_not_here", "refund_not_there", "refund_sum"},
};

/* What is paid at midnight is booked after: ours are looked for a day around, and missed only when they were booked well inside. */
static enum err hold(
	struct ctx *c, int which, const struct bill *b, struct list bill, struct json_out *j, int64_t *ret_count)
{
	enum { MIDNIGHT_S = 600 };
	int64_t from = date_moment(b->first, 0, 0, 0), to = date_moment(b->last, 0, 0, 0) + DAY_S;
	struct entry *at = bill.at, *ours;
	struct list rows;
	enum err e = db_all(c->db, &sql[which], &entry_shape, &rows, I(from - DAY_S), I(to + DAY_S));

	if (e != ERR_OK)
		return e;
	ours = rows.at;
	qsort(ours, rows.count, sizeof *ours, by_key);
	for (size_t i = 0; i < bill.count; i++) {
		struct entry *o = bsearch(&at[i], ours, rows.count, sizeof *ours, by_key);

		if (o)
			o->met = true;
		if (!o || o->fen != at[i].fen)
			differs(j, o ? kinds[which].sum : kinds[which].not_here, at[i].key, at[i].fen, o ? o->fen : 0,
				ret_count);
	}
	for (size_t i = 0; i < rows.count; i++)
		if (!ours[i].met && ours[i].at >= from + MIDNIGHT_S && ours[i].at < to)
			differs(j, kinds[which].not_there, ours[i].key, 0, ours[i].fen, ret_count);
	return ERR_OK;
}

enum err alipay_bill_write(struct ctx *c, struct bytes file, struct json_out *j)
{
	struct bill b = {0};
	int64_t count = 0;
	enum err e = read(c, file, &b);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_day(j, "first_day", b.first);
	json_day(j, "last_day", b.last);
	json_int(j, "trades", (int64_t)b.trades);
	json_int(j, "refunds", (int64_t)b.refunds);
	json_list(j, "differences");
	if (b.trades + b.refunds) {
		e = hold(c, OURS, &b, (struct list){b.trade, b.trades}, j, &count);
		if (e == ERR_OK)
			e = hold(c, REFUNDS, &b, (struct list){b.refund, b.refunds}, j, &count);
	}
	json_end(j);
	json_bool(j, "agree", count == 0);
	json_end(j);
	audit_add(
		c, "alipay_bill", date_text(c->arena, b.last), arena_printf(c->arena, "%lld differ", (long long)count));
	return e;
}
