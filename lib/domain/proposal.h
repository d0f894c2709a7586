#ifndef DOMAIN_PROPOSAL_H
#define DOMAIN_PROPOSAL_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* What needs two persons: one of the staff proposes a change with a reason, another confirms or declines it.  That they
 * differ stands in the statements and in CHECKs of the table; a change is carried out in the transaction that confirms it.
 * While it is open a proposal does not change; there is one at a time of a kind about the same subject.
 *
 * Each proposal remembers what it was made on (base).  It is looked at again when somebody confirms it: where the base has
 * become another one the proposal is stale, cannot be confirmed any more and has to be declined or withdrawn.
 *
 * To add a kind:
 *   1. A struct and its shape for what is proposed (the body of the request, with `reason` as one of its texts; that is what
 *      is kept, sealed, as canonical JSON and read back when it is confirmed).
 *   2. Two functions: check says what it is about and what would change, and refuses what is wrong; carry_out does it.  Both
 *      run inside ctx_tx.  carry_out is the work of c->actor (who confirmed); who wanted it is proposal->proposer_id.  They go
 *      into proposal_kind.c, or are called from there when they are of another noun, which must not include this header.
 *   3. A row in the table there: name, label, who may propose, who may confirm, shape, where the reason stands.
 *   4. A route row {POST, "/api/staff/proposals/NAME", permission to propose, ROUTE_TX, &shape, NULL, propose} in
 *      cgi-bin/staff.c, its path in openapi.json, and what carry_out writes into sql/grants.txt for the program staff.
 *   5. The direct way, where there was one, refuses with ERR_TWO_PERSONS; a row of tests/http/dual.test.js. */

struct proposal_line {			    /* one thing that would change, in words */
	const char *label, *before, *after; /* NULL: there was, or will be, none */
};

struct proposal_what {
	const char *subject; /* at most 160 characters, nothing personal */
	const char *base;    /* at most 80: differs as soon as what it was made on does */
	const char *summary; /* at most 400, nothing personal: a sentence for the list */
	struct list lines;   /* struct proposal_line */
};

struct proposal {
	int64_t id;
	const char *kind, *subject, *state, *summary;
	int64_t proposer_id, proposed_at, decided_by, decided_at;
	const char *proposer, *decider; /* names */
	const char *base, *reason, *note;
	struct bytes payload_sealed, lines_sealed;
};

struct proposal_kind {
	const char *name, *label;
	enum permission propose, confirm;
	const struct shape *shape;
	size_t reason_at; /* offset of its `const char *reason` */
	/* ERR_INVALID with faults at the members, also when nothing would change.  Everything lives in c->arena. */
	enum err (*check)(struct ctx *c, const void *in, struct proposal_what *ret_what);
	enum err (*carry_out)(struct ctx *c, const void *in, const struct proposal *p);
};

extern const struct proposal_kind *const proposal_kinds[]; /* ended by NULL */

/* in: by the shape of the kind.  ERR_FORBIDDEN, ERR_CONFLICT (one is open already), what check gives.  Inside ctx_tx. */
enum err proposal_add(struct ctx *c, const char *kind, const void *in, int64_t *ret_id) MUST_USE;

struct proposal_decision {
	const char *decision; /* confirm, decline: another person; withdraw: who proposed it */
	const char *note;     /* decline: must be there */
};
extern const struct shape proposal_decision_shape;
/* ERR_NOT_FOUND (or of a kind this person has nothing to do with), ERR_WRONG_STATE (decided), ERR_TWO_PERSONS, ERR_FORBIDDEN,
 * ERR_STALE, what carry_out gives.  Inside ctx_tx. */
enum err proposal_decide(struct ctx *c, int64_t id, const struct proposal_decision *in) MUST_USE;

struct proposal_query {
	const char *state; /* open, oldest first; closed: what was decided, newest first.  NULL: open */
	const char *kind;  /* NULL: all */
	const char *after; /* `next` of the page before */
	int64_t limit;
};
extern const struct shape proposal_query_shape;
/* Those of kinds that the actor may propose or confirm; auditors see all. */
enum err proposal_write_list(struct ctx *c, const struct proposal_query *q, struct json_out *j) MUST_USE;
/* With its lines, and while it is open whether it is stale. */
enum err proposal_write_one(struct ctx *c, int64_t id, struct json_out *j) MUST_USE;
/* How many wait for this person, as an item of the open list of warnings. */
enum err proposal_warn(struct ctx *c, struct json_out *j) MUST_USE;

/* One that was confirmed within the last so many seconds, of this kind and subject and proposed by who asks, opens what it
 * was asked for.  ERR_TWO_PERSONS: there is none.  Inside ctx_tx. */
enum err proposal_opens(struct ctx *c, const char *kind, const char *subject, int64_t within_s) MUST_USE;

#endif
