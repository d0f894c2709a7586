#include "domain/migrate.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/grants.h"
#include "io/crypto.h"
#include "io/file.h"

enum { WEAK, LOCK, FIND, ADD, REPLACE, NEWEST };

static const struct sql sql[] = {
	/* Settings of the server without which what was acknowledged may be lost, or two writers undo each other. */
	[WEAK] =
		{"SELECT COALESCE(LOWER(GROUP_CONCAT(VARIABLE_NAME, '=', VARIABLE_VALUE ORDER BY VARIABLE_NAME)),'') "
		 "FROM information_schema.GLOBAL_VARIABLES WHERE (VARIABLE_NAME, VARIABLE_VALUE) IN "
		 "(('INNODB_SNAPSHOT_ISOLATION','OFF'), ('INNODB_ROLLBACK_ON_TIMEOUT','OFF'), ('INNODB_DOUBLEWRITE','OFF'), "
		 "('INNODB_FLUSH_LOG_AT_TRX_COMMIT','0'), ('INNODB_FLUSH_LOG_AT_TRX_COMMIT','2'))",
			"", "s"},
	[LOCK] = {"SELECT GET_LOCK('zhengyin_migrate', 60)", "", "i"},
	[FIND] = {"SELECT sha256 FROM schema_version WHERE number=?", "i", "s"},
	[ADD] = {"INSERT INTO schema_version (number, name, sha256, applied_at) VALUES (?,?,?,?)", "issi", ""},
	[REPLACE] = {"INSERT INTO schema_version (number, name, sha256, applied_at) VALUES (0,'grants.txt',?,?) "
		     "ON DUPLICATE KEY UPDATE sha256=VALUES(sha256), applied_at=VALUES(applied_at)",
		"si", ""},
	[NEWEST] = {"SELECT COALESCE(MAX(number),0) FROM schema_version", "", "i"},
};
SQL_TABLE(migrate);

struct run {
	struct arena *arena;
	const struct config *config;
	struct db *db;
	int64_t now, last; /* last: the newest number wanted */
	struct migrated *done;
};

static enum err refuse(struct run *r, enum err e, const char *say)
{
	r->done->say = say;
	return e;
}

static enum err right_server(struct run *r)
{
	struct db_text weak = {NULL};
	enum err e = db_one(r->db, &sql[WEAK], &db_text_shape, &weak);

	return e == ERR_OK && *weak.value
		       ? refuse(r, ERR_INVALID,
				 arena_printf(r->arena,
					 "the database server runs with %s: restart it with the portal's settings "
					 "(/etc/mysql/mariadb.conf.d/60-zhengyin.cnf)",
					 weak.value))
		       : e;
}

static enum err open_schema(struct run *r)
{
	const char *name = r->config->db_name;
	struct db_int got = {0};
	enum err e;

	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
		return refuse(r, ERR_INVALID, "db_name: only lower-case letters, digits and _");
	e = db_script(r->db, arena_printf(r->arena,
				     "SET SESSION max_statement_time=3600;"
				     "CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;"
				     "USE `%s`;"
				     "CREATE TABLE IF NOT EXISTS schema_version ("
				     "number INT NOT NULL COMMENT 'of the file in sql/; 0 = grants.txt', "
				     "name VARCHAR(100) NOT NULL COMMENT 'file name', "
				     "sha256 CHAR(64) NOT NULL COMMENT 'of the file as applied', "
				     "applied_at BIGINT NOT NULL COMMENT 'moment', "
				     "PRIMARY KEY (number)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin "
				     "COMMENT='migrations that were applied'",
				     name, name));
	if (e == ERR_OK)
		e = db_one(r->db, &sql[LOCK], &db_int_shape, &got);
	return e == ERR_OK && got.value != 1 ? refuse(r, ERR_BUSY, "another migration is running") : e;
}

static int is_migration(const struct dirent *d)
{
	const char *n = d->d_name;
	size_t len = strlen(n);

	return len > 8 && strspn(n, "0123456789") == 3 && n[3] == '_' && strcmp(n + len - 4, ".sql") == 0;
}

static enum err apply_file(struct run *r, int64_t number, const char *name)
{
	struct db_text have = {NULL};
	struct bytes text;
	enum err e = file_read(r->arena, arena_printf(r->arena, "%s/%s", r->config->sql_dir, name), &text);
	const char *hash = NULL;

	if (e != ERR_OK)
		return refuse(r, e, arena_printf(r->arena, "%s cannot be read", name));
	hash = crypto_sha256_hex(r->arena, text.at, text.len);
	e = db_one(r->db, &sql[FIND], &db_text_shape, &have, I(number));
	if (e == ERR_OK && !text_eq(have.value, hash))
		return refuse(r, ERR_CONFLICT,
			arena_printf(
				r->arena, "%s was changed after it was applied; put the change into a new file", name));
	if (e != ERR_NOT_FOUND)
		return e;
	e = db_script(r->db, (const char *)text.at);
	if (e != ERR_OK)
		return refuse(r, e, arena_printf(r->arena, "%s: %s", name, db_error(r->db)));
	r->done->applied++;
	return db_exec(r->db, &sql[ADD], I(number), S(name), S(hash), I(r->now));
}

