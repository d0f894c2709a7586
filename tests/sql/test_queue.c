/* The lists of cases against thousands of them, all to be kept by the same day: every statement by its index, without
 * sorting, a page from the middle as cheap as the first, both ways.  The rows live in a transaction that is rolled back. */
#include "../unit/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "domain/queue_find.h"
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

struct names {
	const char *no, *name;
};
static const struct field names_fields[] = {
	TEXT(struct names, no, "no", 0, 0, NULL), TEXT(struct names, name, "name", 0, 0, NULL)};
static const struct shape names_shape = SHAPE(struct names, names_fields);

static struct config config;
static struct db *db;
static struct db_int mid; /* a case in the middle of them */
static const struct sql middle = {
	"SELECT MIN(id)+(MAX(id)-MIN(id)) DIV 2 FROM application WHERE account_id=?", "i", "i"};

/* Another use of the tables between two of a statement, which reads whole rows. */
static const struct sql whole_row = {
	"SELECT a.no, g.name FROM application a JOIN gate g ON g.application_id=a.id WHERE a.id=?", "i", "ss"};

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
			"state_at, review_due, branch, unit_key, uscc, claim_by, claim_until) "
			"SELECT CONCAT('T', seq), %d, IF(seq %% 2, 'new', 'renew'), 'org', IF(seq %% 3, 'post', 'counter'), 't', 'submitted', 1, '', "
			"%d, %d+seq, %d+seq, '2026-11-24', 'here', CONCAT('unit', seq), '91440101MA59A1B2XK', IF(seq %% 500, NULL, -7), 2000000000 "
			"FROM seq_1_to_%d",
			OWNER, FIRST, FIRST, FIRST, CASES)));
	must(db_script(db,
		"INSERT INTO gate (application_id, name, asked, waits, lane) SELECT id, 'money', 1, 1, lane FROM application WHERE account_id=-7"));
	must(db_one(db, &middle, &db_int_shape, &mid, I(OWNER)));
	return 0;
}

static int empty(void **state)
{
	db_rollback(db);
	db_free(db);
	return unit_teardown(state);
}

/* The table of statements of a file. */
static const struct sql_table *table(const char *name)
{
	assert_non_null(queues[0].word); /* and with it the file is there */
	for (const struct sql_table *t = sql_tables; t; t = t->next)
		if (strcmp(t->name, name) == 0)
			return t;
	fail_msg("no statements of %s", name);
	return NULL;
}

/* The statement of a file that begins or goes on like this; how many of it come before. */
static const struct sql *statement(const char *file, const char *with, const char *order)
{
	const struct sql_table *t = table(file);

	for (size_t i = 0; i < t->count; i++)
		if (strstr(t->sql[i].text, with) && strstr(t->sql[i].text, order))
			return &t->sql[i];
	fail_msg("no statement of %s with %s %s", file, with, order);
	return NULL;
}

static struct sql *prefixed(const char *word, const struct sql *s, const char *out)
{
	struct sql *made = arena_alloc(mem, sizeof *made);

	*made = (struct sql){arena_printf(mem, "%s%s", word, s->text), s->in, out};
	return made;
}

/* What each kind of place of a list statement is asked with, from the middle of all. */
static struct db_arg argument(const char *text, size_t n, char type)
{
	static const char *const words[] = {"queue", "lane", "branch", "name", NULL};
	static const char *const values[] = {"submitted", "new.org.post", "here", "money"};
	const char *at = text, *from;
	char column[16] = "";
	size_t k = 0;

