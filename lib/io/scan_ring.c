#include "io/scan_ring.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Stamps of units are 38–58 mm, smaller ones of departments and persons from 16, ovals 45 × 30. */
#define ACROSS_MIN_MM 15.0
#define ACROSS_MAX_MM 66.0
#define ASPECT_MAX 1.75
#define NEAR_MM 0.7
/* A ring is there, its line is even, something stands in it, and it is no filled disc. */
#define RING_MIN 0.55
#define SEEN_MIN 0.3
#define INSIDE_MIN 0.03
#define INSIDE_MAX 0.62

#define EVEN_MM 0.45
#define LINE_MM 2.0

enum { WAYS = 120, SECTORS = 24, TRIES = 300, ROUNDS = 3 };

/* The border point that stands for each direction, seen from a middle. */
struct rays {
	struct scan_point at[WAYS];
	bool has[WAYS];
	int list[WAYS], count;
};

struct scan_point scan_ellipse_point(const struct scan_ellipse *e, double degree)
{
	double t = degree * M_PI / 180, x = e->a * cos(t), y = e->b * sin(t);

	return (struct scan_point){
		e->x + x * cos(e->turn) - y * sin(e->turn), e->y + x * sin(e->turn) + y * cos(e->turn)};
}

double scan_ellipse_reach(const struct scan_ellipse *e, struct scan_point p)
{
	double dx = p.x - e->x, dy = p.y - e->y;
	double u = (dx * cos(e->turn) + dy * sin(e->turn)) / e->a, v = (dy * cos(e->turn) - dx * sin(e->turn)) / e->b;

	return sqrt(u * u + v * v);
}

/* How far off the line, about, in millimetres; beyond it positive. */
static double off(const struct scan_ellipse *e, struct scan_point p)
{
	double reach = scan_ellipse_reach(e, p);

	return reach > 1e-6 ? hypot(p.x - e->x, p.y - e->y) * (1 - 1 / reach) : -e->b;
}

static int way_of(double dx, double dy)
{
	int way = (int)floor((atan2(dy, dx) / (2 * M_PI) + 1) * WAYS);

	return way % WAYS;
}

static void rays_list(struct rays *r)
{
	r->count = 0;
	for (int i = 0; i < WAYS; i++)
		if (r->has[i])
			r->list[r->count++] = i;
}

static void rays_outermost(const struct scan_point *border, size_t count, struct scan_point c, struct rays *ret_rays)
{
	double far[WAYS] = {0};

	memset(ret_rays, 0, sizeof *ret_rays);
	for (size_t i = 0; i < count; i++) {
		double dx = border[i].x - c.x, dy = border[i].y - c.y, d = dx * dx + dy * dy;
		int way = way_of(dx, dy);

		if (d > far[way]) {
			far[way] = d;
			ret_rays->at[way] = border[i];
			ret_rays->has[way] = true;
		}
	}
	rays_list(ret_rays);
}

/* Those nearest to a line that is already about right: what sticks out of it no longer hides it. */
static void rays_nearest(
	const struct scan_point *border, size_t count, const struct scan_ellipse *e, struct rays *ret_rays)
{
	double near[WAYS];

	memset(ret_rays, 0, sizeof *ret_rays);
	for (int i = 0; i < WAYS; i++)
		near[i] = 2.0;
	for (size_t i = 0; i < count; i++) {
		double d = off(e, border[i]);
		int way;

		if (d < -1.0 || d > 2.0)
			continue;
		way = way_of(border[i].x - e->x, border[i].y - e->y);
		/* The outer border of the ring, not the inner one. */
		d = d < 0 ? -1.5 * d : d;
		if (d < near[way]) {
			near[way] = d;
			ret_rays->at[way] = border[i];
			ret_rays->has[way] = true;
		}
	}
	rays_list(ret_rays);
}

static bool solve5(double rows[5][6], double ret[5])
{
	for (int k = 0; k < 5; k++) {
		int pivot = k;
		double swap[6];

		for (int r = k + 1; r < 5; r++)
			if (fabs(rows[r][k]) > fabs(rows[pivot][k]))
				pivot = r;
		if (fabs(rows[pivot][k]) < 1e-9)
			return false;
		memcpy(swap, rows[k], sizeof swap);
		memcpy(rows[k], rows[pivot], sizeof swap);
		memcpy(rows[pivot], swap, sizeof swap);
		for (int r = 0; r < 5; r++) {
			double by = r == k ? 0 : rows[r][k] / rows[k][k];

			for (int c = k; by != 0 && c < 6; c++)
				rows[r][c] -= by * rows[k][c];
		}
	}
	for (int k = 0; k < 5; k++)
		ret[k] = rows[k][5] / rows[k][k];
	return true;
}

