#include "unit.h"

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/application.h"
#include "domain/application_view.h"
#include "io/json.h"

static struct faults faults;

static enum err read_case(const char *json, struct application_data *d)
{
	const char *say;

	faults_init(&faults, mem);
	return json_read(json, strlen(json), &application_data_shape, d, &faults, &say);
}

/* Each value through the table: what is stored, or the code it is refused with. */
static void values(void **state)
{
	static const struct {
		const char *pointer, *json, *folded, *code;
	} row[] = {
		{"/unit/name", "{\"unit\":{\"name\":\" 广州(𠮷野)有限公司\"}}", "广州（𠮷野）有限公司", NULL},
		{"/unit/name", "{\"unit\":{\"name\":\"12345\"}}", NULL, "unit_name"},
		{"/unit/name", "{\"unit\":{\"name\":\"司\"}}", NULL, "too_short"},
		{"/unit/uscc", "{\"unit\":{\"uscc\":\"91350100m000100y43\"}}", "91350100M000100Y43", NULL},
		{"/unit/uscc", "{\"unit\":{\"uscc\":\"91350100M000100Y44\"}}", NULL, "uscc_check"},
		{"/unit/legal_rep", "{\"unit\":{\"legal_rep\":\"买买提•吐尔逊\"}}", "买买提·吐尔逊", NULL},
		{"/unit/kind", "{\"unit\":{\"kind\":\"企业\"}}", NULL, "word"},
		{"/unit/licence_until", "{\"unit\":{\"licence_until\":\"长期\"}}", NULL, "date"},
		{"/person/id_number", "{\"person\":{\"id_number\":\"１１０１０５ 19491231 002x\"}}",
			"11010519491231002X", NULL},
		{"/person/phone", "{\"person\":{\"phone\":\"+86 138-0000-0000\"}}", "13800000000", NULL},
		{"/person/phone", "{\"person\":{\"phone\":\"020-12345678\"}}", NULL, "mobile"},
		{"/agent/name", "{\"agent\":{\"name\":\"䶮𬭊\"}}", "䶮𬭊", NULL},
		{"/agent/email", "{\"agent\":{\"email\":\"wang\"}}", NULL, "email"},
		{"/items/0/seal_kind", "{\"items\":[{\"seal_kind\":\"name\"}]}", "name", NULL},
		{"/items/0/seal_kind", "{\"items\":[{\"seal_kind\":\"official\"}]}", NULL, "choice"},
		{"/items/0/old_serial", "{\"items\":[{\"old_serial\":\"0a:1b\"}]}", "0A1B", NULL},
		{"/delivery/mode", "{\"delivery\":{\"mode\":\"pigeon\"}}", NULL, "choice"},
		{"/delivery/phone", "{\"delivery\":{\"phone\":\"(020) 12345678\"}}", "02012345678", NULL},
		{"/invoice/kind", "{\"invoice\":{\"kind\":\"special\"}}", "special", NULL},
		{"/remittance/payer_account", "{\"remittance\":{\"payer_account\":\"7443 9001 8260 0096 874\"}}",
			"7443900182600096874", NULL},
		{"/remittance/paid_on", "{\"remittance\":{\"paid_on\":\"2026-13-01\"}}", NULL, "date"},
		{"/remittance/amount_fen", "{\"remittance\":{\"amount_fen\":-1}}", NULL, "range"},
		{"/remittance/amount_fen", "{\"remittance\":{\"amount_fen\":1000000001}}", NULL, "range"},
		{"/remittance/amount_fen", "{\"remittance\":{\"amount_fen\":600.5}}", NULL, "type"},
		{"/years", "{\"years\":6}", NULL, "range"},
		{"/years", "{\"years\":-1}", NULL, "range"},
		{"/reason", "{\"reason\":\"遗失\\r\\n在路上\"}", "遗失\n在路上", NULL},
		{"/change/items/1", "{\"change\":{\"items\":[\"name\",\"\"]}}", NULL, "missing"},
		/* what only the house may say is not part of the data */
		{"/state", "{\"state\":\"approved\"}", NULL, "unknown_key"},
		{"/amount_fen", "{\"amount_fen\":1}", NULL, "unknown_key"},
		{"/no", "{\"no\":\"GD20261122000001I\"}", NULL, "unknown_key"},
		{"/reviewer1", "{\"reviewer1\":1}", NULL, "unknown_key"},
		{"/unit/id", "{\"unit\":{\"id\":1}}", NULL, "unknown_key"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct application_data d = {0};
		enum err e = read_case(row[i].json, &d);
		const struct field *f;
		const void *base;

		expect(i, e == (row[i].code ? ERR_INVALID : ERR_OK));
		if (row[i].code) {
			expect_text(i, faults.at[0].pointer, row[i].pointer);
			expect_text(i, faults.at[0].code, row[i].code);
			continue;
		}
		f = field_at(&application_data_shape, &d, row[i].pointer, &base);
		expect(i, f && f->type == FIELD_TEXT);
		expect_text(i, *FIELD_PTR(f, base, const char *), row[i].folded);
	}
}

static char *items(int n)
{
	struct str s;

	str_init(&s, mem);
	str_add(&s, "{\"items\":[");
	for (int i = 0; i < n; i++)
		str_addf(&s, "%s{\"seal_kind\":\"unit\"}", i ? "," : "");
	str_add(&s, "]}");
	return s.at;
}

static void bounds(void **state)
{
	struct application_data d = {0};

	(void)state;
	assert_int_equal(read_case(items(ITEMS_MAX), &d), ERR_OK);
	assert_int_equal(d.items.count, ITEMS_MAX);
	assert_int_equal(read_case(items(ITEMS_MAX + 1), &d), ERR_INVALID);
	assert_string_equal(faults.at[0].pointer, "/items");
	assert_int_equal(d.items.count, ITEMS_MAX); /* the old ones stay */
	assert_int_equal(read_case("{\"years\":5}", &d), ERR_OK);
}

static void walk(const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->field[i];

		expect(i, *f->name && *f->label && utf8_valid(f->label, strlen(f->label)));
		expect(i, field_find(shape, f->name, strlen(f->name)) == f); /* no name twice */
		expect(i, f->offset < shape->size);
		if (f->type == FIELD_TEXT && !f->words)
			expect(i, f->rule && f->min > 0 && f->max >= f->min &&
					  f->max <= 300); /* nothing unbounded, nothing unchecked */
		if (f->of)
			walk(f->of);
	}
}

