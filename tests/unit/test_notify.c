#include "unit.h"

#include "base/date.h"
#include "base/str.h"
#include "base/utf8.h"
#include "catalog_fixture.h"
#include "domain/notify.h"

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
	static const char *const word[] = {"code", "submitted", "returned", "accepted", "gates_closed", "approved",
		"sent", "ready", "completed", "rejected", "withdrawn", "expiring", "expired", "stays_closed", "money"};
	const struct notify_param longest[] = {
		{"no", "GD20261122000001I"},
		{"code", "123456"},
		{"minutes", "60"},
		{"count", "20"},
		{"day", "2026年12月31日"},
		{"waiting", all_gates()},
		{"waybill", "SF123456789012345678"},
		{"amount", "10,000,000.00"},
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
		expect(i, text_eq(word[i], "code") || strstr(text, "GD20261122000001I")); /* says what it is about */
		expect(i, !strstr(text, "http")); /* no address that a forger could imitate */
	}
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
	static const struct CMUnitTest tests[] = {cmocka_unit_test(one_sms), cmocka_unit_test(variables)};

	return UNIT_MAIN(tests);
}
