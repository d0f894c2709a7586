#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/issuer_driver.h"
#include "domain/register.h"
#include "io/cmp.h"
#include "io/file.h"
#include "io/x509.h"

/* An authority asked by CMP: each certificate of the pair is an act of its own.  That it is asked is committed before, with
 * the private key when the key is ours; what answers is kept at once.  A half that was asked and has no answer is never asked
 * again by itself: two people settle it (issuer_settle.c).  A half that is there is not asked for again. */

enum { ASK, TAKE_BACK, GOT_SIGN, GOT_ENC, UNKNOWN, ASIDE, OLD_PAIR };

#define STILL_ASKED " WHERE id=? AND state='sent' AND asked=?"
static const struct sql sql[] = {
	[ASK] = {"UPDATE issuance SET state='sent', asked=?, enc_key_sealed=COALESCE(?,enc_key_sealed) WHERE id=? AND "
		 "state IN ('planned','sent') AND asked=''",
		"sbi", ""},
	[TAKE_BACK] = {"UPDATE issuance SET asked=''" STILL_ASKED, "is", ""},
	[GOT_SIGN] = {"UPDATE issuance SET asked='', sign_cert=?" STILL_ASKED, "bis", ""},
	[GOT_ENC] = {"UPDATE issuance SET asked='', enc_cert=?" STILL_ASKED, "bis", ""},
	[UNKNOWN] = {"UPDATE issuance SET state='unknown', error=?" STILL_ASKED, "sis", ""},
	[ASIDE] = {"INSERT INTO issuance_stray (issuance_id, cert, why, made_at) VALUES (?,?,?,?)", "ibsi", ""},
	[OLD_PAIR] =
		{"SELECT b.sign_cert, b.enc_cert FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE "
		 "t.sign_serial=? AND b.issuer='cmp'",
			"s", "bb"},
};
SQL_TABLE(issuer_cmp);

const char *const issuer_half_words[] = {[ISSUER_SIGN] = "sign", [ISSUER_ENC] = "enc", NULL};

struct pair {
	struct bytes sign, enc;
};
static const struct field pair_fields[] = {
	BYTES(struct pair, sign, "sign_cert", 0),
	BYTES(struct pair, enc, "enc_cert", 0),
};
static const struct shape pair_shape = SHAPE(struct pair, pair_fields);

enum err issuer_cmp_server(struct ctx *c, struct cmp_server *ret_server)
{
	const struct config *config = &c->house->config;
	struct bytes secret;

	if (file_read(c->arena, arena_printf(c->arena, "%s/cmp.secret", config->secret_dir), &secret) != ERR_OK) {
		log_at(LOG_ERROR, "cmp: %s/cmp.secret cannot be read", config->secret_dir);
		return ERR_INTERNAL;
	}
	while (secret.len && strchr("\r\n", secret.at[secret.len - 1]))
		secret.len--;
	*ret_server = (struct cmp_server){
		.host = config->cmp_host,
		.path = config->cmp_path,
		.port = config->cmp_port,
		.reference = config->cmp_reference,
		.secret = secret,
		.timeout_s = config->cmp_timeout_s,
	};
	return ERR_OK;
}

enum err issuer_put_aside(struct ctx *c, int64_t issuance_id, struct bytes cert, const char *why)
{
	return db_exec(c->db, &sql[ASIDE], I(issuance_id), B(cert), S(why), I(c->now));
}

/* --- one certificate --- */

struct half {
	struct issuer_act *act;
	enum issuer_half which;
	struct cmp_server server;
	struct cmp_order order;
	struct bytes sealed; /* the key made for it; empty: there is one, or none is wanted */
	struct bytes cert;
	const char *fault;
};

/* Renewal and change name the old certificate, reissue cannot: its key is gone.  An old one that this authority did not make
 * for us is not named either. */
static enum err kind_of_order(struct ctx *c, const struct half *h, struct cmp_order *o)
{
	const struct application *app = &h->act->app;
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[h->act->row.item - 1];
	const char *effect = application_effect(app);
	struct register_certificate old;
	struct pair pair;
	enum err e;

