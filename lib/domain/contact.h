#ifndef DOMAIN_CONTACT_H
#define DOMAIN_CONTACT_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Where money and letters go and who answers: the account we are paid to, the postal address and the hotlines, kept by
 * staff and laid over the catalogue, whose values are the defaults; and the counters, which are those of the branch table
 * (branch.h).  This is the one place that puts them together: whoever prints or sends one of these takes the catalogue
 * from here, never c->house->catalog or that of a case.
 *
 * What is changed here sends money, letters or people elsewhere, so one person proposes it and it holds once another has
 * confirmed it; tables and statements refuse the same person twice.  The address for letters is no counter's address. */

/* The newest catalogue with what holds now in payee, post, hotlines, counters and prices.  At most fresh_s (portal.conf) old;
 * stands until the end of the request. */
enum err contact_catalog(struct ctx *c, const struct catalog **ret_catalog) MUST_USE;
/* The same as the database has it at this moment, what this transaction changed included. */
enum err contact_fresh(struct ctx *c, const struct catalog **ret_catalog) MUST_USE;
/* Goes up whenever contact_catalog begins to give something else: whoever keeps what was made from it looks here. */
int64_t contact_serial(void);

/* Have the guide's pages written anew after a change: a job, once for this ref.  Inside ctx_tx. */
enum err contact_changed(struct ctx *c, const char *ref) MUST_USE;

/* ERR_INVALID and a fault at /address: letters would go to a counter, or visitors to where letters go. */
enum err contact_check_counter(struct ctx *c, const char *address) MUST_USE;

/* For the desk.  Each inside ctx_tx; writes the contact as it is afterwards.  in: by the shape of that name; it waits then.
 * Errors: ERR_NOT_FOUND (no such contact), ERR_INVALID, ERR_STALE (c->expect), ERR_WRONG_STATE (a proposal waits; none
 * does), ERR_TWO_PERSONS. */
extern const struct shape contact_account_shape, contact_post_shape, contact_hotlines_shape;
enum err contact_propose(struct ctx *c, const char *name, const void *in, struct json_out *j, int64_t *ret_version)
	MUST_USE;
/* What contact_fresh would give with what waits of this name confirmed; in c->arena.  ERR_NOT_FOUND: nothing waits. */
enum err contact_proposed(struct ctx *c, const char *name, const struct catalog **ret_catalog) MUST_USE;

struct contact_decision {
	const char *decision; /* confirm, refuse: another person; withdraw: who proposed it */
	const char *note;     /* refuse: must be there */
};
extern const struct shape contact_decision_shape;
enum err contact_decide(struct ctx *c, const char *name, const struct contact_decision *in, struct json_out *j,
	int64_t *ret_version) MUST_USE;

enum err contact_write_all(struct ctx *c, struct json_out *j) MUST_USE;
/* Newest first.  ERR_NOT_FOUND: no such contact. */
enum err contact_write_history(struct ctx *c, const char *name, struct json_out *j) MUST_USE;
/* What waits for a second person, as items of the open list of warnings. */
enum err contact_warn(struct ctx *c, struct json_out *j) MUST_USE;

#endif
