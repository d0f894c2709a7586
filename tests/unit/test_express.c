/* What is signed for the courier, and what he writes. */
#include "unit.h"

#include <string.h>

#include "base/date.h"
#include "domain/express_sf.h"

static void encoded_as_java_does(void **state)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{"", ""},
		{"aZ09.-_*", "aZ09.-_*"},
		{"a b", "a+b"},
		{"+&=/?", "%2B%26%3D%2F%3F"},
		{"!'()~", "%21%27%28%29%7E"},
		{"{\"a\":\"䶮𠮷\"}", "%7B%22a%22%3A%22%E4%B6%AE%F0%A0%AE%B7%22%7D"},
		{"（集团）\n", "%EF%BC%88%E9%9B%86%E5%9B%A2%EF%BC%89%0A"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, strcmp(express_sf_encode(mem, row[i].text), row[i].want) == 0);
}

static void the_published_digest(void **state)
{
	(void)state;
	assert_string_equal(express_sf_digest(mem, "{\"language\":\"zh-CN\",\"orderId\":\"GD20261122000001\"}",
				    "1700000000000", "CHECKWORD"),
		"JYavCexOsp0cvE9CQI6mjg==");
	assert_string_not_equal(express_sf_digest(mem, "{\"language\":\"zh-CN\",\"orderId\":\"GD20261122000001\"}",
					"1700000000000", "CHECKWORe"),
		"JYavCexOsp0cvE9CQI6mjg==");
}

static void disputed_characters_are_written_otherwise(void **state)
{
	(void)state;
	assert_string_equal(express_sf_plain(mem, "{\"a\":\"甲(乙)!*~'\"}"),
		"{\"a\":\"甲\\u0028乙\\u0029\\u0021\\u002a\\u007e\\u0027\"}");
}

static void moments_of_the_courier(void **state)
{
	static const char *const wrong[] = {"", "2026-11-22", "2026-11-22T14:05:09", "2026-11-22 24:00:00",
		"2026-11-22 14:60:00", "2026-13-22 14:05:09", "2026-02-30 14:05:09", "2026-11-22 14:05:0x",
		"2026-11-22 14:05:09 ", "+026-11-22 14:05:09", "2026-11-22 -1:05:09"};
	(void)state;
	assert_int_equal(express_sf_moment("2026-11-22 14:05:09"), date_moment((struct date){2026, 11, 22}, 14, 5, 9));
	assert_int_equal(express_sf_moment(NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		expect(i, express_sf_moment(wrong[i]) == 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoded_as_java_does),
		cmocka_unit_test(the_published_digest),
		cmocka_unit_test(disputed_characters_are_written_otherwise),
		cmocka_unit_test(moments_of_the_courier),
	};
	return UNIT_MAIN(tests);
}
