#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/dispatch.h"
#include "domain/express_row.h"

/* What the worker does with the courier.  Before each question the order is marked as asked, in a transaction of its own: whoever
 * comes after a crash, or after no answer, knows that the courier may have it, and asks for it before ordering again. */

enum { DUE, READ, TAKE, PLACED, ENDED, BACK, TROUBLE, LATER, PARCELS, PARCEL_LATER, STEP_ADD };

static const struct sql sql[] = {
	[DUE] = {"SELECT id FROM express_order WHERE next_at>0 AND next_at<=? ORDER BY next_at LIMIT 10", "i", "i"},
	[READ] = {"SELECT " EXPRESS_COLUMNS "WHERE o.id=?", "i", EXPRESS_TYPES},
	[TAKE] =
		{"UPDATE express_order SET asked_at=?, next_at=?, tries=tries+1, version=version+1 WHERE id=? AND version=?",
			"iiii", ""},
	[PLACED] =
		{"UPDATE express_order SET state='placed', waybill=?, error=?, tries=0, next_at=?, version=version+1 WHERE "
		 "id=? AND version=?",
			"ssiii", ""},
	[ENDED] =
		{"UPDATE express_order SET state=?, error=?, done_at=?, next_at=0, version=version+1 WHERE id=? AND version=?",
			"ssiii", ""},
	[BACK] = {"UPDATE express_order SET state=IF(waybill IS NULL,'planned','placed'), error=?, tries=0, next_at=?, "
		  "version=version+1 WHERE id=? AND version=?",
		"siii", ""},
	[TROUBLE] = {"UPDATE express_order SET error=? WHERE id=? AND version=?", "sii", ""},
	[LATER] = {"UPDATE express_order SET next_at=? WHERE id=? AND state='placed'", "ii", ""},
	[PARCELS] =
		{"SELECT id, application_id, waybill, sent_at FROM parcel WHERE poll_at>0 AND poll_at<=? ORDER BY poll_at "
		 "LIMIT 10",
			"i", "iisi"},
	[PARCEL_LATER] = {"UPDATE parcel SET poll_at=? WHERE id=? AND poll_at>0", "ii", ""},
	[STEP_ADD] =
		{"INSERT INTO parcel_step (parcel_id, at, code, text_hash, text_sealed, seen_at) VALUES (?,?,?,?,?,?)",
			"iisbbi", ""},
};
SQL_TABLE(express_work);

enum { FIRST_S = 30, MOST_S = 900, POLL_S = 1800, POLL_DAYS = 30 };

/* After the lease of this question; later each time, for as long as there is no answer. */
static int64_t next_try(int64_t tries)
{
	int64_t wait = tries > 5 ? MOST_S : (int64_t)FIRST_S << tries;

	return wait > MOST_S ? MOST_S : wait;
}

struct step {
	struct express_row o;
	struct express_answer a;
	const struct express_driver *driver;
	struct express_parcel parcel;
	const char *error;
};

static enum err take(struct ctx *c, void *arg)
{
	struct step *s = arg;

	return db_guarded(c->db,
		db_exec(c->db, &sql[TAKE], I(c->now), I(c->now + next_try(s->o.tries)), I(s->o.id), I(s->o.version)));
}

static enum err placed(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	enum err e = db_exec(
		c->db, &sql[PLACED], S(s->a.waybill), S(""), I(c->now + POLL_S), I(s->o.id), I(s->o.version));

	audit_add(c, "express_placed", s->o.no, s->a.waybill);
	return db_guarded(c->db, e);
}

static enum err failed(struct ctx *c, void *arg)
{
	const struct step *s = arg;

	audit_add(c, "express_failed", s->o.no, s->o.order_no);
	return db_guarded(
		c->db, db_exec(c->db, &sql[ENDED], S("failed"), S(s->a.say), I(c->now), I(s->o.id), I(s->o.version)));
}

static enum err cancelled(struct ctx *c, void *arg)
{
	const struct step *s = arg;

	audit_add(c, "express_cancelled", s->o.no, s->o.order_no);
	return db_guarded(
		c->db, db_exec(c->db, &sql[ENDED], S("cancelled"), S(""), I(c->now), I(s->o.id), I(s->o.version)));
}

