#include "base/markup.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/money.h"

void markup(struct str *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (const char *p = format; *p; p++) {
		size_t n = strcspn(p, "%");

		str_addn(s, p, n);
		p += n;
		if (!*p)
			break;
		switch (*++p) {
		case 's': str_html(s, va_arg(args, const char *)); break;
		case 'y': str_add(s, money_text(s->arena, va_arg(args, int64_t))); break;
		case 'd': str_addf(s, "%" PRId64, va_arg(args, int64_t)); break;
		default: str_addc(s, *p);
		}
	}
	va_end(args);
}
