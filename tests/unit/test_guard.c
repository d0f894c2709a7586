/* The guards, with headers from a table instead of a request. */
#include "unit.h"

#include "base/str.h"
#include "domain/session.h"
#include "web/guard.h"

static const char *const (*given)[2]; /* name, value; ended by NULL */

static const char *find(const char *name)
{
	for (size_t i = 0; given && given[i][0]; i++)
		if (text_eq(given[i][0], name))
			return given[i][1];
	return NULL;
}

const char *http_param(const struct http *h, const char *name)
{
	(void)h;
	return find(name);
}

const char *http_header(const struct http *h, const char *name)
{
	(void)h;
	return find(name);
}

static struct house house;
static struct route route;

static struct web web_of(enum method method, const char *path)
{
	struct web w = {.c = {.house = &house, .arena = mem}, .route = &route, .path = path};

	route = (struct route){.method = method, .path = path, .permission = PERM_PUBLIC};
	return w;
}

#define HEADERS(...) \
	given = (const char *const[][2]) \
	{ \
		__VA_ARGS__, \
		{ \
			NULL, NULL \
		} \
	}

static void secret(void **state)
{
	struct web w = web_of(GET, "/api/catalog");

	(void)state;
	HEADERS({"ZY_SECRET", "0123456789abcdef"});
	assert_int_equal(guard_secret(&w, "0123456789abcdef"), ERR_OK);
	assert_int_equal(guard_secret(&w, "0123456789abcdeX"), ERR_FORBIDDEN);
	assert_int_equal(guard_secret(&w, "0123456789abcde"), ERR_FORBIDDEN);
	assert_int_equal(guard_secret(&w, "0123456789abcdef0"), ERR_FORBIDDEN);
	given = NULL;
	assert_int_equal(guard_secret(&w, "0123456789abcdef"), ERR_FORBIDDEN);
}

static void origin(void **state)
{
	static const struct {
		const char *site, *origin, *host;
		bool right;
	} row[] = {
		{NULL, NULL, "ca.example.com", true},
		{"same-origin", NULL, "ca.example.com", true},
		{"none", NULL, "ca.example.com", true},
		{"same-origin", "https://ca.example.com", "ca.example.com", true},
		{NULL, "http://127.0.0.1:8080", "127.0.0.1:8080", true},
		{"cross-site", NULL, "ca.example.com", false},
		{"same-site", NULL, "ca.example.com", false},
		{"", NULL, "ca.example.com", false},
		{"Same-Origin", NULL, "ca.example.com", false},
		{"cross-site", "https://ca.example.com", "ca.example.com", false},
		{"same-origin", "https://evil.example.com", "ca.example.com", false},
		{NULL, "null", "ca.example.com", false},
		{NULL, "", "ca.example.com", false},
		{NULL, "https://ca.example.com.evil.com", "ca.example.com", false},
		{NULL, "https://ca.example.com:8443", "ca.example.com", false},
		{NULL, "https://evil.com/://ca.example.com", "ca.example.com", false},
		{NULL, "https://ca.example.com", NULL, false},
		{NULL, "ca.example.com", "ca.example.com", false},
		{NULL, "https://ca.example.com/", "ca.example.com", false},
	};
	static const enum method writing[] = {POST, PATCH, PUT, DELETE}, reading[] = {GET, HEAD, OPTIONS};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		HEADERS({"sec-fetch-site", row[i].site}, {"origin", row[i].origin}, {"host", row[i].host});
		for (size_t k = 0; k < ARRAY_LEN(writing); k++) {
			struct web w = web_of(writing[k], "/api/x");

			expect(i, guard_origin(&w) == (row[i].right ? ERR_OK : ERR_ORIGIN));
		}
		for (size_t k = 0; k < ARRAY_LEN(reading); k++) {
			struct web w = web_of(reading[k], "/api/x");

			expect(i, guard_origin(&w) == ERR_OK);
		}
	}
	for (int m = 0; m < METHOD_MAX; m++)
		expect(m, method_writes((enum method)m) == (m == POST || m == PATCH || m == PUT || m == DELETE));
}

