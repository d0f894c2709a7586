#ifndef DOMAIN_AUTHORITY_H
#define DOMAIN_AUTHORITY_H

#include "domain/ctx.h"
#include "io/x509_make.h"

/* The built-in certification authority, for demonstrations and tests: a root and an issuing certificate for RSA and for
 * SM2; subject and extensions as issuer_driver.h gives them.
 * Keys lie in secret_dir (authority-ALGORITHM-root.key, authority-ALGORITHM.key, PKCS#8);
 * certificates and lists lie where trust.h reads them, the list also where anybody may fetch it (gen_dir/crl).
 * With each comes a seal maker, whose key (authority-ALGORITHM-seal.key) signs electronic seals and nothing else; its
 * certificate lies in trust_dir/seals.  With the RSA one comes who signs case files (-casefile.key, trust_dir/casefiles).
 * A real authority is asked through CMP instead (io/cmp.h); this one has no other life than these files. */

struct authority {
	enum x509_algorithm algorithm;
	struct x509_key *key;
	struct bytes cert;
};
void authority_close(struct authority *a); /* for CLEANUP */

/* Makes what is missing: keys, certificates, first lists, signers.  ret_made: how many of them were new. */
enum err authority_init(struct arena *a, const struct config *config, int64_t now, int *ret_made) MUST_USE;

/* Which kinds have one.  ERR_NOT_FOUND: not made; only RSA and SM2 can be. */
enum err authority_open(struct arena *a, const struct config *config, enum x509_algorithm algorithm,
	struct authority *ret_authority) MUST_USE;

enum authority_signer { AUTHORITY_SEALS, AUTHORITY_CASEFILES };
/* Seals: the maker for holders with such keys.  Closed by authority_close.  ERR_NOT_FOUND: there is none. */
enum err authority_open_signer(struct arena *a, const struct config *config, enum authority_signer which,
	enum x509_algorithm algorithm, struct authority *ret_signer) MUST_USE;

/* A new list, published in both places. */
enum err authority_publish(struct arena *a, const struct config *config, const struct authority *from, int64_t now,
	const struct x509_revoked *revoked, size_t count) MUST_USE;

/* 16 digits that no other certificate has: two of ours, then 56 random bits. */
const char *authority_serial(struct arena *a);

#endif
