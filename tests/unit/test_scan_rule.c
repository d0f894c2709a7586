/* What is said about pages: each row is a file, or a material with its files, and the codes that must be said of it, in
 * order, "code" or "code@page".  Codes of pages are made with a real key, so that forged and foreign ones are what they are. */
#include "unit.h"

#include "base/str.h"
#include "domain/scan.h"
#include "io/crypto.h"

static const unsigned char key[CRYPTO_KEY] = "a key of the portal, for tests..";
static const unsigned char other_key[CRYPTO_KEY] = "a key of somebody else, also 32.";

#define CASE "GD20261122000001I"
#define OTHER "GD20261122000002H"

static const struct catalog_material form = {
	.code = "m1", .name = "申请表", .copies = 2, .stamped = true, .scan = true};
static const struct catalog_material hand = {.code = "m1", .name = "个人申请表", .copies = 2, .scan = true};
static const struct catalog_material licence = {.code = "m2", .name = "营业执照副本", .stamped = true, .scan = true};
static const struct catalog_material receipt = {.code = "m6", .name = "付款回单", .scan = true};

/* Version 3 of two pages and two copies: the stamp on page 1, impressions on page 2. */
static const struct scan_case now = {.no = CASE,
	.key = key,
	.version = 3,
	.pages = 2,
	.stamp_page = 1,
	.seal_page = 2,
	.current = true,
	.copies = 2,
	.red_seals = true};

/* A page: whose code, and what is seen; what is not named is a good page with one seal of 40 mm. */
enum whose { BARE, OURS, STRANGE, FAKE, NEIGHBOUR };
enum { GREY = 1, BLANK = 2, CROPPED = 4, NO_SEAL = 8, CUT = 16 };
struct sheet {
	enum whose whose;
	int version, copy, page;
	unsigned flags;
	int64_t mm10, sharpness, light, dpi; /* 0: good; -1: nothing */
};

#define SHEETS_MAX 6
#define SHEET(who, v, c, p, ...) \
	{ \
		.whose = who, .version = v, .copy = c, .page = p, ##__VA_ARGS__ \
	}
#define OUR(v, c, p, ...) SHEET(OURS, v, c, p, ##__VA_ARGS__)
#define OTHERS(v, c, p, ...) SHEET(NEIGHBOUR, v, c, p, ##__VA_ARGS__)
#define FORGED(v, c, p, ...) SHEET(FAKE, v, c, p, ##__VA_ARGS__)
#define PLAIN(...) SHEET(BARE, 1, 1, 1, ##__VA_ARGS__)
#define ALIEN(...) SHEET(STRANGE, 1, 1, 1, ##__VA_ARGS__)
#define NONE \
	{ \
		.version = 0 \
	}

static char *code_text(const struct sheet *t)
{
	struct form_code code = {.version = t->version, .copy = t->copy, .page = t->page, .pages = 2};
	char *text = arena_alloc(mem, FORM_CODE_MAX + 1);

	if (t->whose == BARE)
		return arena_text(mem, "");
	if (t->whose == STRANGE)
		return arena_text(mem, "https://example.cn/发票?no=𠮷");
	memcpy(code.no, t->whose == NEIGHBOUR ? OTHER : CASE, sizeof CASE);
	assert_int_equal(form_code_make(&code, t->whose == FAKE ? other_key : key, CRYPTO_KEY, text), ERR_OK);
	return text;
}

static int64_t or_good(int64_t value, int64_t good)
{
	return value < 0 ? 0 : value ? value : good;
}

/* As the worker keeps it. */
static const char *seen(const struct sheet *t)
{
	struct scan_seal seal = {{6000, 6500, 1900, 1350}, or_good(t->mm10, 400), t->flags & CUT};
	struct scan scan = {.code = code_text(t),
		.dpi = or_good(t->dpi, 300),
		.seals = {&seal, t->flags & (NO_SEAL | GREY | BLANK) ? 0 : 1},
		.grey = t->flags & GREY,
		.blank = t->flags & BLANK,
		.cropped = t->flags & CROPPED,
		.sharpness = or_good(t->sharpness, 80),
		.light = or_good(t->light, 90)};
	struct json_out j;
	struct str s;

	str_init(&s, mem);
	json_begin(&j, &s);
	json_shape(&j, NULL, &scan_shape, &scan);
	return s.at;
}

/* file: whose pages; a sheet without version ends the row. */
static struct list pages_of(const struct scan_case *of, const struct sheet *sheet, const char *file)
{
	struct scan_page *p = arena_array(mem, SHEETS_MAX, sizeof *p);
	size_t n = 0;

