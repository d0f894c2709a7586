#include "io/font_mask.h"

#include <assert.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "io/font_cut.h"

/* Outlines are laid out as straight pieces and filled line by line: each row of pixels is cut by several lines, each piece
 * counts how often it goes around (non-zero winding, as TrueType wants), and spans cover pixels by parts. */

enum { LINES = 4, CURVE_STEPS = 6, WIDTH_MAX = 8192 };

struct edge {
	float x0, y0, x1, y1; /* y0 < y1 */
	int down;	      /* 1 or -1 */
};

struct work {
	struct arena *a;
	struct edge *edge;
	size_t count, cap;
	float left, base; /* where the next glyph begins */
};

static void add_edge(struct work *w, struct font_point from, struct font_point to)
{
	struct edge e = {w->left + from.x, w->base - from.y, w->left + to.x, w->base - to.y, 1};

	if (e.y0 == e.y1)
		return;
	if (e.y0 > e.y1)
		e = (struct edge){e.x1, e.y1, e.x0, e.y0, -1};
	w->edge = arena_grow(w->a, w->edge, w->count, &w->cap, sizeof *w->edge);
	w->edge[w->count++] = e;
}

static void add_curve(struct work *w, struct font_point a, struct font_point b, struct font_point c)
{
	struct font_point from = a;

	for (int i = 1; i <= CURVE_STEPS; i++) {
		float t = (float)i / CURVE_STEPS, u = 1 - t;
		struct font_point to = {
			u * u * a.x + 2 * u * t * b.x + t * t * c.x, u * u * a.y + 2 * u * t * b.y + t * t * c.y, true};

		add_edge(w, from, to);
		from = to;
	}
}

/* A handle is followed by the point its curve ends in; a contour ends where it began. */
static void add_glyph(struct work *w, const struct font_glyph *g)
{
	size_t at = 0;

	for (size_t k = 0; k < g->contours; k++) {
		struct font_point first = g->point[at], from = first;

		for (size_t i = at + 1; i < g->end[k]; i++)
			if (g->point[i].on || i + 1 == g->end[k]) {
				add_edge(w, from, g->point[i]);
				from = g->point[i];
			} else {
				add_curve(w, from, g->point[i], g->point[i + 1]);
				from = g->point[++i];
			}
		add_edge(w, from, first);
		at = g->end[k];
	}
}

struct crossing {
	float x;
	int down;
};

static int by_x(const void *a, const void *b)
{
	const struct crossing *l = a, *r = b;

	return l->x < r->x ? -1 : l->x > r->x;
}

/* Ink between two places of one line, a share of LINES. */
static void span(float *cover, int width, float from, float to)
{
	if (from < 0)
		from = 0;
	if (to > (float)width)
		to = (float)width;
	for (int x = (int)from; x < width && (float)x < to; x++) {
		float l = from > (float)x ? from : (float)x, r = to < (float)(x + 1) ? to : (float)(x + 1);

		cover[x] += (r - l) / LINES;
	}
}

static void fill_line(const struct work *w, struct crossing *at, float y, float *cover, int width)
{
	size_t n = 0;
	int inside = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct edge *e = &w->edge[i];

		if (y >= e->y0 && y < e->y1)
			at[n++] = (struct crossing){e->x0 + (e->x1 - e->x0) * (y - e->y0) / (e->y1 - e->y0), e->down};
	}
	qsort(at, n, sizeof *at, by_x);
	for (size_t i = 0; i + 1 < n; i++) {
		inside += at[i].down;
		if (inside)
			span(cover, width, at[i].x, at[i + 1].x);
	}
}

static const unsigned char *fill(const struct work *w, int width, int height)
{
	unsigned char *out = arena_array(w->a, (size_t)height, (size_t)width);
	struct crossing *at = arena_array(w->a, w->count + 1, sizeof *at);
	float *cover = arena_array(w->a, (size_t)width, sizeof *cover);

	for (int y = 0; y < height; y++) {
		for (int x = 0; x < width; x++)
			cover[x] = 0;
		for (int i = 0; i < LINES; i++)
			fill_line(w, at, (float)y + ((float)i + 0.5f) / LINES, cover, width);
		for (int x = 0; x < width; x++)
			out[y * width + x] = (unsigned char)(cover[x] >= 1 ? 255 : cover[x] * 255);
	}
	return out;
}

void font_mask(const struct fonts *f, const char *text, int em, struct arena *a, struct font_mask *ret_mask)
{
	struct work w = {.a = a, .base = (float)em};
	uint32_t cp;

	assert(em >= 6 && em <= 200);
	while ((cp = utf8_next(&text)) != 0 && w.left < WIDTH_MAX - (float)em) {
		struct font_glyph g = {0};

		if (font_glyph(f, cp, em, a, &g))
			add_glyph(&w, &g);
		w.left += g.advance > 0 ? g.advance : (float)em;
	}
	*ret_mask = (struct font_mask){.width = (int)w.left + 1, .height = em + em / 4};
	ret_mask->at = fill(&w, ret_mask->width, ret_mask->height);
}
