#include "domain/statement.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/statement_part.h"

const char *const statement_format_words[] = {"citic", "camt", "csv", NULL};
static const statement_parser parsers[] = {
	[STATEMENT_CITIC] = statement_parse_citic,
	[STATEMENT_CAMT] = statement_parse_camt,
	[STATEMENT_CSV] = statement_parse_csv,
};

#define TITLE(m, label) TEXT(struct statement_mapping, m, label, 1, 60, NULL)
static const struct field mapping_fields[] = {
	TITLE(date, "日期"),
	TITLE(time, "时间"),
	TITLE(value_date, "起息日"),
	TITLE(serial, "流水号"),
	TITLE(credit, "收入金额"),
	TITLE(debit, "支出金额"),
	TITLE(amount, "金额"),
	TITLE(direction, "借贷方向"),
	TITLE(balance, "余额"),
	TITLE(currency, "币种"),
	TITLE(payer_name, "对方户名"),
	TITLE(payer_account, "对方账号"),
	TITLE(payer_bank, "对方开户行"),
	TITLE(returned, "退汇标志"),
	TEXTS(struct statement_mapping, remark, "摘要和附言", 0, 6, rule_line),
};
const struct shape statement_mapping_shape = SHAPE(struct statement_mapping, mapping_fields);

/* --- what banks call things --- */

struct word {
	const char *text;
	int means;
};

static const struct word directions[] = {
	{"C", 0},
	{"CR", 0},
	{"CRDT", 0},
	{"贷", 0},
	{"贷方", 0},
	{"贷记", 0},
	{"收", 0},
	{"收入", 0},
	{"入", 0},
	{"入账", 0},
	{"转入", 0},
	{"来账", 0},
	{"+", 0},
	{"D", 1},
	{"DR", 1},
	{"DBIT", 1},
	{"借", 1},
	{"借方", 1},
	{"借记", 1},
	{"支", 1},
	{"支出", 1},
	{"付", 1},
	{"出", 1},
	{"转出", 1},
	{"往账", 1},
	{"-", 1},
};
static const struct word returns[] = {
	{"", 0},
	{"N", 0},
	{"0", 0},
	{"NO", 0},
	{"FALSE", 0},
	{"否", 0},
	{"正常", 0},
	{"未退汇", 0},
	{"Y", 1},
	{"1", 1},
	{"YES", 1},
	{"TRUE", 1},
	{"是", 1},
	{"退汇", 1},
	{"已退汇", 1},
};
static const struct word yuan[] = {
	{"", 0},
	{"CNY", 0},
	{"RMB", 0},
	{"人民币", 0},
	{"人民币元", 0},
	{"01", 0},
	{"001", 0},
	{"156", 0},
};

/* -1: nobody knows it. */
static int meaning(const struct word *words, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].text, text) == 0)
			return words[i].means;
	return -1;
}
#define MEANING(words, text) meaning(words, ARRAY_LEN(words), text)

static const char *upper(struct arena *a, const char *text)
{
	char *out = utf8_trim(a, utf8_fold_ascii(a, text));

	for (char *p = out; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return out;
}

/* --- faults --- */

static bool left_out(const struct statement_reader *r, int64_t row)
{
	for (size_t i = 0; i < r->options->without_count; i++)
		if (r->options->without[i] == row)
			return true;
	return false;
}

void statement_fault(struct statement_reader *r, int64_t row, const char *code, const char *format, ...)
{
	char say[400];
	va_list args;

	if (left_out(r, row))
		return;
	va_start(args, format);
	vsnprintf(say, sizeof say, format, args);
	va_end(args);
	if (r->bad_row != row)
		r->file->bad++;
	r->bad_row = row;
	fault_add(r->faults, arena_printf(r->arena, "/lines/%" PRId64, row), code, "第%" PRId64 "行%s", row, say);
}

/* --- texts --- */

/* One line: control characters and runs of blanks become one blank. */
static const char *one_line(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1), *put = out;
	bool blank = false;
	uint32_t cp;

	while ((cp = utf8_next(&text))) {
		if (utf8_is_invisible(cp))
			continue;
		if (utf8_is_blank(cp) || utf8_is_control(cp)) {
			blank = put > out;
			continue;
		}
		if (blank)
			*put++ = ' ';
		blank = false;
		put += utf8_put(cp, put);
	}
	return out;
}

static const char *text_of(
	struct statement_reader *r, int64_t row, const char *label, const char *text, size_t max, bool may_cut)
{
	const char *line = one_line(r->arena, text), *at = line;

	if (strstr(line, "\xEF\xBF\xBD"))
		statement_fault(r, row, "text", "的%s有无法识别的字符，请从网银重新下载", label);
	if (utf8_count(line) <= max)
		return line;
	if (!may_cut)
		statement_fault(r, row, "too_long", "的%s超过%zu个字", label, max);
	for (size_t i = 0; i < max; i++)
		utf8_next(&at);
	return arena_textn(r->arena, line, (size_t)(at - line));
}

