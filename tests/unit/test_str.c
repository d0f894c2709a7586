#include "unit.h"

#include "base/str.h"

typedef void (*appender)(struct str *s, const char *text);

struct row {
	appender add;
	const char *in, *want;
};

static const struct row rows[] = {
	{str_add, "", ""},
	{str_json, "单位\"甲\"\\\n\t\r\x01\x7f/", "单位\\\"甲\\\"\\\\\\n\\u0009\\u000d\\u0001\\u007f/"},
	{str_json,
		"a\xE2\x80\xA8"
		"b\xE2\x80\xA9"
		"c\xE2\x80\xAA",
		"a\\u2028b\\u2029c\xE2\x80\xAA"},
	{str_json, "𠮷", "𠮷"},
	{str_json, "\xE2", "\xE2"}, /* cut short: never reads past the end */
	{str_html, "<a href='x\"y'>&张", "&lt;a href=&#39;x&quot;y&#39;&gt;&amp;张"},
	{str_html, "&amp;", "&amp;amp;"},
	{str_url, "aZ0-._~", "aZ0-._~"},
	{str_url, "/?&=+ %\r\n证", "%2F%3F%26%3D%2B%20%25%0D%0A%E8%AF%81"},
	{str_header, "a\r\nSet-Cookie: x\t\x7f中", "a  Set-Cookie: x  中"},
	{str_filename, "申请表.pdf", "filename=\"___.pdf\"; filename*=UTF-8''%E7%94%B3%E8%AF%B7%E8%A1%A8.pdf"},
	{str_filename, "a\";x=\r\n/../b", "filename=\"a__x____.._b\"; filename*=UTF-8''a%22%3Bx%3D%0D%0A%2F..%2Fb"},
	{str_filename, "", "filename=\"\"; filename*=UTF-8''"},
	{str_csv, "", "\"\""},
	{str_csv, "他说\"好\",\n换行", "\"他说\"\"好\"\",\n换行\""},
	{str_csv, "=1+1", "\"'=1+1\""},
	{str_csv, "+86", "\"'+86\""},
	{str_csv, "-1", "\"'-1\""},
	{str_csv, "@SUM", "\"'@SUM\""},
	{str_csv, "\tx", "\"'\tx\""},
	{str_csv, "\rx", "\"'\rx\""},
	{str_csv, "a=1", "\"a=1\""},
};

static void escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str s;

		str_init(&s, mem);
		rows[i].add(&s, rows[i].in);
		expect_text(i, s.at, rows[i].want);
		expect(i, s.len == strlen(rows[i].want));
	}
}

static void grows(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, mem);
	assert_string_equal(s.at, "");
	for (int i = 0; i < 20000; i++) {
		str_addc(&s, 'a');
		str_add(&s, "证");
		str_addf(&s, "%03d", i % 1000);
		str_addn(&s, "xyz", 0);
		assert_int_equal(s.at[s.len], 0);
	}
	assert_int_equal(s.len, 20000 * 7);
	assert_int_equal(strlen(s.at), s.len);
	assert_memory_equal(s.at + 7 * 999, "a证999", 7);
	str_addn(&s, s.at, s.len); /* itself */
	assert_memory_equal(s.at, s.at + s.len / 2, s.len / 2);
}

static void exact_boundary(void **state)
{
	(void)state;
	for (size_t n = 0; n < 200; n++) {
		struct str s;
		char fill[200];

		memset(fill, 'q', sizeof fill);
		str_init(&s, mem);
		str_addn(&s, fill, n);
		str_addf(&s, "%.*s", (int)n, fill);
		expect(n, s.len == 2 * n && strlen(s.at) == 2 * n);
	}
}

static void hex(void **state)
{
	static const char *const bad[] = {"0", "0g", "g0", " 0", "0x", "00 ", "\xEF\xBC"};
	unsigned char all[256], back[256];
	struct str s;

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	str_init(&s, mem);
	str_hex(&s, all, 256);
	assert_int_equal(s.len, 512);
	assert_memory_equal(s.at, "000102", 6);
	assert_memory_equal(s.at + 508, "feff", 4);
	assert_true(hex_decode(s.at, 512, back));
	assert_memory_equal(all, back, 256);
	assert_true(hex_decode("aBCd", 4, back) && back[0] == 0xAB && back[1] == 0xCD);
	assert_true(hex_decode("", 0, back));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(i, !hex_decode(bad[i], strlen(bad[i]), back));
}

static void base64(void **state)
{
	/* RFC 4648, section 10 */
	static const char *const good[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
		{"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
	static const char *const bad[] = {"Z", "Zg", "Zg=", "====", "=AAA", "A=AA", "AA=A", "Zh==", "Zm9=", "Zm-_",
		"Zm9\n", "Zm9v Zm9v", "Zg==Zg==", "Zg\0=", "Zm9v====", "A==="};
	unsigned char back[16];
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct str s;

		str_init(&s, mem);
		str_base64(&s, good[i][0], strlen(good[i][0]));
		expect_text(i, s.at, good[i][1]);
		expect(i, base64_decode(good[i][1], strlen(good[i][1]), back, &n));
		expect(i, n == strlen(good[i][0]) && memcmp(back, good[i][0], n) == 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(i, !base64_decode(bad[i], strlen(bad[i]), back, &n));
	assert_false(base64_decode("Zg\0=", 4, back, &n));
}

static void words(void **state)
{
	static const char *const list[] = {"post", "counter", NULL}, *const none[] = {NULL};

	(void)state;
	assert_int_equal(text_index(list, "post"), 0);
	assert_int_equal(text_index(list, "counter"), 1);
	assert_int_equal(text_index(list, "count"), -1);
	assert_int_equal(text_index(list, ""), -1);
	assert_int_equal(text_index(list, NULL), -1);
	assert_int_equal(text_index(none, "post"), -1);
	assert_true(text_eq(NULL, NULL) && text_eq("吉", "吉") && !text_eq("", NULL) && !text_eq(NULL, "") &&
		    !text_eq("𠮷", "吉"));
	assert_true(text_empty(NULL) && text_empty("") && !text_empty(" "));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(grows),
		cmocka_unit_test(exact_boundary),
		cmocka_unit_test(hex),
		cmocka_unit_test(base64),
		cmocka_unit_test(words),
	};

	return UNIT_MAIN(tests);
}
