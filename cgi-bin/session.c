/* The applicants' door: a code to the phone, a session for the code. */
#include <string.h>

#include "base/mask.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/account.h"
#include "domain/signature.h"
#include "domain/plain.h"
#include "web/web.h"

struct otp_in {
	const char *phone, *purpose;
};
static const struct field otp_fields[] = {
	TEXT_REQUIRED(struct otp_in, phone, "手机号", 0, 0, rule_mobile),
	WORD(struct otp_in, purpose, "用途", otp_purpose_words),
};
static const struct shape otp_shape = SHAPE(struct otp_in, otp_fields);

struct sign_in {
	const char *phone, *code;
};
static const struct field sign_in_fields[] = {
	TEXT_REQUIRED(struct sign_in, phone, "手机号", 0, 0, rule_mobile),
	TEXT_REQUIRED(struct sign_in, code, "验证码", 0, 0, rule_otp),
};
static const struct shape sign_in_shape = SHAPE(struct sign_in, sign_in_fields);

static enum err send_code(struct web *w)
{
	const struct otp_in *in = w->in;
	int purpose = in->purpose ? text_index(otp_purpose_words, in->purpose) : OTP_SESSION;
	enum err e = account_send_code(&w->c, in->phone, (enum otp_purpose)purpose);

	return e == ERR_OK ? web_empty(w) : e;
}

/* The code for the tracker, asked for without script: the form comes back with a field for it. */
struct page_otp {
	const char *no, *phone;
};
static const struct field page_otp_fields[] = {
	TEXT_REQUIRED(struct page_otp, no, "申请单号", 1, 40, rule_line),
	TEXT_REQUIRED(struct page_otp, phone, "手机号", 0, 0, rule_mobile),
};
static const struct shape page_otp_shape = SHAPE(struct page_otp, page_otp_fields);

static enum err send_code_page(struct web *w)
{
	const struct page_otp *in = w->in;
	bool typed = !w->c.faults.count;
	enum err e = typed ? account_send_code(&w->c, in->phone, OTP_TRACK) : ERR_OK;

	if (e != ERR_OK)
		return e;
	web_page(w, "进度查询");
	if (typed)
		markup(&w->out, "<p class=\"box box-info\">验证码已发到%s，10分钟内有效。</p>\n", in->phone);
	plain_track_form(&w->out, in->no, in->phone, typed);
	plain_end(&w->out);
	return ERR_OK;
}

static void write_session(struct web *w, const char *token, int64_t ends_at)
{
	json_object(&w->json, NULL);
	json_bool(&w->json, "signed_in", true);
	json_text(&w->json, "phone", mask_phone(w->c.arena, w->c.actor.phone));
	json_text(&w->json, "csrf", session_csrf(&w->c, token));
	json_time(&w->json, "expires", ends_at);
	json_end(&w->json);
}

/* A new token at every sign-in; the one before is dead. */
static enum err signed_in(struct web *w, enum err e, const struct session_made *made)
{
	if (e == ERR_OK && w->token)
		e = session_end(&w->c, w->token);
	if (e != ERR_OK)
		return e;
	web_cookie(w, DOOR_APPLICANT, made->token);
	write_session(w, made->token, made->ends_at);
	return web_created(w, NULL);
}

static enum err sign_in(struct web *w)
{
	const struct sign_in *in = w->in;
	struct session_made made;
	enum err e = account_sign_in(&w->c, in->phone, in->code, &made);

	return signed_in(w, e, &made);
}

static enum err challenge(struct web *w)
{
	struct challenge k;
	enum err e = signature_offer_session(&w->c, &k);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_text(&w->json, "nonce", k.nonce);
	json_text(&w->json, "text", k.text);
	json_time(&w->json, "expires", k.ends_at);
	json_end(&w->json);
	return web_created(w, NULL);
}

static enum err sign_in_certificate(struct web *w)
{
	struct session_made made;
	enum err e = signature_sign_in(&w->c, w->in, &made);

	return signed_in(w, e, &made);
}

/* These parameters are set by one server of nginx alone; a visitor's headers have other names (HTTP_…). */
static enum err sign_in_tls(struct web *w)
{
	const char *verified = http_param(w->http, "ZY_TLS_VERIFY"), *cert = http_param(w->http, "ZY_TLS_CERT"), *pem;
	struct session_made made;
	enum err e;

	if (!text_eq(verified, "SUCCESS") || text_empty(cert))
		return ctx_say(&w->c, ERR_WRONG_STATE,
			"浏览器没有出示证书，请插入UKey、关闭全部浏览器窗口后重新打开，再选择证书");
	pem = http_decode(w->c.arena, cert, strlen(cert));
	if (!pem)
		return ERR_SYNTAX;
	e = signature_sign_in_tls(&w->c, pem, &made);
	return signed_in(w, e, &made);
}

static enum err state(struct web *w)
{
	if (w->token)
		write_session(w, w->token, w->session_ends_at);
	else {
		json_object(&w->json, NULL);
		json_bool(&w->json, "signed_in", false);
		json_end(&w->json);
	}
	return ERR_OK;
}

static enum err sign_out(struct web *w)
{
	enum err e = w->token ? session_end(&w->c, w->token) : ERR_OK;

	if (e != ERR_OK)
		return e;
	web_cookie(w, DOOR_APPLICANT, NULL);
	return web_empty(w);
}

static const struct route routes[] = {
	{GET, "/api/session", PERM_PUBLIC, 0, NULL, NULL, state},
	{POST, "/api/session", PERM_PUBLIC, ROUTE_NO_CSRF, &sign_in_shape, NULL, sign_in},
	{DELETE, "/api/session", PERM_PUBLIC, 0, NULL, NULL, sign_out},
	{POST, "/api/session/challenge", PERM_PUBLIC, ROUTE_NO_CSRF, NULL, NULL, challenge},
	{POST, "/api/session/certificate", PERM_PUBLIC, ROUTE_NO_CSRF, &signature_in_shape, NULL, sign_in_certificate},
	{POST, "/api/session/tls", PERM_PUBLIC, ROUTE_NO_CSRF, NULL, NULL, sign_in_tls},
	{POST, "/api/session/otp", PERM_PUBLIC, ROUTE_NO_CSRF, &otp_shape, NULL, send_code},
	{POST, "/api/session/otp/page", PERM_PUBLIC, ROUTE_NO_CSRF | ROUTE_PAGE, &page_otp_shape, NULL, send_code_page},
};

int main(int argc, char **argv)
{
	return web_run("session", argc, argv, ROUTES(routes));
}
