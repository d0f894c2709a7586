#include "ink.h"

/* Ink lets through what it is not: paper and print below it are multiplied. */
static void tint(unsigned char *at, unsigned rgb, double cover)
{
	for (int i = 0; i < 3; i++) {
		double ink = (rgb >> (16 - 8 * i) & 255) / 255.0;

		at[i] = (unsigned char)(at[i] * (1 - cover * (1 - ink)) + 0.5);
	}
}

/* --- stamps --- */

/* Uneven pressure: smooth noise of a few millimetres, and fine grain of the paper. */
struct pressure {
	double coarse[16][16];
	struct chance grain;
};

static void pressure_make(struct pressure *p, struct chance *c)
{
	for (int y = 0; y < 16; y++)
		for (int x = 0; x < 16; x++)
			p->coarse[y][x] = chance_in(c, -1, 1);
	p->grain = chance_of(chance_bits(c));
}

static double pressure_at(struct pressure *p, double u, double v)
{
	double x = (u + 1) * 7.4, y = (v + 1) * 7.4, fx, fy;
	int left = (int)x, top = (int)y;

	if (left < 0 || top < 0 || left > 14 || top > 14)
		return 0;
	fx = x - left;
	fy = y - top;
	return (p->coarse[top][left] * (1 - fx) + p->coarse[top][left + 1] * fx) * (1 - fy) +
	       (p->coarse[top + 1][left] * (1 - fx) + p->coarse[top + 1][left + 1] * fx) * fy +
	       0.4 * chance_in(&p->grain, -1, 1);
}

/* A character of the stamp's text, by its number: bars in the unit square. */
static bool in_glyph(int number, double u, double v)
{
	unsigned bits = (unsigned)number * 2654435761u;

	if (u < 0 || u > 1 || v < 0 || v > 1)
		return false;
	for (int i = 0; i < 3; i++)
		if (fabs(v - 0.12 - 0.36 * i) < 0.065 && u < 0.7 + 0.1 * (bits >> (2 * i) & 3))
			return true;
	return fabs(u - 0.2 - 0.04 * (bits >> 8 & 7)) < 0.065 || fabs(u - 0.7 + 0.03 * (bits >> 12 & 7)) < 0.065;
}

static bool in_star(double x, double y, double r)
{
	double d = hypot(x, y), angle, edge;

	if (d > r)
		return false;
	angle = fmod(atan2(x, -y) + 4 * M_PI, 2 * M_PI / 5);
	if (angle > M_PI / 5)
		angle = 2 * M_PI / 5 - angle;
	edge = r * sin(M_PI / 10) / sin(M_PI * 9 / 10 - angle);
	return d < edge;
}

/* Text along the upper arc, in a band of an ellipse. */
static bool in_arc_text(double x, double y, double a, double b, double size)
{
	double k = (a - 1.2 - size) / a, reach = hypot(x / a, y / b), outer = 1 - 2.0 / a, angle, place;

	if (reach < k || reach > outer)
		return false;
	angle = atan2(x / a, -y / b) * 180 / M_PI;
	if (angle < -125 || angle > 125)
		return false;
	place = (angle + 125) / 250 * 14;
	return in_glyph((int)place + 1, (place - floor(place)) * 1.2 - 0.1, (outer - reach) / (outer - k));
}

static bool in_round(const struct stamp *s, double x, double y)
{
	double a = s->w / 2, b = s->h / 2, ring = s->kind == STAMP_OVAL ? 1.0 : 1.2;
	bool line = hypot(x / a, y / b) <= 1 && hypot(x / (a - ring), y / (b - ring)) >= 1;
	double foot = (x + 8) / 3.2;

	if (line || in_arc_text(x, y, a, b, s->kind == STAMP_OVAL ? 4 : 5))
		return true;
	if (s->kind == STAMP_ROUND && in_star(x, y, a / 3))
		return true;
	/* A line of text below or in the middle. */
	return fabs(x) < 8 && in_glyph(40 + (int)foot, (foot - floor(foot)) * 1.2 - 0.1,
				      (y - (s->kind == STAMP_OVAL ? -2 : a * 0.5)) / 3.2);
}

static bool in_square(const struct stamp *s, double x, double y)
{
	double a = s->w / 2, u = x / a, v = y / a, cell = 2 * (1 - 0.24);

	if (fabs(x) > a || fabs(y) > a)
		return false;
	if (fabs(x) > a - 1.1 || fabs(y) > a - 1.1)
		return true;
	u = (u + cell / 2) / cell * 2;
	v = (v + cell / 2) / cell * 2;
	if (u < 0 || v < 0 || u >= 2 || v >= 2)
		return false;
	return in_glyph((int)u * 2 + (int)v + 60, (u - floor(u)) * 1.1 - 0.05, (v - floor(v)) * 1.1 - 0.05);
}

