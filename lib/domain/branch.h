#ifndef DOMAIN_BRANCH_H
#define DOMAIN_BRANCH_H

#include "domain/calendar.h"
#include "domain/ctx.h"
#include "io/json_out.h"

/* The counters, in their order, kept by staff.  One that is closed is no longer offered; it is never deleted, for cases
 * name it. */

enum { BRANCH_DAYS = 60 };

struct branch {
	const char *code, *name, *address, *phone, *hours;
	bool makeup_open; /* also opens on make-up working weekends */
	int64_t sort;
	bool open;
	int64_t version;
	bool open_known, open_today;  /* not known: the calendar lacks this year */
	struct calendar_days special; /* of the next BRANCH_DAYS */
	struct date known_until;      /* of these; no day: not even today */
};

/* Those that are open. */
enum err branch_list(struct ctx *c, struct list *ret_branches /* struct branch */) MUST_USE;

/* For the desk: all of them, closed ones last. */
enum err branch_write_all(struct ctx *c, struct json_out *j) MUST_USE;

/* Each inside ctx_tx; writes the branch as it is afterwards.
 * Errors: ERR_INVALID (also the address for letters), ERR_CONFLICT (the code is taken), ERR_NOT_FOUND, ERR_STALE (c->expect).
 * ERR_WRONG_STATE: the last one that is open stays open. */
extern const struct shape branch_new_shape;
enum err branch_add(struct ctx *c, const struct branch *in, struct json_out *j) MUST_USE;
enum err branch_patch(
	struct ctx *c, const char *code, const char *json, size_t n, struct json_out *j, int64_t *ret_version) MUST_USE;
enum err branch_close(struct ctx *c, const char *code) MUST_USE;

#endif
