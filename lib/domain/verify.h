#ifndef DOMAIN_VERIFY_H
#define DOMAIN_VERIFY_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* Is a printed page of a form, or a certificate, what it says it is?  For whoever holds its number: the code beside the
 * QR of the page (form_code.h), or the serial of the certificate.  Nothing personal is told and nothing of the case;
 * malformed, forged and not there are one answer. */

/* typed: as it was typed or scanned.  {result: valid replaced ended unknown, kind, status, version, page, pages, printed_on,
 * not_before, not_after}; what a kind does not have is null.  ERR_RATE per address. */
enum err verify_number(struct ctx *c, const char *typed, struct json_out *j) MUST_USE;

#endif