static enum err back(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	const char *say = arena_printf(c->arena, "顺丰没有取消：%s", s->a.say);

	return db_guarded(c->db, db_exec(c->db, &sql[BACK], S(say), I(c->now + FIRST_S), I(s->o.id), I(s->o.version)));
}

static enum err trouble(struct ctx *c, void *arg)
{
	const struct step *s = arg;

	return db_exec(c->db, &sql[TROUBLE], S(s->error), I(s->o.id), I(s->o.version));
}

static const char *words_of(enum err e)
{
	return e == ERR_BUSY	   ? "顺丰连不上，系统会继续联系"
	       : e == ERR_INTERNAL ? "顺丰接入设置不对，请联系系统管理员"
				   : "顺丰没有明确答复，系统会继续查问，不会重复下单";
}

/* Known there already?  Then its waybill; else order.  A refusal counts only when the courier cannot have it from before. */
static enum err order(struct ctx *c, struct step *s, bool asked_before)
{
	bool new_there = !asked_before;
	enum err e = ERR_OK;

	s->a.word = EXPRESS_ABSENT;
	if (asked_before) {
		e = s->driver->find(c, &s->parcel, &s->a);
		new_there = s->a.word == EXPRESS_ABSENT;
	}
	if (e == ERR_OK && s->a.word != EXPRESS_TAKEN)
		e = s->driver->order(c, &s->parcel, &s->a);
	if (e == ERR_OK && s->a.word == EXPRESS_THERE) {
		new_there = false;
		e = s->driver->find(c, &s->parcel, &s->a);
	}
	if (e != ERR_OK)
		return e;
	if (s->a.word == EXPRESS_TAKEN)
		return ctx_tx(c, placed, s);
	return s->a.word == EXPRESS_REFUSED && new_there ? ctx_tx(c, failed, s) : ERR_UNCERTAIN;
}

static enum err take_back(struct ctx *c, struct step *s)
{
	enum err e = s->driver->cancel(c, &s->parcel, &s->a);

	if (e != ERR_OK)
		return e;
	return s->a.word == EXPRESS_ABSENT ? ctx_tx(c, cancelled, s) : ctx_tx(c, back, s);
}

static enum err load(struct ctx *c, int64_t application_id, struct express_parcel *ret_parcel)
{
	struct application app;
	enum err e = application_by_id(c, application_id, &app);

	return e == ERR_OK ? express_parcel_of(c, &app, ret_parcel) : e;
}

/* --- an order with a waybill: did the courier fetch it? --- */

static bool has_code(const struct list *steps, const char *code)
{
	const struct express_step *at = steps->at;

	for (size_t i = 0; i < steps->count; i++)
		if (text_eq(at[i].code, code))
			return true;
	return false;
}

static enum err later(struct ctx *c, void *arg)
{
	return db_exec(c->db, &sql[LATER], I(c->now + POLL_S), I(((const struct step *)arg)->o.id));
}

static enum err fetched(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	struct application app;

	return dispatch_send(c, s->o.no, s->o.waybill, &app);
}

static bool on_its_way(const struct list *steps)
{
	return has_code(steps, "50") || has_code(steps, "80");
}

static enum err look(struct ctx *c, struct step *s)
{
	enum err e = ctx_tx(c, later, s);

	if (e == ERR_OK)
		e = s->driver->routes(c, &s->parcel, &s->a);
	return e == ERR_OK && on_its_way(&s->a.steps) ? ctx_tx(c, fetched, s) : e;
}

/* --- the rounds --- */

static enum err act(struct ctx *c, struct step *s)
{
	bool asked_before = s->o.asked_at != 0;
	enum err e = load(c, s->o.application_id, &s->parcel);

	s->parcel.order_no = s->o.order_no;
	s->parcel.freight = s->o.freight;
	s->parcel.waybill = s->o.waybill;
	if (e == ERR_OK && text_eq(s->o.state, "placed"))
		return look(c, s);
	if (e == ERR_OK)
		e = ctx_tx(c, take, s);
	if (e != ERR_OK)
		return e;
	s->o.version++;
	return text_eq(s->o.state, "cancelling") ? take_back(c, s) : order(c, s, asked_before);
}

