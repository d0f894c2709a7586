#include "web/english.h"

#include <string.h>

#include "base/log.h"
#include "domain/edition.h"

/* What was typed, also where it is a word of ours by chance; and names that become part of it (the items of a change). */
static const char *const typed[] = {"unit", "person", "agent", "change", "invoice", "delivery", "remittance",
	"change_items", "filename", "unit_name", "person_name", "seal_name", "payer_name", NULL};
/* Beginnings of the addresses of pages that answers name. */
static const char *const pages[] = {"/apply/", "/track/", "/guide/", "/about/", NULL};

struct turn {
	struct english *words;
	struct str *out;
	const char *at;
};

/* The dictionary, read when it is first asked for and kept for the life of the program; NULL: there is none. */
static struct english *dictionary(const struct config *config)
{
	static struct english *words;
	static bool tried;
	const char *say;

	if (!tried && edition_open(arena_new(), config->english_dir, &words, &say) != ERR_OK) {
		log_at(LOG_ERROR, "no English: %s", say);
		words = NULL;
	}
	tried = true;
	return words;
}

bool english_wanted(const struct web *w)
{
	const char *asked = http_header(w->http, "accept-language");

	return asked && strncmp(asked, "en", 2) == 0 && (!asked[2] || strchr(",;", asked[2])) &&
	       web_door(w->path) != DOOR_STAFF;
}

/* One string, from its opening quote; the text between the quotes as it stands. */
static const char *take(struct turn *t)
{
	const char *from = ++t->at, *text;

	while (*t->at && *t->at != '"')
		t->at += t->at[0] == '\\' && t->at[1] ? 2 : 1;
	text = arena_textn(t->out->arena, from, (size_t)(t->at - from));
	t->at += *t->at == '"';
	return text;
}

/* The English of a text, line by line; NULL: of one line we do not know it, or it has an escape, which stands in no text
 * of ours. */
static const char *lines(struct turn *t, const char *text)
{
	struct str out;

	str_init(&out, t->out->arena);
	while (*text) {
		const char *end = strstr(text, "\\n"),
			   *line = end ? arena_textn(out.arena, text, (size_t)(end - text)) : text, *said;

		said = strchr(line, '\\') ? NULL : english_of(t->words, out.arena, line, NULL, ENGLISH_ANYBODY);
		if (!said)
			return NULL;
		str_json(&out, said);
		str_add(&out, end ? "\\n" : "");
		text = end ? end + 2 : "";
	}
	return out.at;
}

static void put_string(struct turn *t, const char *text, bool ours)
{
	const char *said = NULL;

	str_addc(t->out, '"');
	for (const char *const *p = pages; ours && *p; p++)
		if (strncmp(text, *p, strlen(*p)) == 0)
			str_add(t->out, "/en");
	if (ours && english_needed(text))
		said = lines(t, text);
	str_add(t->out, said ? said : text);
	str_addc(t->out, '"');
}

/* A member's name or a value that is a text.  ret_ours: does what follows the name belong to us? */
static void string(struct turn *t, bool ours, bool *ret_ours)
{
	const char *text = take(t);

	if (*t->at == ':') {
		*ret_ours = ours && text_index(typed, text) < 0;
		put_string(t, text, false);
	} else
		put_string(t, text, ours);
}

static void blanks(struct turn *t)
{
	while (*t->at && strchr(" \t\r\n", *t->at))
		str_addc(t->out, *t->at++);
}

/* One value with all that is in it. */
static void value(struct turn *t, bool ours)
{
	char close;
	bool member = ours;

	blanks(t);
	close = *t->at == '{' ? '}' : *t->at == '[' ? ']' : 0;
	if (*t->at == '"') {
		string(t, ours, &member);
		return;
	}
	if (!close) {
		size_t n = strcspn(t->at, ",]}");

		str_addn(t->out, t->at, n);
		t->at += n;
		return;
	}
	str_addc(t->out, *t->at++);
	while (*t->at && *t->at != close) {
		const char *from = t->at;

		if (*t->at == ',')
			str_addc(t->out, *t->at++);
		blanks(t);
		if (close == '}' && *t->at == '"')
			string(t, ours, &member);
		if (*t->at == ':')
			str_addc(t->out, *t->at++);
		value(t, close == '}' ? member : ours);
		blanks(t);
		if (t->at == from)
			break;
	}
	if (*t->at)
		str_addc(t->out, *t->at++);
}

void english_answer(struct web *w)
{
	struct turn t = {.words = dictionary(&w->c.house->config), .at = w->out.at};
	struct str out;

	if (!t.words || !w->out.len || (w->media && !strstr(w->media, "json")))
		return;
	str_init(&out, w->c.arena);
	t.out = &out;
	value(&t, true);
	w->out = out;
	web_header(w, "Content-Language", "en");
}