void ink_stamp(struct paint *p, struct chance *c, const struct stamp *s)
{
	double reach = hypot(s->w, s->h) / 2, turn = s->turn * M_PI / 180;
	int left = (int)((s->x - reach) * SHEET_PX_PER_MM), top = (int)((s->y - reach) * SHEET_PX_PER_MM),
	    side = (int)(2 * reach * SHEET_PX_PER_MM) + 2;
	struct pressure press;

	pressure_make(&press, c);
	for (int row = top; row < top + side; row++)
		for (int column = left; column < left + side; column++) {
			double cover = 0, force;

			if (row < 0 || column < 0 || row >= p->h || column >= p->w)
				continue;
			for (int i = 0; i < 4; i++) {
				double dx = (column + 0.25 + 0.5 * (i & 1)) / SHEET_PX_PER_MM - s->x,
				       dy = (row + 0.25 + 0.25 * (i & 2)) / SHEET_PX_PER_MM - s->y,
				       x = dx * cos(turn) + dy * sin(turn), y = dy * cos(turn) - dx * sin(turn);

				cover += (s->kind == STAMP_SQUARE ? in_square(s, x, y) : in_round(s, x, y)) / 4.0;
			}
			if (cover <= 0)
				continue;
			force = pressure_at(&press, (column / SHEET_PX_PER_MM - s->x) / reach,
				(row / SHEET_PX_PER_MM - s->y) / reach);
			force = 1 - fmax(0, s->mottle * (0.6 + 1.6 * force));
			tint(paint_at(p, column, row), s->rgb, cover * s->strength * fmax(0, fmin(1, force)));
		}
}

/* --- pens --- */

static void dot(struct paint *p, double x, double y, double r, unsigned rgb, double cover)
{
	int left = (int)((x - r) * SHEET_PX_PER_MM), right = (int)((x + r) * SHEET_PX_PER_MM) + 1,
	    top = (int)((y - r) * SHEET_PX_PER_MM), bottom = (int)((y + r) * SHEET_PX_PER_MM) + 1;

	for (int row = top; row <= bottom; row++)
		for (int column = left; column <= right; column++)
			if (row >= 0 && column >= 0 && row < p->h && column < p->w &&
				hypot((column + 0.5) / SHEET_PX_PER_MM - x, (row + 0.5) / SHEET_PX_PER_MM - y) <= r)
				tint(paint_at(p, column, row), rgb, cover);
}

/* A curve through three points. */
static void stroke(struct paint *p, const double at[6], double width, unsigned rgb)
{
	double length = hypot(at[2] - at[0], at[3] - at[1]) + hypot(at[4] - at[2], at[5] - at[3]),
	       step = 0.12 / (length + 0.1);

	for (double t = 0; t <= 1; t += step) {
		double a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;

		dot(p, a * at[0] + b * at[2] + c * at[4], a * at[1] + b * at[3] + c * at[5],
			width * (0.7 + 0.3 * sin(t * 3)) / 2, rgb, 0.6);
	}
}

void ink_signature(struct paint *p, struct chance *c, double x, double y, double w, double h, unsigned rgb)
{
	for (int character = 0; character < 3; character++)
		for (int i = 0; i < 6; i++) {
			double at[6];

			for (int k = 0; k < 3; k++) {
				at[2 * k] = x + w / 3 * (character + chance_in(c, -0.1, 1.0));
				at[2 * k + 1] = y + h * chance_in(c, 0, 1);
			}
			stroke(p, at, 0.6, rgb);
		}
}

void ink_underline(struct paint *p, struct chance *c, double x, double y, double w, unsigned rgb)
{
	const double at[6] = {x, y, x + w / 2, y + chance_in(c, -2, 2), x + w, y + chance_in(c, -1, 1)};

	stroke(p, at, 0.7, rgb);
}

void ink_circle(struct paint *p, struct chance *c, double x, double y, double r, unsigned rgb)
{
	double a = chance_in(c, 0.05, 0.12), b = chance_in(c, 0, 6), flat = chance_in(c, 0.7, 1),
	       over = chance_in(c, 0, 0.6), drift = chance_in(c, -0.08, 0.08);

	for (double t = 0; t < 2 * M_PI + over; t += 0.004) {
		double k = r * (1 + a * sin(2 * t + b) + 0.5 * a * sin(3 * t) + drift * t / 6);

		dot(p, x + k * cos(t), y + k * flat * sin(t), 0.33, rgb, 0.5);
	}
}

void ink_tick(struct paint *p, struct chance *c, double x, double y, double size, unsigned rgb)
{
	const double down[6] = {x, y, x + size * 0.2, y + size * 0.3, x + size * 0.35, y + size * 0.6},
		     up[6] = {x + size * 0.35, y + size * 0.6, x + size * chance_in(c, 0.5, 0.6), y,
			     x + size * chance_in(c, 1, 1.3), y - size * 0.4};

	stroke(p, down, 0.8, rgb);
	stroke(p, up, 0.8, rgb);
}
