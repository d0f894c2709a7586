#include "base/utf8.h"

#include <string.h>

/* Length of the sequence that a lead byte opens, 0 when it opens none. */
static size_t lead_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xC2 && c <= 0xDF)
		return 2;
	if (c >= 0xE0 && c <= 0xEF)
		return 3;
	return c >= 0xF0 && c <= 0xF4 ? 4 : 0;
}

/* One code point from at most n bytes.  Returns the bytes used, 0 when they are not well-formed. */
static size_t decode(const unsigned char *at, size_t n, uint32_t *ret_cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = n ? lead_length(*at) : 0;
	uint32_t cp;

	if (len == 0 || len > n)
		return 0;
	cp = len == 1 ? *at : *at & (0xFFU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
		cp = cp << 6 | (at[i] & 0x3FU);
	}
	if (cp < least[len] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return 0;
	*ret_cp = cp;
	return len;
}

bool utf8_valid(const char *text, size_t bytes)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + bytes;
	uint32_t cp;
	size_t n;

	for (; at < end; at += n) {
		n = decode(at, (size_t)(end - at), &cp);
		if (n == 0 || cp == 0)
			return false;
	}
	return true;
}

uint32_t utf8_next(const char **at)
{
	const unsigned char *p = (const unsigned char *)*at;
	uint32_t cp;
	size_t n;

	if (*p == 0)
		return 0;
	/* The ending NUL is no continuation byte: decode never looks past it. */
	n = decode(p, 4, &cp);
	if (n == 0) {
		n = 1;
		cp = 0xFFFD;
	}
	*at += n;
	return cp;
}

size_t utf8_count(const char *text)
{
	size_t n = 0;

	while (utf8_next(&text))
		n++;
	return n;
}

const char *utf8_clip(struct arena *a, const char *text, size_t count)
{
	const char *at = text;

	if (utf8_count(text) <= count)
		return text;
	for (size_t n = 1; n < count; n++)
		utf8_next(&at);
	return arena_printf(a, "%.*s…", (int)(at - text), text);
}

size_t utf8_put(uint32_t cp, char ret_bytes[4])
{
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--, cp >>= 6)
		ret_bytes[i] = (char)(unsigned char)(0x80 | (cp & 0x3F));
	ret_bytes[0] = (char)(unsigned char)(lead[n] | cp);
	return n;
}

char *utf8_fold_ascii(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1), *put = out;
	uint32_t cp;

	while ((cp = utf8_next(&text))) {
		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFF01 - '!';
		else if (cp == 0x3000)
			cp = ' ';
		put += utf8_put(cp, put);
	}
	return out;
}

bool utf8_is_blank(uint32_t cp)
{
	return cp == ' ' || (cp >= 0x09 && cp <= 0x0D) || cp == 0x85 || cp == 0xA0 || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200D) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F ||
	       cp == 0x2060 || cp == 0x3000 || cp == 0xFEFF;
}

/* Variation selectors are not among them: they choose the shape of a character. */
bool utf8_is_invisible(uint32_t cp)
{
	return cp == 0xAD || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
	       (cp >= 0x2060 && cp <= 0x2069) || cp == 0xFEFF;
}

bool utf8_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x2028 || cp == 0x2029 ||
	       (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp & 0xFFFE) == 0xFFFE || (cp >= 0xE0000 && cp <= 0xE007F);
}

char *utf8_trim(struct arena *a, const char *text)
{
	const char *from, *end, *at;
	uint32_t cp;

	for (from = at = text; (cp = utf8_next(&at)) && utf8_is_blank(cp); from = at)
		;
	for (end = at = from; (cp = utf8_next(&at));)
		if (!utf8_is_blank(cp))
			end = at;
	return arena_textn(a, from, (size_t)(end - from));
}
