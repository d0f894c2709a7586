#ifndef IO_CMS_WRAP_H
#define IO_CMS_WRAP_H

#include "io/x509_make.h"

/* A private key on its way to a token: the encryption key of a pair is not made in it (the key management centre, or
 * the portal in its place) and travels wrapped for the signing key that the token made itself, so that nobody between can
 * read it.  DER:
 *   SEQUENCE { INTEGER 1, OCTET STRING wrapped, OCTET STRING sealed }
 * wrapped: 32 random bytes, for an RSA key by OAEP with SHA-256, for an SM2 key by SM2 encryption (C1 C3 C2 in DER).
 * sealed: the key as PKCS#8, sealed by those bytes: AES-256-GCM (crypto.h) for RSA, SM4 with HMAC-SM3 (crypto_sm.h) for SM2. */

/* ERR_INVALID: spki is no RSA or SM2 key. */
MUST_USE enum err cms_wrap(
	struct arena *a, struct bytes spki, const struct x509_key *travelling, struct bytes *ret_der);
/* ERR_INVALID: no envelope, altered, or for another key.  The caller frees the key. */
MUST_USE enum err cms_unwrap(
	struct arena *a, const struct x509_key *own, struct bytes der, struct x509_key **ret_travelling);

#endif
