#include "io/font_thin.h"

#include <stdint.h>
#include <string.h>

enum { ON_CURVE = 1, SHORT_X = 2, SHORT_Y = 4, REPEAT = 8, SAME_X = 16, SAME_Y = 32 };
enum { ARGS_ARE_WORDS = 1, ARGS_ARE_XY = 2, HAS_SCALE = 8, MORE_PARTS = 0x20, HAS_XY_SCALE = 0x40, HAS_2X2 = 0x80 };
enum { HEAD_LEN = 54, HEAD_EM = 18, HEAD_BOX = 36, HEAD_LOCA = 50, HHEA_LEN = 36, GLYPH_HEAD = 10 };

struct reader {
	const unsigned char *at, *end;
	bool bad;
};

static int read8(struct reader *r)
{
	if (r->at == r->end) {
		r->bad = true;
		return 0;
	}
	return *r->at++;
}

static int read16(struct reader *r)
{
	int high = read8(r);

	return (int16_t)(high << 8 | read8(r));
}

static unsigned char *put16(unsigned char *at, int value)
{
	at[0] = (unsigned char)((unsigned)value >> 8);
	at[1] = (unsigned char)value;
	return at + 2;
}

/* Rounds up, also below zero, so that equal steps stay equal wherever they begin. */
static int half(int value)
{
	return value >= 0 ? (value + 1) / 2 : -(-value / 2);
}

/* count signed numbers of 16 bit, in place. */
static void halve(unsigned char *at, size_t count)
{
	for (size_t i = 0; i < count; i++, at += 2)
		put16(at, half((int16_t)(at[0] << 8 | at[1])));
}

struct point {
	int x, y;
	unsigned flag;
};

static bool points_read(struct reader *r, struct point *point, size_t count)
{
	int x = 0, y = 0;

	for (size_t i = 0; i < count;) {
		unsigned flag = (unsigned)read8(r);
		size_t times = flag & REPEAT ? (size_t)read8(r) + 1 : 1;

		if (times > count - i)
			return false;
		while (times--)
			point[i++].flag = flag;
	}
	for (size_t i = 0; i < count; i++) {
		if (point[i].flag & SHORT_X)
			x += point[i].flag & SAME_X ? read8(r) : -read8(r);
		else if (!(point[i].flag & SAME_X))
			x += read16(r);
		point[i].x = half(x);
	}
	for (size_t i = 0; i < count; i++) {
		if (point[i].flag & SHORT_Y)
			y += point[i].flag & SAME_Y ? read8(r) : -read8(r);
		else if (!(point[i].flag & SAME_Y))
			y += read16(r);
		point[i].y = half(y);
	}
	return !r->bad;
}

static unsigned step_flag(int step, unsigned is_short, unsigned same)
{
	if (step == 0)
		return same;
	if (step > -256 && step < 256)
		return is_short | (step > 0 ? same : 0);
	return 0;
}

static unsigned char *step_put(unsigned char *at, int step)
{
	if (step == 0)
		return at;
	if (step <= -256 || step >= 256)
		return put16(at, step);
	*at++ = (unsigned char)(step < 0 ? -step : step);
	return at;
}

static unsigned char *points_write(unsigned char *at, struct point *point, size_t count)
{
	int x = 0, y = 0;

	for (size_t i = 0; i < count; i++) {
		int dx = point[i].x - x, dy = point[i].y - y;

		x = point[i].x;
		y = point[i].y;
		point[i].x = dx;
		point[i].y = dy;
		point[i].flag = (point[i].flag & ON_CURVE) | step_flag(dx, SHORT_X, SAME_X) |
				step_flag(dy, SHORT_Y, SAME_Y);
	}
	for (size_t i = 0, run; i < count; i += run) {
		for (run = 1; i + run < count && run < 256 && point[i + run].flag == point[i].flag; run++)
			;
		*at++ = (unsigned char)(point[i].flag | (run > 1 ? REPEAT : 0));
		if (run > 1)
			*at++ = (unsigned char)(run - 1);
	}
	for (size_t i = 0; i < count; i++)
		at = step_put(at, point[i].x);
	for (size_t i = 0; i < count; i++)
		at = step_put(at, point[i].y);
	return at;
}

/* One glyph of contours; its bytes after the head begin at r.  NULL: damaged. */
static unsigned char *simple(
	struct reader *r, size_t contours, struct point *point, size_t max_points, unsigned char *at)
{
	size_t count = 0;

