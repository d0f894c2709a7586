/* What is signed and what comes back, byte for byte. */
#include "unit.h"

#include "base/str.h"
#include "domain/alipay.h"
#include "io/crypto.h"

static void signed_text(void **state)
{
	static const struct alipay_pair pair[] = {
		{"version", "1.0"},
		{"app_id", "2021000000000000"},
		{"method", "alipay.trade.precreate"},
		{"charset", "utf-8"},
		{"sign", "left out"},
		{"sign_type", "RSA2"},
		{"timestamp", "2026-11-22 14:07:13"},
		{"notify_url", "https://ca.example/pay/alipay/notify"},
		{"biz_content",
			"{\"out_trade_no\":\"GD20261122000001\",\"total_amount\":\"600.00\",\"subject\":\"机构数字证书 1年\"}"},
	};
	char *text = alipay_signed_text(mem, pair, ARRAY_LEN(pair), NULL);

	(void)state;
	assert_int_equal(strlen(text), 280);
	assert_string_equal(crypto_sha256_hex(mem, text, strlen(text)),
		"d543a59a257dc4c749dcf67a5406501f65cfd47b689cedba9f9fdf91a989ac7d");
	assert_null(strstr(alipay_signed_text(mem, pair, ARRAY_LEN(pair), "sign_type"), "sign_type"));
}

static void forms(void **state)
{
	static const struct {
		const char *body;
		bool good;
		const char *name, *value;
	} row[] = {
		{"a=1&b=2", true, "b", "2"},
		{"a=&b=", true, "a", ""}, /* empty values are kept: they are signed */
		{"s=%E6%95%B0+%F0%A0%AE%B7%2B", true, "s", "数 𠮷+"},
		{"a=b=c", true, "a", "b=c"},
		{"a=1&a=1", false, NULL, NULL},
		{"a", false, NULL, NULL},
		{"=1", false, NULL, NULL},
		{"a=%", false, NULL, NULL},
		{"a=%4", false, NULL, NULL},
		{"a=%zz", false, NULL, NULL},
		{"a=%00", false, NULL, NULL},
		{"a=%ff", false, NULL, NULL},
		{"", false, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct list pairs = {0};
		struct bytes body = {(const unsigned char *)row[i].body, strlen(row[i].body)};

		expect(i, (alipay_form_read(mem, body, &pairs) == ERR_OK) == row[i].good);
		if (row[i].good)
			expect_text(i, alipay_value(&pairs, row[i].name), row[i].value);
	}
}

/* The signature covers the bytes as they came: never another object of that name. */
static void members(void **state)
{
	static const struct {
		const char *json, *want; /* NULL: not there */
	} row[] = {
		{"{\"r\":{\"code\":\"10000\",\"u\":\"https:\\/\\/x\"},\"sign\":\"s\"}",
			"{\"code\":\"10000\",\"u\":\"https:\\/\\/x\"}"},
		{"{ \"sign\" : \"s\" , \"r\" : { \"a\" : { \"b\" : \"}\" } } }", "{ \"a\" : { \"b\" : \"}\" } }"},
		{"{\"x\":\"\\\"r\\\":{\",\"n\":1,\"r\":{}}", "{}"},
		{"{\"x\":{\"r\":{\"evil\":1}},\"r\":{\"good\":1}}", "{\"good\":1}"},
		{"{\"x\":{\"r\":{\"evil\":1}}}", NULL},
		{"{\"x\":\"{\\\"r\\\":{}}\"}", NULL},
		{"{\"r\":[1]}", NULL},
		{"{\"r\":{", NULL},
		{"{\"r\"", NULL},
		{"{\"r", NULL},
		{"{\"x\":\"\\", NULL},
		{"[]", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *json = arena_text(mem, row[i].json);
		struct bytes object = {0};
		bool found = alipay_member((struct bytes){(unsigned char *)json, strlen(json)}, "r", &object);

		expect(i, found == (row[i].want != NULL));
		if (found)
			expect_text(i, arena_textn(mem, (const char *)object.at, object.len), row[i].want);
	}
}

static void sums(void **state)
{
	static const char *const bad[] = {
		"", "1", "1.0", "1.000", ".00", "-1.00", "1e2.00", " 1.00", "1.00 ", "1,000.00", "0.0a", "１.00", NULL};
	int64_t fen = 0;

	(void)state;
	assert_true(alipay_fen("600.00", &fen));
	assert_int_equal(fen, 60000);
	assert_true(alipay_fen("0.01", &fen));
	assert_int_equal(fen, 1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(i, !alipay_fen(bad[i], &fen));
	assert_string_equal(alipay_yuan(mem, 60005), "600.05");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_text),
		cmocka_unit_test(forms),
		cmocka_unit_test(members),
		cmocka_unit_test(sums),
	};

	return UNIT_MAIN(tests);
}
