#ifndef DOMAIN_FORM_H
#define DOMAIN_FORM_H

#include "domain/application.h"

/* The application form as paper: freezing makes version n of what was filled in, with its hash; the PDF is made from the
 * frozen copy, so the same version always gives the same bytes. */

struct form_made {
	int64_t version, pages;
	const char *url;
};

/* Inside ctx_tx.  Freezing again without a change gives the version there is.
 * ERR_INVALID: fields are missing or wrong, or a character that no font can print. */
enum err form_freeze(struct ctx *c, const char *no, struct application *ret_app, struct form_made *ret_made) MUST_USE;

/* version 0: the last one.  ERR_NOT_FOUND: no such case, not yours, or no such version. */
enum err form_pdf(struct ctx *c, const char *no, int64_t version, struct bytes *ret_pdf) MUST_USE;

/* With the contacts of this catalogue, can the foot of the form be printed?  ERR_INVALID: a character of it is in no font,
 * and no form could be made any more. */
enum err form_check_foot(struct ctx *c, const struct catalog *catalog) MUST_USE;

/* To be filled in by hand.  ERR_NOT_FOUND: not offered. */
enum err form_blank(struct ctx *c, const char *service, const char *holder, struct bytes *ret_pdf) MUST_USE;

/* What the form of a route has besides what all have: enum form_part. */
unsigned form_parts(const struct catalog *catalog, const struct catalog_route *route);

#endif
