#include "io/scan_sheet.h"

#include <math.h>

#define A4_W 210.0
#define A4_H 297.0
/* How far from where the guess has it an edge may be, and what of paper and desk is compared on both sides of it. */
#define REACH_MM 34.0
#define STEP_MM 0.5
#define NEAR_MM 0.9

enum { RAYS = 48, BESTS = 3, STEPS = 136, SIDE_STEPS = 5, GAP_STEPS = 1, CONTRAST_MIN = 7, RAYS_MIN = 20 };

/* Edges in order: top, right, bottom, left; each from its first to its second corner, outwards to its left. */
static const struct scan_point corners[4] = {{0, 0}, {A4_W, 0}, {A4_W, A4_H}, {0, A4_H}};

/* Where along each ray the picture falls from light to dark, best first; millimetres outwards of the guess. */
struct falls {
	double at[RAYS][BESTS];
	int count[RAYS];
	double along[RAYS]; /* of the edge, millimetres */
};

struct line {
	double at, slope; /* outwards = at + slope × along */
};

struct seen {
	const struct scan_plane *grey;
	int by;
	struct scan_map to_px;
};

/* -1 outside the picture. */
static int grey_at(const struct seen *s, double x, double y)
{
	struct scan_point p = scan_map_at(&s->to_px, (struct scan_point){x, y});
	int column = (int)floor(p.x / s->by), row = (int)floor(p.y / s->by);

	return column < 0 || row < 0 || column >= s->grey->w || row >= s->grey->h
		       ? -1
		       : scan_plane_row(s->grey, row)[column];
}

/* Keeps the best few that are peaks of the fall from light to dark. */
static void peaks(const int *value, int n, double *ret_at, int *ret_count)
{
	int fall[STEPS] = {0}, best[BESTS] = {0};

	for (int i = SIDE_STEPS; i + GAP_STEPS + SIDE_STEPS < n; i++) {
		int in = 0, out = 0;

		for (int k = 0; k < SIDE_STEPS; k++) {
			in += value[i - 1 - k];
			out += value[i + GAP_STEPS + k];
		}
		fall[i] = value[i + GAP_STEPS + SIDE_STEPS - 1] < 0 ? 0 : in - out;
	}
	*ret_count = 0;
	for (int i = SIDE_STEPS; i + 1 < n; i++) {
		int place = *ret_count;

		if (fall[i] < CONTRAST_MIN * SIDE_STEPS || fall[i] < fall[i - 1] || fall[i] <= fall[i + 1])
			continue;
		while (place > 0 && fall[i] > best[place - 1])
			place--;
		if (place == BESTS)
			continue;
		if (*ret_count < BESTS)
			(*ret_count)++;
		for (int k = *ret_count - 1; k > place; k--) {
			best[k] = best[k - 1];
			ret_at[k] = ret_at[k - 1];
		}
		best[place] = fall[i];
		ret_at[place] = (i + (GAP_STEPS - 1) / 2.0) * STEP_MM - REACH_MM;
	}
}

static void look(const struct seen *s, int edge, struct falls *ret_falls)
{
	struct scan_point from = corners[edge], to = corners[(edge + 1) % 4];
	double length = hypot(to.x - from.x, to.y - from.y), ux = (to.x - from.x) / length,
	       uy = (to.y - from.y) / length;

	for (int r = 0; r < RAYS; r++) {
		double along = length * (0.03 + 0.94 * r / (RAYS - 1));
		int value[STEPS], n = 0;

		for (; n < STEPS; n++) {
			double out = n * STEP_MM - REACH_MM;

			value[n] = grey_at(s, from.x + ux * along + uy * out, from.y + uy * along - ux * out);
			if (value[n] < 0)
				break;
		}
		ret_falls->along[r] = along;
		peaks(value, n, ret_falls->at[r], &ret_falls->count[r]);
	}
}

