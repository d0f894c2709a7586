#include "domain/fee.h"

#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"

static const struct field line_fields[] = {
	TEXT(struct fee_line, text, "项目", 0, 100, NULL),
	INT(struct fee_line, unit_fen, "单价（分）", 0, 0),
	INT(struct fee_line, count, "数量", 0, 0),
	INT(struct fee_line, sum_fen, "小计（分）", 0, 0),
};
static const struct shape line_shape = SHAPE(struct fee_line, line_fields);

static const struct field quote_fields[] = {
	INT(struct fee_quote, total_fen, "合计（分）", 0, 0),
	LIST(struct fee_quote, lines, "明细", 0, 8, &line_shape),
};
const struct shape fee_quote_shape = SHAPE(struct fee_quote, quote_fields);

enum { LINES_MAX = 2 };

/* false: the sum would be more than any sum here can be. */
static bool add_line(struct fee_quote *q, const char *text, int64_t unit_fen, int64_t count)
{
	struct fee_line *line = (struct fee_line *)q->lines.at + q->lines.count;
	int64_t sum, total;

	if (__builtin_mul_overflow(unit_fen, count, &sum) || __builtin_add_overflow(q->total_fen, sum, &total) ||
		total > MONEY_MAX_FEN)
		return false;
	*line = (struct fee_line){text, unit_fen, count, sum};
	q->lines.count++;
	q->total_fen = total;
	return true;
}

static const char *medium_text(struct arena *a, const struct catalog_fee *f)
{
	if (!f->medium_fen)
		return "首年";
	return arena_printf(a, "首年（含介质费%" PRId64 "元）", f->medium_fen / 100);
}

/* n × m, both already within the catalogue's limits. */
static bool per_year(struct arena *a, const struct catalog_fee *f, int64_t years, int64_t count, struct fee_quote *q)
{
	if (f->first_fen == f->next_fen && !f->medium_fen)
		return add_line(q, arena_printf(a, "%" PRId64 "年", years), f->first_fen, years * count);
	if (!add_line(q, medium_text(a, f), f->first_fen, count))
		return false;
	return years == 1 ||
	       add_line(q, arena_printf(a, "次年起，%" PRId64 "年", years - 1), f->next_fen, (years - 1) * count);
}

static void check_range(struct faults *faults, const char *pointer, const char *label, int64_t value, int64_t max)
{
	if (value < 1 || value > max)
		fault_add(faults, pointer, "range", "%s应在1至%" PRId64 "之间", label, max);
}

static const struct catalog_fee *find(
	const struct catalog *c, const char *service, const char *holder, struct faults *faults)
{
	const struct catalog_fee *f;

	if (!catalog_service(c, service))
		fault_add(faults, "/service", "choice", "没有这项业务");
	if (!catalog_holder(c, holder))
		fault_add(faults, "/holder", "choice", "没有这种证书");
	if (faults->count)
		return NULL;
	f = catalog_fee(c, service, holder);
	if (!f)
		fault_add(faults, "/holder", "not_offered", "这种证书不办理这项业务");
	return f;
}

enum err fee_quote(struct arena *a, const struct catalog *c, const char *service, const char *holder, int64_t years,
	int64_t count, struct fee_quote *ret_quote, struct faults *faults)
{
	struct faults own;
	struct fee_quote q = {.lines.at = arena_array(a, LINES_MAX, sizeof(struct fee_line))};
	const struct catalog_fee *f;
	bool fits = true;

	faults_init(&own, a);
	f = find(c, service, holder, &own);
	if (f && text_eq(f->per, "year"))
		check_range(&own, "/years", "年限", years, c->limits.years_max);
	check_range(&own, "/count", "张数", count, c->limits.items_max);
	if (!own.count && text_eq(f->per, "year"))
		fits = per_year(a, f, years, count, &q);
	else if (!own.count && text_eq(f->per, "time") && !catalog_fee_free(f))
		fits = add_line(&q, "每次", f->first_fen, count);
	if (!fits)
		fault_add(&own, "/count", "range", "金额超出范围");
	for (size_t i = 0; i < own.count; i++)
		fault_add(faults, own.at[i].pointer, own.at[i].code, "%s", own.at[i].detail);
	if (own.count)
		return ERR_INVALID;
	*ret_quote = q;
	return ERR_OK;
}
