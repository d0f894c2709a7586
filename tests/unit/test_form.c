#include "unit.h"

#include <zbar.h>

#include "domain/form_code.h"
#include "domain/form_draw.h"
#include "domain/form_layout.h"
#include "domain/form_sheet.h"
#include "form_fixture.h"
#include "paper.h"

static const unsigned char key[] = "a key of thirty-two bytes, surely";

static const struct form_value org_values[] = {
	{"/service", "新申请"},
	{"/holder", "机构数字证书"},
	{"/channel", "邮寄办理"},
	{"/years", "3年"},
	{"/unit/name", "广州市<龙洞>&\"幼儿园\"（筹）"},
	{"/unit/kind", "事业单位"},
	{"/unit/uscc", "12440106MB2D00001X"},
	{"/unit/licence_kind", "事业单位法人证书副本"},
	{"/unit/licence_until", "2029年12月31日"},
	{"/unit/legal_rep", "𠮷田䶮"},
	{"/unit/phone", "020-89524338"},
	{"/unit/address", "广东省广州市天河区龙洞街道迎龙路168号B座12楼1203—1205室"},
	{"/agent/name", "王𬭊"},
	{"/agent/phone", "13800138000"},
	{"/agent/id_type", "居民身份证"},
	{"/agent/id_number", "44010619900101002X"},
	{"/agent/email", "jingbanren@example.gov.cn"},
	{"/delivery/mode", "顺丰快递寄回"},
	{"/delivery/name", "王𬭊"},
	{"/delivery/phone", "13800138000"},
	{"/delivery/province", "广东省"},
	{"/delivery/city", "广州市"},
	{"/delivery/district", "天河区"},
	{"/delivery/address", "龙洞街道迎龙路168号"},
	{"/invoice/kind", "电子普通发票"},
	{"/invoice/title", "广州市龙洞幼儿园（筹）"},
	{"/invoice/tax_number", "12440106MB2D00001X"},
};

static struct form_value value[ARRAY_LEN(org_values)];
static struct form_item item[FORM_ITEMS_MAX];
static struct faults faults;

/* A whole case, to be changed by the test; fresh each time. */
static struct form_paper paper(void)
{
	memcpy(value, org_values, sizeof value);
	for (size_t i = 0; i < FORM_ITEMS_MAX; i++)
		item[i] = (struct form_item){
			"单位公章", arena_printf(mem, "广州市龙洞幼儿园（筹）%zu号章", i + 1), NULL, false};
	faults_init(&faults, mem);
	return (struct form_paper){
		.parts = FORM_WITH_YEARS | FORM_WITH_FEE | FORM_WITH_PARCEL | FORM_WITH_IMPRESSIONS,
		.holder = "org",
		.title = "机构数字证书及电子印章申请表（政府采购业务）",
		.no = "GD20261122000001I",
		.version = 3,
		.copies = 2,
		.frozen_at = 1795327633,
		.amount_fen = 140000,
		.value = value,
		.value_count = ARRAY_LEN(value),
		.item = item,
		.item_count = 1,
		.post_address = "广州市海珠区海洲路38号东升云鼎大厦5楼 蔡先生 4008301330",
		.hotline = "020-89524338、4008301330",
		.mac_key = key,
		.mac_key_len = sizeof key - 1,
	};
}

static void put(const char *pointer, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(value); i++)
		if (strcmp(value[i].pointer, pointer) == 0)
			value[i].text = text;
}

static struct bytes drawn(const struct form_paper *p, int pages)
{
	struct bytes file;
	int count;

	assert_int_equal(form_draw(mem, fonts, p, &file, &count, &faults), ERR_OK);
	assert_int_equal(faults.count, 0);
	assert_int_equal(count, pages);
	return file;
}

static void expect_in(size_t row, const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("row %zu: \"%s\" is not on the paper", row, part);
}

static void everything_is_on_the_paper(void **state)
{
	static const char *const more[] = {
		"机构数字证书及电子印章申请表（政府采购业务）",
		"广东省政府采购智慧云平台专用",
		"第一份",
		"第二份",
		"申请单号：GD20261122000001I",
		"表格版本：第3版",
		"打印时间：2026-11-2214:07",
		"第1页/共1页",
		"¥1,400.00",
		"人民币壹仟肆佰元整",
		"单位公章",
		"经办人签名",
		"日期",
		"印模页",
		"（只交一份）",
		"第1枚单位公章",
		"请清晰盖章于框内，不要压到四角黑块",
		"受理意见",
		"复核意见",
		"制证意见",
		"邮寄地址：广州市海珠区",
		"客服热线：020-89524338",
		"1张",
		"广东省广州市天河区龙洞街道迎龙路168号",
		"王𬭊13800138000",
	};
	struct form_paper p = paper();
	struct bytes file = drawn(&p, 3), out;
	const char *text = paper_text(&file);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(value); i++)
		expect_in(i, text, value[i].text);
	for (size_t i = 0; i < ARRAY_LEN(more); i++)
		expect_in(i, text, more[i]);
	assert_int_equal(paper_run((const char *const[]){"qpdf", "--check", "@", NULL}, &file, &out), 0);
	assert_in_range(file.len, 1000, 40 * 1000);
}

