#ifndef DOMAIN_BRANCH_H
#define DOMAIN_BRANCH_H

#include "domain/calendar.h"
#include "domain/ctx.h"
#include "io/json_out.h"

/* The counters, in their order, kept by staff.  One that is closed is no longer offered; it is never deleted, for cases
 * name it. */

enum { BRANCH_DAYS = 60 };

struct branch {
	const char *code, *name, *address, *phone, *hours;
	bool makeup_open; /* also opens on make-up working weekends */
	int64_t sort;
	bool open;
	int64_t version;
	bool open_known, open_today;  /* not known: the calendar lacks this year */
	struct calendar_days special; /* of the next BRANCH_DAYS */
	struct date known_until;      /* of these; no day: not even today */
};

/* Those that are open. */
enum err branch_list(struct ctx *c, struct list *ret_branches /* struct branch */) MUST_USE;

/* For the desk: all of them, closed ones last. */
enum err branch_write_all(struct ctx *c, struct json_out *j) MUST_USE;

/* A change sends people somewhere else, so two persons make it: what one proposes is looked at, and set when another confirms
 * it (proposal.h). */
struct branch_wish {
	const char *code, *name, *address, *phone, *hours; /* all of them as they shall be */
	bool makeup_open;
	int64_t sort;
	bool add;    /* a new one; else the code names it */
	bool closed; /* no longer offered */
	const char *reason;
};
extern const struct shape branch_wish_shape;

struct branch_change { /* in words; NULL: there was none */
	const char *label, *before, *after;
};
struct branch_look {
	const char *summary, *base;
	struct list changes; /* struct branch_change */
};
/* ERR_INVALID: /code (taken, unknown), /address (that for letters), nothing changed.  ERR_WRONG_STATE: the last one that is open
 * stays open. */
enum err branch_look(struct ctx *c, const struct branch_wish *in, struct branch_look *ret_look) MUST_USE;
/* c->actor confirmed what proposer wanted.  ERR_STALE: it was changed meanwhile.  Inside ctx_tx. */
enum err branch_set(struct ctx *c, const struct branch_wish *in, int64_t proposer) MUST_USE;

/* Newest first, at most 100.  ERR_NOT_FOUND. */
enum err branch_write_history(struct ctx *c, const char *code, struct json_out *j) MUST_USE;

#endif