static enum err apply_files(struct run *r)
{
	struct dirent **file;
	int n = scandir(r->config->sql_dir, &file, is_migration, alphasort);
	struct db_int newest;
	int64_t number = 0, applied = 0;
	enum err e = ERR_OK;

	if (n <= 0)
		return refuse(r, ERR_NOT_FOUND, "sql_dir holds no migration");
	for (int i = 0; i < n; i++) {
		const char *name = arena_text(r->arena, file[i]->d_name);

		free(file[i]);
		if (e == ERR_OK && strtol(name, NULL, 10) <= number)
			e = refuse(r, ERR_INVALID, arena_printf(r->arena, "%s: its number was given twice", name));
		number = strtol(name, NULL, 10);
		if (e == ERR_OK && number <= r->last)
			e = apply_file(r, applied = number, name);
	}
	free(file);
	r->done->version = applied;
	if (e == ERR_OK)
		e = db_one(r->db, &sql[NEWEST], &db_int_shape, &newest);
	return e == ERR_OK && newest.value > number ? refuse(r, ERR_CONFLICT, "the database is newer than sql_dir") : e;
}

/* Of the file and all passwords (random, so their hash tells nothing): as long as it stays, users and grants stay. */
static enum err grants_hash(struct run *r, const struct grants *g, const char **ret_hash)
{
	struct str s;

	str_init(&s, r->arena);
	str_addn(&s, g->text.at, g->text.len);
	for (size_t i = 0; i < g->programs.count; i++) {
		const char *password;
		enum err e = grants_password(r->arena, r->config, g->programs.at[i], &password);

		if (e != ERR_OK)
			return refuse(r, e, "passwords of database users are missing: portalctl init makes them");
		str_addf(&s, "\n%s%s %s", r->config->db_user_prefix, g->programs.at[i], password);
	}
	*ret_hash = crypto_sha256_hex(r->arena, s.at, s.len);
	crypto_wipe(s.at, s.len);
	return ERR_OK;
}

static enum err apply_grants(struct run *r)
{
	struct db_text have = {NULL};
	struct faults faults;
	struct grants g;
	const char *hash = NULL;
	enum err e;

	faults_init(&faults, r->arena);
	e = grants_read(r->arena, r->config, &g, &faults);
	if (e != ERR_OK)
		return refuse(r, e,
			faults.count
				? arena_printf(r->arena, "grants.txt %s: %s", faults.at[0].pointer, faults.at[0].detail)
				: "sql_dir holds no grants.txt");
	e = grants_hash(r, &g, &hash);
	if (e == ERR_OK)
		e = db_one(r->db, &sql[FIND], &db_text_shape, &have, I(0));
	if (e != ERR_NOT_FOUND && (e != ERR_OK || text_eq(have.value, hash)))
		return e;
	/* What stops half way is done again next time, also when the file is as it was before. */
	e = db_exec(r->db, &sql[REPLACE], S(""), I(r->now));
	if (e == ERR_OK)
		e = grants_apply(r->db, r->arena, r->config, &g);
	if (e != ERR_OK)
		return refuse(r, e, arena_printf(r->arena, "grants: %s", db_error(r->db)));
	r->done->granted = true;
	return db_exec(r->db, &sql[REPLACE], S(hash), I(r->now));
}

static enum err run(struct arena *a, const struct config *config, int64_t now, int64_t last, struct migrated *ret_done)
{
	struct run r = {a, config, db_new_admin(config), now, last, ret_done};
	enum err e;

	*ret_done = (struct migrated){0};
	db_use_arena(r.db, a);
	e = right_server(&r);
	if (e == ERR_OK)
		e = open_schema(&r);
	if (e == ERR_OK)
		e = apply_files(&r);
	if (e == ERR_OK && last == INT64_MAX)
		e = apply_grants(&r);
	if (e != ERR_OK && !ret_done->say)
		ret_done->say = arena_printf(a, "database: %s", db_error(r.db));
	db_free(r.db);
	return e;
}

enum err migrate_run(struct arena *a, const struct config *config, int64_t now, struct migrated *ret_done)
{
	return run(a, config, now, INT64_MAX, ret_done);
}

enum err migrate_to(
	struct arena *a, const struct config *config, int64_t now, int64_t number, struct migrated *ret_done)
{
	return run(a, config, now, number, ret_done);
}

static enum err check_table(const struct config *config, const struct sql_table *t, int64_t *statements)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct db *db = db_new_admin(config);
	enum err e = db_script(db, arena_printf(a, "USE `%s`", config->db_name)), bad = e;

	db_use_arena(db, a);
	for (size_t i = 0; e != ERR_AWAY && i < t->count; i++) {
		if (!t->sql[i].text)
			continue;
		e = db_check(db, &t->sql[i]);
		++*statements;
		if (e == ERR_OK)
			continue;
		bad = e;
		log_at(LOG_ERROR, "%s: statement %zu: %s: %s", t->name, i, db_error(db), t->sql[i].text);
	}
	db_free(db);
	return bad;
}

enum err migrate_check_sql(const struct config *config, int64_t *ret_statements)
{
	enum err bad = ERR_OK;

	*ret_statements = 0;
	for (const struct sql_table *t = sql_tables; t && bad != ERR_AWAY; t = t->next) {
		enum err e = check_table(config, t, ret_statements);

		if (e != ERR_OK)
			bad = e;
	}
	return bad;
}
