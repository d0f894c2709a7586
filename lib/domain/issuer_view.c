#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/authority.h"
#include "domain/issuer.h"
#include "domain/issuer_row.h"
#include "domain/register.h"
#include "io/cms_wrap.h"
#include "io/file.h"

/* What the token client and the producer see, and what the authority is told. */

enum { OF_CASE, BENCH, ENDED, TOLD, CHANGED };

static const struct sql sql[] = {
	[OF_CASE] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.application_id=? ORDER BY i.item", "i", ISSUANCE_TYPES},
	[BENCH] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.checked_at IS NULL AND i.state IN ('planned','sent','done') AND "
		   "i.staff_id IS NOT NULL AND a.state IN ('approved','produced') ORDER BY i.id LIMIT ?",
		"i", ISSUANCE_TYPES},
	[ENDED] =
		{"SELECT t.sign_serial, t.enc_serial, t.revoked_at, COALESCE(t.revoke_reason, IF(t.status='suspended',6,4)) "
		 "FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE b.issuer=? AND t.status<>'valid' "
		 "ORDER BY b.certificate_id",
			"s", "ssii"},
	[TOLD] =
		{"UPDATE certificate_body b JOIN certificate t ON t.id=b.certificate_id SET b.told=t.status, b.told_at=? "
		 "WHERE b.issuer=? AND b.told<>t.status",
			"is", ""},
	[CHANGED] =
		{"SELECT COUNT(*) FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE b.issuer=? AND "
		 "b.told<>t.status",
			"s", "i"},
};
SQL_TABLE(issuer_view);

enum { LIST_AGE_S = 12 * 3600 };

/* --- what is shown --- */

static void write_cert(struct json_out *j, struct arena *a, const char *name, struct bytes der)
{
	struct bytes pem = x509_pem(a, "CERTIFICATE", der);

	json_text(j, name, der.len ? (const char *)pem.at : NULL);
}

/* The private key of the encryption certificate leaves us only wrapped for the key in the token. */
static enum err wrapped_key(struct ctx *c, const struct issuance *i, const char **ret_text)
{
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	struct bytes spki, wrapped;
	enum x509_algorithm algorithm;
	const char *text, *say;
	unsigned char *plain;
	struct str s;
	size_t n;
	enum err e = ctx_open(c, issuance_key_place(c->arena, i), i->enc_key_sealed, &text);

	if (e == ERR_OK)
		e = x509_request_read(c->arena, i->request, &spki, &algorithm, &say);
	if (e != ERR_OK)
		return ERR_INTERNAL;
	plain = arena_alloc(c->arena, strlen(text) + 3);
	if (!base64_decode(text, strlen(text), plain, &n))
		return ERR_INTERNAL;
	e = x509_key_read((struct bytes){plain, n}, &key);
	crypto_wipe(plain, n);
	if (e == ERR_OK)
		e = cms_wrap(c->arena, spki, key, &wrapped);
	str_init(&s, c->arena);
	if (e == ERR_OK)
		str_base64(&s, wrapped.at, wrapped.len);
	*ret_text = s.at;
	return e;
}

static void write_state(struct ctx *c, const struct issuance *i, struct json_out *j)
{
	json_int(j, "item", i->item);
	json_text(j, "state", i->state);
	json_text(j, "error", *i->error ? i->error : NULL);
	json_text(j, "token_serial", i->token_serial);
	json_text(j, "sign_serial", text_eq(i->state, "done") ? i->sign_serial : NULL);
	json_text(j, "enc_serial", text_eq(i->state, "done") ? i->enc_serial : NULL);
	json_day(j, "not_before", date_of_moment(i->not_before));
	json_day(j, "not_after", date_of_moment(i->not_after));
	json_time(j, "done_at", i->done_at);
	json_time(j, "written_at", i->written_at);
	json_time(j, "checked_at", i->checked_at);
	if (c->actor.kind != ACTOR_STAFF)
		return;
	json_text(j, "made_by", i->made_by);
	json_text(j, "written_by", i->written_by);
	json_text(j, "checked_by", i->checked_by);
}

