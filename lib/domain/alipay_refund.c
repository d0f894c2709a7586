/* Money that goes back through the gateway.  That we ask is written down before we ask; the number of the request stays the
 * same however often it is asked. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/str.h"
#include "domain/alipay_gateway.h"
#include "domain/refund.h"

struct step {
	const struct job *job;
	struct refund r;
	bool paid;
	const char *text; /* NULL: not known yet */
};

static char *biz(struct ctx *c, const struct refund *r, bool ask)
{
	struct json_out j;
	struct str s;

	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_object(&j, NULL);
	json_text(&j, "trade_no", r->serial);
	json_text(&j, "out_request_no", arena_printf(c->arena, "R%" PRId64, r->id));
	if (ask) {
		json_text(&j, "refund_amount", alipay_yuan(c->arena, r->fen));
		json_text(&j, "refund_reason", "退款");
	}
	json_end(&j);
	return s.at;
}

static enum err begin(struct ctx *c, void *arg)
{
	const struct step *s = arg;

	return refund_to_sent(c, &s->r, "alipay");
}

static enum err end(struct ctx *c, void *arg)
{
	struct step *s = arg;
	enum err e = ERR_OK;

	if (s->text)
		e = refund_lock(c, s->r.id, &s->r);
	if (e == ERR_OK && s->text && text_eq(s->r.state, "sent"))
		e = refund_to_done(c, &s->r, s->paid, s->text);
	return e == ERR_OK ? job_done(c, s->job) : e;
}

/* Done before, by us in an earlier try: the older form of the answer has no status. */
static bool was_done(const struct alipay_answer *a, const struct refund *r)
{
	int64_t fen;

	if (!alipay_accepted(a))
		return false;
	return text_eq(a->refund_status, "REFUND_SUCCESS") ||
	       (text_empty(a->refund_status) && !text_empty(a->trade_no) && !text_empty(a->out_request_no) &&
		       alipay_fen(a->refund_amount, &fen) && fen == r->fen);
}

static enum err ask(struct ctx *c, struct step *s)
{
	struct alipay_answer a;
	enum err e = alipay_ask(c, "alipay.trade.fastpay.refund.query", biz(c, &s->r, false), &a);

	if (e == ERR_OK && !was_done(&a, &s->r)) {
		e = alipay_ask(c, "alipay.trade.refund", biz(c, &s->r, true), &a);
		if (e == ERR_OK && alipay_accepted(&a) && !text_eq(a.fund_change, "Y"))
			return ERR_BUSY; /* accepted only: asked about again, some seconds later */
	}
	if (e != ERR_OK)
		return e;
	s->paid = alipay_accepted(&a);
	s->text = s->paid ? s->r.serial : text_empty(a.sub_msg) ? "支付宝没有退成" : a.sub_msg;
	return ERR_OK;
}

enum err alipay_refund(struct ctx *c, const struct job *job)
{
	struct step s = {.job = job};
	enum err e = refund_read(c, strtoll(job->ref, NULL, 10), &s.r);

	if (e == ERR_OK && text_eq(s.r.state, "approved")) {
		e = ctx_tx(c, begin, &s);
		if (e == ERR_OK)
			e = refund_read(c, s.r.id, &s.r);
	}
	if (e == ERR_OK && text_eq(s.r.state, "sent"))
		e = ask(c, &s);
	return e == ERR_OK ? ctx_tx(c, end, &s) : e;
}
