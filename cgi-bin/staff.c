/* The staff door (password and one-time code, a session for both), and what staff maintain: settings, calendar, counters,
 * contacts, and what needs two persons. */
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/announcement.h"
#include "domain/audit_search.h"
#include "domain/branch.h"
#include "domain/calendar_edit.h"
#include "domain/clock.h"
#include "domain/contact.h"
#include "domain/form.h"
#include "domain/look.h"
#include "domain/payment_export.h"
#include "domain/proposal.h"
#include "domain/setting.h"
#include "domain/staff_admin.h"
#include "domain/staff_own.h"
#include "io/qr.h"
#include "web/web.h"

/* Width and blanks folded; whether it is right is for the sign-in to say, in the same words as for a wrong password. */
static const char *folded(struct arena *a, const char **text, const char **ret_say)
{
	(void)ret_say;
	*text = rule_fold_code(a, *text);
	return NULL;
}

struct sign_in {
	const char *user, *password, *totp;
};
static const struct field sign_in_fields[] = {
	TEXT_REQUIRED(struct sign_in, user, "账号", 1, 40, NULL),
	TEXT_REQUIRED(struct sign_in, password, "密码", 1, 200, rule_any),
	TEXT(struct sign_in, totp, "动态码", 0, 20, folded),
};
static const struct shape sign_in_shape = SHAPE(struct sign_in, sign_in_fields);

static void write_me(struct web *w, const struct list *roles, permission_set set, const char *token, int64_t ends_at)
{
	json_text(&w->json, "user", w->c.actor.user);
	json_text(&w->json, "name", w->c.actor.name);
	json_list(&w->json, "roles");
	for (size_t i = 0; i < roles->count; i++)
		json_text(&w->json, NULL, ((const struct db_text *)roles->at)[i].value);
	json_end(&w->json);
	json_list(&w->json, "permissions");
	for (int p = PERM_STAFF; p < PERM_MAX; p++)
		if (set & PERMISSION_BIT(p))
			json_text(&w->json, NULL, permission_word((enum permission)p));
	json_end(&w->json);
	json_bool(&w->json, "setup", w->c.actor.setup);
	json_text(&w->json, "csrf", session_csrf(&w->c, token));
	json_time(&w->json, "expires", ends_at);
}

/* What the roles give; less than that before password and one-time code are set. */
static permission_set permissions_of(const struct web *w, const struct list *roles)
{
	permission_set set = PERMISSION_BIT(PERM_ACCOUNT);

	for (size_t i = 0; !w->c.actor.setup && i < roles->count; i++)
		set |= permission_of_role(((const struct db_text *)roles->at)[i].value);
	return set;
}

static enum err signed_in(struct web *w, const struct session_made *made)
{
	struct list roles = {NULL, 0};
	enum err e = staff_roles(&w->c, w->c.actor.staff_id, &roles);

	if (e != ERR_OK)
		return e;
	web_cookie(w, DOOR_STAFF, made->token);
	json_object(&w->json, NULL);
	write_me(w, &roles, permissions_of(w, &roles), made->token, made->ends_at);
	json_end(&w->json);
	return web_created(w, NULL);
}

static enum err sign_in(struct web *w)
{
	const struct sign_in *in = w->in;
	struct session_made made;
	enum err e = staff_sign_in(&w->c, in->user, in->password, in->totp, &made);

	if (e == ERR_OK && w->token)
		e = session_end(&w->c, w->token);
	return e == ERR_OK ? signed_in(w, &made) : e;
}

/* What stands on every page until somebody sees to it. */
static enum err warn(struct web *w)
{
	enum err e;

	json_list(&w->json, "warnings");
	clock_warn(&w->c, &w->json);
	e = calendar_edit_warn(&w->c, &w->json);
	if (e == ERR_OK && w->c.actor.permissions & PERMISSION_BIT(PERM_SETTINGS))
		e = contact_warn(&w->c, &w->json);
	if (e == ERR_OK)
		e = proposal_warn(&w->c, &w->json);
	if (e == ERR_OK && w->c.actor.permissions & PERMISSION_BIT(PERM_REPORT))
		e = look_warn(&w->c, &w->json);
	json_end(&w->json);
	return e;
}

static enum err state(struct web *w)
{
	struct list roles = {NULL, 0};
	enum err e = w->token ? staff_roles(&w->c, w->c.actor.staff_id, &roles) : ERR_OK;

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_bool(&w->json, "signed_in", w->token != NULL);
	if (w->token) {
		write_me(w, &roles, w->c.actor.permissions, w->token, w->session_ends_at);
		if (!w->c.actor.setup)
			e = warn(w);
	}
	json_end(&w->json);
	return e;
}

