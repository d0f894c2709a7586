#include "unit.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "../scan/imprint.h"
#include "../scan/imprint_judge.h"
#include "../scan/ink.h"
#include "../scan/lens.h"
#include "io/image.h"
#include "io/image_cut.h"
#include "io/sniff.h"
#include "paper.h"

/* --- a sample of what make bench does at length (tests/bench/bench_imprint.c): a page of each kind --- */

enum { PAGES = IMPRINT_KINDS };

static void pages_of_all_kinds(void **state)
{
	static struct imprint_trial t;

	(void)state;
	assert_true(imprint_trial_run(fonts, 0, PAGES, true, NULL, &t));
	assert_int_equal(t.all.pages, PAGES);
	assert_true(t.all.right * 100 >= PAGES * 95);
	/* a wrong size or place is never given without a word */
	assert_true(t.count + t.all.said >= PAGES);
	assert_true(trial_quantile(t.size, t.count, 1) <= 0.5);
	assert_true(trial_quantile(t.middle, t.count, 1) <= 0.5);
	assert_true(trial_quantile(t.clear, t.count, 1) <= 0.01);
	assert_true(trial_quantile(t.kept, t.count, 0.95) <= 0.03);
}

/* --- single pages --- */

static struct paint empty; /* the page with its boxes */

static const struct lens plain = {.dpi = 200, .noise = 1, .light = 1, .gamma = 1, .jpeg = 90};

static struct stamp seal_at(int box, double dx, double dy)
{
	return (struct stamp){.x = imprint_box[box][0] + dx,
		.y = imprint_box[box][1] + dy,
		.w = 42,
		.h = 42,
		.strength = 0.95,
		.rgb = 0xd21c28};
}

static struct paint stamped(int box, double dx, double dy)
{
	struct paint p = paint_copy(&empty);
	struct stamp s = seal_at(box, dx, dy);
	struct chance c = chance_of(3);

	ink_stamp(&p, &c, &s);
	return p;
}

static struct bytes scanned(struct paint p, const struct lens *lens)
{
	struct chance c = chance_of(5);
	struct lens_map map;
	struct bytes file;

	assert_true(lens_file(lens, &p, &c, mem, &file, &map));
	paint_free(&p);
	return file;
}

static struct imprint_in box_of(int box)
{
	return (struct imprint_in){
		.page = 1, .x = llround(imprint_box[box][0] * 10), .y = llround(imprint_box[box][1] * 10)};
}

static const char *take(struct bytes file, const struct imprint_in *in, struct imprint *ret_made)
{
	const char *fault;

	assert_int_equal(imprint_take(mem, file, in, ret_made, &fault), ERR_OK);
	assert_true(!fault == (ret_made->png.len > 0));
	return fault;
}

static bool near_to(int64_t tenths, double mm, double off)
{
	return fabs((double)tenths / 10 - mm) <= off;
}

static void expect_seal(int row, const struct imprint *made, double dx, double dy, double off)
{
	const struct imprint_crop *c = &made->crop;

	expect(row, near_to(c->w, 44, off) && near_to(c->h, 44, off));
	expect(row, near_to(2 * c->x + c->w, 70 + 2 * dx, 2 * off) && near_to(2 * c->y + c->h, 70 + 2 * dy, 2 * off));
}

static void nothing_there(void **state)
{
	struct imprint_in in = box_of(0);
	struct imprint made;
	struct sniff s;

	(void)state;
	expect_text(0, take(scanned(stamped(1, 0, 0), &plain), &in, &made), "no_ink");
	assert_true(made.marks == 4 && made.dpi >= 198 && made.dpi <= 202 && !made.cut);
	sniff(made.sight.at, made.sight.len, &s);
	assert_true(s.kind == SNIFF_JPEG && s.width == 827 && s.height == 827);
}

static void what_it_says(void **state)
{
	struct lens grey = plain;
	struct imprint_in in = box_of(0), signature = in, second = in;
	struct paint p = stamped(0, 0, 0);
	struct imprint made;

	(void)state;
	grey.grey = true;
	expect_text(0, take(scanned(stamped(0, 0, 0), &grey), &in, &made), "no_colour");
	sheet_fill(&p, 160, 5, 45, 40, 0xffffff);
	expect_text(1, take(scanned(p, &plain), &in, &made), "no_code");
	second.page = 2;
	expect_text(2, take(scanned(stamped(0, 0, 0), &plain), &second, &made), "no_page");
	signature.ink = true;
	expect_text(3, take(scanned(stamped(0, 0, 0), &plain), &signature, &made), "no_ink");
	expect_text(4, take(scanned(stamped(0, 0, 0), &plain), &in, &made), NULL);
	expect_seal(4, &made, 0, 0, 0.3);
	assert_false(made.cut);
}