	o->kind = text_eq(effect, "issue") ? CMP_INITIAL : CMP_AGAIN;
	if (!line->old_serial || (!text_eq(effect, "extend") && !text_eq(effect, "replace")))
		return ERR_OK;
	e = register_find(c, line->old_serial, &old);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[OLD_PAIR], &pair_shape, &pair, S(old.sign_serial));
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	o->kind = CMP_RENEWAL;
	o->old_cert = h->which == ISSUER_SIGN ? pair.sign : pair.enc;
	return ERR_OK;
}

/* Of the encryption certificate, made here once: a half that is asked for again has the same key. */
static enum err key_of(struct ctx *c, struct half *h, struct x509_key **ret_key)
{
	struct issuance *row = &h->act->row;
	enum err e;

	if (row->enc_key_sealed.len)
		return issuer_open_key(c, row, ret_key);
	e = x509_key_new(text_eq(row->algorithm, "sm2") ? X509_SM2 : X509_RSA, ret_key);
	if (e == ERR_OK)
		e = issuer_seal_key(c, row, *ret_key, &h->sealed);
	if (e == ERR_OK)
		row->enc_key_sealed = h->sealed;
	return e;
}

static int64_t days_left(struct ctx *c, const struct issuance *row)
{
	return date_number(date_of_moment(row->not_after)) - date_number(date_of_moment(c->now));
}

/* --- what is written down --- */

/* Longer than both exchanges can take: no other worker asks meanwhile. */
static int64_t hold_s(const struct half *h)
{
	return 2 * h->server.timeout_s + 30;
}

static enum err begin(struct ctx *c, void *arg)
{
	const struct half *h = arg;
	enum err e = job_hold(c, h->act->job, hold_s(h));

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ASK], S(issuer_half_words[h->which]), B(h->sealed), I(h->act->row.id));
	return db_guarded(c->db, e);
}

static enum err keep(struct ctx *c, void *arg)
{
	const struct half *h = arg;

	return db_guarded(c->db, db_exec(c->db, &sql[h->which == ISSUER_SIGN ? GOT_SIGN : GOT_ENC], B(h->cert),
					 I(h->act->row.id), S(issuer_half_words[h->which])));
}

/* Nothing is open any more: not asked, refused, or what came is not what was asked for. */
static enum err take_back(struct ctx *c, void *arg)
{
	const struct half *h = arg;
	enum err e = db_guarded(
		c->db, db_exec(c->db, &sql[TAKE_BACK], I(h->act->row.id), S(issuer_half_words[h->which])));

	return e == ERR_OK && h->cert.len ? issuer_put_aside(c, h->act->row.id, h->cert, h->fault) : e;
}

static enum err not_known(struct ctx *c, void *arg)
{
	const struct issuer_act *t = arg;
	enum err e = db_guarded(c->db,
		db_exec(c->db, &sql[UNKNOWN], S("签发机构没有答复，证书可能已经签发"), I(t->row.id), S(t->row.asked)));

	audit_add(c, "issue_unknown", t->row.no, arena_printf(c->arena, "%" PRId64 " %s", t->row.item, t->row.asked));
	return e == ERR_OK ? job_done(c, t->job) : e;
}

/* --- the act --- */

static enum err uncertain(struct ctx *c, struct issuer_act *t)
{
	enum err e = ctx_tx(c, not_known, t);

	return e == ERR_OK ? ERR_UNCERTAIN : e;
}

static const char *words(struct arena *a, const char *said)
{
	return text_empty(said) ? "签发机构没有接受这次请求" : arena_printf(a, "签发机构没有接受：%s", said);
}

static enum err refused(struct ctx *c, struct half *h)
{
	enum err e;

	h->act->fault = h->fault;
	e = ctx_tx(c, take_back, h);
	return e == ERR_OK ? ERR_INVALID : e;
}

