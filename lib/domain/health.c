#include "domain/health.h"

#include <inttypes.h>
#include <sys/statvfs.h>

#include "io/confine.h"
#include "domain/clock.h"

enum { STATES, MESSAGES, JOBS, MESSAGES_DEAD, JOBS_DEAD };

static const struct sql sql[] = {
	[STATES] =
		{"SELECT state, COUNT(*) FROM application WHERE state NOT IN ('completed','withdrawn','rejected','expired') GROUP BY state",
			"", "si"},
	[MESSAGES] = {"SELECT COUNT(*) FROM outbox WHERE state='waiting'", "", "i"},
	[JOBS] = {"SELECT COUNT(*), COALESCE(MIN(created_at), 0) FROM job WHERE state='waiting' AND next_at<=?", "i",
		"ii"},
	[MESSAGES_DEAD] = {"SELECT COUNT(*) FROM outbox WHERE state IN ('dead','failed')", "", "i"},
	[JOBS_DEAD] = {"SELECT COUNT(*) FROM job WHERE state='dead'", "", "i"},
};
SQL_TABLE(health);

struct state_row {
	const char *state;
	int64_t count;
};
static const struct field state_fields[] = {
	TEXT(struct state_row, state, "state", 0, 0, NULL),
	INT(struct state_row, count, "count", 0, 0),
};
static const struct shape state_shape = SHAPE(struct state_row, state_fields);

struct job_row {
	int64_t count, oldest;
};
static const struct field job_fields[] = {
	INT(struct job_row, count, "count", 0, 0), TIME(struct job_row, oldest, "oldest")};
static const struct shape job_shape = SHAPE(struct job_row, job_fields);

static const char *disk_wrong(const struct config *config)
{
	struct statvfs st;

	if (statvfs(config->store_dir, &st) != 0)
		return "store_dir is not there";
	return (int64_t)(st.f_bavail * st.f_frsize) < config->store_low_bytes ? "free space below store_low_bytes"
									      : NULL;
}

static const char *calendar_note(struct ctx *c)
{
	const struct calendar *calendar;
	int missing;

	if (ctx_calendar(c, &calendar) != ERR_OK)
		return "cannot be read";
	missing = calendar_missing_year(calendar, date_of_moment(c->now));
	return missing ? arena_printf(c->arena, "year %d is missing", missing) : NULL;
}

bool health_checks(struct ctx *c, struct health_check ret_check[HEALTH_CHECKS])
{
	bool database = db_ready(c->db) == ERR_OK;
	const char *disk = disk_wrong(&c->house->config);

	ret_check[0] = (struct health_check){"database", database, database ? NULL : "no answer"};
	ret_check[1] = (struct health_check){"disk", !disk, disk};
	ret_check[2] = (struct health_check){"calendar", true, database ? calendar_note(c) : NULL};
	ret_check[3] = (struct health_check){"landlock", true,
		confine_landlock() ? NULL : "this kernel has none: uploads are decoded behind seccomp alone"};
	ret_check[4] = (struct health_check){
		"clock", true, clock_check(c) == ERR_OK ? NULL : "stepped: portalctl clock, portalctl clock accept"};
	return database && !disk;
}

static void gauge(struct str *s, const char *name, const char *help, int64_t value)
{
	str_addf(s, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRId64 "\n", name, help, name, name, value);
}

enum err health_metrics(struct ctx *c, struct str *ret_text)
{
	struct list states;
	struct db_int messages, messages_dead, jobs_dead;
	struct job_row jobs;
	enum err e = db_all(c->db, &sql[STATES], &state_shape, &states);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[MESSAGES], &db_int_shape, &messages);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[JOBS], &job_shape, &jobs, I(c->now));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[MESSAGES_DEAD], &db_int_shape, &messages_dead);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[JOBS_DEAD], &db_int_shape, &jobs_dead);
	if (e != ERR_OK)
		return e;
	str_add(ret_text, "# HELP zhengyin_applications Open cases by state.\n# TYPE zhengyin_applications gauge\n");
	for (size_t i = 0; i < states.count; i++) {
		const struct state_row *r = &((const struct state_row *)states.at)[i];

		str_addf(ret_text, "zhengyin_applications{state=\"%s\"} %" PRId64 "\n", r->state, r->count);
	}
	gauge(ret_text, "zhengyin_outbox_waiting", "Messages not yet sent.", messages.value);
	gauge(ret_text, "zhengyin_outbox_dead", "Messages that were refused, given up or did not arrive.",
		messages_dead.value);
	gauge(ret_text, "zhengyin_jobs_dead", "Jobs given up that nobody has seen to.", jobs_dead.value);
	gauge(ret_text, "zhengyin_jobs_due", "Jobs whose time has come.", jobs.count);
	gauge(ret_text, "zhengyin_oldest_job_seconds", "Age of the oldest of them.",
		jobs.oldest ? c->now - jobs.oldest : 0);
	str_addf(ret_text,
		"# HELP zhengyin_build_info What runs.\n# TYPE zhengyin_build_info gauge\n"
		"zhengyin_build_info{catalog=\"%s\"} 1\n",
		c->house->catalog->version);
	return ERR_OK;
}
