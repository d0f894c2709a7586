#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

void str_init(struct str *s, struct arena *a)
{
	*s = (struct str){.arena = a, .cap = 64};
	s->at = arena_alloc(a, s->cap);
}

static void reserve(struct str *s, size_t more)
{
	size_t need, cap;
	char *at;

	if (__builtin_add_overflow(s->len + 1, more, &need))
		need = SIZE_MAX; /* arena_alloc ends the process */
	if (need <= s->cap)
		return;
	cap = need > SIZE_MAX / 4 ? need : need * 2;
	at = arena_alloc(s->arena, cap);
	memcpy(at, s->at, s->len);
	s->at = at;
	s->cap = cap;
}

void str_addn(struct str *s, const void *bytes, size_t n)
{
	if (!n)
		return;
	reserve(s, n);
	memcpy(s->at + s->len, bytes, n);
	s->len += n;
	s->at[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_addf(struct str *s, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(n >= 0);
	reserve(s, (size_t)n);
	va_start(args, format);
	vsnprintf(s->at + s->len, (size_t)n + 1, format, args);
	va_end(args);
	s->len += (size_t)n;
}

void str_json(struct str *s, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			str_addc(s, '\\');
		if (c == '\n')
			str_add(s, "\\n");
		else if (c < 0x20 || c == 0x7f)
			str_addf(s, "\\u%04x", c);
		/* U+2028 and U+2029 end a line in some readers: one event must stay one line. */
		else if (c == 0xe2 && (unsigned char)text[1] == 0x80 && ((unsigned char)text[2] & 0xfe) == 0xa8) {
			str_addf(s, "\\u202%c", (unsigned char)text[2] & 1 ? '9' : '8');
			text += 2;
		} else
			str_addc(s, (char)c);
	}
}

void str_html(struct str *s, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&': str_add(s, "&amp;"); break;
		case '<': str_add(s, "&lt;"); break;
		case '>': str_add(s, "&gt;"); break;
		case '"': str_add(s, "&quot;"); break;
		case '\'': str_add(s, "&#39;"); break;
		default: str_addc(s, *text);
		}
}

static bool unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void str_url(struct str *s, const char *text)
{
	for (; *text; text++)
		if (unreserved(*text))
			str_addc(s, *text);
		else
			str_addf(s, "%%%02X", (unsigned char)*text);
}

void str_header(struct str *s, const char *text)
{
	for (; *text; text++)
		str_addc(s, (unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text);
}

void str_filename(struct str *s, const char *name)
{
	str_add(s, "filename=\"");
	for (const char *c = name; *c; c++)
		if (unreserved(*c))
			str_addc(s, *c);
		else if (((unsigned char)*c & 0xc0) != 0x80)
			str_addc(s, '_');
	str_add(s, "\"; filename*=UTF-8''");
	str_url(s, name);
}

void str_csv(struct str *s, const char *text)
{
	str_addc(s, '"');
	if (*text && strchr("=+-@\t\r", *text))
		str_addc(s, '\'');
	for (; *text; text++) {
		if (*text == '"')
			str_addc(s, '"');
		str_addc(s, *text);
	}
	str_addc(s, '"');
}

void str_hex(struct str *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	reserve(s, n * 2);
	for (size_t i = 0; i < n; i++) {
		s->at[s->len++] = hex_digits[p[i] >> 4];
		s->at[s->len++] = hex_digits[p[i] & 15];
	}
	s->at[s->len] = '\0';
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void str_base64(struct str *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	reserve(s, (n + 2) / 3 * 4);
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16;
		size_t left = n - i;

		if (left > 1)
			v |= (unsigned)p[i + 1] << 8;
		if (left > 2)
			v |= p[i + 2];
		str_addc(s, base64_digits[v >> 18]);
		str_addc(s, base64_digits[v >> 12 & 63]);
		str_addc(s, left > 1 ? base64_digits[v >> 6 & 63] : '=');
		str_addc(s, left > 2 ? base64_digits[v & 63] : '=');
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *text, size_t n, unsigned char *ret_bytes)
{
	if (n % 2)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		int hi = hex_value(text[i]), lo = hex_value(text[i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		ret_bytes[i / 2] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

static int base64_value(char c)
{
	const char *p = c ? strchr(base64_digits, c) : NULL;

	return p ? (int)(p - base64_digits) : -1;
}

bool base64_decode(const char *text, size_t n, unsigned char *ret_bytes, size_t *ret_n)
{
	size_t out = 0, pad = 0;

	if (n % 4)
		return false;
	if (n && text[n - 1] == '=')
		pad = text[n - 2] == '=' ? 2 : 1;
	for (size_t i = 0; i < n; i += 4) {
		unsigned v = 0;
		size_t keep = i + 4 == n ? 3 - pad : 3;

		for (size_t k = 0; k < 4; k++) {
			int d = base64_value(text[i + k]);

			if (d < 0 && !(i + 4 == n && k >= 4 - pad))
				return false;
			v = v << 6 | (unsigned)(d < 0 ? 0 : d);
		}
		if (v & ((1u << (8 * (3 - keep))) - 1u))
			return false; /* bits behind the end: not the canonical form */
		for (size_t k = 0; k < keep; k++)
			ret_bytes[out++] = (unsigned char)(v >> (16 - 8 * k));
	}
	*ret_n = out;
	return true;
}

bool text_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_empty(const char *a)
{
	return !a || !*a;
}

int text_index(const char *const *words, const char *word)
{
	for (int i = 0; word && words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}
