#ifndef DOMAIN_INVOICE_XML_H
#define DOMAIN_INVOICE_XML_H

#include "base/date.h"
#include "base/fault.h"
#include "base/field.h"

/* The XML of a fully digital e-invoice (数电票), one invoice a file.  Read through io/xml.h: no DTD, no entity,
 * nothing fetched.  What it says of itself must agree (sums within one fen, the words with the figures), then what it says of
 * the case.  Each fault names its field and what stands there. */

enum { INVOICE_XML_MAX = 512 * 1024, INVOICE_NUMBER = 20 };

struct invoice_xml { /* texts live in the arena of the faults; "" when not given */
	const char *number, *seller_number, *seller_name, *buyer_name, *buyer_number, *remark;
	struct date issued;
	int64_t total_fen; /* with tax */
};

/* ERR_TOO_LARGE; ERR_INVALID: faults say why. */
enum err invoice_xml_read(struct bytes file, struct faults *faults, struct invoice_xml *ret_invoice) MUST_USE;

struct invoice_wanted {
	const char *seller_number, *title;
	const char *tax_number; /* NULL: a person without one */
	int64_t fen;
};
/* Against the case: adds a fault for each that differs.  Names are the same when they differ in the width of brackets only. */
void invoice_xml_check(const struct invoice_xml *invoice, const struct invoice_wanted *wanted, struct faults *faults);

/* Does a sum in words (大写) name fen?  Takes 正, 圆, a leading 人民币 and 整 after 角 too. */
bool invoice_words_name(struct arena *a, const char *words, int64_t fen);
bool invoice_number_valid(const char *text); /* 20 digits */

#endif
