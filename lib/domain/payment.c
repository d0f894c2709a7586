#include "domain/payment.h"

#include <string.h>

#include "base/mask.h"
#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/application_former.h"
#include "domain/application_money.h"
#include "domain/application_view.h"
#include "domain/audit.h"
#include "domain/contact.h"
#include "domain/fee.h"
#include "domain/ledger.h"
#include "domain/notify.h"

#define COLUMNS \
	"p.id, p.application_id, p.bank_line_id, a.no, p.method, p.bank_serial, p.payer_name, p.payer_account_sealed, p.payer_right, " \
	"p.amount_fen, p.value_date, p.at, s.name, p.evidence, p.undone_at, p.undone_text FROM payment p JOIN application a ON " \
	"a.id=p.application_id LEFT JOIN staff s ON s.id=p.staff_id "
#define COLUMN_TYPES \
	"iiissssbi" \
	"idissis"

enum { INSERT, SUM, OF_CASE, RECENT, LOCK, READ, UNDO, REFUNDS };

static const struct sql sql[] = {
	[INSERT] =
		{"INSERT INTO payment (application_id, method, bank_serial, payer_name, payer_account_sealed, payer_right, amount_fen, "
		 "value_date, staff_id, at, bank_line_id, evidence) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
			"isssb"
			"iidiiis",
			""},
	[SUM] = {"SELECT CAST(COALESCE(SUM(amount_fen),0) AS SIGNED), CAST(COALESCE(SUM(IF(payer_right,amount_fen,0)),0) AS SIGNED) "
		 "FROM payment WHERE application_id=? AND undone_at=0",
		"i", "ii"},
	[OF_CASE] = {"SELECT " COLUMNS "WHERE p.application_id=? ORDER BY p.id", "i", COLUMN_TYPES},
	[RECENT] = {"SELECT " COLUMNS "WHERE p.id<? ORDER BY p.id DESC LIMIT ?", "ii", COLUMN_TYPES},
	[LOCK] = {"SELECT id FROM payment WHERE id=? FOR UPDATE", "i", "i"},
	[READ] = {"SELECT " COLUMNS "WHERE p.id=?", "i", COLUMN_TYPES},
	[UNDO] = {"UPDATE payment SET undone_at=?, undone_by=?, undone_text=? WHERE id=? AND undone_at=0", "iisi", ""},
	[REFUNDS] = {"SELECT COUNT(*) FROM refund WHERE payment_id=? AND state<>'refused'", "i", "i"},
};
SQL_TABLE(payment);

static const char *const typed_words[] = {"transfer", "counter", NULL};
static const struct field in_fields[] = {
	TEXT_REQUIRED(struct payment_in, payer_name, "付款户名", 2, 128, rule_unit),
	TEXT(struct payment_in, payer_account, "付款账号", 6, 32, rule_account),
	TEXT(struct payment_in, bank_serial, "银行流水号", 1, 60, rule_line),
	WORD_REQUIRED(struct payment_in, method, "付款方式", typed_words),
	INT_REQUIRED(struct payment_in, amount_fen, "金额（分）", 1, MONEY_MAX_FEN),
	DAY_REQUIRED(struct payment_in, value_date, "入账日期"),
};
const struct shape payment_in_shape = SHAPE(struct payment_in, in_fields);

static const struct field sum_fields[] = {
	INT(struct payment_sum, received_fen, "received", 0, 0),
	INT(struct payment_sum, right_fen, "right", 0, 0),
};
static const struct shape sum_shape = SHAPE(struct payment_sum, sum_fields);

#define P_TEXT(m) TEXT(struct payment, m, #m, 0, 0, NULL)
#define P_INT(m) INT(struct payment, m, #m, 0, 0)
static const struct field row_fields[] = {
	P_INT(id),
	P_INT(application_id),
	P_INT(bank_line_id),
	P_TEXT(no),
	P_TEXT(method),
	P_TEXT(bank_serial),
	P_TEXT(payer_name),
	BYTES(struct payment, payer_account_sealed, "account", 0),
	BOOL(struct payment, payer_right, "right"),
	P_INT(amount_fen),
	DAY(struct payment, value_date, "value_date"),
	P_INT(at),
	P_TEXT(by),
	P_TEXT(evidence),
	P_INT(undone_at),
	P_TEXT(undone_text),
};
static const struct shape row_shape = SHAPE(struct payment, row_fields);

