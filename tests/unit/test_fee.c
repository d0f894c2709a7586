#include "unit.h"

#include "catalog_fixture.h"
#include "base/str.h"
#include "domain/fee.h"

static void golden(void **state)
{
	static const struct {
		const char *service, *holder;
		int64_t yuan[5];
	} row[] = {
		{"new", "org", {600, 1000, 1400, 1800, 2200}},
		{"add", "org", {600, 1000, 1400, 1800, 2200}},
		{"new", "rep", {360, 520, 680, 840, 1000}},
		{"new", "ind", {360, 520, 680, 840, 1000}},
		{"renew", "org", {400, 800, 1200, 1600, 2000}},
		{"renew", "rep", {160, 320, 480, 640, 800}},
		{"renew", "ind", {160, 320, 480, 640, 800}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		for (int64_t y = 1; y <= 5; y++)
			for (int64_t n = 1; n <= 20; n++) {
				struct fee_quote q;
				struct faults f;
				int64_t sum = 0;

				faults_init(&f, mem);
				expect(i, fee_quote(mem, the_catalog(), row[i].service, row[i].holder, y, n, &q, &f) ==
						  ERR_OK);
				expect(i, q.total_fen == row[i].yuan[y - 1] * 100 * n);
				CATALOG_EACH(struct fee_line, l, &q.lines) {
					expect(i, l->sum_fen == l->unit_fen * l->count);
					sum += l->sum_fen;
				}
				expect(i, sum == q.total_fen);
			}
}

static void the_contract(void **state)
{
	const struct fee_line *l;
	struct fee_quote q;
	struct faults f;

	(void)state;
	faults_init(&f, mem);
	assert_int_equal(fee_quote(mem, the_catalog(), "new", "org", 3, 1, &q, &f), ERR_OK);
	assert_int_equal(q.total_fen, 140000);
	assert_int_equal(q.lines.count, 2);
	l = q.lines.at;
	assert_string_equal(l[0].text, "首年（含介质费200元）");
	assert_int_equal(l[0].unit_fen, 60000);
	assert_string_equal(l[1].text, "次年起，2年");
	assert_int_equal(l[1].unit_fen, 40000);
	assert_int_equal(l[1].count, 2);
}

static void per_time_and_free(void **state)
{
	static const struct {
		const char *service;
		int64_t count, total_fen;
		size_t lines;
	} row[] = {{"reissue", 1, 20000, 1}, {"reissue", 20, 400000, 1}, {"change", 3, 0, 0}, {"unlock", 1, 0, 0},
		{"revoke", 1, 0, 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct fee_quote q;
		struct faults f;

		faults_init(&f, mem);
		expect(i, fee_quote(mem, the_catalog(), row[i].service, "ind", 0, row[i].count, &q, &f) == ERR_OK);
		expect(i, q.total_fen == row[i].total_fen && q.lines.count == row[i].lines);
	}
}

/* Free by the catalogue, priced by staff: the row then counts like any other that is paid per time. */
static void priced(void **state)
{
	struct catalog c = *the_catalog();
	struct catalog_fee *fees = arena_array(mem, c.fees.count, sizeof *fees);
	const struct catalog_route *unlock = catalog_route(&c, "unlock", "ind", "post");
	const struct catalog_gate *money = catalog_route_gate(unlock, GATE_MONEY);
	struct fee_quote q;
	struct faults f;

	(void)state;
	memcpy(fees, c.fees.at, c.fees.count * sizeof *fees);
	c.fees.at = fees;
	assert_false(catalog_gate_counts(&c, unlock, money));
	for (size_t i = 0; i < c.fees.count; i++)
		if (text_eq(fees[i].setting, "unlock.fee"))
			fees[i].first_fen = 3000;
	assert_true(catalog_gate_counts(&c, unlock, money));
	assert_true(catalog_gate_counts(&c, unlock, catalog_route_gate(unlock, GATE_TOKEN)));
	faults_init(&f, mem);
	assert_int_equal(fee_quote(mem, &c, "unlock", "ind", 0, 2, &q, &f), ERR_OK);
	assert_int_equal(q.total_fen, 6000);
	assert_int_equal(q.lines.count, 1);
	assert_int_equal(fee_quote(mem, &c, "change", "ind", 0, 2, &q, &f), ERR_OK);
	assert_int_equal(q.total_fen, 0);
}

static void refusals(void **state)
{
	static const struct {
		const char *service, *holder;
		int64_t years, count;
		const char *pointers;
	} row[] = {
		{"new", "org", 6, 1, "/years"},
		{"new", "org", 0, 1, "/years"},
		{"new", "org", -1, 1, "/years"},
		{"new", "org", 1, 0, "/count"},
		{"new", "org", 1, 21, "/count"},
		{"new", "org", 6, 0, "/years /count"},
		{"new", "org", INT64_MAX, INT64_MAX, "/years /count"},
		{"sell", "org", 1, 1, "/service"},
		{"new", "dog", 1, 1, "/holder"},
		{"sell", "dog", 1, 0, "/service /holder /count"},
		{"add", "rep", 1, 1, "/holder"},
		{NULL, NULL, 1, 1, "/service /holder"},
		{"reissue", "org", 0, 0, "/count"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct fee_quote q = {.total_fen = -7};
		struct faults f;
		struct str pointers;

		faults_init(&f, mem);
		str_init(&pointers, mem);
		expect(i, fee_quote(mem, the_catalog(), row[i].service, row[i].holder, row[i].years, row[i].count, &q,
				  &f) == ERR_INVALID);
		expect(i, q.total_fen == -7);
		for (size_t k = 0; k < f.count; k++)
			str_addf(&pointers, "%s%s", k ? " " : "", f.at[k].pointer);
		expect_text(i, pointers.at, row[i].pointers);
	}
}

/* A catalogue made by hand, whose product does not fit. */
static void overflow(void **state)
{
	static const char *codes[] = {"x"};
	struct catalog_service service = {.code = "x"};
	struct catalog_holder holder = {.code = "x"};
	struct catalog_fee fee = {
		.services = {codes, 1}, .holders = {codes, 1}, .per = "time", .first_fen = INT64_MAX / 2};
	struct catalog c = {.services = {&service, 1},
		.holders = {&holder, 1},
		.fees = {&fee, 1},
		.limits = {.years_max = 5, .items_max = 20}};
	struct fee_quote q;
	struct faults f;

	(void)state;
	faults_init(&f, mem);
	assert_int_equal(fee_quote(mem, &c, "x", "x", 1, 3, &q, &f), ERR_INVALID);
	fee.per = "year";
	assert_int_equal(fee_quote(mem, &c, "x", "x", 2, 1, &q, &f), ERR_INVALID);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(the_contract),
		cmocka_unit_test(per_time_and_free),
		cmocka_unit_test(priced),
		cmocka_unit_test(refusals),
		cmocka_unit_test(overflow),
	};

	return UNIT_MAIN(tests);
}