	for (; n < SHEETS_MAX && sheet[n].version; n++) {
		p[n] = (struct scan_page){.file = file, .page = (int64_t)n + 1, .seen = seen(&sheet[n])};
		scan_identify(mem, of, &p[n]);
	}
	return (struct list){p, n};
}

static const char *codes_of(const struct list *findings)
{
	const struct scan_finding *f = findings->at;
	struct str s;

	str_init(&s, mem);
	for (size_t i = 0; i < findings->count; i++) {
		str_addf(&s, "%s%s", i ? " " : "", f[i].code);
		if (f[i].page)
			str_addf(&s, "@%d", (int)f[i].page);
	}
	return s.at;
}

/* clang-format off */
static const struct file_row {
	const struct catalog_material *rule;
	struct sheet sheet[SHEETS_MAX];
	const char *codes;
} file_row[] = {
	/* what a good form says of itself */
	{&form, {OUR(3, 1, 1), OUR(3, 1, 2), OUR(3, 2, 1), OUR(3, 2, 2)}, "form_page@1 form_page@2 form_page@3 form_page@4"},
	{&form, {OUR(3, 2, 1)}, "form_page@1"},
	/* whose paper it is */
	{&form, {OUR(2, 1, 1)}, "outdated@1"},
	{&form, {OUR(4, 1, 1)}, "outdated@1"},
	{&form, {OTHERS(3, 1, 1)}, "other_case@1"},
	{&form, {FORGED(3, 1, 1)}, "forged@1"},
	{&form, {ALIEN()}, "foreign@1"},
	{&form, {PLAIN()}, "no_code@1"},
	{&licence, {OTHERS(3, 1, 1)}, "other_case@1"},
	{&licence, {FORGED(3, 1, 1)}, "forged@1"},
	{&licence, {ALIEN()}, ""},
	{&licence, {PLAIN()}, ""},
	{NULL, {PLAIN()}, ""},
	/* pages of the form and others in one file */
	{&form, {OUR(3, 1, 1), PLAIN(), ALIEN()}, "form_page@1 other_page@2 other_page@3"},
	{&form, {OUR(3, 1, 1), OTHERS(3, 1, 2)}, "form_page@1 other_case@2"},
	{&licence, {PLAIN(), OUR(3, 1, 1)}, "other_page@1 form_page@2"},
	/* the seal, on the page that has its place */
	{&form, {OUR(3, 1, 1, .flags = NO_SEAL)}, "form_page@1 no_seal@1"},
	{&form, {OUR(3, 1, 2, .flags = NO_SEAL)}, "form_page@1 no_impression@1"},
	{&form, {OUR(3, 1, 1, .flags = GREY)}, "form_page@1 grey_copy@1"},
	{&form, {OUR(3, 1, 2, .flags = GREY)}, "form_page@1 grey_copy@1"},
	{&form, {OUR(3, 1, 1, .flags = CUT)}, "form_page@1 seal_cut@1"},
	{&form, {OUR(2, 1, 1, .flags = NO_SEAL)}, "outdated@1"},
	{&form, {PLAIN(.flags = NO_SEAL)}, "no_code@1"},
	{&licence, {PLAIN(.flags = CUT)}, "seal_cut@1"},
	{&receipt, {PLAIN(.flags = CUT)}, ""},
	{&licence, {PLAIN(.flags = NO_SEAL)}, ""},
	{&hand, {OUR(3, 1, 1, .flags = NO_SEAL)}, "form_page@1"},
	{&hand, {OUR(3, 1, 1, .flags = GREY)}, "form_page@1"},
	{&hand, {OUR(3, 1, 1, .flags = CUT)}, "form_page@1"},
	{&hand, {OUR(3, 1, 2, .flags = NO_SEAL)}, "form_page@1 no_impression@1"},
	/* its size */
	{&form, {OUR(3, 1, 1, .mm10 = 365), OUR(3, 2, 1, .mm10 = 465)}, "form_page@1 form_page@2"},
	{&form, {OUR(3, 1, 1, .mm10 = 364)}, "form_page@1 seal_size@1"},
	{&form, {OUR(3, 1, 1, .mm10 = 466)}, "form_page@1 seal_size@1"},
	{&form, {OUR(3, 1, 1, .mm10 = -1)}, "form_page@1"},
	{&form, {OUR(3, 1, 2, .mm10 = 200)}, "form_page@1"},
	{&form, {OUR(3, 1, 1, .flags = CUT, .mm10 = 200)}, "form_page@1 seal_cut@1"},
	{&licence, {PLAIN(.mm10 = 200)}, ""},
	/* the picture */
	{&receipt, {PLAIN(.flags = CROPPED)}, "cropped@1"},
	{&receipt, {PLAIN(.sharpness = 29), PLAIN(.sharpness = 30)}, "blurred@1"},
	{&receipt, {PLAIN(.light = 44), PLAIN(.light = 45)}, "dark@1"},
	{&receipt, {PLAIN(.dpi = 149), PLAIN(.dpi = 150), PLAIN(.dpi = -1)}, "low_resolution@1"},
	{&form, {OUR(3, 1, 1, .flags = CROPPED, .sharpness = 10, .light = 10, .dpi = 96)}, "form_page@1 cropped@1 blurred@1 dark@1 low_resolution@1"},
	/* an empty sheet has nothing else to be said of */
	{&form, {OUR(3, 1, 1), PLAIN(.flags = BLANK | CROPPED, .sharpness = -1, .light = 10)}, "form_page@1 blank_page@2"},
};

