#ifndef IO_SCAN_CORNER_H
#define IO_SCAN_CORNER_H

#include "io/scan_place.h"

/* The four marks around a box of the imprint page: black squares of 4 mm whose middles lie SCAN_CORNER_MM beside, above and
 * below the middle of the box. */

#define SCAN_CORNER_MM 39.0

enum { SCAN_CORNERS = 4 };

struct scan_corners {
	struct scan_point at[SCAN_CORNERS]; /* upper left, upper right, lower right, lower left of the upright page */
	int seen;
};

/* About where they are, for which the code says where to look.  middle: of the box, millimetres on the page.
 * ret_corners: pixels of the picture; a mark that is not seen stands where the others or the code have it. */
void scan_corner_find(struct scan_view *v, const struct scan_place *place, struct scan_point middle,
	struct scan_corners *ret_corners);

/* Exactly where they are, by the edges of each.  p: the red light of the picture, where ink of seals is paper; corners:
 * pixels of it, off by no more than 2 mm.  What is not seen moves along with what is. */
void scan_corner_refine(const struct scan_plane *p, struct scan_corners *corners);

/* Millimetres from the middle of the box to pixels, through the four corners.  false: they are no quadrangle. */
bool scan_corner_map(const struct scan_corners *corners, struct scan_map *ret_map);

#endif
