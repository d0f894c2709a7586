#ifndef DOMAIN_REGISTER_H
#define DOMAIN_REGISTER_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* The register of certificates: whose each is, until when, what may be done with it now, and what became of it.  Those our
 * cases issued and those imported lie in one table (sql/002_register.sql).
 *
 * not_after is the last day a certificate is valid.  "expired" is never stored: it is seen from that day whenever a row is
 * read, so no job has to run at midnight.  Persons' names and numbers are sealed and come out only by the functions below
 * that say so; whatever is written for a page is masked. */

enum register_status {
	REGISTER_VALID,
	REGISTER_SUSPENDED,
	REGISTER_REVOKED,
	REGISTER_SUPERSEDED,
	REGISTER_EXPIRED,
	REGISTER_STATUS_MAX
};
extern const char *const register_status_words[]; /* valid suspended revoked superseded expired, NULL */

struct register_certificate {
	int64_t id, application_id, account_id; /* 0: imported */
	const char *sign_serial, *enc_serial;
	struct date not_before, not_after;
	const char *stored_status, *holder, *unit_name, *unit_key, *uscc, *unit_address;
	struct bytes person_sealed, person_key_hash, id_number_sealed, id_number_hash, agent_sealed;
	const char *token_serial, *seal_kind, *seal_name; /* NULL: not known */
	int64_t predecessor, successor, revoked_at;
	int64_t revoke_reason;
	const char *source;
	const char *before_serial, *after_serial; /* the certificates before and after it; NULL: none */
	const char *case_no;			  /* NULL: imported */
	/* made by loading */
	enum register_status status; /* as of c->now */
};

struct register_agent {
	const char *name, *id_number, *phone;
};

/* --- what stands in a certificate, to be entered ------------------------------------------------------------------- */

/* Also the columns of an import: field names, labels and rules are those of register_in_shape. */
struct register_in {
	const char *holder, *unit_name, *uscc, *unit_address, *person_name, *id_number;
	const char *sign_serial, *enc_serial;
	struct date not_before, not_after;
	const char *status, *token_serial, *seal_kind, *seal_name;
	const char *agent_name, *agent_id_number, *agent_phone;
	/* not from a file */
	int64_t application_id, item, account_id, producer; /* 0: none */
	const char *source;				    /* NULL = portal */
};
extern const struct shape register_in_shape;

/* 4–40 letters and digits, as printed on a token. */
const char *register_rule_token(struct arena *a, const char **text, const char **ret_say);

/* What the table cannot see: which data a holder must and must not have, which seals, days in order.  Empty status becomes
 * valid.  Faults with the pointer prefix/member. */
void register_check(const struct catalog *cat, struct date today, struct register_in *in, const char *prefix,
	struct faults *faults);

/* --- pure rules ------------------------------------------------------------------------------------------------------ */

enum register_renewal { RENEWAL_EARLY, RENEWAL_OPEN, RENEWAL_EXPIRED };
/* The window opens window_days before not_after and is open through not_after itself.  ret_opens_on: that first day. */
enum register_renewal register_renewal(
	struct date today, struct date not_after, int64_t window_days, struct date *ret_opens_on);

/* Until when a certificate made today is valid, by the service's effect (catalogue): issue = today + years; extend = old
 * not_after + years when in time, today + years once expired; replace, reissue = old not_after.  "No day": any other. */
struct date register_not_after(const char *effect, struct date today, struct date old_not_after, int64_t years);

enum register_event { REGISTER_SUSPEND, REGISTER_RESUME, REGISTER_REVOKE, REGISTER_SUPERSEDE, REGISTER_EVENT_MAX };
extern const char *const register_event_words[];
struct register_transition {
	enum register_status from; /* as stored: an expired certificate counts as what it was */
	enum register_event event;
	enum register_status to;
};
const struct register_transition *register_transition(
	enum register_status from, enum register_event event); /* NULL: no */
bool register_reason_known(int64_t reason);		       /* RFC 5280 codes that we use */

/* Does this service make sense for the certificate today, and does an open route offer it?  A service that issues does when
 * it is signed with an existing certificate (add). */
