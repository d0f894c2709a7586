#include "domain/report_table.h"

#include <inttypes.h>

#include "base/str.h"

const char *const report_unit_words[] = {
	[REPORT_COUNT] = "count",
	[REPORT_FEN] = "fen",
	[REPORT_RATE] = "rate",
	[REPORT_MINUTES] = "minutes",
	[REPORT_SCORE] = "score",
	[REPORT_UNIT_MAX] = NULL,
};

int64_t report_rate(int64_t part, int64_t whole)
{
	return whole ? (part * 2000 + whole) / (2 * whole) : REPORT_NONE;
}

const char *report_cell(struct arena *a, enum report_unit unit, int64_t value)
{
	const char *sign = value < 0 ? "-" : "";
	int64_t size = value < 0 ? -value : value;

	if (value == REPORT_NONE)
		return "";
	switch (unit) {
	case REPORT_FEN:
	case REPORT_SCORE: return arena_printf(a, "%s%" PRId64 ".%02" PRId64, sign, size / 100, size % 100);
	case REPORT_RATE: return arena_printf(a, "%" PRId64 ".%" PRId64 "%%", size / 10, size % 10);
	case REPORT_COUNT:
	case REPORT_MINUTES:
	case REPORT_UNIT_MAX: break;
	}
	return arena_printf(a, "%" PRId64, value);
}

static void write_row(const struct report_table *t, const struct report_row *r, const char *key, struct json_out *j)
{
	json_object(j, key);
	json_text(j, "label", r->label);
	json_list(j, "cells");
	for (size_t i = 0; i < t->column_count; i++)
		if (r->cells[i] == REPORT_NONE)
			json_null(j, NULL);
		else
			json_int(j, NULL, r->cells[i]);
	json_end(j);
	json_end(j);
}

void report_table_write(const struct report_table *t, struct json_out *j)
{
	json_object(j, NULL);
	json_text(j, "report", t->word);
	json_text(j, "title", t->title);
	json_text(j, "head", t->head);
	json_text(j, "chart", t->chart);
	json_text(j, "note", t->note);
	json_text(j, "finding", t->finding);
	json_list(j, "columns");
	for (size_t i = 0; i < t->column_count; i++) {
		json_object(j, NULL);
		json_text(j, "key", t->columns[i].key);
		json_text(j, "label", t->columns[i].label);
		json_text(j, "unit", report_unit_words[t->columns[i].unit]);
		json_bool(j, "chart", t->columns[i].chart);
		json_end(j);
	}
	json_end(j);
	json_list(j, "rows");
	for (size_t i = 0; i < t->row_count; i++)
		write_row(t, &t->rows[i], NULL, j);
	json_end(j);
	if (t->total)
		write_row(t, t->total, "total", j);
	else
		json_null(j, "total");
	json_end(j);
}

static const char *unit_name(enum report_unit unit)
{
	return unit == REPORT_FEN ? "（元）" : unit == REPORT_MINUTES ? "（分钟）" : "";
}

static void csv_row(struct arena *a, struct str *s, const struct report_table *t, const struct report_row *r)
{
	str_csv(s, r->label);
	for (size_t i = 0; i < t->column_count; i++) {
		const char *cell = report_cell(a, t->columns[i].unit, r->cells[i]);

		str_addc(s, ',');
		/* a negative sum is a number, not a formula: it may not be disarmed into a text */
		if (r->cells[i] < 0)
			str_add(s, cell);
		else
			str_csv(s, cell);
	}
	str_add(s, "\r\n");
}

struct bytes report_table_csv(struct arena *a, const struct report_table *t)
{
	struct str s;

	str_init(&s, a);
	str_add(&s, "\xef\xbb\xbf");
	str_csv(&s, t->head);
	for (size_t i = 0; i < t->column_count; i++) {
		str_addc(&s, ',');
		str_csv(&s, arena_printf(a, "%s%s", t->columns[i].label, unit_name(t->columns[i].unit)));
	}
	str_add(&s, "\r\n");
	for (size_t i = 0; i < t->row_count; i++)
		csv_row(a, &s, t, &t->rows[i]);
	if (t->total)
		csv_row(a, &s, t, t->total);
	return (struct bytes){(const unsigned char *)s.at, s.len};
}
