#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/statement_part.h"
#include "io/csv.h"

/* CSV of enterprise banking.  No two banks agree on titles, so columns are found by the names in use or
 * told by who imports; what stands above the header row and sums below the lines are passed over. */

enum { ALIASES = 9, HEADER_WITHIN = 30, TITLE_MAX = 200 /* bytes */, TOTALS_MAX = 100 };

/* In the order of statement_mapping; the first alias that a file has is taken.  Compared by title_key. */
static const struct {
	const char *name, *also[ALIASES];
} columns[] = {
	{"date", {"交易日期", "记账日期", "入账日期", "交易日", "记账日", "日期"}},
	{"time", {"交易时间", "入账时间", "记账时间", "交易时刻", "时间"}},
	{"value_date", {"起息日", "起息日期"}},
	{"serial", {"交易流水号", "柜员交易号", "流水号", "银行流水号", "核心流水号", "交易序号"}},
	{"credit", {"贷方发生额", "收入金额", "贷方金额", "转入金额", "贷方", "收入"}},
	{"debit", {"借方发生额", "支出金额", "借方金额", "转出金额", "借方", "支出"}},
	{"amount", {"交易金额", "发生额", "金额"}},
	{"direction", {"借贷标志", "借贷方向", "借贷", "收支标志", "收支方向", "收/支"}},
	{"balance", {"余额", "账户余额"}},
	{"currency", {"币种", "货币", "币别"}},
	{"payer_name", {"对方户名", "对方账户名称", "付款户名", "对方账户名", "对方名称", "对方单位名称", "付款人户名",
			       "付款人名称"}},
	{"payer_account", {"对方账号", "付款账号", "对方账户", "付款人账号", "对方账户号"}},
	{"payer_bank", {"对方开户行", "对方行名", "对方开户行名", "对方开户行名称", "付款行", "付款行名"}},
	{"returned", {"退汇标志", "是否退汇"}},
};
static const char *const remarks[] = {"摘要", "附言", "交易附言", "用途", "备注"};
static const char *const totals[] = {"合计", "总计", "小计", "本页", "总笔数", "借方笔数", "贷方笔数"};
enum { COLUMNS = ARRAY_LEN(columns), REMARKS_MAX = 6 };

struct csv {
	struct statement_reader *r;
	const struct csv_row *row;
	size_t rows, header;
	const char **key;   /* of the titles in the header */
	size_t at[COLUMNS]; /* 0: not there; else column + 1 */
	size_t remark[REMARKS_MAX];
	size_t remarks, need; /* cells a line must have at least */
	size_t width; /* and that the first one has: another number is a sum written with a comma and no quotes */
};

/* Blanks and width do not count, nor does the unit behind a title. */
static char *title_key(struct arena *a, const char *title)
{
	static const char unit[] = "(元)";
	char *key = name_key(a, strlen(title) <= TITLE_MAX ? title : "");
	size_t n = strlen(key), k = strlen(unit);

	if (n > k && strcmp(key + n - k, unit) == 0)
		key[n - k] = '\0';
	return key;
}

/* Column + 1 with that title; 0: none. */
static size_t find(const struct csv *c, const char *title)
{
	const char *key = title_key(c->r->arena, title);

	for (size_t i = 0; i < c->row[c->header].cells.count; i++)
		if (*key && strcmp(c->key[i], key) == 0)
			return i + 1;
	return 0;
}

static size_t known_titles(struct arena *a, const struct csv_row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->cells.count; i++) {
		const char *key = title_key(a, row->cells.at[i]);
		bool hit = false;

		for (size_t k = 0; k < COLUMNS; k++)
			for (size_t j = 0; j < ALIASES && columns[k].also[j]; j++)
				hit |= strcmp(columns[k].also[j], key) == 0;
		for (size_t k = 0; k < ARRAY_LEN(remarks); k++)
			hit |= strcmp(remarks[k], key) == 0;
		n += hit;
	}
	return n;
}

static const char **mapped(const struct statement_mapping *m, size_t column)
{
	return FIELD_PTR(field_find(&statement_mapping_shape, columns[column].name, strlen(columns[column].name)), m,
		const char *);
}

