#include "io/scan_light.h"

#include <math.h>
#include <string.h>

/* Of one field, and how much of its lightest counts as paper. */
#define FIELD_MM 2.5
#define PAPER_SHARE 0.85
/* A field whose lightest is coloured otherwise than most, or much darker, is all ink. */
#define TINT_OFF 0.1
#define DARK_SHARE 0.55

enum { LIGHTEST = 96, LOWEST = -30 };

struct cell {
	double level[3];
	bool paper;
};

struct scan_light {
	const struct scan_plane *plane[3];
	struct arena *a;
	int across, down;
	double side; /* pixels of one field */
	struct cell *cell;
};

static struct cell *cell_at(const struct scan_light *l, int x, int y)
{
	x = x < 0 ? 0 : x >= l->across ? l->across - 1 : x;
	y = y < 0 ? 0 : y >= l->down ? l->down - 1 : y;
	return &l->cell[y * l->across + x];
}

/* What is about as light as the lightest of green in a field: ink of all kinds swallows green. */
static void measure(struct scan_light *l, int cx, int cy)
{
	struct cell *cell = cell_at(l, cx, cy);
	int left = (int)(cx * l->side), top = (int)(cy * l->side), right = (int)((cx + 1) * l->side),
	    bottom = (int)((cy + 1) * l->side), count[256] = {0}, n = 0, level = 0, sum = 0;
	double all = 0;

	right = right > l->plane[0]->w ? l->plane[0]->w : right;
	bottom = bottom > l->plane[0]->h ? l->plane[0]->h : bottom;
	for (int y = top; y < bottom; y++)
		for (int x = left; x < right; x++, n++)
			count[scan_plane_row(l->plane[1], y)[x]]++;
	while (level < 255 && (sum += count[level]) * 100 < n * LIGHTEST)
		level++;
	for (int y = top; y < bottom; y++)
		for (int x = left; x < right; x++) {
			if (scan_plane_row(l->plane[1], y)[x] < level * PAPER_SHARE)
				continue;
			for (int c = 0; c < 3; c++)
				cell->level[c] += scan_plane_row(l->plane[c], y)[x];
			all++;
		}
	for (int c = 0; c < 3; c++)
		cell->level[c] = fmax(all > 0 ? cell->level[c] / all : 0, 4);
}

/* The middle one of the tints of the lighter half, as a share of green. */
static double tint(const struct scan_light *l, int colour)
{
	int count[300] = {0}, light[256] = {0}, n = l->across * l->down, half = 255, sum = 0, i = 0;

	for (int k = 0; k < n; k++)
		light[(int)l->cell[k].level[1]]++;
	while (half > 0 && (sum += light[half]) < n / 2)
		half--;
	sum = 0;
	for (int k = 0; k < n; k++) {
		int t = (int)(l->cell[k].level[colour] / l->cell[k].level[1] * 100);

		if (l->cell[k].level[1] >= half) {
			count[t > 299 ? 299 : t]++;
			sum++;
		}
	}
	for (int below = 0; i < 299 && (below += count[i]) * 2 < sum;)
		i++;
	return (i + 0.5) / 100;
}

static double near_level(const struct scan_light *l, int x, int y)
{
	double most = 0;

	for (int dy = -2; dy <= 2; dy++)
		for (int dx = -2; dx <= 2; dx++)
			most = fmax(most, cell_at(l, x + dx, y + dy)->level[1]);
	return most;
}

static void judge(struct scan_light *l)
{
	double red = tint(l, 0), blue = tint(l, 2);

	for (int y = 0; y < l->down; y++)
		for (int x = 0; x < l->across; x++) {
			struct cell *c = cell_at(l, x, y);

			c->paper = fabs(c->level[0] / c->level[1] / red - 1) < TINT_OFF &&
				   fabs(c->level[2] / c->level[1] / blue - 1) < TINT_OFF &&
				   c->level[1] > DARK_SHARE * near_level(l, x, y);
		}
}

