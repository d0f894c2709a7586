#include <string.h>
#include <zbar.h>

#include "unit.h"

#include "base/str.h"
#include "io/qr.h"

static void size_is_always_29(void **state)
{
	static const char *const text[] = {"Z1", "Z1GD20261122000001I031218GJJ9C3", "Z1GD20261122000001I031218GJJ9C39",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJK"};
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		expect(i, qr_make(mem, text[i], &qr) == ERR_OK);
		expect(i, qr.size == 29);
	}
}

static void finder_patterns_are_there(void **state)
{
	static const char finder[7][8] = {"1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"};
	static const int corner[3][2] = {{0, 0}, {0, 22}, {22, 0}};
	struct qr qr;

	(void)state;
	assert_int_equal(qr_make(mem, "Z1GD20261122000001I031218GJJ9C39", &qr), ERR_OK);
	for (size_t c = 0; c < ARRAY_LEN(corner); c++)
		for (int row = 0; row < 7; row++)
			for (int column = 0; column < 7; column++) {
				size_t at = (size_t)((corner[c][0] + row) * qr.size + corner[c][1] + column);

				expect(c, qr.dark[at] == finder[row][column] - '0');
			}
}

static void others_are_refused(void **state)
{
	static const char *const text[] = {
		"", "z1", "Z1-", "Z1 ", "中", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKL"};
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		expect(i, qr_make(mem, text[i], &qr) == ERR_INVALID);
}

/* Drawn four points to the module with its quiet zone, and read back. */
static const char *read_back(const struct qr *qr)
{
	enum { POINTS = 4, QUIET = 4 };
	int side = (qr->size + 2 * QUIET) * POINTS;
	unsigned char *grey = arena_alloc(mem, (size_t)(side * side));
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	const char *text = NULL;

	memset(grey, 255, (size_t)(side * side));
	for (int y = 0; y < qr->size * POINTS; y++)
		for (int x = 0; x < qr->size * POINTS; x++)
			if (qr->dark[y / POINTS * qr->size + x / POINTS])
				grey[(y + QUIET * POINTS) * side + x + QUIET * POINTS] = 0;
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, (unsigned)side, (unsigned)side);
	zbar_image_set_data(image, grey, (unsigned long)(side * side), NULL);
	if (zbar_scan_image(scanner, image) == 1)
		text = arena_text(mem, zbar_symbol_get_data(zbar_image_first_symbol(image)));
	zbar_image_destroy(image);
	zbar_image_scanner_destroy(scanner);
	return text;
}

static void lines_read_back(void **state)
{
	static const char *const text[] = {"http://127.0.0.1:8080/r#ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"https://ca.example.gd.cn/r#2345672345672345672345AbCd", "~ !"};
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		expect(i, qr_make_line(mem, text[i], &qr) == ERR_OK);
		expect_text(i, read_back(&qr), text[i]);
	}
	assert_int_equal(qr_make_line(mem, "", &qr), ERR_INVALID);
	assert_int_equal(qr_make_line(mem, "/r#\n", &qr), ERR_INVALID);
	assert_int_equal(qr_make_line(mem, "网址", &qr), ERR_INVALID);
	assert_int_equal(qr_make_line(mem, arena_printf(mem, "%0200d", 1), &qr), ERR_OK);
	assert_int_equal(qr_make_line(mem, arena_printf(mem, "%0201d", 1), &qr), ERR_INVALID);
}

/* The picture's runs cover the dark modules, each once, and nothing else. */
static void svg_is_the_code(void **state)
{
	struct qr qr;
	const char *svg, *at;
	int x, y, n, dark = 0, drawn = 0;

	(void)state;
	assert_int_equal(qr_make_line(mem, "https://ca.example.gd.cn/r#ABCDEFGHIJKLMNOPQRSTUVWXYZ", &qr), ERR_OK);
	svg = qr_svg(mem, &qr);
	for (int i = 0; i < qr.size * qr.size; i++)
		dark += qr.dark[i];
	for (at = strstr(svg, "<path d="); (at = strchr(at, 'M')); at++) {
		assert_int_equal(sscanf(at, "M%d %dh%dv1h-", &x, &y, &n), 3);
		for (int i = 0; i < n; i++)
			assert_int_equal(qr.dark[(y - 4) * qr.size + x - 4 + i], 1);
		drawn += n;
	}
	assert_int_equal(drawn, dark);
	assert_non_null(strstr(svg, arena_printf(mem, "viewBox=\"0 0 %d %d\"", qr.size + 8, qr.size + 8)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_is_always_29),
		cmocka_unit_test(finder_patterns_are_there),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(lines_read_back),
		cmocka_unit_test(svg_is_the_code),
	};

	return UNIT_MAIN(tests);
}
