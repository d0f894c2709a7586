/* The applicant's side of money: what to pay and where, and what he says he paid. */
#include "domain/application_view.h"
#include "domain/payment.h"
#include "web/web.h"

static enum err remit(struct web *w)
{
	struct application app;
	enum err e = application_remit(&w->c, WEB_NO(w), w->in, &app);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	e = application_write(&w->c, &app, VIEW_OWNER, &w->json);
	json_end(&w->json);
	w->etag = app.version;
	return e;
}

static enum err info(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	return e == ERR_OK ? payment_write_info(&w->c, &app, &w->json) : e;
}

static const struct route routes[] = {
	{POST, "/api/applications/:no/remittance", PERM_APPLY, ROUTE_TX, &remittance_shape, NULL, remit},
	{GET, "/api/applications/:no/payment", PERM_APPLY, 0, NULL, NULL, info},
};

int main(int argc, char **argv)
{
	return web_run("payment", argc, argv, ROUTES(routes));
}
