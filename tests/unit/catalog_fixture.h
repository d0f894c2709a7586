#ifndef CATALOG_FIXTURE_H
#define CATALOG_FIXTURE_H

#include "base/str.h"
#include "domain/application_data.h"
#include "domain/catalog.h"

/* The shipped catalogue, read once; tests run from the top of the checkout.  Includes unit.h first. */

#define CATALOG_XML "conf/catalog.xml"
#define CATALOG_RNG "conf/catalog.rng"

static inline const struct catalog *the_catalog(void)
{
	static const struct catalog *c;
	struct faults f;

	if (c)
		return c;
	faults_init(&f, mem);
	if (catalog_load(mem, CATALOG_XML, CATALOG_RNG, &application_data_shape, &f, &c) != ERR_OK)
		fail_msg("%s", f.count ? f.at[0].detail : "catalogue");
	return c;
}

#endif
