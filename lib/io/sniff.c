#include "io/sniff.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/err.h" /* ARRAY_LEN */
#include "io/sniff_pdf.h"

struct span {
	const unsigned char *at;
	size_t n;
};

static bool begins(struct span s, const char *with, size_t n)
{
	return s.n >= n && memcmp(s.at, with, n) == 0;
}
#define BEGINS(s, text) begins(s, text, sizeof(text) - 1)

static struct span from(struct span s, size_t at)
{
	return at > s.n ? (struct span){s.at + s.n, 0} : (struct span){s.at + at, s.n - at};
}

static unsigned be16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static bool holds(struct span s, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= s.n; i++)
		if (strncasecmp((const char *)s.at + i, text, n) == 0)
			return true;
	return false;
}

/* Text that a browser or an interpreter would run.  Marks of five bytes and more: shorter ones stand in films by chance. */
static bool holds_script(struct span s)
{
	return holds(s, "<?php") || holds(s, "<script") || holds(s, "<html") || holds(s, "<!doctype");
}

static bool is_zip(struct span s)
{
	struct span end = from(s, s.n > 66000 ? s.n - 66000 : 0);

	return memmem(end.at, end.n, "PK\5\6", 4) != NULL;
}

/* Behind the end of a picture phones put more pictures and films; archives, programs and pages have no business there. */
static bool hostile_tail(struct span s)
{
	while (s.n && (*s.at == 0 || *s.at == ' ' || *s.at == '\r' || *s.at == '\n' || *s.at == '\t'))
		s = from(s, 1);
	return BEGINS(s, "MZ") ||
	       BEGINS(s, "\x7f"
			 "ELF") ||
	       BEGINS(s, "#!") || BEGINS(s, "\xca\xfe\xba\xbe") || is_zip(s) || memmem(s.at, s.n, "%PDF-", 5) ||
	       memmem(s.at, s.n, "Rar!\x1a\7", 6) || memmem(s.at, s.n, "7z\xbc\xaf\x27\x1c", 6) || holds_script(s);
}

static void measure(struct sniff *r, int64_t width, int64_t height)
{
	r->width = width;
	r->height = height;
	if (width <= 0 || height <= 0)
		r->fault = "broken";
	else if (width > SNIFF_SIDE_MAX || height > SNIFF_SIDE_MAX || width * height > SNIFF_PIXELS_MAX)
		r->fault = "too_large_picture";
}

/* Orientation of an EXIF segment (its bytes after the length). */
static int exif_orientation(struct span s)
{
	bool little;
	size_t at, count;

	if (!BEGINS(s, "Exif\0\0"))
		return 1;
	s = from(s, 6);
	little = BEGINS(s, "II*\0");
	if (s.n < 8 || (!little && !BEGINS(s, "MM\0*")))
		return 1;
#define EXIF16(p) (little ? (unsigned)(p)[1] << 8 | (p)[0] : be16(p))
	at = little ? (size_t)s.at[7] << 24 | (size_t)s.at[6] << 16 | (size_t)s.at[5] << 8 | s.at[4] : be32(s.at + 4);
	if (at > s.n || s.n - at < 2)
		return 1;
	count = EXIF16(s.at + at);
	for (size_t p = at + 2; count-- && p <= s.n && s.n - p >= 12; p += 12)
		if (EXIF16(s.at + p) == 0x0112) {
			unsigned v = EXIF16(s.at + p + 8);

			return v >= 1 && v <= 8 ? (int)v : 1;
		}
#undef EXIF16
	return 1;
}

/* The next marker at or after a place inside entropy-coded data; s.n when there is none. */
static size_t next_marker(struct span s, size_t at)
{
	for (; at + 1 < s.n; at++)
		if (s.at[at] == 0xff && s.at[at + 1] != 0 && s.at[at + 1] != 0xff &&
			(s.at[at + 1] < 0xd0 || s.at[at + 1] > 0xd7))
			return at;
	return s.n;
}

static bool is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* One segment with a length.  false: it does not hold. */
static bool jpeg_segment(struct span s, size_t at, unsigned marker, struct sniff *r, size_t *ret_len)
{
	size_t len = s.n - at >= 4 ? be16(s.at + at + 2) : 0;
	struct span body;

	if (len < 2 || len > s.n - at - 2)
		return false;
	body = (struct span){s.at + at + 4, len - 2};
	*ret_len = len;
	if (is_frame(marker)) {
		if (body.n < 6 || r->width)
			return false;
		measure(r, be16(body.at + 3), be16(body.at + 1));
	}
	if (marker == 0xe1 && r->orientation == 1)
		r->orientation = exif_orientation(body);
	if ((marker >= 0xe0 && marker <= 0xef) || marker == 0xfe) {
		r->carries = r->carries || marker != 0xe0 || body.n != 14 || !BEGINS(body, "JFIF");
		if (!r->fault && holds_script(body))
			r->fault = "polyglot";
	}
	return true;
}

