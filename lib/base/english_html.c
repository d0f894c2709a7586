#include "base/english_html.h"

#include <ctype.h>
#include <string.h>

#include "base/han.h"
#include "base/utf8.h"

/* Where one is in a page: what was read last decides whether English needs a space. */
struct walk {
	struct english *e;
	const char *where;
	struct str *out, *missing;
	char last;	     /* last character put that is seen, 0: a block began */
	size_t gap;	     /* where a space would go: behind it, or behind the inline elements closed since */
	bool opened;	     /* an inline element was opened since */
	bool plain;	     /* in an element that can hold no other: title, option, textarea */
	const char *chinese; /* the element of which all stays, NULL: none */
	size_t chinese_len;
};

static const char *const inlines[] = {"a", "b", "strong", "em", "span", "code", "small", "time", "abbr", "i", NULL};
static const char *const plains[] = {"title", "option", "textarea", NULL};
static const char *const spoken[] = {"aria-label", "alt", "title", "placeholder", "content", "label", NULL};

static bool is_word(const char *const *words, const char *at, size_t n)
{
	for (; *words; words++)
		if (strlen(*words) == n && strncmp(*words, at, n) == 0)
			return true;
	return false;
}

static const char *unescape(struct arena *a, const char *text, size_t n)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < n;) {
		size_t k = 0, len = 1;
		char c = text[i];

		for (; c == '&' && k < ARRAY_LEN(names); k++)
			if (strncmp(text + i, names[k].name, strlen(names[k].name)) == 0) {
				c = names[k].c;
				len = strlen(names[k].name);
				break;
			}
		str_addc(&s, c);
		i += len;
	}
	return s.at;
}

static const char *english(struct walk *w, const char *chinese)
{
	const char *text = english_of(w->e, w->out->arena, chinese, w->where, ENGLISH_OURS);

	if (!text && w->missing && !english_keeps(w->e, chinese))
		str_addf(w->missing, "%s%s%s\n", w->where ? w->where : "", w->where ? ": " : "", chinese);
	return text;
}

/* --- text ----------------------------------------------------------------------------------------------------------- */

static void space(struct walk *w)
{
	struct str *s = w->out;
	char *tail;

	if (w->opened) {
		tail = arena_textn(s->arena, s->at + w->gap, s->len - w->gap);
		s->len = w->gap;
		s->at[s->len] = '\0';
		str_addc(s, ' ');
		str_add(s, tail);
	} else
		str_addc(s, ' ');
}

/* Text after text of the same line, put together without a space in Chinese. */
static void join(struct walk *w, const char *text)
{
	bool word = isalnum((unsigned char)*text) || *text == '(' || strncmp(text, "“", 3) == 0;

	if (w->last && word &&
		(isalnum((unsigned char)w->last) || strchr(".,;:!?)%", w->last) || (unsigned char)w->last > 127))
		space(w);
}

/* Our own English names some buttons of the client as they are labelled: in Chinese. */
static void put_english(struct walk *w, const char *text)
{
	bool in = false;

	while (*text && !w->plain) {
		const char *at = text;
		bool han = han_is(utf8_next(&text));

		if (han != in)
			str_add(w->out, han ? "<span lang=\"zh-CN\">" : "</span>");
		in = han;
		str_html(w->out, arena_textn(w->out->arena, at, (size_t)(text - at)));
	}
	str_add(w->out, in ? "</span>" : "");
	str_html(w->out, text);
}

static void put_text(struct walk *w, const char *at, size_t n)
{
	size_t head = 0, tail = n;
	const char *chinese, *text;

	while (head < n && isspace((unsigned char)at[head]))
		head++;
	while (tail > head && isspace((unsigned char)at[tail - 1]))
		tail--;
	str_addn(w->out, at, head);
	if (tail > head) {
		chinese = unescape(w->out->arena, at + head, tail - head);
		text = w->chinese || !english_needed(chinese) ? chinese : english(w, chinese);
		if (head)
			w->last = 0;
		if (text)
			join(w, text);
		if (w->chinese)
			str_html(w->out, chinese);
		else if (text || w->plain)
			put_english(w, text ? text : chinese);
		else {
			str_add(w->out, "<span lang=\"zh-CN\">");
			str_html(w->out, chinese);
			str_add(w->out, "</span>");
		}
		if (!text || *text)
			w->last = text ? text[strlen(text) - 1] : 'x';
	}
	str_addn(w->out, at + tail, n - tail);
	if (tail < n || tail == head)
		w->last = 0;
	w->gap = w->out->len;
	w->opened = false;
}

/* --- tags ----------------------------------------------------------------------------------------------------------- */

/* The end of the tag that begins at at, behind its >; SSI may stand anywhere in it. */
static const char *tag_end(const char *at)
{
	char quote = 0;

	for (; *at; at++) {
		if (strncmp(at, "<!--", 4) == 0 && strstr(at, "-->"))
			at = strstr(at, "-->") + 2;
		else if (quote)
			quote = *at == quote ? 0 : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
		else if (*at == '>')
			return at + 1;
	}
	return at;
}

