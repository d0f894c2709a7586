/* Whose money it is: references in remarks, names, and the choice.  Each row is what a payer may write or a table of cases with
 * their marks, and what the machine must make of it. */
#include "unit.h"

#include "base/rule.h"
#include "base/str.h"
#include "domain/match.h"

/* Cases GD20261122000001I and …2H stand behind 2611220001I and 2611220002H. */
static void references(void **state)
{
	static const struct {
		const char *remark, *want; /* numbers, mended ones with "*", parted by blanks */
	} row[] = {
		{"办理广东政府采购智慧云CA 2611220001I", "GD20261122000001I"},
		{"办理广东政府采购智慧云CA2611220001I", "GD20261122000001I"},
		{"办理广东政府采购智慧云ＣＡ　２６１１２２０００１Ｉ", "GD20261122000001I"},
		{"2611-2200-01 i", "GD20261122000001I"},
		{"参考号：2611220001I。谢谢", "GD20261122000001I"},
		{"GD20261122000001I", "GD20261122000001I"},
		{"26112200O1I", "GD20261122000001I*"},
		{"26ll220001I", "GD20261122000001I*"},
		{"26112200011", "GD20261122000001I*"},
		{"26112200491", "GD20261122000049L*"},
		{"2611220049i", "GD20261122000049L*"},
		{"26I1220001L", "GD20261122000001I*"},
		{"电话13800138000，2611220001I", "GD20261122000001I"},
		{"2611220001I 2611220002G", "GD20261122000001I GD20261122000002G"},
		{"2611220001I2611220002G", "GD20261122000001I GD20261122000002G"},
		{"2611220001I,2611220001I", "GD20261122000001I"},
		{"2611220001J", ""},
		{"2613220001I", ""},
		{"办理广东政府采购智慧云CA", ""},
		{"𠮷䶮𬭊", ""},
		{"", ""},
		{"74439001826000968742611220001I", "GD20261122000001I"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct match_reference at[8];
		size_t n = match_references(mem, "GD", row[i].remark, at, ARRAY_LEN(at));
		struct str s;

		str_init(&s, mem);
		for (size_t k = 0; k < n; k++)
			str_addf(&s, "%s%s%s", k ? " " : "", at[k].no, at[k].mended ? "*" : "");
		expect_text(i, s.at, row[i].want);
	}
}

static void names(void **state)
{
	static const struct {
		const char *name;
		bool person, unit;
	} row[] = {
		{"张三", true, false},
		{"𠮷野家", true, false},
		{"买买提·吐尔逊", true, false},
		{"广州（测试）有限公司", false, true},
		{"广州市第一中学", false, true},
		{"测试局", true, false}, /* too short to tell: never held against anybody by itself */
		{"Alice Example", false, false},
		{"", false, false},
	};
	static const struct {
		const char *a, *b;
		bool near;
	} pair[] = {
		{"广州测试有限公司", "广州测试有限责任公司", true},
		{"广州（测试）有限公司", "广州测试有限公司", true},
		{"广州(测试)有限公司", "广州（测试）股份有限公司", true},
		{"𠮷野有限公司", "吉野有限公司", false},
		{"广州测试一有限公司", "广州测试二有限公司", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect(i, match_is_person(row[i].name) == row[i].person);
		expect(i, match_is_unit(row[i].name) == row[i].unit);
	}
	for (size_t i = 0; i < ARRAY_LEN(pair); i++)
		expect(i, text_eq(match_near_key(mem, pair[i].a), match_near_key(mem, pair[i].b)) == pair[i].near);
}

enum {
	REF = MATCH_REFERENCE,
	MENDED = MATCH_REFERENCE | MATCH_MENDED,
	PAYER = MATCH_PAYER | MATCH_ALLOWED,
	ANY = MATCH_ALLOWED, /* whoever pays */
};

static void choices(void **state)
{
	static const struct {
		int64_t left;
		struct {
			unsigned marks;
			int64_t owing;
		} at[4];
		unsigned chosen; /* bits of at */
		const char *say; /* part of it */
	} row[] = {
		/* good ones */
		{60000, {{REF | PAYER, 60000}}, 1, "附言中有申请参考号，付款户名一致，金额与应付相符"},
		{60000, {{REF | ANY, 60000}}, 1, "附言中有申请参考号，金额与应付相符"},
		{60000, {{PAYER, 60000}}, 1, "付款户名一致，金额与应付相符"},
		{60000, {{MENDED | PAYER, 60000}}, 1, "经更正"},
		{60000, {{REF | PAYER, 60000}, {PAYER, 60000}}, 1, "参考号"},
		{60000, {{REF | PAYER, 60000}, {ANY, 60000}}, 1, "参考号"},
		{180000, {{REF | PAYER, 60000}, {REF | PAYER, 100000}, {REF | PAYER, 20000}}, 7, "与其他申请合计相符"},
		{160000, {{PAYER, 60000}, {PAYER, 100000}}, 3, "与其他申请合计相符"},
		{60000, {{PAYER, 60000}, {PAYER, 100000}}, 1, "付款户名一致"},
		/* another sum */
		{50000, {{REF | PAYER, 60000}}, 0, "不足"},
		{70000, {{REF | PAYER, 60000}}, 0, "多了"},
		{60000, {{REF | PAYER, 0}}, 0, "已经付清"},
		{100000, {{REF | PAYER, 60000}, {PAYER, 100000}}, 0,
			"多了"}, /* the reference speaks against the name */
		{160000, {{REF | PAYER, 60000}, {REF | PAYER, 90000}}, 0, "多了"},
		/* another payer */
		{60000, {{REF, 60000}}, 0, "的付款人不一致"},
		{60000, {{REF | MATCH_NEAR, 60000}}, 0, "不一致"},
		{60000, {{REF | MATCH_PRIVATE, 60000}}, 0, "须由本单位账户付款"},
		{60000, {{REF | MATCH_UNIT, 60000}}, 0, "须由本人账户付款"},
		{160000, {{REF | PAYER, 60000}, {REF, 100000}}, 0, "申请"},
		{60000, {{MENDED | ANY, 60000}}, 0, "只有金额对得上"},
		{60000, {{PAYER, 60000}, {MENDED, 60000}}, 0, "户名与申请1一致，附言中的参考号却是申请2的"},
		{60000, {{PAYER, 60000}, {REF, 60000}}, 0, "不一致"},
		/* nobody, or more than one */
		{60000, {{0, 0}}, 0, "没有能识别的参考号"},
		{60000, {{ANY, 60000}}, 0, "只有金额对得上"},
		{60000, {{PAYER, 60000}, {PAYER, 60000}}, 0, "有几件申请都对得上"},
		{160000, {{PAYER, 60000}, {PAYER, 100000}, {PAYER, 160000}}, 0, "有几件申请都对得上"},
		/* in time */
		{60000, {{REF | PAYER | MATCH_EARLY, 60000}}, 0, "早于"},
		{60000, {{REF | PAYER | MATCH_WAITS, 0}}, 0, "还没有提交"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct match m = {0};
		unsigned chosen = 0;

		for (size_t k = 0; k < ARRAY_LEN(row[i].at) && row[i].at[k].marks; k++)
			m.at[m.count++] = (struct match_case){.application_id = (int64_t)k + 1,
				.no = arena_printf(mem, "%zu", k + 1),
				.owing_fen = row[i].at[k].owing,
				.marks = row[i].at[k].marks};
		match_weigh(mem, row[i].left, &m);
		for (size_t k = 0; k < m.count; k++)
			if (m.at[k].chosen)
				chosen |= 1u << (m.at[k].application_id - 1);
		expect(i, chosen == row[i].chosen);
		expect(i, m.say && strstr(m.say, row[i].say) != NULL);
		expect(i, (m.chosen > 0) == (chosen != 0));
	}
}

/* More cases of a payer than were looked at: the one that fits may not be the only one. */
static void crowded(void **state)
{
	const struct match_case paid = {.application_id = 1, .no = "1", .owing_fen = 60000, .marks = PAYER};
	struct match m = {.at = {paid}, .count = 1, .crowded = true};

	(void)state;
	match_weigh(mem, 60000, &m);
	assert_int_equal(m.chosen, 0);
	assert_non_null(strstr(m.say, "很多"));
	m.at[0].marks = REF | PAYER;
	match_weigh(mem, 60000, &m);
	assert_int_equal(m.chosen, 1);
}

/* Whatever the marks, money is never given beyond what is left, nor without leave, nor when two readings stand. */
static void never(void **state)
{
	static const int64_t owing[] = {0, 20000, 40000, 60000, 60000, 100000};
	uint64_t chance = 1;

	(void)state;
	for (size_t round = 0; round < 200000; round++) {
		struct match m = {0};
		int64_t sum = 0, left;

		for (size_t k = 0; k < 1 + round % 5; k++) {
			chance = chance * 6364136223846793005u + 1442695040888963407u;
			m.at[m.count++] = (struct match_case){.application_id = (int64_t)k + 1,
				.no = "1",
				.owing_fen = owing[(chance >> 33) % ARRAY_LEN(owing)],
				.marks = (unsigned)(chance >> 40) & (MATCH_UNIT * 2 - 1)};
		}
		left = owing[1 + (chance >> 20) % (ARRAY_LEN(owing) - 1)];
		match_weigh(mem, left, &m);
		for (size_t k = 0; k < m.count; k++) {
			const struct match_case *at = &m.at[k];

			if (!at->chosen)
				continue;
			sum += at->owing_fen;
			expect(round, at->marks & MATCH_ALLOWED);
			expect(round, at->marks & (MATCH_REFERENCE | MATCH_PAYER));
			expect(round, !(at->marks & (MATCH_EARLY | MATCH_WAITS)));
			expect(round, !(at->marks & MATCH_MENDED) || at->marks & MATCH_PAYER ||
					      !(at->marks & MATCH_REFERENCE));
		}
		expect(round, sum == (m.chosen ? left : 0));
		if (round % 1000 == 0)
			arena_reset(mem);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(references),
		cmocka_unit_test(names),
		cmocka_unit_test(choices),
		cmocka_unit_test(crowded),
		cmocka_unit_test(never),
	};

	return UNIT_MAIN(tests);
}
