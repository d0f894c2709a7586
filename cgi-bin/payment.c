/* The applicant's side of money: what to pay and where, and what he says he paid. */
#include "domain/alipay.h"
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

	return e == ERR_OK ? payment_write_info(&w->c, &app, alipay_offered(&w->c, &app), &w->json) : e;
}

/* The page asks again until there is a code to scan, and until it is paid. */
static enum err alipay(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	return e == ERR_OK ? alipay_write(&w->c, &app, &w->json) : e;
}

static enum err alipay_wanted(struct web *w)
{
	struct alipay_order order;
	struct application app;
	enum err e = alipay_begin(&w->c, WEB_NO(w), &order);

	if (e == ERR_OK)
		e = application_read(&w->c, WEB_NO(w), &app);
	if (e == ERR_OK)
		e = alipay_write(&w->c, &app, &w->json);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

/* Who sends it proves himself by his signature.  The answer is these seven bytes and nothing else, after the commit. */
static enum err notice(struct web *w)
{
	enum err e = alipay_notice(&w->c, w->body);

	if (e == ERR_OK)
		web_bytes(w, "text/plain", (struct bytes){(const unsigned char *)"success", 7});
	return e;
}

static const struct route routes[] = {
	{POST, "/api/applications/:no/remittance", PERM_APPLY, ROUTE_TX, &remittance_shape, NULL, remit},
	{POST, "/api/applications/:no/alipay", PERM_APPLY, ROUTE_TX, NULL, NULL, alipay_wanted},
	{GET, "/api/applications/:no/alipay", PERM_APPLY, 0, NULL, NULL, alipay},
	{POST, "/api/hooks/alipay", PERM_PUBLIC, ROUTE_TX | ROUTE_NO_CSRF | ROUTE_RAW, NULL, NULL, notice},
	{GET, "/api/applications/:no/payment", PERM_APPLY, 0, NULL, NULL, info},
};

int main(int argc, char **argv)
{
	return web_run("payment", argc, argv, ROUTES(routes));
}
