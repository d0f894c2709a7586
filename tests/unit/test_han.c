#include "unit.h"

#include "base/han.h"

/* Both edges of every block and the code points beside them. */
static void edges(void **state)
{
	static const uint32_t block[][2] = {
		{0x3007, 0x3007},
		{0x4E00, 0x9FFF},
		{0x3400, 0x4DBF},
		{0x20000, 0x2A6DF},
		{0x2A700, 0x2B73F},
		{0x2B740, 0x2B81F},
		{0x2B820, 0x2CEAF},
		{0x2CEB0, 0x2EBEF},
		{0x2EBF0, 0x2EE5F},
		{0x30000, 0x3134F},
		{0x31350, 0x323AF},
		{0xF900, 0xFAFF},
		{0x2F800, 0x2FA1F},
	};
	static const uint32_t not_han[] = {0, 'A', '1', 0xB7, 0x2E80, 0x3005, 0x3006, 0x3008, 0x33FF, 0x4DC0, 0xA000,
		0xD800, 0xE000, 0xF8FF, 0xFB00, 0xFF08, 0x1FFFF, 0x2A6E0, 0x2A6FF, 0x2EE60, 0x2F7FF, 0x2FA20, 0x2FFFF,
		0x323B0, 0xF0000, 0x10FFFF, 0xFFFFFFFF};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(block); i++)
		expect(i, han_is(block[i][0]) && han_is(block[i][1]) && !han_is_private(block[i][0]));
	for (size_t i = 0; i < ARRAY_LEN(not_han); i++)
		expect(i, !han_is(not_han[i]));
}

static void rare_characters(void **state)
{
	static const uint32_t rare[] = {0x20BB7, 0x36C3, 0x4DAE, 0x2CB4A, 0x30EDD, 0x2A6A5};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rare); i++)
		expect(i, han_is(rare[i]));
}

static void private_use(void **state)
{
	static const uint32_t yes[] = {0xE000, 0xF8FF, 0xF0000, 0xFFFFD, 0x100000, 0x10FFFD};
	static const uint32_t no[] = {0xDFFF, 0xF900, 0xEFFFF, 0xFFFFE, 0xFFFFF, 0x10FFFE, 0x10FFFF, 0x4E00};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		expect(i, han_is_private(yes[i]) && !han_is(yes[i]));
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		expect(i, !han_is_private(no[i]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges),
		cmocka_unit_test(rare_characters),
		cmocka_unit_test(private_use),
	};

	return UNIT_MAIN(tests);
}
