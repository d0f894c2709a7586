#ifndef DOMAIN_BRANCH_H
#define DOMAIN_BRANCH_H

#include "domain/ctx.h"

/* The counters, in their order. */

struct branch {
	const char *code, *name, *address, *phone, *hours;
	bool makeup_open;	     /* also opens on make-up working weekends */
	bool open_known, open_today; /* not known: the calendar lacks this year */
};

enum err branch_list(struct ctx *c, struct list *ret_branches /* struct branch */) MUST_USE;

#endif
