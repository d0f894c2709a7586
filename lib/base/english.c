#include "base/english.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/han.h"
#include "base/str.h"
#include "base/utf8.h"

enum { BUCKETS = 4096, HOLES = 9, DEEP = 4, LONG = 4000 };

struct pair {
	const char *chinese, *english;
	struct pair *next; /* of its bucket */
	const char *part[HOLES + 1];
	size_t holes, weight; /* weight: bytes that are no {} */
	bool said;	      /* has Han of its own: leaves no doubt which sentence it is */
};

struct english {
	struct arena *arena;
	struct pair *bucket[BUCKETS];
	struct pair **pair;
	size_t count, cap;
	struct pair **pattern; /* the heaviest first; NULL: to be made again */
	size_t patterns;
};

struct seek {
	struct english *e;
	struct arena *a;
	const char *where;
	enum english_how how;
	int depth;
};

static const char *seek(const struct seek *s, const char *text);

static uint32_t hash(const char *text)
{
	uint32_t h = 2166136261u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619u;
	return h % BUCKETS;
}

static struct pair *find(const struct english *e, const char *text)
{
	for (struct pair *p = e->bucket[hash(text)]; p; p = p->next)
		if (text_eq(p->chinese, text))
			return p;
	return NULL;
}

static bool has_han(const char *text)
{
	uint32_t cp;

	while ((cp = utf8_next(&text)))
		if (han_is(cp))
			return true;
	return false;
}

bool english_needed(const char *text)
{
	uint32_t cp;

	while ((cp = utf8_next(&text)))
		if (han_is(cp) || cp == 0xa5 || (cp >= 0x3000 && cp <= 0x303f) || (cp >= 0xff00 && cp <= 0xffef))
			return true;
	return false;
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

struct english *english_new(struct arena *a)
{
	struct english *e = arena_alloc(a, sizeof *e);

	e->arena = a;
	return e;
}

/* Take the Chinese apart at its {}. */
static bool cut(struct english *e, struct pair *p)
{
	const char *from = p->chinese, *hole;

	while ((hole = strstr(from, "{}"))) {
		if (p->holes == HOLES)
			return false;
		p->part[p->holes++] = arena_textn(e->arena, from, (size_t)(hole - from));
		from = hole + 2;
	}
	p->part[p->holes] = from;
	p->weight = strlen(p->chinese) - 2 * p->holes;
	return true;
}

static bool add(struct english *e, const char *chinese, const char *english)
{
	struct pair *p, **grown;
	uint32_t h = hash(chinese);

	if (find(e, chinese))
		return false;
	p = arena_alloc(e->arena, sizeof *p);
	p->chinese = chinese;
	p->english = english;
	p->said = has_han(chinese);
	p->next = e->bucket[h];
	e->bucket[h] = p;
	if (e->count == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 1024;
		grown = arena_array(e->arena, e->cap, sizeof *grown);
		if (e->count)
			memcpy(grown, e->pair, e->count * sizeof *grown);
		e->pair = grown;
	}
	e->pair[e->count++] = p;
	e->pattern = NULL;
	return cut(e, p);
}

int english_read(struct english *e, const char *text)
{
	const char *chinese = NULL;

	for (int line = 1; *text; line++) {
		size_t n = strcspn(text, "\n");

		if (*text == '\t') {
			if (!chinese || !add(e, chinese, arena_textn(e->arena, text + 1, n - 1)))
				return line;
			chinese = NULL;
		} else if (n && *text != '#') {
			if (chinese)
				return line;
			chinese = arena_textn(e->arena, text, n);
		}
		text += n + (text[n] == '\n');
	}
	return chinese ? -1 : 0;
}

/* --- what needs no entry ---------------------------------------------------------------------------------------------- */

static const char *money(struct arena *a, const char *text)
{
	bool minus = *text == '-';
	const char *digits = text + minus;

	if (strncmp(digits, "¥", 2) != 0 || !digits[2] || digits[2 + strspn(digits + 2, "0123456789,.")])
		return NULL;
	return arena_printf(a, "%sCNY %s", minus ? "-" : "", digits + 2);
}

static const char *day(struct arena *a, const char *text)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December"};
	int y, m, d, n = 0;

	if (sscanf(text, "%4d年%2d月%2d日%n", &y, &m, &d, &n) != 3 || !n || text[n] || m < 1 || m > 12)
		return NULL;
	return arena_printf(a, "%d %s %d", d, months[m - 1], y);
}

static const char *list(const struct seek *s, const char *text)
{
	struct str out;

	if (!strstr(text, "、"))
		return NULL;
	str_init(&out, s->a);
	while (*text) {
		const char *end = strstr(text, "、"), *one;

		one = seek(s, end ? arena_textn(s->a, text, (size_t)(end - text)) : text);
		if (!one)
			return NULL;
		str_add(&out, out.len ? ", " : "");
		str_add(&out, one);
		text = end ? end + strlen("、") : "";
	}
	return out.at;
}

