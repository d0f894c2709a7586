#ifndef DOMAIN_SETUP_H
#define DOMAIN_SETUP_H

#include "domain/ctx.h"

/* What an installation needs before it serves: secrets, the working calendar, the catalogue, the counters; and accounts
 * for a demonstration.  portalctl calls these; all may be repeated. */

/* Keys, the FastCGI secret and the passwords of database users, each random, in secret_dir (made, 0700); what exists
 * stays.  Needs no database, catalogue or key.  ERR_DISK; ERR_INVALID, ERR_NOT_FOUND: grants.txt. */
enum err setup_secrets(struct arena *a, const struct config *config, struct faults *faults, int64_t *ret_made) MUST_USE;

/* Days of the file replace what is known of the years it names: a day that it leaves out goes by the week again.
 * Own transaction. */
enum err setup_calendar(struct ctx *c, const struct calendar_rows *rows) MUST_USE;

/* The current catalogue under its version, and counters that the database does not know yet (staff maintain the rest).
 * ERR_CONFLICT: the catalogue changed without a new version.  Own transaction. */
enum err setup_catalog(struct ctx *c) MUST_USE;

/* Two staff accounts of every role, with passwords and one-time-code secrets in var_dir/demo.json (0600).  Those that
 * exist stay; the file's address follows the configuration.  *ret_made: accounts made.
 * ERR_FORBIDDEN: a portal with secure cookies is no demonstration.  ERR_CONFLICT: accounts without the file. */
enum err setup_demo(struct ctx *c, int64_t *ret_made) MUST_USE;

#endif