/* Dark pixels of the first page's upper half when the unit bears this name. */
static int name_ink(const char *name)
{
	struct form_paper p = paper();
	struct picture picture;
	struct bytes file;

	put("/unit/name", name);
	file = drawn(&p, 3);
	picture = paper_picture(&file, 1, 150);
	return paper_ink(&picture, SHEET_LEFT, SHEET_TOP, SHEET_WIDTH, 100);
}

static void rare_characters_are_inked_on_the_form(void **state)
{
	static const char *const name[] = {"𠮷𠮷𠮷𠮷𠮷", "䶮䶮䶮䶮䶮", "𬭊𬭊𬭊𬭊𬭊"};
	int without = name_ink("　");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		expect(i, name_ink(name[i]) - without > 5 * 60);
}

static void a_character_without_a_font_is_refused_by_name(void **state)
{
	struct form_paper p = paper();
	struct bytes file;
	int pages;

	(void)state;
	put("/unit/name", "𰻝𰻝面馆");
	item[0].seal_name = "\xee\x80\x80章"; /* U+E000 */
	assert_int_equal(form_draw(mem, fonts, &p, &file, &pages, &faults), ERR_INVALID);
	assert_int_equal(faults.count, 2);
	assert_string_equal(faults.at[0].pointer, "/unit/name");
	assert_string_equal(faults.at[0].code, "glyph");
	assert_non_null(strstr(faults.at[0].detail, "单位名称"));
	assert_non_null(strstr(faults.at[0].detail, "𰻝"));
	assert_non_null(strstr(faults.at[0].detail, "U+30EDD"));
	assert_string_equal(faults.at[1].pointer, "/items/0/seal_name");
	assert_non_null(strstr(faults.at[1].detail, "U+E000"));
}

static void margins_are_white(const struct bytes *file, int pages)
{
	for (int page = 1; page <= pages; page++) {
		struct picture p = paper_picture(file, page, 75);

		expect(page, paper_ink(&p, 0, 0, SHEET_LEFT - 1, 297) == 0);
		expect(page, paper_ink(&p, SHEET_RIGHT + 1, 0, 210 - SHEET_RIGHT - 1, 297) == 0);
		expect(page, paper_ink(&p, 0, 290, 210, 7) == 0);
	}
}

static void long_names_wrap_and_are_whole(void **state)
{
	struct form_paper p = paper();
	const char *text;
	struct bytes file;
	int pages;

	(void)state;
	put("/unit/name", times("龙", 128));
	put("/unit/address", times("广州市天河区", 30));
	put("/unit/legal_rep", times("𠮷", 50));
	put("/agent/email", arena_printf(mem, "%s@example.com", times("abcdefghij", 24)));
	put("/invoice/title", times("（筹）", 42));
	item[0].seal_name = times("印", 128);
	p.post_address = times("广州市海珠区", 20);
	p.hotline = times("020-89524338、", 12);
	assert_int_equal(form_draw(mem, fonts, &p, &file, &pages, &faults), ERR_OK);
	text = paper_text(&file);
	expect_in(0, text, times("龙", 128));
	expect_in(1, text, times("广州市天河区", 30));
	expect_in(2, text, times("𠮷", 50));
	expect_in(3, text, arena_printf(mem, "%s@example.com", times("abcdefghij", 24)));
	expect_in(4, text, times("（筹）", 42));
	expect_in(5, text, times("印", 128));
	margins_are_white(&file, pages);
}

/* What is not given is shown as such, never as an empty cell that could be filled in by hand later. */
static void missing_values_are_dashes(void **state)
{
	struct form_paper p = paper();
	struct bytes file;
	const char *text;
	int dashes = 0;

	(void)state;
	p.value_count = 0;
	item[0] = (struct form_item){.may_sign = false};
	p.post_address = p.hotline = NULL;
	file = drawn(&p, 3);
	text = paper_text(&file);
	for (const char *at = text; (at = strstr(at, "—")) != NULL; at++)
		dashes++;
	assert_true(dashes > 40);
	assert_null(strstr(text, "(null)"));
	assert_null(strstr(text, "邮寄地址"));
}

