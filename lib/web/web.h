#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "domain/ctx.h"
#include "io/http.h"
#include "io/json_out.h"

/* A program is a table of routes and short handlers; web_run owns the rest.
 *
 *   static const struct route routes[] = {
 *           {POST, "/api/applications/:no/submit", PERM_APPLY, ROUTE_TX, NO_BODY, NO_QUERY, submit},
 *   };
 *   int main(int argc, char **argv) { return web_run("application", argc, argv, ROUTES(routes)); }
 *
 * For each request the runner: checks the shared secret, finds the row (404, 405), refuses foreign origins, finds the
 * session, the row's permission (401, 403) and the CSRF token, reads If-Match (428), parses body and query by their tables
 * and collects all faults (400, 422), opens the transaction of a ROUTE_TX row, gives the stored answer to a repeated
 * Idempotency-Key, calls the handler, commits, answers, writes one log line, resets the arena.
 * A handler calls one domain operation and writes the result; it names no status but 200, 201, 204. */

enum method { GET, POST, PATCH, PUT, DELETE, HEAD, OPTIONS, METHOD_MAX };

enum {
	ROUTE_TX = 1,	    /* the handler runs in one transaction, which carries the idempotency key */
	ROUTE_IF_MATCH = 2, /* If-Match must be given */
	ROUTE_NO_CSRF = 4,  /* signs in, or authenticates itself: otp, session, staff/session, track, hooks */
	ROUTE_RAW = 8,	    /* body is bytes, not JSON: w->body */
	ROUTE_CACHE = 16,   /* public answer, may be cached for a minute; all others are no-store */
	ROUTE_TUS = 32,	    /* speaks tus: Tus-Resumable both ways, bodies of one chunk */
	ROUTE_NO_DB = 64,   /* answers without the database (health) */
	ROUTE_PAGE =
		128, /* a form of a browser without script comes (its faults are left in w->c.faults), a page goes out */
};

struct web;

struct route {
	enum method method;
	const char *path;	    /* ":name" matches one segment */
	enum permission permission; /* PERM_NONE does not start */
	unsigned flags;
	const struct shape *body, *query; /* NULL: none */
	enum err (*handler)(struct web *w);
};

struct routes {
	const struct route *at;
	size_t count;
	/* Before the first request, or NULL: reads what ROUTE_NO_DB rows answer from, should the database be away then. */
	void (*begin)(struct ctx *c);
};
#define ROUTES(table) ((struct routes){table, sizeof(table) / sizeof((table)[0]), NULL})

/* Path segments that ":name" matched, in order. */
enum { WEB_SEGMENTS = 4 };

struct web {
	struct ctx c;
	struct http *http;
	const struct route *route;
	const char *method, *path, *req_id;
	const char *segment[WEB_SEGMENTS]; /* decoded */
	const void *in, *query;		   /* structs filled by the row's tables */
	struct bytes body;		   /* ROUTE_RAW */
	const char *token;		   /* session cookie, NULL: none */
	int64_t session_ends_at;
	/* the answer */
	int status;
	int64_t etag; /* 0: none */
	const char *location, *set_cookie, *media;
	struct str out;
	struct json_out json; /* begun on out */
	struct {
		const char *name, *value;
	} header[8];
	size_t headers;
	bool stored; /* the answer comes from an idempotency row */
};

/* program: names the database user and the log; argv "--routes" prints the table and leaves. */
int web_run(const char *program, int argc, char **argv, struct routes routes);

/* For handlers. */
enum err web_created(struct web *w, const char *location); /* 201; location may be NULL */
enum err web_empty(struct web *w);			   /* 204 */
void web_header(struct web *w, const char *name, const char *value);
void web_bytes(struct web *w, const char *media, struct bytes b); /* instead of JSON */
/* ROUTE_PAGE: a page of plain.h begins, with its faults or w->c.say on top; the caller goes on in w->out and ends it. */
void web_page(struct web *w, const char *title);
/* The doors of the portal, known by the path; each has a session cookie of its own. */
enum door { DOOR_APPLICANT, DOOR_STAFF, DOOR_RELAY, DOOR_MAX };
enum door web_door(const char *path);
void web_cookie(struct web *w, enum door door, const char *token); /* token NULL ends it */
/* The case this request is about, for the log. */
#define WEB_NO(w) ((w)->segment[0])

#endif
