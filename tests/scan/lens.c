#include "lens.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <string.h>

#define A4_W 210.0
#define A4_H 297.0

enum { DECODED_MAX = 4000, OVERSCAN_MM = 6 };

/* --- where each point of the paper falls --- */

static struct lens_map times(const struct lens_map *a, const struct lens_map *b)
{
	struct lens_map r;

	for (int i = 0; i < 9; i++)
		r.m[i] = a->m[i / 3 * 3] * b->m[i % 3] + a->m[i / 3 * 3 + 1] * b->m[i % 3 + 3] +
			 a->m[i / 3 * 3 + 2] * b->m[i % 3 + 6];
	return r;
}

static struct lens_map inverse(const struct lens_map *map)
{
	const double *m = map->m;
	struct lens_map r = {{m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
		m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
		m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]}};
	double det = m[0] * r.m[0] + m[1] * r.m[3] + m[2] * r.m[6];

	for (int i = 0; i < 9; i++)
		r.m[i] /= det;
	return r;
}

struct lens_point lens_at(const struct lens_map *map, double x, double y)
{
	const double *m = map->m;
	double z = m[6] * x + m[7] * y + m[8];

	return (struct lens_point){(m[0] * x + m[1] * y + m[2]) / z, (m[3] * x + m[4] * y + m[5]) / z};
}

static struct lens_map about_middle(double degrees)
{
	double a = degrees * M_PI / 180, x = A4_W / 2, y = A4_H / 2;
	struct lens_map r = {
		{cos(a), -sin(a), -x * cos(a) + y * sin(a), sin(a), cos(a), -x * sin(a) - y * cos(a), 0, 0, 1}};

	return r;
}

/* A pinhole above the paper, tilted. */
static struct lens_map tilted(const struct lens *lens)
{
	double a = lens->tilt_x * M_PI / 180, b = lens->tilt_y * M_PI / 180, distance = 420;
	struct lens_map r = {
		{cos(b), sin(a) * sin(b), 0, 0, cos(a), 0, -sin(b) / distance, sin(a) * cos(b) / distance, 1}};

	return r;
}

/* What the map makes of the paper, moved and scaled into the picture. */
static void into_picture(const struct lens *lens, struct lens_map *map, int *ret_w, int *ret_h)
{
	double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9, k, w, h;
	struct lens_map move;

	for (int i = 0; i < 4; i++) {
		struct lens_point p = lens_at(map, i & 1 ? A4_W : 0, i & 2 ? A4_H : 0);

		left = fmin(left, p.x);
		right = fmax(right, p.x);
		top = fmin(top, p.y);
		bottom = fmax(bottom, p.y);
	}
	if (lens->phone) {
		bool wide = right - left > bottom - top;

		w = wide ? lens->side : lens->side * 3 / 4;
		h = wide ? lens->side * 3 / 4 : lens->side;
		k = fmin(w / (right - left), h / (bottom - top)) * lens->fill;
	} else {
		k = lens->dpi / 25.4;
		w = k * (lens->whole ? right - left + OVERSCAN_MM : lens->turn % 2 ? A4_H : A4_W);
		h = k * (lens->whole ? bottom - top + OVERSCAN_MM : lens->turn % 2 ? A4_W : A4_H);
	}
	move = (struct lens_map){{k, 0, w / 2 - k * (left + right) / 2, 0, k, h / 2 - k * (top + bottom) / 2, 0, 0, 1}};
	*map = times(&move, map);
	*ret_w = (int)lround(w);
	*ret_h = (int)lround(h);
}

static struct lens_map map_of(const struct lens *lens, int *ret_w, int *ret_h)
{
	struct lens_map map = about_middle(lens->skew + 90.0 * lens->turn);

	if (lens->phone) {
		struct lens_map tilt = tilted(lens);

		map = times(&tilt, &map);
	}
	into_picture(lens, &map, ret_w, ret_h);
	return map;
}

/* --- light --- */

static void desk_at(const struct lens *lens, struct chance *c, int x, int y, double k, float ret[3])
{
	static const float colour[DESKS][3] = {
		{250, 250, 250}, {18, 18, 18}, {150, 104, 66}, {62, 60, 64}, {96, 110, 140}, {205, 202, 196}};
	double grain = 0;

	if (lens->desk == DESK_WOOD)
		grain = 22 * sin(y / k * 0.9 + 3 * sin(x / k * 0.02)) + 10 * sin(y / k * 3.1);
	if (lens->desk == DESK_CLOTH)
		grain = 14 * sin(x / k * 4) * sin(y / k * 4) + 5 * chance_normal(c);
	for (int i = 0; i < 3; i++)
		ret[i] = colour[lens->desk][i] + (float)grain;
}

