#include "domain/casefile.h"

#include "base/str.h"

/* What stands in the rows of a case, a file each.  Moments are seconds since 1970 (UTC).  Sealed columns are left out here: what
 * was filled in and what was signed go in by casefile.c, in clear; a payer's account stays in the books. */

#define ROWS(columns, rest) \
	{ \
		"SELECT JSON_OBJECT(" columns ") " rest, "i", "s" \
	}
#define STAFF(column) "(SELECT s.name FROM staff s WHERE s.id=" column ")"
#define BASE64(column) "REPLACE(TO_BASE64(" column "), '\n', '')"

enum {
	EVENTS,
	DECISIONS,
	GATES,
	ORIGINALS,
	FORMS,
	SCANS,
	PAYMENTS,
	PARCELS,
	PICKUP,
	CERTIFICATES,
	SIGNATURES,
	AUDIT,
	PARTS
};

static const struct sql sql[PARTS] = {
	[EVENTS] = ROWS(
		"'at', e.at, 'event', e.event, 'from', e.from_state, 'to', e.to_state, 'actor', e.actor, 'staff', " STAFF(
			"e.staff_id") ", 'text', e.text",
		"FROM event e WHERE e.application_id=? ORDER BY e.id"),
	[DECISIONS] = ROWS(
		"'round', v.round, 'material', v.material, 'verdict', v.verdict, 'reasons', v.reasons, 'note', v.note, 'areas', "
		"v.areas, 'staff', " STAFF("v.staff_id") ", 'at', v.at",
		"FROM verdict v WHERE v.application_id=? ORDER BY v.round, v.material"),
	[GATES] = ROWS("'gate', g.name, 'closed_at', g.closed_at, 'staff', " STAFF("g.closed_by"),
		"FROM gate g WHERE g.application_id=? ORDER BY g.name"),
	[ORIGINALS] = ROWS("'material', o.material, 'copies', o.copies, 'staff', " STAFF("o.staff_id") ", 'at', o.at",
		"FROM original o WHERE o.application_id=? ORDER BY o.id"),
	[FORMS] = ROWS("'version', f.version, 'data_sha256', f.sha256, 'pages', f.pages, 'frozen_at', f.frozen_at",
		"FROM form_version f WHERE f.application_id=? ORDER BY f.version"),
	[SCANS] = ROWS(
		"'id', t.id, 'material', t.material, 'round', t.round, 'filename', t.filename, 'media', t.media, 'size', "
		"t.size_bytes, 'sha256', t.sha256, 'state', t.state, 'uploaded_at', t.uploaded_at, 'removed_at', t.removed_at",
		"FROM attachment t WHERE t.application_id=? ORDER BY t.uploaded_at, t.id"),
	[PAYMENTS] = ROWS(
		"'method', p.method, 'serial', p.bank_serial, 'payer', p.payer_name, 'payer_right', p.payer_right, 'fen', "
		"p.amount_fen, 'value_date', p.value_date, 'staff', " STAFF("p.staff_id") ", 'at', p.at",
		"FROM payment p WHERE p.application_id=? ORDER BY p.id"),
	[PARCELS] = ROWS("'waybill', p.waybill, 'freight', p.freight, 'staff', " STAFF(
				 "p.staff_id") ", 'sent_at', p.sent_at, 'delivered_at', p.delivered_at",
		"FROM parcel p WHERE p.application_id=? ORDER BY p.id"),
	[PICKUP] = ROWS("'ready_at', p.ready_at, 'handed_at', p.handed_at, 'collector', p.collector, 'staff', " STAFF(
				"p.staff_id"),
		"FROM pickup p WHERE p.application_id=?"),
	[CERTIFICATES] = ROWS(
		"'line', t.item, 'sign_serial', t.sign_serial, 'enc_serial', t.enc_serial, 'not_before', t.not_before, "
		"'not_after', t.not_after, 'status', t.status, 'seal_kind', t.seal_kind, 'seal_name', t.seal_name, 'staff', " STAFF(
			"t.producer") ", 'at', t.at, 'sign_der', " BASE64("b.sign_cert") ", 'enc_der', " BASE64("b.enc_cert"),
		"FROM certificate t LEFT JOIN certificate_body b ON b.certificate_id=t.id WHERE t.application_id=? "
		"ORDER BY t.item"),
	[SIGNATURES] = ROWS(
		"'nonce', g.nonce, 'algorithm', g.algorithm, 'content_sha256', g.content_sha256, 'made_at', g.made_at, 'checks', "
		"(SELECT JSON_ARRAYAGG(JSON_OBJECT('stage', k.stage, 'reason', k.reason, 'at', k.at)) FROM signature_check k "
		"WHERE k.signature_id=g.id)",
		"FROM signature g WHERE g.application_id=? ORDER BY g.id"),
	[AUDIT] = ROWS(
		"'seq', u.seq, 'at', u.at, 'actor', u.actor, 'actor_id', u.actor_id, 'addr', u.addr, 'action', u.action, 'object', "
		"u.object, 'detail', u.detail, 'prev_hash', LOWER(HEX(u.prev_hash)), 'hash', LOWER(HEX(u.hash))",
		"FROM audit u WHERE u.object=(SELECT a.no FROM application a WHERE a.id=?) ORDER BY u.seq"),
};
SQL_TABLE(casefile_part);

static const char *const paths[PARTS] = {
	[EVENTS] = "events.json",
	[DECISIONS] = "decisions.json",
	[GATES] = "gates.json",
	[ORIGINALS] = "originals.json",
	[FORMS] = "forms.json",
	[SCANS] = "scans.json",
	[PAYMENTS] = "payments.json",
	[PARCELS] = "parcels.json",
	[PICKUP] = "pickup.json",
	[CERTIFICATES] = "certificates.json",
	[SIGNATURES] = "signatures.json",
	[AUDIT] = "audit.json",
};

static enum err write_rows(struct ctx *c, const struct sql *from, int64_t application_id, struct bytes *ret_json)
{
	struct list rows;
	struct json_out j;
	struct str s;
	enum err e = db_all(c->db, from, &db_text_shape, &rows, I(application_id));

	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_list(&j, NULL);
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		json_raw(&j, NULL, ((const struct db_text *)rows.at)[i].value);
	json_end(&j);
	str_add(&s, "\n");
	*ret_json = (struct bytes){(const unsigned char *)s.at, s.len};
	return e;
}

enum err casefile_parts(struct ctx *c, int64_t application_id, casefile_keep keep, void *arg)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < PARTS; i++) {
		struct bytes json;

		e = write_rows(c, &sql[i], application_id, &json);
		if (e == ERR_OK)
			e = keep(arg, paths[i], json);
	}
	return e;
}
