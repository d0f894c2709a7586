#include "io/image_decode.h"

#include <leptonica/allheaders.h>
#include <string.h>

#include "io/file.h"
#include "io/image.h"
#include "io/image_child.h"

enum { LARGE_PIXELS = 16000000 };

/* Decode at most twice as large as wanted; how many times smaller than it is. */
static PIX *decode(struct bytes in, const struct sniff *s, int *ret_reduce)
{
	int64_t side = s->width > s->height ? s->width : s->height;
	int reduce = 1;

	if (s->kind == SNIFF_PNG) {
		*ret_reduce = side >= 2 * IMAGE_SIDE ? (int)(side / IMAGE_SIDE) : 1;
		return image_png(in, *ret_reduce, IMAGE_CHILD_BROKEN);
	}
	while (reduce < 8 && side / (reduce * 2) >= IMAGE_SIDE)
		reduce *= 2;
	*ret_reduce = reduce;
	return pixReadMemJpeg(in.at, in.len, 0, reduce, NULL, 0); /* libjpeg leaves out what is not needed */
}

PIX *image_step(PIX *old, PIX *new)
{
	if (old != new)
		pixDestroy(&old);
	return new;
}

/* EXIF says how the camera was held. */
static const struct {
	bool mirror;
	int quarters; /* clockwise, after mirroring left and right */
} held[] = {{0, 0}, {0, 0}, {1, 0}, {0, 2}, {1, 2}, {1, 3}, {0, 1}, {1, 1}, {0, 3}};

static PIX *turn(PIX *p, int orientation)
{
	if (held[orientation].mirror)
		p = image_step(p, pixFlipLR(NULL, p));
	return p && held[orientation].quarters ? image_step(p, pixRotateOrth(p, held[orientation].quarters)) : p;
}

void image_as_stored(const struct sniff *s, int w, int h, double *x, double *y)
{
	for (int i = 0; i < held[s->orientation].quarters; i++) {
		double old = *x;
		int swap = w;

		*x = *y;
		*y = w - old;
		w = h;
		h = swap;
	}
	if (held[s->orientation].mirror)
		*x = w - *x;
}

/* Only colours, without text, profile or resolution of the original. */
static PIX *plain(PIX *p)
{
	p = image_step(p, pixConvertTo8Or32(p, L_CLONE, 0));
	if (p) {
		pixSetText(p, NULL);
		pixSetResolution(p, 0, 0);
	}
	return p;
}

int image_decode(struct bytes in, struct sniff *ret_sniff, PIX **ret_pix, int *ret_reduce)
{
	PIX *p;

	sniff(in.at, in.len, ret_sniff);
	if (ret_sniff->fault && strcmp(ret_sniff->fault, "too_large_picture") == 0)
		return IMAGE_CHILD_LARGE;
	if (ret_sniff->fault || (ret_sniff->kind != SNIFF_JPEG && ret_sniff->kind != SNIFF_PNG))
		return IMAGE_CHILD_BROKEN;
	p = decode(in, ret_sniff, ret_reduce);
	if (!p && ret_sniff->width * ret_sniff->height > LARGE_PIXELS)
		return IMAGE_CHILD_LARGE; /* no memory for that many with these colours */
	if (p)
		p = plain(p);
	if (p)
		p = turn(p, ret_sniff->orientation);
	*ret_pix = p;
	return p ? 0 : IMAGE_CHILD_BROKEN;
}

PIX *image_decode_part(struct bytes in, const struct sniff *s, struct image_png_box part, int *ret_reduce)
{
	PIX *p = NULL;
	BOX *box;

	*ret_reduce = 1;
	if (s->kind == SNIFF_PNG)
		return image_png_part(in, part, IMAGE_CHILD_BROKEN);
	for (int reduce = 1; reduce <= 2 && !p; reduce++) {
		p = pixReadMemJpeg(in.at, in.len, 0, reduce, NULL, 0);
		*ret_reduce = reduce;
	}
	if (!p)
		return NULL;
	box = boxCreate(part.x / *ret_reduce, part.y / *ret_reduce, part.w / *ret_reduce, part.h / *ret_reduce);
	p = image_step(p, pixClipRectangle(p, box, NULL));
	boxDestroy(&box);
	return p ? plain(p) : NULL;
}

bool image_send(unsigned char kind, const void *bytes, size_t n)
{
	unsigned char head[IMAGE_PART_HEAD] = {
		kind, (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};

	return file_put(1, head, sizeof head) && file_put(1, bytes, n);
}
