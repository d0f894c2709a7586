#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/alipay.h"

static int by_name(const void *a, const void *b)
{
	const struct alipay_pair *x = a, *y = b;

	return strcmp(x->name, y->name);
}

char *alipay_signed_text(struct arena *a, const struct alipay_pair *pairs, size_t count, const char *without)
{
	struct alipay_pair *sorted = arena_array(a, count, sizeof *sorted);
	struct str s;

	memcpy(sorted, pairs, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_name);
	str_init(&s, a);
	for (size_t i = 0; i < count; i++)
		if (!text_eq(sorted[i].name, "sign") && !(without && text_eq(sorted[i].name, without)))
			str_addf(&s, "%s%s=%s", s.len ? "&" : "", sorted[i].name, sorted[i].value);
	return s.at;
}

static int hex(char c)
{
	const char *at = c ? strchr("0123456789abcdef0123456789ABCDEF", c) : NULL;

	return at ? (int)((at - "0123456789abcdef0123456789ABCDEF") % 16) : -1;
}

/* NULL: a bad escape, a NUL, or no UTF-8. */
static const char *unescape(struct arena *a, const char *at, size_t n)
{
	char *out = arena_alloc(a, n + 1), *put = out;

	for (size_t i = 0; i < n; i++) {
		if (at[i] == '%') {
			if (i + 2 >= n || hex(at[i + 1]) < 0 || hex(at[i + 2]) < 0)
				return NULL;
			*put++ = (char)(hex(at[i + 1]) * 16 + hex(at[i + 2]));
			i += 2;
		} else
			*put++ = at[i] == '+' ? ' ' : at[i];
	}
	*put = 0;
	return utf8_valid(out, (size_t)(put - out)) ? out : NULL;
}

enum { PAIRS_MAX = 64 };

enum err alipay_form_read(struct arena *a, struct bytes body, struct list *ret_pairs)
{
	struct alipay_pair *pairs = arena_array(a, PAIRS_MAX, sizeof *pairs);
	const char *at = (const char *)body.at, *end = at + body.len;
	size_t n = 0;

	while (at < end) {
		const char *stop = memchr(at, '&', (size_t)(end - at)), *equal;
		struct alipay_pair p;

		stop = stop ? stop : end;
		equal = memchr(at, '=', (size_t)(stop - at));
		if (!equal || n == PAIRS_MAX)
			return ERR_SYNTAX;
		p.name = unescape(a, at, (size_t)(equal - at));
		p.value = unescape(a, equal + 1, (size_t)(stop - equal - 1));
		if (!p.name || !*p.name || !p.value)
			return ERR_SYNTAX;
		for (size_t i = 0; i < n; i++)
			if (text_eq(pairs[i].name, p.name))
				return ERR_SYNTAX;
		pairs[n++] = p;
		at = stop + 1;
	}
	*ret_pairs = (struct list){pairs, n};
	return n ? ERR_OK : ERR_SYNTAX;
}

const char *alipay_value(const struct list *pairs, const char *name)
{
	const struct alipay_pair *p = pairs->at;

	for (size_t i = 0; i < pairs->count; i++)
		if (text_eq(p[i].name, name))
			return p[i].value;
	return NULL;
}

char *alipay_form_write(struct arena *a, const struct alipay_pair *pairs, size_t count)
{
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < count; i++) {
		if (i)
			str_addc(&s, '&');
		str_url(&s, pairs[i].name);
		str_addc(&s, '=');
		str_url(&s, pairs[i].value);
	}
	return s.at;
}

/* The end of a JSON object that begins here, by its braces outside of strings; NULL: it has none. */
static const char *object_end(const char *at, const char *end)
{
	int depth = 0;
	bool text = false;

	for (; at < end; at++) {
		if (text && *at == '\\')
			at++;
		else if (*at == '"')
			text = !text;
		else if (!text && *at == '{')
			depth++;
		else if (!text && *at == '}' && --depth == 0)
			return at + 1;
	}
	return NULL;
}

/* Only a member of the outermost object: the same name deeper in, or in a text, is not it. */
bool alipay_member(struct bytes json, const char *name, struct bytes *ret_object)
{
	const char *at = (const char *)json.at, *end = at + json.len, *stop;
	size_t n = strlen(name);

	at = memchr(at, '{', json.len);
	for (at = at ? at + 1 : end; at < end; at = stop) {
		const char *key;

		at += strspn(at, " \t\r\n,");
		if (at >= end || *at != '"')
			return false;
		key = at + 1;
		stop = memchr(key, '"', (size_t)(end - key));
		if (!stop)
			return false;
		at = stop + 1 + strspn(stop + 1, " \t\r\n");
		if (at >= end || *at != ':')
			return false;
		at++;
		at += strspn(at, " \t\r\n");
		if (at < end && *at == '{') {
			const char *after = object_end(at, end);

			if (!after)
				return false;
			if ((size_t)(stop - key) == n && memcmp(key, name, n) == 0) {
				*ret_object = (struct bytes){(const unsigned char *)at, (size_t)(after - at)};
				return true;
			}
			stop = after;
		} else if (at < end && *at == '"') {
			for (at++; at < end && *at != '"'; at++)
				at += *at == '\\';
			stop = at + 1;
		} else
			stop = at + strcspn(at, ",}");
	}
	return false;
}

bool alipay_fen(const char *yuan, int64_t *ret_fen)
{
	size_t whole = yuan ? strspn(yuan, "0123456789") : 0;

	if (!whole || whole > 9 || yuan[whole] != '.' || strspn(yuan + whole + 1, "0123456789") != 2 || yuan[whole + 3])
		return false;
	return money_parse(yuan, ret_fen);
}

char *alipay_yuan(struct arena *a, int64_t fen)
{
	return arena_printf(a, "%" PRId64 ".%02" PRId64, fen / 100, fen % 100);
}
