#include "domain/grants.h"

#include <ctype.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "io/file.h"

enum { PROGRAMS_MAX = 64, GRANTS_MAX = 2000, LINES_MAX = 500, STATEMENT_S = 5, TOOL_STATEMENT_S = 3600 };

struct line {
	struct texts programs, tables;
	const char *privileges;
};

static bool is_name(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

/* "a,b" → {a, b}; false: an entry that is no name. */
static bool split(struct arena *a, const char *text, struct texts *ret)
{
	*ret = (struct texts){arena_array(a, strlen(text) + 1, sizeof(char *)), 0};
	for (;;) {
		size_t n = strcspn(text, ",");
		const char *name = arena_textn(a, text, n);

		if (!is_name(name) && !text_eq(name, "*"))
			return false;
		ret->at[ret->count++] = name;
		if (!text[n])
			return true;
		text += n + 1;
	}
}

/* SELECT, INSERT, UPDATE, DELETE, each perhaps with columns in brackets. */
static bool are_privileges(const char *text)
{
	static const char *const words[] = {"SELECT", "INSERT", "UPDATE", "DELETE"};

	for (;;) {
		size_t i = 0;

		while (i < ARRAY_LEN(words) && strncmp(text, words[i], strlen(words[i])) != 0)
			i++;
		if (i == ARRAY_LEN(words))
			return false;
		text += strlen(words[i]);
		text += strspn(text, " ");
		if (*text == '(') {
			text += 1 + strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_, ");
			if (*text++ != ')')
				return false;
		}
		if (!*text)
			return true;
		if (*text++ != ',')
			return false;
		text += strspn(text, " ");
	}
}

static bool read_line(struct arena *a, const char *text, struct line *ret)
{
	static const char blank[] = " \t";
	size_t programs = strcspn(text, blank), gap = strspn(text + programs, blank);
	const char *tables = text + programs + gap;
	size_t n = strcspn(tables, blank);

	if (!split(a, arena_textn(a, text, programs), &ret->programs) ||
		!split(a, arena_textn(a, tables, n), &ret->tables))
		return false;
	ret->privileges = tables + n + strspn(tables + n, blank);
	for (size_t i = 0; i < ret->tables.count; i++)
		if (text_eq(ret->tables.at[i], "*"))
			return false;
	return are_privileges(ret->privileges);
}

static void add_programs(struct grants *g, const struct texts *names)
{
	for (size_t i = 0; i < names->count; i++) {
		size_t k = 0;

		while (k < g->programs.count && !text_eq(g->programs.at[k], names->at[i]))
			k++;
		if (k == g->programs.count && k < PROGRAMS_MAX && !text_eq(names->at[i], "*"))
			g->programs.at[g->programs.count++] = names->at[i];
	}
}

static void spread(struct grants *g, const struct line *line)
{
	bool every = text_eq(line->programs.at[0], "*");
	const struct texts *programs = every ? &g->programs : &line->programs;

	for (size_t p = 0; p < programs->count; p++)
		for (size_t t = 0; t < line->tables.count && g->count < GRANTS_MAX; t++)
			g->at[g->count++] = (struct grant){programs->at[p], line->tables.at[t], line->privileges};
}

enum err grants_read(struct arena *a, const struct config *config, struct grants *ret_grants, struct faults *faults)
{
	struct line *line = arena_array(a, LINES_MAX, sizeof *line);
	struct grants g = {.programs.at = arena_array(a, PROGRAMS_MAX, sizeof(char *)),
		.at = arena_array(a, GRANTS_MAX, sizeof *g.at)};
	enum err e = file_read(a, arena_printf(a, "%s/grants.txt", config->sql_dir), &g.text);
	size_t lines = 0, number = 0;

	if (e != ERR_OK)
		return e;
	for (const char *at = (const char *)g.text.at; *at && lines < LINES_MAX;) {
		size_t n = strcspn(at, "\n");
		const char *text = arena_textn(a, at, n);

		at += n + (at[n] == '\n');
		number++;
		if (!*text || *text == '#')
			continue;
		if (read_line(a, text, &line[lines]))
			add_programs(&g, &line[lines++].programs);
		else
			fault_add(faults, arena_printf(faults->arena, "/lines/%zu", number), "grant",
				"应为程序、表、权限三栏");
	}
	for (size_t i = 0; i < lines; i++)
		spread(&g, &line[i]);
	*ret_grants = g;
	return faults->count ? ERR_INVALID : ERR_OK;
}

char *grants_password_file(struct arena *a, const struct config *config, const char *program)
{
	return arena_printf(a, "%s/db-%s%s.pass", config->secret_dir, config->db_user_prefix, program);
}

enum err grants_password(struct arena *a, const struct config *config, const char *program, const char **ret_password)
{
	struct bytes b;
	enum err e = file_read(a, grants_password_file(a, config, program), &b);
	char *text;

	if (e != ERR_OK)
		return e;
	text = arena_textn(a, (const char *)b.at, strcspn((const char *)b.at, "\n"));
	if (strlen(text) < 32 || strspn(text, "0123456789abcdef") != strlen(text))
		return ERR_INTERNAL;
	*ret_password = text;
	return ERR_OK;
}

/* Names and passwords were checked to be letters, digits and "_"; the administrator's statements take no places. */
static enum err apply_user(struct db *db, struct arena *a, const struct config *config, const char *program)
{
	const char *user = arena_printf(a, "`%s%s`@localhost", config->db_user_prefix, program), *password;
	enum err e = grants_password(a, config, program, &password);

	if (e != ERR_OK) {
		log_at(LOG_ERROR, "no password for the database user of %s: portalctl init makes it", program);
		return e;
	}
	return db_script(db, arena_printf(a,
				     "CREATE USER IF NOT EXISTS %s IDENTIFIED BY '%s';"
				     "ALTER USER %s IDENTIFIED BY '%s' WITH MAX_STATEMENT_TIME %d;"
				     "REVOKE ALL PRIVILEGES, GRANT OPTION FROM %s",
				     user, password, user, password,
				     text_eq(program, "portalctl") ? TOOL_STATEMENT_S : STATEMENT_S, user));
}

enum err grants_apply(struct db *db, struct arena *a, const struct config *config, const struct grants *g)
{
	enum err e = is_name(config->db_user_prefix) && is_name(config->db_name) ? ERR_OK : ERR_INTERNAL;

	for (size_t i = 0; e == ERR_OK && i < g->programs.count; i++)
		e = apply_user(db, a, config, g->programs.at[i]);
	for (size_t i = 0; e == ERR_OK && i < g->count; i++)
		e = db_script(db, arena_printf(a, "GRANT %s ON `%s`.`%s` TO `%s%s`@localhost", g->at[i].privileges,
					  config->db_name, g->at[i].table, config->db_user_prefix, g->at[i].program));
	return e;
}
