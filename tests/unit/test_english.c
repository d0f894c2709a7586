#include "unit.h"

#include "base/english.h"
#include "base/str.h"

static const char dictionary[] = "# greetings\n"
				 "我要办理\n\tApply\n\n"
				 "经办人\n\tAgent\n"
				 "经办人@apply/invoice.html\n\tthe agent\n"
				 "中信银行\n\t=\n"
				 "相同\n\t~\n"
				 "{}应为{}位，现在是{}位\n\t{1} should have {2} characters, now {3}\n"
				 "还有{}天\n\t{1} {1|day|days} left\n"
				 "{}已更新\n\t{1} was updated\n"
				 "{}（{}）\n\t{1} ({2})\n"
				 "{}：{}\n\t{1}: {2}\n"
				 "机构\n\torganisation\n"
				 "邮寄\n\tpost\n";

static struct english *words(void)
{
	struct english *e = english_new(mem);

	assert_int_equal(english_read(e, dictionary), 0);
	return e;
}

static void texts(void **state)
{
	static const struct {
		const char *chinese, *where;
		enum english_how how;
		const char *want; /* NULL: stays Chinese */
	} rows[] = {
		{"我要办理", NULL, ENGLISH_OURS, "Apply"},
		{"Plain text", NULL, ENGLISH_OURS, "Plain text"},
		{"没有这个词", NULL, ENGLISH_OURS, NULL},
		{"经办人", NULL, ENGLISH_OURS, "Agent"},
		{"经办人", "apply/invoice.html", ENGLISH_OURS, "the agent"},
		{"经办人", "apply/agent.html", ENGLISH_OURS, "Agent"},
		{"中信银行", NULL, ENGLISH_ANYBODY, NULL},
		{"相同", NULL, ENGLISH_OURS, ""},
		{"¥1,400.00", NULL, ENGLISH_OURS, "CNY 1,400.00"},
		{"-¥0.50", NULL, ENGLISH_OURS, "-CNY 0.50"},
		{"¥多", NULL, ENGLISH_OURS, NULL},
		{"2026年11月22日", NULL, ENGLISH_OURS, "22 November 2026"},
		{"2026年13月22日", NULL, ENGLISH_OURS, NULL},
		{"2026年1月2日起", NULL, ENGLISH_OURS, NULL},
		{"经办人应为18位，现在是17位", NULL, ENGLISH_OURS, "Agent should have 18 characters, now 17"},
		{"还有1天", NULL, ENGLISH_OURS, "1 day left"},
		{"还有90天", NULL, ENGLISH_OURS, "90 days left"},
		{"还有天", NULL, ENGLISH_OURS, NULL},
		{"机构、邮寄", NULL, ENGLISH_OURS, "organisation, post"},
		{"机构、𠮷", NULL, ENGLISH_OURS, NULL},
		{"机构、邮寄（还有2天）", NULL, ENGLISH_OURS, "Organisation, post (2 days left)"},
		{"机构：¥3.00", NULL, ENGLISH_OURS, "Organisation: CNY 3.00"},
		/* A sentence of ours around somebody's name; but brackets alone may be anybody's. */
		{"䶮山公司已更新", NULL, ENGLISH_OURS, NULL},
		{"䶮山公司已更新", NULL, ENGLISH_ANYBODY, "䶮山公司 was updated"},
		{"䶮山公司（有限合伙）", NULL, ENGLISH_ANYBODY, NULL},
		{"机构（有限合伙）", NULL, ENGLISH_ANYBODY, NULL},
		{"", NULL, ENGLISH_OURS, ""},
	};
	struct english *e = words();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		expect_text(i, english_of(e, mem, rows[i].chinese, rows[i].where, rows[i].how), rows[i].want);
	}
	assert_true(english_keeps(e, "中信银行"));
	assert_false(english_keeps(e, "没有这个词"));
}

static void what_needs_english(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {{"abc – “1”", false}, {"", false}, {"字", true}, {"𬭊", true}, {"（", true}, {"、", true},
		{"¥1", true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(i, english_needed(rows[i].text) == rows[i].want);
}

static void what_is_no_dictionary(void **state)
{
	static const struct {
		const char *text;
		int line;
	} rows[] = {
		{"\tEnglish first\n", 1},
		{"甲\n乙\n\tB\n", 2},
		{"甲\n\tA\n甲\n\tB\n", 4},
		{"甲\n\tA\n\tB\n", 3},
		{"甲\n", -1},
		{"{}{}{}{}{}{}{}{}{}{}\n\tten holes\n", 2},
		{"# only this", 0},
		{"甲\n\tA", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(i, english_read(english_new(mem), rows[i].text) == rows[i].line);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(what_needs_english),
		cmocka_unit_test(what_is_no_dictionary),
	};

	return UNIT_MAIN(tests);
}
