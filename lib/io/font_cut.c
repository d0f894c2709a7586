#include "io/font_cut.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

/* How far, in units, a point or curve may lie from the line that replaces it. */
static const float slack = 0.7f;

static float squared(float x, float y)
{
	return x * x + y * y;
}

/* Squared distance of p from the stretch a–b. */
static float off_line(const struct font_point *p, const struct font_point *a, const struct font_point *b)
{
	float dx = b->x - a->x, dy = b->y - a->y, length = squared(dx, dy), t;

	t = length > 0 ? ((p->x - a->x) * dx + (p->y - a->y) * dy) / length : 0;
	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return squared(p->x - a->x - t * dx, p->y - a->y - t * dy);
}

/* A contour under work: points in a ring. */
struct ring {
	struct font_point *at;
	bool *keep;
	size_t count;
};

static struct font_point *ring_at(const struct ring *r, size_t i)
{
	return &r->at[i % r->count];
}

static void ring_pack(struct ring *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		if (r->keep[i])
			r->at[n++] = r->at[i];
	r->count = n;
}

/* Handles of curves that are as good as straight (a curve leaves its chord by half as far as its handle), points that
 * TrueType reads between two handles by itself, and points that lie twice. */
static bool needless(const struct font_point *a, const struct font_point *p, const struct font_point *b)
{
	if (!p->on)
		return a->on && b->on && off_line(p, a, b) <= 4 * slack * slack;
	if (a->on)
		return p->x == a->x && p->y == a->y;
	return !b->on && squared(2 * p->x - a->x - b->x, 2 * p->y - a->y - b->y) <= 0.01f;
}

/* On the grid: corners that fell together or into line. */
static bool needless_there(const struct font_point *a, const struct font_point *p, const struct font_point *b)
{
	if (p->on && a->on && p->x == a->x && p->y == a->y)
		return true;
	return a->on && b->on && (p->x - a->x) * (b->y - a->y) == (p->y - a->y) * (b->x - a->x);
}

/* One at a time, for each changes what its neighbours are. */
static void drop(
	struct ring *r, bool (*test)(const struct font_point *, const struct font_point *, const struct font_point *))
{
	for (size_t i = 0; i < r->count && r->count > 2;) {
		if (!test(ring_at(r, i + r->count - 1), ring_at(r, i), ring_at(r, i + 1))) {
			i++;
			continue;
		}
		r->count--;
		memmove(&r->at[i], &r->at[i + 1], (r->count - i) * sizeof *r->at);
		i -= i > 0;
	}
}

/* Keeps, of the points between first and last, those without which the line would leave them by more than the slack. */
static void line_keep(struct ring *r, size_t first, size_t last)
{
	float far = slack * slack;
	size_t middle = first;

	for (size_t i = first + 1; i < last; i++) {
		float d = off_line(ring_at(r, i), ring_at(r, first), ring_at(r, last));

		if (d > far) {
			far = d;
			middle = i;
		}
	}
	if (middle == first)
		return;
	r->keep[middle % r->count] = true;
	line_keep(r, first, middle);
	line_keep(r, middle, last);
}

/* Where the contour may be cut: after a handle, else at the corner nearest to the lower left. */
static size_t ring_start(const struct ring *r)
{
	size_t start = 0;

	for (size_t i = 0; i < r->count; i++)
		if (!r->at[i].on)
			return i + 1;
	for (size_t i = 1; i < r->count; i++)
		if (r->at[i].x + r->at[i].y < r->at[start].x + r->at[start].y)
			start = i;
	return start;
}

static size_t farthest(const struct ring *r, size_t from)
{
	size_t far = from;

	for (size_t i = from; i < from + r->count; i++)
		if (squared(ring_at(r, i)->x - ring_at(r, from)->x, ring_at(r, i)->y - ring_at(r, from)->y) >
			squared(ring_at(r, far)->x - ring_at(r, from)->x, ring_at(r, far)->y - ring_at(r, from)->y))
			far = i;
	return far;
}

/* Straight runs: from handle to handle, or in a contour of lines only from one corner to the opposite one and back. */
static void straighten(struct ring *r)
{
	size_t start = ring_start(r), end = start + r->count, to;

	memset(r->keep, 0, r->count * sizeof *r->keep);
	if (start == 0 || r->at[(start - 1) % r->count].on) {
		to = farthest(r, start);
		r->keep[start % r->count] = r->keep[to % r->count] = true;
		line_keep(r, start, to);
		line_keep(r, to, end);
	} else {
		for (size_t i = start; i < end; i = to + 1) {
			to = i;
			r->keep[i % r->count] = true;
			if (!ring_at(r, i)->on)
				continue;
			while (to + 1 < end && ring_at(r, to + 1)->on)
				to++;
			r->keep[to % r->count] = true;
			line_keep(r, i, to);
		}
	}
	ring_pack(r);
}

