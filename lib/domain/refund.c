#include "domain/refund.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/ledger.h"
#include "domain/notify.h"
#include "domain/refund_row.h"

enum {
	ASK,
	LOCK,
	READ,
	ASKED_PAYMENT,
	ASKED_CASE,
	ASKED_LINE,
	DECIDE,
	SENT,
	DONE,
	AGAIN,
	TO_SEND,
	LEFT,
	CAME_BACK,
	LINE_DONE
};

static const struct sql sql[] = {
	[ASK] = {"INSERT INTO refund (payment_id, application_id, bank_line_id, place, fen, reason, state, asked_by, asked_at) VALUES "
		 "(?,?,?,?,?,?,'asked',?,?)",
		"iiisisii", ""},
	[LOCK] = {"SELECT id FROM refund WHERE id=? FOR UPDATE", "i", "i"},
	[READ] = {"SELECT " REFUND_COLUMNS "WHERE r.id=?", "i", REFUND_TYPES},
	[ASKED_PAYMENT] =
		{"SELECT CAST(COALESCE(SUM(fen),0) AS SIGNED) FROM refund WHERE payment_id=? AND state<>'refused'", "i",
			"i"},
	[ASKED_CASE] =
		{"SELECT CAST(COALESCE(SUM(r.fen),0) AS SIGNED) FROM refund r JOIN payment p ON p.id=r.payment_id WHERE "
		 "r.application_id=? AND r.state='asked' AND p.payer_right=1",
			"i", "i"},
	[ASKED_LINE] =
		{"SELECT CAST(COALESCE(SUM(fen),0) AS SIGNED) FROM refund WHERE bank_line_id=? AND payment_id IS NULL AND "
		 "state='asked'",
			"i", "i"},
	[DECIDE] =
		{"UPDATE refund SET state=?, decided_by=?, decided_at=?, done_text=?, version=version+1 WHERE id=? AND "
		 "state='asked' AND asked_by<>? AND version=?",
			"siisiii", ""},
	[SENT] =
		{"UPDATE refund SET state='sent', batch=?, sent_at=?, version=version+1 WHERE id=? AND state='approved' AND version=?",
			"siii", ""},
	[DONE] =
		{"UPDATE refund SET state=?, done_at=?, done_text=?, version=version+1 WHERE id=? AND state=? AND version=?",
			"sisisi", ""},
	[AGAIN] =
		{"UPDATE refund SET state='approved', batch=NULL, version=version+1 WHERE id=? AND state='failed' AND version=?",
			"ii", ""},
	[TO_SEND] = {"SELECT id FROM refund WHERE state='approved' AND place='bank' ORDER BY id LIMIT 500 FOR UPDATE",
		"", "i"},
	/* The same account, the same sum, and no other refund like it. */
	[LEFT] =
		{"SELECT r.id FROM refund r JOIN bank_line b ON b.id=r.bank_line_id WHERE r.state='sent' AND r.place='bank' AND r.fen=? "
		 "AND b.payer_account_hash=? ORDER BY r.id LIMIT 2",
			"ib", "i"},
	[CAME_BACK] =
		{"SELECT r.id FROM refund r JOIN bank_line b ON b.id=r.bank_line_id WHERE r.state IN ('sent','paid') AND "
		 "r.place='bank' AND r.fen=? AND b.payer_account_hash=? ORDER BY r.id LIMIT 2",
			"ib", "i"},
	[LINE_DONE] =
		{"UPDATE bank_line SET allotted_fen=amount_fen, note=?, version=version+1 WHERE id=? AND version=? AND "
		 "allotted_fen=0",
			"sii", ""},
};
SQL_TABLE(refund);

static const struct field in_fields[] = {
	INT(struct refund_in, payment_id, "入账", 1, INT64_MAX),
	INT(struct refund_in, bank_line_id, "流水", 1, INT64_MAX),
	INT_REQUIRED(struct refund_in, amount_fen, "退款金额（分）", 1, MONEY_MAX_FEN),
	TEXT_REQUIRED(struct refund_in, reason, "退款原因", 2, 200, rule_line),
};
const struct shape refund_in_shape = SHAPE(struct refund_in, in_fields);

