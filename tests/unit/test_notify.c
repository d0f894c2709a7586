#include "unit.h"

#include "base/date.h"
#include "base/str.h"
#include "base/utf8.h"
#include "catalog_fixture.h"
#include "domain/notify_driver.h"
#include "domain/reminder.h"

static char *all_gates(void)
{
	struct str s;

	str_init(&s, mem);
	for (int g = 0; g < GATE_MAX; g++)
		if (g != GATE_SCANS)
			str_addf(&s, "%s%s", s.len ? "、" : "", catalog_gate_name(the_catalog(), (enum gate)g)->name);
	return s.at;
}

/* Each message with the longest it may have to say: one SMS, 70 characters. */
static void one_sms(void **state)
{
	static const char *const word[] = {"code", "submitted", "corrected", "returned", "accepted", "gates_closed",
		"approved", "sent", "install", "install_here", "ready", "completed", "rejected", "withdrawn",
		"expiring", "expired", "stays_closed", "money", "answered", "remind"};
	const struct notify_param longest[] = {
		{"no", "GD20261122000001I"},
		{"code", "123456"},
		{"minutes", "60"},
		{"count", "20"},
		{"day", "2026年12月31日"},
		{"waiting", all_gates()},
		{"waybill", "SF123456789012345678"},
		{"amount", "10,000,000.00"},
		{"unit", "广州市越秀区某某电子商务认证服务数据技术有限责任公"},
		{"tail", "0A1B2C"},
		{"days", "90"},
		{NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(word); i++) {
		char *text;

		expect(i, notify_knows(word[i]));
		text = notify_text(mem, word[i], longest);
		expect(i, utf8_valid(text, strlen(text)));
		if (utf8_count(text) > 70)
			fail_msg("%s has %zu characters: %s", word[i], utf8_count(text), text);
		expect(i, !strstr(text, "…") && !strchr(text, '{') &&
				  !strchr(text, '}')); /* every variable is given above */
		expect(i, text_eq(word[i], "code") || text_eq(word[i], "remind") ||
				  strstr(text, "GD20261122000001I")); /* says what it is about */
		expect(i, !strstr(text, "http"));		      /* no address that a forger could imitate */
	}
}

/* The one message with an address: short enough for a host of 17 characters, and without a name. */
static void invoice_link(void **state)
{
	const struct notify_param params[] = {
		{"link", "https://portal.example.cn/f#0123456789abcdefghijkl"}, {"code", "123456"}, {NULL, NULL}};
	char *text = notify_text(mem, "invoice", params);

	(void)state;
	assert_true(utf8_count(text) <= 70);
	assert_non_null(strstr(text, "/f#0123456789abcdefghijkl 提取码123456"));
}

/* Codes are kept no longer than it takes to send them, and go at any hour: nothing else does both. */
static void kinds(void **state)
{
	size_t n;
	const struct notify_template *t = notify_templates(&n);

	(void)state;
	assert_true(n > 18);
	for (size_t i = 0; i < n; i++) {
		expect(i, (t[i].kind == NOTIFY_CODE) == text_eq(t[i].word, "code"));
		expect(i, t[i].secret == (strstr(t[i].text, "{code}") != NULL));
	}
}

static void quiet_hours(void **state)
{
	static const struct {
		const char *quiet;
		int hour, minute, until_hour, later_days; /* until -1: at once */
	} row[] = {
		{"none", 3, 0, -1, 0},
		{"", 3, 0, -1, 0},
		{"21-8", 20, 59, -1, 0},
		{"21-8", 21, 0, 8, 1},
		{"21-8", 23, 59, 8, 1},
		{"21-8", 0, 0, 8, 0},
		{"21-8", 7, 59, 8, 0},
		{"21-8", 8, 0, -1, 0},
		{"12-14", 11, 59, -1, 0},
		{"12-14", 12, 0, 14, 0},
		{"12-14", 14, 0, -1, 0},
		{"22-0", 23, 0, 0, 1},
		{"0-6", 0, 0, 6, 0},
	};
	const struct date day = {2026, 12, 31};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int64_t now = date_moment(day, row[i].hour, row[i].minute, 30);
		int64_t want = row[i].until_hour < 0
				       ? now
				       : date_moment(date_add(day, row[i].later_days), row[i].until_hour, 0, 0);

		expect(i, notify_quiet_end(now, row[i].quiet) == want);
	}
}

static void stages(void **state)
{
	static const struct {
		int64_t left, planned;
		int stage, next;
	} row[] = {
		{90, 90, 90, 60},
		{84, 90, 90, 60},
		{83, 90, 0, 60},
		{61, 90, 0, 60},
		{60, 90, 60, 30}, /* the first was never due: a certificate that came late */
		{60, 60, 60, 30},
		{31, 60, 0, 30},
		{30, 30, 30, 7},
		{30, 60, 30, 7},
		{8, 30, 0, 7},
		{7, 7, 7, 0},
		{1, 7, 7, 0},
		{1, 90, 7, 0},
		{0, 7, 0, 0},
		{-5, 90, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int next = -1;

		expect(i, reminder_stage(row[i].left, row[i].planned, &next) == row[i].stage);
		expect(i, next == row[i].next);
	}
}

static void gateway_words(void **state)
{
	static const char pairs[] = "code:SMS_1  remind:SMS_22 codes:SMS_3 empty: x";

	(void)state;
	assert_string_equal(notify_code_of(mem, pairs, "code"), "SMS_1");
	assert_string_equal(notify_code_of(mem, pairs, "remind"), "SMS_22");
	assert_null(notify_code_of(mem, pairs, "empty"));
	assert_null(notify_code_of(mem, pairs, "x"));
	assert_null(notify_code_of(mem, "none", "code"));
	assert_int_equal(notify_gateway_moment("2026-11-22 14:07:13"), 1795327633);
	assert_int_equal(notify_gateway_moment("2026-11-22T14:07:13"), 0);
	assert_int_equal(notify_gateway_moment("2026-13-22 14:07:13"), 0);
	assert_int_equal(notify_gateway_moment(""), 0);
	assert_int_equal(notify_gateway_moment(NULL), 0);
	assert_string_equal(notify_error_text("Throttling.User"), notify_error_text("Throttling"));
	assert_string_equal(notify_error_text("ThrottlingX"), notify_error_text("MK:0001"));
	assert_true(strlen(notify_error_text(NULL)) > 0);
}

static void variables(void **state)
{
	static const struct notify_param some[] = {{"no", "GD20261122000001I"}, {"other", "x"}, {NULL, NULL}};
	static const struct notify_param odd[] = {{"no", "{day}%s𠮷"}, {"count", ""}, {"day", "\\"}, {NULL, NULL}};

	(void)state;
	assert_string_equal(notify_text(mem, "withdrawn", some), "申请GD20261122000001I已撤回。");
	assert_string_equal(notify_text(mem, "withdrawn", NULL), "申请…已撤回。");
	assert_non_null(strstr(notify_text(mem, "returned", some), "有…处"));
	assert_non_null(strstr(notify_text(mem, "returned", odd), "{day}%s𠮷")); /* a value is not read again */
	assert_false(notify_knows("nothing"));
	assert_false(notify_knows(""));
	assert_false(notify_knows(NULL));
	assert_false(notify_knows("Code"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(one_sms), cmocka_unit_test(invoice_link),
		cmocka_unit_test(kinds), cmocka_unit_test(quiet_hours), cmocka_unit_test(stages),
		cmocka_unit_test(gateway_words), cmocka_unit_test(variables)};

	return UNIT_MAIN(tests);
}