/* Between four pixels; at the edge the last one goes on. */
static void paper_at(const struct paint *p, float x, float y, float ret[3])
{
	int left = x < 0 ? 0 : (int)x, top = y < 0 ? 0 : (int)y;
	float fx = x < 0 ? 0 : x - (float)left, fy = y < 0 ? 0 : y - (float)top;
	const unsigned char *at, *down;

	if (left > p->w - 2) {
		left = p->w - 2;
		fx = 1;
	}
	if (top > p->h - 2) {
		top = p->h - 2;
		fy = 1;
	}
	at = paint_at(p, left, top);
	down = at + (size_t)p->w * 3;
	for (int i = 0; i < 3; i++) {
		float up = at[i] + (float)(at[i + 3] - at[i]) * fx, low = down[i] + (float)(down[i + 3] - down[i]) * fx;

		ret[i] = up + (low - up) * fy;
	}
}

struct lamp {
	double dx, dy;	      /* of the gradient */
	double sx, sy, shift; /* of the shadow's edge */
};

static double lamp_at(const struct lens *lens, const struct lamp *l, double u, double v)
{
	double light = 1 - lens->shade * (0.5 + 0.5 * (l->dx * u + l->dy * v));

	if (lens->shadow) {
		double edge = (l->sx * u + l->sy * v + l->shift) * 9;

		light *= edge > 1 ? 0.55 : edge < -1 ? 1 : 1 - 0.225 * (edge + 1);
	}
	return light;
}

/* The mean of a window along each row. */
static void smooth_rows(struct paint *p, int radius, int *sum)
{
	for (int y = 0; y < p->h; y++)
		for (int c = 0; c < 3; c++) {
			unsigned char *at = paint_at(p, 0, y) + c;

			for (int i = 0; i < p->w; i++)
				sum[i + 1] = sum[i] + at[3 * i];
			for (int i = 0; i < p->w; i++) {
				int from = i - radius > 0 ? i - radius : 0,
				    to = i + radius + 1 < p->w ? i + radius + 1 : p->w;

				at[3 * i] = (unsigned char)((sum[to] - sum[from]) / (to - from));
			}
		}
}

/* And along each column, all of them together: memory is walked in its order. */
static void smooth_columns(struct paint *p, int radius, int *sum)
{
	struct paint from = paint_copy(p);
	int n = 3 * p->w;

	memset(sum, 0, (size_t)n * sizeof *sum);
	for (int y = 0; y < radius && y < p->h; y++)
		for (int i = 0; i < n; i++)
			sum[i] += paint_at(&from, 0, y)[i];
	for (int y = 0; y < p->h; y++) {
		int last = y + radius < p->h ? y + radius : p->h - 1, first = y - radius > 0 ? y - radius : 0;
		unsigned char *to = paint_at(p, 0, y);

		if (y + radius < p->h)
			for (int i = 0; i < n; i++)
				sum[i] += paint_at(&from, 0, last)[i];
		if (y - radius > 0)
			for (int i = 0; i < n; i++)
				sum[i] -= paint_at(&from, 0, first - 1)[i];
		for (int i = 0; i < n; i++)
			to[i] = (unsigned char)(sum[i] / (last - first + 1));
	}
	paint_free(&from);
}

/* Three boxes come near to a Gaussian; deviation in pixels. */
static void blurred(struct paint *p, double deviation)
{
	int radius = (int)lround((sqrt(4 * deviation * deviation + 1) - 1) / 2);
	int *sum = calloc(3 * (size_t)p->w + 1, sizeof *sum);

	for (int pass = 0; pass < 3 && radius > 0 && sum; pass++) {
		sum[0] = 0;
		smooth_rows(p, radius, sum);
		smooth_columns(p, radius, sum);
	}
	free(sum);
}

