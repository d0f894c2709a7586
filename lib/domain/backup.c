#include "domain/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "domain/audit.h"
#include "io/file.h"
#include "io/strongbox.h"
#include "io/tree.h"

enum { TABLES, COLUMNS, VERSIONS };

static const struct sql sql[] = {
	/* Those whose triggers count in others come first: what was counted is then put in its place. */
	[TABLES] =
		{"SELECT t.TABLE_NAME, CAST(t.AUTO_INCREMENT AS CHAR), EXISTS(SELECT 1 FROM information_schema.TRIGGERS g "
		 "WHERE g.EVENT_OBJECT_SCHEMA=t.TABLE_SCHEMA AND g.EVENT_OBJECT_TABLE=t.TABLE_NAME) counts "
		 "FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA=? AND t.TABLE_TYPE='BASE TABLE' "
		 "AND t.TABLE_NAME<>'schema_version' ORDER BY counts DESC, t.TABLE_NAME",
			"s", "ssi"},
	[COLUMNS] = {"SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=? AND TABLE_NAME=? "
		     "AND IS_GENERATED='NEVER' ORDER BY ORDINAL_POSITION",
		"ss", "s"},
	[VERSIONS] = {"SELECT CAST(number AS CHAR), name, sha256 FROM schema_version WHERE number>0 ORDER BY number",
		"", "sss"},
};
SQL_TABLE(backup);

struct table {
	const char *name, *next;
	int64_t counts;
};
static const struct field table_fields[] = {
	TEXT(struct table, name, "name", 0, 0, NULL),
	TEXT(struct table, next, "next", 0, 0, NULL),
	INT(struct table, counts, "counts", 0, 0),
};
static const struct shape table_shape = SHAPE(struct table, table_fields);

struct version {
	const char *number, *name, *sha256;
};
static const struct field version_fields[] = {
	TEXT(struct version, number, "number", 0, 0, NULL),
	TEXT(struct version, name, "name", 0, 0, NULL),
	TEXT(struct version, sha256, "sha256", 0, 0, NULL),
};
static const struct shape version_shape = SHAPE(struct version, version_fields);

struct dump {
	struct strongbox *box;
	struct arena *arena;
	struct db *db;
	const char *schema; /* name of the database */
	struct backup_done *done;
	enum err e;
};

static struct bytes cell(const char *text)
{
	return (struct bytes){(const unsigned char *)text, text ? strlen(text) : 0};
}

static bool put_number(struct dump *d, size_t number, size_t bytes)
{
	unsigned char at[4];

	for (size_t i = 0; i < bytes; i++)
		at[i] = (unsigned char)(number >> (8 * (bytes - 1 - i)));
	d->e = strongbox_put(d->box, at, bytes);
	return d->e == ERR_OK;
}

static bool put_frame(struct dump *d, char letter, const struct bytes *cells, size_t n)
{
	bool right = put_number(d, (size_t)letter, 1) && put_number(d, n, 2);

	for (size_t i = 0; right && i < n; i++) {
		right = put_number(d, cells[i].at ? cells[i].len : UINT32_MAX, 4);
		if (right && cells[i].at)
			right = (d->e = strongbox_put(d->box, cells[i].at, cells[i].len)) == ERR_OK;
	}
	return right;
}

static bool put_row(void *arg, const struct bytes *cells, size_t n)
{
	struct dump *d = arg;

	d->done->rows++;
	return put_frame(d, 'R', cells, n);
}

