#include "domain/edition.h"

#include <string.h>

#include "base/log.h"
#include "io/file.h"

/* Folders of www with pages for everybody. */
static const char *const folders[] = {"", "_inc", "about", "apply", "error", "guide", "track"};

enum err edition_open(struct arena *a, const char *dir, struct english **ret_english, const char **ret_say)
{
	struct texts names;
	enum err e = file_list(a, dir, ".txt", &names);

	*ret_say = dir;
	*ret_english = english_new(a);
	if (e == ERR_OK && names.count == 0)
		e = ERR_NOT_FOUND;
	for (size_t i = 0; e == ERR_OK && i < names.count; i++) {
		const char *path = arena_printf(a, "%s/%s", dir, names.at[i]);
		struct bytes b;
		int line;

		*ret_say = path;
		e = file_read(a, path, &b);
		if (e == ERR_OK && (line = english_read(*ret_english, (const char *)b.at))) {
			*ret_say = arena_printf(a, "%s:%d: not a pair, or there already", path, line);
			e = ERR_INVALID;
		}
	}
	return e;
}

static enum err twin(struct arena *a, struct english *english, const char *from, const char *to, const char *where,
	struct str *missing)
{
	struct bytes page, there = {0};
	struct str s;
	enum err e = file_read(a, from, &page);

	if (e != ERR_OK)
		return e;
	str_init(&s, a);
	english_html(english, (const char *)page.at, where, &s, missing);
	e = file_read(a, to, &there);
	if (e == ERR_OK && there.len == s.len && memcmp(there.at, s.at, s.len) == 0)
		return ERR_OK;
	return file_write(a, to, 0644, (struct bytes){(const unsigned char *)s.at, s.len});
}

static bool is_staffs(const char *name)
{
	return strncmp(name, "staff-", 6) == 0;
}

/* Twins of all .html of one folder, known as under/name. */
static enum err twins(struct arena *a, struct english *english, const char *from, const char *to, const char *under,
	struct str *missing)
{
	struct texts names;
	enum err e = file_folder(to);

	if (e == ERR_OK)
		e = file_list(a, from, ".html", &names);
	for (size_t i = 0; e == ERR_OK && i < names.count; i++) {
		const char *name = names.at[i], *where = arena_printf(a, "%s%s%s", under, *under ? "/" : "", name);

		if (*name != '.' && !is_staffs(name))
			e = twin(a, english, arena_printf(a, "%s/%s", from, name), arena_printf(a, "%s/%s", to, name),
				where, missing);
	}
	return e;
}

static enum err pages(struct arena *a, const struct config *config, struct english *english, struct str *missing)
{
	enum err e = file_folder(arena_printf(a, "%s/en", config->gen_dir));

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(folders); i++)
		e = twins(a, english, arena_printf(a, "%s/%s", config->www_dir, folders[i]),
			arena_printf(a, "%s/en/%s", config->gen_dir, folders[i]), folders[i], missing);
	return e;
}

static enum err parts(struct arena *a, const struct config *config, struct english *english, struct str *missing)
{
	enum err e = file_folder(arena_printf(a, "%s/en", config->gen_dir));

	return e == ERR_OK ? twins(a, english, config->gen_dir, arena_printf(a, "%s/en/_gen", config->gen_dir), "_gen",
				     missing)
			   : e;
}

static enum err dictionary(struct arena *a, const struct config *config, struct english **ret_english)
{
	const char *say;
	enum err e = edition_open(a, config->english_dir, ret_english, &say);

	if (e != ERR_OK)
		log_at(LOG_ERROR, "no English: %s", say);
	return e;
}

enum err edition_write(struct arena *a, const struct config *config, const char **ret_missing)
{
	struct english *english;
	struct str missing;
	enum err e = dictionary(a, config, &english);

	str_init(&missing, a);
	if (e == ERR_OK)
		e = pages(a, config, english, &missing);
	if (e == ERR_OK)
		e = parts(a, config, english, &missing);
	*ret_missing = missing.at;
	return e;
}

enum err edition_renew(struct ctx *c)
{
	const struct config *config = &c->house->config;
	struct english *english;

	return dictionary(c->arena, config, &english) == ERR_OK ? parts(c->arena, config, english, NULL) : ERR_OK;
}
