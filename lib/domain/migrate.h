#ifndef DOMAIN_MIGRATE_H
#define DOMAIN_MIGRATE_H

#include "base/config.h"
#include "io/db.h"

/* The schema: files sql/NNN_name.sql, numbered from 1, none twice, each applied once and recorded in schema_version
 * with its hash.  A file that changed after it was applied is an error: changes go into a new file.  MariaDB commits
 * each CREATE and ALTER by itself, so a file that fails half way must be undone by hand before the next try. */

struct migrated {
	int64_t version, applied; /* newest number; how many of them just now */
	bool granted;		  /* users and grants were made anew */
	const char *say;	  /* what is wrong, when refused */
};

/* Refuses a server whose settings would lose what was acknowledged (conf/mariadb.cnf).  As the server's administrator.  Two at once wait for each other.  Errors: ERR_AWAY; ERR_CONFLICT, ERR_INVALID,
 * ERR_NOT_FOUND, ERR_INTERNAL: see say.  ret_done is always set. */
enum err migrate_run(struct arena *a, const struct config *config, int64_t now, struct migrated *ret_done) MUST_USE;

/* Only up to a number, and without users and grants: for data of that schema (backup.h). */
enum err migrate_to(
	struct arena *a, const struct config *config, int64_t now, int64_t number, struct migrated *ret_done) MUST_USE;

/* Prepares every registered statement against the schema.  ERR_INTERNAL: one is wrong, the log says which. */
enum err migrate_check_sql(const struct config *config, int64_t *ret_statements) MUST_USE;

#endif
