#include "imprint_judge.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OFF_MM 0.5
#define CLEAR 0.99
#define KEPT 0.97
#define BOX_MM 70.0

enum { NEAR = 4, SEEN = 64, MARGIN = 10 };

/* The box as bytes: how dark the ink alone is, 0 … 255, by its darkest colour. */
struct truth {
	int side, most, left, top, right, bottom; /* of what is at least half as dark as the darkest */
	unsigned char *at;
};

/* Between four pixels: a box begins anywhere. */
static int light_at(const struct paint *p, double x, double y, int colour)
{
	int left = (int)x, top = (int)y;
	double fx = x - left, fy = y - top;
	const unsigned char *up = paint_at(p, left, top) + colour, *down = paint_at(p, left, top + 1) + colour;

	return (int)lround((up[0] * (1 - fx) + up[3] * fx) * (1 - fy) + (down[0] * (1 - fx) + down[3] * fx) * fy);
}

static struct truth truth_of(const struct paint *alone, const struct imprint_in *in)
{
	struct truth t = {.side = (int)(BOX_MM * SHEET_PX_PER_MM), .most = 0};
	double x0 = ((double)in->x / 10 - BOX_MM / 2) * SHEET_PX_PER_MM,
	       y0 = ((double)in->y / 10 - BOX_MM / 2) * SHEET_PX_PER_MM;
	int count[256] = {0}, sum = 0, all = 0;

	t.at = calloc((size_t)t.side, (size_t)t.side);
	for (int y = 0; y < t.side; y++)
		for (int x = 0; x < t.side; x++) {
			int light = light_at(alone, x0 + x, y0 + y, in->ink ? 0 : 1);

			t.at[y * t.side + x] = (unsigned char)(255 - light);
			count[255 - light] += light < 250;
			all += light < 250;
		}
	for (t.most = 255; t.most > 1 && (sum += count[t.most]) * 5 < all;)
		t.most--;
	t.left = t.top = t.side;
	for (int y = 0; y < t.side; y++)
		for (int x = 0; x < t.side; x++)
			if (t.at[y * t.side + x] * 2 >= t.most) {
				t.left = x < t.left ? x : t.left;
				t.right = x > t.right ? x : t.right;
				t.top = y < t.top ? y : t.top;
				t.bottom = y > t.bottom ? y : t.bottom;
			}
	return t;
}

static bool is_near(const struct truth *t, int x, int y)
{
	for (int dy = -NEAR; dy <= NEAR; dy++)
		for (int dx = -NEAR; dx <= NEAR; dx++)
			if (x + dx >= 0 && y + dy >= 0 && x + dx < t->side && y + dy < t->side &&
				t->at[(y + dy) * t->side + x + dx] * 10 > t->most)
				return true;
	return false;
}

/* 0 … 255; -1: outside of what was cut out. */
static int alpha_at(PIX *p, const struct imprint *made, int x, int y)
{
	double k = IMPRINT_DPI / 25.4;
	int px = (int)(((x + 0.5) / SHEET_PX_PER_MM - (double)made->crop.x / 10.0) * k),
	    py = (int)(((y + 0.5) / SHEET_PX_PER_MM - (double)made->crop.y / 10.0) * k);

	if (px < 0 || py < 0 || px >= pixGetWidth(p) || py >= pixGetHeight(p))
		return -1;
	return (int)(pixGetData(p)[(size_t)py * (size_t)pixGetWpl(p) + (size_t)px] >> L_ALPHA_SHIFT & 255);
}

static void shares(const struct truth *t, PIX *p, const struct imprint *made, struct imprint_judgement *j)
{
	int off = 0, clear = 0, ink = 0, kept = 0;

	for (int y = 0; y < t->side; y++)
		for (int x = 0; x < t->side; x++) {
			int alpha = alpha_at(p, made, x, y);

			if (t->at[y * t->side + x] * 2 >= t->most) {
				ink++;
				kept += alpha >= SEEN;
			} else if (alpha >= 0 && !is_near(t, x, y)) {
				off++;
				clear += alpha == 0;
			}
		}
	j->kept = ink ? (double)kept / ink : 0;
	j->clear = off ? (double)clear / off : 1;
}

struct imprint_judgement imprint_judge(
	const struct paint *alone, const struct imprint_in *in, const struct imprint *made)
{
	struct imprint_judgement j = {0};
	PIX *p = made->png.len ? pixReadMemPng(made->png.at, made->png.len) : NULL;
	struct truth t;
	double x, y, w, h;

	if (!p)
		return j;
	t = truth_of(alone, in);
	w = (double)made->crop.w / 10.0 - 2 * MARGIN / 10.0;
	h = (double)made->crop.h / 10.0 - 2 * MARGIN / 10.0;
	x = (double)made->crop.x / 10.0 + (double)made->crop.w / 20.0;
	y = (double)made->crop.y / 10.0 + (double)made->crop.h / 20.0;
	j.any = true;
	j.size = fmax(
		fabs(w - (t.right + 1 - t.left) / SHEET_PX_PER_MM), fabs(h - (t.bottom + 1 - t.top) / SHEET_PX_PER_MM));
	j.middle = hypot(
		x - (t.left + t.right + 1) / 2.0 / SHEET_PX_PER_MM, y - (t.top + t.bottom + 1) / 2.0 / SHEET_PX_PER_MM);
	shares(&t, p, made, &j);
	j.right = j.size <= OFF_MM && j.middle <= OFF_MM && j.clear >= CLEAR && j.kept >= KEPT &&
		  pixGetWidth(p) == lround((double)made->crop.w / 254.0 * IMPRINT_DPI) && pixGetSpp(p) == 4;
	free(t.at);
	pixDestroy(&p);
	return j;
}
