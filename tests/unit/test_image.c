#include "unit.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/str.h"
#include "io/font_mask.h"
#include "io/image.h"
#include "io/image_pdf.h"
#include "io/sniff.h"

static struct str text(const char *from)
{
	struct str s;

	str_init(&s, mem);
	str_add(&s, from);
	return s;
}

static void pack(struct str *s, const char *from, size_t n, int level)
{
	uLongf room = compressBound(n);
	unsigned char *to = arena_alloc(mem, room);

	assert_int_equal(compress2(to, &room, (const Bytef *)from, n, level), Z_OK);
	str_addn(s, (const char *)to, room);
}

/* A stream of objects with that dictionary and that inside. */
static const char *fault_of(const char *dictionary, const char *inside, bool packed)
{
	struct str s = text("%PDF-1.5\n7 0 obj\n");

	str_add(&s, dictionary);
	str_add(&s, "stream\r\n");
	if (packed)
		pack(&s, inside, strlen(inside), 9);
	else
		str_add(&s, inside);
	str_add(&s, "\nendstream\nendobj\n");
	return image_pdf_fault((struct bytes){(const unsigned char *)s.at, s.len});
}

#define OBJSTM "<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length 99 >>\n"

static void names_that_are_packed(void **state)
{
	static const struct {
		const char *dictionary, *inside;
		bool packed;
		const char *want;
	} rows[] = {
		{OBJSTM, "12 0 << /Type /Catalog /Pages 3 0 R >>", true, NULL},
		{OBJSTM, "12 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>", true, "active"},
		{OBJSTM, "12 0 << /S /J#61vaScript >>", true, "active"},
		{OBJSTM, "12 0 << /EF 5 0 R >>", true, "active"},
		{OBJSTM, "12 0 << /AcroForm << /XFA 5 0 R >> >>", true, "active"},
		{OBJSTM, "\n 12\n0 << /S /Launch >>", true, "active"},
		{OBJSTM, "% numbers follow\n12 0 << /S /Launch >>", true, "active"},
		/* the dictionary says nothing, or nonsense */
		{"<< >>\n", "12 0 << /S /Launch >>", true, "active"},
		{"<< (endobj stream) /Length 1 >>", "12 0 << /JS 1 >>", true, "active"},
		/* other streams: pages with their pictures and texts */
		{"<< /Filter /FlateDecode >>\n", "q 1 0 0 1 72 720 cm /JS Do Q", true, NULL},
		{"<< /Filter /FlateDecode >>\n", "\x89\x01/JS /EF ", true, NULL},
		/* packed so that we cannot look inside */
		{"<< /Type /ObjStm /N 1 /First 5 /Filter /LZWDecode >>\n", "\x80\x0b\x60", false, "too_complex"},
		{OBJSTM, "\x78\x9c garbage", false, "too_complex"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_text(i, fault_of(rows[i].dictionary, rows[i].inside, rows[i].packed), rows[i].want);
}

static void a_bomb_of_objects(void **state)
{
	size_t n = 60 << 20;
	char *zeros = calloc(1, n);
	struct str s = text("%PDF-1.5\n7 0 obj\n" OBJSTM "stream\n");

	(void)state;
	assert_non_null(zeros);
	memcpy(zeros, "12 0 ", 5);
	pack(&s, zeros, n, 1);
	free(zeros);
	str_add(&s, "\nendstream\nendobj\n");
	expect_text(0, image_pdf_fault((struct bytes){(const unsigned char *)s.at, s.len}), "too_complex");
}

/* --- PNGs of all kinds, decoded in the child --- */

static void be32(struct str *s, uint32_t v)
{
	const char b[] = {(char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v};

	str_addn(s, b, 4);
}

static void chunk(struct str *s, const char *type, const void *body, size_t n)
{
	uLong crc = crc32(crc32(0, (const Bytef *)type, 4), body, (uInt)n);

	be32(s, (uint32_t)n);
	str_addn(s, type, 4);
	str_addn(s, body, n);
	be32(s, (uint32_t)crc);
}

/* pixel: bytes of one; all are alike. */
static struct bytes png(int side, int depth, int colour, int interlace, const char *pixel, size_t n, const char *plte)
{
	struct str s = text("\x89PNG\r\n\x1a\n"), rows = text(""), head = text(""), data = text("");
	static const struct pass {
		int x, y, across, down;
	} adam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}},
	  plain[] = {{0, 0, 1, 1}};
	const struct pass *pass = interlace ? adam7 : plain;

	for (int k = 0; k < (interlace ? 7 : 1); k++)
		for (int y = pass[k].y; y < side; y += pass[k].down) {
			int across = (side - pass[k].x + pass[k].across - 1) / pass[k].across;

			str_addn(&rows, "\0", 1);
			for (int x = 0; x < (depth < 8 ? (across * depth + 7) / 8 : across); x++)
				str_addn(&rows, pixel, n);
		}
	be32(&head, (uint32_t)side);
	be32(&head, (uint32_t)side);
	str_addn(&head, (const char[]){(char)depth, (char)colour, 0, 0, (char)interlace}, 5);
	chunk(&s, "IHDR", head.at, head.len);
	if (plte) {
		chunk(&s, "PLTE", plte, 6);
		chunk(&s, "tRNS", "\xff\x80", 2); /* the second half shines through */
	}
	pack(&data, rows.at, rows.len, 1);
	chunk(&s, "IDAT", data.at, data.len);
	chunk(&s, "IEND", "", 0);
	return (struct bytes){(const unsigned char *)s.at, s.len};
}

/* The luminance of a JPEG of one colour, by its size on the wire: pages are compared with one another instead. */
static struct image page(int at, struct bytes in)
{
	struct images made;

	expect(at, image_of_picture(mem, in, &made) == ERR_OK);
	expect_text(at, made.fault, NULL);
	expect(at, made.count == 1 && sniff_jpeg_plain(made.at->jpeg.at, made.at->jpeg.len) &&
			   sniff_jpeg_plain(made.at->thumb.at, made.at->thumb.len));
	return *made.at;
}

static void same(int row, struct image a, struct image b)
{
	expect(row, a.jpeg.len == b.jpeg.len && memcmp(a.jpeg.at, b.jpeg.at, a.jpeg.len) == 0);
}

/* Half transparent black on white is a middle grey; so is everything else here. */
static void pngs(void **state)
{
	static const struct {
		int side, depth, colour, interlace;
		const char *pixel;
		size_t n;
		const char *plte;
	} rows[] = {
		{40, 8, 0, 0, "\x7f", 1, NULL},
		{40, 16, 0, 0, "\x7f\x7f", 2, NULL},
		{40, 8, 4, 0, "\x00\x80", 2, NULL},
		{40, 16, 4, 1, "\x00\x00\x80\x80", 4, NULL},
		{40, 8, 0, 1, "\x7f", 1, NULL},
		{40, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL},
		{40, 8, 2, 1, "\x7f\x7f\x7f", 3, NULL},
		{40, 16, 2, 0, "\x7f\x7f\x7f\x7f\x7f\x7f", 6, NULL},
		{40, 8, 6, 0, "\x00\x00\x00\x80", 4, NULL},
		{40, 16, 6, 1, "\x00\x00\x00\x00\x00\x00\x80\x80", 8, NULL},
		{40, 8, 3, 0, "\x00", 1, "\x7f\x7f\x7f\x00\x00\x00"},
		{40, 8, 3, 1, "\x01", 1, "\xff\x00\x00\x00\x00\x00"},
		{40, 4, 3, 0, "\x11", 1, "\xff\x00\x00\x00\x00\x00"},
		{40, 1, 3, 1, "\xff", 1, "\xff\x00\x00\x00\x00\x00"},
	};
	struct image grey = page(0, png(40, 8, 0, 0, "\x7f", 1, NULL)),
		     colour = page(0, png(40, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		same((int)i,
			page((int)i, png(rows[i].side, rows[i].depth, rows[i].colour, rows[i].interlace, rows[i].pixel,
					     rows[i].n, rows[i].plte)),
			rows[i].colour & 2 ? colour : grey);
}

static void large_ones_are_added_up(void **state)
{
	struct image a = page(0, png(4100, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL)),
		     b = page(1, png(4100, 8, 2, 1, "\x7f\x7f\x7f", 3, NULL)),
		     c = page(2, png(2000, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL));

	(void)state;
	assert_int_equal(a.width, IMAGE_SIDE);
	assert_int_equal(a.height, IMAGE_SIDE);
	same(1, a, b);
	same(2, a, c);
}

static void not_pictures(void **state)
{
	struct bytes whole = png(40, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL), odd = png(40, 3, 2, 0, "\x7f\x7f\x7f", 3, NULL);
	struct images made;

	(void)state;
	((unsigned char *)(uintptr_t)whole.at)[whole.len - 30] ^= 0x40; /* a sum is wrong */
	assert_int_equal(image_of_picture(mem, whole, &made), ERR_OK);
	expect_text(0, made.fault, "broken");
	assert_int_equal(image_of_picture(mem, odd, &made), ERR_OK);
	expect_text(1, made.fault, "broken");
	assert_int_equal(made.count, 0);
}

/* --- a child that somebody has taken over ---
 * Its input says what it does: TAKEN_OVER, how it ends, and what it writes before. */

#define TAKEN_OVER "taken over "

static void part(struct str *s, char kind, const void *bytes, size_t n)
{
	str_addc(s, kind);
	be32(s, (uint32_t)n);
	str_addn(s, bytes, n);
}

static int taken_over(void)
{
	char *bytes = malloc(1 << 20), *at = bytes + strlen(TAKEN_OVER) + 1;
	ssize_t n = read(0, bytes, 1 << 20);

	if (n <= (ssize_t)strlen(TAKEN_OVER) || memcmp(bytes, TAKEN_OVER, strlen(TAKEN_OVER)) != 0)
		return lseek(0, 0, SEEK_SET) == 0;
	n -= at - bytes;
	if (write(1, at, (size_t)n) != n)
		_exit(1);
	if (at[-1] == 'k')
		__builtin_trap();
	_exit(at[-1] - '0');
}

static struct str said(const char *kinds, struct bytes page, struct bytes thumb, const char *scan)
{
	struct str s = text("");

	for (; *kinds; kinds++)
		if (*kinds == 'P')
			part(&s, 'P', page.at, page.len);
		else if (*kinds == 'T')
			part(&s, 'T', thumb.at, thumb.len);
		else
			part(&s, *kinds, scan, strlen(scan));
	return s;
}

static const char *fault_of_child(char end, struct str parts, struct image *ret_image)
{
	struct str in = text(TAKEN_OVER);
	struct images made;

	str_addc(&in, end);
	str_addn(&in, parts.at, parts.len);
	if (image_of_picture(mem, (struct bytes){(const unsigned char *)in.at, in.len}, &made) != ERR_OK)
		return "internal";
	*ret_image = *made.at;
	return made.fault;
}

#define SEEN "{\"code\":\"\",\"turn\":0,\"dpi\":300,\"seals\":[],\"sharpness\":50,\"light\":50}"

static void a_child_that_lies(void **state)
{
	struct image good = page(0, png(300, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL)),
		     large = page(1, png(600, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL)), got;
	struct str more = text(""), note = text("");
	const struct {
		char end;
		struct str parts;
		const char *want;
	} rows[] = {
		{'0', said("PTS", good.jpeg, good.thumb, SEEN), NULL},
		{'0', said("PTPTS", good.jpeg, good.thumb, SEEN), NULL},
		{'k', said("PTS", good.jpeg, good.thumb, SEEN), NULL},
		{'k', said("PT", good.jpeg, good.thumb, ""), NULL},
		{'k', said("P", good.jpeg, good.thumb, ""), "too_complex"},
		{'0', said("P", good.jpeg, good.thumb, ""), "broken"},
		{'0', said("T", good.jpeg, good.thumb, ""), "broken"},
		{'0', said("", good.jpeg, good.thumb, ""), "broken"},
		{'0', said("PTX", good.jpeg, good.thumb, "?"), "broken"},
		{'0', said("PTS", good.jpeg, good.jpeg, SEEN), "broken"}, /* a large small picture */
		{'0', said("PTS", large.jpeg, large.jpeg, SEEN), "broken"},
		{'0', said("PTS", (struct bytes){good.jpeg.at, good.jpeg.len - 1}, good.thumb, SEEN), "broken"},
		{'0', said("PTS", (struct bytes){(const unsigned char *)"<html>", 6}, good.thumb, SEEN), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, "{\"turn\":4}"), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, "{\"light\":101}"), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, "{\"dpi\":-1}"), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, "{\"code\":7}"), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, "{\"seals\":[{},{},{},{},{},{},{},{},{}]}"), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, "{\"path\":\"/etc\"}"), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, "{"), "broken"},
		{'0', said("PTS", good.jpeg, good.thumb, ""), "broken"},
		{'2', said("", good.jpeg, good.thumb, ""), "broken"},
		{'9', said("PTS", good.jpeg, good.thumb, SEEN), "internal"}, /* none of ours ends so */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_text(i, fault_of_child(rows[i].end, rows[i].parts, &got), rows[i].want);
	str_addn(&more, good.jpeg.at, good.jpeg.len);
	str_add(&more, "tail");
	expect_text(100,
		fault_of_child(
			'0', said("PT", (struct bytes){(unsigned char *)more.at, more.len}, good.thumb, ""), &got),
		"broken");
	str_addn(&note, good.jpeg.at, 2);
	str_addn(&note, "\xff\xfe\0\6note", 8);
	str_addn(&note, good.jpeg.at + 2, good.jpeg.len - 2);
	expect_text(101,
		fault_of_child(
			'0', said("PT", (struct bytes){(unsigned char *)note.at, note.len}, good.thumb, ""), &got),
		"broken");
}

