#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "io/json.h"
#include "web/guard.h"
#include "web/idempotency.h"
#include "web/reply.h"

enum { JSON_BODY_MAX = 256 * 1024, RAW_BODY_MAX = 12 * 1024 * 1024, SECRET_MAX = 128 };

static const char *const method_words[] = {"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", NULL};

static char secret[SECRET_MAX];

static void read_secret(const struct config *config)
{
	int fd = open(config->fastcgi_secret_file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, secret, sizeof secret - 1);

	while (n > 0 && secret[n - 1] == '\n')
		n--;
	if (n < 16) {
		log_at(LOG_ERROR, "cannot start: the FastCGI secret is missing or too short");
		exit(1);
	}
	secret[n] = '\0';
}

static int print_routes(struct routes routes)
{
	for (size_t i = 0; i < routes.count; i++) {
		const struct route *r = &routes.at[i];

		printf("%s %s %s%s%s%s%s%s%s\n", method_words[r->method], r->path, permission_word(r->permission),
			r->flags & ROUTE_TX ? " tx" : "", r->flags & ROUTE_IF_MATCH ? " if-match" : "",
			r->flags & ROUTE_NO_CSRF ? " no-csrf" : "", r->flags & ROUTE_TUS ? " tus" : "",
			r->flags & ROUTE_RAW ? " raw" : "", r->flags & ROUTE_PAGE ? " page" : "");
	}
	return 0;
}

/* Does the path fit the row?  Segments are decoded into w. */
static bool fits(struct web *w, const char *pattern)
{
	const char *path = w->path;
	size_t n = 0;

	while (*pattern && *path) {
		size_t want = strcspn(pattern, "/"), have = strcspn(path, "/");

		if (*pattern == ':') {
			if (have == 0 || n == WEB_SEGMENTS)
				return false;
			w->segment[n++] = arena_textn(w->c.arena, path, have);
		} else if (want != have || strncmp(pattern, path, want) != 0)
			return false;
		pattern += want;
		path += have;
		if (*pattern == '/' && *path == '/') {
			pattern++;
			path++;
		}
	}
	return !*pattern && !*path;
}

static enum err find_route(struct web *w, struct routes routes)
{
	const char *method = http_header(w->http, "x-http-method-override");
	bool path_known = false;

	w->method = method && text_eq(http_param(w->http, "REQUEST_METHOD"), "POST")
			    ? method
			    : http_param(w->http, "REQUEST_METHOD");
	for (size_t i = 0; i < routes.count; i++) {
		memset(w->segment, 0, sizeof w->segment);
		if (!fits(w, routes.at[i].path))
			continue;
		path_known = true;
		if (text_eq(w->method, method_words[routes.at[i].method]) &&
			(method == NULL || routes.at[i].flags & ROUTE_TUS)) {
			w->route = &routes.at[i];
			return ERR_OK;
		}
	}
	return path_known ? ERR_METHOD : ERR_NOT_FOUND;
}

static enum err read_json(struct web *w)
{
	const char *media = http_param(w->http, "CONTENT_TYPE"), *say = NULL;
	void *in = arena_alloc(w->c.arena, w->route->body->size);
	enum err e;

	w->in = in;
	if (media && *media && strncmp(media, "application/json", 16) != 0 &&
		strncmp(media, "application/merge-patch+json", 28) != 0)
		return ctx_say(&w->c, method_writes(w->route->method) ? ERR_MEDIA : ERR_SYNTAX, "请求内容应为JSON");
	e = json_read(w->body.len ? (const char *)w->body.at : "{}", w->body.len ? w->body.len : 2, w->route->body, in,
		&w->c.faults, &say);
	return e == ERR_SYNTAX ? ctx_say(&w->c, e, "请求内容%s", say) : e;
}

/* Faults are for the page to show beside what was typed. */
static enum err read_form(struct web *w)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *media = http_param(w->http, "CONTENT_TYPE");
	void *in = arena_alloc(w->c.arena, w->route->body->size);
	char *text = arena_textn(w->c.arena, (const char *)w->body.at, w->body.len);

	w->in = in;
	if (!media || strncmp(media, form, sizeof form - 1) != 0)
		return ERR_MEDIA;
	for (char *p = text; *p; p++)
		if (*p == '+')
			*p = ' ';
	http_query(w->c.arena, text, w->route->body, in, &w->c.faults);
	return ERR_OK;
}

static enum err read_input(struct web *w)
{
	const struct route *r = w->route;
	enum err e = ERR_OK;