static void round_off(struct ring *r)
{
	for (size_t i = 0; i < r->count; i++) {
		r->at[i].x = floorf(r->at[i].x + 0.5f);
		r->at[i].y = floorf(r->at[i].y + 0.5f);
	}
}

static void glyph_thin(struct font_glyph *g, bool *keep)
{
	size_t from = 0, to, points = 0, contours = 0;

	for (size_t i = 0; i < g->contours; i++, from = to) {
		struct ring r = {&g->point[from], keep, g->end[i] - from};

		to = g->end[i];
		drop(&r, needless);
		if (r.count > 3)
			straighten(&r);
		round_off(&r);
		drop(&r, needless_there);
		if (r.count < 3)
			continue;
		memmove(&g->point[points], r.at, r.count * sizeof *r.at);
		points += r.count;
		g->end[contours++] = points;
	}
	g->count = points;
	g->contours = contours;
}

enum { ON_CURVE = 1, SHORT_X = 2, SHORT_Y = 4, SAME_X = 16, SAME_Y = 32, BOX_AT = 2, BOX_LEN = 8 };

static void put16(struct str *s, int value)
{
	str_addc(s, (char)((unsigned)value >> 8));
	str_addc(s, (char)value);
}

static void put32(struct str *s, uint32_t value)
{
	put16(s, (int)(value >> 16));
	put16(s, (int)(value & 0xffff));
}

static unsigned step_flag(int step, unsigned is_short, unsigned same)
{
	if (step == 0)
		return same;
	if (step > -256 && step < 256)
		return is_short | (step > 0 ? same : 0);
	return 0;
}

static void step_put(struct str *s, int step)
{
	if (step <= -256 || step >= 256)
		put16(s, step);
	else if (step != 0)
		str_addc(s, (char)(step < 0 ? -step : step));
}

/* Flags are not run together: repeated bytes deflate better than counts. */
static void glyph_put(struct str *s, const struct font_glyph *g)
{
	int x = 0, y = 0;

	if (g->contours == 0)
		return;
	put16(s, (int)g->contours);
	str_addn(s, "\0\0\0\0\0\0\0\0", BOX_LEN);
	for (size_t i = 0; i < g->contours; i++)
		put16(s, (int)g->end[i] - 1);
	put16(s, 0); /* no instructions */
	for (size_t i = 0; i < g->count; x = (int)g->point[i].x, y = (int)g->point[i].y, i++)
		str_addc(s,
			(char)((g->point[i].on ? ON_CURVE : 0U) | step_flag((int)g->point[i].x - x, SHORT_X, SAME_X) |
				step_flag((int)g->point[i].y - y, SHORT_Y, SAME_Y)));
	x = y = 0;
	for (size_t i = 0; i < g->count; x = (int)g->point[i++].x)
		step_put(s, (int)g->point[i].x - x);
	for (size_t i = 0; i < g->count; y = (int)g->point[i++].y)
		step_put(s, (int)g->point[i].y - y);
	if (s->len % 2)
		str_addc(s, 0);
}

/* What the tables say about all glyphs together. */
struct sum {
	size_t count, points, contours;
	int box[4], advance;
	uint32_t *offset;
};

static void sum_add(struct sum *sum, const struct font_glyph *g)
{
	sum->points = g->count > sum->points ? g->count : sum->points;
	sum->contours = g->contours > sum->contours ? g->contours : sum->contours;
	sum->advance = (int)lroundf(g->advance) > sum->advance ? (int)lroundf(g->advance) : sum->advance;
	for (size_t i = 0; i < g->count; i++) {
		int at[2] = {(int)g->point[i].x, (int)g->point[i].y};

		for (size_t k = 0; k < 2; k++) {
			sum->box[k] = at[k] < sum->box[k] ? at[k] : sum->box[k];
			sum->box[k + 2] = at[k] > sum->box[k + 2] ? at[k] : sum->box[k + 2];
		}
	}
}

/* Every glyph is given the box of them all, and so the same side bearing: equal bytes instead of eight odd ones. */
static void boxes_put(const struct sum *sum, struct str *glyf)
{
	for (size_t i = 0; i < sum->count; i++)
		for (size_t k = 0; k < 4 && sum->offset[i] < sum->offset[i + 1]; k++) {
			char *at = glyf->at + sum->offset[i] + BOX_AT + 2 * k;

			at[0] = (char)((unsigned)sum->box[k] >> 8);
			at[1] = (char)sum->box[k];
		}
}

enum table { GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, TABLE_MAX };
enum { HEAD_SUM_AT = 8, DIRECTORY_LEN = 12 + 16 * TABLE_MAX, OFFSET_SHORT_MAX = 0x1fffe };