static void what_was_seen(void **state)
{
	struct image good = page(0, png(300, 8, 2, 0, "\x7f\x7f\x7f", 3, NULL)), got;

	(void)state;
	assert_true(good.scan.grey);
	assert_null(fault_of_child('0',
		said("PTS", good.jpeg, good.thumb, "{\"code\":\"Z1\",\"dpi\":300,\"seals\":[{\"diameter\":420}]}"),
		&got));
	assert_string_equal(got.scan.code, "Z1");
	assert_int_equal(got.scan.dpi, 300);
	assert_int_equal(((struct scan_seal *)got.scan.seals.at)->diameter, 420);
	assert_null(fault_of_child('k', said("PT", good.jpeg, good.thumb, ""), &got));
	assert_string_equal(got.scan.code, "");
}

/* --- marked pages --- */

static struct fonts *fonts(void)
{
	static const char *const rare[] = {"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
		"/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", NULL};
	struct fonts *f;

	assert_int_equal(fonts_load("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", rare, &f), ERR_OK);
	return f;
}

static size_t ink(const struct font_mask *m, int from, int to)
{
	size_t n = 0;

	for (int y = from; y < to; y++)
		for (int x = 0; x < m->width; x++)
			n += m->at[y * m->width + x];
	return n / 255;
}

