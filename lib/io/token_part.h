#ifndef IO_TOKEN_PART_H
#define IO_TOKEN_PART_H

#include "io/crypto.h"
#include "io/token.h"

/* What token.c and token_key.c share; nobody else includes this. */

struct token_used {
	const char *nonce;
	int64_t until;
};
/* For everybody to see; Base64 of DER. */
struct token_slot {
	const char *certificate, *encryption_certificate;
};
struct token_secret {
	const char *key, *encryption_key; /* PKCS#8; key NULL: nothing in this slot */
};
struct token_state {
	const char *serial, *algorithm, *unlock_key, *salt, *by_pin, *by_device, *keys;
	bool waiting; /* a key has no certificate yet */
	struct list slots, used;
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
MUST_USE enum err token_save(struct token *t); /* needs token_enter */
const char *token_base64(struct arena *a, struct bytes bytes);
MUST_USE enum err token_unbase64(struct arena *a, const char *text, struct bytes *ret_bytes);

#endif
