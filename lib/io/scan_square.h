#ifndef IO_SCAN_SQUARE_H
#define IO_SCAN_SQUARE_H

#include "io/scan_ring.h"

/* Square name seals: four straight sides with characters between them. */

struct scan_square {
	struct scan_point corner[4]; /* millimetres */
	double mm;		     /* the longer side */
};

/* The square whose sides the border points (in millimetres) are.  false: they are none. */
bool scan_square_find(struct arena *a, const struct scan_paper *paper, const struct scan_point *border, size_t count,
	struct scan_square *ret_square);

#endif
