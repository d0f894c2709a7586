#ifndef IO_SCAN_CODE_H
#define IO_SCAN_CODE_H

#include "io/scan_plane.h"

/* QR codes in a plane, read by zbar, which has its home here.  What the text means is the domain's affair; only the
 * beginning by which our own codes are known is told apart, so that they win over a merchant's on the same page. */

struct scan_code {
	const char *text; /* printable ASCII, cut to SCAN_CODE_MAX; what is none stands as ? */
	bool ours;
	/* Corners of the dark square as the code stands upright: top left, top right, bottom right, bottom left. */
	struct scan_point corner[4];
};

/* The best one on the plane: ours before others, then the larger.  false: none was read. */
bool scan_code_read(struct arena *a, const struct scan_plane *p, struct scan_code *ret_code);

#endif
