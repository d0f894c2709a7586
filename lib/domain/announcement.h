#ifndef DOMAIN_ANNOUNCEMENT_H
#define DOMAIN_ANNOUNCEMENT_H

#include "domain/ctx.h"
#include "io/json_out.h"

/* What visitors are told for a while, on the front page and where applications begin: a title and plain text, from one day
 * to another.  Two persons put one up, change it (another takes its place) or take it down (proposal.h); a row never
 * changes otherwise and stays, with who did it.  The pages include gen_dir/announcements.html, which is made of text only. */

enum { ANNOUNCEMENT_SHOWN_MAX = 3, ANNOUNCEMENT_BODY_MAX = 600 };

struct announcement_wish {
	int64_t replaces; /* 0: a new one */
	bool end;	  /* take that one down, nothing in its place: title, body and days are not asked */
	const char *title, *body;
	struct date from, until;
	const char *reason;
};
extern const struct shape announcement_wish_shape;

struct announcement_look {
	const char *subject, *base, *summary;
	const char *title, *body, *days;	     /* as it would be; NULL: taken down */
	const char *old_title, *old_body, *old_days; /* NULL: a new one */
};
/* ERR_INVALID with faults: days that are over or the wrong way round, no such announcement, one that is down already,
 * nothing changed, more than ANNOUNCEMENT_SHOWN_MAX on a day. */
enum err announcement_look(struct ctx *c, const struct announcement_wish *in, struct announcement_look *ret_look)
	MUST_USE;
/* c->actor confirmed what proposer wanted.  Inside ctx_tx. */
enum err announcement_set(struct ctx *c, const struct announcement_wish *in, int64_t proposer) MUST_USE;

struct announcement_query {
	const char *after; /* id: older ones */
};
extern const struct shape announcement_query_shape;
/* Newest first, those that are over too. */
enum err announcement_write_all(struct ctx *c, const struct announcement_query *q, struct json_out *j) MUST_USE;

/* Bring the file for the pages up to what holds now; *ret_done 1 when it was written.  ERR_DISK, database. */
enum err announcement_publish(struct ctx *c, int *ret_done) MUST_USE;

#endif
