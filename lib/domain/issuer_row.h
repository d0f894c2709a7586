#ifndef DOMAIN_ISSUER_ROW_H
#define DOMAIN_ISSUER_ROW_H

#include "domain/ctx.h"

/* A row of the table issuance, as the worker and issuer_view.c read it. */

struct issuance {
	int64_t id, application_id, item;
	const char *no, *driver, *state, *asked, *algorithm; /* asked: sign enc, or "" */
	struct bytes request;
	const char *token_serial, *sign_serial, *enc_serial;
	int64_t not_before, not_after;
	struct bytes sign_cert, enc_cert, enc_key_sealed;
	const char *error;
	int64_t staff_id, made_at, done_at, written_at;
	const char *made_by, *written_by, *checked_by;
	int64_t checked_at;
	const char *unit_name;
};
#define ISSUANCE_COLUMNS \
	"i.id, i.application_id, i.item, a.no, i.driver, i.state, i.asked, i.algorithm, i.request, i.token_serial, i.sign_serial, i.enc_serial, " \
	"i.not_before, i.not_after, i.sign_cert, i.enc_cert, i.enc_key_sealed, i.error, i.staff_id, i.made_at, i.done_at, " \
	"i.written_at, m.name, w.name, k.name, i.checked_at, a.unit_name FROM issuance i JOIN application a ON " \
	"a.id=i.application_id LEFT JOIN staff m ON m.id=i.staff_id LEFT JOIN staff w ON w.id=i.written_by LEFT JOIN staff k ON " \
	"k.id=i.checked_by "
#define ISSUANCE_TYPES \
	"iiisssss" \
	"bsssii" \
	"bbbsiiii" \
	"sssis"
extern const struct shape issuance_shape;

/* What the private key of an encryption certificate is sealed for. */
const char *issuance_key_place(struct arena *a, const struct issuance *i);

#endif
