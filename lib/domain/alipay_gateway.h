#ifndef DOMAIN_ALIPAY_GATEWAY_H
#define DOMAIN_ALIPAY_GATEWAY_H

#include "domain/alipay.h"

/* One question to the gateway: signed, sent, and the answer believed only when its signature holds over the very bytes that
 * came.  For the worker only. */

struct alipay_answer {
	const char *code, *sub_code, *sub_msg; /* code "10000": accepted */
	const char *qr_code, *trade_no, *trade_status, *total_amount, *buyer_logon_id, *fund_change, *refund_status,
		*refund_amount, *out_request_no;
};
bool alipay_accepted(const struct alipay_answer *a);

/* method: "alipay.trade.precreate"; biz: JSON.
 * Errors: ERR_BUSY (not reached), ERR_UNCERTAIN (no whole answer, or one whose signature does not hold). */
enum err alipay_ask(struct ctx *c, const char *method, const char *biz, struct alipay_answer *ret_answer) MUST_USE;

/* Is this text signed by the gateway? */
bool alipay_signed(struct ctx *c, const char *text, const char *base64);

#endif
