#ifndef DOMAIN_SIGNATURE_CHECK_H
#define DOMAIN_SIGNATURE_CHECK_H

#include "domain/register.h"
#include "io/cms.h"

/* What signature.c and signature_session.c share: from the text that came in to a certificate of our register. */

#define SIGNATURE_OTHER_NAME "other_name"
#define SIGNATURE_OTHER_PERSON "other_person"

/* Records why, and says what the applicant may know.  Outside a transaction.  Returns ERR_INVALID. */
enum err signature_refuse(struct ctx *c, const char *object, const char *reason, const char *detail) MUST_USE;
/* Tries per minute, good and bad ones. */
enum err signature_limit(struct ctx *c, const char *who) MUST_USE;

bool signature_decode(struct arena *a, const char *text, struct bytes *ret_der);
enum err signature_verify(struct ctx *c, struct bytes cms, const char *text, struct cms_report *ret_report) MUST_USE;
/* The certificate in our register as it stands there now; its names must be those of the row, which are those of a case about
 * it (application_former.h).  ret_reason: NULL when it may sign. */
enum err signature_registered(struct ctx *c, const struct x509_cert *cert, struct register_certificate *ret_row,
	const char **ret_reason) MUST_USE;

#endif
