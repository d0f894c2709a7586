#include "io/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { ARGS_MAX = 40, COLUMNS_MAX = 60, PREPARED_MAX = 512, PASSWORD_MAX = 200 };

struct prepared {
	const struct sql *sql;
	MYSQL_STMT *stmt;
};

struct db {
	const struct config *config;
	char user[64], password[PASSWORD_MAX];
	bool admin, connected, lost, in_tx;
	MYSQL mysql;
	struct prepared prepared[PREPARED_MAX];
	size_t prepared_count;
	struct arena *arena;
	int64_t changed, last_id;
	char error[300];
};

struct sql_table *sql_tables;

static const struct field int_fields[] = {INT(struct db_int, value, "value", 0, 0)};
static const struct field text_fields[] = {TEXT(struct db_text, value, "value", 0, 0, NULL)};
const struct shape db_int_shape = SHAPE(struct db_int, int_fields), db_text_shape = SHAPE(struct db_text, text_fields);

struct db_arg db_arg_text(const char *text)
{
	return text ? (struct db_arg){.type = 's', .p = text, .n = strlen(text)} : (struct db_arg){.type = '0'};
}

struct db_arg db_arg_bytes(struct bytes b)
{
	return b.at ? (struct db_arg){.type = 'b', .p = b.at, .n = b.len} : (struct db_arg){.type = '0'};
}

struct db_arg db_arg_int0(int64_t i)
{
	return i ? I(i) : (struct db_arg){.type = '0'};
}

/* A day travels as year*10000 + month*100 + day in the argument and as MYSQL_TIME on the wire. */
struct db_arg db_arg_day(struct date d)
{
	if (date_none(d))
		return (struct db_arg){.type = '0'};
	return (struct db_arg){.type = 'd', .i = d.year * 10000 + d.month * 100 + d.day};
}

static void read_password(struct db *db)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	char *path = arena_printf(a, "%s/db-%s.pass", db->config->secret_dir, db->user);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, db->password, sizeof db->password - 1);

	if (fd >= 0)
		close(fd);
	while (n > 0 && (db->password[n - 1] == '\n'))
		n--;
	db->password[n > 0 ? n : 0] = '\0';
}

static struct db *make(const struct config *config, const char *user, bool admin)
{
	struct db *db = calloc(1, sizeof *db);

	if (!db)
		abort();
	db->config = config;
	db->admin = admin;
	memcpy(db->user, user, strnlen(user, sizeof db->user - 1));
	if (!admin)
		read_password(db);
	return db;
}

struct db *db_new(const struct config *config, const char *program)
{
	struct arena *a CLEANUP(arena_done) = arena_new();

	return make(config, arena_printf(a, "%s%s", config->db_user_prefix, program), false);
}

struct db *db_new_admin(const struct config *config)
{
	return make(config, config->db_admin, true);
}

static void disconnect(struct db *db)
{
	for (size_t i = 0; i < db->prepared_count; i++)
		mysql_stmt_close(db->prepared[i].stmt);
	db->prepared_count = 0;
	if (db->connected)
		mysql_close(&db->mysql);
	db->connected = db->lost = db->in_tx = false;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	disconnect(db);
	explicit_bzero(db->password, sizeof db->password);
	free(db);
}

void db_use_arena(struct db *db, struct arena *a)
{
	db->arena = a;
}

bool db_in_tx(const struct db *db)
{
	return db->in_tx;
}

int64_t db_changed(const struct db *db)
{
	return db->changed;
}

int64_t db_last_id(const struct db *db)
{
	return db->last_id;
}

const char *db_error(const struct db *db)
{
	return db->error;
}

static enum err fail(struct db *db, unsigned code, const char *say, const char *sql)
{
	snprintf(db->error, sizeof db->error, "%u %s", code, say);
	switch (code) {
	case ER_DUP_ENTRY: return ERR_CONFLICT;
	case ER_CHECKREAD:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_LOCK_DEADLOCK:
	case ER_AUTOINC_READ_FAILED: /* the counter's lock was lost to another who inserts */
	case ER_STATEMENT_TIMEOUT: return ERR_BUSY;
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_SERVER_HANDSHAKE_ERR:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_CON_COUNT_ERROR:
	case ER_DISK_FULL:
	case ER_RECORD_FILE_FULL: db->lost = true; return ERR_AWAY;
	default: log_at(LOG_ERROR, "db: %s in: %.200s", db->error, sql); return ERR_INTERNAL;
	}
}