/* The picture before the sensor. */
static struct paint seen(const struct lens *lens, const struct paint *paper, struct chance *c,
	const struct lens_map *to_mm, int w, int h, double k)
{
	double by = SHEET_PX_PER_MM / k;
	struct paint half = by > 1.7 ? paint_half(paper) : (struct paint){0}, out = paint_new(w, h, 0);
	const struct paint *from = half.at ? &half : paper;
	struct lamp lamp = {chance_in(c, -1, 1), chance_in(c, -1, 1), chance_in(c, -1, 1), chance_in(c, -1, 1),
		chance_in(c, -0.4, 0.3)};
	bool even = lens->shade <= 0 && !lens->shadow;
	float scale;

	scale = (float)SHEET_PX_PER_MM / (half.at ? 2 : 1);
	for (int y = 0; y < h; y++) {
		const double *m = to_mm->m;
		double u = m[0] * 0.5 + m[1] * (y + 0.5) + m[2], v = m[3] * 0.5 + m[4] * (y + 0.5) + m[5],
		       z = m[6] * 0.5 + m[7] * (y + 0.5) + m[8];

		for (int x = 0; x < w; x++, u += m[0], v += m[3], z += m[6]) {
			struct lens_point mm = {u / z, v / z};
			unsigned char *to = paint_at(&out, x, y);
			float light = 1, rgb[3];

			if (mm.x < 0 || mm.y < 0 || mm.x >= A4_W || mm.y >= A4_H)
				desk_at(lens, c, x, y, k, rgb);
			else
				paper_at(from, (float)mm.x * scale - 0.5f, (float)mm.y * scale - 0.5f, rgb);
			if (!even)
				light = (float)lamp_at(lens, &lamp, 2.0 * x / w - 1, 2.0 * y / h - 1);
			for (int i = 0; i < 3; i++) {
				float value = rgb[i] * light;

				to[i] = (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
			}
		}
	}
	paint_free(&half);
	return out;
}

/* Exposure, lamp colour, noise. */
static void sensed(const struct lens *lens, struct paint *p, struct chance *c)
{
	const double tint[3] = {1, 1 - lens->warm * 0.5, 1 - lens->warm};
	unsigned char level[3][256];
	int noise[4096];

	for (int i = 0; i < 3; i++)
		for (int v = 0; v < 256; v++)
			level[i][v] = (unsigned char)fmin(
				255, 245 * pow(v / 255.0 * tint[i], lens->gamma) * lens->light);
	for (int i = 0; i < 4096; i++)
		noise[i] = (int)lround(chance_normal(c) * lens->noise);
	for (size_t i = 0; i < (size_t)p->w * (size_t)p->h; i++) {
		uint32_t bits = chance_bits(c);

		for (int k = 0; k < 3; k++, bits >>= 10) {
			int v = level[k][p->at[3 * i + (size_t)k]] + noise[(bits & 1023) + 1024 * (unsigned)k];

			p->at[3 * i + (size_t)k] = (unsigned char)(v < 0 ? 0 : v > 255 ? 255 : v);
		}
	}
}

/* --- the file --- */

static PIX *pix_of(const struct lens *lens, const struct paint *p)
{
	PIX *pix = pixCreate(p->w, p->h, lens->grey && !lens->thin ? 8 : 32);

	for (int y = 0; y < p->h; y++) {
		l_uint32 *row = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);

		for (int x = 0; x < p->w; x++) {
			const unsigned char *at = paint_at(p, x, y);
			unsigned grey = (at[0] * 77u + at[1] * 151u + at[2] * 28u) >> 8;

			if (pixGetDepth(pix) == 8)
				SET_DATA_BYTE(row, x, (l_uint8)grey);
			else if (lens->grey)
				row[x] = grey << L_RED_SHIFT | grey << L_GREEN_SHIFT | grey << L_BLUE_SHIFT;
			else
				row[x] = (l_uint32)at[0] << L_RED_SHIFT | (l_uint32)at[1] << L_GREEN_SHIFT |
					 (l_uint32)at[2] << L_BLUE_SHIFT;
		}
	}
	return pix;
}

/* The scan as a JPEG before it is decoded, malloc'ed by leptonica. */
static bool taken(const struct lens *lens, const struct paint *paper, struct chance *c, unsigned char **ret_jpeg,
	size_t *ret_n, int *ret_side, struct lens_map *ret_map)
{
	int w, h;
	struct lens_map map = map_of(lens, &w, &h), to_mm = inverse(&map);
	struct lens_point a = lens_at(&map, A4_W / 2 - 10, A4_H / 2), b = lens_at(&map, A4_W / 2 + 10, A4_H / 2);
	double k = hypot(a.x - b.x, a.y - b.y) / 20;
	struct paint picture = seen(lens, paper, c, &to_mm, w, h, k);
	bool right;
	PIX *pix;

	blurred(&picture, lens->blur * k);
	sensed(lens, &picture, c);
	pix = pix_of(lens, &picture);
	paint_free(&picture);
	right = pixWriteMemJpeg(ret_jpeg, ret_n, pix, lens->jpeg, 0) == 0;
	pixDestroy(&pix);
	*ret_side = w > h ? w : h;
	*ret_map = map;
	return right;
}

bool lens_file(const struct lens *lens, const struct paint *paper, struct chance *c, struct arena *a,
	struct bytes *ret_jpeg, struct lens_map *ret_map)
{
	unsigned char *jpeg, *copy;
	int side;
	size_t n;

	if (!taken(lens, paper, c, &jpeg, &n, &side, ret_map))
		return false;
	copy = arena_alloc(a, n);
	memcpy(copy, jpeg, n);
	lept_free(jpeg);
	*ret_jpeg = (struct bytes){copy, n};
	return true;
}

/* Decoded no larger than needed. */
bool lens_take(
	const struct lens *lens, const struct paint *paper, struct chance *c, void **ret_pix, struct lens_map *ret_map)
{
	int reduce = 1, side;
	struct lens_map map, smaller;
	unsigned char *jpeg;
	size_t n;

	if (!taken(lens, paper, c, &jpeg, &n, &side, &map))
		return false;
	while (side / reduce > DECODED_MAX)
		reduce *= 2;
	*ret_pix = pixReadMemJpeg(jpeg, n, 0, reduce, NULL, 0);
	lept_free(jpeg);
	smaller = (struct lens_map){{1.0 / reduce, 0, 0, 0, 1.0 / reduce, 0, 0, 0, 1}};
	*ret_map = times(&smaller, &map);
	return *ret_pix != NULL;
}
