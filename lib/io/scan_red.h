#ifndef IO_SCAN_RED_H
#define IO_SCAN_RED_H

#include "io/scan_view.h"

/* Where a page is red, and which red spots belong together: a stamp breaks into ring, star and characters. */

struct scan_spot {
	int x, y;
};

struct scan_group {
	struct scan_spot *border; /* red pixels beside one that is not */
	size_t count;
	int left, top, right, bottom; /* of the red pixels, right and bottom included */
	int label;
};

struct scan_red {
	struct scan_plane strength; /* how much redder than anything else a pixel is; 0: not red */
	int by;			    /* pixels of the picture to one of strength */
	int threshold;		    /* from here on it is ink */
	struct scan_group *group;
	size_t groups;
};

/* px_per_mm: of the picture, about.  to_mm: from its pixels to the paper, of which only the part is looked at.  Groups
 * smaller than a stamp can be are left out, and all but the largest. */
void scan_red_find(struct scan_view *v, double px_per_mm, const struct scan_map *to_mm, struct scan_part part,
	struct scan_red *ret_red);

/* Strength between pixels, at a place of the picture; 0 outside. */
double scan_red_at(const struct scan_red *red, struct scan_point p);

#endif