static void over_the_edge(void **state)
{
	struct imprint_in in = box_of(2);
	struct imprint made;

	(void)state;
	expect_text(0, take(scanned(stamped(2, 18, 0), &plain), &in, &made), NULL);
	assert_true(made.cut && made.crop.x + made.crop.w == IMPRINT_BOX);
	expect_text(1, take(scanned(stamped(2, -12, 3), &plain), &in, &made), NULL);
	assert_false(made.cut);
	expect_seal(1, &made, -12, 3, 0.3);
}

/* Lines of print run under the seal: they are gone, and what they hid of it is there. */
static void print_under_a_seal(void **state)
{
	struct paint p = paint_copy(&empty), alone = paint_new(SHEET_W, SHEET_H, 255);
	struct stamp s = seal_at(0, 0, 0);
	struct chance c = chance_of(3), again = c;
	struct imprint_in in = box_of(0);
	struct imprint_judgement judged;
	struct lens fine = plain;
	struct imprint made;

	(void)state;
	for (int line = 0; line < 14; line++)
		sheet_fill(&p, imprint_box[0][0] - 32, imprint_box[0][1] - 28 + 4.5 * line, 64, 0.4, 0x181818);
	ink_stamp(&p, &c, &s);
	ink_stamp(&alone, &again, &s);
	fine.dpi = 300;
	expect_text(0, take(scanned(p, &fine), &in, &made), NULL);
	judged = imprint_judge(&alone, &in, &made);
	paint_free(&alone);
	assert_true(judged.size <= 0.5 && judged.middle <= 0.5);
	assert_true(judged.clear >= 0.99);
	assert_true(judged.kept >= 0.97);
}

/* Marks under stickers: their number is told, the size stays good as long as the scan is flat. */
static void hidden_marks(void **state)
{
	struct lens skewed = plain;
	struct imprint made;

	(void)state;
	skewed.skew = 2;
	skewed.whole = true;
	for (int hidden = 1; hidden <= 4; hidden++) {
		struct imprint_in in = box_of(1);
		struct paint p = stamped(1, 2, 1);

		for (int i = 0; i < hidden; i++)
			sheet_fill(&p, imprint_box[1][0] + (i == 0 || i == 3 ? -39 : 39) - 3,
				imprint_box[1][1] + (i < 2 ? -39 : 39) - 3, 6, 6, 0xffffff);
		expect_text(hidden, take(scanned(p, &skewed), &in, &made), NULL);
		expect(hidden, made.marks == 4 - hidden);
		expect_seal(hidden, &made, 2, 1, hidden < 3 ? 0.4 : 1.5);
	}
}

static void a_crop_as_asked(void **state)
{
	struct imprint_in in = box_of(3);
	struct paint p = stamped(3, 0, 0);
	struct chance c = chance_of(9);
	struct bytes file;
	struct imprint made;
	PIX *pix;

	(void)state;
	ink_tick(&p, &c, imprint_box[3][0] + 26, imprint_box[3][1] - 30, 5, 0xd01828); /* something apart */
	file = scanned(p, &plain);
	expect_text(0, take(file, &in, &made), NULL);
	expect_seal(0, &made, 0, 0, 0.3);
	in.crop = (struct imprint_crop){590, 30, 103, 71};
	expect_text(1, take(file, &in, &made), NULL);
	assert_memory_equal(&made.crop, &in.crop, sizeof in.crop);
	pix = pixReadMemPng(made.png.at, made.png.len);
	assert_int_equal(pixGetWidth(pix), 243); /* 10.3 and 7.1 mm at 600 dpi */
	assert_int_equal(pixGetHeight(pix), 168);
	assert_int_equal(pixGetXRes(pix), 600);
	pixDestroy(&pix);
	in.crop = (struct imprint_crop){10, 620, 60, 60};
	expect_text(2, take(file, &in, &made), "no_ink");
	in.crop = (struct imprint_crop){0, 0, IMPRINT_BOX, IMPRINT_BOX};
	expect_text(3, take(file, &in, &made), NULL);
}

