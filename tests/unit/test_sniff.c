#include "unit.h"

#include <stdlib.h>

#include "base/str.h"
#include "io/sniff.h"

static struct str bytes(void)
{
	struct str s;

	str_init(&s, mem);
	return s;
}

static void segment(struct str *s, unsigned marker, const void *body, size_t n)
{
	const char head[] = {(char)0xff, (char)marker, (char)((n + 2) >> 8), (char)((n + 2) & 255)};

	str_addn(s, head, sizeof head);
	str_addn(s, body, n);
}

static void frame(struct str *s, unsigned width, unsigned height)
{
	const char body[] = {8, (char)(height >> 8), (char)height, (char)(width >> 8), (char)width, 1, 1, 0x11, 0};

	segment(s, 0xc0, body, sizeof body);
}

/* SOI, an optional segment, frame, scan, EOI. */
static struct str jpeg(unsigned width, unsigned height, unsigned marker, const char *body, size_t n)
{
	struct str s = bytes();

	str_addn(&s, "\xff\xd8", 2);
	if (marker)
		segment(&s, marker, body, n);
	else
		segment(&s, 0xe0, "JFIF\0\1\1\0\0\1\0\1\0\0", 14);
	frame(&s, width, height);
	segment(&s, 0xda, "\1\1\0\0\x3f\0", 6);
	str_addn(&s, "\x12\x34\xff\0\x56\xff\xd0\x78", 8);
	str_addn(&s, "\xff\xd9", 2);
	return s;
}

