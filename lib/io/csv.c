#include "io/csv.h"

#include <iconv.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

struct reader {
	struct arena *arena;
	struct faults *faults;
	const char *at, *end;
	iconv_t from_gb; /* (iconv_t)-1: the file is UTF-8 */
	int64_t line;	 /* where the reader is */
	struct csv_row *row;
	size_t rows, rows_cap, cells_cap;
};

/* About the row that is being read. */
static void complain(struct reader *r, const char *code, const char *say)
{
	struct csv_row *row = &r->row[r->rows];

	if (!row->bad)
		fault_add(r->faults, arena_printf(r->arena, "/lines/%" PRId64, row->line), code, "%s", say);
	row->bad = true;
}

/* Room for one more of count entries: doubled, copied. */
static void *grown(struct arena *a, void *at, size_t count, size_t *cap, size_t size)
{
	void *more;

	if (count < *cap)
		return at;
	*cap = *cap ? *cap * 2 : 16;
	more = arena_array(a, *cap, size);
	if (count)
		memcpy(more, at, count * size);
	return more;
}

static const char *convert(struct reader *r, const char *bytes, size_t n)
{
	size_t room = n * 4 + 1, left = room;
	char *text = arena_alloc(r->arena, room), *out = text, *in = (char *)(uintptr_t)bytes;

	iconv(r->from_gb, NULL, NULL, NULL, NULL);
	if (iconv(r->from_gb, &in, &n, &out, &left) == (size_t)-1)
		return NULL;
	return arena_textn(r->arena, text, room - left);
}

static void keep_cell(struct reader *r, const char *bytes, size_t n)
{
	struct csv_row *row = &r->row[r->rows];
	const char *text = memchr(bytes, 0, n)	       ? NULL
			   : r->from_gb == (iconv_t)-1 ? arena_textn(r->arena, bytes, n)
						       : convert(r, bytes, n);

	if (!text)
		complain(r, "csv_text", "有无法识别的字符，请改用UTF-8保存后重试");
	row->cells.at = grown(r->arena, row->cells.at, row->cells.count, &r->cells_cap, sizeof(char *));
	row->cells.at[row->cells.count++] = text ? text : "";
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

	while (r->at < r->end && *r->at != ',' && *r->at != '\n' && *r->at != '\r')
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

	r->row = grown(r->arena, r->row, r->rows, &r->rows_cap, sizeof *r->row);
	row = &r->row[r->rows];
	*row = (struct csv_row){.line = r->line};
	r->cells_cap = 0;
	for (;;) {
		if (r->at < r->end && *r->at == '"') {
			if (!read_quoted(r))
				complain(r, "csv_quote", "的引号没有配对");
		} else {
			read_bare(r);
		}
		if (r->at == r->end || *r->at != ',')
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
	if (row->cells.count > 1 || *row->cells.at[0])
		r->rows++;
}

static void close_gb(iconv_t *cd)
{
	if (*cd != (iconv_t)-1)
		iconv_close(*cd);
}

enum err csv_read(struct arena *a, struct bytes file, struct list *ret_rows, struct faults *faults)
{
	const char *text = (const char *)file.at;
	bool utf8 = utf8_valid(text, file.len);
	iconv_t cd CLEANUP(close_gb) = utf8 ? (iconv_t)-1 : iconv_open("UTF-8", "GB18030");
	struct reader r = {.arena = a, .faults = faults, .at = text, .end = text + file.len, .from_gb = cd, .line = 1};
	size_t before = faults->count;

	if (!utf8 && cd == (iconv_t)-1)
		return ERR_INTERNAL;
	if (utf8 && file.len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		r.at += 3;
	while (r.at < r.end)
		read_row(&r);
	*ret_rows = (struct list){r.row, r.rows};
	return faults->count > before ? ERR_INVALID : ERR_OK;
}
