#ifndef IO_HTTP_H
#define IO_HTTP_H

#include "base/field.h"
#include "base/str.h"

/* One request at a time over FastCGI (libfcgi).  Leaves on SIGTERM after the running request: the handler is installed
 * without SA_RESTART and libfcgi is told to stop accepting.  All texts are valid UTF-8 or the request is refused. */

struct http;

struct http *http_open(void); /* listening socket is fd 0 */
void http_close(struct http *h);

/* Waits for the next request.  false: asked to leave. */
bool http_accept(struct http *h, struct arena *a);
void http_finish(struct http *h);

/* A FastCGI parameter; NULL: not there.  Only names the caller knows are ever read. */
const char *http_param(const struct http *h, const char *name);
/* A request header by its lower-case name ("if-match"). */
const char *http_header(const struct http *h, const char *name);
/* The same parameter given twice (a repeated header): such a request is refused. */
bool http_repeats(const struct http *h);

/* The whole body, at most max bytes.  ERR_TOO_LARGE, ERR_SYNTAX (shorter than announced). */
enum err http_body(struct http *h, size_t max, struct bytes *ret_body) MUST_USE;

/* Status line, headers (each "Name: value", made with str_header), then the body in as many pieces as wanted. */
void http_begin(struct http *h, int status);
void http_add_header(struct http *h, const char *name, const char *value);
void http_write(struct http *h, const void *bytes, size_t n); /* the first call ends the headers; n may be 0 */

/* Percent-decoding, exactly: + stays +.  NULL: bad escape, NUL or not UTF-8. */
char *http_decode(struct arena *a, const char *text, size_t n);

/* Reads a query string into a struct by its table.  Unknown and repeated names are faults. */
void http_query(struct arena *a, const char *query, const struct shape *shape, void *base, struct faults *faults);

#endif
