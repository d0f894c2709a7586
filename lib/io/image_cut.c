#include "io/image_cut.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/image_child.h"
#include "io/image_decode.h"
#include "io/image_imprint.h"
#include "io/json_out.h"
#include "io/scan_corner.h"
#include "io/scan_ink.h"

#define BOX_MM (IMPRINT_BOX / 10.0)
#define PX_PER_MM (IMPRINT_DPI / 25.4)
/* Around the middles of the marks: half a mark, and where its edges are looked for. */
#define ROUND_MM 6.5

enum { FAR = 1000000, DPI_MAX = 2400, QUALITY = 88, MARGIN = 10, SIDE = 1654, PHASES = 64, INK = 128 };

static const struct field corner_fields[] = {
	INT(struct image_cut_corner, x, "x", -FAR, FAR),
	INT(struct image_cut_corner, y, "y", -FAR, FAR),
};
static const struct shape corner_shape = SHAPE(struct image_cut_corner, corner_fields);

static const struct field place_fields[] = {
	BOOL(struct image_cut_place, code, "code"),
	LIST(struct image_cut_place, corners, "corners", 0, IMAGE_CUT_CORNERS, &corner_shape),
};
const struct shape image_cut_place_shape = SHAPE(struct image_cut_place, place_fields);

static const struct field found_fields[] = {
	INT(struct image_cut_found, x, "x", 0, IMPRINT_BOX),
	INT(struct image_cut_found, y, "y", 0, IMPRINT_BOX),
	INT(struct image_cut_found, w, "w", 0, IMPRINT_BOX),
	INT(struct image_cut_found, h, "h", 0, IMPRINT_BOX),
	INT(struct image_cut_found, dpi, "dpi", 0, DPI_MAX),
	INT(struct image_cut_found, marks, "marks", 0, IMAGE_CUT_CORNERS),
	BOOL(struct image_cut_found, cut, "cut"),
	BOOL(struct image_cut_found, other, "other"),
};
const struct shape image_cut_found_shape = SHAPE(struct image_cut_found, found_fields);

/* The numbers before the picture.  false: there are not as many. */
static bool take_numbers(struct bytes *in, int32_t *ret, size_t n)
{
	if (in->len < 4 * n)
		return false;
	for (size_t i = 0; i < n; i++, in->at += 4, in->len -= 4)
		ret[i] = (int32_t)((uint32_t)in->at[0] << 24 | (uint32_t)in->at[1] << 16 | (uint32_t)in->at[2] << 8 |
				   in->at[3]);
	return true;
}

static int send_shape(struct arena *a, unsigned char kind, const struct shape *shape, const void *base)
{
	struct json_out j;
	struct str text;

	str_init(&text, a);
	json_begin(&j, &text);
	json_shape(&j, NULL, shape, base);
	return image_send(kind, text.at, text.len) ? 0 : IMAGE_CHILD_CANNOT;
}

/* --- where the box is --- */

static int64_t part_of(double px)
{
	return px < -FAR / IMAGE_CUT_PARTS ? -FAR : px > FAR / IMAGE_CUT_PARTS ? FAR : llround(px * IMAGE_CUT_PARTS);
}

int image_cut_place(struct bytes in)
{
	struct image_cut_corner corner[IMAGE_CUT_CORNERS];
	struct image_cut_place found = {.corners = {corner, IMAGE_CUT_CORNERS}};
	struct arena *a = arena_new();
	struct scan_corners corners;
	struct scan_place place;
	struct scan_view view;
	struct sniff s;
	int32_t middle[2];
	int reduce, status;
	PIX *p;

	if (!take_numbers(&in, middle, 2))
		return IMAGE_CHILD_CANNOT;
	status = image_decode(in, &s, &p, &reduce);
	if (status != 0)
		return status;
	scan_view_init(&view, a, p);
	scan_place_find(&view, &place);
	found.code = place.code.text && place.code.ours;
	scan_corner_find(&view, &place, (struct scan_point){middle[0] / 10.0, middle[1] / 10.0}, &corners);
	for (int i = 0; i < IMAGE_CUT_CORNERS; i++) {
		double x = corners.at[i].x, y = corners.at[i].y;

		image_as_stored(&s, view.w, view.h, &x, &y);
		corner[i] = (struct image_cut_corner){part_of(x * reduce), part_of(y * reduce)};
	}
	return send_shape(a, IMAGE_PART_PLACE, &image_cut_place_shape, &found);
}

