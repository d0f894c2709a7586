#include "io/csv.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "io/charset.h"

struct reader {
	struct arena *arena;
	struct faults *faults;
	const char *at, *end;
	char separator;
	int64_t line; /* where the reader is */
	struct csv_row *row;
	size_t rows, rows_cap;
	const char **cell; /* of the row that is being read */
	size_t cells;
};

/* About the row that is being read. */
static void complain(struct reader *r, const char *code, const char *say)
{
	struct csv_row *row = &r->row[r->rows];

	if (!row->bad)
		fault_add(r->faults, arena_printf(r->arena, "/lines/%" PRId64, row->line), code, "%s", say);
	row->bad = true;
}

static void keep_cell(struct reader *r, const char *bytes, size_t n)
{
	const char *text = n ? arena_textn(r->arena, bytes, n) : "";

	if (strstr(text, CHARSET_LOST))
		complain(r, "csv_text", "有无法识别的字符，请改用UTF-8保存后重试");
	if (r->cells < CSV_MAX_CELLS)
		r->cell[r->cells++] = text;
	else
		complain(r, "csv_cells", "的单元格太多");
}

/* From the opening quote to behind the closing one.  false: there is none. */
static bool read_quoted(struct reader *r)
{
	struct str s;

	str_init(&s, r->arena);
	for (r->at++; r->at < r->end; r->at++) {
		if (*r->at == '\n')
			r->line++;
		if (*r->at != '"') {
			str_addc(&s, *r->at);
			continue;
		}
		if (++r->at == r->end || *r->at != '"') {
			keep_cell(r, s.at, s.len);
			return true;
		}
		str_addc(&s, '"');
	}
	return false;
}

static void read_bare(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at != r->separator && *r->at != '\n' && *r->at != '\r')
		r->at++;
	if (memchr(from, '"', (size_t)(r->at - from)))
		complain(r, "csv_quote", "的引号不在单元格开头");
	keep_cell(r, from, (size_t)(r->at - from));
}

static void skip_line(struct reader *r)
{
	while (r->at < r->end && *r->at != '\n')
		r->at++;
}

/* One line, which may run over several; ends behind its line break. */
static void read_row(struct reader *r)
{
	struct csv_row *row;

	r->row = arena_grow(r->arena, r->row, r->rows, &r->rows_cap, sizeof *r->row);
	row = &r->row[r->rows];
	*row = (struct csv_row){.line = r->line};
	r->cells = 0;
	for (;;) {
		if (r->end - r->at > 1 && r->at[0] == '=' && r->at[1] == '"')
			r->at++;
		if (r->at < r->end && *r->at == '"') {
			if (!read_quoted(r))
				complain(r, "csv_quote", "的引号没有配对");
		} else {
			read_bare(r);
		}
		if (r->at == r->end || *r->at != r->separator)
			break;
		r->at++;
	}
	if (r->at < r->end && *r->at == '\r')
		r->at++;
	if (r->at < r->end && *r->at != '\n') {
		complain(r, "csv_quote", "的引号后面还有内容");
		skip_line(r);
	}
	r->at += r->at < r->end;
	r->line++;
	if (r->cells == 1 && !*r->cell[0])
		return;
	row->cells = (struct texts){arena_dup(r->arena, r->cell, r->cells * sizeof *r->cell), r->cells};
	r->rows++;
}

/* Most cells in the first lines, those in quotes left out; a comma when nothing says otherwise. */
static char guess(const char *at, const char *end)
{
	enum { LINES = 40 };
	static const char separators[] = ",\t;";
	size_t count[3] = {0}, best = 0;
	bool quoted = false;

	for (int lines = 0; at < end && lines < LINES; at++) {
		const char *hit = *at && !quoted ? strchr(separators, *at) : NULL;

		if (*at == '"')
			quoted = !quoted;
		lines += *at == '\n';
		if (hit)
			count[hit - separators]++;
	}
	for (size_t i = 1; i < ARRAY_LEN(count); i++)
		if (count[i] > count[best])
			best = i;
	return separators[best];
}

enum err csv_read_by(struct arena *a, struct bytes file, char separator, size_t max_rows, struct list *ret_rows,
	struct faults *faults)
{
	size_t before = faults->count;
	struct charset_text text;
	struct reader r = {.arena = a, .faults = faults, .line = 1};
	enum err e = charset_read(a, file, &text);

	if (e != ERR_OK)
		return e;
	r.at = (const char *)text.utf8.at;
	r.end = r.at + text.utf8.len;
	r.separator = separator ? separator : guess(r.at, r.end);
	r.cell = arena_array(a, CSV_MAX_CELLS, sizeof *r.cell);
	while (r.at < r.end && (!max_rows || r.rows < max_rows))
		read_row(&r);
	if (r.at < r.end)
		fault_add(faults, "", "csv_rows", "超过%zu行", max_rows);
	*ret_rows = (struct list){r.row, r.rows};
	return faults->count > before ? ERR_INVALID : ERR_OK;
}

enum err csv_read(struct arena *a, struct bytes file, struct list *ret_rows, struct faults *faults)
{
	return csv_read_by(a, file, ',', 0, ret_rows, faults);
}
