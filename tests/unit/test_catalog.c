#include "unit.h"

#include "catalog_fixture.h"
#include "domain/catalog_shape.h"

static char *file_text(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = arena_alloc(mem, 1 << 20);

	if (!f)
		fail_msg("%s cannot be opened", path);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 1000);
	fclose(f);
	return text;
}

static int line_at(const char *text, const char *p)
{
	int n = 1;

	for (; text < p; text++)
		n += *text == '\n';
	return n;
}

/* The shipped file with its first `from` made into `to`, and the line where that happened. */
static char *changed(const char *from, const char *to, int *ret_line)
{
	char *text = file_text(CATALOG_XML), *p = strstr(text, from);

	if (!p)
		fail_msg("\"%s\" is not in the catalogue", from);
	*ret_line = line_at(text, p);
	return arena_printf(mem, "%.*s%s%s", (int)(p - text), text, to, p + strlen(from));
}

static enum err parse(const char *text, struct faults *f, const struct catalog **ret)
{
	faults_init(f, mem);
	return catalog_parse(mem, text, strlen(text), CATALOG_RNG, &application_data_shape, f, ret);
}

static void has_the_product(void **state)
{
	static const char *const services[] = {"new", "add", "renew", "change", "reissue", "unlock", "revoke"};
	static const char *const states[] = {"draft", "printed", "submitted", "reviewing", "returned", "accepted",
		"second_review", "approved", "produced", "sent", "ready", "installing", "completed", "withdrawn",
		"rejected", "expired"};
	const struct catalog *c = the_catalog();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		expect(i, catalog_service(c, services[i]));
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		expect(i, catalog_state(c, states[i]));
	assert_int_equal(c->services.count, ARRAY_LEN(services));
	assert_int_equal(c->states.count, ARRAY_LEN(states));
	assert_int_equal(c->materials.count, 10);
	assert_int_equal(c->gates.count, GATE_MAX);
	assert_string_equal(c->payee.account, "7443900182600096874");
	assert_string_equal(c->payee.remark, "办理广东政府采购智慧云CA");
	assert_string_equal(c->post.address, "广州市海珠区海洲路38号东升云鼎大厦5楼");
	assert_null(catalog_service(c, "sell"));
	assert_null(catalog_service(c, NULL));
	assert_null(catalog_text(c, NULL));
	assert_true(catalog_id_type(c, "passport")->counter_only);
	assert_false(catalog_id_type(c, "resident")->counter_only);
}

static void offers_what_is_open(void **state)
{
	static const char *const holders[] = {"org", "rep", "ind"}, *const channels[] = {"online", "post", "counter"};
	const struct catalog *c = the_catalog();
	int open = 0;

	(void)state;
	CATALOG_EACH(struct catalog_service, s, &c->services)
		for (size_t h = 0; h < 3; h++)
			for (size_t k = 0; k < 3; k++)
				open += catalog_route(c, s->code, holders[h], channels[k]) != NULL;
	assert_true(catalog_route(c, "new", "org", "post") && catalog_route(c, "new", "org", "counter"));
	assert_null(catalog_route(c, "new", "org", "online"));
	assert_null(catalog_route(c, "add", "rep", "online"));
	assert_null(catalog_route(c, "revoke", "org", "post"));
	assert_true(open >= 2);
}

