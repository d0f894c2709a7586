/* Figures of the work; what applicants say of us and who answers them. */
#include "base/str.h"
#include "domain/audit.h"
#include "domain/feedback.h"
#include "domain/rating_follow.h"
#include "domain/report.h"
#include "web/web.h"

static enum err ratings(struct web *w)
{
	return rating_follow_list(&w->c, w->query, &w->json);
}

static enum err rating(struct web *w)
{
	enum err e = audit_look(&w->c, "rating_view", WEB_NO(w), NULL);

	return e == ERR_OK ? rating_follow_write(&w->c, WEB_NO(w), &w->json) : e;
}

static enum err rating_step(struct web *w)
{
	enum err e = rating_follow_step(&w->c, WEB_NO(w), w->in);

	return e == ERR_OK ? rating_follow_write(&w->c, WEB_NO(w), &w->json) : e;
}

static enum err reports(struct web *w)
{
	return report_write(&w->c, w->query, &w->json);
}

static enum err report_file(struct web *w)
{
	const struct report_query *in = w->query;
	struct arena *a = w->c.arena;
	struct bytes file;
	struct str as;
	enum err e = report_csv(&w->c, w->segment[0], in, &file);

	if (e != ERR_OK)
		return e;
	str_init(&as, a);
	str_add(&as, "attachment; ");
	str_filename(&as, arena_printf(a, "%s-%s-%s.csv", w->segment[0], date_text(a, in->from), date_text(a, in->to)));
	web_header(w, "Content-Disposition", as.at);
	web_bytes(w, "text/csv; charset=utf-8", file);
	return ERR_OK;
}

static enum err feedbacks(struct web *w)
{
	return feedback_list(&w->c, w->query, &w->json);
}

static enum err feedback(struct web *w)
{
	enum err e = audit_look(&w->c, "feedback_view", WEB_NO(w), NULL);

	return e == ERR_OK ? feedback_write(&w->c, WEB_NO(w), &w->json) : e;
}

static enum err answer(struct web *w)
{
	enum err e = feedback_answer(&w->c, WEB_NO(w), ((const struct feedback_answer_in *)w->in)->answer);

	return e == ERR_OK ? feedback_write(&w->c, WEB_NO(w), &w->json) : e;
}

static const struct route routes[] = {
	{GET, "/api/staff/feedback", PERM_FOLLOW, 0, NULL, &feedback_query_shape, feedbacks},
	{GET, "/api/staff/feedback/:no", PERM_FOLLOW, 0, NULL, NULL, feedback},
	{POST, "/api/staff/feedback/:no/answer", PERM_FOLLOW, ROUTE_TX, &feedback_answer_shape, NULL, answer},
	{GET, "/api/staff/reports", PERM_REPORT, 0, NULL, &report_query_shape, reports},
	{GET, "/api/staff/reports/:report/csv", PERM_REPORT, 0, NULL, &report_query_shape, report_file},
	{GET, "/api/staff/ratings", PERM_FOLLOW, 0, NULL, &rating_query_shape, ratings},
	{GET, "/api/staff/applications/:no/rating", PERM_FOLLOW, 0, NULL, NULL, rating},
	{POST, "/api/staff/applications/:no/rating/steps", PERM_FOLLOW, ROUTE_TX, &rating_step_shape, NULL,
		rating_step},
};

int main(int argc, char **argv)
{
	return web_run("report", argc, argv, ROUTES(routes));
}
