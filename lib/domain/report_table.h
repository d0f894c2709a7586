#ifndef DOMAIN_REPORT_TABLE_H
#define DOMAIN_REPORT_TABLE_H

#include "domain/report.h"

/* One report as a table: the page draws it and its chart, the file holds the same cells. */

enum report_unit {
	REPORT_COUNT,
	REPORT_FEN,
	REPORT_RATE, /* tenths of a percent */
	REPORT_MINUTES,
	REPORT_SCORE, /* hundredths */
	REPORT_UNIT_MAX
};
extern const char *const report_unit_words[];

/* No figure: nothing to divide by, or not known. */
#define REPORT_NONE INT64_MIN

struct report_column {
	const char *key, *label;
	enum report_unit unit;
	bool chart; /* drawn */
};

struct report_row {
	const char *label;
	int64_t *cells;
};

struct report_table {
	const char *word, *title, *head; /* head: title of the labels */
	const char *chart;		 /* bars, rates, pareto, spans, money */
	const char *note, *finding;
	const struct report_column *columns;
	size_t column_count;
	struct report_row *rows, *total; /* total: NULL, or one */
	size_t row_count;
};

void report_table_write(const struct report_table *t, struct json_out *j);
struct bytes report_table_csv(struct arena *a, const struct report_table *t);

/* 12 · 600.00 · 98.5% · 135 · 4.52 · "" for no figure */
const char *report_cell(struct arena *a, enum report_unit unit, int64_t value);
int64_t report_rate(int64_t part, int64_t whole); /* REPORT_NONE of nothing */

#endif
