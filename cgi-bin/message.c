/* Messages: what was sent to whom and whether it arrived; and the work behind the pages that was given up. */
#include "base/rule.h"
#include "domain/job.h"
#include "domain/notify.h"
#include "web/web.h"

struct why {
	const char *reason;
};
static const struct field why_fields[] = {TEXT_REQUIRED(struct why, reason, "原因", 2, 200, rule_line)};
static const struct shape why_shape = SHAPE(struct why, why_fields);

static const char *why(struct web *w)
{
	return ((const struct why *)w->in)->reason;
}

static enum err messages(struct web *w)
{
	return notify_write_list(&w->c, w->query, &w->json);
}

static enum err message_again(struct web *w)
{
	enum err e = notify_resend(&w->c, w->segment[0], why(w), &w->json);

	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err jobs(struct web *w)
{
	return job_write_list(&w->c, w->query, &w->json);
}

static enum err again(struct web *w)
{
	enum err e = job_again(&w->c, w->segment[0], why(w));

	return e == ERR_OK ? web_empty(w) : e;
}

static enum err drop(struct web *w)
{
	enum err e = job_drop(&w->c, w->segment[0], why(w));

	return e == ERR_OK ? web_empty(w) : e;
}

/* What the gateway wants to hear: anything else, and it comes again. */
static enum err report(struct web *w)
{
	enum err e = notify_reports(&w->c, w->segment[0], w->body);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_int(&w->json, "code", 0);
	json_text(&w->json, "msg", "接收成功");
	json_end(&w->json);
	return ERR_OK;
}

static const struct route routes[] = {
	{GET, "/api/staff/messages", PERM_CASE_READ, 0, NULL, &notify_query_shape, messages},
	{POST, "/api/staff/messages/:id/again", PERM_MESSAGES, ROUTE_TX, &why_shape, NULL, message_again},
	{GET, "/api/staff/jobs", PERM_JOBS, 0, NULL, &job_query_shape, jobs},
	{POST, "/api/staff/jobs/:id/again", PERM_JOBS, ROUTE_TX, &why_shape, NULL, again},
	{POST, "/api/staff/jobs/:id/drop", PERM_JOBS, ROUTE_TX, &why_shape, NULL, drop},
	{POST, "/api/hooks/sms/:key", PERM_PUBLIC, ROUTE_TX | ROUTE_NO_CSRF | ROUTE_RAW, NULL, NULL, report},
};

int main(int argc, char **argv)
{
	return web_run("message", argc, argv, ROUTES(routes));
}
