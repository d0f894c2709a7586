#include "unit.h"

#include "domain/clock.h"

enum { HOUR = 3600, YEAR = 365 * DAY_S };

/* The wall clock against the time since boot. */
static void steps(void **state)
{
	static const struct {
		const char *boot;
		int64_t wall_s, up_s; /* later than before */
		int64_t step;
	} cases[] = {
		{"a", 0, 0, 0},
		{"a", 10, 10, 0},
		{"a", YEAR, YEAR, 0}, /* time passed */
		{"a", 60, 0, 0},      /* at the limit */
		{"a", 61, 0, 61},
		{"a", -60, 0, 0},
		{"a", -61, 0, -61},
		{"a", 0, 61, -61}, /* the wall clock stood still */
		{"a", HOUR + 5, 5, HOUR},
		{"a", -HOUR + 5, 5, -HOUR},
		{"a", YEAR, 5, YEAR - 5},
		{"a", -YEAR, 5, -YEAR - 5},
		{"b", 0, -500, 0},    /* started anew: at once */
		{"b", YEAR, -500, 0}, /* after a year in the cupboard */
		{"b", -60, -500, 0},
		{"b", -61, -500, -61}, /* earlier than it was */
		{"b", -YEAR, 500, -YEAR},
	};
	const struct clock_state before = {.boot = "a", .wall = 1795384913, .up_s = 26012};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct uptime now = {cases[i].boot, before.wall + cases[i].wall_s, before.up_s + cases[i].up_s};

		expect(i, clock_step(&before, &now) == cases[i].step);
	}
}

static void nothing_before(void **state)
{
	const struct clock_state none = {0};
	const struct uptime now = {"a", 1795384913, 5};

	(void)state;
	assert_int_equal(clock_step(&none, &now), 0);
}

/* The two clocks of this machine agree while it works, and the boot has a name. */
static void read_together(void **state)
{
	struct uptime one, two;

	(void)state;
	one = uptime_now(mem);
	two = uptime_now(mem);
	assert_true(one.up_s > 0 && two.up_s >= one.up_s && two.wall >= one.wall);
	assert_string_equal(one.boot, two.boot);
	assert_true(strlen(one.boot) > 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps),
		cmocka_unit_test(nothing_before),
		cmocka_unit_test(read_together),
	};

	return UNIT_MAIN(tests);
}
