#include "unit.h"

#include "base/date.h"
#include "base/field.h"
#include "base/rule.h"

struct line {
	const char *seal_name;
	int64_t count;
};

struct unit {
	const char *name, *uscc;
	struct date until;
};

struct thing {
	const char *kind, *note, *short_name, *picture;
	int64_t staff, any, at;
	bool agreed;
	struct date day;
	struct unit unit;
	struct list items;
	struct texts reasons;
	struct bytes key;
};

static const struct field line_fields[] = {
	TEXT_REQUIRED(struct line, seal_name, "印章名称", 1, 10, rule_line),
	INT(struct line, count, "枚数", 1, 20),
};
static const struct shape line_shape = SHAPE(struct line, line_fields);

static const struct field unit_fields[] = {
	TEXT_REQUIRED(struct unit, name, "单位名称", 2, 128, rule_unit),
	TEXT(struct unit, uscc, "统一社会信用代码", 0, 0, rule_uscc),
	DAY(struct unit, until, "有效期至"),
};
static const struct shape unit_shape = SHAPE(struct unit, unit_fields);

static const char *const kinds[] = {"post", "counter", NULL};
static const struct field thing_fields[] = {
	WORD_REQUIRED(struct thing, kind, "办理方式", kinds),
	TEXT(struct thing, note, "备注", 0, 500, rule_note),
	TEXT(struct thing, short_name, "简称", 2, 4, NULL),
	TEXT(struct thing, picture, "图片", 0, 200000, NULL),
	INT_REQUIRED(struct thing, staff, "人数", 0, 100000),
	INT(struct thing, any, "数", 0, 0),
	TIME(struct thing, at, "时间"),
	BOOL(struct thing, agreed, "同意"),
	DAY_REQUIRED(struct thing, day, "日期"),
	OBJECT(struct thing, unit, "单位", &unit_shape),
	LIST_REQUIRED(struct thing, items, "印章", 1, 20, &line_shape),
	TEXTS(struct thing, reasons, "原因", 0, 5, rule_word),
	BYTES(struct thing, key, "密钥", 32),
};
static const struct shape shape = SHAPE(struct thing, thing_fields);

static const struct field *row_of(const char *name)
{
	const struct field *f = field_find(&shape, name, strlen(name));

	if (!f)
		fail_msg("no row %s", name);
	return f;
}

/* Set one member from text; the code of the fault, or NULL.  *ret_say: its sentence. */
static const char *set(struct thing *t, const char *name, const char *text, size_t n, const char **ret_say)
{
	struct faults faults;

	faults_init(&faults, mem);
	field_set_text(row_of(name), t, text, n, "/p", &faults);
	if (!faults.count)
		return NULL;
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.at[0].pointer, "/p");
	*ret_say = faults.at[0].detail;
	return faults.at[0].code;
}

static void texts(void **state)
{
	static const struct {
		const char *name, *in;
		size_t n;
		const char *code, *say;
	} row[] = {
		{"kind", "post", 4, NULL, NULL},
		{"kind", "posts", 4, NULL, NULL}, /* only n bytes are the text */
		{"kind", "posts", 5, "choice", "办理方式"},
		{"kind", "POST", 4, "choice", "办理方式"},
		{"short_name", "测试", 6, NULL, NULL},
		{"short_name", "𠮷野家店", 13, NULL, NULL}, /* four code points */
		{"short_name", "𠮷野家店铺", 16, "too_long", "简称最多4个字，现在是5个"},
		{"short_name", "测", 3, "too_short", "简称至少2个字"},
		{"short_name", "a\0b", 3, "text", "简称"},
		{"short_name", "\xFF\xFE", 2, "text", "简称"},
		{"short_name", "\xE6\xB5", 2, "text", "简称"},
		{"short_name", "a\nb", 3, "control", "简称不能换行，请写成一行"},
		{"note", "a\nb", 3, NULL, NULL},
	};
	struct thing t = {0};
	const char *say;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *code = set(&t, row[i].name, row[i].in, row[i].n, &say);

		expect_text(i, code, row[i].code);
		if (code)
			expect(i, strncmp(say, row[i].say, strlen(row[i].say)) == 0);
	}
	assert_string_equal(t.kind, "post");
	assert_string_equal(t.short_name, "𠮷野家店"); /* a fault leaves the member alone */
	assert_null(set(&t, "short_name", " 　 ", 5, &say));
	assert_null(t.short_name); /* blanks are nothing */
	assert_null(set(&t, "kind", "", 0, &say));
	assert_null(t.kind);
}

