#ifndef DOMAIN_STATEMENT_IMPORT_H
#define DOMAIN_STATEMENT_IMPORT_H

#include "domain/ctx.h"
#include "domain/statement.h"
#include "io/json_out.h"

/* Statements into the tables statement and bank_line.  All or nothing: one bad line that was not left out on purpose, and
 * nothing is kept.  The same file, or lines that are known already, change nothing and are counted as known.  What came in
 * is open for the matcher (bank_line.state), what went out is set_aside, what the bank returned is returned.
 * Only accounts of ours: the one we are paid to, and those we were paid to before (contact.h). */

struct statement_query {
	const char *format;  /* auto citic camt csv; NULL = auto */
	const char *account; /* NULL: the file says it */
	const char *mapping; /* JSON by statement_mapping_shape; NULL: as kept for the account, else usual names */
	const char *without; /* "12,15": rows to be left out */
	bool preview, gaps;
};
extern const struct shape statement_query_shape;

/* Reads the file and writes what would happen: counts, first lines, faults, columns.  Changes nothing; also of a file with
 * faults.  ERR_INVALID (the query itself), ERR_TOO_LARGE. */
enum err statement_preview(struct ctx *c, struct bytes file, const struct statement_query *query, struct json_out *j)
	MUST_USE;

/* The same for good, in a transaction of its own.  ERR_INVALID: faults in c->faults, nothing is kept. */
enum err statement_import(struct ctx *c, struct bytes file, const struct statement_query *query, struct json_out *j)
	MUST_USE;

/* {items, next}, newest first; after: id, 0 = from the top. */
enum err statement_write_list(struct ctx *c, int64_t after, int64_t limit, struct json_out *j) MUST_USE;
/* One statement with its lines, after a line.  ERR_NOT_FOUND. */
enum err statement_write(struct ctx *c, int64_t id, int64_t after, int64_t limit, struct json_out *j) MUST_USE;

/* One line of a file as the preview shows it; opening and closing balance, null when not known. */
void statement_write_line(struct arena *a, const struct statement_line *l, bool known, struct json_out *j);
void statement_write_balances(bool known, int64_t opening_fen, int64_t closing_fen, struct json_out *j);

#endif
