#ifndef IO_SCAN_H
#define IO_SCAN_H

#include <stdbool.h>

#include "base/field.h"

/* What can be seen on one page that came back from a scanner or a phone: the code of our form, the seals, and how good
 * the picture is.  Seen in the confined child while it has the page at full size (image.h); the record travels to us, into
 * the database and to the pages as the JSON of scan_shape, and its bounds are checked each time it is read, for a child that
 * was taken over may write anything.  Advice for people, never a decision.
 * Places are ten-thousandths of the width and the height of the page as it is shown, that is after it was turned upright. */

enum { SCAN_SEALS_MAX = 8, SCAN_CODE_MAX = 64 };

struct scan_area {
	int64_t x, y, w, h;
};

struct scan_seal {
	struct scan_area area;
	int64_t diameter; /* tenths of a millimetre, the longer way of an oval; 0: there is no ruler */
	bool cut;	  /* runs over the edge of the picture */
};

struct scan {
	const char *code; /* text of the QR code that looks like ours, else of the first one; "": none was read */
	struct scan_area code_area;
	int64_t turn;	   /* quarters clockwise that the page was turned to stand upright, beyond EXIF */
	int64_t dpi;	   /* by the code, which is 26 mm wide; 0: no ruler */
	struct list seals; /* struct scan_seal: red marks that look like a stamp, largest first */
	bool grey;	   /* no colour in it: a copy, or a scanner set to grey */
	bool blank;	   /* nothing on it */
	bool cropped;	   /* a form whose paper runs out of the picture */
	int64_t sharpness; /* 0 … 100; below 30 small print cannot be read */
	int64_t light;	   /* 0 … 100: how white the paper is */
};

extern const struct shape scan_shape;

#endif
