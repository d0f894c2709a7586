#ifndef DOMAIN_RULES_H
#define DOMAIN_RULES_H

#include "domain/ctx.h"

/* The catalogue a case runs under: the current one from the file, older versions from the database, parsed once per
 * process and kept; with the prices staff keep (price.h) as they were when the case began. */

enum err rules_of(struct ctx *c, const char *version, int64_t begun_at, const struct catalog **ret_catalog) MUST_USE;

/* Keep the current catalogue in the database under its version.  ERR_CONFLICT: that version is there with other bytes
 * (a changed file needs a new version).  Inside ctx_tx; portalctl. */
enum err rules_store(struct ctx *c, const void *xml, size_t n) MUST_USE;

#endif
