#include "io/scan_ladder.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

/* What one rung of the ladder does with a channel before it is read. */
enum how { SMALL, SMALL_BLURRED, SMALL_BINARY, SMALL_HALF, WHOLE, TILES };

enum { TIME_MS = 700, FOREIGN_RUNGS = 2, TILE_GRID = 3, DARKER = 6, EASY_RUNGS = 2, FINDERS_MAX = 24 };

static const struct rung {
	enum how how;
	enum scan_channel channel;
	bool colour_only;
} ladder[] = {
	{SMALL, SCAN_RED, true},
	{SMALL, SCAN_GREY, false},
	{SMALL_BLURRED, SCAN_RED, false},
	{WHOLE, SCAN_RED, false},
	{SMALL_HALF, SCAN_RED, false},
	{SMALL_BINARY, SCAN_RED, false},
	{TILES, SCAN_RED, false},
	{WHOLE, SCAN_GREY, true},
};

/* Runs of dark and light along a line through the middle of a finder pattern: 1 1 3 1 1, each within a half. */
static bool is_finder(const int run[5])
{
	int total = run[0] + run[1] + run[2] + run[3] + run[4];

	if (total < 10)
		return false;
	for (int i = 0; i < 5; i++) {
		int want = i == 2 ? 3 * total : total;

		if (abs(run[i] * 7 - want) * 2 > want + 7)
			return false;
	}
	return true;
}

/* The same downwards through (x, y), which is dark in the middle of the pattern. */
static bool is_finder_down(const struct scan_plane *p, const struct scan_plane *around, int x, int y, int most)
{
	int run[5] = {0}, from = y;

	for (int way = -1; way <= 1; way += 2)
		for (int part = 2, at = way < 0 ? from : from + 1; part >= 0 && part < 5; at += way) {
			bool dark = at >= 0 && at < p->h &&
				    scan_plane_row(p, at)[x] + DARKER < scan_plane_row(around, at)[x];

			if (at < 0 || at >= p->h || run[part] > most)
				break;
			if (dark == (part % 2 == 0))
				run[part]++;
			else if ((part += way) >= 0 && part < 5)
				run[part]++;
		}
	return is_finder(run);
}

/* About how many corners of codes are on the plane: each is met on as many rows as the half of its middle is high. */
static double finders(struct arena *a, const struct scan_plane *sharp)
{
	struct scan_plane p, around;
	double count = 0;

	scan_plane_blur(a, sharp, 1, &p);
	scan_plane_blur(a, sharp, 24, &around);
	for (int y = 0; y < p.h && count <= FINDERS_MAX; y += 2) {
		const unsigned char *row = scan_plane_row(&p, y), *level = scan_plane_row(&around, y);
		int run[5] = {0};
		bool was = false;

		for (int x = 0; x < p.w; x++) {
			bool dark = row[x] + DARKER < level[x];

			if (dark == was) {
				run[4]++;
				continue;
			}
			/* A dark run has ended: are the last five a pattern? */
			if (was && is_finder(run) &&
				is_finder_down(&p, &around, x - run[4] - run[3] - run[2] / 2 - 1, y, 2 * run[2]))
				count += 2.0 / run[2];
			memmove(run, run + 1, 4 * sizeof *run);
			run[4] = 1;
			was = dark;
		}
	}
	return count;
}

/* Where no corner of a code is, reading in other ways is idle; where very many are, each reading takes long, for all
 * threes of them are tried. */
static bool worth_while(struct arena *a, const struct scan_plane *p)
{
	double count = finders(a, p);

	return count > 0 && count <= FINDERS_MAX;
}

static int64_t cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

struct climb {
	struct scan_view *view;
	struct arena *scratch; /* of one rung */
	int64_t until;
};

/* Reads a plane whose pixel (0, 0) lies at (x, y) of the picture and is `scale` of its pixels wide. */
static bool read_at(
	struct climb *c, const struct scan_plane *p, double x, double y, double scale, struct scan_code *ret_code)
{
	if (!scan_code_read(c->view->arena, p, ret_code))
		return false;
	for (int i = 0; i < 4; i++) {
		ret_code->corner[i].x = x + ret_code->corner[i].x * scale;
		ret_code->corner[i].y = y + ret_code->corner[i].y * scale;
	}
	return true;
}

