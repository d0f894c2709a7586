#ifndef IO_KEYRING_H
#define IO_KEYRING_H

#include <sys/types.h>

#include "io/crypto.h"

/* The master keys of an installation: one seals, all open.  Which one opens says the key id in the sealed text (crypto.h).
 * Files in the secrets folder: master.key is the current one, master-<id>.key (id in 8 hex digits) are older ones.
 *
 * A program holds the ring while it works and lets go before it rests.  Holding notices that another key has become the
 * current one, and keeps a shared lock on the file of the key it seals with: so a key is retired only when nobody seals
 * with it any more, without asking the programs one by one.  A key that became current while a request was under way is
 * read when something sealed by it has to be opened. */

enum { KEYRING_MAX = 16 };

struct keyring {
	const char *dir; /* NULL: no files, only what key holds (tests) */
	struct key key[KEYRING_MAX];
	unsigned char id[KEYRING_MAX][CRYPTO_KEY_ID];
	size_t count; /* key[0] seals */
	int fd;	      /* file of key[0] */
};

/* From the files; dir is borrowed for as long as the ring lives.  ERR_INTERNAL: missing, or not a key file (logged). */
enum err keyring_load(struct keyring *ret_ring, const char *dir) MUST_USE;
void keyring_only(struct keyring *ret_ring, const struct key *k); /* this one key, no files */
void keyring_close(struct keyring *r);				  /* wipes; a ring of zeros is fine */

/* Around each piece of work; does not nest.  ERR_INTERNAL: the current key cannot be read. */
enum err keyring_hold(struct keyring *r) MUST_USE;
void keyring_release(struct keyring *r);

/* crypto_seal with the current key, crypto_open with the one that the text names. */
struct bytes keyring_seal(struct arena *a, const struct keyring *r, const char *context, const void *plain, size_t n);
enum err keyring_open(
	struct arena *a, struct keyring *r, const char *context, struct bytes sealed, struct bytes *ret_plain) MUST_USE;

/* --- for those who look after the keys; the ring is held --- */

char *keyring_id_text(struct arena *a, const unsigned char id[CRYPTO_KEY_ID]);

/* Makes a new key and makes it the current one; the one before stays as an older one.  A kill leaves the ring as it was
 * or done.  The ring is held with the new key afterwards.  ERR_CONFLICT: KEYRING_MAX keys are there already; ERR_DISK. */
enum err keyring_rotate(struct keyring *r) MUST_USE;

/* An older key that nobody seals with any more, locked against everybody until keyring_retire or keyring_keep.
 * ERR_NOT_FOUND; ERR_WRONG_STATE (the current one); ERR_LOCKED (somebody is at work with it). */
struct keyring_old {
	char *path;
	unsigned char id[CRYPTO_KEY_ID];
	int fd;
};
enum err keyring_take(struct arena *a, struct keyring *r, const char *id, struct keyring_old *ret_old) MUST_USE;
void keyring_keep(struct keyring_old *old);
enum err keyring_retire(struct keyring *r, struct keyring_old *old) MUST_USE; /* its file is gone for good.  ERR_DISK */

#endif
