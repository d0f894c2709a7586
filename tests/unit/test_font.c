#include "unit.h"

#include <math.h>

#include "paper.h"

static void every_character_has_its_place(void **state)
{
	static const struct {
		uint32_t cp;
		enum font_place place;
	} row[] = {
		{'A', FONT_BODY},
		{0x20, FONT_BODY},
		{0xb7, FONT_BODY},
		{0xa5, FONT_BODY},
		{0x3000, FONT_BODY},
		{0x4e00, FONT_BODY},
		{0x9fa5, FONT_BODY},
		{0x4dae, FONT_BODY},
		{0xff08, FONT_BODY},
		{0x20bb7, FONT_RARE},
		{0x2cb4a, FONT_RARE},
		{0x2a700, FONT_RARE},
		{0x2b740, FONT_RARE},
		{0x30edd, FONT_NONE},
		{0x31350, FONT_NONE},
		{0xe000, FONT_NONE},
		{0x1f9ff, FONT_NONE},
		{0x09, FONT_NONE},
		{0x7f, FONT_NONE},
		{0x10ffff, FONT_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, font_place(fonts, row[i].cp) == row[i].place);
}

static void the_basic_block_is_complete(void **state)
{
	(void)state;
	for (uint32_t cp = 0x4e00; cp <= 0x9fa5; cp++)
		expect(cp, font_place(fonts, cp) != FONT_NONE && font_advance(fonts, cp) > 0.9);
	for (uint32_t cp = 0x3400; cp <= 0x4db5; cp++)
		expect(cp, font_place(fonts, cp) != FONT_NONE);
	for (uint32_t cp = 0x2a700; cp <= 0x2b734; cp++)
		expect(cp, font_place(fonts, cp) == FONT_RARE && fabs(font_advance(fonts, cp) - 1) < 0.01);
}

static void outlines_are_closed_and_within_the_em(void **state)
{
	static const uint32_t cp[] = {0x20bb7, 0x2cb4a, 0x2a700, 0x2b740};
	struct font_path path;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cp); i++) {
		font_outline(fonts, cp[i], mem, &path);
		expect(i, path.count > 10 && path.step[0].op == 'm' && path.step[path.count - 1].op == 'z');
		for (size_t n = 0; n < path.count; n++)
			for (size_t k = 0; k < 6; k++)
				expect(i, path.step[n].at[k] > -0.5f && path.step[n].at[k] < 1.5f);
	}
}

static unsigned be(const unsigned char *at, int bytes)
{
	unsigned n = 0;

	while (bytes--)
		n = n << 8 | *at++;
	return n;
}

/* The glyph of a code by the rules of cmap format 4. */
static unsigned lookup(const struct bytes *file, unsigned cp)
{
	const unsigned char *at = NULL;
	unsigned segments;

	for (unsigned i = 0; i < be(file->at + 4, 2); i++)
		if (memcmp(file->at + 12 + 16 * i, "cmap", 4) == 0)
			at = file->at + be(file->at + 12 + 16 * i + 8, 4);
	assert_non_null(at);
	at += be(at + 8, 4);
	assert_int_equal(be(at, 2), 4);
	segments = be(at + 6, 2) / 2;
	for (unsigned i = 0; i < segments; i++) {
		const unsigned char *end = at + 14 + 2 * i, *first = end + 2 * segments + 2,
				    *offset = first + 4 * segments;

		if (be(end, 2) < cp)
			continue;
		if (be(first, 2) > cp)
			return 0;
		return be(offset, 2) == 0 ? (cp + be(first + 2 * segments, 2)) & 0xffff
					  : be(offset + be(offset, 2) + 2 * (cp - be(first, 2)), 2);
	}
	return 0;
}

static void a_subset_maps_what_was_asked_and_nothing_else(void **state)
{
	static const uint32_t have[] = {
		' ', 'A', 'z', 0xb7, 0x3000, 0x3001, 0x3402, 0x4dae, 0x4e00, 0x4e01, 0x7530, 0x9fa5, 0xff08, 0xff09};
	static const uint32_t lack[] = {'B', 0x2f, 0x3002, 0x4e02, 0x9fa4, 0xff0a, 0xffff};
	struct font_set set = {{0}};
	struct bytes file;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(have); i++)
		font_set_add(&set, have[i]);
	font_set_add(&set, 0x20bb7); /* not of the basic plane: ignored */
	assert_int_equal(font_subset(fonts, &set, mem, &file), ERR_OK);
	assert_true(file.len < 60000);
	for (size_t i = 0; i < ARRAY_LEN(have); i++) {
		expect(i, lookup(&file, have[i]) != 0);
		for (size_t k = 0; k < i; k++)
			expect(i, lookup(&file, have[i]) != lookup(&file, have[k]));
	}
	for (size_t i = 0; i < ARRAY_LEN(lack); i++)
		expect(i, lookup(&file, lack[i]) == 0);
}

