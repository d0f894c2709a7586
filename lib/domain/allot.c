#include "domain/allot.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/contact.h"
#include "domain/ledger.h"

#define COLUMNS \
	"b.id, b.account, b.serial, b.direction, b.returned, b.booked_day, b.value_date, b.amount_fen, b.allotted_fen, b.currency, " \
	"b.payer_name, b.payer_key, b.payer_account_sealed, b.payer_account_hash, b.payer_bank, b.remark, b.state, b.note, " \
	"b.version, b.at FROM bank_line b "
#define COLUMN_TYPES \
	"isssidd" \
	"iisss" \
	"bbssss" \
	"ii"

enum { LOCK, READ, BY_SERIAL, GIVE, TAKE, SET_STATE, HOLD, INSERT, OF_STATE, PAYMENTS, CAME_IN, NOTE };

static const struct sql sql[] = {
	[LOCK] = {"SELECT " COLUMNS "WHERE b.id=? FOR UPDATE", "i", COLUMN_TYPES},
	[READ] = {"SELECT " COLUMNS "WHERE b.id=?", "i", COLUMN_TYPES},
	[BY_SERIAL] = {"SELECT " COLUMNS "WHERE b.account=? AND b.serial=? FOR UPDATE", "ss", COLUMN_TYPES},
	[GIVE] =
		{"UPDATE bank_line SET allotted_fen=allotted_fen+?, state=IF(allotted_fen=amount_fen,'allotted','part'), note='', "
		 "version=version+1 WHERE id=? AND version=? AND allotted_fen+?<=amount_fen AND state IN ('open','part')",
			"iiii", ""},
	[TAKE] =
		{"UPDATE bank_line SET allotted_fen=allotted_fen-?, state=IF(allotted_fen=0,'open','part'), version=version+1 WHERE id=? "
		 "AND version=? AND allotted_fen>=?",
			"iiii", ""},
	[SET_STATE] = {"UPDATE bank_line SET state=?, note=?, version=version+1 WHERE id=? AND version=?", "ssii", ""},
	[HOLD] = {"UPDATE bank_line SET note=? WHERE id=? AND version=? AND state IN ('open','part')", "sii", ""},
	[INSERT] =
		{"INSERT INTO bank_line (account, serial, direction, booked_day, value_date, amount_fen, payer_name, payer_key, "
		 "payer_account_sealed, payer_account_hash, state, staff_id, at) VALUES (?,?,'in',?,?,?,?,?,?,?,'open',?,?)",
			"ssddissbbii", ""},
	[OF_STATE] = {"SELECT " COLUMNS "WHERE b.state=? AND b.direction='in' AND b.id>? ORDER BY b.id LIMIT ?", "sii",
		COLUMN_TYPES},
	[CAME_IN] =
		{"SELECT id FROM bank_line WHERE payer_account_hash=? AND amount_fen=? AND direction='in' AND returned=0 AND "
		 "state<>'returned' AND value_date<=? ORDER BY id LIMIT 2",
			"bid", "i"},
	[NOTE] = {"UPDATE bank_line SET note=?, version=version+1 WHERE id=?", "si", ""},
	[PAYMENTS] = {"SELECT id FROM payment WHERE bank_line_id=? ORDER BY id", "i", "i"},
};
SQL_TABLE(allot);

#define L_TEXT(m) TEXT(struct bank_line, m, #m, 0, 0, NULL)
#define L_INT(m) INT(struct bank_line, m, #m, 0, 0)
static const struct field row_fields[] = {
	L_INT(id),
	L_TEXT(account),
	L_TEXT(serial),
	L_TEXT(direction),
	BOOL(struct bank_line, returned, "returned"),
	DAY(struct bank_line, booked_day, "booked_day"),
	DAY(struct bank_line, value_date, "value_date"),
	L_INT(amount_fen),
	L_INT(allotted_fen),
	L_TEXT(currency),
	L_TEXT(payer_name),
	L_TEXT(payer_key),
	BYTES(struct bank_line, payer_account_sealed, "account", 0),
	BYTES(struct bank_line, payer_account_hash, "account", 0),
	L_TEXT(payer_bank),
	L_TEXT(remark),
	L_TEXT(state),
	L_TEXT(note),
	L_INT(version),
	L_INT(at),
};
static const struct shape row_shape = SHAPE(struct bank_line, row_fields);

static const struct field share_fields[] = {
	TEXT_REQUIRED(struct allot_share, no, "申请单号", 8, 20, rule_case_no),
	INT_REQUIRED(struct allot_share, amount_fen, "金额（分）", 1, MONEY_MAX_FEN),
};
static const struct shape share_shape = SHAPE(struct allot_share, share_fields);
static const struct field in_fields[] = {
	LIST_REQUIRED(struct allot_in, items, "分给哪些申请", 1, 20, &share_shape),
	TEXT(struct allot_in, note, "说明", 0, 200, rule_line),
};
const struct shape allot_in_shape = SHAPE(struct allot_in, in_fields);

