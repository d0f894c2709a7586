#include "unit.h"

#include "io/qr.h"

static void size_is_always_29(void **state)
{
	static const char *const text[] = {"Z1", "Z1GD20261122000001I031218GJJ9C3", "Z1GD20261122000001I031218GJJ9C39",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJK"};
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		expect(i, qr_make(mem, text[i], &qr) == ERR_OK);
		expect(i, qr.size == 29);
	}
}

static void finder_patterns_are_there(void **state)
{
	static const char finder[7][8] = {"1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"};
	static const int corner[3][2] = {{0, 0}, {0, 22}, {22, 0}};
	struct qr qr;

	(void)state;
	assert_int_equal(qr_make(mem, "Z1GD20261122000001I031218GJJ9C39", &qr), ERR_OK);
	for (size_t c = 0; c < ARRAY_LEN(corner); c++)
		for (int row = 0; row < 7; row++)
			for (int column = 0; column < 7; column++) {
				size_t at = (size_t)((corner[c][0] + row) * qr.size + corner[c][1] + column);

				expect(c, qr.dark[at] == finder[row][column] - '0');
			}
}

static void others_are_refused(void **state)
{
	static const char *const text[] = {
		"", "z1", "Z1-", "Z1 ", "中", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKL"};
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		expect(i, qr_make(mem, text[i], &qr) == ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_is_always_29),
		cmocka_unit_test(finder_patterns_are_there),
		cmocka_unit_test(others_are_refused),
	};

	return UNIT_MAIN(tests);
}
