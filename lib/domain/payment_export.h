#ifndef DOMAIN_PAYMENT_EXPORT_H
#define DOMAIN_PAYMENT_EXPORT_H

#include "domain/ledger_day.h"

/* Payments of some days as CSV for a spreadsheet: UTF-8 with mark, CRLF, no cell is a formula, accounts with their last four
 * digits only.  The days are those of the books (ledger_day.h), so the sums agree with them.  Audited; inside ctx_tx.
 * ERR_INVALID: the days are not right, or there are more than PAYMENT_EXPORT_MAX rows. */
enum { PAYMENT_EXPORT_MAX = 20000 };

/* Two persons: what one asks for another allows, and then it may be loaded down by who asked, for so long (proposal_opens with
 * the kind "export_payments" and this subject; asked by cgi-bin/finance.c). */
enum { PAYMENT_EXPORT_OPEN_S = 86400 };
struct payment_export_wish {
	struct date from, to;
	const char *reason;
};
extern const struct shape payment_export_wish_shape;
char *payment_export_subject(struct ctx *c, const struct ledger_days *in);
enum err payment_export(struct ctx *c, const struct ledger_days *in, struct bytes *ret_file) MUST_USE;

#endif
