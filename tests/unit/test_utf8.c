#include "unit.h"

#include "base/utf8.h"

static void validity(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		bool valid;
	} row[] = {
		{"", 0, true}, {"a", 1, true}, {"\xC2\x80", 2, true}, {"\xDF\xBF", 2, true}, {"\xE0\xA0\x80", 3, true},
		{"\xED\x9F\xBF", 3, true}, {"\xEE\x80\x80", 3, true}, {"\xEF\xBF\xBF", 3, true},
		{"\xF0\x90\x80\x80", 4, true}, {"\xF4\x8F\xBF\xBF", 4, true}, {"𠮷㛃䶮𬭊𰻝𪚥", 22, true},
		{"a\0b", 3, false},		      /* NUL */
		{"\0", 1, false}, {"\x80", 1, false}, /* continuation alone */
		{"\xC0\x80", 2, false},		      /* overlong NUL */
		{"\xC1\xBF", 2, false},		      /* overlong DEL */
		{"\xE0\x80\xAF", 3, false},	      /* overlong / */
		{"\xE0\x9F\xBF", 3, false}, {"\xF0\x80\x80\xAF", 4, false}, {"\xF0\x8F\xBF\xBF", 4, false},
		{"\xED\xA0\x80", 3, false},				    /* surrogates */
		{"\xED\xBF\xBF", 3, false}, {"\xF4\x90\x80\x80", 4, false}, /* above U+10FFFF */
		{"\xF5\x80\x80\x80", 4, false}, {"\xF8\x88\x80\x80\x80", 5, false}, {"\xFF", 1, false},
		{"\xE4\xB8", 2, false},	    /* cut short */
		{"\xE4\xB8\xAD", 2, false}, /* cut by the length */
		{"\xE4\xB8"
		 "a",
			3, false},
		{"\xE4\xE4\xB8\xAD", 4, false}, {"\xD6\xD0", 2, false}, /* GBK */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, utf8_valid(row[i].text, row[i].n) == row[i].valid);
}

static void every_code_point(void **state)
{
	char bytes[5];

	(void)state;
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		const char *at = bytes;
		size_t n = utf8_put(cp, bytes);

		bytes[n] = 0;
		if (cp >= 0xD800 && cp <= 0xDFFF) {
			expect(cp, !utf8_valid(bytes, n));
			continue;
		}
		expect(cp, utf8_valid(bytes, n) && utf8_next(&at) == cp && at == bytes + n && utf8_next(&at) == 0 &&
				   at == bytes + n);
	}
}

static void counting(void **state)
{
	(void)state;
	assert_int_equal(utf8_count(""), 0);
	assert_int_equal(utf8_count("买买提·吐尔逊"), 7);
	assert_int_equal(utf8_count("𠮷𰻝a"), 3);
}

/* Text that should never come this far must not be read past its end. */
static void broken_text_stays_inside(void **state)
{
	static const char *const text[] = {"\xF0", "\xE4\xB8", "a\x80", "\xFF\xFF", "\xED\xA0\x80"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		char *copy = arena_text(mem, text[i]); /* poisoned behind the NUL */
		const char *at = copy;

		while (utf8_next(&at))
			;
		expect(i, at == copy + strlen(copy));
		expect(i, utf8_count(copy) <= strlen(copy));
		utf8_trim(mem, copy);
	}
}

static void folding(void **state)
{
	(void)state;
	assert_string_equal(utf8_fold_ascii(mem, "（广州）ＡＢ１２－～　￥·、。"), "(广州)AB12-~ ￥·、。");
	assert_string_equal(utf8_fold_ascii(mem, ""), "");
	/* Compatibility ideographs are not replaced: Han is never normalised. */
	assert_string_equal(utf8_fold_ascii(mem, "\xEF\xA7\x91\xEF\xA4\x80\xF0\xAF\xA0\x9A"),
		"\xEF\xA7\x91\xEF\xA4\x80\xF0\xAF\xA0\x9A");
}

static void trimming(void **state)
{
	static const char *const row[][2] = {
		{"", ""},
		{"   ", ""},
		{" 张 三\t\r\n", "张 三"},
		{"\xE3\x80\x80\xEF\xBB\xBF\xE2\x80\x8B\xE2\x80\x8C\xE2\x80\x8D张\xC2\xA0\xE2\x80\x83", "张"},
		{"a\xE3\x80\x80"
		 "b",
			"a\xE3\x80\x80"
			"b"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect_text(i, utf8_trim(mem, row[i][0]), row[i][1]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(validity),
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(counting),
		cmocka_unit_test(broken_text_stays_inside),
		cmocka_unit_test(folding),
		cmocka_unit_test(trimming),
	};

	return UNIT_MAIN(tests);
}
