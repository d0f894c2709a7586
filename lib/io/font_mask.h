#ifndef IO_FONT_MASK_H
#define IO_FONT_MASK_H

#include "io/font.h"

/* A line of text as pixels: row after row, 0 where there is nothing up to 255 where there is ink.  Black on white it would be
 * drawn as is. */
struct font_mask {
	int width, height;
	const unsigned char *at; /* width × height, in the arena */
};

/* em: pixels, 6 … 200.  The line is one em and a quarter high; what no face has leaves a gap of one em. */
void font_mask(const struct fonts *f, const char *text, int em, struct arena *a, struct font_mask *ret_mask);

#endif
