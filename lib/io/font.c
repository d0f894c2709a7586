#include "io/font.h"

#include <assert.h>
#include <hb-subset.h>
#include <hb.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/font_thin.h"

enum { RARE_MAX = 4 };

struct face {
	hb_face_t *face;
	hb_font_t *font;
	double em;
};

struct fonts {
	struct face body, rare[RARE_MAX];
	size_t rare_count;
	hb_draw_funcs_t *draw;
};

static void face_done(struct face *f)
{
	hb_font_destroy(f->font);
	hb_face_destroy(f->face);
}

static enum err face_load(const char *path, bool prepare, struct face *ret_face)
{
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
	hb_face_t *face, *ready;

	if (!blob) {
		log_at(LOG_ERROR, "font: cannot read %s", path);
		return ERR_INTERNAL;
	}
	face = hb_face_create(blob, 0);
	hb_blob_destroy(blob);
	if (hb_face_get_glyph_count(face) == 0) {
		log_at(LOG_ERROR, "font: no glyphs in %s", path);
		hb_face_destroy(face);
		return ERR_INTERNAL;
	}
	if (prepare) {
		ready = hb_subset_preprocess(face);
		hb_face_destroy(face);
		face = ready;
	}
	hb_face_make_immutable(face);
	ret_face->face = face;
	ret_face->em = hb_face_get_upem(face);
	ret_face->font = hb_font_create(face);
	hb_font_make_immutable(ret_face->font);
	return ERR_OK;
}

/* Outlines: HarfBuzz calls back with font units. */
struct pen {
	struct arena *arena;
	struct font_path *path;
	size_t cap;
	double em;
};

static float *pen_step(struct pen *p, char op)
{
	struct font_step *step;

	if (p->path->count == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 64;
		step = arena_array(p->arena, p->cap, sizeof *step);
		if (p->path->count)
			memcpy(step, p->path->step, p->path->count * sizeof *step);
		p->path->step = step;
	}
	step = &p->path->step[p->path->count++];
	step->op = op;
	return step->at;
}

static void draw_move(hb_draw_funcs_t *d, void *pen, hb_draw_state_t *s, float x, float y, void *user)
{
	struct pen *p = pen;
	float *at = pen_step(p, 'm');

	(void)d, (void)s, (void)user;
	at[0] = (float)(x / p->em);
	at[1] = (float)(y / p->em);
}

static void draw_line(hb_draw_funcs_t *d, void *pen, hb_draw_state_t *s, float x, float y, void *user)
{
	struct pen *p = pen;
	float *at = pen_step(p, 'l');

	(void)d, (void)s, (void)user;
	at[0] = (float)(x / p->em);
	at[1] = (float)(y / p->em);
}

/* Quadratic curves arrive here too: HarfBuzz raises their degree when no callback asks for them. */
static void draw_curve(hb_draw_funcs_t *d, void *pen, hb_draw_state_t *s, float ax, float ay, float bx, float by,
	float x, float y, void *user)
{
	const float from[6] = {ax, ay, bx, by, x, y};
	struct pen *p = pen;
	float *at = pen_step(p, 'c');

	(void)d, (void)s, (void)user;
	for (size_t i = 0; i < 6; i++)
		at[i] = (float)(from[i] / p->em);
}

static void draw_close(hb_draw_funcs_t *d, void *pen, hb_draw_state_t *s, void *user)
{
	(void)d, (void)s, (void)user;
	pen_step(pen, 'z');
}

