#ifndef DOMAIN_LOOK_H
#define DOMAIN_LOOK_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Looks at what is personal, counted by person and day.  Each leaves its row in the audit; who has looked at more different
 * things on one day than the setting of its kind allows is reported to those who oversee: a row of look_alarm, once a day and
 * kind, an audit row, and a warning on their pages until one of them, never the person himself, has written down what it was.
 * An alarm stops nobody: the work of a busy day must go on, and who looks is told nothing of it. */

enum look_kind {
	LOOK_REVEAL,  /* the full numbers of a case */
	LOOK_SCAN,    /* pages of a case's papers */
	LOOK_REFUSED, /* papers of a case that is not his: nothing was shown */
	LOOK_MAX,
};

/* Write the look down, and count it when the actor is of the staff.  object: what is counted once a day; detail as in audit_add.
 * In the caller's transaction, or one of its own.  Nothing is shown when this fails. */
enum err look_note(struct ctx *c, enum look_kind kind, const char *object, const char *detail) MUST_USE;

struct look_query {
	const char *after; /* id: older ones */
};
extern const struct shape look_query_shape;
/* Alarms, newest first. */
enum err look_write_alarms(struct ctx *c, const struct look_query *q, struct json_out *j) MUST_USE;

struct look_seen {
	const char *note; /* what it was */
};
extern const struct shape look_seen_shape;
/* Somebody has looked into it; writes the alarm as it is then.  ERR_NOT_FOUND, ERR_WRONG_STATE (it is settled),
 * ERR_TWO_PERSONS (his own).  Inside ctx_tx. */
enum err look_settle(struct ctx *c, int64_t id, const struct look_seen *in, struct json_out *j) MUST_USE;

/* How many wait, as an item of the open list of warnings. */
enum err look_warn(struct ctx *c, struct json_out *j) MUST_USE;

#endif
