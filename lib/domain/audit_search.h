#ifndef DOMAIN_AUDIT_SEARCH_H
#define DOMAIN_AUDIT_SEARCH_H

#include "domain/audit.h"
#include "io/json_out.h"

/* Who looked at what, for the auditor: rows of the audit, newest first.  Each search leaves a row itself.  Rows hold no
 * personal data; of others than staff neither account nor address is shown.
 *
 * Costs do not grow with the book: a search walks one index (of the case, the person, or each action of the kind) and looks
 * at no more than AUDIT_SCAN rows a page.  A page may so be short, even empty, and still have a next one. */

enum { AUDIT_SCAN = 3000, AUDIT_LIMIT_MAX = 100 };

struct audit_query {
	const char *staff;	 /* account; NULL: anybody */
	const char *object;	 /* case number, file, serial, account … that a row names; NULL: any */
	const char *kind;	 /* word of the table in the .c; NULL: any */
	struct date from, until; /* days in Shanghai, both counted in */
	const char *after;	 /* seq: rows before it */
	int64_t limit;
};
extern const struct shape audit_query_shape;

/* {"items":[…],"next"}: next is the place to go on from, null at the beginning of the book.
 * ERR_INVALID: no such account, or the days are the wrong way round.  Runs its own transactions. */
enum err audit_search(struct ctx *c, const struct audit_query *q, struct json_out *j) MUST_USE;

#endif