static enum err sign_out(struct web *w)
{
	enum err e = w->token ? session_end(&w->c, w->token) : ERR_OK;

	if (e != ERR_OK)
		return e;
	web_cookie(w, DOOR_STAFF, NULL);
	return web_empty(w);
}

/* --- one's own account ---------------------------------------------------------------------------------------------- */

static enum err own(struct web *w)
{
	struct staff_own own;
	enum err e = staff_own(&w->c, &own);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_text(&w->json, "user", w->c.actor.user);
	json_text(&w->json, "name", w->c.actor.name);
	json_bool(&w->json, "password_due", own.password_due);
	json_bool(&w->json, "totp_due", own.totp_due);
	json_time(&w->json, "totp_at", own.totp_at);
	json_int(&w->json, "password_min", STAFF_PASSWORD_MIN);
	json_end(&w->json);
	return ERR_OK;
}

static enum err own_password(struct web *w)
{
	struct session_made made;
	enum err e = staff_own_password(&w->c, w->in, &made);

	return e == ERR_OK ? signed_in(w, &made) : e;
}

struct totp_in {
	const char *totp, *code;
};
static const struct field totp_fields[] = {TEXT(struct totp_in, totp, "现在的动态码", 0, 20, folded)};
static const struct shape totp_shape = SHAPE(struct totp_in, totp_fields);
static const struct field code_fields[] = {TEXT_REQUIRED(struct totp_in, code, "动态码", 1, 20, folded)};
static const struct shape code_shape = SHAPE(struct totp_in, code_fields);

static enum err own_totp(struct web *w)
{
	const struct totp_in *in = w->in;
	struct staff_secret secret;
	struct qr qr;
	enum err e = staff_own_totp(&w->c, in->totp, &secret);

	if (e == ERR_OK)
		e = qr_make_line(w->c.arena, secret.uri, &qr);
	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_text(&w->json, "secret", secret.base32);
	json_text(&w->json, "uri", secret.uri);
	json_text(&w->json, "svg", qr_svg(w->c.arena, &qr));
	json_end(&w->json);
	return web_created(w, NULL);
}

static enum err own_totp_confirm(struct web *w)
{
	const struct totp_in *in = w->in;
	struct session_made made;
	enum err e = staff_own_totp_confirm(&w->c, in->code, &made);

	return e == ERR_OK ? signed_in(w, &made) : e;
}

/* --- accounts ------------------------------------------------------------------------------------------------------- */

static enum err users(struct web *w)
{
	return staff_admin_write_all(&w->c, w->query, &w->json);
}

/* The account as it is now; what: a member shown once, NULL: none. */
static enum err account(struct web *w, enum err e, const char *user, const char *what, const char *value)
{
	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	e = staff_admin_write_one(&w->c, user, &w->json, &w->etag);
	if (what)
		json_text(&w->json, what, value);
	json_end(&w->json);
	return e;
}

static enum err add_user(struct web *w)
{
	const struct staff_wish *in = w->in;
	const char *password = NULL;
	enum err e = staff_admin_add(&w->c, in, &password);

	e = account(w, e, in->user, "password", password);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err lock_user(struct web *w)
{
	const struct staff_reason *in = w->in;

	return account(w, staff_admin_lock(&w->c, w->segment[0], in->reason), w->segment[0], NULL, NULL);
}

static enum err unlock_user(struct web *w)
{
	const struct staff_reason *in = w->in;

	return account(w, staff_admin_unlock(&w->c, w->segment[0], in->reason), w->segment[0], NULL, NULL);
}

static enum err sign_out_user(struct web *w)
{
	const struct staff_reason *in = w->in;

	return account(w, staff_admin_sign_out(&w->c, w->segment[0], in->reason), w->segment[0], NULL, NULL);
}

static enum err reset_password(struct web *w)
{
	const struct staff_reason *in = w->in;
	const char *password = NULL;
	enum err e = staff_admin_password(&w->c, w->segment[0], in->reason, &password);

	return account(w, e, w->segment[0], "password", password);
}

static enum err setup_code(struct web *w)
{
	const char *code = NULL;
	enum err e = staff_admin_code(&w->c, w->segment[0], &code);

	return account(w, e, w->segment[0], "code", code);
}

/* --- settings ------------------------------------------------------------------------------------------------------- */

static enum err settings(struct web *w)
{
	return setting_write_all(&w->c, &w->json);
}

static enum err change_setting(struct web *w)
{
	return setting_change(&w->c, w->segment[0], w->in, &w->json, &w->etag);
}

static enum err setting_history(struct web *w)
{
	return setting_write_history(&w->c, w->segment[0], &w->json);
}

/* --- calendar ------------------------------------------------------------------------------------------------------- */

struct year_query {
	int64_t year; /* 0: this one */
};
static const struct field year_fields[] = {
	INT(struct year_query, year, "年份", CALENDAR_FIRST, CALENDAR_FIRST + CALENDAR_YEARS - 1),
};
static const struct shape year_shape = SHAPE(struct year_query, year_fields);

static enum err calendar(struct web *w)
{
	const struct year_query *q = w->query;

