#ifndef DOMAIN_APPLICATION_MONEY_H
#define DOMAIN_APPLICATION_MONEY_H

#include "domain/application.h"

/* What a case owes, in fen, and who has to pay it: by its state and price, worked out at every save. */

/* The name that must stand on the transfer: the unit's, for ind the person's.  NULL: not filled in yet. */
const char *application_payer(const struct application *app);
/* Keyed hash of the comparison key of a payer's name; none for NULL.  The same of a case. */
struct bytes payer_hash(struct ctx *c, const char *name);
struct bytes application_payer_hash(struct ctx *c, const struct application *app);

/* Brings the books up to what the case owes and claims by now: at every save, so that no step can forget it.  Inside ctx_tx,
 * with the case locked. */
enum err application_book(struct ctx *c, struct application *app) MUST_USE;

#endif
