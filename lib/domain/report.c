#include "domain/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/report_step.h"
#include "domain/report_table.h"
#include "domain/report_time.h"

/* The figures of a range, told apart by day, service, holder or counter; one of the last three is NULL or ''. */
#define SUMS(apart) \
	{ \
		"SELECT " apart \
		", measure, word, CAST(SUM(n) AS SIGNED), CAST(SUM(fen) AS SIGNED) FROM report_day WHERE day>=? AND " \
		"day<=? AND (? IS NULL OR service=?) AND (? IS NULL OR holder=?) AND (? IS NULL OR branch=?) GROUP BY 1,2,3,4", \
			"ddssssss", "dsssii" \
	}

enum { DAYS, SERVICES, HOLDERS, BRANCHES, COUNTED, PENDING };

static const struct sql sql[] = {
	[DAYS] = SUMS("day, ''"),
	[SERVICES] = SUMS("NULL, service"),
	[HOLDERS] = SUMS("NULL, holder"),
	[BRANCHES] = SUMS("NULL, branch"),
	[COUNTED] = {"SELECT MAX(at) FROM report_counted WHERE day>=? AND day<=?", "dd", "i"},
	[PENDING] = {"SELECT COUNT(*) FROM (SELECT 1 FROM report_todo LIMIT 999) n", "", "i"},
};
SQL_TABLE(report);

static const struct field query_fields[] = {
	DAY_REQUIRED(struct report_query, from, "开始日期"),
	DAY_REQUIRED(struct report_query, to, "结束日期"),
	WORD(struct report_query, by, "分组", report_by_words),
	TEXT(struct report_query, service, "业务", 1, 20, rule_word),
	TEXT(struct report_query, holder, "证书类型", 1, 10, rule_word),
	TEXT(struct report_query, branch, "网点", 1, 40, rule_word),
	WORD(struct report_query, step, "步骤", step_words),
};
const struct shape report_query_shape = SHAPE(struct report_query, query_fields);

struct sum {
	struct date day;
	const char *code, *measure, *word;
	int64_t n, fen;
};
static const struct field sum_fields[] = {
	DAY(struct sum, day, "day"),
	TEXT(struct sum, code, "code", 0, 0, NULL),
	TEXT(struct sum, measure, "measure", 0, 0, NULL),
	TEXT(struct sum, word, "word", 0, 0, NULL),
	INT(struct sum, n, "n", 0, 0),
	INT(struct sum, fen, "fen", 0, 0),
};
static const struct shape sum_shape = SHAPE(struct sum, sum_fields);

/* --- reports that are rows of this table -------------------------------------------------------------------------------- */

/* A cell adds up figures: so many of a measure (and word, NULL: any), weighed.  A rate divides two cells of the row. */
struct term {
	const char *measure, *word;
	int weight;
};
struct plan {
	struct report_column column;
	struct term terms[5];
	int part, whole; /* of a rate: columns, from 1 */
};

