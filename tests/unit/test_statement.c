#include "unit.h"

#include <stdlib.h>

#include "base/str.h"
#include "domain/statement_part.h"
#include "io/file.h"

static const struct date today = {2026, 11, 22};
#define ACCOUNT "7443900182600096874"

static struct bytes sample(const char *name)
{
	struct bytes file;

	assert_int_equal(file_read(mem, arena_printf(mem, "tests/statement/%s", name), &file), ERR_OK);
	return file;
}

static enum err read_with(
	struct bytes file, struct statement_options o, struct statement_file *f, struct faults *faults)
{
	o.today = today;
	faults_init(faults, mem);
	return statement_read(mem, file, &o, f, faults);
}

static enum err read_text(const char *text, const char *account, struct statement_file *f, struct faults *faults)
{
	struct bytes file = {(const unsigned char *)text, strlen(text)};

	return read_with(file, (struct statement_options){.account = account}, f, faults);
}

static const struct statement_line *line(const struct statement_file *f, size_t i)
{
	assert_true(i < f->lines.count);
	return (const struct statement_line *)f->lines.at + i;
}

/* Every sample holds the same six bookings. */
static const struct {
	const char *file;
	enum statement_format format;
	const char *serial; /* of the first */
	int64_t row, booked_s;
} samples[] = {
	{"citic.xml", STATEMENT_CITIC, "20261120-20261120000001-0000000000001", 1, 9 * 3600 + 15 * 60 + 2},
	{"camt_02.xml", STATEMENT_CAMT, "CITIC20261120000001", 1, -1},
	{"camt_13.xml", STATEMENT_CAMT, "CITIC20261120000001", 1, -1},
	{"utf8.csv", STATEMENT_CSV, "20261120000001", 5, 9 * 3600 + 15 * 60 + 2},
	{"gb18030.csv", STATEMENT_CSV, "20261120000001", 5, 9 * 3600 + 15 * 60 + 2},
	{"utf16.csv", STATEMENT_CSV, "20261120000001", 5, 9 * 3600 + 15 * 60 + 2},
};

static void one_sample(int i)
{
	static const int64_t amounts[] = {60000, 36000, 140000, 500, 60000, 60000};
	static const char *const payers[] = {"广州（测试）信息科技有限公司", "𠮷野家代",
		"深圳市䶮𬭊实业有限责任公司", "", "佛山市测试贸易商行", "佛山市测试贸易商行"};
	struct statement_file f;
	struct faults faults;
	const struct statement_line *l;
	enum err e = read_with(sample(samples[i].file), (struct statement_options){.account = ACCOUNT}, &f, &faults);

	expect_text(i, faults.count ? faults.at[0].detail : "", "");
	expect(i, e == ERR_OK && f.format == samples[i].format && f.lines.count == 6);
	expect_text(i, f.account, ACCOUNT);
	expect(i, f.has_balances && f.opening_fen == 1000000 && f.closing_fen == 1235500);
	expect(i, f.first_day.day == 20 && f.last_day.day == 21 && f.again == 0 && f.bad == 0);
	l = line(&f, 0);
	expect_text(i, l->serial, samples[i].serial);
	expect(i, l->row == samples[i].row && l->booked_s == samples[i].booked_s);
	expect_text(i, l->payer_account, "44050158000001");
	expect_text(i, l->payer_bank, "中国建设银行广州天河支行");
	expect(i, strstr(l->remark, "7K2M9QX4") != NULL);
	for (size_t k = 0; k < 6; k++) {
		l = line(&f, k);
		expect(i, l->amount_fen == amounts[k]);
		expect_text(i, l->payer_name, payers[k]);
		expect(i, l->out == (k == 3 || k == 4));
		expect(i, l->returned == (k == 5));
		expect_text(i, l->currency, "CNY");
	}
	if (samples[i].format != STATEMENT_CSV)
		expect(i, line(&f, 2)->value_date.day == 21 && line(&f, 2)->booked_day.day == 20);
}

static void the_same_bookings_from_every_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		one_sample((int)i);
}

