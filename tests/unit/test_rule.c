#include "unit.h"

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"

static const struct date today = {2026, 11, 22};

static const char *resident_today(struct arena *a, const char **text, const char **ret_say)
{
	return rule_resident_at(a, text, ret_say, today);
}

struct row {
	field_rule rule;
	const char *in;
	const char *code;   /* NULL: accepted */
	const char *folded; /* NULL: as in */
};

/* Every row: the answer, the folded text; accepted text is accepted again unchanged, refused text has a sentence. */
static void check(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = row[i].in, *say = NULL, *again, *code = row[i].rule(mem, &text, &say);

		expect_text(i, code, row[i].code);
		if (row[i].folded || !code)
			expect_text(i, text, row[i].folded ? row[i].folded : row[i].in);
		again = text;
		if (!code) {
			expect(i, row[i].rule(mem, &again, &say) == NULL);
			expect_text(i, again, text);
			continue;
		}
		expect(i, say && *say && utf8_valid(say, strlen(say)));
		expect(i, utf8_count(say) <= 22); /* with its label no more than 30 */
		expect(i, !strstr(say, "！") && !strstr(say, "。"));
	}
}

static void uscc(void **state)
{
	static const struct row row[] = {
		{rule_uscc, "91350100M000100Y43", NULL, NULL},
		{rule_uscc, "11320000MB151840XJ", NULL, NULL},
		{rule_uscc, "91440101MA50000810", NULL, NULL}, /* 31 becomes 0 */
		{rule_uscc, "91350100m000100y43", NULL, "91350100M000100Y43"},
		{rule_uscc, "９1350100M000100Y43", NULL, "91350100M000100Y43"},
		{rule_uscc, "91350100 M000100Y43", NULL, "91350100M000100Y43"},
		{rule_uscc, "　9135-0100–M000\t100Ｙ４３\xE2\x80\x8B\xEF\xBB\xBF\n", NULL, "91350100M000100Y43"},
		{rule_uscc, "91350100M000100Y4Z", "uscc_check", NULL},
		{rule_uscc, "91350100M000100Y44", "uscc_check", NULL},
		{rule_uscc, "91350100M000100Y34", "uscc_check", NULL}, /* two exchanged */
		{rule_uscc, "91350100M000100Y4中", "uscc_check", NULL},
		{rule_uscc, "91350100M000100Y4", "uscc_length", NULL},
		{rule_uscc, "91350100M000100Y433", "uscc_length", NULL},
		{rule_uscc, "", "uscc_length", NULL},
		{rule_uscc, "91350100I000100Y43", "uscc_char", NULL},
		{rule_uscc, "O1350100M000100Y43", "uscc_char", NULL},
		{rule_uscc, "91350100M000100S43", "uscc_char", NULL},
		{rule_uscc, "9135010中M000100Y43", "uscc_char", NULL},
		{rule_uscc, "91350100M000100.43", "uscc_char", NULL},
	};
	const char *text = "91350100M000100Y4", *say = "";

	(void)state;
	check(row, ARRAY_LEN(row));
	rule_uscc(mem, &text, &say);
	assert_string_equal(say, "应为18位，现在是17位");
	text = "91350100I000100Y43";
	rule_uscc(mem, &text, &say);
	assert_string_equal(say, "第9位有误，代码不含字母I、O、S、V、Z");
}

/* Changing any one character of a right code makes it wrong. */
static void uscc_every_change(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char code[] = "91350100M000100Y43";

	(void)state;
	for (int i = 0; i < 18; i++) {
		char was = code[i];

		for (const char *c = alphabet; *c; c++) {
			const char *text = code, *say;

			code[i] = *c;
			expect(i, (rule_uscc(mem, &text, &say) == NULL) == (*c == was));
		}
		code[i] = was;
	}
}