static const struct plan volume[] = {
	{{"submitted", "提交", REPORT_COUNT, true}, {{"submitted", "first", 1}}, 0, 0},
	{{"completed", "办结", REPORT_COUNT, true}, {{"closed", "completed", 1}}, 0, 0},
	{{"rejected", "不予办理", REPORT_COUNT, false}, {{"closed", "rejected", 1}}, 0, 0},
	{{"withdrawn", "撤回", REPORT_COUNT, false}, {{"closed", "withdrawn", 1}}, 0, 0},
	{{"expired", "关闭", REPORT_COUNT, false}, {{"closed", "expired", 1}}, 0, 0},
};
static const struct plan first_pass[] = {
	{{"accepted", "通过初审", REPORT_COUNT, false}, {{"accepted", NULL, 1}}, 0, 0},
	{{"first", "没有补正过", REPORT_COUNT, false}, {{"accepted", "first", 1}}, 0, 0},
	{{"rate", "一次通过率", REPORT_RATE, true}, {{NULL, NULL, 0}}, 2, 1},
	{{"returned", "发出补正", REPORT_COUNT, false}, {{"returned", NULL, 1}}, 0, 0},
};
static const struct plan on_time[] = {
	{{"handed", "办好", REPORT_COUNT, false}, {{"due", NULL, 1}}, 0, 0},
	{{"kept", "按时", REPORT_COUNT, false}, {{"due", "kept", 1}}, 0, 0},
	{{"missed", "超期", REPORT_COUNT, false}, {{"due", "missed", 1}}, 0, 0},
	{{"rate", "按时率", REPORT_RATE, true}, {{NULL, NULL, 0}}, 2, 1},
};
static const struct plan money[] = {
	{{"in_bank", "转账收款", REPORT_FEN, true}, {{"allotted", "bank", 1}, {"freed", "bank", -1}}, 0, 0},
	{{"in_counter", "前台收款", REPORT_FEN, true}, {{"allotted", "counter", 1}, {"freed", "counter", -1}}, 0, 0},
	{{"in_alipay", "支付宝收款", REPORT_FEN, true}, {{"allotted", "alipay", 1}, {"freed", "alipay", -1}}, 0, 0},
	{{"out_bank", "转账退款", REPORT_FEN, false}, {{"refunded", "bank", 1}, {"refund_failed", "bank", -1}}, 0, 0},
	{{"out_counter", "前台退款", REPORT_FEN, false}, {{"refunded", "counter", 1}, {"refund_failed", "counter", -1}},
		0, 0},
	{{"out_alipay", "支付宝退款", REPORT_FEN, false}, {{"refunded", "alipay", 1}, {"refund_failed", "alipay", -1}},
		0, 0},
	{{"net", "收退净额", REPORT_FEN, false},
		{{"allotted", NULL, 1}, {"freed", NULL, -1}, {"refunded", NULL, -1}, {"refund_failed", NULL, 1}}, 0, 0},
	{{"loose", "未入申请的增减", REPORT_FEN, false},
		{{"received", NULL, 1}, {"bank_returned", NULL, -1}, {"allotted", NULL, -1}, {"freed", NULL, 1},
			{"loose_to_refund", NULL, -1}},
		0, 0},
};
static const struct plan ratings[] = {
	{{"s5", "非常满意", REPORT_COUNT, true}, {{"rating", "5", 1}}, 0, 0},
	{{"s4", "满意", REPORT_COUNT, true}, {{"rating", "4", 1}}, 0, 0},
	{{"s3", "基本满意", REPORT_COUNT, true}, {{"rating", "3", 1}}, 0, 0},
	{{"s2", "不满意", REPORT_COUNT, true}, {{"rating", "2", 1}}, 0, 0},
	{{"s1", "非常不满意", REPORT_COUNT, true}, {{"rating", "1", 1}}, 0, 0},
	{{"all", "评价", REPORT_COUNT, false}, {{"rating", NULL, 1}}, 0, 0},
	{{"good", "好评", REPORT_COUNT, false}, {{"rating", "5", 1}, {"rating", "4", 1}, {"rating", "3", 1}}, 0, 0},
	{{"rate", "好评率", REPORT_RATE, false}, {{NULL, NULL, 0}}, 7, 6},
};

enum { VOLUME, FIRST_PASS, ON_TIME, MONEY, RATINGS };

static const char *say_volume(struct arena *a, const int64_t *t)
{
	return arena_printf(a, "提交%" PRId64 "件，办结%" PRId64 "件。", t[0], t[1]);
}

static const char *say_first(struct arena *a, const int64_t *t)
{
	return t[0] ? arena_printf(a, "通过初审%" PRId64 "件，%" PRId64 "件没有补正过，一次通过率%s。", t[0], t[1],
			      report_cell(a, REPORT_RATE, t[2]))
		    : "这段时间没有通过初审的。";
}

