#include "unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/date.h"
#include "base/rule.h"
#include "base/str.h"
#include "io/json.h"

struct inner {
	const char *name;
	int64_t staff;
};

struct thing {
	const char *title;
	int64_t count;
	bool sure;
	struct date day;
	int64_t at;
	struct inner inner;
	struct list rows;
	struct texts tags;
	int64_t locked;
};

static const char *const colours[] = {"red", "green", NULL};
static const struct field inner_fields[] = {
	TEXT_REQUIRED(struct inner, name, "名称", 1, 20, rule_line),
	INT(struct inner, staff, "人数", 0, 100),
};
static const struct shape inner_shape = SHAPE(struct inner, inner_fields);
static const struct field thing_fields[] = {
	WORD(struct thing, title, "颜色", colours),
	INT(struct thing, count, "数量", 0, 0),
	BOOL(struct thing, sure, "确认"),
	DAY(struct thing, day, "日期"),
	TIME(struct thing, at, "时间"),
	OBJECT(struct thing, inner, "单位", &inner_shape),
	LIST(struct thing, rows, "明细", 0, 3, &inner_shape),
	TEXTS(struct thing, tags, "标签", 0, 2, rule_line),
	{"locked", "编号", FIELD_INT, FIELD_READONLY, 0, 0, FIELD_AT(struct thing, locked, int64_t), NULL, NULL, NULL},
};
static const struct shape thing_shape = SHAPE(struct thing, thing_fields);

