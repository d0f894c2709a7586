#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/issuer.h"
#include "domain/issuer_driver.h"
#include "io/x509.h"

/* Lines of unknown outcome: one person asks the authority and says what it did, another confirms it.  And what it could not
 * be told. */

enum { LINE, OPEN, PROPOSE, CHANGE, CONFIRM, MADE_SIGN, MADE_ENC, NONE_SIGN, NONE_ENC, WAITING, UNTOLD, STRAYS };

#define IN_QUESTION " WHERE id=? AND state='unknown' AND asked=?"
static const struct sql sql[] = {
	[LINE] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.application_id=? AND i.item=? AND i.state='unknown' FOR UPDATE",
		"ii", ISSUANCE_TYPES},
	[OPEN] =
		{"SELECT s.id, s.half, s.verdict, s.cert, s.staff_id, p.name, s.made_at FROM issuance_settlement s JOIN staff p "
		 "ON p.id=s.staff_id WHERE s.issuance_id=? AND s.confirmed_at IS NULL",
			"i", "issbisi"},
	[PROPOSE] =
		{"INSERT INTO issuance_settlement (issuance_id, half, verdict, cert, staff_id, made_at) VALUES (?,?,?,?,?,?)",
			"issbii", ""},
	[CHANGE] = {"UPDATE issuance_settlement SET half=?, verdict=?, cert=?, staff_id=?, made_at=? WHERE id=? AND "
		    "confirmed_at IS NULL",
		"ssbiii", ""},
	[CONFIRM] =
		{"UPDATE issuance_settlement SET confirmed_by=?, confirmed_at=? WHERE id=? AND confirmed_at IS NULL AND "
		 "staff_id<>?",
			"iiii", ""},
	[MADE_SIGN] = {"UPDATE issuance SET state='sent', asked='', sign_cert=?, error=''" IN_QUESTION, "bis", ""},
	[MADE_ENC] = {"UPDATE issuance SET state='sent', asked='', enc_cert=?, error=''" IN_QUESTION, "bis", ""},
	[NONE_SIGN] =
		{"UPDATE issuance SET state='failed', asked='', error='签发机构确认没有签发，可以重新制作', done_at=?" IN_QUESTION,
			"iis", ""},
	/* The key is ours and kept: asked for again at once. */
	[NONE_ENC] = {"UPDATE issuance SET state='sent', asked='', error=''" IN_QUESTION, "is", ""},
	[WAITING] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.state='unknown' ORDER BY i.id LIMIT ?", "i", ISSUANCE_TYPES},
	[UNTOLD] =
		{"SELECT t.sign_serial, COALESCE(t.unit_name,''), t.status, b.tell_error, b.tell_tries FROM certificate_body b "
		 "JOIN certificate t ON t.id=b.certificate_id WHERE b.issuer='cmp' AND b.tell_error<>'' AND (b.told<>t.status OR "
		 "b.telling<>'') AND t.not_after>=? ORDER BY b.certificate_id LIMIT ?",
			"di", "ssssi"},
	[STRAYS] =
		{"SELECT a.no, i.item, s.why, s.error, s.cert FROM issuance_stray s JOIN issuance i ON i.id=s.issuance_id JOIN "
		 "application a ON a.id=i.application_id WHERE s.told_at IS NULL ORDER BY s.id LIMIT ?",
			"i", "sissb"},
};
SQL_TABLE(issuer_settle);

static const char *const verdict_words[] = {"made", "none", NULL};
enum { CERT_TEXT_MAX = 12000 };

#define IN_LINE \
	TEXT_REQUIRED(struct issuer_settle_in, no, "申请单号", 8, 20, rule_case_no), \
		INT_REQUIRED(struct issuer_settle_in, item, "证书序号", 1, ITEMS_MAX), \
		WORD_REQUIRED(struct issuer_settle_in, verdict, "结论", verdict_words)
static const struct field in_fields[] = {
	IN_LINE,
	TEXT(struct issuer_settle_in, certificate, "证书", 1, CERT_TEXT_MAX, NULL),
};
static const struct field confirm_fields[] = {IN_LINE};
const struct shape issuer_settle_shape = SHAPE(struct issuer_settle_in, in_fields),
		   issuer_confirm_shape = SHAPE(struct issuer_settle_in, confirm_fields);

struct settlement {
	int64_t id;
	const char *half, *verdict;
	struct bytes cert;
	int64_t staff_id;
	const char *by;
	int64_t made_at;
};
static const struct field settlement_fields[] = {
	INT(struct settlement, id, "id", 0, 0),
	TEXT(struct settlement, half, "half", 0, 0, NULL),
	TEXT(struct settlement, verdict, "verdict", 0, 0, NULL),
	BYTES(struct settlement, cert, "cert", 0),
	INT(struct settlement, staff_id, "staff_id", 0, 0),
	TEXT(struct settlement, by, "by", 0, 0, NULL),
	TIME(struct settlement, made_at, "at"),
};
static const struct shape settlement_shape = SHAPE(struct settlement, settlement_fields);

