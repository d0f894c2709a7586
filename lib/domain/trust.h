#ifndef DOMAIN_TRUST_H
#define DOMAIN_TRUST_H

#include "domain/ctx.h"
#include "io/cms.h"

/* The authorities whose certificates are believed, and their revocation lists: PEM files below the setting trust_dir.
 * Kept per process and read again when a folder changes, so a new list counts from the next signature on. */

/* ERR_INTERNAL: a folder or file cannot be read; the log says which.  Valid until the next call. */
enum err trust_load(struct ctx *c, const struct cms_trust **ret_trust) MUST_USE;

#endif
