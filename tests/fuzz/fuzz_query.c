#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/utf8.h"
#include "domain/queue.h"
#include "io/http.h"

/* Any text as a query string, and as one escaped segment: what comes out is UTF-8 without NUL and within its bounds. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool good)
{
	if (!good)
		abort();
}

static void clean(const char *text)
{
	must(!text || utf8_valid(text, strlen(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct queue_query in = {0};
	struct faults f;
	char *query = arena_textn(a, (const char *)bytes, n), *decoded = http_decode(a, (const char *)bytes, n);

	clean(decoded);
	must(!decoded || strlen(decoded) <= n);
	faults_init(&f, a);
	http_query(a, query, &queue_query_shape, &in, &f);
	clean(in.queue);
	clean(in.after);
	clean(in.q);
	clean(in.service);
	clean(in.holder);
	clean(in.channel);
	clean(in.branch);
	clean(in.due);
	clean(in.before);
	for (size_t i = 0; i < f.count; i++) {
		must(f.at[i].code && *f.at[i].code);
		clean(f.at[i].pointer);
		clean(f.at[i].detail);
	}
	must(f.count || (in.limit >= 0 && in.limit <= QUEUE_LIMIT_MAX));
	return 0;
}
