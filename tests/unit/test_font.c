#include "unit.h"

#include <hb.h>
#include <math.h>

#include "io/font_cut.h"
#include "paper.h"

static void every_character_has_its_place(void **state)
{
	static const struct {
		uint32_t cp;
		int face; /* −1 none, 0 body, 1… rare */
	} row[] = {
		{'A', FONT_BODY},
		{0x20, FONT_BODY},
		{0xb7, FONT_BODY},
		{0xa5, FONT_BODY},
		{0x3000, FONT_BODY},
		{0x4e00, FONT_BODY},
		{0x9fa5, FONT_BODY},
		{0x4dae, FONT_BODY},
		{0xff08, FONT_BODY},
		{0x20bb7, 1},
		{0x2cb4a, 1},
		{0x2a700, 2},
		{0x2b740, 2},
		{0x30edd, FONT_NONE},
		{0x31350, FONT_NONE},
		{0xe000, FONT_NONE},
		{0x1f9ff, FONT_NONE},
		{0x09, FONT_NONE},
		{0x7f, FONT_NONE},
		{0x10ffff, FONT_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, font_face(fonts, row[i].cp) == row[i].face);
}

static void the_basic_block_is_complete(void **state)
{
	(void)state;
	for (uint32_t cp = 0x4e00; cp <= 0x9fa5; cp++)
		expect(cp, font_face(fonts, cp) != FONT_NONE && font_advance(fonts, cp) > 0.9);
	for (uint32_t cp = 0x3400; cp <= 0x4db5; cp++)
		expect(cp, font_face(fonts, cp) != FONT_NONE);
	for (uint32_t cp = 0x2a700; cp <= 0x2b734; cp++)
		expect(cp, font_face(fonts, cp) > FONT_BODY && fabs(font_advance(fonts, cp) - 1) < 0.01);
}

static unsigned be(const unsigned char *at, int bytes)
{
	unsigned n = 0;

	while (bytes--)
		n = n << 8 | *at++;
	return n;
}

static struct bytes table(const struct bytes *file, const char *name)
{
	for (unsigned i = 0; i < be(file->at + 4, 2); i++) {
		const unsigned char *row = file->at + 12 + 16 * i;

		if (memcmp(row, name, 4) != 0)
			continue;
		assert_true(be(row + 8, 4) + be(row + 12, 4) <= file->len);
		return (struct bytes){file->at + be(row + 8, 4), be(row + 12, 4)};
	}
	fail_msg("no table %s", name);
	return (struct bytes){NULL, 0};
}

/* What the parts of the file say of each other. */
static void expect_sound(const struct font_cut *cut)
{
	struct bytes loca = table(&cut->file, "loca"), glyf = table(&cut->file, "glyf");
	int wide = be(table(&cut->file, "head").at + 50, 2) ? 4 : 2;
	unsigned before = 0, sum = 0;

	assert_int_equal(be(table(&cut->file, "head").at + 18, 2), FONT_CUT_EM);
	assert_int_equal(be(table(&cut->file, "maxp").at + 4, 2), cut->count + 1);
	assert_int_equal(be(table(&cut->file, "hhea").at + 34, 2), cut->count + 1);
	assert_int_equal(table(&cut->file, "hmtx").len, 4 * (cut->count + 1));
	assert_int_equal(loca.len, (size_t)wide * (cut->count + 2));
	for (size_t i = 0; i <= cut->count + 1; i++) {
		unsigned at = be(loca.at + i * (size_t)wide, wide) * (wide == 2 ? 2 : 1);

		assert_true(at >= before && at <= glyf.len);
		before = at;
	}
	assert_int_equal(before, glyf.len);
	assert_int_equal(cut->file.len % 4, 0);
	for (size_t i = 0; i < cut->file.len; i += 4)
		sum += be(cut->file.at + i, 4);
	assert_true(sum == 0xb1b0afba);
}

static void expect_box_holds(const struct font_cut *cut, const hb_face_t *face)
{
	hb_font_t *font = hb_font_create((hb_face_t *)face);

	for (size_t i = 1; i <= cut->count; i++) {
		hb_glyph_extents_t e;

		if (!hb_font_get_glyph_extents(font, (hb_codepoint_t)i, &e) || e.width == 0)
			continue;
		expect(i, e.x_bearing * 5 >= cut->box[0] && (e.x_bearing + e.width) * 5 <= cut->box[2]);
		expect(i, (e.y_bearing + e.height) * 5 >= cut->box[1] && e.y_bearing * 5 <= cut->box[3]);
	}
	hb_font_destroy(font);
}

/* An outline as many short lines, in em. */
struct trace {
	float x[4096], y[4096], em, at_x, at_y, from_x, from_y;
	size_t count;
	bool pen_down[4096];
};

static void trace_add(struct trace *t, float x, float y, bool down)
{
	assert_true(t->count < ARRAY_LEN(t->x));
	t->x[t->count] = x / t->em;
	t->y[t->count] = y / t->em;
	t->pen_down[t->count++] = down;
	t->at_x = x;
	t->at_y = y;
}

static void trace_move(hb_draw_funcs_t *d, void *to, hb_draw_state_t *s, float x, float y, void *user)
{
	struct trace *t = to;

	(void)d, (void)s, (void)user;
	trace_add(t, t->from_x = x, t->from_y = y, false);
}

static void trace_line(hb_draw_funcs_t *d, void *to, hb_draw_state_t *s, float x, float y, void *user)
{
	(void)d, (void)s, (void)user;
	trace_add(to, x, y, true);
}

static void trace_curve(
	hb_draw_funcs_t *d, void *to, hb_draw_state_t *s, float ax, float ay, float x, float y, void *user)
{
	struct trace *t = to;
	float x0 = t->at_x, y0 = t->at_y;

	(void)d, (void)s, (void)user;
	for (int i = 1; i <= 6; i++) {
		float b = (float)i / 6, a = 1 - b;

		trace_add(t, a * a * x0 + 2 * a * b * ax + b * b * x, a * a * y0 + 2 * a * b * ay + b * b * y, true);
	}
}

static void trace_close(hb_draw_funcs_t *d, void *to, hb_draw_state_t *s, void *user)
{
	struct trace *t = to;

	(void)d, (void)s, (void)user;
	trace_add(t, t->from_x, t->from_y, true);
}

static struct trace *traced(hb_face_t *face, hb_codepoint_t glyph)
{
	struct trace *t = arena_alloc(mem, sizeof *t);
	hb_draw_funcs_t *d = hb_draw_funcs_create();
	hb_font_t *font = hb_font_create(face);

	t->em = (float)hb_face_get_upem(face);
	hb_draw_funcs_set_move_to_func(d, trace_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(d, trace_line, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(d, trace_curve, NULL, NULL);
	hb_draw_funcs_set_close_path_func(d, trace_close, NULL, NULL);
	hb_font_get_glyph_shape(font, glyph, d, t);
	hb_font_destroy(font);
	hb_draw_funcs_destroy(d);
	return t;
}

/* How many points of one outline stray from the lines of another by more than that. */
static size_t strays(const struct trace *from, const struct trace *of, double by)
{
	size_t count = 0;

	for (size_t i = 0; i < from->count; i++) {
		double least = 9;

		for (size_t k = 1; k < of->count; k++) {
			double dx = of->x[k] - of->x[k - 1], dy = of->y[k] - of->y[k - 1], t = 0, d;

			if (!of->pen_down[k])
				continue;
			if (dx * dx + dy * dy > 0)
				t = ((from->x[i] - of->x[k - 1]) * dx + (from->y[i] - of->y[k - 1]) * dy) /
				    (dx * dx + dy * dy);
			t = t < 0 ? 0 : t > 1 ? 1 : t;
			d = hypot(from->x[i] - of->x[k - 1] - t * dx, from->y[i] - of->y[k - 1] - t * dy);
			least = d < least ? d : least;
		}
		count += least > by;
	}
	return count;
}

static double area(const struct trace *t)
{
	double sum = 0;

	for (size_t k = 1; k < t->count; k++)
		if (t->pen_down[k])
			sum += (double)t->x[k - 1] * t->y[k] - (double)t->x[k] * t->y[k - 1];
	return sum / 2;
}

static hb_face_t *face_of(const char *at, size_t len)
{
	hb_blob_t *blob = len ? hb_blob_create(at, (unsigned)len, HB_MEMORY_MODE_READONLY, NULL, NULL)
			      : hb_blob_create_from_file(at);
	hb_face_t *face = hb_face_create(blob, 0);

	hb_blob_destroy(blob);
	return face;
}

static void expect_like(int which, const char *path, const uint32_t *cp, size_t count)
{
	hb_face_t *before = face_of(path, 0), *after;
	hb_font_t *font = hb_font_create(before);
	struct font_cut cut;

	font_cut(fonts, which, cp, count, mem, &cut);
	expect_sound(&cut);
	after = face_of((const char *)cut.file.at, cut.file.len);
	expect_box_holds(&cut, after);
	for (size_t i = 0; i < count; i++) {
		hb_codepoint_t glyph = 0;
		struct trace *a, *b;

		expect(cp[i], hb_font_get_nominal_glyph(font, cp[i], &glyph));
		a = traced(before, glyph);
		b = traced(after, (hb_codepoint_t)i + 1);
		expect(cp[i], (a->count > 3) == (b->count > 3) && b->count <= a->count + 2);
		expect(cp[i], strays(b, a, 1.2 / FONT_CUT_EM) == 0);
		expect(cp[i], strays(a, b, 1.6 / FONT_CUT_EM) <= a->count / 20); /* slits without ink are closed */
		expect(cp[i], fabs(area(a) - area(b)) < 0.004 + 0.08 * fabs(area(a)));
		expect(cp[i], abs(cut.advance[i + 1] - (int)lround(font_advance(fonts, cp[i]) * 1000)) == 0);
	}
	hb_font_destroy(font);
	hb_face_destroy(before);
	hb_face_destroy(after);
}

/* No outline strays by more than about a unit of the grid, and there is about as much ink as before. */
static void outlines_are_what_they_were(void **state)
{
	static const uint32_t rare_a[] = {0x20bb7, 0x2cb4a}, rare_b[] = {0x2a6a5, 0x2a700, 0x2b740};
	uint32_t cp[2000];
	size_t n = 0;

	(void)state;
	for (uint32_t i = 0x20; i < 0x7f; i++)
		cp[n++] = i;
	for (uint32_t i = 0x3001; i < 0x3012; i++)
		if (font_face(fonts, i) == FONT_BODY)
			cp[n++] = i;
	cp[n++] = 0x4dae;
	for (uint32_t i = 0x4e00; i < 0x9fa5; i += 21)
		cp[n++] = i;
	expect_like(FONT_BODY, "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", cp, n);
	expect_like(1, "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", rare_a, ARRAY_LEN(rare_a));
	expect_like(2, "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", rare_b, ARRAY_LEN(rare_b));
}

/* Thousands of characters need the long form of the table of places. */
static void a_large_cut(void **state)
{
	uint32_t *cp = arena_array(mem, 8000, sizeof *cp);
	struct font_cut cut;
	size_t n = 0;

	(void)state;
	for (uint32_t i = 0x3400; i <= 0x9fa5; i += 4)
		if (font_face(fonts, i) == FONT_BODY)
			cp[n++] = i;
	assert_true(n > 6000);
	font_cut(fonts, FONT_BODY, cp, n, mem, &cut);
	expect_sound(&cut);
	assert_int_equal(be(table(&cut.file, "head").at + 50, 2), 1);
	assert_string_equal(cut.name, "WenQuanYiZenHei");
	font_cut(fonts, FONT_BODY, cp, 300, mem, &cut);
	expect_sound(&cut);
	assert_int_equal(be(table(&cut.file, "head").at + 50, 2), 0);
}

static void missing_files_are_said(void **state)
{
	static const char *const none[] = {NULL}, *const bad[] = {"/nonexistent.ttf", NULL};
	struct fonts *f = NULL;

	(void)state;
	assert_int_equal(fonts_load("/nonexistent.ttc", none, &f), ERR_INTERNAL);
	assert_int_equal(fonts_load("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", bad, &f), ERR_INTERNAL);
	assert_int_equal(fonts_load("/etc/passwd", none, &f), ERR_INTERNAL);
	assert_null(f);
	fonts_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_has_its_place),
		cmocka_unit_test(the_basic_block_is_complete),
		cmocka_unit_test(outlines_are_what_they_were),
		cmocka_unit_test(a_large_cut),
		cmocka_unit_test(missing_files_are_said),
	};

	return PAPER_MAIN(tests);
}
