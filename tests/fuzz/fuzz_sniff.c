#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/sniff.h"

/* Any bytes as an upload: a kind with its media type and sane sizes, or a fault with its name. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const faults[] = {
	"empty",
	"type",
	"heic",
	"broken",
	"encrypted",
	"active",
	"polyglot",
	"too_large_picture",
	NULL,
};

static void must(int good)
{
	if (!good)
		abort();
}

static int known(const char *fault)
{
	for (size_t i = 0; faults[i]; i++)
		if (strcmp(faults[i], fault) == 0)
			return 1;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct sniff s;

	sniff(bytes, n, &s);
	must(!s.fault || known(s.fault));
	must(s.fault || (s.kind != SNIFF_OTHER && s.media));
	if (!s.fault && s.kind != SNIFF_PDF) {
		must(s.width > 0 && s.height > 0 && s.width <= SNIFF_SIDE_MAX && s.height <= SNIFF_SIDE_MAX &&
			s.width * s.height <= SNIFF_PIXELS_MAX);
		must(s.orientation >= 0 && s.orientation <= 8);
	}
	return 0;
}