	for (size_t i = 0; i <= n; i++)
		at = strchr(at, '?') + 1;
	for (from = at - 1; from > text && strchr("?<>=", *from); from--)
		;
	for (; from > text && ((*from >= 'a' && *from <= 'z') || *from == '_'); from--)
		k++;
	memcpy(column, from + 1, k < 15 ? k : 15);
	for (size_t i = 0; words[i]; i++)
		if (strcmp(column, words[i]) == 0)
			return S(values[i]);
	if (strstr(text, "WHERE keep_day<?")) /* other tests leave late cases behind; before this day is nothing */
		return D(((struct date){1900, 1, 1}));
	if (strcmp(column, "no") == 0)
		return S("T7");
	if (strcmp(column, "account_id") == 0)
		return I(OWNER);
	if (type == 's')
		return strcmp(column, "uscc") == 0 ? S("91440101MA59A1B2XK") : S("unit1%");
	if (type == 'd')
		return strncmp(at - 2, "=?", 2) == 0 && at[-3] == '<'	? D(((struct date){2199, 12, 31}))
		       : strncmp(at - 2, "=?", 2) == 0 && at[-3] == '>' ? D(((struct date){1900, 1, 1}))
									: D(((struct date){2026, 11, 24}));
	if (strcmp(column, "claim_by") == 0)
		return I(OWNER);
	if (strcmp(column, "claim_until") == 0)
		return I(0);
	if (strcmp(column, "state_at") == 0)
		return I(FIRST + (strncmp(at - 3, ">=?", 3) == 0 && !strstr(text, "SELECT 999") ? 0 : CASES / 2));
	return strcmp(column, "IMIT ") == 0 || !*at ? I(PAGE) : I(mid.value);
}

static const struct db_arg *arguments(const struct sql *s)
{
	struct db_arg *arg = arena_alloc(mem, 16 * sizeof *arg);
	size_t n = strlen(s->in);

	assert_in_range(n, 0, 15);
	for (size_t i = 0; i < n; i++)
		arg[i] = argument(s->text, i, s->in[i]);
	return arg;
}

/* EXPLAIN of a statement, to be executed as often as wanted; prepared anew each time when the statement is. */
static struct sql *explain(const struct sql *s)
{
	size_t anew = strncmp(s->text, DB_ANEW, strlen(DB_ANEW)) == 0 ? strlen(DB_ANEW) : 0;
	struct sql rest = {s->text + anew, s->in, s->out};

	return prefixed(anew ? DB_ANEW "EXPLAIN " : "EXPLAIN ", &rest, "isssssssis");
}

/* The key by which the cases (a) or gates (g) are read; a sort or a table made on the way is a fault. */
static const char *key_of(const struct sql *s)
{
	const struct plan *p;
	struct list rows;

	must(db_all_args(db, explain(s), &plan_shape, &rows, arguments(s)));
	p = rows.at;
	for (size_t i = 0; i < rows.count; i++) {
		if (strcmp(p[i].select_type, "DEPENDENT SUBQUERY") == 0)
			continue;
		if (p[i].extra && (strstr(p[i].extra, "filesort") || strstr(p[i].extra, "temporary")))
			fail_msg("%s: %s", s->text, p[i].extra);
		if (strcmp(p[i].type, "ALL") == 0 || strcmp(p[i].type, "index") == 0)
			fail_msg("%s: reads all of %s", s->text, p[i].table);
	}
	return p[0].key;
}

/* Index entries looked at for one page. */
static int64_t looked_at(const struct sql *s, int64_t wanted)
{
	static const struct sql count = {
		"SELECT CAST(SUM(VARIABLE_VALUE) AS INT) FROM information_schema.SESSION_STATUS "
		"WHERE VARIABLE_NAME IN ('HANDLER_READ_NEXT','HANDLER_READ_PREV','HANDLER_READ_KEY','HANDLER_ICP_ATTEMPTS')",
		"", "i"};
	struct sql ids = {arena_printf(mem, "SELECT COUNT(*) FROM (%s) page", s->text), s->in, "i"};
	struct sql *kept = arena_alloc(mem, sizeof *kept);
	struct db_int rows, before, after;

	*kept = ids;
	must(db_one(db, &count, &db_int_shape, &before)); /* FLUSH STATUS would commit what is to be rolled back */
	must(db_one_args(db, kept, &db_int_shape, &rows, arguments(s)));
	if (rows.value < wanted)
		fail_msg("%s: %" PRId64 " rows", s->text, rows.value);
	must(db_one(db, &count, &db_int_shape, &after));
	return after.value - before.value;
}

/* Every list statement there is: from the middle on, and back from it. */
static void pages_are_jumped_to(void **state)
{
	const struct sql_table *t = table("queue_find");
	size_t pages = 0;

	(void)state;
	for (size_t i = 0; i < t->count; i++) {
		const struct sql *s = &t->sql[i];
		int64_t n;

		if (!strstr(s->text, "LIMIT ?") || strstr(s->text, "unit_key")) /* names have a test of their own */
			continue;
		key_of(s);
		n = looked_at(s, strstr(s->text, "claim_by=?") ? CASES / 500 : PAGE);
		if (n > PAGE * 6)
			fail_msg("%s: looks at %" PRId64 " entries for a page of %d", s->text, n, PAGE);
		pages++;
	}
	assert_in_range(pages, 27, 40);
}

