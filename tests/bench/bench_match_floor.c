/* The floor below the matching of a line: the same rows read and written by prepared statements and one commit a line, when
 * nothing is deciphered, decided, audited or told.  In a database of its own (match.js).
 *   bench_match_floor SOCKET USER PASSWORD-FILE DATABASE      prints milliseconds a line */
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES = 1000 };

/* What a line costs at least: read it, find its case, lock both, write both, the payment, the books. */
static const char *const texts[] = {
	"SELECT amount_fen, payer_name, remark, payer_account_sealed FROM bank_line WHERE id=?",
	"SELECT id, owing_fen, data_sealed FROM application WHERE id=?",
	"SELECT amount_fen, version FROM bank_line WHERE id=? FOR UPDATE",
	"SELECT id, version, data_sealed FROM application WHERE id=? FOR UPDATE",
	"UPDATE bank_line SET allotted_fen=amount_fen, version=version+1 WHERE id=?",
	"INSERT INTO payment (application_id, method, bank_serial, payer_name, payer_right, amount_fen, value_date, at) SELECT ?, "
	"'alipay', UUID(), 'x', 1, 60000, CURRENT_DATE, 0",
	"INSERT INTO ledger (at, day, kind, debit, credit, fen, application_id) SELECT 0, CURRENT_DATE, 'allotted', 'loose', 'case', 60000, ?",
	"UPDATE application SET paid_fen=paid_fen+1, version=version+1, data_sealed=REVERSE(data_sealed) WHERE id=?",
};
enum { STATEMENTS = sizeof texts / sizeof *texts, READS = 2 };

static MYSQL db;
static MYSQL_STMT *stmt[STATEMENTS];

static int stop(const char *what)
{
	fprintf(stderr, "bench_match_floor: %s: %s\n", what, mysql_error(&db));
	return 1;
}

static int begin(char **argv)
{
	char password[200] = "";
	FILE *f = fopen(argv[3], "r");

	if (!f || !fgets(password, sizeof password, f))
		return 0;
	fclose(f);
	password[strcspn(password, "\n")] = '\0';
	mysql_init(&db);
	mysql_options(&db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (!mysql_real_connect(&db, "localhost", argv[2], password, argv[4], 0, argv[1], 0))
		return 0;
	mysql_autocommit(&db, 0);
	for (int i = 0; i < STATEMENTS; i++) {
		stmt[i] = mysql_stmt_init(&db);
		if (!stmt[i] || mysql_stmt_prepare(stmt[i], texts[i], strlen(texts[i])) != 0)
			return 0;
	}
	return 1;
}

static int run(MYSQL_STMT *s, long long id)
{
	MYSQL_BIND in = {.buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &id};

	if (mysql_stmt_bind_param(s, &in) != 0 || mysql_stmt_execute(s) != 0)
		return 0;
	return mysql_stmt_field_count(s) == 0 || (mysql_stmt_store_result(s) == 0 && mysql_stmt_free_result(s) == 0);
}

static int line(long long id)
{
	for (int i = 0; i < STATEMENTS; i++) {
		if (!run(stmt[i], id))
			return 0;
		if (i == READS - 1 && mysql_commit(&db) != 0)
			return 0;
	}
	return mysql_commit(&db) == 0;
}

int main(int argc, char **argv)
{
	struct timespec from, to;

	if (argc != 5 || !begin(argv))
		return stop("does not begin");
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long long id = 1; id <= LINES; id++)
		if (!line(id))
			return stop("a line");
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%.4f\n", ((double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6) / LINES);
	mysql_close(&db);
	return 0;
}
