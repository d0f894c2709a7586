#ifndef IO_IMAGE_PNG_H
#define IO_IMAGE_PNG_H

#include "base/field.h"

/* In the confined child: a PNG of any kind (1 to 16 bits, palette, grey, colour, transparent, interlaced; of an animated one
 * the picture that stands for it) as a PIX of 8 or 32 bits on white, `reduce` times smaller each way.  Rows are added up as
 * they come, so that only the small picture is in memory: leptonica would decode all of it first.
 * NULL: no memory.  A broken file ends the process with the given status. */

struct Pix;
struct Pix *image_png(struct bytes in, int reduce, int broken_status);

/* Only a part of it, as large as it is.  NULL also when the part does not lie in the picture. */
struct image_png_box {
	int x, y, w, h;
};
struct Pix *image_png_part(struct bytes in, struct image_png_box part, int broken_status);

#endif