static const char *say_due(struct arena *a, const int64_t *t)
{
	return t[0] ? arena_printf(a, "有承诺日的办好%" PRId64 "件，超期%" PRId64 "件，按时率%s。", t[0], t[2],
			      report_cell(a, REPORT_RATE, t[3]))
		    : "这段时间没有有承诺日的件办好。";
}

static const char *say_money(struct arena *a, const int64_t *t)
{
	return arena_printf(a, "收款%s，退款%s，净额%s。", money_text(a, t[0] + t[1] + t[2]),
		money_text(a, t[3] + t[4] + t[5]), money_text(a, t[6]));
}

static const char *say_ratings(struct arena *a, const int64_t *t)
{
	return t[5] ? arena_printf(a, "收到评价%" PRId64 "个，好评率%s，差评%" PRId64 "个。", t[5],
			      report_cell(a, REPORT_RATE, t[7]), t[3] + t[4])
		    : "这段时间没有收到评价。";
}

static const struct report {
	const char *word, *title, *chart, *note;
	const struct plan *plan;
	size_t count;
	const char *(*say)(struct arena *a, const int64_t *total);
} reports[] = {
	[VOLUME] = {"volume", "办件量", "bars", "按发生的那天算。提交只算第一次；没提交就放弃的不算。", volume,
		ARRAY_LEN(volume), say_volume},
	[FIRST_PASS] = {"first_pass", "一次通过率", "rates", "算在通过初审的那天；系统自动审核通过的也在内。",
		first_pass, ARRAY_LEN(first_pass), say_first},
	[ON_TIME] = {"on_time", "时限达成", "rates",
		"承诺日以前（含当日）寄出、备好、可以安装或办结的为按时，算在办好的那天。", on_time, ARRAY_LEN(on_time),
		say_due},
	[MONEY] = {"money", "收退款", "money",
		"收款是记到申请的款，按银行起息日；退款按付出的那天。未入申请的增减：到账、还没有记到申请的款多了或少了多少。",
		money, ARRAY_LEN(money), say_money},
	[RATINGS] = {"ratings", "好差评", "stack",
		"按第一次评价的那天算，改过的以改后的为准。非常满意、满意、基本满意为好评。", ratings,
		ARRAY_LEN(ratings), say_ratings},
};

/* --- filling them ---------------------------------------------------------------------------------------------------------- */

static void add_up(const struct plan *p, const struct sum *s, int64_t *cell)
{
	for (size_t i = 0; i < ARRAY_LEN(p->terms) && p->terms[i].measure; i++)
		if (text_eq(p->terms[i].measure, s->measure) &&
			(!p->terms[i].word || text_eq(p->terms[i].word, s->word)))
			*cell += p->terms[i].weight * (p->column.unit == REPORT_FEN ? s->fen : s->n);
}

static void divide(const struct report *r, int64_t *cells)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->plan[i].whole)
			cells[i] = report_rate(cells[r->plan[i].part - 1], cells[r->plan[i].whole - 1]);
}

static void fill(struct arena *a, const struct report *r, const struct report_axis *axis, const struct list *sums,
	struct report_table *ret_table)
{
	struct report_row *rows = arena_array(a, axis->count + 1, sizeof *rows), *total = &rows[axis->count];
	struct report_column *columns = arena_array(a, r->count, sizeof *columns);

	for (size_t i = 0; i <= axis->count; i++) {
		rows[i].label = i < axis->count ? axis->at[i].label : "合计";
		rows[i].cells = arena_array(a, r->count, sizeof *rows[i].cells);
	}
	CATALOG_EACH(struct sum, s, sums) {
		struct report_row *row = &rows[report_axis_find(axis, s->day, s->code)];

		for (size_t i = 0; i < r->count; i++) {
			add_up(&r->plan[i], s, &row->cells[i]);
			add_up(&r->plan[i], s, &total->cells[i]);
		}
	}
	for (size_t i = 0; i <= axis->count; i++)
		divide(r, rows[i].cells);
	for (size_t i = 0; i < r->count; i++)
		columns[i] = r->plan[i].column;
	*ret_table = (struct report_table){r->word, r->title, axis->head, r->chart, r->note, r->say(a, total->cells),
		columns, r->count, rows, total, axis->count};
}

