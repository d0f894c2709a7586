#include "unit.h"

#include "base/money.h"

static void parsing(void **state)
{
	static const struct {
		const char *text;
		int64_t fen;
	} row[] = {
		{"600", 60000},
		{"¥1,400.00", 140000},
		{"￥1,400.00", 140000},
		{"0.1", 10},
		{"１４００", 140000},
		{"￥１，４００．５", 140050},
		{" ¥ 600 ", 60000},
		{"　600　", 60000},
		{"0", 0},
		{"0.05", 5},
		{"1,234,567.89", 123456789},
		{"10,000,000.00", MONEY_MAX_FEN},
		{"0600", 60000},
	};
	static const char *const bad[] = {
		"",
		" ",
		"¥",
		"1e3",
		"1E3",
		"-1",
		"+1",
		"－1",
		"1.005",
		"1.",
		".5",
		"1,40.00",
		"14,00",
		",400",
		"1400,000",
		"1,,400",
		"1,400,",
		"1,4000",
		"1 400",
		"1.2.3",
		"0x10",
		"inf",
		"nan",
		"¥¥1",
		"1¥",
		"600元",
		"壹",
		"1_000",
		"\x01"
		"600",
		"10000000.01",
		"99999999999999999999",
		"9223372036854775807",
		"1.0e2",
		"1,400.0,0",
	};
	char longest[200];
	int64_t fen;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect(i, money_parse(row[i].text, &fen));
		expect(i, fen == row[i].fen);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(i, !money_parse(bad[i], &fen));
	memset(longest, '0', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	assert_false(money_parse(longest, &fen));
}

static void writing(void **state)
{
	static const struct {
		int64_t fen;
		const char *text;
	} row[] = {
		{0, "¥0.00"},
		{5, "¥0.05"},
		{60000, "¥600.00"},
		{99999, "¥999.99"},
		{100000, "¥1,000.00"},
		{140000, "¥1,400.00"},
		{100000005, "¥1,000,000.05"},
		{-140000, "-¥1,400.00"},
		{INT64_MAX, "¥92,233,720,368,547,758.07"},
		{INT64_MIN, "-¥92,233,720,368,547,758.08"},
	};
	int64_t back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect_text(i, money_text(mem, row[i].fen), row[i].text);
		if (row[i].fen >= 0 && row[i].fen <= MONEY_MAX_FEN)
			expect(i, money_parse(row[i].text, &back) && back == row[i].fen);
	}
}

static void words(void **state)
{
	static const struct {
		int64_t fen;
		const char *text;
	} row[] = {
		/* with the examples of the annex of 支付结算办法 */
		{140950, "壹仟肆佰零玖元伍角"},
		{60000, "陆佰元整"},
		{600714, "陆仟零柒元壹角肆分"},
		{100000, "壹仟元整"},
		{168032, "壹仟陆佰捌拾元零叁角贰分"},
		{36000, "叁佰陆拾元整"},
		{10700053, "壹拾万柒仟元零伍角叁分"},
		{280000, "贰仟捌佰元整"},
		{1640902, "壹万陆仟肆佰零玖元零贰分"},
		{1000000, "壹万元整"},
		{32504, "叁佰贰拾伍元零肆分"},
		{24096800, "贰拾肆万零玖佰陆拾捌元整"},
		{101010, "壹仟零壹拾元零壹角"},
		{100050000, "壹佰万零伍佰元整"},
		{1005, "壹拾元零伍分"},
		{10000050000, "壹亿零伍佰元整"},
		{5, "伍分"},
		{10000500000, "壹亿零伍仟元整"},
		{0, "零元整"},
		{10000050, "壹拾万元零伍角"},
		/* and what its rules say beyond it */
		{140000, "壹仟肆佰元整"},
		{50, "伍角"},
		{55, "伍角伍分"},
		{100, "壹元整"},
		{110, "壹元壹角"},
		{101, "壹元零壹分"},
		{1000, "壹拾元整"},
		{100100, "壹仟零壹元整"},
		{200000000, "贰佰万元整"},
		{10000000000, "壹亿元整"},
		{500000000000, "伍拾亿元整"},
		{205000000000, "贰拾亿伍仟万元整"},
		{200500000000, "贰拾亿零伍佰万元整"},
		{205005000000, "贰拾亿伍仟零伍万元整"},
		{1000100010001, "壹佰亿零壹佰万零壹佰元零壹分"},
		{MONEY_WORDS_MAX_FEN, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect_text(i, money_words(mem, row[i].fen), row[i].text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing),
		cmocka_unit_test(writing),
		cmocka_unit_test(words),
	};

	return UNIT_MAIN(tests);
}
