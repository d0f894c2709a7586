#include "io/scan_square.h"

#include <math.h>
#include <string.h>

#define SIDE_MIN_MM 11.0
#define SIDE_MAX_MM 34.0
#define ASPECT_MAX 1.3
#define NEAR_MM 0.7
/* Shares of the whole outline, of each side, and of ink within. */
#define OUTLINE_MIN 0.8
#define SIDE_MIN 0.55
#define INSIDE_MIN 0.12
#define INSIDE_MAX 0.75

#define HEAP_MM 0.3

enum { BINS = 20, TURN_STEPS = 90, HEAPS = 400 };

/* Turned by an angle, between four lines. */
struct frame {
	double cos, sin, left, right, top, bottom;
};

static struct scan_point into(const struct frame *f, struct scan_point p)
{
	return (struct scan_point){p.x * f->cos + p.y * f->sin, p.y * f->cos - p.x * f->sin};
}

static struct scan_point out_of(const struct frame *f, double u, double v)
{
	return (struct scan_point){u * f->cos - v * f->sin, u * f->sin + v * f->cos};
}

/* The outermost places where half as many borders stand in line as where most do: a speck of ink or a
 * stroke across the seal is not its side. */
static void sides(const double *at, size_t count, double *ret_first, double *ret_last)
{
	int heap[HEAPS] = {0}, most = 0, first = 0, last = HEAPS - 1;
	double low = 1e9;

	for (size_t i = 0; i < count; i++)
		low = fmin(low, at[i]);
	for (size_t i = 0; i < count; i++) {
		int heap_of = (int)((at[i] - low) / HEAP_MM);

		if (heap_of < HEAPS && ++heap[heap_of] > most)
			most = heap[heap_of];
	}
	while (first < last && heap[first] + heap[first + 1] < most / 2)
		first++;
	while (last > first && heap[last] + heap[last - 1] < most / 2)
		last--;
	*ret_first = low + first * HEAP_MM;
	*ret_last = low + (last + 1) * HEAP_MM;
}

static struct frame frame_at(double degree, const struct scan_point *border, size_t count, double *scratch)
{
	struct frame f = {.cos = cos(degree * M_PI / 180), .sin = sin(degree * M_PI / 180)};

	for (size_t i = 0; i < count; i++)
		scratch[i] = into(&f, border[i]).x;
	sides(scratch, count, &f.left, &f.right);
	for (size_t i = 0; i < count; i++)
		scratch[i] = into(&f, border[i]).y;
	sides(scratch, count, &f.top, &f.bottom);
	return f;
}

static int bin_of(double at, double from, double to)
{
	int bin = (int)((at - from) / (to - from) * BINS);

	return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
}

/* How much of the sides borders lie along; 0 when one of them is too bare. */
static double outline(const struct frame *f, const struct scan_point *border, size_t count)
{
	bool has[4][BINS] = {{false}};
	int all = 0;

	for (size_t i = 0; i < count; i++) {
		struct scan_point p = into(f, border[i]);
		int across = bin_of(p.x, f->left, f->right), down = bin_of(p.y, f->top, f->bottom);

		has[0][down] |= fabs(p.x - f->left) < NEAR_MM;
		has[1][down] |= fabs(f->right - p.x) < NEAR_MM;
		has[2][across] |= fabs(p.y - f->top) < NEAR_MM;
		has[3][across] |= fabs(f->bottom - p.y) < NEAR_MM;
	}
	for (int side = 0; side < 4; side++) {
		int n = 0;

		for (int i = 0; i < BINS; i++)
			n += has[side][i];
		if (n < SIDE_MIN * BINS)
			return 0;
		all += n;
	}
	return all / (4.0 * BINS);
}

static double ink_at(const struct scan_paper *paper, struct scan_point mm)
{
	return scan_red_at(paper->red, scan_map_at(&paper->to_px, mm));
}

/* How far the ink of one side reaches outwards of where it was taken to be: the middle one of many places. */
static double reach(const struct scan_paper *paper, const struct frame *f, int side)
{
	double found[BINS], low = side < 2 ? f->top : f->left, high = side < 2 ? f->bottom : f->right;
	double line = side == 0	  ? f->left
		      : side == 1 ? f->right
		      : side == 2 ? f->top
				  : f->bottom,
	       way = side & 1 ? 1 : -1;
	int n = 0;

	for (int i = 0; i < BINS; i++) {
		double along = low + (high - low) * (i + 0.5) / BINS, top = 0, at = 0, ink;

		for (double s = -1; s <= 0.5; s += 0.06) {
			double v = line + way * s;

			ink = ink_at(paper, side < 2 ? out_of(f, v, along) : out_of(f, along, v));
			if (ink > top) {
				top = ink;
				at = s;
			}
		}
		for (ink = top; at < 1.5 && ink > top / 2; at += 0.06)
			ink = ink_at(paper,
				side < 2 ? out_of(f, line + way * at, along) : out_of(f, along, line + way * at));
		if (top < paper->red->threshold || at >= 1.5)
			continue;
		for (int k = n++; k >= 0; k--) {
			bool here = k == 0 || found[k - 1] <= at;

			found[k] = here ? at : found[k - 1];
			if (here)
				break;
		}
	}
	return n ? found[n / 2] : 0;
}

static double inside(const struct scan_paper *paper, const struct frame *f)
{
	int ink = 0, all = 0;

	for (double u = f->left + 2; u < f->right - 2; u += 0.4)
		for (double v = f->top + 2; v < f->bottom - 2; v += 0.4) {
			ink += ink_at(paper, out_of(f, u, v)) >= paper->red->threshold;
			all++;
		}
	return all ? (double)ink / all : 0;
}

static bool size_right(const struct frame *f)
{
	double w = f->right - f->left, h = f->bottom - f->top;

	return fmin(w, h) >= SIDE_MIN_MM && fmax(w, h) <= SIDE_MAX_MM && fmax(w, h) <= fmin(w, h) * ASPECT_MAX;
}

bool scan_square_find(struct arena *a, const struct scan_paper *paper, const struct scan_point *border, size_t count,
	struct scan_square *ret_square)
{
	double most = 0, ink, *scratch = arena_array(a, count, sizeof *scratch);
	struct frame best = {0};

	for (int i = 0; i < TURN_STEPS; i++) {
		struct frame f = frame_at(90.0 * i / TURN_STEPS, border, count, scratch);
		double has = size_right(&f) ? outline(&f, border, count) : 0;

		if (has > most) {
			most = has;
			best = f;
		}
	}
	if (most < OUTLINE_MIN)
		return false;
	ink = inside(paper, &best);
	if (ink < INSIDE_MIN || ink > INSIDE_MAX)
		return false;
	best.left -= reach(paper, &best, 0);
	best.right += reach(paper, &best, 1);
	best.top -= reach(paper, &best, 2);
	best.bottom += reach(paper, &best, 3);
	*ret_square = (struct scan_square){
		{out_of(&best, best.left, best.top), out_of(&best, best.right, best.top),
			out_of(&best, best.right, best.bottom), out_of(&best, best.left, best.bottom)},
		fmax(best.right - best.left, best.bottom - best.top)};
	return true;
}
