/* The applicant's cases: fill in, check, submit, withdraw, follow; and the tracker for whoever holds number, phone, code. */
#include <inttypes.h>

#include "base/rule.h"
#include "domain/account.h"
#include "domain/application_status.h"
#include "domain/application_view.h"
#include "domain/issuer.h"
#include "domain/notify.h"
#include "domain/queue.h"
#include "domain/rate.h"
#include "domain/signature.h"
#include "web/web.h"

static const struct field new_fields[] = {
	TEXT_REQUIRED(struct application_new, service, "业务", 1, 20, rule_word),
	TEXT_REQUIRED(struct application_new, holder, "证书类型", 1, 10, rule_word),
	TEXT_REQUIRED(struct application_new, channel, "办理方式", 1, 10, rule_word),
};
static const struct shape new_shape = SHAPE(struct application_new, new_fields);

struct withdraw_in {
	const char *reason;
};
static const struct field withdraw_fields[] = {TEXT(struct withdraw_in, reason, "撤回原因", 1, 400, rule_note)};
static const struct shape withdraw_shape = SHAPE(struct withdraw_in, withdraw_fields);

struct track_in {
	const char *no, *phone, *code;
};
static const struct field track_fields[] = {
	TEXT_REQUIRED(struct track_in, no, "申请单号", 1, 40, rule_line),
	TEXT_REQUIRED(struct track_in, phone, "手机号", 11, 11, rule_mobile),
	TEXT_REQUIRED(struct track_in, code, "验证码", 6, 6, rule_line),
};
static const struct shape track_shape = SHAPE(struct track_in, track_fields);

static enum err answer(struct web *w, const struct application *app)
{
	enum err e;

	json_object(&w->json, NULL);
	e = application_write(&w->c, app, VIEW_OWNER, &w->json);
	json_end(&w->json);
	w->etag = app->version;
	return e;
}

static enum err create(struct web *w)
{
	struct application app;
	enum err e = application_create(&w->c, w->in, &app);

	if (e == ERR_OK)
		e = answer(w, &app);
	return e == ERR_OK ? web_created(w, arena_printf(w->c.arena, "/api/applications/%s", app.no)) : e;
}

static enum err list(struct web *w)
{
	return queue_write_own(&w->c, w->query, &w->json);
}

static enum err get(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	return e == ERR_OK ? answer(w, &app) : e;
}

static enum err status(struct web *w)
{
	return application_status(&w->c, WEB_NO(w), &w->json, &w->etag);
}

static enum err patch(struct web *w)
{
	struct application app;
	enum err e = application_patch(&w->c, WEB_NO(w), (const char *)w->body.at, w->body.len, &app);

	return e == ERR_OK ? answer(w, &app) : e;
}

/* Giving up a draft; a submitted case is withdrawn with POST …/withdraw. */
static enum err discard(struct web *w)
{
	struct application app;
	enum err e = application_lock(&w->c, WEB_NO(w), &app);

	if (e == ERR_OK && !state_is_editable(app.state))
		e = ctx_say(&w->c, ERR_WRONG_STATE, "申请已提交，不能删除，可以撤回");
	if (e == ERR_OK)
		e = application_withdraw(&w->c, WEB_NO(w), NULL, &app);
	return e == ERR_OK ? web_empty(w) : e;
}

static enum err check(struct web *w)
{
	struct application app;
	struct faults faults;
	struct json_out *j = &w->json;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	faults_init(&faults, w->c.arena);
	if (e == ERR_OK)
		e = application_check(&w->c, &app, &faults);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_bool(j, "complete", faults.count == 0);
	json_list(j, "errors");
	for (size_t i = 0; i < faults.count; i++) {
		json_object(j, NULL);
		json_text(j, "pointer", arena_printf(w->c.arena, "#%s", faults.at[i].pointer));
		json_text(j, "code", faults.at[i].code);
		json_text(j, "detail", faults.at[i].detail);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	w->etag = app.version;
	return ERR_OK;
}

static enum err submit(struct web *w)
{
	struct application app;
	enum err e = application_submit(&w->c, WEB_NO(w), &app);

	if (e == ERR_OK)
		e = signature_void(&w->c, &app);
	return e == ERR_OK ? answer(w, &app) : e;
}

static enum err withdraw(struct web *w)
{
	const struct withdraw_in *in = w->in;
	struct application app;
	enum err e = application_withdraw(&w->c, WEB_NO(w), in->reason, &app);

	return e == ERR_OK ? answer(w, &app) : e;
}

static enum err change_way(struct web *w)
{
	struct application app;
	enum err e = application_switch(&w->c, WEB_NO(w), w->in, &app);

	return e == ERR_OK ? answer(w, &app) : e;
}

static enum err installed(struct web *w)
{
	struct application app;
	enum err e = application_installed(&w->c, WEB_NO(w), &app);

