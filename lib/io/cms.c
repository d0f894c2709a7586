#include "io/cms.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/str.h"
#include "io/cms_chain.h"
#include "io/der.h"
#include "io/x509_evp.h"

enum { CERTS_MAX = 16, ATTRS_MAX = 16, DIGEST_LEN = 32 };

const char *const cms_reason_words[] = {
#define X(code, word, text) word,
	CMS_REASONS(X)
#undef X
};
const char *const cms_reason_texts[] = {
#define X(code, word, text) text,
	CMS_REASONS(X)
#undef X
};

#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"
#define OID_DATA "1.2.840.113549.1.7.1"
#define OID_GM_SIGNED_DATA "1.2.156.10197.6.1.4.2.2"
#define OID_GM_DATA "1.2.156.10197.6.1.4.2.1"
#define OID_CONTENT_TYPE "1.2.840.113549.1.9.3"
#define OID_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define OID_SIGNING_TIME "1.2.840.113549.1.9.5"
#define OID_SHA256 "2.16.840.1.101.3.4.2.1"
#define OID_SM3 "1.2.156.10197.1.401"

/* All that is accepted: which digest, named as signed how, by which key. */
static const struct accepted {
	const char *digest, *signature;
	enum x509_algorithm key;
} accepted[] = {
	{OID_SHA256, "1.2.840.113549.1.1.1", X509_RSA},
	{OID_SHA256, "1.2.840.113549.1.1.11", X509_RSA},
	{OID_SHA256, "1.2.840.10045.4.3.2", X509_P256},
	{OID_SHA256, "1.2.840.10045.2.1", X509_P256},
	{OID_SM3, "1.2.156.10197.1.301.1", X509_SM2},
	{OID_SM3, "1.2.156.10197.1.301", X509_SM2},
	{OID_SM3, "1.2.156.10197.1.501", X509_SM2},
};

/* The parts, where they lie in the bytes that came in. */
struct parts {
	struct bytes digest_set, content_type, certs, signers;	   /* bodies */
	struct bytes issuer, serial;				   /* whole values */
	struct bytes digest_algorithm, attrs, signature_algorithm; /* bodies; attrs.at NULL: none */
	struct bytes attrs_whole, signature;
	const struct accepted *algorithm;
	bool gm;
};

struct check {
	struct arena *a;
	struct bytes content;
	const struct cms_trust *trust;
	int64_t now;
	struct parts p;
	struct cms_report *report;
};

static enum cms_reason fault(struct check *c, enum cms_reason reason, const char *detail)
{
	c->report->detail = detail;
	return reason;
}

/* --- step 1 and 2: the shell --- */

static enum cms_reason shell(struct check *c, struct bytes der, struct bytes *ret_signed)
{
	struct bytes outer, type, wrapped;

	if (der.len > CMS_MAX_BYTES)
		return fault(c, CMS_SIZE, "");
	if (!der_strict(der) || !der_take(&der, DER_SEQUENCE, &outer) || !der_take(&outer, DER_OID, &type))
		return fault(c, CMS_SYNTAX, "not strict DER");
	c->p.gm = der_is_oid(type, OID_GM_SIGNED_DATA);
	if (!c->p.gm && !der_is_oid(type, OID_SIGNED_DATA))
		return fault(c, CMS_CONTENT_TYPE, "not signed data");
	if (!der_take(&outer, DER_0, &wrapped) || outer.len || !der_take(&wrapped, DER_SEQUENCE, ret_signed) ||
		wrapped.len)
		return fault(c, CMS_SYNTAX, "content of the shell");
	c->report->gm = c->p.gm;
	return CMS_GOOD;
}

/* 1 wherever the content is data and the signer named by issuer and serial; other numbers announce what is not here. */
static bool version(struct bytes *from)
{
	int64_t number;

	return der_take_number(from, &number) && number == 1;
}

static enum cms_reason body(struct check *c, struct bytes s)
{
	struct bytes inner, crls;

	if (!version(&s) || !der_take(&s, DER_SET, &c->p.digest_set) || !der_take(&s, DER_SEQUENCE, &inner) ||
		!der_take(&inner, DER_OID, &c->p.content_type))
		return fault(c, CMS_SYNTAX, "signed data");
	if (!der_is_oid(c->p.content_type, c->p.gm ? OID_GM_DATA : OID_DATA))
		return fault(c, CMS_CONTENT_TYPE, "signed data about something else than data of its family");
	if (inner.len)
		return fault(c, CMS_ATTACHED, "");
	(void)der_take(&s, DER_0, &c->p.certs);
	(void)der_take(&s, DER_1, &crls);
	if (!der_take(&s, DER_SET, &c->p.signers) || s.len)
		return fault(c, CMS_SYNTAX, "signer infos");
	return CMS_GOOD;
}

/* --- step 3: one signer, his certificate --- */

static enum cms_reason signer(struct check *c)
{
	struct bytes all = c->p.signers, s, id, whole;