static void resident(void **state)
{
	static const struct row row[] = {
		{resident_today, "11010519491231002X", NULL, NULL},
		{resident_today, "11010519491231002x", NULL, "11010519491231002X"},
		{resident_today, "１１０１０５ 19491231 002ｘ", NULL, "11010519491231002X"},
		{resident_today, "440524188001010014", NULL, NULL},
		{resident_today, "810000188001010015", NULL, NULL},
		{resident_today, "944840188001010012", NULL, NULL},
		{resident_today, "110105194912310021", "id_check", NULL},
		{resident_today, "110105188102290011", "id_date", NULL}, /* right check digit, no such day */
		{resident_today, "440106189902290017", "id_date", NULL},
		{resident_today, "440106209901010018", "id_date", NULL}, /* not born yet */
		{resident_today, "440106202613010015", "id_date", NULL},
		{resident_today, "110105491231002", "id_old", NULL},
		{resident_today, "ABC110105491231", "id_length", NULL},
		{resident_today, "1101051949123100", "id_length", NULL},
		{resident_today, "", "id_length", NULL},
		{resident_today, "11010519491231X02X", "id_char", NULL},
		{resident_today, "11010519491231002Y", "id_char", NULL},
		{resident_today, "1101051949123100X2", "id_char", NULL},
		{resident_today, "1101051949123100中X", "id_char", NULL},
		{resident_today, "11010519491231002中", "id_char", NULL},
		{rule_resident, "11010519491231002X", NULL, NULL},
		{rule_resident, "440106209901010018", "id_date", NULL},
	};
	const char *text = "440106202611220009", *say;

	(void)state;
	check(row, ARRAY_LEN(row));
	/* born today is right, tomorrow is not: the date is looked at before the check digit */
	assert_string_equal(rule_resident_at(mem, &text, &say, today), "id_check");
	assert_string_equal(rule_resident_at(mem, &text, &say, (struct date){2026, 11, 21}), "id_date");
	text = "110105194912310021";
	rule_resident(mem, &text, &say);
	assert_string_equal(say, "校验不符，请对照证件逐位核对");
}

static void other_numbers(void **state)
{
	static const struct row row[] = {
		{rule_id_other, "e1234 5678", NULL, "E12345678"},
		{rule_id_other, "Ｈ１２３４５６７８-01", NULL, "H1234567801"},
		{rule_id_other, "12345", NULL, NULL},
		{rule_id_other, "12345678901234567890", NULL, NULL},
		{rule_id_other, "1234", "id_length", NULL},
		{rule_id_other, "123456789012345678901", "id_length", NULL},
		{rule_id_other, "军字12345号", "id_char", NULL},
		{rule_id_other, "E1234567;", "id_char", NULL},
		{rule_id_number, "11010519491231002x", NULL, "11010519491231002X"},
		{rule_id_number, "1234", "id_length", NULL},
		{rule_id_number, "1234é", "id_char", NULL},
		{rule_serial, "0a:1b 2c", NULL, "0A1B2C"},
		{rule_serial, "1234567890ABCDEF1234567890ABCDEF12345678", NULL, NULL},
		{rule_serial, "00", NULL, NULL},
		{rule_serial, "1234567890ABCDEF1234567890ABCDEF1234567890", "serial", NULL},
		{rule_serial, "0A1", "serial", NULL},
		{rule_serial, "", "serial", NULL},
		{rule_serial, "0G", "serial", NULL},
		{rule_word, " org ", NULL, "org"},
		{rule_word, "unit_2", NULL, NULL},
		{rule_word, "Org", "word", NULL},
		{rule_word, "a-b", "word", NULL},
		{rule_word, "机构", "word", NULL},
		{rule_word, "", "word", NULL},
	};

	(void)state;
	check(row, ARRAY_LEN(row));
}