	if (r->query) {
		void *query = arena_alloc(w->c.arena, r->query->size);

		http_query(w->c.arena, http_param(w->http, "QUERY_STRING"), r->query, query, &w->c.faults);
		w->query = query;
		if (w->c.faults.count)
			return ERR_INVALID;
	}
	if (method_writes(r->method))
		e = http_body(w->http, r->flags & ROUTE_RAW ? RAW_BODY_MAX : JSON_BODY_MAX, &w->body);
	if (e != ERR_OK || !r->body)
		return e;
	return r->flags & ROUTE_PAGE ? read_form(w) : read_json(w);
}

/* Percent signs and UTF-8 in order? */
static bool decodes(struct web *w, const char *query)
{
	return !query || http_decode(w->c.arena, query, strlen(query)) != NULL;
}

static enum err guarded(struct web *w, struct routes routes)
{
	enum err e = guard_secret(w, secret);

	if (e == ERR_OK && (http_repeats(w->http) || !decodes(w, http_param(w->http, "QUERY_STRING"))))
		e = ERR_SYNTAX;
	if (e == ERR_OK)
		e = find_route(w, routes);
	if (e == ERR_OK)
		e = guard_origin(w);
	if (e == ERR_OK && !(w->route->flags & ROUTE_NO_DB))
		e = db_ready(w->c.db);
	if (e == ERR_OK)
		e = guard_session(w);
	if (e == ERR_OK)
		e = guard_permission(w);
	if (e == ERR_OK)
		e = guard_csrf(w);
	if (e == ERR_OK)
		e = guard_if_match(w);
	return e == ERR_OK ? read_input(w) : e;
}

static void fresh_answer(struct web *w)
{
	w->status = 200;
	w->etag = 0;
	w->location = w->set_cookie = w->media = NULL;
	w->headers = 0;
	w->stored = false;
	str_init(&w->out, w->c.arena);
	json_begin(&w->json, &w->out);
}

static enum err in_transaction(struct ctx *c, void *arg)
{
	struct web *w = arg;
	enum err e;

	(void)c;
	fresh_answer(w);
	e = idempotency_begin(w);
	if (e != ERR_OK || w->stored)
		return e;
	e = w->route->handler(w);
	return e == ERR_OK ? idempotency_keep(w) : e;
}

static enum err handle(struct web *w, struct routes routes)
{
	enum err e = guarded(w, routes);

	if (e != ERR_OK)
		return e;
	if (w->route->flags & ROUTE_TX)
		return ctx_tx(&w->c, in_transaction, w);
	fresh_answer(w);
	return w->route->handler(w);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static void serve(struct http *http, struct house *house, struct arena *a, struct routes routes)
{
	int64_t from = now_us();
	const char *uri = http_param(http, "DOCUMENT_URI"), *addr = http_param(http, "REMOTE_ADDR"),
		   *id = http_param(http, "ZY_REQUEST_ID");
	struct web *w = arena_alloc(a, sizeof *w);
	enum err e;

	w->http = http;
	w->path = uri && utf8_valid(uri, strlen(uri)) ? uri : "/";
	w->req_id = id ? id : "-";
	ctx_init(&w->c, house, a, (int64_t)time(NULL));
	w->c.actor.addr = addr ? addr : "";
	fresh_answer(w);
	e = keyring_hold(&house->master);
	if (e == ERR_OK)
		e = handle(w, routes);
	db_rollback(w->c.db);
	keyring_release(&house->master);
	reply_send(w, e);
	log_request(&(struct log_request){
		.req_id = w->req_id,
		.method = w->method && text_index(method_words, w->method) >= 0 ? w->method : "-",
		.route = w->route ? w->route->path : "-",
		.error = e == ERR_OK ? NULL : err_wire(e),
		.status = w->status,
		.dur_us = now_us() - from,
		.account_id = w->c.actor.account_id,
		.staff_id = w->c.actor.staff_id,
	});
}

static void begin(struct house *house, struct arena *a, struct routes routes)
{
	struct ctx c;

	if (!routes.begin)
		return;
	ctx_init(&c, house, a, (int64_t)time(NULL));
	if (db_ready(c.db) == ERR_OK)
		routes.begin(&c);
	arena_reset(a);
}

int web_run(const char *program, int argc, char **argv, struct routes routes)
{
	struct arena *a;
	struct house *house;
	struct http *http;

	for (size_t i = 0; i < routes.count; i++)
		if (routes.at[i].permission == PERM_NONE) {
			fprintf(stderr, "%s: a route without permission: %s\n", program, routes.at[i].path);
			return 1;
		}
	if (argc > 1 && strcmp(argv[1], "--routes") == 0)
		return print_routes(routes);
	house = house_open(program);
	read_secret(&house->config);
	http = http_open();
	a = arena_new();
	begin(house, a, routes);
	while (http_accept(http, a)) {
		serve(http, house, a, routes);
		http_finish(http);
		arena_reset(a);
	}
	http_close(http);
	arena_free(a);
	house_close(house);
	return 0;
}
