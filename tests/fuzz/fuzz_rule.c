#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/utf8.h"

/* The first byte chooses the rule, the rest is the text.  Whatever comes: what is folded is valid UTF-8, what is
 * accepted is accepted again unchanged, what is refused has a code and a sentence, and hints bear any text. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const field_rule rules[] = {
	rule_line,
	rule_note,
	rule_word,
	rule_uscc,
	rule_resident,
	rule_id_other,
	rule_id_number,
	rule_serial,
	rule_case_no,
	rule_person,
	rule_unit,
	rule_mobile,
	rule_phone,
	rule_email,
	rule_account,
	rule_tax_number,
	rule_postcode,
	rule_waybill,
};

static void hints(struct arena *a, const char *text)
{
	rule_hint_uscc(text);
	rule_hint_resident(text);
	rule_hint_account(text);
	rule_hint_name(a, text);
	mod3736(text);
}

static void try(struct arena *a, field_rule rule, const char *text)
{
	const char *say = NULL, *code, *folded = text, *again;

	code = rule(a, &folded, &say);
	if (!utf8_valid(folded, strlen(folded)))
		abort();
	if (code) {
		if (!*code || !say || !*say || !utf8_valid(say, strlen(say)))
			abort();
		return;
	}
	again = folded;
	if (rule(a, &again, &say) || strcmp(again, folded) != 0)
		abort();
	hints(a, folded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena *a = arena_new();
	const char *text;

	if (size == 0 || !utf8_valid((const char *)data + 1, size - 1))
		return 0;
	text = arena_textn(a, (const char *)data + 1, size - 1);
	try(a, rules[data[0] % ARRAY_LEN(rules)], text);
	hints(a, text);
	if (strcmp(name_key(a, name_key(a, text)), name_key(a, text)) != 0)
		abort();
	return 0;
}
