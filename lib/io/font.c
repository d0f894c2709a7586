#include "io/font.h"

#include <assert.h>
#include <hb-ot.h>
#include <hb.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/font_cut.h"

struct face {
	hb_face_t *face;
	hb_font_t *font;
	double em;
};

struct fonts {
	struct face face[FONT_FACES_MAX];
	size_t count;
	hb_draw_funcs_t *draw;
};

static void face_done(struct face *f)
{
	hb_font_destroy(f->font);
	hb_face_destroy(f->face);
}

/* Outlines of another kind would be drawn as nothing. */
static bool has_outlines(hb_face_t *face)
{
	hb_blob_t *glyf = hb_face_reference_table(face, HB_TAG('g', 'l', 'y', 'f'));
	bool has = hb_blob_get_length(glyf) > 0 && hb_face_get_glyph_count(face) > 0;

	hb_blob_destroy(glyf);
	return has;
}

static enum err face_load(const char *path, struct face *ret_face)
{
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
	hb_face_t *face;

	if (!blob) {
		log_at(LOG_ERROR, "font: cannot read %s", path);
		return ERR_INTERNAL;
	}
	face = hb_face_create(blob, 0);
	hb_blob_destroy(blob);
	if (!has_outlines(face)) {
		log_at(LOG_ERROR, "font: no TrueType outlines in %s", path);
		hb_face_destroy(face);
		return ERR_INTERNAL;
	}
	hb_face_make_immutable(face);
	ret_face->face = face;
	ret_face->em = hb_face_get_upem(face);
	ret_face->font = hb_font_create(face);
	hb_font_make_immutable(ret_face->font);
	return ERR_OK;
}

/* Outlines: HarfBuzz calls back with font units, the pen keeps units of the cut. */
struct pen {
	struct arena *arena;
	struct font_glyph *glyph;
	size_t points, ends; /* room for so many */
	double scale;
};

static void pen_point(struct pen *p, float x, float y, bool on)
{
	struct font_glyph *g = p->glyph;

	g->point = arena_grow(p->arena, g->point, g->count, &p->points, sizeof *g->point);
	g->point[g->count++] = (struct font_point){(float)(x * p->scale), (float)(y * p->scale), on};
}

static void draw_to(hb_draw_funcs_t *d, void *pen, hb_draw_state_t *s, float x, float y, void *user)
{
	(void)d, (void)s, (void)user;
	pen_point(pen, x, y, true);
}

static void draw_curve(
	hb_draw_funcs_t *d, void *pen, hb_draw_state_t *s, float ax, float ay, float x, float y, void *user)
{
	(void)d, (void)s, (void)user;
	pen_point(pen, ax, ay, false);
	pen_point(pen, x, y, true);
}

static void draw_close(hb_draw_funcs_t *d, void *pen, hb_draw_state_t *s, void *user)
{
	struct pen *p = pen;
	struct font_glyph *g = p->glyph;

	(void)d, (void)s, (void)user;
	g->end = arena_grow(p->arena, g->end, g->contours, &p->ends, sizeof *g->end);
	g->end[g->contours++] = g->count;
}

static hb_draw_funcs_t *draw_funcs(void)
{
	hb_draw_funcs_t *d = hb_draw_funcs_create();

	hb_draw_funcs_set_move_to_func(d, draw_to, NULL, NULL);
	hb_draw_funcs_set_line_to_func(d, draw_to, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(d, draw_curve, NULL, NULL);
	hb_draw_funcs_set_close_path_func(d, draw_close, NULL, NULL);
	hb_draw_funcs_make_immutable(d);
	return d;
}

enum err fonts_load(const char *body, const char *const *rare, struct fonts **ret_fonts)
{
	struct fonts *f = calloc(1, sizeof *f);
	enum err e;

	if (!f)
		abort();
	f->draw = draw_funcs();
	e = face_load(body, &f->face[f->count]);
	f->count += e == ERR_OK;
	for (; e == ERR_OK && *rare; rare++) {
		assert(f->count < FONT_FACES_MAX);
		e = face_load(*rare, &f->face[f->count]);
		f->count += e == ERR_OK;
	}
	if (e != ERR_OK) {
		fonts_free(f);
		return e;
	}
	*ret_fonts = f;
	return ERR_OK;
}

void fonts_free(struct fonts *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++)
		face_done(&f->face[i]);
	hb_draw_funcs_destroy(f->draw);
	free(f);
}

