#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/notify_driver.h"
#include "domain/rate.h"
#include "io/json.h"
#include "io/spool.h"

/* From the outbox to the gateway, and what became of it there. */

enum {
	DUE,
	DUE_ONE,
	UNSURE,
	BEGIN,
	LEASE,
	PUT_OFF,
	SENT,
	AGAIN,
	DEAD,
	REPORT_DUE,
	REPORT_LEASE,
	REPORT_NEXT,
	REPORTED,
	KEPT,
	FORGET
};

#define COLUMNS \
	"id, phone_sealed, template, params_sealed, tries, COALESCE(ends_at, 0), COALESCE(asked_at, 0), biz_id, COALESCE(sent_at, 0) "
#define TYPES "ibsbiiisi"

static const struct sql sql[] = {
	[DUE] = {"SELECT " COLUMNS
		 "FROM outbox WHERE state='waiting' AND lane=? AND next_at<=? ORDER BY next_at LIMIT 1 "
		 "FOR UPDATE SKIP LOCKED",
		"ii", TYPES},
	[DUE_ONE] = {"SELECT " COLUMNS
		     "FROM outbox WHERE id=? AND state='waiting' AND next_at<=? FOR UPDATE SKIP LOCKED",
		"ii", TYPES},
	[UNSURE] = {"SELECT " COLUMNS "FROM outbox WHERE state='sending' AND lane=? AND next_at<=? ORDER BY next_at "
		    "LIMIT 1 FOR UPDATE SKIP LOCKED",
		"ii", TYPES},
	[BEGIN] = {"UPDATE outbox SET state='sending', tries=tries+1, asked_at=?, next_at=?, error=NULL WHERE id=? AND "
		   "state='waiting'",
		"iii", ""},
	[LEASE] = {"UPDATE outbox SET next_at=? WHERE id=? AND state='sending'", "ii", ""},
	[PUT_OFF] = {"UPDATE outbox SET next_at=?, error=? WHERE id=? AND state='waiting'", "isi", ""},
	[SENT] = {"UPDATE outbox SET state='sent', sent_at=?, biz_id=?, error=NULL, poll_at=?, params_until=?, "
		  "params_sealed=IF(?=1, NULL, params_sealed) WHERE id=? AND state='sending' AND tries=?",
		"isiiiii", ""},
	[AGAIN] = {"UPDATE outbox SET state='waiting', next_at=?, error=? WHERE id=? AND state='sending' AND tries=?",
		"isii", ""},
	[DEAD] =
		{"UPDATE outbox SET state='dead', error=?, params_until=?, params_sealed=IF(?=1, NULL, params_sealed) WHERE "
		 "id=? AND state IN ('waiting','sending') AND tries=?",
			"siiii", ""},
	[REPORT_DUE] = {"SELECT " COLUMNS
			"FROM outbox WHERE poll_at<=? ORDER BY poll_at LIMIT 1 FOR UPDATE SKIP LOCKED",
		"i", TYPES},
	[REPORT_LEASE] = {"UPDATE outbox SET poll_at=? WHERE id=?", "ii", ""},
	[REPORT_NEXT] = {"UPDATE outbox SET poll_at=? WHERE id=? AND state='sent'", "ii", ""},
	[REPORTED] = {"UPDATE outbox SET state=?, reported_at=?, error=?, poll_at=NULL WHERE id=? AND state='sent'",
		"sisi", ""},
	[KEPT] = {"SELECT id FROM outbox WHERE params_until<=? LIMIT 500", "i", "i"},
	[FORGET] = {"UPDATE outbox SET params_sealed=NULL, params_until=NULL WHERE id=?", "i", ""},
};
SQL_TABLE(notify_send);

enum {
	LEASE_S = 60,
	TRIES_MAX = 14, /* within a day and a half */
	PAUSE_MOST_S = 6 * 3600,
	KEEP_DAYS = 30,
	ASK_AFTER_S = 20,	  /* no answer: the gateway knows by then */
	NOT_THERE_S = 600,	  /* and what it does not know by then it never had */
	ASK_FOR_S = 3 * DAY_S,	  /* nobody could be asked: given up, not sent again */
	REPORT_FIRST_S = 120,	  /* after it was sent */
	REPORT_FOR_S = 3 * DAY_S, /* operators report no later */
};