static void text_as_a_mask(void **state)
{
	struct fonts *f = fonts();
	struct font_mask bar, hole, none, rare, line;

	(void)state;
	font_mask(f, "一", 40, mem, &bar);
	assert_int_equal(bar.height, 50);
	assert_true(bar.width >= 40 && bar.width <= 42);
	assert_true(ink(&bar, 0, 50) > 60 && ink(&bar, 0, 50) < 240); /* a stroke of some 37 by 3 */
	assert_true(ink(&bar, 0, 12) == 0 && ink(&bar, 34, 50) == 0);
	font_mask(f, "口", 40, mem, &hole); /* the inner contour is a hole, not ink */
	assert_true(ink(&hole, 0, 50) > 150 && ink(&hole, 0, 50) < 600);
	assert_int_equal(hole.at[20 * hole.width + 20], 0);
	font_mask(f, "\U0010fffd", 40, mem, &none);
	assert_int_equal(ink(&none, 0, 50), 0);
	assert_int_equal(none.width, 41);
	font_mask(f, "𠮷", 40, mem, &rare);
	assert_true(ink(&rare, 0, 50) > 150);
	font_mask(f, "", 40, mem, &line);
	assert_int_equal(line.width, 1);
	fonts_free(f);
}

/* Shares of a page that are darker than white by more than noise, and how dark the darkest is. */
static double dark(struct bytes jpeg, int *ret_darkest)
{
	PIX *p = pixReadMemJpeg(jpeg.at, jpeg.len, 0, 1, NULL, 0), *grey = pixConvertTo8(p, 0);
	size_t n = 0;
	l_uint32 v;

	*ret_darkest = 255;
	for (int y = 0; y < pixGetHeight(grey); y++)
		for (int x = 0; x < pixGetWidth(grey); x++) {
			pixGetPixel(grey, x, y, &v);
			n += v < 245;
			*ret_darkest = (int)v < *ret_darkest ? (int)v : *ret_darkest;
		}
	v = (l_uint32)(pixGetHeight(grey) * pixGetWidth(grey));
	pixDestroy(&p);
	pixDestroy(&grey);
	return (double)n / v;
}

