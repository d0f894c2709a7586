#ifndef DOMAIN_CATALOG_SHAPE_H
#define DOMAIN_CATALOG_SHAPE_H

#include "domain/catalog.h"

/* Inside of the catalogue only: how its XML becomes its structs, and which of their members are codes of others. */

extern const struct shape catalog_shape;

struct catalog_ref { /* member (a code or several) of a struct of this shape names an entry of the root's list target */
	const struct shape *shape;
	const char *member, *target;
};
extern const struct catalog_ref catalog_refs[];
extern const size_t catalog_refs_count;

/* What the loader knows on its way. */
struct catalog_work {
	struct arena *arena;
	struct faults *faults;
	const char *file;
	struct catalog *catalog;
	const struct shape *data;
};

/* Codes given twice, codes that do not exist, pointers of conditions and fields. */
void catalog_check_codes(struct catalog_work *w);
/* After the routes are put together: repeated routes, materials and fields, missing fees. */
void catalog_check_routes(struct catalog_work *w);
/* Put each route together from its sets and texts. */
void catalog_resolve(struct catalog_work *w);

/* The row that a pointer with "*" leads to through nested tables, or NULL. */
const struct field *catalog_row(const struct shape *shape, const char *pointer);

#endif
