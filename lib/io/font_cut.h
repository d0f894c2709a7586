#ifndef IO_FONT_CUT_H
#define IO_FONT_CUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/field.h"

/* TrueType files from outlines, small: the em is FONT_CUT_EM units, points that do not matter at that size are left out,
 * and only the six tables that PDF wants of a font it addresses by glyph are written (glyf, head, hhea, hmtx, loca,
 * maxp).  At 10.5 points a unit is 19 µm, less than half a dot at 600 dpi; no outline moves by more than about one unit. */

enum { FONT_CUT_EM = 200 };

struct font_point {
	float x, y; /* in units of the file's em */
	bool on;    /* false: handle of a quadratic curve */
};

/* Points of all contours one after the other; end[i]: one past the last point of contour i. */
struct font_glyph {
	struct font_point *point;
	size_t count, *end, contours;
	float advance; /* in units */
};

/* glyph: at most 65,535; their points are changed.  ascent, descent: in units, descent below zero.
 * ret_box: left, bottom, right, top over all glyphs, in units. */
struct bytes font_cut_write(
	struct arena *a, struct font_glyph *glyph, size_t count, int ascent, int descent, int ret_box[4]);

#endif