enum err payment_sum(struct ctx *c, const struct application *app, struct payment_sum *ret_sum)
{
	return db_one(c->db, &sql[SUM], &sum_shape, ret_sum, I(app->id));
}

bool payment_payer_right(struct ctx *c, const struct application *app, const char *method, const char *payer_name)
{
	const struct catalog_gate *gate = catalog_route_gate(app->route, GATE_MONEY);
	const char *must = application_payer(app);

	if (text_eq(method, "counter") || text_eq(method, "alipay") || (gate && text_eq(gate->payer, "any")))
		return true;
	return must && text_eq(name_key(c->arena, payer_name), name_key(c->arena, must));
}

static void check(struct ctx *c, const struct application *app, const struct payment_in *in)
{
	if (text_empty(in->bank_serial))
		fault_add(&c->faults, "/bank_serial", "missing", "请填写%s",
			text_eq(in->method, "counter") ? "收据号" : "银行流水号");
	if (text_eq(in->method, "counter") && !catalog_has(&app->route->pay, "counter"))
		fault_add(&c->faults, "/method", "choice", "邮寄办理的申请只收对公（本人）转账，不能在前台收款");
	if (date_cmp(in->value_date, date_of_moment(c->now)) > 0)
		fault_add(&c->faults, "/value_date", "future", "入账日期不能晚于今天");
}

/* The bank's day decides: money of an earlier day counts as of the end of that day, money of today as of now. */
static int64_t counts_from(const struct ctx *c, struct date value_date)
{
	int64_t evening = date_moment(value_date, 17, 0, 0);

	return evening < c->now ? evening : c->now;
}

/* What stands against taking an expired case up again; ret_why NULL: nothing, and its certificates are held. */
static enum err why_not_again(struct ctx *c, const struct application *app, const char **ret_why)
{
	struct gates gates;
	enum err e = application_gates(c, app, &gates);

	*ret_why = NULL;
	for (size_t i = 0; e == ERR_OK && i < gates.count; i++)
		if (gates.at[i].gate->kind == GATE_SCANS && !gates.at[i].closed_at)
			*ret_why = "材料还没有通过初审";
	return e == ERR_OK && !*ret_why ? former_hold_again(c, app, ret_why) : e;
}

/* The money is kept either way. */
static enum err revive(struct ctx *c, struct application *app)
{
	static const struct notify_param params[] = {{"waiting", "复核"}, {NULL, NULL}};
	const char *why;
	enum err e = why_not_again(c, app, &why);

	if (e != ERR_OK)
		return e;
	app->close_text = why ? arena_printf(c->arena, "款项已到账，但申请不能恢复办理：%s", why) : NULL;
	return application_move(c, app, why ? EVENT_STAY_CLOSED : EVENT_REVIVE, app->close_text, params);
}

static enum err after_booking(struct ctx *c, struct application *app, struct date value_date)
{
	enum err e = app->state == STATE_EXPIRED ? revive(c, app) : ERR_OK;

	if (e != ERR_OK || app->state == STATE_EXPIRED || app->paid_fen < app->amount_fen)
		return e;
	return application_close_gate(c, app, GATE_MONEY, counts_from(c, value_date));
}

enum err payment_may(struct ctx *c, const struct application *app, const struct payment_in *in)
{
	if (state_is_closed(app->state) && app->state != STATE_EXPIRED)
		return ctx_say(c, ERR_WRONG_STATE, "申请已结束，不能再入账，请走退款");
	if (!app->submitted_at)
		return ctx_say(c, ERR_WRONG_STATE, "申请还没有提交，费用未定，提交后再入账");
	check(c, app, in);
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

/* Receipts and trades are received here; a line of the bank was when it was imported. */
static enum err post(struct ctx *c, const struct application *app, const struct payment_money *m, int64_t id)
{
	struct ledger_about about = {
		.place = m->method, .payment_id = id, .bank_line_id = m->bank_line_id, .day = m->value_date};
	enum err e = m->bank_line_id ? ERR_OK : ledger_post(c, LEDGER_RECEIVED, m->fen, &about);

