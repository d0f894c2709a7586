#ifndef DOMAIN_WALKIN_H
#define DOMAIN_WALKIN_H

#include "domain/application.h"
#include "domain/session.h"

/* A case opened at the counter for somebody who walked in: it belongs to the account of that phone, remembers who opened it
 * (who is then not its second reviewer), and is filled in on the counter's PC through a session that sees this case only. */

struct walkin_new {
	const char *service, *holder, *phone;
};

/* Inside ctx_tx.  The channel is counter.  Errors: those of application_create. */
enum err walkin_open(struct ctx *c, const struct walkin_new *in, struct application *ret_app,
	struct session_made *ret_session) MUST_USE;

#endif
