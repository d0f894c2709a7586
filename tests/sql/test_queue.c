/* The lists of cases against thousands of them: by their index, without sorting, a page from the middle as cheap as the
 * first.  The rows live in a transaction that is rolled back. */
#include "../unit/unit.h"

#include <stdlib.h>

#include "domain/queue.h"
#include "io/db.h"

enum { CASES = 20000, PAGE = 50, FIRST = 1000000000, OWNER = -7 };

/* What EXPLAIN says, column by column. */
struct plan {
	int64_t id;
	const char *select_type, *table, *type, *possible, *key, *key_len, *ref;
	int64_t rows;
	const char *extra;
};
#define P_TEXT(m) TEXT(struct plan, m, #m, 0, 0, NULL)
static const struct field plan_fields[] = {
	INT(struct plan, id, "id", 0, 0),
	P_TEXT(select_type),
	P_TEXT(table),
	P_TEXT(type),
	P_TEXT(possible),
	P_TEXT(key),
	P_TEXT(key_len),
	P_TEXT(ref),
	INT(struct plan, rows, "rows", 0, 0),
	P_TEXT(extra),
};
static const struct shape plan_shape = SHAPE(struct plan, plan_fields);

static struct config config;
static struct db *db;

static void must(enum err e)
{
	if (e != ERR_OK)
		fail_msg("%s", db_error(db));
}

static int fill(void **state)
{
	struct faults faults;

	unit_setup(state);
	faults_init(&faults, mem);
	if (config_load(getenv("ZHENGYIN_CONF"), &config, &faults) != ERR_OK)
		return -1;
	db = db_new_admin(&config);
	db_use_arena(db, mem);
	must(db_script(db, arena_printf(mem, "USE `%s`; SET SESSION max_statement_time=600, foreign_key_checks=0",
				   config.db_name)));
	must(db_begin(db));
	must(db_script(db,
		arena_printf(mem,
			"INSERT INTO application (no, account_id, service, holder, channel, catalog_version, state, version, data_sealed, created_at, updated_at, "
			"state_at) SELECT CONCAT('T', seq), %d, 'new', 'org', 'post', 't', 'submitted', 1, '', %d, %d+seq, %d+seq FROM seq_1_to_%d",
			OWNER, FIRST, FIRST, FIRST, CASES)));
	return 0;
}

static int empty(void **state)
{
	db_rollback(db);
	db_free(db);
	return unit_teardown(state);
}

/* The statement of queue.c with this text in it, and without that. */
static const struct sql *statement(const char *with, const char *without)
{
	assert_non_null(queue_query_shape.field);
	for (const struct sql_table *t = sql_tables; t; t = t->next)
		for (size_t i = 0; strcmp(t->name, "queue") == 0 && i < t->count; i++)
			if (strstr(t->sql[i].text, with) && !(without && strstr(t->sql[i].text, without)))
				return &t->sql[i];
	fail_msg("no statement with %s", with);
	return NULL;
}

static struct sql *prefixed(const char *word, const struct sql *s, const char *out)
{
	struct sql *made = arena_alloc(mem, sizeof *made);

	*made = (struct sql){arena_printf(mem, "%s%s", word, s->text), s->in, out};
	return made;
}

static const struct plan *plan_of_cases(const struct list *rows)
{
	const struct plan *p = rows->at;

	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(p[i].table, "a") == 0)
			return &p[i];
	fail_msg("no row for the cases");
	return NULL;
}

static void plan_is(const struct list *rows, const char *key)
{
	const struct plan *p = plan_of_cases(rows);

	assert_string_equal(p->key, key);
	assert_null(p->extra ? strstr(p->extra, "filesort") : NULL);
	assert_null(p->extra ? strstr(p->extra, "temporary") : NULL);
}

static void queue_goes_by_its_index(void **state)
{
	const struct sql *s = statement("a.state<=?", "NOT EXISTS");
	struct list rows;

	(void)state;
	must(db_all(db, prefixed("EXPLAIN ", s, "isssssssis"), &plan_shape, &rows, S("submitted"), S("submitted"), I(0),
		I(0), I(0), I(PAGE)));
	plan_is(&rows, "application_queue");
	must(db_all(db, prefixed("EXPLAIN ", s, "isssssssis"), &plan_shape, &rows, S("submitted"), S("submitted"),
		I(FIRST + CASES / 2), I(FIRST + CASES / 2), I(5), I(PAGE)));
	plan_is(&rows, "application_queue");
	assert_string_equal(plan_of_cases(&rows)->type, "range");
}

static void other_lists_go_by_theirs(void **state)
{
	struct list rows;

	(void)state;
	must(db_all(db, prefixed("EXPLAIN ", statement("a.account_id=?", NULL), "isssssssis"), &plan_shape, &rows,
		I(OWNER), I(INT64_MAX), I(PAGE)));
	plan_is(&rows, "application_owner");
	must(db_all(db, prefixed("EXPLAIN ", statement("a.no=?", NULL), "isssssssis"), &plan_shape, &rows, S("T7")));
	plan_is(&rows, "no");
}

/* Index entries looked at for one page. */
static int64_t looked_at(int64_t at, int64_t id)
{
	static const struct sql count = {
		"SELECT CAST(SUM(VARIABLE_VALUE) AS INT) FROM information_schema.SESSION_STATUS "
		"WHERE VARIABLE_NAME IN ('HANDLER_READ_NEXT','HANDLER_READ_KEY','HANDLER_ICP_ATTEMPTS')",
		"", "i"};
	const struct sql *s = statement("a.state<=?", "NOT EXISTS");
	struct sql ids = {arena_printf(mem, "SELECT COUNT(*) FROM (%s) page", s->text), s->in, "i"};
	struct sql *kept = arena_alloc(mem, sizeof *kept);
	struct db_int rows, before, after;

	*kept = ids;
	must(db_one(db, &count, &db_int_shape, &before)); /* FLUSH STATUS would commit what is to be rolled back */
	must(db_one(db, kept, &db_int_shape, &rows, S("submitted"), S("submitted"), I(at), I(at), I(id), I(PAGE)));
	assert_int_equal(rows.value, PAGE);
	must(db_one(db, &count, &db_int_shape, &after));
	return after.value - before.value;
}

static void deep_page_is_not_walked_to(void **state)
{
	(void)state;
	assert_in_range(looked_at(0, 0), PAGE, PAGE * 6);
	assert_in_range(looked_at(FIRST + CASES / 2, 5), PAGE, PAGE * 6);
	assert_in_range(looked_at(FIRST + CASES - PAGE, INT64_MAX), PAGE, PAGE * 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queue_goes_by_its_index),
		cmocka_unit_test(other_lists_go_by_theirs),
		cmocka_unit_test(deep_page_is_not_walked_to),
	};

	return cmocka_run_group_tests(tests, fill, empty);
}
