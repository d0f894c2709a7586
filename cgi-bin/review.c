/* The review desk: queues, claim, verdicts, correction, acceptance, second review. */
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/attachment.h"
#include "domain/audit.h"
#include "domain/desk.h"
#include "domain/note.h"
#include "domain/queue.h"
#include "domain/rekey.h"
#include "domain/review.h"
#include "domain/signature.h"
#include "web/web.h"

struct reasoned {
	const char *reason;
};
static const struct field reasoned_fields[] = {TEXT_REQUIRED(struct reasoned, reason, "原因", 2, 400, rule_note)};
static const struct shape reasoned_shape = SHAPE(struct reasoned, reasoned_fields);

struct confirmed {
	const char *serial;
};
static const struct field confirmed_fields[] = {
	TEXT_REQUIRED(struct confirmed, serial, "签名证书序列号", 2, 40, rule_serial)};
static const struct shape confirmed_shape = SHAPE(struct confirmed, confirmed_fields);

struct return_in {
	const char *note;
	int64_t days;
};
static const struct field return_fields[] = {
	TEXT(struct return_in, note, "说明", 1, 400, rule_note),
	INT(struct return_in, days, "补正天数", 1, 90),
};
static const struct shape return_shape = SHAPE(struct return_in, return_fields);

static enum err answer(struct web *w, enum err e, const struct application *app)
{
	if (e != ERR_OK)
		return e;
	w->etag = app->version;
	return desk_write(&w->c, app, &w->json);
}

static enum err queues(struct web *w)
{
	return queue_write_counts(&w->c, &w->json);
}

static enum err list(struct web *w)
{
	return queue_write(&w->c, w->query, &w->json);
}

static enum err take_next(struct web *w)
{
	const char *no;
	enum err e = queue_take(&w->c, w->in, &no);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_text(&w->json, "no", no);
	json_end(&w->json);
	return ERR_OK;
}

/* 0, which no view has, for what is no number. */
static int64_t view_id(const struct web *w)
{
	const char *text = w->segment[0];

	return strspn(text, "0123456789") == strlen(text) && strlen(text) < 18 ? strtoll(text, NULL, 10) : 0;
}

static enum err views_after(struct web *w, enum err e)
{
	return e == ERR_OK ? queue_view_write(&w->c, &w->json) : e;
}

static enum err views(struct web *w)
{
	return views_after(w, ERR_OK);
}

static enum err view_add(struct web *w)
{
	return views_after(w, queue_view_add(&w->c, w->in));
}

static enum err view_rename(struct web *w)
{
	const struct queue_view *in = w->in;

	return views_after(w, queue_view_rename(&w->c, view_id(w), in->name));
}

static enum err view_drop(struct web *w)
{
	return views_after(w, queue_view_drop(&w->c, view_id(w)));
}

static enum err get(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	if (e == ERR_OK)
		e = audit_look(&w->c, "case_view", WEB_NO(w), NULL);
	return answer(w, e, &app);
}

static enum err reveal(struct web *w)
{
	const struct reasoned *in = w->in;
	struct application app;
	enum err e = review_reveal(&w->c, WEB_NO(w), in->reason, &app);

	if (e == ERR_OK)
		desk_write_revealed(&app, &w->json);
	return e;
}

static enum err files(struct web *w)
{
	return attachment_list(&w->c, WEB_NO(w), &w->json);
}

static enum err claim(struct web *w)
{
	struct application app;

	return answer(w, review_claim(&w->c, WEB_NO(w), &app), &app);
}

static enum err heartbeat(struct web *w)
{
	struct application app;

	return answer(w, review_heartbeat(&w->c, WEB_NO(w), &app), &app);
}

static enum err take(struct web *w)
{
	const struct reasoned *in = w->in;
	struct application app;

	return answer(w, review_take(&w->c, WEB_NO(w), in->reason, &app), &app);
}

static enum err release(struct web *w)
{
	const struct reasoned *in = w->in;
	struct application app;

	return answer(w, review_release(&w->c, WEB_NO(w), in->reason, &app), &app);
}

static enum err judge(struct web *w)
{
	struct application app;

	return answer(w, review_judge(&w->c, WEB_NO(w), w->in, &app), &app);
}

static enum err send_back(struct web *w)
{
	const struct return_in *in = w->in;
	struct application app;

	return answer(w, review_return(&w->c, WEB_NO(w), in->note, in->days, &app), &app);
}

static enum err notice(struct web *w)
{
	const struct return_in *in = w->in;

	return review_notice(&w->c, WEB_NO(w), in->note, in->days, &w->json);
}

static enum err rounds(struct web *w)
{
	return review_rounds(&w->c, WEB_NO(w), &w->json);
}

static enum err notes(struct web *w)
{
	return note_list(&w->c, WEB_NO(w), w->query, &w->json);
}

static enum err note(struct web *w)
{
	enum err e = note_add(&w->c, WEB_NO(w), w->in, &w->json);

	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err earlier(struct web *w)
{
	return desk_earlier(&w->c, WEB_NO(w), w->query, &w->json);
}

static enum err certificates(struct web *w)
{
	return desk_certificates(&w->c, WEB_NO(w), w->query, &w->json);
}

static enum err accept_case(struct web *w)
{
	struct application app;
	enum err e = review_accept(&w->c, WEB_NO(w), &app);