/* Walks the segments from SOI to EOI; 0: it is none, or cut off. */
static size_t jpeg_walk(struct span s, struct sniff *r)
{
	size_t at = 2, len;

	if (!BEGINS(s, "\xff\xd8\xff"))
		return 0;
	while (at + 1 < s.n) {
		unsigned marker = s.at[at + 1];

		if (s.at[at] != 0xff)
			return 0;
		if (marker == 0xff) { /* fill */
			at++;
			continue;
		}
		if (marker == 0xd9)
			return r->width ? at + 2 : 0;
		if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8) || !jpeg_segment(s, at, marker, r, &len))
			return 0;
		at += 2 + len;
		if (marker == 0xda) {
			if (!r->width)
				return 0;
			at = next_marker(s, at);
		}
	}
	return 0;
}

bool sniff_jpeg_plain(const void *bytes, size_t n)
{
	struct span s = {bytes, n};
	struct sniff r = {.orientation = 1};

	return jpeg_walk(s, &r) == n && !r.carries;
}

static void sniff_jpeg(struct span s, struct sniff *r)
{
	size_t end = jpeg_walk(s, r);

	if (!end)
		r->fault = "broken";
	else if (!r->fault && hostile_tail(from(s, end)))
		r->fault = "polyglot";
}

static bool is_text_chunk(const unsigned char *type)
{
	return memcmp(type + 1, "EXt", 3) == 0 || memcmp(type + 1, "TXt", 3) == 0;
}

static void sniff_png(struct span s, struct sniff *r)
{
	size_t at = 8;
	bool data = false;

	r->fault = NULL;
	while (s.n - at >= 12) {
		uint32_t len = be32(s.at + at);
		const unsigned char *type = s.at + at + 4;

		if (len > s.n - at - 12)
			break;
		if (at == 8) {
			if (len != 13 || memcmp(type, "IHDR", 4) != 0)
				break;
			measure(r, be32(type + 4), be32(type + 8));
		}
		data = data || memcmp(type, "IDAT", 4) == 0;
		if (!r->fault && is_text_chunk(type) && holds_script((struct span){type + 4, len}))
			r->fault = "polyglot";
		at += 12 + (size_t)len;
		if (memcmp(type, "IEND", 4) == 0) {
			if (!data)
				break;
			if (!r->fault && hostile_tail(from(s, at)))
				r->fault = "polyglot";
			return;
		}
	}
	if (!r->fault)
		r->fault = "broken";
}

static void sniff_pdf(struct span s, struct sniff *r)
{
	struct span end = from(s, s.n > 2048 ? s.n - 2048 : 0);

	if (s.n < 64 || s.at[5] < '1' || s.at[5] > '2' || s.at[6] != '.' || !memmem(end.at, end.n, "%%EOF", 5) ||
		!memmem(end.at, end.n, "startxref", 9))
		r->fault = "broken";
	else if (is_zip(s))
		r->fault = "polyglot";
	else
		r->fault = sniff_pdf_names(s.at, s.n);
}

static bool is_heic(struct span s)
{
	static const char *const brands[] = {"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif"};

	if (s.n < 12 || memcmp(s.at + 4, "ftyp", 4) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(brands); i++)
		if (memcmp(s.at + 8, brands[i], 4) == 0)
			return true;
	return false;
}

void sniff(const void *bytes, size_t n, struct sniff *ret_sniff)
{
	struct span s = {bytes, n};

	*ret_sniff = (struct sniff){.orientation = 1};
	if (n == 0)
		ret_sniff->fault = "empty";
	else if (BEGINS(s, "\xff\xd8\xff")) {
		ret_sniff->kind = SNIFF_JPEG;
		ret_sniff->media = "image/jpeg";
		sniff_jpeg(s, ret_sniff);
	} else if (BEGINS(s, "\x89PNG\r\n\x1a\n")) {
		ret_sniff->kind = SNIFF_PNG;
		ret_sniff->media = "image/png";
		sniff_png(s, ret_sniff);
	} else if (BEGINS(s, "%PDF-")) {
		ret_sniff->kind = SNIFF_PDF;
		ret_sniff->media = "application/pdf";
		sniff_pdf(s, ret_sniff);
	} else
		ret_sniff->fault = is_heic(s) ? "heic" : "type";
}
