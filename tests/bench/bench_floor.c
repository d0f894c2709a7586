/* The floor below the case-status endpoint: what libfcgi, one prepared SELECT of the same row and cJSON cost when nothing
 * else is done, no session, no permission, no log.  `make bench` puts it behind the same nginx configuration.
 *   spawn-fcgi … -- bench_floor SOCKET USER PASSWORD-FILE DATABASE */
#include <cjson/cJSON.h>
#include <fcgiapp.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 20, NUMBERS = 6, TEXT_MAX = 16384 };

static const char select_case[] =
	"SELECT id, version, amount_fen, created_at, updated_at, submitted_at, no, service, holder, channel, catalog_version, state, unit_name, "
	"uscc, delivery_mode, review_due, due, correct_until, close_text, data_sealed FROM application WHERE no=?";
static const char *const names[COLUMNS] = {
	"id",
	"version",
	"amount_fen",
	"created_at",
	"updated_at",
	"submitted_at",
	"no",
	"service",
	"holder",
	"channel",
	"catalog_version",
	"state",
	"unit_name",
	"uscc",
	"delivery_mode",
	"review_due",
	"due",
	"correct_until",
	"close_text",
	"data",
};

static long long number[NUMBERS];
static char text[COLUMNS][TEXT_MAX];
static unsigned long length[COLUMNS];
static my_bool null[COLUMNS], cut[COLUMNS];

static int stop(const char *what)
{
	fprintf(stderr, "bench_floor: %s\n", what);
	return 1;
}

static MYSQL_STMT *open_database(MYSQL *db, char **argv)
{
	char password[200] = "";
	FILE *f = fopen(argv[3], "r");
	MYSQL_STMT *stmt;

	if (!f || !fgets(password, sizeof password, f))
		return NULL;
	fclose(f);
	password[strcspn(password, "\n")] = '\0';
	mysql_init(db);
	mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (!mysql_real_connect(db, "localhost", argv[2], password, argv[4], 0, argv[1], 0))
		return NULL;
	stmt = mysql_stmt_init(db);
	return stmt && mysql_stmt_prepare(stmt, select_case, sizeof select_case - 1) == 0 ? stmt : NULL;
}

static void bind_columns(MYSQL_BIND *bind)
{
	for (int i = 0; i < COLUMNS; i++) {
		bind[i].is_null = &null[i];
		bind[i].error = &cut[i];
		bind[i].length = &length[i];
		bind[i].buffer_type = i < NUMBERS ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
		bind[i].buffer = i < NUMBERS ? (void *)&number[i] : text[i];
		bind[i].buffer_length = TEXT_MAX - 1;
	}
}

static int fetch(MYSQL_STMT *stmt, const char *no)
{
	MYSQL_BIND in = {.buffer_type = MYSQL_TYPE_STRING, .buffer = (void *)(size_t)no, .buffer_length = strlen(no)},
		   out[COLUMNS];
	int got;

	memset(out, 0, sizeof out);
	bind_columns(out);
	if (mysql_stmt_bind_param(stmt, &in) != 0 || mysql_stmt_execute(stmt) != 0 ||
		mysql_stmt_bind_result(stmt, out) != 0)
		return -1;
	got = mysql_stmt_fetch(stmt);
	mysql_stmt_free_result(stmt);
	return got == 1 ? -1 : got == MYSQL_NO_DATA ? 0 : 1;
}

static char *print_case(void)
{
	cJSON *o = cJSON_CreateObject();
	char *out;

	for (int i = 0; i < COLUMNS - 1; i++) {
		text[i][length[i] < TEXT_MAX ? length[i] : TEXT_MAX - 1] = '\0';
		if (null[i])
			cJSON_AddNullToObject(o, names[i]);
		else if (i < NUMBERS)
			cJSON_AddNumberToObject(o, names[i], (double)number[i]);
		else
			cJSON_AddStringToObject(o, names[i], text[i]);
	}
	cJSON_AddNumberToObject(o, names[COLUMNS - 1], (double)length[COLUMNS - 1]);
	out = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	return out;
}

int main(int argc, char **argv)
{
	FCGX_Request request;
	MYSQL db;
	MYSQL_STMT *stmt = argc == 5 ? open_database(&db, argv) : NULL;

	if (!stmt)
		return stop("no database");
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return stop("no FastCGI socket");
	while (FCGX_Accept_r(&request) == 0) {
		const char *uri = FCGX_GetParam("DOCUMENT_URI", request.envp), *no = uri ? strrchr(uri, '/') : NULL;
		int found = no ? fetch(stmt, no + 1) : 0;
		char *body = found == 1 ? print_case() : NULL;

		if (body)
			FCGX_FPrintF(request.out,
				"Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
				(int)strlen(body), body);
		else
			FCGX_FPrintF(request.out, "Status: %s\r\n\r\n", found == 0 ? "404 Not Found" : "503 Not Now");
		free(body);
		FCGX_Finish_r(&request);
	}
	mysql_stmt_close(stmt);
	mysql_close(&db);
	return 0;
}