/* Each permission against nobody, an applicant and each role of staff. */
static void permission(void **state)
{
	(void)state;
	given = NULL;
	for (int p = PERM_PUBLIC; p < PERM_MAX; p++) {
		struct web w = web_of(GET, "/api/x");

		route.permission = (enum permission)p;
		expect(p, guard_permission(&w) == (p == PERM_PUBLIC	       ? ERR_OK
							  : p == PERM_INTERNAL ? ERR_NOT_FOUND
									       : ERR_SIGN_IN));
		if (p == PERM_PUBLIC || p == PERM_INTERNAL)
			continue;
		w.c.actor = (struct actor){.kind = ACTOR_APPLICANT, .permissions = PERMISSION_BIT(PERM_APPLY)};
		expect(p, guard_permission(&w) == (p == PERM_APPLY ? ERR_OK : ERR_FORBIDDEN));
		for (const char *const *role = permission_roles(); *role; role++) {
			w.c.actor = (struct actor){.kind = ACTOR_STAFF, .permissions = permission_of_role(*role)};
			expect(p,
				(guard_permission(&w) == ERR_OK) == !!(permission_of_role(*role) & PERMISSION_BIT(p)));
		}
		w.c.actor = (struct actor){.kind = ACTOR_APPLICANT, .permissions = PERMISSION_BIT(PERM_RELAY)};
		expect(p, guard_permission(&w) == (p == PERM_RELAY ? ERR_OK : ERR_FORBIDDEN));
		w.c.actor = (struct actor){.kind = ACTOR_STAFF}; /* staff without any role */
		expect(p, guard_permission(&w) == ERR_FORBIDDEN);
		w.c.actor = (struct actor){.kind = ACTOR_NOBODY, .permissions = ~(permission_set)0};
		expect(p, guard_permission(&w) == ERR_SIGN_IN);
	}
	{
		struct web w = web_of(GET, "/api/metrics");

		route.permission = PERM_INTERNAL;
		w.c.actor = (struct actor){.kind = ACTOR_STAFF, .permissions = ~(permission_set)0};
		assert_int_equal(guard_permission(&w), ERR_NOT_FOUND);
		HEADERS({"ZY_INTERNAL", "1"});
		assert_int_equal(guard_permission(&w), ERR_OK);
		HEADERS({"ZY_INTERNAL", ""});
		assert_int_equal(guard_permission(&w), ERR_NOT_FOUND);
	}
}

