#include "io/crypto.h"

#include <assert.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "io/crypto_part.h"

enum { NONCE = 12, TAG = 16, HEAD = 1 + CRYPTO_KEY_ID, SALT = CRYPTO_SALT };

enum err crypto_key_load(const char *dir, const char *name, struct key *ret_key)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	char *path = arena_printf(a, "%s/%s", dir, name);
	struct stat st;
	unsigned char more;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0) {
		log_at(LOG_ERROR, "key file %s cannot be opened", name);
		return ERR_INTERNAL;
	}
	n = read(fd, ret_key->at, CRYPTO_KEY);
	if (n != CRYPTO_KEY || read(fd, &more, 1) != 0 || fstat(fd, &st) != 0 || (st.st_mode & 0007)) {
		close(fd);
		log_at(LOG_ERROR, "key file %s must hold 32 bytes and be closed to others", name);
		return ERR_INTERNAL;
	}
	close(fd);
	return ERR_OK;
}

void crypto_random(void *ret_bytes, size_t n)
{
	HOLDS(RAND_bytes(ret_bytes, (int)n) == 1);
}

char *crypto_token(struct arena *a, size_t bytes)
{
	unsigned char *raw = arena_alloc(a, bytes);
	struct str s;

	crypto_random(raw, bytes);
	str_init(&s, a);
	str_hex(&s, raw, bytes);
	return s.at;
}

void crypto_sha256(const void *data, size_t n, unsigned char ret_hash[CRYPTO_HASH])
{
	HOLDS(EVP_Digest(data, n, ret_hash, NULL, EVP_sha256(), NULL) == 1);
}

struct bytes crypto_sha256_bytes(struct arena *a, const void *data, size_t n)
{
	unsigned char *hash = arena_alloc(a, CRYPTO_HASH);

	crypto_sha256(data, n, hash);
	return (struct bytes){hash, CRYPTO_HASH};
}

char *crypto_sha256_hex(struct arena *a, const void *data, size_t n)
{
	unsigned char hash[CRYPTO_HASH];
	struct str s;

	crypto_sha256(data, n, hash);
	str_init(&s, a);
	str_hex(&s, hash, sizeof hash);
	return s.at;
}

void crypto_hmac(const void *key, size_t key_len, const void *data, size_t len, unsigned char ret_mac[32])
{
	unsigned n = 32;

	HOLDS(HMAC(EVP_sha256(), key, (int)key_len, data, len, ret_mac, &n) && n == 32);
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

void crypto_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

struct bytes crypto_index(struct arena *a, const struct key *k, const char *kind, const char *text)
{
	char *what = arena_printf(a, "%s:%s", kind, text);
	unsigned char *mac = arena_alloc(a, CRYPTO_HASH);

	crypto_hmac(k->at, sizeof k->at, what, strlen(what), mac);
	return (struct bytes){mac, CRYPTO_HASH};
}

void crypto_key_id(const struct key *k, unsigned char ret_id[CRYPTO_KEY_ID])
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(k->at, sizeof k->at, hash);
	memcpy(ret_id, hash, CRYPTO_KEY_ID);
}

bool crypto_names(struct bytes sealed, const unsigned char id[CRYPTO_KEY_ID])
{
	return sealed.len >= CRYPTO_SEAL_MORE && sealed.at[0] == '1' && memcmp(sealed.at + 1, id, CRYPTO_KEY_ID) == 0;
}

static void cipher_free(EVP_CIPHER_CTX **c)
{
	EVP_CIPHER_CTX_free(*c);
}

struct bytes crypto_seal(struct arena *a, const struct key *k, const char *context, const void *plain, size_t n)
{
	EVP_CIPHER_CTX *c CLEANUP(cipher_free) = EVP_CIPHER_CTX_new();
	unsigned char *out = arena_alloc(a, n + CRYPTO_SEAL_MORE), *nonce = out + HEAD, *text = nonce + NONCE;
	int len = 0, end = 0;

	HOLDS(c && n < INT32_MAX);
	out[0] = '1';
	crypto_key_id(k, out + 1);
	crypto_random(nonce, NONCE);
	HOLDS(EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, k->at, nonce) == 1);
	HOLDS(EVP_EncryptUpdate(c, NULL, &len, (const unsigned char *)context, (int)strlen(context)) == 1);
	HOLDS(n == 0 || EVP_EncryptUpdate(c, text, &len, plain, (int)n) == 1);
	HOLDS(EVP_EncryptFinal_ex(c, text + n, &end) == 1 && end == 0);
	HOLDS(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, text + n) == 1);
	return (struct bytes){out, n + CRYPTO_SEAL_MORE};
}

enum err crypto_open(
	struct arena *a, const struct key *k, const char *context, struct bytes sealed, struct bytes *ret_plain)
{
	EVP_CIPHER_CTX *c CLEANUP(cipher_free) = EVP_CIPHER_CTX_new();
	unsigned char id[CRYPTO_KEY_ID], *plain, tag[TAG];
	const unsigned char *nonce, *text;
	size_t n;
	int len = 0, end = 0;

