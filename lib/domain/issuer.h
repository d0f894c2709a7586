#ifndef DOMAIN_ISSUER_H
#define DOMAIN_ISSUER_H

#include "domain/application.h"
#include "domain/job.h"
#include "io/json_out.h"

/* Certificates made by an authority that the portal speaks to (setting issuer: builtin; manual: serials are typed).
 *
 * A line of a case is made in three steps that a crash may part: the intent with its serials (a row, committed), the act
 * (the worker, outside a transaction), the result (row, register and job in one transaction).  What is found between is
 * finished with the same serials; nothing is made twice.  Then the token client fetches certificates and key, and says when
 * they are in the token. */

struct issuer_in {
	const char *no;	     /* staff only */
	int64_t item;	     /* 1 … */
	const char *request; /* PKCS#10 of the token, Base64 in one line */
	const char *token_serial;
};
extern const struct shape issuer_in_shape, issuer_item_shape; /* the second: of the applicant's client, without no */

/* Writes the intent and the job.  Inside ctx_tx.  A producer (not the first reviewer) for a case that is to be made; the
 * applicant's client for a renewal online.  A line whose making failed may be ordered again.
 * ERR_INVALID: the request (faults); ERR_WRONG_STATE; ERR_CONFLICT: ordered already; ERR_TWO_PERSONS. */
enum err issuer_order(struct ctx *c, const char *no, const struct issuer_in *in, struct application *ret_app) MUST_USE;

/* The job "issue". */
enum err issuer_run(struct ctx *c, const struct job *job) MUST_USE;
enum err issuer_give_up(struct ctx *c, const char *ref) MUST_USE; /* never to be done: the producer sees why */

/* It is in the token.  Inside ctx_tx; the second time changes nothing.  ERR_WRONG_STATE: not made yet. */
enum err issuer_written(struct ctx *c, const char *no, int64_t item, struct application *ret_app) MUST_USE;
/* Another person than who ordered and who wrote it has looked at the token.  Inside ctx_tx; the second time changes nothing.
 * ERR_WRONG_STATE: not written yet; ERR_TWO_PERSONS. */
enum err issuer_checked(struct ctx *c, const char *no, int64_t item, struct application *ret_app) MUST_USE;
/* The applicant's client has installed all of the case.  Inside ctx_tx. */
enum err issuer_installed(struct ctx *c, const struct application *app) MUST_USE;
/* How many certificates of the case are made but not in their token. */
enum err issuer_unwritten(struct ctx *c, int64_t application_id, int64_t *ret_count) MUST_USE;
/* The same of those that nobody has looked at. */
enum err issuer_unchecked(struct ctx *c, int64_t application_id, int64_t *ret_count) MUST_USE;

/* {items: […]} of a case, in the order of its lines; certificates and the wrapped key only until they are in the token. */
enum err issuer_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;
/* {items: […]}: what is made in this house and not looked at yet, the oldest first, at most ISSUER_BENCH_MAX. */
enum { ISSUER_BENCH_MAX = 200 };
enum err issuer_write_bench(struct ctx *c, struct json_out *j) MUST_USE;

/* Tells the authority what ended or is held since it was told last: for the built-in one a new list, also when the old one
 * grows stale. */
enum err issuer_tell(struct ctx *c, int *ret_done) MUST_USE;

#endif
