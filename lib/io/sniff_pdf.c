#include "io/sniff_pdf.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h" /* ARRAY_LEN */

static const struct {
	const char *name, *fault;
	bool anywhere; /* too long to stand in compressed bytes by chance */
} bad[] = {
	{"Encrypt", "encrypted", false},
	{"JavaScript", "active", true},
	{"JS", "active", false},
	{"Launch", "active", true},
	{"SubmitForm", "active", true},
	{"ImportData", "active", true},
	{"GoToE", "active", false},
	{"EmbeddedFile", "active", true},
	{"EmbeddedFiles", "active", true},
	{"FileAttachment", "active", true},
	{"EF", "active", false},
	{"XFA", "active", false},
	{"RichMedia", "active", true},
};

struct walk {
	const unsigned char *at;
	size_t n;
	bool inside; /* a stream */
	const char *fault;
};

static bool ends_name(unsigned char c)
{
	return strchr("\t\n\f\r ()<>[]{}/%", c) != NULL; /* NUL, too */
}

static int hex_of(unsigned char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static void weigh(struct walk *w, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (strcmp(name, bad[i].name) == 0 && (!w->inside || bad[i].anywhere) &&
			(!w->fault || strcmp(bad[i].fault, "encrypted") == 0))
			w->fault = bad[i].fault;
}

/* Behind the slash; #xx is undone first.  Where the name ends. */
static size_t name_at(struct walk *w, size_t i)
{
	char name[32];
	size_t n = 0;

	for (; i < w->n && !ends_name(w->at[i]); i++) {
		unsigned char c = w->at[i];

		if (c == '#' && w->n - i > 2 && hex_of(w->at[i + 1]) >= 0 && hex_of(w->at[i + 2]) >= 0) {
			c = (unsigned char)(hex_of(w->at[i + 1]) << 4 | hex_of(w->at[i + 2]));
			i += 2;
		}
		if (n < sizeof name - 1)
			name[n++] = (char)c;
	}
	name[n] = '\0';
	weigh(w, name);
	return i;
}

static bool stands(const struct walk *w, size_t at, const char *word, size_t n)
{
	return w->n - at >= n && memcmp(w->at + at, word, n) == 0;
}

const char *sniff_pdf_names(const void *bytes, size_t n)
{
	struct walk w = {.at = bytes, .n = n};

	for (size_t at = 0; at < n;) {
		if (w.at[at] == '/')
			at = name_at(&w, at + 1);
		else if (w.at[at] == 'e' && stands(&w, at, "endstream", 9)) {
			w.inside = false;
			at += 9;
		} else if (w.at[at] == 's' && (stands(&w, at, "stream\n", 7) || stands(&w, at, "stream\r", 7))) {
			w.inside = true;
			at += 7;
		} else
			at++;
	}
	return w.fault;
}