/* A sample as text with one piece replaced. */
static const char *with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	struct str s;

	if (!at)
		fail_msg("the sample does not hold %s", from);
	str_init(&s, mem);
	str_addn(&s, text, (size_t)(at - text));
	str_add(&s, to);
	str_add(&s, at + strlen(from));
	return s.at;
}

static const char *text_of_sample(const char *name)
{
	struct bytes file = sample(name);

	return arena_textn(mem, (const char *)file.at, file.len);
}

struct bad {
	const char *from, *to, *code, *pointer;
};

static void refused(const char *name, const struct bad *bad, size_t n)
{
	const char *text = text_of_sample(name);

	for (size_t i = 0; i < n; i++) {
		struct statement_file f;
		struct faults faults;
		bool there = false;
		enum err e = read_text(with(text, bad[i].from, bad[i].to), ACCOUNT, &f, &faults);

		expect((int)i, e == ERR_INVALID);
		for (size_t k = 0; k < faults.count; k++)
			there |= text_eq(faults.at[k].code, bad[i].code) &&
				 text_eq(faults.at[k].pointer, bad[i].pointer);
		if (!there)
			fail_msg("row %zu: wanted %s at %s, got %s at %s (%s)", i, bad[i].code, bad[i].pointer,
				faults.at[0].code, faults.at[0].pointer, faults.at[0].detail);
	}
}

static void bad_lines_of_csv_are_named(void **state)
{
	static const struct bad bad[] = {
		{",20261120000001,", ",,", "serial", "/lines/5"},
		{",20261120000001,", ",2.02611E+13,", "serial_spoiled", "/lines/5"},
		{"=\"6222020000000000018\"", "6.22202E+18", "account_spoiled", "/lines/6"},
		{",20261120000002,", ",20261120000001,", "twice", "/lines/6"},
		{"2026-11-20,09:15:02", "2026-11-31,09:15:02", "date", "/lines/5"},
		{"2026-11-20,09:15:02", "20日,09:15:02", "date", "/lines/5"},
		{"2026-11-20,09:15:02", "2026-11-23,09:15:02", "future", "/lines/5"},
		{",0.00,\"12,355.00\"", ",5.00,\"12,355.00\"", "amount_two", "/lines/8"},
		{",,600.00,\"10,600.00\"", ",,-600.00,\"10,600.00\"", "amount_negative", "/lines/5"},
		{",,600.00,\"10,600.00\"", ",,0.00,\"10,600.00\"", "amount_zero", "/lines/5"},
		{",,600.00,\"10,600.00\"", ",,6OO.00,\"10,600.00\"", "amount", "/lines/5"},
		{",,360.00,\"10,960.00\"", ",,1,400.00,\"10,960.00\"", "cells", "/lines/6"},
		{",,360.00,\"10,960.00\"", ",,350.00,\"10,960.00\"", "balance", "/lines/6"},
		{",,600.00,\"10,600.00\"", ",,600.00,很多", "amount", "/lines/5"},
		{"人民币,=\"4405", "美元,=\"4405", "currency", "/lines/5"},
		{"人民币,=\"4405", "USD,=\"4405", "currency", "/lines/5"},
		{"户名不符退回,退汇", "户名不符退回,不知道", "returned", "/lines/10"},
		{"广州（测试）信息", "广州\xEF\xBF\xBD信息", "csv_text", "/lines/5"},
		{"广州（测试）信息", "广州\"信息", "csv_quote", "/lines/5"},
		{"交易流水号", "凭证种类", "column_missing", "/mapping/serial"},
		{"交易日期,交易时间", "甲,乙", "column_missing", "/mapping/date"},
		{"贷方发生额", "丙", "column_missing", "/mapping/credit"},
	};

	(void)state;
	refused("utf8.csv", bad, ARRAY_LEN(bad));
}

