#ifndef DOMAIN_JOB_H
#define DOMAIN_JOB_H

#include "domain/ctx.h"

/* Work that must not happen inside a request.  A job is put in with the change it follows from and taken by any worker:
 * SKIP LOCKED keeps two workers apart, and taking it moves next_at, so that a job of a dead worker comes back by itself:
 * after JOB_LEASE_S the first time, twice as long each time.  A job may so run twice when it is slow: whoever is done first
 * counts, its effect is guarded by what it works on.
 * A job that fails is tried again, later each time; after JOB_TRIES it is dead and staff can see it. */

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

/* Try again later, or never (dead): *ret_dead.  Within the caller's transaction. */
enum err job_failed(struct ctx *c, const struct job *job, const char *error, bool *ret_dead) MUST_USE;

#endif