enum err refund_read(struct ctx *c, int64_t id, struct refund *ret_refund)
{
	return db_one(c->db, &sql[READ], &refund_shape, ret_refund, I(id));
}

enum err refund_lock(struct ctx *c, int64_t id, struct refund *ret_refund)
{
	struct db_int locked;
	enum err e = db_one(c->db, &sql[LOCK], &db_int_shape, &locked, I(id));

	if (e == ERR_OK)
		e = refund_read(c, id, ret_refund);
	return e == ERR_OK && c->expect && ret_refund->version != c->expect ? ERR_STALE : e;
}

/* --- asking --- */

static const char *place_of(const char *method)
{
	return text_eq(method, "transfer") ? "bank" : method;
}

static enum err sum_of(struct ctx *c, int which, int64_t id, int64_t *ret_fen)
{
	struct db_int sum = {0};
	enum err e = db_one(c->db, &sql[which], &db_int_shape, &sum, I(id));

	*ret_fen = sum.value;
	return e;
}

/* May so much of what this case got go back? */
static enum err spare(struct ctx *c, const struct application *app, bool right, int64_t asked_fen, int64_t fen)
{
	int64_t spare_fen = app->paid_fen - app->owed_fen - asked_fen;

	if (!right || fen <= spare_fen)
		return ERR_OK;
	return ctx_say(c, ERR_WRONG_STATE, "申请还要用这笔款项，最多可退%s；全部退的，请先撤回或不予办理",
		money_text(c->arena, spare_fen > 0 ? spare_fen : 0));
}

static enum err ask_payment(struct ctx *c, const struct refund_in *in)
{
	struct application app;
	struct payment p;
	int64_t of_payment = 0, of_case = 0;
	enum err e = payment_lock(c, in->payment_id, &p);

	if (e == ERR_NOT_FOUND) {
		fault_add(&c->faults, "/payment_id", "not_found", "没有这笔入账");
		return ERR_INVALID;
	}
	if (e == ERR_OK)
		e = application_by_id(c, p.application_id, &app);
	if (e == ERR_OK && p.undone_at)
		return ctx_say(c, ERR_WRONG_STATE, "这笔入账已经撤销，请从流水退款");
	if (e == ERR_OK)
		e = sum_of(c, ASKED_PAYMENT, p.id, &of_payment);
	if (e == ERR_OK)
		e = sum_of(c, ASKED_CASE, app.id, &of_case);
	if (e != ERR_OK)
		return e;
	if (in->amount_fen > p.amount_fen - of_payment)
		return ctx_say(
			c, ERR_WRONG_STATE, "这笔入账最多还可退%s", money_text(c->arena, p.amount_fen - of_payment));
	e = spare(c, &app, p.payer_right, of_case, in->amount_fen);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ASK], I(p.id), I(app.id), I0(p.bank_line_id), S(place_of(p.method)),
			I(in->amount_fen), S(in->reason), I(c->actor.staff_id), I(c->now));
	audit_add(c, "refund_asked", app.no, money_text(c->arena, in->amount_fen));
	return e;
}

static enum err ask_line(struct ctx *c, const struct refund_in *in)
{
	struct bank_line l;
	int64_t asked = 0;
	enum err e = allot_lock(c, in->bank_line_id, &l);

	if (e == ERR_NOT_FOUND) {
		fault_add(&c->faults, "/bank_line_id", "not_found", "没有这笔流水");
		return ERR_INVALID;
	}
	if (e == ERR_OK)
		e = sum_of(c, ASKED_LINE, l.id, &asked);
	if (e != ERR_OK)
		return e;
	if (!allot_usable(&l) || in->amount_fen > allot_left(&l) - asked)
		return ctx_say(c, ERR_WRONG_STATE, "这笔流水最多还可退%s",
			money_text(c->arena, allot_usable(&l) ? allot_left(&l) - asked : 0));
	audit_add(
		c, "refund_asked", arena_printf(c->arena, "line %" PRId64, l.id), money_text(c->arena, in->amount_fen));
	return db_exec(c->db, &sql[ASK], I0(0), I0(0), I(l.id), S("bank"), I(in->amount_fen), S(in->reason),
		I(c->actor.staff_id), I(c->now));
}