struct due {
	int64_t id;
	struct bytes phone_sealed;
	const char *template;
	struct bytes params_sealed;
	int64_t tries, ends_at, asked_at;
	const char *biz_id;
	int64_t sent_at;
};
static const struct field due_fields[] = {
	INT(struct due, id, "id", 0, 0),
	BYTES(struct due, phone_sealed, "phone", 0),
	TEXT(struct due, template, "template", 0, 0, NULL),
	BYTES(struct due, params_sealed, "params", 0),
	INT(struct due, tries, "tries", 0, 0),
	TIME(struct due, ends_at, "ends_at"),
	TIME(struct due, asked_at, "asked_at"),
	TEXT(struct due, biz_id, "biz_id", 0, 0, NULL),
	TIME(struct due, sent_at, "sent_at"),
};
static const struct shape due_shape = SHAPE(struct due, due_fields);

static const struct notify_driver *driver_of(const struct ctx *c)
{
	static const struct notify_driver *const all[] = {&notify_spool, &notify_aliyun};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (text_eq(all[i]->word, c->house->config.sms_driver))
			return all[i];
	return &notify_spool;
}

static bool secret(const struct due *d)
{
	const struct notify_template *t = notify_template(d->template);

	return !t || t->secret;
}

static int64_t kept_until(const struct ctx *c, const struct due *d)
{
	return secret(d) ? 0 : c->now + KEEP_DAYS * (int64_t)DAY_S;
}

/* What is of no use any more (a code) is emptied, too. */
static enum err die(struct ctx *c, const struct due *d, const char *code)
{
	bool gone = secret(d);

	log_at(LOG_WARN, "message %" PRId64 " given up: %s", d->id, code);
	return db_exec(c->db, &sql[DEAD], S(code), I0(kept_until(c, d)), I(gone), I(d->id), I(d->tries));
}

void notify_look_over(const struct config *config)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	size_t n;
	const struct notify_template *t = notify_templates(&n);

	for (size_t i = 0; text_eq(config->sms_driver, notify_aliyun.word) && i < n; i++)
		if (!notify_code_of(a, config->sms_templates, t[i].word))
			log_at(LOG_ERROR, "sms_templates has no code for %s: these messages will not be sent",
				t[i].word);
}

/* --- taking one --- */

struct take {
	const struct notify_driver *driver;
	int64_t id; /* 0: the next one */
	int lane;
	struct due due;
	bool unsure; /* it was under way already: to be asked for */
	bool ready;  /* the intent is written: to be sent */
};

/* Until when it has to wait, for the hour or for what was sent today; 0: not at all. */
static enum err wait_of(struct ctx *c, const struct take *t, int64_t *ret_until, const char **ret_why)
{
	const struct config *config = &c->house->config;
	const struct notify_template *template = notify_template(t->due.template);
	int64_t quiet = notify_quiet_end(c->now, config->sms_quiet), wait = 0;
	const char *phone;
	enum err e;

	*ret_until = 0;
	if (!t->driver->reaches_people || !template || template->kind == NOTIFY_CODE)
		return ERR_OK;
	*ret_why = "quiet";
	if (template->kind == NOTIFY_NEWS && quiet > c->now) {
		*ret_until = quiet;
		return ERR_OK;
	}
	if (t->due.tries) /* counted before */
		return ERR_OK;
	e = ctx_open(c, "outbox.phone", t->due.phone_sealed, &phone);
	if (e == ERR_OK)
		e = rate_hit(c, "sms-phone", phone, DAY_S, config->rate_sms_phone_day, &wait);
	if (e == ERR_OK)
		e = rate_hit(c, "sms-day", "", DAY_S, config->rate_sms_day, &wait);
	if (e != ERR_RATE)
		return e;
	*ret_why = "capped";
	*ret_until = c->now + wait;
	return ERR_OK;
}

static enum err begin(struct ctx *c, struct take *t)
{
	const char *why = NULL;
	int64_t until;
	enum err e;

	if (t->due.ends_at && t->due.ends_at <= c->now)
		return die(c, &t->due, "late");
	e = wait_of(c, t, &until, &why);
	if (e != ERR_OK)
		return e;
	if (until)
		return db_exec(c->db, &sql[PUT_OFF], I(until), S(why), I(t->due.id));
	t->ready = true;
	t->due.tries++;
	t->due.asked_at = c->now;
	return db_exec(c->db, &sql[BEGIN], I(c->now), I(c->now + LEASE_S), I(t->due.id));
}

static enum err take_one(struct ctx *c, void *arg)
{
	struct take *t = arg;
	enum err e;

	t->unsure = t->ready = false;
	if (t->id)
		e = db_one(c->db, &sql[DUE_ONE], &due_shape, &t->due, I(t->id), I(c->now));
	else
		e = db_one(c->db, &sql[DUE], &due_shape, &t->due, I(t->lane), I(c->now));
	if (e == ERR_OK)
		return begin(c, t);
	if (e != ERR_NOT_FOUND || t->id)
		return e;
	e = db_one(c->db, &sql[UNSURE], &due_shape, &t->due, I(t->lane), I(c->now));
	t->unsure = e == ERR_OK;
	return t->unsure ? db_exec(c->db, &sql[LEASE], I(c->now + LEASE_S), I(t->due.id)) : e;
}

