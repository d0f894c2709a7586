#include "unit.h"

#include "base/utf8.h"
#include "io/pdf.h"
#include "paper.h"

static const struct pdf_meta meta = {"表格（试）", "作者", "GD20261122000001I", 1795327633, 0, 0};
static const struct pdf_type big = {60, 0, false}, plain = {10.5, 0, false};

static struct bytes one_text(struct pdf_type type, const char *text)
{
	struct pdf *p = pdf_new(mem, fonts, &meta);
	struct bytes file;

	pdf_page(p);
	pdf_text(p, 50, 100, type, text);
	assert_int_equal(pdf_save(p, &file), ERR_OK);
	return file;
}

/* What counts is ink: a reader gives back text that it never drew. */
static void rare_characters_are_really_inked(void **state)
{
	static const char *const text[] = {"国", "𠮷", "䶮", "𬭊", "㐂", "镕", "𪚥", "A", "·", "¥"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		for (int bold = 0; bold < 2; bold++) {
			struct bytes file = one_text((struct pdf_type){60, 0, bold}, text[i]);
			struct picture p = paper_picture(&file, 1, 100);
			int ink = paper_ink(&p, 48, 78, 25, 28);

			expect(i, ink > (text[i][0] == '\xc2' ? 20 : 250));
			expect(i, ink < 6000);
			expect(i, ink == paper_ink(&p, 0, 0, 210, 297));
			expect_text(i, paper_text(&file), text[i]);
		}
	}
}

/* More characters than one table of the map to Unicode holds, and numbers of glyphs with every low byte: brackets, the
 * backslash and line ends are special in strings. */
static void many_characters_come_back(void **state)
{
	struct pdf *p = pdf_new(mem, fonts, &meta);
	struct bytes file, out;
	struct str all;

	(void)state;
	str_init(&all, mem);
	pdf_page(p);
	for (uint32_t row = 0; row < 40; row++) {
		struct str text;

		str_init(&text, mem);
		for (uint32_t i = 0; i < 20; i++) {
			char one[5] = "";

			one[utf8_put(row % 8 == 7 ? 0x20100 + row * 20 + i : 0x4e00 + row * 20 + i, one)] = '\0';
			str_add(&text, one);
		}
		pdf_text(p, 20, 20 + 6 * row, plain, text.at);
		str_add(&all, text.at);
	}
	assert_int_equal(pdf_save(p, &file), ERR_OK);
	expect_text(0, paper_text(&file), all.at);
	assert_int_equal(paper_run((const char *const[]){"qpdf", "--check", "@", NULL}, &file, &out), 0);
}

static void text_comes_back_as_it_went_in(void **state)
{
	static const char *const text[] = {
		"广东省电子商务认证有限公司",
		"王𬭊与𠮷田䶮",
		"<a+href='x'>&amp;</a>",
		"(\\)(()\\n",
		"A𠮷B",
		"𠮷𠮷𠮷",
		"“引号”—…·《》（）【】￥¥%",
		"1,400.00+-=/_@#$^*~`|{}[]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		struct bytes file = one_text(plain, text[i]);

		expect_text(i, paper_text(&file), text[i]);
	}
}

/* A rare character takes its own width: what follows stands where the measure says. */
static void widths_hold(void **state)
{
	struct pdf *p = pdf_new(mem, fonts, &meta);
	struct picture picture;
	struct bytes file;
	double width;

	(void)state;
	pdf_page(p);
	width = pdf_text_width(p, big.size_pt, "国𠮷A");
	pdf_text(p, 20, 100, big, "国𠮷A国");
	assert_int_equal(pdf_save(p, &file), ERR_OK);
	picture = paper_picture(&file, 1, 100);
	assert_true(paper_ink(&picture, 20 + width, 78, 22, 28) > 700);
	assert_int_equal(paper_ink(&picture, 20 + width + 22, 70, 60, 40), 0);
	assert_true(pdf_text_width(p, 10, "国国") > 2 * 10 * 25.4 / 72 * 0.99 &&
		    pdf_text_width(p, 10, "国国") < 2 * 10 * 25.4 / 72 * 1.01);
	assert_true(pdf_text_width(p, 10, "") < 0.001);
}

