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

/* With a PKCS#10 of a token, whose key we do not have: when it names the subject wanted it is sent as it is, as p10cr, and
 * proves the key itself.  Tokens that cannot write a subject name another; then the kind is sent with the key of the request
 * and "proof seen by the registration authority": the caller has checked it by x509_request_read.
 * What else is asked for (usage, days, extensions) goes with every kind but p10cr, which has no place for it. */
struct cmp_order {
	enum cmp_kind kind;
	struct x509_subject subject;
	const struct x509_key *key; /* NULL: there is a request */
	struct bytes request;
	struct bytes old_cert; /* CMP_RENEWAL */
	enum x509_usage usage; /* X509_FOR_CA: nothing is said */
	int64_t days;	       /* valid from now; 0: nothing is said */
	const struct x509_text_extension *extension;
	size_t extension_count;
};

/* ret_say: the authority's own words when it refuses; "" when there are none.
 * Errors: ERR_INVALID (refused for good; with ret_cert set: what came is for another key, which the authority was told),
 * ERR_BUSY (not reached, or it says that it cannot now: nothing has happened), ERR_UNCERTAIN (no answer in time, or one that
 * does not hold). */
MUST_USE enum err cmp_issue(struct arena *a, const struct cmp_server *server, const struct cmp_order *order,
	struct bytes *ret_cert, const char **ret_say);
/* reason: RFC 5280.  The same may be asked again at any time: it names a certificate and how that shall stand, so a second
 * time changes nothing.  ERR_CONFLICT: it is revoked there already. */
MUST_USE enum err cmp_revoke(
	struct arena *a, const struct cmp_server *server, struct bytes cert, int64_t reason, const char **ret_say);
MUST_USE enum err cmp_alive(struct arena *a, const struct cmp_server *server, const char **ret_say); /* genm */

#endif
