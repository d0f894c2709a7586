#include "unit.h"

#include "base/str.h"
#include "domain/form_code.h"

static const unsigned char key[] = "a key of thirty-two bytes, surely";

static enum err read_text(const char *text, struct form_code *ret)
{
	return form_code_read(text, strlen(text), key, sizeof key - 1, ret);
}

static void made_is_read(void **state)
{
	static const struct form_code row[] = {
		{"GD20261122000001I", 3, 1, 2, 1},
		{"GD20261122000001I", 1, 1, 1, 1},
		{"12345678", 1023, 31, 31, 9},
		{"ZZZZZZZZZZZZZZZZZ", 32, 2, 7, 2},
		{"0OIL1UV00000", 31, 30, 31, 1},
	};
	char text[FORM_CODE_MAX + 1];
	struct form_code back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect(i, form_code_make(&row[i], key, sizeof key - 1, text) == ERR_OK);
		expect(i, strlen(text) == strlen(row[i].no) + 15);
		expect(i, strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(text));
		expect(i, read_text(text, &back) == ERR_OK);
		expect_text(i, back.no, row[i].no);
		expect(i, back.version == row[i].version && back.page == row[i].page);
		expect(i, back.pages == row[i].pages && back.copy == row[i].copy);
	}
}

static void out_of_bounds_is_not_made(void **state)
{
	static const struct form_code row[] = {
		{"1234567", 1, 1, 1, 1},
		{"GD20261122000001i", 1, 1, 1, 1},
		{"GD2026-1122", 1, 1, 1, 1},
		{"GD20261122000001I", 0, 1, 1, 1},
		{"GD20261122000001I", 1024, 1, 1, 1},
		{"GD20261122000001I", 1, 0, 1, 1},
		{"GD20261122000001I", 1, 2, 1, 1},
		{"GD20261122000001I", 1, 1, 32, 1},
		{"GD20261122000001I", 1, 1, 1, 0},
		{"GD20261122000001I", 1, 1, 1, 10},
	};
	char text[FORM_CODE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, form_code_make(&row[i], key, sizeof key - 1, text) == ERR_INVALID);
}

/* Every single changed character is noticed: as forged, or as no code at all; never read as something else. */
static void any_change_is_noticed(void **state)
{
	const struct form_code code = {"GD20261122000001I", 3, 1, 2, 1};
	char text[FORM_CODE_MAX + 1], bad[FORM_CODE_MAX + 1];
	struct form_code back;

	(void)state;
	assert_int_equal(form_code_make(&code, key, sizeof key - 1, text), ERR_OK);
	for (size_t i = 0; text[i]; i++)
		for (const char *c = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *c; c++) {
			if (text[i] == *c)
				continue;
			memcpy(bad, text, sizeof bad);
			bad[i] = *c;
			expect(i, read_text(bad, &back) == ERR_SYNTAX || read_text(bad, &back) == ERR_FORBIDDEN);
		}
	assert_int_equal(
		form_code_read(text, strlen(text), (const unsigned char *)"another key", 11, &back), ERR_FORBIDDEN);
	assert_int_equal(form_code_read(text, strlen(text) - 1, key, sizeof key - 1, &back), ERR_SYNTAX);
}

static void typed_with_blanks_and_small_letters(void **state)
{
	const struct form_code code = {"GD20261122000001I", 3, 1, 2, 1};
	char text[FORM_CODE_MAX + 1];
	struct form_code back;
	struct str typed;

	(void)state;
	assert_int_equal(form_code_make(&code, key, sizeof key - 1, text), ERR_OK);
	str_init(&typed, mem);
	for (size_t i = 0; text[i]; i++) {
		str_addc(&typed, text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i]);
		if (i % 4 == 3)
			str_addc(&typed, ' ');
	}
	assert_int_equal(read_text(typed.at, &back), ERR_OK);
	assert_int_equal(back.version, 3);
}

static void what_is_no_code(void **state)
{
	static const char *const row[] = {"", "Z1", "https://example.com/a?b=c", "Z2GD20261122000001I031218GJJ9C39",
		"中文中文中文中文中文中文中文", "Z1GD20261122000001I031218GJJ9C399999",
		"                                                  "};
	struct form_code back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, read_text(row[i], &back) == ERR_SYNTAX);
	assert_int_equal(
		form_code_read("Z1\0GD20261122000001I031218GJJ9C3", 32, key, sizeof key - 1, &back), ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_is_read),
		cmocka_unit_test(out_of_bounds_is_not_made),
		cmocka_unit_test(any_change_is_noticed),
		cmocka_unit_test(typed_with_blanks_and_small_letters),
		cmocka_unit_test(what_is_no_code),
	};

	return UNIT_MAIN(tests);
}