	if (e == ERR_OK)
		e = issuer_installed(&w->c, &app);
	return e == ERR_OK ? answer(w, &app) : e;
}

static enum err offer_signature(struct web *w)
{
	struct json_out *j = &w->json;
	struct signature_offer o;
	enum err e = signature_offer(&w->c, WEB_NO(w), &o);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "nonce", o.challenge.nonce);
	json_text(j, "text", o.challenge.text);
	json_text(j, "content", o.content);
	json_time(j, "expires", o.challenge.ends_at);
	json_end(j);
	return web_created(w, NULL);
}

static enum err take_signature(struct web *w)
{
	struct application app;
	enum err e = signature_take(&w->c, WEB_NO(w), w->in, &app);

	return e == ERR_OK ? answer(w, &app) : e;
}

static enum err order_certificate(struct web *w)
{
	struct application app;
	enum err e = issuer_order(&w->c, WEB_NO(w), w->in, &app);

	if (e == ERR_OK)
		e = signature_recheck(&w->c, &app, "issue");
	if (e == ERR_OK)
		e = issuer_write(&w->c, &app, &w->json);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err issued(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	return e == ERR_OK ? issuer_write(&w->c, &app, &w->json) : e;
}

static enum err events(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	e = application_write_events(&w->c, &app, "items", &w->json);
	json_end(&w->json);
	return e;
}

static const char *message_state(const char *stored)
{
	return text_eq(stored, "sent") ? "sent" : text_eq(stored, "dead") ? "failed" : "queued";
}

static enum err messages(struct web *w)
{
	struct json_out *j = &w->json;
	struct application app;
	struct list rows;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	if (e == ERR_OK)
		e = notify_list(&w->c, app.id, &rows);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		const struct notify_row *r = &((const struct notify_row *)rows.at)[i];

		json_object(j, NULL);
		json_time(j, "at", r->at);
		json_text(j, "template", r->template);
		json_text(j, "text", r->text);
		json_text(j, "state", message_state(r->state));
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

/* One answer for every wrong combination: number, phone or code. */
static enum err nothing_matches(struct web *w)
{
	w->c.faults.count = 0;
	return ctx_say(&w->c, ERR_NOT_FOUND, "单号、手机号或验证码不匹配，请核对后重试");
}

static enum err track(struct web *w)
{
	const struct track_in *in = w->in;
	const char *no = in->no, *say;
	int64_t wait;
	enum err e = rate_hit(&w->c, "track-ip", w->c.actor.addr, 60, w->c.house->config.rate_track_ip_minute, &wait);

	if (e == ERR_OK)
		e = account_check_code(&w->c, in->phone, in->code, OTP_TRACK);
	if (e == ERR_INVALID || (e == ERR_OK && rule_case_no(w->c.arena, &no, &say)))
		return nothing_matches(w);
	if (e == ERR_OK)
		e = application_track(&w->c, no, in->phone, &w->json);
	return e == ERR_NOT_FOUND ? nothing_matches(w) : e;
}

static const struct route routes[] = {
	{POST, "/api/applications", PERM_APPLY, ROUTE_TX, &new_shape, NULL, create},
	{GET, "/api/applications", PERM_APPLY, 0, NULL, &list_query_shape, list},
	{GET, "/api/applications/:no", PERM_APPLY, 0, NULL, NULL, get},
	{GET, "/api/applications/:no/status", PERM_APPLY, 0, NULL, NULL, status},
	{PATCH, "/api/applications/:no", PERM_APPLY, ROUTE_TX | ROUTE_IF_MATCH, NULL, NULL, patch},
	{DELETE, "/api/applications/:no", PERM_APPLY, ROUTE_TX | ROUTE_IF_MATCH, NULL, NULL, discard},
	{GET, "/api/applications/:no/check", PERM_APPLY, 0, NULL, NULL, check},
	{POST, "/api/applications/:no/submit", PERM_APPLY, ROUTE_TX, NULL, NULL, submit},
	{POST, "/api/applications/:no/withdraw", PERM_APPLY, ROUTE_TX, &withdraw_shape, NULL, withdraw},
	{POST, "/api/applications/:no/switch", PERM_APPLY, ROUTE_TX, &new_shape, NULL, change_way},
	{POST, "/api/applications/:no/installed", PERM_APPLY, ROUTE_TX, NULL, NULL, installed},
	{POST, "/api/applications/:no/certificates", PERM_APPLY, ROUTE_TX, &issuer_item_shape, NULL, order_certificate},
	{GET, "/api/applications/:no/certificates", PERM_APPLY, 0, NULL, NULL, issued},
	{POST, "/api/applications/:no/challenge", PERM_APPLY, ROUTE_TX, NULL, NULL, offer_signature},
	{POST, "/api/applications/:no/signature", PERM_APPLY, 0, &signature_in_shape, NULL, take_signature},
	{GET, "/api/applications/:no/events", PERM_APPLY, 0, NULL, NULL, events},
	{GET, "/api/applications/:no/messages", PERM_APPLY, 0, NULL, NULL, messages},
	{POST, "/api/track", PERM_PUBLIC, ROUTE_NO_CSRF, &track_shape, NULL, track},
};

int main(int argc, char **argv)
{
	return web_run("application", argc, argv, ROUTES(routes));
}
