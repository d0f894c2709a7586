#include "domain/backup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/migrate.h"
#include "io/file.h"
#include "io/strongbox.h"
#include "io/tree.h"

enum { TABLES, VERSION };

static const struct sql sql[] = {
	[TABLES] = {"SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA=?", "s", "i"},
	[VERSION] = {"SELECT sha256 FROM schema_version WHERE number=?", "i", "s"},
};
SQL_TABLE(backup_restore);

enum { BATCH_ROWS = 1000, BATCH_BYTES = 4 << 20, CELL_MAX = 1 << 30 };

struct frame {
	char letter;
	struct bytes cell[BACKUP_CELLS];
	size_t count;
};

/* The rows of one table that go in together. */
struct batch {
	struct arena *arena;
	struct bytes *cells;
	size_t rows, bytes;
};

struct load {
	struct arena *arena;
	const struct config *config;
	struct keyring master;
	struct strongbox *box;
	struct db *db; /* NULL: only look */
	const char *table, *insert;
	size_t columns;
	struct batch batch;
	int64_t rows; /* of the table */
	bool ended;
	struct backup_done *done;
};

static enum err refuse(struct load *l, enum err e, const char *say)
{
	l->done->say = say;
	return e;
}

static enum err get_number(struct load *l, size_t bytes, size_t *ret_number)
{
	unsigned char at[4];
	enum err e = strongbox_get(l->box, at, bytes);

	*ret_number = 0;
	for (size_t i = 0; e == ERR_OK && i < bytes; i++)
		*ret_number = *ret_number << 8 | at[i];
	return e;
}

static enum err get_cell(struct load *l, struct arena *a, struct bytes *ret_cell)
{
	unsigned char *at;
	size_t n;
	enum err e = get_number(l, 4, &n);

	*ret_cell = (struct bytes){NULL, 0};
	if (e != ERR_OK || n == UINT32_MAX)
		return e;
	if (n > CELL_MAX)
		return ERR_CHECKSUM;
	at = arena_alloc(a, n + 1);
	*ret_cell = (struct bytes){at, n};
	return strongbox_get(l->box, at, n);
}

/* Rows live until they have gone in, what tells about them for as long as the whole. */
static enum err get_frame(struct load *l, struct frame *ret_frame)
{
	size_t letter, n;
	enum err e = get_number(l, 1, &letter);
	struct arena *a = letter == 'R' ? l->batch.arena : l->arena;

	if (e == ERR_OK)
		e = get_number(l, 2, &n);
	if (e == ERR_OK && n > BACKUP_CELLS)
		e = ERR_CHECKSUM;
	if (e != ERR_OK)
		return e;
	ret_frame->letter = (char)letter;
	ret_frame->count = n;
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		e = get_cell(l, a, &ret_frame->cell[i]);
	return e;
}

static const char *text(const struct frame *f, size_t i)
{
	return f->cell[i].at ? (const char *)f->cell[i].at : "";
}

static int64_t number(const struct frame *f, size_t i)
{
	return strtoll(text(f, i), NULL, 10);
}

/* --- rows --- */

static enum err flush(struct load *l)
{
	struct batch *b = &l->batch;
	enum err e = ERR_OK;

	if (b->rows && l->db)
		e = db_rows_in(l->db, l->insert, b->cells, l->columns, b->rows);
	b->rows = b->bytes = 0;
	arena_reset(b->arena);
	b->cells = arena_array(b->arena, BATCH_ROWS * (l->columns ? l->columns : 1), sizeof *b->cells);
	return e;
}

static enum err end_table(struct load *l)
{
	enum err e = l->table ? flush(l) : ERR_OK;

	if (e == ERR_OK && l->table && l->db)
		e = db_commit(l->db);
	l->table = NULL;
	return e;
}

static enum err empty_table(struct load *l, const struct frame *f)
{
	enum err e = ERR_OK;

