#ifndef IO_CRYPTO_SM_H
#define IO_CRYPTO_SM_H

#include "io/crypto.h"

/* The national ciphers (GB/T 32907 SM4, GB/T 32905 SM3) for files of the store.  OpenSSL 3.0 has no SM4-GCM, so it is
 * SM4-CTR, then HMAC-SM3 over everything (encrypt-then-MAC), each with a key of its own derived from the file's key.
 * Sealed text: 16 bytes initial counter, random; ciphertext; 32 bytes MAC over the length of the context (8 bytes, big end
 * first), the context, the counter and the ciphertext.  Nothing is decrypted before the MAC was found right. */

enum { SM4_KEY = 16, SM3_HASH = 32, CRYPTO_SM_SEAL_MORE = 16 + SM3_HASH };

/* Same contract as crypto_seal and crypto_open (crypto.h). */
struct bytes crypto_sm_seal(struct arena *a, const struct key *k, const char *context, const void *plain, size_t n);
enum err crypto_sm_open(struct arena *a, const struct key *k, const char *context, struct bytes sealed,
	struct bytes *ret_plain) MUST_USE;

/* The two primitives alone.  crypto_sm4_ctr encrypts and decrypts; from and to may be the same place. */
void crypto_sm3_hmac(const void *key, size_t key_len, const void *data, size_t n, unsigned char ret_mac[SM3_HASH]);
void crypto_sm4_ctr(
	const unsigned char key[SM4_KEY], const unsigned char counter[16], const void *from, size_t n, void *to);

#endif
