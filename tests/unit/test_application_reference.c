#include "unit.h"

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_view.h"

static char *number(const char *day, int sequence)
{
	char *body = arena_printf(mem, "GD%s%06d", day, sequence);

	return arena_printf(mem, "%s%c", body, mod3736(body));
}

static const char *back(const char *reference)
{
	return application_of_reference(mem, "GD", reference);
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

/* As people type them, and what is none. */
static void typed(void **state)
{
	static const char *const none[] = {"", "I", "GD20261122000001I", "2611220001", "2611220001J", "2613220001I",
		"26112200000001I", "中国电信", "东方明珠", "a证书公司b", "ABCDEFGHIJK", "26112200O1中"};

	(void)state;
	assert_string_equal(back("26 1122-0001 i"), "GD20261122000001I");
	assert_string_equal(back("２６１１２２０００１Ｉ"), "GD20261122000001I");
	assert_string_equal(back("261122OOO1I"), "GD20261122000001I");
	assert_null(application_of_reference(mem, "DG", "2611220001I")); /* the check is over the prefix too */
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		expect(i, back(none[i]) == NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(references), cmocka_unit_test(distinct),
		cmocka_unit_test(odd_numbers), cmocka_unit_test(typed)};

	return UNIT_MAIN(tests);
}