	return answer(w, e == ERR_OK ? signature_recheck(&w->c, &app, "review") : e, &app);
}

static enum err approve(struct web *w)
{
	struct application app;
	enum err e = review_approve(&w->c, WEB_NO(w), &app);

	return answer(w, e == ERR_OK ? signature_recheck(&w->c, &app, "review") : e, &app);
}

static enum err rekeyed(struct web *w)
{
	return rekey_write(&w->c, WEB_NO(w), &w->json);
}

static enum err rekey(struct web *w)
{
	return rekey_try(&w->c, WEB_NO(w), w->in, &w->json);
}

static enum err back(struct web *w)
{
	struct application app;

	return answer(w, review_back(&w->c, WEB_NO(w), w->in, &app), &app);
}

static enum err reject(struct web *w)
{
	const struct reasoned *in = w->in;
	struct application app;

	return answer(w, review_reject(&w->c, WEB_NO(w), in->reason, &app), &app);
}

static enum err signature(struct web *w)
{
	const struct confirmed *in = w->in;
	struct application app;

	return answer(w, review_signature(&w->c, WEB_NO(w), in->serial, &app), &app);
}

enum { GUARDED = ROUTE_TX | ROUTE_IF_MATCH };

static const struct route routes[] = {
	{GET, "/api/staff/queues", PERM_CASE_READ, 0, NULL, NULL, queues},
	{POST, "/api/staff/queues/next", PERM_CASE_REVIEW, 0, &queue_filter_shape, NULL, take_next},
	{GET, "/api/staff/queues/views", PERM_CASE_READ, 0, NULL, NULL, views},
	{POST, "/api/staff/queues/views", PERM_CASE_READ, ROUTE_TX, &queue_view_shape, NULL, view_add},
	{PATCH, "/api/staff/queues/views/:id", PERM_CASE_READ, ROUTE_TX, &queue_view_name_shape, NULL, view_rename},
	{DELETE, "/api/staff/queues/views/:id", PERM_CASE_READ, ROUTE_TX, NULL, NULL, view_drop},
	{GET, "/api/staff/applications", PERM_CASE_READ, 0, NULL, &queue_query_shape, list},
	{GET, "/api/staff/applications/:no", PERM_CASE_READ, 0, NULL, NULL, get},
	{GET, "/api/staff/applications/:no/attachments", PERM_CASE_READ, 0, NULL, NULL, files},
	{POST, "/api/staff/applications/:no/reveal", PERM_REVEAL, ROUTE_TX, &reasoned_shape, NULL, reveal},
	{POST, "/api/staff/applications/:no/claim", PERM_CASE_REVIEW, ROUTE_TX, NULL, NULL, claim},
	{POST, "/api/staff/applications/:no/heartbeat", PERM_CASE_REVIEW, ROUTE_TX, NULL, NULL, heartbeat},
	{POST, "/api/staff/applications/:no/take-over", PERM_CASE_REVIEW, GUARDED, &reasoned_shape, NULL, take},
	{POST, "/api/staff/applications/:no/release", PERM_CASE_REVIEW, ROUTE_TX, &reasoned_shape, NULL, release},
	{POST, "/api/staff/applications/:no/verdicts", PERM_CASE_REVIEW, GUARDED, &review_verdicts_shape, NULL, judge},
	{POST, "/api/staff/applications/:no/notice", PERM_CASE_REVIEW, ROUTE_TX, &return_shape, NULL, notice},
	{GET, "/api/staff/applications/:no/rounds", PERM_CASE_READ, 0, NULL, NULL, rounds},
	{GET, "/api/staff/applications/:no/notes", PERM_CASE_READ, 0, NULL, &note_query_shape, notes},
	{POST, "/api/staff/applications/:no/notes", PERM_NOTE, ROUTE_TX, &note_in_shape, NULL, note},
	{GET, "/api/staff/applications/:no/earlier", PERM_CASE_READ, 0, NULL, &desk_query_shape, earlier},
	{GET, "/api/staff/applications/:no/certificates", PERM_CASE_READ, 0, NULL, &desk_query_shape, certificates},
	{POST, "/api/staff/applications/:no/return", PERM_CASE_REVIEW, GUARDED, &return_shape, NULL, send_back},
	{POST, "/api/staff/applications/:no/signature", PERM_CASE_REVIEW, ROUTE_TX, &confirmed_shape, NULL, signature},
	{POST, "/api/staff/applications/:no/accept", PERM_CASE_REVIEW, GUARDED, NULL, NULL, accept_case},
	{POST, "/api/staff/applications/:no/approve", PERM_CASE_APPROVE, GUARDED, NULL, NULL, approve},
	{GET, "/api/staff/applications/:no/rekey", PERM_CASE_APPROVE, 0, NULL, NULL, rekeyed},
	{POST, "/api/staff/applications/:no/rekey", PERM_CASE_APPROVE, GUARDED, &rekey_in_shape, NULL, rekey},
	{POST, "/api/staff/applications/:no/back", PERM_CASE_APPROVE, GUARDED, &review_back_shape, NULL, back},
	{POST, "/api/staff/applications/:no/reject", PERM_CASE_REJECT, GUARDED, &reasoned_shape, NULL, reject},
};

int main(int argc, char **argv)
{
	return web_run("review", argc, argv, ROUTES(routes));
}
