#ifndef DOMAIN_DESK_H
#define DOMAIN_DESK_H

#include "domain/application_view.h"

/* The case as it lies on a desk: what the applicant sees, masked, and what staff have done with it: claim, verdicts of all
 * rounds, originals, payments, certificates, parcels.  One object, used by every staff program. */
enum err desk_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

/* What else the subject has with us: the unit by its credit code, a natural person by his number.  Masked; {items, next},
 * newest first, at most DESK_LIMIT_MAX at a time; after: id where the last page ended.  Looks are recorded. */
enum { DESK_LIMIT_MAX = 20 };
struct desk_query {
	int64_t after, limit;
};
extern const struct shape desk_query_shape;
enum err desk_earlier(struct ctx *c, const char *no, const struct desk_query *in, struct json_out *j) MUST_USE;
enum err desk_certificates(struct ctx *c, const char *no, const struct desk_query *in, struct json_out *j) MUST_USE;

/* The unmasked personal numbers (after review_reveal). */
void desk_write_revealed(const struct application *app, struct json_out *j);

#endif
