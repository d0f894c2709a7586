#ifndef IO_SCAN_PLACE_H
#define IO_SCAN_PLACE_H

#include "io/scan_code.h"
#include "io/scan_view.h"

/* Where things of our paper are in a picture of it: by the code, whose place and size on the page are known, and in a photo by
 * the edges of the paper. */

struct scan_place {
	struct scan_code code; /* text NULL: none was read; corners in pixels of the picture */
	struct scan_map to_mm; /* from its pixels to the upright page */
	bool ruler;	       /* a size is known: a code of ours, or at least the shape of A4 */
	bool sheet;	       /* by the paper's edges, right all over the page; else best near the code */
};

/* Without a code of ours the picture is taken for an upright A4 page. */
void scan_place_find(struct scan_view *v, struct scan_place *ret_place);

double scan_place_px_per_mm(const struct scan_map *to_mm, struct scan_point at);

#endif