/* The text ends where the memory ends: a reader that looks one byte further dies here. */
static const char *at_the_edge(const char *text, size_t n)
{
	static char *page;
	size_t size = (size_t)sysconf(_SC_PAGESIZE) * 160;

	if (!page) {
		page = mmap(NULL, size * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_true(page != MAP_FAILED);
		assert_int_equal(mprotect(page + size, size, PROT_NONE), 0);
	}
	assert_true(n <= size);
	memcpy(page + size - n, text, n);
	return page + size - n;
}

static struct faults faults;
static const char *say;

static enum err read_n(const char *text, size_t n, struct thing *t)
{
	faults_init(&faults, mem);
	say = NULL;
	return json_read(at_the_edge(text, n), n, &thing_shape, t, &faults, &say);
}

static enum err read_into(const char *text, struct thing *t)
{
	return read_n(text, strlen(text), t);
}

/* No JSON at all, or JSON that two readers would understand in two ways. */
static const char *const hostile_text[] = {
	/* cut, empty, not an only value */
	"",
	" ",
	"{",
	"[",
	"\"",
	"{\"count\"",
	"{\"count\":",
	"{\"count\":1",
	"{\"count\":1,",
	"{\"title\":\"re",
	"{\"title\":\"red\\",
	"{\"title\":\"\\u00",
	"{\"title\":\"\\u",
	"tru",
	"{}}",
	"{} {}",
	"{}x",
	"{},",
	"{}\v",
	"{\"count\":1}]",
	"[}",
	"{\"count\":1 \"sure\":true}",
	/* not JSON */
	"{count:1}",
	"{'count':1}",
	"{\"count\":1,}",
	"{\"tags\":[1,]}",
	"{\"tags\":[,1]}",
	"{\"count\":NaN}",
	"{\"count\":Infinity}",
	"{\"count\":-Infinity}",
	"{\"count\":undefined}",
	"{\"sure\":True}",
	"{\"sure\":truex}",
	"{\"a\":nul}",
	"{/* a */}",
	"{}// a",
	"{\"count\":0x10}",
	"{\"count\":+1}",
	"{\"count\":.5}",
	"{\"count\":1.}",
	"{\"count\":1.x}",
	"{\"count\":007}",
	"{\"count\":-01}",
	"{\"count\":-}",
	"{\"count\":--1}",
	"{\"count\":1-1}",
	"{\"count\":1_000}",
	"{\"count\":1.2.3}",
	"{\"count\":１}",
	"\"count\":1",
	"{\"a\"}",
	"{1:1}",
	"{null:1}",
	/* numbers that no int64 or no double holds, or that come in two spellings */
	"{\"count\":1e400}",
	"{\"count\":-1e400}",
	"{\"count\":1e-400}",
	"{\"count\":1E2}",
	"{\"count\":1e+2}",
	"{\"count\":-0}",
	"{\"count\":-0.0}",
	"{\"count\":9007199254740992}",
	"{\"count\":-9007199254740993}",
	"{\"count\":9223372036854775808}",
	"{\"count\":18446744073709551617}",
	"{\"count\":100000000000000000000000000000000000000000000000000000000000000000000000000000000001}",
	"{\"count\":0.99999999999999999999}",
	"{\"nobody\":[{\"x\":1e400}]}",
	"1e400",
	/* characters */
	"\xEF\xBB\xBF{}",
	"{}\xEF\xBB\xBF",
	"{\x01\"count\":1}",
	"{\"count\":\x0C"
	"1}",
	"{\"count\"\x1F:1}",
	"\x0B{}",
	"\xC2\xA0{}",
	"\xE3\x80\x80{}",
	"{\"title\":\"a\nb\"}",
	"{\"title\":\"a\tb\"}",
	"{\"ti\x01tle\":1}",
	"{\"title\":\"\x1B[31m\"}",
	"{\x7F}",
	"{\"title\":\"\xFF\"}",
	"{\"title\":\"\xC0\x80\"}",
	"{\"title\":\"\xC0\xAF\"}",
	"{\"title\":\"\xED\xA0\x80\"}",
	"{\"title\":\"\xED\xA1\x82\xED\xBE\xB7\"}",
	"{\"title\":\"\xF4\x90\x80\x80\"}",
	"{\"title\":\"\xE4\xB8\"}",
	"{\"title\":\"\xF8\x88\x80\x80\x80\"}",
	"\xFF\xFE{\"",
	"{\"title\":\"\x80\"}",
	/* escapes: U+0000 in every spelling, half of a pair, none that JSON has */
	"{\"title\":\"\\u0000\"}",
	"{\"title\":\"red\\u0000x\"}",
	"{\"ti\\u0000\":1}",
	"{\"nobody\":{\"x\":[\"\\u0000\"]}}",
	"{\"title\":\"\\\\\\u0000\"}",
	"{\"title\":\"\\U0000\"}",
	"{\"title\":\"\\x00\"}",
	"{\"title\":\"\\0\"}",
	"{\"title\":\"\\u00g0\"}",
	"{\"title\":\"\\uZZZZ\"}",
	"{\"title\":\"\\u 000\"}",
	"{\"title\":\"\\u-001\"}",
	"{\"title\":\"\\u0x00\"}",
	"{\"title\":\"\\u12\"}",
	"{\"title\":\"\\u000\"}",
	"{\"title\":\"\\'\"}",
	"{\"title\":\"\\a\"}",
	"{\"title\":\"\\ud842\"}",
	"{\"title\":\"\\udfb7\"}",
	"{\"title\":\"\\uD842x\"}",
	"{\"title\":\"\\uD842\\u0041\"}",
	"{\"title\":\"\\uDFB7\\uD842\"}",
	"{\"title\":\"\\ud842\\ud842\"}",
	"{\"title\":\"\\ud842\\udfbz\"}",
	/* keys twice, at any depth, in any spelling, under names that nobody knows */
	"{\"count\":1,\"count\":1}",
	"{\"count\":1,\"sure\":true,\"count\":2}",
	"{\"inner\":{\"name\":\"a\",\"name\":\"b\"}}",
	"{\"inner\":null,\"inner\":{}}",
	"{\"rows\":[{\"name\":\"a\"},{\"name\":\"a\",\"name\":\"a\"}]}",
	"{\"nobody\":[[[{\"x\":1,\"x\":2}]]]}",
	"{\"\":1,\"\":2}",
	"{\"title\":\"red\",\"t\\u0069tle\":\"green\"}",
	"{\"中\":1,\"\\u4e2d\":2}",
};

static void hostile(void **state)
{
	(void)state;
	assert_true(ARRAY_LEN(hostile_text) >= 40);
	for (size_t i = 0; i < ARRAY_LEN(hostile_text); i++) {
		struct thing t = {0}, untouched = {0};

		if (read_into(hostile_text[i], &t) != ERR_SYNTAX)
			fail_msg("row %zu: %s", i, hostile_text[i]);
		expect(i, say && *say && faults.count == 0);
		expect(i, memcmp(&t, &untouched, sizeof t) == 0);
	}
}

/* JSON, but not what was asked for: every fault has pointer, code and sentence. */
static const struct {
	const char *text, *pointer, *code;
} wrong[] = {
	{"{\"count\":1.5}", "/count", "type"},
	{"{\"count\":\"1\"}", "/count", "type"},
	{"{\"count\":true}", "/count", "type"},
	{"{\"count\":[1]}", "/count", "type"},
	{"{\"count\":{}}", "/count", "type"},
	{"{\"sure\":1}", "/sure", "type"},
	{"{\"sure\":\"true\"}", "/sure", "type"},
	{"{\"title\":5}", "/title", "type"},
	{"{\"title\":[\"red\"]}", "/title", "type"},
	{"{\"title\":\"blue\"}", "/title", "choice"},
	{"{\"day\":\"2026-02-29\"}", "/day", "date"},
	{"{\"day\":20260228}", "/day", "type"},
	{"{\"day\":\"2026-02-28T00:00:00Z\"}", "/day", "date"},
	{"{\"at\":\"2026-02-28\"}", "/at", "time"},
	{"{\"at\":0}", "/at", "type"},
	{"[]", "", "type"},
	{"null", "", "type"},
	{"\"red\"", "", "type"},
	{"5", "", "type"},
	{"true", "", "type"},
	{"{\"inner\":[]}", "/inner", "type"},
	{"{\"inner\":\"x\"}", "/inner", "type"},
	{"{\"inner\":{}}", "/inner/name", "missing"},
	{"{\"inner\":{\"name\":null}}", "/inner/name", "missing"},
	{"{\"inner\":{\"name\":\"　\"}}", "/inner/name", "missing"},
	{"{\"inner\":{\"name\":\"a\",\"staff\":101}}", "/inner/staff", "range"},
	{"{\"inner\":{\"name\":\"a\",\"staff\":-1}}", "/inner/staff", "range"},
	{"{\"inner\":{\"name\":\"一二三四五六七八九十一二三四五六七八九十一\"}}", "/inner/name", "too_long"},
	{"{\"inner\":{\"name\":\"a\\nb\"}}", "/inner/name", "control"},
	{"{\"inner\":{\"name\":\"a\\u0001\"}}", "/inner/name", "control"},
	{"{\"rows\":{}}", "/rows", "type"},
	{"{\"rows\":[null]}", "/rows/0", "type"},
	{"{\"rows\":[{\"name\":\"a\"},{}]}", "/rows/1/name", "missing"},
	{"{\"rows\":[{\"name\":\"a\"},{\"name\":\"b\",\"x\":1}]}", "/rows/1/x", "unknown_key"},
	{"{\"rows\":[[]]}", "/rows/0", "type"},
	{"{\"rows\":[{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"}]}", "/rows", NULL},
	{"{\"tags\":\"a\"}", "/tags", "type"},
	{"{\"tags\":[\"a\",\"b\",\"c\"]}", "/tags", NULL},
	{"{\"tags\":[\"a\",5]}", "/tags/1", "type"},
	{"{\"tags\":[null]}", "/tags/0", "type"},
	{"{\"tags\":[\"\"]}", "/tags/0", "missing"},
	{"{\"tags\":[\"a\",\" 　\"]}", "/tags/1", "missing"},
	{"{\"locked\":1}", "/locked", "read_only"},
	{"{\"locked\":null}", "/locked", "read_only"},
	{"{\"a/b\":1}", "/a~1b", "unknown_key"},
	{"{\"m~n\":1}", "/m~0n", "unknown_key"},
	{"{\"~1/\":1}", "/~01~1", "unknown_key"},
	{"{\"\":1}", "/", "unknown_key"},
	{"{\"Count\":1}", "/Count", "unknown_key"},
	{"{\"count \":1}", "/count ", "unknown_key"},
	{"{\"单位\":1}", "/单位", "unknown_key"},
	{"{\"inner\":{\"name\":\"a\",\"x/y~z\":{}}}", "/inner/x~1y~0z", "unknown_key"},
	{"{\"__proto__\":{}}", "/__proto__", "unknown_key"},
};

