#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "io/x509_evp.h"

struct x509_key {
	EVP_PKEY *evp;
	enum x509_algorithm algorithm;
};

const char *const x509_algorithm_words[] = {"rsa", "sm2", "p256", NULL};

static void context_done(EVP_MD_CTX **m)
{
	EVP_MD_CTX_free(*m);
}

static void pkey_done(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

EVP_PKEY *x509_key_evp(const struct x509_key *k)
{
	return k->evp;
}

bool x509_evp_algorithm(const EVP_PKEY *key, enum x509_algorithm *ret_algorithm)
{
	char curve[40] = "";
	size_t n;

	if (EVP_PKEY_is_a(key, "RSA")) {
		*ret_algorithm = X509_RSA;
		return true;
	}
	if (EVP_PKEY_is_a(key, "SM2")) {
		*ret_algorithm = X509_SM2;
		return true;
	}
	if (!EVP_PKEY_is_a(key, "EC") || !EVP_PKEY_get_group_name(key, curve, sizeof curve, &n))
		return false;
	*ret_algorithm = X509_P256;
	return strcmp(curve, "prime256v1") == 0;
}

const EVP_MD *x509_evp_digest(enum x509_algorithm algorithm)
{
	return algorithm == X509_SM2 ? EVP_sm3() : EVP_sha256();
}

enum err x509_evp_take(struct arena *a, unsigned char *der, int n, struct bytes *ret_der)
{
	if (n <= 0)
		return ERR_INTERNAL;
	*ret_der = (struct bytes){arena_dup(a, der, (size_t)n), (size_t)n};
	OPENSSL_clear_free(der, (size_t)n);
	return ERR_OK;
}

static struct x509_key *wrap(EVP_PKEY *evp, enum x509_algorithm algorithm)
{
	struct x509_key *k = OPENSSL_zalloc(sizeof *k);

	if (!k) {
		EVP_PKEY_free(evp);
		return NULL;
	}
	k->evp = evp;
	k->algorithm = algorithm;
	return k;
}

enum err x509_key_new(enum x509_algorithm algorithm, struct x509_key **ret_key)
{
	EVP_PKEY *evp = algorithm == X509_RSA	? EVP_RSA_gen(X509_RSA_BITS_MIN)
			: algorithm == X509_SM2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
						: EVP_EC_gen("P-256");

	*ret_key = evp ? wrap(evp, algorithm) : NULL;
	return *ret_key ? ERR_OK : ERR_INTERNAL;
}

enum err x509_key_read(struct bytes der, struct x509_key **ret_key)
{
	const unsigned char *at = der.at;
	EVP_PKEY *evp = der.len > 16384 ? NULL : d2i_AutoPrivateKey(NULL, &at, (long)der.len);
	enum x509_algorithm algorithm;

	ERR_clear_error();
	if (!evp || at != der.at + der.len || !x509_evp_algorithm(evp, &algorithm)) {
		EVP_PKEY_free(evp);
		return ERR_INVALID;
	}
	*ret_key = wrap(evp, algorithm);
	return *ret_key ? ERR_OK : ERR_INTERNAL;
}

enum err x509_key_write(struct arena *a, const struct x509_key *k, struct bytes *ret_der)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k->evp);
	unsigned char *der = NULL;
	int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;

	PKCS8_PRIV_KEY_INFO_free(info);
	return x509_evp_take(a, der, n, ret_der);
}

void x509_key_free(struct x509_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->evp);
	OPENSSL_clear_free(k, sizeof *k);
}

enum x509_algorithm x509_key_algorithm(const struct x509_key *k)
{
	return k->algorithm;
}

enum err x509_key_public(struct arena *a, const struct x509_key *k, struct bytes *ret_spki)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k->evp, &der);

	return x509_evp_take(a, der, n, ret_spki);
}

enum err x509_evp_public(struct bytes spki, EVP_PKEY **ret_key)
{
	const unsigned char *at = spki.at;
	EVP_PKEY *evp = spki.len && spki.len <= 8192 ? d2i_PUBKEY(NULL, &at, (long)spki.len) : NULL;
	enum x509_algorithm algorithm;

	ERR_clear_error();
	if (evp && at == spki.at + spki.len && x509_evp_algorithm(evp, &algorithm)) {
		*ret_key = evp;
		return ERR_OK;
	}
	EVP_PKEY_free(evp);
	return ERR_INVALID;
}

EVP_MD_CTX *x509_evp_context(EVP_PKEY *key, bool sign, const char *sm2_id, size_t sm2_id_len)
{
	EVP_MD_CTX *m CLEANUP(context_done) = EVP_MD_CTX_new(), *ready;
	enum x509_algorithm algorithm;
	EVP_PKEY_CTX *p = NULL;

	if (!m || !x509_evp_algorithm(key, &algorithm))
		return NULL;
	if ((sign ? EVP_DigestSignInit : EVP_DigestVerifyInit)(m, &p, x509_evp_digest(algorithm), NULL, key) != 1)
		return NULL;
	if (algorithm == X509_SM2 && sm2_id_len && EVP_PKEY_CTX_set1_id(p, sm2_id, (int)sm2_id_len) != 1)
		return NULL;
	ready = m;
	m = NULL;
	return ready;
}

enum err x509_key_sign(struct arena *a, const struct x509_key *k, struct bytes content, struct bytes *ret_signature)
{
	EVP_MD_CTX *m CLEANUP(context_done) = x509_evp_context(k->evp, true, X509_SM2_ID, X509_SM2_ID_LEN);
	unsigned char *signature;
	size_t n = 0;

	if (!m || EVP_DigestSign(m, NULL, &n, content.at, content.len) != 1)
		return ERR_INTERNAL;
	signature = arena_alloc(a, n);
	if (EVP_DigestSign(m, signature, &n, content.at, content.len) != 1)
		return ERR_INTERNAL;
	*ret_signature = (struct bytes){signature, n};
	return ERR_OK;
}

bool x509_signed(struct bytes spki, struct bytes content, struct bytes signature)
{
	EVP_PKEY *key CLEANUP(pkey_done) = NULL;
	EVP_MD_CTX *m CLEANUP(context_done) = NULL;
	bool right;

	if (x509_evp_public(spki, &key) != ERR_OK)
		return false;
	m = x509_evp_context(key, false, X509_SM2_ID, X509_SM2_ID_LEN);
	right = m && EVP_DigestVerify(m, signature.at, signature.len, content.at, content.len) == 1;
	ERR_clear_error();
	return right;
}
