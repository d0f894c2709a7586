#ifndef IO_DB_H
#define IO_DB_H

#include "base/config.h"
#include "base/date.h"
#include "base/field.h"

/* MariaDB: prepared statements only, one connection per process, no SQL is ever formatted.
 *
 * A domain file starts with its statements, enum-indexed, each with the types of its inputs and outputs:
 *   [FEE_INSERT] = {"INSERT INTO fee (application_id, fen, kind) VALUES (?,?,?)", "iis", ""},
 *   e = db_exec(db, &sql[FEE_INSERT], I(id), I(fen), S(kind));
 * Types: i integer, moment, boolean · s text · b bytes · d day.  Output columns fill a struct by a shape, row k of the
 * table takes column k; a NULL column leaves the member empty.
 *
 * Connection: made on first use and again only between requests (db_ready), never inside one: a lost connection would
 * silently become another session.  Statements are prepared on first use and dropped with the connection.
 * Transactions do not nest.  Guarded changes look at db_changed (rows found, not rows that differ).
 *
 * Errors, mapped here once: ERR_NOT_FOUND (db_one: no row) · ERR_CONFLICT (unique key) · ERR_BUSY (lock wait, deadlock,
 * changed since it was read: run the whole transaction again) · ERR_AWAY (no server) · ERR_UNCERTAIN (lost during COMMIT:
 * look before trying again) · ERR_INTERNAL (our mistake; db_error says which). */

struct db;

struct sql {
	const char *text, *in, *out;
};
/* A statement that begins with this is prepared anew each time.  MariaDB 10.11 forgets, when it executes a statement again after
 * others have asked the table for other columns, that an index holds all it wants, and reads each row: dear where the table has
 * many or long rows. */
#define DB_ANEW "/* anew */ "

struct db_arg {
	char type; /* as above; '0' = NULL; 0 ends the list */
	int64_t i;
	const void *p;
	size_t n;
};

#define I(value) ((struct db_arg){.type = 'i', .i = (value)})
#define S(value) db_arg_text(value)  /* NULL is NULL */
#define B(value) db_arg_bytes(value) /* at == NULL is NULL */
#define D(value) db_arg_day(value)   /* no day is NULL */
#define I0(value) db_arg_int0(value) /* 0 is NULL */

struct db_arg db_arg_text(const char *text);
struct db_arg db_arg_bytes(struct bytes b);
struct db_arg db_arg_day(struct date d);
struct db_arg db_arg_int0(int64_t i);

/* program: the database user is prefix + program, its password lies in secret_dir/db-<user>.pass.  Does not connect. */
struct db *db_new(const struct config *config, const char *program);
/* As the server's own administrator over the socket, without a database chosen: portalctl only. */
struct db *db_new_admin(const struct config *config);
void db_free(struct db *db);

enum err db_ready(struct db *db) MUST_USE; /* connected now, or connect; between requests only */
enum err db_begin(struct db *db) MUST_USE;
enum err db_commit(struct db *db) MUST_USE;
void db_rollback(struct db *db); /* nothing when no transaction is open */
bool db_in_tx(const struct db *db);
int64_t db_changed(const struct db *db); /* rows that the last db_exec found */
/* Of a guarded change, for what its db_exec gave: ERR_STALE when it found no row as it had been read. */
static inline MUST_USE enum err db_guarded(const struct db *db, enum err e)
{
	return e == ERR_OK && db_changed(db) != 1 ? ERR_STALE : e;
}
int64_t db_last_id(const struct db *db);
const char *db_error(const struct db *db);

#define ARGS_(...) ((const struct db_arg[]){__VA_ARGS__ __VA_OPT__(, ){0}})
#define db_exec(db, sql, ...) db_exec_args(db, sql, ARGS_(__VA_ARGS__))
#define db_one(db, sql, shape, ret_row, ...) db_one_args(db, sql, shape, ret_row, ARGS_(__VA_ARGS__))
#define db_all(db, sql, shape, ret_list, ...) db_all_args(db, sql, shape, ret_list, ARGS_(__VA_ARGS__))

enum err db_exec_args(struct db *db, const struct sql *sql, const struct db_arg *args) MUST_USE;
/* The only row.  Texts and bytes live in the arena given to db_use_arena. */
enum err db_one_args(struct db *db, const struct sql *sql, const struct shape *shape, void *ret_row,
	const struct db_arg *args) MUST_USE;
enum err db_all_args(struct db *db, const struct sql *sql, const struct shape *shape, struct list *ret_list,
	const struct db_arg *args) MUST_USE;
void db_use_arena(struct db *db, struct arena *a);

/* Check that a statement can be prepared and that its signature has as many types as it has places and columns. */
enum err db_check(struct db *db, const struct sql *sql) MUST_USE;
/* One migration file as it is, several statements: portalctl only. */
enum err db_script(struct db *db, const char *text) MUST_USE;

/* Whole tables for backup and restore, as the server writes values: portalctl only.  A cell without a place is NULL.
 * db_rows_out: row by row as they come; cells live during the call, false from take ends with ERR_INTERNAL.
 * db_rows_in: rows of cells one behind the other, through an INSERT with a ? for each column. */
typedef bool (*db_take)(void *arg, const struct bytes *cells, size_t n);
enum err db_rows_out(struct db *db, const char *query, db_take take, void *arg) MUST_USE;
enum err db_rows_in(struct db *db, const char *insert, const struct bytes *cells, size_t columns, size_t rows) MUST_USE;

/* Shapes for the commonest single columns. */
struct db_int {
	int64_t value;
};
struct db_text {
	const char *value;
};
extern const struct shape db_int_shape, db_text_shape;

/* Every table of statements registers itself, so that a test can prepare them all. */
struct sql_table {
	const char *name;
	const struct sql *sql;
	size_t count;
	struct sql_table *next;
};
extern struct sql_table *sql_tables;
#define SQL_TABLE(file) \
	static struct sql_table sql_table_ = {#file, sql, ARRAY_LEN(sql), NULL}; \
	__attribute__((constructor)) static void sql_table_register(void) \
	{ \
		sql_table_.next = sql_tables; \
		sql_tables = &sql_table_; \
	} \
	extern struct sql_table *sql_tables

#endif
