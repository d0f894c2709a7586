/* The applicant's cases: fill in, check, submit, withdraw, follow; and the tracker for whoever holds number, phone, code. */
#include <inttypes.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/account.h"
#include "domain/application_parcel.h"
#include "domain/application_status.h"
#include "domain/application_track.h"
#include "domain/application_view.h"
#include "domain/invoice.h"
#include "domain/issuer.h"
#include "domain/notify.h"
#include "domain/plain.h"
#include "domain/queue.h"
#include "domain/rate.h"
#include "domain/rating.h"
#include "domain/signature.h"
#include "domain/unlock.h"
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
	if (e == ERR_OK)
		e = unlock_done(&w->c, &app);
	return e == ERR_OK ? answer(w, &app) : e;
}

static enum err permit_unlock(struct web *w)
{
	struct token_permission p;
	enum err e = unlock_permit(&w->c, WEB_NO(w), w->in, &p);

	if (e != ERR_OK)
		return e;
	json_shape(&w->json, NULL, &token_permission_shape, &p);
	return web_created(w, NULL);
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

struct written_in {
	int64_t item;
};
static const struct field written_fields[] = {INT_REQUIRED(struct written_in, item, "证书序号", 1, ITEMS_MAX)};
static const struct shape written_shape = SHAPE(struct written_in, written_fields);

/* With the last one the case is done. */
static enum err written(struct web *w)
{
	const struct written_in *in = w->in;
	struct application app;
	int64_t left = 0;
	enum err e = issuer_written(&w->c, WEB_NO(w), in->item, &app);

	if (e == ERR_OK)
		e = issuer_unwritten(&w->c, app.id, &left);
	if (e == ERR_OK && !left && app.state == STATE_INSTALLING)
		return installed(w);
	return e == ERR_OK ? answer(w, &app) : e;
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
	if (text_eq(stored, "sent") || text_eq(stored, "delivered"))
		return "sent";
	return text_eq(stored, "failed") || text_eq(stored, "dead") ? "failed" : "queued";
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
	return ctx_say(&w->c, ERR_NOT_FOUND, "单号、手机号或验证码不匹配，请核对后重试；超过保存期限的已清除");
}

static enum err track_limit(struct web *w)
{
	int64_t wait;

	return rate_hit(&w->c, "track-ip", w->c.actor.addr, 60, w->c.house->config.rate_track_ip_minute, &wait);
}

static enum err tracked(struct web *w, struct application *ret_app)
{
	const struct track_in *in = w->in;
	const char *no = in->no, *say;
	enum err e = track_limit(w);

	if (e == ERR_OK)
		e = account_check_code(&w->c, in->phone, in->code, OTP_TRACK);
	if (e == ERR_CREDENTIALS || e == ERR_INVALID || (e == ERR_OK && rule_case_no(w->c.arena, &no, &say)))
		return nothing_matches(w);
	if (e == ERR_OK)
		e = application_tracked(&w->c, no, in->phone, ret_app);
	return e == ERR_NOT_FOUND ? nothing_matches(w) : e;
}

static enum err write_rating(struct web *w, const char *key, const struct application *app, bool words)
{
	enum err e;

	json_object(&w->json, key);
	e = rating_write(&w->c, app, words, &w->json);
	json_end(&w->json);
	return e;
}

static enum err track(struct web *w)
{
	struct application app = {0};
	enum err e = tracked(w, &app);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	e = application_write_track(&w->c, &app, &w->json);
	if (e == ERR_OK)
		e = write_rating(w, "rating", &app, false);
	json_text(&w->json, "ticket", rating_ticket(&w->c, app.no));
	json_end(&w->json);
	return e;
}

static enum err rating(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	return e == ERR_OK ? write_rating(w, NULL, &app, true) : e;
}

static enum err rate(struct web *w)
{
	struct application app;
	enum err e = application_lock(&w->c, WEB_NO(w), &app);

	if (e == ERR_OK)
		e = rating_give(&w->c, &app, "owner", w->in);
	return e == ERR_OK ? write_rating(w, NULL, &app, true) : e;
}

struct tracked_rating {
	const char *no, *ticket;
	struct rating_in rating;
};
static const struct field tracked_fields[] = {
	TEXT_REQUIRED(struct tracked_rating, no, "申请单号", 1, 40, rule_line),
	TEXT_REQUIRED(struct tracked_rating, ticket, "查询凭证", 1, 100, rule_line),
	OBJECT(struct tracked_rating, rating, "评价", &rating_in_shape),
};
static const struct shape tracked_shape = SHAPE(struct tracked_rating, tracked_fields);

static enum err rate_tracked(struct ctx *c, void *arg)
{
	struct web *w = arg;
	const struct tracked_rating *in = w->in;
	struct application app;
	enum err e = application_tracked_again(c, in->no, &app);

