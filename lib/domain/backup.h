#ifndef DOMAIN_BACKUP_H
#define DOMAIN_BACKUP_H

#include "domain/ctx.h"

/* A copy of an installation in a folder, which may lie in strange hands:
 *   database.zyb   every row as of one moment, in a strongbox (io/strongbox.h) that the master key opens
 *   store/         the files of the store as they are, each encrypted by its own key, which lies in its row
 *   trust/         certificates that are believed; audit-head.log, audit-anchor.log: ends of the audit chain
 * Keys are not in it: secret_dir is backed up by itself, to another place, and is there before anything is restored.
 *
 * The strongbox holds frames: a letter, how many cells (2 bytes), cells (length in 4 bytes, all ones for NULL, then the server's text).
 *   H made at · V number, name, hash of each migration · T name, next number, columns of a table, then R its rows · E tables, rows
 * There is no schema in it: migrations make it anew up to the one the data were under, the rows go in, then the newer ones run.
 * So a backup of long ago is restored by the portal of today, and refused when a migration is not the one it was. */

struct backup_done {
	int64_t made_at, schema, tables, rows;
	int64_t files, fresh; /* of the store; read and written just now, not linked from an older backup */
	const char *say;      /* what is wrong, when refused; NULL: the error's own sentence */
};

/* Into a folder that must not be there yet.  before: an older backup on the same disk, from which files of the store that have not
 * changed are linked; or NULL.  The portal may run meanwhile.  Leaves a row in the audit book, which is in the copy.
 * Errors: ERR_CONFLICT (the folder is there), ERR_AWAY, ERR_DISK, ERR_INTERNAL. */
enum err backup_make(struct ctx *c, const char *folder, const char *before, struct backup_done *ret_done) MUST_USE;

/* Reads the whole strongbox and counts.  ERR_NOT_FOUND, ERR_LOCKED (say names the key that is missing), ERR_CHECKSUM, ERR_INTERNAL. */
enum err backup_check(struct arena *a, const struct config *config, const char *folder, struct backup_done *ret_done)
	MUST_USE;

/* Into an installation that has its settings and keys, no tables and an empty store; nothing of the portal runs.  Looks through all
 * of it before it changes anything.  Errors: as backup_check; ERR_CONFLICT (there is something already, or other migrations). */
enum err backup_restore(struct arena *a, const struct config *config, int64_t now, const char *folder,
	struct backup_done *ret_done) MUST_USE;

/* --- between backup.c and backup_restore.c --- */

enum { BACKUP_CELLS = 100 };
#define BACKUP_DATABASE "database.zyb"
bool backup_is_name(const char *name); /* of a table or column, as it may stand in a statement */

#endif
