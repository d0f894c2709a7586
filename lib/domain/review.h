#ifndef DOMAIN_REVIEW_H
#define DOMAIN_REVIEW_H

#include "domain/application.h"

/* What reviewers do with a case: claim it, judge every material, tell the applicant everything at once or accept, and, by
 * another person, approve.  All run inside ctx_tx and want the claim, except where said.
 * A claim is a lease (claim_lease_s) that the page renews; without it ERR_CLAIM. */

enum err review_claim(struct ctx *c, const char *no, struct application *ret_app)
	MUST_USE; /* ERR_CLAIM: held by another */
enum err review_heartbeat(struct ctx *c, const char *no, struct application *ret_app)
	MUST_USE; /* no version, no event */
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
/* Replaces the verdicts named, of this round.  fail needs a reason that fits the material; waive needs a note. */
enum err review_judge(struct ctx *c, const char *no, const struct review_verdicts *in, struct application *ret_app)
	MUST_USE;

/* One notice with everything: refused until every material has a verdict and one has failed. */
enum err review_return(struct ctx *c, const char *no, const char *note, int64_t days, struct application *ret_app)
	MUST_USE;
/* Refused until every material has passed or is waived.  Closes the gate of scans as of the last accepted upload. */
enum err review_accept(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;
/* Second review: another person than the first and than who opened it, in the SQL.  Needs no claim unless another has it. */
enum err review_approve(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;
enum err review_reject(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

/* A signature made with an existing certificate, checked by staff with the CA's own tool: the certificate must be valid now
 * and, for add, of the same unit; for a renewal it is one of the case's.  Closes the gate. */
enum err review_signature(struct ctx *c, const char *no, const char *serial, struct application *ret_app) MUST_USE;

/* Full personal numbers; writes the audit row in the transaction that shows them. */
enum err review_reveal(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

/* Name of who holds the claim now; NULL: nobody. */
enum err review_claim_name(struct ctx *c, const struct application *app, const char **ret_user, const char **ret_name)
	MUST_USE;

#endif
