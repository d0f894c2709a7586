#ifndef DOMAIN_FEEDBACK_H
#define DOMAIN_FEEDBACK_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Questions, complaints and suggestions of anyone, signed in or not: a number and a day are told at once, one answer is
 * written by staff, a message says that it is there, and number and phone open it.  Phone, text and answer are sealed. */

enum { FEEDBACK_TEXT_MIN = 5, FEEDBACK_TEXT_MAX = 1000, FEEDBACK_PHONE_DAY = 5, FEEDBACK_ADDRESS_HOUR = 60 };

struct feedback_in {
	const char *kind, *phone, *no, *text; /* no: of a case, or NULL */
};
extern const struct shape feedback_in_shape;

/* {no, due}.  Inside ctx_tx.  ERR_RATE: more than FEEDBACK_PHONE_DAY of one phone or FEEDBACK_ADDRESS_HOUR of one address;
 * what is refused need not be counted. */
enum err feedback_give(struct ctx *c, const struct feedback_in *in, struct json_out *j) MUST_USE;

struct feedback_find_in {
	const char *no, *phone;
};
extern const struct shape feedback_find_shape;
/* {no, kind, at, due, state, answered_at, answer} for who has both.  ERR_NOT_FOUND looks the same for every wrong pair. */
enum err feedback_find(struct ctx *c, const struct feedback_find_in *in, struct json_out *j) MUST_USE;

/* --- for staff --- */

struct feedback_query {
	const char *state, *after; /* state: open (default, by the day promised) or answered (newest first) */
	int64_t limit;
};
extern const struct shape feedback_query_shape;
enum err feedback_list(struct ctx *c, const struct feedback_query *in, struct json_out *j) MUST_USE;
/* The whole of one; the look is recorded. */
enum err feedback_write(struct ctx *c, const char *no, struct json_out *j) MUST_USE;

struct feedback_answer_in {
	const char *answer;
};
extern const struct shape feedback_answer_shape;
/* Once.  Inside ctx_tx.  ERR_WRONG_STATE: it has been answered. */
enum err feedback_answer(struct ctx *c, const char *no, const char *answer) MUST_USE;

#endif