static bool may_wait(enum err e)
{
	return e == ERR_BUSY || e == ERR_UNCERTAIN || e == ERR_INTERNAL || e == ERR_CONFLICT;
}

static enum err one(struct ctx *c, const struct express_driver *driver, int64_t id)
{
	struct step s = {.driver = driver};
	enum err e = db_one(c->db, &sql[READ], &express_row_shape, &s.o, I(id));

	if (e == ERR_OK)
		e = act(c, &s);
	if (may_wait(e)) {
		log_at(LOG_WARN, "express: %s: %s", s.o.order_no, err_wire(e));
		s.error = words_of(e);
		e = ctx_tx(c, trouble, &s);
	}
	return e == ERR_STALE || e == ERR_WRONG_STATE ? ERR_OK : e;
}

enum err express_round(struct ctx *c, int *ret_done)
{
	const struct express_driver *driver = express_driver(&c->house->config);
	struct list ids = {NULL, 0};
	enum err e = ERR_OK;

	*ret_done = 0;
	if (driver)
		e = db_all(c->db, &sql[DUE], &db_int_shape, &ids, I(c->now));
	for (size_t i = 0; e == ERR_OK && i < ids.count; i++, ++*ret_done)
		e = one(c, driver, ((const struct db_int *)ids.at)[i].value);
	return e;
}

struct parcel {
	int64_t id, application_id;
	const char *waybill;
	int64_t sent_at;
	struct list steps;
};
static const struct field parcel_fields[] = {
	INT(struct parcel, id, "id", 0, 0),
	INT(struct parcel, application_id, "application_id", 0, 0),
	TEXT(struct parcel, waybill, "waybill", 0, 0, NULL),
	INT(struct parcel, sent_at, "sent_at", 0, 0),
};
static const struct shape parcel_shape = SHAPE(struct parcel, parcel_fields);

/* Whoever has not signed after a month is no longer asked about. */
static enum err put_off(struct ctx *c, void *arg)
{
	const struct parcel *p = arg;
	bool enough = c->now - p->sent_at > POLL_DAYS * 86400ll;

	return db_exec(c->db, &sql[PARCEL_LATER], I(enough ? 0 : c->now + POLL_S), I(p->id));
}

static enum err keep(struct ctx *c, void *arg)
{
	const struct parcel *p = arg;
	const struct express_step *at = p->steps.at;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < p->steps.count; i++) {
		const char *text = arena_printf(c->arena, "%s\n%s", at[i].place, at[i].text);

		e = db_exec(c->db, &sql[STEP_ADD], I(p->id), I(at[i].at), S(at[i].code),
			B(ctx_index(c, "parcel.step", text)), B(ctx_seal(c, "parcel.step", text)), I(c->now));
		if (e == ERR_CONFLICT) /* known */
			e = ERR_OK;
	}
	return e == ERR_OK && has_code(&p->steps, "80") ? dispatch_signed_for(c, p->application_id, p->waybill) : e;
}

static enum err follow(struct ctx *c, const struct express_driver *driver, struct parcel *p)
{
	struct express_parcel parcel;
	struct express_answer a;
	enum err e = load(c, p->application_id, &parcel);

	if (e == ERR_OK)
		e = ctx_tx(c, put_off, p);
	if (e != ERR_OK)
		return e;
	parcel.waybill = p->waybill;
	e = driver->routes(c, &parcel, &a);
	if (e != ERR_OK)
		return may_wait(e) ? ERR_OK : e;
	p->steps = a.steps;
	e = ctx_tx(c, keep, p);
	return e == ERR_STALE ? ERR_OK : e;
}

enum err express_poll(struct ctx *c, int *ret_done)
{
	const struct express_driver *driver = express_driver(&c->house->config);
	struct list parcels = {NULL, 0};
	enum err e = ERR_OK;

	*ret_done = 0;
	if (driver)
		e = db_all(c->db, &sql[PARCELS], &parcel_shape, &parcels, I(c->now));
	for (size_t i = 0; e == ERR_OK && i < parcels.count; i++, ++*ret_done)
		e = follow(c, driver, (struct parcel *)parcels.at + i);
	return e;
}
