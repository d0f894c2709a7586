#include "domain/report_time.h"

#include <inttypes.h>

#include "base/str.h"
#include "domain/report_step.h"

/* Minutes with how often, shortest first; told apart by day, service, holder or counter. */
#define SPANS(minutes, apart) \
	"SELECT " minutes ", " apart \
	", COUNT(*) FROM case_step FORCE INDEX (case_step_day) WHERE step=? AND day>=? AND day<=? AND (? " \
	"IS NULL OR service=?) AND (? IS NULL OR holder=?) AND (? IS NULL OR branch=?) AND " minutes \
	" IS NOT NULL GROUP BY 1,2,3 " \
	"ORDER BY 1"
#define ROW(minutes, apart) \
	{ \
		SPANS(minutes, apart), "sddssssss", "idsi" \
	}

enum { ALL, DAYS, SERVICES, HOLDERS, BRANCHES, APART };

static const struct sql sql[] = {
	ROW("elapsed_min", "NULL, ''"),
	ROW("elapsed_min", "day, ''"),
	ROW("elapsed_min", "NULL, service"),
	ROW("elapsed_min", "NULL, holder"),
	ROW("elapsed_min", "NULL, branch"),
	ROW("working_min", "NULL, ''"),
	ROW("working_min", "day, ''"),
	ROW("working_min", "NULL, service"),
	ROW("working_min", "NULL, holder"),
	ROW("working_min", "NULL, branch"),
};
SQL_TABLE(report_time);

static const int apart[BY_MAX] = {DAYS, DAYS, DAYS, SERVICES, HOLDERS, BRANCHES};

struct span {
	int64_t minutes;
	struct date day;
	const char *code;
	int64_t n;
};
static const struct field span_fields[] = {
	INT(struct span, minutes, "minutes", 0, 0),
	DAY(struct span, day, "day"),
	TEXT(struct span, code, "code", 0, 0, NULL),
	INT(struct span, n, "n", 0, 0),
};
static const struct shape span_shape = SHAPE(struct span, span_fields);

static enum err read_spans(
	struct ctx *c, const struct report_query *in, enum step step, int kind, struct list *ret_spans)
{
	const char *branch = in->branch && text_eq(in->branch, "none") ? "" : in->branch;

	return db_all(c->db, &sql[kind + (step_is_working(step) ? APART : 0)], &span_shape, ret_spans,
		S(step_words[step]), D(in->from), D(in->to), S(in->service), S(in->service), S(in->holder),
		S(in->holder), S(branch), S(branch));
}

enum { N, MEDIAN, P95, LONGEST, CELLS };

/* Cells of each row out of spans that come shortest first.  place: of a span, or NULL: all in row 0. */
static void measure(struct arena *a, const struct list *spans, const struct report_axis *axis, struct report_row *rows,
	size_t count)
{
	int64_t *passed = arena_array(a, count, sizeof *passed);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < CELLS; k++)
			rows[i].cells[k] = k == N ? 0 : REPORT_NONE;
	CATALOG_EACH(struct span, s, spans)
		rows[axis ? report_axis_find(axis, s->day, s->code) : 0].cells[N] += s->n;
	CATALOG_EACH(struct span, s, spans) {
		size_t at = axis ? report_axis_find(axis, s->day, s->code) : 0;
		int64_t *cells = rows[at].cells;

		passed[at] += s->n;
		if (cells[MEDIAN] == REPORT_NONE && passed[at] * 2 >= cells[N])
			cells[MEDIAN] = s->minutes;
		if (cells[P95] == REPORT_NONE && passed[at] * 100 >= cells[N] * 95)
			cells[P95] = s->minutes;
		cells[LONGEST] = s->minutes;
	}
}

static struct report_row *new_rows(struct arena *a, size_t count)
{
	struct report_row *rows = arena_array(a, count, sizeof *rows);

	for (size_t i = 0; i < count; i++)
		rows[i].cells = arena_array(a, CELLS, sizeof *rows[i].cells);
	return rows;
}

static const struct report_column columns[] = {
	[N] = {"n", "次数", REPORT_COUNT, false},
	[MEDIAN] = {"median", "中位", REPORT_MINUTES, true},
	[P95] = {"p95", "95%在此以内", REPORT_MINUTES, true},
	[LONGEST] = {"longest", "最长", REPORT_MINUTES, false},
};

static const char *duration(struct arena *a, int64_t minutes)
{
	return minutes < 60 ? arena_printf(a, "%" PRId64 "分钟", minutes)
			    : arena_printf(a, "%" PRId64 "小时%02" PRId64 "分", minutes / 60, minutes % 60);
}

static const char *finding(struct arena *a, const char *name, bool working, const int64_t *cells)
{
	if (!cells[N])
		return arena_printf(a, "这段时间没有“%s”。", name);
	return arena_printf(a, "%s%" PRId64 "次，一半在%s以内，95%%在%s以内（%s）。", name, cells[N],
		duration(a, cells[MEDIAN]), duration(a, cells[P95]), working ? "工作时间" : "自然时间");
}

#define NOTE \
	"工作时间只算工作日8:30至12:00、14:00至17:00，用于我们承担的步骤；自然时间按钟表，用于申请人和快递的步骤。一步算在它结束的那天；撤回、关闭的不算。"

enum err report_time(struct ctx *c, const struct report_query *in, struct report_table *ret_table)
{
	struct report_row *rows = new_rows(c->arena, STEP_MAX);
	enum err e = ERR_OK;

	for (int s = 0; e == ERR_OK && s < STEP_MAX; s++) {
		struct list spans;

		rows[s].label = arena_printf(c->arena, "%s（%s）", step_name((enum step)s),
			step_is_working((enum step)s) ? "工作时间" : "自然时间");
		e = read_spans(c, in, (enum step)s, ALL, &spans);
		if (e == ERR_OK)
			measure(c->arena, &spans, NULL, &rows[s], 1);
	}
	*ret_table = (struct report_table){.word = "time",
		.title = "办理时长",
		.head = "步骤",
		.chart = "spans",
		.note = NOTE,
		.columns = columns,
		.column_count = ARRAY_LEN(columns),
		.rows = rows,
		.row_count = STEP_MAX};
	if (e == ERR_OK)
		ret_table->finding = finding(c->arena, step_name(STEP_PROMISE), true, rows[STEP_PROMISE].cells);
	return e;
}

enum err report_pace(
	struct ctx *c, const struct report_query *in, const struct report_axis *axis, struct report_table *ret_table)
{
	enum step step = in->step ? (enum step)text_index(step_words, in->step) : STEP_PROMISE;
	struct report_row *rows = new_rows(c->arena, axis->count), *total = new_rows(c->arena, 1);
	bool working = step_is_working(step);
	struct list spans;
	enum err e = read_spans(c, in, step, apart[axis->by], &spans);

	if (e != ERR_OK)
		return e;
	measure(c->arena, &spans, axis, rows, axis->count);
	measure(c->arena, &spans, NULL, total, 1);
	for (size_t i = 0; i < axis->count; i++)
		rows[i].label = axis->at[i].label;
	total->label = "合计";
	*ret_table = (struct report_table){.word = "pace",
		.title = arena_printf(c->arena, "时长变化：%s", step_name(step)),
		.head = axis->head,
		.chart = "pace",
		.note = working ? "按工作时间计。" : "按自然时间计。",
		.finding = finding(c->arena, step_name(step), working, total->cells),
		.columns = columns,
		.column_count = ARRAY_LEN(columns),
		.rows = rows,
		.row_count = axis->count,
		.total = total};
	return ERR_OK;
}
