#include "web/reply.h"

#include <inttypes.h>
#include <string.h>

#include "domain/plain.h"
#include "web/english.h"

enum err web_created(struct web *w, const char *location)
{
	w->status = 201;
	w->location = location;
	return ERR_OK;
}

enum err web_empty(struct web *w)
{
	w->status = 204;
	return ERR_OK;
}

void web_header(struct web *w, const char *name, const char *value)
{
	if (w->headers == ARRAY_LEN(w->header))
		return;
	w->header[w->headers].name = name;
	w->header[w->headers++].value = value;
}

void web_bytes(struct web *w, const char *media, struct bytes b)
{
	w->media = media;
	str_addn(&w->out, b.at, b.len);
}

void web_page(struct web *w, const char *title)
{
	const char *cookie = http_header(w->http, "cookie");

	str_init(&w->out, w->c.arena);
	w->media = "text/html; charset=utf-8";
	plain_begin(&w->out, title, cookie && strstr(cookie, "big=1"));
	plain_faults(&w->out, &w->c.faults, w->c.say);
}

/* A refusal to whom only pages can be shown. */
static void write_page(struct web *w, enum err e)
{
	if (!w->c.say)
		w->c.say = err_sentence(e);
	web_page(w, "进度查询");
	markup(&w->out, "<p class=\"muted\">错误编号：%s</p>\n", w->req_id);
	plain_end(&w->out);
	w->status = err_status(e);
}

static void write_faults(struct web *w, const struct faults *faults)
{
	struct json_out *j = &w->json;

	json_list(j, "errors");
	for (size_t i = 0; i < faults->count; i++) {
		json_object(j, NULL);
		json_text(j, "pointer", arena_printf(w->c.arena, "#%s", faults->at[i].pointer));
		json_text(j, "code", faults->at[i].code);
		json_text(j, "detail", faults->at[i].detail);
		json_end(j);
	}
	json_end(j);
}

static void write_problem(struct web *w, enum err e)
{
	struct json_out *j = &w->json;

	str_init(&w->out, w->c.arena);
	json_begin(j, &w->out);
	json_object(j, NULL);
	json_text(j, "type", arena_printf(w->c.arena, "/problems/%s", err_wire(e)));
	json_text(j, "title", err_sentence(e));
	json_int(j, "status", err_status(e));
	json_text(j, "detail", w->c.say ? w->c.say : err_sentence(e));
	json_text(j, "instance", w->req_id);
	json_text(j, "code", err_wire(e));
	write_faults(w, &w->c.faults);
	json_end(j);
	w->media = "application/problem+json";
	w->status = err_status(e);
	w->etag = 0;
	w->location = NULL;
	w->set_cookie = NULL;
}

static bool cacheable(const struct web *w)
{
	return w->route && w->route->flags & ROUTE_CACHE && (w->status == 200 || w->status == 304);
}

static int64_t retry_after_s(const struct web *w)
{
	if (w->status == 503)
		return 5;
	return w->c.retry_s ? w->c.retry_s : 60;
}

static void write_head(struct web *w)
{
	struct http *h = w->http;

	http_begin(h, w->status);
	if (w->status != 204 && w->status != 304)
		http_add_header(h, "Content-Type", w->media ? w->media : "application/json");
	http_add_header(h, "Cache-Control", cacheable(w) ? "public, max-age=60" : "private, no-store");
	http_add_header(h, "X-Request-Id", w->req_id);
	if (w->etag)
		http_add_header(h, "ETag", arena_printf(w->c.arena, "\"%" PRId64 "\"", w->etag));
	if (w->location)
		http_add_header(h, "Location", w->location);
	if (w->set_cookie)
		http_add_header(h, "Set-Cookie", w->set_cookie);
	if (w->status == 429 || w->status == 503)
		http_add_header(h, "Retry-After", arena_printf(w->c.arena, "%" PRId64, retry_after_s(w)));
	if (w->stored)
		http_add_header(h, "Idempotent-Replayed", "true");
	for (size_t i = 0; i < w->headers; i++)
		http_add_header(h, w->header[i].name, w->header[i].value);
}

/* A public answer carries the hash of its bytes; who has them already is told so.  nginx marks the tag of what it
 * compressed as weak (W/). */
static void reply_unchanged(struct web *w)
{
	const char *have = http_header(w->http, "if-none-match"), *tag;

	if (!cacheable(w))
		return;
	tag = arena_printf(w->c.arena, "\"%.32s\"", crypto_sha256_hex(w->c.arena, w->out.at, w->out.len));
	web_header(w, "ETag", tag);
	if (have && strstr(have, tag)) {
		w->status = 304;
		str_init(&w->out, w->c.arena);
	}
}

void reply_send(struct web *w, enum err e)
{
	bool head = text_eq(w->method, "HEAD");

	if (e != ERR_OK && w->route && w->route->flags & ROUTE_PAGE)
		write_page(w, e);
	else if (e != ERR_OK)
		write_problem(w, e);
	if (english_wanted(w))
		english_answer(w);
	if (cacheable(w))
		web_header(w, "Vary", "Accept-Language");
	reply_unchanged(w);
	if (w->route && w->route->flags & ROUTE_TUS) {
		web_header(w, "Tus-Resumable", "1.0.0");
		if (e == ERR_TUS_VERSION)
			web_header(w, "Tus-Version", "1.0.0");
	}
	write_head(w);
	http_write(w->http, w->out.at, w->status == 204 || head ? 0 : w->out.len);
}
