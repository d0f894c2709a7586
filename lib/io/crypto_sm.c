#include "io/crypto_sm.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <string.h>

#include "io/crypto_part.h"

enum { COUNTER = 16 };

void crypto_sm3_hmac(const void *key, size_t key_len, const void *data, size_t n, unsigned char ret_mac[SM3_HASH])
{
	unsigned len = SM3_HASH;

	HOLDS(HMAC(EVP_sm3(), key, (int)key_len, data, n, ret_mac, &len) && len == SM3_HASH);
}

static void cipher_free(EVP_CIPHER_CTX **c)
{
	EVP_CIPHER_CTX_free(*c);
}

void crypto_sm4_ctr(
	const unsigned char key[SM4_KEY], const unsigned char counter[16], const void *from, size_t n, void *to)
{
	EVP_CIPHER_CTX *c CLEANUP(cipher_free) = EVP_CIPHER_CTX_new();
	int len = 0;

	HOLDS(c && n < INT32_MAX);
	HOLDS(EVP_EncryptInit_ex(c, EVP_sm4_ctr(), NULL, key, counter) == 1);
	HOLDS(n == 0 || (EVP_EncryptUpdate(c, to, &len, from, (int)n) == 1 && (size_t)len == n));
}

struct pair { /* what one key of a file becomes: never one key for two purposes */
	unsigned char cipher[SM3_HASH], mac[SM3_HASH];
};

static void pair_wipe(struct pair *p)
{
	crypto_wipe(p, sizeof *p);
}

static void derive(const struct key *k, struct pair *ret_pair)
{
	static const char cipher[] = "zhengyin store sm4-ctr", mac[] = "zhengyin store hmac-sm3";

	crypto_sm3_hmac(k->at, sizeof k->at, cipher, sizeof cipher - 1, ret_pair->cipher);
	crypto_sm3_hmac(k->at, sizeof k->at, mac, sizeof mac - 1, ret_pair->mac);
}

static void mac_free(EVP_MAC **m)
{
	EVP_MAC_free(*m);
}

static void mac_end(EVP_MAC_CTX **m)
{
	EVP_MAC_CTX_free(*m);
}

/* Over the length of the context, the context, and the sealed text without its MAC. */
static void mac_of(const struct pair *p, const char *context, const void *sealed, size_t n, unsigned char mac[SM3_HASH])
{
	static char sm3[] = "SM3";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sm3, 0), OSSL_PARAM_construct_end()};
	EVP_MAC *hmac CLEANUP(mac_free) = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *m CLEANUP(mac_end) = EVP_MAC_CTX_new(hmac);
	size_t len = strlen(context), out = 0;
	unsigned char head[8];

	for (size_t i = 0; i < sizeof head; i++)
		head[i] = (unsigned char)((uint64_t)len >> (8 * (sizeof head - 1 - i)));
	HOLDS(m && EVP_MAC_init(m, p->mac, sizeof p->mac, params) == 1);
	HOLDS(EVP_MAC_update(m, head, sizeof head) == 1);
	HOLDS(EVP_MAC_update(m, (const unsigned char *)context, len) == 1);
	HOLDS(EVP_MAC_update(m, sealed, n) == 1);
	HOLDS(EVP_MAC_final(m, mac, &out, SM3_HASH) == 1 && out == SM3_HASH);
}

struct bytes crypto_sm_seal(struct arena *a, const struct key *k, const char *context, const void *plain, size_t n)
{
	unsigned char *out = arena_alloc(a, n + CRYPTO_SM_SEAL_MORE);
	struct pair pair CLEANUP(pair_wipe);

	derive(k, &pair);
	crypto_random(out, COUNTER);
	crypto_sm4_ctr(pair.cipher, out, plain, n, out + COUNTER);
	mac_of(&pair, context, out, COUNTER + n, out + COUNTER + n);
	return (struct bytes){out, n + CRYPTO_SM_SEAL_MORE};
}

enum err crypto_sm_open(
	struct arena *a, const struct key *k, const char *context, struct bytes sealed, struct bytes *ret_plain)
{
	unsigned char mac[SM3_HASH], *plain;
	struct pair pair CLEANUP(pair_wipe);
	size_t n;

	derive(k, &pair);
	if (sealed.len < CRYPTO_SM_SEAL_MORE || sealed.len > INT32_MAX)
		return ERR_INTERNAL;
	n = sealed.len - CRYPTO_SM_SEAL_MORE;
	mac_of(&pair, context, sealed.at, COUNTER + n, mac);
	if (!crypto_equal(mac, sealed.at + COUNTER + n, SM3_HASH))
		return ERR_INTERNAL;
	plain = arena_alloc(a, n + 1);
	crypto_sm4_ctr(pair.cipher, sealed.at, sealed.at + COUNTER, n, plain);
	*ret_plain = (struct bytes){plain, n};
	return ERR_OK;
}