/* From A x² + B xy + C y² + D x + E y = 1 around a place. */
static bool ellipse_of(const double q[5], struct scan_point origin, double scale, struct scan_ellipse *ret_e)
{
	double det = 4 * q[0] * q[2] - q[1] * q[1], x, y, f, mean, half, big, small;

	if (det <= 1e-9)
		return false;
	x = (q[1] * q[4] - 2 * q[2] * q[3]) / det;
	y = (q[1] * q[3] - 2 * q[0] * q[4]) / det;
	f = 1 + q[0] * x * x + q[1] * x * y + q[2] * y * y;
	mean = (q[0] + q[2]) / 2;
	half = hypot((q[0] - q[2]) / 2, q[1] / 2);
	small = f / (mean + half); /* squares of the half axes */
	big = f / (mean - half);
	if (!(small > 0) || !(big > 0) || !isfinite(big))
		return false;
	*ret_e = (struct scan_ellipse){origin.x + x * scale, origin.y + y * scale, sqrt(big) * scale,
		sqrt(small) * scale, atan2(-q[1], q[2] - q[0]) / 2};
	return true;
}

static bool size_right(const struct scan_ellipse *e)
{
	return e->a * 2 >= ACROSS_MIN_MM && e->a * 2 <= ACROSS_MAX_MM && e->a <= e->b * ASPECT_MAX;
}

/* Least squares through some of the rays. */
static bool fit_ellipse(const struct rays *r, const int *pick, int count, struct scan_ellipse *ret_e)
{
	double rows[5][6] = {{0}}, q[5];
	struct scan_point o = {0, 0};
	const double scale = 20;

	for (int i = 0; i < count; i++) {
		o.x += r->at[pick[i]].x / count;
		o.y += r->at[pick[i]].y / count;
	}
	for (int i = 0; i < count; i++) {
		double x = (r->at[pick[i]].x - o.x) / scale, y = (r->at[pick[i]].y - o.y) / scale;
		const double term[6] = {x * x, x * y, y * y, x, y, 1};

		for (int a = 0; a < 5; a++)
			for (int b = 0; b < 6; b++)
				rows[a][b] += term[a] * term[b];
	}
	return solve5(rows, q) && ellipse_of(q, o, scale, ret_e);
}

static bool circle_through(
	const struct scan_point *p, const struct scan_point *q, const struct scan_point *r, struct scan_ellipse *ret_e)
{
	double ax = q->x - p->x, ay = q->y - p->y, bx = r->x - p->x, by = r->y - p->y;
	double d = 2 * (ax * by - ay * bx), sa = ax * ax + ay * ay, sb = bx * bx + by * by, x, y;

	if (fabs(d) < 1e-6)
		return false;
	x = (by * sa - ay * sb) / d;
	y = (ax * sb - bx * sa) / d;
	*ret_e = (struct scan_ellipse){p->x + x, p->y + y, hypot(x, y), hypot(x, y), 0};
	return true;
}

/* The rays that lie on the line. */
static int on_line(const struct rays *r, const struct scan_ellipse *e, double near, int ret_pick[WAYS])
{
	int count = 0;

	for (int i = 0; i < r->count; i++)
		if (fabs(off(e, r->at[r->list[i]])) <= near)
			ret_pick[count++] = r->list[i];
	return count;
}

/* Always the same sequence: the same picture gives the same answer. */
static int next(uint32_t *seed, int bound)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (int)((uint64_t)(*seed >> 8) * (uint64_t)bound >> 24);
}

