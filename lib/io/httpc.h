#ifndef IO_HTTPC_H
#define IO_HTTPC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/field.h"

/* Asking outside services over HTTP(S), behind libcurl: no redirects, no proxy of the environment, certificates and host
 * names checked, an answer of at most HTTPC_MOST bytes within the limit.  It blocks: for the worker only. */

enum { HTTPC_MOST = 1 << 20 };

struct httpc_answer {
	int status;
	struct bytes body;
};

/* headers: "Name: value", ended by NULL; may be NULL.
 * Errors: ERR_BUSY (not reached: nothing has happened), ERR_UNCERTAIN (it was sent, and no whole answer came). */
MUST_USE enum err httpc_post(struct arena *a, const char *url, const char *const *headers, struct bytes body,
	int64_t limit_s, struct httpc_answer *ret_answer);

#endif
