#ifndef DOMAIN_ISSUER_H
#define DOMAIN_ISSUER_H

#include "domain/application.h"
#include "domain/job.h"
#include "io/json_out.h"

/* Certificates made by an authority that the portal speaks to (setting issuer: builtin, cmp; manual: serials are typed).
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

/* It is in the token.  Inside ctx_tx; the second time changes nothing.  ERR_WRONG_STATE: not made yet, or an applicant says
 * so of what staff make. */
enum err issuer_written(struct ctx *c, const char *no, int64_t item, struct application *ret_app) MUST_USE;
/* Another person than who ordered and who wrote it has looked at the token.  Inside ctx_tx; the second time changes nothing.
 * ERR_WRONG_STATE: not written yet; ERR_TWO_PERSONS. */
enum err issuer_checked(struct ctx *c, const char *no, int64_t item, struct application *ret_app) MUST_USE;
/* Such a person found it wrong: its certificates are revoked and leave the case, the line is to be made again (with an order),
 * and a case that was produced goes back.  Also what is issued and cannot be written.  Inside ctx_tx.
 * ERR_WRONG_STATE: nothing is issued, or it was checked; ERR_TWO_PERSONS. */
struct issuer_refuse_in {
	const char *no;
	int64_t item;
	const char *reason;
};
extern const struct shape issuer_refuse_in_shape;
enum err issuer_refuse(struct ctx *c, const struct issuer_refuse_in *in, struct application *ret_app) MUST_USE;
/* The applicant's client has installed all of the case.  Inside ctx_tx. */
enum err issuer_installed(struct ctx *c, const struct application *app) MUST_USE;
/* How many certificates of the case are made but not in their token. */
enum err issuer_unwritten(struct ctx *c, int64_t application_id, int64_t *ret_count) MUST_USE;
/* The same of those that nobody has looked at. */
enum err issuer_unchecked(struct ctx *c, int64_t application_id, int64_t *ret_count) MUST_USE;

/* {by_client, items: […]} of a case, in the order of its lines; certificates and the wrapped key only until they are in the
 * token.  by_client: the applicant's own client orders and installs. */
enum err issuer_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;
/* {items: […]}: what is made in this house and not looked at yet, the oldest first, at most ISSUER_BENCH_MAX. */
enum { ISSUER_BENCH_MAX = 200 };
enum err issuer_write_bench(struct ctx *c, struct json_out *j) MUST_USE;

/* A line whose authority was asked and did not answer: one person says what it did (made: with the certificate, PEM or DER in
 * Base64, which is checked as one that came by itself), another confirms it.  Then it goes on with that certificate, or may be
 * ordered again (of the pair's second one: is asked for again).  Inside ctx_tx.
 * ERR_WRONG_STATE: nothing is open; ERR_INVALID: fault "/certificate"; ERR_TWO_PERSONS; ERR_CONFLICT: another verdict stands. */
struct issuer_settle_in {
	const char *no;
	int64_t item;
	const char *verdict, *certificate; /* made none */
};
extern const struct shape issuer_settle_shape, issuer_confirm_shape; /* the second: without certificate */
enum err issuer_settle(struct ctx *c, const struct issuer_settle_in *in) MUST_USE;
enum err issuer_confirm(struct ctx *c, const struct issuer_settle_in *in) MUST_USE;
/* {items: lines of unknown outcome, untold: what the authority could not be told so far, strays: certificates of it that
 * nobody uses and that are not revoked yet}; at most ISSUER_BENCH_MAX of each. */
enum err issuer_write_unsettled(struct ctx *c, struct json_out *j) MUST_USE;

/* Tells the authority what ended, is held or lifted since it was told last: the built-in one makes a new list, also when the
 * old one grows stale. */
enum err issuer_tell(struct ctx *c, int *ret_done) MUST_USE;

/* Can the authority be asked now?  ret_say: its words, or "".  ERR_NOT_FOUND: none is asked (manual). */
enum err issuer_alive(struct ctx *c, const char **ret_say) MUST_USE;

#endif
