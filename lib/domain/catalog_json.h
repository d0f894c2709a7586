#ifndef DOMAIN_CATALOG_JSON_H
#define DOMAIN_CATALOG_JSON_H

#include "domain/catalog.h"
#include "io/json_out.h"

/* The catalogue as the front ends read it: only routes that are open, nothing that is the engine's own business. */

void catalog_json(struct json_out *j, const struct catalog *c);

/* One service for one kind of holder.  false, and nothing written: it is not offered. */
bool catalog_json_part(struct json_out *j, const struct catalog *c, const char *service, const char *holder);

#endif
