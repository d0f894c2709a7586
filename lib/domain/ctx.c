#include "domain/ctx.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/application_data.h"
#include "domain/audit.h"

enum { CALENDAR_FRESH_S = 60 };

const char *const actor_words[] = {"nobody", "applicant", "staff", "machine", NULL};

enum { CALENDAR_ALL };
static const struct sql sql[] = {
	[CALENDAR_ALL] = {"SELECT day, kind FROM calendar_day ORDER BY day", "", "ds"},
};
SQL_TABLE(ctx);

struct calendar_sql_row {
	struct date day;
	const char *kind;
};
static const struct field calendar_fields[] = {
	DAY(struct calendar_sql_row, day, "day"),
	TEXT(struct calendar_sql_row, kind, "kind", 0, 0, NULL),
};
static const struct shape calendar_shape = SHAPE(struct calendar_sql_row, calendar_fields);

static void stop_if(bool wrong, const char *what, const struct faults *faults)
{
	if (!wrong)
		return;
	for (size_t i = 0; i < faults->count; i++)
		log_at(LOG_ERROR, "%s: %s", faults->at[i].pointer, faults->at[i].detail);
	log_at(LOG_ERROR, "cannot start: %s", what);
	exit(1);
}

struct house *house_open(const char *program)
{
	struct arena *a = arena_new();
	struct house *h = arena_alloc(a, sizeof *h);
	const char *path = config_path();
	const struct config *config = &h->config;
	struct faults faults;

	log_init(program);
	faults_init(&faults, a);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* keys and papers of applicants would stand in it */
	h->arena = a;
	stop_if(!path, "ZHENGYIN_CONF does not name the config file", &faults);
	stop_if(config_load(path, &h->config, &faults) != ERR_OK, path, &faults);
	stop_if(keyring_load(&h->master, config->secret_dir) != ERR_OK ||
			crypto_key_load(config->secret_dir, "index.key", &h->index) != ERR_OK ||
			crypto_key_load(config->secret_dir, "csrf.key", &h->csrf) != ERR_OK ||
			crypto_key_load(config->secret_dir, "audit.key", &h->audit) != ERR_OK ||
			crypto_key_load(config->secret_dir, "form.key", &h->form) != ERR_OK,
		"secrets", &faults);
	stop_if(catalog_load(a, config->catalog_file, config->catalog_schema, &application_data_shape, &faults,
			&h->catalog) != ERR_OK,
		config->catalog_file, &faults);
	h->db = db_new(config, program);
	calendar_init(&h->calendar);
	return h;
}

void house_close(struct house *h)
{
	struct arena *a;

	if (!h)
		return;
	db_free(h->db);
	keyring_close(&h->master);
	a = h->arena;
	arena_free(a);
}

void ctx_init(struct ctx *c, struct house *h, struct arena *a, int64_t now)
{
	*c = (struct ctx){.house = h, .db = h->db, .arena = a, .now = now, .actor = {.addr = ""}};
	faults_init(&c->faults, a);
	db_use_arena(h->db, a);
}

static void wait_before_try(int n)
{
	struct timespec t = {0, 3000000L << n}; /* 6, 12, 24 … ms */

	nanosleep(&t, NULL);
}

static enum err try_once(struct ctx *c, enum err (*work)(struct ctx *c, void *arg), void *arg)
{
	enum err e = db_begin(c->db);

	if (e == ERR_OK)
		e = work(c, arg);
	if (e == ERR_OK)
		e = audit_flush(c);
	if (e == ERR_OK)
		e = db_commit(c->db);
	if (e != ERR_OK)
		db_rollback(c->db);
	return e;
}

enum err ctx_tx(struct ctx *c, enum err (*work)(struct ctx *c, void *arg), void *arg)
{
	size_t faults = c->faults.count;
	struct audit_entry *audit = c->audit;
	enum err e = ERR_BUSY;

	for (int n = 0; n < CTX_TRIES && e == ERR_BUSY; n++) {
		if (n)
			wait_before_try(n);
		c->faults.count = faults;
		c->audit = audit;
		c->say = NULL;
		e = try_once(c, work, arg);
	}
	return e;
}

enum err ctx_say(struct ctx *c, enum err e, const char *format, ...)
{
	char *text;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_alloc(c->arena, (size_t)(n < 0 ? 0 : n) + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)(n < 0 ? 0 : n) + 1, format, args);
	va_end(args);
	c->say = text;
	return e;
}

struct bytes ctx_seal(struct ctx *c, const char *place, const char *text)
{
	return keyring_seal(c->arena, &c->house->master, place, text, strlen(text));
}

enum err ctx_open(struct ctx *c, const char *place, struct bytes sealed, const char **ret_text)
{
	struct bytes plain;
	enum err e = keyring_open(c->arena, &c->house->master, place, sealed, &plain);

	if (e != ERR_OK) {
		log_at(LOG_ERROR, "a sealed value of %s does not open", place);
		return e;
	}
	*ret_text = (const char *)plain.at;
	return ERR_OK;
}

struct bytes ctx_index(struct ctx *c, const char *kind, const char *text)
{
	return crypto_index(c->arena, &c->house->index, kind, text);
}

enum err ctx_calendar(struct ctx *c, const struct calendar **ret_calendar)
{
	struct house *h = c->house;
	struct list rows;
	enum err e;

	if (h->calendar_read_at && c->now - h->calendar_read_at < CALENDAR_FRESH_S && c->now >= h->calendar_read_at) {
		*ret_calendar = &h->calendar;
		return ERR_OK;
	}
	e = db_all(c->db, &sql[CALENDAR_ALL], &calendar_shape, &rows);
	if (e != ERR_OK)
		return e;
	calendar_init(&h->calendar);
	for (size_t i = 0; i < rows.count; i++) {
		const struct calendar_sql_row *r = &((const struct calendar_sql_row *)rows.at)[i];

		calendar_add(&h->calendar, r->day,
			text_eq(r->kind, "work")  ? CALENDAR_WORK
			: text_eq(r->kind, "off") ? CALENDAR_OFF
						  : CALENDAR_PLAIN);
	}
	h->calendar_read_at = c->now;
	*ret_calendar = &h->calendar;
	return ERR_OK;
}