static enum err write_one(struct ctx *c, const struct issuance *i, struct json_out *j)
{
	bool open = text_eq(i->state, "done") && !i->written_at;
	const char *key = NULL;
	enum err e = open && i->enc_key_sealed.len ? wrapped_key(c, i, &key) : ERR_OK;

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	write_state(c, i, j);
	if (open) {
		write_cert(j, c->arena, "sign_cert", i->sign_cert);
		write_cert(j, c->arena, "enc_cert", i->enc_cert);
		json_text(j, "enc_key", key);
	}
	json_end(j);
	return ERR_OK;
}

enum err issuer_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[OF_CASE], &issuance_shape, &rows, I(app->id));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = write_one(c, &((const struct issuance *)rows.at)[i], j);
	json_end(j);
	json_end(j);
	return e;
}

enum err issuer_write_bench(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[BENCH], &issuance_shape, &rows, I(ISSUER_BENCH_MAX));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		const struct issuance *row = &((const struct issuance *)rows.at)[i];

		json_object(j, NULL);
		json_text(j, "no", row->no);
		json_text(j, "unit_name", row->unit_name);
		write_state(c, row, j);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

/* --- what the authority is told --- */

struct ended {
	const char *sign_serial, *enc_serial;
	int64_t revoked_at, reason;
};
static const struct field ended_fields[] = {
	TEXT(struct ended, sign_serial, "sign_serial", 0, 0, NULL),
	TEXT(struct ended, enc_serial, "enc_serial", 0, 0, NULL),
	TIME(struct ended, revoked_at, "revoked_at"),
	INT(struct ended, reason, "reason", 0, 0),
};
static const struct shape ended_shape = SHAPE(struct ended, ended_fields);

struct telling {
	const char *issuer;
	struct authority ours;
};

static enum err tell(struct ctx *c, void *arg)
{
	struct telling *t = arg;
	struct x509_revoked *list;
	struct list rows;
	size_t n = 0;
	enum err e = db_exec(c->db, &sql[TOLD], I(c->now), S(t->issuer));

	if (e == ERR_OK)
		e = db_all(c->db, &sql[ENDED], &ended_shape, &rows, S(t->issuer));
	if (e != ERR_OK)
		return e;
	list = arena_array(c->arena, rows.count * 2 + 1, sizeof *list);
	for (size_t i = 0; i < rows.count; i++) {
		const struct ended *r = &((const struct ended *)rows.at)[i];
		int64_t at = r->revoked_at ? r->revoked_at : c->now;

		list[n++] = (struct x509_revoked){r->sign_serial, at, r->reason};
		list[n++] = (struct x509_revoked){r->enc_serial, at, r->reason};
	}
	/* Inside the transaction: what is marked as told stands in a list that was published, or neither. */
	return authority_publish(c->arena, &c->house->config, &t->ours, c->now, list, n);
}

static bool list_is_old(struct ctx *c, enum x509_algorithm algorithm)
{
	const char *path = arena_printf(
		c->arena, "%s/crl/%s.crl", c->house->config.gen_dir, x509_algorithm_words[algorithm]);

	return file_stamp(path) / 1000000000 + LIST_AGE_S < c->now;
}

enum err issuer_tell(struct ctx *c, int *ret_done)
{
	static const enum x509_algorithm kinds[] = {X509_RSA, X509_SM2};
	enum err e = ERR_OK;

	*ret_done = 0;
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(kinds) && text_eq(c->house->config.issuer, "builtin"); i++) {
		struct telling t = {.issuer = arena_printf(c->arena, "builtin-%s", x509_algorithm_words[kinds[i]])};
		struct db_int changed = {0};

		e = db_one(c->db, &sql[CHANGED], &db_int_shape, &changed, S(t.issuer));
		if (e != ERR_OK || (!changed.value && !list_is_old(c, kinds[i])))
			continue;
		e = authority_open(c->arena, &c->house->config, kinds[i], &t.ours);
		if (e == ERR_OK)
			e = ctx_tx(c, tell, &t);
		authority_close(&t.ours);
		*ret_done += e == ERR_OK;
	}
	return e;
}