/* e: what asking came to. */
static enum err settle(struct ctx *c, struct half *h, enum err e, const char *said)
{
	if (e == ERR_BUSY) {
		enum err back = ctx_tx(c, take_back, h);

		return back == ERR_OK ? ERR_BUSY : back;
	}
	if (e == ERR_INVALID || e == ERR_CONFLICT) {
		h->fault = h->cert.len ? "签发机构发来的证书不是这个请求的" : words(c->arena, said);
		return refused(c, h);
	}
	if (e != ERR_OK)
		return uncertain(c, h->act);
	e = issuer_check(c, &h->act->row, &h->act->app, h->which, h->cert, &h->fault);
	if (e == ERR_INVALID)
		return refused(c, h);
	/* What cannot be looked at now is there nevertheless. */
	return e == ERR_OK ? ctx_tx(c, keep, h) : uncertain(c, h->act);
}

static enum err ask(struct ctx *c, struct half *h, struct x509_key *key)
{
	const char *said = "";
	enum err e = ctx_tx(c, begin, h);

	if (e != ERR_OK)
		return e;
	h->act->row.asked = issuer_half_words[h->which];
	h->order.key = key;
	e = cmp_issue(c->arena, &h->server, &h->order, &h->cert, &said);
	e = settle(c, h, e, said);
	if (e == ERR_OK)
		h->act->row.asked = "";
	return e;
}

static enum err make(struct ctx *c, struct issuer_act *t, enum issuer_half which, struct bytes *ret_cert)
{
	struct x509_text_extension extension[ISSUER_EXTENSIONS_MAX];
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	struct half h = {.act = t, .which = which};
	enum err e = issuer_cmp_server(c, &h.server);

	h.order = (struct cmp_order){
		.subject = issuer_subject(c->arena, &t->app),
		.request = t->row.request,
		.usage = which == ISSUER_SIGN ? X509_FOR_SIGNING : X509_FOR_ENCRYPTION,
		.days = days_left(c, &t->row),
		.extension = extension,
		.extension_count = issuer_extensions(&t->app, extension),
	};
	if (t->app.state != STATE_APPROVED) {
		t->fault = "这件申请已不在待制证状态";
		return ERR_INVALID;
	}
	if (e == ERR_OK)
		e = kind_of_order(c, &h, &h.order);
	if (e == ERR_OK && which == ISSUER_ENC)
		e = key_of(c, &h, &key);
	if (e == ERR_OK)
		e = ask(c, &h, key);
	*ret_cert = h.cert;
	return e;
}

/* Serials and days are the authority's. */
static enum err read_pair(struct ctx *c, struct issuer_act *t)
{
	struct bytes both[] = {x509_pem(c->arena, "CERTIFICATE", t->row.sign_cert),
		x509_pem(c->arena, "CERTIFICATE", t->row.enc_cert)};
	const struct x509_cert *cert[2];
	const char *say;

	for (size_t i = 0; i < 2; i++) {
		struct list all;

		if (x509_read(c->arena, both[i], &all, &say) != ERR_OK)
			return ERR_INTERNAL;
		cert[i] = all.at;
	}
	t->row.sign_serial = cert[0]->serial;
	t->row.enc_serial = cert[1]->serial;
	t->row.not_before = cert[0]->not_before;
	t->row.not_after = cert[0]->not_after;
	t->issuer = "cmp";
	t->sign_cert = t->row.sign_cert;
	t->enc_cert = t->row.enc_cert;
	t->enc_key_sealed = t->row.enc_key_sealed;
	return ERR_OK;
}

static enum err issue(struct ctx *c, struct issuer_act *t)
{
	enum err e = ERR_OK;

	if (*t->row.asked) /* by a worker that did not live to hear the answer */
		return uncertain(c, t);
	if (!t->row.sign_cert.len)
		e = make(c, t, ISSUER_SIGN, &t->row.sign_cert);
	if (e == ERR_OK && !t->row.enc_cert.len)
		e = make(c, t, ISSUER_ENC, &t->row.enc_cert);
	return e == ERR_OK ? read_pair(c, t) : e;
}

static enum err alive(struct ctx *c, const char **ret_say)
{
	struct cmp_server server;
	enum err e = issuer_cmp_server(c, &server);

	return e == ERR_OK ? cmp_alive(c->arena, &server, ret_say) : e;
}

const struct issuer_driver issuer_cmp = {"cmp", false, issue, issuer_cmp_tell, alive};
