#include "domain/price.h"

#include <string.h>

#include "domain/setting.h"

enum { FEN = 100 };

/* The catalogue with fees of its own, made at the first row that differs. */
static struct catalog *own_copy(struct arena *a, const struct catalog *catalog)
{
	struct catalog *own = arena_alloc(a, sizeof *own);
	struct catalog_fee *fees = arena_array(a, catalog->fees.count, sizeof *fees);

	*own = *catalog;
	memcpy(fees, catalog->fees.at, catalog->fees.count * sizeof *fees);
	own->fees.at = fees;
	return own;
}

enum err price_catalog(struct ctx *c, struct arena *a, const struct catalog *catalog, int64_t begun_at,
	const struct catalog **ret_catalog)
{
	const struct catalog_fee *fee = catalog->fees.at;
	struct catalog *own = NULL;

	for (size_t i = 0; i < catalog->fees.count; i++) {
		int64_t yuan;
		enum err e;

		if (!fee[i].setting)
			continue;
		e = setting_int_of(c, fee[i].setting, catalog, begun_at, &yuan);
		if (e != ERR_OK)
			return e;
		if (yuan * FEN == fee[i].first_fen)
			continue;
		if (!own)
			own = own_copy(a, catalog);
		((struct catalog_fee *)own->fees.at)[i].first_fen = yuan * FEN;
	}
	*ret_catalog = own ? own : catalog;
	return ERR_OK;
}
