#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/match.h"

/* What a payer wrote, as a remark and as his name.  Whatever comes: what is found are case numbers with a right check character,
 * each once, and written plainly each is found again as it is; names fold to UTF-8, and one that is near itself stays so. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 8, SIZE_MAX_BYTES = 4000 };

static void check_references(struct arena *a, const char *text)
{
	struct match_reference at[MOST], again[MOST];
	size_t n = match_references(a, "GD", text, at, MOST);

	if (n > MOST)
		abort();
	for (size_t i = 0; i < n; i++) {
		const char *no = at[i].no, *say;

		if (rule_case_no(a, &no, &say) || !text_eq(no, at[i].no))
			abort();
		for (size_t k = 0; k < i; k++)
			if (text_eq(at[k].no, at[i].no))
				abort();
		if (match_references(a, "GD", no + strlen("GD20"), again, MOST) != 1 || again[0].mended ||
			!text_eq(again[0].no, no))
			abort();
	}
}

static void check_name(struct arena *a, const char *text)
{
	const char *key = match_near_key(a, text);

	if (!utf8_valid(key, strlen(key)))
		abort();
	if (match_is_person(text) && utf8_count(text) < 2)
		abort();
	match_is_unit(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	char *text;

	if (size > SIZE_MAX_BYTES || !utf8_valid((const char *)data, size))
		return 0;
	a = arena_new();
	text = arena_textn(a, (const char *)data, size);
	check_references(a, text);
	check_name(a, text);
	arena_free(a);
	return 0;
}