static const struct advice_row {
	const struct catalog_material *rule;
	struct sheet sheet[SHEETS_MAX];
	const char *codes;
} advice_row[] = {
	{&form, {OUR(3, 1, 1), OUR(3, 1, 2), OUR(3, 2, 1), OUR(3, 2, 2)}, ""},
	{&form, {OUR(3, 2, 2), OUR(3, 1, 2), OUR(3, 2, 1), OUR(3, 1, 1)}, ""},
	{&form, {NONE}, ""},
	{&form, {OUR(3, 1, 1), OUR(3, 1, 2)}, "copy_missing"},
	{&form, {OUR(3, 2, 1), OUR(3, 2, 2)}, "copy_missing"},
	{&form, {OUR(3, 1, 1), OUR(3, 2, 1), OUR(3, 2, 2)}, "page_missing"},
	{&form, {OUR(3, 1, 2)}, "page_missing copy_missing"},
	{&form, {OUR(3, 1, 1), OUR(3, 1, 1), OUR(3, 1, 2)}, "page_twice copy_missing"},
	/* older pages do not fill a gap, nor those of others */
	{&form, {OUR(3, 1, 1), OUR(2, 1, 2), OUR(3, 2, 1), OUR(3, 2, 2)}, "page_missing"},
	{&form, {OUR(3, 1, 1), FORGED(3, 1, 2), OTHERS(3, 1, 2), OUR(3, 2, 1), OUR(3, 2, 2)}, "page_missing"},
	{&form, {OUR(2, 1, 1), OUR(2, 1, 2)}, "outdated"},
	{&form, {OTHERS(3, 1, 1)}, "no_form"},
	{&form, {PLAIN()}, "no_form"},
	/* copies of papers that must be stamped */
	{&licence, {PLAIN()}, ""},
	{&licence, {PLAIN(.flags = NO_SEAL)}, "no_seal"},
	{&licence, {PLAIN(.flags = NO_SEAL), PLAIN()}, ""},
	{&licence, {PLAIN(.flags = GREY)}, "grey_copy"},
	{&licence, {PLAIN(.flags = GREY), PLAIN(.flags = NO_SEAL)}, "no_seal"},
	{&licence, {NONE}, ""},
	{&receipt, {PLAIN(.flags = NO_SEAL)}, ""},
	{&receipt, {PLAIN(.flags = GREY)}, ""},
};
/* clang-format on */

static void of_a_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(file_row); i++) {
		struct list pages = pages_of(&now, file_row[i].sheet, "f");
		struct list found = scan_findings(mem, &now, file_row[i].rule, &pages);

		expect_text(i, codes_of(&found), file_row[i].codes);
	}
}

static struct list advice_of(const struct scan_case *of, const struct catalog_material *rule, const struct sheet *sheet,
	const char *state, const char *counted)
{
	struct scans s = {*of, pages_of(of, sheet, "f")};
	struct material_file file = {.id = counted, .material = rule->code, .state = state};
	struct material m = {.rule = rule, .files = {&file, 1}};

	return scan_advice(mem, &s, &m);
}

static void of_a_material(void **state)
{
	static const struct sheet half[SHEETS_MAX] = {OUR(3, 1, 1)};
	struct list said;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(advice_row); i++) {
		said = advice_of(&now, advice_row[i].rule, advice_row[i].sheet, "accepted", "f");
		expect_text(i, codes_of(&said), advice_row[i].codes);
	}
	said = advice_of(&now, &form, half, "checking", "f"); /* the rest may be in what is being looked at */
	assert_int_equal(said.count, 0);
	said = advice_of(&now, &form, half, "accepted", "another"); /* a file that no longer counts */
	assert_int_equal(said.count, 0);
	said = advice_of(&now, &form, half, "accepted", "f");
	assert_int_equal(said.count, 2);
}

