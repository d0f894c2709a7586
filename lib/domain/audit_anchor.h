#ifndef DOMAIN_AUDIT_ANCHOR_H
#define DOMAIN_AUDIT_ANCHOR_H

#include "domain/audit.h"

/* What the end of the audit chain was, written down outside the database, so that rows cut off together with the head are
 * missed.  Two files of var_dir, to be shipped off the machine:
 *   audit-head.log    every minute, "moment seq hash"
 *   audit-anchor.log  once a day, "moment seq hash mac"; the MAC is made with the audit key over the line and the MAC of the
 *                     line before it, so that no line can be changed, added or taken out of the middle without the key */

struct audit_anchor {
	int64_t seq;
	unsigned char hash[CRYPTO_HASH];
	const char *where; /* "audit-anchor.log line 3", for who has to look */
};

/* Both files and kept (NULL: none), by seq.  *ret_why NULL: every line is ours; else where one is not ("audit-anchor.log line 3 was changed").
 * ERR_NOT_FOUND never: a file that is not there has no lines. */
enum err audit_anchors(struct ctx *c, const struct audit_anchor *kept,
	struct list *ret_anchors /* struct audit_anchor */, const char **ret_why) MUST_USE;

/* The minute's line, and today's when there is none yet.  now: a line of the day in any case. */
enum err audit_anchor_write(struct ctx *c, bool now) MUST_USE;

/* "SEQ", "64 hex digits" as verify-audit prints them.  false: not such a pair. */
bool audit_anchor_of(const char *seq, const char *hash, struct audit_anchor *ret_anchor);

#endif