/* 6.22E+18: what a spreadsheet makes of a long number.  The digits it dropped are gone. */
static bool spoiled(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (n != 1)
		return false;
	text += n;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	return (*text == 'E' || *text == 'e') && (text[1] == '+' || (text[1] >= '0' && text[1] <= '9')) &&
	       !text[1 + strspn(text + 1, "+0123456789")];
}

char *statement_account_key(struct arena *a, const char *account)
{
	return rule_fold_code(a, account);
}

static void read_texts(struct statement_reader *r, const struct statement_raw *raw, struct statement_line *l)
{
	l->serial = text_of(r, raw->row, "流水号", raw->serial, STATEMENT_SERIAL_MAX, false);
	if (!*l->serial)
		statement_fault(r, raw->row, "serial", "没有银行流水号");
	if (spoiled(l->serial))
		statement_fault(r, raw->row, "serial_spoiled",
			"的流水号“%s”被表格软件改过，请从网银重新下载，不要用表格软件另存", l->serial);
	l->payer_name = text_of(r, raw->row, "对方户名", raw->payer_name, STATEMENT_NAME_MAX, false);
	l->payer_bank = text_of(r, raw->row, "对方开户行", raw->payer_bank, STATEMENT_NAME_MAX, true);
	l->remark = text_of(r, raw->row, "摘要", raw->remark, STATEMENT_REMARK_MAX, true);
	l->payer_account = statement_account_key(
		r->arena, text_of(r, raw->row, "对方账号", raw->payer_account, STATEMENT_ACCOUNT_MAX, false));
	if (spoiled(l->payer_account))
		statement_fault(r, raw->row, "account_spoiled",
			"的对方账号“%s”被表格软件改过，请从网银重新下载，不要用表格软件另存", raw->payer_account);
}

/* --- days --- */

static void read_days(struct statement_reader *r, const struct statement_raw *raw, struct statement_line *l)
{
	const char *day = upper(r->arena, raw->date), *value = upper(r->arena, raw->value_date),
		   *clock = upper(r->arena, raw->time);

	l->booked_s = -1;
	if (!statement_clock(*clock ? clock : day, &l->booked_s))
		l->booked_s = -1;
	if (!statement_day(day, &l->booked_day)) {
		statement_fault(r, raw->row, "date", "的日期“%s”看不懂，应像2026-11-22", raw->date);
		return;
	}
	if (date_cmp(l->booked_day, r->options->today) > 0)
		statement_fault(r, raw->row, "future", "的日期%s还没有到", date_text(r->arena, l->booked_day));
	l->value_date = l->booked_day;
	if (*value && !statement_day(value, &l->value_date))
		statement_fault(r, raw->row, "date", "的起息日“%s”看不懂，应像2026-11-22", raw->value_date);
}

/* --- money --- */

/* A cell without a sum in it: banks write nothing, dashes or 0.00. */
static bool no_sum(const char *text)
{
	static const char *const signs[] = {"", "-", "--", "—", "——", "/", NULL};

	return text_index(signs, text) >= 0;
}

static bool sum(struct statement_reader *r, const struct statement_raw *raw, const char *text, int64_t *ret_fen)
{
	const char *plain = utf8_trim(r->arena, text);

	*ret_fen = 0;
	if (no_sum(plain) || statement_fen(plain, ret_fen))
		return true;
	statement_fault(r, raw->row, "amount", "的金额“%s”看不懂，应像1,400.00", plain);
	return false;
}

/* What the row does to the balance.  false: nobody can tell. */
static bool read_delta(struct statement_reader *r, const struct statement_raw *raw, int64_t *ret_fen, bool *ret_minus)
{
	int64_t credit, debit;
	int out;

	if (*raw->amount || *raw->direction) {
		if (!sum(r, raw, raw->amount, &credit))
			return false;
		out = *raw->direction ? MEANING(directions, upper(r->arena, raw->direction)) : credit < 0;
		if (out < 0)
			statement_fault(r, raw->row, "direction", "的借贷方向“%s”不认识", raw->direction);
		*ret_minus = *raw->direction && credit < 0;
		*ret_fen = out == 1 && *raw->direction ? -credit : credit;
		return out >= 0;
	}
	if (!sum(r, raw, raw->credit, &credit) || !sum(r, raw, raw->debit, &debit))
		return false;
	if (credit && debit)
		statement_fault(r, raw->row, "amount_two", "既有收入又有支出，一行只能是一笔");
	*ret_minus = credit < 0 || debit < 0;
	*ret_fen = credit - debit;
	return true;
}

