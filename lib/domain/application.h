#ifndef DOMAIN_APPLICATION_H
#define DOMAIN_APPLICATION_H

#include "domain/application_data.h"
#include "domain/ctx.h"
#include "domain/workflow.h"

/* A case: its row, the data filled in, and the rules it runs under.
 *
 * Reading and changing follow one pattern, inside ctx_tx:
 *   e = application_lock(c, no, &app);          SELECT … FOR UPDATE; owner and c->expect are part of it
 *   …change app…
 *   e = application_move(c, &app, EVENT_X, …);  state by the workflow table, event, message, audit, save
 *   or application_save(c, &app);               change without a step
 * Every save raises the version and is guarded by id, state and version as they were read.
 *
 * Whose case it is stands in the SQL: an applicant finds only his own, staff all; not there and not yours look alike
 * (ERR_NOT_FOUND).  One that retention has erased has no owner; to staff and the machine it is ERR_ERASED, with the day. */

struct application {
	int64_t id;
	const char *no;
	int64_t account_id;
	const char *service, *holder, *channel, *catalog_version, *state_word;
	int64_t version;
	struct bytes data_sealed;
	int64_t amount_fen, form_version;
	bool form_current;
	int64_t round, created_at, updated_at, state_at, submitted_at;
	struct date review_due;
	int64_t clock_at;
	struct date due, correct_until;
	int64_t opened_by, reviewer1, reviewer2, claim_by, claim_until;
	const char *close_text;
	int64_t notice_at;
	int64_t owed_fen, paid_fen, claimed_fen; /* as in the books (application_money.h) */
	int64_t erased_at;			 /* 0: it is there */
	/* made by loading */
	enum state state, state_before; /* state_before: as it was read, guards the save */
	struct application_data data;
	const struct catalog *catalog;
	const struct catalog_route *route;
};

enum err application_read(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;
enum err application_lock(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;
/* By the internal id, whoever asks: for jobs of the machine.  Locks when a transaction is open. */
enum err application_by_id(struct ctx *c, int64_t id, struct application *ret_app) MUST_USE;

enum err application_save(struct ctx *c, struct application *app) MUST_USE;

/* One step of the workflow.  text: more for the timeline, NULL = the table's own; params: variables of the message
 * besides {no}, ended by {NULL}, or NULL.  Errors: ERR_WRONG_STATE with a sentence; what application_save gives. */
struct notify_param;
enum err application_move(struct ctx *c, struct application *app, enum event event, const char *text,
	const struct notify_param *params) MUST_USE;

struct application_new {
	const char *service, *holder, *channel;
};
/* ERR_INVALID: not offered, and which way there is.  ERR_RATE: too many open drafts. */
enum err application_create(struct ctx *c, const struct application_new *in, struct application *ret_app) MUST_USE;

/* Merge a patch (already read over a copy of app->data) into the case.  What may change depends on the state: all in
 * draft and printed (a change of what is signed goes back to draft), in returned when the form itself failed, and what
 * stands beside the form (delivery, invoice, remittance, consents) until acceptance.  ERR_WRONG_STATE otherwise. */
enum err application_patch(struct ctx *c, const char *no, const char *json, size_t n, struct application *ret_app)
	MUST_USE;
enum err application_remit(struct ctx *c, const char *no, const struct remittance_data *in, struct application *ret_app)
	MUST_USE;
/* Take another service, holder or channel, in draft or printed, or while a case that was handed in only waits for a
 * signature and money: data and files stay, the form is made anew. */
enum err application_switch(
	struct ctx *c, const char *no, const struct application_new *to, struct application *ret_app) MUST_USE;
/* The client says that it is done (installed, unlocked). */
enum err application_installed(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;
enum err application_withdraw(struct ctx *c, const char *no, const char *reason, struct application *ret_app) MUST_USE;

/* Everything that stands between the case and its submission, as faults.  ERR_OK also when there are some. */
enum err application_check(struct ctx *c, const struct application *app, struct faults *faults) MUST_USE;
/* Made by the applicant's own client: a renewal online, where an authority is connected.  Reads route, service, catalogue. */
bool application_self_made(const struct ctx *c, const struct application *app);
bool application_wants_form(const struct application *app); /* does this route, with these data, print a form? */
/* Fields alone: what the form needs. */
void application_check_fields(const struct application *app, struct faults *faults);
enum err application_submit(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;

/* The canonical text of all that is filled in: what is sealed. */
char *application_data_text(struct arena *a, const struct application_data *data);
/* The canonical text of what is signed and stamped: what a form version hashes.  Delivery, invoice, remittance and
 * consents may change afterwards without a new form. */
char *application_form_text(struct arena *a, const struct application_data *data);

/* Gates.  A gate is required by the route; only closings are stored. */
struct gate_state {
	const struct catalog_gate *gate;
	int64_t closed_at; /* 0: open */
};
struct gates {
	struct gate_state at[GATE_MAX];
	size_t count; /* required ones */
	int64_t last_closed_at;
	bool all_closed;
};
/* What the service does to certificates: "issue", "extend" … */
const char *application_effect(const struct application *app);
/* Decided by the machine as soon as its gates are closed, unless it was left to people. */
bool application_by_machine(const struct application *app);
/* Only gates are awaited: accepted, or handed in for the machine to decide. */
bool application_awaits_gates(const struct application *app);
enum err application_gates(struct ctx *c, const struct application *app, struct gates *ret_gates) MUST_USE;
/* Close a gate as of a moment; closing it again changes nothing.  When the case is accepted and it was the last, the
 * clock starts and the case moves to second review. */
enum err application_close_gate(struct ctx *c, struct application *app, enum gate gate, int64_t as_of) MUST_USE;
/* After a step, once it is saved: writes down which gates the case needs and which it waits for now, for the lists of staff. */
enum err application_ask_gates(struct ctx *c, const struct application *app, enum state from) MUST_USE;
/* What closed it was taken back.  Only while nothing has followed from it. */
enum err application_reopen_gate(struct ctx *c, const struct application *app, enum gate gate) MUST_USE;
enum err application_gates_done(struct ctx *c, struct application *app)
	MUST_USE; /* the same check without closing one */

/* May materials of this case be uploaded or taken back now?  ERR_WRONG_STATE with a sentence.  In returned only those
 * that failed. */
enum err application_may_upload(struct ctx *c, const struct application *app, const char *material) MUST_USE;

#endif
