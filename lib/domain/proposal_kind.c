#include <inttypes.h>
#include <stddef.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/branch.h"
#include "domain/calendar_edit.h"
#include "domain/payment_export.h"
#include "domain/proposal_kind.h"
#include "domain/setting.h"

/* --- price ---------------------------------------------------------------------------------------------------------- */

struct list proposal_one_line(struct arena *a, const char *label, const char *before, const char *after)
{
	struct proposal_line *line = arena_alloc(a, sizeof *line);

	*line = (struct proposal_line){label, before, after};
	return (struct list){line, 1};
}

static enum err price_check(struct ctx *c, const void *in, struct proposal_what *ret_what)
{
	const struct setting_price *price = in;
	struct setting_price_look look = {0};
	enum err e = setting_price_look(c, price, &look);

	if (e != ERR_OK)
		return e;
	ret_what->subject = price->name;
	ret_what->base = arena_printf(c->arena, "%" PRId64, look.version);
	ret_what->summary = arena_printf(c->arena, "%s：%s改为%s", look.label, look.before, look.after);
	ret_what->lines = proposal_one_line(c->arena, look.label, look.before, look.after);
	return ERR_OK;
}

static enum err price_carry_out(struct ctx *c, const void *in, const struct proposal *p)
{
	return setting_price_set(c, in, p->proposer_id);
}

static const struct proposal_kind price = {
	.name = "price",
	.label = "价格",
	.propose = PERM_SETTINGS,
	.confirm = PERM_SETTINGS,
	.shape = &setting_price_shape,
	.reason_at = FIELD_AT(struct setting_price, reason, const char *),
	.check = price_check,
	.carry_out = price_carry_out,
};

/* --- calendar ------------------------------------------------------------------------------------------------------- */

static enum err calendar_check(struct ctx *c, const void *in, struct proposal_what *ret_what)
{
	struct calendar_look look = {0};
	struct proposal_line *line;
	enum err e = calendar_edit_look(c, in, &look);

	if (e != ERR_OK)
		return e;
	line = arena_array(c->arena, look.changes.count, sizeof *line);
	for (size_t i = 0; i < look.changes.count; i++) {
		const struct calendar_change *change = &((const struct calendar_change *)look.changes.at)[i];

		line[i] = (struct proposal_line){date_text(c->arena, change->day), change->before, change->after};
	}
	ret_what->subject = arena_printf(c->arena, "%d", look.year);
	ret_what->base = look.base;
	ret_what->summary = arena_printf(c->arena, "%d年工作日历改%zu天", look.year, look.changes.count);
	ret_what->lines = (struct list){line, look.changes.count};
	return ERR_OK;
}

static enum err calendar_carry_out(struct ctx *c, const void *in, const struct proposal *p)
{
	(void)p;
	return calendar_edit_import(c, in);
}

static const struct proposal_kind calendar = {
	.name = "calendar",
	.label = "工作日历",
	.propose = PERM_SETTINGS,
	.confirm = PERM_SETTINGS,
	.shape = &calendar_import_shape,
	.reason_at = FIELD_AT(struct calendar_import, reason, const char *),
	.check = calendar_check,
	.carry_out = calendar_carry_out,
};

/* --- counter -------------------------------------------------------------------------------------------------------- */

static enum err branch_check(struct ctx *c, const void *in, struct proposal_what *ret_what)
{
	const struct branch_wish *wish = in;
	struct branch_look look = {0};
	struct proposal_line *line;
	enum err e = branch_look(c, wish, &look);

	if (e != ERR_OK)
		return e;
	line = arena_array(c->arena, look.changes.count, sizeof *line);
	for (size_t i = 0; i < look.changes.count; i++) {
		const struct branch_change *change = &((const struct branch_change *)look.changes.at)[i];

		line[i] = (struct proposal_line){change->label, change->before, change->after};
	}
	ret_what->subject = wish->code;
	ret_what->base = look.base;
	ret_what->summary = look.summary;
	ret_what->lines = (struct list){line, look.changes.count};
	return ERR_OK;
}

static enum err branch_carry_out(struct ctx *c, const void *in, const struct proposal *p)
{
	return branch_set(c, in, p->proposer_id);
}

static const struct proposal_kind counter = {
	.name = "branch",
	.label = "网点",
	.propose = PERM_SETTINGS,
	.confirm = PERM_SETTINGS,
	.shape = &branch_wish_shape,
	.reason_at = FIELD_AT(struct branch_wish, reason, const char *),
	.check = branch_check,
	.carry_out = branch_carry_out,
};

/* --- export --------------------------------------------------------------------------------------------------------- */

/* What is confirmed is the file; who asked for it loads it down (payment_export).  Nothing that it could be stale of. */
static enum err export_check(struct ctx *c, const void *in, struct proposal_what *ret_what)
{
	const struct payment_export_wish *wish = in;
	const struct ledger_days days = {wish->from, wish->to};
	enum err e = ledger_days_check(c, &days);

	if (e != ERR_OK)
		return e;
	ret_what->subject = payment_export_subject(c, &days);
	ret_what->base = "";
	ret_what->summary = arena_printf(
		c->arena, "导出%s至%s的收款明细", date_chinese(c->arena, wish->from), date_chinese(c->arena, wish->to));
	ret_what->lines = proposal_one_line(c->arena, "导出内容", NULL,
		"每笔收款的日期、申请单号、付款户名、账号后四位、金额、流水号、依据和登记人");
	return ERR_OK;
}

static enum err export_carry_out(struct ctx *c, const void *in, const struct proposal *p)
{
	(void)in;
	audit_add(c, "export_allowed", p->subject, NULL);
	return ERR_OK;
}

static const struct proposal_kind export_payments = {
	.name = "export_payments",
	.label = "导出收款明细",
	.propose = PERM_MONEY,
	.confirm = PERM_MONEY,
	.shape = &payment_export_wish_shape,
	.reason_at = FIELD_AT(struct payment_export_wish, reason, const char *),
	.check = export_check,
	.carry_out = export_carry_out,
};

const struct proposal_kind *const proposal_kinds[] = {
	&price, &calendar, &counter, &export_payments, &proposal_roles, &proposal_totp, &proposal_announcement, NULL};
