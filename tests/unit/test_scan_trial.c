#include "unit.h"

#include "../scan/sheet.h"
#include "../scan/trial.h"
#include "paper.h"

/* A sample of what make bench does at length (tests/bench/bench_scan.c): a scan of each kind. */

enum { FROM = 0, SCANS = TRIAL_KINDS, FORMS = 2 };

static struct trial trial;

static int sample(void **state)
{
	return paper_setup(state) || !trial_run(fonts, FROM, FROM + SCANS, FORMS, true, NULL, &trial) ? -1 : 0;
}

static void the_sample_is_what_it_should_be(void **state)
{
	(void)state;
	assert_int_equal(trial.all.scans, SCANS);
	assert_true(trial.all.forms > SCANS * 3 / 4 && trial.all.forms < SCANS);
	assert_in_range(trial.all.stamped, SCANS / 2, SCANS - 3);
	assert_in_range(trial.all.clean, 3, SCANS / 2);
	assert_in_range(trial.all.small, 2, SCANS / 2);
	assert_true(trial.errors > SCANS / 2);
}

static void pages_are_identified(void **state)
{
	(void)state;
	assert_int_equal(trial.all.wrong, 0);
	assert_true(trial.all.known * 100 >= trial.all.forms * 99);
	assert_int_equal(trial.all.turned, trial.all.known);
}

static void seals_are_found(void **state)
{
	(void)state;
	assert_true(trial.all.found * 100 >= trial.all.stamped * 98);
	assert_true(trial.all.small_found * 100 >= trial.all.small * 90);
	assert_true(trial.all.false_seal * 100 <= trial.all.clean);
}

static void seals_are_measured(void **state)
{
	(void)state;
	assert_int_equal(trial.all.off, 0);
	assert_true(trial.all.error_max <= 1.5);
}

static void grey_is_told_from_colour(void **state)
{
	(void)state;
	assert_int_equal(trial.all.grey_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_is_what_it_should_be),
		cmocka_unit_test(pages_are_identified),
		cmocka_unit_test(seals_are_found),
		cmocka_unit_test(seals_are_measured),
		cmocka_unit_test(grey_is_told_from_colour),
	};

	return cmocka_run_group_tests(tests, sample, paper_teardown);
}