/* Does the statement want no more than an index holds? */
static bool within_index(const struct sql *s)
{
	return strstr(s->text, "SELECT a.keep_day, a.id FROM") || strstr(s->text, "SELECT a.state_at, a.id FROM") ||
	       strstr(s->text, "SELECT g.application_id FROM") || strstr(s->text, "MIN(lane)") ||
	       strstr(s->text, "SELECT 999") || strstr(s->text, "COUNT(*) FROM");
}

/* Nor does it read the rows when it is executed again after another has used the table. */
static void rows_are_left_alone(const struct sql *s)
{
	struct sql *again = explain(s);
	struct list rows;

	for (int i = 0; i < 3; i++) {
		const struct plan *p;

		must(db_all_args(db, again, &plan_shape, &rows, arguments(s)));
		p = rows.at;
		if (!p->extra || !(strstr(p->extra, "Using index") || strstr(p->extra, "optimized away")) ||
			strstr(p->extra, "Using index condition"))
			fail_msg("%s: time %d: reads the rows: %s", s->text, i + 1, p->extra ? p->extra : "");
		must(db_all(db, &whole_row, &names_shape, &rows, I(mid.value)));
		assert_true(rows.count > 0);
	}
}

static void indexes_are_enough_each_time(void **state)
{
	static const char *const files[] = {"queue_find", "queue"};
	size_t found = 0;

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(files); f++) {
		const struct sql_table *t = table(files[f]);

		for (size_t i = 0; i < t->count; i++)
			if (within_index(&t->sql[i])) {
				rows_are_left_alone(&t->sql[i]);
				found++;
			}
	}
	assert_in_range(found, 41, 60);
}

/* The next lane that has cases is found by a jump over those of the one before. */
static void lanes_are_jumped_over(void **state)
{
	const struct sql_table *t = table("queue_find");
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < t->count; i++) {
		struct db_text lane;

		if (!strstr(t->sql[i].text, "MIN(lane)"))
			continue;
		assert_in_range(looked_at(&t->sql[i], 1), 1, 8);
		must(db_one_args(db, &t->sql[i], &db_text_shape, &lane, arguments(&t->sql[i])));
		assert_string_equal(lane.value, "new.org.post"); /* from itself on */
		found++;
	}
	assert_int_equal(found, 5);
}

/* No more than the index entries up to the last that counts. */
static void counts_stop(void **state)
{
	static const char *const of[] = {"WHERE queue=? LIMIT", "waits=1 LIMIT", "state_at>=? LIMIT"};

	(void)state;
	/* none is late: that is known without looking at those that are not */
	assert_in_range(looked_at(statement("queue", "keep_day<?", " LIMIT 998, 1"), 0), 0, 5);
	assert_in_range(looked_at(statement("queue", "keep_day<?", "COUNT"), 0), 0, 5);
	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		const struct sql *s = statement("queue", of[i], " LIMIT 998, 1");
		struct db_int n;

		key_of(s);
		assert_in_range(looked_at(s, 1), QUEUE_COUNT_MAX - 1, QUEUE_COUNT_MAX * 2);
		must(db_one_args(db, s, &db_int_shape, &n, arguments(s)));
		assert_int_equal(n.value, QUEUE_COUNT_MAX);
	}
}

static void other_lists_go_by_theirs(void **state)
{
	(void)state;
	assert_in_range(looked_at(statement("queue_row", "a.account_id>=?", ""), PAGE), PAGE, PAGE * 6);
	assert_string_equal(key_of(statement("queue_row", "a.account_id>=?", "")), "application_owner");
	assert_string_equal(key_of(statement("queue_find", "a.no=?", "")), "no");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_jumped_to),
		cmocka_unit_test(indexes_are_enough_each_time),
		cmocka_unit_test(lanes_are_jumped_over),
		cmocka_unit_test(counts_stop),
		cmocka_unit_test(other_lists_go_by_theirs),
	};

	return cmocka_run_group_tests(tests, fill, empty);
}
