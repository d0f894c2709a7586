#ifndef DOMAIN_NOTIFY_H
#define DOMAIN_NOTIFY_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Messages to applicants: a template word and variables, put into the outbox in the transaction of what they tell,
 * sent after commit.  Phone and variables are sealed.  Texts are at most 70 characters (one SMS).
 *
 * Nothing is sent twice: dedupe is unique; a message is marked `sending` before the gateway hears of it, and one that stays so
 * (no answer, a worker that died) is asked for by its number before it is sent again.
 *   waiting → sending → sent → delivered | failed (the report of the operator); waiting, sending → dead (refused, given up, too late)
 * Codes go first and always.  News waits out the night and the caps of a day; what answers the applicant's own step only the caps.
 * Variables are emptied once sent when they are secret, else KEEP_DAYS later: until then staff may send it again. */

enum notify_kind { NOTIFY_NEWS, NOTIFY_ANSWER, NOTIFY_CODE };

struct notify_template {
	const char *word, *text; /* {name} is replaced by the variable */
	enum notify_kind kind;
	bool secret; /* opens something: kept no longer than it takes to send it */
};
const struct notify_template *notify_template(const char *word); /* NULL: none */
const struct notify_template *notify_templates(size_t *ret_count);

struct notify_param {
	const char *name, *value;
};

/* params ends with {NULL}.  dedupe: e.g. "GD…:approved:7"; a second add of the same key changes nothing.
 * Values may be hostile: they become one line, 【】 (which mark the sender) become 〔〕, long ones end in ….
 * ret_id: the outbox row, or NULL.  Asserts the template is in the table and a transaction is open. */
enum err notify_add(struct ctx *c, int64_t application_id, const char *phone, const char *template,
	const struct notify_param *params, const char *dedupe, int64_t *ret_id) MUST_USE;

/* Send what is due, at most `most` messages.  *ret_sent counts.  The worker calls it in a loop; the sign-in program calls
 * it once for its own code (id > 0), so that a code never waits for the worker; a gateway is the worker's alone, then nothing is
 * done here.  Own transactions. */
enum err notify_send(struct ctx *c, int64_t id, int most, int *ret_sent) MUST_USE;
/* At start: says in the log which templates have no code. */
void notify_look_over(const struct config *config);
/* Ask the gateway for what it has not reported.  *ret_done counts questions. */
enum err notify_poll(struct ctx *c, int *ret_done) MUST_USE;
/* Empty variables that were kept long enough. */
enum err notify_forget(struct ctx *c, int *ret_done) MUST_USE;

/* Reports as the gateway pushes them (ROUTE_RAW): key is the last part of the address.  Those that fit no message, or name
 * another number of the gateway, are passed over.  Inside ctx_tx.  ERR_FORBIDDEN: not the key; ERR_SYNTAX: no reports. */
enum err notify_reports(struct ctx *c, const char *key, struct bytes body) MUST_USE;

/* The text of a template with its variables, as the applicant reads it. */
char *notify_text(struct arena *a, const char *template, const struct notify_param *params);
bool notify_knows(const char *template);
/* The moment when news may go out: now, or the end of quiet ("21-8", "none"). */
int64_t notify_quiet_end(int64_t now, const char *quiet);

struct notify_row { /* for the applicant's page */
	int64_t at;
	const char *template, *state, *text; /* text without variables */
};
enum err notify_list(struct ctx *c, int64_t application_id, struct list *ret_rows) MUST_USE;

/* --- for staff: phones masked, texts without what is secret --- */

struct notify_query {
	const char *no, *state, *after; /* state: as above; after: where the last page ended */
	int64_t limit;
};
extern const struct shape notify_query_shape;
enum err notify_write_list(struct ctx *c, const struct notify_query *q, struct json_out *j) MUST_USE;

/* The same text to the same phone once more, recorded with the reason.  Inside ctx_tx.
 * ERR_RATE: within a minute; ERR_WRONG_STATE: still on its way, or its variables are gone. */
enum err notify_resend(struct ctx *c, const char *id, const char *reason, struct json_out *j) MUST_USE;

#endif