static void wrong_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct thing t = {.locked = 7};

		if (read_into(wrong[i].text, &t) != ERR_INVALID)
			fail_msg("row %zu: %s", i, wrong[i].text);
		expect(i, faults.count == 1 && t.locked == 7);
		expect_text(i, faults.at[0].pointer, wrong[i].pointer);
		if (wrong[i].code)
			expect_text(i, faults.at[0].code, wrong[i].code);
		expect(i, *faults.at[0].code && *faults.at[0].detail);
	}
}

static void taken(void **state)
{
	static const char *const text[] = {
		"{}",
		" \t\r\n{ } \n",
		"{\"count\":0}",
		"{\"count\":9007199254740991}",
		"{\"count\":-9007199254740991}",
		"{\"count\":3.0}",
		"{\"title\":\"red\"}",
		"{\"title\":\"r\\u0065d\"}",
		"{\"title\":null}",
		"{\"sure\":false}",
		"{\"rows\":[]}",
		"{\"inner\":null}",
		"{\"tags\":[\"\\\\u0000\"]}",
		"{\"tags\":[\"\\\\\\\\u0000\"]}",
		"{\"tags\":[\"1e400 -0 007 [[[\",\"\\\"\\/}\"]}",
		"{\"tags\":[\"\\ud842\\udfb7\",\"\\uD842\\uDFB7\"]}",
	};
	struct thing t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		memset(&t, 0, sizeof t);
		if (read_into(text[i], &t) != ERR_OK)
			fail_msg("row %zu: %s: %s", i, text[i], say ? say : faults.at[0].detail);
	}
	assert_string_equal(t.tags.at[0], "𠮷"); /* the last row */
	assert_string_equal(t.tags.at[1], "𠮷");
	assert_int_equal(
		read_into("{\"count\":-9007199254740991,\"at\":\"2026-11-22T14:07:13+08:00\",\"day\":\"2026-11-22\"}",
			&t),
		ERR_OK);
	assert_int_equal(t.count, -9007199254740991);
	assert_int_equal(t.at, 1795327633);
	assert_int_equal(date_cmp(t.day, (struct date){2026, 11, 22}), 0);
}

