#ifndef IO_FONT_H
#define IO_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/field.h"

/* The fonts of printed paper: a body face, and rare faces that are asked in order for what it lacks.  Loaded once per
 * process (files are mapped, not read), then used by every document; reading only, never changed by use.
 * Invariants: what font_face says is FONT_NONE would be printed as nothing, so callers look first.
 * What it does not do: shaping.  Every character is one glyph; Chinese, Latin, Greek and Cyrillic need no more. */

struct fonts;

enum { FONT_NONE = -1, FONT_BODY = 0, FONT_FACES_MAX = 5 };

/* body: path of a TrueType file or collection, its face 0 is taken.  rare: paths, ended by NULL; at most 4.
 * ERR_INTERNAL: a file is missing or holds no TrueType outlines; the log says which. */
MUST_USE enum err fonts_load(const char *body, const char *const *rare, struct fonts **ret_fonts);
void fonts_free(struct fonts *f); /* NULL is fine */

int font_face(const struct fonts *f, uint32_t cp);	 /* FONT_NONE, FONT_BODY, or a rare face 1… */
double font_advance(const struct fonts *f, uint32_t cp); /* in em; 0 when no face has it */

/* The characters of one face that a document uses, as a TrueType file for embedding: the tables PDF asks for and no
 * others, outlines on a coarse grid (font_cut.h).  Glyph 0 is the missing one, glyph n + 1 is cp[n]. */
struct font_cut {
	const char *name; /* PostScript name of the face */
	const uint32_t *cp;
	size_t count;
	const int *advance;	     /* by glyph, count + 1 of them, in thousandths of an em */
	int ascent, descent, box[4]; /* the same unit; box: left, bottom, right, top over all glyphs */
	struct bytes file;
};

/* face: as font_face gave it.  cp: rising, all of that face, at most 65,534; borrowed.  The rest lives in the arena. */
void font_cut(
	const struct fonts *f, int face, const uint32_t *cp, size_t count, struct arena *a, struct font_cut *ret_cut);

/* One outline at a size of em units, y upwards from the base line (font_cut.h).  false: no face has it. */
struct font_glyph;
bool font_glyph(const struct fonts *f, uint32_t cp, double em, struct arena *a, struct font_glyph *ret_glyph);

#endif
