#ifndef DOMAIN_DESK_H
#define DOMAIN_DESK_H

#include "domain/application_view.h"

/* The case as it lies on a desk: what the applicant sees, masked, and what staff have done with it: claim, verdicts of all
 * rounds, originals, payments, certificates, parcels.  One object, used by every staff program. */
enum err desk_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

/* The unmasked personal numbers (after review_reveal). */
void desk_write_revealed(const struct application *app, struct json_out *j);

#endif
