#ifndef DOMAIN_JOB_H
#define DOMAIN_JOB_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Work that must not happen inside a request.  A job is put in with the change it follows from and taken by any worker:
 * SKIP LOCKED keeps two workers apart, and taking it moves next_at, so that a job of a dead worker comes back by itself:
 * after JOB_LEASE_S the first time, twice as long each time.  A job may so run twice when it is slow: whoever is done first
 * counts, its effect is guarded by what it works on.
 * A job that fails is tried again, later each time; after JOB_TRIES it is dead: staff see it (job_view.c), try it again or set
 * it aside. */

enum { JOB_TRIES = 6, JOB_LEASE_S = 20 };

struct job {
	int64_t id;
	const char *kind, *ref;
	int64_t tries; /* this one included */
};

/* Within the caller's transaction.  The same kind and ref a second time changes nothing. */
enum err job_add(struct ctx *c, const char *kind, const char *ref) MUST_USE;

/* The next job that is due.  ERR_NOT_FOUND: none.  Own transaction. */
enum err job_take(struct ctx *c, struct job *ret_job) MUST_USE;

/* Within the caller's transaction, with the effect of the job.  ERR_STALE: it was done by another meanwhile. */
enum err job_done(struct ctx *c, const struct job *job) MUST_USE;

/* It could not be begun: again in JOB_LEASE_S, as if it had not been taken.  Within the caller's transaction. */
enum err job_put_off(struct ctx *c, const struct job *job) MUST_USE;

/* It will take that long: no other worker takes it before.  Within the caller's transaction.  ERR_STALE: another has it. */
enum err job_hold(struct ctx *c, const struct job *job, int64_t seconds) MUST_USE;

/* Try again later, or never (dead): *ret_dead.  Within the caller's transaction. */
enum err job_failed(struct ctx *c, const struct job *job, const char *error, bool *ret_dead) MUST_USE;

/* --- for staff --- */

/* What there is.  Some are over when they are given up: what follows has been drawn already, and another try changes nothing. */
struct job_kind {
	const char *word, *name;
	const char *over; /* what became of it and what to do; NULL: it may be tried again */
};
const struct job_kind *job_kind(const char *word); /* NULL: none */

struct job_query {
	const char *state, *after; /* dead (when not given), waiting, dropped */
	int64_t limit;
};
extern const struct shape job_query_shape;
/* {items, next, waiting, oldest_s, dead}; counts stop at 1000. */
enum err job_write_list(struct ctx *c, const struct job_query *q, struct json_out *j) MUST_USE;
/* A dead one, with a reason, recorded.  Inside ctx_tx.  ERR_WRONG_STATE. */
enum err job_again(struct ctx *c, const char *id, const char *reason) MUST_USE;
enum err job_drop(struct ctx *c, const char *id, const char *reason) MUST_USE;

#endif