static void be32(struct str *s, uint32_t v)
{
	const char b[] = {(char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v};

	str_addn(s, b, 4);
}

static void chunk(struct str *s, const char *type, const void *body, size_t n)
{
	be32(s, (uint32_t)n);
	str_addn(s, type, 4);
	str_addn(s, body, n);
	be32(s, 0);
}

static struct str png(uint32_t width, uint32_t height, const char *text, bool data)
{
	struct str s = bytes(), head = bytes();

	be32(&head, width);
	be32(&head, height);
	str_addn(&head, "\x08\x02\0\0\0", 5);
	str_addn(&s, "\x89PNG\r\n\x1a\n", 8);
	chunk(&s, "IHDR", head.at, head.len);
	if (text)
		chunk(&s, "tEXt", text, strlen(text));
	if (data)
		chunk(&s, "IDAT", "xxxx", 4);
	chunk(&s, "IEND", "", 0);
	return s;
}

static struct str pdf(const char *more)
{
	struct str s = bytes();

	str_add(&s, "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
	str_add(&s, more);
	str_add(&s, "\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n");
	return s;
}

static struct sniff look(struct str s)
{
	unsigned char *exact = malloc(s.len ? s.len : 1); /* so that a step outside is seen */
	struct sniff r;

	memcpy(exact, s.at, s.len);
	sniff(exact, s.len, &r);
	free(exact);
	return r;
}

static struct str with(struct str s, const void *tail, size_t n)
{
	str_addn(&s, tail, n);
	return s;
}

static void kinds(void **state)
{
	struct sniff r = look(jpeg(640, 480, 0, NULL, 0));

	(void)state;
	assert_int_equal(r.kind, SNIFF_JPEG);
	assert_null(r.fault);
	assert_int_equal(r.width, 640);
	assert_int_equal(r.height, 480);
	assert_string_equal(r.media, "image/jpeg");
	r = look(png(1000, 10, NULL, true));
	assert_int_equal(r.kind, SNIFF_PNG);
	assert_null(r.fault);
	assert_int_equal(r.width, 1000);
	r = look(pdf(""));
	assert_int_equal(r.kind, SNIFF_PDF);
	assert_null(r.fault);
	assert_string_equal(r.media, "application/pdf");
}

static void not_taken(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} rows[] = {
		{"", 0, "empty"},
		{"x", 1, "type"},
		{"GIF89a", 6, "type"},
		{"PK\3\4 a docx", 11, "type"},
		{"RIFF....WEBPVP8 ", 16, "type"},
		{"II*\0........", 12, "type"},
		{"BM..........", 12, "type"},
		{"<!doctype html><script>alert(1)</script>", 40, "type"},
		{" %PDF-1.4", 9, "type"},
		{"\0\0\0\x18"
		 "ftypheic\0\0\0\0",
			16, "heic"},
		{"\0\0\0\x18"
		 "ftypmif1\0\0\0\0",
			16, "heic"},
		{"\0\0\0\x18"
		 "ftypisom\0\0\0\0",
			16, "type"},
		{"\xff\xd8\xff", 3, "broken"},
		{"\xff\xd8\xff<?php passthru($_GET[0]);", 29, "broken"},
		{"\xff\xd8\xff\xe0\0\1", 6, "broken"},
		{"\xff\xd8\xff\xe0\xff\xff....", 10, "broken"},
		{"\xff\xd8\xff\xff\xff\xff\xff", 7, "broken"},
		{"\xff\xd8\xff\xd9", 4, "broken"},
		{"\x89PNG\r\n\x1a\n", 8, "broken"},
		{"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR............", 28, "broken"},
		{"%PDF-", 5, "broken"},
		{"%PDF-1.4 not a pdf at all, but long enough to look at it, %%EOF is missing its table", 84, "broken"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sniff r = look(with(bytes(), rows[i].bytes, rows[i].n));

		expect_text(i, r.fault, rows[i].want);
	}
}

/* Every prefix of a right file is broken, and none is read past its end. */
static void cut_off(void **state)
{
	struct str all[] = {jpeg(640, 480, 0, NULL, 0), png(64, 64, "Comment", true), pdf("2 0 obj << >> endobj")};

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(all); k++)
		for (size_t n = 0; n < all[k].len - 8; n++) {
			struct str part = with(bytes(), all[k].at, n);

			expect(n, look(part).fault != NULL);
		}
}

static void sizes(void **state)
{
	static const struct {
		unsigned width, height;
		const char *want;
	} rows[] = {
		{6000, 6666, NULL},
		{6325, 6325, "too_large_picture"},
		{65500, 65500, "too_large_picture"},
		{30001, 1, "too_large_picture"},
		{1, 30000, NULL},
		{0, 10, "broken"},
		{10, 0, "broken"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		expect_text(i, look(png(rows[i].width, rows[i].height, NULL, true)).fault, rows[i].want);
		if (rows[i].width)
			expect_text(i, look(jpeg(rows[i].width, rows[i].height, 0, NULL, 0)).fault, rows[i].want);
	}
	assert_string_equal(look(png(0xffffffff, 0xffffffff, NULL, true)).fault, "too_large_picture");
	assert_string_equal(look(png(64, 64, NULL, false)).fault, "broken");
}

static void orientation(void **state)
{
	static const char little[] = "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0";
	static const char big[] = "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\3\0\0";
	static const char wild[] = "Exif\0\0II*\0\xff\xff\xff\xff";
	static const char many[] = "Exif\0\0II*\0\x08\0\0\0\xff\xff";
	static const char nine[] = "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x09\0\0\0";

	(void)state;
	assert_int_equal(look(jpeg(9, 9, 0xe1, little, sizeof little - 1)).orientation, 6);
	assert_int_equal(look(jpeg(9, 9, 0xe1, big, sizeof big - 1)).orientation, 3);
	assert_int_equal(look(jpeg(9, 9, 0xe1, wild, sizeof wild - 1)).orientation, 1);
	assert_int_equal(look(jpeg(9, 9, 0xe1, many, sizeof many - 1)).orientation, 1);
	assert_int_equal(look(jpeg(9, 9, 0xe1, nine, sizeof nine - 1)).orientation, 1);
	assert_int_equal(look(jpeg(9, 9, 0xe1, "Exif", 4)).orientation, 1);
}

static void two_kinds_at_once(void **state)
{
	static const char php[] = "GPS <?PHP passthru($_GET[0]); ?>",
			  xmp[] = "http://ns.adobe.com/xap/1.0/\0<?xpacket begin=''?><x:xmpmeta/>";
	static const char gifar[] = "junk PK\3\4 jar PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	static const char film[] = "\0\0\0\x18"
				   "ftypmp42 a moving picture MZ PK",
			  mpf[] = "\xff\xd8\xff\xe0 another picture";

	(void)state;
	assert_string_equal(look(jpeg(9, 9, 0xfe, php, sizeof php - 1)).fault, "polyglot");
	assert_null(look(jpeg(9, 9, 0xe1, xmp, sizeof xmp - 1)).fault);
	assert_string_equal(look(with(jpeg(9, 9, 0, NULL, 0), gifar, sizeof gifar - 1)).fault, "polyglot");
	assert_string_equal(look(with(png(9, 9, NULL, true), gifar, sizeof gifar - 1)).fault, "polyglot");
	assert_string_equal(look(with(jpeg(9, 9, 0, NULL, 0), "\n<ScRiPt>x", 10)).fault, "polyglot");
	assert_string_equal(look(with(jpeg(9, 9, 0, NULL, 0), "  MZ\x90", 5)).fault, "polyglot");
	assert_string_equal(look(with(jpeg(9, 9, 0, NULL, 0), "..%PDF-1.4", 10)).fault, "polyglot");
	assert_string_equal(look(png(9, 9, "x <script>", true)).fault, "polyglot");
	assert_string_equal(look(with(pdf(""), gifar, sizeof gifar - 1)).fault, "polyglot");
	assert_null(look(with(jpeg(9, 9, 0, NULL, 0), film, sizeof film - 1)).fault);
	assert_null(look(with(jpeg(9, 9, 0, NULL, 0), mpf, sizeof mpf - 1)).fault);
}

static void pdf_names(void **state)
{
	static const struct {
		const char *more, *want;
	} rows[] = {
		{"<< /Encrypt 5 0 R >>", "encrypted"},
		{"<< /#45ncrypt 5 0 R >>", "encrypted"},
		{"<< /JS (app.alert) /Encrypt 5 0 R >>", "encrypted"},
		{"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", "active"},
		{"<</S/JavaScript>>", "active"},
		{"<< /J#53 (x) >>", "active"},
		{"<< /S /Launch /F (cmd.exe) >>", "active"},
		{"<< /Type /EmbeddedFile >>", "active"},
		{"<< /Names << /EmbeddedFiles 9 0 R >> >>", "active"},
		{"<< /AcroForm << /XFA 7 0 R >> >>", "active"},
		{"<< /OpenAction [3 0 R /Fit] >>", NULL},
		{"<< /JSON 1 /Encrypted 2 /EncryptMetadata true >>", NULL},
		{"<< /Length 20 >>\nstream\n /JS /Encrypt /XFA \nendstream", NULL},
		{"<< /Length 20 >>\nstream\n never ends", NULL},
		{"(a stream of words /JS )", "active"},
		{"/", NULL},
		{"/#", NULL},
		{"/#4", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_text(i, look(pdf(rows[i].more)).fault, rows[i].want);
}

/* Nothing behind it, nothing cut off, no comment. */
static void plain_jpeg(void **state)
{
	struct str one = jpeg(9, 9, 0, NULL, 0), two = with(with(bytes(), one.at, one.len), one.at, one.len),
		   noted = jpeg(9, 9, 0xfe, "note", 4);

	(void)state;
	assert_true(sniff_jpeg_plain(one.at, one.len));
	assert_false(sniff_jpeg_plain(two.at, two.len));
	assert_false(sniff_jpeg_plain(one.at, one.len - 1));
	assert_false(sniff_jpeg_plain("x", 1));
	assert_false(sniff_jpeg_plain(noted.at, noted.len));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(not_taken),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(sizes),
		cmocka_unit_test(orientation),
		cmocka_unit_test(two_kinds_at_once),
		cmocka_unit_test(pdf_names),
		cmocka_unit_test(plain_jpeg),
	};

	return UNIT_MAIN(tests);
}
