#ifndef IO_IMAGE_H
#define IO_IMAGE_H

#include <stdbool.h>

#include "base/field.h"
#include "io/scan.h"

/* Pictures and PDFs of applicants become plain JPEG pages made by us: upright, long side at most IMAGE_SIDE, without a byte
 * of metadata.  All decoding happens confined (confine.h), each step in a process of its own with 256 MB and two seconds:
 * pictures in this same program run as `NAME picture`, whose main calls image_child; PDFs are looked through as `NAME pdf`,
 * counted by poppler's pdfinfo and drawn page by page by its pdftoppm, whose pages then go through `NAME picture` too, for
 * what a broken poppler writes is as hostile as what broke it.
 * A PDF may take one second a page of those it may have, in all. */

enum { IMAGE_SIDE = 2000, IMAGE_THUMB = 240 };

struct image {
	struct bytes jpeg, thumb; /* the long side of the small one is at most IMAGE_THUMB */
	int64_t width, height;
	struct scan scan; /* what was seen on it */
};

/* fault: NULL, or why the bytes are no good: broken too_complex too_large_picture encrypted active
 * too_many_pages.
 * Errors: ERR_INTERNAL only, when the confined programs cannot run: to be tried again. */
struct images {
	struct image *at;
	size_t count;
	const char *fault;
};

enum err image_of_picture(struct arena *a, struct bytes in, struct images *ret_images) MUST_USE;
enum err image_of_pdf(struct arena *a, struct bytes in, int64_t pages_max, struct images *ret_images) MUST_USE;

/* The text of a PDF's first pages as a reader would copy it, confined like the rest.  *ret_text NULL: it cannot be read. */
enum err image_pdf_text(struct arena *a, struct bytes in, const char **ret_text) MUST_USE;

/* A page with a line of text over it, again and again, aslant and light.  mask: rows of bytes as font_mask makes them, no side
 * longer than IMAGE_MASK_SIDE.  jpeg: a page of ours; decoded confined all the same, for who wrote it may have been taken
 * over.  ERR_INTERNAL: it could not be done. */
enum { IMAGE_MASK_SIDE = 8192 };
enum err image_mark(struct arena *a, struct bytes jpeg, int mask_width, int mask_height, const unsigned char *mask,
	struct bytes *ret_jpeg) MUST_USE;

/* The main of the confined child: a file on standard input, what it makes of it on standard output (image_child.h).  A program
 * that has images made asks at the start of its main whether it is meant to be one. */
bool image_is_child(int argc, char **argv);
int image_child(int argc, char **argv);

/* The largest use of a child since it was last asked, for tests and benchmarks. */
struct image_use {
	int64_t cpu_ms, peak_bytes;
};
struct image_use image_use(void);

#endif