static void if_match(void **state)
{
	static const struct {
		const char *text;
		enum err e, e_required;
		int64_t expect;
	} row[] = {
		{NULL, ERR_OK, ERR_NO_MATCH, 0},
		{"\"7\"", ERR_OK, ERR_OK, 7},
		{"\"9007199254740993\"", ERR_OK, ERR_OK, 9007199254740993},
		{"*", ERR_OK, ERR_OK, 0},
		{"", ERR_STALE, ERR_STALE, 0},
		{"7", ERR_STALE, ERR_STALE, 0},
		{"\"\"", ERR_STALE, ERR_STALE, 0},
		{"\"0\"", ERR_STALE, ERR_STALE, 0},
		{"\"-7\"", ERR_STALE, ERR_STALE, 0},
		{"W/\"7\"", ERR_STALE, ERR_STALE, 0},
		{"\"7", ERR_STALE, ERR_STALE, 0},
		{"\"7x\"", ERR_STALE, ERR_STALE, 0},
		{"\"7\", \"8\"", ERR_STALE, ERR_STALE, 0},
		{"\"x\"", ERR_STALE, ERR_STALE, 0},
		{"\"", ERR_STALE, ERR_STALE, 0},
		{"\" 7\"", ERR_STALE, ERR_STALE, 0},
		{"\"+7\"", ERR_STALE, ERR_STALE, 0},
		{"\"07\"", ERR_STALE, ERR_STALE, 0},
		{"\"99999999999999999999\"", ERR_STALE, ERR_STALE, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		for (int required = 0; required < 2; required++) {
			struct web w = web_of(PATCH, "/api/x");

			HEADERS({"if-match", row[i].text});
			route.flags = required ? ROUTE_IF_MATCH : 0;
			expect(i, guard_if_match(&w) == (required ? row[i].e_required : row[i].e));
			if (row[i].e == ERR_OK)
				expect(i, w.c.expect == row[i].expect);
		}
}

static void csrf(void **state)
{
	struct web w = web_of(POST, "/api/applications");
	char *right, *other, *cut;

	(void)state;
	memset(house.csrf.at, 5, sizeof house.csrf.at);
	right = session_csrf(&w.c, "0123456789abcdef");
	other = session_csrf(&w.c, "0123456789abcdee");
	cut = arena_textn(mem, right, strlen(right) - 1);
	assert_string_not_equal(right, other);
	w.token = "0123456789abcdef";
	HEADERS({"x-csrf-token", right});
	assert_int_equal(guard_csrf(&w), ERR_OK);
	HEADERS({"x-csrf-token", other}); /* of another session */
	assert_int_equal(guard_csrf(&w), ERR_CSRF);
	HEADERS({"x-csrf-token", cut});
	assert_int_equal(guard_csrf(&w), ERR_CSRF);
	HEADERS({"x-csrf-token", ""});
	assert_int_equal(guard_csrf(&w), ERR_CSRF);
	HEADERS({"x-csrf-token", w.token}); /* the session itself is no proof */
	assert_int_equal(guard_csrf(&w), ERR_CSRF);
	given = NULL;
	assert_int_equal(guard_csrf(&w), ERR_CSRF);
	route.flags = ROUTE_NO_CSRF;
	assert_int_equal(guard_csrf(&w), ERR_OK);
	route.flags = 0;
	route.method = GET;
	assert_int_equal(guard_csrf(&w), ERR_OK);
	route.method = POST;
	w.token = NULL; /* nobody signed in: nothing to abuse */
	assert_int_equal(guard_csrf(&w), ERR_OK);
}

/* Which cookie is taken.  The row needs no database, so the token is as far as it goes. */
static void cookies(void **state)
{
	static const struct {
		const char *path, *cookie, *want;
		bool secure;
	} row[] = {
		{"/api/x", "__Host-sid=abc", "abc", true},
		{"/api/x", "a=1; __Host-sid=abc; b=2", "abc", true},
		{"/api/x", "a=1;__Host-sid=abc", "abc", true},
		{"/api/staff/x", "__Host-sid=abc; __Host-staff=def", "def", true},
		{"/api/staff/x", "__Host-sid=abc", NULL, true},
		{"/api/x", "__Host-staff=def", NULL, true},
		{"/api/x", "sid=abc", NULL, true},
		{"/api/x", "sid=abc", "abc", false},
		{"/api/x", "__Host-sid=abc", NULL, false},
		{"/api/x", "__Host-sid=abc; __Host-sid=def", NULL, true},
		{"/api/x", "x__Host-sid=abc", NULL, true},
		{"/api/x", "__Host-sidx=abc", NULL, true},
		{"/api/x", "__Host-sid", NULL, true},
		{"/api/x", "", NULL, true},
		{"/api/x", NULL, NULL, true},
		{"/api/x", ";;; ;", NULL, true},
		{"/api/x", "a=__Host-sid=abc", NULL, true},
		{"/api/staffx", "__Host-sid=abc", "abc", true},
		{"/api/relay/x", "__Host-sid=abc; __Host-relay=ghi", "ghi", true},
		{"/api/relay/x", "__Host-sid=abc; __Host-staff=def", NULL, true},
		{"/api/relay/x", "relay=ghi", "ghi", false},
		{"/api/relayx", "__Host-relay=ghi", NULL, true},
		{"/api/staff/x", "__Host-relay=ghi", NULL, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct web w = web_of(GET, row[i].path);

		house.config.cookie_secure = row[i].secure;
		route.flags = ROUTE_NO_DB;
		HEADERS({"cookie", row[i].cookie});
		expect(i, guard_session(&w) == ERR_OK && w.c.actor.kind == ACTOR_NOBODY);
		expect_text(i, w.token, row[i].want);
	}
}

static void set_cookie(void **state)
{
	struct web w = web_of(POST, "/api/session");

	(void)state;
	house.config.cookie_secure = true;
	web_cookie(&w, DOOR_APPLICANT, "abc");
	assert_string_equal(w.set_cookie, "__Host-sid=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
	web_cookie(&w, DOOR_STAFF, NULL);
	assert_string_equal(w.set_cookie, "__Host-staff=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
	house.config.cookie_secure = false;
	web_cookie(&w, DOOR_STAFF, "abc");
	assert_string_equal(w.set_cookie, "staff=abc; Path=/; HttpOnly; SameSite=Lax");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret),
		cmocka_unit_test(origin),
		cmocka_unit_test(permission),
		cmocka_unit_test(if_match),
		cmocka_unit_test(csrf),
		cmocka_unit_test(cookies),
		cmocka_unit_test(set_cookie),
	};

	return UNIT_MAIN(tests);
}
