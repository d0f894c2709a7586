#ifndef DOMAIN_ALIPAY_BILL_H
#define DOMAIN_ALIPAY_BILL_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* The daily bill of the wallet (business details as CSV, GB18030 or UTF-8) held against our books: each trade and refund of the
 * bill must stand here with the same sum, and each of ours of those days there.  Changes nothing; that it was looked at is
 * audited.  A payment that is missing here is not booked from a bill: the worker asks the gateway itself. */

/* Writes {first_day, last_day, trades, refunds, agree, differences: [{kind, number, bill_fen, our_fen}]}.
 * ERR_INVALID: not such a bill, or lines that cannot be read (faults with "/lines/N"). */
enum err alipay_bill_write(struct ctx *c, struct bytes file, struct json_out *j) MUST_USE;

#endif
