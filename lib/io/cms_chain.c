#include "io/cms_chain.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/str.h"
#include "io/der.h"
#include "io/x509_evp.h"

/* Step 8 to 10: a chain to what we pinned, what the certificate may be used for, and whether it is good now.
 * OpenSSL builds and checks the chain, without time and without revocation, so that each gets its own reason; lists signed
 * with SM2 it cannot check at all, so lists are read in cms_crl.c. */

enum { CHAIN_MAX = 4, KEY_BITS_MIN = 2048 };

#define OID_RSA "1.2.840.113549.1.1.1"
#define OID_EC "1.2.840.10045.2.1"

static void x509_done(X509 **x)
{
	X509_free(*x);
}

static void store_done(X509_STORE **s)
{
	X509_STORE_free(*s);
}

static void context_done(X509_STORE_CTX **c)
{
	X509_STORE_CTX_free(*c);
}

static void stack_done(STACK_OF(X509) * *s)
{
	sk_X509_pop_free(*s, X509_free);
}

static X509 *read_cert(struct bytes der)
{
	const unsigned char *at = der.at;
	X509 *x = der.len ? d2i_X509(NULL, &at, (long)der.len) : NULL;

	if (x && at != der.at + der.len) {
		X509_free(x);
		x = NULL;
	}
	ERR_clear_error();
	return x;
}

/* The user id that SM2 wants on every certificate before its signature is looked at; other kinds fail with one. */
static X509 *with_id(X509 *x)
{
	ASN1_OCTET_STRING *id;

	if (!x || X509_get_signature_nid(x) != NID_SM2_with_SM3)
		return x;
	id = ASN1_OCTET_STRING_new();
	if (id && ASN1_OCTET_STRING_set(id, (const unsigned char *)X509_SM2_ID, X509_SM2_ID_LEN))
		X509_set0_distinguishing_id(x, id);
	else
		ASN1_OCTET_STRING_free(id);
	return x;
}

EVP_PKEY *cms_chain_public(struct bytes cert_der)
{
	X509 *x CLEANUP(x509_done) = read_cert(cert_der);
	EVP_PKEY *key = x ? X509_get_pubkey(x) : NULL;

	ERR_clear_error();
	return key;
}

bool cms_chain_spki(struct bytes cert, struct bytes *ret_spki)
{
	struct bytes outer, tbs, skip;

	if (!der_take(&cert, DER_SEQUENCE, &outer) || !der_take(&outer, DER_SEQUENCE, &tbs))
		return false;
	(void)der_take(&tbs, DER_0, &skip);
	if (!der_take(&tbs, DER_INTEGER, &skip))
		return false;
	for (int i = 0; i < 4; i++) /* algorithm, issuer, validity, subject */
		if (!der_take(&tbs, DER_SEQUENCE, &skip))
			return false;
	return der_take_whole(&tbs, DER_SEQUENCE, ret_spki);
}

/* With the exponent 1 anybody signs. */
static bool too_short(const EVP_PKEY *key, enum x509_algorithm algorithm)
{
	BIGNUM *e = NULL;
	bool weak;

	if (algorithm != X509_RSA)
		return false;
	weak = EVP_PKEY_get_bits(key) < KEY_BITS_MIN || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) != 1 ||
	       !BN_is_odd(e) || BN_is_one(e);
	BN_free(e);
	return weak;
}

/* Curves by their names only: written out, a curve that looks like ours may have another generator. */
static bool plain_spki(struct bytes cert_der)
{
	struct bytes spki, outer, algorithm, id, parameters;

	if (!cms_chain_spki(cert_der, &spki) || !der_take(&spki, DER_SEQUENCE, &outer) ||
		!der_take(&outer, DER_SEQUENCE, &algorithm) || !der_take(&algorithm, DER_OID, &id))
		return false;
	if (der_is_oid(id, OID_RSA))
		return der_take(&algorithm, DER_NULL, &parameters) && !algorithm.len;
	return der_is_oid(id, OID_EC) && der_take(&algorithm, DER_OID, &parameters) && !algorithm.len;
}

bool cms_chain_key(struct bytes cert_der, enum x509_algorithm *ret_algorithm, bool *ret_weak)
{
	EVP_PKEY *key = cms_chain_public(cert_der);
	bool known = key && plain_spki(cert_der) && x509_evp_algorithm(key, ret_algorithm);

	*ret_weak = known && too_short(key, *ret_algorithm);
	EVP_PKEY_free(key);
	return known;
}

static STACK_OF(X509) * read_all(const struct list *ders)
{
	STACK_OF(X509) *all = sk_X509_new_null();

	for (size_t i = 0; all && i < ders->count; i++) {
		X509 *x = with_id(read_cert(((const struct bytes *)ders->at)[i]));

		if (x && !sk_X509_push(all, x))
			X509_free(x);
	}
	return all;
}

/* --- step 8 --- */

static enum cms_reason chain_reason(int error)
{
	switch (error) {
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: return CMS_CRITICAL_EXTENSION;
	case X509_V_ERR_CA_MD_TOO_WEAK:
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL: return CMS_WEAK_KEY;
	default: return CMS_CHAIN;
	}
}

