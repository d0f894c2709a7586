#ifndef IO_CMS_CHAIN_H
#define IO_CMS_CHAIN_H

#include "io/cms.h"

/* What the files of signed data and of the token ask about certificates and lists; nobody else includes this. */

struct evp_pkey_st;
struct x509_st;

/* Kind of its key; weak: RSA below 2048 bits or of exponent 1.  false: no certificate, or none of our kinds, or
 * a curve that is not given by name. */
bool cms_chain_key(struct bytes cert_der, enum x509_algorithm *ret_algorithm, bool *ret_weak);
/* Its public key as it stands in it: SubjectPublicKeyInfo.  false: no certificate. */
bool cms_chain_spki(struct bytes cert_der, struct bytes *ret_spki);
struct evp_pkey_st *cms_chain_public(struct bytes cert_der); /* the caller frees; NULL: none */
/* Is the certificate of this serial (INTEGER, whole) on the list of its issuer?  crls: struct bytes, DER, of any issuer. */
enum cms_reason cms_crl_check(struct bytes serial, struct x509_st *issuer, const struct list *crls, int64_t now);

#endif