static void twenty_seals_flow_to_further_pages(void **state)
{
	struct form_paper p = paper();
	struct bytes file;
	const char *text;

	(void)state;
	p.item_count = FORM_ITEMS_MAX;
	file = drawn(&p, 9);
	text = paper_text(&file);
	for (size_t i = 0; i < FORM_ITEMS_MAX; i++) {
		expect_in(i, text, item[i].seal_name);
		expect_in(i, text, arena_printf(mem, "第%zu枚", i + 1));
	}
	expect_in(99, text, "第2页/共2页");
	expect_in(100, text, "第5页/共5页");
	margins_are_white(&file, 9);
	p.copies = 1;
	for (size_t i = 0; i < FORM_ITEMS_MAX; i++)
		item[i].seal_name = times("印", 128);
	assert_int_equal(form_draw(mem, fonts, &p, &file, &(int){0}, &faults), ERR_OK);
}

/* By the marks a scan of the page is straightened and scaled: each is black, white around, where it is said to stand. */
static void marks_stand_where_they_are_said_to(void **state)
{
	struct form_paper p = paper();
	struct picture picture;
	struct bytes file;

	(void)state;
	p.item_count = FORM_BOXES + 1;
	file = drawn(&p, 4);
	for (int i = 0; i <= FORM_BOXES; i++) {
		const struct form_box *box = &form_box[i % FORM_BOXES];

		picture = paper_picture(&file, i < FORM_BOXES ? 3 : 4, 254); /* 10 pixels a millimetre */
		for (int corner = 0; corner < 4; corner++) {
			double x = box->x + (corner % 2 ? 39 : -39), y = box->y + (corner / 2 ? 39 : -39);
			int ink = paper_ink(&picture, x - 2, y - 2, 4, 4);

			expect(4 * i + corner, ink > 1500 && ink < 1700);
			expect(4 * i + corner, paper_ink(&picture, x - 3, y - 3, 6, 6) - ink < 60);
		}
		expect(i, paper_ink(&picture, box->x - 34.5, box->y - 34.5, 69, 69) == 0);
	}
}

/* As much of a name as may be stands above its box, and touches neither the box above nor the marks. */
static void the_longest_names_fit_above_their_boxes(void **state)
{
	struct form_paper p = paper();
	struct bytes file;
	int pages;

	(void)state;
	p.item_count = FORM_BOXES;
	for (size_t i = 0; i < FORM_BOXES; i++)
		item[i] = (struct form_item){"手签章", times("印", 128), NULL, i % 2 == 0};
	assert_int_equal(form_draw(mem, fonts, &p, &file, &pages, &faults), ERR_OK);
	for (size_t i = 0; i < FORM_BOXES; i++) {
		struct picture picture = paper_picture(&file, pages, 100);

		expect(i, paper_ink(&picture, form_box[i].x - 40, form_box[i].y - 58, 80, 16) > 1000);
		expect(i, paper_ink(&picture, form_box[i].x - 43, form_box[i].y - 60, 1.9, 102) == 0);
		expect(i, paper_ink(&picture, form_box[i].x - 30, form_box[i].y - 60, 60, 1.5) == 0);
	}
	expect_in(0, paper_text(&file), "请清晰盖章或签名于框内");
}

static bool on_form(unsigned holders, unsigned parts, const struct form_paper *p)
{
	unsigned has = p->parts | (p->parts & FORM_WITH_YEARS ? 0U : (unsigned)FORM_WITHOUT_YEARS);

	return (!holders || holders & form_holder_bit(p->holder)) && (!parts || parts & has);
}

/* The value of a cell as it must be found: of one pointer or of several. */
static const char *cell_value(const struct form_case *c, const char *pointer)
{
	struct str text;

	str_init(&text, mem);
	for (; *pointer; pointer += pointer[0] == '+') {
		size_t n = strcspn(pointer, "+");

		for (size_t i = 0; i < c->paper.value_count; i++)
			if (strlen(c->value[i].pointer) == n && memcmp(c->value[i].pointer, pointer, n) == 0)
				str_add(&text, c->value[i].text);
		pointer += n;
	}
	return text.at;
}

static const char *without_blanks(const char *text)
{
	struct str s;

	str_init(&s, mem);
	for (; *text; text++)
		if (*text != ' ')
			str_addc(&s, *text);
	return s.at;
}

