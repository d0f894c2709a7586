#ifndef DOMAIN_PRICE_H
#define DOMAIN_PRICE_H

#include "domain/ctx.h"

/* Prices that are a setting, laid over the fee rows of a catalogue that name one (<fee setting="…">).  Whoever quotes, asks
 * for money or tells a price takes the catalogue from rules_of (that of a case: what held when it began) or from
 * contact_catalog (what holds now), which both come through here. */

/* The catalogue itself where nothing differs, else one in a that shares all but its fees with it.  begun_at: a moment,
 * INT64_MAX for now. */
enum err price_catalog(struct ctx *c, struct arena *a, const struct catalog *catalog, int64_t begun_at,
	const struct catalog **ret_catalog) MUST_USE;

#endif
