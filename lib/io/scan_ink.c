#include "io/scan_ink.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/scan_light.h"

/* Densities: how much of the light is swallowed, as logarithm, in hundredths; 0 is paper. */
enum { DENSE_MAX = 300, SOME = 25, LEVELS = DENSE_MAX + 1, HALF = 128, FRINGE = 8 };

/* Of the ink's own colour: what still passes for it, what surely is. */
#define HUE_MIN 0.25
#define HUE_LOW 0.35
#define HUE_HIGH 0.62
/* Full ink on paper that was barely touched is drawn as dark as this at least. */
#define DENSE_FULL 1.5
/* Shares of full ink: what is left out, from where on it is whole. */
#define COVER_LOW 0.12
#define COVER_HIGH 0.7
#define MASK_LOW 0.2
#define MASK_NOISE 3.5
#define PEAK_MIN 110

#define INK_MIN_MM2 3.0
#define SPECK_MM2 0.25
#define LINE_MM 0.4 /* the printed line of the box */
#define EDGE_MM 0.9
#define EDGE_MIN_MM 0.5
#define APART_MM 3.5
#define HIDDEN_MM 0.55
#define FRINGE_MM 0.12

struct work {
	struct arena *a;
	const struct scan_ink_in *in;
	struct scan_light *light;
	int w, h;
	size_t n;
	int16_t *main, *other;	     /* density of the light the ink swallows most, and least */
	struct scan_plane hue, dark; /* share of the ink's colour, 255 all; hidden under black */
	double full, own, least;     /* density of full ink; its share of colour; density in the other light */
	struct scan_plane *cover;
	struct scan_plane print; /* near black print; at NULL with a pen */
};

static unsigned char byte(double v)
{
	return (unsigned char)(v <= 0 ? 0 : v >= 255 ? 255 : v + 0.5);
}

static double rise(double from, double to, double v)
{
	double t = v <= from ? 0 : v >= to ? 1 : (v - from) / (to - from);

	return t * t * (3 - 2 * t);
}

/* --- densities --- */

static void densities(struct work *k)
{
	k->light = scan_light_of(k->a, &k->in->red, &k->in->green, &k->in->blue, k->in->px_per_mm);
	k->main = arena_array(k->a, k->n, sizeof *k->main);
	k->other = arena_array(k->a, k->n, sizeof *k->other);
	scan_light_density(k->light, 0, DENSE_MAX, k->other);
	if (k->in->pen)
		memcpy(k->main, k->other, k->n * sizeof *k->main);
	else
		scan_light_density(k->light, 1, DENSE_MAX, k->main);
}

/* Smoothed as far as the scan's own pixels and its colours, of which JPEG keeps fewer, reach. */
static struct scan_plane smooth(const struct work *k, const int16_t *from, double by)
{
	struct scan_plane raw = scan_plane_new(k->a, k->w, k->h), p;

	for (size_t i = 0; i < k->n; i++)
		raw.at[i] = byte((from[i] + 20) * by);
	scan_plane_blur(k->a, &raw, (int)lround(fmin(fmax(k->in->grain * 1.1, 1), 5)), &p);
	return p;
}

/* How much of the ink's colour there is in what is dark: 0 black, 255 as different as can be. */
static void hues(struct work *k)
{
	struct scan_plane main = smooth(k, k->main, 0.75), other = smooth(k, k->other, 0.75);

	k->hue = scan_plane_new(k->a, k->w, k->h);
	for (size_t i = 0; i < k->n; i++) {
		int m = main.at[i] - 15, o = other.at[i] - 15;

		k->hue.at[i] = k->in->pen ? 255 : byte(255.0 * (m - (o > 0 ? o : 0)) / (m + 4.0));
	}
	k->dark = other;
}

/* The value below which a share of the counted lie. */
static int quantile(const unsigned *count, int n, double share)
{
	double all = 0, sum = 0;
	int i = 0;

	for (int v = 0; v < n; v++)
		all += count[v];
	while (i < n - 1 && (sum += count[i]) < all * share)
		i++;
	return i;
}

