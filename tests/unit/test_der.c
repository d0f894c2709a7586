#include "unit.h"

#include <stdlib.h>

#include "base/str.h"
#include "io/der.h"

static struct bytes hex(const char *text)
{
	size_t n = strlen(text) / 2;
	unsigned char *at = arena_alloc(mem, n + 1);

	for (size_t i = 0; i < n; i++) {
		char two[3] = {text[2 * i], text[2 * i + 1], 0};

		at[i] = (unsigned char)strtoul(two, NULL, 16);
	}
	return (struct bytes){at, n};
}

static const struct {
	const char *hex;
	bool strict;
} values[] = {
	{"0500", true},
	{"", false},
	{"05", false},
	{"0501", false},
	{"050000", false},
	{"05810000", false},
	{"0101ff", true},
	{"010100", true},
	{"010101", false},
	{"0100", false},
	{"0102ffff", false},
	{"020100", true},
	{"02020080", true},
	{"0202007f", false},
	{"0202ff7f", true},
	{"0202ff80", false},
	{"0200", false},
	{"0a0101", true},
	{"0a020001", false},
	{"0a00", false},
	{"030100", true},
	{"030101", false},
	{"0300", false},
	{"030207ff", false},
	{"03020780", true},
	{"030208ff", false},
	{"030200ff", true},
	{"030206c0", true},
	{"030206e0", false},
	{"0403010203", true},
	{"2403040101", false},
	{"2480040101"
	 "0000",
		false},
	{"0480"
	 "0000",
		false},
	{"06032a0304", true},
	{"06032a8004", false},
	{"06022a84", false},
	{"0600", false},
	{"3000", true},
	{"1000", false},
	{"1100", false},
	{"3080"
	 "0000",
		false},
	{"30810000", false},
	{"3003020101", true},
	{"3003020102"
	 "00",
		false},
	{"300302010", false},
	{"30040201010500", false},
	{"a003020101", true},
	{"a003020201", false},
	{"800101", true},
	{"6003020101", false},
	{"0000", false},
	{"1f0100", false},
	{"9f2a00", false},
	{"bf8a3900", false},
	{"3084000000"
	 "00",
		false},
	{"30ff", false},
	{"308500000000"
	 "00",
		false},
	{"3084ffffffff", false},
	{"04847fffffff00", false},
};

static void strictness(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (der_strict(hex(values[i].hex)) != values[i].strict)
			fail_msg("%s", values[i].hex);
}

static void lengths_at_their_edges(void **state)
{
	static const size_t edges[] = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xffffff, 0x1000000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		struct bytes body = {arena_alloc(mem, edges[i] + 1), edges[i]}, back,
			     whole = der_wrap(mem, DER_OCTETS, body);

		expect(i,
			der_strict(whole) && der_take(&whole, DER_OCTETS, &back) && back.len == edges[i] && !whole.len);
	}
}

static void depth(void **state)
{
	struct bytes b = hex("0500");

	(void)state;
	for (int i = 0; i < DER_DEPTH_MAX; i++)
		b = der_wrap(mem, DER_SEQUENCE, b);
	assert_true(der_strict(b));
	assert_false(der_strict(der_wrap(mem, DER_SEQUENCE, b)));
}

static void times(void **state)
{
	static const struct {
		unsigned tag;
		const char *text;
		bool right;
		int64_t moment;
	} rows[] = {
		{DER_UTC_TIME, "700101000000Z", true, 0},
		{DER_UTC_TIME, "500101000000Z", true, -631152000},
		{DER_UTC_TIME, "491231235959Z", true, 2524607999},
		{DER_UTC_TIME, "240229235959Z", true, 1709251199},
		{DER_UTC_TIME, "230229000000Z", false, 0},
		{DER_UTC_TIME, "161231235960Z", false, 0},
		{DER_UTC_TIME, "240101240000Z", false, 0},
		{DER_UTC_TIME, "240001000000Z", false, 0},
		{DER_UTC_TIME, "241301000000Z", false, 0},
		{DER_UTC_TIME, "240100000000Z", false, 0},
		{DER_UTC_TIME, "2401010000Z", false, 0},
		{DER_UTC_TIME, "240101000000+0800", false, 0},
		{DER_UTC_TIME, "240101 00000Z", false, 0},
		{DER_TIME, "19700101000000Z", true, 0},
		{DER_TIME, "19491231235959Z", true, -631152001},
		{DER_TIME, "20000229000000Z", true, 951782400},
		{DER_TIME, "21000229000000Z", false, 0},
		{DER_TIME, "99991231235959Z", true, 253402300799},
		{DER_TIME, "20240101000000.5Z", false, 0},
		{DER_TIME, "20240101000000", false, 0},
		{DER_TIME, "00000101000000Z", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes b = der_text(mem, rows[i].tag, rows[i].text);
		int64_t moment = -1;
		bool right = der_take_time(&b, &moment);

		expect(i, right == rows[i].right && (!right || moment == rows[i].moment) && (b.len == 0) == right);
	}
}

static void numbers_and_ids(void **state)
{
	static const int64_t numbers[] = {0, 1, 127, 128, 255, 256, 65535, INT32_MAX, (int64_t)1 << 55, INT64_MAX};
	static const char *const never[] = {"0201ff", "02080000000000000001", "0209010000000000000000", "0200",
		"0401"
		"00"};
	static const char *const ids[] = {"1.2.840.113549.1.7.2", "2.16.840.1.101.3.4.2.1", "1.2.156.10197.6.1.4.2.2",
		"2.999.1", "0.9.2342.19200300.100.1.25", "1.3.6.1.4.1.18760.1.12.11"};
	struct bytes b, body;
	int64_t back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		b = der_number(mem, numbers[i]);
		expect(i, der_strict(b) && der_take_number(&b, &back) && back == numbers[i] && !b.len);
	}
	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		b = hex(never[i]);
		expect(i, !der_take_number(&b, &back) && b.len);
	}
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		b = der_oid(mem, ids[i]);
		expect(i, der_strict(b) && der_take(&b, DER_OID, &body));
		for (size_t k = 0; k < ARRAY_LEN(ids); k++)
			expect(i, der_is_oid(body, ids[k]) == (i == k));
	}
	assert_memory_equal(der_oid(mem, ids[2]).at, hex("060a2a811ccf550601040202").at, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strictness),
		cmocka_unit_test(lengths_at_their_edges),
		cmocka_unit_test(depth),
		cmocka_unit_test(times),
		cmocka_unit_test(numbers_and_ids),
	};

	return UNIT_MAIN(tests);
}
