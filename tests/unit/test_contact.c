#include "unit.h"

#include "catalog_fixture.h"
#include "domain/contact_kind.h"
#include "io/json.h"

/* The first fault of what was typed: its pointer and code; "" when it is taken. */
static const char *first_fault(const struct shape *shape, const char *text, void *in)
{
	struct faults f;
	const char *say = NULL;

	faults_init(&f, mem);
	if (json_read(text, strlen(text), shape, in, &f, &say) == ERR_OK)
		return "";
	return f.count ? arena_printf(mem, "%s %s", f.at[0].pointer, f.at[0].code) : "syntax";
}

static void numbers(void **state)
{
	static const struct {
		const char *typed, *kept;
	} v[] = {
		{"020-89524338", "020-89524338"},
		{"４００８３０１３３０", "4008301330"},
		{" 95566 ", "95566"},
		{"020-8952-4338", "020-8952-4338"},
		{"0208952433812345678", "0208952433812345678"},
		{"-95566", NULL},
		{"95566-", NULL},
		{"020--89524338", NULL},
		{"020 89524338", NULL},
		{"（020）89524338", NULL},
		{"955𠮷66", NULL},
		{"<b>95566</b>", NULL},
		{"9556", NULL},
		{"111111111111111111111", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct {
			struct list items;
			const char *reason;
		} in = {{NULL, 0}, NULL};
		char *text = arena_printf(mem,
			"{\"items\":[{\"kind\":\"phone\",\"name\":\"热线䶮\",\"value\":\"%s\"}],\"reason\":\"换号\"}",
			v[i].typed);
		const char *fault = first_fault(&contact_hotlines_shape, text, &in);

		if (v[i].kept)
			expect_text(i, ((const struct catalog_hotline *)in.items.at)->value, v[i].kept);
		expect(i, (*fault == 0) == (v[i].kept != NULL));
	}
}

/* What the catalogue holds is kept as JSON and reads back the same, also where it would not be taken from staff today. */
static void kept_and_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONTACT_KINDS; i++) {
		const struct contact_kind *k = &contact_kinds[i];
		struct catalog copy = *the_catalog();
		char *text = contact_text(mem, k, contact_part(k, the_catalog()));

		expect(i, contact_kind_find(k->name) == k);
		expect_text(i, first_fault(k->shape, text, (char *)&copy + k->at), "");
		expect_text(i, contact_text(mem, k, contact_part(k, &copy)), text);
	}
	assert_null(contact_kind_find("fax"));
	assert_null(contact_kind_find(NULL));
}

/* Two addresses that only look different. */
static void addresses(void **state)
{
	static const struct {
		const char *address;
		bool taken;
	} v[] = {
		{"广州市海珠区海洲路38号东升云鼎大厦5楼", true},
		{"广州市越秀区青龙坊38号首层101房", false},
		{"广州市越秀区 青龙坊３８号　首层101房", false},
		{"广州市越秀区青龙坊38号首层102房", true},
	};
	const struct contact_kind *k = contact_kind_find("post");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct catalog_post post = {.address = v[i].address};
		struct faults f;

		faults_init(&f, mem);
		k->check(&f, the_catalog(), &post);
		expect(i, (f.count == 0) == v[i].taken);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(kept_and_read),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, unit_setup, unit_teardown);
}
