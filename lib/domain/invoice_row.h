#ifndef DOMAIN_INVOICE_ROW_H
#define DOMAIN_INVOICE_ROW_H

#include "domain/invoice.h"

/* A row of the table invoice, as the files of this noun read it. */

#define INVOICE_COLUMNS \
	"v.id, v.application_id, a.no, v.state, v.begun_at, v.due_day, v.number, v.fen, v.issued_day, v.pdf_sealed IS NOT NULL, " \
	"x.name, v.imported_at, v.delivered_at, v.link_ends_at, v.red_number, v.red_reason, y.name, v.red_at, " \
	"LEAST(a.paid_fen, a.owed_fen), v.version FROM invoice v JOIN application a ON a.id=v.application_id LEFT JOIN staff x ON " \
	"x.id=v.imported_by LEFT JOIN staff y ON y.id=v.red_by "
#define INVOICE_TYPES \
	"iissidsidi" \
	"siiisssi" \
	"ii"
extern const struct shape invoice_shape;

#endif
