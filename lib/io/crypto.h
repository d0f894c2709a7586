#ifndef IO_CRYPTO_H
#define IO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/field.h"

/* The few primitives the house uses, over OpenSSL.  Keys are 32 bytes and come from files of the secrets folder, read
 * once at start; nothing here chooses an algorithm by input.
 * Sealed text: 1 byte format ('1'), 4 bytes key id, 12 bytes nonce, ciphertext, 16 bytes tag (AES-256-GCM). */

enum { CRYPTO_KEY = 32, CRYPTO_KEY_ID = 4, CRYPTO_HASH = 32, CRYPTO_SEAL_MORE = 1 + CRYPTO_KEY_ID + 12 + 16 };

struct key {
	unsigned char at[CRYPTO_KEY];
};

/* Reads exactly 32 bytes.  ERR_INTERNAL: missing, wrong length, or readable by others. */
enum err crypto_key_load(const char *dir, const char *name, struct key *ret_key) MUST_USE;

void crypto_random(void *ret_bytes, size_t n);	   /* from the kernel; aborts when it cannot */
char *crypto_token(struct arena *a, size_t bytes); /* random, lower-case hex */
void crypto_sha256(const void *data, size_t n, unsigned char ret_hash[CRYPTO_HASH]);
struct bytes crypto_sha256_bytes(struct arena *a, const void *data, size_t n); /* in the arena */
char *crypto_sha256_hex(struct arena *a, const void *data, size_t n);
void crypto_hmac(
	const void *key, size_t key_len, const void *data, size_t len, unsigned char ret_mac[32]); /* HMAC-SHA256 */
bool crypto_equal(const void *a, const void *b, size_t n);					   /* constant time */
void crypto_wipe(void *p, size_t n);

/* A keyed hash to look personal numbers up by: HMAC-SHA256 over "kind:text", 32 bytes in the arena. */
struct bytes crypto_index(struct arena *a, const struct key *k, const char *kind, const char *text);

/* AES-256-GCM.  context is authenticated but not stored: a value sealed for one place does not open in another.
 * crypto_open: ERR_INTERNAL when the bytes were altered, cut, or sealed by another key or for another context. */
struct bytes crypto_seal(struct arena *a, const struct key *k, const char *context, const void *plain, size_t n);
enum err crypto_open(struct arena *a, const struct key *k, const char *context, struct bytes sealed,
	struct bytes *ret_plain) MUST_USE;

/* Which key it was: the first bytes of the key's SHA-256, written into what it seals. */
void crypto_key_id(const struct key *k, unsigned char ret_id[CRYPTO_KEY_ID]);
bool crypto_names(struct bytes sealed, const unsigned char id[CRYPTO_KEY_ID]); /* false: too short to be sealed */

/* Staff passwords: scrypt N=2^17 r=8 p=1, stored as "scrypt$<salt hex>$<hash hex>". */
char *crypto_password_hash(struct arena *a, const char *password);
bool crypto_password_right(const char *stored, const char *password);
/* A key that a password opens, by scrypt with N=2^work. */
enum { CRYPTO_SALT = 16, CRYPTO_PASSWORD_WORK = 17 };
void crypto_password_key(const char *password, const unsigned char salt[CRYPTO_SALT], int work, struct key *ret_key);

/* RFC 6238, SHA-1, 30 s, 6 digits, one step either side.  The step that matched (for use once), or -1. */
int64_t crypto_totp_step(const void *secret, size_t n, const char *code, int64_t now);
char *crypto_base32(struct arena *a, const void *bytes, size_t n); /* for authenticator apps */

/* A running SHA-256. */
struct crypto_sha;
struct crypto_sha *crypto_sha_new(void);
void crypto_sha_add(struct crypto_sha *s, const void *data, size_t n);
void crypto_sha_end(struct crypto_sha *s, unsigned char ret_hash[CRYPTO_HASH]); /* also frees s */
bool crypto_md5(const void *data, size_t n, unsigned char ret_hash[16]);	/* the courier's digest only */
bool crypto_sha1(const void *data, size_t n, unsigned char ret_hash[20]);	/* tus checksums only */

#endif