enum { LIMIT_MAX = 100, LIMIT_USUAL = 50 };
static const char *const states[] = {"open", "part", "allotted", "set_aside", "returned", NULL};
static const struct field query_fields[] = {
	WORD(struct allot_query, state, "状态", states),
	TEXT(struct allot_query, after, "翻页位置", 1, 20, rule_word),
	INT(struct allot_query, limit, "条数", 1, LIMIT_MAX),
};
const struct shape allot_query_shape = SHAPE(struct allot_query, query_fields);

static enum err lock(struct ctx *c, int64_t line_id, struct bank_line *ret_line)
{
	return db_one(c->db, &sql[LOCK], &row_shape, ret_line, I(line_id));
}

enum err allot_lock(struct ctx *c, int64_t line_id, struct bank_line *ret_line)
{
	enum err e = lock(c, line_id, ret_line);

	return e == ERR_OK && c->expect && ret_line->version != c->expect ? ERR_STALE : e;
}

enum err allot_read(struct ctx *c, int64_t line_id, struct bank_line *ret_line)
{
	return db_one(c->db, &sql[READ], &row_shape, ret_line, I(line_id));
}

bool allot_usable(const struct bank_line *l)
{
	return text_eq(l->direction, "in") && text_eq(l->currency, "CNY") && !l->returned;
}

static const char *account_of(struct ctx *c, const struct bank_line *l)
{
	const char *account = NULL;

	return l->payer_account_sealed.at &&
			       ctx_open(c, "bank_line.account", l->payer_account_sealed, &account) == ERR_OK
		       ? account
		       : NULL;
}

/* Guarded by the version that was locked: whoever changed the line in between comes first. */
static enum err changed(struct ctx *c, struct bank_line *l, enum err e)
{
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	l->version++;
	return e;
}

enum err allot_spend(struct ctx *c, struct bank_line *l, int64_t fen)
{
	enum err e = changed(c, l, db_exec(c->db, &sql[GIVE], I(fen), I(l->id), I(l->version), I(fen)));

	l->allotted_fen += fen;
	return e;
}

enum err allot_give(struct ctx *c, struct bank_line *l, struct application *app, int64_t fen, const char *evidence)
{
	const struct payment_money money = {.method = "transfer",
		.serial = l->serial,
		.payer_name = l->payer_name,
		.payer_account = account_of(c, l),
		.evidence = evidence,
		.fen = fen,
		.bank_line_id = l->id,
		.value_date = l->value_date};
	const struct payment_in in = {.method = "transfer", .bank_serial = l->serial, .value_date = l->value_date};
	enum err e;

	assert(db_in_tx(c->db));
	if (!allot_usable(l) || !(text_eq(l->state, "open") || text_eq(l->state, "part")))
		return ctx_say(c, ERR_WRONG_STATE, "这笔流水不能入账：%s",
			text_eq(l->state, "set_aside") ? "已搁置，请先恢复" : "已全部入账、已退回，或不是人民币收入");
	if (fen > allot_left(l))
		return ctx_say(c, ERR_WRONG_STATE, "这笔流水只剩%s未入账", money_text(c->arena, allot_left(l)));
	e = payment_may(c, app, &in);
	if (e == ERR_OK)
		e = allot_spend(c, l, fen);
	return e == ERR_OK ? payment_add(c, app, &money) : e;
}

static int by_number(const void *a, const void *b)
{
	const struct allot_share *x = a, *y = b;

	return strcmp(x->no, y->no);
}

enum err allot_share(struct ctx *c, int64_t line_id, const struct allot_in *in, int64_t *ret_version)
{
	struct allot_share *share = arena_array(c->arena, in->items.count, sizeof *share);
	const char *note = text_empty(in->note) ? "财务人工匹配" : arena_printf(c->arena, "财务人工匹配：%s", in->note);
	struct bank_line l;
	int64_t seen = c->expect; /* of the line, not of the cases */
	enum err e = allot_lock(c, line_id, &l);