/* MD5 and SHA-1 in the signatures of a chain are refused, and short keys; the root's own signature says nothing. */
static bool strong(STACK_OF(X509) * chain)
{
	for (int i = 0; i < sk_X509_num(chain); i++) {
		X509 *x = sk_X509_value(chain, i);
		EVP_PKEY *key = X509_get0_pubkey(x);
		enum x509_algorithm algorithm;
		int digest = NID_undef;

		if (!key || !x509_evp_algorithm(key, &algorithm) || too_short(key, algorithm))
			return false;
		(void)X509_get_signature_info(x, &digest, NULL, NULL, NULL);
		if (i + 1 < sk_X509_num(chain) && digest != NID_sha256 && digest != NID_sha384 &&
			digest != NID_sha512 && digest != NID_sm3)
			return false;
	}
	return true;
}

static enum cms_reason build_chain(
	X509 *leaf, const struct cms_trust *trust, STACK_OF(X509) * *ret_chain, const char **ret_detail)
{
	X509_STORE *store CLEANUP(store_done) = X509_STORE_new();
	X509_STORE_CTX *check CLEANUP(context_done) = X509_STORE_CTX_new();
	STACK_OF(X509) * anchors CLEANUP(stack_done) = read_all(&trust->anchors);
	STACK_OF(X509) * between CLEANUP(stack_done) = read_all(&trust->intermediates);
	X509_VERIFY_PARAM *param;

	if (!store || !check || !anchors || !between)
		return CMS_CHAIN;
	for (int i = 0; i < sk_X509_num(anchors); i++)
		X509_STORE_add_cert(store, sk_X509_value(anchors, i));
	if (!X509_STORE_CTX_init(check, store, leaf, between))
		return CMS_CHAIN;
	param = X509_STORE_CTX_get0_param(check);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX);
	if (X509_verify_cert(check) != 1) {
		int error = X509_STORE_CTX_get_error(check);

		*ret_detail = X509_verify_cert_error_string(error);
		return chain_reason(error);
	}
	*ret_chain = X509_STORE_CTX_get1_chain(check);
	/* A certificate that is itself pinned would be nobody's to revoke. */
	if (sk_X509_num(*ret_chain) < 2) {
		*ret_detail = "its own anchor";
		return CMS_CHAIN;
	}
	if (strong(*ret_chain))
		return CMS_GOOD;
	*ret_detail = "a weak key or digest in the chain";
	return CMS_WEAK_KEY;
}

/* --- step 10 --- */

static enum cms_reason in_time(STACK_OF(X509) * chain, int64_t now)
{
	time_t at = (time_t)now, before = at - 1; /* the first and the last second belong to it */

	for (int i = 0; i < sk_X509_num(chain); i++) {
		X509 *x = sk_X509_value(chain, i);

		if (X509_cmp_time(X509_get0_notBefore(x), &at) >= 0)
			return CMS_NOT_YET_VALID;
		if (X509_cmp_time(X509_get0_notAfter(x), &before) <= 0)
			return CMS_EXPIRED;
	}
	return CMS_GOOD;
}

static enum cms_reason not_revoked(X509 *cert, X509 *issuer, const struct list *crls, int64_t now)
{
	unsigned char *der = NULL;
	int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &der);
	enum cms_reason r = n > 0 ? cms_crl_check((struct bytes){der, (size_t)n}, issuer, crls, now) : CMS_CRL_MISSING;

	OPENSSL_free(der);
	return r;
}

static enum cms_reason all_not_revoked(STACK_OF(X509) * chain, const struct list *crls, int64_t now)
{
	enum cms_reason r = CMS_GOOD;

	for (int i = 0; r == CMS_GOOD && i + 1 < sk_X509_num(chain); i++)
		r = not_revoked(sk_X509_value(chain, i), sk_X509_value(chain, i + 1), crls, now);
	ERR_clear_error();
	return r;
}

static enum cms_reason usable(X509 *leaf)
{
	uint32_t usage = X509_get_key_usage(leaf);

	if (!(X509_get_extension_flags(leaf) & EXFLAG_KUSAGE) ||
		!(usage & (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)))
		return CMS_KEY_USAGE;
	return usage & (X509v3_KU_KEY_CERT_SIGN | X509v3_KU_CRL_SIGN) ? CMS_CA_LEAF : CMS_GOOD;
}

enum cms_reason cms_check_certificate(
	struct arena *a, struct bytes cert_der, const struct cms_trust *trust, int64_t now, const char **ret_detail)
{
	X509 *leaf CLEANUP(x509_done) = der_strict(cert_der) ? with_id(read_cert(cert_der)) : NULL;
	STACK_OF(X509) * chain CLEANUP(stack_done) = NULL;
	enum x509_algorithm algorithm;
	enum cms_reason r = leaf ? CMS_GOOD : CMS_SYNTAX;
	bool weak;

	(void)a;
	*ret_detail = "";
	if (r == CMS_GOOD && !cms_chain_key(cert_der, &algorithm, &weak))
		r = CMS_ALGORITHM;
	if (r == CMS_GOOD && X509_check_ca(leaf))
		r = CMS_CA_LEAF;
	if (r == CMS_GOOD)
		r = build_chain(leaf, trust, &chain, ret_detail);
	if (r == CMS_GOOD)
		r = usable(leaf);
	if (r == CMS_GOOD)
		r = in_time(chain, now);
	if (r == CMS_GOOD)
		r = all_not_revoked(chain, &trust->crls, now);
	ERR_clear_error();
	return r;
}
