#ifndef DOMAIN_SETTING_H
#define DOMAIN_SETTING_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Decisions that staff may change without a new catalogue: the one table of them is in setting_table.c, each row a name, a label,
 * a type, bounds and a default.  Where the catalogue carries the value, that is the default and stands nowhere else.
 * Every change is kept, so what held at a moment is known: a running case keeps what held when it began.
 *
 * Values are int64_t: a number, 0 or 1 for off and on, the index of a word. */

/* What holds now.  name: of the table, anything else is our mistake.  Changes reach other processes within
 * fresh_s seconds (portal.conf). */
enum err setting_int(struct ctx *c, const char *name, int64_t *ret_value) MUST_USE;

/* Ask the database at the next look, however fresh what was read. */
void setting_forget(void);

/* What holds for a case that began at this moment under this catalogue. */
enum err setting_int_of(
	struct ctx *c, const char *name, const struct catalog *catalog, int64_t begun_at, int64_t *ret_value) MUST_USE;

/* counter.licence_waiver: what may stand for the original of the licence at the counter. */
enum setting_licence_waiver {
	LICENCE_WAIVER_NONE,	   /* nothing */
	LICENCE_WAIVER_PAID,	   /* renew, reissue: the unit's own transfer has been matched */
	LICENCE_WAIVER_SUPERVISOR, /* that, and for unlock a supervisor's word */
};

/* For the desk. */
struct setting_change {
	const char *value; /* as written; NULL with reset */
	bool reset;	   /* back to the default */
	const char *reason;
};
extern const struct shape setting_change_shape;

enum err setting_write_all(struct ctx *c, struct json_out *j) MUST_USE;
/* Errors: ERR_NOT_FOUND, ERR_INVALID (/value), ERR_STALE (c->expect).  Inside ctx_tx.  Writes the row as in the list. */
enum err setting_change(struct ctx *c, const char *name, const struct setting_change *in, struct json_out *j,
	int64_t *ret_version) MUST_USE;

/* A price is changed by two persons: what one proposes is looked at, and set when another confirms it (proposal.h).  By
 * setting_change it is ERR_TWO_PERSONS. */
struct setting_price {
	const char *name, *value; /* as in setting_change */
	bool reset;
	const char *reason;
};
extern const struct shape setting_price_shape;
struct setting_price_look {
	const char *label, *before, *after; /* in words */
	int64_t version;		    /* of the setting as it is */
};
/* ERR_INVALID: at /name, no price; at /value, as in setting_change.  Changes nothing. */
enum err setting_price_look(struct ctx *c, const struct setting_price *in, struct setting_price_look *ret_look)
	MUST_USE;
/* The actor confirms what this person proposed.  ERR_STALE: it was changed meanwhile.  Inside ctx_tx. */
enum err setting_price_set(struct ctx *c, const struct setting_price *in, int64_t proposer_id) MUST_USE;

/* Newest first.  ERR_NOT_FOUND: no such setting. */
enum err setting_write_history(struct ctx *c, const char *name, struct json_out *j) MUST_USE;

#endif
