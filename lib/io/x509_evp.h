#ifndef IO_X509_EVP_H
#define IO_X509_EVP_H

#include "io/x509_make.h"

/* What the files that speak OpenSSL share about keys; nobody else includes this. */

struct evp_pkey_st;
struct evp_md_st;
struct evp_md_ctx_st;
struct X509_name_st;

#define X509_SM2_ID "1234567812345678"
enum { X509_SM2_ID_LEN = 16, X509_RSA_BITS_MIN = 2048 };

struct evp_pkey_st *x509_key_evp(const struct x509_key *k);			    /* borrowed */
MUST_USE enum err x509_evp_public(struct bytes spki, struct evp_pkey_st **ret_key); /* ERR_INVALID; the caller frees */
bool x509_evp_algorithm(const struct evp_pkey_st *key, enum x509_algorithm *ret_algorithm); /* false: none of ours */
const struct evp_md_st *x509_evp_digest(enum x509_algorithm algorithm);
/* The caller frees.  NULL: a part is too long; *ret_say names it. */
struct X509_name_st *x509_evp_name(const struct x509_subject *s, const char **ret_say);
/* What an i2d function made, into the arena; wiped and freed.  n <= 0: ERR_INTERNAL. */
MUST_USE enum err x509_evp_take(struct arena *a, unsigned char *der, int n, struct bytes *ret_der);
/* A context ready for DigestSign or DigestVerify, with the user id when the key is SM2.  NULL: OpenSSL refused. */
struct evp_md_ctx_st *x509_evp_context(struct evp_pkey_st *key, bool sign, const char *sm2_id, size_t sm2_id_len);

#endif
