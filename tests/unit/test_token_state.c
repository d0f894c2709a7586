#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "domain/token_state.h"

/* Every state with every step, written a second time: where it leads, or "-". */
static const struct {
	enum token_state from;
	const char *after[TOKEN_EVENT_MAX]; /* write lock unlock damage lose find retire */
} all[] = {
	{TOKEN_STATE_BLANK, {"in_use", "-", "-", "damaged", "lost", "-", "retired"}},
	{TOKEN_STATE_IN_USE, {"in_use", "locked", "in_use", "damaged", "lost", "-", "retired"}},
	{TOKEN_STATE_LOCKED, {"-", "-", "in_use", "damaged", "lost", "-", "retired"}},
	{TOKEN_STATE_DAMAGED, {"-", "-", "-", "-", "lost", "-", "retired"}},
	{TOKEN_STATE_LOST, {"-", "-", "-", "-", "-", "in_use", "retired"}},
	{TOKEN_STATE_RETIRED, {"-", "-", "-", "-", "-", "-", "-"}},
};

static void every_pair(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_LEN(all), TOKEN_STATE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (size_t event = 0; event < TOKEN_EVENT_MAX; event++) {
			enum token_state to = token_after(all[i].from, (enum token_event)event);

			expect_text(i * 10 + event, to == TOKEN_STATE_MAX ? "-" : token_state_words[to],
				all[i].after[event]);
		}
}

/* Wherever a step may be refused there is a sentence, and each says something else. */
static void every_refusal(void **state)
{
	(void)state;
	for (size_t i = 0; i < TOKEN_STATE_MAX; i++) {
		expect(i, strlen(token_refusal((enum token_state)i)) > 20);
		for (size_t k = 0; k < i; k++)
			expect(i, !text_eq(token_refusal((enum token_state)i), token_refusal((enum token_state)k)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair),
		cmocka_unit_test(every_refusal),
	};

	return UNIT_MAIN(tests);
}