	memcpy(share, in->items.at, in->items.count * sizeof *share);
	qsort(share, in->items.count, sizeof *share, by_number); /* everybody locks cases in this order */
	for (size_t i = 1; i < in->items.count; i++)
		if (text_eq(share[i].no, share[i - 1].no))
			return ctx_say(c, ERR_WRONG_STATE, "申请单号%s写了两次", share[i].no);
	c->expect = 0;
	for (size_t i = 0; e == ERR_OK && i < in->items.count; i++) {
		struct application app;

		e = application_lock(c, share[i].no, &app);
		if (e == ERR_NOT_FOUND) {
			e = ERR_INVALID;
			fault_add(&c->faults, "/items", "not_found", "没有申请单号%s，请核对", share[i].no);
		}
		if (e == ERR_OK)
			e = allot_give(c, &l, &app, share[i].amount_fen, note);
	}
	c->expect = seen; /* the work may run again */
	*ret_version = l.version;
	return e;
}

/* The line of a transfer that somebody types, as the bank would have told it. */
static enum err typed_line(struct ctx *c, const struct payment_in *in, struct bank_line *ret_line)
{
	const struct catalog *now;
	struct bytes account = {0}, hash = {0};
	struct ledger_about about = {.place = "bank", .day = in->value_date};
	enum err e = contact_fresh(c, &now);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[BY_SERIAL], &row_shape, ret_line, S(now->payee.account), S(in->bank_serial));
	if (e != ERR_NOT_FOUND)
		return e;
	if (in->payer_account) {
		account = ctx_seal(c, "bank_line.account", in->payer_account);
		hash = ctx_index(c, "account", in->payer_account);
	}
	e = db_exec(c->db, &sql[INSERT], S(now->payee.account), S(in->bank_serial), D(in->value_date),
		D(in->value_date), I(in->amount_fen), S(in->payer_name), S(name_key(c->arena, in->payer_name)),
		B(account), B(hash), I(c->actor.staff_id), I(c->now));
	about.bank_line_id = db_last_id(c->db);
	if (e == ERR_OK)
		e = ledger_post(c, LEDGER_RECEIVED, in->amount_fen, &about);
	return e == ERR_OK ? lock(c, about.bank_line_id, ret_line) : e;
}

enum err allot_typed(struct ctx *c, const char *no, const struct payment_in *in, struct application *ret_app)
{
	struct bank_line l = {0};
	enum err e = application_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = payment_may(c, ret_app, in);
	if (e == ERR_OK)
		e = typed_line(c, in, &l);
	if (e != ERR_OK)
		return e;
	if (allot_left(&l) == 0)
		return ctx_say(c, ERR_CONFLICT, "这个流水号已经入过账");
	if (l.amount_fen != in->amount_fen) {
		fault_add(&c->faults, "/amount_fen", "differs", "银行流水上这笔是%s，请核对流水号和金额",
			money_text(c->arena, l.amount_fen));
		return ERR_INVALID;
	}
	return allot_give(c, &l, ret_app, in->amount_fen, "财务录入");
}

enum err allot_undo(struct ctx *c, int64_t payment_id, const char *why, struct application *ret_app)
{
	struct bank_line l = {0};
	struct payment p;
	enum err e = payment_lock(c, payment_id, &p);

	if (e == ERR_OK && !p.bank_line_id)
		return ctx_say(c, ERR_WRONG_STATE, "前台收款和支付宝付款不能撤销入账，多收的请走退款");
	if (e == ERR_OK)
		e = payment_undo(c, &p, why, ret_app);
	if (e == ERR_OK)
		e = lock(c, p.bank_line_id, &l);
	if (e == ERR_OK)
		e = changed(c, &l, db_exec(c->db, &sql[TAKE], I(p.amount_fen), I(l.id), I(l.version), I(p.amount_fen)));
	return e;
}

/* All payments that were made of a line go back to it. */
static enum err free_all(struct ctx *c, const struct bank_line *l)
{
	struct list ids;
	enum err e = db_all(c->db, &sql[PAYMENTS], &db_int_shape, &ids, I(l->id));

	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		struct application app;
		struct payment p;

		e = payment_lock(c, ((const struct db_int *)ids.at)[i].value, &p);
		if (e == ERR_OK && !p.undone_at)
			e = allot_undo(c, p.id, "银行退汇", &app);
	}
	return e;
}

enum err allot_reverse(struct ctx *c, int64_t line_id, bool *ret_reversed)
{
	struct ledger_about about = {.place = "bank"};
	struct bank_line out, in;
	struct list ids;
	enum err e = lock(c, line_id, &out);