/* What the ink is like where there is enough of it.  false: there is none. */
static bool know_ink(struct work *k)
{
	unsigned dense[LEVELS] = {0}, hue[256] = {0}, other[LEVELS] = {0}, n = 0;
	int low = k->in->pen ? 2 * SOME : SOME;

	for (size_t i = 0; i < k->n; i++) {
		if (k->main[i] < low || k->hue.at[i] < HUE_MIN * 255)
			continue;
		dense[k->main[i] > DENSE_MAX ? DENSE_MAX : k->main[i]]++;
		hue[k->hue.at[i]]++;
		n++;
	}
	if (n < INK_MIN_MM2 / (k->in->pen ? 2 : 1) * k->in->px_per_mm * k->in->px_per_mm)
		return false;
	k->full = quantile(dense, LEVELS, 0.7) / 100.0;
	k->own = quantile(hue, 256, 0.5) / 255.0;
	for (size_t i = 0; i < k->n; i++)
		if (k->main[i] >= k->full * 90 && k->hue.at[i] >= HUE_MIN * 255)
			other[k->other[i] < 0 ? 0 : k->other[i]]++;
	k->least = quantile(other, LEVELS, 0.5) / 100.0;
	return true;
}

static bool is_dark(const struct work *k)
{
	int line = (int)lround(EDGE_MM * k->in->px_per_mm), n = 0;

	for (int y = line; y < k->h - line; y++)
		for (int x = line; x < k->w - line; x++)
			n += k->main[(size_t)y * (size_t)k->w + (size_t)x] >= 2 * SOME;
	return n >= INK_MIN_MM2 * k->in->px_per_mm * k->in->px_per_mm;
}

/* --- cover --- */

/* The noise of paper in shares of full ink. */
static double noise(const struct work *k)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < k->n; i += 7)
		if (k->main[i] < 30 && k->main[i] > -30) {
			sum += (double)k->main[i] * k->main[i];
			n++;
		}
	return n ? sqrt(sum / (double)n) / 100 / (1 - exp(-k->full)) : 0;
}

/* By light, not by density: where half of a spot is inked, half of its light is gone. */
static void raw_cover(struct work *k)
{
	double share[LEVELS], gate[256];

	for (int i = 0; i < LEVELS; i++)
		share[i] = 255 * fmin((1 - exp(-i / 100.0)) / (1 - exp(-k->full)), 1);
	for (int i = 0; i < 256; i++)
		gate[i] = k->in->pen ? 1 : rise(HUE_LOW * k->own, HUE_HIGH * k->own, i / 255.0);
	for (size_t i = 0; i < k->n; i++)
		k->cover->at[i] = byte(share[k->main[i] < 0 ? 0 : k->main[i]] * gate[k->hue.at[i]]);
}

/* What black hides is as what is around it, further than the strokes of print are wide.  Beside them the colours run into one
 * another: there is no more ink than around. */
static void uncover(struct work *k)
{
	struct scan_plane hidden = scan_plane_new(k->a, k->w, k->h), known = scan_plane_new(k->a, k->w, k->h), fringe,
			  sum, all;
	int limit = 15 + (int)(0.75 * 100 * fmax(0.6, 1.4 * k->least + 0.25));
	int reach = (int)lround(HIDDEN_MM * k->in->px_per_mm);

	for (size_t i = 0; i < k->n; i++)
		hidden.at[i] = k->dark.at[i] > limit ? 255 : 0;
	scan_plane_blur(k->a, &hidden, (int)lround(fmax(FRINGE_MM * k->in->px_per_mm, k->in->grain)), &fringe);
	for (size_t i = 0; i < k->n; i++) {
		bool lost = hidden.at[i] || (fringe.at[i] > FRINGE && k->hue.at[i] < 255 * HUE_HIGH * k->own);

		hidden.at[i] = lost ? 0 : k->cover->at[i];
		known.at[i] = lost ? 0 : 255;
	}
	scan_plane_blur(k->a, &hidden, reach, &sum);
	scan_plane_blur(k->a, &known, reach, &all);
	k->print = fringe;
	for (size_t i = 0; i < k->n; i++) {
		double around = all.at[i] < 8 ? 0 : (double)sum.at[i] / all.at[i];

		if (!known.at[i])
			k->cover->at[i] = byte(255 * rise(0.3, 0.65, around));
		else if (fringe.at[i] > FRINGE)
			k->cover->at[i] = byte(fmin(k->cover->at[i], 255 * rise(0.1, 0.4, around)));
	}
}

