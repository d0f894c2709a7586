#ifndef DOMAIN_GRANTS_H
#define DOMAIN_GRANTS_H

#include "base/config.h"
#include "io/db.h"

/* Which program may do what in the database: sql/grants.txt, one line "programs tables privileges". */

struct grant {
	const char *program, *table, *privileges;
};

struct grants {
	struct texts programs; /* everyone named, in the order of the file */
	struct grant *at;      /* "*" and comma lists are spread out */
	size_t count;
	struct bytes text; /* the file */
};

/* ERR_INVALID: faults "/lines/N"; ERR_NOT_FOUND. */
enum err grants_read(struct arena *a, const struct config *config, struct grants *ret_grants, struct faults *faults)
	MUST_USE;

/* The password of a program's database user.  ERR_NOT_FOUND; ERR_INTERNAL: not hex digits. */
enum err grants_password(struct arena *a, const struct config *config, const char *program, const char **ret_password)
	MUST_USE;
char *grants_password_file(struct arena *a, const struct config *config, const char *program);

/* Makes the users with their passwords, statement time-outs and exactly these grants.  db: an administrator's. */
enum err grants_apply(struct db *db, struct arena *a, const struct config *config, const struct grants *g) MUST_USE;

#endif