static void put_head(struct str *s, const struct sum *sum, bool wide)
{
	put32(s, 0x10000);
	put32(s, 0x10000);
	put32(s, 0); /* the sum of the file, later */
	put32(s, 0x5f0f3cf5);
	put16(s, 1 << 1); /* the left side bearing is the left of the box */
	put16(s, FONT_CUT_EM);
	for (int i = 0; i < 4; i++)
		put32(s, 0); /* made and changed: not said, so that equal forms are equal files */
	for (size_t i = 0; i < 4; i++)
		put16(s, sum->box[i]);
	put16(s, 0);
	put16(s, 8);
	put16(s, 2);
	put16(s, wide);
	put16(s, 0);
}

static void put_hhea(struct str *s, const struct sum *sum, int ascent, int descent)
{
	put32(s, 0x10000);
	put16(s, ascent);
	put16(s, descent);
	put16(s, 0);
	put16(s, sum->advance);
	put16(s, sum->box[0]);
	put16(s, 0);
	put16(s, sum->box[2]);
	put16(s, 1); /* an upright caret, then what is reserved */
	for (int i = 0; i < 7; i++)
		put16(s, 0);
	put16(s, (int)sum->count);
}

static void put_maxp(struct str *s, const struct sum *sum)
{
	put32(s, 0x10000);
	put16(s, (int)sum->count);
	put16(s, (int)sum->points);
	put16(s, (int)sum->contours);
	put32(s, 0);
	put16(s, 1);
	for (int i = 0; i < 8; i++)
		put16(s, 0);
}

static uint32_t sum_of(const struct str *s)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < s->len; i++)
		sum += (uint32_t)(unsigned char)s->at[i] << (24 - 8 * (i % 4));
	return sum;
}

/* The tables behind their directory, in the order of their names. */
static struct bytes file_write(struct arena *a, struct str table[TABLE_MAX])
{
	static const char *const name[] = {
		[GLYF] = "glyf", [HEAD] = "head", [HHEA] = "hhea", [HMTX] = "hmtx", [LOCA] = "loca", [MAXP] = "maxp"};
	size_t at = DIRECTORY_LEN;
	struct str file;
	uint32_t sum;

	str_init(&file, a);
	put32(&file, 0x10000);
	put16(&file, TABLE_MAX);
	put16(&file, 64); /* the largest power of two, its logarithm, the rest; in directory entries of 16 */
	put16(&file, 2);
	put16(&file, 16 * TABLE_MAX - 64);
	for (int t = 0; t < TABLE_MAX; at += (table[t].len + 3) / 4 * 4, t++) {
		str_add(&file, name[t]);
		put32(&file, sum_of(&table[t]));
		put32(&file, (uint32_t)at);
		put32(&file, (uint32_t)table[t].len);
	}
	at = file.len + (table[GLYF].len + 3) / 4 * 4 + HEAD_SUM_AT;
	for (int t = 0; t < TABLE_MAX; t++) {
		str_addn(&file, table[t].at, table[t].len);
		while (file.len % 4)
			str_addc(&file, 0);
	}
	sum = 0xb1b0afba - sum_of(&file);
	for (size_t i = 0; i < 4; i++)
		file.at[at + i] = (char)(sum >> (24 - 8 * i));
	return (struct bytes){(const unsigned char *)file.at, file.len};
}

struct bytes font_cut_write(
	struct arena *a, struct font_glyph *glyph, size_t count, int ascent, int descent, int ret_box[4])
{
	struct sum sum = {.count = count, .box = {0, descent, FONT_CUT_EM, ascent}};
	struct str table[TABLE_MAX];
	size_t most = 0;
	bool *keep, wide;

	for (int t = 0; t < TABLE_MAX; t++)
		str_init(&table[t], a);
	for (size_t i = 0; i < count; i++)
		most = glyph[i].count > most ? glyph[i].count : most;
	keep = arena_array(a, most + 1, sizeof *keep);
	sum.offset = arena_array(a, count + 1, sizeof *sum.offset);
	for (size_t i = 0; i < count; i++) {
		glyph_thin(&glyph[i], keep);
		sum_add(&sum, &glyph[i]);
		glyph_put(&table[GLYF], &glyph[i]);
		sum.offset[i + 1] = (uint32_t)table[GLYF].len;
	}
	boxes_put(&sum, &table[GLYF]);
	wide = table[GLYF].len > OFFSET_SHORT_MAX;
	for (size_t i = 0; i <= count; i++)
		if (wide)
			put32(&table[LOCA], sum.offset[i]);
		else
			put16(&table[LOCA], (int)(sum.offset[i] / 2));
	for (size_t i = 0; i < count; i++) {
		put16(&table[HMTX], (int)lroundf(glyph[i].advance));
		put16(&table[HMTX], sum.box[0]);
	}
	put_head(&table[HEAD], &sum, wide);
	put_hhea(&table[HHEA], &sum, ascent, descent);
	put_maxp(&table[MAXP], &sum);
	memcpy(ret_box, sum.box, sizeof sum.box);
	return file_write(a, table);
}