	for (size_t i = 0; i < contours; i++) {
		count = (size_t)(uint16_t)read16(r) + 1;
		at = put16(at, (int)count - 1);
	}
	if (read16(r) != 0 || count > max_points || !points_read(r, point, count))
		return NULL;
	return points_write(put16(at, 0), point, count);
}

static unsigned char *composite(struct reader *r, unsigned char *at)
{
	int flags;

	do {
		size_t rest;

		flags = read16(r);
		at = put16(put16(at, flags), read16(r));
		if (flags & ARGS_ARE_WORDS) {
			for (int i = 0; i < 2; i++) {
				int arg = read16(r);

				at = put16(at, flags & ARGS_ARE_XY ? half(arg) : arg);
			}
		} else {
			for (int i = 0; i < 2; i++) {
				int arg = read8(r);

				*at++ = (unsigned char)(flags & ARGS_ARE_XY ? half((int8_t)arg) : arg);
			}
		}
		rest = flags & HAS_SCALE ? 2 : flags & HAS_XY_SCALE ? 4 : flags & HAS_2X2 ? 8 : 0;
		while (rest--)
			*at++ = (unsigned char)read8(r);
	} while (flags & MORE_PARTS && !r->bad);
	return r->bad ? NULL : at;
}

static size_t offset(const struct thin *font, bool wide, size_t glyph)
{
	const unsigned char *at = font->loca.at + glyph * (wide ? 4 : 2);

	return wide ? (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3]
		    : 2 * ((size_t)at[0] << 8 | at[1]);
}

static void offset_put(unsigned char *loca, bool wide, size_t glyph, size_t value)
{
	if (wide) {
		put16(loca + 4 * glyph, (int)(value >> 16));
		put16(loca + 4 * glyph + 2, (int)(value & 0xffff));
	} else {
		put16(loca + 2 * glyph, (int)(value / 2));
	}
}

/* No step becomes longer by halving it; only flags may repeat less: twice the old size is ample. */
static bool glyphs_write(
	struct arena *a, const struct thin *font, bool wide, unsigned char *ret_loca, struct bytes *ret_glyf)
{
	struct point *point = arena_array(a, font->max_points + 1, sizeof *point);
	unsigned char *start = arena_alloc(a, 2 * font->glyf.len + 16 * font->glyphs), *at = start;

	for (size_t i = 0; i < font->glyphs; i++) {
		size_t from = offset(font, wide, i), to = offset(font, wide, i + 1);
		struct reader r = {font->glyf.at + from, font->glyf.at + to, false};
		int contours;

		offset_put(ret_loca, wide, i, (size_t)(at - start));
		if (from == to)
			continue;
		if (from > to || to > font->glyf.len || to - from < GLYPH_HEAD)
			return false;
		memcpy(at, r.at, GLYPH_HEAD);
		halve(at + 2, 4);
		contours = read16(&r);
		r.at += GLYPH_HEAD - 2;
		at = contours < 0 ? composite(&r, at + GLYPH_HEAD)
				  : simple(&r, (size_t)contours, point, font->max_points, at + GLYPH_HEAD);
		if (!at)
			return false;
		if ((at - start) % 2)
			*at++ = 0;
	}
	offset_put(ret_loca, wide, font->glyphs, (size_t)(at - start));
	*ret_glyf = (struct bytes){start, (size_t)(at - start)};
	return true;
}

bool font_thin(struct arena *a, struct thin *font)
{
	unsigned char *head, *hhea, *hmtx, *loca;
	struct bytes glyf;
	bool wide;
	int em;

	if (font->head.len < HEAD_LEN || font->hhea.len < HHEA_LEN || font->glyphs == 0)
		return false;
	head = arena_dup(a, font->head.at, font->head.len);
	em = head[HEAD_EM] << 8 | head[HEAD_EM + 1];
	wide = head[HEAD_LOCA + 1] != 0;
	if (em % 2 || em < 512 || font->loca.len < (font->glyphs + 1) * (wide ? 4 : 2))
		return false;
	loca = arena_alloc(a, font->loca.len);
	if (!glyphs_write(a, font, wide, loca, &glyf))
		return false;
	put16(head + HEAD_EM, em / 2);
	halve(head + HEAD_BOX, 4);
	hhea = arena_dup(a, font->hhea.at, font->hhea.len);
	halve(hhea + 4, 7); /* ascender … widest extent */
	hmtx = arena_dup(a, font->hmtx.at, font->hmtx.len);
	halve(hmtx, font->hmtx.len / 2);
	font->glyf = glyf;
	font->loca.at = loca;
	font->head.at = head;
	font->hhea.at = hhea;
	font->hmtx.at = hmtx;
	return true;
}