/* The same pages after the data changed, and after a new version was printed: what was right no longer is. */
static void nothing_goes_stale(void **state)
{
	static const struct sheet whole[SHEETS_MAX] = {OUR(3, 1, 1), OUR(3, 1, 2), OUR(3, 2, 1), OUR(3, 2, 2)};
	struct scan_case changed = now, later = now;
	struct list pages, said;

	(void)state;
	changed.current = false;
	pages = pages_of(&changed, whole, "f");
	said = scan_findings(mem, &changed, &form, &pages);
	assert_string_equal(codes_of(&said), "outdated@1 outdated@2 outdated@3 outdated@4");
	assert_non_null(strstr(((struct scan_finding *)said.at)->text, "重新生成"));
	later.version = 4;
	pages = pages_of(&later, whole, "f");
	said = scan_findings(mem, &later, &form, &pages);
	assert_string_equal(codes_of(&said), "outdated@1 outdated@2 outdated@3 outdated@4");
	said = advice_of(&later, &form, whole, "accepted", "f");
	assert_string_equal(codes_of(&said), "outdated");
}

/* Forms without a stamp or without impressions, and impressions that are signatures. */
static void where_no_seal_belongs(void **state)
{
	static const struct sheet bare[SHEETS_MAX] = {
		OUR(3, 1, 1, .flags = NO_SEAL), OUR(3, 1, 2, .flags = NO_SEAL | GREY)};
	struct scan_case plain = now, hand_made = now;
	struct list pages, said;

	(void)state;
	plain.stamp_page = plain.seal_page = 0;
	pages = pages_of(&plain, bare, "f");
	said = scan_findings(mem, &plain, &form, &pages);
	assert_string_equal(codes_of(&said), "form_page@1 form_page@2");
	hand_made.red_seals = false;
	pages = pages_of(&hand_made, bare, "f");
	said = scan_findings(mem, &hand_made, &form, &pages);
	assert_string_equal(codes_of(&said), "form_page@1 no_seal@1 form_page@2");
}

static struct list without(const struct list *findings, const char *code)
{
	const struct scan_finding *f = findings->at;
	struct scan_finding *left = arena_array(mem, findings->count + 1, sizeof *left);
	size_t n = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (!text_eq(f[i].code, code))
			left[n++] = f[i];
	return (struct list){left, n};
}

/* Two copies of one page, and behind them two pages for impressions, which stand once. */
static void impressions_behind_the_copies(void **state)
{
	static const struct {
		struct sheet sheet[SHEETS_MAX];
		const char *of_file, *of_material;
	} row[] = {
		{{OUR(3, 1, 1), OUR(3, 2, 1), OUR(3, 9, 1), OUR(3, 9, 2)}, "", ""},
		{{OUR(3, 1, 1), OUR(3, 2, 1), OUR(3, 9, 1)}, "", "page_missing"},
		{{OUR(3, 1, 1), OUR(3, 2, 1)}, "", "copy_missing"},
		{{OUR(3, 9, 1), OUR(3, 9, 2)}, "", "copy_missing copy_missing"},
		{{OUR(3, 1, 1), OUR(3, 2, 1), OUR(3, 9, 1), OUR(3, 9, 2), OUR(3, 9, 2)}, "", "page_twice"},
		{{OUR(3, 9, 2, .flags = NO_SEAL)}, "no_impression@1", NULL},
		{{OUR(3, 9, 1, .flags = GREY)}, "grey_copy@1", NULL},
		{{OUR(3, 9, 1, .mm10 = 200)}, "", NULL}, /* no seal of a unit is asked for at the place of the stamp */
		{{OUR(2, 9, 1)}, "outdated@1", "outdated"},
	};
	struct scan_case of = now, single;
	struct list pages, said;

	(void)state;
	of.pages = 1;
	of.seal_page = 0;
	of.seal_pages = 2;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		pages = pages_of(&of, row[i].sheet, "f");
		said = scan_findings(mem, &of, &form, &pages);
		said = without(&said, "form_page");
		expect_text(i, codes_of(&said), row[i].of_file);
		said = advice_of(&of, &form, row[i].sheet, "accepted", "f");
		if (row[i].of_material)
			expect_text(i, codes_of(&said), row[i].of_material);
	}
	single = of;
	single.seal_pages = 1;
	said = advice_of(&single, &form, row[2].sheet, "accepted", "f");
	assert_string_equal(codes_of(&said), "page_missing");
	assert_non_null(strstr(((struct scan_finding *)said.at)->text, "还缺申请表印模页"));
}

