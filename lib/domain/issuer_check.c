#include <string.h>

#include "base/str.h"
#include "domain/certificate.h"
#include "domain/issuer_driver.h"
#include "domain/register.h"
#include "domain/trust.h"
#include "io/der.h"

/* What an authority sends back, or people bring from it, counts only when it is what was asked for. */

enum { SHORT_DAYS_MAX = 31 }; /* so much less than asked is still the term of the case (certificate.c) */

static enum err say(const char *text, const char **ret_fault)
{
	*ret_fault = text;
	return ERR_INVALID;
}

/* --- the key --- */

static enum err own_key(struct ctx *c, const struct issuance *row, struct bytes *ret_spki)
{
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	enum err e = issuer_open_key(c, row, &key);

	return e == ERR_OK ? x509_key_public(c->arena, key, ret_spki) : ERR_INTERNAL;
}

static enum err wanted_key(struct ctx *c, const struct issuance *row, enum issuer_half half, struct bytes *ret_spki)
{
	enum x509_algorithm algorithm;
	const char *words;

	return half == ISSUER_SIGN ? x509_request_read(c->arena, row->request, ret_spki, &algorithm, &words)
				   : own_key(c, row, ret_spki);
}

static enum err check_key(
	struct ctx *c, const struct issuance *row, enum issuer_half half, struct bytes cert, const char **ret_fault)
{
	struct bytes wanted, got;
	enum x509_algorithm algorithm;
	enum err e = wanted_key(c, row, half, &wanted);

	if (e != ERR_OK)
		return ERR_INTERNAL;
	if (x509_cert_public(c->arena, cert, &got, &algorithm) != ERR_OK || !der_equal(wanted, got))
		return say("证书的公钥不是请求里的公钥", ret_fault);
	return ERR_OK;
}

/* --- the name --- */

static bool same(const char *wanted, const char *got, size_t *parts)
{
	*parts += !text_empty(wanted);
	return text_empty(wanted) ? text_empty(got) : text_eq(wanted, got);
}

static bool same_subject(const struct x509_subject *s, const struct x509_cert *cert)
{
	size_t parts = 0, lines = 0;
	bool all = same("CN", cert->country, &parts) && same(s->province, cert->province, &parts) &&
		   same(s->locality, cert->locality, &parts) && same(s->organisation, cert->organisation, &parts) &&
		   same(s->common_name, cert->common_name, &parts);

	for (const char *at = cert->subject; at && *at; at++)
		lines += *at == '\n';
	return all && lines == parts; /* and nothing beside them */
}

/* --- the days --- */

static enum err check_days(struct ctx *c, const struct issuance *row, const struct application *app,
	const struct x509_cert *cert, const char **ret_fault)
{
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[row->item - 1];
	struct register_certificate old = {0};
	struct date want = date_of_moment(row->not_after);
	int64_t over = date_number(date_of_moment(cert->not_after)) - date_number(want);
	enum err e = line->old_serial ? register_find(c, line->old_serial, &old) : ERR_NOT_FOUND;

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	if (over > 0 || over < (certificate_exact(app, e == ERR_OK ? &old : NULL) ? 0 : -SHORT_DAYS_MAX))
		return say(arena_printf(c->arena, "证书失效日期应为%s", date_chinese(c->arena, want)), ret_fault);
	if (cert->not_before > c->now + DAY_S)
		return say("证书还没有生效", ret_fault);
	return ERR_OK;
}

/* --- whose it is --- */

/* The chain is what counts: a list may be some hours behind, and what may be done with the key is looked at by itself. */
static bool chain_holds(enum cms_reason r)
{
	switch (r) {
	case CMS_GOOD:
	case CMS_KEY_USAGE:
	case CMS_CRL_MISSING:
	case CMS_CRL_STALE: return true;
	default: return false;
	}
}

static enum err check_chain(struct ctx *c, const struct x509_cert *cert, struct bytes der, const char **ret_fault)
{
	const struct cms_trust *trust;
	const char *detail;
	/* The authority's clock may be a little before ours. */
	int64_t at = cert->not_before > c->now ? cert->not_before : c->now;
	enum cms_reason r;
	enum err e = trust_load(c, &trust);

	if (e != ERR_OK)
		return e;
	r = cms_check_certificate(c->arena, der, trust, at, &detail);
	return chain_holds(r) ? ERR_OK : say(cms_reason_texts[r], ret_fault);
}

enum err issuer_check(struct ctx *c, const struct issuance *row, const struct application *app, enum issuer_half half,
	struct bytes der, const char **ret_fault)
{
	const struct x509_subject subject = issuer_subject(c->arena, app);
	const struct x509_cert *cert;
	struct list certs;
	enum err e = x509_read(c->arena, x509_pem(c->arena, "CERTIFICATE", der), &certs, ret_fault);

	if (e != ERR_OK)
		return say("不是一张完整的证书", ret_fault);
	cert = certs.at;
	e = check_key(c, row, half, der, ret_fault);
	if (e == ERR_OK && !same_subject(&subject, cert))
		e = say("证书主体与申请单的内容不一致", ret_fault);
	if (e == ERR_OK && (cert->ca || (half == ISSUER_SIGN ? cert->encrypting || !cert->signing
							     : cert->signing || !cert->encrypting)))
		e = say(half == ISSUER_SIGN ? "证书的用途不是签名" : "证书的用途不是加密", ret_fault);
	if (e == ERR_OK)
		e = check_days(c, row, app, cert, ret_fault);
	return e == ERR_OK ? check_chain(c, cert, der, ret_fault) : e;
}