/* --- the box --- */

struct cut {
	struct arena *a;
	struct imprint_crop crop;
	bool ink;
	PIX *part;		/* in colours, 32 bits */
	const l_uint32 *colour; /* its pixels, wide in a row */
	int wide;
	struct scan_plane light;     /* of the part: what its marks are looked for in */
	struct scan_corners corners; /* of the part */
	struct scan_map to_px;	     /* from millimetres around the middle of the box to the part */
	struct scan_plane box[3];    /* red, green, blue */
	double px_per_mm;	     /* of the part */
	bool outside;		     /* some of the box is not in the picture */
};

/* Its red: ink of a seal is as light in it as paper. */
static struct scan_plane red_of(struct arena *a, PIX *p)
{
	struct scan_plane red = scan_plane_new(a, pixGetWidth(p), pixGetHeight(p));

	for (int y = 0; y < red.h; y++) {
		const l_uint32 *from = pixGetData(p) + (size_t)y * (size_t)pixGetWpl(p);
		unsigned char *to = scan_plane_row(&red, y);

		for (int x = 0; x < red.w; x++)
			to[x] = (unsigned char)(from[x] >> L_RED_SHIFT);
	}
	return red;
}

/* The part of the picture with the marks.  false: there is none of it in the picture. */
static bool around(const struct sniff *s, const struct scan_corners *corners, struct image_png_box *ret_part)
{
	double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9, more;

	for (int i = 0; i < SCAN_CORNERS; i++) {
		left = fmin(left, corners->at[i].x);
		right = fmax(right, corners->at[i].x);
		top = fmin(top, corners->at[i].y);
		bottom = fmax(bottom, corners->at[i].y);
	}
	more = fmax(right - left, bottom - top) / (2 * SCAN_CORNER_MM) * ROUND_MM;
	left = fmax(floor(left - more), 0);
	top = fmax(floor(top - more), 0);
	right = fmin(ceil(right + more), (double)s->width);
	bottom = fmin(ceil(bottom + more), (double)s->height);
	if (right - left < SCAN_CORNERS || bottom - top < SCAN_CORNERS)
		return false;
	*ret_part = (struct image_png_box){(int)left, (int)top, (int)(right - left), (int)(bottom - top)};
	return true;
}

/* Corners of the picture become corners of the part. */
static int read_part(struct cut *c, struct bytes in)
{
	struct image_png_box part;
	struct sniff s;
	int reduce;

	sniff(in.at, in.len, &s);
	if (s.fault || (s.kind != SNIFF_JPEG && s.kind != SNIFF_PNG) || !around(&s, &c->corners, &part))
		return IMAGE_CHILD_BROKEN;
	c->part = image_decode_part(in, &s, part, &reduce);
	if (c->part && pixGetDepth(c->part) == 8)
		c->part = image_step(c->part, pixConvert8To32(c->part));
	if (!c->part)
		return IMAGE_CHILD_LARGE;
	c->colour = pixGetData(c->part);
	c->wide = pixGetWpl(c->part);
	c->light = red_of(c->a, c->part);
	for (int i = 0; i < SCAN_CORNERS; i++) {
		c->corners.at[i].x = (c->corners.at[i].x - part.x) / reduce;
		c->corners.at[i].y = (c->corners.at[i].y - part.y) / reduce;
	}
	return 0;
}

/* Weights of four pixels in a row for a place between the middle two. */
static void cubic(double weight[PHASES][4])
{
	for (int i = 0; i < PHASES; i++) {
		double t = (i + 0.5) / PHASES;

		weight[i][0] = ((-0.5 * t + 1) * t - 0.5) * t;
		weight[i][1] = (1.5 * t - 2.5) * t * t + 1;
		weight[i][2] = ((-1.5 * t + 2) * t + 0.5) * t;
		weight[i][3] = (0.5 * t - 0.5) * t * t;
	}
}

static int within(int v, int n)
{
	return v < 0 ? 0 : v >= n ? n - 1 : v;
}

