#ifndef DOMAIN_STATEMENT_MAP_H
#define DOMAIN_STATEMENT_MAP_H

#include "domain/ctx.h"
#include "domain/statement.h"
#include "io/json_out.h"

/* Which accounts are ours, and which columns their CSV files have. */

/* A fault at /account when it is not the account we are paid to, nor one we were paid to before (contact.h). */
enum err statement_check_account(struct ctx *c, const char *account) MUST_USE;

/* What to read columns by: json when given, else what is kept for the account, else NULL (the usual names).
 * *ret_from: given, kept or names.  ERR_INVALID: json is not right. */
enum err statement_mapping_of(struct ctx *c, const char *account, const char *json,
	const struct statement_mapping **ret_mapping, const char **ret_from) MUST_USE;

/* Keep a mapping for an account.  Inside ctx_tx.  ERR_INVALID. */
enum err statement_map(struct ctx *c, const char *account, const struct statement_mapping *mapping, struct json_out *j)
	MUST_USE;

#endif
