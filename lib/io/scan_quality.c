#include "io/scan_quality.h"

#include <stdint.h>
#include <stdlib.h>

/* Colour is a channel this far from another, with the paper's own colour taken out; ink is this much darker than its
 * surroundings. Shares are of 100 000 pixels. */
enum { COLOUR = 44, COLOUR_SHARE = 30, INK = 30, INK_SHARE = 40, EDGE_CONTRAST = 70, ROWS = 500, REACH_MM_TENTHS = 6 };

/* An edge that takes 0.15 mm from dark to light is as sharp as print; at 0.5 mm strokes of small print run together. */
#define SHARPEST_MM 0.15
enum { WIDTHS = 400 }; /* hundredths of a millimetre */

static bool is_grey(const struct scan_view *v)
{
	const struct scan_plane *c = v->small;
	size_t total = (size_t)c->w * (size_t)c->h, count = 0;

	for (size_t i = 0; v->colour && i < total; i++) {
		int r = c[SCAN_RED].at[i] * 240 / v->white[SCAN_RED],
		    g = c[SCAN_GREEN].at[i] * 240 / v->white[SCAN_GREEN],
		    b = c[SCAN_BLUE].at[i] * 240 / v->white[SCAN_BLUE];
		int most = r > g ? r : g, least = r < g ? r : g;

		most = b > most ? b : most;
		least = b < least ? b : least;
		count += most - least >= COLOUR;
	}
	return count * 100000 <= total * COLOUR_SHARE;
}

static bool is_blank(const struct scan_view *v, struct arena *scratch)
{
	const struct scan_plane *p = &v->small[SCAN_GREY];
	struct scan_plane around;
	size_t total = (size_t)p->w * (size_t)p->h, count = 0;

	scan_plane_blur(scratch, p, 12, &around);
	for (size_t i = 0; i < total; i++)
		count += p->at[i] + INK < around.at[i];
	return count * 100000 <= total * INK_SHARE;
}

/* Along one row: how wide each strong step is, counted by hundredths of a millimetre. */
static void edges(const unsigned char *row, int w, int reach, double px_per_mm, uint32_t *count)
{
	for (int x = reach; x < w - reach; x++) {
		int step = abs(row[x + 1] - row[x - 1]), low = 255, high = 0, width;

		if (step < 12 || step < abs(row[x] - row[x - 2]) || step < abs(row[x + 2] - row[x]))
			continue;
		for (int i = x - reach; i <= x + reach; i++) {
			low = row[i] < low ? row[i] : low;
			high = row[i] > high ? row[i] : high;
		}
		if (high - low < EDGE_CONTRAST)
			continue;
		width = (int)((high - low) * 2 / (step * px_per_mm) * 100);
		count[width < WIDTHS ? width : WIDTHS - 1]++;
		x += reach / 2;
	}
}

static int64_t sharpness(struct scan_view *v, double px_per_mm)
{
	const struct scan_plane *p = scan_view_full(v, SCAN_GREY);
	int reach = (int)(px_per_mm * REACH_MM_TENTHS / 10) + 2, every = p->h / ROWS + 1, at = 0;
	uint32_t count[WIDTHS] = {0}, total = 0, sum = 0;

	for (int y = every / 2; y < p->h; y += every)
		edges(scan_plane_row(p, y), p->w, reach, px_per_mm, count);
	for (int i = 0; i < WIDTHS; i++)
		total += count[i];
	if (total < 20)
		return 0;
	while (at < WIDTHS - 1 && (uint64_t)(sum += count[at]) * 100 < (uint64_t)total * 40)
		at++;
	at = (int)(SHARPEST_MM * 1e4 / (at + 1));
	return at > 100 ? 100 : at;
}

void scan_quality(struct scan_view *v, double px_per_mm, struct scan *ret_scan)
{
	struct arena *scratch = arena_new();

	ret_scan->grey = is_grey(v);
	ret_scan->blank = is_blank(v, scratch);
	ret_scan->light = v->white[SCAN_GREY] * 100 / 255;
	ret_scan->sharpness = sharpness(v, px_per_mm);
	arena_free(scratch);
}