static void case_numbers(void **state)
{
	static const struct row row[] = {
		{rule_case_no, "GD20261122000001I", NULL, NULL},
		{rule_case_no, "gd 2026-1122-000001 i", NULL, "GD20261122000001I"},
		{rule_case_no, "ＧＤ２０２６１１２２０００００１Ｉ", NULL, "GD20261122000001I"},
		{rule_case_no, "GD2O26ll22OOOoo1I", NULL, "GD20261122000001I"},
		{rule_case_no, "GD20261122000001 I", NULL, "GD20261122000001I"},
		{rule_case_no, "GDI0261122000001I", "case_no", NULL},	 /* no year 1026 */
		{rule_case_no, "GD202611220000011", "case_check", NULL}, /* the check character is not folded */
		{rule_case_no, "GD20261122000002I", "case_check", NULL},
		{rule_case_no, "GD20261122000010I", "case_check", NULL},
		{rule_case_no, "DG20261122000001I", "case_check",
			NULL}, /* any two letters, but these want another check */
		{rule_case_no, "zy2O261122000001Y", NULL, "ZY20261122000001Y"}, /* another installation's */
		{rule_case_no, "G120261122000001I", "case_no", NULL},
		{rule_case_no, "2020261122000001I", "case_no", NULL},
		{rule_case_no, "GD20261322000001I", "case_no", NULL},
		{rule_case_no, "GD2026112200000AI", "case_no", NULL},
		{rule_case_no, "GD2026112200000中I", "case_no", NULL},
		{rule_case_no, "GD20261122000001中", "case_no", NULL},
		{rule_case_no, "GD20261122000001", "case_length", NULL},
		{rule_case_no, "GD20261122000001II", "case_length", NULL},
		{rule_case_no, "", "case_length", NULL},
	};

	(void)state;
	check(row, ARRAY_LEN(row));
	assert_int_equal(mod3736("A12425GABC1234002"), 'M'); /* the published example */
	assert_int_equal(mod3736("GD20261122000001"), 'I');
	assert_int_equal(mod3736("gd"), 0);
	assert_int_equal(mod3736("A B"), 0);
	assert_int_equal(mod3736("证"), 0);
}

static void phones(void **state)
{
	static const struct row row[] = {
		{rule_mobile, "13800000000", NULL, NULL},
		{rule_mobile, "+86 138-0000-0000", NULL, "13800000000"},
		{rule_mobile, "008613800000000", NULL, "13800000000"},
		{rule_mobile, "8613800000000", NULL, "13800000000"},
		{rule_mobile, "１３８００００００００", NULL, "13800000000"},
		{rule_mobile, "\xE2\x80\xAA+86 138 0000 0000\xE2\x80\xAC", NULL,
			"13800000000"}, /* as copied from a telephone's contacts */
		{rule_mobile, "19900000000", NULL, NULL},
		{rule_mobile, "12800000000", "mobile", NULL},
		{rule_mobile, "1380000000", "mobile", NULL},
		{rule_mobile, "138000000000", "mobile", NULL},
		{rule_mobile, "23800000000", "mobile", NULL},
		{rule_mobile, "+8513800000000", "mobile", NULL},
		{rule_mobile, "+861380000000", "mobile", NULL},
		{rule_mobile, "86138000000000", "mobile", NULL},
		{rule_mobile, "1380000000a", "mobile", NULL},
		{rule_mobile, "13800000000;", "mobile", NULL},
		{rule_mobile, "020-12345678", "mobile", NULL},
		{rule_mobile, "", "mobile", NULL},
		{rule_phone, "13800000000", NULL, NULL},
		{rule_phone, "+86 138-0000-0000", NULL, "13800000000"},
		{rule_phone, "020-12345678", NULL, NULL},
		{rule_phone, "０２０－１２３４５６７８", NULL, "020-12345678"},
		{rule_phone, "020—12345678", NULL, "020-12345678"},
		{rule_phone, "(020) 12345678", NULL, "02012345678"},
		{rule_phone, "0755-1234567-801", NULL, NULL},
		{rule_phone, "0755-12345678", NULL, NULL},
		{rule_phone, "02012345678-1", NULL, NULL},
		{rule_phone, "4001234567", NULL, NULL},
		{rule_phone, "400-123-4567", NULL, "4001234567"},
		{rule_phone, "8001234567", NULL, NULL},
		{rule_phone, "5001234567", "phone", NULL},
		{rule_phone, "400123456", "phone", NULL},
		{rule_phone, "12800000000", "phone", NULL},
		{rule_phone, "12345678", "phone", NULL},
		{rule_phone, "020-123456", "phone", NULL},
		{rule_phone, "020-123456789", "phone", NULL},
		{rule_phone, "02-12345678", "phone", NULL},
		{rule_phone, "07555-1234567", "phone", NULL},
		{rule_phone, "020--12345678", "phone", NULL},
		{rule_phone, "020-12345678-", "phone", NULL},
		{rule_phone, "020-12345678-1234567", "phone", NULL},
		{rule_phone, "020-12345678-1-2", "phone", NULL},
		{rule_phone, "020-1234567a", "phone", NULL},
		{rule_phone, "0201234567890", "phone", NULL},
		{rule_phone, "020123456", "phone", NULL},
		{rule_phone, "", "phone", NULL},
		{rule_phone, "0086-(1380000)-0000", NULL, "13800000000"},
	};

	(void)state;
	check(row, ARRAY_LEN(row));
}

