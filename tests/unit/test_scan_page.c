#include "unit.h"

#include <leptonica/allheaders.h>
#include <math.h>

#include "base/fault.h"
#include "base/str.h"
#include "domain/form_code.h"
#include "domain/form_draw.h"
#include "io/json.h"
#include "io/json_out.h"
#include "io/qr.h"
#include "io/scan_page.h"
#include "paper.h"

static const unsigned char key[] = "a key of thirty-two bytes, surely";

static void odd_pictures_are_read_without_harm(void **state)
{
	static const int side[][2] = {
		{1, 1}, {2, 2000}, {2000, 2}, {1, 4000}, {23, 23}, {24, 24}, {25, 3000}, {300, 301}, {1500, 1500}};
	static const l_uint32 colour[] = {0xffffff00, 0, 0xff000000, 0x00ff0000, 0x80808000, 0xc0202000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(side); i++)
		for (size_t c = 0; c <= ARRAY_LEN(colour); c++) {
			PIX *pix = pixCreate(side[i][0], side[i][1], c == ARRAY_LEN(colour) ? 8 : 32);
			struct scan scan;

			if (c < ARRAY_LEN(colour))
				pixSetAllArbitrary(pix, colour[c]);
			scan_page(mem, pix, &scan);
			expect(i, scan.seals.count == 0 && scan.blank && !scan.cropped && scan.turn == 0);
			expect_text(i, scan.code, "");
			pixDestroy(&pix);
		}
}

/* A page of a form as a scanner gives it: 200 dpi, all colours. */
static PIX *page_of_form(void)
{
	struct form_paper p = {.holder = "org",
		.title = "机构数字证书及电子印章申请表（政府采购业务）",
		.no = "GD20261122000001I",
		.version = 3,
		.copies = 1,
		.frozen_at = 1795327633,
		.mac_key = key,
		.mac_key_len = sizeof key - 1};
	struct faults faults;
	struct bytes file;
	struct picture grey;
	PIX *pix, *all;
	int pages;

	faults_init(&faults, mem);
	assert_int_equal(form_draw(mem, fonts, &p, &file, &pages, &faults), ERR_OK);
	grey = paper_picture(&file, 1, 200);
	pix = pixCreate(grey.width, grey.height, 8);
	for (int y = 0; y < grey.height; y++)
		for (int x = 0; x < grey.width; x++)
			pixSetPixel(pix, x, y, grey.at[(size_t)y * (size_t)grey.width + (size_t)x]);
	all = pixConvertTo32(pix);
	pixDestroy(&pix);
	return all;
}

/* A ring of 42 mm outside with a disc in the middle and marks all around, its middle 70 mm from the left and 230 mm down. */
static void stamp(PIX *pix)
{
	const double mm = 200 / 25.4;

	for (int y = 0; y < pixGetHeight(pix); y++)
		for (int x = 0; x < pixGetWidth(pix); x++) {
			double dx = x / mm - 70, dy = y / mm - 230, r = hypot(dx, dy);
			bool spot = r > 13 && r < 17 && (int)(atan2(dy, dx) * 6 + 99) % 2;

			if ((r < 21 && r > 19.8) || r < 4 || spot)
				pixSetPixel(pix, x, y, 0xd0203000);
		}
}

/* What one page says goes through the JSON of scan_shape and comes back the same. */
static void expect_shape(int row, const struct scan *scan)
{
	struct scan back = {0};
	struct faults faults;
	struct json_out j;
	struct str text;
	const char *say;

	str_init(&text, mem);
	faults_init(&faults, mem);
	json_begin(&j, &text);
	json_shape(&j, NULL, &scan_shape, scan);
	expect(row, json_read(text.at, text.len, &scan_shape, &back, &faults, &say) == ERR_OK);
	expect_text(row, back.code, scan->code[0] ? scan->code : NULL);
	expect(row, back.seals.count == scan->seals.count && back.dpi == scan->dpi && back.turn == scan->turn);
}

static void a_form_is_known_however_it_lies(void **state)
{
	PIX *upright = page_of_form();

	(void)state;
	stamp(upright);
	for (int turn = 0; turn < 4; turn++) {
		PIX *pix = pixRotateOrth(upright, (4 - turn) % 4);
		struct form_code code;
		struct scan_seal *seal;
		struct scan scan;

		scan_page(mem, pix, &scan);
		expect(turn, form_code_read(scan.code, strlen(scan.code), key, sizeof key - 1, &code) == ERR_OK);
		expect(turn, code.version == 3 && code.page == 1 && code.copy == 1);
		expect(turn, scan.turn == turn && scan.dpi >= 197 && scan.dpi <= 203);
		expect(turn, !scan.blank && !scan.grey && !scan.cropped && scan.light == 100 && scan.sharpness > 40);
		/* 166 and 12 mm of 210 × 297 */
		expect(turn, llabs(scan.code_area.x - 7905) < 40 && llabs(scan.code_area.y - 404) < 40);
		expect(turn, scan.seals.count == 1);
		seal = scan.seals.at;
		expect(turn, llabs(seal->diameter - 420) <= 5 && !seal->cut);
		expect(turn, llabs(seal->area.x - 2333) < 30 && llabs(seal->area.y - 7037) < 30);
		expect_shape(turn, &scan);
		pixDestroy(&pix);
	}
	pixDestroy(&upright);
}

