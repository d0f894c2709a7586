#include "io/scan_red.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The smallest stamp is 12 mm; gaps within one are bridged up to 3 mm. */
#define MARK_MIN_MM 10.0
#define BRIDGE_MM 1.4
#define PX_PER_MM_MAX 4.2
#define DESK_MM 1.0
#define LIGHT_MM 4.0

enum {
	STRENGTH_MIN = 14,
	STRENGTH_MAX = 44,
	INK_PERCENT = 35,
	GROUPS_MAX = 64,
	WHITE = 240,
	LIGHT_MIN = 48,
	BLOCK = 8
};

/* Red is much above green, above blue unless the ink is purple, and not the brown of wood or skin.  In the shade all
 * three are less: light is how bright the paper is thereabouts. */
static unsigned strength_of(int r, int g, int b, int light)
{
	int over_green = r - g, over_blue = r - b;

	if (over_green <= 0 || over_blue * 5 < over_green || (g - b) * 100 > over_green * 45 + 600)
		return 0;
	over_green = over_green * WHITE / (light > LIGHT_MIN ? light : LIGHT_MIN);
	return (unsigned)(over_green > 255 ? 255 : over_green);
}

static void strengths(const struct scan_view *v, double per_mm, struct scan_plane *p)
{
	struct arena *scratch = arena_new();
	struct scan_plane light;
	int level[3][256];

	scan_plane_blur(scratch, &v->small[SCAN_RED], (int)(LIGHT_MM * per_mm) + 1, &light);
	for (int c = 0; c < 3; c++)
		for (int i = 0; i < 256; i++)
			level[c][i] = i * WHITE / v->white[c];
	for (size_t i = 0; i < (size_t)p->w * (size_t)p->h; i++)
		p->at[i] = (unsigned char)strength_of(level[0][v->small[0].at[i]], level[1][v->small[1].at[i]],
			level[2][v->small[2].at[i]], level[0][light.at[i]]);
	arena_free(scratch);
}

/* Part of the strength of the strongest tenth of what is red at all, within bounds. */
static int threshold_of(const struct scan_plane *p)
{
	size_t count[256] = {0}, total = 0, sum = 0;
	int level = 255;

	for (size_t i = 0; i < (size_t)p->w * (size_t)p->h; i++)
		count[p->at[i]]++;
	for (int i = STRENGTH_MIN; i < 256; i++)
		total += count[i];
	while (level > 0 && (sum += count[level]) * 10 <= total)
		level--;
	level = level * INK_PERCENT / 100;
	return level < STRENGTH_MIN ? STRENGTH_MIN : level > STRENGTH_MAX ? STRENGTH_MAX : level;
}

/* 1 where red lies within radius, in rows and columns. */
static struct scan_plane widened(struct arena *a, const struct scan_plane *p, int threshold, int radius)
{
	struct scan_plane rows = scan_plane_new(a, p->w, p->h), all = scan_plane_new(a, p->w, p->h);
	int *last = arena_array(a, (size_t)p->w, sizeof *last);

	for (int y = 0; y < p->h; y++) {
		const unsigned char *from = scan_plane_row(p, y);
		unsigned char *to = scan_plane_row(&rows, y);

		for (int x = 0, until = -1; x < p->w; x++) {
			if (from[x] >= threshold) {
				for (int back = x - radius > 0 ? x - radius : 0; back < x; back++)
					to[back] = 1;
				until = x + radius;
			}
			to[x] = x <= until;
		}
	}
	for (int x = 0; x < p->w; x++)
		last[x] = -1 - 2 * radius;
	for (int y = 0; y < p->h + radius; y++) {
		if (y < p->h)
			for (int x = 0; x < p->w; x++)
				if (scan_plane_row(&rows, y)[x])
					last[x] = y;
		if (y >= radius)
			for (int x = 0; x < p->w; x++)
				scan_plane_row(&all, y - radius)[x] = last[x] >= y - 2 * radius;
	}
	return all;
}

static int root(int *parent, int i)
{
	while (parent[i] != i) {
		parent[i] = parent[parent[i]];
		i = parent[i];
	}
	return i;
}

/* Numbers from 1 for the connected parts of a plane of 0 and 1. */
static int *labels(struct arena *a, const struct scan_plane *p, int *ret_count)
{
	size_t n = (size_t)p->w * (size_t)p->h;
	int *label = arena_array(a, n, sizeof *label), *parent, next = 1, count = 0;

	parent = arena_array(a, n / 2 + 2, sizeof *parent);
	for (int y = 0; y < p->h; y++)
		for (int x = 0; x < p->w; x++) {
			size_t i = (size_t)y * (size_t)p->w + (size_t)x;
			int left = x > 0 ? label[i - 1] : 0, up = y > 0 ? label[i - (size_t)p->w] : 0;

			if (!p->at[i])
				continue;
			if (!left && !up) {
				parent[next] = next;
				label[i] = next++;
				continue;
			}
			label[i] = left ? left : up;
			if (left && up)
				parent[root(parent, left)] = root(parent, up);
		}
	for (int i = 1; i < next; i++)
		if (parent[i] == i)
			parent[i] = -++count;
	for (int i = 1; i < next; i++) {
		int at = i;

		while (parent[at] > 0)
			at = parent[at];
		if (at != i)
			parent[i] = parent[at];
	}
	for (size_t i = 0; i < n; i++)
		label[i] = label[i] ? -parent[label[i]] : 0;
	*ret_count = count;
	return label;
}

static bool is_ink(const struct scan_red *red, int x, int y)
{
	return x >= 0 && y >= 0 && x < red->strength.w && y < red->strength.h &&
	       scan_plane_row(&red->strength, y)[x] >= red->threshold;
}

