#include "io/cms_wrap.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "io/crypto_sm.h"
#include "io/der.h"
#include "io/x509_evp.h"

static const char context[] = "zhengyin-wrap/1";

static void pkey_done(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void context_done(EVP_PKEY_CTX **c)
{
	EVP_PKEY_CTX_free(*c);
}

static bool padded(EVP_PKEY_CTX *c, enum x509_algorithm algorithm)
{
	return algorithm != X509_RSA || (EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) == 1 &&
						EVP_PKEY_CTX_set_rsa_oaep_md(c, EVP_sha256()) == 1);
}

static enum err encrypt(struct arena *a, struct bytes spki, const struct key *k, enum x509_algorithm *ret_algorithm,
	struct bytes *ret_wrapped)
{
	EVP_PKEY *key CLEANUP(pkey_done) = NULL;
	EVP_PKEY_CTX *c CLEANUP(context_done) = NULL;
	unsigned char *out;
	size_t n = 0;

	if (x509_evp_public(spki, &key) != ERR_OK || !x509_evp_algorithm(key, ret_algorithm) ||
		*ret_algorithm == X509_P256)
		return ERR_INVALID;
	c = EVP_PKEY_CTX_new(key, NULL);
	if (!c || EVP_PKEY_encrypt_init(c) != 1 || !padded(c, *ret_algorithm) ||
		EVP_PKEY_encrypt(c, NULL, &n, k->at, sizeof k->at) != 1)
		return ERR_INTERNAL;
	out = arena_alloc(a, n);
	if (EVP_PKEY_encrypt(c, out, &n, k->at, sizeof k->at) != 1)
		return ERR_INTERNAL;
	*ret_wrapped = (struct bytes){out, n};
	return ERR_OK;
}

enum err cms_wrap(struct arena *a, struct bytes spki, const struct x509_key *travelling, struct bytes *ret_der)
{
	enum x509_algorithm algorithm;
	struct bytes plain, wrapped, sealed;
	struct key k;
	enum err e = x509_key_write(a, travelling, &plain);

	crypto_random(k.at, sizeof k.at);
	if (e == ERR_OK)
		e = encrypt(a, spki, &k, &algorithm, &wrapped);
	if (e == ERR_OK) {
		sealed = (algorithm == X509_SM2 ? crypto_sm_seal : crypto_seal)(a, &k, context, plain.at, plain.len);
		*ret_der = der_join(a, DER_SEQUENCE,
			(const struct bytes[]){der_number(a, 1), der_wrap(a, DER_OCTETS, wrapped),
				der_wrap(a, DER_OCTETS, sealed), {NULL, 0}});
	}
	crypto_wipe(&k, sizeof k);
	return e;
}

static bool decrypt(struct arena *a, const struct x509_key *own, struct bytes wrapped, struct key *ret_key)
{
	EVP_PKEY_CTX *c CLEANUP(context_done) = EVP_PKEY_CTX_new(x509_key_evp(own), NULL);
	unsigned char *out;
	size_t n = 0;
	bool right;

	if (!c || EVP_PKEY_decrypt_init(c) != 1 || !padded(c, x509_key_algorithm(own)) ||
		EVP_PKEY_decrypt(c, NULL, &n, wrapped.at, wrapped.len) != 1)
		return false;
	out = arena_alloc(a, n);
	right = EVP_PKEY_decrypt(c, out, &n, wrapped.at, wrapped.len) == 1 && n == sizeof ret_key->at;
	if (right)
		memcpy(ret_key->at, out, n);
	crypto_wipe(out, n);
	return right;
}

static bool read(struct bytes der, struct bytes *ret_wrapped, struct bytes *ret_sealed)
{
	struct bytes body;
	int64_t version;

	return der_strict(der) && der_take(&der, DER_SEQUENCE, &body) && der_take_number(&body, &version) &&
	       version == 1 && der_take(&body, DER_OCTETS, ret_wrapped) && der_take(&body, DER_OCTETS, ret_sealed) &&
	       body.len == 0;
}

enum err cms_unwrap(struct arena *a, const struct x509_key *own, struct bytes der, struct x509_key **ret_travelling)
{
	struct bytes wrapped, sealed, plain = {0};
	bool sm = x509_key_algorithm(own) == X509_SM2;
	struct key k;
	enum err e = ERR_INVALID;

	if (read(der, &wrapped, &sealed) && decrypt(a, own, wrapped, &k)) {
		if ((sm ? crypto_sm_open : crypto_open)(a, &k, context, sealed, &plain) == ERR_OK) {
			e = x509_key_read(plain, ret_travelling);
			crypto_wipe((void *)(uintptr_t)plain.at, plain.len);
		}
		crypto_wipe(&k, sizeof k);
	}
	ERR_clear_error();
	return e;
}
