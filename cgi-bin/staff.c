/* The staff door (password and one-time code, a session for both), and what staff maintain: settings, calendar, counters,
 * contacts. */
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/branch.h"
#include "domain/calendar_edit.h"
#include "domain/contact.h"
#include "domain/form.h"
#include "domain/setting.h"
#include "domain/staff.h"
#include "web/web.h"

/* As it was typed: blanks belong to a password. */
static const char *as_typed(struct arena *a, const char **text, const char **ret_say)
{
	(void)a;
	(void)text;
	(void)ret_say;
	return NULL;
}

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
	TEXT_REQUIRED(struct sign_in, password, "密码", 1, 200, as_typed),
	TEXT_REQUIRED(struct sign_in, totp, "动态码", 1, 20, folded),
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
	json_text(&w->json, "csrf", session_csrf(&w->c, token));
	json_time(&w->json, "expires", ends_at);
}

static enum err sign_in(struct web *w)
{
	const struct sign_in *in = w->in;
	struct session_made made;
	struct list roles = {NULL, 0};
	permission_set set = 0;
	enum err e = staff_sign_in(&w->c, in->user, in->password, in->totp, &made);

	if (e == ERR_OK)
		e = staff_roles(&w->c, w->c.actor.staff_id, &roles);
	if (e == ERR_OK && w->token)
		e = session_end(&w->c, w->token);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < roles.count; i++)
		set |= permission_of_role(((const struct db_text *)roles.at)[i].value);
	web_cookie(w, DOOR_STAFF, made.token);
	json_object(&w->json, NULL);
	write_me(w, &roles, set, made.token, made.ends_at);
	json_end(&w->json);
	return web_created(w, NULL);
}

/* What stands on every page until somebody sees to it. */
static enum err warn(struct web *w)
{
	enum err e;

	json_list(&w->json, "warnings");
	e = calendar_edit_warn(&w->c, &w->json);
	if (e == ERR_OK && w->c.actor.permissions & PERMISSION_BIT(PERM_SETTINGS))
		e = contact_warn(&w->c, &w->json);
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

static enum err import_calendar(struct web *w)
{
	return calendar_edit_import(&w->c, w->in, &w->json);
}

/* --- counters ------------------------------------------------------------------------------------------------------- */

static enum err branches(struct web *w)
{
	return branch_write_all(&w->c, &w->json);
}

static enum err add_branch(struct web *w)
{
	enum err e = branch_add(&w->c, w->in, &w->json);

	w->etag = 1;
	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err patch_branch(struct web *w)
{
	return branch_patch(&w->c, w->segment[0], w->body.len ? (const char *)w->body.at : "{}",
		w->body.len ? w->body.len : 2, &w->json, &w->etag);
}

static enum err close_branch(struct web *w)
{
	enum err e = branch_close(&w->c, w->segment[0]);

	return e == ERR_OK ? web_empty(w) : e;
}

/* --- contacts ------------------------------------------------------------------------------------------------------- */

static enum err contacts(struct web *w)
{
	return contact_write_all(&w->c, &w->json);
}

/* The last word of the path is the contact's name.  What is printed at the foot of forms must have its characters. */
static enum err change_contact(struct web *w)
{
	enum err e = contact_change(&w->c, strrchr(w->route->path, '/') + 1, w->in, &w->json, &w->etag);

	return e == ERR_OK ? form_check_foot(&w->c) : e;
}

static enum err decide_contact(struct web *w)
{
	return contact_decide(&w->c, w->segment[0], w->in, &w->json, &w->etag);
}

static enum err contact_history(struct web *w)
{
	return contact_write_history(&w->c, w->segment[0], &w->json);
}

enum { GUARDED = ROUTE_TX | ROUTE_IF_MATCH };

static const struct route routes[] = {
	{GET, "/api/staff/session", PERM_PUBLIC, 0, NULL, NULL, state},
	{POST, "/api/staff/session", PERM_PUBLIC, ROUTE_NO_CSRF, &sign_in_shape, NULL, sign_in},
	{DELETE, "/api/staff/session", PERM_PUBLIC, 0, NULL, NULL, sign_out},
	{GET, "/api/staff/settings", PERM_SETTINGS, 0, NULL, NULL, settings},
	{POST, "/api/staff/settings/:name", PERM_SETTINGS, GUARDED, &setting_change_shape, NULL, change_setting},
	{GET, "/api/staff/settings/:name/history", PERM_SETTINGS, 0, NULL, NULL, setting_history},
	{GET, "/api/staff/calendar", PERM_STAFF, 0, NULL, &year_shape, calendar},
	{POST, "/api/staff/calendar", PERM_SETTINGS, ROUTE_TX, &calendar_import_shape, NULL, import_calendar},
	{GET, "/api/staff/branches", PERM_SETTINGS, 0, NULL, NULL, branches},
	{POST, "/api/staff/branches", PERM_SETTINGS, ROUTE_TX, &branch_new_shape, NULL, add_branch},
	{PATCH, "/api/staff/branches/:code", PERM_SETTINGS, GUARDED, NULL, NULL, patch_branch},
	{DELETE, "/api/staff/branches/:code", PERM_SETTINGS, GUARDED, NULL, NULL, close_branch},
	{GET, "/api/staff/contacts", PERM_SETTINGS, 0, NULL, NULL, contacts},
	{POST, "/api/staff/contacts/account", PERM_SETTINGS, GUARDED, &contact_account_shape, NULL, change_contact},
	{POST, "/api/staff/contacts/post", PERM_SETTINGS, GUARDED, &contact_post_shape, NULL, change_contact},
	{POST, "/api/staff/contacts/hotlines", PERM_SETTINGS, GUARDED, &contact_hotlines_shape, NULL, change_contact},
	{POST, "/api/staff/contacts/:name/decision", PERM_SETTINGS, GUARDED, &contact_decision_shape, NULL,
		decide_contact},
	{GET, "/api/staff/contacts/:name/history", PERM_SETTINGS, 0, NULL, NULL, contact_history},
};

int main(int argc, char **argv)
{
	return web_run("staff", argc, argv, ROUTES(routes));
}
