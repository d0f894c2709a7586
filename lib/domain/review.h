#ifndef DOMAIN_REVIEW_H
#define DOMAIN_REVIEW_H

#include "domain/application.h"
#include "io/json_out.h"

/* What reviewers do with a case: claim it, judge every material, tell the applicant everything at once or accept, and, by
 * another person, approve.  All run inside ctx_tx and want the claim, except where said.
 * A claim is a lease (claim_lease_s) that the page renews; without it ERR_CLAIM. */

enum err review_claim(struct ctx *c, const char *no, struct application *ret_app)
	MUST_USE; /* ERR_CLAIM: held by another */
enum err review_heartbeat(struct ctx *c, const char *no, struct application *ret_app)
	MUST_USE; /* no version, no event */
/* Take it from whom holds it now, who is told with the reason.  ERR_WRONG_STATE: nobody else holds it. */
enum err review_take(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;
enum err review_release(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

struct review_area {
	const char *file;
	int64_t page, x, y, w, h; /* ten-thousandths of the unrotated page */
};
struct review_verdict {
	const char *material, *verdict, *note;
	struct texts reasons;
	struct list areas; /* struct review_area */
};
struct review_verdicts {
	struct list items; /* struct review_verdict */
};
extern const struct shape review_verdicts_shape;
/* Replaces the verdicts named, of this round.  fail needs a reason that fits the material, and only it may carry places, each
 * on a page of a file that counts; waive needs a note, pass a file. */
enum err review_judge(struct ctx *c, const char *no, const struct review_verdicts *in, struct application *ret_app)
	MUST_USE;

/* One notice with everything: refused until every material has a verdict and one has failed. */
enum err review_return(struct ctx *c, const char *no, const char *note, int64_t days, struct application *ret_app)
	MUST_USE;
/* What the applicant would read if it were sent back now, refused as that would be; changes nothing.  Inside ctx_tx.
 * {corrections, passed, message}: as in the case, names of what passed, the text of the message. */
enum err review_notice(struct ctx *c, const char *no, const char *note, int64_t days, struct json_out *j) MUST_USE;

/* Rounds (review_round.c).  What was filled in is kept each time a case is sent back. */
enum err review_round_keep(struct ctx *c, const struct application *app) MUST_USE; /* round: already the next one */
/* {items}: per round, newest first, fields that the applicant changed since (masked) and files he sent, with the older
 * ones of the same material. */
enum err review_rounds(struct ctx *c, const char *no, struct json_out *j) MUST_USE;

/* Refused until every material has passed or is waived.  Closes the gate of scans as of the last accepted upload. */
enum err review_accept(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;
/* Second review: another person than the first and than who opened it, who has re-keyed these data rightly (rekey.h), in the
 * SQL.  Needs no claim unless another has it. */
enum err review_approve(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;

/* Out of the second review (review_back.c), by field and with a coded reason: to the applicant, whose form has failed by it and
 * who makes a new one (its paper and scans are looked at again), or to the first review, as a note.  The clock starts anew.
 * ERR_INVALID, ERR_WRONG_STATE, ERR_CLAIM. */
struct review_back {
	const char *to;	     /* applicant, first */
	struct texts fields; /* of rekey.h; applicant: at least one */
	const char *reason, *note;
};
extern const struct shape review_back_shape;
enum err review_back(struct ctx *c, const char *no, const struct review_back *in, struct application *ret_app) MUST_USE;
enum err review_reject(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

/* A signature made with an existing certificate, checked by staff with the CA's own tool: the certificate must be valid now
 * and, for add, of the same unit; for a renewal it is one of the case's.  Closes the gate. */
enum err review_signature(struct ctx *c, const char *no, const char *serial, struct application *ret_app) MUST_USE;

/* Full personal numbers; writes the audit row in the transaction that shows them. */
enum err review_reveal(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

struct review_holder { /* all NULL and 0: nobody */
	const char *user, *name;
	int64_t since;				    /* 0: not known */
	const char *from_user, *from_name, *reason; /* NULL: it was free when he claimed it */
};
/* Who holds the claim now. */
enum err review_holder(struct ctx *c, const struct application *app, struct review_holder *ret_holder) MUST_USE;

#endif
