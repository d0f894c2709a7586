#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/str.h"
#include "io/cms_chain.h"
#include "io/der.h"
#include "io/x509_evp.h"

/* Revocation lists, read with the cursor: OpenSSL cannot check those signed with SM2, and taking a list of
 * many thousands apart for each signature would cost more than all else.  The signature is checked over the bytes that
 * are read. */

enum { CLOCK_SLACK_S = 300, REMOVE_FROM_CRL = 8, DIGEST_NAME_MAX = 8 };

#define OID_REASON "2.5.29.21"

/* Extensions that make a list, or an entry, speak of something else than "these of my certificates are revoked", also when
 * they are not marked critical. */
static const char *const other_meaning[] = {"2.5.29.27", "2.5.29.28", "2.5.29.29"};

static const struct signing {
	const char *oid;
	enum x509_algorithm key;
	char digest[DIGEST_NAME_MAX];
} signing[] = {
	{"1.2.840.113549.1.1.11", X509_RSA, "SHA256"},
	{"1.2.840.113549.1.1.12", X509_RSA, "SHA384"},
	{"1.2.840.113549.1.1.13", X509_RSA, "SHA512"},
	{"1.2.840.10045.4.3.2", X509_P256, "SHA256"},
	{"1.2.840.10045.4.3.3", X509_P256, "SHA384"},
	{"1.2.840.10045.4.3.4", X509_P256, "SHA512"},
	{"1.2.156.10197.1.501", X509_SM2, "SM3"},
};

struct crl {
	struct bytes whole, tbs, algorithm, signature; /* tbs whole, algorithm whole */
	struct bytes issuer, entries;		       /* issuer whole */
	int64_t this_update, next_update;	       /* 0: it does not say */
	bool partial;
};

/* --- reading --- */

/* Goes through extensions; false: one that changes the meaning.  ret_reason: of an entry; -1 when it gives none. */
static bool extensions(struct bytes all, int *ret_reason)
{
	struct bytes one, id, flag = {0}, value, code;

	*ret_reason = -1;
	while (all.len) {
		if (!der_take(&all, DER_SEQUENCE, &one) || !der_take(&one, DER_OID, &id))
			return false;
		if ((der_take(&one, DER_BOOLEAN, &flag) && flag.at[0]) || !der_take(&one, DER_OCTETS, &value) ||
			one.len)
			return false;
		for (size_t i = 0; i < ARRAY_LEN(other_meaning); i++)
			if (der_is_oid(id, other_meaning[i]))
				return false;
		if (der_is_oid(id, OID_REASON)) {
			if (!der_take(&value, DER_ENUMERATED, &code) || code.len != 1 || value.len)
				return false;
			*ret_reason = code.at[0];
		}
	}
	return true;
}

static bool read_tbs(struct bytes b, struct crl *l)
{
	struct bytes algorithm, outer, inner;
	int64_t version;
	int reason;

	if (der_take_number(&b, &version) && version != 1)
		return false;
	if (!der_take_whole(&b, DER_SEQUENCE, &algorithm) || !der_equal(algorithm, l->algorithm) ||
		!der_take_whole(&b, DER_SEQUENCE, &l->issuer) || !der_take_time(&b, &l->this_update))
		return false;
	if (!der_take_time(&b, &l->next_update))
		l->next_update = 0;
	(void)der_take(&b, DER_SEQUENCE, &l->entries);
	if (der_take(&b, DER_0, &outer))
		l->partial = !der_take(&outer, DER_SEQUENCE, &inner) || outer.len || !extensions(inner, &reason);
	return !b.len;
}

static bool read_crl(struct bytes der, struct crl *ret)
{
	struct bytes outer, tbs;

	*ret = (struct crl){.whole = der};
	if (!der_strict(der) || !der_take(&der, DER_SEQUENCE, &outer) ||
		!der_take_whole(&outer, DER_SEQUENCE, &ret->tbs) ||
		!der_take_whole(&outer, DER_SEQUENCE, &ret->algorithm) ||
		!der_take(&outer, DER_BITS, &ret->signature) || outer.len)
		return false;
	tbs = ret->tbs;
	return der_take(&tbs, DER_SEQUENCE, &outer) && read_tbs(outer, ret);
}

