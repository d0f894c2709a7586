#ifndef IO_IMAGE_IMPRINT_H
#define IO_IMAGE_IMPRINT_H

#include <stdbool.h>

#include "base/field.h"

/* An electronic seal's picture out of a scan of the imprint page.  On that page each seal has a box: a square of 70 mm
 * with a thin grey line, and around it four black squares of 4 mm whose middles lie 39 mm beside and above the middle of the
 * box.  The code of the page says about where the box is and which way is up; the marks say exactly, so that what is cut
 * out is straight and has its true size, however the page was scanned or photographed.
 *
 * All decoding happens confined (image.h): the page is looked at in one process, cut out in another from the picture at its
 * whole resolution; of a PDF only the box is drawn at 600 dpi.  What these processes say is believed only as far as its
 * bounds: a picture of the size asked for, without any data beside the picture. */

/* Tenths of a millimetre within the box, from its upper left corner. */
struct imprint_crop {
	int64_t x, y, w, h;
};

enum { IMPRINT_BOX = 700, IMPRINT_CROP_MIN = 20, IMPRINT_DPI = 600, IMPRINT_SIGHT_DPI = 300 };

struct imprint_in {
	int64_t page; /* of a PDF, from 1; of a picture 1 */
	int64_t x, y; /* middle of the box, tenths of a millimetre from the upper left corner of the A4 sheet */
	struct imprint_crop
		crop; /* in the box, no side below IMPRINT_CROP_MIN; all 0: what is found, with 1 mm around */
	bool ink;     /* a signature by hand: dark ink, red is paper; else red and purple, dark is paper */
};

struct imprint {
	struct bytes png;	  /* RGB of one colour with alpha, IMPRINT_DPI, as large as the crop */
	struct bytes sight;	  /* JPEG of the whole box, straightened, IMPRINT_SIGHT_DPI */
	struct imprint_crop crop; /* what was cut out */
	int64_t dpi;		  /* of the scan, by the marks; 0: a PDF whose page is no scan */
	int64_t marks; /* of the four that were found; with fewer the size is less sure, with 0 only the code tells it */
	bool cut;      /* the ink touches the edge of the box: part of it may be missing */
};

/* Without a crop only what belongs together is cut out; what lies apart from it in the box is left away.  With one, all in it.
 * The crop is asserted to lie in the box, its middle on the sheet.  Bytes live in a.
 * ret_fault: NULL, or why there is no picture: what image.h and sniff.h say of bytes that are no good; no_page (the PDF has
 * none of that number); no_code (the page's code cannot be read: nobody knows which way is up); no_box (the box lies outside
 * of the picture); no_colour (what is there is not red: perhaps a grey scan); no_ink (nothing is stamped there).  With the
 * last two sight, dpi and marks are set all the same.
 * Errors: ERR_INTERNAL when the confined programs cannot run: to be tried again. */
enum err imprint_take(struct arena *a, struct bytes file, const struct imprint_in *in, struct imprint *ret_imprint,
	const char **ret_fault) MUST_USE;

#endif
