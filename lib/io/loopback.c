#include "io/loopback.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { CONNECTIONS = 16, TIMEOUT_S = 15 };

struct request {
	struct arena *arena;
	struct str body;
	bool too_large;
};
struct server {
	const struct loopback *l;
	char host[2][24]; /* as browsers write it */
};

static enum MHD_Result send_reply(
	struct MHD_Connection *to, const struct server *s, const struct loopback_reply *r, bool cors, bool preflight)
{
	struct MHD_Response *out = MHD_create_response_from_buffer(
		strlen(r->json), (void *)(uintptr_t)r->json, MHD_RESPMEM_MUST_COPY);
	const struct {
		bool when;
		const char *name, *value;
	} headers[] = {
		{*r->json, "Content-Type", "application/json; charset=utf-8"},
		{true, "Cache-Control", "no-store"},
		{true, "X-Content-Type-Options", "nosniff"},
		{true, "Vary", "Origin"},
		{cors, "Access-Control-Allow-Origin", s->l->origin},
		{preflight, "Access-Control-Allow-Methods", "POST"},
		{preflight, "Access-Control-Allow-Headers", "content-type"},
		{preflight, "Access-Control-Allow-Private-Network", "true"},
		{preflight, "Access-Control-Max-Age", "600"},
	};
	enum MHD_Result sent = MHD_NO;

	if (!out)
		return MHD_NO;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (headers[i].when)
			MHD_add_response_header(out, headers[i].name, headers[i].value);
	sent = MHD_queue_response(to, (unsigned)r->status, out);
	MHD_destroy_response(out);
	return sent;
}

static bool from_page(struct MHD_Connection *c, const struct server *s)
{
	const char *origin = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Origin");
	const char *host = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host");

	return origin && strcmp(origin, s->l->origin) == 0 && host &&
	       (strcmp(host, s->host[0]) == 0 || strcmp(host, s->host[1]) == 0);
}

static bool is_json(struct MHD_Connection *c)
{
	const char *type = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Type");
	size_t n = strlen("application/json");

	return type && strncasecmp(type, "application/json", n) == 0 && (!type[n] || type[n] == ';');
}

static void refuse(struct arena *a, int status, const char *code, const char *detail, struct loopback_reply *ret)
{
	ret->status = status;
	ret->json = arena_printf(a, "{\"code\":\"%s\",\"detail\":\"%s\"}", code, detail);
}

static enum MHD_Result finish(
	struct MHD_Connection *c, const struct server *s, struct request *rq, const char *path, const char *method)
{
	struct loopback_reply r = {204, ""};
	bool known = from_page(c, s), preflight = strcmp(method, "OPTIONS") == 0;

	if (!known)
		refuse(rq->arena, 403, "origin", "只接受门户页面的请求", &r);
	else if (rq->too_large)
		refuse(rq->arena, 413, "too_large", "内容过大", &r);
	else if (!preflight && strcmp(method, "POST") != 0)
		refuse(rq->arena, 405, "method", "只接受POST", &r);
	else if (!preflight && !is_json(c))
		refuse(rq->arena, 415, "media_type", "只接受JSON", &r);
	else if (!preflight)
		s->l->answer(s->l->arg, rq->arena, path,
			(struct bytes){(const unsigned char *)rq->body.at, rq->body.len}, &r);
	return send_reply(c, s, &r, known, known && preflight);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *path, const char *method,
	const char *version, const char *data, size_t *size, void **state)
{
	struct request *rq = *state;

	(void)version;
	if (!rq) {
		struct arena *a = arena_new();

		*state = rq = arena_alloc(a, sizeof *rq);
		rq->arena = a;
		str_init(&rq->body, a);
		return MHD_YES;
	}
	if (*size) {
		rq->too_large = rq->too_large || rq->body.len + *size > LOOPBACK_BODY_MAX;
		if (!rq->too_large)
			str_addn(&rq->body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	return finish(c, cls, rq, path, method);
}

static void completed(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how)
{
	struct request *rq = *state;

	(void)cls, (void)c, (void)how;
	if (rq)
		arena_free(rq->arena);
	*state = NULL;
}

static void name_hosts(struct server *s, unsigned port)
{
	static const char *const names[] = {"127.0.0.1", "localhost"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		snprintf(s->host[i], sizeof s->host[i], "%s:%u", names[i], port);
}

enum err loopback_serve(const struct loopback *l)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)l->port)};
	struct server s = {.l = l};
	struct MHD_Daemon *d;
	sigset_t ends;
	int got;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	d = MHD_start_daemon(MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, &s,
		MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
		MHD_OPTION_END);
	if (!d)
		return ERR_CONFLICT;
	got = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port;
	name_hosts(&s, (unsigned)got);
	l->ready(l->arg, got);
	while (sigwait(&ends, &got) != 0)
		continue;
	MHD_stop_daemon(d);
	return ERR_OK;
}
