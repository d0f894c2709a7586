#include "base/err.h"

#include <assert.h>

struct err_row {
	int status;
	const char *wire, *sentence;
};

static const struct err_row rows[ERR_MAX] = {
	[ERR_OK] = {200, "ok", ""},
#define X(code, status, wire, sentence) [code] = {status, wire, sentence},
#include "base/err.def"
#undef X
};

static const struct err_row *row(enum err e)
{
	assert((unsigned)e < ERR_MAX);
	return &rows[e];
}

int err_status(enum err e)
{
	return row(e)->status;
}

const char *err_wire(enum err e)
{
	return row(e)->wire;
}

const char *err_sentence(enum err e)
{
	return row(e)->sentence;
}