	about.application_id = app->id;
	return e == ERR_OK ? ledger_post(c, LEDGER_ALLOTTED, m->fen, &about) : e;
}

enum err payment_add(struct ctx *c, struct application *app, const struct payment_money *m)
{
	bool right = payment_payer_right(c, app, m->method, m->payer_name);
	struct bytes account = m->payer_account ? ctx_seal(c, "payment.account", m->payer_account) : (struct bytes){0};
	enum err e = db_exec(c->db, &sql[INSERT], I(app->id), S(m->method), S(m->serial), S(m->payer_name), B(account),
		I(right), I(m->fen), D(m->value_date), I0(c->actor.staff_id), I(c->now), I0(m->bank_line_id),
		S(m->evidence ? m->evidence : ""));

	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "这个流水号已经入过账");
	if (e == ERR_OK)
		e = post(c, app, m, db_last_id(c->db));
	if (right)
		app->paid_fen += m->fen;
	if (e == ERR_OK)
		e = application_save(c, app);
	audit_add(c, "payment", app->no, money_text(c->arena, m->fen));
	return e == ERR_OK ? after_booking(c, app, m->value_date) : e;
}

enum err payment_receipt(struct ctx *c, const char *no, const struct payment_in *in, struct application *ret_app)
{
	const struct payment_money money = {.method = "counter",
		.serial = in->bank_serial,
		.payer_name = in->payer_name,
		.payer_account = in->payer_account,
		.fen = in->amount_fen,
		.value_date = in->value_date};
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = payment_may(c, ret_app, in);
	return e == ERR_OK ? payment_add(c, ret_app, &money) : e;
}

/* Has something followed from this money? */
static bool gone_on(const struct application *app, int64_t less_fen)
{
	static const enum state before[] = {STATE_SUBMITTED, STATE_REVIEWING, STATE_RETURNED, STATE_ACCEPTED};

	for (size_t i = 0; i < ARRAY_LEN(before); i++)
		if (app->state == before[i])
			return false;
	return app->paid_fen - less_fen < app->owed_fen;
}

static enum err may_undo(struct ctx *c, const struct payment *p, const struct application *app)
{
	struct db_int refunds = {0};
	enum err e = db_one(c->db, &sql[REFUNDS], &db_int_shape, &refunds, I(p->id));

	if (e == ERR_OK && p->undone_at)
		return ctx_say(c, ERR_WRONG_STATE, "这笔入账已经撤销");
	if (e == ERR_OK && refunds.value)
		return ctx_say(c, ERR_WRONG_STATE, "这笔款项已申请退款，不能再撤销入账");
	if (e == ERR_OK && p->payer_right && gone_on(app, p->amount_fen))
		return ctx_say(c, ERR_WRONG_STATE, "申请已凭这笔款项往下办理，不能撤销入账，多收的请走退款");
	return e;
}

enum err payment_undo(struct ctx *c, const struct payment *p, const char *why, struct application *ret_app)
{
	struct ledger_about about = {
		.application_id = p->application_id, .bank_line_id = p->bank_line_id, .payment_id = p->id};
	enum err e = application_by_id(c, p->application_id, ret_app);

	if (e == ERR_OK)
		e = may_undo(c, p, ret_app);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[UNDO], I(c->now), I0(c->actor.staff_id), S(why), I(p->id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e == ERR_OK)
		e = ledger_post(c, LEDGER_FREED, p->amount_fen, &about);
	if (p->payer_right)
		ret_app->paid_fen -= p->amount_fen;
	if (e == ERR_OK && ret_app->paid_fen < ret_app->owed_fen)
		e = application_reopen_gate(c, ret_app, GATE_MONEY);
	audit_add(c, "payment_undone", ret_app->no, why);
	return e == ERR_OK ? application_save(c, ret_app) : e;
}

static const char *info_state(const struct payment_sum *sum, int64_t amount_fen)
{
	if (amount_fen == 0)
		return "none";
	if (sum->received_fen == 0)
		return "waiting";
	return sum->right_fen < amount_fen ? "partial" : sum->right_fen == amount_fen ? "paid" : "over";
}