/* Fields of ink get the light of the paper around them, from the outside inwards. */
static void fill(struct scan_light *l)
{
	size_t n = (size_t)l->across * (size_t)l->down;
	struct cell *old = arena_array(l->a, n, sizeof *old);
	bool more = true;

	for (int round = 0; more && round < l->across + l->down; round++) {
		more = false;
		memcpy(old, l->cell, n * sizeof *old);
		for (int y = 0; y < l->down; y++)
			for (int x = 0; x < l->across; x++) {
				struct cell *c = cell_at(l, x, y);
				double sum[3] = {0};
				int found = 0;

				for (int i = 0; i < 9 && !c->paper; i++) {
					int nx = x + i % 3 - 1, ny = y + i / 3 - 1;

					if (nx < 0 || ny < 0 || nx >= l->across || ny >= l->down ||
						!old[ny * l->across + nx].paper)
						continue;
					for (int k = 0; k < 3; k++)
						sum[k] += old[ny * l->across + nx].level[k];
					found++;
				}
				more |= !c->paper;
				for (int k = 0; k < 3 && found; k++)
					c->level[k] = sum[k] / found;
				c->paper |= found > 0;
			}
	}
}

static void even(struct scan_light *l)
{
	size_t n = (size_t)l->across * (size_t)l->down;
	struct cell *new = arena_array(l->a, n, sizeof *new);

	for (int y = 0; y < l->down; y++)
		for (int x = 0; x < l->across; x++)
			for (int k = 0; k < 3; k++) {
				double sum = 0;

				for (int i = 0; i < 9; i++)
					sum += cell_at(l, x + i % 3 - 1, y + i / 3 - 1)->level[k];
				new[y * l->across + x].level[k] = log(sum / 9);
			}
	l->cell = new;
}

struct scan_light *scan_light_of(struct arena *a, const struct scan_plane *red, const struct scan_plane *green,
	const struct scan_plane *blue, double px_per_mm)
{
	struct scan_light *l = arena_alloc(a, sizeof *l);

	*l = (struct scan_light){.plane = {red, green, blue}, .a = a, .side = fmax(FIELD_MM * px_per_mm, 4)};
	l->across = (int)ceil(red->w / l->side);
	l->down = (int)ceil(red->h / l->side);
	l->cell = arena_array(a, (size_t)l->across * (size_t)l->down, sizeof *l->cell);
	for (int y = 0; y < l->down; y++)
		for (int x = 0; x < l->across; x++)
			measure(l, x, y);
	judge(l);
	fill(l);
	even(l);
	return l;
}

/* The light of a row of pixels in the middle of each field, and of one more field on both sides. */
static void light_of_row(const struct scan_light *l, int colour, int y, double *ret_light)
{
	double v = (y + 0.5) / l->side - 0.5, down = v - floor(v);

	for (int x = -1; x <= l->across; x++)
		*ret_light++ = cell_at(l, x, (int)floor(v))->level[colour] * (1 - down) +
			       cell_at(l, x, (int)floor(v) + 1)->level[colour] * down;
}

void scan_light_density(const struct scan_light *light, int colour, int most, int16_t *ret_density)
{
	const struct scan_plane *p = light->plane[colour];
	double level[256], *lit = arena_array(light->a, (size_t)light->across + 2, sizeof *lit);

	for (int v = 0; v < 256; v++)
		level[v] = log(v < 4 ? 4 : v);
	for (int y = 0; y < p->h; y++) {
		const unsigned char *row = scan_plane_row(p, y);

		light_of_row(light, colour, y, lit);
		for (int x = 0; x < p->w; x++) {
			double u = (x + 0.5) / light->side + 0.5; /* in fields, from the one on the left of all */
			int field = (int)u;
			double right = u - field, d = lit[field] * (1 - right) + lit[field + 1] * right;

			d = 100 * (d - level[row[x]]);
			*ret_density++ = (int16_t)(d < LOWEST ? LOWEST : d > most ? most : d);
		}
	}
}
