#include "io/image_child.h"

#include <leptonica/allheaders.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/confine.h"
#include "io/image.h"
#include "io/image_mark.h"
#include "io/image_pdf.h"
#include "io/image_png.h"
#include "io/json_out.h"
#include "io/scan_page.h"
#include "io/sniff.h"

enum { QUALITY = 85, LARGE_PIXELS = 16000000, DPI_MAX = 2400 };

/* Decode at most twice as large as wanted; how many times smaller than it is. */
static PIX *decode(struct bytes in, const struct sniff *s, int *ret_reduce)
{
	int64_t side = s->width > s->height ? s->width : s->height;
	int reduce = 1;

	if (s->kind == SNIFF_PNG) {
		*ret_reduce = side >= 2 * IMAGE_SIDE ? (int)(side / IMAGE_SIDE) : 1;
		return image_png(in, *ret_reduce, IMAGE_CHILD_BROKEN);
	}
	while (reduce < 8 && side / (reduce * 2) >= IMAGE_SIDE)
		reduce *= 2;
	*ret_reduce = reduce;
	return pixReadMemJpeg(in.at, in.len, 0, reduce, NULL, 0); /* libjpeg leaves out what is not needed */
}

/* The PIX is replaced by what comes out of a step; NULL stays NULL. */
static PIX *step(PIX *old, PIX *new)
{
	if (old != new)
		pixDestroy(&old);
	return new;
}

/* A picture of its own, no side longer than that. */
static PIX *shrink(PIX *p, int side)
{
	int longer = pixGetWidth(p) > pixGetHeight(p) ? pixGetWidth(p) : pixGetHeight(p);
	float scale = (float)side / (float)longer;
	int width = (int)((float)pixGetWidth(p) * scale + 0.5f), height = (int)((float)pixGetHeight(p) * scale + 0.5f);

	if (longer <= side)
		return pixClone(p);
	return pixScaleToSize(p, width > 0 ? width : 1, height > 0 ? height : 1);
}

/* EXIF says how the camera was held. */
static PIX *turn(PIX *p, int orientation)
{
	static const struct {
		bool mirror;
		int quarters; /* clockwise, after mirroring left and right */
	} how[] = {{0, 0}, {0, 0}, {1, 0}, {0, 2}, {1, 2}, {1, 3}, {0, 1}, {1, 1}, {0, 3}};

	if (how[orientation].mirror)
		p = step(p, pixFlipLR(NULL, p));
	return p && how[orientation].quarters ? step(p, pixRotateOrth(p, how[orientation].quarters)) : p;
}

/* Only colours, without text, profile or resolution of the original. */
static PIX *plain(PIX *p)
{
	p = step(p, pixConvertTo8Or32(p, L_CLONE, 0));
	if (p) {
		pixSetText(p, NULL);
		pixSetResolution(p, 0, 0);
	}
	return p;
}

