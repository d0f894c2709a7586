#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "domain/application_data.h"
#include "io/json.h"
#include "io/json_out.h"

/* Any bytes as the body of a PATCH.  A refusal says why in readable text; what was read is written as JSON that reads back
 * to the same. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool good)
{
	if (!good)
		abort();
}

static char *written(struct arena *a, const struct application_data *data)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, &application_data_shape, data);
	return s.at;
}

static void readable(const struct faults *f)
{
	for (size_t i = 0; i < f->count; i++) {
		must(f->at[i].code && *f->at[i].code && f->at[i].detail && *f->at[i].detail);
		must(utf8_valid(f->at[i].pointer, strlen(f->at[i].pointer)) &&
			utf8_valid(f->at[i].detail, strlen(f->at[i].detail)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct application_data data = {0}, again = {0};
	struct faults f;
	const char *say = NULL;
	char *text;
	enum err e;

	faults_init(&f, a);
	e = json_read((const char *)bytes, n, &application_data_shape, &data, &f, &say);
	must(e == ERR_OK || e == ERR_SYNTAX || e == ERR_INVALID);
	must((e == ERR_SYNTAX) == (say && *say) && (e == ERR_INVALID) == (f.count > 0));
	readable(&f);
	if (e == ERR_SYNTAX)
		return 0;
	text = written(a, &data);
	faults_init(&f, a);
	must(json_read(text, strlen(text), &application_data_shape, &again, &f, &say) != ERR_SYNTAX);
	must(strcmp(written(a, &again), text) == 0);
	return 0;
}