/* --- what came of it --- */

struct result {
	const struct notify_driver *driver;
	const struct due *due;
	struct notify_answer answer;
};

static enum err sent(struct ctx *c, const struct result *r)
{
	const struct due *d = r->due;

	return db_exec(c->db, &sql[SENT], I(c->now), S(r->answer.biz_id),
		I0(r->driver->ask ? c->now + REPORT_FIRST_S : 0), I0(kept_until(c, d)), I(secret(d)), I(d->id),
		I(d->tries));
}

static enum err answered(struct ctx *c, void *arg)
{
	const struct result *r = arg;
	const struct due *d = r->due;
	int64_t pause = 30ll << d->tries;

	if (r->answer.what == NOTIFY_SENT)
		return sent(c, r);
	if (r->answer.what == NOTIFY_REFUSED || d->tries >= TRIES_MAX)
		return die(c, d, r->answer.code);
	return db_exec(c->db, &sql[AGAIN], I(c->now + (pause < PAUSE_MOST_S ? pause : PAUSE_MOST_S)), S(r->answer.code),
		I(d->id), I(d->tries));
}

static enum err unanswered(struct ctx *c, void *arg)
{
	const struct due *d = ((const struct result *)arg)->due;

	return db_exec(c->db, &sql[LEASE], I(c->now + ASK_AFTER_S), I(d->id));
}

static enum err message_of(struct ctx *c, const struct due *d, struct notify_message *ret_m)
{
	static const char mark[] = ",\"params\":{"; /* cannot stand inside a JSON text: quotes are escaped there */
	const char *at;
	enum err e = ERR_OK;

	*ret_m = (struct notify_message){
		.id = d->id, .asked_at = d->asked_at, .template = d->template, .biz_id = d->biz_id};
	ret_m->out_id = arena_printf(c->arena, "m%" PRId64, d->id);
	if (d->params_sealed.at)
		e = ctx_open(c, "outbox.params", d->params_sealed, &ret_m->whole);
	if (e == ERR_OK)
		e = ctx_open(c, "outbox.phone", d->phone_sealed, &ret_m->phone);
	at = e == ERR_OK && ret_m->whole ? strstr(ret_m->whole, mark) : NULL;
	if (at)
		ret_m->params = arena_textn(c->arena, at + sizeof mark - 2, strlen(at + sizeof mark - 2) - 1);
	return e;
}

static enum err send_one(struct ctx *c, const struct notify_driver *driver, struct due *d)
{
	struct result r = {.driver = driver, .due = d};
	struct notify_message m;
	enum err e = message_of(c, d, &m);

	if (e == ERR_OK && !m.params)
		r.answer = (struct notify_answer){NOTIFY_REFUSED, NULL, "empty"};
	else if (e == ERR_OK)
		e = driver->send(c, &m, &r.answer);
	if (e == ERR_OK)
		return ctx_tx(c, answered, &r);
	log_at(LOG_WARN, "message %" PRId64 " not sent, try %" PRId64 ": %s", d->id, d->tries, err_wire(e));
	if (e == ERR_UNCERTAIN)
		return ctx_tx(c, unanswered, &r);
	r.answer = (struct notify_answer){NOTIFY_LATER, NULL, e == ERR_BUSY ? "unreached" : err_wire(e)};
	return ctx_tx(c, answered, &r);
}

/* --- nobody knows --- */

struct asked {
	struct result r;
	struct notify_report report;
	bool told;
};

enum err notify_note(struct ctx *c, int64_t id, const struct notify_report *r)
{
	return db_exec(c->db, &sql[REPORTED], S(r->what == NOTIFY_DELIVERED ? "delivered" : "failed"),
		I(r->at && r->at <= c->now ? r->at : c->now),
		S(r->what == NOTIFY_DELIVERED ? NULL
			: r->code	      ? r->code
					      : "unknown"),
		I(id));
}

static enum err settle(struct ctx *c, void *arg)
{
	const struct asked *a = arg;
	const struct due *d = a->r.due;
	int64_t since = c->now - d->asked_at;
	enum err e;

	if (a->told && a->report.what != NOTIFY_UNKNOWN) {
		e = sent(c, &a->r);
		if (e == ERR_OK && a->report.what >= NOTIFY_DELIVERED)
			e = notify_note(c, d->id, &a->report);
		return e;
	}
	if (d->ends_at && d->ends_at <= c->now)
		return die(c, d, "late");
	if (a->told && since >= NOT_THERE_S)
		return d->tries >= TRIES_MAX
			       ? die(c, d, "no_answer")
			       : db_exec(c->db, &sql[AGAIN], I(c->now), S("no_answer"), I(d->id), I(d->tries));
	if (since >= ASK_FOR_S)
		return die(c, d, "no_answer");
	return db_exec(c->db, &sql[LEASE], I(c->now + (since > ASK_AFTER_S ? since : ASK_AFTER_S)), I(d->id));
}