static bool write_all(const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n) {
		ssize_t done = write(1, at, n);

		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

static bool send(unsigned char kind, const void *bytes, size_t n)
{
	unsigned char head[IMAGE_PART_HEAD] = {
		kind, (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};

	return write_all(head, sizeof head) && write_all(bytes, n);
}

/* The picture as JPEG, no side longer than that. */
static int send_jpeg(unsigned char kind, PIX *p, int side)
{
	PIX *small = shrink(p, side);
	unsigned char *jpeg = NULL;
	size_t n = 0;
	int status = IMAGE_CHILD_BROKEN;

	if (small && pixWriteMemJpeg(&jpeg, &n, small, QUALITY, 0) == 0)
		status = send(kind, jpeg, n) ? 0 : IMAGE_CHILD_CANNOT;
	free(jpeg);
	pixDestroy(&small);
	return status;
}

static int send_page(PIX *p)
{
	PIX *page = shrink(p, IMAGE_SIDE);
	int status = page ? send_jpeg(IMAGE_PART_PAGE, page, IMAGE_SIDE) : IMAGE_CHILD_BROKEN;

	if (status == 0)
		status = send_jpeg(IMAGE_PART_THUMB, page, IMAGE_THUMB);
	pixDestroy(&page);
	return status;
}

static int send_scan(struct arena *a, const struct scan *scan)
{
	struct json_out j;
	struct str text;

	str_init(&text, a);
	json_begin(&j, &text);
	json_shape(&j, NULL, &scan_shape, scan);
	return send(IMAGE_PART_SCAN, text.at, text.len) ? 0 : IMAGE_CHILD_CANNOT;
}

static int look(PIX *p, int reduce)
{
	struct arena *a = arena_new();
	struct scan scan;
	int status = 0;

	scan_page(a, p, &scan);
	scan.dpi = scan.dpi * reduce > DPI_MAX ? DPI_MAX : scan.dpi * reduce;
	if (scan.turn)
		p = step(p, pixRotateOrth(p, (int)scan.turn));
	if (scan.turn)
		status = p ? send_page(p) : IMAGE_CHILD_BROKEN;
	return status == 0 ? send_scan(a, &scan) : status;
}

/* A picture becomes a page, its small picture, and what is seen on it. */
static int convert(struct bytes in)
{
	struct sniff s;
	PIX *p;
	int reduce = 1, status;

	sniff(in.at, in.len, &s);
	if (s.fault && strcmp(s.fault, "too_large_picture") == 0)
		return IMAGE_CHILD_LARGE;
	if (s.fault || (s.kind != SNIFF_JPEG && s.kind != SNIFF_PNG))
		return IMAGE_CHILD_BROKEN;
	p = decode(in, &s, &reduce);
	if (!p && s.width * s.height > LARGE_PIXELS)
		return IMAGE_CHILD_LARGE; /* no memory for that many with these colours */
	if (p)
		p = plain(p);
	if (p)
		p = turn(p, s.orientation);
	status = p ? send_page(p) : IMAGE_CHILD_BROKEN;
	return status == 0 ? look(p, reduce) : status;
}

static int check_pdf(struct bytes in)
{
	const char *fault = image_pdf_fault(in);

	return !fault				 ? 0
	       : strcmp(fault, "encrypted") == 0 ? IMAGE_CHILD_ENCRYPTED
	       : strcmp(fault, "active") == 0	 ? IMAGE_CHILD_ACTIVE
						 : IMAGE_CHILD_COMPLEX;
}

static int mark(struct bytes in)
{
	unsigned char *jpeg;
	size_t n;

	if (!image_mark_over(in, &jpeg, &n))
		return IMAGE_CHILD_BROKEN;
	return send(IMAGE_PART_PAGE, jpeg, n) ? 0 : IMAGE_CHILD_CANNOT;
}

static const struct {
	const char *word;
	int (*work)(struct bytes in);
} works[] = {
	{"picture", convert},
	{"pdf", check_pdf},
	{"mark", mark},
};

static int (*work_of(int argc, char **argv))(struct bytes in)
{
	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(works); i++)
		if (strcmp(argv[1], works[i].word) == 0)
			return works[i].work;
	return NULL;
}

bool image_is_child(int argc, char **argv)
{
	return work_of(argc, argv) != NULL;
}

int image_child(int argc, char **argv)
{
	int (*work)(struct bytes in) = work_of(argc, argv);
	struct stat st;
	unsigned char *bytes;
	size_t got = 0;

	if (!work || !confine_self())
		_exit(IMAGE_CHILD_CANNOT);
	setMsgSeverity(L_SEVERITY_NONE);
	if (fstat(0, &st) != 0 || st.st_size <= 0 || st.st_size > INT_MAX || !(bytes = malloc((size_t)st.st_size)))
		_exit(IMAGE_CHILD_CANNOT);
	while (got < (size_t)st.st_size) {
		ssize_t n = read(0, bytes + got, (size_t)st.st_size - got);

		if (n <= 0)
			_exit(IMAGE_CHILD_CANNOT);
		got += (size_t)n;
	}
	_exit(work((struct bytes){bytes, got}));
}