/* The halved grid: every outline of the subset is the body font's own, to a unit of the coarser grid; parts included.
 * Compared as points, through the rare-font reader of a second set of fonts that is loaded from the subset. */
static void outlines_are_what_they_were(void **state)
{
	static const uint32_t cp[] = {
		'A', 'g', 0xe9, 0xfc, 0x4e00, 0x56fd, 0x6e7e, 0x9f98, 0x9fa5, 0x3402, 0x4dae, 0xff08, 0x3002};
	const char *body = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
		   *hana = "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf";
	struct fonts *before, *after;
	struct font_set set = {{0}};
	struct bytes file;
	const char *path;
	int compared = 0, fd = memfd_create("subset", 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cp); i++)
		font_set_add(&set, cp[i]);
	assert_int_equal(font_subset(fonts, &set, mem, &file), ERR_OK);
	assert_int_equal(write(fd, file.at, file.len), (ssize_t)file.len);
	path = arena_printf(mem, "/proc/self/fd/%d", fd);
	/* HanaMinB has none of these, so they come from the second font. */
	assert_int_equal(fonts_load(hana, (const char *const[]){body, NULL}, &before), ERR_OK);
	assert_int_equal(fonts_load(hana, (const char *const[]){path, NULL}, &after), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cp); i++) {
		struct font_path a, b;

		if (font_place(before, cp[i]) != FONT_RARE)
			continue;
		expect(i, font_place(after, cp[i]) == FONT_RARE);
		expect(i, fabs(font_advance(before, cp[i]) - font_advance(after, cp[i])) < 1.1 / 512);
		font_outline(before, cp[i], mem, &a);
		font_outline(after, cp[i], mem, &b);
		expect(i, a.count == b.count && a.count > 4);
		for (size_t n = 0; n < a.count; n++) {
			expect(i, a.step[n].op == b.step[n].op);
			for (size_t k = 0; k < 6; k++)
				expect(i, fabsf(a.step[n].at[k] - b.step[n].at[k]) < 2.1f / 512);
		}
		compared++;
	}
	assert_true(compared >= 8);
	fonts_free(before);
	fonts_free(after);
	close(fd);
}

/* Thousands of scattered characters must fit the short cmap too. */
static void a_large_subset(void **state)
{
	struct font_set set = {{0}};
	struct bytes file;

	(void)state;
	for (uint32_t cp = 0x3400; cp <= 0x9fa5; cp += 9)
		font_set_add(&set, cp);
	assert_int_equal(font_subset(fonts, &set, mem, &file), ERR_OK);
	for (uint32_t cp = 0x3400; cp <= 0x9fa5; cp += 9)
		if (font_place(fonts, cp) == FONT_BODY)
			expect(cp, lookup(&file, cp) != 0);
}

static void missing_files_are_said(void **state)
{
	static const char *const none[] = {NULL}, *const bad[] = {"/nonexistent.ttf", NULL};
	struct fonts *f = NULL;

	(void)state;
	assert_int_equal(fonts_load("/nonexistent.ttc", none, &f), ERR_INTERNAL);
	assert_int_equal(fonts_load("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", bad, &f), ERR_INTERNAL);
	assert_int_equal(fonts_load("/etc/passwd", none, &f), ERR_INTERNAL);
	assert_null(f);
	fonts_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_has_its_place),
		cmocka_unit_test(the_basic_block_is_complete),
		cmocka_unit_test(outlines_are_closed_and_within_the_em),
		cmocka_unit_test(a_subset_maps_what_was_asked_and_nothing_else),
		cmocka_unit_test(outlines_are_what_they_were),
		cmocka_unit_test(a_large_subset),
		cmocka_unit_test(missing_files_are_said),
	};

	return PAPER_MAIN(tests);
}