static void marked_pages(void **state)
{
	struct fonts *f = fonts();
	struct image white = page(0, png(900, 8, 2, 0, "\xff\xff\xff", 3, NULL)),
		     grey = page(1, png(900, 8, 0, 0, "\xff", 1, NULL));
	struct font_mask m;
	struct bytes marked;
	int darkest;
	double share;

	(void)state;
	font_mask(f, "仅供数字证书业务审核 · 张𠮷（clerk1） · 2026-11-22 18:30", 15, mem, &m);
	assert_true(dark(white.jpeg, &darkest) == 0.0);
	for (int i = 0; i < 2; i++) {
		struct bytes jpeg = i ? grey.jpeg : white.jpeg;
		struct sniff s;

		assert_int_equal(image_mark(mem, jpeg, m.width, m.height, m.at, &marked), ERR_OK);
		sniff(marked.at, marked.len, &s);
		assert_true(s.width == 900 && s.height == 900 && sniff_jpeg_plain(marked.at, marked.len));
		share = dark(marked, &darkest);
		/* a repetition is the mask and its room; three quarters of white stay */
		assert_true(share > 0.5 * (double)ink(&m, 0, m.height) / ((m.width + 3 * m.height) * 5 * m.height));
		assert_true(share < 0.2 && darkest < 240 && darkest > 180);
	}
	assert_int_equal(
		image_mark(mem, (struct bytes){white.jpeg.at, 100}, m.width, m.height, m.at, &marked), ERR_INTERNAL);
	fonts_free(f);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_are_packed),
		cmocka_unit_test(a_bomb_of_objects),
		cmocka_unit_test(pngs),
		cmocka_unit_test(large_ones_are_added_up),
		cmocka_unit_test(not_pictures),
		cmocka_unit_test(a_child_that_lies),
		cmocka_unit_test(what_was_seen),
		cmocka_unit_test(text_as_a_mask),
		cmocka_unit_test(marked_pages),
	};

	if (image_is_child(argc, argv))
		return taken_over() ? image_child(argc, argv) : 1;
	return UNIT_MAIN(tests);
}
