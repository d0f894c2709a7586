#include <leptonica/allheaders.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "io/json.h"
#include "io/json_out.h"
#include "io/scan_page.h"

/* Any picture as a page: width, height, how large each of its pixels is drawn, then pixels of one byte, the lower half of
 * the palette grey, the upper reds.  What was seen keeps the bounds of scan_shape. */

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
	pixDestroy(&pix);
	return 0;
}