static void email(void **state)
{
	static const struct row row[] = {
		{rule_email, " wang.ming+ca@mail.example.com ", NULL, "wang.ming+ca@mail.example.com"},
		{rule_email, "ｗａｎｇ＠example。com", NULL, "wang@example.com"},
		{rule_email, "王明@例子.中国", NULL, NULL},
		{rule_email, "wang", "email", NULL},
		{rule_email, "wang@", "email", NULL},
		{rule_email, "@example.com", "email", NULL},
		{rule_email, "wang@example", "email", NULL},
		{rule_email, "wang@example.", "email", NULL},
		{rule_email, "wang@.com", "email", NULL},
		{rule_email, "wang@a..com", "email", NULL},
		{rule_email, "a@b@example.com", "email", NULL},
		{rule_email, "wang ming@example.com", "email", NULL},
		{rule_email, "<wang@example.com>", "email", NULL},
		{rule_email, "a@example.com,b", "email", NULL},
		{rule_email, "wang@example.com\r\nBcc: x@example.com", "control", NULL},
		{rule_email, "wang\x01@example.com", "control", NULL},
		{rule_email, "", "email", NULL},
	};
	struct str s;
	const char *text, *say = "";

	(void)state;
	check(row, ARRAY_LEN(row));
	for (int n = 120; n <= 121; n++) { /* code points, not bytes */
		str_init(&s, mem);
		for (int i = 0; i < n - 12; i++)
			str_add(&s, "王");
		str_add(&s, "@example.com");
		text = s.at;
		assert_true((rule_email(mem, &text, &say) == NULL) == (n == 120));
	}
	assert_string_equal(say, "不能超过120个字符");
}

static void small_numbers(void **state)
{
	static const struct row row[] = {
		{rule_account, "7443 9001 8260 0096 874", NULL,
			"7443900182600096874"}, /* no Luhn: our own account fails it */
		{rule_account, "６２００-00", NULL, "620000"},
		{rule_account, "12345678901234567890123456789012", NULL, NULL},
		{rule_account, "123456789012345678901234567890123", "account", NULL},
		{rule_account, "12345", "account", NULL},
		{rule_account, "12345a", "account", NULL},
		{rule_account, "", "account", NULL},
		{rule_tax_number, "91350100m000100y43", NULL, "91350100M000100Y43"},
		{rule_tax_number, "123456789012345", NULL, NULL},
		{rule_tax_number, "12345678901234", "tax_number", NULL},
		{rule_tax_number, "123456789012345678901", "tax_number", NULL},
		{rule_tax_number, "12345678901234号", "tax_number", NULL},
		{rule_postcode, "５１０ ０００", NULL, "510000"},
		{rule_postcode, "51000", "postcode", NULL},
		{rule_postcode, "5100000", "postcode", NULL},
		{rule_postcode, "51000O", "postcode", NULL},
		{rule_waybill, "sf 1234 5678 9012", NULL, "SF123456789012"},
		{rule_waybill, "12345678", NULL, NULL},
		{rule_waybill, "1234567", "waybill", NULL},
		{rule_waybill, "123456789012345678901", "waybill", NULL},
		{rule_waybill, "SF1234567/", "waybill", NULL},
	};

	(void)state;
	check(row, ARRAY_LEN(row));
}