static unsigned char light_of(double sum)
{
	return (unsigned char)(sum <= 0 ? 0 : sum >= 255 ? 255 : sum + 0.5);
}

/* p: a place of the part. */
static void pixel(struct cut *c, double weight[PHASES][4], struct scan_point p, int at)
{
	double fx = p.x - 0.5, fy = p.y - 0.5, red = 0, green = 0, blue = 0;
	int x = (int)floor(fx), y = (int)floor(fy);
	const double *across = weight[(int)((fx - x) * PHASES) & (PHASES - 1)],
		     *down = weight[(int)((fy - y) * PHASES) & (PHASES - 1)];

	for (int j = 0; j < 4; j++) {
		const l_uint32 *row = c->colour + (size_t)within(y - 1 + j, c->light.h) * (size_t)c->wide;

		for (int i = 0; i < 4; i++) {
			l_uint32 colour = row[within(x - 1 + i, c->light.w)];
			double w = down[j] * across[i];

			red += w * (double)(colour >> L_RED_SHIFT & 0xff);
			green += w * (double)(colour >> L_GREEN_SHIFT & 0xff);
			blue += w * (double)(colour >> L_BLUE_SHIFT & 0xff);
		}
	}
	c->box[0].at[at] = light_of(red);
	c->box[1].at[at] = light_of(green);
	c->box[2].at[at] = light_of(blue);
}

/* Straight and 600 pixels to the inch. */
static void straighten(struct cut *c)
{
	double weight[PHASES][4];

	cubic(weight);
	for (int k = 0; k < 3; k++)
		c->box[k] = scan_plane_new(c->a, SIDE, SIDE);
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++) {
			struct scan_point mm = {(x + 0.5) / PX_PER_MM - BOX_MM / 2, (y + 0.5) / PX_PER_MM - BOX_MM / 2},
					  p = scan_map_at(&c->to_px, mm);

			if (p.x < 0 || p.y < 0 || p.x > c->light.w || p.y > c->light.h)
				c->outside = true;
			p.x = fmin(fmax(p.x, 0), c->light.w);
			p.y = fmin(fmax(p.y, 0), c->light.h);
			pixel(c, weight, p, y * SIDE + x);
		}
}

/* --- what is sent --- */

static int send_sight(const struct cut *c)
{
	int side = (int)lround(BOX_MM * IMPRINT_SIGHT_DPI / 25.4), status = IMAGE_CHILD_BROKEN;
	PIX *p = pixCreate(side, side, 32);
	unsigned char *jpeg = NULL;
	size_t n = 0;

	for (int y = 0; p && y < side; y++)
		for (int x = 0; x < side; x++) {
			int mean[3];

			for (int k = 0; k < 3; k++) {
				const unsigned char *up = scan_plane_row(&c->box[k], 2 * y) + 2 * x, *down = up + SIDE;

				mean[k] = (up[0] + up[1] + down[0] + down[1] + 2) / 4;
			}
			composeRGBPixel(mean[0], mean[1], mean[2], pixGetData(p) + (size_t)y * (size_t)side + x);
		}
	if (p && pixWriteMemJpeg(&jpeg, &n, p, QUALITY, 0) == 0)
		status = image_send(IMAGE_PART_SIGHT, jpeg, n) ? 0 : IMAGE_CHILD_CANNOT;
	free(jpeg);
	pixDestroy(&p);
	return status;
}

static int px_of(int64_t tenths)
{
	return (int)lround((double)tenths / 10 * PX_PER_MM);
}

static int send_ink(const struct scan_ink *ink, const struct image_cut_found *f)
{
	int w = px_of(f->w), h = px_of(f->h), left = px_of(f->x), top = px_of(f->y), status = IMAGE_CHILD_BROKEN;
	PIX *p = pixCreate(w, h, 32);
	unsigned char *png = NULL;
	size_t n = 0;

	if (!p)
		return IMAGE_CHILD_BROKEN;
	pixSetSpp(p, 4);
	pixSetResolution(p, IMPRINT_DPI, IMPRINT_DPI);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int bx = left + x, by = top + y;
			unsigned alpha = bx < SIDE && by < SIDE ? scan_plane_row(&ink->cover, by)[bx] : 0;

			pixGetData(p)[(size_t)y * (size_t)pixGetWpl(p) + (size_t)x] =
				(l_uint32)ink->colour[0] << L_RED_SHIFT | (l_uint32)ink->colour[1] << L_GREEN_SHIFT |
				(l_uint32)ink->colour[2] << L_BLUE_SHIFT | alpha << L_ALPHA_SHIFT;
		}
	if (pixWriteMemPng(&png, &n, p, 0) == 0)
		status = image_send(IMAGE_PART_INK, png, n) ? 0 : IMAGE_CHILD_CANNOT;
	free(png);
	pixDestroy(&p);
	return status;
}

