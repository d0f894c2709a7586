#ifndef UNIT_FORGE_H
#define UNIT_FORGE_H

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/str.h"
#include "io/der.h"
#include "pki.h"

/* Signed data made part by part, with its own writer and OpenSSL's bare signatures, so that each part can be wrong by itself.
 * forge_begin fills in a good one; a twist changes parts before forge_sign, which makes what is still empty. */

#define FORGE_JOIN(tag, ...) der_join(mem, tag, (const struct bytes[]){__VA_ARGS__, {NULL, 0}})
#define FORGE_SHA256 "2.16.840.1.101.3.4.2.1"
#define FORGE_SM3 "1.2.156.10197.1.401"
#define FORGE_DATA "1.2.840.113549.1.7.1"
#define FORGE_GM_DATA "1.2.156.10197.6.1.4.2.1"
#define FORGE_SIGNED "1.2.840.113549.1.7.2"
#define FORGE_GM_SIGNED "1.2.156.10197.6.1.4.2.2"

enum { FORGE_PARTS = 20 };

struct forge {
	struct pki *p;
	EVP_PKEY *key, *ca_key, *root_key; /* borrowed; key signs */
	bool sm2;
	struct bytes cert, content;
	const char *sm2_id;
	const EVP_MD *md;
	/* the parts, whole values; attr ended by an empty one */
	struct bytes outer_oid, sd_version, digests, inner, certs, signer_version, who, digest_alg;
	struct bytes attr[FORGE_PARTS], signature_alg, signature, unsigned_attrs, more_signers, behind;
	bool no_attrs, as_sent; /* as_sent: attributes signed in the order given, not sorted */
	int64_t now;
	struct cms_trust trust;
	struct bytes *anchor, *between, *list; /* what trust points to, to be changed */
	struct bytes made;		       /* instead of all of it */
};

static inline struct bytes forge_hex(const char *hex)
{
	size_t n = strlen(hex) / 2;
	unsigned char *at = arena_alloc(mem, n + 1);

	for (size_t i = 0; i < n; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], 0};

		at[i] = (unsigned char)strtoul(two, NULL, 16);
	}
	return (struct bytes){at, n};
}

static inline struct bytes forge_cat(struct bytes a, struct bytes b)
{
	unsigned char *at = arena_alloc(mem, a.len + b.len + 1);

	if (a.len)
		memcpy(at, a.at, a.len);
	if (b.len)
		memcpy(at + a.len, b.at, b.len);
	return (struct bytes){at, a.len + b.len};
}

static inline struct bytes forge_algorithm(const char *oid)
{
	return FORGE_JOIN(DER_SEQUENCE, der_oid(mem, oid), forge_hex("0500"));
}

static inline struct bytes forge_attr(const char *oid, struct bytes value)
{
	return FORGE_JOIN(DER_SEQUENCE, der_oid(mem, oid), der_wrap(mem, DER_SET, value));
}

static inline struct bytes forge_digest(const EVP_MD *md, struct bytes content)
{
	unsigned char *at = arena_alloc(mem, EVP_MAX_MD_SIZE);
	unsigned n = 0;

	assert_int_equal(EVP_Digest(content.at, content.len, at, &n, md, NULL), 1);
	return (struct bytes){at, n};
}

static inline struct bytes forge_raw(EVP_PKEY *key, const EVP_MD *md, const char *id, int padding, struct bytes content)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	size_t n = 0;
	unsigned char *at;

	assert_int_equal(EVP_DigestSignInit(m, &p, md, NULL, key), 1);
	if (id)
		assert_int_equal(EVP_PKEY_CTX_set1_id(p, id, (int)strlen(id)), 1);
	if (padding)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(p, padding), 1);
	assert_int_equal(EVP_DigestSign(m, NULL, &n, content.at, content.len), 1);
	at = arena_alloc(mem, n + 1);
	assert_int_equal(EVP_DigestSign(m, at, &n, content.at, content.len), 1);
	EVP_MD_CTX_free(m);
	return (struct bytes){at, n};
}

static inline struct bytes forge_issuer_serial(struct bytes cert)
{
	const unsigned char *at = cert.at;
	X509 *x = d2i_X509(NULL, &at, (long)cert.len);
	unsigned char *name = NULL, *serial = NULL;
	int n, k;
	struct bytes who;

	assert_non_null(x);
	n = i2d_X509_NAME(X509_get_issuer_name(x), &name);
	k = i2d_ASN1_INTEGER(X509_get_serialNumber(x), &serial);
	who = FORGE_JOIN(DER_SEQUENCE, {name, (size_t)n}, {serial, (size_t)k});
	OPENSSL_free(name);
	OPENSSL_free(serial);
	X509_free(x);
	return who;
}

static inline void forge_attrs(struct forge *f, const char *data)
{
	f->attr[0] = forge_attr("1.2.840.113549.1.9.3", der_oid(mem, data));
	f->attr[1] = forge_attr("1.2.840.113549.1.9.5", der_text(mem, DER_UTC_TIME, "270115080000Z"));
	f->attr[2] = forge_attr("1.2.840.113549.1.9.4", der_wrap(mem, DER_OCTETS, forge_digest(f->md, f->content)));
	f->attr[3] = (struct bytes){0};
}

