#include <stddef.h>

#include "base/str.h"
#include "domain/announcement.h"
#include "domain/proposal_kind.h"
#include "domain/staff_admin.h"

/* Kinds about staff accounts, and announcements. */

static void of_account(struct ctx *c, const struct staff_look *look, const char *user, const char *label,
	const char *summary, struct proposal_what *ret_what)
{
	ret_what->subject = user;
	ret_what->base = look->base;
	ret_what->summary = summary;
	ret_what->lines = proposal_one_line(c->arena, label, look->before, look->after);
}

static enum err roles_check(struct ctx *c, const void *in, struct proposal_what *ret_what)
{
	const struct staff_roles_wish *wish = in;
	struct staff_look look = {0};
	enum err e = staff_roles_look(c, wish, &look);

	if (e == ERR_OK)
		of_account(c, &look, wish->user, "岗位",
			arena_printf(c->arena, "%s（%s）的岗位改为：%s", look.name, wish->user, look.after), ret_what);
	return e;
}

static enum err roles_carry_out(struct ctx *c, const void *in, const struct proposal *p)
{
	(void)p;
	return staff_roles_set(c, in);
}

const struct proposal_kind proposal_roles = {
	.name = "roles",
	.label = "岗位",
	.propose = PERM_USERS,
	.confirm = PERM_USERS_CHECK,
	.shape = &staff_roles_wish_shape,
	.reason_at = FIELD_AT(struct staff_roles_wish, reason, const char *),
	.check = roles_check,
	.carry_out = roles_carry_out,
};

static enum err totp_check(struct ctx *c, const void *in, struct proposal_what *ret_what)
{
	const struct staff_totp_wish *wish = in;
	struct staff_look look = {0};
	enum err e = staff_totp_look(c, wish, &look);

	if (e == ERR_OK)
		of_account(c, &look, wish->user, "动态码",
			arena_printf(c->arena, "解除%s（%s）的动态码", look.name, wish->user), ret_what);
	return e;
}

static enum err totp_carry_out(struct ctx *c, const void *in, const struct proposal *p)
{
	(void)p;
	return staff_totp_take(c, in);
}

const struct proposal_kind proposal_totp = {
	.name = "totp_reset",
	.label = "解除动态码",
	.propose = PERM_USERS,
	.confirm = PERM_USERS_CHECK,
	.shape = &staff_totp_wish_shape,
	.reason_at = FIELD_AT(struct staff_totp_wish, reason, const char *),
	.check = totp_check,
	.carry_out = totp_carry_out,
};

static enum err announcement_check(struct ctx *c, const void *in, struct proposal_what *ret_what)
{
	struct proposal_line *line = arena_array(c->arena, 3, sizeof *line);
	struct announcement_look look = {0};
	enum err e = announcement_look(c, in, &look);

	if (e != ERR_OK)
		return e;
	line[0] = (struct proposal_line){"标题", look.old_title, look.title};
	line[1] = (struct proposal_line){"正文", look.old_body, look.body};
	line[2] = (struct proposal_line){"显示日期", look.old_days, look.days};
	*ret_what = (struct proposal_what){look.subject, look.base, look.summary, {line, 3}};
	return ERR_OK;
}

static enum err announcement_carry_out(struct ctx *c, const void *in, const struct proposal *p)
{
	return announcement_set(c, in, p->proposer_id);
}

const struct proposal_kind proposal_announcement = {
	.name = "announcement",
	.label = "公告",
	.propose = PERM_SETTINGS,
	.confirm = PERM_SETTINGS,
	.shape = &announcement_wish_shape,
	.reason_at = FIELD_AT(struct announcement_wish, reason, const char *),
	.check = announcement_check,
	.carry_out = announcement_carry_out,
};
