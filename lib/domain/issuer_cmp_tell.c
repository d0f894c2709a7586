#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/issuer_driver.h"
#include "domain/register.h"
#include "io/cmp.h"

/* What became of its certificates, told to an authority by rr, one for each of the pair, and certificates that nobody uses.
 * What is being told is committed first and stays while the outcome is not known.  Unlike an order it is then asked again: an
 * rr names a certificate and how that shall stand, so a second time changes nothing. */

enum { NEXT, TAKE, TOLD, LATER, STRAY, STRAY_TAKE, STRAY_TOLD, STRAY_LATER, LEFT_SIGN, LEFT_ENC, LEFT, LEAVE };

#define OPEN_BODY " WHERE certificate_id=? AND tell_tries=?"
#define LEFT_OVER \
	" FROM issuance i JOIN application a ON a.id=i.application_id WHERE i.driver='cmp' AND i.state='failed' AND i.sign_cert " \
	"IS NOT NULL AND (i.enc_cert IS NOT NULL OR a.state<>'approved')"
static const struct sql sql[] = {
	[NEXT] =
		{"SELECT b.certificate_id, t.sign_serial, t.status, b.told, b.telling, COALESCE(t.revoke_reason,0), b.tell_tries, "
		 "b.sign_cert, b.enc_cert FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE b.issuer='cmp' "
		 "AND (b.told<>t.status OR b.telling<>'') AND b.tell_next_at<=? AND t.not_after>=? ORDER BY b.tell_next_at, "
		 "b.certificate_id LIMIT 1",
			"id", "issssiibb"},
	[TAKE] = {"UPDATE certificate_body SET telling=?, tell_tries=tell_tries+1, tell_next_at=?" OPEN_BODY, "siii",
		""},
	[TOLD] = {"UPDATE certificate_body SET told=telling, told_at=?, telling='', tell_tries=0, tell_next_at=0, "
		  "tell_error=''" OPEN_BODY,
		"iii", ""},
	[LATER] = {"UPDATE certificate_body SET telling=?, tell_next_at=?, tell_error=?" OPEN_BODY, "sisii", ""},
	[STRAY] =
		{"SELECT id, cert, tries FROM issuance_stray WHERE told_at IS NULL AND next_at<=? ORDER BY next_at, id LIMIT 1",
			"i", "ibi"},
	[STRAY_TAKE] = {"UPDATE issuance_stray SET tries=tries+1, next_at=? WHERE id=? AND tries=?", "iii", ""},
	[STRAY_TOLD] = {"UPDATE issuance_stray SET told_at=?, error='' WHERE id=? AND tries=?", "iii", ""},
	[STRAY_LATER] = {"UPDATE issuance_stray SET next_at=?, error=? WHERE id=? AND tries=?", "isii", ""},
	[LEFT_SIGN] = {"INSERT INTO issuance_stray (issuance_id, cert, why, made_at) SELECT i.id, i.sign_cert, "
		       "IF(i.error='','没有使用',i.error), ?" LEFT_OVER " AND i.id=?",
		"ii", ""},
	[LEFT_ENC] = {"INSERT INTO issuance_stray (issuance_id, cert, why, made_at) SELECT i.id, i.enc_cert, "
		      "IF(i.error='','没有使用',i.error), ?" LEFT_OVER " AND i.enc_cert IS NOT NULL AND i.id=?",
		"ii", ""},
	[LEFT] = {"SELECT i.id" LEFT_OVER " LIMIT 1 FOR UPDATE SKIP LOCKED", "", "i"},
	[LEAVE] =
		{"UPDATE issuance SET sign_cert=NULL, enc_cert=NULL, enc_key_sealed=NULL WHERE id=? AND state='failed'",
			"i", ""},
};
SQL_TABLE(issuer_cmp_tell);

enum { ROUND_MAX = 20, BACK_OFF_S = 15, BACK_OFF_MAX_S = 600 };
enum { REASON_NONE = 0, REASON_SUPERSEDED = 4, REASON_HOLD = 6, REASON_LIFT = 8 };