/* A part twice as large, its contrast stretched. */
static struct scan_plane enlarged(struct arena *a, const struct scan_plane *p, int x0, int y0, int w, int h)
{
	struct scan_plane new = scan_plane_new(a, w * 2 - 1, h * 2 - 1);
	int low = 255, high = 0, span;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int value = scan_plane_row(p, y0 + y)[x0 + x];

			low = value < low ? value : low;
			high = value > high ? value : high;
		}
	span = high > low ? high - low : 1;
	for (int y = 0; y < new.h; y++) {
		const unsigned char *up = scan_plane_row(p, y0 + y / 2) + x0,
				    *down = scan_plane_row(p, y0 + (y + 1) / 2) + x0;
		unsigned char *to = scan_plane_row(&new, y);

		for (int x = 0; x < new.w; x++) {
			int l = x / 2, r = (x + 1) / 2;

			to[x] = (unsigned char)(((up[l] + up[r] + down[l] + down[r]) / 4 - low) * 255 / span);
		}
	}
	return new;
}

/* Overlapping ninths of the page, the upper right one first: there our codes stand. */
static bool read_tiles(struct climb *c, const struct scan_plane *p, struct scan_code *ret_code)
{
	static const int order[TILE_GRID * TILE_GRID] = {2, 6, 0, 8, 1, 5, 3, 7, 4};
	int w = p->w / 2, h = p->h / 2, by = c->view->by;

	for (size_t i = 0; i < ARRAY_LEN(order) && w > 16 && h > 16 && cpu_ms() < c->until; i++) {
		int x = (p->w - w) * (order[i] % TILE_GRID) / (TILE_GRID - 1),
		    y = (p->h - h) * (order[i] / TILE_GRID) / (TILE_GRID - 1);
		struct scan_plane tile;

		arena_reset(c->scratch);
		tile = enlarged(c->scratch, p, x, y, w, h);
		if (read_at(c, &tile, x * by, y * by, by / 2.0, ret_code))
			return true;
	}
	return false;
}

static struct scan_plane binary(struct arena *a, const struct scan_plane *p)
{
	struct scan_plane new = scan_plane_new(a, p->w, p->h);
	int threshold = scan_plane_otsu(p);

	for (size_t i = 0; i < (size_t)p->w * (size_t)p->h; i++)
		new.at[i] = p->at[i] < threshold ? 0 : 255;
	return new;
}

static bool climb(struct climb *c, const struct rung *r, struct scan_code *ret_code)
{
	const struct scan_plane *small = &c->view->small[r->channel];
	int by = c->view->by;
	struct scan_plane p;

	switch (r->how) {
	case SMALL: return read_at(c, small, 0, 0, by, ret_code);
	case SMALL_BLURRED: scan_plane_blur(c->scratch, small, 1, &p); return read_at(c, &p, 0, 0, by, ret_code);
	case SMALL_BINARY: p = binary(c->scratch, small); return read_at(c, &p, 0, 0, by, ret_code);
	case SMALL_HALF:
		if (small->w < 2 || small->h < 2)
			return false;
		p = scan_plane_new(c->scratch, small->w / 2, small->h / 2);
		scan_plane_reduce(small, 2, &p);
		return read_at(c, &p, 0, 0, by * 2.0, ret_code);
	case WHOLE: return by > 1 && read_at(c, scan_view_full(c->view, r->channel), 0, 0, 1, ret_code);
	case TILES: return read_tiles(c, small, ret_code);
	}
	return false;
}

bool scan_ladder(struct scan_view *v, struct scan_code *ret_code)
{
	struct climb c = {v, arena_new(), cpu_ms() + TIME_MS};
	int after_foreign = 0;
	struct scan_code code;

	*ret_code = (struct scan_code){0};
	for (size_t i = 0; i < ARRAY_LEN(ladder) && cpu_ms() < c.until; i++) {
		if (ladder[i].colour_only && !v->colour)
			continue;
		arena_reset(c.scratch);
		if (i == EASY_RUNGS && !ret_code->text && !worth_while(c.scratch, &v->small[SCAN_RED]))
			break;
		if (climb(&c, &ladder[i], &code) && (!ret_code->text || code.ours))
			*ret_code = code;
		if (ret_code->ours || (ret_code->text && after_foreign++ == FOREIGN_RUNGS))
			break;
	}
	arena_free(c.scratch);
	return ret_code->text != NULL;
}
