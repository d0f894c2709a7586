#ifndef IO_SCAN_RING_H
#define IO_SCAN_RING_H

#include "io/scan_red.h"

/* Rings and ovals among the borders of red spots, measured on paper.  Strokes of a pen across a seal, a second seal that
 * overlaps it and gaps in the ink are put up with: an ellipse is laid through the outermost borders so that as many of
 * them as can lie on it. */

struct scan_ellipse {
	double x, y, a, b; /* middle and half axes in millimetres, a the longer */
	double turn;	   /* of a against the page's width, radians */
};

struct scan_ring {
	struct scan_ellipse shape;
	double mm; /* the longer way across */
};

struct scan_paper {
	const struct scan_red *red;
	struct scan_map to_mm, to_px; /* pixels of the picture ↔ millimetres */
	int w, h;		      /* of the picture */
	struct scan_part part;	      /* where the paper lies, millimetres */
};

/* degree: 0 … 359 around the middle. */
struct scan_point scan_ellipse_point(const struct scan_ellipse *e, double degree);
/* How far out a point is: 1 on the line, less inside. */
double scan_ellipse_reach(const struct scan_ellipse *e, struct scan_point p);

/* Whether a place, in millimetres, is on the paper and in the picture. */
bool scan_paper_has(const struct scan_paper *paper, struct scan_point mm);

/* The best ring through the border points (in millimetres).  false: there is none. */
bool scan_ring_find(
	const struct scan_paper *paper, const struct scan_point *border, size_t count, struct scan_ring *ret_ring);

#endif