static enum err find_line(
	struct ctx *c, const struct issuer_settle_in *in, struct application *ret_app, struct issuance *ret_row)
{
	enum err e = application_lock(c, in->no, ret_app);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[LINE], &issuance_shape, ret_row, I(ret_app->id), I(in->item));
	return e == ERR_NOT_FOUND && ret_app->id ? ctx_say(c, ERR_WRONG_STATE, "这张证书没有待核实的签发") : e;
}

/* --- the first person --- */

/* PEM, or DER in Base64. */
static bool read_cert(struct arena *a, const char *text, struct bytes *ret_der)
{
	struct bytes pem = {(const unsigned char *)text, strlen(text)};
	unsigned char *der;

	if (strstr(text, "-----BEGIN"))
		return x509_unpem(a, "CERTIFICATE", pem, ret_der) == ERR_OK;
	der = arena_alloc(a, pem.len / 4 * 3 + 3);
	*ret_der = (struct bytes){der, 0};
	return base64_decode(text, pem.len, der, &ret_der->len);
}

static enum err read_made(struct ctx *c, const struct issuer_settle_in *in, const struct issuance *row,
	const struct application *app, struct bytes *ret_cert)
{
	enum issuer_half half = text_eq(row->asked, "sign") ? ISSUER_SIGN : ISSUER_ENC;
	const char *fault = "请选择签发机构交给您的证书文件";
	enum err e = ERR_INVALID;

	if (in->certificate && !read_cert(c->arena, in->certificate, ret_cert))
		fault = "不是PEM或DER格式的证书";
	else if (in->certificate)
		e = issuer_check(c, row, app, half, *ret_cert, &fault);
	if (e == ERR_INVALID)
		fault_add(&c->faults, "/certificate", "certificate", "%s", fault);
	return e;
}

static enum err propose(struct ctx *c, const struct issuance *row, const char *verdict, struct bytes cert)
{
	struct settlement open;
	enum err e = db_one(c->db, &sql[OPEN], &settlement_shape, &open, I(row->id));

	if (e == ERR_OK)
		return db_exec(c->db, &sql[CHANGE], S(row->asked), S(verdict), B(cert), I(c->actor.staff_id), I(c->now),
			I(open.id));
	if (e == ERR_NOT_FOUND)
		e = db_exec(c->db, &sql[PROPOSE], I(row->id), S(row->asked), S(verdict), B(cert), I(c->actor.staff_id),
			I(c->now));
	return e;
}

enum err issuer_settle(struct ctx *c, const struct issuer_settle_in *in)
{
	struct application app = {0};
	struct issuance row = {0};
	struct bytes cert = {0};
	enum err e = find_line(c, in, &app, &row);

	if (e == ERR_OK && text_eq(in->verdict, "made"))
		e = read_made(c, in, &row, &app, &cert);
	if (e == ERR_OK)
		e = propose(c, &row, in->verdict, cert);
	if (e == ERR_OK)
		audit_add(c, "issue_settle", in->no,
			arena_printf(c->arena, "%" PRId64 " %s %s", in->item, row.asked, in->verdict));
	return e;
}

/* --- the second --- */

static enum err conclude(struct ctx *c, const struct issuance *row, const struct settlement *s)
{
	bool made = text_eq(s->verdict, "made"), sign = text_eq(row->asked, "sign");
	enum err e;

	if (made)
		e = db_exec(c->db, &sql[sign ? MADE_SIGN : MADE_ENC], B(s->cert), I(row->id), S(row->asked));
	else if (sign)
		e = db_exec(c->db, &sql[NONE_SIGN], I(c->now), I(row->id), S(row->asked));
	else
		e = db_exec(c->db, &sql[NONE_ENC], I(row->id), S(row->asked));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	return e == ERR_OK && (made || !sign)
		       ? issuer_queue(c, row->id, arena_printf(c->arena, "settled-%" PRId64, s->id))
		       : e;
}

static enum err confirm(struct ctx *c, const struct issuer_settle_in *in, const struct issuance *row)
{
	struct settlement s;
	enum err e = db_one(c->db, &sql[OPEN], &settlement_shape, &s, I(row->id));

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !text_eq(s.half, row->asked)))
		return ctx_say(c, ERR_WRONG_STATE, "还没有人填写核实结论");
	if (e == ERR_OK && !text_eq(s.verdict, in->verdict))
		return ctx_say(c, ERR_CONFLICT, "核实结论已被改动，请重新查看");
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[CONFIRM], I(c->actor.staff_id), I(c->now), I(s.id), I(c->actor.staff_id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_TWO_PERSONS, "核实与确认须由不同的人办理，请交给另一位同事确认");
	return e == ERR_OK ? conclude(c, row, &s) : e;
}