static void read_money(struct statement_reader *r, const struct statement_raw *raw, struct statement_line *l,
	struct statement_step *step)
{
	const char *balance = utf8_trim(r->arena, raw->balance), *currency = upper(r->arena, raw->currency);
	bool minus = false;

	step->known = read_delta(r, raw, &step->delta_fen, &minus);
	if (step->known && minus)
		statement_fault(r, raw->row, "amount_negative",
			"的金额是负数（红字冲正），请核对后将这一行留出，由财务手工处理");
	else if (step->known && step->delta_fen == 0)
		statement_fault(r, raw->row, "amount_zero", "的金额是零");
	l->out = step->delta_fen < 0;
	l->amount_fen = l->out ? -step->delta_fen : step->delta_fen;
	l->currency = "CNY";
	if (MEANING(yuan, currency) < 0)
		statement_fault(r, raw->row, "currency", "是外币（%s），只导入人民币", currency);
	if (!no_sum(balance)) {
		step->has_balance = statement_fen(balance, &step->balance_fen);
		if (!step->has_balance)
			statement_fault(r, raw->row, "amount", "的余额“%s”看不懂", balance);
	}
	l->has_balance = step->has_balance;
	l->balance_fen = step->balance_fen;
}

/* --- rows --- */

static struct statement_step *new_step(struct statement_reader *r, int64_t row)
{
	r->step = arena_grow(r->arena, r->step, r->steps, &r->steps_cap, sizeof *r->step);
	r->step[r->steps] = (struct statement_step){.row = row};
	r->file->left_out += left_out(r, row);
	return &r->step[r->steps++];
}

/* More is refused as a whole, so no more is kept. */
static bool too_many(const struct statement_reader *r)
{
	return r->steps > STATEMENT_MAX_LINES;
}

void statement_skip(struct statement_reader *r, int64_t row)
{
	if (!too_many(r))
		new_step(r, row);
}

void statement_set_account(struct statement_reader *r, const char *account)
{
	const char *key = statement_account_key(r->arena, account);

	if (!*key)
		return;
	if (!r->file->account)
		r->file->account = key;
	else if (!text_eq(r->file->account, key))
		fault_add(r->faults, "/account", "account_other", "文件里的账号是%s，不是%s", key, r->file->account);
}

static const char *given(const char *text)
{
	return text ? text : "";
}

void statement_add(struct statement_reader *r, const struct statement_raw *in)
{
	struct statement_raw raw = {
		.row = in->row,
		.serial = given(in->serial),
		.date = given(in->date),
		.time = given(in->time),
		.value_date = given(in->value_date),
		.credit = given(in->credit),
		.debit = given(in->debit),
		.amount = given(in->amount),
		.direction = given(in->direction),
		.balance = given(in->balance),
		.currency = given(in->currency),
		.returned = given(in->returned),
		.payer_name = given(in->payer_name),
		.payer_account = given(in->payer_account),
		.payer_bank = given(in->payer_bank),
		.remark = given(in->remark),
	};
	struct statement_line l = {.row = in->row};
	int returned;

	if (too_many(r))
		return;
	returned = MEANING(returns, upper(r->arena, raw.returned));
	read_texts(r, &raw, &l);
	read_days(r, &raw, &l);
	read_money(r, &raw, &l, new_step(r, raw.row));
	if (returned < 0)
		statement_fault(r, raw.row, "returned", "的退汇标志“%s”不认识", raw.returned);
	l.returned = returned == 1;
	if (r->bad_row == raw.row || left_out(r, raw.row))
		return;
	r->line = arena_grow(r->arena, r->line, r->lines, &r->lines_cap, sizeof *r->line);
	r->line[r->lines++] = l;
}

/* --- the file as a whole --- */

static bool same_line(const struct statement_line *a, const struct statement_line *b)
{
	return date_cmp(a->booked_day, b->booked_day) == 0 && a->booked_s == b->booked_s &&
	       a->amount_fen == b->amount_fen && a->out == b->out && a->returned == b->returned &&
	       a->has_balance == b->has_balance && a->balance_fen == b->balance_fen &&
	       text_eq(a->payer_name, b->payer_name) && text_eq(a->payer_account, b->payer_account) &&
	       text_eq(a->remark, b->remark);
}

static int by_serial(const void *a, const void *b)
{
	const struct statement_line *const *x = a, *const *y = b;
	int order = strcmp((*x)->serial, (*y)->serial);

	return order ? order : (*x)->row < (*y)->row ? -1 : (*x)->row > (*y)->row;
}