	if (e == ERR_OK)
		e = rating_give(c, &app, "track", &in->rating);
	return e == ERR_OK ? write_rating(w, NULL, &app, false) : e;
}

static enum err track_rating(struct web *w)
{
	const struct tracked_rating *in = w->in;
	enum err e = track_limit(w);

	if (e != ERR_OK)
		return e;
	if (!rating_ticket_holds(&w->c, in->no, in->ticket))
		return ctx_say(&w->c, ERR_WRONG_STATE, "查询已过期，请重新查询进度再评价");
	return ctx_tx(&w->c, rate_tracked, w);
}

/* --- invoices --- */

struct open_in {
	const char *link, *code, *file;
};
static const char *const file_words[] = {[INVOICE_XML] = "xml", [INVOICE_PDF] = "pdf", NULL};
static const struct field open_fields[] = {
	TEXT_REQUIRED(struct open_in, link, "链接", 22, 22, rule_line),
	TEXT_REQUIRED(struct open_in, code, "提取码", 6, 6, rule_line),
	WORD(struct open_in, file, "文件", file_words),
};
static const struct shape open_shape = SHAPE(struct open_in, open_fields);

static enum err own_invoice(struct web *w, struct invoice *ret_invoice)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	return e == ERR_OK ? invoice_of_case(&w->c, &app, ret_invoice) : e;
}

static enum err invoice(struct web *w)
{
	struct application app;
	struct invoice v;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	if (e != ERR_OK)
		return e;
	e = invoice_of_case(&w->c, &app, &v);
	if (e == ERR_OK || e == ERR_NOT_FOUND)
		invoice_write_own(e == ERR_OK ? &v : NULL, &w->json);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err invoice_again(struct web *w)
{
	struct invoice v;
	enum err e = own_invoice(w, &v);

	if (e == ERR_OK)
		e = invoice_deliver(&w->c, v.id);
	if (e == ERR_OK)
		e = invoice_read(&w->c, v.id, &v);
	if (e == ERR_OK)
		invoice_write_own(&v, &w->json);
	return e;
}

static enum err give(struct web *w, const struct invoice *v, const char *word)
{
	static const char *const media[] = {[INVOICE_XML] = "application/xml", [INVOICE_PDF] = "application/pdf"};
	int which = text_index(file_words, word);
	const char *name;
	struct bytes file;
	struct str as;
	enum err e = which < 0 ? ERR_NOT_FOUND : invoice_file(&w->c, v, (enum invoice_file)which, &file, &name);

	if (e != ERR_OK)
		return e;
	str_init(&as, w->c.arena);
	str_add(&as, "attachment; ");
	str_filename(&as, name);
	web_header(w, "Content-Disposition", as.at);
	web_header(w, "Content-Security-Policy", "default-src 'none'; sandbox");
	web_bytes(w, media[which], file);
	return ERR_OK;
}

static enum err own_file(struct web *w)
{
	struct invoice v;
	enum err e = own_invoice(w, &v);

	return e == ERR_OK ? give(w, &v, w->segment[1]) : e;
}

static enum err open_link(struct web *w)
{
	const struct open_in *in = w->in;
	struct invoice v;
	enum err e = invoice_open(&w->c, in->link, in->code, &v);

