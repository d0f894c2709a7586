#include "domain/alipay.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/money.h"
#include "base/str.h"
#include "domain/alipay_gateway.h"
#include "domain/audit.h"
#include "domain/refund.h"
#include "io/qr.h"

#define COLUMNS \
	"o.id, o.application_id, a.no, o.out_trade_no, o.fen, o.subject, o.state, o.qr, o.trade_no, o.buyer, o.made_at, o.ends_at, " \
	"o.asked_at, o.done_at, o.error, o.version FROM alipay_order o JOIN application a ON a.id=o.application_id "
#define TYPES \
	"iissi" \
	"sssss" \
	"iiiisi"

enum { LOCK, READ, OPEN, LAST, COUNT, INSERT, WAITING, PAID, ENDED, ASKED, SHORTEN, DUE, BY_NO, NOTICE };

static const struct sql sql[] = {
	[LOCK] = {"SELECT id FROM alipay_order WHERE id=? FOR UPDATE", "i", "i"},
	[READ] = {"SELECT " COLUMNS "WHERE o.id=?", "i", TYPES},
	[OPEN] = {"SELECT " COLUMNS "WHERE o.open_case=?", "i", TYPES},
	[LAST] = {"SELECT " COLUMNS "WHERE o.application_id=? ORDER BY o.id DESC LIMIT 1", "i", TYPES},
	[COUNT] = {"SELECT COUNT(*) FROM alipay_order WHERE application_id=?", "i", "i"},
	[INSERT] =
		{"INSERT INTO alipay_order (application_id, out_trade_no, fen, subject, state, made_at, ends_at, asked_at) VALUES "
		 "(?,?,?,?,'planned',?,?,?)",
			"isisiii", ""},
	[WAITING] =
		{"UPDATE alipay_order SET state='waiting', qr=?, asked_at=?, version=version+1 WHERE id=? AND state='planned' AND "
		 "version=?",
			"siii", ""},
	[PAID] =
		{"UPDATE alipay_order SET state='paid', trade_no=?, buyer=?, done_at=?, version=version+1 WHERE id=? AND "
		 "state<>'paid' AND version=?",
			"ssiii", ""},
	[ENDED] = {"UPDATE alipay_order SET state=?, error=?, done_at=?, version=version+1 WHERE id=? AND state IN "
		   "('planned','waiting') AND version=?",
		"ssiii", ""},
	[ASKED] = {"UPDATE alipay_order SET asked_at=? WHERE id=? AND state='waiting'", "ii", ""},
	[SHORTEN] = {"UPDATE alipay_order SET ends_at=?, asked_at=0 WHERE id=? AND state='waiting'", "ii", ""},
	[DUE] = {"SELECT id FROM alipay_order WHERE state='waiting' AND asked_at<=? ORDER BY asked_at LIMIT 10", "i",
		"i"},
	[BY_NO] = {"SELECT id FROM alipay_order WHERE out_trade_no=? FOR UPDATE", "s", "i"},
	[NOTICE] =
		{"INSERT INTO alipay_notice (trade_no, trade_status, out_trade_no, body_hash, at) VALUES (?,?,?,?,?)",
			"sssbi", ""},
};
SQL_TABLE(alipay);

#define O_TEXT(m) TEXT(struct alipay_order, m, #m, 0, 0, NULL)
#define O_INT(m) INT(struct alipay_order, m, #m, 0, 0)
static const struct field fields[] = {
	O_INT(id),
	O_INT(application_id),
	O_TEXT(no),
	O_TEXT(out_trade_no),
	O_INT(fen),
	O_TEXT(subject),
	O_TEXT(state),
	O_TEXT(qr),
	O_TEXT(trade_no),
	O_TEXT(buyer),
	O_INT(made_at),
	O_INT(ends_at),
	O_INT(asked_at),
	O_INT(done_at),
	O_TEXT(error),
	O_INT(version),
};
static const struct shape shape = SHAPE(struct alipay_order, fields);

static bool is_on(const struct config *config)
{
	return !text_eq(config->alipay_gateway, "none");
}

/* --- the applicant --- */

bool alipay_offered(const struct ctx *c, const struct application *app)
{
	if (!is_on(&c->house->config))
		return false;
	return catalog_has(&app->route->pay, "alipay");
}

static enum err may_begin(struct ctx *c, const struct application *app)
{
	if (!alipay_offered(c, app))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请不能用支付宝付款，请按页面上的其他方式付款");
	if (!app->submitted_at)
		return ctx_say(c, ERR_WRONG_STATE, "申请还没有提交，提交后再付款");
	if (state_is_closed(app->state))
		return ctx_say(c, ERR_WRONG_STATE, "申请已结束，不能再付款");
	if (app->paid_fen >= app->owed_fen)
		return ctx_say(c, ERR_WRONG_STATE, "这件申请不需要再付款");
	return ERR_OK;
}