/* Copies of papers, every way: the sum over a route's materials that are always asked for. */
static void materials_of_the_guide(void **state)
{
	static const struct {
		const char *service, *holder, *channel, *codes;
	} row[] = {
		{"new", "org", "post", "m1x2 m2x1 m3x1 m6x1"},
		{"new", "org", "counter", "m1x2 m2x1 m3x1 m6x1?"},
		{"new", "rep", "post", "m1x2 m2x1 m3x1 m4x1 m6x1"},
		{"new", "ind", "post", "m1x2 m5x1 m6x1"},
		{"add", "org", "online", "m1x1 m2x1 m3x1 m10x1"},
		{"renew", "org", "post", "m1x2 m2x1 m3x1 m6x1 m7x1"},
		{"renew", "rep", "counter", "m1x2 m2x1 m3x1 m4x1 m6x1? m7x1"},
		{"renew", "ind", "post", "m1x2 m5x1 m6x1 m7x1"},
		{"renew", "ind", "online", "m7x1 m10x1"},
		{"change", "org", "post", "m1x2 m2x1 m3x1 m8x1 m7x1"},
		{"change", "ind", "counter", "m1x2 m5x1 m8x1 m7x1"},
		{"reissue", "rep", "post", "m1x2 m2x1 m3x1 m4x1 m6x1 m7x1?"},
		{"unlock", "org", "post", "m1x2 m2x1 m3x1 m7x1"},
		{"unlock", "org", "online", "m1x1? m2x1? m3x1? m7x1"},
		{"revoke", "org", "counter", "m1x2 m2x1? m9x1? m3x1 m7x1? m8x1?"},
		{"revoke", "ind", "counter", "m1x2 m5x1 m7x1? m8x1?"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct catalog_service *s = catalog_service(the_catalog(), row[i].service);
		struct str codes;

		str_init(&codes, mem);
		CATALOG_EACH(struct catalog_route, r, &s->routes)
			if (text_eq(r->holder, row[i].holder) && text_eq(r->channel, row[i].channel))
				CATALOG_EACH(struct catalog_material, m, &r->materials)
					str_addf(&codes, "%s%sx%d%s", codes.len ? " " : "", m->code, (int)m->copies,
						m->condition ? "?" : "");
		expect_text(i, codes.at, row[i].codes);
	}
}

static void gates_of_the_product(void **state)
{
	static const struct {
		const char *service, *channel, *gates;
	} row[] = {
		{"new", "post", "scans originals money:own"},
		{"new", "counter", "scans originals money:any"},
		{"add", "online", "scans money:own signature"},
		{"renew", "online", "money:own signature"},
		{"renew", "post", "scans originals money:own token"},
		{"renew", "counter", "scans originals money:any token"},
		{"change", "post", "scans originals token"},
		{"reissue", "post", "scans originals money:own"},
		{"reissue", "counter", "scans originals money:any"},
		{"unlock", "online", "scans? money:own-"}, /* - while it is free */
		{"unlock", "post", "scans originals money:own- token"},
		{"unlock", "counter", "scans originals money:any- token"},
		{"revoke", "counter", "scans originals token?"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct str gates;

		str_init(&gates, mem);
		CATALOG_EACH(struct catalog_route, r, &catalog_service(the_catalog(), row[i].service)->routes)
			if (text_eq(r->holder, "org") && text_eq(r->channel, row[i].channel))
				CATALOG_EACH(struct catalog_gate, g, &r->gates)
					str_addf(&gates, "%s%s%s%s%s%s", gates.len ? " " : "", g->code,
						g->payer ? ":" : "", g->payer ? g->payer : "", g->condition ? "?" : "",
						catalog_gate_counts(the_catalog(), r, g) ? "" : "-");
		expect_text(i, gates.at, row[i].gates);
	}
}

static void a_route_is_put_together(void **state)
{
	const struct catalog_route *post = catalog_route(the_catalog(), "new", "org", "post");
	const struct catalog_route *counter = catalog_route(the_catalog(), "new", "org", "counter");
	const struct catalog_field *f = catalog_route_field(post, "/items/*/seal_name");

	(void)state;
	assert_string_equal(post->service, "new");
	assert_int_equal(post->working_days, 3);
	assert_int_equal(counter->working_days, 0);
	assert_int_equal(post->steps.count, 6);
	assert_string_equal(f->label, "印章名称");
	assert_string_equal(f->stage, "form");
	assert_true(f->cert && f->required);
	assert_string_equal(catalog_route_field(post, "/unit/name")->label, "单位名称");
	assert_string_equal(catalog_route_field(post, "/delivery/mode")->stage, "submit");
	assert_string_equal(catalog_route_material(post, "m1")->name, "数字证书及电子印章申请表");
	assert_false(catalog_route_material(post, "m2")->show);
	assert_true(catalog_route_material(counter, "m2")->show);
	assert_int_equal(catalog_route_gate(post, GATE_MONEY)->kind, GATE_MONEY);
	assert_string_equal(catalog_route_gate(post, GATE_MONEY)->name->name, "款已到账");
	assert_null(catalog_route_gate(post, GATE_TOKEN));
	assert_null(catalog_route_field(post, "/person/name"));
	assert_non_null(catalog_text(the_catalog(), post->declaration));
}

static void freight_by_day(void **state)
{
	static const struct {
		const char *service;
		struct date day;
		const char *mode;
	} row[] = {
		{"new", {2021, 12, 25}, "collect"},
		{"new", {2021, 12, 26}, "prepaid"},
		{"add", {2026, 1, 1}, "prepaid"},
		{"renew", {2026, 1, 1}, "collect"},
		{"unlock", {2026, 1, 1}, "collect"},
		{"revoke", {2026, 1, 1}, NULL},
		{"new", {1999, 1, 1}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect_text(i, catalog_freight(the_catalog(), row[i].service, row[i].day), row[i].mode);
}

static size_t missing(const char *channel, const char *stage, const struct application_data *d, struct faults *f)
{
	faults_init(f, mem);
	catalog_missing(catalog_route(the_catalog(), "new", "org", channel), stage, &application_data_shape, d, f);
	return f->count;
}

static bool named(const struct faults *f, const char *pointer)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->at[i].pointer, pointer) == 0)
			return true;
	return false;
}

static void names_everything_missing(void **state)
{
	struct item_data items[2] = {{"unit", "公章", NULL}, {"unit", NULL, NULL}};
	struct application_data d = {0};
	struct faults f;
	size_t all, form;

	(void)state;
	all = missing("post", NULL, &d, &f);
	assert_true(
		named(&f, "/unit/uscc") && named(&f, "/items") && named(&f, "/years") && named(&f, "/remittance/bank"));
	assert_false(named(&f, "/delivery/address") || named(&f, "/unit/licence_until") || named(&f, "/agent/email"));
	form = missing("post", "form", &d, &f);
	assert_false(named(&f, "/remittance/bank"));
	assert_int_equal(all, form + missing("post", "submit", &d, &f));
	missing("counter", NULL, &d, &f);
	assert_false(named(&f, "/remittance/bank"));
	d.remittance.payer_name = "广州（测试）有限公司";
	d.delivery.mode = "courier";
	d.items = (struct list){items, 2};
	missing("counter", NULL, &d, &f);
	assert_true(named(&f, "/remittance/bank") && named(&f, "/delivery/address") && named(&f, "/items/1/seal_name"));
	assert_false(named(&f, "/items/0/seal_name") || named(&f, "/delivery/branch") || named(&f, "/items"));
}

static void conditions(void **state)
{
	static const struct {
		const char *code, *reason;
		bool holds;
	} row[] = {
		{"dissolved", "dissolved", true},
		{"dissolved", "lost", false},
		{"dissolved", NULL, false},
		{"not_dissolved", "dissolved", false},
		{"not_dissolved", "lost", true},
		{"not_dissolved", NULL, true},
	};

	(void)state;
	assert_true(catalog_holds(NULL, &application_data_shape, NULL));
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CATALOG_EACH(struct catalog_condition, c, &the_catalog()->conditions)
			if (text_eq(c->code, row[i].code)) {
				struct application_data d = {.reason = row[i].reason};

				expect(i, catalog_holds(c, &application_data_shape, &d) == row[i].holds);
			}
}

static void refuses_by_line(void **state)
{
	static const struct {
		const char *from, *to, *code, *say;
	} row[] = {
		{"required=\"true\" hint=\"1至5年\"", "requird=\"true\" hint=\"1至5年\"", "schema", "requird"},
		{"setting=\"unlock.fee\"", "setting=\"no.such\"", "schema", "setting"},
		{"<unit_kind code=\"institution\"", "<unit_kind code=\"enterprise\"", "duplicate", "“enterprise”重复"},
		{"<material code=\"m10\" name", "<material code=\"m9\" name", "unknown_code", "m10"},
		{"pointer=\"/unit/uscc\"", "pointer=\"/unit/usccc\"", "pointer", "“/unit/usccc”"},
		{"pointer=\"/items/*/seal_kind\"", "pointer=\"/items/seal_kind\"", "pointer", "“/items/seal_kind”"},
		{"pointer=\"/unit/kind\"", "pointer=\"/unit/name/kind\"", "pointer", "“/unit/name/kind”"},
		{"pointer=\"/unit/kind\"", "pointer=\"/unit/name\"", "duplicate", "/unit/name"},
		{"when=\"courier\"", "when=\"carrier\"", "unknown_code", "carrier"},
		{"licences=\"business\"", "licences=\"busyness\"", "unknown_code", "busyness"},
		{"materials=\"m2 m8 m9\"", "materials=\"m2 m8 m11\"", "unknown_code", "m11"},
		{"declaration=\"declaration.org\"", "declaration=\"declaration.o\"", "unknown_code", "declaration.o"},
		{"material_sets=\"form2 licence agent_id proof\"", "material_sets=\"form2 licence agent_id form1\"",
			"duplicate", "m1"},
		{"<fee services=\"reissue\"", "<fee services=\"new\"", "no_fee", "reissue org"},
		{"<fee services=\"renew\" holders=\"org\"", "<fee services=\"renew new\" holders=\"org\"", "duplicate",
			"new org"},
		{"<freight services=\"new add\" from=\"2021-12-26\"",
			"<freight services=\"new add\" from=\"2021-13-26\"", "schema", "date"},
		{"working_days=\"3\"", "working_days=\"three\"", "schema", "working_days"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct catalog *c = NULL;
		struct faults f;
		bool said = false;
		int line;
		char *text = changed(row[i].from, row[i].to, &line);

		expect(i, parse(text, &f, &c) == ERR_INVALID);
		expect(i, c == NULL);
		for (size_t k = 0; k < f.count; k++)
			said = said || (strcmp(f.at[k].code, row[i].code) == 0 && strstr(f.at[k].detail, row[i].say));
		if (!said)
			fail_msg("row %zu: first fault is %s (%s)", i, f.at[0].detail, f.at[0].code);
		expect(i, strncmp(f.at[0].detail, "catalog.xml:", 12) == 0);
	}
}

static void the_line_is_right(void **state)
{
	static const struct {
		const char *from, *to;
	} row[] = {
		{"<unit_kind code=\"institution\"", "<unit_kind code=\"enterprise\""},
		{"<field pointer=\"/unit/uscc\"", "<field pointer=\"/unit/usccc\""},
		{"<hotline kind=\"phone\"", "<hotline sort=\"phone\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct catalog *c = NULL;
		struct faults f;
		int line;
		char *text = changed(row[i].from, row[i].to, &line);

		expect(i, parse(text, &f, &c) == ERR_INVALID);
		expect_text(i, f.at[0].pointer, arena_printf(mem, "catalog.xml:%d", line));
	}
}

static void pointers_by_table(void **state)
{
	static const struct {
		const char *pointer, *label;
	} row[] = {
		{"/unit/name", "单位名称"},
		{"/years", "证书年限"},
		{"/items", "证书与印章"},
		{"/items/*/seal_kind", "印章类型"},
		{"/items/0/seal_kind", NULL},
		{"/items/*", NULL},
		{"/items/*/", NULL},
		{"", NULL},
		{"/", NULL},
		{"unit", NULL},
		{"/unit/", NULL},
		{"/years/x", NULL},
		{"/unit/*", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct field *f = catalog_row(&application_data_shape, row[i].pointer);

		expect_text(i, f ? f->label : NULL, row[i].label);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_product),
		cmocka_unit_test(offers_what_is_open),
		cmocka_unit_test(materials_of_the_guide),
		cmocka_unit_test(gates_of_the_product),
		cmocka_unit_test(a_route_is_put_together),
		cmocka_unit_test(freight_by_day),
		cmocka_unit_test(names_everything_missing),
		cmocka_unit_test(conditions),
		cmocka_unit_test(refuses_by_line),
		cmocka_unit_test(the_line_is_right),
		cmocka_unit_test(pointers_by_table),
	};

	return UNIT_MAIN(tests);
}