static enum err fail_mysql(struct db *db, const char *sql)
{
	return fail(db, mysql_errno(&db->mysql), mysql_error(&db->mysql), sql);
}

static enum err query(struct db *db, const char *text)
{
	if (mysql_query(&db->mysql, text) != 0)
		return fail_mysql(db, text);
	return ERR_OK;
}

static enum err connect_now(struct db *db)
{
	static const char settings[] = "SET SESSION tx_isolation='REPEATABLE-READ', time_zone='+00:00', "
				       "sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'";
	unsigned limit_s = 10;

	disconnect(db);
	mysql_init(&db->mysql);
	mysql_options(&db->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(&db->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &limit_s);
	if (!mysql_real_connect(&db->mysql, "localhost", db->user, db->admin ? NULL : db->password,
		    db->admin ? NULL : db->config->db_name, 0, db->config->db_socket,
		    CLIENT_FOUND_ROWS | (db->admin ? CLIENT_MULTI_STATEMENTS : 0))) {
		enum err e = fail_mysql(db, "connect");

		mysql_close(&db->mysql);
		return e == ERR_INTERNAL ? ERR_AWAY : e;
	}
	db->connected = true;
	return query(db, settings);
}

/* Between requests the server has nothing to say: when there is something to read, it is the end of the connection.
 * Asking the socket tells so without the round trip of a ping. */
static bool is_quiet(struct db *db)
{
	struct pollfd socket = {.fd = mysql_get_socket(&db->mysql), .events = POLLIN};

	return poll(&socket, 1, 0) == 0;
}

enum err db_ready(struct db *db)
{
	assert(!db->in_tx);
	if (db->connected && !db->lost && is_quiet(db))
		return ERR_OK;
	return connect_now(db);
}

enum err db_begin(struct db *db)
{
	enum err e;

	assert(!db->in_tx);
	if (!db->connected || db->lost) {
		e = connect_now(db);
		if (e != ERR_OK)
			return e;
	}
	e = query(db, "START TRANSACTION");
	db->in_tx = e == ERR_OK;
	return e;
}

enum err db_commit(struct db *db)
{
	enum err e;

	assert(db->in_tx);
	e = query(db, "COMMIT");
	db->in_tx = false;
	return e == ERR_AWAY ? ERR_UNCERTAIN : e;
}

void db_rollback(struct db *db)
{
	if (!db->in_tx)
		return;
	db->in_tx = false;
	if (!db->lost && query(db, "ROLLBACK") != ERR_OK)
		db->lost = true; /* the next request begins with a new connection */
}

static enum err fail_stmt(struct db *db, MYSQL_STMT *stmt, const struct sql *sql)
{
	return fail(db, mysql_stmt_errno(stmt), mysql_stmt_error(stmt), sql->text);
}

static enum err prepare(struct db *db, const struct sql *sql, MYSQL_STMT **ret_stmt)
{
	MYSQL_STMT *stmt;
	enum err e;