enum err issuer_confirm(struct ctx *c, const struct issuer_settle_in *in)
{
	struct application app = {0};
	struct issuance row = {0};
	enum err e = find_line(c, in, &app, &row);

	if (e == ERR_OK)
		e = confirm(c, in, &row);
	if (e == ERR_OK)
		audit_add(c, "issue_settled", in->no,
			arena_printf(c->arena, "%" PRId64 " %s %s", in->item, row.asked, in->verdict));
	return e;
}

/* --- the list --- */

static void write_serial(struct ctx *c, struct json_out *j, struct bytes cert)
{
	const struct x509_cert *x;
	struct list all;
	const char *say;

	if (!cert.len || x509_read(c->arena, x509_pem(c->arena, "CERTIFICATE", cert), &all, &say) != ERR_OK) {
		json_null(j, "serial");
		return;
	}
	x = all.at;
	json_text(j, "serial", x->serial);
}

static enum err write_waiting(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[WAITING], &issuance_shape, &rows, I(ISSUER_BENCH_MAX));

	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct issuance *row = &((const struct issuance *)rows.at)[i];
		struct settlement s;

		e = db_one(c->db, &sql[OPEN], &settlement_shape, &s, I(row->id));
		if (e != ERR_OK && e != ERR_NOT_FOUND)
			break;
		json_object(j, NULL);
		json_text(j, "no", row->no);
		json_text(j, "unit_name", row->unit_name);
		json_int(j, "item", row->item);
		json_text(j, "half", row->asked);
		json_text(j, "error", row->error);
		json_text(j, "token_serial", row->token_serial);
		json_day(j, "not_after", date_of_moment(row->not_after));
		json_time(j, "made_at", row->made_at);
		json_text(j, "verdict", e == ERR_OK ? s.verdict : NULL);
		json_text(j, "verdict_by", e == ERR_OK ? s.by : NULL);
		json_time(j, "verdict_at", e == ERR_OK ? s.made_at : 0);
		write_serial(c, j, e == ERR_OK ? s.cert : (struct bytes){0});
		json_end(j);
		e = ERR_OK;
	}
	json_end(j);
	return e;
}

struct untold {
	const char *serial, *unit_name, *status, *error;
	int64_t tries;
};
static const struct field untold_fields[] = {
	TEXT(struct untold, serial, "serial", 0, 0, NULL),
	TEXT(struct untold, unit_name, "unit_name", 0, 0, NULL),
	TEXT(struct untold, status, "status", 0, 0, NULL),
	TEXT(struct untold, error, "error", 0, 0, NULL),
	INT(struct untold, tries, "tries", 0, 0),
};
static const struct shape untold_shape = SHAPE(struct untold, untold_fields);

struct stray {
	const char *no;
	int64_t item;
	const char *why, *error;
	struct bytes cert;
};
static const struct field stray_fields[] = {
	TEXT(struct stray, no, "no", 0, 0, NULL),
	INT(struct stray, item, "item", 0, 0),
	TEXT(struct stray, why, "why", 0, 0, NULL),
	TEXT(struct stray, error, "error", 0, 0, NULL),
	BYTES(struct stray, cert, "cert", 0),
};
static const struct shape stray_shape = SHAPE(struct stray, stray_fields);

static enum err write_untold(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[UNTOLD], &untold_shape, &rows, D(date_of_moment(c->now)), I(ISSUER_BENCH_MAX));

	json_list(j, "untold");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		json_shape(j, NULL, &untold_shape, &((const struct untold *)rows.at)[i]);
	json_end(j);
	return e;
}

static enum err write_strays(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[STRAYS], &stray_shape, &rows, I(ISSUER_BENCH_MAX));

	json_list(j, "strays");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct stray *s = &((const struct stray *)rows.at)[i];

		json_object(j, NULL);
		json_text(j, "no", s->no);
		json_int(j, "item", s->item);
		json_text(j, "why", s->why);
		json_text(j, "error", *s->error ? s->error : NULL);
		write_serial(c, j, s->cert);
		json_end(j);
	}
	json_end(j);
	return e;
}

enum err issuer_write_unsettled(struct ctx *c, struct json_out *j)
{
	enum err e;

	json_object(j, NULL);
	e = write_waiting(c, j);
	if (e == ERR_OK)
		e = write_untold(c, j);
	if (e == ERR_OK)
		e = write_strays(c, j);
	json_end(j);
	return e;
}
