#include <stdlib.h>
#include <string.h>

#include "io/cms_seal.h"

/* Any bytes as seal data: refused with a sentence, or read within its bounds. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int good)
{
	if (!good)
		abort();
}

static void inside(struct bytes part, const unsigned char *all, size_t n)
{
	must(!part.len || (part.at >= all && part.at + part.len <= all + n));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_new();
	unsigned char *own = malloc(n + !n);
	struct cms_seal seal;
	const char *say = NULL;

	memcpy(own, bytes, n);
	if (cms_seal_read(a, (struct bytes){own, n}, &seal, &say) != ERR_OK)
		must(say && *say);
	else {
		must(seal.version == 4 && seal.id && seal.vendor && seal.name && seal.picture_type && seal.type > 0);
		must(seal.certs.count > 0 && seal.width_mm >= 0 && seal.height_mm >= 0);
		inside(seal.picture, own, n);
		inside(seal.maker, own, n);
		for (size_t i = 0; i < seal.certs.count; i++)
			inside(((const struct bytes *)seal.certs.at)[i], own, n);
	}
	free(own);
	arena_free(a);
	return 0;
}