	for (size_t i = 0; i < db->prepared_count; i++)
		if (db->prepared[i].sql == sql) {
			*ret_stmt = db->prepared[i].stmt;
			if (strncmp(sql->text, DB_ANEW, strlen(DB_ANEW)) != 0)
				return ERR_OK;
			mysql_stmt_close(*ret_stmt);
			db->prepared[i] = db->prepared[--db->prepared_count];
			break;
		}
	if (!db->connected || db->lost) {
		if (db->in_tx)
			return ERR_AWAY;
		e = connect_now(db);
		if (e != ERR_OK)
			return e;
	}
	stmt = mysql_stmt_init(&db->mysql);
	assert(stmt && db->prepared_count < PREPARED_MAX);
	if (mysql_stmt_prepare(stmt, sql->text, strlen(sql->text)) != 0) {
		e = fail_stmt(db, stmt, sql);
		mysql_stmt_close(stmt);
		return e;
	}
	db->prepared[db->prepared_count++] = (struct prepared){sql, stmt};
	*ret_stmt = stmt;
	return ERR_OK;
}

struct binds {
	MYSQL_BIND bind[ARGS_MAX];
	MYSQL_TIME day[ARGS_MAX];
	size_t count;
};

static void bind_arg(struct binds *b, const struct db_arg *arg)
{
	MYSQL_BIND *to = &b->bind[b->count];
	MYSQL_TIME *day = &b->day[b->count++];

	switch (arg->type) {
	case 'i':
		to->buffer_type = MYSQL_TYPE_LONGLONG;
		to->buffer = (void *)(uintptr_t)&arg->i;
		break;
	case 'd':
		*day = (MYSQL_TIME){.year = (unsigned)(arg->i / 10000),
			.month = (unsigned)(arg->i / 100 % 100),
			.day = (unsigned)(arg->i % 100)};
		day->time_type = MYSQL_TIMESTAMP_DATE;
		to->buffer_type = MYSQL_TYPE_DATE;
		to->buffer = day;
		break;
	case '0': to->buffer_type = MYSQL_TYPE_NULL; break;
	default:
		to->buffer_type = arg->type == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
		to->buffer = (void *)(uintptr_t)arg->p;
		to->buffer_length = arg->n;
	}
}

static enum err execute(struct db *db, const struct sql *sql, const struct db_arg *args, MYSQL_STMT **ret_stmt)
{
	struct binds b = {0};
	enum err e = prepare(db, sql, ret_stmt);

	if (e != ERR_OK)
		return e;
	for (; args->type; args++) {
		assert(b.count < ARGS_MAX && sql->in[b.count] && (args->type == '0' || args->type == sql->in[b.count]));
		bind_arg(&b, args);
	}
	assert(strlen(sql->in) == b.count);
	if (b.count && mysql_stmt_bind_param(*ret_stmt, b.bind) != 0)
		return fail_stmt(db, *ret_stmt, sql);
	if (mysql_stmt_execute(*ret_stmt) != 0)
		return fail_stmt(db, *ret_stmt, sql);
	return ERR_OK;
}

enum err db_exec_args(struct db *db, const struct sql *sql, const struct db_arg *args)
{
	MYSQL_STMT *stmt;
	enum err e = execute(db, sql, args, &stmt);