bool backup_is_name(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static enum err dump_table(struct dump *d, const struct table *t)
{
	struct bytes head[BACKUP_CELLS] = {cell(t->name), cell(t->next)};
	struct list columns;
	struct str query;
	enum err e = db_all(d->db, &sql[COLUMNS], &db_text_shape, &columns, S(d->schema), S(t->name));

	if (e != ERR_OK || columns.count + 2 > BACKUP_CELLS || !backup_is_name(t->name))
		return e == ERR_OK ? ERR_INTERNAL : e;
	str_init(&query, d->arena);
	for (size_t i = 0; i < columns.count; i++) {
		const char *name = ((const struct db_text *)columns.at)[i].value;

		if (!backup_is_name(name))
			return ERR_INTERNAL;
		head[i + 2] = cell(name);
		str_addf(&query, "%s`%s`", i ? "," : "SELECT ", name);
	}
	str_addf(&query, " FROM `%s`", t->name);
	if (!put_frame(d, 'T', head, columns.count + 2))
		return d->e;
	d->done->tables++;
	e = db_rows_out(d->db, query.at, put_row, d);
	return d->e != ERR_OK ? d->e : e;
}

static enum err dump_tables(struct dump *d)
{
	struct list tables;
	enum err e = db_all(d->db, &sql[TABLES], &table_shape, &tables, S(d->schema));

	for (size_t i = 0; e == ERR_OK && i < tables.count; i++)
		e = dump_table(d, (const struct table *)tables.at + i);
	return e;
}

static enum err dump_head(struct dump *d)
{
	const struct bytes made = cell(arena_printf(d->arena, "%" PRId64, d->done->made_at));
	struct list versions = {0};
	enum err e = put_frame(d, 'H', &made, 1) ? db_all(d->db, &sql[VERSIONS], &version_shape, &versions) : d->e;

	for (size_t i = 0; e == ERR_OK && i < versions.count; i++) {
		const struct version *v = (const struct version *)versions.at + i;
		const struct bytes cells[] = {cell(v->number), cell(v->name), cell(v->sha256)};

		d->done->schema = strtoll(v->number, NULL, 10);
		if (!put_frame(d, 'V', cells, ARRAY_LEN(cells)))
			e = d->e;
	}
	return e;
}

static enum err dump_end(struct dump *d)
{
	const struct bytes sums[] = {cell(arena_printf(d->arena, "%" PRId64, d->done->tables)),
		cell(arena_printf(d->arena, "%" PRId64, d->done->rows))};

	if (!put_frame(d, 'E', sums, ARRAY_LEN(sums)))
		return d->e;
	return strongbox_end(d->box);
}

/* All rows as of one moment, whoever writes meanwhile. */
static enum err dump(struct ctx *c, const char *path, struct backup_done *done)
{
	struct strongbox *box CLEANUP(strongbox_close) = strongbox_create(path, &c->house->master);
	struct dump d = {box, c->arena, db_new_admin(&c->house->config), c->house->config.db_name, done, ERR_OK};
	enum err e = box ? ERR_OK : ERR_DISK;

	db_use_arena(d.db, c->arena);
	if (e == ERR_OK)
		e = db_script(d.db, arena_printf(c->arena,
					    "SET SESSION max_statement_time=0, idle_transaction_timeout=0, "
					    "net_write_timeout=3600; USE `%s`; "
					    "START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT",
					    d.schema));
	if (e == ERR_OK)
		e = dump_head(&d);
	if (e == ERR_OK)
		e = dump_tables(&d);
	if (e == ERR_OK)
		e = dump_end(&d);
	if (e != ERR_OK && *db_error(d.db))
		done->say = arena_printf(c->arena, "database: %s", db_error(d.db));
	db_free(d.db);
	return e;
}

static enum err copy_ends(struct ctx *c, const char *folder)
{
	static const char *const names[] = {"audit-head.log", "audit-anchor.log"};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(names); i++) {
		struct bytes text;

		e = file_read(c->arena, arena_printf(c->arena, "%s/%s", c->house->config.var_dir, names[i]), &text);
		if (e == ERR_OK)
			e = file_write(c->arena, arena_printf(c->arena, "%s/%s", folder, names[i]), 0600, text);
		else if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	return e;
}

static enum err copy_tree(struct ctx *c, const char *from, const char *folder, const char *before, const char *name,
	struct tree_copied *done)
{
	return tree_copy(from, arena_printf(c->arena, "%s/%s", folder, name),
		before ? arena_printf(c->arena, "%s/%s", before, name) : NULL, done);
}

static enum err note(struct ctx *c, void *arg)
{
	(void)arg;
	audit_add(c, "backup", "database", NULL);
	return ERR_OK;
}

enum err backup_make(struct ctx *c, const char *folder, const char *before, struct backup_done *ret_done)
{
	const struct config *config = &c->house->config;
	const char *path = arena_printf(c->arena, "%s/" BACKUP_DATABASE, folder),
		   *part = arena_printf(c->arena, "%s.part", path);
	struct tree_copied first, rest, trust;
	enum err e;

	*ret_done = (struct backup_done){.made_at = c->now};
	if (mkdir(folder, 0700) != 0)
		return errno == EEXIST ? ERR_CONFLICT : ERR_DISK;
	/* Ends of the chain before the chain; files before their rows, and those that came meanwhile after them: one too many, not
	 * one too few. */
	e = copy_ends(c, folder);
	if (e == ERR_OK)
		e = copy_tree(c, config->store_dir, folder, before, "store", &first);
	if (e == ERR_OK)
		e = ctx_tx(c, note, NULL);
	if (e == ERR_OK)
		e = dump(c, part, ret_done);
	if (e == ERR_OK)
		e = copy_tree(c, config->store_dir, folder, before, "store", &rest);
	if (e == ERR_OK)
		e = copy_tree(c, config->trust_dir, folder, before, "trust", &trust);
	if (e != ERR_OK)
		return e;
	ret_done->files = rest.files;
	ret_done->fresh = first.fresh + rest.fresh;
	return file_rename(c->arena, part, path);
}
