#ifndef IO_SCAN_INK_H
#define IO_SCAN_INK_H

#include "io/scan_plane.h"

/* The ink of a seal, or of a pen, taken off the paper it is on.  Light is made even first; then a place is as much ink as
 * it swallows of the light that the ink swallows and the paper does not.  Black print under a seal is told by the red light, which
 * it swallows too; what it hides of the seal is drawn as the seal goes on around it. */

struct scan_ink_in {
	struct scan_plane red, green, blue; /* the straightened box, all as large; paper all around */
	double px_per_mm;
	double grain; /* how many of its pixels one of the scan made */
	bool pen;     /* dark ink of any colour but red; else red, purple or dark red */
	bool all;     /* also what lies apart from the rest; else only what belongs together */
};

struct scan_ink {
	struct scan_plane cover; /* 0 paper … 255 ink */
	unsigned char colour[3]; /* of the ink as it is on white paper, red green blue */
	int x, y, w, h;		 /* around the ink that belongs together; w 0: there is none */
	bool edge;		 /* it runs out of the box */
	bool other;		 /* there is none, but there is something dark of another colour */
};

void scan_ink_take(struct arena *a, const struct scan_ink_in *in, struct scan_ink *ret_ink);

#endif