/* An order that is still good is given again; one of another sum, or near its end, is closed before there is a second. */
static enum err again(struct ctx *c, const struct application *app, const struct alipay_order *o)
{
	enum { SOON_S = 60 };
	enum err e;

	if (o->fen == app->owed_fen - app->paid_fen && o->ends_at > c->now + SOON_S)
		return ERR_OK;
	if (!text_eq(o->state, "waiting") || o->ends_at <= c->now)
		return ctx_say(c, ERR_WRONG_STATE, "上一个付款码正在关闭，请过半分钟再试");
	e = db_exec(c->db, &sql[SHORTEN], I(c->now), I(o->id));
	return e == ERR_OK ? ctx_say(c, ERR_WRONG_STATE, "上一个付款码正在关闭，请过半分钟再试") : e;
}

enum err alipay_begin(struct ctx *c, const char *no, struct alipay_order *ret_order)
{
	struct application app;
	struct db_int count = {0};
	enum err e = application_lock(c, no, &app);

	if (e == ERR_OK)
		e = may_begin(c, &app);
	if (e != ERR_OK)
		return e;
	e = db_one(c->db, &sql[OPEN], &shape, ret_order, I(app.id));
	if (e == ERR_OK)
		return again(c, &app, ret_order);
	if (e == ERR_NOT_FOUND)
		e = db_one(c->db, &sql[COUNT], &db_int_shape, &count, I(app.id));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[INSERT], I(app.id),
			S(arena_printf(c->arena, "%s-%" PRId64, app.no, count.value + 1)),
			I(app.owed_fen - app.paid_fen), S(arena_printf(c->arena, "数字证书办理费用 %s", app.no)),
			I(c->now), I(c->now + ALIPAY_ORDER_S), I(c->now));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[READ], &shape, ret_order, I(db_last_id(c->db)));
	audit_add(c, "alipay_order", no, e == ERR_OK ? ret_order->out_trade_no : NULL);
	return e == ERR_OK ? job_add(c, "alipay", arena_printf(c->arena, "%" PRId64, ret_order->id)) : e;
}

enum err alipay_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct alipay_order o = {.state = "none"};
	struct qr qr;
	bool shown;
	enum err e = db_one(c->db, &sql[LAST], &shape, &o, I(app->id));

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	shown = text_eq(o.state, "waiting") && o.ends_at > c->now && qr_make_line(c->arena, o.qr, &qr) == ERR_OK;
	json_object(j, NULL);
	json_text(j, "state", o.state);
	json_int(j, "amount_fen", o.fen);
	json_text(j, "qr", shown ? qr_svg(c->arena, &qr) : NULL);
	json_text(j, "link", shown ? o.qr : NULL);
	json_time(j, "ends_at", o.ends_at);
	json_time(j, "paid_at", text_eq(o.state, "paid") ? o.done_at : 0);
	json_text(j, "error", text_empty(o.error) ? NULL : o.error);
	json_end(j);
	return ERR_OK;
}

/* --- paid: by a notice or by the answer to a query --- */

struct paid {
	int64_t order_id, fen;
	const char *trade_no, *buyer;
};

/* Money that came for a case that is closed by now is kept with it: a refund is the way out of there. */
static enum err credit(struct ctx *c, const struct paid *p)
{
	struct payment_money money = {
		.method = "alipay", .serial = p->trade_no, .fen = p->fen, .evidence = "支付宝订单与金额相符"};
	struct alipay_order o;
	struct application app;
	enum err e = db_one(c->db, &sql[READ], &shape, &o, I(p->order_id));

	if (e == ERR_OK && p->fen != o.fen)
		return ERR_FORBIDDEN;
	if (e != ERR_OK || text_eq(o.state, "paid"))
		return e != ERR_OK ? e : text_eq(o.trade_no, p->trade_no) ? ERR_OK : ERR_FORBIDDEN;
	e = application_by_id(c, o.application_id, &app);
	if (e == ERR_OK)
		e = db_guarded(c->db,
			db_exec(c->db, &sql[PAID], S(p->trade_no), S(p->buyer), I(c->now), I(o.id), I(o.version)));
	money.payer_name = arena_printf(c->arena, "支付宝 %s", text_empty(p->buyer) ? "用户" : p->buyer);
	money.value_date = date_of_moment(c->now);
	return e == ERR_OK ? payment_add(c, &app, &money) : e;
}