	*ret_reversed = false;
	if (e != ERR_OK || !text_eq(out.direction, "out") || !out.returned || !out.payer_account_hash.at || *out.note)
		return e;
	e = db_all(c->db, &sql[CAME_IN], &db_int_shape, &ids, B(out.payer_account_hash), I(out.amount_fen),
		D(out.value_date));
	if (e != ERR_OK || ids.count != 1)
		return e;
	about.bank_line_id = ((const struct db_int *)ids.at)[0].value;
	e = lock(c, about.bank_line_id, &in);
	if (e == ERR_OK)
		e = free_all(c, &in);
	if (e == ERR_OK) /* it is as it was when it came, but for its version */
		e = lock(c, in.id, &in);
	if (e == ERR_OK && in.allotted_fen)
		return ctx_say(c, ERR_WRONG_STATE, "这笔款项正在退款，又被银行退汇，请核对");
	if (e == ERR_OK)
		e = changed(
			c, &in, db_exec(c->db, &sql[SET_STATE], S("returned"), S("银行退汇"), I(in.id), I(in.version)));
	if (e == ERR_OK)
		e = ledger_post(c, LEDGER_RETURNED, in.amount_fen, &about);
	if (e == ERR_OK)
		e = allot_note(c, line_id, "退汇，原入账已撤销");
	audit_add(c, "line_returned", arena_printf(c->arena, "%" PRId64, in.id), out.serial);
	*ret_reversed = e == ERR_OK;
	return e;
}

enum err allot_note(struct ctx *c, int64_t line_id, const char *note)
{
	return db_exec(c->db, &sql[NOTE], S(note), I(line_id));
}

static enum err set_state(struct ctx *c, int64_t line_id, const char *from, const char *to, const char *why,
	const char *event, int64_t *ret_version)
{
	struct bank_line l;
	enum err e = allot_lock(c, line_id, &l);

	if (e != ERR_OK)
		return e;
	if (!text_eq(l.state, from))
		return ctx_say(c, ERR_WRONG_STATE, "这笔流水的状态已经变了，请刷新后再操作");
	e = changed(c, &l, db_exec(c->db, &sql[SET_STATE], S(to), S(why), I(l.id), I(l.version)));
	audit_add(c, event, arena_printf(c->arena, "%" PRId64, line_id), why);
	*ret_version = l.version;
	return e;
}

enum err allot_set_aside(struct ctx *c, int64_t line_id, const char *why, int64_t *ret_version)
{
	return set_state(c, line_id, "open", "set_aside", why, "line_set_aside", ret_version);
}

enum err allot_take_up(struct ctx *c, int64_t line_id, int64_t *ret_version)
{
	return set_state(c, line_id, "set_aside", "open", "", "line_taken_up", ret_version);
}

enum err allot_hold(struct ctx *c, const struct bank_line *l, const char *why)
{
	return text_eq(l->note, why ? why : "")
		       ? ERR_OK
		       : db_exec(c->db, &sql[HOLD], S(why ? why : ""), I(l->id), I(l->version));
}

/* --- for the desk --- */

void allot_write_line(struct ctx *c, const struct bank_line *l, struct json_out *j)
{
	int64_t age = date_number(date_of_moment(c->now)) - date_number(l->value_date);

	json_int(j, "id", l->id);
	json_int(j, "version", l->version);
	json_text(j, "serial", l->serial);
	json_day(j, "booked_day", l->booked_day);
	json_day(j, "value_date", l->value_date);
	json_int(j, "age_days", age < 0 ? 0 : age);
	json_int(j, "amount_fen", l->amount_fen);
	json_int(j, "left_fen", allot_left(l));
	json_text(j, "currency", l->currency);
	json_bool(j, "returned", l->returned);
	json_text(j, "payer_name", l->payer_name);
	json_text(j, "payer_account", mask_account(c->arena, account_of(c, l)));
	json_text(j, "payer_bank", l->payer_bank);
	json_text(j, "remark", l->remark);
	json_text(j, "state", l->state);
	json_text(j, "note", l->note);
}

enum err allot_write_payments(struct ctx *c, const struct bank_line *l, struct json_out *j)
{
	struct list ids;
	enum err e = db_all(c->db, &sql[PAYMENTS], &db_int_shape, &ids, I(l->id));

	json_list(j, "payments");
	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		struct payment p;

		e = payment_read(c, ((const struct db_int *)ids.at)[i].value, &p);
		if (e == ERR_OK)
			e = payment_write(c, &p, j);
	}
	json_end(j);
	return e;
}

enum err allot_write_lines(struct ctx *c, const struct allot_query *q, struct json_out *j)
{
	int64_t limit = q->limit ? q->limit : LIMIT_USUAL, after = q->after ? strtoll(q->after, NULL, 10) : 0;
	const struct bank_line *l;
	struct list rows;
	enum err e = db_all(
		c->db, &sql[OF_STATE], &row_shape, &rows, S(q->state ? q->state : "open"), I(after), I(limit));

	if (e != ERR_OK)
		return e;
	l = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		json_object(j, NULL);
		allot_write_line(c, &l[i], j);
		json_end(j);
	}
	json_end(j);
	JSON_NEXT(j, &rows, limit, struct bank_line);
	json_end(j);
	return ERR_OK;
}
