#include "io/image_mark.h"

#include <leptonica/allheaders.h>
#include <math.h>

#include "io/image.h"

/* Grey, a quarter opaque: on white and on black alike it is seen, and what is under it can be read. */
enum { QUALITY = 85, GREY = 128, OPAQUE = 70, HEAD = 8, SHIFT = 16 };
#define SLOPE 0.5236 /* thirty degrees, rising to the right */

struct mask {
	int width, height;
	int across, down; /* of one repetition, with the room around it */
	const unsigned char *at;
};

static bool take_mask(struct bytes in, struct mask *ret_mask)
{
	uint32_t size[2] = {0, 0};

	for (int i = 0; in.len > HEAD && i < HEAD; i++)
		size[i / 4] = size[i / 4] << 8 | in.at[i];
	if (size[0] == 0 || size[1] == 0 || size[0] > IMAGE_MASK_SIDE || size[1] > IMAGE_MASK_SIDE ||
		(size_t)size[0] * size[1] > in.len - HEAD)
		return false;
	*ret_mask = (struct mask){
		(int)size[0], (int)size[1], (int)(size[0] + 3 * size[1]), (int)(5 * size[1]), in.at + HEAD};
	return true;
}

static int wrapped(int value, int period)
{
	value %= period;
	return value < 0 ? value + period : value;
}

/* Ink of the endless pattern at a place of its own, every other line shifted by half. */
static unsigned ink_at(const struct mask *m, int u, int v)
{
	int line = (int)floor((double)v / m->down), y = wrapped(v, m->down),
	    x = wrapped(u + (line & 1 ? m->across / 2 : 0), m->across);

	return x < m->width && y < m->height ? m->at[y * m->width + x] : 0;
}

static unsigned blend(unsigned under, unsigned ink)
{
	unsigned a = ink * OPAQUE / 255;

	return (under * (255 - a) + GREY * a) / 255;
}

static void lay_over(PIX *p, const struct mask *m)
{
	int width = pixGetWidth(p), height = pixGetHeight(p), colours = pixGetDepth(p) == 32 ? 4 : 1;
	int along = (int)(cos(SLOPE) * (1 << SHIFT)), aside = (int)(sin(SLOPE) * (1 << SHIFT));

	for (int y = 0; y < height; y++) {
		l_uint32 *line = pixGetData(p) + (size_t)y * (size_t)pixGetWpl(p);
		int64_t u = -(int64_t)y * aside, v = (int64_t)y * along;

		for (int x = 0; x < width; x++, u += along, v += aside) {
			unsigned ink = ink_at(m, (int)(u >> SHIFT), (int)(v >> SHIFT));

			for (int k = 0; ink && k < (colours == 4 ? 3 : 1); k++)
				SET_DATA_BYTE(line, x * colours + k,
					(l_uint8)blend(GET_DATA_BYTE(line, x * colours + k), ink));
		}
	}
}

bool image_mark_over(struct bytes in, unsigned char **ret_jpeg, size_t *ret_n)
{
	struct mask m;
	size_t n;
	PIX *p;

	if (!take_mask(in, &m))
		return false;
	n = HEAD + (size_t)m.width * (size_t)m.height;
	p = pixReadMemJpeg(in.at + n, in.len - n, 0, 1, NULL, 0);
	if (!p || (pixGetDepth(p) != 8 && pixGetDepth(p) != 32))
		return false;
	pixSetText(p, NULL);
	pixSetResolution(p, 0, 0);
	lay_over(p, &m);
	return pixWriteMemJpeg(ret_jpeg, ret_n, p, QUALITY, 0) == 0;
}
