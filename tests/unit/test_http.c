#include "unit.h"

#include "base/rule.h"
#include "base/str.h"
#include "io/http.h"

static void decode(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} row[] = {
		{"", ""},
		{"abc", "abc"},
		{"a+b", "a+b"},
		{"2026-05-08T10:00:00+08:00", "2026-05-08T10:00:00+08:00"},
		{"a%2Bb", "a+b"},
		{"a%20b", "a b"},
		{"%e4%b8%AD", "中"},
		{"%F0%A0%AE%B7%E4%B6%AE%F0%AC%AD%8A", "𠮷䶮𬭊"},
		{"中", "中"},
		{"%25", "%"},
		{"%2541", "%41"},
		{"%0A", "\n"},
		{"%7e", "~"},
		{"%", NULL},
		{"%4", NULL},
		{"a%", NULL},
		{"a%2", NULL},
		{"%g0", NULL},
		{"%0g", NULL},
		{"%%", NULL},
		{"% 1", NULL},
		{"%-1", NULL},
		{"%+1", NULL},
		{"%0x", NULL},
		{"%u4e2d", NULL},
		{"%00", NULL},
		{"a%00b", NULL},
		{"%C0%80", NULL},
		{"%C0%AF", NULL},
		{"%FF", NULL},
		{"%E4%B8", NULL},
		{"%ED%A1%82%ED%BE%B7", NULL},
		{"\xFF", NULL},
		{"%F4%90%80%80", NULL},
		{"%E4\xB8\xAD", "中"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect_text(i, http_decode(mem, row[i].text, strlen(row[i].text)), row[i].want);
	assert_string_equal(http_decode(mem, "ab%41", 2), "ab"); /* the rest is not looked at */
	assert_null(http_decode(mem, "ab%41", 4));
	assert_null(http_decode(mem, "a\0b", 3));
}

struct ask {
	const char *service, *value;
	int64_t years, at;
	bool all;
};
static const char *const services[] = {"new", "add", NULL};
static const struct field ask_fields[] = {
	WORD_REQUIRED(struct ask, service, "业务", services),
	TEXT(struct ask, value, "内容", 1, 20, rule_line),
	INT(struct ask, years, "年限", 1, 5),
	TIME(struct ask, at, "时间"),
	BOOL(struct ask, all, "全部"),
};
static const struct shape ask_shape = SHAPE(struct ask, ask_fields);
static struct faults faults;

static struct ask query(const char *text)
{
	struct ask in = {0};

	faults_init(&faults, mem);
	http_query(mem, text, &ask_shape, &in, &faults);
	return in;
}

static void queries(void **state)
{
	struct ask in = query("service=new&years=3&value=%E4%BD%A0+%20=&at=2026-05-08T10:00:00+08:00&all=true");

	(void)state;
	assert_int_equal(faults.count, 0);
	assert_string_equal(in.service, "new");
	assert_string_equal(in.value, "你+ =");
	assert_int_equal(in.years, 3);
	assert_int_equal(in.at, 1778205600);
	assert_true(in.all);
	in = query("&&service=add&&years=&");
	assert_int_equal(faults.count, 0);
	assert_int_equal(in.years, 0);
	in = query("s%65rvice=new"); /* a name may be encoded as well */
	assert_int_equal(faults.count, 0);
	assert_string_equal(in.service, "new");
}

static void queries_refused(void **state)
{
	static const struct {
		const char *text, *pointer, *code;
	} row[] = {
		{NULL, "/service", "missing"},
		{"", "/service", "missing"},
		{"service", "/service", "missing"},
		{"service=", "/service", "missing"},
		{"service=revoke", "/service", "choice"},
		{"service=new&years=6", "/years", "range"},
		{"service=new&years=0", "/years", "range"},
		{"service=new&years=1.5", "/years", "integer"},
		{"service=new&years=+1", "/years", "integer"},
		{"service=new&years=%31%20", "/years", "integer"},
		{"service=new&years=1e0", "/years", "integer"},
		{"service=new&years=99999999999999999999", "/years", "integer"},
		{"service=new&service=new", "/service", "repeated"},
		{"service=new&years=1&years=", "/years", "repeated"},
		{"service=new&s%65rvice=add", "/service", "repeated"},
		{"service=new&Service=new", "/Service", "unknown_key"},
		{"service=new&x=1", "/x", "unknown_key"},
		{"service=new&x", "/x", "unknown_key"},
		{"service=new&=1", "/", "unknown_key"},
		{"service=new&=", "/", "unknown_key"},
		{"service=new&%20years=1", "/ years", "unknown_key"},
		{"service=new&value[]=1", "/value[]", "unknown_key"},
		{"service=new;years=1", "/service", "choice"},
		{"service=new&a/b~c=1", "/a~1b~0c", "unknown_key"},
		{"service=new&value=%00", "/value", "encoding"},
		{"service=new&value=%", "/value", "encoding"},
		{"service=new&value=%C0%80", "/value", "encoding"},
		{"service=new&%00=1", "/", "encoding"},
		{"service=new&%zz=1", "/", "encoding"},
		{"service=new&value=a%0Ab", "/value", "control"},
		{"service=new&at=2026-05-08T10:00:00%2008:00", "/at", "time"},
		{"service=new&all=2", "/all", "boolean"},
		{"service=new&value=123456789012345678901", "/value", "too_long"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		query(row[i].text);
		expect(i, faults.count == 1);
		expect_text(i, faults.at[0].code, row[i].code);
		expect_text(i, faults.at[0].pointer, row[i].pointer);
		expect(i, *faults.at[0].detail);
	}
	query("service=x&years=9&x=1&y=2&value=%");
	assert_int_equal(faults.count, 5); /* all at once */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode), cmocka_unit_test(queries), cmocka_unit_test(queries_refused)};

	return UNIT_MAIN(tests);
}
