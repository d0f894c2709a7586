#include "io/image_png.h"

#include <leptonica/allheaders.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "io/image_child.h"

enum { CHUNK_MAX = 1 << 20 };

/* Where the rows go: sums of reduce × reduce pixels, which always fit 16 bits. */
struct small {
	int whole_width, whole_height;
	int left, top, width, height; /* of what is kept */
	int reduce, out_width, out_height;
	int in_channels, channels; /* 1 to 4 come, 1 or 3 are kept */
	uint16_t *sum;
};

struct source {
	struct bytes in;
	size_t at;
	int broken_status;
};

static void give(png_structp png, png_bytep to, size_t n)
{
	struct source *s = png_get_io_ptr(png);

	if (n > s->in.len - s->at)
		image_leave(s->broken_status);
	memcpy(to, s->in.at + s->at, n);
	s->at += n;
}

static void broken(png_structp png, png_const_charp why)
{
	(void)why;
	image_leave(((struct source *)png_get_error_ptr(png))->broken_status);
}

static void not_so_bad(png_structp png, png_const_charp why)
{
	(void)png;
	(void)why;
}

/* One row of a pass: its pixels stand every `step`th column, from `first` on. */
static void add_row(struct small *s, const unsigned char *row, int y, int first, int step)
{
	uint16_t *line = s->sum + (size_t)((y - s->top) / s->reduce) * (size_t)s->out_width * (size_t)s->channels;
	bool alpha = s->in_channels == 2 || s->in_channels == 4;
	int right = s->left + s->width, x = first;

	if (y < s->top || y >= s->top + s->height)
		return;
	for (; x < s->left; x += step)
		row += s->in_channels;
	for (; x < right; x += step, row += s->in_channels) {
		uint16_t *to = line + (x - s->left) / s->reduce * s->channels;
		unsigned a = alpha ? row[s->in_channels - 1] : 255;

		for (int k = 0; k < s->channels; k++)
			to[k] = (uint16_t)(to[k] + (a == 255 ? row[k] : (row[k] * a + 255 * (255 - a) + 127) / 255));
	}
}

/* The seven passes of an interlaced picture. */
static const struct {
	int x, y, across, down;
} passes[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

static void read_rows(png_structp png, struct small *s, unsigned char *row, bool interlaced)
{
	if (!interlaced) {
		for (int y = 0; y < s->whole_height; y++) {
			png_read_row(png, row, NULL);
			add_row(s, row, y, 0, 1);
		}
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(passes); i++)
		for (int y = passes[i].y; y < s->whole_height && passes[i].x < s->whole_width; y += passes[i].down) {
			png_read_row(png, row, NULL);
			add_row(s, row, y, passes[i].x, passes[i].across);
		}
}

static PIX *finish(const struct small *s)
{
	PIX *p = pixCreateNoInit(s->out_width, s->out_height, s->channels == 1 ? 8 : 32);
	const uint16_t *from = s->sum;

	for (int y = 0; p && y < s->out_height; y++) {
		uint32_t *line = pixGetData(p) + (size_t)y * (size_t)pixGetWpl(p);
		int down = y == s->out_height - 1 ? s->height - y * s->reduce : s->reduce;

		for (int x = 0; x < s->out_width; x++, from += s->channels) {
			int across = x == s->out_width - 1 ? s->width - x * s->reduce : s->reduce;
			int n = down * across, half = n / 2;

			if (s->channels == 1)
				SET_DATA_BYTE(line, x, (l_uint8)((from[0] + half) / n));
			else
				composeRGBPixel(
					(from[0] + half) / n, (from[1] + half) / n, (from[2] + half) / n, line + x);
		}
	}
	return p;
}

/* 8 bits a channel, palettes and transparency spelled out. */
static void ask(png_structp png, png_infop info)
{
	png_set_expand(png);
	png_set_scale_16(png);
	png_read_update_info(png, info);
}

static PIX *decode(png_structp png, png_infop info, struct small *s)
{
	unsigned char *row;
	PIX *p = NULL;

	s->out_width = (s->width + s->reduce - 1) / s->reduce;
	s->out_height = (s->height + s->reduce - 1) / s->reduce;
	s->in_channels = png_get_channels(png, info);
	s->channels = s->in_channels < 3 ? 1 : 3;
	row = malloc(png_get_rowbytes(png, info));
	s->sum = calloc((size_t)s->out_width * (size_t)s->out_height * (size_t)s->channels, sizeof *s->sum);
	if (row && s->sum) {
		read_rows(png, s, row, png_get_interlace_type(png, info) == PNG_INTERLACE_ADAM7);
		p = finish(s);
	}
	free(row);
	free(s->sum);
	return p;
}

/* part: NULL for the whole picture. */
static PIX *read_png(struct bytes in, const struct image_png_box *part, int reduce, int broken_status)
{
	struct source source = {in, 0, broken_status};
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, broken, not_so_bad);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	struct small s = {.reduce = reduce};
	PIX *p = NULL;

	if (!info)
		return NULL;
	png_set_read_fn(png, &source, give);
	png_set_chunk_malloc_max(png, CHUNK_MAX);
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1); /* all that is not the picture */
	png_read_info(png, info);
	ask(png, info);
	s.width = s.whole_width = (int)png_get_image_width(png, info);
	s.height = s.whole_height = (int)png_get_image_height(png, info);
	if (part) {
		s.left = part->x;
		s.top = part->y;
		s.width = part->w;
		s.height = part->h;
	}
	if (s.left >= 0 && s.top >= 0 && s.left + s.width <= s.whole_width && s.top + s.height <= s.whole_height)
		p = decode(png, info, &s);
	png_destroy_read_struct(&png, &info, NULL);
	return p;
}

PIX *image_png(struct bytes in, int reduce, int broken_status)
{
	return read_png(in, NULL, reduce, broken_status);
}

PIX *image_png_part(struct bytes in, struct image_png_box part, int broken_status)
{
	return read_png(in, &part, 1, broken_status);
}