	return calendar_edit_write(&w->c, q->year ? (int)q->year : date_of_moment(w->c.now).year, &w->json);
}

static enum err preview_calendar(struct web *w)
{
	return calendar_edit_preview(&w->c, w->in, &w->json);
}

/* --- counters ------------------------------------------------------------------------------------------------------- */

static enum err branches(struct web *w)
{
	return branch_write_all(&w->c, &w->json);
}

static enum err branch_history(struct web *w)
{
	return branch_write_history(&w->c, w->segment[0], &w->json);
}

/* --- contacts ------------------------------------------------------------------------------------------------------- */

static enum err contacts(struct web *w)
{
	return contact_write_all(&w->c, &w->json);
}

/* The last word of the path is the contact's name.  What is printed at the foot of forms must have its characters. */
static enum err propose_contact(struct web *w)
{
	const char *name = strrchr(w->route->path, '/') + 1;
	const struct catalog *then;
	enum err e = contact_propose(&w->c, name, w->in, &w->json, &w->etag);

	if (e == ERR_OK)
		e = contact_proposed(&w->c, name, &then);
	return e == ERR_OK ? form_check_foot(&w->c, then) : e;
}

static enum err decide_contact(struct web *w)
{
	return contact_decide(&w->c, w->segment[0], w->in, &w->json, &w->etag);
}

static enum err contact_history(struct web *w)
{
	return contact_write_history(&w->c, w->segment[0], &w->json);
}

/* --- what needs two persons ----------------------------------------------------------------------------------------- */

/* The last word of the path is the kind. */
static enum err propose(struct web *w)
{
	int64_t id = 0;
	enum err e = proposal_add(&w->c, strrchr(w->route->path, '/') + 1, w->in, &id);

	if (e == ERR_OK)
		e = proposal_write_one(&w->c, id, &w->json);
	return e == ERR_OK ? web_created(w, NULL) : e;
}

/* Nobody asks for a change of his own account. */
static enum err propose_roles(struct web *w)
{
	enum err e = staff_not_own(&w->c, ((const struct staff_roles_wish *)w->in)->user);

	return e == ERR_OK ? propose(w) : e;
}

static enum err propose_totp(struct web *w)
{
	enum err e = staff_not_own(&w->c, ((const struct staff_totp_wish *)w->in)->user);

	return e == ERR_OK ? propose(w) : e;
}

static enum err announcements(struct web *w)
{
	return announcement_write_all(&w->c, w->query, &w->json);
}

static int64_t number(const struct web *w)
{
	return strtoll(w->segment[0], NULL, 10);
}

static enum err proposals(struct web *w)
{
	return proposal_write_list(&w->c, w->query, &w->json);
}

static enum err proposal(struct web *w)
{
	return proposal_write_one(&w->c, number(w), &w->json);
}

static enum err decide(struct web *w)
{
	enum err e = proposal_decide(&w->c, number(w), w->in);

