#ifndef DOMAIN_WORKFLOW_H
#define DOMAIN_WORKFLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/permission.h"

/* The life of a case as one table: {from, event, permission, to, message}.  What is not a row does not happen.
 * An event that closes the last gate, a correction that reopens items and the like are effects of the operation that
 * names the event; this table says only what may follow what, who may do it and what the applicant is told. */

enum state {
	STATE_DRAFT,
	STATE_PRINTED,
	STATE_SUBMITTED,
	STATE_REVIEWING,
	STATE_RETURNED,
	STATE_ACCEPTED,
	STATE_SECOND_REVIEW,
	STATE_APPROVED,
	STATE_PRODUCED,
	STATE_SENT,
	STATE_READY,
	STATE_INSTALLING,
	STATE_COMPLETED,
	STATE_WITHDRAWN,
	STATE_REJECTED,
	STATE_EXPIRED,
	STATE_MAX
};
extern const char *const state_words[]; /* ended by NULL */

enum event {
	EVENT_CREATE,
	EVENT_EDIT,
	EVENT_FREEZE,
	EVENT_SUBMIT,
	EVENT_CLAIM,
	EVENT_RELEASE,
	EVENT_RETURN,
	EVENT_ACCEPT,
	EVENT_GATES,
	EVENT_APPROVE,
	EVENT_PRODUCE,
	EVENT_SEND,
	EVENT_LAY_READY,
	EVENT_HAND_OVER,
	EVENT_DELIVER,
	EVENT_WITHDRAW,
	EVENT_REJECT,
	EVENT_EXPIRE,
	EVENT_REVIVE,
	EVENT_STAY_CLOSED,
	EVENT_SWITCH,
	EVENT_DECIDE,
	EVENT_AUTO,
	EVENT_MANUAL,
	EVENT_INSTALL,
	EVENT_INSTALLED,
	EVENT_REVOKED,
	EVENT_REMAKE,
	EVENT_RECHECK,
	EVENT_MAX
};
extern const char *const event_words[]; /* ended by NULL */

struct transition {
	enum state from;
	enum event event;
	enum permission permission; /* who; PERM_NONE: the machine, as an effect of something else */
	enum state to;
	const char *message; /* template of notify.c, NULL: none */
	const char *text;    /* what the timeline says */
};

const struct transition *workflow_find(enum state from, enum event event); /* NULL: not allowed */
const struct transition *workflow_at(size_t i); /* NULL past the end, for tests and reports */

bool state_is_closed(enum state s);   /* completed, withdrawn, rejected, expired */
bool state_is_editable(enum state s); /* draft, printed: fields may change */

#endif
