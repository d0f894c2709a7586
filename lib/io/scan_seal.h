#ifndef IO_SCAN_SEAL_H
#define IO_SCAN_SEAL_H

#include "io/scan.h"
#include "io/scan_view.h"

/* Red stamps on a page: rings, ovals and squares with something in them.  Red writing, lines, filled marks and photos are none. */

struct scan_mark {
	double left, top, right, bottom; /* in pixels of the picture, within it */
	double mm;			 /* the longer way across */
	bool cut;
};

/* to_mm: from pixels of the picture to the paper; where there is no ruler, one as if the picture were A4.
 * part: of the paper to look at, in millimetres; what lies outside is desk.
 * Largest first; returns how many. */
int scan_seals(struct scan_view *v, const struct scan_map *to_mm, struct scan_part part,
	struct scan_mark ret_mark[SCAN_SEALS_MAX]);

#endif