static enum err ask_one(struct ctx *c, const struct notify_driver *driver, struct due *d)
{
	struct asked a = {.r = {.driver = driver, .due = d}};
	struct notify_message m;
	enum err e = message_of(c, d, &m);

	if (e == ERR_OK && !driver->ask) { /* a file of the same name: once more does no harm */
		a.r.answer = (struct notify_answer){NOTIFY_LATER, NULL, "interrupted"};
		return ctx_tx(c, answered, &a.r);
	}
	if (e == ERR_OK)
		e = driver->ask(c, &m, &a.report);
	a.told = e == ERR_OK;
	return ctx_tx(c, settle, &a);
}

static enum err one_of(struct ctx *c, struct take *t)
{
	if (t->unsure)
		return ask_one(c, t->driver, &t->due);
	return t->ready ? send_one(c, t->driver, &t->due) : ERR_OK;
}

enum err notify_send(struct ctx *c, int64_t id, int most, int *ret_sent)
{
	struct take t = {.driver = driver_of(c), .id = id};
	enum err e = ERR_OK;

	*ret_sent = 0;
	if (id && t.driver->reaches_people)
		return ERR_OK;
	while (*ret_sent < most && e == ERR_OK) {
		t.lane = 0; /* codes first, also before the next of the others */
		e = ctx_tx(c, take_one, &t);
		if (e == ERR_NOT_FOUND && !id) {
			t.lane = 1;
			e = ctx_tx(c, take_one, &t);
		}
		if (e == ERR_NOT_FOUND)
			return ERR_OK;
		if (e == ERR_OK)
			e = one_of(c, &t);
		++*ret_sent;
	}
	return e;
}

/* --- did it arrive? --- */

static enum err take_sent(struct ctx *c, void *arg)
{
	struct due *d = arg;
	enum err e = db_one(c->db, &sql[REPORT_DUE], &due_shape, d, I(c->now));

	return e == ERR_OK ? db_exec(c->db, &sql[REPORT_LEASE], I(c->now + LEASE_S), I(d->id)) : e;
}

static enum err arrived(struct ctx *c, void *arg)
{
	const struct asked *a = arg;
	int64_t since = c->now - a->r.due->sent_at;

	if (a->told && a->report.what >= NOTIFY_DELIVERED)
		return notify_note(c, a->r.due->id, &a->report);
	return db_exec(c->db, &sql[REPORT_NEXT],
		I0(since < REPORT_FOR_S ? c->now + (since > REPORT_FIRST_S ? since : REPORT_FIRST_S) : 0),
		I(a->r.due->id));
}

enum err notify_poll(struct ctx *c, int *ret_done)
{
	const struct notify_driver *driver = driver_of(c);
	struct due due;
	struct asked a = {.r = {.driver = driver, .due = &due}};
	struct notify_message m;
	enum err e = ctx_tx(c, take_sent, &due);

	*ret_done = 0;
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e == ERR_OK)
		e = message_of(c, &due, &m);
	if (e != ERR_OK)
		return e;
	*ret_done = 1;
	a.told = driver->ask && driver->ask(c, &m, &a.report) == ERR_OK;
	return ctx_tx(c, arrived, &a);
}

static enum err forget(struct ctx *c, void *arg)
{
	const struct list *ids = arg;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ids->count; i++)
		e = db_exec(c->db, &sql[FORGET], I(((const struct db_int *)ids->at)[i].value));
	return e;
}

enum err notify_forget(struct ctx *c, int *ret_done)
{
	struct list ids = {NULL, 0};
	enum err e = db_all(c->db, &sql[KEPT], &db_int_shape, &ids, I(c->now));

	*ret_done = (int)ids.count;
	return e == ERR_OK && ids.count ? ctx_tx(c, forget, &ids) : e;
}

/* --- a folder instead of a gateway --- */

static enum err put(struct ctx *c, const struct notify_message *m, struct notify_answer *ret_answer)
{
	*ret_answer = (struct notify_answer){.what = NOTIFY_SENT};
	return spool_put(c->arena, arena_printf(c->arena, "%s/sms", c->house->config.spool_dir),
		arena_printf(c->arena, "%012" PRId64 "-%s", m->id, m->template), m->whole, strlen(m->whole));
}

const struct notify_driver notify_spool = {"spool", false, put, NULL};
