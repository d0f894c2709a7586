#ifndef IO_TOKEN_H
#define IO_TOKEN_H

#include "base/fault.h"
#include "io/x509.h"
#include "io/x509_make.h"

/* A soft token: what a UKey is to the portal, in a folder, with SM2 as well as RSA.
 *   token    serial, algorithm, certificates for everybody to see; the keys, sealed (AES-256-GCM)
 *   tries    wrong PINs so far, raised and synced before each look at a PIN: ending the program wins no try
 *   device   32 random bytes, standing for the hardware
 *   seal-…   the electronic seal of the certificate of that serial, SES_Seal
 * The keys are sealed by a random key that is kept twice: sealed by the PIN (scrypt), and sealed by the device's bytes, for
 * only so can a forgotten PIN be replaced.  What locks a real token is its hardware; here, whoever may read the folder holds
 * that hardware, and the PIN keeps out who comes through the programs.  A MAC by the device covers the file `token`.
 *
 * After TOKEN_TRIES wrong PINs the token is locked; then only a permission opens it: {serial, nonce, until, signature}, signed
 * by the portal's unlock key for a nonce that this token has just made, so good for one token, once, until then.  The public
 * half comes in when the token is made and again with each certificate, so tokens follow when the portal takes a new key.
 *
 * One program at a time works with a token: token_open waits for the lock.  What failed is told by token_say, in Chinese. */

enum { TOKEN_TRIES = 6, TOKEN_SLOTS = 4, TOKEN_PIN_MIN = 6, TOKEN_PIN_MAX = 32 };

struct token;

struct token_order {
	const char *serial;	       /* 4–40 of A–Z 0–9; NULL: one is made */
	enum x509_algorithm algorithm; /* RSA or SM2 */
	const char *pin;
	struct bytes unlock_spki; /* empty: it cannot be unlocked before a certificate brings one */
};

/* Makes the folder.  ERR_CONFLICT: there is a token; ERR_INVALID: *ret_say tells; ERR_DISK. */
MUST_USE enum err token_make(struct arena *a, const char *dir, const struct token_order *order, const char **ret_say);

/* ERR_NOT_FOUND; ERR_CHECKSUM: the files were altered.  Freed by token_done, which also wipes what was read; what the
 * functions below give lives until then. */
MUST_USE enum err token_open(const char *dir, struct token **ret_token);
void token_done(struct token **t);
const char *token_say(const struct token *t);

struct token_certificate {
	const char *serial, *name, *organisation, *encryption_serial; /* encryption_serial: NULL when there is none */
	int64_t not_before, not_after;
	const char *pem, *encryption_pem;
	const char *seal_id, *seal_name; /* electronic seal; NULL: none */
	int64_t seal_width_mm, seal_height_mm;
};
struct token_face {
	const char *serial, *algorithm, *state; /* state: ready locked */
	int64_t tries_left;
	bool waiting; /* a key was made and its certificate is not here yet */
	struct list certificates;
};
extern const struct shape token_face_shape;
MUST_USE enum err token_look(struct token *t, struct token_face *ret_face);

/* Before anything that needs a key.  ERR_CREDENTIALS: a wrong PIN; ERR_LOCKED: locked, or by this one. */
MUST_USE enum err token_enter(struct token *t, const char *pin);
int64_t token_tries_left(const struct token *t);

/* A new signing key, as PKCS#10; a key that still waits for its certificate is given again.  ERR_CONFLICT: no room. */
MUST_USE enum err token_request(struct token *t, struct bytes *ret_der);

struct token_delivery {
	const char *certificate, *encryption_certificate; /* PEM; the second may be NULL */
	const char *encryption_key;			  /* Base64 of cms_wrap.h, for the signing key */
	const char *unlock_key;				  /* the portal's, Base64 of its SPKI; NULL: as before */
	const char *seal;				  /* Base64 of SES_Seal for the certificate; NULL: none */
};
/* The certificate of the key that waits; the same again changes nothing.  ERR_CONFLICT: for another key; ERR_INVALID. */
MUST_USE enum err token_install(struct token *t, const struct token_delivery *delivery);

/* Detached signed data (cms_sign) by the certificate with that serial; NULL: the newest.  ERR_NOT_FOUND. */
MUST_USE enum err token_sign(struct token *t, const char *serial, struct bytes content, int64_t now, bool gm,
	struct bytes *ret_der, const char **ret_serial);

MUST_USE enum err token_change_pin(struct token *t, const char *pin); /* after token_enter; ERR_INVALID: the PIN */

/* What a permission is asked with.  A new one makes the one before worthless. */
struct token_challenge {
	const char *serial, *nonce,
		*key; /* nonce: 32 hex digits; key: token_unlock_id of the portal's key in the token */
};
extern const struct shape token_challenge_shape;
MUST_USE enum err token_challenge(
	struct token *t, struct token_challenge *ret_challenge); /* ERR_FORBIDDEN: no such key */
/* Names an unlock key: the beginning of the SHA-256 of its SPKI, 16 hex digits. */
char *token_unlock_id(struct arena *a, struct bytes spki);

struct token_permission {
	const char *serial, *nonce, *signature; /* nonce: 32 hex digits; signature: Base64 */
	int64_t until;				/* moment */
};
extern const struct shape token_permission_shape;
/* What the portal signs; its signature goes into the permission. */
char *token_permission_text(struct arena *a, const struct token_permission *p);
MUST_USE enum err token_permit(struct arena *a, const struct x509_key *key, struct token_permission *p);
/* A new PIN, the tries anew.  ERR_FORBIDDEN: not for this token or its newest challenge, not signed by the portal, too late;
 * ERR_INVALID: the PIN, and the permission may be used again. */
MUST_USE enum err token_unlock(struct token *t, const struct token_permission *p, int64_t now, const char *pin);

#endif