static void persons(void **state)
{
	static const struct row row[] = {
		{rule_person, "张三", NULL, NULL},
		{rule_person, " 张　三 ", NULL, "张三"},
		{rule_person, "买买提·吐尔逊", NULL, NULL},
		{rule_person, "买买提•吐尔逊", NULL, "买买提·吐尔逊"},
		{rule_person, "买买提・吐尔逊", NULL, "买买提·吐尔逊"},
		{rule_person, "买买提．吐尔逊", NULL, "买买提·吐尔逊"},
		{rule_person, "买买提‧吐尔逊", NULL, "买买提·吐尔逊"},
		{rule_person, "买买提∙吐尔逊", NULL, "买买提·吐尔逊"},
		{rule_person, "买买提.吐尔逊", NULL, "买买提·吐尔逊"},
		{rule_person, "买买提 · 吐尔逊", NULL, "买买提·吐尔逊"},
		{rule_person, "𠮷野", NULL, NULL},
		{rule_person, "㛃䶮𬭊𰻝𪚥〇", NULL, NULL},
		{rule_person, "\xEF\xA7\x91\xEF\xA4\x80", NULL, NULL}, /* compatibility ideographs stay what they are */
		{rule_person, "\xF0\xAF\xA0\x9A文", NULL, NULL},
		{rule_person, "张\xEE\x80\x80", NULL, NULL},	   /* private use: a hint, no refusal */
		{rule_person, "葛\xF3\xA0\x84\x80城", NULL, NULL}, /* variation selector */
		{rule_person, "张\xE2\x80\x8B三", NULL, "张三"},
		{rule_person, "John  Smith", NULL, "John Smith"},
		{rule_person, "Ｊｏｈｎ Smith", NULL, "John Smith"},
		{rule_person, "J. Smith", NULL, NULL},
		{rule_person, "O’Neil", NULL, "O'Neil"},
		{rule_person, "Jean-Luc Müller", NULL, NULL},
		{rule_person, "王", "person_name", NULL},
		{rule_person, "𠮷", "person_name", NULL},
		{rule_person, "", "person_name", NULL},
		{rule_person, "张3", "person_name", NULL},
		{rule_person, "张３", "person_name", NULL},
		{rule_person, "张三（法人）", "person_name", NULL},
		{rule_person, "张三,李四", "person_name", NULL},
		{rule_person, "<b>张三", "person_name", NULL},
		{rule_person, "·张三", "person_name", NULL},
		{rule_person, "张三·", "person_name", NULL},
		{rule_person, "买买提··吐尔逊", "person_name", NULL},
		{rule_person, "John -Smith", "person_name", NULL},
		{rule_person, "たろう", "person_name", NULL},
		{rule_person, "张😀", "person_name", NULL},
		{rule_person, "张\n三", "control", NULL},
	};
	struct str s;
	const char *text, *say = "";

	(void)state;
	check(row, ARRAY_LEN(row));
	for (int n = 50; n <= 51; n++) {
		str_init(&s, mem);
		for (int i = 0; i < n; i++)
			str_add(&s, "𠮷");
		text = s.at;
		assert_true((rule_person(mem, &text, &say) == NULL) == (n == 50));
	}
	assert_string_equal(say, "应为2至50个字，现在是51个");
}

static void units(void **state)
{
	static const struct row row[] = {
		{rule_unit, "广州（测试）有限公司", NULL, NULL},
		{rule_unit, "广州(测试)有限公司", NULL, "广州（测试）有限公司"},
		{rule_unit, "广州 (测试) 有限公司", NULL, "广州（测试）有限公司"},
		{rule_unit, "  广州𠮷野家餐饮有限公司　", NULL, "广州𠮷野家餐饮有限公司"},
		{rule_unit, "ABC  Trading (China) Co., Ltd.", NULL, "ABC Trading（China）Co., Ltd."},
		{rule_unit, "第７中学", NULL, NULL}, /* as on the licence, full width and all */
		{rule_unit, "北京3Q大战·有限公司", NULL, NULL}, {rule_unit, "12345", "unit_name", NULL},
		{rule_unit, "（）", "unit_name", NULL}, {rule_unit, "", "unit_name", NULL},
		{rule_unit, "广州（测试有限公司", "unit_name", NULL},
		{rule_unit, "广州）测试（有限公司", "unit_name", NULL}, {rule_unit, "广州\n有限公司", "control", NULL},
		{rule_unit, "广州\xF3\xA0\x80\x81有限公司", "control", NULL}, /* a tag character */
	};

	(void)state;
	check(row, ARRAY_LEN(row));
}