/* The circle, then the ellipse, on which most rays lie; an ellipse must do clearly better. */
static int vote(const struct rays *r, struct scan_ellipse *ret_best)
{
	uint32_t seed = 1;
	int best = 0, pick[WAYS];
	struct scan_ellipse e;

	for (int t = 0; t < TRIES && r->count >= 12; t++) {
		const struct scan_point *p[3];
		int n;

		for (int i = 0; i < 3; i++)
			p[i] = &r->at[r->list[next(&seed, r->count)]];
		if (!circle_through(p[0], p[1], p[2], &e) || !size_right(&e))
			continue;
		n = on_line(r, &e, NEAR_MM, pick);
		if (n > best) {
			best = n;
			*ret_best = e;
		}
	}
	for (int t = 0; t < TRIES && r->count >= 12; t++) {
		int five[5], n;

		for (int i = 0; i < 5; i++)
			five[i] = r->list[next(&seed, r->count)];
		if (!fit_ellipse(r, five, 5, &e) || !size_right(&e))
			continue;
		n = on_line(r, &e, NEAR_MM, pick);
		if (n > best + WAYS / 20) {
			best = n;
			*ret_best = e;
		}
	}
	return best;
}

bool scan_paper_has(const struct scan_paper *paper, struct scan_point mm)
{
	struct scan_point p = scan_map_at(&paper->to_px, mm);

	return p.x > 1 && p.y > 1 && p.x < paper->w - 1 && p.y < paper->h - 1 && mm.x >= paper->part.first.x &&
	       mm.y >= paper->part.first.y && mm.x <= paper->part.last.x && mm.y <= paper->part.last.y;
}

static double ink_at(const struct scan_paper *paper, struct scan_point mm)
{
	return scan_red_at(paper->red, scan_map_at(&paper->to_px, mm));
}

/* Each ray moved to where the ink has fallen to half of the ring's own strength. */
static void sharpen(const struct scan_paper *paper, const struct scan_ellipse *e, struct rays *r)
{
	const double step = 0.06;

	for (int i = 0; i < r->count; i++) {
		struct scan_point *p = &r->at[r->list[i]];
		double d = hypot(p->x - e->x, p->y - e->y), ux = (p->x - e->x) / d, uy = (p->y - e->y) / d, top = 0,
		       at = 0;

		for (double s = -1.2; s <= 0.3; s += step) {
			double ink = ink_at(paper, (struct scan_point){p->x + ux * s, p->y + uy * s});

			if (ink > top) {
				top = ink;
				at = s;
			}
		}
		while (at < 1.5 && ink_at(paper, (struct scan_point){p->x + ux * at, p->y + uy * at}) > top / 2)
			at += step;
		if (at < 1.5) {
			p->x += ux * at;
			p->y += uy * at;
		}
	}
}

/* Shares, 0 … 1. */
struct measure {
	double seen;   /* directions on the paper, of all */
	double ring;   /* of those: there is ink on the line */
	double even;   /* of those with ink about there: it begins on the line, not off it as a hand draws */
	double band;   /* of the sectors on the paper: something stands there between middle and line */
	double inside; /* of the area within: ink */
};

static bool ink_here(const struct scan_paper *paper, const struct scan_ellipse *e, double degree, double reach)
{
	struct scan_ellipse inner = *e;
	struct scan_point p;

	inner.a *= reach;
	inner.b *= reach;
	p = scan_ellipse_point(&inner, degree);
	return scan_paper_has(paper, p) && ink_at(paper, p) >= paper->red->threshold;
}

/* Millimetres from the line at which ink begins, coming from outside; 9: none near. */
static double begins(const struct scan_paper *paper, const struct scan_ellipse *e, double degree)
{
	struct scan_point p = scan_ellipse_point(e, degree);
	double d = hypot(p.x - e->x, p.y - e->y);

	for (double s = 2; s >= -2; s -= 0.1)
		if (ink_here(paper, e, degree, 1 + s / d))
			return s;
	return 9;
}

static void measure_line(const struct scan_paper *paper, const struct scan_ellipse *e, struct measure *m)
{
	int seen = 0, ring = 0, near = 0, even = 0;

	for (int i = 0; i < WAYS; i++) {
		double degree = 360.0 * i / WAYS, at;

		if (!scan_paper_has(paper, scan_ellipse_point(e, degree)))
			continue;
		at = begins(paper, e, degree);
		seen++;
		ring += at > -0.9 && at < 3;
		near += at < 3;
		even += fabs(at) <= EVEN_MM;
	}
	m->seen = (double)seen / WAYS;
	m->ring = seen ? (double)ring / seen : 0;
	m->even = near ? (double)even / near : 0;
}

