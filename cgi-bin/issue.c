/* Production: cases ready to be made, and the certificates recorded for them. */
#include "domain/certificate.h"
#include "domain/desk.h"
#include "domain/queue.h"
#include "domain/signature.h"
#include "web/web.h"

static enum err list(struct web *w)
{
	return queue_write_production(&w->c, w->query, &w->json);
}

static enum err record(struct web *w)
{
	struct application app;
	enum err e = certificate_record(&w->c, w->in, &app);

	if (e == ERR_OK)
		e = signature_recheck(&w->c, &app, "issue");
	if (e != ERR_OK)
		return e;
	w->etag = app.version;
	return desk_write(&w->c, &app, &w->json);
}

static const struct route routes[] = {
	{GET, "/api/staff/production", PERM_PRODUCE, 0, NULL, &list_query_shape, list},
	{POST, "/api/staff/production", PERM_PRODUCE, ROUTE_TX, &certificate_in_shape, NULL, record},
};

int main(int argc, char **argv)
{
	return web_run("issue", argc, argv, ROUTES(routes));
}