static char *nested(int depth, const char *open, const char *close, const char *middle)
{
	struct str s;

	str_init(&s, mem);
	for (int i = 0; i < depth; i++)
		str_add(&s, open);
	str_add(&s, middle);
	for (int i = 0; i < depth; i++)
		str_add(&s, close);
	return s.at;
}

static void depth_and_size(void **state)
{
	struct thing t = {0};
	struct str s;

	(void)state;
	assert_int_equal(
		read_into(nested(16, "{\"x\":", "}", "1"), &t), ERR_INVALID); /* deep enough to be read: unknown key */
	assert_int_equal(read_into(nested(17, "{\"x\":", "}", "1"), &t), ERR_SYNTAX);
	assert_string_equal(say, "嵌套太深");
	assert_int_equal(read_into(nested(17, "[", "]", ""), &t), ERR_SYNTAX);
	assert_int_equal(read_into(nested(100000, "[", "", ""), &t), ERR_SYNTAX);
	assert_string_equal(say, "嵌套太深");
	assert_int_equal(read_into(nested(100000, "", "]", ""), &t), ERR_SYNTAX);
	str_init(&s, mem);
	str_add(&s, "{}");
	while (s.len < JSON_MAX_BYTES)
		str_addc(&s, ' ');
	assert_int_equal(read_n(s.at, s.len, &t), ERR_OK);
	str_addc(&s, ' ');
	assert_int_equal(read_n(s.at, s.len, &t), ERR_SYNTAX);
	assert_string_equal(say, "内容太长");
	assert_int_equal(read_n("{\"count\":1\0}", 12, &t), ERR_SYNTAX);
	assert_int_equal(read_n("{}\0", 3, &t), ERR_SYNTAX);
	assert_int_equal(read_n("{\"title\":\"red\0\"}", 16, &t), ERR_SYNTAX);
}

/* Every text cut at every place, up to the edge of its memory: refused, and nobody reads beyond. */
static void every_cut(void **state)
{
	static const char text[] =
		"{\"title\":\"r\\u0065d\",\"count\":-12,\"sure\":true,\"inner\":{\"name\":\"𠮷\\n\"},\"rows\":[{\"name\":\"\\ud842\\udfb7\"}],\"tags\":[null,1.5]}";
	struct thing t = {0};

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++)
		expect(n, read_n(text, n, &t) == ERR_SYNTAX && *say);
}