/* The face that serves cp and its glyph there. */
static int find(const struct fonts *f, uint32_t cp, hb_codepoint_t *ret_glyph)
{
	if (cp < 0x20 || cp == 0x7f)
		return FONT_NONE;
	for (size_t i = 0; i < f->count; i++)
		if (hb_font_get_nominal_glyph(f->face[i].font, cp, ret_glyph) && *ret_glyph)
			return (int)i;
	return FONT_NONE;
}

int font_face(const struct fonts *f, uint32_t cp)
{
	hb_codepoint_t glyph;

	return find(f, cp, &glyph);
}

double font_advance(const struct fonts *f, uint32_t cp)
{
	hb_codepoint_t glyph;
	int i = find(f, cp, &glyph);

	return i == FONT_NONE ? 0 : hb_font_get_glyph_h_advance(f->face[i].font, glyph) / f->face[i].em;
}

/* Advance in the unit of the face. */
static double read_glyph(const struct fonts *f, const struct face *from, hb_codepoint_t id, double scale,
	struct arena *a, struct font_glyph *ret_glyph)
{
	struct pen pen = {.arena = a, .glyph = ret_glyph, .scale = scale};
	double wide = hb_font_get_glyph_h_advance(from->font, id);

	hb_font_get_glyph_shape(from->font, id, f->draw, &pen);
	ret_glyph->advance = (float)(wide * scale);
	return wide;
}

bool font_glyph(const struct fonts *f, uint32_t cp, double em, struct arena *a, struct font_glyph *ret_glyph)
{
	hb_codepoint_t id;
	int i = find(f, cp, &id);

	*ret_glyph = (struct font_glyph){0};
	if (i != FONT_NONE)
		read_glyph(f, &f->face[i], id, em / f->face[i].em, a, ret_glyph);
	return i != FONT_NONE;
}

static const char *face_name(const hb_face_t *face, struct arena *a)
{
	char name[64];
	unsigned n = sizeof name;

	hb_ot_name_get_utf8((hb_face_t *)face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &n, name);
	return arena_text(a, n && n < sizeof name ? name : "Font");
}

void font_cut(
	const struct fonts *f, int face, const uint32_t *cp, size_t count, struct arena *a, struct font_cut *ret_cut)
{
	const struct face *from = &f->face[face];
	struct font_glyph *glyph = arena_array(a, count + 1, sizeof *glyph);
	int *advance = arena_array(a, count + 1, sizeof *advance), box[4];
	double scale = FONT_CUT_EM / from->em, permille = 1000.0 / FONT_CUT_EM;
	hb_font_extents_t line;

	assert((size_t)face < f->count && count < 65535);
	advance[0] = 1000;
	glyph[0].advance = FONT_CUT_EM;
	for (size_t i = 0; i < count; i++) {
		hb_codepoint_t id = 0;

		hb_font_get_nominal_glyph(from->font, cp[i], &id);
		advance[i + 1] = (int)lround(read_glyph(f, from, id, scale, a, &glyph[i + 1]) * 1000 / from->em);
	}
	hb_font_get_h_extents(from->font, &line);
	*ret_cut = (struct font_cut){.name = face_name(from->face, a),
		.cp = cp,
		.count = count,
		.advance = advance,
		.ascent = (int)lround(line.ascender * 1000 / from->em),
		.descent = (int)lround(line.descender * 1000 / from->em)};
	ret_cut->file = font_cut_write(
		a, glyph, count + 1, (int)lround(line.ascender * scale), (int)lround(line.descender * scale), box);
	for (size_t i = 0; i < 4; i++)
		ret_cut->box[i] = (int)lround(box[i] * permille);
}
