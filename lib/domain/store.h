#ifndef DOMAIN_STORE_H
#define DOMAIN_STORE_H

#include "domain/ctx.h"

/* Rows and files of the store held against each other.  The portal may run meanwhile: what was removed or written since the
 * row was read is looked at again before it counts as a fault. */

struct store_checked {
	int64_t files, bytes;	 /* rows, and what their files hold */
	int64_t faults, orphans; /* orphans: files without a row, which the worker removes when they are an hour old */
};

/* Called for each fault; id is the file's, or "" for the store as a whole. */
typedef void (*store_say)(void *arg, const char *id, const char *what);

/* Reads every file: is it there, does each record open, is it as long as the row says, has what was uploaded its SHA-256,
 * does the sum kept for the quota agree.  Runs without a transaction and may take hours. */
enum err store_check(struct ctx *c, store_say say, void *arg, struct store_checked *ret_checked) MUST_USE;

/* Only: is there a file for every row?  What is missing goes into the log as an error. */
enum err store_missing(struct ctx *c, int *ret_missing) MUST_USE;

#endif