bool register_serves(const struct catalog *cat, const struct catalog_service *service,
	const struct register_certificate *r, struct date today);

/* The same-name test of add: comparison keys of the unit names equal, and credit codes equal when the certificate carries
 * one.  ret_unsure: it carries none, so the reviewer looks. */
bool register_same_unit(struct arena *a, const struct register_certificate *r, const char *unit_name, const char *uscc,
	bool *ret_unsure);

/* --- reading ------------------------------------------------------------------------------------------------------- */

enum { REGISTER_LIMIT_MAX = 100 };

/* By the serial of either certificate of the pair.  ERR_NOT_FOUND. */
enum err register_find(struct ctx *c, const char *serial, struct register_certificate *ret_row) MUST_USE;
/* The same for who knows the credit code (org, rep) or the identity number (ind) in it, else ERR_NOT_FOUND with one
 * sentence for all.  Own transactions: counts the attempt per account and address (ERR_RATE), records it. */
enum err register_prove(struct ctx *c, const char *serial, const char *uscc, const char *id_number,
	struct register_certificate *ret_row) MUST_USE;
/* Of the signed-in applicant, newest first: issued by cases of his account, or his phone is that of the agent. */
enum err register_of_account(struct ctx *c, int64_t after, int64_t limit, struct list *ret_rows) MUST_USE;
/* Valid today, of the unit that passes register_same_unit.  holder NULL: any. */
enum err register_by_unit(
	struct ctx *c, const char *holder, const char *unit_name, const char *uscc, struct list *ret_rows) MUST_USE;
/* For staff: q is a serial (certificate or token), a credit code, an identity number, the whole name of a person or the
 * beginning of a unit's; NULL = the newest. */
enum err register_search(struct ctx *c, const char *q, int64_t after, int64_t limit, struct list *ret_rows) MUST_USE;

/* Those that took each other's place, oldest first, this one among them. */
enum { REGISTER_CHAIN_MAX = 40 };
enum err register_chain(struct ctx *c, const struct register_certificate *r, struct list *ret_rows) MUST_USE;

enum err register_person(struct ctx *c, const struct register_certificate *r, const char **ret_name)
	MUST_USE; /* NULL: none */
enum err register_id_number(struct ctx *c, const struct register_certificate *r, const char **ret_number)
	MUST_USE; /* NULL: none */
/* Agent of the last completed business.  ERR_NOT_FOUND: nobody is known. */
enum err register_agent(struct ctx *c, const struct register_certificate *r, struct register_agent *ret_agent) MUST_USE;

/* --- changing: inside ctx_tx --------------------------------------------------------------------------------------- */

/* in was read by its shape and checked.  ERR_CONFLICT: a serial is there already. */
enum err register_add(struct ctx *c, const struct register_in *in, int64_t *ret_id) MUST_USE;
/* One step by the table.  reason: RFC 5280, for REVOKE only; successor: for SUPERSEDE, the new certificate.
 * ERR_WRONG_STATE with a sentence; ERR_INVALID: no such reason; ERR_NOT_FOUND. */
enum err register_mark(struct ctx *c, int64_t id, enum register_event event, int64_t reason, int64_t successor)
	MUST_USE;
/* Made badly: revoked for reason, and no longer that of its case or its owner, so that another may take its place. */
enum err register_void(struct ctx *c, const char *sign_serial, int64_t reason) MUST_USE;
/* After completed business: who did it, and the token it lies in (NULL = as before). */
enum err register_set_agent(struct ctx *c, int64_t id, const struct register_agent *agent, const char *token_serial)
	MUST_USE;

/* --- writing ------------------------------------------------------------------------------------------------------- */

/* One masked object; staff: with source, serial of the encryption certificate and what ended it. */
enum err register_write(struct ctx *c, const struct register_certificate *r, bool staff, struct json_out *j) MUST_USE;
/* For staff: {certificate, chain, token}. */
enum err register_write_whole(struct ctx *c, const struct register_certificate *r, struct json_out *j) MUST_USE;
/* {items, next} */
enum err register_write_list(struct ctx *c, const struct list *rows, int64_t limit, bool staff, struct json_out *j)
	MUST_USE;

#endif
