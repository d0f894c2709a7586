#include <stdlib.h>
#include <string.h>

#include "io/der.h"

/* Any bytes as DER: the cursor never leaves them, what is strict reads to its end and is written the same again. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int good)
{
	if (!good)
		abort();
}

/* Goes through all that can be read; of what is strict, that is everything. */
static void walk(struct arena *a, struct bytes b, int strict, int depth)
{
	struct bytes body, whole, rest = b;
	unsigned tag;

	while (rest.len && depth < DER_DEPTH_MAX + 2) {
		int64_t number, moment;
		struct bytes at = rest;

		if (!der_next(&rest, &tag, &body, &whole)) {
			must(!strict && rest.at == at.at && rest.len == at.len);
			return;
		}
		must(whole.at == at.at && body.at >= whole.at && body.at + body.len == whole.at + whole.len &&
			whole.at + whole.len == rest.at && rest.at + rest.len == b.at + b.len);
		must(der_equal(der_wrap(a, tag, body), whole));
		if (der_take_number(&at, &number))
			must(number >= 0 && der_equal(der_number(a, number), whole));
		at = whole;
		if (der_take_time(&at, &moment) && tag == DER_TIME)
			must(der_equal(der_time(a, moment), whole));
		if (tag & 0x20)
			walk(a, body, strict, depth + 1);
	}
	must(!strict || !rest.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_new();
	unsigned char *own = malloc(n + !n); /* not a byte more, for the sanitizer */
	struct bytes all = {own, n};

	memcpy(own, bytes, n);
	walk(a, all, der_strict(all), 0);
	free(own);
	arena_free(a);
	return 0;
}