static size_t mapped_titles(const struct statement_mapping *m, struct arena *a, const struct csv_row *row)
{
	const char *want[COLUMNS];
	size_t n = 0;

	for (size_t k = 0; k < COLUMNS; k++)
		want[k] = *mapped(m, k) ? title_key(a, *mapped(m, k)) : NULL;
	for (size_t i = 0; i < row->cells.count; i++) {
		const char *key = title_key(a, row->cells.at[i]);

		for (size_t k = 0; k < COLUMNS; k++)
			n += want[k] && strcmp(want[k], key) == 0;
	}
	return n;
}

/* The row above the lines: the one with most titles in it. */
static void find_header(struct csv *c)
{
	const struct statement_mapping *m = c->r->options->mapping;
	size_t best = 1, n;

	c->header = 0;
	for (size_t i = 0; i < c->rows && i < HEADER_WITHIN; i++) {
		n = m ? mapped_titles(m, c->r->arena, &c->row[i]) : known_titles(c->r->arena, &c->row[i]);
		if (n > best) {
			best = n;
			c->header = i;
		}
	}
	n = c->row[c->header].cells.count;
	c->key = arena_array(c->r->arena, n, sizeof *c->key);
	for (size_t i = 0; i < n; i++)
		c->key[i] = title_key(c->r->arena, c->row[c->header].cells.at[i]);
}

static void missing(struct csv *c, const char *name, const char *say)
{
	fault_add(c->r->faults, arena_printf(c->r->arena, "/mapping/%s", name), "column_missing", "%s", say);
}

static void use(struct csv *c, size_t column, size_t at)
{
	c->at[column] = at;
	*mapped(&c->r->file->found, column) = c->row[c->header].cells.at[at - 1];
	if (at > c->need)
		c->need = at;
}

static void use_remark(struct csv *c, size_t at)
{
	if (!at || c->remarks == REMARKS_MAX)
		return;
	for (size_t i = 0; i < c->remarks; i++)
		if (c->remark[i] == at)
			return;
	c->remark[c->remarks++] = at;
	if (at > c->need)
		c->need = at;
}

static void map_as_told(struct csv *c, struct statement_mapping *m)
{
	for (size_t k = 0; k < COLUMNS; k++) {
		const char *title = *mapped(m, k);
		size_t at = title ? find(c, title) : 0;

		if (at)
			use(c, k, at);
		else if (title)
			missing(c, columns[k].name, arena_printf(c->r->arena, "文件里没有“%s”这一列", title));
	}
	for (size_t i = 0; i < m->remark.count; i++)
		use_remark(c, find(c, m->remark.at[i]));
}

static void map_by_names(struct csv *c)
{
	for (size_t k = 0; k < COLUMNS; k++)
		for (size_t j = 0; j < ALIASES && columns[k].also[j] && !c->at[k]; j++) {
			size_t at = find(c, columns[k].also[j]);

			if (at)
				use(c, k, at);
		}
	for (size_t k = 0; k < ARRAY_LEN(remarks); k++)
		use_remark(c, find(c, remarks[k]));
}

static size_t *column(struct csv *c, const char *name)
{
	size_t k = 0;

	while (strcmp(columns[k].name, name) != 0)
		k++;
	return &c->at[k];
}

static void map_columns(struct csv *c)
{
	const struct statement_mapping *told = c->r->options->mapping;
	struct statement_file *f = c->r->file;
	struct statement_mapping m;
	const char **titles = arena_array(c->r->arena, REMARKS_MAX, sizeof *titles);

	if (told) {
		m = *told;
		map_as_told(c, &m);
	} else {
		map_by_names(c);
	}
	if (*column(c, "credit")) /* "金额" beside them says nothing more */
		*column(c, "amount") = *column(c, "direction") = 0;
	if (!*column(c, "amount"))
		f->found.amount = f->found.direction = NULL;
	if (!*column(c, "date")) /* one column for day and time */
		*column(c, "date") = *column(c, "time");
	for (size_t i = 0; i < c->remarks; i++)
		titles[i] = c->row[c->header].cells.at[c->remark[i] - 1];
	f->found.remark = (struct texts){titles, c->remarks};
	if (!*column(c, "date"))
		missing(c, "date", "请指出哪一列是日期");
	if (!*column(c, "serial"))
		missing(c, "serial", "请指出哪一列是银行流水号");
	if (!*column(c, "credit") && !*column(c, "amount"))
		missing(c, "credit", "请指出哪一列是收入金额（或金额）");
}

