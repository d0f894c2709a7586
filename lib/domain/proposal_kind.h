#ifndef DOMAIN_PROPOSAL_KIND_H
#define DOMAIN_PROPOSAL_KIND_H

#include "domain/proposal.h"

/* Kinds of proposals (proposal.h) that live in files of their own, and what those files share. */

/* What whoever decides is shown, when it is one line: of struct proposal_line. */
struct list proposal_one_line(struct arena *a, const char *label, const char *before, const char *after);

extern const struct proposal_kind proposal_roles, proposal_totp, proposal_announcement;

#endif