enum err refund_ask(struct ctx *c, const struct refund_in *in, int64_t *ret_id)
{
	enum err e;

	if (!in->payment_id == !in->bank_line_id) {
		fault_add(&c->faults, "/payment_id", "choice", "请指出退哪一笔入账，或哪一笔没有入账的流水");
		return ERR_INVALID;
	}
	e = in->payment_id ? ask_payment(c, in) : ask_line(c, in);
	*ret_id = db_last_id(c->db);
	return e;
}

/* --- deciding --- */

static enum err take_from_case(struct ctx *c, const struct refund *r)
{
	struct ledger_about about = {
		.application_id = r->application_id, .payment_id = r->payment_id, .refund_id = r->id};
	struct application app;
	enum err e = application_by_id(c, r->application_id, &app);

	if (e == ERR_OK)
		e = spare(c, &app, r->payer_right, 0, r->fen);
	if (e == ERR_OK)
		e = ledger_post(c, LEDGER_TO_REFUND, r->fen, &about);
	if (e != ERR_OK || !r->payer_right)
		return e;
	app.paid_fen -= r->fen;
	return application_save(c, &app);
}

static enum err take_from_line(struct ctx *c, const struct refund *r)
{
	struct ledger_about about = {.bank_line_id = r->bank_line_id, .refund_id = r->id};
	struct bank_line l;
	enum err e;

	c->expect = 0;
	e = allot_lock(c, r->bank_line_id, &l);
	if (e == ERR_OK)
		e = allot_spend(c, &l, r->fen);
	return e == ERR_OK ? ledger_post(c, LEDGER_LOOSE_TO_REFUND, r->fen, &about) : e;
}

enum err refund_decide(struct ctx *c, int64_t id, bool yes, const char *why)
{
	struct refund r;
	int64_t seen = c->expect;
	enum err e = refund_lock(c, id, &r);

	if (e != ERR_OK)
		return e;
	if (!text_eq(r.state, "asked"))
		return ctx_say(c, ERR_WRONG_STATE, "这笔退款已经处理过了，请刷新");
	if (r.asked_by == c->actor.staff_id)
		return ctx_say(c, ERR_TWO_PERSONS, "这笔退款是您申请的，请另一位同事审核");
	e = db_exec(c->db, &sql[DECIDE], S(yes ? "approved" : "refused"), I(c->actor.staff_id), I(c->now), S(why),
		I(id), I(c->actor.staff_id), I(r.version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e == ERR_OK && yes)
		e = r.application_id ? take_from_case(c, &r) : take_from_line(c, &r);
	if (e == ERR_OK && yes && text_eq(r.place, "alipay"))
		e = job_add(c, "refund", arena_printf(c->arena, "%" PRId64, id));
	c->expect = seen;
	audit_add(c, yes ? "refund_approved" : "refund_refused",
		r.no ? r.no : arena_printf(c->arena, "refund %" PRId64, id), why);
	return e;
}

/* --- paying --- */

enum err refund_to_sent(struct ctx *c, const struct refund *r, const char *batch)
{
	enum err e = db_exec(c->db, &sql[SENT], S(batch), I(c->now), I(r->id), I(r->version));

	return db_guarded(c->db, e);
}

enum err refund_send(struct ctx *c, const char **ret_batch, int64_t *ret_count, int64_t *ret_fen)
{
	struct list ids;
	enum err e = db_all(c->db, &sql[TO_SEND], &db_int_shape, &ids);

	*ret_count = *ret_fen = 0;
	*ret_batch = NULL;
	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		struct refund r;

		e = refund_read(c, ((const struct db_int *)ids.at)[i].value, &r);
		if (i == 0) /* the first refund of it names the batch: no two batches share one */
			*ret_batch = arena_printf(
				c->arena, "%.10s-%" PRId64 "-%" PRId64, moment_text(c->arena, c->now), r.id, r.version);
		if (e == ERR_OK)
			e = refund_to_sent(c, &r, *ret_batch);
		*ret_count += 1;
		*ret_fen += r.fen;
	}
	if (ids.count)
		audit_add(c, "refund_export", *ret_batch, money_text(c->arena, *ret_fen));
	return e;
}