	HOLDS(c);
	crypto_key_id(k, id);
	if (!crypto_names(sealed, id) || sealed.len > INT32_MAX)
		return ERR_INTERNAL;
	n = sealed.len - CRYPTO_SEAL_MORE;
	nonce = sealed.at + HEAD;
	text = nonce + NONCE;
	plain = arena_alloc(a, n + 1);
	memcpy(tag, text + n, TAG);
	HOLDS(EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, k->at, nonce) == 1);
	HOLDS(EVP_DecryptUpdate(c, NULL, &len, (const unsigned char *)context, (int)strlen(context)) == 1);
	HOLDS(n == 0 || EVP_DecryptUpdate(c, plain, &len, text, (int)n) == 1);
	HOLDS(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1);
	if (EVP_DecryptFinal_ex(c, plain + n, &end) != 1) {
		crypto_wipe(plain, n);
		return ERR_INTERNAL;
	}
	*ret_plain = (struct bytes){plain, n};
	return ERR_OK;
}

static void scrypt(const char *password, const unsigned char *salt, int work, unsigned char ret_hash[CRYPTO_HASH])
{
	HOLDS(EVP_PBE_scrypt(password, strlen(password), salt, SALT, 1ull << work, 8, 1, 256ull << 20, ret_hash,
		      CRYPTO_HASH) == 1);
}

void crypto_password_key(const char *password, const unsigned char salt[CRYPTO_SALT], int work, struct key *ret_key)
{
	scrypt(password, salt, work, ret_key->at);
}

char *crypto_password_hash(struct arena *a, const char *password)
{
	unsigned char salt[SALT], hash[CRYPTO_HASH];
	struct str s;

	crypto_random(salt, sizeof salt);
	scrypt(password, salt, CRYPTO_PASSWORD_WORK, hash);
	str_init(&s, a);
	str_add(&s, "scrypt$");
	str_hex(&s, salt, sizeof salt);
	str_addc(&s, '$');
	str_hex(&s, hash, sizeof hash);
	return s.at;
}

bool crypto_password_right(const char *stored, const char *password)
{
	enum { PREFIX = 7, LENGTH = PREFIX + SALT * 2 + 1 + CRYPTO_HASH * 2 };
	unsigned char salt[SALT], want[CRYPTO_HASH], got[CRYPTO_HASH];

	if (strlen(stored) != LENGTH || strncmp(stored, "scrypt$", PREFIX) != 0 || stored[PREFIX + SALT * 2] != '$' ||
		!hex_decode(stored + PREFIX, SALT * 2, salt) ||
		!hex_decode(stored + PREFIX + SALT * 2 + 1, CRYPTO_HASH * 2, want))
		return false;
	scrypt(password, salt, CRYPTO_PASSWORD_WORK, got);
	return crypto_equal(want, got, sizeof got);
}

static unsigned totp_at(const void *secret, size_t n, uint64_t step)
{
	unsigned char count[8], mac[20];
	unsigned len = sizeof mac, at, v;

	for (int i = 7; i >= 0; i--, step >>= 8)
		count[i] = (unsigned char)step;
	HOLDS(HMAC(EVP_sha1(), secret, (int)n, count, sizeof count, mac, &len));
	at = mac[19] & 15;
	v = (unsigned)(mac[at] & 127) << 24 | (unsigned)mac[at + 1] << 16 | (unsigned)mac[at + 2] << 8 | mac[at + 3];
	return v % 1000000;
}

int64_t crypto_totp_step(const void *secret, size_t n, const char *code, int64_t now)
{
	int64_t found = -1;
	char want[8];

	if (strlen(code) != 6)
		return -1;
	for (int64_t step = now / 30 - 1; step <= now / 30 + 1; step++) {
		unsigned v = totp_at(secret, n, (uint64_t)step);

		for (int i = 5; i >= 0; i--, v /= 10)
			want[i] = (char)('0' + v % 10);
		if (crypto_equal(want, code, 6))
			found = step;
	}
	return found;
}

char *crypto_base32(struct arena *a, const void *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const unsigned char *p = bytes;
	struct str s;
	unsigned v = 0, bits = 0;

	str_init(&s, a);
	for (size_t i = 0; i < n; i++) {
		v = v << 8 | p[i];
		for (bits += 8; bits >= 5; bits -= 5)
			str_addc(&s, digits[v >> (bits - 5) & 31]);
	}
	if (bits)
		str_addc(&s, digits[v << (5 - bits) & 31]);
	return s.at;
}

struct crypto_sha {
	EVP_MD_CTX *md;
};

struct crypto_sha *crypto_sha_new(void)
{
	struct crypto_sha *s = malloc(sizeof *s);

	HOLDS(s && (s->md = EVP_MD_CTX_new()) && EVP_DigestInit_ex(s->md, EVP_sha256(), NULL) == 1);
	return s;
}

void crypto_sha_add(struct crypto_sha *s, const void *data, size_t n)
{
	HOLDS(EVP_DigestUpdate(s->md, data, n) == 1);
}

void crypto_sha_end(struct crypto_sha *s, unsigned char ret_hash[CRYPTO_HASH])
{
	HOLDS(EVP_DigestFinal_ex(s->md, ret_hash, NULL) == 1);
	EVP_MD_CTX_free(s->md);
	free(s);
}

bool crypto_md5(const void *data, size_t n, unsigned char ret_hash[16])
{
	return EVP_Digest(data, n, ret_hash, NULL, EVP_md5(), NULL) == 1;
}

bool crypto_sha1(const void *data, size_t n, unsigned char ret_hash[20])
{
	return EVP_Digest(data, n, ret_hash, NULL, EVP_sha1(), NULL) == 1;
}