struct open {
	int64_t id;
	const char *serial, *status, *told, *telling;
	int64_t revoke_reason, tries;
	struct bytes sign_cert, enc_cert;
};
static const struct field open_fields[] = {
	INT(struct open, id, "id", 0, 0),
	TEXT(struct open, serial, "sign_serial", 0, 0, NULL),
	TEXT(struct open, status, "status", 0, 0, NULL),
	TEXT(struct open, told, "told", 0, 0, NULL),
	TEXT(struct open, telling, "telling", 0, 0, NULL),
	INT(struct open, revoke_reason, "revoke_reason", 0, 0),
	INT(struct open, tries, "tell_tries", 0, 0),
	BYTES(struct open, sign_cert, "sign_cert", 0),
	BYTES(struct open, enc_cert, "enc_cert", 0),
};
static const struct shape open_shape = SHAPE(struct open, open_fields);

struct stray {
	int64_t id;
	struct bytes cert;
	int64_t tries;
};
static const struct field stray_fields[] = {
	INT(struct stray, id, "id", 0, 0),
	BYTES(struct stray, cert, "cert", 0),
	INT(struct stray, tries, "tries", 0, 0),
};
static const struct shape stray_shape = SHAPE(struct stray, stray_fields);

struct telling {
	struct cmp_server server;
	struct open row;
	struct stray stray;
	const char *before; /* what was being told when the row was taken */
	const char *fault;  /* NULL: told */
	int64_t now;
};

static int64_t back_off(int64_t now, int64_t tries)
{
	int64_t wait = tries < 6 ? (int64_t)BACK_OFF_S << tries : BACK_OFF_MAX_S;

	return now + (wait < BACK_OFF_MAX_S ? wait : BACK_OFF_MAX_S);
}

static int64_t lease(const struct telling *t)
{
	return t->now + 2 * t->server.timeout_s + 30;
}

static int64_t reason_of(const struct open *row)
{
	return text_eq(row->status, "valid")	    ? REASON_LIFT
	       : text_eq(row->status, "suspended")  ? REASON_HOLD
	       : text_eq(row->status, "superseded") ? REASON_SUPERSEDED
						    : row->revoke_reason;
}

/* "Revoked already" is what was wanted, unless it may only mean the hold, or it was to be lifted. */
static bool so_already(const struct open *row)
{
	bool held = text_eq(row->told, "suspended") || text_eq(row->telling, "suspended");

	return !text_eq(row->status, "valid") && (text_eq(row->status, "suspended") || !held);
}

static const char *why(struct arena *a, enum err e, const char *said)
{
	if (e == ERR_BUSY)
		return "连接不上签发机构";
	if (e == ERR_UNCERTAIN || e == ERR_INTERNAL)
		return "签发机构没有答复";
	return text_empty(said) ? "签发机构没有接受" : arena_printf(a, "签发机构没有接受：%s", said);
}

/* --- the certificates of the register --- */

static enum err take(struct ctx *c, void *arg)
{
	const struct telling *t = arg;
	enum err e = db_exec(c->db, &sql[TAKE], S(t->row.status), I(lease(t)), I(t->row.id), I(t->row.tries));

	return db_guarded(c->db, e);
}

static enum err result(struct ctx *c, void *arg)
{
	const struct telling *t = arg;
	const struct open *row = &t->row;

	if (!t->fault)
		audit_add(c, "authority_told", row->serial, row->status);
	return t->fault ? db_exec(c->db, &sql[LATER], S(t->before), I(back_off(t->now, row->tries)), S(t->fault),
				  I(row->id), I(row->tries + 1))
			: db_exec(c->db, &sql[TOLD], I(t->now), I(row->id), I(row->tries + 1));
}

