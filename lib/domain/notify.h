#ifndef DOMAIN_NOTIFY_H
#define DOMAIN_NOTIFY_H

#include "domain/ctx.h"

/* Messages to applicants: a template word and variables, put into the outbox in the transaction of what they tell,
 * sent after commit.  Phone and variables are sealed; variables are emptied once sent.  Nothing is sent twice: dedupe is
 * unique, and a message under way is leased by moving next_at.  Texts are at most 70 characters (one SMS). */

struct notify_param {
	const char *name, *value;
};

/* params ends with {NULL}.  dedupe: e.g. "GD…:approved:7"; a second add of the same key changes nothing.
 * ret_id: the outbox row, or NULL.  Asserts the template is in the table and a transaction is open. */
enum err notify_add(struct ctx *c, int64_t application_id, const char *phone, const char *template,
	const struct notify_param *params, const char *dedupe, int64_t *ret_id) MUST_USE;

/* Send what is due, at most `most` messages.  *ret_sent counts.  The worker calls it in a loop; the sign-in program calls
 * it once for its own code (id > 0), so that a code never waits for the worker.  Own transactions. */
enum err notify_send(struct ctx *c, int64_t id, int most, int *ret_sent) MUST_USE;

/* The text of a template with its variables, as the applicant reads it. */
char *notify_text(struct arena *a, const char *template, const struct notify_param *params);
bool notify_knows(const char *template);

struct notify_row { /* for the case page */
	int64_t at;
	const char *template, *state, *text; /* text without variables that were emptied */
};
enum err notify_list(struct ctx *c, int64_t application_id, struct list *ret_rows) MUST_USE;

#endif
