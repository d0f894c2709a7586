#include "domain/job.h"

#include <assert.h>

enum { ADD, NEXT, LEASE, HOLD, DONE, PUT_OFF, FAILED };

static const struct sql sql[] = {
	[ADD] = {"INSERT INTO job (kind, ref, state, next_at, created_at) VALUES (?,?,'waiting',?,?)", "ssii", ""},
	[NEXT] =
		{"SELECT id, kind, ref, tries FROM job WHERE state='waiting' AND next_at<=? ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED",
			"i", "issi"},
	[LEASE] = {"UPDATE job SET next_at=?, tries=tries+1 WHERE id=? AND state='waiting'", "ii", ""},
	[HOLD] = {"UPDATE job SET next_at=? WHERE id=? AND state='waiting' AND tries=?", "iii", ""},
	[DONE] = {"UPDATE job SET state='done', error=NULL WHERE id=? AND state='waiting'", "i", ""},
	[PUT_OFF] = {"UPDATE job SET next_at=?, tries=tries-1 WHERE id=? AND state='waiting' AND tries=?", "iii", ""},
	[FAILED] = {"UPDATE job SET state=?, next_at=?, error=?, died_at=? WHERE id=? AND state='waiting' AND tries=?",
		"sisiii", ""},
};
SQL_TABLE(job);

static const struct field fields[] = {
	INT(struct job, id, "id", 0, 0),
	TEXT(struct job, kind, "kind", 0, 0, NULL),
	TEXT(struct job, ref, "ref", 0, 0, NULL),
	INT(struct job, tries, "tries", 0, 0),
};
static const struct shape shape = SHAPE(struct job, fields);

enum err job_add(struct ctx *c, const char *kind, const char *ref)
{
	enum err e;

	assert(db_in_tx(c->db));
	e = db_exec(c->db, &sql[ADD], S(kind), S(ref), I(c->now), I(c->now));
	return e == ERR_CONFLICT ? ERR_OK : e;
}

static enum err take(struct ctx *c, void *arg)
{
	struct job *job = arg;
	enum err e = db_one(c->db, &sql[NEXT], &shape, job, I(c->now));

	if (e != ERR_OK)
		return e;
	e = db_exec(c->db, &sql[LEASE], I(c->now + ((int64_t)JOB_LEASE_S << job->tries)), I(job->id));
	job->tries++;
	return e;
}

enum err job_take(struct ctx *c, struct job *ret_job)
{
	return ctx_tx(c, take, ret_job);
}

enum err job_done(struct ctx *c, const struct job *job)
{
	enum err e;

	assert(db_in_tx(c->db));
	e = db_exec(c->db, &sql[DONE], I(job->id));
	return db_guarded(c->db, e);
}

enum err job_put_off(struct ctx *c, const struct job *job)
{
	assert(db_in_tx(c->db));
	return db_exec(c->db, &sql[PUT_OFF], I(c->now + JOB_LEASE_S), I(job->id), I(job->tries));
}

enum err job_hold(struct ctx *c, const struct job *job, int64_t seconds)
{
	enum err e;

	assert(db_in_tx(c->db));
	e = db_exec(c->db, &sql[HOLD], I(c->now + seconds), I(job->id), I(job->tries));
	return db_guarded(c->db, e);
}

enum err job_failed(struct ctx *c, const struct job *job, const char *error, bool *ret_dead)
{
	bool dead = job->tries >= JOB_TRIES;
	enum err e;

	assert(db_in_tx(c->db));
	e = db_exec(c->db, &sql[FAILED], S(dead ? "dead" : "waiting"), I(c->now + (15ll << job->tries)), S(error),
		I0(dead ? c->now : 0), I(job->id), I(job->tries));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	*ret_dead = dead;
	return e;
}
