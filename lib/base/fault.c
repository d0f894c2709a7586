#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

void faults_init(struct faults *f, struct arena *a)
{
	*f = (struct faults){.arena = a};
}

void fault_add(struct faults *f, const char *pointer, const char *code, const char *format, ...)
{
	char *detail;
	va_list args;
	int n;

	if (f->count == FAULTS_MAX)
		return;
	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	detail = arena_alloc(f->arena, n < 0 ? 1 : (size_t)n + 1);
	va_start(args, format);
	vsnprintf(detail, n < 0 ? 1 : (size_t)n + 1, format, args);
	va_end(args);
	f->at = arena_grow(f->arena, f->at, f->count, &f->cap, sizeof *f->at);
	f->at[f->count++] = (struct fault){
		.pointer = arena_text(f->arena, pointer),
		.code = arena_text(f->arena, code),
		.detail = detail,
	};
}

char *fault_pointer(struct arena *a, const char *pointer, const char *name)
{
	struct str s;

	str_init(&s, a);
	str_add(&s, pointer);
	str_addc(&s, '/');
	for (; *name; name++)
		if (*name == '~' || *name == '/')
			str_add(&s, *name == '~' ? "~0" : "~1");
		else
			str_addc(&s, *name);
	return s.at;
}
