/* The text of a QR as any camera may read it.  What is read must be what make writes; what make writes must be read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/form_code.h"

static const unsigned char key[32] = "fuzz key";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(enum err e)
{
	if (e != ERR_OK)
		abort();
}

static int same(const struct form_code *a, const struct form_code *b)
{
	return strcmp(a->no, b->no) == 0 && a->version == b->version && a->page == b->page && a->pages == b->pages &&
	       a->copy == b->copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form_code code, made = {0};
	char text[FORM_CODE_MAX + 1];
	size_t n = size > FORM_CODE_NO_MAX ? FORM_CODE_NO_MAX : size;

	if (form_code_read((const char *)data, size, key, sizeof key, &code) == ERR_OK)
		check(form_code_make(&code, key, sizeof key, text));
	if (size < 5)
		return 0;
	memcpy(made.no, data, n);
	made.version = data[0] << 2 | data[1] >> 6;
	made.page = data[2] & 31;
	made.pages = data[3] & 31;
	made.copy = data[4] % 10;
	if (form_code_make(&made, key, sizeof key, text) != ERR_OK)
		return 0;
	check(form_code_read(text, strlen(text), key, sizeof key, &code));
	if (!same(&made, &code))
		abort();
	return 0;
}