static void huge_text(void **state)
{
	struct thing t = {0};
	size_t n = 1 << 20;
	char *huge = arena_alloc(mem, n + 1);
	const char *say;

	(void)state;
	memset(huge, 'a', n);
	assert_string_equal(set(&t, "note", huge, n, &say), "text");
	assert_string_equal(set(&t, "note", huge, 501, &say), "too_long");
	assert_null(set(&t, "note", huge, 500, &say));
	assert_string_equal(set(&t, "day", huge, n, &say), "text");
	assert_string_equal(set(&t, "agreed", huge, n, &say), "text");
	assert_string_equal(set(&t, "staff", huge, n, &say), "integer");
	assert_null(set(&t, "picture", huge, 200000, &say));
	assert_int_equal(strlen(t.picture), 200000);
	assert_string_equal(set(&t, "picture", huge, 200001, &say), "too_long");
	assert_string_equal(set(&t, "picture", huge, 800001, &say), "text");
}

static void label_and_rule_make_one_sentence(void **state)
{
	struct unit u = {0};
	struct faults faults;

	(void)state;
	faults_init(&faults, mem);
	field_set_text(&unit_fields[1], &u, "91350100M000100Y4", 17, "/unit/uscc", &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.at[0].pointer, "/unit/uscc");
	assert_string_equal(faults.at[0].code, "uscc_length");
	assert_string_equal(faults.at[0].detail, "统一社会信用代码应为18位，现在是17位");
	assert_null(u.uscc);
	field_set_text(&unit_fields[1], &u, "９1350100m000100y43", 20, "/unit/uscc", &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(u.uscc, "91350100M000100Y43");
}

static void numbers(void **state)
{
	static const struct {
		const char *name, *in, *code;
		int64_t value;
	} row[] = {
		{"staff", "0", NULL, 0},
		{"staff", "100000", NULL, 100000},
		{"staff", "100001", "range", 0},
		{"staff", "-1", "range", 0},
		{"any", "-5", NULL, -5},
		{"any", "999999999999999999", NULL, 999999999999999999},
		{"any", "9223372036854775807", NULL, INT64_MAX},
		{"any", "9223372036854775808", "integer", 0},
		{"any", "9999999999999999999", "integer", 0},
		{"any", "99999999999999999999999", "integer", 0},
		{"any", "1e3", "integer", 0},
		{"any", "1.0", "integer", 0},
		{"any", "+1", "integer", 0},
		{"any", " 1", "integer", 0},
		{"any", "1 ", "integer", 0},
		{"any", "-", "integer", 0},
		{"any", "--1", "integer", 0},
		{"any", "0x10", "integer", 0},
		{"any", "１", "integer", 0},
		{"any", "abc", "integer", 0},
	};
	const char *say;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct thing t = {.staff = 77, .any = 77};
		const char *code = set(&t, row[i].name, row[i].in, strlen(row[i].in), &say);
		int64_t got = strcmp(row[i].name, "any") == 0 ? t.any : t.staff;

		expect_text(i, code, row[i].code);
		expect(i, got == (code ? 77 : row[i].value));
	}
	struct thing t = {.any = 77};

	assert_string_equal(set(&t, "any",
				    "1\0"
				    "2",
				    3, &say),
		"integer");
}

static void flags_days_and_times(void **state)
{
	static const struct {
		const char *name, *in, *code;
	} row[] = {
		{"agreed", "true", NULL},
		{"agreed", "off", NULL},
		{"agreed", "1", NULL},
		{"agreed", "TRUE", "boolean"},
		{"agreed", "2", "boolean"},
		{"agreed", "是", "boolean"},
		{"day", "2026-11-22", NULL},
		{"day", "2026-02-30", "date"},
		{"day", "2026/11/22", "date"},
		{"day", "2026-11-22T", "date"},
		{"at", "2026-11-22T10:00:00Z", NULL},
		{"at", "2026-11-22", "time"},
		{"at", "2026-11-22 10:00:00Z", "time"},
	};
	struct thing t = {0};
	const char *say;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect_text(i, set(&t, row[i].name, row[i].in, strlen(row[i].in), &say), row[i].code);
	assert_true(t.agreed);
	assert_int_equal(date_cmp(t.day, (struct date){2026, 11, 22}), 0);
	assert_int_equal(t.at, date_moment(t.day, 18, 0, 0));
	assert_null(set(&t, "day", "", 0, &say));
	assert_null(set(&t, "agreed", "", 0, &say));
	assert_null(set(&t, "at", "", 0, &say));
	assert_true(date_none(t.day) && !t.agreed && t.at == 0);
}