static double nearest(const struct falls *f, int ray, const struct line *line)
{
	double want = line->at + line->slope * f->along[ray], best = 1e9;

	for (int k = 0; k < f->count[ray]; k++)
		if (fabs(f->at[ray][k] - want) < fabs(best))
			best = f->at[ray][k] - want;
	return best;
}

/* Least squares through what lies near; once more, closer. */
static int settle(const struct falls *f, double near, struct line *line)
{
	double n = 0, x = 0, y = 0, xx = 0, xy = 0, d;

	for (int r = 0; r < RAYS; r++) {
		double off = nearest(f, r, line), at = line->at + line->slope * f->along[r] + off;

		if (fabs(off) > near)
			continue;
		n++;
		x += f->along[r];
		y += at;
		xx += f->along[r] * f->along[r];
		xy += f->along[r] * at;
	}
	d = n * xx - x * x;
	if (n < 2 || fabs(d) < 1e-6)
		return 0;
	line->slope = (n * xy - x * y) / d;
	line->at = (y - line->slope * x) / n;
	return (int)n;
}

/* The line on which most rays agree, of all through two of them. */
static bool agree(const struct falls *f, struct line *ret_line)
{
	int most = 0;

	for (int a = 0; a < RAYS; a += 2)
		for (int b = a + RAYS / 4; b < RAYS; b += 3)
			for (int k = 0; k < f->count[a] * f->count[b]; k++) {
				double p = f->at[a][k % f->count[a]], q = f->at[b][k / f->count[a]];
				struct line line = {0, (q - p) / (f->along[b] - f->along[a])};
				int n = 0;

				line.at = p - line.slope * f->along[a];
				for (int r = 0; r < RAYS; r++)
					n += fabs(nearest(f, r, &line)) <= NEAR_MM;
				if (n > most) {
					most = n;
					*ret_line = line;
				}
			}
	return most >= RAYS_MIN && settle(f, NEAR_MM, ret_line) >= RAYS_MIN &&
	       settle(f, NEAR_MM / 2, ret_line) >= RAYS_MIN / 2;
}

/* Where the lines of two edges meet, in millimetres of the guess. */
static bool meet(const struct line *a, int edge_a, const struct line *b, int edge_b, struct scan_point *ret_point)
{
	struct scan_point p[2], u[2];
	double d, t;

	for (int i = 0; i < 2; i++) {
		int edge = i ? edge_b : edge_a;
		const struct line *line = i ? b : a;
		struct scan_point from = corners[edge], to = corners[(edge + 1) % 4];
		double length = hypot(to.x - from.x, to.y - from.y), ux = (to.x - from.x) / length,
		       uy = (to.y - from.y) / length;

		p[i] = (struct scan_point){from.x + uy * line->at, from.y - ux * line->at};
		u[i] = (struct scan_point){ux + uy * line->slope, uy - ux * line->slope};
	}
	d = u[0].x * u[1].y - u[0].y * u[1].x;
	if (fabs(d) < 0.5)
		return false;
	t = ((p[1].x - p[0].x) * u[1].y - (p[1].y - p[0].y) * u[1].x) / d;
	*ret_point = (struct scan_point){p[0].x + t * u[0].x, p[0].y + t * u[0].y};
	return true;
}

bool scan_sheet_find(const struct scan_plane *grey, int by, const struct scan_map *guess, struct scan_map *ret_map)
{
	struct seen s = {grey, by, {{0}}};
	struct scan_point px[4];
	struct line line[4];
	struct falls falls;

	if (!scan_map_invert(guess, &s.to_px))
		return false;
	for (int edge = 0; edge < 4; edge++) {
		look(&s, edge, &falls);
		if (!agree(&falls, &line[edge]))
			return false;
	}
	for (int i = 0; i < 4; i++) {
		struct scan_point mm;

		if (!meet(&line[(i + 3) % 4], (i + 3) % 4, &line[i], i, &mm))
			return false;
		px[i] = scan_map_at(&s.to_px, mm);
	}
	return scan_map_fit(px, corners, ret_map);
}