static void tables(void **state)
{
	(void)state;
	walk(&application_data_shape);
}

static void as_people_read(void **state)
{
	struct application_data d = {0};
	static const struct {
		const char *pointer, *want;
	} row[] = {
		{"/unit/name", "广州（测试）有限公司"},
		{"/unit/licence_until", "2030年1月2日"},
		{"/years", "3"},
		{"/one_seal", "是"},
		{"/unit/address", NULL},
		{"/items", NULL},
		{"/unit", NULL},
		{"/remittance/amount_fen", NULL},
		{"/items/0/seal_name", "𠮷野"},
	};

	(void)state;
	assert_int_equal(
		read_case(
			"{\"unit\":{\"name\":\"广州（测试）有限公司\",\"licence_until\":\"2030-01-02\"},\"years\":3,\"one_seal\":true,"
			"\"items\":[{\"seal_name\":\"𠮷野\"}]}",
			&d),
		ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const void *base;
		const struct field *f = field_at(&application_data_shape, &d, row[i].pointer, &base);

		expect(i, f != NULL);
		expect_text(i, application_value_text(mem, f, base), row[i].want);
	}
	assert_null(field_at(&application_data_shape, &d, "/items/1/seal_name", &(const void *){NULL}));
	assert_null(field_at(&application_data_shape, &d, "/unit/nothing", &(const void *){NULL}));
}

/* The paper: what is signed changes it, what stands beside it does not. */
static void on_paper(void **state)
{
	static const struct {
		const char *json;
		bool on;
	} row[] = {
		{"{\"unit\":{\"name\":\"乙乙\"}}", true},
		{"{\"person\":{\"name\":\"乙乙\"}}", true},
		{"{\"agent\":{\"phone\":\"13800000001\"}}", true},
		{"{\"years\":2}", true},
		{"{\"items\":[{\"seal_kind\":\"name\"}]}", true},
		{"{\"items\":[]}", true},
		{"{\"reason\":\"x\"}", true},
		{"{\"change\":{\"items\":[\"seal\"]}}", true},
		{"{\"unit\":{\"licence_until\":\"2030-01-01\"}}", true},
		{"{\"delivery\":{\"mode\":\"pickup\"}}", false},
		{"{\"invoice\":{\"kind\":\"special\"}}", false},
		{"{\"remittance\":{\"bank\":\"银行\"}}", false},
		{"{\"consents\":{\"agreement\":\"1\"}}", false},
		{"{\"one_seal\":true}", false},
		{"{}", false},
		{"{\"unit\":{\"name\":\" 甲甲 \"}}", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct application_data d = {0};
		const char *before;

		expect(i,
			read_case("{\"unit\":{\"name\":\"甲甲\"},\"items\":[{\"seal_kind\":\"unit\"}]}", &d) == ERR_OK);
		before = application_form_text(mem, &d);
		expect(i, read_case(row[i].json, &d) == ERR_OK);
		expect(i, text_eq(before, application_form_text(mem, &d)) == !row[i].on);
	}
}

static void masked(void **state)
{
	static const char *const secret[] = {"11010519491231002X", "13811112222", "wang.ming", "E12345678",
		"13833334444", "li.si", "13855556666", "东升云鼎大厦", "7443900182600096874"};
	struct application_data d = {0}, m;
	const char *text;

	(void)state;
	assert_int_equal(
		read_case(
			"{\"unit\":{\"name\":\"广州（测试）有限公司\",\"phone\":\"020-12345678\"},"
			"\"person\":{\"name\":\"张三\",\"id_number\":\"11010519491231002X\",\"phone\":\"13811112222\",\"email\":\"wang.ming@example.com\"},"
			"\"agent\":{\"name\":\"李四\",\"id_number\":\"E12345678\",\"phone\":\"13833334444\",\"email\":\"li.si@example.com\"},"
			"\"delivery\":{\"phone\":\"13855556666\",\"address\":\"海珠区海洲路38号东升云鼎大厦5楼\"},"
			"\"remittance\":{\"payer_account\":\"7443900182600096874\"}}",
			&d),
		ERR_OK);
	m = application_masked(mem, &d);
	m.invoice = d.invoice;
	{
		struct json_out j;
		struct str s;

		str_init(&s, mem);
		json_begin(&j, &s);
		json_shape(&j, NULL, &application_data_shape, &m);
		text = s.at;
	}
	for (size_t i = 0; i < ARRAY_LEN(secret); i++)
		expect(i, !strstr(text, secret[i]));
	assert_string_equal(m.unit.name, d.unit.name);
	assert_string_equal(d.person.phone, "13811112222"); /* the original is what it was */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(bounds),
		cmocka_unit_test(tables),
		cmocka_unit_test(as_people_read),
		cmocka_unit_test(on_paper),
		cmocka_unit_test(masked),
	};

	return UNIT_MAIN(tests);
}