/* Each label with its value behind it, nothing between and nothing lost: in both copies, in the order of the form. */
static size_t expect_fields(size_t row, const struct form_case *c, const char *text)
{
	size_t fields = 0;

	for (size_t i = 0; i < form_section_count; i++) {
		const struct form_section *section = &form_sections[i];

		for (size_t r = 0; r < section->count && on_form(section->holders, section->parts, &c->paper); r++)
			for (size_t k = 0; k < 2 && section->row[r].cell[k].label; k++) {
				const struct form_cell *cell = &section->row[r].cell[k];

				if (!on_form(section->row[r].holders, section->row[r].parts, &c->paper))
					continue;
				assert_true(*cell_value(c, cell->pointer));
				expect_in(row, text,
					without_blanks(
						arena_printf(mem, "%s%s", cell->label, cell_value(c, cell->pointer))));
				fields++;
			}
	}
	for (size_t i = 0; i < c->paper.item_count; i++)
		expect_in(row, text, arena_printf(mem, "%zu%s%s", i + 1, c->item[i].seal_kind, c->item[i].seal_name));
	return fields;
}

/* services × holders of the catalogue; then the same with everything as long as it may be. */
static void every_field_is_on_every_form(void **state)
{
	static const char *const holders[] = {"org", "rep", "ind"};
	size_t forms = 0, fields = 0;

	(void)state;
	CATALOG_EACH(struct catalog_service, s, &the_catalog()->services)
		for (size_t h = 0; h < ARRAY_LEN(holders); h++)
			for (int is_long = 0; is_long < 2; is_long++) {
				const struct catalog_route *route = form_route(s, holders[h]);
				struct form_case *c;
				struct bytes file, out;
				const char *text;
				int pages;

				if (!route)
					continue;
				c = is_long ? form_long_case(route) : form_case(route, false);
				faults_init(&faults, mem);
				expect(h, form_draw(mem, fonts, &c->paper, &file, &pages, &faults) == ERR_OK);
				expect(h, is_long || pages == c->paper.copies +
								      !!(c->paper.parts & FORM_WITH_IMPRESSIONS));
				text = paper_text(&file);
				fields += expect_fields(forms, c, text);
				expect(h, !strstr(text, "第二份") == (c->paper.copies == 1));
				expect(h, !strstr(text, "（盖章处）") == (h == 2));
				expect(h, !strstr(text, "印模页") == !(c->paper.parts & FORM_WITH_IMPRESSIONS));
				expect(h, paper_run((const char *const[]){"qpdf", "--check", "@", NULL}, &file, &out) ==
						  0);
				margins_are_white(&file, pages);
				forms++;
			}
	assert_int_equal(forms, 38);
	assert_true(fields > 600);
}

static void a_blank_form_has_no_code(void **state)
{
	struct form_paper p = paper();
	struct picture picture;
	struct bytes file;

	(void)state;
	p.blank = true;
	p.no = NULL;
	p.value_count = 2;
	p.copies = 1;
	file = drawn(&p, 2);
	picture = paper_picture(&file, 1, 75);
	assert_int_equal(paper_ink(&picture, SHEET_RIGHT - 26, 10, 30, 30), 0);
	assert_null(strstr(paper_text(&file), "—"));
	expect_in(0, paper_text(&file), "业务类型新申请证书类型机构数字证书办理途径服务年限");
}

/* What a camera reads on a page; NULL: nothing. */
static char *scanned(const struct picture *p)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	const zbar_symbol_t *symbol;
	char *text = NULL;

	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, (unsigned)p->width, (unsigned)p->height);
	zbar_image_set_data(image, p->at, (unsigned long)p->width * (unsigned long)p->height, NULL);
	assert_true(zbar_scan_image(scanner, image) <= 1);
	symbol = zbar_image_first_symbol(image);
	if (symbol)
		text = arena_text(mem, zbar_symbol_get_data(symbol));
	zbar_image_destroy(image);
	zbar_image_scanner_destroy(scanner);
	return text;
}

static void codes_can_be_scanned(void **state)
{
	struct form_paper p = paper();
	struct bytes file = drawn(&p, 3);
	struct form_code code;

	(void)state;
	for (int page = 1; page <= 3; page++)
		for (int dpi = 100; dpi <= 300; dpi += 50) {
			struct picture picture = paper_picture(&file, page, dpi);
			const char *text = scanned(&picture);

			expect(page, text && strlen(text) == 32);
			expect(page, form_code_read(text, strlen(text), key, sizeof key - 1, &code) == ERR_OK);
			expect(page,
				code.copy == (page == 3 ? FORM_CODE_SEALS : page) && code.page == 1 && code.pages == 1);
		}
}

