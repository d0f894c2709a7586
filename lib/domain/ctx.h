#ifndef DOMAIN_CTX_H
#define DOMAIN_CTX_H

#include "base/config.h"
#include "base/fault.h"
#include "domain/calendar.h"
#include "domain/catalog.h"
#include "domain/permission.h"
#include "io/crypto.h"
#include "io/db.h"
#include "io/keyring.h"

/* What every domain operation works with.
 * struct house: made once per process, lives as long as it does.  struct ctx: one request or one job.
 *
 * Writing operations run inside ctx_tx and assert it: one transaction holds the change, its event, its audit rows and
 * its messages.  ctx_tx runs the whole work again when the database says so (ERR_BUSY), so work must not keep anything
 * outside the database and the arena.  Time comes from c->now, never from the clock, so tests can set it. */

struct house {
	struct arena *arena;
	struct config config;
	struct keyring master; /* held while a request or a job runs */
	struct key index, csrf, audit, form;
	struct db *db;
	const struct catalog *catalog; /* the newest; a case's own comes from rules_of (rules.h) */
	struct calendar calendar;
	int64_t calendar_read_at;
};

enum actor_kind { ACTOR_NOBODY, ACTOR_APPLICANT, ACTOR_STAFF, ACTOR_MACHINE, ACTOR_MAX };

/* A phone that sends files for one material of one case (relay.h). */
struct actor_relay {
	int64_t id;
	const char *no, *material;
};

struct actor {
	enum actor_kind kind;
	int64_t account_id, staff_id;
	int64_t only_application;	 /* a counter session: this case and no other; 0: all of the account */
	const struct actor_relay *relay; /* a phone's session: that relay and nothing else; NULL: no relay */
	permission_set permissions;
	const char *phone;	 /* applicant */
	const char *user, *name; /* staff */
	bool setup;		 /* staff who have a password or a one-time code to set first, and may nothing else */
	const char *addr;	 /* "" for the machine */
};

struct audit_entry;

struct ctx {
	struct house *house;
	struct db *db;
	struct arena *arena;
	struct actor actor;
	int64_t now;
	int64_t expect;	 /* version the caller saw (If-Match); 0 = any */
	const char *say; /* a sentence for this refusal, better than the error's own; NULL */
	int64_t retry_s; /* of ERR_RATE: seconds after which it may be tried again; 0: not known */
	struct faults faults;
	struct audit_entry *audit; /* rows to write at commit, newest first */
};

extern const char *const actor_words[]; /* nobody applicant staff machine */

/* Reads the config file named by ZHENGYIN_CONF, keys and catalogue; logs what is wrong.  Exits the process with 1 when
 * something is: a program must not serve half. */
struct house *house_open(const char *program);
void house_close(struct house *h);

void ctx_init(struct ctx *c, struct house *h, struct arena *a, int64_t now);

/* Runs work in one transaction: begin, work, audit rows, commit; rollback when work is refused.  Tries up to CTX_TRIES
 * times on ERR_BUSY, with growing waits; faults and audit rows of a failed try are dropped. */
enum { CTX_TRIES = 6 };
enum err ctx_tx(struct ctx *c, enum err (*work)(struct ctx *c, void *arg), void *arg) MUST_USE;

/* What was made later than this from now was made before the clock stepped back: its time would last longer than it may. */
enum { CTX_AHEAD_S = 60 };

/* A refusal with its own sentence: return ctx_say(c, ERR_WRONG_STATE, "…"). */
enum err ctx_say(struct ctx *c, enum err e, const char *format, ...) PRINTF_LIKE(3, 4);

/* Personal texts: sealed for where they stand ("account.phone"), and the look-up hash of a phone or number. */
struct bytes ctx_seal(struct ctx *c, const char *place, const char *text);
enum err ctx_open(struct ctx *c, const char *place, struct bytes sealed, const char **ret_text) MUST_USE;
struct bytes ctx_index(struct ctx *c, const char *kind, const char *text);

/* The working calendar, read from the database at most once a minute per process. */
enum err ctx_calendar(struct ctx *c, const struct calendar **ret_calendar) MUST_USE;

#endif