/* With a millimetre around it, within the box. */
static void what_is_found(const struct scan_ink *ink, struct image_cut_found *f)
{
	double tenth = 10 / PX_PER_MM;
	int64_t right = llround((ink->x + ink->w) * tenth) + MARGIN,
		bottom = llround((ink->y + ink->h) * tenth) + MARGIN;

	f->x = llround(ink->x * tenth) - MARGIN;
	f->y = llround(ink->y * tenth) - MARGIN;
	f->x = f->x < 0 ? 0 : f->x;
	f->y = f->y < 0 ? 0 : f->y;
	f->w = (right > IMPRINT_BOX ? IMPRINT_BOX : right) - f->x;
	f->h = (bottom > IMPRINT_BOX ? IMPRINT_BOX : bottom) - f->y;
}

static bool has_ink(const struct scan_ink *ink, const struct imprint_crop *crop)
{
	for (int y = px_of(crop->y); y < px_of(crop->y + crop->h) && y < SIDE; y++)
		for (int x = px_of(crop->x); x < px_of(crop->x + crop->w) && x < SIDE; x++)
			if (scan_plane_row(&ink->cover, y)[x] >= INK)
				return true;
	return false;
}

static int take_off(struct cut *c)
{
	struct image_cut_found f = {.dpi = llround(c->px_per_mm * 25.4), .marks = c->corners.seen};
	struct scan_ink_in in = {.red = c->box[0],
		.green = c->box[1],
		.blue = c->box[2],
		.px_per_mm = PX_PER_MM,
		.grain = PX_PER_MM / c->px_per_mm,
		.pen = c->ink,
		.all = c->crop.w > 0};
	struct scan_ink ink;
	int status = 0;

	scan_ink_take(c->a, &in, &ink);
	f.other = ink.other;
	if (ink.w > 0) {
		f.cut = ink.edge || c->outside;
		if (c->crop.w > 0 && has_ink(&ink, &c->crop)) {
			f.x = c->crop.x;
			f.y = c->crop.y;
			f.w = c->crop.w;
			f.h = c->crop.h;
		} else if (c->crop.w == 0) {
			what_is_found(&ink, &f);
		}
	}
	if (f.w > 0)
		status = send_ink(&ink, &f);
	return status == 0 ? send_shape(c->a, IMAGE_PART_FOUND, &image_cut_found_shape, &f) : status;
}

int image_cut_box(struct bytes in)
{
	struct cut c = {.a = arena_new()};
	int32_t n[IMAGE_CUT_IN];
	struct scan_map to_mm;
	int status;

	if (!take_numbers(&in, n, IMAGE_CUT_IN))
		return IMAGE_CHILD_CANNOT;
	for (int i = 0; i < IMAGE_CUT_CORNERS; i++)
		c.corners.at[i] = (struct scan_point){
			(double)n[2 * i] / IMAGE_CUT_PARTS, (double)n[2 * i + 1] / IMAGE_CUT_PARTS};
	c.crop = (struct imprint_crop){n[8], n[9], n[10], n[11]};
	c.ink = n[12] != 0;
	status = read_part(&c, in);
	if (status != 0)
		return status;
	scan_corner_refine(&c.light, &c.corners);
	if (!scan_corner_map(&c.corners, &c.to_px) || !scan_map_invert(&c.to_px, &to_mm))
		return IMAGE_CHILD_BROKEN;
	c.px_per_mm = scan_place_px_per_mm(&to_mm, scan_map_at(&c.to_px, (struct scan_point){0, 0}));
	straighten(&c);
	pixDestroy(&c.part);
	status = send_sight(&c);
	return status == 0 ? take_off(&c) : status;
}