	if (f->cell[1].at) /* commits by itself */
		e = db_script(l->db,
			arena_printf(l->arena, "ALTER TABLE `%s` AUTO_INCREMENT=%" PRId64, l->table, number(f, 1)));
	if (e == ERR_OK)
		e = db_begin(l->db);
	return e == ERR_OK ? db_script(l->db, arena_printf(l->arena, "DELETE FROM `%s`", l->table)) : e;
}

static enum err begin_table(struct load *l, const struct frame *f)
{
	struct str insert;
	enum err e = end_table(l);

	if (e != ERR_OK || f->count < 3)
		return e == ERR_OK ? ERR_CHECKSUM : e;
	str_init(&insert, l->arena);
	for (size_t i = 2; i < f->count; i++) {
		if (!backup_is_name(text(f, i)))
			return ERR_CHECKSUM;
		str_addf(&insert, "%s`%s`", i == 2 ? "" : ",", text(f, i));
	}
	str_add(&insert, ") VALUES (?");
	for (size_t i = 3; i < f->count; i++)
		str_add(&insert, ",?");
	l->table = arena_text(l->arena, text(f, 0));
	l->insert = arena_printf(l->arena, "INSERT INTO `%s` (%s)", l->table, insert.at);
	l->columns = f->count - 2;
	l->done->tables++;
	if (!backup_is_name(l->table))
		return ERR_CHECKSUM;
	e = flush(l);
	return e == ERR_OK && l->db ? empty_table(l, f) : e;
}

static enum err take_row(struct load *l, const struct frame *f)
{
	struct batch *b = &l->batch;

	if (!l->table || f->count != l->columns)
		return ERR_CHECKSUM;
	memcpy(b->cells + b->rows++ * l->columns, f->cell, l->columns * sizeof *f->cell);
	for (size_t i = 0; i < f->count; i++)
		b->bytes += f->cell[i].len;
	l->done->rows++;
	return b->rows == BATCH_ROWS || b->bytes >= BATCH_BYTES ? flush(l) : ERR_OK;
}

/* The migration that the data were under is the one we have, or we would make another schema. */
static enum err check_version(struct load *l, const struct frame *f)
{
	struct db_text have;
	enum err e;

	if (f->count != 3)
		return ERR_CHECKSUM;
	l->done->schema = number(f, 0);
	if (!l->db)
		return ERR_OK;
	e = db_one(l->db, &sql[VERSION], &db_text_shape, &have, I(number(f, 0)));
	if (e == ERR_OK && text_eq(have.value, text(f, 2)))
		return ERR_OK;
	return e == ERR_OK || e == ERR_NOT_FOUND
		       ? refuse(l, ERR_CONFLICT,
				 arena_printf(l->arena, "%s is not the migration it was when the backup was made",
					 text(f, 1)))
		       : e;
}

static enum err check_end(struct load *l, const struct frame *f)
{
	enum err e = end_table(l);

	l->ended = true;
	if (e != ERR_OK)
		return e;
	return f->count == 2 && number(f, 0) == l->done->tables && number(f, 1) == l->done->rows &&
			       strongbox_at_end(l->box)
		       ? ERR_OK
		       : ERR_CHECKSUM;
}

static enum err take_frame(struct load *l, const struct frame *f)
{
	switch (f->letter) {
	case 'H': l->done->made_at = f->count == 1 ? number(f, 0) : 0; return ERR_OK;
	case 'V': return check_version(l, f);
	case 'T': return begin_table(l, f);
	case 'R': return take_row(l, f);
	case 'E': return check_end(l, f);
	default: return ERR_CHECKSUM;
	}
}

/* --- the whole of it --- */

static enum err open_box(struct load *l, const char *folder)
{
	const char *key = "";
	enum err e = keyring_load(&l->master, l->config->secret_dir);

	if (e != ERR_OK)
		return refuse(l, e, "secret_dir holds no keys: bring back the copy of the keys first");
	e = strongbox_open(l->arena, arena_printf(l->arena, "%s/" BACKUP_DATABASE, folder), &l->master, &l->box, &key);
	if (e == ERR_LOCKED)
		return refuse(l, e,
			arena_printf(
				l->arena, "no key opens it: secret_dir lacks the master key %s that sealed it", key));
	return e == ERR_SYNTAX ? refuse(l, e, BACKUP_DATABASE " is no backup") : e;
}