/* The box is not in the picture, or not all of it. */
static void parts_of_pages(void **state)
{
	struct bytes file = scanned(stamped(3, 0, 0), &plain);
	static const struct {
		double bottom;
		const char *want;
	} rows[] = {{160, "no_box"}, {225, NULL}, {270, NULL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		PIX *pix = pixReadMemJpeg(file.at, file.len, 0, 1, NULL, 0), *part;
		BOX *box = boxCreate(0, 0, pixGetWidth(pix), (int)(rows[i].bottom / 25.4 * 200));
		struct imprint_in in = box_of(3);
		struct imprint made;
		unsigned char *jpeg;
		size_t n;

		part = pixClipRectangle(pix, box, NULL);
		boxDestroy(&box);
		assert_int_equal(pixWriteMemJpeg(&jpeg, &n, part, 90, 0), 0);
		expect_text(i, take((struct bytes){jpeg, n}, &in, &made), rows[i].want);
		if (i == 1)
			assert_true(made.cut && made.marks == 2);
		if (i == 2) {
			expect_seal((int)i, &made, 0, 0, 0.3);
			assert_false(made.cut);
		}
		lept_free(jpeg);
		pixDestroy(&pix);
		pixDestroy(&part);
	}
}

/* A camera says how it was held; the picture is stored as the sensor saw it. */
static void held_in_all_ways(void **state)
{
	static const struct {
		unsigned char orientation;
		bool mirror;
		int quarters; /* what is done to the upright page to store it */
	} rows[] = {{1, false, 0}, {2, true, 0}, {3, false, 2}, {5, true, 3}, {6, false, 3}, {8, false, 1}};
	struct bytes file = scanned(stamped(0, 4, -3), &plain);
	struct imprint_in in = box_of(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const unsigned char exif[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
			0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, rows[i].orientation, 0, 0, 0, 0, 0, 0};
		PIX *pix = pixReadMemJpeg(file.at, file.len, 0, 1, NULL, 0), *turned;
		struct imprint made;
		unsigned char *jpeg;
		struct str s;
		size_t n;

		turned = pixRotateOrth(pix, rows[i].quarters);
		if (rows[i].mirror)
			pixFlipLR(turned, turned);
		assert_int_equal(pixWriteMemJpeg(&jpeg, &n, turned, 90, 0), 0);
		str_init(&s, mem);
		str_addn(&s, (char *)jpeg, 2);
		str_addn(&s, (const char *)exif, sizeof exif);
		str_addn(&s, (char *)jpeg + 2, n - 2);
		expect_text(i, take((struct bytes){(unsigned char *)s.at, s.len}, &in, &made), NULL);
		expect(i, made.marks == 4);
		expect_seal((int)i, &made, 4, -3, 0.3);
		lept_free(jpeg);
		pixDestroy(&pix);
		pixDestroy(&turned);
	}
}

static void no_good(void **state)
{
	struct bytes file = scanned(stamped(0, 0, 0), &plain);
	static const char active[] =
		"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\nendobj\n"
		"2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\nstartxref\n0\n%%EOF\n",
			  hollow[] = "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
				     "2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\nstartxref\n0\n%%EOF\n";
	const struct {
		struct bytes file;
		const char *want;
	} rows[] = {
		{{file.at, file.len / 2}, "broken"},
		{{file.at, 20}, "broken"},
		{{file.at, 0}, "empty"},
		{{(const unsigned char *)"GIF89a..........", 16}, "type"},
		{{(const unsigned char *)active, sizeof active - 1}, "active"},
		{{(const unsigned char *)hollow, sizeof hollow - 1}, "broken"},
	};
	struct imprint_in in = box_of(0);
	struct imprint made;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_text(i, take(rows[i].file, &in, &made), rows[i].want);
}

/* --- a child that somebody has taken over ---
 * Comments in its picture say which of the two it is and what it writes. */

#define TAKEN_OVER "taken over "

enum { INPUT_MAX = 4 << 20 };

static int taken_over(const char *work)
{
	unsigned char *bytes = malloc(INPUT_MAX), *at;
	ssize_t n = read(0, bytes, INPUT_MAX);
	char want[] = TAKEN_OVER "?";
	size_t len;

	want[strlen(TAKEN_OVER)] = work[0];
	at = n > 0 ? memmem(bytes, (size_t)n, want, strlen(want)) : NULL;
	if (!at)
		return lseek(0, 0, SEEK_SET) == 0;
	len = ((size_t)at[-2] << 8 | at[-1]) - 2 - strlen(TAKEN_OVER) - 1;
	at += strlen(TAKEN_OVER) + 1;
	if (write(1, at, len) != (ssize_t)len)
		_exit(1);
	_exit(0);
}

static void be32(struct str *s, uint32_t v)
{
	str_addn(s, (const char[]){(char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v}, 4);
}

static void part(struct str *s, char kind, const void *bytes, size_t n)
{
	str_addc(s, kind);
	be32(s, (uint32_t)n);
	str_addn(s, bytes, n);
}

/* The picture with such a comment before the others. */
static struct bytes told(struct bytes file, char work, const struct str *said)
{
	struct str s;
	size_t n = 2 + strlen(TAKEN_OVER) + 1 + said->len;

	assert_true(n < 65536);
	str_init(&s, mem);
	str_addn(&s, (const char *)file.at, 2);
	str_addn(&s, (const char[]){(char)0xff, (char)0xfe, (char)(n >> 8), (char)n}, 4);
	str_add(&s, TAKEN_OVER);
	str_addc(&s, work);
	str_addn(&s, said->at, said->len);
	str_addn(&s, (const char *)file.at + 2, file.len - 2);
	return (struct bytes){(const unsigned char *)s.at, s.len};
}

static const char *fault_of_child(
	struct bytes file, char work, const struct str *said, const struct imprint_crop *crop, struct imprint *ret_made)
{
	struct imprint_in in = box_of(0);

	in.crop = *crop;
	return take(told(file, work, said), &in, ret_made);
}

/* The picture with the right place of box 0, so that nobody has to look for it; of a scan with 200 dpi. */
static struct bytes placed(struct bytes file)
{
	static const int mark[4][2] = {{-39, -39}, {39, -39}, {39, 39}, {-39, 39}};
	struct str text, said;

	str_init(&text, mem);
	str_init(&said, mem);
	for (int i = 0; i < 4; i++) {
		double x = imprint_box[0][0] + mark[i][0], y = imprint_box[0][1] + mark[i][1], per_mm = 200 / 25.4;

		str_addf(&text, "%s{\"x\":%d,\"y\":%d}", i ? "," : "{\"code\":true,\"corners\":[",
			(int)(x * per_mm * IMAGE_CUT_PARTS), (int)(y * per_mm * IMAGE_CUT_PARTS));
	}
	str_add(&text, "]}");
	part(&said, IMAGE_PART_PLACE, text.at, text.len);
	return told(file, 'p', &said);
}

static struct bytes kept(unsigned char *bytes, size_t n)
{
	struct bytes b = {memcpy(arena_alloc(mem, n), bytes, n), n};

	lept_free(bytes);
	return b;
}

static struct bytes white_jpeg(int side)
{
	PIX *p = pixCreate(side, side, 32);
	unsigned char *jpeg;
	size_t n;

	assert_int_equal(pixSetAll(p) || pixWriteMemJpeg(&jpeg, &n, p, 50, 0), 0);
	pixDestroy(&p);
	return kept(jpeg, n);
}

static struct bytes red_png(int w, int h, int channels, int dpi, const char *note)
{
	PIX *p = pixCreate(w, h, 32);
	unsigned char *png;
	size_t n;

	pixSetSpp(p, channels);
	pixSetAllArbitrary(p, 0xd0202080);
	pixSetResolution(p, dpi, dpi);
	if (note)
		pixSetText(p, note);
	assert_int_equal(pixWriteMemPng(&png, &n, p, 0), 0);
	pixDestroy(&p);
	return kept(png, n);
}

#define FOUND "{\"x\":100,\"y\":100,\"w\":200,\"h\":100,\"dpi\":200,\"marks\":4}"

static void a_child_that_lies(void **state)
{
	struct bytes file = placed(scanned(stamped(0, 0, 0), &plain)), sight = white_jpeg(827), small = white_jpeg(600),
		     png = red_png(472, 236, 4, 600, NULL);
	static const struct imprint_crop any = {0}, asked = {100, 100, 200, 100}, other = {100, 100, 200, 101};
	const struct {
		struct bytes sight, png;
		const char *found;
		const struct imprint_crop *crop;
		const char *want;
	} rows[] = {
		{sight, png, FOUND, &any, NULL},
		{sight, png, FOUND, &asked, NULL},
		{sight, png, FOUND, &other, "broken"},
		{small, png, FOUND, &any, "broken"},
		{{sight.at, sight.len - 1}, png, FOUND, &any, "broken"},
		{{(const unsigned char *)"plain!", 6}, png, FOUND, &any, "broken"},
		{{sight.at, 0}, png, FOUND, &any, "broken"},
		{sight, red_png(473, 236, 4, 600, NULL), FOUND, &any, "broken"},
		{sight, red_png(472, 235, 4, 600, NULL), FOUND, &any, "broken"},
		{sight, red_png(472, 236, 3, 600, NULL), FOUND, &any, "broken"},
		{sight, red_png(472, 236, 4, 300, NULL), FOUND, &any, "broken"},
		{sight, red_png(472, 236, 4, 0, NULL), FOUND, &any, "broken"},
		{sight, red_png(472, 236, 4, 600, "who am I"), FOUND, &any, "broken"},
		{sight, {png.at, png.len - 1}, FOUND, &any, "broken"},
		{sight, {png.at, 60}, FOUND, &any, "broken"},
		{sight, {png.at, 0}, FOUND, &any, "broken"},
		{sight, sight, FOUND, &any, "broken"},
		{sight, {png.at, 0}, "{}", &any, "no_ink"},
		{sight, {png.at, 0}, "{\"other\":true}", &any, "no_colour"},
		{sight, png, "{}", &any, "broken"},
		{sight, png, "", &any, "broken"},
		{sight, png, "{\"x\":600,\"y\":0,\"w\":200,\"h\":100}", &any, "broken"},
		{sight, png, "{\"w\":701,\"h\":100}", &any, "broken"},
		{sight, png, "{\"w\":-200,\"h\":100}", &any, "broken"},
		{sight, png, "{\"w\":200,\"h\":100,\"dpi\":-1}", &any, "broken"},
		{sight, png, "{\"w\":200,\"h\":100,\"dpi\":9999}", &any, "broken"},
		{sight, png, "{\"w\":200,\"h\":100,\"marks\":5}", &any, "broken"},
		{sight, png, "{\"w\":200,\"h\":100,\"path\":\"/etc\"}", &any, "broken"},
		{sight, red_png(24, 236, 4, 600, NULL), "{\"w\":10,\"h\":100}", &any, "broken"},
	};
	struct imprint made;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str said;

		str_init(&said, mem);
		part(&said, IMAGE_PART_SIGHT, rows[i].sight.at, rows[i].sight.len);
		if (rows[i].png.len)
			part(&said, IMAGE_PART_INK, rows[i].png.at, rows[i].png.len);
		part(&said, IMAGE_PART_FOUND, rows[i].found, strlen(rows[i].found));
		expect_text(i, fault_of_child(file, 'i', &said, rows[i].crop, &made), rows[i].want);
		str_addc(&said, '?');
		expect_text(i + 100, fault_of_child(file, 'i', &said, rows[i].crop, &made), "broken");
	}
}

static void a_place_that_is_none(void **state)
{
	static const struct {
		const char *said, *want;
	} rows[] = {
		{"{}", "no_code"},
		{"{\"code\":false,\"corners\":[{\"x\":1,\"y\":1},{\"x\":9,\"y\":1},{\"x\":9,\"y\":9},{\"x\":1,\"y\":9}]}",
			"no_code"},
		{"{\"code\":true,\"corners\":[{\"x\":1,\"y\":1},{\"x\":9,\"y\":1},{\"x\":9,\"y\":9}]}", "no_code"},
		{"{\"code\":true,\"corners\":[{},{},{},{},{}]}", "broken"},
		{"{\"code\":true,\"corners\":[{},{},{},{}]}", "broken"}, /* all in one place */
		{"{\"code\":true,\"corners\":[{\"x\":2000000},{},{},{}]}", "broken"},
		{"{\"code\":true,\"corners\":[{\"x\":-1000000},{},{},{\"y\":-1000000}]}", "no_box"},
		{"{\"code\":1}", "broken"},
		{"", "broken"},
	};
	struct bytes file = scanned(stamped(0, 0, 0), &plain);
	static const struct imprint_crop any = {0};
	struct imprint made;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str said;

		str_init(&said, mem);
		part(&said, IMAGE_PART_PLACE, rows[i].said, strlen(rows[i].said));
		expect_text(i, fault_of_child(file, 'p', &said, &any, &made), rows[i].want);
		part(&said, IMAGE_PART_PLACE, rows[i].said, strlen(rows[i].said));
		expect_text(i + 100, fault_of_child(file, 'p', &said, &any, &made), "broken");
	}
}

static int setup(void **state)
{
	if (paper_setup(state) != 0)
		return -1;
	empty = imprint_page(mem, fonts, 0);
	return empty.at ? 0 : -1;
}

static int teardown(void **state)
{
	paint_free(&empty);
	return paper_teardown(state);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(print_under_a_seal),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(over_the_edge),
		cmocka_unit_test(hidden_marks),
		cmocka_unit_test(a_crop_as_asked),
		cmocka_unit_test(parts_of_pages),
		cmocka_unit_test(held_in_all_ways),
		cmocka_unit_test(no_good),
		cmocka_unit_test(a_child_that_lies),
		cmocka_unit_test(a_place_that_is_none),
		cmocka_unit_test(pages_of_all_kinds),
	};

	if (image_is_child(argc, argv))
		return taken_over(argv[1]) ? image_child(argc, argv) : 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
