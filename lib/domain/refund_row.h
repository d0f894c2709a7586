#ifndef DOMAIN_REFUND_ROW_H
#define DOMAIN_REFUND_ROW_H

#include "domain/refund.h"

/* A row of the table refund, as refund.c and refund_view.c read it. */

#define REFUND_COLUMNS \
	"r.id, r.payment_id, r.application_id, r.bank_line_id, a.no, r.place, r.state, r.reason, r.fen, " \
	"COALESCE(p.payer_name, b.payer_name), p.payer_account_sealed, b.payer_account_sealed, COALESCE(b.payer_bank,''), " \
	"COALESCE(p.bank_serial, b.serial), r.asked_by, r.asked_at, r.decided_by, r.decided_at, x.name, y.name, r.batch, r.sent_at, " \
	"r.done_at, r.done_text, r.version, COALESCE(p.payer_right,0) FROM refund r LEFT JOIN payment p ON p.id=r.payment_id " \
	"LEFT JOIN bank_line b ON b.id=r.bank_line_id LEFT JOIN application a ON a.id=r.application_id LEFT JOIN staff x ON " \
	"x.id=r.asked_by LEFT JOIN staff y ON y.id=r.decided_by "
#define REFUND_TYPES \
	"iiiissssi" \
	"sbbs" \
	"siiiisss" \
	"iisii"
extern const struct shape refund_shape;

#endif
