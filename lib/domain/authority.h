#ifndef DOMAIN_AUTHORITY_H
#define DOMAIN_AUTHORITY_H

#include "domain/ctx.h"
#include "io/x509_make.h"

/* The built-in certification authority, for demonstrations and tests: a root and an issuing certificate for RSA and for
 * SM2, profile of PROTOCOLS C.  Keys lie in secret_dir (authority-ALGORITHM-root.key, authority-ALGORITHM.key, PKCS#8);
 * certificates and lists lie where trust.h reads them, the list also where anybody may fetch it (gen_dir/crl).
 * A real authority is asked through CMP instead (io/cmp.h); this one has no other life than these files. */

struct authority {
	enum x509_algorithm algorithm;
	struct x509_key *key;
	struct bytes cert;
};
void authority_close(struct authority *a); /* for CLEANUP */

/* Makes what is missing: keys, certificates, first lists.  ret_made: how many authorities were new. */
enum err authority_init(struct arena *a, const struct config *config, int64_t now, int *ret_made) MUST_USE;

/* Which kinds have one.  ERR_NOT_FOUND: not made; only RSA and SM2 can be. */
enum err authority_open(struct arena *a, const struct config *config, enum x509_algorithm algorithm,
	struct authority *ret_authority) MUST_USE;

/* A new list, published in both places. */
enum err authority_publish(struct arena *a, const struct config *config, const struct authority *from, int64_t now,
	const struct x509_revoked *revoked, size_t count) MUST_USE;

/* 16 digits that no other certificate has: two of ours, then 56 random bits. */
const char *authority_serial(struct arena *a);

#endif
