#include "io/image_child.h"

#include <leptonica/allheaders.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef ZY_COVER
#include <gcov.h>
#endif

#include "io/confine.h"
#include "io/image.h"
#include "io/image_cut.h"
#include "io/image_decode.h"
#include "io/image_mark.h"
#include "io/image_pdf.h"
#include "io/json_out.h"
#include "io/scan_page.h"
#include "io/sniff.h"

enum { QUALITY = 85, DPI_MAX = 2400 };

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

/* The picture as JPEG, no side longer than that. */
static int send_jpeg(unsigned char kind, PIX *p, int side)
{
	PIX *small = shrink(p, side);
	unsigned char *jpeg = NULL;
	size_t n = 0;
	int status = IMAGE_CHILD_BROKEN;

	if (small && pixWriteMemJpeg(&jpeg, &n, small, QUALITY, 0) == 0)
		status = image_send(kind, jpeg, n) ? 0 : IMAGE_CHILD_CANNOT;
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
	return image_send(IMAGE_PART_SCAN, text.at, text.len) ? 0 : IMAGE_CHILD_CANNOT;
}

static int look(PIX *p, int reduce)
{
	struct arena *a = arena_new();
	struct scan scan;
	int status = 0;

	scan_page(a, p, &scan);
	scan.dpi = scan.dpi * reduce > DPI_MAX ? DPI_MAX : scan.dpi * reduce;
	if (scan.turn)
		p = image_step(p, pixRotateOrth(p, (int)scan.turn));
	if (scan.turn)
		status = p ? send_page(p) : IMAGE_CHILD_BROKEN;
	return status == 0 ? send_scan(a, &scan) : status;
}

/* A picture becomes a page, its small picture, and what is seen on it. */
static int convert(struct bytes in)
{
	struct sniff s;
	PIX *p = NULL;
	int reduce = 1, status = image_decode(in, &s, &p, &reduce);

	if (status == 0)
		status = send_page(p);
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
	return image_send(IMAGE_PART_PAGE, jpeg, n) ? 0 : IMAGE_CHILD_CANNOT;
}

static const struct {
	const char *word;
	int (*work)(struct bytes in);
} works[] = {
	{"picture", convert},
	{"pdf", check_pdf},
	{"mark", mark},
	{"place", image_cut_place},
	{"imprint", image_cut_box},
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

void image_leave(int status)
{
#ifdef ZY_COVER
	__gcov_dump();
#endif
	_exit(status);
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
	image_leave(work((struct bytes){bytes, got}));
}
