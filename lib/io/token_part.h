#ifndef IO_TOKEN_PART_H
#define IO_TOKEN_PART_H

#include "io/crypto.h"
#include "io/token.h"

/* What token.c and token_key.c share; nobody else includes this. */

/* For everybody to see; Base64 of DER. */
struct token_slot {
	const char *certificate, *encryption_certificate;
};
struct token_secret {
	const char *key, *encryption_key; /* PKCS#8; key NULL: nothing in this slot */
};
struct token_state {
	const char *serial, *algorithm, *unlock_key, *salt, *by_pin, *by_device, *keys;
	int64_t work;	       /* log2 of scrypt's N for the PIN; 0: CRYPTO_PASSWORD_WORK */
	const char *challenge; /* nonce that a permission must carry; NULL: none was asked for */
	bool waiting;	       /* a key has no certificate yet */
	struct list slots;
};

struct token {
	struct arena *arena;
	const char *dir, *say;
	int fd; /* of the file device, locked */
	struct key device, key;
	bool entered;
	int64_t tries;
	struct token_state state;
	struct token_slot slot[TOKEN_SLOTS];
	struct token_secret secret[TOKEN_SLOTS]; /* after token_enter */
};

enum err token_refuse(struct token *t, enum err e, const char *say);
MUST_USE enum err token_save(struct token *t); /* keys only after token_enter; else they stay as they lie there */
/* Kept beside the token, for the certificate of that serial.  base64 NULL: nothing. */
MUST_USE enum err token_take_seal(struct token *t, const char *serial, struct bytes cert, const char *base64);
/* Fills the members about the seal, when there is one.  ERR_CHECKSUM: it was altered, or is another's. */
MUST_USE enum err token_seal_of(struct token *t, struct bytes cert, struct token_certificate *c);
const char *token_base64(struct arena *a, struct bytes bytes);
MUST_USE enum err token_unbase64(struct arena *a, const char *text, struct bytes *ret_bytes);

#endif