	if (e != ERR_OK)
		return e;
	assert(!*sql->out);
	db->changed = (int64_t)mysql_stmt_affected_rows(stmt);
	db->last_id = (int64_t)mysql_stmt_insert_id(stmt);
	return ERR_OK;
}

struct row {
	MYSQL_BIND bind[COLUMNS_MAX];
	int64_t number[COLUMNS_MAX];
	MYSQL_TIME day[COLUMNS_MAX];
	unsigned long length[COLUMNS_MAX];
	my_bool null[COLUMNS_MAX], cut[COLUMNS_MAX];
	size_t count;
};

static bool fits(char type, enum field_type field)
{
	switch (type) {
	case 'i': return field == FIELD_INT || field == FIELD_TIME || field == FIELD_BOOL;
	case 's': return field == FIELD_TEXT;
	case 'b': return field == FIELD_BYTES;
	case 'd': return field == FIELD_DAY;
	default: return false;
	}
}

/* Texts and bytes are fetched in two steps: first the length, with no room, then into the arena. */
static void bind_row(struct row *row, const struct sql *sql, const struct shape *shape)
{
	row->count = strlen(sql->out);
	assert(row->count == shape->count && row->count <= COLUMNS_MAX);
	for (size_t i = 0; i < row->count; i++) {
		MYSQL_BIND *b = &row->bind[i];

		assert(fits(sql->out[i], shape->field[i].type));
		b->is_null = &row->null[i];
		b->length = &row->length[i];
		b->error = &row->cut[i];
		if (sql->out[i] == 'i') {
			b->buffer_type = MYSQL_TYPE_LONGLONG;
			b->buffer = &row->number[i];
		} else if (sql->out[i] == 'd') {
			b->buffer_type = MYSQL_TYPE_DATE;
			b->buffer = &row->day[i];
		} else
			b->buffer_type = sql->out[i] == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
	}
}

static bool fetch_bytes(struct db *db, MYSQL_STMT *stmt, struct row *row, size_t i, struct bytes *ret)
{
	MYSQL_BIND b = row->bind[i];
	unsigned char *at = arena_alloc(db->arena, row->length[i] + 1);

	b.buffer = at;
	b.buffer_length = row->length[i];
	*ret = (struct bytes){at, row->length[i]};
	return row->length[i] == 0 || mysql_stmt_fetch_column(stmt, &b, (unsigned)i, 0) == 0;
}

static bool take_column(struct db *db, MYSQL_STMT *stmt, struct row *row, size_t i, const struct field *f, void *base)
{
	const MYSQL_TIME *day = &row->day[i];
	struct bytes b;

	if (row->null[i]) {
		field_clear(f, base);
		return true;
	}
	switch (f->type) {
	case FIELD_BOOL: *FIELD_PTR(f, base, bool) = row->number[i] != 0; return true;
	case FIELD_INT:
	case FIELD_TIME: *FIELD_PTR(f, base, int64_t) = row->number[i]; return true;
	case FIELD_DAY:
		*FIELD_PTR(f, base, struct date) = (struct date){
			(int16_t)day->year, (int8_t)day->month, (int8_t)day->day};
		return true;
	default: break;
	}
	if (!fetch_bytes(db, stmt, row, i, &b))
		return false;
	if (f->type == FIELD_TEXT)
		*FIELD_PTR(f, base, const char *) = (const char *)b.at;
	else
		*FIELD_PTR(f, base, struct bytes) = b;
	return true;
}

static enum err take_row(
	struct db *db, MYSQL_STMT *stmt, const struct sql *sql, struct row *row, const struct shape *shape, void *base)
{
	int got = mysql_stmt_fetch(stmt);

	if (got == MYSQL_NO_DATA)
		return ERR_NOT_FOUND;
	if (got == 1)
		return fail_stmt(db, stmt, sql);
	for (size_t i = 0; i < row->count; i++)
		if (!take_column(db, stmt, row, i, &shape->field[i], base))
			return fail_stmt(db, stmt, sql);
	return ERR_OK;
}

static enum err open_result(struct db *db, const struct sql *sql, const struct shape *shape, const struct db_arg *args,
	struct row *row, MYSQL_STMT **ret_stmt)
{
	enum err e = execute(db, sql, args, ret_stmt);

	if (e != ERR_OK)
		return e;
	bind_row(row, sql, shape);
	if (mysql_stmt_bind_result(*ret_stmt, row->bind) != 0 || mysql_stmt_store_result(*ret_stmt) != 0)
		return fail_stmt(db, *ret_stmt, sql);
	return ERR_OK;
}

enum err db_one_args(
	struct db *db, const struct sql *sql, const struct shape *shape, void *ret_row, const struct db_arg *args)
{
	struct row row = {0};
	MYSQL_STMT *stmt;
	enum err e = open_result(db, sql, shape, args, &row, &stmt);

	if (e != ERR_OK)
		return e;
	assert(mysql_stmt_num_rows(stmt) <= 1);
	e = take_row(db, stmt, sql, &row, shape, ret_row);
	mysql_stmt_free_result(stmt);
	return e;
}

enum err db_all_args(struct db *db, const struct sql *sql, const struct shape *shape, struct list *ret_list,
	const struct db_arg *args)
{
	struct row row = {0};
	MYSQL_STMT *stmt;
	enum err e = open_result(db, sql, shape, args, &row, &stmt);
	struct list list = {0};
	size_t n;

	if (e != ERR_OK)
		return e;
	n = (size_t)mysql_stmt_num_rows(stmt);
	list.at = arena_array(db->arena, n ? n : 1, shape->size);
	for (; list.count < n && e == ERR_OK; list.count++)
		e = take_row(db, stmt, sql, &row, shape, (char *)list.at + list.count * shape->size);
	mysql_stmt_free_result(stmt);
	if (e == ERR_OK)
		*ret_list = list;
	return e;
}

enum err db_check(struct db *db, const struct sql *sql)
{
	MYSQL_STMT *stmt = NULL;
	enum err e = prepare(db, sql, &stmt);