static const char *first_text(const struct scan_case *of, const struct sheet *sheet, size_t nth)
{
	struct list pages = pages_of(of, sheet, "f"), said = scan_findings(mem, of, &form, &pages);

	assert_true(said.count > nth);
	return ((struct scan_finding *)said.at)[nth].text;
}

static void sentences(void **state)
{
	struct scan_case single = now;
	struct list said;

	(void)state;
	single.copies = 1;
	assert_string_equal(
		first_text(&now, (struct sheet[SHEETS_MAX]){OUR(3, 2, 1)}, 0), "这是本申请的申请表第二份第1页，第3版");
	assert_string_equal(
		first_text(&single, (struct sheet[SHEETS_MAX]){OUR(3, 1, 2)}, 0), "这是本申请的申请表第2页，第3版");
	assert_non_null(strstr(
		first_text(&now, (struct sheet[SHEETS_MAX]){OUR(2, 1, 1)}, 0), "这是第2版申请表，您的资料已是第3版"));
	assert_non_null(strstr(first_text(&now, (struct sheet[SHEETS_MAX]){OTHERS(3, 1, 1)}, 0), "（" OTHER "）"));
	assert_non_null(
		strstr(first_text(&now, (struct sheet[SHEETS_MAX]){OUR(3, 1, 1, .mm10 = 324)}, 1), "直径约32毫米"));
	assert_non_null(strstr(first_text(&now, (struct sheet[SHEETS_MAX]){OUR(3, 1, 1, .dpi = 96)}, 1), "约96dpi"));
	said = advice_of(&now, &form, (struct sheet[SHEETS_MAX]){OUR(3, 1, 2)}, "accepted", "f");
	assert_string_equal(((struct scan_finding *)said.at)[0].text, "还缺申请表第一份第1页，请补传");
	assert_string_equal(((struct scan_finding *)said.at)[1].text, "还没有看到第二份，请把第二份的2页都传上来");
	assert_true(((struct scan_finding *)said.at)[1].warn);
}

static void what_files_itself(void **state)
{
	static const struct {
		struct sheet sheet[SHEETS_MAX];
		bool form;
	} row[] = {
		{{OUR(3, 1, 1)}, true},
		{{OUR(2, 1, 1)}, true},
		{{OUR(3, 1, 1), PLAIN(.flags = BLANK)}, true},
		{{OUR(3, 1, 1), PLAIN()}, false},
		{{OTHERS(3, 1, 1)}, false},
		{{FORGED(3, 1, 1)}, false},
		{{ALIEN()}, false},
		{{PLAIN(.flags = BLANK)}, false},
		{{NONE}, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct list pages = pages_of(&now, row[i].sheet, "f");

		expect(i, scan_is_form(&pages) == row[i].form);
	}
}

/* Files from before, and records that are not ours: nothing is known, nothing is said. */
static void nothing_seen(void **state)
{
	static const char *const text[] = {"", "{", "[]", "{\"sharpness\":101}", "{\"code\":1}", "{\"unheard\":1}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		struct scan_page p = {.file = "f", .page = 1, .seen = text[i]};
		struct list pages = {&p, 1}, said;

		scan_identify(mem, &now, &p);
		expect(i, !p.known && p.state == SCAN_NOTHING);
		said = scan_findings(mem, &now, &form, &pages);
		expect(i, said.count == 0);
	}
}

static void pages_by_file(void **state)
{
	struct scan_page p[] = {
		{.file = "a", .page = 1}, {.file = "b", .page = 1}, {.file = "b", .page = 2}, {.file = "c"}};
	struct scans s = {.of = now, .pages = {p, 4}};

	(void)state;
	assert_int_equal(scan_of_file(&s, "b").count, 2);
	assert_ptr_equal(scan_of_file(&s, "b").at, &p[1]);
	assert_int_equal(scan_of_file(&s, "c").count, 1);
	assert_int_equal(scan_of_file(&s, "d").count, 0);
	s.pages = (struct list){NULL, 0};
	assert_int_equal(scan_of_file(&s, "a").count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_file),
		cmocka_unit_test(of_a_material),
		cmocka_unit_test(nothing_goes_stale),
		cmocka_unit_test(where_no_seal_belongs),
		cmocka_unit_test(impressions_behind_the_copies),
		cmocka_unit_test(sentences),
		cmocka_unit_test(what_files_itself),
		cmocka_unit_test(nothing_seen),
		cmocka_unit_test(pages_by_file),
	};

	return UNIT_MAIN(tests);
}