static bool is_issued_by(const struct crl *l, X509 *issuer)
{
	const unsigned char *at = l->issuer.at;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)l->issuer.len);
	bool same = name && X509_NAME_cmp(name, X509_get_subject_name(issuer)) == 0;

	X509_NAME_free(name);
	return same;
}

/* --- is it good? --- */

static const struct signing *signing_of(const struct crl *l, EVP_PKEY *key)
{
	struct bytes whole = l->algorithm, body, id;
	enum x509_algorithm algorithm;

	if (!key || !x509_evp_algorithm(key, &algorithm) || !der_take(&whole, DER_SEQUENCE, &body) ||
		!der_take(&body, DER_OID, &id))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(signing); i++)
		if (signing[i].key == algorithm && der_is_oid(id, signing[i].oid))
			return &signing[i];
	return NULL;
}

static bool is_signed_by(const struct crl *l, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	const struct signing *s = signing_of(l, key);
	EVP_MD_CTX *m = s ? EVP_MD_CTX_new() : NULL;
	EVP_PKEY_CTX *p = NULL;
	bool right = m && l->signature.at[0] == 0 && (X509_get_key_usage(issuer) & X509v3_KU_CRL_SIGN) &&
		     EVP_DigestVerifyInit(m, &p, EVP_get_digestbyname(s->digest), NULL, key) == 1;

	if (right && s->key == X509_SM2)
		right = EVP_PKEY_CTX_set1_id(p, X509_SM2_ID, X509_SM2_ID_LEN) == 1;
	right = right && EVP_DigestVerify(m, l->signature.at + 1, l->signature.len - 1, l->tbs.at, l->tbs.len) == 1;
	EVP_MD_CTX_free(m);
	ERR_clear_error();
	return right;
}

static enum cms_reason usable(const struct crl *l, X509 *issuer, int64_t now)
{
	if (!is_signed_by(l, issuer) || l->partial)
		return CMS_CRL_FORGED;
	if (l->next_update <= now || l->this_update > now + CLOCK_SLACK_S)
		return CMS_CRL_STALE;
	return CMS_GOOD;
}

/* --- is it on the list? --- */

/* Every entry is gone through, so that one with a meaning of its own makes the list worthless for all, as RFC 5280 wants.
 * removeFromCRL lifts a hold: such an entry does not revoke, another one of the same serial does. */
static enum cms_reason look_up(const struct crl *l, struct bytes serial)
{
	struct bytes all = l->entries, one, number, more;
	enum cms_reason r = CMS_GOOD;
	int64_t at;
	int reason;

	while (all.len) {
		reason = -1;
		if (!der_take(&all, DER_SEQUENCE, &one) || !der_take_whole(&one, DER_INTEGER, &number) ||
			!der_take_time(&one, &at))
			return CMS_CRL_FORGED;
		if ((der_take(&one, DER_SEQUENCE, &more) && !extensions(more, &reason)) || one.len)
			return CMS_CRL_FORGED;
		if (der_equal(number, serial) && reason != REMOVE_FROM_CRL)
			r = CMS_REVOKED;
	}
	return r;
}

/* Of the usable lists of an issuer the newest decides.  When none is, what is said is the least bad thing that was found. */
enum cms_reason cms_crl_check(struct bytes serial, X509 *issuer, const struct list *crls, int64_t now)
{
	struct crl newest = {0};
	enum cms_reason r = CMS_CRL_MISSING, one;

	for (size_t i = 0; i < crls->count; i++) {
		struct crl l;

		if (!read_crl(((const struct bytes *)crls->at)[i], &l) || !is_issued_by(&l, issuer))
			continue;
		one = usable(&l, issuer, now);
		if (one == CMS_GOOD && (!newest.whole.len || l.this_update > newest.this_update))
			newest = l;
		if (one == CMS_CRL_STALE || r == CMS_CRL_MISSING)
			r = one;
	}
	return newest.whole.len ? look_up(&newest, serial) : r;
}
