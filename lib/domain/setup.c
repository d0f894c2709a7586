#include "domain/setup.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/calendar_edit.h"
#include "domain/grants.h"
#include "domain/rules.h"
#include "io/file.h"

enum { BRANCH_ADD };

static const struct sql sql[] = {
	[BRANCH_ADD] = {"INSERT IGNORE INTO branch (code, name, address, phone, hours, sort) VALUES (?,?,?,?,?,?)",
		"sssssi", ""},
};
SQL_TABLE(setup);

static enum err make_secret(struct arena *a, const char *path, bool text, int64_t *made)
{
	unsigned char key[CRYPTO_KEY];
	struct bytes content = {key, sizeof key};
	enum err e;

	if (file_exists(path))
		return ERR_OK;
	crypto_random(key, sizeof key);
	if (text) {
		struct str s;

		str_init(&s, a);
		str_hex(&s, key, sizeof key);
		content = (struct bytes){(const unsigned char *)s.at, s.len};
	}
	e = file_create(a, path, 0600, content);
	crypto_wipe(key, sizeof key);
	*made += e == ERR_OK;
	return e == ERR_CONFLICT ? ERR_OK : e;
}

enum err setup_secrets(struct arena *a, const struct config *config, struct faults *faults, int64_t *ret_made)
{
	static const char *const keys[] = {"master", "index", "csrf", "audit", "form"};
	struct grants grants;
	struct stat st;
	enum err e = grants_read(a, config, &grants, faults);

	*ret_made = 0;
	if (e != ERR_OK)
		return e;
	if (mkdir(config->secret_dir, 0700) != 0 && errno != EEXIST)
		return ERR_DISK;
	/* A group may look into it where programs have users of their own; the world never. */
	if (stat(config->secret_dir, &st) != 0 || chmod(config->secret_dir, st.st_mode & 02750) != 0)
		return ERR_DISK;
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(keys); i++)
		e = make_secret(a, arena_printf(a, "%s/%s.key", config->secret_dir, keys[i]), false, ret_made);
	if (e == ERR_OK)
		e = make_secret(a, config->fastcgi_secret_file, true, ret_made);
	for (size_t i = 0; e == ERR_OK && i < grants.programs.count; i++)
		e = make_secret(a, grants_password_file(a, config, grants.programs.at[i]), true, ret_made);
	return e;
}

static enum err put_days(struct ctx *c, void *arg)
{
	const struct calendar_rows *rows = arg;
	audit_add(c, "calendar_import", "calendar", rows->count ? date_text(c->arena, rows->at[0].day) : NULL);
	return calendar_edit_replace(c, rows);
}

enum err setup_calendar(struct ctx *c, const struct calendar_rows *rows)
{
	return ctx_tx(c, put_days, (void *)(uintptr_t)rows);
}

static enum err put_catalog(struct ctx *c, void *arg)
{
	const struct bytes *xml = arg;
	enum err e = rules_store(c, xml->at, xml->len);
	int64_t sort = 0;

	CATALOG_EACH(struct catalog_counter, k, &c->house->catalog->counters)
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[BRANCH_ADD], S(k->code), S(k->name), S(k->address), S(k->phone),
				S(k->hours), I(++sort));
	return e;
}

enum err setup_catalog(struct ctx *c)
{
	struct bytes xml;
	enum err e = file_read(c->arena, c->house->config.catalog_file, &xml);

	return e == ERR_OK ? ctx_tx(c, put_catalog, &xml) : e;
}
