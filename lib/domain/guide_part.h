#ifndef DOMAIN_GUIDE_PART_H
#define DOMAIN_GUIDE_PART_H

#include "base/markup.h"
#include "domain/catalog.h"

/* Inside of the guide only: the pieces that fragments share.  Each appends markup to s, of texts of the catalogue, escaped. */

void guide_account(struct str *s, const struct catalog *c);
void guide_post(struct str *s, const struct catalog *c);
void guide_counter(struct str *s, const struct catalog *c);
void guide_hotlines(struct str *s, const struct catalog *c);
void guide_freight(
	struct str *s, const struct catalog *c, const char *service); /* one sentence; nothing when no parcel */
void guide_fee_head(struct str *s, const struct catalog *c, const char *id, const char *caption, const char *first);
void guide_fee_years(
	struct str *s, const struct catalog *c, const struct catalog_fee *fee); /* td of each number of years */

/* The ten parts for the services whose effect is that of lead, lead first. */
void guide_service(struct str *s, const struct catalog *c, const struct catalog_service *lead);

#endif
