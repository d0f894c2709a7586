#include "unit.h"

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_view.h"

static char *number(const char *day, int sequence)
{
	char *body = arena_printf(mem, "GD%s%06d", day, sequence);

	return arena_printf(mem, "%s%c", body, mod3736(body));
}

/* Back to the case number: whoever reads a bank statement can do it by hand. */
static char *back(const char *reference)
{
	int digits = (int)strlen(reference) - 7;

	return arena_printf(mem, "GD20%.6s%.*s%s", reference, 6 - digits, "000000", reference + 6);
}

static void references(void **state)
{
	static const struct {
		const char *day;
		int sequence;
		const char *want; /* without the check character */
	} row[] = {
		{"20261122", 1, "2611220001"},
		{"20261122", 9999, "2611229999"},
		{"20261122", 10000, "26112210000"},
		{"20261122", 999999, "261122999999"},
		{"20261122", 0, "2611220000"},
		{"20261122", 10, "2611220010"},
		{"20261122", 99999, "26112299999"},
		{"20261122", 100000, "261122100000"},
		{"20300101", 1, "3001010001"},
		{"20991231", 4321, "9912314321"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *no = number(row[i].day, row[i].sequence), *reference = application_reference(mem, no);

		expect_text(i, reference, arena_printf(mem, "%s%c", row[i].want, no[16]));
		expect_text(i, back(reference), no);
		expect(i, strlen(reference) <= 13);
	}
	assert_string_equal(application_reference(mem, "GD20261122000001I"), "2611220001I");
}

/* No two cases share one. */
static void distinct(void **state)
{
	(void)state;
	for (int i = 1; i < 1000000; i += 997) {
		const char *no = number("20261122", i);

		expect_text(i, back(application_reference(mem, no)), no);
	}
}

static void odd_numbers(void **state)
{
	static const char *const row[] = {"", "I", "GD", "GD2026112200000I", "GD120261122000001I", "not a number"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect_text(i, application_reference(mem, row[i]), row[i]);
	assert_string_equal(
		application_reference(mem, "ZY20261122000001A"), "2611220001A"); /* another installation's letters */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(references), cmocka_unit_test(distinct), cmocka_unit_test(odd_numbers)};

	return UNIT_MAIN(tests);
}