	if (e != ERR_OK)
		return e;
	if (mysql_stmt_param_count(stmt) == strlen(sql->in) && mysql_stmt_field_count(stmt) == strlen(sql->out))
		return ERR_OK;
	snprintf(db->error, sizeof db->error, "signature %s/%s does not fit", sql->in, sql->out);
	return ERR_INTERNAL;
}

enum err db_script(struct db *db, const char *text)
{
	enum err e = db->connected ? ERR_OK : connect_now(db);
	int more = 0;

	if (e == ERR_OK)
		e = query(db, text);
	while (e == ERR_OK && more == 0) {
		MYSQL_RES *result = mysql_store_result(&db->mysql);

		if (result)
			mysql_free_result(result);
		more = mysql_next_result(&db->mysql);
		if (more > 0)
			e = fail_mysql(db, text);
	}
	return e;
}

enum err db_rows_out(struct db *db, const char *text, db_take take, void *arg)
{
	struct bytes cells[COLUMNS_MAX];
	enum err e = query(db, text);
	MYSQL_RES *result = e == ERR_OK ? mysql_use_result(&db->mysql) : NULL;
	size_t n = result ? mysql_num_fields(result) : 0;
	MYSQL_ROW row;

	assert(n <= COLUMNS_MAX);
	while (e == ERR_OK && result && (row = mysql_fetch_row(result))) {
		const unsigned long *length = mysql_fetch_lengths(result);

		for (size_t i = 0; i < n; i++)
			cells[i] = (struct bytes){(const unsigned char *)row[i], length[i]};
		if (!take(arg, cells, n))
			e = ERR_INTERNAL;
	}
	if (e == ERR_OK && mysql_errno(&db->mysql))
		e = fail_mysql(db, text);
	if (result)
		mysql_free_result(result);
	return e;
}

/* One column of all rows, as the library wants an array of values. */
static void bind_column(struct arena *a, MYSQL_BIND *to, const struct bytes *cell, size_t step, size_t rows)
{
	const void **at = arena_array(a, rows, sizeof *at);
	unsigned long *length = arena_array(a, rows, sizeof *length);
	char *known = arena_array(a, rows, sizeof *known);

	for (size_t k = 0; k < rows; k++, cell += step) {
		at[k] = cell->at;
		length[k] = cell->len;
		known[k] = cell->at ? STMT_INDICATOR_NONE : STMT_INDICATOR_NULL;
	}
	to->buffer_type = MYSQL_TYPE_BLOB;
	to->buffer = (void *)at;
	to->length = length;
	to->u.indicator = known;
}

enum err db_rows_in(struct db *db, const char *insert, const struct bytes *cells, size_t columns, size_t rows)
{
	const struct sql said = {insert, "", ""};
	struct arena *a CLEANUP(arena_done) = arena_new();
	MYSQL_BIND *bind = arena_array(a, columns, sizeof *bind);
	MYSQL_STMT *stmt = mysql_stmt_init(&db->mysql);
	unsigned count = (unsigned)rows;
	enum err e = ERR_OK;

	assert(stmt && rows);
	for (size_t i = 0; i < columns; i++)
		bind_column(a, &bind[i], cells + i, columns, rows);
	if (mysql_stmt_attr_set(stmt, STMT_ATTR_ARRAY_SIZE, &count) != 0 ||
		mysql_stmt_prepare(stmt, insert, strlen(insert)) != 0 || mysql_stmt_bind_param(stmt, bind) != 0 ||
		mysql_stmt_execute(stmt) != 0)
		e = fail_stmt(db, stmt, &said);
	mysql_stmt_close(stmt);
	return e;
}