/* The end of a value in quotes, at the closing one. */
static const char *value_end(const char *at, const char *end)
{
	for (; at < end && *at != '"'; at++)
		if (strncmp(at, "<!--", 4) == 0 && strstr(at, "-->"))
			at = strstr(at, "-->") + 2;
	return at;
}

/* An address of a page for everybody: a folder or .html below the root; those of staff have no twin. */
static bool is_page(const char *at, size_t n)
{
	size_t len = 0;

	while (len < n && at[len] != '?' && at[len] != '#')
		len++;
	if (!len || *at != '/' || strncmp(at, "/staff/", 7) == 0)
		return false;
	return at[len - 1] == '/' || (len > 5 && strncmp(at + len - 5, ".html", 5) == 0);
}

static void put_value(struct walk *w, const char *name, size_t len, const char *at, size_t n)
{
	const char *script = memmem(at, n, "/js/i18n/zh-CN", 14);

	if (len == 4 && strncmp(name, "lang", 4) == 0 && !w->chinese)
		str_add(w->out, "en");
	else if (is_word((const char *const[]){"href", "action", NULL}, name, len) && is_page(at, n)) {
		str_add(w->out, "/en");
		str_addn(w->out, at, n);
	} else if (script) {
		str_addn(w->out, at, (size_t)(script - at));
		str_add(w->out, "/js/i18n/en");
		str_addn(w->out, script + 14, n - (size_t)(script - at) - 14);
	} else if (is_word(spoken, name, len) && !w->chinese && english_needed(arena_textn(w->out->arena, at, n))) {
		const char *chinese = unescape(w->out->arena, at, n), *text = english(w, chinese);

		str_html(w->out, text ? text : chinese);
	} else
		str_addn(w->out, at, n);
}

static void put_tag(struct walk *w, const char *at, const char *end)
{
	while (at < end) {
		size_t n;

		if (strncmp(at, "<!--", 4) == 0) {
			n = (size_t)(strstr(at, "-->") + 3 - at);
			str_addn(w->out, at, n);
		} else if (isalpha((unsigned char)*at)) {
			const char *from, *to;

			n = strcspn(at, "= >\t\n");
			str_addn(w->out, at, n);
			if (strncmp(at + n, "=\"", 2) == 0) {
				from = at + n + 2;
				to = value_end(from, end);
				str_add(w->out, "=\"");
				put_value(w, at, n, from, (size_t)(to - from));
				n = (size_t)(to - at);
			}
		} else {
			n = 1;
			str_addc(w->out, *at);
		}
		at += n;
	}
}

static void enter(struct walk *w, const char *name, size_t n, const char *at, const char *end)
{
	bool in = is_word(inlines, name, n);

	w->plain = is_word(plains, name, n);
	if (!w->chinese && !is_word((const char *const[]){"html", NULL}, name, n) &&
		memmem(at, (size_t)(end - at), "lang=\"zh-CN\"", 12)) {
		w->chinese = name;
		w->chinese_len = n;
	}
	if (in)
		w->opened = true;
	else
		w->last = 0;
}

static void leave(struct walk *w, const char *name, size_t n)
{
	w->plain = false;
	if (w->chinese && n == w->chinese_len && strncmp(name, w->chinese, n) == 0)
		w->chinese = NULL;
	if (!is_word(inlines, name, n))
		w->last = 0;
	else if (!w->opened)
		w->gap = w->out->len;
}

static const char *walk_tag(struct walk *w, const char *at)
{
	const char *end = tag_end(at), *name = at + 1 + (at[1] == '/');
	size_t n = strcspn(name, " />\t\n");

	if (at[1] != '/') {
		/* What a script will fill in. */
		if (is_word(inlines, name, n) && strncmp(end, "</", 2) == 0 && w->last &&
			(isalnum((unsigned char)w->last) || strchr(":.;!?", w->last)))
			str_addc(w->out, ' ');
		enter(w, name, n, at, end);
	}
	str_addn(w->out, at, (size_t)(name + n - at));
	put_tag(w, name + n, end);
	if (at[1] == '/')
		leave(w, name, n);
	return end;
}

/* A directive of SSI: parts of pages are taken from the English ones, and the page says which edition it is. */
static const char *walk_comment(struct walk *w, const char *at)
{
	const char *close = strstr(at, "-->"), *end = close ? close + 3 : at + strlen(at), *part = NULL;

	if (strncmp(at, "<!--# include virtual=\"/_", 25) == 0)
		part = at + 23;
	if (strncmp(at, "<!--# set var=\"page\"", 20) == 0)
		str_add(w->out, "<!--# set var=\"en\" value=\"/en\" -->");
	str_addn(w->out, at, (size_t)((part ? part : end) - at));
	w->last = 0;
	if (part) {
		str_add(w->out, "/en");
		str_addn(w->out, part, (size_t)(end - part));
	}
	return end;
}

void english_html(struct english *e, const char *html, const char *where, struct str *out, struct str *missing)
{
	struct walk w = {.e = e, .where = where, .out = out, .missing = missing};

	while (*html) {
		size_t n = strcspn(html, "<");

		if (n)
			put_text(&w, html, n);
		html += n;
		if (*html)
			html = strncmp(html, "<!--", 4) == 0 ? walk_comment(&w, html) : walk_tag(&w, html);
	}
}
