#ifndef DOMAIN_CERTIFICATE_H
#define DOMAIN_CERTIFICATE_H

#include "domain/application.h"
#include "domain/register.h"
#include "io/json_out.h"

/* Certificates as the producer records them: both serials and the validity of each line of a case.  One certificate
 * carries exactly one seal, taken from the line it was issued for. */

struct certificate_in {
	const char *no;
	int64_t item; /* 1 … */
	const char *sign_serial, *enc_serial;
	struct date not_before, not_after;
	const char *token_serial; /* NULL: as before */
};
extern const struct shape certificate_in_shape;

/* Inside ctx_tx.  Serials and days are wanted where the service makes a certificate; the last day must be the one that the
 * service gives.  For an unlock one call without serials says that the token was unlocked.  The producer is not the first reviewer (in the SQL).  The last line moves the case to produced.
 * ERR_CONFLICT: serial or line is recorded already.  ERR_TWO_PERSONS. */
enum err certificate_record(struct ctx *c, const struct certificate_in *in, struct application *ret_app) MUST_USE;

/* Must the last day be the old one's, or follow exactly from it?  old: NULL when there is none. */
bool certificate_exact(const struct application *app, const struct register_certificate *old);

struct certificate {
	int64_t item;
	const char *sign_serial, *enc_serial;
	struct date not_before, not_after;
	const char *status, *produced_by;
	int64_t produced_at;
};
enum err certificate_list(struct ctx *c, int64_t application_id, struct list *ret_rows) MUST_USE;
enum err certificate_write(struct ctx *c, const struct application *app, struct json_out *j)
	MUST_USE; /* key "certificates" */

#endif
