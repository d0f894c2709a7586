#ifndef IO_SCAN_PLANE_H
#define IO_SCAN_PLANE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Pictures and places inside the reading of scans (scan_page.c and its parts).  A plane is one byte per pixel, rows from
 * the top, without padding.  Places are pixels with the first pixel's middle at 0.5, y down; on paper, millimetres from
 * the top left corner of the upright page. */

struct scan_plane {
	int w, h;
	unsigned char *at;
};

struct scan_point {
	double x, y;
};

/* What lies between two corners. */
struct scan_part {
	struct scan_point first, last;
};

/* A plane seen in perspective: (x, y, 1) times m, divided by the third. */
struct scan_map {
	double m[9];
};

static inline struct scan_plane scan_plane_new(struct arena *a, int w, int h)
{
	return (struct scan_plane){w, h, arena_array(a, (size_t)w, (size_t)h)};
}

static inline unsigned char *scan_plane_row(const struct scan_plane *p, int y)
{
	return p->at + (size_t)y * (size_t)p->w;
}

/* Each pixel the mean of by × by; edges that do not fill one are left out.  ret_small: its at is large enough, and may be
 * that of p. */
void scan_plane_reduce(const struct scan_plane *p, int by, struct scan_plane *ret_small);
/* The mean of (2 × radius + 1)², beyond the edges as at the edge. */
void scan_plane_blur(struct arena *a, const struct scan_plane *p, int radius, struct scan_plane *ret_plane);
/* The threshold between the two heaps of brightness (Otsu), 1 … 255: dark is what lies below it. */
int scan_plane_otsu(const struct scan_plane *p);

struct scan_point scan_map_at(const struct scan_map *map, struct scan_point p);
/* Takes from[i] to to[i].  false: no map does, three of them lie on a line. */
bool scan_map_fit(const struct scan_point from[4], const struct scan_point to[4], struct scan_map *ret_map);
bool scan_map_invert(const struct scan_map *map, struct scan_map *ret_map);

#endif