	if (!der_take(&all, DER_SEQUENCE, &s) || all.len)
		return fault(c, CMS_SIGNERS, all.len ? "more than one" : "none");
	if (!version(&s) || !der_take(&s, DER_SEQUENCE, &id) || !der_take_whole(&id, DER_SEQUENCE, &c->p.issuer) ||
		!der_take_whole(&id, DER_INTEGER, &c->p.serial) || id.len)
		return fault(c, CMS_SIGNERS, "named otherwise than by issuer and serial");
	if (!der_take(&s, DER_SEQUENCE, &c->p.digest_algorithm))
		return fault(c, CMS_SYNTAX, "digest algorithm of the signer");
	whole = s;
	if (der_take(&whole, DER_0, &c->p.attrs)) {
		c->p.attrs_whole = (struct bytes){s.at, s.len - whole.len};
		s = whole;
	}
	if (!der_take(&s, DER_SEQUENCE, &c->p.signature_algorithm) || !der_take(&s, DER_OCTETS, &c->p.signature))
		return fault(c, CMS_SYNTAX, "signature of the signer");
	(void)der_take(&s, DER_1, &whole); /* what nobody signed is not looked at */
	return s.len ? fault(c, CMS_SYNTAX, "behind the signer") : CMS_GOOD;
}

/* Issuer and serial of a certificate, as they stand in it. */
static bool names(struct bytes cert, struct bytes *ret_issuer, struct bytes *ret_serial)
{
	struct bytes outer, tbs, skip;

	if (!der_take(&cert, DER_SEQUENCE, &outer) || !der_take(&outer, DER_SEQUENCE, &tbs))
		return false;
	(void)der_take(&tbs, DER_0, &skip);
	return der_take_whole(&tbs, DER_INTEGER, ret_serial) && der_take(&tbs, DER_SEQUENCE, &skip) &&
	       der_take_whole(&tbs, DER_SEQUENCE, ret_issuer);
}

static enum cms_reason find_certificate(struct check *c)
{
	struct bytes all = c->p.certs, cert, issuer, serial;
	struct list read;
	const char *say;
	int found = 0;

	for (int count = 0; all.len; count++) {
		if (count == CERTS_MAX || !der_take_whole(&all, DER_SEQUENCE, &cert) || !names(cert, &issuer, &serial))
			return fault(c, CMS_SYNTAX, "certificates");
		if (der_equal(issuer, c->p.issuer) && der_equal(serial, c->p.serial)) {
			c->report->cert_der = cert;
			found++;
		}
	}
	if (found != 1)
		return fault(c, CMS_NO_CERTIFICATE, found ? "twice" : "");
	if (x509_read(c->a, x509_pem(c->a, "CERTIFICATE", c->report->cert_der), &read, &say) != ERR_OK)
		return fault(c, CMS_SYNTAX, "the signer's certificate");
	c->report->cert = *(const struct x509_cert *)read.at;
	return CMS_GOOD;
}

/* --- step 4: algorithms --- */

/* AlgorithmIdentifier with absent or NULL parameters. */
static bool is_algorithm(struct bytes body, const char *oid)
{
	struct bytes id, none;

	if (!der_take(&body, DER_OID, &id) || !der_is_oid(id, oid))
		return false;
	return !body.len || (der_take(&body, DER_NULL, &none) && !body.len);
}

static const struct accepted *find_accepted(const struct parts *p)
{
	for (size_t i = 0; i < ARRAY_LEN(accepted); i++)
		if (is_algorithm(p->digest_algorithm, accepted[i].digest) &&
			is_algorithm(p->signature_algorithm, accepted[i].signature))
			return &accepted[i];
	return NULL;
}

static enum cms_reason algorithms(struct check *c)
{
	struct bytes set = c->p.digest_set, one;
	enum x509_algorithm key;
	bool weak;

	c->p.algorithm = find_accepted(&c->p);
	if (!c->p.algorithm || (c->p.gm && c->p.algorithm->key != X509_SM2))
		return fault(c, CMS_ALGORITHM, "digest and signature");
	if (!der_take(&set, DER_SEQUENCE, &one) || set.len || !is_algorithm(one, c->p.algorithm->digest))
		return fault(c, CMS_ALGORITHM, "digests announced differ from the signer's");
	if (!cms_chain_key(c->report->cert_der, &key, &weak))
		return fault(c, CMS_ALGORITHM, "key of the certificate");
	if (key != c->p.algorithm->key)
		return fault(c, CMS_ALGORITHM, "signature and key do not go together");
	c->report->algorithm = x509_algorithm_words[key];
	return weak ? fault(c, CMS_WEAK_KEY, "") : CMS_GOOD;
}

/* --- step 5 and 6: what is signed --- */

struct attrs {
	struct bytes content_type, digest; /* bodies */
	struct bytes id[ATTRS_MAX];
	size_t count;
};