static bool is_border(const struct scan_red *red, int x, int y)
{
	return is_ink(red, x, y) &&
	       !(is_ink(red, x - 1, y) && is_ink(red, x + 1, y) && is_ink(red, x, y - 1) && is_ink(red, x, y + 1));
}

static void extend(struct scan_group *g, int x, int y)
{
	if (g->count == 0) {
		g->left = g->right = x;
		g->top = g->bottom = y;
	}
	g->left = x < g->left ? x : g->left;
	g->right = x > g->right ? x : g->right;
	g->top = y < g->top ? y : g->top;
	g->bottom = y > g->bottom ? y : g->bottom;
	g->count++;
}

static int by_count(const void *a, const void *b)
{
	const struct scan_group *p = a, *q = b;

	return (p->count < q->count) - (p->count > q->count);
}

/* The groups that could be stamps, the largest first, with room for their borders.  ret_place: of each label's group
 * from 1, 0 for those left out. */
static void choose(
	struct arena *a, struct scan_red *red, const struct scan_group *all, int count, double side_min, int *ret_place)
{
	struct scan_group *kept = arena_array(a, (size_t)count + 1, sizeof *kept);
	size_t n = 0;

	for (int i = 0; i < count; i++) {
		int w = all[i].right - all[i].left + 1, h = all[i].bottom - all[i].top + 1;

		if (all[i].count == 0 || (w > h ? w : h) < side_min || (w > h ? h : w) < side_min / 3)
			continue;
		kept[n] = all[i];
		kept[n++].label = i;
	}
	qsort(kept, n, sizeof *kept, by_count);
	red->group = kept;
	red->groups = n < GROUPS_MAX ? n : GROUPS_MAX;
	for (size_t i = 0; i < red->groups; i++) {
		kept[i].border = arena_array(a, kept[i].count, sizeof *kept[i].border);
		ret_place[kept[i].label] = (int)i + 1;
	}
}

static void groups(struct arena *a, struct scan_red *red, double per_mm)
{
	struct scan_plane wide = widened(
		a, &red->strength, red->threshold, (int)lround(BRIDGE_MM * per_mm < 1 ? 1 : BRIDGE_MM * per_mm));
	int count, *label = labels(a, &wide, &count), *place = arena_array(a, (size_t)count + 1, sizeof *place);
	struct scan_group *all = arena_array(a, (size_t)count + 1, sizeof *all);
	size_t *used = arena_array(a, (size_t)count + 1, sizeof *used);

	for (int y = 0; y < wide.h; y++)
		for (int x = 0; x < wide.w; x++)
			if (is_border(red, x, y))
				extend(&all[label[(size_t)y * (size_t)wide.w + (size_t)x] - 1], x, y);
	choose(a, red, all, count, MARK_MIN_MM * per_mm, place);
	for (int y = 0; y < wide.h; y++)
		for (int x = 0; x < wide.w; x++) {
			int of = label[(size_t)y * (size_t)wide.w + (size_t)x], group = of ? place[of - 1] : 0;

			if (group && is_border(red, x, y))
				red->group[group - 1].border[used[group]++] = (struct scan_spot){x, y};
		}
}

/* Nothing is red where no paper is, block by block. */
static void clear_desk(struct scan_red *red, const struct scan_map *to_mm, struct scan_part part)
{
	const struct scan_plane *p = &red->strength;

	for (int y = 0; y < p->h; y += BLOCK)
		for (int x = 0; x < p->w; x += BLOCK) {
			struct scan_point mm = scan_map_at(
				to_mm, (struct scan_point){(x + BLOCK / 2) * red->by, (y + BLOCK / 2) * red->by});

			if (mm.x > part.first.x - DESK_MM && mm.y > part.first.y - DESK_MM &&
				mm.x < part.last.x + DESK_MM && mm.y < part.last.y + DESK_MM)
				continue;
			for (int row = y; row < y + BLOCK && row < p->h; row++)
				memset(scan_plane_row(p, row) + x, 0, (size_t)(x + BLOCK < p->w ? BLOCK : p->w - x));
		}
}

void scan_red_find(struct scan_view *v, double px_per_mm, const struct scan_map *to_mm, struct scan_part part,
	struct scan_red *ret_red)
{
	struct scan_plane p = scan_plane_new(v->arena, v->small[0].w, v->small[0].h);
	double per_mm = px_per_mm / v->by;

	*ret_red = (struct scan_red){.by = v->by};
	strengths(v, per_mm, &p);
	ret_red->strength = p;
	if (per_mm > PX_PER_MM_MAX && p.w > 1 && p.h > 1) {
		scan_plane_reduce(&p, 2, &ret_red->strength);
		ret_red->by *= 2;
		per_mm /= 2;
	}
	clear_desk(ret_red, to_mm, part);
	ret_red->threshold = threshold_of(&ret_red->strength);
	groups(v->arena, ret_red, per_mm);
}

double scan_red_at(const struct scan_red *red, struct scan_point p)
{
	double x = p.x / red->by - 0.5, y = p.y / red->by - 0.5, fx, fy;
	int left = (int)floor(x), top = (int)floor(y);
	const unsigned char *at;

	if (!(x >= 0 && y >= 0) || left + 1 >= red->strength.w || top + 1 >= red->strength.h)
		return 0;
	fx = x - left;
	fy = y - top;
	at = scan_plane_row(&red->strength, top) + left;
	return (at[0] * (1 - fx) + at[1] * fx) * (1 - fy) +
	       (at[red->strength.w] * (1 - fx) + at[red->strength.w + 1] * fx) * fy;
}
