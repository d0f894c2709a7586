#include "io/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/utf8.h"

static void close_iconv(iconv_t *cd)
{
	if (*cd != (iconv_t)-1)
		iconv_close(*cd);
}

static size_t lost(char *out)
{
	memcpy(out, CHARSET_LOST, 3);
	return 3;
}

/* A NUL ends texts elsewhere: here it is one more byte that means nothing. */
static char *without_nul(struct arena *a, char *text, size_t *n, bool *whole)
{
	size_t nul = 0, put = 0;
	char *out;

	for (size_t i = 0; i < *n; i++)
		nul += text[i] == '\0';
	if (!nul)
		return text;
	*whole = false;
	out = arena_alloc(a, *n + nul * 2 + 1);
	for (size_t i = 0; i < *n; i++)
		if (text[i])
			out[put++] = text[i];
		else
			put += lost(out + put);
	*n = put;
	return out;
}

/* unit: bytes that are passed over where a code means nothing. */
static enum err convert(struct arena *a, const char *from, size_t unit, struct bytes file, struct charset_text *ret)
{
	iconv_t cd CLEANUP(close_iconv) = iconv_open("UTF-8", from);
	size_t left = file.len, n, room = file.len * 3 + 4;
	char *in = (char *)(uintptr_t)file.at, *text = arena_alloc(a, room), *out = text;

	if (cd == (iconv_t)-1)
		return ERR_INTERNAL;
	ret->whole = true;
	while (left) {
		size_t space = room - (size_t)(out - text);

		if (iconv(cd, &in, &left, &out, &space) != (size_t)-1)
			break;
		if (errno == E2BIG) /* no code of ours becomes more than three times as long */
			return ERR_INTERNAL;
		ret->whole = false;
		out += lost(out);
		n = left < unit ? left : unit;
		in += n;
		left -= n;
		iconv(cd, NULL, NULL, NULL, NULL);
	}
	n = (size_t)(out - text);
	text = without_nul(a, text, &n, &ret->whole);
	if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		n -= 3;
	}
	ret->utf8 = (struct bytes){(const unsigned char *)text, n};
	return ERR_OK;
}

enum err charset_read(struct arena *a, struct bytes file, struct charset_text *ret_text)
{
	const unsigned char *b = file.at;
	size_t n = file.len, bom = n >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

	if (n >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF))) {
		ret_text->name = "UTF-16";
		return convert(a, b[0] == 0xFF ? "UTF-16LE" : "UTF-16BE", 2, file, ret_text);
	}
	if (utf8_valid((const char *)b, n)) {
		*ret_text = (struct charset_text){{b + bom, n - bom}, "UTF-8", true};
		return ERR_OK;
	}
	ret_text->name = "GB18030";
	return convert(a, "GB18030", 1, file, ret_text);
}