/* One attribute: an id that was not there yet, and a set of exactly one value where we know what it is. */
static bool attribute(struct check *c, struct bytes attr, struct attrs *seen)
{
	struct bytes id, set;

	if (!der_take(&attr, DER_OID, &id) || !der_take(&attr, DER_SET, &set) || attr.len || !set.len ||
		seen->count == ATTRS_MAX)
		return false;
	for (size_t i = 0; i < seen->count; i++)
		if (der_equal(seen->id[i], id))
			return false;
	seen->id[seen->count++] = id;
	if (der_is_oid(id, OID_CONTENT_TYPE))
		return der_take(&set, DER_OID, &seen->content_type) && !set.len;
	if (der_is_oid(id, OID_MESSAGE_DIGEST))
		return der_take(&set, DER_OCTETS, &seen->digest) && !set.len;
	if (der_is_oid(id, OID_SIGNING_TIME))
		return der_take_time(&set, &c->report->signing_time) && !set.len;
	return true;
}

/* DER wants the members of a set in the order of their bytes, shorter ones filled up with zeros; no two are equal here. */
static bool in_order(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int differ = memcmp(a.at, b.at, n);

	return differ < 0 || (differ == 0 && a.len < b.len);
}

static enum cms_reason attributes(struct check *c, struct bytes *ret_digest)
{
	struct bytes all = c->p.attrs, attr, before = {0}, at;
	struct attrs seen = {0};

	if (!c->p.attrs_whole.len)
		return fault(c, CMS_NO_SIGNED_ATTRS, "");
	while (all.len) {
		struct bytes whole = all;

		if (!der_take(&all, DER_SEQUENCE, &attr))
			return fault(c, CMS_SIGNED_ATTRS, "not attributes");
		at = (struct bytes){whole.at, whole.len - all.len};
		if (before.len && !in_order(before, at))
			return fault(c, CMS_SIGNED_ATTRS, "order");
		if (!attribute(c, attr, &seen))
			return fault(c, CMS_SIGNED_ATTRS, "value, or twice");
		before = at;
	}
	if (!seen.content_type.at || !der_equal(seen.content_type, c->p.content_type))
		return fault(c, CMS_SIGNED_ATTRS, "content type");
	if (!seen.digest.at)
		return fault(c, CMS_SIGNED_ATTRS, "no message digest");
	*ret_digest = seen.digest;
	return CMS_GOOD;
}

static enum cms_reason content_digest(struct check *c, struct bytes said)
{
	unsigned char have[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (EVP_Digest(c->content.at, c->content.len, have, &n, x509_evp_digest(c->p.algorithm->key), NULL) != 1)
		return fault(c, CMS_DIGEST, "could not be made");
	return der_equal(said, (struct bytes){have, n}) && n == DIGEST_LEN ? CMS_GOOD : fault(c, CMS_DIGEST, "");
}

/* --- step 7: the signature --- */

static bool signed_by(struct check *c, EVP_PKEY *key, struct bytes content, const char *id, size_t id_len)
{
	EVP_MD_CTX *m = x509_evp_context(key, false, id, id_len);
	bool right = m && EVP_DigestVerify(m, c->p.signature.at, c->p.signature.len, content.at, content.len) == 1;

	EVP_MD_CTX_free(m);
	ERR_clear_error();
	return right;
}

static enum cms_reason signature(struct check *c)
{
	unsigned char *signed_bytes = arena_dup(c->a, c->p.attrs_whole.at, c->p.attrs_whole.len);
	struct bytes content = {signed_bytes, c->p.attrs_whole.len};
	EVP_PKEY *key = cms_chain_public(c->report->cert_der);
	bool right;

	signed_bytes[0] = DER_SET; /* signed as a set, sent under a tag of its place */
	right = key && signed_by(c, key, content, X509_SM2_ID, X509_SM2_ID_LEN);
	if (!right && key && c->trust->empty_sm2_id && c->p.algorithm->key == X509_SM2) {
		right = signed_by(c, key, content, "", 0);
		c->report->detail = right ? "empty user id" : "";
	}
	EVP_PKEY_free(key);
	return right ? CMS_GOOD : fault(c, CMS_SIGNATURE, "");
}

static enum cms_reason steps(struct check *c, struct bytes der)
{
	struct bytes signed_data, digest;
	const char *detail;
	enum cms_reason r = shell(c, der, &signed_data);

	if (r == CMS_GOOD)
		r = body(c, signed_data);
	if (r == CMS_GOOD)
		r = signer(c);
	if (r == CMS_GOOD)
		r = find_certificate(c);
	if (r == CMS_GOOD)
		r = algorithms(c);
	if (r == CMS_GOOD)
		r = attributes(c, &digest);
	if (r == CMS_GOOD)
		r = content_digest(c, digest);
	if (r == CMS_GOOD)
		r = signature(c);
	if (r != CMS_GOOD)
		return r;
	r = cms_check_certificate(c->a, c->report->cert_der, c->trust, c->now, &detail);
	return r == CMS_GOOD ? r : fault(c, r, detail);
}

void cms_verify(struct arena *a, struct bytes der, struct bytes content, const struct cms_trust *trust, int64_t now,
	struct cms_report *ret_report)
{
	struct check c = {.a = a, .content = content, .trust = trust, .now = now, .report = ret_report};

	*ret_report = (struct cms_report){.detail = ""};
	ret_report->reason = steps(&c, der);
}