static void a_page_without_ink_has_no_seal_and_no_colour(void **state)
{
	PIX *pix = page_of_form(), *lost;
	struct scan scan;

	(void)state;
	scan_page(mem, pix, &scan);
	assert_true(scan.grey && !scan.blank && scan.seals.count == 0);
	lost = pixClipRectangle(pix, &(BOX){.x = 0, .y = 0, .w = pixGetWidth(pix), .h = 1900, .refcount = 1}, NULL);
	scan_page(mem, lost, &scan);
	assert_true(scan.cropped && scan.code[0]);
	pixDestroy(&lost);
	pixDestroy(&pix);
}

/* What a printer put there and what a pen drew are no stamps; a square one and one at the edge are. */
static void only_stamps_are_seals(void **state)
{
	static const char *const names[] = {"disc", "bare ring", "bars", "square", "half a ring", "drawn by hand"};
	static const size_t count[] = {0, 0, 0, 1, 1, 0};
	const double mm = 200 / 25.4;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(count); i++) {
		PIX *pix = pixCreate(1654, 2339, 32);
		struct scan_seal *seal;
		struct scan scan;

		pixSetAll(pix);
		for (int y = 0; y < 2339; y++)
			for (int x = 0; x < 1654; x++) {
				double dx = x / mm - (i == 4 ? 202 : 100), dy = y / mm - 150, r = hypot(dx, dy),
				       e = fmax(fabs(dx), fabs(dy));
				const bool red[] = {r < 20, r < 20 && r > 19, e < 20 && (int)(y / mm) % 4 < 2,
					(e < 10 && e > 8.8) || (e < 7 && (int)((dx + 99) * 0.5) % 2),
					(r < 21 && r > 19.8) ||
						(r < 17 && r > 13 && (int)(atan2(dy, dx) * 8 + 99) % 2) || r < 6,
					fabs(r - 19 - 1.3 * sin(3 * atan2(dy, dx))) < 0.4 ||
						(fabs(dx) < 30 && (fabs(dy) < 0.4 || fabs(dy - 9) < 0.4))};

				if (red[i])
					pixSetPixel(pix, x, y, 0xd0203000);
			}
		scan_page(mem, pix, &scan);
		expect_text(i, scan.seals.count == count[i] ? names[i] : "another number of seals", names[i]);
		seal = scan.seals.at;
		if (i == 3)
			expect(i, llabs(seal->diameter - 200) <= 6 && !seal->cut);
		if (i == 4)
			expect(i,
				llabs(seal->diameter - 420) <= 8 && seal->cut && seal->area.x + seal->area.w == 10000);
		expect_shape((int)i, &scan);
		pixDestroy(&pix);
	}
}

/* Dark and blurred pages are told from good ones. */
static void quality_is_told(void **state)
{
	PIX *pix = page_of_form(), *blurred = pixBlockconv(pix, 4, 4), *dark = pixCopy(NULL, pix);
	struct scan scan, less;

	(void)state;
	scan_page(mem, pix, &scan);
	scan_page(mem, blurred, &less);
	assert_true(scan.sharpness >= 45 && less.sharpness < 30 && less.sharpness < scan.sharpness);
	for (int y = 0; y < pixGetHeight(dark); y++)
		for (int x = 0; x < pixGetWidth(dark); x++) {
			l_uint32 v;

			pixGetPixel(dark, x, y, &v);
			pixSetPixel(dark, x, y, (v >> 24) * 2 / 5 * 0x01010100u);
		}
	scan_page(mem, dark, &less);
	assert_int_equal(scan.light, 100);
	assert_in_range(less.light, 38, 42);
	assert_true(less.code[0] && less.sharpness > 40);
	pixDestroy(&dark);
	pixDestroy(&blurred);
	pixDestroy(&pix);
}

/* A foreign code on the page, larger and better placed than ours, does not win. */
static void ours_wins_over_a_foreign_code(void **state)
{
	PIX *pix = page_of_form();
	struct scan scan;
	struct qr qr;

	(void)state;
	assert_int_equal(qr_make(mem, "GSXT91440101MA59K00X20261122", &qr), ERR_OK);
	for (int y = 0; y < qr.size * 10; y++)
		for (int x = 0; x < qr.size * 10; x++)
			pixSetPixel(pix, 300 + x, 1900 + y, qr.dark[y / 10 * qr.size + x / 10] ? 0 : 0xffffff00);
	scan_page(mem, pix, &scan);
	assert_memory_equal(scan.code, "Z1GD", 4);
	pixRasterop(pix, 1250, 60, 300, 260, PIX_SET, NULL, 0, 0);
	scan_page(mem, pix, &scan);
	assert_string_equal(scan.code, "GSXT91440101MA59K00X20261122");
	assert_true(scan.dpi == 0 && scan.turn == 0 && scan.code_area.w > 1000);
	pixDestroy(&pix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_pictures_are_read_without_harm),
		cmocka_unit_test(a_form_is_known_however_it_lies),
		cmocka_unit_test(a_page_without_ink_has_no_seal_and_no_colour),
		cmocka_unit_test(only_stamps_are_seals),
		cmocka_unit_test(quality_is_told),
		cmocka_unit_test(ours_wins_over_a_foreign_code),
	};

	return PAPER_MAIN(tests);
}