/* Both of the pair; what was told of the first is told again when the second fails. */
static enum err tell_row(struct ctx *c, struct telling *t)
{
	const struct bytes both[] = {t->row.sign_cert, t->row.enc_cert};
	const char *said;
	enum err e = ERR_OK, first = ERR_BUSY;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(both); i++) {
		if (!both[i].len)
			continue;
		e = cmp_revoke(c->arena, &t->server, both[i], reason_of(&t->row), &said);
		if (e == ERR_CONFLICT && so_already(&t->row))
			e = ERR_OK;
		if (i == 0)
			first = e;
		if (e != ERR_OK)
			t->fault = why(c->arena, e, said);
	}
	/* Where nothing was done, what is known of it is what was known before. */
	t->before = first == ERR_BUSY || first == ERR_INVALID || first == ERR_CONFLICT ? t->row.telling : t->row.status;
	return ctx_tx(c, result, t);
}

static enum err tell_one(struct ctx *c, struct telling *t)
{
	enum err e = db_one(c->db, &sql[NEXT], &open_shape, &t->row, I(c->now), D(date_of_moment(c->now)));

	t->fault = NULL;
	if (e == ERR_OK)
		e = ctx_tx(c, take, t);
	return e == ERR_OK ? tell_row(c, t) : e;
}

/* --- what nobody uses --- */

static enum err take_stray(struct ctx *c, void *arg)
{
	const struct telling *t = arg;
	enum err e = db_exec(c->db, &sql[STRAY_TAKE], I(lease(t)), I(t->stray.id), I(t->stray.tries));

	return db_guarded(c->db, e);
}

static enum err stray_result(struct ctx *c, void *arg)
{
	const struct telling *t = arg;
	const struct stray *s = &t->stray;

	return t->fault ? db_exec(c->db, &sql[STRAY_LATER], I(back_off(t->now, s->tries)), S(t->fault), I(s->id),
				  I(s->tries + 1))
			: db_exec(c->db, &sql[STRAY_TOLD], I(t->now), I(s->id), I(s->tries + 1));
}

static enum err tell_stray(struct ctx *c, struct telling *t)
{
	const char *said;
	enum err e = db_one(c->db, &sql[STRAY], &stray_shape, &t->stray, I(c->now));

	t->fault = NULL;
	if (e == ERR_OK)
		e = ctx_tx(c, take_stray, t);
	if (e != ERR_OK)
		return e;
	e = cmp_revoke(c->arena, &t->server, t->stray.cert, REASON_NONE, &said);
	if (e != ERR_OK && e != ERR_CONFLICT)
		t->fault = why(c->arena, e, said);
	return ctx_tx(c, stray_result, t);
}

/* Orders that failed although certificates were there, and are not gone on with. */
static enum err leave(struct ctx *c, void *arg)
{
	struct db_int id;
	enum err e = db_one(c->db, &sql[LEFT], &db_int_shape, &id);

	(void)arg;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[LEFT_SIGN], I(c->now), I(id.value));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[LEFT_ENC], I(c->now), I(id.value));
	return e == ERR_OK ? db_exec(c->db, &sql[LEAVE], I(id.value)) : e;
}

enum err issuer_cmp_tell(struct ctx *c, int *ret_done)
{
	static enum err (*const kinds[])(struct ctx *, struct telling *) = {tell_one, tell_stray};
	struct telling t = {.now = c->now};
	enum err e = ctx_tx(c, leave, NULL);

	*ret_done = 0;
	if (e == ERR_OK || e == ERR_NOT_FOUND)
		e = issuer_cmp_server(c, &t.server);
	/* An authority that does not answer is not asked for the next one at once: the worker has other work. */
	for (size_t k = 0; e == ERR_OK && k < ARRAY_LEN(kinds); k++)
		for (int i = 0; e == ERR_OK && i < ROUND_MAX; i++) {
			e = kinds[k](c, &t);
			if (e == ERR_NOT_FOUND || e == ERR_STALE) {
				e = ERR_OK;
				break;
			}
			*ret_done += e == ERR_OK;
			if (t.fault)
				return e;
		}
	return e;
}
