#ifndef UNIT_H
#define UNIT_H

/* What every unit test opens with: cmocka with what it wants before it, and one arena for the whole program.
 * Cases stand in arrays; `at` prints the failing one before the assert that follows ends the test. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static struct arena *mem;

static inline int unit_setup(void **state)
{
	(void)state;
	mem = arena_new();
	return 0;
}

static inline int unit_teardown(void **state)
{
	(void)state;
	arena_done(&mem);
	return 0;
}

#define UNIT_MAIN(tests) cmocka_run_group_tests(tests, unit_setup, unit_teardown)

/* expect(i, a == b): an assert_true that names the row. */
#define expect(row, what) \
	do { \
		if (!(what)) \
			fail_msg("row %d: %s", (int)(row), #what); \
	} while (0)
#define expect_text(row, got, want) \
	do { \
		const char *got_ = (got), *want_ = (want); \
		if (!got_ != !want_ || (got_ && strcmp(got_, want_) != 0)) \
			fail_msg("row %d: got \"%s\", want \"%s\"", (int)(row), got_ ? got_ : "(null)", \
				want_ ? want_ : "(null)"); \
	} while (0)

#endif