static void write_payee(const struct catalog_payee *payee, const char *remark, struct json_out *j)
{
	json_object(j, "payee");
	json_text(j, "name", payee->name);
	json_text(j, "bank", payee->bank);
	json_text(j, "account", payee->account);
	json_text(j, "remark", payee->remark);
	json_end(j);
	json_text(j, "remark", remark);
}

enum err payment_write_info(struct ctx *c, const struct application *app, bool wallet, struct json_out *j)
{
	char *reference = application_reference(c->arena, app->no);
	struct fee_quote quote = {0};
	struct faults unseen;
	struct payment_sum sum;
	const struct catalog *now; /* the account of this moment, not that of the day the case began */
	enum err e = payment_sum(c, app, &sum);
	int64_t amount;

	faults_init(&unseen, c->arena);
	if (e == ERR_OK)
		e = contact_fresh(c, &now);
	if (e != ERR_OK)
		return e;
	if (fee_quote(c->arena, app->catalog, app->service, app->holder, app->data.years,
		    (int64_t)app->data.items.count, &quote, &unseen) != ERR_OK)
		quote = (struct fee_quote){0};
	amount = app->submitted_at ? app->amount_fen : quote.total_fen;
	json_object(j, NULL);
	json_int(j, "amount_fen", amount);
	json_text(j, "amount_words", money_words(c->arena, amount));
	json_list(j, "lines");
	for (size_t i = 0; i < quote.lines.count; i++) {
		const struct fee_line *l = &((const struct fee_line *)quote.lines.at)[i];

		json_object(j, NULL);
		json_text(j, "text", l->text);
		json_int(j, "unit_fen", l->unit_fen);
		json_int(j, "count", l->count);
		json_int(j, "sum_fen", l->sum_fen);
		json_end(j);
	}
	json_end(j);
	write_payee(&now->payee, arena_printf(c->arena, "%s %s", now->payee.remark, reference), j);
	json_text(j, "reference", reference);
	json_int(j, "due_fen", sum.right_fen < amount ? amount - sum.right_fen : 0);
	json_int(j, "received_fen", sum.received_fen);
	json_text(j, "state", info_state(&sum, amount));
	json_bool(j, "free", catalog_fee_free(catalog_fee(app->catalog, app->service, app->holder)));
	json_bool(j, "wallet", wallet);
	json_end(j);
	return ERR_OK;
}

enum err payment_lock(struct ctx *c, int64_t id, struct payment *ret_payment)
{
	struct db_int locked;
	enum err e = db_one(c->db, &sql[LOCK], &db_int_shape, &locked, I(id));

	return e == ERR_OK ? payment_read(c, id, ret_payment) : e;
}

enum err payment_read(struct ctx *c, int64_t id, struct payment *ret_payment)
{
	return db_one(c->db, &sql[READ], &row_shape, ret_payment, I(id));
}

enum err payment_list(struct ctx *c, int64_t application_id, struct list *ret_rows)
{
	return db_all(c->db, &sql[OF_CASE], &row_shape, ret_rows, I(application_id));
}

enum err payment_recent(struct ctx *c, int64_t after, int64_t limit, struct list *ret_rows)
{
	return db_all(c->db, &sql[RECENT], &row_shape, ret_rows, I(after ? after : INT64_MAX), I(limit));
}

enum err payment_write(struct ctx *c, const struct payment *p, struct json_out *j)
{
	const char *account = NULL;
	enum err e = p->payer_account_sealed.at ? ctx_open(c, "payment.account", p->payer_account_sealed, &account)
						: ERR_OK;

	json_object(j, NULL);
	json_int(j, "id", p->id);
	json_text(j, "no", p->no);
	json_text(j, "payer_name", p->payer_name);
	json_text(j, "payer_account", mask_account(c->arena, account));
	json_int(j, "amount_fen", p->amount_fen);
	json_day(j, "value_date", p->value_date);
	json_text(j, "bank_serial", p->bank_serial);
	json_text(j, "method", p->method);
	json_bool(j, "right_payer", p->payer_right);
	json_text(j, "recorded_by", p->by);
	json_time(j, "recorded_at", p->at);
	json_text(j, "evidence", p->evidence);
	json_time(j, "undone_at", p->undone_at);
	json_text(j, "undone_text", p->undone_text);
	json_end(j);
	return e;
}
