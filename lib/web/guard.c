#include "web/guard.h"

#include <stdlib.h>
#include <string.h>

#include "domain/relay.h"
#include "domain/session.h"

bool method_writes(enum method m)
{
	return m == POST || m == PATCH || m == PUT || m == DELETE;
}

enum err guard_secret(struct web *w, const char *secret)
{
	const char *given = http_param(w->http, "ZY_SECRET");
	size_t n = strlen(secret);

	return given && strlen(given) == n && crypto_equal(given, secret, n) ? ERR_OK : ERR_FORBIDDEN;
}

/* scheme://host[:port] of the Origin header against the Host the request came to. */
static bool same_host(const char *origin, const char *host)
{
	const char *at = strstr(origin, "://");

	return at && host && strcmp(at + 3, host) == 0;
}

enum err guard_origin(struct web *w)
{
	const char *site = http_header(w->http, "sec-fetch-site"), *origin = http_header(w->http, "origin");

	if (!method_writes(w->route->method))
		return ERR_OK;
	if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return ERR_ORIGIN;
	return !origin || same_host(origin, http_header(w->http, "host")) ? ERR_OK : ERR_ORIGIN;
}

static const struct {
	const char *path, *cookie, *secure_cookie;
} doors[DOOR_MAX] = {
	[DOOR_APPLICANT] = {"/", "sid", "__Host-sid"},
	[DOOR_STAFF] = {"/api/staff/", "staff", "__Host-staff"},
	[DOOR_RELAY] = {"/api/relay/", "relay", "__Host-relay"},
};

static const char *cookie_name(const struct web *w, enum door door)
{
	return w->c.house->config.cookie_secure ? doors[door].secure_cookie : doors[door].cookie;
}

/* The value of a cookie; NULL when it is missing or there twice. */
static const char *cookie(struct web *w, const char *name)
{
	const char *at = http_header(w->http, "cookie"), *found = NULL;
	size_t n = strlen(name);

	while (at && *at) {
		size_t len;

		at += strspn(at, "; ");
		len = strcspn(at, ";");
		if (len > n && at[n] == '=' && strncmp(at, name, n) == 0) {
			if (found)
				return NULL;
			found = arena_textn(w->c.arena, at + n + 1, len - n - 1);
		}
		at += len;
	}
	return found;
}

enum door web_door(const char *path)
{
	enum door d = DOOR_MAX - 1;

	while (d && strncmp(path, doors[d].path, strlen(doors[d].path)) != 0)
		d--;
	return d;
}

enum err guard_session(struct web *w)
{
	enum door door = web_door(w->path);
	enum err e;

	w->token = cookie(w, cookie_name(w, door));
	if (!w->token || (w->route->flags & ROUTE_NO_DB))
		return ERR_OK;
	e = door == DOOR_RELAY ? relay_find(&w->c, w->token, &w->session_ends_at)
			       : session_find(&w->c, w->token, door == DOOR_STAFF, &w->session_ends_at);
	if (e == ERR_SIGN_IN) {
		w->token = NULL;
		return ERR_OK;
	}
	return e;
}

enum err guard_permission(struct web *w)
{
	enum permission p = w->route->permission;

	if (p == PERM_PUBLIC)
		return ERR_OK;
	if (p == PERM_INTERNAL)
		return text_eq(http_param(w->http, "ZY_INTERNAL"), "1") ? ERR_OK : ERR_NOT_FOUND;
	if (w->c.actor.kind == ACTOR_NOBODY && p == PERM_RELAY)
		return ctx_say(&w->c, ERR_SIGN_IN, "手机和电脑的连接已经结束，请在电脑上重新生成二维码");
	if (w->c.actor.kind == ACTOR_NOBODY)
		return ERR_SIGN_IN;
	/* a counter session may not list or begin: only what names its case, or an upload, which names it too */
	if (p == PERM_APPLY && w->c.actor.only_application && !w->segment[0] && !(w->route->flags & ROUTE_TUS))
		return ERR_FORBIDDEN;
	return w->c.actor.permissions & PERMISSION_BIT(p) ? ERR_OK : ERR_FORBIDDEN;
}

enum err guard_csrf(struct web *w)
{
	const char *given = http_header(w->http, "x-csrf-token");
	char *want;

	if (!method_writes(w->route->method) || (w->route->flags & ROUTE_NO_CSRF) || !w->token)
		return ERR_OK;
	want = session_csrf(&w->c, w->token);
	return given && strlen(given) == strlen(want) && crypto_equal(given, want, strlen(want)) ? ERR_OK : ERR_CSRF;
}

enum err guard_if_match(struct web *w)
{
	const char *text = http_header(w->http, "if-match");
	size_t n;

	if (!text || strcmp(text, "*") == 0)
		return !text && (w->route->flags & ROUTE_IF_MATCH) ? ERR_NO_MATCH : ERR_OK;
	/* exactly as we write it: "7" */
	n = *text == '"' && text[1] != '0' ? strspn(text + 1, "0123456789") : 0;
	if (n == 0 || n > 18 || strcmp(text + 1 + n, "\"") != 0)
		return ERR_STALE;
	w->c.expect = strtoll(text + 1, NULL, 10);
	return ERR_OK;
}

void web_cookie(struct web *w, enum door door, const char *token)
{
	bool secure = w->c.house->config.cookie_secure;

	w->set_cookie = arena_printf(w->c.arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name(w, door),
		token ? token : "", secure ? "; Secure" : "", token ? "" : "; Max-Age=0");
}