static void plain_text(void **state)
{
	static const struct row row[] = {
		{rule_line, " 海洲路38号  5楼\t", NULL, "海洲路38号  5楼"},
		{rule_line, "　\xEF\xBB\xBF张\xE2\x80\x8D三\xE2\x80\xAE", NULL, "张三"},
		{rule_line, "", NULL, ""},
		{rule_line, "<script>alert('x')</script>", NULL, NULL}, /* escaping is the writer's work */
		{rule_line, "海洲路\n38号", "control", NULL},
		{rule_line, "海洲路\r38号", "control", NULL},
		{rule_line, "a\x1B[31mb", "control", NULL},
		{rule_line,
			"a\x7F"
			"b",
			"control", NULL},
		{rule_line,
			"a\xC2\x9B"
			"b",
			"control", NULL},
		{rule_line,
			"a\xE2\x80\xA8"
			"b",
			"control", NULL},
		{rule_line,
			"a\xEF\xBF\xBF"
			"b",
			"control", NULL},
		{rule_note, "第一行\r\n第二行\r第三行\n\n第四行\n", NULL, "第一行\n第二行\n第三行\n\n第四行"},
		{rule_note, "a\tb", NULL, NULL},
		{rule_note,
			"a\x1B"
			"b",
			"control", NULL},
		{rule_note,
			"a\x0C"
			"b",
			"control", NULL},
	};

	(void)state;
	check(row, ARRAY_LEN(row));
}

static void hints(void **state)
{
	(void)state;
	assert_null(rule_hint_uscc("91350100M000100Y43"));
	assert_null(rule_hint_uscc("11320000MB151840XJ"));
	assert_null(rule_hint_uscc("91440101MA50000810"));
	assert_non_null(rule_hint_uscc("91350100M000100Y53")); /* organisation part */
	assert_non_null(rule_hint_uscc("71350100M000100Y43")); /* authority */
	assert_null(rule_hint_uscc("short"));
	assert_null(rule_hint_account("6200000000000005"));
	assert_non_null(rule_hint_account("6200000000000006"));
	assert_null(rule_hint_account("4532015112830366")); /* a 5 among the doubled ones */
	assert_non_null(rule_hint_account("7443900182600096874"));
	assert_null(rule_hint_account("620000000000006")); /* 15 digits: no card */
	assert_null(rule_hint_account("62000000000000000006"));
	assert_null(rule_hint_account(""));
	assert_null(rule_hint_resident("11010519491231002X"));
	assert_null(rule_hint_resident("810000188001010015"));
	assert_null(rule_hint_resident("944840188001010012"));
	assert_non_null(rule_hint_resident("190105194912310024"));
	assert_non_null(rule_hint_resident(""));
	assert_null(rule_hint_name(mem, "𠮷野"));
	assert_string_equal(rule_hint_name(mem, "张\xEE\x80\x80"), "含造字U+E000，请另附该字的图片");
	assert_string_equal(rule_hint_name(mem, "\xF3\xB0\x80\x80"), "含造字U+F0000，请另附该字的图片");
}

static void name_keys(void **state)
{
	const char *key = name_key(mem, "广州（测试）有限公司");

	(void)state;
	assert_string_equal(key, name_key(mem, "广州(测试)有限公司"));
	assert_string_equal(key, name_key(mem, "广州 (测试)有限公司"));
	assert_string_equal(key, name_key(mem, "\xC2\xA0广州　（测试）有限公司 "));
	assert_string_not_equal(key, name_key(mem, "广州测试有限公司"));
	assert_string_not_equal(key, name_key(mem, "广州（测试）有限责任公司"));
	assert_string_not_equal(name_key(mem, "𠮷野"), name_key(mem, "𡈽野"));
	assert_string_not_equal(name_key(mem, "𠮷野"), name_key(mem, "吉野"));
	assert_string_not_equal(name_key(mem, "\xEF\xA4\x80"), name_key(mem, "\xE8\xB1\x88")); /* U+F900, U+8C48 */
	assert_string_not_equal(name_key(mem, "abc"), name_key(mem, "ABC"));
	assert_string_equal(name_key(mem, "ＡＢＣ"), "ABC");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(uscc),
		cmocka_unit_test(uscc_every_change),
		cmocka_unit_test(resident),
		cmocka_unit_test(other_numbers),
		cmocka_unit_test(case_numbers),
		cmocka_unit_test(phones),
		cmocka_unit_test(email),
		cmocka_unit_test(small_numbers),
		cmocka_unit_test(persons),
		cmocka_unit_test(units),
		cmocka_unit_test(plain_text),
		cmocka_unit_test(hints),
		cmocka_unit_test(name_keys),
	};

	return UNIT_MAIN(tests);
}
