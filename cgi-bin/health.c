/* For those who watch: alive, able to work, and a few figures. */
#include "domain/health.h"
#include "web/web.h"

static enum err alive(struct web *w)
{
	json_object(&w->json, NULL);
	json_text(&w->json, "status", "ok");
	json_end(&w->json);
	return ERR_OK;
}

static void write_check(struct web *w, const struct health_check *check)
{
	json_object(&w->json, NULL);
	json_text(&w->json, "name", check->name);
	json_bool(&w->json, "ok", check->ok);
	if (check->detail)
		json_text(&w->json, "detail", check->detail);
	json_end(&w->json);
}

static enum err ready(struct web *w)
{
	struct health_check check[HEALTH_CHECKS];
	bool ok = health_checks(&w->c, check);

	json_object(&w->json, NULL);
	json_text(&w->json, "status", ok ? "ok" : "failing");
	json_list(&w->json, "checks");
	for (size_t i = 0; i < HEALTH_CHECKS; i++)
		write_check(w, &check[i]);
	json_end(&w->json);
	json_end(&w->json);
	/* Not a refusal: the list is the answer, and its status is what a balancer reads. */
	if (!ok)
		w->status = 503;
	return ERR_OK;
}

static enum err metrics(struct web *w)
{
	struct str s;
	enum err e;

	str_init(&s, w->c.arena);
	e = health_metrics(&w->c, &s);
	if (e == ERR_OK)
		web_bytes(w, "text/plain; version=0.0.4; charset=utf-8",
			(struct bytes){(const unsigned char *)s.at, s.len});
	return e;
}

static const struct route routes[] = {
	{GET, "/api/health", PERM_PUBLIC, ROUTE_NO_DB, NULL, NULL, alive},
	/* Public here, for this host only in nginx. */
	{GET, "/api/ready", PERM_PUBLIC, ROUTE_NO_DB, NULL, NULL, ready},
	{GET, "/api/metrics", PERM_INTERNAL, 0, NULL, NULL, metrics},
};

int main(int argc, char **argv)
{
	return web_run("health", argc, argv, ROUTES(routes));
}
