#ifndef IO_CMP_H
#define IO_CMP_H

#include <stdbool.h>

#include "io/x509_make.h"

/* A certification authority reached by CMP (RFC 4210, profile of RFC 9483) over HTTP, protected by a shared secret.  Calls
 * block until the limit: for the worker only.  After ERR_UNCERTAIN the authority may have acted: settle that with it before
 * asking again, never ask a second time blindly. */

struct cmp_server {
	const char *host, *path; /* "ca.example.com", "pkix/" */
	int64_t port;
	const char *reference; /* who we are to it */
	struct bytes secret;
	int64_t timeout_s; /* of a whole exchange, waiting included */
};

enum cmp_kind { CMP_INITIAL, CMP_RENEWAL, CMP_AGAIN }; /* ir, kur (names the old certificate), cr */

/* With a PKCS#10 of a token, whose key we do not have, every kind is sent as p10cr: the request itself proves the key. */
struct cmp_order {
	enum cmp_kind kind;
	struct x509_subject subject;
	const struct x509_key *key; /* NULL: there is a request */
	struct bytes request;
	struct bytes old_cert; /* CMP_RENEWAL */
};

/* ret_say: the authority's own words when it refuses; "" when there are none.
 * Errors: ERR_INVALID (refused for good), ERR_BUSY (not reached: nothing has happened), ERR_UNCERTAIN (no answer in time,
 * or one that does not hold). */
MUST_USE enum err cmp_issue(struct arena *a, const struct cmp_server *server, const struct cmp_order *order,
	struct bytes *ret_cert, const char **ret_say);
/* reason: RFC 5280. */
MUST_USE enum err cmp_revoke(
	struct arena *a, const struct cmp_server *server, struct bytes cert, int64_t reason, const char **ret_say);
MUST_USE enum err cmp_alive(struct arena *a, const struct cmp_server *server, const char **ret_say); /* genm */

#endif