/* What lies loose is no case's: of a part it says nothing. */
static void no_loose(struct report_table *t, bool rows, bool total)
{
	size_t last = t->column_count - 1;

	for (size_t i = 0; rows && i < t->row_count; i++)
		t->rows[i].cells[last] = REPORT_NONE;
	if (total)
		t->total->cells[last] = REPORT_NONE;
}

/* --- why papers go back ----------------------------------------------------------------------------------------------------- */

static const struct report_column reason_columns[] = {
	{"n", "次数", REPORT_COUNT, true},
	{"share", "占比", REPORT_RATE, false},
	{"sum", "累计", REPORT_RATE, true},
};
enum { REASON_N, REASON_SHARE, REASON_SUM, REASON_CELLS };

static int more_first(const void *a, const void *b)
{
	const struct report_row *x = a, *y = b;

	if (x->cells[0] != y->cells[0])
		return x->cells[0] < y->cells[0] ? 1 : -1;
	return strcmp(x->label, y->label);
}

/* "m2 licence_no_stamp" in words. */
static const char *reason_text(struct ctx *c, const char *word)
{
	size_t n = strcspn(word, " ");
	const char *code = arena_textn(c->arena, word, n), *reason = word[n] ? word + n + 1 : "";
	const struct catalog_material_name *m = catalog_material(c->house->catalog, code);
	const struct catalog_reason *r = catalog_reason(c->house->catalog, reason);

	return arena_printf(c->arena, "%s：%s", m ? m->name : code, r ? r->text : reason);
}

static struct report_row *row_of(struct report_row *rows, size_t *count, const char *label, struct arena *a)
{
	for (size_t i = 0; i < *count; i++)
		if (text_eq(rows[i].label, label))
			return &rows[i];
	rows[*count] = (struct report_row){label, arena_array(a, REASON_CELLS, sizeof(int64_t))};
	return &rows[(*count)++];
}

static void fill_reasons(struct ctx *c, const struct list *sums, struct report_table *ret_table)
{
	struct report_row *rows = arena_array(c->arena, sums->count + 1, sizeof *rows);
	int64_t all = 0, passed = 0;
	size_t count = 0;

	CATALOG_EACH(struct sum, s, sums) {
		if (!text_eq(s->measure, "reason"))
			continue;
		row_of(rows, &count, reason_text(c, s->word), c->arena)->cells[REASON_N] += s->n;
		all += s->n;
	}
	qsort(rows, count, sizeof *rows, more_first);
	for (size_t i = 0; i < count; i++) {
		passed += rows[i].cells[REASON_N];
		rows[i].cells[REASON_SHARE] = report_rate(rows[i].cells[REASON_N], all);
		rows[i].cells[REASON_SUM] = report_rate(passed, all);
	}
	*ret_table = (struct report_table){.word = "reasons",
		.title = "补正原因",
		.head = "材料和原因",
		.chart = "pareto",
		.note = "发出补正的那天算。一份材料有几个原因的，每个算一次。",
		.finding = count ? arena_printf(c->arena, "补正原因共%" PRId64 "处，最多的是“%s”，占%s。", all,
					   rows[0].label,
					   report_cell(c->arena, REPORT_RATE, rows[0].cells[REASON_SHARE]))
				 : "这段时间没有发出补正。",
		.columns = reason_columns,
		.column_count = REASON_CELLS,
		.rows = rows,
		.row_count = count};
}

/* --- asking ------------------------------------------------------------------------------------------------------------------ */

static enum err check(struct ctx *c, const struct report_query *in)
{
	int64_t days = date_number(in->to) - date_number(in->from) + 1;

