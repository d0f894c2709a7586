#include "io/scan_view.h"

#include <leptonica/allheaders.h>
#include <stdint.h>
#include <string.h>

/* More of the darkest than of the brightest is left out: most of a page is paper, but a desk may lie around it. */
enum { WHITE_PERCENT = 80 };

static unsigned grey_of(unsigned r, unsigned g, unsigned b)
{
	return (r * 77 + g * 151 + b * 28) >> 8;
}

static const uint32_t *pix_row(const struct scan_view *v, int y)
{
	return pixGetData(v->pix) + (size_t)y * (size_t)pixGetWpl(v->pix);
}

static void small_colours(struct scan_view *v)
{
	unsigned by = (unsigned)v->by, area = by * by;
	int w = v->small[0].w, h = v->small[0].h;

	for (int y = 0; y < h; y++) {
		unsigned char *to[SCAN_CHANNELS];

		for (int c = 0; c < SCAN_CHANNELS; c++)
			to[c] = scan_plane_row(&v->small[c], y);
		for (int x = 0; x < w; x++) {
			unsigned r = area / 2, g = r, b = r;

			for (unsigned row = 0; row < by; row++) {
				const uint32_t *from = pix_row(v, y * v->by + (int)row) + x * v->by;

				for (unsigned column = 0; column < by; column++) {
					r += from[column] >> L_RED_SHIFT & 255;
					g += from[column] >> L_GREEN_SHIFT & 255;
					b += from[column] >> L_BLUE_SHIFT & 255;
				}
			}
			r /= area;
			g /= area;
			b /= area;
			to[SCAN_RED][x] = (unsigned char)r;
			to[SCAN_GREEN][x] = (unsigned char)g;
			to[SCAN_BLUE][x] = (unsigned char)b;
			to[SCAN_GREY][x] = (unsigned char)grey_of(r, g, b);
		}
	}
}

static void full_channel(struct scan_view *v, enum scan_channel channel, struct scan_plane *p)
{
	for (int y = 0; y < v->h; y++) {
		const uint32_t *from = pix_row(v, y);
		unsigned char *to = scan_plane_row(p, y);

		for (int x = 0; x < v->w; x++) {
			unsigned r = from[x] >> L_RED_SHIFT & 255, g = from[x] >> L_GREEN_SHIFT & 255,
				 b = from[x] >> L_BLUE_SHIFT & 255;

			to[x] = (unsigned char)(channel == SCAN_RED	? r
						: channel == SCAN_GREEN ? g
						: channel == SCAN_BLUE	? b
									: grey_of(r, g, b));
		}
	}
}

static void full_grey(struct scan_view *v, struct scan_plane *p)
{
	for (int y = 0; y < v->h; y++) {
		l_uint32 *from = pixGetData(v->pix) + (size_t)y * (size_t)pixGetWpl(v->pix);
		unsigned char *to = scan_plane_row(p, y);

		for (int x = 0; x < v->w; x++)
			to[x] = (unsigned char)GET_DATA_BYTE(from, x);
	}
}

const struct scan_plane *scan_view_full(struct scan_view *v, enum scan_channel channel)
{
	struct scan_plane *p = &v->full[v->colour ? channel : SCAN_GREY];

	if (p->at)
		return p;
	*p = scan_plane_new(v->arena, v->w, v->h);
	if (v->colour)
		full_channel(v, channel, p);
	else
		full_grey(v, p);
	return p;
}

static int white_of(const struct scan_plane *p)
{
	size_t count[256] = {0}, total = (size_t)p->w * (size_t)p->h, sum = 0;
	int level = 0;

	for (size_t i = 0; i < total; i++)
		count[p->at[i]]++;
	while (level < 255 && (sum += count[level]) <= total * WHITE_PERCENT / 100)
		level++;
	return level > 0 ? level : 1;
}

/* The colour of what is about as bright as paper: shade changes how much light falls on it, not its colour, and a desk
 * that is darker has no say. */
static void paper_colour(struct scan_view *v)
{
	const struct scan_plane *grey = &v->small[SCAN_GREY];
	int white = v->white[SCAN_GREY], low = white * 9 / 10, high = white * 11 / 10;
	uint64_t sum[SCAN_CHANNELS] = {0};

	for (size_t i = 0; i < (size_t)grey->w * (size_t)grey->h; i++) {
		if (grey->at[i] < low || grey->at[i] > high)
			continue;
		for (int c = 0; c < SCAN_CHANNELS; c++)
			sum[c] += v->small[c].at[i];
	}
	for (int c = SCAN_RED; c < SCAN_GREY && sum[SCAN_GREY] > 0; c++)
		v->white[c] = (int)(sum[c] * (uint64_t)white / sum[SCAN_GREY]);
	for (int c = 0; c < SCAN_CHANNELS; c++)
		v->white[c] = v->white[c] < 1 ? 1 : v->white[c];
}

void scan_view_init(struct scan_view *v, struct arena *a, void *pix)
{
	int side;

	memset(v, 0, sizeof *v);
	v->arena = a;
	v->pix = pix;
	v->w = pixGetWidth(pix);
	v->h = pixGetHeight(pix);
	v->colour = pixGetDepth(pix) == 32;
	side = v->w > v->h ? v->w : v->h;
	v->by = (side + SCAN_VIEW_SIDE / 2) / SCAN_VIEW_SIDE;
	if (v->by < 1 || v->w < v->by || v->h < v->by)
		v->by = 1;
	for (int c = 0; c < SCAN_CHANNELS && v->colour; c++)
		v->small[c] = scan_plane_new(a, v->w / v->by, v->h / v->by);
	if (v->colour) {
		small_colours(v);
	} else {
		struct scan_plane small = scan_plane_new(a, v->w / v->by, v->h / v->by);

		scan_plane_reduce(scan_view_full(v, SCAN_GREY), v->by, &small);
		for (int c = 0; c < SCAN_CHANNELS; c++)
			v->small[c] = small;
	}
	v->white[SCAN_GREY] = white_of(&v->small[SCAN_GREY]);
	v->white[SCAN_RED] = v->white[SCAN_GREEN] = v->white[SCAN_BLUE] = v->white[SCAN_GREY];
	if (v->colour)
		paper_colour(v);
}
