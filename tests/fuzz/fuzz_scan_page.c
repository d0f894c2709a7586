#include <leptonica/allheaders.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "io/json.h"
#include "io/json_out.h"
#include "io/scan_corner.h"
#include "io/scan_ink.h"
#include "io/scan_page.h"

/* Any picture as a page: width, height, how large each of its pixels is drawn, then pixels of one byte, the lower half of
 * the palette grey, the upper reds.  What was seen keeps the bounds of scan_shape.  Then the same as an imprint page: marks are
 * looked for at a place that the pixels say, and the picture taken for the straightened box. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { HEAD = 4, SIDE_MAX = 64, SCALE_MAX = 5 };

static void must(bool good)
{
	if (!good)
		abort();
}

static void keeps_bounds(struct arena *a, const struct scan *scan)
{
	struct scan back = {0};
	struct faults faults;
	struct json_out j;
	struct str text;
	const char *say;

	str_init(&text, a);
	faults_init(&faults, a);
	json_begin(&j, &text);
	json_shape(&j, NULL, &scan_shape, scan);
	must(json_read(text.at, text.len, &scan_shape, &back, &faults, &say) == ERR_OK);
}

static PIX *picture(const uint8_t *bytes, size_t n)
{
	int w = bytes[0] % SIDE_MAX + 1, h = bytes[1] % SIDE_MAX + 1, scale = bytes[2] % SCALE_MAX + 1;
	PIX *pix = pixCreate(w * scale, h * scale, bytes[3] & 1 ? 8 : 32);

	for (int y = 0; pix && y < h * scale; y++)
		for (int x = 0; x < w * scale; x++) {
			uint32_t v = bytes[HEAD + (size_t)(y / scale * w + x / scale) % (n - HEAD)];

			if (bytes[3] & 1)
				pixSetPixel(pix, x, y, v);
			else if (v < 128)
				pixSetPixel(pix, x, y, v * 0x02020200u);
			else
				pixSetPixel(pix, x, y, 0xd0000000u | (v & 127) << 17 | (v & 127) << 9);
		}
	return pix;
}

static void find_marks(struct arena *a, PIX *pix, const uint8_t *bytes)
{
	struct scan_corners corners;
	struct scan_place place;
	struct scan_view view;
	struct scan_map map;

	scan_view_init(&view, a, pix);
	scan_place_find(&view, &place);
	scan_corner_find(&view, &place, (struct scan_point){bytes[0] * 210 / 256.0, bytes[1] * 297 / 256.0}, &corners);
	must(corners.seen >= 0 && corners.seen <= SCAN_CORNERS);
	scan_corner_refine(scan_view_full(&view, SCAN_RED), &corners);
	must(corners.seen >= 0 && corners.seen <= SCAN_CORNERS);
	for (int i = 0; i < SCAN_CORNERS && scan_corner_map(&corners, &map); i++)
		must(isfinite(corners.at[i].x) && isfinite(corners.at[i].y));
}

static void take_ink(struct arena *a, PIX *pix, const uint8_t *bytes)
{
	struct scan_ink ink;
	struct scan_view view;
	struct scan_ink_in in = {.px_per_mm = bytes[2] / 16.0 + 1,
		.grain = bytes[0] / 32.0 + 0.5,
		.pen = bytes[1] & 1,
		.all = bytes[1] & 2};

	scan_view_init(&view, a, pix);
	in.red = *scan_view_full(&view, SCAN_RED);
	in.green = *scan_view_full(&view, SCAN_GREEN);
	in.blue = *scan_view_full(&view, SCAN_BLUE);
	scan_ink_take(a, &in, &ink);
	must(ink.w == 0 || (ink.x >= 0 && ink.y >= 0 && ink.w > 0 && ink.h > 0 && ink.x + ink.w <= in.red.w &&
				   ink.y + ink.h <= in.red.h));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct scan scan;
	PIX *pix;

	if (n <= HEAD)
		return 0;
	pix = picture(bytes, n);
	must(pix != NULL);
	scan_page(a, pix, &scan);
	keeps_bounds(a, &scan);
	find_marks(a, pix, bytes);
	take_ink(a, pix, bytes);
	pixDestroy(&pix);
	return 0;
}