/* gm: the OIDs of GM/T 0010. */
static inline void forge_begin(
	struct forge *f, struct pki *p, EVP_PKEY *key, struct bytes cert, struct bytes content, bool gm)
{
	*f = (struct forge){.p = p, .key = key, .cert = cert, .content = content, .now = PKI_NOW, .trust = p->trust};
	f->sm2 = EVP_PKEY_is_a(key, "SM2");
	f->sm2_id = f->sm2 ? "1234567812345678" : NULL;
	f->md = f->sm2 ? EVP_sm3() : EVP_sha256();
	f->outer_oid = der_oid(mem, gm ? FORGE_GM_SIGNED : FORGE_SIGNED);
	f->sd_version = f->signer_version = der_number(mem, 1);
	f->digest_alg = forge_algorithm(f->sm2 ? FORGE_SM3 : FORGE_SHA256);
	f->inner = FORGE_JOIN(DER_SEQUENCE, der_oid(mem, gm ? FORGE_GM_DATA : FORGE_DATA));
	f->certs = der_wrap(mem, DER_0, cert);
	f->who = forge_issuer_serial(cert);
	f->signature_alg = forge_algorithm(f->sm2		       ? "1.2.156.10197.1.301.1"
					   : EVP_PKEY_is_a(key, "RSA") ? "1.2.840.113549.1.1.1"
								       : "1.2.840.10045.4.3.2");
	forge_attrs(f, gm ? FORGE_GM_DATA : FORGE_DATA);
	f->anchor = arena_dup(mem, p->anchor, sizeof p->anchor);
	f->between = arena_dup(mem, p->between, sizeof p->between);
	f->list = arena_alloc(mem, 4 * sizeof *f->list);
	memcpy(f->list, p->lists, sizeof p->lists);
	f->trust.anchors.at = f->anchor;
	f->trust.intermediates.at = f->between;
	f->trust.crls.at = f->list;
}

static inline int forge_compare(const void *x, const void *y)
{
	const struct bytes *a = x, *b = y;
	int differ = memcmp(a->at, b->at, a->len < b->len ? a->len : b->len);

	return differ ? differ : (a->len > b->len) - (a->len < b->len);
}

static inline struct bytes forge_sign(struct forge *f)
{
	struct bytes set, signer, attrs = {0};
	size_t n = 0;

	if (f->made.at)
		return f->made;
	while (f->attr[n].at)
		n++;
	if (!f->as_sent)
		qsort(f->attr, n, sizeof f->attr[0], forge_compare);
	set = der_join(mem, DER_SET, f->attr);
	attrs = der_join(mem, DER_0, f->attr);
	if (!f->digests.at)
		f->digests = der_wrap(mem, DER_SET, f->digest_alg);
	if (!f->signature.at)
		f->signature = forge_raw(f->key, f->md, f->sm2_id, 0, f->no_attrs ? f->content : set);
	signer = forge_cat(forge_cat(f->signer_version, f->who), f->digest_alg);
	if (!f->no_attrs)
		signer = forge_cat(signer, attrs);
	signer = forge_cat(forge_cat(signer, f->signature_alg), der_wrap(mem, DER_OCTETS, f->signature));
	signer = der_wrap(mem, DER_SEQUENCE, forge_cat(signer, f->unsigned_attrs));
	signer = der_wrap(mem, DER_SET, forge_cat(signer, f->more_signers));
	signer = forge_cat(forge_cat(forge_cat(f->sd_version, f->digests), forge_cat(f->inner, f->certs)), signer);
	signer = der_wrap(mem, DER_0, der_wrap(mem, DER_SEQUENCE, signer));
	return forge_cat(der_wrap(mem, DER_SEQUENCE, forge_cat(f->outer_oid, signer)), f->behind);
}

/* The attributes as they are to be signed, for who signs otherwise. */
static inline struct bytes forge_signed_set(struct forge *f)
{
	(void)forge_sign(f);
	return der_join(mem, DER_SET, f->attr);
}

static inline void forge_use(struct forge *f, struct bytes cert)
{
	f->cert = cert;
	f->certs = der_wrap(mem, DER_0, cert);
	f->who = forge_issuer_serial(cert);
}

/* --- certificates of any shape: OpenSSL's, changed and signed again --- */

static inline X509 *forge_cert_read(struct bytes der)
{
	const unsigned char *at = der.at;
	X509 *x = d2i_X509(NULL, &at, (long)der.len);

	assert_non_null(x);
	return x;
}

/* Signs it (SM2 with its id) and frees it. */
static inline struct bytes forge_cert(X509 *x, EVP_PKEY *by, const EVP_MD *md)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	unsigned char *der = NULL;
	struct bytes out;
	int n;

	assert_int_equal(EVP_DigestSignInit(m, &p, md, NULL, by), 1);
	if (EVP_PKEY_is_a(by, "SM2"))
		assert_int_equal(EVP_PKEY_CTX_set1_id(p, "1234567812345678", 16), 1);
	assert_true(X509_sign_ctx(x, m) > 0);
	EVP_MD_CTX_free(m);
	n = i2d_X509(x, &der);
	out = (struct bytes){arena_dup(mem, der, (size_t)n), (size_t)n};
	OPENSSL_free(der);
	X509_free(x);
	return out;
}

static inline EVP_PKEY *forge_key(const struct x509_key *k)
{
	struct bytes der;
	const unsigned char *at;
	EVP_PKEY *key;

	assert_int_equal(x509_key_write(mem, k, &der), ERR_OK);
	at = der.at;
	key = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
	assert_non_null(key);
	return key;
}

#endif