/* A broken byte anywhere never does worse than be refused or be another valid text. */
static void every_byte(void **state)
{
	static const char text[] = "{\"title\":\"r\\u0065d\",\"count\":12,\"rows\":[{\"name\":\"\\ud842\\udfb7𠮷\"}]}";
	static const char other[] = {
		'"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', 'u', ' ', 1, 0, (char)0x80, (char)0xFF};
	char copy[sizeof text];

	(void)state;
	for (size_t i = 0; i < sizeof text - 1; i++)
		for (size_t k = 0; k < sizeof other; k++) {
			struct thing t = {0};
			enum err e;

			memcpy(copy, text, sizeof text);
			copy[i] = other[k];
			e = read_n(copy, sizeof text - 1, &t);
			expect(i,
				e == ERR_OK || (e == ERR_SYNTAX && say && *say) || (e == ERR_INVALID && faults.count));
		}
}

static void merge(void **state)
{
	struct thing t = {0};

	(void)state;
	assert_int_equal(
		read_into(
			"{\"title\":\"red\",\"count\":5,\"sure\":true,\"day\":\"2026-11-22\",\"at\":\"2026-11-22T14:07:13+08:00\","
			"\"inner\":{\"name\":\"甲\",\"staff\":3},\"rows\":[{\"name\":\"乙\",\"staff\":4},{\"name\":\"丙\"}],\"tags\":[\"x\",\"y\"]}",
			&t),
		ERR_OK);
	assert_int_equal(read_into("{}", &t), ERR_OK); /* absent keeps */
	assert_string_equal(t.title, "red");
	assert_true(t.sure && t.count == 5 && t.at && !date_none(t.day) && t.rows.count == 2 && t.tags.count == 2);
	assert_int_equal(
		read_into("{\"inner\":{\"staff\":9}}", &t), ERR_OK); /* the inside of an object is merged too */
	assert_string_equal(t.inner.name, "甲");
	assert_int_equal(t.inner.staff, 9);
	assert_int_equal(read_into("{\"inner\":{\"staff\":null}}", &t), ERR_OK);
	assert_string_equal(t.inner.name, "甲");
	assert_int_equal(t.inner.staff, 0);
	assert_int_equal(read_into("{\"rows\":[{\"name\":\"丁\"}],\"tags\":[\"z\"]}", &t),
		ERR_OK); /* lists are replaced whole */
	assert_int_equal(t.rows.count, 1);
	assert_string_equal(((struct inner *)t.rows.at)->name, "丁");
	assert_int_equal(((struct inner *)t.rows.at)->staff, 0);
	assert_int_equal(t.tags.count, 1);
	assert_string_equal(t.tags.at[0], "z");
	assert_int_equal(
		read_into(
			"{\"title\":null,\"count\":null,\"sure\":null,\"day\":null,\"at\":null,\"inner\":null,\"rows\":null,\"tags\":null}",
			&t),
		ERR_OK);
	assert_true(!t.title && !t.count && !t.sure && date_none(t.day) && !t.at && !t.inner.name && !t.rows.count &&
		    !t.tags.count);
	assert_int_equal(read_into("{\"title\":\"red\",\"tags\":[\"x\"]}", &t), ERR_OK);
	assert_int_equal(read_into("{\"title\":\"\",\"tags\":[]}", &t), ERR_OK); /* nothing is nothing */
	assert_true(!t.title && !t.tags.count);
}

/* All faults at once, each under its own pointer, and in one list that ends somewhere. */
static void all_faults(void **state)
{
	struct thing t = {0};
	struct str s;

	(void)state;
	assert_int_equal(
		read_into(
			"{\"title\":1,\"count\":\"x\",\"sure\":2,\"inner\":{\"staff\":1000},\"rows\":[{},{\"name\":1}],\"x\":1}",
			&t),
		ERR_INVALID);
	assert_int_equal(faults.count, 8); /* a name of the wrong type is not missing as well */
	str_init(&s, mem);
	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%c\"k%d\":1", i ? ',' : '{', i);
	str_add(&s, "}");
	assert_int_equal(read_into(s.at, &t), ERR_INVALID);
	assert_int_equal(faults.count, FAULTS_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile),
		cmocka_unit_test(wrong_values),
		cmocka_unit_test(taken),
		cmocka_unit_test(depth_and_size),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(merge),
		cmocka_unit_test(all_faults),
	};

	return UNIT_MAIN(tests);
}