static void bad_lines_of_camt_are_named(void **state)
{
	static const struct bad bad[] = {
		{"12355.00", "12354.00", "balance", ""},
		{"CLBD", "CLAV", "balance_missing", ""},
		{"OPBD", "OPAV", "balance_missing", ""},
		{"Ccy=\"CNY\">600.00", "Ccy=\"USD\">600.00", "currency", "/lines/1"},
		{"<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>", "status", "/lines/1"},
		{"<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>KRDT</CdtDbtInd><Sts>", "direction", "/lines/1"},
		{"<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>", "direction", "/lines/1"},
		{">600.00", ">-600.00", "amount_negative", "/lines/1"},
		{"<AcctSvcrRef>CITIC20261120000001</AcctSvcrRef>", "", "serial", "/lines/1"},
		{ACCOUNT, "123456789", "account_other", "/account"},
		{"</Ntry>", "", "xml", "statement.xml:10"},
		{"<Document", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><Document", "dtd", "statement.xml:2"},
		{"<Document",
			"<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><Document",
			"dtd", "statement.xml:2"},
		{"Ustrd>办理", "Ustrd>&nowhere;办理", "xml", "statement.xml:3"},
	};

	(void)state;
	refused("camt_02.xml", bad, ARRAY_LEN(bad));
}

/* The CITIC sample is GBK: changed in its ASCII parts only. */
static void bad_lines_of_citic_are_named(void **state)
{
	static const struct bad bad[] = {
		{"AAAAAAA", "EEEEEEE", "empty", ""},
		{"AAAAAAA", "ED02007", "bank_status", ""},
		{"<creditDebitFlag>C<", "<creditDebitFlag>X<", "direction", "/lines/1"},
		{"<creditDebitFlag>C</creditDebitFlag>", "", "direction", "/lines/1"},
		{"<e3rtFlag>1<", "<e3rtFlag>7<", "returned", "/lines/1"},
		{"<tranNo>20261120000001</tranNo>", "", "serial", "/lines/1"},
		{"<tranDate>20261120<", "<tranDate>20260230<", "date", "/lines/1"},
		{"<balance>10960.00<", "<balance>10961.00<", "balance", "/lines/2"},
		{"<valueDate>20261120<", "<valueDate>2026<", "date", "/lines/1"},
		{"<abstract>CA", "<abstract>CA\xff\xff", "text", "/lines/2"},
		{"<oppAccountNo>6222020000000000018<", "<oppAccountNo>\x82\x35\x90\x37<", "text", "/lines/2"},
	};

	(void)state;
	refused("citic.xml", bad, ARRAY_LEN(bad));
}

static void rows_left_out_on_purpose(void **state)
{
	const char *text = with(text_of_sample("utf8.csv"), ",,600.00,\"10,600.00\"", ",,-600.00,\"9,400.00\"");
	const int64_t first[] = {5}, other[] = {6};
	struct statement_options o = {.account = ACCOUNT, .without = first, .without_count = 1};
	struct bytes file = {(const unsigned char *)text, strlen(text)};
	struct statement_file f;
	struct faults faults;

	(void)state;
	/* 10000 − 600 = 9400, and the next line says 10960: the negative line alone does not explain it. */
	assert_int_equal(read_with(file, o, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "balance");
	o.gaps = true;
	assert_int_equal(read_with(file, o, &f, &faults), ERR_OK);
	assert_int_equal(f.lines.count, 5);
	assert_int_equal(f.left_out, 1);
	assert_false(f.has_balances);
	o.without = other;
	assert_int_equal(read_with(file, o, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].pointer, "/lines/5");
}

static void the_same_line_twice_is_one(void **state)
{
	const char *row = "2026-11-22,K1,600.00,王小明\n", *head = "交易日期,流水号,收入金额,对方户名\n";
	const char *text = arena_printf(mem, "%s%s%s", head, row, row);
	struct statement_file f;
	struct faults faults;

	(void)state;
	assert_int_equal(read_text(text, ACCOUNT, &f, &faults), ERR_OK);
	assert_int_equal(f.lines.count, 1);
	assert_int_equal(f.again, 1);
	text = arena_printf(mem, "%s%s%s", head, row, "2026-11-22,K1,600.00,王小朋\n");
	assert_int_equal(read_text(text, ACCOUNT, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "twice");
}

static void newest_first_is_as_good(void **state)
{
	static const char text[] =
		"日期;流水号;金额;余额\n20261122 102133;C;-5.00;1,095.00\n2026/11/22;B;+100;1,100.00\n"
		"2026年11月21日;A;1000.00;1,000.00\n";
	struct statement_file f;
	struct faults faults;

	(void)state;
	assert_int_equal(read_text(text, ACCOUNT, &f, &faults), ERR_OK);
	assert_true(f.has_balances);
	assert_int_equal(f.opening_fen, 0);
	assert_int_equal(f.closing_fen, 109500);
	assert_true(line(&f, 0)->out);
	assert_int_equal(line(&f, 0)->booked_s, 10 * 3600 + 21 * 60 + 33);
	assert_int_equal(line(&f, 1)->amount_fen, 10000);
}

static void remarks_are_joined_and_sums_at_the_end_passed_over(void **state)
{
	static const char text[] =
		"交易日期,流水号,收入金额,摘要,附言,用途\n2026-11-22,K1,600.00,CA费,26112200018,CA费\n"
		"合计,,600.00,,,\n总笔数：1,,,,,\n";
	struct statement_file f;
	struct faults faults;

	(void)state;
	assert_int_equal(read_text(text, ACCOUNT, &f, &faults), ERR_OK);
	assert_int_equal(f.lines.count, 1);
	assert_string_equal(line(&f, 0)->remark, "CA费 26112200018");
}

static void columns_as_told(void **state)
{
	static const char text[] = "甲,乙,丙,丁,戊\n2026-11-22,K1,600.00,王小明,参考号\n";
	struct statement_mapping m = {.date = "甲", .serial = " 乙 ", .credit = "丙", .payer_name = "丁"};
	const char *remark[] = {"戊"};
	struct bytes file = {(const unsigned char *)text, strlen(text)};
	struct statement_options o = {.account = ACCOUNT, .mapping = &m};
	struct statement_file f;
	struct faults faults;

	(void)state;
	m.remark = (struct texts){remark, 1};
	assert_int_equal(read_with(file, o, &f, &faults), ERR_OK);
	assert_string_equal(line(&f, 0)->payer_name, "王小明");
	assert_string_equal(line(&f, 0)->remark, "参考号");
	assert_string_equal(f.found.serial, "乙");
	assert_int_equal(f.columns.count, 5);
	m.debit = "己";
	assert_int_equal(read_with(file, o, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].pointer, "/mapping/debit");
}

static void wants_to_know_the_account(void **state)
{
	struct statement_file f;
	struct faults faults;

	(void)state;
	assert_int_equal(read_text("交易日期,流水号,收入金额\n2026-11-22,K1,600.00\n", NULL, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "account");
	assert_int_equal(read_text("", ACCOUNT, &f, &faults), ERR_INVALID);
	assert_int_equal(read_text("交易日期,流水号,收入金额\n", ACCOUNT, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "empty");
}

static void bounds(void **state)
{
	enum { DEEP = 100000 };
	struct statement_file f;
	struct faults faults;
	struct str s;
	struct bytes large = {arena_alloc(mem, STATEMENT_MAX_BYTES + 1), STATEMENT_MAX_BYTES + 1};

	(void)state;
	assert_int_equal(read_with(large, (struct statement_options){.account = ACCOUNT}, &f, &faults), ERR_TOO_LARGE);
	str_init(&s, mem);
	for (int i = 0; i < DEEP; i++)
		str_add(&s, "<a>");
	assert_int_equal(read_text(s.at, ACCOUNT, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "too_deep");
	str_init(&s, mem);
	str_add(&s, "<stream><row>");
	for (int i = 0; i < 1000; i++)
		str_add(&s, "<a>1</a>");
	assert_int_equal(read_text(s.at, ACCOUNT, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "record_large");
	str_init(&s, mem);
	str_add(&s, "<stream><row>");
	for (int i = 0; i < 200; i++)
		str_addf(&s, "<a>%0500d</a>", i);
	assert_int_equal(read_text(s.at, ACCOUNT, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "record_large");
	str_init(&s, mem);
	str_add(&s, "交易日期,流水号,收入金额\n");
	for (int i = 0; i <= STATEMENT_MAX_LINES; i++)
		str_addf(&s, "2026-11-22,K%d,600.00\n", i);
	assert_int_equal(read_text(s.at, ACCOUNT, &f, &faults), ERR_INVALID);
	assert_string_equal(faults.at[0].code, "too_many");
}

/* A million bytes of the shapes that cost most: memory stays a small multiple of the file. */
static void hostile_shapes(void **state)
{
	static const char *const shapes[] = {"\n", ",", ";a", "a\n", "a,b\n", "\"\",", "<a/>", "<row/>", "<row>1</row>",
		"<Ntry a='1'/>", "\"", "\xff", "<", "&lt;", "2026-11-22,1,1\n"};
	static const char *const formats[] = {"citic", "camt", "csv"};
	enum { SIZE = 1000 * 1000, MOST = 25 * SIZE };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes) * 3; i++) {
		struct arena *a CLEANUP(arena_done) = arena_new();
		const char *shape = shapes[i / 3], *head = i % 3 == 2 ? "日期,流水号,金额\n" : "<stream>";
		size_t n = strlen(shape), at = strlen(head);
		char *text = malloc(SIZE);
		struct statement_options o = {.account = ACCOUNT, .format = formats[i % 3], .today = today};
		struct statement_file f;
		struct faults faults;

		assert_non_null(text);
		memcpy(text, head, at);
		for (; at < SIZE; at++)
			text[at] = shape[(at - strlen(head)) % n];
		faults_init(&faults, a);
		expect((int)i,
			statement_read(a, (struct bytes){(unsigned char *)text, SIZE}, &o, &f, &faults) == ERR_INVALID);
		expect((int)i, faults.count > 0);
		if (arena_used(a) > MOST)
			fail_msg("row %zu: %zu bytes", i, arena_used(a));
		free(text);
	}
}

static void days_and_sums(void **state)
{
	static const struct {
		const char *text;
		bool right;
		int day;
	} days[] = {
		{"2026-11-22", true, 22},
		{"20261122", true, 22},
		{"2026/5/8", true, 8},
		{"2026.05.08", true, 8},
		{"2026年5月8日", true, 8},
		{"20261122102133", true, 22},
		{"2026-11-22 10:21", true, 22},
		{"2026-11-22T23:30:00Z", true, 23},
		{"2026-02-29", false, 0},
		{"26-11-22", false, 0},
		{"202611221", false, 0},
		{"2026-11", false, 0},
		{"", false, 0},
		{"2026-11-22x", false, 0},
	};
	static const struct {
		const char *text;
		bool right;
		int64_t fen;
	} sums[] = {
		{"600", true, 60000},
		{"-1,400.5", true, -140050},
		{"¥600.00", true, 60000},
		{"-¥600", true, -60000},
		{"¥-600", true, -60000},
		{"+0.01", true, 1},
		{"99999999999.99", true, 9999999999999},
		{"100000000000.00", false, 0},
		{"1e3", false, 0},
		{"1,40.00", false, 0},
		{"--1", false, 0},
		{"1.005", false, 0},
		{"", false, 0},
		{"６００．００", true, 60000},
	};
	struct date d;
	int64_t fen;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		bool right = statement_day(days[i].text, &d);

		expect((int)i, right == days[i].right && (!right || d.day == days[i].day));
	}
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		bool right = statement_fen(sums[i].text, &fen);

		expect((int)i, right == sums[i].right && (!right || fen == sums[i].fen));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bookings_from_every_format),
		cmocka_unit_test(bad_lines_of_csv_are_named),
		cmocka_unit_test(bad_lines_of_camt_are_named),
		cmocka_unit_test(bad_lines_of_citic_are_named),
		cmocka_unit_test(rows_left_out_on_purpose),
		cmocka_unit_test(the_same_line_twice_is_one),
		cmocka_unit_test(newest_first_is_as_good),
		cmocka_unit_test(remarks_are_joined_and_sums_at_the_end_passed_over),
		cmocka_unit_test(columns_as_told),
		cmocka_unit_test(wants_to_know_the_account),
		cmocka_unit_test(bounds),
		cmocka_unit_test(hostile_shapes),
		cmocka_unit_test(days_and_sums),
	};

	return UNIT_MAIN(tests);
}
