#include "base/str.h"
#include "domain/authority.h"
#include "domain/issuer_driver.h"
#include "io/file.h"

/* The built-in authority: what it makes is known at once, its half-done work is done again with the serials of the intent. */

enum { ENDED, TOLD, CHANGED };

static const struct sql sql[] = {
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
SQL_TABLE(issuer_builtin);

enum { LIST_AGE_S = 12 * 3600 };

static enum err make_pair(struct ctx *c, struct issuer_act *t, const struct authority *ours, struct bytes spki)
{
	struct x509_ca ca = {ours->key, ours->cert};
	struct x509_key *enc CLEANUP(x509_key_done) = NULL;
	struct x509_text_extension extension[ISSUER_EXTENSIONS_MAX];
	struct x509_order o = {
		.serial = t->row.sign_serial,
		.subject = issuer_subject(c->arena, &t->app),
		.spki = spki,
		.usage = X509_FOR_SIGNING,
		.not_before = t->row.not_before,
		.not_after = t->row.not_after,
		.crl_url = arena_printf(
			c->arena, "%s/crl/%s.crl", c->house->config.url, x509_algorithm_words[ours->algorithm]),
		.extension = extension,
		.extension_count = issuer_extensions(&t->app, extension),
	};
	enum err e = x509_make(c->arena, &ca, &o, &t->sign_cert, &t->fault);

	if (e == ERR_OK)
		e = x509_key_new(ours->algorithm, &enc);
	o.serial = t->row.enc_serial;
	o.usage = X509_FOR_ENCRYPTION;
	if (e == ERR_OK)
		e = x509_key_public(c->arena, enc, &o.spki);
	if (e == ERR_OK)
		e = x509_make(c->arena, &ca, &o, &t->enc_cert, &t->fault);
	return e == ERR_OK ? issuer_seal_key(c, &t->row, enc, &t->enc_key_sealed) : e;
}

static enum err issue(struct ctx *c, struct issuer_act *t)
{
	struct authority ours CLEANUP(authority_close) = {0};
	enum x509_algorithm algorithm;
	struct bytes spki;
	enum err e = ctx_tx(c, issuer_begin, t);

	t->issuer = arena_printf(c->arena, "builtin-%s", t->row.algorithm);
	if (e == ERR_OK)
		e = x509_request_read(c->arena, t->row.request, &spki, &algorithm, &t->fault);
	if (e == ERR_OK)
		e = authority_open(c->arena, &c->house->config, algorithm, &ours);
	if (e == ERR_OK)
		e = make_pair(c, t, &ours, spki);
	if (e == ERR_INVALID && !t->fault)
		t->fault = "签发机构没有接受这次请求";
	return e;
}

/* --- what it is told: a new list, also when the old one grows stale --- */

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

static enum err publish(struct ctx *c, void *arg)
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

	int64_t at = file_stamp(path) / 1000000000;

	return at + LIST_AGE_S < c->now || at > c->now + CTX_AHEAD_S; /* the clock was ahead when it was made */
}

static enum err tell(struct ctx *c, int *ret_done)
{
	static const enum x509_algorithm kinds[] = {X509_RSA, X509_SM2};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(kinds); i++) {
		struct telling t = {.issuer = arena_printf(c->arena, "builtin-%s", x509_algorithm_words[kinds[i]])};
		struct db_int changed = {0};

		e = db_one(c->db, &sql[CHANGED], &db_int_shape, &changed, S(t.issuer));
		if (e != ERR_OK || (!changed.value && !list_is_old(c, kinds[i])))
			continue;
		e = authority_open(c->arena, &c->house->config, kinds[i], &t.ours);
		if (e == ERR_OK)
			e = ctx_tx(c, publish, &t);
		authority_close(&t.ours);
		*ret_done += e == ERR_OK;
	}
	return e;
}

static enum err alive(struct ctx *c, const char **ret_say)
{
	struct authority ours CLEANUP(authority_close) = {0};
	enum err e = authority_open(c->arena, &c->house->config, X509_RSA, &ours);

	*ret_say = "";
	return e == ERR_NOT_FOUND ? ERR_BUSY : e;
}

const struct issuer_driver issuer_builtin = {"builtin", true, issue, tell, alive};
