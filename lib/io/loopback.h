#ifndef IO_LOOPBACK_H
#define IO_LOOPBACK_H

#include "base/field.h"

/* A small HTTP server on 127.0.0.1 for the pages of one origin: how a browser reaches what is plugged into the machine.
 * Answers POST with JSON, one request after the other.  Whoever is not that origin, byte for byte, gets 403 and no CORS header,
 * also for the preflight; so does a Host that is not this address (a name that was pointed here). */

enum { LOOPBACK_BODY_MAX = 2 << 20 };

struct loopback_reply {
	int status;
	const char *json; /* in the arena given */
};
struct loopback {
	int64_t port;	    /* 0: any that is free */
	const char *origin; /* "https://portal.example", without a slash at the end */
	/* path: without a query; body: ended by a NUL that is not counted. */
	void (*answer)(void *arg, struct arena *a, const char *path, struct bytes body, struct loopback_reply *ret);
	void *arg;
	void (*ready)(void *arg, int64_t port); /* once it listens */
};

/* Until SIGTERM or SIGINT.  ERR_CONFLICT: the port is taken. */
MUST_USE enum err loopback_serve(const struct loopback *l);

#endif
