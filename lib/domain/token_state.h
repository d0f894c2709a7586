#ifndef DOMAIN_TOKEN_STATE_H
#define DOMAIN_TOKEN_STATE_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* What is known of a USB token by its serial, as far as it went through our hands: one table says which step may follow
 * which state.  A serial that nobody has met yet is blank.  (The soft token of `ukey` is lib/io/token.h.)
 * Every step is kept: when, by whom, from which case. */

enum token_state {
	TOKEN_STATE_BLANK,
	TOKEN_STATE_IN_USE,
	TOKEN_STATE_LOCKED,
	TOKEN_STATE_DAMAGED,
	TOKEN_STATE_LOST,
	TOKEN_STATE_RETIRED,
	TOKEN_STATE_MAX
};
extern const char *const token_state_words[]; /* blank in_use locked damaged lost retired, NULL */

enum token_event {
	TOKEN_EVENT_WRITE, /* a certificate is put into it */
	TOKEN_EVENT_LOCK,
	TOKEN_EVENT_UNLOCK,
	TOKEN_EVENT_DAMAGE,
	TOKEN_EVENT_LOSE,
	TOKEN_EVENT_FIND,
	TOKEN_EVENT_RETIRE,
	TOKEN_EVENT_MAX
};
extern const char *const token_event_words[]; /* write lock unlock damage lose find retire, NULL */

/* TOKEN_STATE_MAX: this step may not follow. */
enum token_state token_after(enum token_state from, enum token_event event);
const char *token_refusal(enum token_state from); /* why not, and what to do: a sentence */

/* serial NULL: nothing speaks against it. */
enum err token_may(struct ctx *c, const char *serial, enum token_event event, bool *ret_may) MUST_USE;
/* The same as a refusal: ERR_WRONG_STATE with the sentence. */
enum err token_check(struct ctx *c, const char *serial, enum token_event event) MUST_USE;

/* One step, inside ctx_tx.  application_id 0: by hand; note NULL: none.  ERR_WRONG_STATE as above, ERR_BUSY. */
enum err token_move(struct ctx *c, const char *serial, enum token_event event, int64_t application_id, const char *note)
	MUST_USE;
/* The same for what happens anyway: a step that may not follow is passed over.  So is FIND when another than this case has
 * lost the token. */
enum err token_follow(struct ctx *c, const char *serial, enum token_event event, int64_t application_id) MUST_USE;

/* Steps that staff enter themselves. */
struct token_in {
	const char *event, *note;
};
extern const struct shape token_in_shape;

/* {state, state_name, changed_at, may, events}, newest first; null where serial is NULL. */
enum err token_write(struct ctx *c, const char *serial, const char *key, struct json_out *j) MUST_USE;

#endif
