#ifndef IO_FONT_THIN_H
#define IO_FONT_THIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/field.h"

/* Halves the grid of TrueType outlines: 1024 units in an em become 512.  At 10.5 points a unit is then 7 µm, a sixth of
 * a dot at 600 dpi; most steps from point to point fit one byte instead of two, and the file deflates to nine tenths.
 * Composite glyphs keep their parts and transformations; hints must have been dropped before. */

/* The tables that change with the grid.  Borrowed on the way in, in the arena on the way out. */
struct thin {
	struct bytes glyf, loca, head, hhea, hmtx;
	size_t glyphs, max_points; /* as maxp says */
};

/* false: not a font that can be halved (odd em, damaged); nothing is changed. */
bool font_thin(struct arena *a, struct thin *font);

#endif