	if (days < 1)
		fault_add(&c->faults, "/to", "order", "结束日期不能早于开始日期");
	else if (days > REPORT_DAYS_MAX)
		fault_add(&c->faults, "/to", "range", "一次最多看%d天，请缩短日期范围", REPORT_DAYS_MAX);
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum { TABLES = ARRAY_LEN(reports) + 3 };

static enum err make(struct ctx *c, const struct report_query *in, struct report_table *ret_tables)
{
	static const int apart[BY_MAX] = {DAYS, DAYS, DAYS, SERVICES, HOLDERS, BRANCHES};
	const char *branch = in->branch && text_eq(in->branch, "none") ? "" : in->branch;
	bool part = in->service || in->holder || in->branch;
	struct report_axis axis;
	struct list sums;
	size_t n = 0;
	enum err e = check(c, in);

	if (e == ERR_OK)
		e = report_axis(c, in, &axis);
	if (e == ERR_OK)
		e = db_all(c->db, &sql[apart[axis.by]], &sum_shape, &sums, D(in->from), D(in->to), S(in->service),
			S(in->service), S(in->holder), S(in->holder), S(branch), S(branch));
	if (e != ERR_OK)
		return e;
	fill(c->arena, &reports[VOLUME], &axis, &sums, &ret_tables[n++]);
	e = report_time(c, in, &ret_tables[n++]);
	if (e == ERR_OK)
		e = report_pace(c, in, &axis, &ret_tables[n++]);
	if (e != ERR_OK)
		return e;
	fill(c->arena, &reports[FIRST_PASS], &axis, &sums, &ret_tables[n++]);
	fill_reasons(c, &sums, &ret_tables[n++]);
	fill(c->arena, &reports[ON_TIME], &axis, &sums, &ret_tables[n++]);
	fill(c->arena, &reports[MONEY], &axis, &sums, &ret_tables[n]);
	no_loose(&ret_tables[n++], axis.by > BY_MONTH || part, part);
	fill(c->arena, &reports[RATINGS], &axis, &sums, &ret_tables[n++]);
	return ERR_OK;
}

static void write_steps(struct json_out *j)
{
	json_list(j, "steps");
	for (int s = 0; s < STEP_MAX; s++) {
		json_object(j, NULL);
		json_text(j, "step", step_words[s]);
		json_text(j, "name", step_name((enum step)s));
		json_bool(j, "working", step_is_working((enum step)s));
		json_end(j);
	}
	json_end(j);
}

enum err report_write(struct ctx *c, const struct report_query *in, struct json_out *j)
{
	struct report_table tables[TABLES];
	struct db_int counted = {0}, pending = {0};
	enum err e = make(c, in, tables);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[COUNTED], &db_int_shape, &counted, D(in->from), D(in->to));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[PENDING], &db_int_shape, &pending);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_day(j, "from", in->from);
	json_day(j, "to", in->to);
	json_text(j, "by", in->by ? in->by : report_by_words[BY_DAY]);
	json_time(j, "counted_at", counted.value);
	json_int(j, "pending", pending.value);
	write_steps(j);
	json_list(j, "tables");
	for (size_t i = 0; i < TABLES; i++)
		report_table_write(&tables[i], j);
	json_end(j);
	json_end(j);
	return ERR_OK;
}

enum err report_csv(struct ctx *c, const char *report, const struct report_query *in, struct bytes *ret_file)
{
	struct report_table tables[TABLES];
	enum err e = make(c, in, tables);

	for (size_t i = 0; e == ERR_OK && i < TABLES; i++) {
		if (!text_eq(tables[i].word, report))
			continue;
		*ret_file = report_table_csv(c->arena, &tables[i]);
		return audit_look(c, "report_file", report,
			arena_printf(c->arena, "%s %s", date_text(c->arena, in->from), date_text(c->arena, in->to)));
	}
	return e == ERR_OK ? ERR_NOT_FOUND : e;
}
