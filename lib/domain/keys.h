#ifndef DOMAIN_KEYS_H
#define DOMAIN_KEYS_H

#include "domain/ctx.h"

/* Changing the master key while the portal runs: rotate, rewrap, retire.  keys.c holds the table of all columns that the
 * master key seals; a test holds it against the schema.  Look-up hashes rest on index.key, which is not changed: every
 * hash would have to be made anew at one stroke.
 * c->house->master is held by the caller all the time. */

/* A new key seals from now on; the ones before still open.  Recorded in the audit book.  ERR_CONFLICT: too many keys. */
enum err keys_rotate(struct ctx *c, const char **ret_id) MUST_USE;

/* Seals anew, by the current key, what names another one: in steps of KEYS_STEP rows, each step a transaction.  May be
 * ended at any moment and begun again; programs go on meanwhile, and a row that one of them changes is left to the next
 * call.  unknown: values that no key opens; they stay as they are. */
enum { KEYS_STEP = 100 };
struct keys_rewrapped {
	int64_t done, unknown;
};
enum err keys_rewrap(struct ctx *c, struct keys_rewrapped *ret_done) MUST_USE;

/* How many sealed values name each key, key files first (the current one is the first of them). */
struct keys_use {
	const char *id;
	bool file; /* there is a key file */
	int64_t values;
};
enum err keys_uses(struct ctx *c, struct list *ret_uses) MUST_USE; /* of struct keys_use */

/* Removes the file of an older key.  ERR_NOT_FOUND · ERR_WRONG_STATE (it is the current one) · ERR_LOCKED (somebody seals
 * with it at this moment) · ERR_CONFLICT (*ret_values values still name it) · ERR_DISK. */
enum err keys_retire(struct ctx *c, const char *id, int64_t *ret_values) MUST_USE;

#endif
