#ifndef IO_PKCS11_H
#define IO_PKCS11_H

#include "io/x509_make.h"

/* An RSA token behind a PKCS#11 module, which is loaded at run time: what `ukey` does with a soft token, with one of a vendor.
 * One session at a time.  The module counts wrong PINs and locks, or does not.  What failed is told by pkcs11_say, in Chinese. */

struct pkcs11;

/* slot: the how-manieth that holds a token, from 0.  Signed in with the PIN; freed by pkcs11_done, also after a failure.
 * ERR_NOT_FOUND: no module, no token there; ERR_CREDENTIALS; ERR_LOCKED; ERR_INTERNAL. */
MUST_USE enum err pkcs11_open(
	struct arena *a, const char *module, int64_t slot, const char *pin, struct pkcs11 **ret_token);
void pkcs11_done(struct pkcs11 **p);
const char *pkcs11_say(const struct pkcs11 *p);

struct pkcs11_face {
	const char *serial, *label;
	struct list certificates; /* struct bytes, DER */
};
MUST_USE enum err pkcs11_look(struct pkcs11 *p, struct pkcs11_face *ret_face);

/* A new key pair, that never leaves the token, and its request; the subject is the token's serial number. */
MUST_USE enum err pkcs11_request(struct pkcs11 *p, struct bytes *ret_der);
/* ERR_CONFLICT: for none of its keys. */
MUST_USE enum err pkcs11_install(struct pkcs11 *p, struct bytes cert);
/* Detached signed data by the certificate with that serial; NULL: the first.  ERR_NOT_FOUND. */
MUST_USE enum err pkcs11_sign(
	struct pkcs11 *p, const char *serial, struct bytes content, int64_t now, struct bytes *ret_der);

#endif