static const char *cell(const struct csv *c, const struct csv_row *row, size_t at)
{
	return at && at <= row->cells.count ? utf8_trim(c->r->arena, row->cells.at[at - 1]) : "";
}

static bool blank_from(const struct csv *c, const struct csv_row *row, size_t from)
{
	for (size_t i = from; i < row->cells.count; i++)
		if (*cell(c, row, i + 1))
			return false;
	return true;
}

/* "合计", "总笔数：12" below the lines: no serial, and its first words say what it is. */
static bool is_total(struct csv *c, const struct csv_row *row)
{
	const char *first = "";

	if (*cell(c, row, *column(c, "serial")) && row->cells.count >= c->need)
		return false;
	for (size_t i = 0; i < row->cells.count && !*first; i++)
		first = cell(c, row, i + 1);
	for (size_t i = 0; i < ARRAY_LEN(totals); i++)
		if (strncmp(first, totals[i], strlen(totals[i])) == 0)
			return true;
	return false;
}

static const char *remark_of(struct csv *c, const struct csv_row *row)
{
	struct str s;

	str_init(&s, c->r->arena);
	for (size_t i = 0; i < c->remarks; i++) {
		const char *text = cell(c, row, c->remark[i]);

		if (!*text || strstr(s.at, text))
			continue;
		if (s.len)
			str_addc(&s, ' ');
		str_add(&s, text);
	}
	return s.at;
}

static void read_line(struct csv *c, const struct csv_row *row)
{
#define CELL(name) cell(c, row, *column(c, name))
	if (blank_from(c, row, 0) || is_total(c, row))
		return;
	if (!c->width)
		c->width = row->cells.count;
	if (row->bad || row->cells.count < c->need || row->cells.count != c->width ||
		!blank_from(c, row, c->row[c->header].cells.count)) {
		if (!row->bad)
			statement_fault(c->r, row->line, "cells", "应有%zu格，现在是%zu格",
				c->row[c->header].cells.count, row->cells.count);
		statement_skip(c->r, row->line);
		return;
	}
	statement_add(c->r, &(struct statement_raw){
				    .row = row->line,
				    .serial = CELL("serial"),
				    .date = CELL("date"),
				    .time = CELL("time"),
				    .value_date = CELL("value_date"),
				    .credit = CELL("credit"),
				    .debit = CELL("debit"),
				    .amount = CELL("amount"),
				    .direction = CELL("direction"),
				    .balance = CELL("balance"),
				    .currency = CELL("currency"),
				    .returned = CELL("returned"),
				    .payer_name = CELL("payer_name"),
				    .payer_account = CELL("payer_account"),
				    .payer_bank = CELL("payer_bank"),
				    .remark = remark_of(c, row),
			    });
#undef CELL
}

/* The faults of bad rows, as faults of lines. */
static void pass_on(struct csv *c, const struct faults *faults)
{
	static const char prefix[] = "/lines/";

	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *f = &faults->at[i];
		int64_t row = strncmp(f->pointer, prefix, strlen(prefix)) == 0
				      ? strtoll(f->pointer + strlen(prefix), NULL, 10)
				      : 0;

		if (!row)
			fault_add(c->r->faults, "", "too_many", "一次最多导入%d行，请按日期分开下载",
				STATEMENT_MAX_LINES);
		else if (row > c->row[c->header].line)
			statement_fault(c->r, row, f->code, "%s", f->detail);
	}
}

enum err statement_parse_csv(struct statement_reader *r, struct bytes file)
{
	struct csv c = {.r = r};
	struct faults own;
	struct list rows;
	size_t before = r->faults->count;
	enum err e;

	faults_init(&own, r->arena);
	e = csv_read_by(r->arena, file, 0, STATEMENT_MAX_LINES + HEADER_WITHIN + TOTALS_MAX, &rows, &own);
	if (e != ERR_OK && e != ERR_INVALID)
		return e;
	c.row = rows.at;
	c.rows = rows.count;
	if (!c.rows) {
		fault_add(r->faults, "", "empty", "文件里没有明细");
		return ERR_INVALID;
	}
	find_header(&c);
	map_columns(&c);
	r->file->columns = c.row[c.header].cells;
	if (r->faults->count > before)
		return ERR_INVALID;
	pass_on(&c, &own);
	for (size_t i = c.header + 1; i < c.rows; i++)
		read_line(&c, &c.row[i]);
	statement_check_running(r);
	return ERR_OK;
}