	return e == ERR_OK ? proposal_write_one(&w->c, number(w), &w->json) : e;
}

/* --- who looked at what --------------------------------------------------------------------------------------------- */

static enum err search_audit(struct web *w)
{
	return audit_search(&w->c, w->query, &w->json);
}

static enum err alarms(struct web *w)
{
	return look_write_alarms(&w->c, w->query, &w->json);
}

static enum err settle_alarm(struct web *w)
{
	return look_settle(&w->c, number(w), w->in, &w->json);
}

enum { GUARDED = ROUTE_TX | ROUTE_IF_MATCH };

static const struct route routes[] = {
	{GET, "/api/staff/session", PERM_PUBLIC, 0, NULL, NULL, state},
	{POST, "/api/staff/session", PERM_PUBLIC, ROUTE_NO_CSRF, &sign_in_shape, NULL, sign_in},
	{DELETE, "/api/staff/session", PERM_PUBLIC, 0, NULL, NULL, sign_out},
	{GET, "/api/staff/me", PERM_ACCOUNT, 0, NULL, NULL, own},
	{POST, "/api/staff/me/password", PERM_ACCOUNT, 0, &staff_password_shape, NULL, own_password},
	{POST, "/api/staff/me/totp", PERM_ACCOUNT, 0, &totp_shape, NULL, own_totp},
	{POST, "/api/staff/me/totp/confirm", PERM_ACCOUNT, 0, &code_shape, NULL, own_totp_confirm},
	{GET, "/api/staff/users", PERM_USERS_CHECK, 0, NULL, &staff_query_shape, users},
	{POST, "/api/staff/users", PERM_USERS, ROUTE_TX, &staff_wish_shape, NULL, add_user},
	{POST, "/api/staff/users/:user/lock", PERM_USERS, GUARDED, &staff_reason_shape, NULL, lock_user},
	{POST, "/api/staff/users/:user/unlock", PERM_USERS, GUARDED, &staff_reason_shape, NULL, unlock_user},
	{POST, "/api/staff/users/:user/sign-out", PERM_USERS, GUARDED, &staff_reason_shape, NULL, sign_out_user},
	{POST, "/api/staff/users/:user/password", PERM_USERS, GUARDED, &staff_reason_shape, NULL, reset_password},
	{POST, "/api/staff/users/:user/code", PERM_USERS_CHECK, GUARDED, NULL, NULL, setup_code},
	{GET, "/api/staff/settings", PERM_SETTINGS, 0, NULL, NULL, settings},
	{POST, "/api/staff/settings/:name", PERM_SETTINGS, GUARDED, &setting_change_shape, NULL, change_setting},
	{GET, "/api/staff/settings/:name/history", PERM_SETTINGS, 0, NULL, NULL, setting_history},
	{GET, "/api/staff/calendar", PERM_STAFF, 0, NULL, &year_shape, calendar},
	{POST, "/api/staff/calendar", PERM_SETTINGS, 0, &calendar_file_shape, NULL, preview_calendar},
	{GET, "/api/staff/branches", PERM_SETTINGS, 0, NULL, NULL, branches},
	{GET, "/api/staff/branches/:code/history", PERM_SETTINGS, 0, NULL, NULL, branch_history},
	{GET, "/api/staff/contacts", PERM_SETTINGS, 0, NULL, NULL, contacts},
	{POST, "/api/staff/contacts/account", PERM_SETTINGS, GUARDED, &contact_account_shape, NULL, propose_contact},
	{POST, "/api/staff/contacts/post", PERM_SETTINGS, GUARDED, &contact_post_shape, NULL, propose_contact},
	{POST, "/api/staff/contacts/hotlines", PERM_SETTINGS, GUARDED, &contact_hotlines_shape, NULL, propose_contact},
	{POST, "/api/staff/contacts/:name/decision", PERM_SETTINGS, GUARDED, &contact_decision_shape, NULL,
		decide_contact},
	{GET, "/api/staff/contacts/:name/history", PERM_SETTINGS, 0, NULL, NULL, contact_history},
	{GET, "/api/staff/proposals", PERM_STAFF, 0, NULL, &proposal_query_shape, proposals},
	{GET, "/api/staff/proposals/:id", PERM_STAFF, 0, NULL, NULL, proposal},
	{POST, "/api/staff/proposals/:id/decision", PERM_STAFF, ROUTE_TX, &proposal_decision_shape, NULL, decide},
	{POST, "/api/staff/proposals/price", PERM_SETTINGS, ROUTE_TX, &setting_price_shape, NULL, propose},
	{POST, "/api/staff/proposals/calendar", PERM_SETTINGS, ROUTE_TX, &calendar_import_shape, NULL, propose},
	{POST, "/api/staff/proposals/branch", PERM_SETTINGS, ROUTE_TX, &branch_wish_shape, NULL, propose},
	{POST, "/api/staff/proposals/export_payments", PERM_MONEY, ROUTE_TX, &payment_export_wish_shape, NULL, propose},
	{POST, "/api/staff/proposals/roles", PERM_USERS, ROUTE_TX, &staff_roles_wish_shape, NULL, propose_roles},
	{POST, "/api/staff/proposals/totp_reset", PERM_USERS, ROUTE_TX, &staff_totp_wish_shape, NULL, propose_totp},
	{POST, "/api/staff/proposals/announcement", PERM_SETTINGS, ROUTE_TX, &announcement_wish_shape, NULL, propose},
	{GET, "/api/staff/announcements", PERM_SETTINGS, 0, NULL, &announcement_query_shape, announcements},
	{GET, "/api/staff/audit", PERM_AUDIT, 0, NULL, &audit_query_shape, search_audit},
	{GET, "/api/staff/audit/alarms", PERM_REPORT, 0, NULL, &look_query_shape, alarms},
	{POST, "/api/staff/audit/alarms/:id/seen", PERM_REPORT, ROUTE_TX, &look_seen_shape, NULL, settle_alarm},
};

int main(int argc, char **argv)
{
	return web_run("staff", argc, argv, ROUTES(routes));
}
