#include "domain/audit_anchor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "io/file.h"
#include "io/spool.h"

enum { HEX = 2 * CRYPTO_HASH, PARTS = 4, DIGITS_MAX = 18, DAY_TEXT = 10, HOUR_S = 3600, HEAD_EVERY_S = 45 };
static const char heads[] = "audit-head.log", daily[] = "audit-anchor.log";
static const char first[] = "0000000000000000000000000000000000000000000000000000000000000000";

static char *path(struct ctx *c, const char *name)
{
	return arena_printf(c->arena, "%s/%s", c->house->config.var_dir, name);
}

bool audit_anchor_of(const char *seq, const char *hash, struct audit_anchor *ret_anchor)
{
	size_t digits = strspn(seq, "0123456789");

	if (!digits || digits > DIGITS_MAX || seq[digits] || strlen(hash) != HEX ||
		!hex_decode(hash, HEX, ret_anchor->hash))
		return false;
	ret_anchor->seq = strtoll(seq, NULL, 10);
	return true;
}

static const char *mac_of(struct ctx *c, const char *before, const char *moment, const char *seq, const char *hash)
{
	const char *text = arena_printf(c->arena, "anchor %s %s %s %s", before, moment, seq, hash);
	unsigned char mac[CRYPTO_HASH];
	struct str s;

	crypto_hmac(c->house->audit.at, CRYPTO_KEY, text, strlen(text), mac);
	str_init(&s, c->arena);
	str_hex(&s, mac, sizeof mac);
	return s.at;
}

/* One line into its words; the last word of the daily file is checked against the line before. */
static bool read_line(struct ctx *c, char *line, const char **before, struct audit_anchor *ret_anchor)
{
	const char *part[PARTS] = {0};
	size_t n = 0, want = before ? PARTS : PARTS - 1;

	for (char *at = line, *end; at && n < PARTS; at = end) {
		end = strchr(at, ' ');
		if (end)
			*end++ = '\0';
		part[n++] = at;
		if (end && n == PARTS)
			return false;
	}
	if (n != want || !audit_anchor_of(part[1], part[2], ret_anchor))
		return false;
	if (!before)
		return true;
	if (!text_eq(part[3], mac_of(c, *before, part[0], part[1], part[2])))
		return false;
	*before = part[3];
	return true;
}

struct lines {
	struct audit_anchor *at;
	size_t count;
	const char *why, *last_mac, *last_moment;
};

/* A line that another process is writing just now has no end yet and is left out. */
static enum err read_file(struct ctx *c, const char *name, bool sealed, struct lines *l)
{
	struct bytes text;
	enum err e = file_read(c->arena, path(c, name), &text);
	char *at;
	size_t number = 0, most = 1;

	l->last_mac = first;
	l->last_moment = "";
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	for (size_t i = 0; i < text.len; i++)
		most += text.at[i] == '\n';
	l->at = arena_array(c->arena, most, sizeof *l->at);
	at = arena_textn(c->arena, (const char *)text.at, text.len);
	for (char *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		struct audit_anchor *a = &l->at[l->count];

		*end = '\0';
		a->where = arena_printf(c->arena, "%s line %zu", name, ++number);
		if (read_line(c, at, sealed ? &l->last_mac : NULL, a))
			l->count++;
		else if (!l->why)
			l->why = arena_printf(c->arena, "%s was changed", a->where);
		l->last_moment = at;
	}
	return ERR_OK;
}

static int by_seq(const void *a, const void *b)
{
	const struct audit_anchor *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

enum err audit_anchors(struct ctx *c, const struct audit_anchor *kept, struct list *ret_anchors, const char **ret_why)
{
	struct lines l[2] = {{0}, {0}};
	struct audit_anchor *all;
	enum err e = read_file(c, daily, true, &l[0]);

	if (e == ERR_OK)
		e = read_file(c, heads, false, &l[1]);
	if (e != ERR_OK)
		return e;
	all = arena_array(c->arena, l[0].count + l[1].count + 1, sizeof *all);
	for (size_t i = 0, n = 0; i < ARRAY_LEN(l); n += l[i].count, i++)
		if (l[i].count)
			memcpy(all + n, l[i].at, l[i].count * sizeof *all);
	*ret_anchors = (struct list){all, l[0].count + l[1].count};
	if (kept)
		all[ret_anchors->count++] = *kept;
	qsort(all, ret_anchors->count, sizeof *all, by_seq);
	*ret_why = l[0].why ? l[0].why : l[1].why;
	return ERR_OK;
}

static enum err write_minute(struct ctx *c, const char *moment, const char *seq, const char *hash)
{
	const char *line = arena_printf(c->arena, "%s %s %s\n", moment, seq, hash);

	return spool_append(path(c, heads), HEAD_EVERY_S, line, strlen(line));
}

/* Another worker may have written today's meanwhile: then the file is younger than an hour. */
static enum err write_day(struct ctx *c, const char *moment, const char *seq, const char *hash, bool now)
{
	struct lines l = {0};
	const char *line;
	enum err e = read_file(c, daily, true, &l);

	if (e != ERR_OK || (!now && strncmp(l.last_moment, moment, DAY_TEXT) == 0))
		return e;
	line = arena_printf(c->arena, "%s %s %s %s\n", moment, seq, hash, mac_of(c, l.last_mac, moment, seq, hash));
	return spool_append(path(c, daily), now ? 0 : HOUR_S, line, strlen(line));
}

enum err audit_anchor_write(struct ctx *c, bool now)
{
	const char *moment = moment_text(c->arena, c->now), *number;
	struct str hex;
	struct bytes hash;
	int64_t seq;
	enum err e = audit_head(c, &seq, &hash);

	if (e != ERR_OK)
		return e;
	number = arena_printf(c->arena, "%" PRId64, seq);
	str_init(&hex, c->arena);
	str_hex(&hex, hash.at, hash.len);
	e = write_minute(c, moment, number, hex.at);
	return e == ERR_OK ? write_day(c, moment, number, hex.at, now) : e;
}