static enum err read_box(struct load *l, const char *folder)
{
	struct frame f;
	enum err e = open_box(l, folder);

	l->batch.arena = arena_new();
	while (e == ERR_OK && !l->ended) {
		e = get_frame(l, &f);
		if (e == ERR_OK)
			e = take_frame(l, &f);
	}
	arena_free(l->batch.arena);
	strongbox_close(&l->box);
	keyring_close(&l->master);
	return e == ERR_CHECKSUM ? refuse(l, e, BACKUP_DATABASE " was altered or cut off") : e;
}

enum err backup_check(struct arena *a, const struct config *config, const char *folder, struct backup_done *ret_done)
{
	struct load l = {.arena = a, .config = config, .done = ret_done};

	*ret_done = (struct backup_done){0};
	return read_box(&l, folder);
}

/* Nothing may be overwritten by what was once. */
static enum err check_empty(struct load *l)
{
	struct db_int tables;
	enum err e = db_one(l->db, &sql[TABLES], &db_int_shape, &tables, S(l->config->db_name));

	if (e == ERR_OK && tables.value)
		return refuse(l, ERR_CONFLICT,
			arena_printf(l->arena, "the database %s has tables: restore into one that is not there yet",
				l->config->db_name));
	if (e == ERR_OK && !tree_empty(l->config->store_dir))
		return refuse(l, ERR_CONFLICT, arena_printf(l->arena, "%s is not empty", l->config->store_dir));
	return e;
}

static enum err restore_rows(struct load *l, int64_t now, const char *folder, int64_t schema)
{
	struct migrated migrated;
	enum err e = migrate_to(l->arena, l->config, now, schema, &migrated);

	if (e != ERR_OK)
		return refuse(l, e, migrated.say);
	e = db_script(l->db, arena_printf(l->arena, "SET SESSION max_statement_time=0, foreign_key_checks=0; USE `%s`",
				     l->config->db_name));
	if (e == ERR_OK)
		e = read_box(l, folder);
	if (e == ERR_OK)
		e = migrate_run(l->arena, l->config, now, &migrated);
	return e != ERR_OK && !l->done->say ? refuse(l, e, migrated.say ? migrated.say : db_error(l->db)) : e;
}

static enum err restore_files(struct load *l, const char *folder)
{
	static const char *const names[] = {"audit-head.log", "audit-anchor.log"};
	struct tree_copied store, trust;
	struct bytes ends;
	enum err e = tree_copy(arena_printf(l->arena, "%s/store", folder), l->config->store_dir, NULL, &store);

	if (e == ERR_OK)
		e = tree_copy(arena_printf(l->arena, "%s/trust", folder), l->config->trust_dir, NULL, &trust);
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(names); i++)
		if (file_read(l->arena, arena_printf(l->arena, "%s/%s", folder, names[i]), &ends) == ERR_OK)
			e = file_write(
				l->arena, arena_printf(l->arena, "%s/%s", l->config->var_dir, names[i]), 0660, ends);
	l->done->files = store.files;
	l->done->fresh = store.fresh;
	return e;
}

enum err backup_restore(
	struct arena *a, const struct config *config, int64_t now, const char *folder, struct backup_done *ret_done)
{
	struct load l = {.arena = a, .config = config, .done = ret_done};
	enum err e = backup_check(a, config, folder, ret_done);
	int64_t schema = ret_done->schema;

	if (e != ERR_OK)
		return e;
	*ret_done = (struct backup_done){0};
	l.db = db_new_admin(config);
	db_use_arena(l.db, a);
	e = check_empty(&l);
	if (e == ERR_OK)
		e = restore_files(&l, folder);
	if (e == ERR_OK)
		e = restore_rows(&l, now, folder, schema);
	db_free(l.db);
	return e;
}