static void measure_inside(const struct scan_paper *paper, const struct scan_ellipse *e, struct measure *m)
{
	int inner = 0, ink = 0, band[SECTORS] = {0}, there[SECTORS] = {0}, sectors = 0, filled = 0;

	for (double reach = 0.06; reach < 1 - LINE_MM / e->b; reach += 0.04)
		for (int i = 0; i < (int)(reach * WAYS); i++) {
			double degree = 360.0 * i / (int)(reach * WAYS);
			int sector = (int)(degree / 360 * SECTORS);
			struct scan_ellipse inside = *e;
			bool here = ink_here(paper, e, degree, reach);

			inside.a *= reach;
			inside.b *= reach;
			if (!scan_paper_has(paper, scan_ellipse_point(&inside, degree)))
				continue;
			inner++;
			ink += here;
			there[sector] += reach > 0.5;
			band[sector] += reach > 0.5 && here;
		}
	for (int i = 0; i < SECTORS; i++) {
		sectors += there[i] > 8;
		filled += there[i] > 8 && band[i] * 12 >= there[i];
	}
	m->inside = inner ? (double)ink / inner : 0;
	m->band = sectors ? (double)filled / sectors : 0;
}

/* The evener the line, the less has to stand along it. */
static bool evidence(const struct measure *m)
{
	return (m->even >= 0.78 && m->band >= 0.35) || (m->even >= 0.9 && m->band >= 0.2);
}

static bool is_seal(const struct scan_paper *paper, const struct scan_ellipse *e)
{
	struct measure m;

	measure_line(paper, e, &m);
	measure_inside(paper, e, &m);
	return m.ring >= RING_MIN && m.seen >= SEEN_MIN && evidence(&m) && m.inside >= INSIDE_MIN &&
	       m.inside <= INSIDE_MAX;
}

/* Lay the line anew through what lies near it, closer each time. */
static bool refine(
	const struct scan_paper *paper, const struct scan_point *border, size_t count, struct scan_ellipse *e)
{
	int pick[WAYS], n = 0;
	struct rays r;

	for (int round = 0; round < ROUNDS; round++) {
		struct scan_ellipse better;

		rays_nearest(border, count, e, &r);
		if (round == ROUNDS - 1)
			sharpen(paper, e, &r);
		n = on_line(&r, e, round == 0 ? 2 * NEAR_MM : NEAR_MM, pick);
		if (n < WAYS / 4 || !fit_ellipse(&r, pick, n, &better) || !size_right(&better))
			return false;
		*e = better;
	}
	return true;
}

static struct scan_point middle(const struct scan_point *border, size_t count)
{
	double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;

	for (size_t i = 0; i < count; i++) {
		left = fmin(left, border[i].x);
		right = fmax(right, border[i].x);
		top = fmin(top, border[i].y);
		bottom = fmax(bottom, border[i].y);
	}
	return (struct scan_point){(left + right) / 2, (top + bottom) / 2};
}

static struct scan_point mean(const struct scan_point *border, size_t count)
{
	struct scan_point m = {0, 0};

	for (size_t i = 0; i < count; i++) {
		m.x += border[i].x / (double)count;
		m.y += border[i].y / (double)count;
	}
	return m;
}

bool scan_ring_find(
	const struct scan_paper *paper, const struct scan_point *border, size_t count, struct scan_ring *ret_ring)
{
	const struct scan_point from[] = {middle(border, count), mean(border, count)};
	struct scan_ellipse best = {0};
	int most = 0;

	for (int i = 0; i < 2; i++) {
		struct scan_point c = from[i];

		for (int again = 0; again < 2; again++) {
			struct scan_ellipse e;
			struct rays r;
			int n;

			rays_outermost(border, count, c, &r);
			n = vote(&r, &e);
			if (n == 0)
				break;
			if (n > most) {
				most = n;
				best = e;
			}
			c = (struct scan_point){e.x, e.y};
		}
	}
	if (most < WAYS / 5 || !refine(paper, border, count, &best) || !is_seal(paper, &best))
		return false;
	*ret_ring = (struct scan_ring){best, best.a < best.b * 1.07 ? best.a + best.b : 2 * best.a};
	return true;
}