static hb_draw_funcs_t *draw_funcs(void)
{
	hb_draw_funcs_t *d = hb_draw_funcs_create();

	hb_draw_funcs_set_move_to_func(d, draw_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(d, draw_line, NULL, NULL);
	hb_draw_funcs_set_cubic_to_func(d, draw_curve, NULL, NULL);
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
	e = face_load(body, true, &f->body);
	for (; e == ERR_OK && *rare; rare++) {
		assert(f->rare_count < RARE_MAX);
		e = face_load(*rare, false, &f->rare[f->rare_count]);
		if (e == ERR_OK)
			f->rare_count++;
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
	if (f->body.face)
		face_done(&f->body);
	for (size_t i = 0; i < f->rare_count; i++)
		face_done(&f->rare[i]);
	hb_draw_funcs_destroy(f->draw);
	free(f);
}

/* The face that serves cp and its glyph there; NULL: none. */
static const struct face *face_for(const struct fonts *f, uint32_t cp, hb_codepoint_t *ret_glyph)
{
	if (cp < 0x20 || cp == 0x7f)
		return NULL;
	if (cp <= 0xffff && hb_font_get_nominal_glyph(f->body.font, cp, ret_glyph) && *ret_glyph)
		return &f->body;
	for (size_t i = 0; i < f->rare_count; i++)
		if (hb_font_get_nominal_glyph(f->rare[i].font, cp, ret_glyph) && *ret_glyph)
			return &f->rare[i];
	return NULL;
}

enum font_place font_place(const struct fonts *f, uint32_t cp)
{
	hb_codepoint_t glyph;
	const struct face *face = face_for(f, cp, &glyph);

	if (!face)
		return FONT_NONE;
	return face == &f->body ? FONT_BODY : FONT_RARE;
}

double font_advance(const struct fonts *f, uint32_t cp)
{
	hb_codepoint_t glyph;
	const struct face *face = face_for(f, cp, &glyph);

	return face ? hb_font_get_glyph_h_advance(face->font, glyph) / face->em : 0;
}

void font_outline(const struct fonts *f, uint32_t cp, struct arena *a, struct font_path *ret_path)
{
	hb_codepoint_t glyph;
	const struct face *face = face_for(f, cp, &glyph);
	struct pen pen = {a, ret_path, 0, face->em};

	memset(ret_path, 0, sizeof *ret_path);
	hb_font_get_glyph_shape(face->font, glyph, f->draw, &pen);
}

void font_set_add(struct font_set *s, uint32_t cp)
{
	if (cp <= 0xffff)
		s->bits[cp / 32] |= UINT32_C(1) << (cp % 32);
}

/* The cmap of a subset: format 4, few segments over arrays of glyphs.  libharu walks the segments for each of 65,536
 * codes, so the one segment per gap that HarfBuzz writes cost a third of a document's time. */
enum { SEGMENTS_MAX = 512, ARRAY_MAX = 30000, TABLES_MAX = 32 };

struct cmap {
	uint16_t first[SEGMENTS_MAX], last[SEGMENTS_MAX];
	size_t count, entries;
};

static bool set_has(const struct font_set *s, uint32_t cp)
{
	return s->bits[cp / 32] >> (cp % 32) & 1;
}

/* Segments that bridge gaps of up to the given width.  false: too many segments or too long an array. */
static bool cmap_cut(const struct font_set *set, uint32_t gap, struct cmap *ret_map)
{
	struct cmap *m = ret_map;

	m->count = m->entries = 0;
	for (uint32_t cp = 0; cp < 0xffff; cp++) {
		if (!set_has(set, cp))
			continue;
		if (m->count == 0 || cp - m->last[m->count - 1] > gap) {
			if (m->count == SEGMENTS_MAX)
				return false;
			m->first[m->count++] = (uint16_t)cp;
			m->entries++;
		} else {
			m->entries += cp - m->last[m->count - 1];
		}
		m->last[m->count - 1] = (uint16_t)cp;
	}
	return m->entries <= ARRAY_MAX;
}

static unsigned char *put16(unsigned char *at, size_t value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
	return at + 2;
}

/* The table of segments and glyphs; the last segment is the format's own end mark. */
static struct bytes cmap_write(struct arena *a, const struct cmap *m, hb_font_t *font)
{
	size_t segments = m->count + 1, len = 16 + 8 * segments + 2 * m->entries, log = 0, before = 0;
	unsigned char *start = arena_alloc(a, 12 + len), *at = start;
	hb_codepoint_t glyph;

	while (2U << log <= segments)
		log++;
	at = put16(put16(put16(put16(at, 0), 1), 3), 1);
	at = put16(put16(at, 0), 12);
	at = put16(put16(put16(put16(at, 4), len), 0), 2 * segments);
	at = put16(put16(put16(at, 2U << log), log), 2 * segments - (2U << log));
	for (size_t i = 0; i < segments; i++)
		at = put16(at, i < m->count ? m->last[i] : 0xffff);
	at = put16(at, 0);
	for (size_t i = 0; i < segments; i++)
		at = put16(at, i < m->count ? m->first[i] : 0xffff);
	for (size_t i = 0; i < segments; i++)
		at = put16(at, i < m->count ? 0 : 1);
	for (size_t i = 0; i < segments; i++) {
		at = put16(at, i < m->count ? 2 * (segments - i + before) : 0);
		before += i < m->count ? (size_t)(m->last[i] - m->first[i]) + 1 : 0;
	}
	for (size_t i = 0; i < m->count; i++)
		for (uint32_t cp = m->first[i]; cp <= m->last[i]; cp++)
			at = put16(at, hb_font_get_nominal_glyph(font, cp, &glyph) ? glyph : 0);
	return (struct bytes){start, (size_t)(at - start)};
}

static struct bytes table(struct arena *a, const hb_face_t *face, hb_tag_t tag)
{
	hb_blob_t *blob = hb_face_reference_table(face, tag);
	struct bytes bytes;
	unsigned len;
	const char *from = hb_blob_get_data(blob, &len);

	bytes.at = arena_dup(a, from, len);
	bytes.len = len;
	hb_blob_destroy(blob);
	return bytes;
}

enum {
	TAG_CMAP = HB_TAG('c', 'm', 'a', 'p'),
	TAG_GLYF = HB_TAG('g', 'l', 'y', 'f'),
	TAG_LOCA = HB_TAG('l', 'o', 'c', 'a'),
	TAG_HEAD = HB_TAG('h', 'e', 'a', 'd'),
	TAG_HHEA = HB_TAG('h', 'h', 'e', 'a'),
	TAG_HMTX = HB_TAG('h', 'm', 't', 'x'),
	TAG_MAXP = HB_TAG('m', 'a', 'x', 'p')
};

/* The tables with the halved grid.  libharu takes the width of the missing glyph as the usual one and lists each glyph
 * of another width: so that is made the width of a Chinese character. */
static struct thin thin_tables(struct arena *a, const hb_face_t *face)
{
	struct bytes maxp = table(a, face, TAG_MAXP);
	struct thin thin = {.glyf = table(a, face, TAG_GLYF),
		.loca = table(a, face, TAG_LOCA),
		.head = table(a, face, TAG_HEAD),
		.hhea = table(a, face, TAG_HHEA),
		.hmtx = table(a, face, TAG_HMTX),
		.glyphs = hb_face_get_glyph_count(face),
		.max_points = maxp.len >= 8 ? (size_t)(maxp.at[6] << 8 | maxp.at[7]) : 0};
	bool halved = font_thin(a, &thin);
	unsigned char *hmtx = arena_dup(a, thin.hmtx.at, thin.hmtx.len);

	if (thin.hmtx.len >= 2)
		put16(hmtx, hb_face_get_upem(face) / (halved ? 2 : 1));
	thin.hmtx.at = hmtx;
	return thin;
}

/* file: the subset as HarfBuzz wrote it; taken over. */
static hb_blob_t *for_libharu(struct arena *a, const struct font_set *set, hb_blob_t *file)
{
	static const uint32_t gaps[] = {2048, 64, 8, 1};
	unsigned count = TABLES_MAX;
	hb_tag_t tags[TABLES_MAX];
	hb_face_t *built = NULL, *face;
	struct bytes bytes;
	struct thin thin;
	struct cmap map;
	hb_font_t *font;
	hb_blob_t *blob;

	for (size_t i = 0; i < ARRAY_LEN(gaps) && !built; i++)
		if (cmap_cut(set, gaps[i], &map))
			built = hb_face_builder_create();
	if (!built)
		return file;
	face = hb_face_create(file, 0);
	hb_blob_destroy(file);
	font = hb_font_create(face);
	thin = thin_tables(a, face);
	hb_face_get_table_tags(face, 0, &count, tags);
	for (unsigned i = 0; i < count; i++) {
		switch (tags[i]) {
		case TAG_CMAP: bytes = cmap_write(a, &map, font); break;
		case TAG_GLYF: bytes = thin.glyf; break;
		case TAG_LOCA: bytes = thin.loca; break;
		case TAG_HEAD: bytes = thin.head; break;
		case TAG_HHEA: bytes = thin.hhea; break;
		case TAG_HMTX: bytes = thin.hmtx; break;
		default: bytes = table(a, face, tags[i]);
		}
		blob = hb_blob_create((const char *)bytes.at, (unsigned)bytes.len, HB_MEMORY_MODE_READONLY, NULL, NULL);
		hb_face_builder_add_table(built, tags[i], blob);
		hb_blob_destroy(blob);
	}
	hb_font_destroy(font);
	hb_face_destroy(face);
	blob = hb_face_reference_blob(built);
	hb_face_destroy(built);
	return blob;
}

enum err font_subset(const struct fonts *f, const struct font_set *set, struct arena *a, struct bytes *ret_file)
{
	static const hb_tag_t dropped[] = {HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'),
		HB_TAG('G', 'D', 'E', 'F'), HB_TAG('v', 'h', 'e', 'a'), HB_TAG('v', 'm', 't', 'x'),
		HB_TAG('g', 'a', 's', 'p')};
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	hb_face_t *face = NULL;
	hb_blob_t *blob;
	hb_set_t *want;
	const char *at;
	unsigned len;

	if (!input)
		return ERR_INTERNAL;
	/* Print needs no hints, and libharu passes on neither shaping nor vertical metrics. */
	hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
	for (size_t i = 0; i < ARRAY_LEN(dropped); i++)
		hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG), dropped[i]);
	want = hb_subset_input_unicode_set(input);
	for (uint32_t cp = 0; cp <= 0xffff; cp++)
		if (set_has(set, cp))
			hb_set_add(want, cp);
	face = hb_subset_or_fail(f->body.face, input);
	hb_subset_input_destroy(input);
	if (!face)
		return ERR_INTERNAL;
	blob = for_libharu(a, set, hb_face_reference_blob(face));
	hb_face_destroy(face);
	at = hb_blob_get_data(blob, &len);
	ret_file->at = arena_dup(a, at, len);
	ret_file->len = len;
	hb_blob_destroy(blob);
	return len ? ERR_OK : ERR_INTERNAL;
}