/* The same number twice: word for word the same line is one line, anything else a fault. */
static void check_twice(struct statement_reader *r)
{
	struct statement_line **sorted = arena_array(r->arena, r->lines, sizeof(struct statement_line *));
	size_t kept = 0;

	for (size_t i = 0; i < r->lines; i++)
		sorted[i] = &r->line[i];
	qsort(sorted, r->lines, sizeof(struct statement_line *), by_serial);
	for (size_t i = 1, first = 0; i < r->lines; i++) {
		if (strcmp(sorted[first]->serial, sorted[i]->serial) != 0)
			first = i;
		else if (same_line(sorted[first], sorted[i]))
			sorted[i]->amount_fen = 0;
		else
			statement_fault(r, sorted[i]->row, "twice", "的流水号%s与第%" PRId64 "行相同，内容却不同",
				sorted[i]->serial, sorted[first]->row);
	}
	for (size_t i = 0; i < r->lines; i++)
		if (r->line[i].amount_fen)
			r->line[kept++] = r->line[i];
	r->file->again = (int64_t)(r->lines - kept);
	r->lines = kept;
}

/* Rows whose balance does not follow from what stands before (back: behind) them; report: as faults. */
static size_t breaks(struct statement_reader *r, bool back, bool report)
{
	size_t found = 0;
	bool known = false;
	int64_t balance = 0;

	for (size_t i = 0; i < r->steps; i++) {
		const struct statement_step *s = &r->step[back ? r->steps - 1 - i : i];

		if (known)
			balance += s->delta_fen;
		known = known && s->known;
		if (known && s->has_balance && balance != s->balance_fen) {
			found++;
			if (report)
				statement_fault(r, s->row, "balance", "的余额%s与前后不符，应为%s",
					money_text(r->arena, s->balance_fen), money_text(r->arena, balance));
		}
		if (s->has_balance) {
			known = true;
			balance = s->balance_fen;
		}
	}
	return found;
}

void statement_check_running(struct statement_reader *r)
{
	size_t on, back;
	const struct statement_step *first, *last;

	if (r->options->gaps || !r->steps)
		return;
	on = breaks(r, false, false);
	back = breaks(r, true, false);
	if (on && back) {
		breaks(r, back < on, true);
		return;
	}
	first = &r->step[on ? r->steps - 1 : 0];
	last = &r->step[on ? 0 : r->steps - 1];
	if (!first->has_balance || !first->known || !last->has_balance)
		return;
	r->file->has_balances = true;
	r->file->opening_fen = first->balance_fen - first->delta_fen;
	r->file->closing_fen = last->balance_fen;
}

static void finish(struct statement_reader *r)
{
	struct statement_file *f = r->file;

	check_twice(r);
	f->lines = (struct list){r->line, r->lines};
	for (size_t i = 0; i < r->lines; i++) {
		if (i == 0 || date_cmp(r->line[i].booked_day, f->first_day) < 0)
			f->first_day = r->line[i].booked_day;
		if (i == 0 || date_cmp(r->line[i].booked_day, f->last_day) > 0)
			f->last_day = r->line[i].booked_day;
	}
	if (r->steps == 0 && r->faults->count == 0)
		fault_add(r->faults, "", "empty", "文件里没有明细");
	if (too_many(r))
		fault_add(r->faults, "", "too_many", "一次最多导入%d行，请按日期分开下载", STATEMENT_MAX_LINES);
	if (!f->account)
		fault_add(r->faults, "/account", "account", "文件里没有写我方账号，请先选择账号");
}

static enum statement_format sniff(struct bytes file)
{
	const unsigned char *at = file.at, *end = file.at + (file.len < 4096 ? file.len : 4096);

	while (at < end && (*at == 0xEF || *at == 0xBB || *at == 0xBF || *at == 0xFF || *at == 0xFE || *at <= ' '))
		at++;
	if (at == end || *at != '<')
		return STATEMENT_CSV;
	return memmem(at, (size_t)(end - at), "camt.053", 8) || memmem(at, (size_t)(end - at), "BkToCstmrStmt", 13)
		       ? STATEMENT_CAMT
		       : STATEMENT_CITIC;
}

enum err statement_read(struct arena *a, struct bytes file, const struct statement_options *options,
	struct statement_file *ret_file, struct faults *faults)
{
	struct statement_reader r = {.arena = a, .options = options, .faults = faults, .file = ret_file, .bad_row = -1};
	int format = options->format ? text_index(statement_format_words, options->format) : (int)sniff(file);
	size_t before = faults->count;
	enum err e;

	*ret_file = (struct statement_file){.format = (enum statement_format)format};
	if (options->account)
		statement_set_account(&r, options->account);
	e = file.len > STATEMENT_MAX_BYTES ? ERR_TOO_LARGE : parsers[format](&r, file);
	if (e != ERR_OK && e != ERR_INVALID)
		return e;
	finish(&r);
	return faults->count > before ? ERR_INVALID : ERR_OK;
}
