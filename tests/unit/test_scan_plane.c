#include "unit.h"

#include <math.h>

#include "io/scan_plane.h"

static struct scan_plane plane_of(int w, int h, const unsigned char *at)
{
	struct scan_plane p = scan_plane_new(mem, w, h);

	memcpy(p.at, at, (size_t)w * (size_t)h);
	return p;
}

static void reducing_takes_the_mean(void **state)
{
	struct scan_plane p = plane_of(
				  5, 3, (const unsigned char[]){0, 10, 20, 30, 99, 20, 30, 40, 51, 99, 1, 1, 1, 1, 1}),
			  half = scan_plane_new(mem, 2, 1), same = p;

	(void)state;
	scan_plane_reduce(&p, 2, &half);
	assert_int_equal(half.w, 2);
	assert_int_equal(half.h, 1);
	assert_int_equal(half.at[0], 15);
	assert_int_equal(half.at[1], 35);
	scan_plane_reduce(&p, 2, &same); /* in its own place */
	assert_int_equal(p.at[0], 15);
	assert_int_equal(p.at[1], 35);
}

static void blurring_spreads_and_keeps(void **state)
{
	struct scan_plane p = scan_plane_new(mem, 9, 7), blurred;
	int sum = 0;

	(void)state;
	scan_plane_row(&p, 3)[4] = 225;
	scan_plane_blur(mem, &p, 1, &blurred);
	for (int i = 0; i < 9 * 7; i++)
		sum += blurred.at[i];
	assert_int_equal(sum, 225);
	assert_int_equal(scan_plane_row(&blurred, 2)[3], 25);
	assert_int_equal(scan_plane_row(&blurred, 1)[4], 0);
	memset(p.at, 200, 9 * 7);
	scan_plane_blur(mem, &p, 30, &blurred);
	for (int i = 0; i < 9 * 7; i++)
		expect(i, blurred.at[i] == 200);
}

static void the_threshold_parts_two_heaps(void **state)
{
	static const unsigned char heaps[] = {10, 12, 14, 10, 200, 210, 205, 199, 208, 12};
	struct scan_plane p = plane_of(10, 1, heaps);
	int threshold = scan_plane_otsu(&p);

	(void)state;
	assert_in_range(threshold, 15, 199);
}

static void maps_go_there_and_back(void **state)
{
	static const struct scan_point from[4] = {{0, 0}, {210, 0}, {210, 297}, {0, 297}},
				       to[4] = {{100, 50}, {1900, 120}, {2100, 2700}, {-30, 2600}},
				       line[4] = {{0, 0}, {1, 1}, {2, 2}, {3, 0}};
	struct scan_map map, back;

	(void)state;
	assert_true(scan_map_fit(from, to, &map));
	assert_true(scan_map_invert(&map, &back));
	for (int i = 0; i < 4; i++) {
		struct scan_point p = scan_map_at(&map, from[i]), q = scan_map_at(&back, p);

		expect(i, hypot(p.x - to[i].x, p.y - to[i].y) < 1e-6);
		expect(i, hypot(q.x - from[i].x, q.y - from[i].y) < 1e-6);
	}
	assert_false(scan_map_fit(line, from, &map));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reducing_takes_the_mean),
		cmocka_unit_test(blurring_spreads_and_keeps),
		cmocka_unit_test(the_threshold_parts_two_heaps),
		cmocka_unit_test(maps_go_there_and_back),
	};

	return UNIT_MAIN(tests);
}