/* --- sentences with something filled in ------------------------------------------------------------------------------- */

static int heavier(const void *x, const void *y)
{
	const struct pair *a = *(struct pair *const *)x, *b = *(struct pair *const *)y;

	return a->weight < b->weight ? 1 : a->weight > b->weight ? -1 : strcmp(a->chinese, b->chinese);
}

static void order_patterns(struct english *e)
{
	e->pattern = arena_array(e->arena, e->count + 1, sizeof *e->pattern);
	e->patterns = 0;
	for (size_t i = 0; i < e->count; i++)
		if (e->pair[i]->holes)
			e->pattern[e->patterns++] = e->pair[i];
	qsort(e->pattern, e->patterns, sizeof *e->pattern, heavier);
}

/* The n-th of the words between bars, or the last. */
static void choose(struct str *out, const char *words, size_t n, long which)
{
	size_t len;

	while ((len = strcspn(words, "|}")) < n && which != 1) {
		words += len + 1;
		n -= len + 1;
		which--;
	}
	str_addn(out, words, len);
}

static const char *put(const struct seek *s, const struct pair *p, const char *const *hole)
{
	struct str out;
	const char *t = p->english;

	str_init(&out, s->a);
	while (*t) {
		size_t n = strcspn(t, "{"), end;
		const char *value;

		str_addn(&out, t, n);
		t += n;
		end = strcspn(t, "}");
		if (!*t || !t[end] || t[1] < '1' || (size_t)(t[1] - '0') > p->holes)
			break;
		value = hole[t[1] - '1'];
		if (t[2] == '|')
			choose(&out, t + 3, end - 3, strtol(value, NULL, 10));
		else
			str_add(&out, value);
		t += end + 1;
	}
	str_add(&out, t);
	if (*p->english == '{' && out.len)
		out.at[0] = (char)toupper((unsigned char)out.at[0]);
	return out.at;
}

static const char *filled(const struct seek *s, const struct pair *p, const char *text)
{
	const char *english;

	if (!english_needed(text))
		return text;
	english = seek(s, text);
	return english || s->how == ENGLISH_OURS || !p->said ? english : text;
}

/* Fill the i-th hole from where text stands: as little as possible. */
static bool fits(const struct seek *s, const struct pair *p, size_t i, const char *text, const char **hole)
{
	const char *after = p->part[i + 1], *at = text;

	while (*at) {
		utf8_next(&at);
		if (i + 1 == p->holes && !*after)
			at += strlen(at);
		else if (!(at = strstr(at, after)))
			return false;
		if (i + 1 == p->holes && at[strlen(after)])
			continue;
		hole[i] = filled(s, p, arena_textn(s->a, text, (size_t)(at - text)));
		if (hole[i] && (i + 1 == p->holes || fits(s, p, i + 1, at + strlen(after), hole)))
			return true;
	}
	return false;
}

static const char *sentence(const struct seek *s, const char *text)
{
	size_t len = strlen(text);

	if (!s->e->pattern)
		order_patterns(s->e);
	for (size_t i = 0; i < s->e->patterns; i++) {
		struct pair *p = s->e->pattern[i];
		const char *hole[HOLES], *tail = p->part[p->holes];
		size_t head = strlen(p->part[0]), end = strlen(tail);

		if (p->weight >= len || strncmp(text, p->part[0], head) != 0 || strcmp(text + len - end, tail) != 0)
			continue;
		if (fits(s, p, 0, text + head, hole))
			return put(s, p, hole);
	}
	return NULL;
}

static const char *entry(const struct seek *s, const char *text)
{
	struct pair *p = s->where ? find(s->e, arena_printf(s->a, "%s@%s", text, s->where)) : NULL;

	if (!p)
		p = find(s->e, text);
	if (!p)
		return NULL;
	return text_eq(p->english, "~") ? "" : p->english;
}

static const char *seek(const struct seek *s, const char *text)
{
	struct seek deeper = *s;
	const char *english;

	if (!english_needed(text))
		return text;
	english = entry(s, text);
	if (english)
		return text_eq(english, "=") ? NULL : english;
	if ((english = money(s->a, text)) || (english = day(s->a, text)))
		return english;
	if (++deeper.depth > DEEP || strlen(text) > LONG)
		return NULL;
	english = sentence(&deeper, text);
	return english ? english : list(&deeper, text);
}

const char *english_of(struct english *e, struct arena *a, const char *chinese, const char *where, enum english_how how)
{
	return seek(&(struct seek){.e = e, .a = a, .where = where, .how = how}, chinese);
}

bool english_keeps(const struct english *e, const char *chinese)
{
	const struct pair *p = find(e, chinese);

	return p && text_eq(p->english, "=");
}
