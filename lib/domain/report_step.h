#ifndef DOMAIN_REPORT_STEP_H
#define DOMAIN_REPORT_STEP_H

#include "domain/workflow.h"

#include <stdint.h>

/* Into which steps the life of a case falls, by its events.  What we do is measured in working minutes, as it is promised
 * in working days; what applicants and couriers do, in minutes of the wall clock. */

enum step {
	STEP_FILL,	    /* begun → first handed in */
	STEP_FIRST_REVIEW,  /* handed in → sent back, accepted, refused; waiting for it is part of it */
	STEP_CORRECT,	    /* sent back → handed in again */
	STEP_GATHER,	    /* accepted → all gates closed */
	STEP_SECOND_REVIEW, /* → decided */
	STEP_PRODUCE,	    /* decided → made */
	STEP_HAND_OUT,	    /* made → sent, laid ready, to be installed */
	STEP_DELIVER,	    /* → completed */
	STEP_PROMISE, /* last gate closed → sent, laid ready, to be installed, completed: what the due day promises */
	STEP_WHOLE,   /* first handed in → completed */
	STEP_MAX
};
extern const char *const step_words[]; /* ended by NULL */
const char *step_name(enum step s);    /* 填写 … */
bool step_is_working(enum step s);

struct step_event {
	int64_t at;
	const char *event, *from, *to;
};
struct step_span {
	enum step step;
	int64_t begin, end;
};

/* events: in their order.  clock_at: moment the last required gate closed, 0: never.  ret_spans: place for 2 * n + 2.
 * A step that ended because the case was withdrawn or closed was not done and is none.  Returns how many. */
size_t step_spans(const struct step_event *events, size_t n, int64_t clock_at, struct step_span *ret_spans);

/* Out of our hands: sent, ready, installing, completed. */
bool step_is_handed(const char *state);

#endif