/* --- what belongs to it --- */

struct spot {
	int left, top, right, bottom, area;
	unsigned char peak;
	bool kept;
};

struct spots {
	int32_t *label; /* 0: none */
	struct spot *at;
	int count;
};

static void grow(struct spot *spot, int x, int y, unsigned char peak)
{
	spot->left = x < spot->left ? x : spot->left;
	spot->right = x > spot->right ? x : spot->right;
	spot->top = y < spot->top ? y : spot->top;
	spot->bottom = y > spot->bottom ? y : spot->bottom;
	spot->peak = peak > spot->peak ? peak : spot->peak;
	spot->area++;
}

static struct spot flood(
	const struct work *k, struct spots *s, const struct scan_plane *mask, int32_t from, int32_t *stack)
{
	struct spot spot = {.left = k->w, .top = k->h};
	int top = 0;

	stack[top++] = from;
	s->label[from] = s->count + 1;
	while (top > 0) {
		int32_t at = stack[--top];
		int x = at % k->w, y = at / k->w;

		grow(&spot, x, y, mask->at[at]);
		for (int ny = y - 1; ny <= y + 1; ny++)
			for (int nx = x - 1; nx <= x + 1; nx++) {
				int32_t next = ny * k->w + nx;

				if (nx < 0 || ny < 0 || nx >= k->w || ny >= k->h || s->label[next] || !mask->at[next])
					continue;
				s->label[next] = s->count + 1;
				stack[top++] = next;
			}
	}
	return spot;
}

static void find_spots(const struct work *k, const struct scan_plane *mask, struct spots *ret_spots)
{
	struct spots s = {.label = arena_array(k->a, k->n, sizeof *s.label)};
	int32_t *stack = arena_array(k->a, k->n, sizeof *stack);
	int room = 64, least = (int)(SPECK_MM2 * k->in->px_per_mm * k->in->px_per_mm);

	s.at = arena_array(k->a, (size_t)room, sizeof *s.at);
	for (int32_t i = 0; (size_t)i < k->n; i++) {
		struct spot spot;

		if (!mask->at[i] || s.label[i])
			continue;
		spot = flood(k, &s, mask, i, stack);
		spot.kept = spot.area >= least && spot.peak >= PEAK_MIN;
		if (s.count == room) {
			struct spot *more = arena_array(k->a, (size_t)room * 2, sizeof *more);

			memcpy(more, s.at, (size_t)room * sizeof *more);
			s.at = more;
			room *= 2;
		}
		s.at[s.count++] = spot;
	}
	*ret_spots = s;
}

/* From the largest spot on, all that are near what is around them so far. */
static bool gather(const struct work *k, struct spots *s)
{
	int far = (int)(APART_MM * k->in->px_per_mm), most = -1;
	struct spot all;
	bool more = true;

	for (int i = 0; i < s->count; i++)
		if (s->at[i].kept && (most < 0 || s->at[i].area > s->at[most].area))
			most = i;
	if (most < 0)
		return false;
	all = s->at[most];
	for (all.area = 0; more;) {
		more = false;
		for (int i = 0; i < s->count; i++) {
			struct spot *t = &s->at[i];

			if (!t->kept || t->area < 0 || t->left > all.right + far || t->right < all.left - far ||
				t->top > all.bottom + far || t->bottom < all.top - far)
				continue;
			all.left = t->left < all.left ? t->left : all.left;
			all.right = t->right > all.right ? t->right : all.right;
			all.top = t->top < all.top ? t->top : all.top;
			all.bottom = t->bottom > all.bottom ? t->bottom : all.bottom;
			all.area += t->area;
			t->area = -t->area;
			more = true;
		}
	}
	return all.area >= INK_MIN_MM2 / 2 * k->in->px_per_mm * k->in->px_per_mm;
}

