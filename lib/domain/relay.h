#ifndef DOMAIN_RELAY_H
#define DOMAIN_RELAY_H

#include "domain/application.h"

/* 手机接力: photographing with the phone what the desktop's upload page asks for.
 * The desktop opens a relay for one material of one case and shows its address as a QR code.  The token in it is random,
 * serves once and stands behind the # of the address, where no server sees it.  The first phone that opens the address
 * takes the relay and gets a session of its own, which may only send files for that material and list those it sent.
 * A relay is over after relay_ttl_s, when either side ends it, when a newer one of the same material is opened, and when
 * the case is handed in: a later round of it is another relay.  The database holds hashes only. */

struct relay {
	int64_t id, application_id, account_id;
	const char *no, *material, *pair; /* pair: two digits that both screens show */
	struct bytes session_hash;
	int64_t ends_at, taken_at, ended_at;
	const char *ended_by;
	bool fits;		   /* the case is still in the round it was opened in, and takes files */
	int64_t received, sending; /* relay_look only: files that came, files under way */
};

/* "waiting" (for a phone), "connected", or "ended"; *ret_why: "expired" "submitted" "desktop" "phone" "newer", or NULL. */
const char *relay_state(const struct ctx *c, const struct relay *r, const char **ret_why);

/* The desktop's side.  english: the address leads to the phone's page of that edition.  ret_url: the whole address; ret_code:
 * the token, for typing in.  Own transaction, so that no idempotency row keeps the token.
 * Errors: those of application_may_upload, ERR_NOT_FOUND, ERR_RATE. */
enum err relay_open(struct ctx *c, const char *no, const char *material, bool english, struct relay *ret_relay,
	const char **ret_url, const char **ret_code) MUST_USE;
/* The newest of this material; id 0 when there is none.  ERR_NOT_FOUND: no such case of the caller's. */
enum err relay_look(struct ctx *c, const char *no, const char *material, struct relay *ret_relay) MUST_USE;
/* Inside ctx_tx.  Nothing to end is no error. */
enum err relay_close(struct ctx *c, const char *no, const char *material) MUST_USE;

/* The phone's side.  held: the session it has already, or NULL; the phone that took this relay gets it again.
 * Errors: ERR_NOT_FOUND (no such token), ERR_CONFLICT (another phone has it), ERR_WRONG_STATE (over), ERR_RATE. */
enum err relay_take(
	struct ctx *c, const char *token, const char *held, struct relay *ret_relay, const char **ret_session) MUST_USE;
/* Who holds this session?  Fills c->actor.  ERR_SIGN_IN: nobody, or the relay is over. */
enum err relay_find(struct ctx *c, const char *session, int64_t *ret_ends_at) MUST_USE;
/* What the phone may know: names of service and material.  For c->actor.relay. */
enum err relay_about(struct ctx *c, struct relay *ret_relay, const char **ret_service, const char **ret_material)
	MUST_USE;
/* The phone is done.  Inside ctx_tx. */
enum err relay_done(struct ctx *c) MUST_USE;

#endif