static bool says_paid(const char *trade_status)
{
	return text_eq(trade_status, "TRADE_SUCCESS") || text_eq(trade_status, "TRADE_FINISHED");
}

/* RSA2 over all but sign and sign_type; some senders leave the latter in. */
static bool from_gateway(struct ctx *c, const struct list *pairs)
{
	const char *base64 = alipay_value(pairs, "sign");

	return text_eq(alipay_value(pairs, "sign_type"), "RSA2") &&
	       (alipay_signed(c, alipay_signed_text(c->arena, pairs->at, pairs->count, "sign_type"), base64) ||
		       alipay_signed(c, alipay_signed_text(c->arena, pairs->at, pairs->count, NULL), base64));
}

static bool ours(struct ctx *c, const struct list *pairs)
{
	const struct config *config = &c->house->config;
	const char *charset = alipay_value(pairs, "charset");

	return text_eq(alipay_value(pairs, "app_id"), config->alipay_app_id) &&
	       text_eq(alipay_value(pairs, "seller_id"), config->alipay_seller_id) &&
	       (!charset || text_eq(charset, "utf-8") || text_eq(charset, "UTF-8"));
}

static enum err refuse_notice(struct ctx *c, const char *why)
{
	log_at(LOG_WARN, "alipay: notice refused: %s", why);
	(void)c;
	return ERR_FORBIDDEN;
}

enum err alipay_notice(struct ctx *c, struct bytes body)
{
	const char *out_trade_no, *trade_no, *status;
	struct paid p = {0};
	struct db_int order;
	struct list pairs;
	unsigned char hash[CRYPTO_HASH];
	enum err e = is_on(&c->house->config) ? alipay_form_read(c->arena, body, &pairs) : ERR_FORBIDDEN;

	if (e != ERR_OK)
		return refuse_notice(c, "not a form");
	if (!from_gateway(c, &pairs))
		return refuse_notice(c, "signature");
	if (!ours(c, &pairs))
		return refuse_notice(c, "another application or seller");
	out_trade_no = alipay_value(&pairs, "out_trade_no");
	trade_no = alipay_value(&pairs, "trade_no");
	status = alipay_value(&pairs, "trade_status");
	if (text_empty(out_trade_no) || text_empty(trade_no) || text_empty(status) ||
		!alipay_fen(alipay_value(&pairs, "total_amount"), &p.fen))
		return refuse_notice(c, "members are missing");
	e = db_one(c->db, &sql[BY_NO], &db_int_shape, &order, S(out_trade_no));
	if (e == ERR_NOT_FOUND)
		return refuse_notice(c, "no such order");
	p.order_id = order.value;
	p.trade_no = trade_no;
	p.buyer = alipay_value(&pairs, "buyer_logon_id");
	if (e == ERR_OK && says_paid(status))
		e = credit(c, &p);
	if (e != ERR_OK)
		return e == ERR_FORBIDDEN ? refuse_notice(c, "another sum or trade than the order's") : e;
	crypto_sha256(body.at, body.len, hash);
	e = db_exec(c->db, &sql[NOTICE], S(trade_no), S(status), S(out_trade_no),
		B(((struct bytes){hash, sizeof hash})), I(c->now));
	return e == ERR_CONFLICT ? ERR_OK : e;
}

/* --- the worker --- */

struct step {
	struct alipay_order o;
	const struct job *job; /* NULL: of the round */
	const char *qr, *state, *error;
	struct paid paid;
};

static char *biz(struct ctx *c, const struct alipay_order *o, bool full)
{
	struct json_out j;
	struct str s;

	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_object(&j, NULL);
	json_text(&j, "out_trade_no", o->out_trade_no);
	if (full) {
		json_text(&j, "total_amount", alipay_yuan(c->arena, o->fen));
		json_text(&j, "subject", o->subject);
		json_text(&j, "seller_id", c->house->config.alipay_seller_id);
		json_text(&j, "timeout_express", "15m");
	}
	json_end(&j);
	return s.at;
}

static enum err opened(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	enum err e = db_guarded(c->db,
		s->qr ? db_exec(c->db, &sql[WAITING], S(s->qr), I(c->now), I(s->o.id), I(s->o.version))
		      : db_exec(c->db, &sql[ENDED], S("failed"), S(s->error), I(c->now), I(s->o.id), I(s->o.version)));

	return e == ERR_OK ? job_done(c, s->job) : e;
}

static enum err nothing(struct ctx *c, void *arg)
{
	return job_done(c, ((const struct step *)arg)->job);
}

