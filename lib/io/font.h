#ifndef IO_FONT_H
#define IO_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/field.h"

/* The fonts of printed paper.  One body font whose characters are embedded as text, and any number of rare fonts, asked
 * in order, whose characters are drawn as outlines.  Loaded and prepared once per process (some 50 ms), then used by
 * every document; reading only, never changed by use.
 * Invariants: the body font serves the basic plane only, for libharu drops everything above U+FFFF without an error;
 * whatever font_place says is FONT_NONE would be printed as nothing, so callers look first.
 * What it does not do: shaping.  Every character is one glyph; Chinese, Latin, Greek and Cyrillic need no more. */

struct fonts;

enum font_place {
	FONT_NONE, /* no font has it */
	FONT_BODY, /* embedded as text */
	FONT_RARE, /* drawn as an outline */
};

/* body: path of a TrueType file or collection, its face 0 is taken.  rare: paths, ended by NULL.
 * ERR_INTERNAL: a file is missing or holds no glyphs; the log says which. */
MUST_USE enum err fonts_load(const char *body, const char *const *rare, struct fonts **ret_fonts);
void fonts_free(struct fonts *f); /* NULL is fine */

enum font_place font_place(const struct fonts *f, uint32_t cp);
double font_advance(const struct fonts *f, uint32_t cp); /* in em; 0 when no font has it */

/* A set of characters of the basic plane. */
struct font_set {
	uint32_t bits[65536 / 32];
};

void font_set_add(struct font_set *s, uint32_t cp); /* above U+FFFF: ignored */

/* A TrueType file that holds just these characters of the body font, in the arena. */
MUST_USE enum err font_subset(
	const struct fonts *f, const struct font_set *set, struct arena *a, struct bytes *ret_file);

/* One outline, in em, y upwards, origin on the base line.  op: m move, l line, c curve (two handles, then the point),
 * z close. */
struct font_step {
	char op;
	float at[6];
};

struct font_path {
	struct font_step *step;
	size_t count;
};

/* cp must be FONT_RARE. */
void font_outline(const struct fonts *f, uint32_t cp, struct arena *a, struct font_path *ret_path);

#endif