static void clearing(void **state)
{
	struct thing t, empty = {0};

	(void)state;
	memset(&t, 0xFF, sizeof t);
	for (size_t i = 0; i < shape.count; i++)
		field_clear(&thing_fields[i], &t);
	for (size_t i = 0; i < shape.count; i++) {
		expect(i, field_is_empty(&thing_fields[i], &t));
		expect(i, field_is_empty(&thing_fields[i], &empty));
	}
	assert_int_equal(t.items.count, 0);
	assert_null(t.unit.name);
	t.unit.name = "甲";
	assert_false(field_is_empty(row_of("unit"), &t));
	t.unit.name = "";
	assert_true(field_is_empty(row_of("unit"), &t));
}

static void required(void **state)
{
	static const char *const want[] = {"/case/kind", "/case/staff", "/case/day", "/case/items"};
	struct thing t = {0};
	struct faults faults;

	(void)state;
	faults_init(&faults, mem);
	field_check_required(&shape, &t, "/case", &faults);
	assert_int_equal(faults.count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		expect_text(i, faults.at[i].pointer, want[i]);
		expect_text(i, faults.at[i].code, "missing");
	}
	assert_string_equal(faults.at[0].detail, "请填写办理方式");
}

static void counts(void **state)
{
	static const struct {
		size_t count, faults;
	} row[] = {{0, 1}, {1, 0}, {20, 0}, {21, 1}, {SIZE_MAX / 2, 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct faults faults;

		faults_init(&faults, mem);
		field_check_count(row_of("items"), row[i].count, "/items", &faults);
		expect(i, faults.count == row[i].faults);
		if (faults.count)
			expect_text(i, faults.at[0].code, "count");
	}
}

static void pointers(void **state)
{
	struct line lines[] = {{"公章", 1}, {"财务章", 2}};
	struct thing t = {.items = {lines, 2}};
	static const char *const bad[] = {
		"",
		"unit",
		"/",
		"//",
		"/nothing",
		"/unit/",
		"/unit/nothing",
		"/unit/name/x",
		"/items/2/count",
		"/items/-1/count",
		"/items/x/count",
		"/items//count",
		"/items/0x/count",
		"/items/99999999999999999999999/count",
		"/items/18446744073709551616/count",
		"/items/0/",
		"/items/0/nothing",
		"/kin",
		"/kind2",
		"/KIND",
	};
	const void *base = NULL;
	const struct field *f;

	(void)state;
	f = field_at(&shape, &t, "/unit/uscc", &base);
	assert_true(f == &unit_fields[1] && base == &t.unit);
	f = field_at(&shape, &t, "/items/1/count", &base);
	assert_true(f == &line_fields[1] && base == &lines[1]);
	assert_int_equal(*FIELD_PTR(f, base, const int64_t), 2);
	f = field_at(&shape, &t, "/items", &base);
	assert_true(f == row_of("items") && base == &t);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(i, !field_at(&shape, &t, bad[i], &base));
	assert_null(field_find(&shape, "kind", 3));
	assert_null(field_find(&shape, "kind", 5));
	assert_null(field_find(&shape, "", 0));
}

static void fault_lists(void **state)
{
	struct faults faults;
	char pointer[] = "/a";

	(void)state;
	faults_init(&faults, mem);
	for (int i = 0; i < FAULTS_MAX + 50; i++) {
		pointer[1] = (char)('a' + i % 26);
		fault_add(&faults, pointer, "code", "第%d项%s", i, "有误");
	}
	assert_int_equal(faults.count, FAULTS_MAX);
	assert_string_equal(faults.at[0].pointer, "/a"); /* copied */
	assert_string_equal(faults.at[27].pointer, "/b");
	assert_string_equal(faults.at[FAULTS_MAX - 1].detail, "第199项有误");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(huge_text),
		cmocka_unit_test(label_and_rule_make_one_sentence),
		cmocka_unit_test(numbers),
		cmocka_unit_test(flags_days_and_times),
		cmocka_unit_test(clearing),
		cmocka_unit_test(required),
		cmocka_unit_test(counts),
		cmocka_unit_test(pointers),
		cmocka_unit_test(fault_lists),
	};

	return UNIT_MAIN(tests);
}
