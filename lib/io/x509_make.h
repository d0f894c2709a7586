#ifndef IO_X509_MAKE_H
#define IO_X509_MAKE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/field.h"

/* Keys, certificate requests, certificates and CRLs made by us: the demo CA, the soft token and the tests.  RSA-2048 and
 * P-256 with SHA-256, SM2 with SM3 under the user id of GM/T 0009 (1234567812345678), which is set on every object
 * that is signed or checked here; nobody above this door has to know of it.
 * Times are moments; serials are upper-case hex of an even number of digits, at most 40. */

enum x509_algorithm { X509_RSA, X509_SM2, X509_P256, X509_ALGORITHM_MAX };
extern const char *const x509_algorithm_words[]; /* rsa sm2 p256, NULL */

/* A private key.  Wiped and freed by x509_key_free. */
struct x509_key;
MUST_USE enum err x509_key_new(enum x509_algorithm algorithm, struct x509_key **ret_key);
/* PKCS#8 DER, not encrypted: whoever keeps it seals it.  ERR_INVALID: no key of the three kinds. */
MUST_USE enum err x509_key_read(struct bytes der, struct x509_key **ret_key);
MUST_USE enum err x509_key_write(struct arena *a, const struct x509_key *k, struct bytes *ret_der);
void x509_key_free(struct x509_key *k); /* NULL is fine */
static inline void x509_key_done(struct x509_key **k)
{
	x509_key_free(*k);
}
enum x509_algorithm x509_key_algorithm(const struct x509_key *k);
MUST_USE enum err x509_key_public(struct arena *a, const struct x509_key *k, struct bytes *ret_spki);
/* Over the content itself (digest inside): PKCS#1 v1.5, or DER{r,s}. */
MUST_USE enum err x509_key_sign(
	struct arena *a, const struct x509_key *k, struct bytes content, struct bytes *ret_signature);
/* The same check for who has the public key only.  false: not that signature, or no key that we accept. */
bool x509_signed(struct bytes spki, struct bytes content, struct bytes signature);

/* Subject: C=CN, ST province, L locality (the whole street address), O organisation, CN common_name.  NULL members are
 * left out.  O and CN at most 64 characters, L at most 128. */
struct x509_subject {
	const char *province, *locality, *organisation, *common_name;
};

/* PKCS#10 of a token: the key is what counts, the subject is ours to say. */
MUST_USE enum err x509_request_make(
	struct arena *a, const struct x509_key *k, const struct x509_subject *subject, struct bytes *ret_der);
/* ERR_INVALID with *ret_say: not well-formed, proof of possession wrong, a key too weak or of another kind. */
MUST_USE enum err x509_request_read(struct arena *a, struct bytes der, struct bytes *ret_spki,
	enum x509_algorithm *ret_algorithm, const char **ret_say);

enum x509_usage { X509_FOR_CA, X509_FOR_SIGNING, X509_FOR_ENCRYPTION };
struct x509_text_extension {
	const char *oid, *value; /* written as UTF8String */
};
struct x509_order {
	const char *serial;
	struct x509_subject subject;
	struct bytes spki;
	enum x509_usage usage;
	int64_t not_before, not_after;
	const char *email, *crl_url, *policy_oid; /* NULL: left out */
	const struct x509_text_extension *extension;
	size_t extension_count;
};
struct x509_ca {
	const struct x509_key *key;
	struct bytes cert; /* DER; empty with X509_FOR_CA: self-signed */
};
/* ERR_INVALID with *ret_say: a part of the subject is too long, days out of order, a bad serial or OID. */
MUST_USE enum err x509_make(struct arena *a, const struct x509_ca *ca, const struct x509_order *order,
	struct bytes *ret_der, const char **ret_say);

/* Its public key, written as x509_key_public and x509_request_read write it.  ERR_INVALID: no certificate, or a key of none of
 * our kinds. */
MUST_USE enum err x509_cert_public(
	struct arena *a, struct bytes cert_der, struct bytes *ret_spki, enum x509_algorithm *ret_algorithm);

struct x509_revoked {
	const char *serial;
	int64_t at, reason; /* RFC 5280; 6 = hold */
};
MUST_USE enum err x509_crl_make(struct arena *a, const struct x509_ca *ca, int64_t number, int64_t this_update,
	int64_t next_update, const struct x509_revoked *revoked, size_t count, struct bytes *ret_der);

struct bytes x509_pem(struct arena *a, const char *label, struct bytes der); /* "CERTIFICATE" … */
/* The first block of that label.  ERR_INVALID: none. */
MUST_USE enum err x509_unpem(struct arena *a, const char *label, struct bytes pem, struct bytes *ret_der);

#endif
