#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "io/pack.h"

/* Any bytes as an archive: plain files with good paths, as many as are in it, or a fault. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_new();
	struct list files;
	const char *fault;
	enum err e = pack_read(a, (struct bytes){bytes, n}, &files, &fault);
	size_t all = 0;

	must((e == ERR_OK) == !fault);
	for (size_t i = 0; i < files.count; i++) {
		const struct pack_file *f = (const struct pack_file *)files.at + i;

		must(pack_path_good(f->path));
		all += f->content.len;
	}
	must(all <= n);
	arena_free(a);
	return 0;
}
