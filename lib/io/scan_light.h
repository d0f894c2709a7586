#ifndef IO_SCAN_LIGHT_H
#define IO_SCAN_LIGHT_H

#include <stdint.h>

#include "io/scan_plane.h"

/* The light that falls on a piece of paper, seen beside the ink that is on it: shadows, lamps and the paper's own colour go
 * out of account. */

struct scan_light;

/* red, green, blue: borrowed as long as the result. */
struct scan_light *scan_light_of(struct arena *a, const struct scan_plane *red, const struct scan_plane *green,
	const struct scan_plane *blue, double px_per_mm);

/* How much of a colour (0 red, 1 green, 2 blue) each pixel swallows: hundredths of the natural logarithm, 0 paper, at most
 * most; a little below 0 where it is lighter than paper. */
void scan_light_density(const struct scan_light *light, int colour, int most, int16_t *ret_density);

#endif