enum err refund_to_done(struct ctx *c, const struct refund *r, bool paid, const char *text)
{
	struct ledger_about about = {.place = r->place,
		.application_id = r->application_id,
		.payment_id = r->payment_id,
		.refund_id = r->id};
	enum err e = db_exec(c->db, &sql[DONE], S(paid ? "paid" : "failed"), I(c->now), S(text), I(r->id), S(r->state),
		I(r->version));

	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	audit_add(c, paid ? "refund_paid" : "refund_failed",
		r->no ? r->no : arena_printf(c->arena, "refund %" PRId64, r->id), text);
	return e == ERR_OK && paid ? ledger_post(c, LEDGER_REFUNDED, r->fen, &about) : e;
}

/* From where a person may say how it ended: what goes by hand needs no sending. */
static bool may_end(const struct refund *r)
{
	return text_eq(r->state, "sent") || (text_eq(r->state, "approved") && text_eq(r->place, "counter"));
}

enum err refund_done(struct ctx *c, int64_t id, bool paid, const char *text)
{
	struct refund r;
	enum err e = refund_lock(c, id, &r);

	if (e != ERR_OK)
		return e;
	if (!may_end(&r) || text_eq(r.place, "alipay"))
		return ctx_say(c, ERR_WRONG_STATE, "这笔退款现在不能登记结果，请刷新后再看");
	return refund_to_done(c, &r, paid, text);
}

enum err refund_again(struct ctx *c, int64_t id)
{
	struct refund r;
	enum err e = refund_lock(c, id, &r);

	if (e != ERR_OK)
		return e;
	if (!text_eq(r.state, "failed"))
		return ctx_say(c, ERR_WRONG_STATE, "只有没退成的才能重新退");
	e = db_exec(c->db, &sql[AGAIN], I(id), I(r.version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	audit_add(c, "refund_again", r.no ? r.no : arena_printf(c->arena, "refund %" PRId64, id), NULL);
	return e == ERR_OK && text_eq(r.place, "alipay")
		       ? job_add(c, "refund", arena_printf(c->arena, "%" PRId64 ":%" PRId64, id, r.version))
		       : e;
}

/* --- what the bank says of them --- */

/* It left, though nobody said so, and is back: the line is ours to pay out again. */
static enum err came_back(struct ctx *c, struct bank_line *l, struct refund *r)
{
	struct ledger_about about = {.bank_line_id = l->id, .refund_id = r->id};
	enum err e = ERR_OK;

	if (text_eq(r->state, "sent")) {
		e = refund_to_done(c, r, true, "银行已付出");
		if (e == ERR_OK)
			e = refund_read(c, r->id, r);
	}
	if (e == ERR_OK)
		e = refund_to_done(c, r, false, arena_printf(c->arena, "被银行退回，流水号%s", l->serial));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[LINE_DONE], S("退款被退回"), I(l->id), I(l->version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	return e == ERR_OK ? ledger_post(c, LEDGER_LOOSE_TO_REFUND, r->fen, &about) : e;
}

static enum err left(struct ctx *c, struct bank_line *l, const struct refund *r)
{
	enum err e = refund_to_done(c, r, true, l->serial);

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[LINE_DONE], S("退款"), I(l->id), I(l->version));
	return db_guarded(c->db, e);
}

enum err refund_settle(struct ctx *c, int64_t line_id, bool *ret_settled)
{
	struct bank_line l;
	struct list ids;
	struct refund r;
	bool back;
	enum err e = allot_lock(c, line_id, &l);

	*ret_settled = false;
	back = e == ERR_OK && text_eq(l.direction, "in");
	if (e != ERR_OK || back != l.returned || l.allotted_fen || !l.payer_account_hash.at)
		return e;
	e = db_all(c->db, &sql[back ? CAME_BACK : LEFT], &db_int_shape, &ids, I(l.amount_fen), B(l.payer_account_hash));
	if (e != ERR_OK || ids.count != 1)
		return e;
	e = refund_lock(c, ((const struct db_int *)ids.at)[0].value, &r);
	if (e == ERR_OK)
		e = back ? came_back(c, &l, &r) : left(c, &l, &r);
	*ret_settled = e == ERR_OK;
	return e;
}