/* Asking twice for the same number gives the same order: nothing is doubled by a second try. */
enum err alipay_run(struct ctx *c, const struct job *job)
{
	struct step s = {.job = job};
	struct alipay_answer a;
	enum err e = db_one(c->db, &sql[READ], &shape, &s.o, I(strtoll(job->ref, NULL, 10)));

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !text_eq(s.o.state, "planned")))
		return ctx_tx(c, nothing, &s);
	if (e == ERR_OK)
		e = alipay_ask(c, "alipay.trade.precreate", biz(c, &s.o, true), &a);
	if (e != ERR_OK)
		return e;
	if (alipay_accepted(&a) && !text_empty(a.qr_code) && strlen(a.qr_code) <= QR_LINE_MAX)
		s.qr = a.qr_code;
	s.error = text_empty(a.sub_msg) ? "支付宝没有受理，请稍后再试，或改用转账" : a.sub_msg;
	return ctx_tx(c, opened, &s);
}

enum err alipay_give_up(struct ctx *c, const char *ref)
{
	struct alipay_order o;
	enum err e = db_one(c->db, &sql[READ], &shape, &o, I(strtoll(ref, NULL, 10)));

	return e == ERR_OK ? db_exec(c->db, &sql[ENDED], S("failed"), S("支付宝暂时连不上，请稍后再试，或改用转账"),
				     I(c->now), I(o.id), I(o.version))
			   : e;
}

static enum err follow(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	struct db_int locked;
	enum err e = db_one(c->db, &sql[LOCK], &db_int_shape, &locked, I(s->o.id));

	if (e == ERR_OK && s->paid.trade_no)
		return credit(c, &s->paid);
	if (e == ERR_OK && s->state)
		return db_guarded(
			c->db, db_exec(c->db, &sql[ENDED], S(s->state), S(""), I(c->now), I(s->o.id), I(s->o.version)));
	return e == ERR_OK ? db_exec(c->db, &sql[ASKED], I(c->now), I(s->o.id)) : e;
}

/* Not scanned: the gateway does not know the number yet. */
static bool unknown(const struct alipay_answer *a)
{
	return text_eq(a->sub_code, "ACQ.TRADE_NOT_EXIST");
}

static enum err look(struct ctx *c, int64_t id)
{
	struct step s = {0};
	struct alipay_answer a;
	enum err e = db_one(c->db, &sql[READ], &shape, &s.o, I(id));

	if (e == ERR_OK)
		e = alipay_ask(c, "alipay.trade.query", biz(c, &s.o, false), &a);
	if (e != ERR_OK)
		return e;
	s.paid.order_id = id;
	if (alipay_accepted(&a) && says_paid(a.trade_status) && alipay_fen(a.total_amount, &s.paid.fen)) {
		s.paid.trade_no = a.trade_no;
		s.paid.buyer = a.buyer_logon_id;
	} else if (alipay_accepted(&a) && text_eq(a.trade_status, "TRADE_CLOSED"))
		s.state = "closed";
	else if (s.o.ends_at <= c->now) { /* what was paid in this very moment refuses to be closed */
		e = alipay_ask(c, "alipay.trade.close", biz(c, &s.o, false), &a);
		if (e == ERR_OK && (alipay_accepted(&a) || unknown(&a)))
			s.state = "closed";
	}
	if (e != ERR_OK)
		return e;
	e = ctx_tx(c, follow, &s);
	if (e == ERR_FORBIDDEN)
		log_at(LOG_ERROR, "alipay: the gateway says another sum or trade for %s", s.o.out_trade_no);
	return e == ERR_FORBIDDEN ? ERR_OK : e;
}

enum { ASK_AGAIN_S = 15 };

static enum err put_off(struct ctx *c, void *arg)
{
	return db_exec(c->db, &sql[ASKED], I(c->now), I(*(const int64_t *)arg));
}

enum err alipay_round(struct ctx *c, int *ret_done)
{
	struct list ids;
	enum err e = ERR_OK;

	*ret_done = 0;
	if (!is_on(&c->house->config))
		return ERR_OK;
	e = db_all(c->db, &sql[DUE], &db_int_shape, &ids, I(c->now - ASK_AGAIN_S));
	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		int64_t id = ((const struct db_int *)ids.at)[i].value;

		e = look(c, id);
		if (e == ERR_BUSY || e == ERR_UNCERTAIN) /* the others wait their turn */
			e = ctx_tx(c, put_off, &id);
		if (e == ERR_STALE)
			e = ERR_OK;
		++*ret_done;
	}
	return e;
}
