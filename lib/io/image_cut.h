#ifndef IO_IMAGE_CUT_H
#define IO_IMAGE_CUT_H

#include "base/field.h"

/* In the confined child: the two halves of image_imprint.h, and what they and we say to each other.
 * Numbers go in as 4 bytes each (image_run.h) before the picture, signed ones as two's complement; what was found comes out as
 * the JSON of a shape, whose bounds are checked on our side. */

enum { IMAGE_CUT_CORNERS = 4, IMAGE_CUT_PARTS = 16 };

/* Corners of a box: the middles of its marks as scan_corner.h names them, in sixteenths of a pixel of the picture as it is
 * stored. */
struct image_cut_corner {
	int64_t x, y;
};

/* `place`: in: x and y of the middle of the box in tenths of a millimetre on the sheet. */
enum { IMAGE_PART_PLACE = 'L' };
struct image_cut_place {
	bool code; /* else nothing else means anything */
	struct list corners;
};
extern const struct shape image_cut_place_shape;
int image_cut_place(struct bytes in);

/* `imprint`: in: x and y of four corners, crop, ink (1 or 0).  Sight is sent also when there is no ink. */
enum { IMAGE_CUT_IN = 2 * IMAGE_CUT_CORNERS + 5 };
enum { IMAGE_PART_SIGHT = 'V', IMAGE_PART_INK = 'A', IMAGE_PART_FOUND = 'F' };
struct image_cut_found {
	int64_t x, y, w, h; /* the crop; w 0: there is no ink */
	int64_t dpi, marks;
	bool cut, other; /* other: what is there is not red */
};
extern const struct shape image_cut_found_shape;
int image_cut_box(struct bytes in);

#endif
