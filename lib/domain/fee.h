#ifndef DOMAIN_FEE_H
#define DOMAIN_FEE_H

#include "domain/catalog.h"

/* What a case costs, from the catalogue's fee rows.  Pure: no clock, no database.  All sums are whole fen, every product
 * is overflow-checked. */

struct fee_line {
	const char *text; /* "首年（含介质费200元）" */
	int64_t unit_fen, count, sum_fen;
};

struct fee_quote {
	struct list lines; /* struct fee_line; empty when free */
	int64_t total_fen;
};

extern const struct shape fee_quote_shape; /* total_fen, lines[text unit_fen count sum_fen]: the answer of /api/quote */

/* years: 1..limits.years_max, read only where the fee is per year (else any).  count: certificates, 1..limits.items_max.
 * Errors: ERR_INVALID with faults at /service, /holder, /years, /count. */
enum err fee_quote(struct arena *a, const struct catalog *c, const char *service, const char *holder, int64_t years,
	int64_t count, struct fee_quote *ret_quote, struct faults *faults) MUST_USE;

#endif