/* Four modules of white around the code, on all sides, whatever the title and the lines above the table say. */
static void the_quiet_zone_is_kept_free(void **state)
{
	static const char *const holders[] = {"org", "rep", "ind"};
	const double edge = 26, zone = 4 * edge / 29, x = SHEET_RIGHT - edge, y = 12;

	(void)state;
	for (size_t h = 0; h < ARRAY_LEN(holders); h++) {
		const struct catalog_route *route = form_route(catalog_service(the_catalog(), "new"), holders[h]);
		struct form_case *c = form_case(route, false);
		struct bytes file = drawn(&c->paper, 3);

		for (int page = 1; page <= 3; page++) {
			struct picture p = paper_picture(&file, page, 300);
			int code = paper_ink(&p, x - 0.1, y - 0.1, edge + 0.2, edge + 0.2);

			expect(page, code > 30000); /* of 94,000 */
			expect(page, paper_ink(&p, x - zone, y - zone, edge + 2 * zone, edge + 2 * zone) - code == 0);
		}
	}
}

/* The letters beneath each code say the same. */
static void codes_name_their_page(void **state)
{
	struct form_paper p = paper();
	struct bytes file = drawn(&p, 3);
	const char *at = paper_text(&file);
	struct form_code code;
	int seen = 0;

	(void)state;
	for (; (at = strstr(at, "Z1GD20261122000001I")) != NULL; at++) {
		assert_int_equal(form_code_read(at, 32, key, sizeof key - 1, &code), ERR_OK);
		assert_int_equal(code.version, 3);
		assert_int_equal(code.pages, 1);
		assert_int_equal(code.page, 1);
		assert_int_equal(code.copy, seen == 2 ? FORM_CODE_SEALS : seen + 1);
		seen++;
	}
	assert_int_equal(seen, 3);
}

static void the_same_paper_gives_the_same_bytes(void **state)
{
	struct form_paper p = paper();
	struct bytes a = drawn(&p, 3), b = drawn(&p, 3), c;

	(void)state;
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.at, b.at, a.len);
	p.version = 4;
	c = drawn(&p, 3);
	assert_false(a.len == c.len && memcmp(a.at, c.at, a.len) == 0);
}

static void wrapping_keeps_marks_where_they_belong(void **state)
{
	static const struct {
		const char *text, *lines;
	} row[] = {
		{"", ""},
		{"一二三四五六七八", "一二三四五|六七八"},
		{"一二三四五，六七八", "一二三四|五，六七八"},
		{"一二三四（五六七八", "一二三四|（五六七八"},
		{"abc defgh ijkl", "abc defgh|ijkl"},
		{"abcdefghijklmnopqrstuvwxyz", NULL},
		{"一\n二", "一|二"},
		{"𠮷𠮷𠮷𠮷𠮷𠮷", "𠮷𠮷𠮷𠮷𠮷|𠮷"},
	};
	struct sheet s = {.arena = mem, .fonts = fonts};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct texts lines = sheet_wrap(&s, 10.5, 5.2 * 10.5 * 25.4 / 72, row[i].text);
		struct str joined;

		str_init(&joined, mem);
		for (size_t k = 0; k < lines.count; k++)
			str_addf(&joined, "%s%s", k ? "|" : "", lines.at[k]);
		if (row[i].lines)
			expect_text(i, joined.at, row[i].lines);
		else
			expect(i, lines.count > 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_on_the_paper),
		cmocka_unit_test(rare_characters_are_inked_on_the_form),
		cmocka_unit_test(a_character_without_a_font_is_refused_by_name),
		cmocka_unit_test(long_names_wrap_and_are_whole),
		cmocka_unit_test(missing_values_are_dashes),
		cmocka_unit_test(twenty_seals_flow_to_further_pages),
		cmocka_unit_test(marks_stand_where_they_are_said_to),
		cmocka_unit_test(the_longest_names_fit_above_their_boxes),
		cmocka_unit_test(every_field_is_on_every_form),
		cmocka_unit_test(a_blank_form_has_no_code),
		cmocka_unit_test(codes_can_be_scanned),
		cmocka_unit_test(the_quiet_zone_is_kept_free),
		cmocka_unit_test(codes_name_their_page),
		cmocka_unit_test(the_same_paper_gives_the_same_bytes),
		cmocka_unit_test(wrapping_keeps_marks_where_they_belong),
	};

	return PAPER_MAIN(tests);
}
