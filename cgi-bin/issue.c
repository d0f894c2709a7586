/* Production: cases ready to be made, and the certificates recorded for them. */
#include "base/rule.h"
#include "domain/certificate.h"
#include "domain/desk.h"
#include "domain/issuer.h"
#include "domain/queue.h"
#include "domain/signature.h"
#include "domain/unlock.h"
#include "web/web.h"

struct written_in {
	const char *no;
	int64_t item;
};
static const struct field written_fields[] = {
	TEXT_REQUIRED(struct written_in, no, "申请单号", 8, 20, rule_case_no),
	INT_REQUIRED(struct written_in, item, "证书序号", 1, ITEMS_MAX),
};
static const struct shape written_shape = SHAPE(struct written_in, written_fields);

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
	if (e == ERR_OK)
		e = unlock_done(&w->c, &app);
	if (e != ERR_OK)
		return e;
	w->etag = app.version;
	return desk_write(&w->c, &app, &w->json);
}

static enum err order(struct web *w)
{
	const struct issuer_in *in = w->in;
	struct application app;
	enum err e = issuer_order(&w->c, in->no, in, &app);

	if (e == ERR_OK)
		e = signature_recheck(&w->c, &app, "issue");
	if (e == ERR_OK)
		e = issuer_write(&w->c, &app, &w->json);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err made(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	return e == ERR_OK ? issuer_write(&w->c, &app, &w->json) : e;
}

static enum err written(struct web *w)
{
	const struct written_in *in = w->in;
	struct application app;
	enum err e = issuer_written(&w->c, in->no, in->item, &app);

	return e == ERR_OK ? issuer_write(&w->c, &app, &w->json) : e;
}

static enum err checked(struct web *w)
{
	const struct written_in *in = w->in;
	struct application app;
	enum err e = issuer_checked(&w->c, in->no, in->item, &app);

	return e == ERR_OK ? issuer_write(&w->c, &app, &w->json) : e;
}

static enum err refused(struct web *w)
{
	struct application app;
	enum err e = issuer_refuse(&w->c, w->in, &app);

	return e == ERR_OK ? issuer_write(&w->c, &app, &w->json) : e;
}

static enum err permit_unlock(struct web *w)
{
	const struct unlock_in *in = w->in;
	struct token_permission p;
	enum err e = unlock_permit(&w->c, in->no, in, &p);

	if (e != ERR_OK)
		return e;
	json_shape(&w->json, NULL, &token_permission_shape, &p);
	return web_created(w, NULL);
}

static enum err bench(struct web *w)
{
	return issuer_write_bench(&w->c, &w->json);
}

static enum err unsettled(struct web *w)
{
	return issuer_write_unsettled(&w->c, &w->json);
}

static enum err settle(struct web *w)
{
	enum err e = issuer_settle(&w->c, w->in);

	return e == ERR_OK ? unsettled(w) : e;
}

static enum err confirm(struct web *w)
{
	enum err e = issuer_confirm(&w->c, w->in);

	return e == ERR_OK ? unsettled(w) : e;
}

static const struct route routes[] = {
	{POST, "/api/staff/production/orders", PERM_PRODUCE, ROUTE_TX, &issuer_in_shape, NULL, order},
	{POST, "/api/staff/production/permission", PERM_PRODUCE, 0, &unlock_in_shape, NULL, permit_unlock},
	{GET, "/api/staff/production/bench", PERM_PRODUCE, 0, NULL, NULL, bench},
	{GET, "/api/staff/production/unsettled", PERM_PRODUCE, 0, NULL, NULL, unsettled},
	{POST, "/api/staff/production/settlements", PERM_PRODUCE, ROUTE_TX, &issuer_settle_shape, NULL, settle},
	{POST, "/api/staff/production/settlements/confirm", PERM_PRODUCE, ROUTE_TX, &issuer_confirm_shape, NULL,
		confirm},
	{GET, "/api/staff/production/:no", PERM_PRODUCE, 0, NULL, NULL, made},
	{POST, "/api/staff/production/written", PERM_PRODUCE, ROUTE_TX, &written_shape, NULL, written},
	{POST, "/api/staff/production/checked", PERM_PRODUCE, ROUTE_TX, &written_shape, NULL, checked},
	{POST, "/api/staff/production/refused", PERM_PRODUCE, ROUTE_TX, &issuer_refuse_in_shape, NULL, refused},
	{GET, "/api/staff/production", PERM_PRODUCE, 0, NULL, &list_query_shape, list},
	{POST, "/api/staff/production", PERM_PRODUCE, ROUTE_TX, &certificate_in_shape, NULL, record},
};

int main(int argc, char **argv)
{
	return web_run("issue", argc, argv, ROUTES(routes));
}