static void lines_stand_where_they_were_drawn(void **state)
{
	static const unsigned char dark[] = {1, 0, 1, 0, 1, 0, 1, 0, 1};
	struct pdf *p = pdf_new(mem, fonts, &meta);
	struct picture picture;
	struct bytes file;

	(void)state;
	pdf_page(p);
	pdf_line(p, 20, 30, 60, 30, (struct pdf_ink){2, 0, 0});
	pdf_box(p, 20, 50, 30, 20, (struct pdf_ink){2, 0, 0});
	pdf_ring(p, 150, 60, 21, (struct pdf_ink){2, 0, 0});
	pdf_squares(p, 20, 100, 30, 3, dark);
	pdf_page(p);
	pdf_shade(p, 20, 20, 10, 10, 0);
	pdf_go(p, 1);
	pdf_shade(p, 100, 200, 10, 10, 0);
	assert_int_equal(pdf_pages(p), 2);
	assert_int_equal(pdf_save(p, &file), ERR_OK);
	picture = paper_picture(&file, 1, 100);
	assert_int_equal(picture.width, 827);
	assert_in_range(picture.height, 1169, 1170);
	assert_true(paper_ink(&picture, 19, 29, 42, 2) > 250);
	assert_int_equal(paper_ink(&picture, 22, 52, 26, 16), 0);
	assert_true(paper_ink(&picture, 128, 58, 2, 4) > 10 && paper_ink(&picture, 170, 58, 2, 4) > 10);
	assert_int_equal(paper_ink(&picture, 132, 58, 36, 4), 0);
	assert_in_range(paper_ink(&picture, 20, 100, 10, 10), 1400, 1650);
	assert_int_equal(paper_ink(&picture, 30.5, 100.5, 9, 9), 0);
	assert_in_range(paper_ink(&picture, 100, 200, 10, 10), 1400, 1650);
	picture = paper_picture(&file, 2, 100);
	assert_in_range(paper_ink(&picture, 20, 20, 10, 10), 1400, 1650);
}

static void twins_share_a_page_and_keep_their_own(void **state)
{
	static const double x[] = {20, 60, 100};
	struct pdf *p = pdf_new(mem, fonts, &meta);
	struct bytes file, out;

	(void)state;
	pdf_page(p);
	pdf_shade(p, 150, 20, 10, 10, 0);
	pdf_text(p, 20, 100, plain, "共有的字");
	pdf_own(p);
	for (size_t i = 0; i < ARRAY_LEN(x); i++) {
		if (i > 0)
			pdf_twin(p, 1);
		pdf_shade(p, x[i], 20, 10, 10, 0);
		pdf_text(p, 20, 120, (struct pdf_type){20, 0.5, true}, arena_printf(mem, "第%zu张𠮷", i));
	}
	assert_int_equal(pdf_save(p, &file), ERR_OK);
	assert_int_equal(paper_run((const char *const[]){"qpdf", "--check", "@", NULL}, &file, &out), 0);
	for (size_t i = 0; i < ARRAY_LEN(x); i++) {
		struct picture picture = paper_picture(&file, (int)i + 1, 100);

		expect(i, paper_ink(&picture, 150, 20, 10, 10) > 1400 && paper_ink(&picture, 20, 90, 20, 12) > 100);
		for (size_t k = 0; k < ARRAY_LEN(x); k++)
			expect(i, (paper_ink(&picture, x[k], 20, 10, 10) > 1400) == (k == i));
	}
	expect_text(0, paper_text(&file), "共有的字第0张𠮷共有的字第1张𠮷共有的字第2张𠮷");
}

static void the_file_is_sound_and_says_what_it_is(void **state)
{
	struct bytes file = one_text(plain, "中文𠮷"), out;

	(void)state;
	assert_int_equal(paper_run((const char *const[]){"qpdf", "--check", "@", NULL}, &file, &out), 0);
	assert_int_equal(paper_run((const char *const[]){"pdfinfo", "@", NULL}, &file, &out), 0);
	assert_non_null(strstr((const char *)out.at, "表格（试）"));
	assert_non_null(strstr((const char *)out.at, "作者"));
	assert_non_null(strstr((const char *)out.at, "A4"));
	assert_int_equal(paper_run((const char *const[]){"pdffonts", "@", NULL}, &file, &out), 0);
	assert_non_null(strstr((const char *)out.at, "WenQuanYiZenHei"));
	assert_non_null(strstr((const char *)out.at, "HanaMin"));
	for (const char *line = strstr((const char *)out.at, "CID TrueType"); line;
		line = strstr(line + 1, "CID TrueType"))
		assert_memory_equal(line, "CID TrueType      Identity-H       yes yes yes", 46);
	assert_non_null(memmem(file.at, file.len, "/Lang (zh-CN)", 13));
	assert_non_null(memmem(file.at, file.len, "/DisplayDocTitle true", 21));
	assert_non_null(memmem(file.at, file.len, "/PrintScaling /None", 19));
}

static void the_same_calls_give_the_same_bytes(void **state)
{
	struct bytes a = one_text(plain, "王𬭊"), b = one_text(plain, "王𬭊"), c = one_text(plain, "王二");

	(void)state;
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.at, b.at, a.len);
	assert_false(a.len == c.len && memcmp(a.at, c.at, a.len) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rare_characters_are_really_inked),
		cmocka_unit_test(text_comes_back_as_it_went_in),
		cmocka_unit_test(many_characters_come_back),
		cmocka_unit_test(widths_hold),
		cmocka_unit_test(lines_stand_where_they_were_drawn),
		cmocka_unit_test(twins_share_a_page_and_keep_their_own),
		cmocka_unit_test(the_file_is_sound_and_says_what_it_is),
		cmocka_unit_test(the_same_calls_give_the_same_bytes),
	};

	return PAPER_MAIN(tests);
}