	if (e == ERR_OK && in->file)
		return give(w, &v, in->file);
	if (e == ERR_OK)
		invoice_write_own(&v, &w->json);
	return e;
}

static enum err parcel(struct web *w)
{
	struct application app;
	enum err e = application_read(&w->c, WEB_NO(w), &app);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	e = application_write_parcel(&w->c, &app, "parcel", &w->json);
	json_end(&w->json);
	return e;
}

static enum err track_page(struct web *w)
{
	const struct track_in *in = w->in;
	struct application app = {0};
	enum err e = w->c.faults.count ? ERR_NOT_FOUND : tracked(w, &app);

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	web_page(w, "办理进度");
	if (e == ERR_OK) {
		e = application_page_track(&w->c, &app, &w->out);
		if (e == ERR_OK)
			e = rating_page(&w->c, &app, rating_ticket(&w->c, app.no), &w->out);
	} else {
		plain_track_form(&w->out, in->no, in->phone, true);
		e = ERR_OK;
	}
	plain_end(&w->out);
	return e;
}

struct page_rating {
	const char *no, *ticket;
	int64_t score;
	const char *words;
};
static const struct field page_rating_fields[] = {
	TEXT_REQUIRED(struct page_rating, no, "申请单号", 1, 40, rule_line),
	TEXT_REQUIRED(struct page_rating, ticket, "查询凭证", 1, 100, rule_line),
	INT_REQUIRED(struct page_rating, score, "满意程度", 1, RATING_MAX),
	TEXT(struct page_rating, words, "想说的话", 1, RATING_WORDS_MAX, rule_note),
};
static const struct shape page_rating_shape = SHAPE(struct page_rating, page_rating_fields);

static enum err track_rating_page(struct web *w)
{
	const struct page_rating *in = w->in;
	struct tracked_rating *given = arena_alloc(w->c.arena, sizeof *given);
	enum err e;

	*given = (struct tracked_rating){in->no, in->ticket, {.score = in->score, .words = in->words}};
	w->in = given;
	e = w->c.faults.count ? ERR_INVALID : track_rating(w);
	if (e != ERR_OK && (e != ERR_INVALID || !in->no || !in->ticket))
		return e;
	web_page(w, "评价办理");
	if (e == ERR_OK)
		markup(&w->out, "<p class=\"box box-ok\">您的评价：%s。谢谢您。%s</p>\n", rating_level(in->score),
			in->score <= RATING_LOW ? "我们会打电话回访，了解情况并告诉您处理结果。" : "");
	else
		rating_page_form(in->no, in->ticket, in->score, &w->out);
	plain_end(&w->out);
	return ERR_OK;
}

static const struct route routes[] = {
	{GET, "/api/applications/:no/parcel", PERM_APPLY, 0, NULL, NULL, parcel},
	{GET, "/api/applications/:no/invoice", PERM_APPLY, 0, NULL, NULL, invoice},
	{POST, "/api/applications/:no/invoice", PERM_APPLY, ROUTE_TX, NULL, NULL, invoice_again},
	{GET, "/api/applications/:no/invoice/:file", PERM_APPLY, 0, NULL, NULL, own_file},
	{POST, "/api/invoices/open", PERM_PUBLIC, ROUTE_NO_CSRF, &open_shape, NULL, open_link},
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
	{POST, "/api/applications/:no/permission", PERM_APPLY, 0, &unlock_own_shape, NULL, permit_unlock},
	{POST, "/api/applications/:no/certificates", PERM_APPLY, ROUTE_TX, &issuer_item_shape, NULL, order_certificate},
	{GET, "/api/applications/:no/certificates", PERM_APPLY, 0, NULL, NULL, issued},
	{POST, "/api/applications/:no/certificates/written", PERM_APPLY, ROUTE_TX, &written_shape, NULL, written},
	{POST, "/api/applications/:no/challenge", PERM_APPLY, ROUTE_TX, NULL, NULL, offer_signature},
	{POST, "/api/applications/:no/signature", PERM_APPLY, 0, &signature_in_shape, NULL, take_signature},
	{GET, "/api/applications/:no/events", PERM_APPLY, 0, NULL, NULL, events},
	{GET, "/api/applications/:no/messages", PERM_APPLY, 0, NULL, NULL, messages},
	{GET, "/api/applications/:no/rating", PERM_APPLY, 0, NULL, NULL, rating},
	{POST, "/api/applications/:no/rating", PERM_APPLY, ROUTE_TX, &rating_in_shape, NULL, rate},
	{POST, "/api/track/rating", PERM_PUBLIC, ROUTE_NO_CSRF, &tracked_shape, NULL, track_rating},
	{POST, "/api/track", PERM_PUBLIC, ROUTE_NO_CSRF, &track_shape, NULL, track},
	{POST, "/api/track/page", PERM_PUBLIC, ROUTE_NO_CSRF | ROUTE_PAGE, &track_shape, NULL, track_page},
	{POST, "/api/track/rating/page", PERM_PUBLIC, ROUTE_NO_CSRF | ROUTE_PAGE, &page_rating_shape, NULL,
		track_rating_page},
};

int main(int argc, char **argv)
{
	return web_run("application", argc, argv, ROUTES(routes));
}