/* The line of the box and what is beyond is not looked at; ink that goes up to it may go on. */
static void edge(const struct work *k, struct scan_plane *mask, bool *ret_edge)
{
	int line = (int)lround(LINE_MM * k->in->px_per_mm), near = (int)lround(EDGE_MM * k->in->px_per_mm), n = 0;

	for (int y = 0; y < k->h; y++)
		for (int x = 0; x < k->w; x++) {
			int across = x < k->w - 1 - x ? x : k->w - 1 - x, down = y < k->h - 1 - y ? y : k->h - 1 - y,
			    in = across < down ? across : down;

			if (in < line)
				scan_plane_row(mask, y)[x] = 0;
			else if (in == near)
				n += scan_plane_row(mask, y)[x] >= PEAK_MIN;
		}
	*ret_edge = n >= EDGE_MIN_MM * k->in->px_per_mm;
}

static bool belongs(const struct work *k, const struct spot *s)
{
	return s->area < 0 || (k->in->all && s->kept);
}

/* Only what belongs to it, its edges soft, its cover even. */
static void finish(const struct work *k, const struct spots *s, struct scan_ink *ink)
{
	struct scan_plane mask = scan_plane_new(k->a, k->w, k->h), wide;
	int left = k->w, top = k->h, right = -1, bottom = -1;

	for (size_t i = 0; i < k->n; i++)
		mask.at[i] = s->label[i] && belongs(k, &s->at[s->label[i] - 1]) ? 255 : 0;
	scan_plane_blur(k->a, &mask, 2, &wide);
	for (size_t i = 0; i < k->n; i++) {
		double t = (k->cover->at[i] / 255.0 - COVER_LOW) / (COVER_HIGH - COVER_LOW);
		int x = (int)(i % (size_t)k->w), y = (int)(i / (size_t)k->w);

		if (mask.at[i] && k->cover->at[i] >= HALF && (!k->print.at || k->print.at[i] <= FRINGE)) {
			left = x < left ? x : left;
			right = x > right ? x : right;
			top = y < top ? y : top;
			bottom = y > bottom ? y : bottom;
		}
		k->cover->at[i] = wide.at[i] ? byte(255 * fmin(1, t)) : 0;
	}
	ink->x = left;
	ink->y = top;
	ink->w = right < left ? 0 : right - left + 1;
	ink->h = right < left ? 0 : bottom - top + 1;
}

/* --- colour --- */

static void know_colour(const struct work *k, unsigned char ret_colour[3])
{
	int16_t *dense = arena_array(k->a, k->n, sizeof *dense);
	double sum[3] = {0}, most = 0;

	for (int c = 0; c < 3; c++) {
		size_t n = 0;

		scan_light_density(k->light, c, DENSE_MAX, dense);
		for (size_t i = 0; i < k->n; i++)
			if (k->main[i] >= k->full * 90 && k->hue.at[i] >= HUE_HIGH * k->own * 255) {
				sum[c] += dense[i];
				n++;
			}
		sum[c] = n ? fmax(sum[c] / (double)n / 100, 0) : 1;
		most = fmax(most, sum[c]);
	}
	for (int c = 0; c < 3; c++)
		ret_colour[c] = byte(255 * exp(-sum[c] * (most < DENSE_FULL ? DENSE_FULL / fmax(most, 0.1) : 1)));
}

void scan_ink_take(struct arena *a, const struct scan_ink_in *in, struct scan_ink *ret_ink)
{
	struct work k = {.a = a, .in = in, .w = in->red.w, .h = in->red.h, .cover = &ret_ink->cover};
	struct scan_plane mask;
	struct spots spots;
	double low;

	*ret_ink = (struct scan_ink){.cover = scan_plane_new(a, k.w, k.h)};
	k.n = (size_t)k.w * (size_t)k.h;
	densities(&k);
	hues(&k);
	if (!know_ink(&k)) {
		ret_ink->other = is_dark(&k);
		return;
	}
	raw_cover(&k);
	if (!in->pen)
		uncover(&k);
	low = 255 * fmax(MASK_LOW, MASK_NOISE * noise(&k) / (2 * fmin(fmax(in->grain * 1.1, 1), 5) + 1));
	scan_plane_blur(a, &ret_ink->cover, 2, &mask);
	for (size_t i = 0; i < k.n; i++)
		mask.at[i] = mask.at[i] < low ? 0 : mask.at[i];
	edge(&k, &mask, &ret_ink->edge);
	find_spots(&k, &mask, &spots);
	if (!gather(&k, &spots))
		return;
	finish(&k, &spots, ret_ink);
	know_colour(&k, ret_ink->colour);
}
