#ifndef DOMAIN_UNLOCK_KEY_H
#define DOMAIN_UNLOCK_KEY_H

#include "base/config.h"
#include "io/x509_make.h"

/* The keys with which the portal signs permissions to unlock a token (io/token.h), SM2.  In secret_dir: unlock-ID.key
 * (PKCS#8, 0600), ID as token_unlock_id has it, and unlock.pem, the public half of the present one, which goes into tokens
 * when they are made and with each certificate.
 * A new key takes over for the tokens that learn of it.  The older ones stay, for as long as a token that knows no other
 * may come: such a token names its key when it asks. */

/* Makes the first key when there is none. */
enum err unlock_key_init(struct arena *a, const struct config *config, bool *ret_made) MUST_USE;
/* Another one from now on. */
enum err unlock_key_rotate(struct arena *a, const struct config *config) MUST_USE;

/* Of the present one.  ERR_NOT_FOUND: none was made, this portal unlocks nothing. */
enum err unlock_key_public(struct arena *a, const struct config *config, struct bytes *ret_spki) MUST_USE;
/* By its ID.  ERR_NOT_FOUND; freed by x509_key_free. */
enum err unlock_key_open(struct arena *a, const struct config *config, const char *id, struct x509_key **ret_key)
	MUST_USE;

#endif
