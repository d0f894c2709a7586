#ifndef IO_SCAN_VIEW_H
#define IO_SCAN_VIEW_H

#include "io/scan_plane.h"

/* The picture as the parts of scan_page.c look at it: small planes of each colour for most of the work, and the whole
 * size when asked.  Places in a small plane times `by` are places in the picture.
 * Brightness is made even beforehand only in what stands here as white: the paper's own colour, 1 … 255 each. */

enum scan_channel { SCAN_RED, SCAN_GREEN, SCAN_BLUE, SCAN_GREY, SCAN_CHANNELS };

enum { SCAN_VIEW_SIDE = 1900 };

struct scan_view {
	struct arena *arena;
	void *pix;
	int w, h, by;
	bool colour; /* more than one channel; else all four are the same plane */
	struct scan_plane small[SCAN_CHANNELS];
	int white[SCAN_CHANNELS];
	struct scan_plane full[SCAN_CHANNELS]; /* at NULL until asked for */
};

/* pix: PIX of 8 or 32 bits, borrowed as long as the view. */
void scan_view_init(struct scan_view *v, struct arena *a, void *pix);
const struct scan_plane *scan_view_full(struct scan_view *v, enum scan_channel channel);

#endif
