/* Submission: the price is frozen, certificates are held, machine review begins. */
#include <inttypes.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/application.h"
#include "domain/audit.h"
#include "domain/fee.h"
#include "domain/application_former.h"
#include "domain/setting.h"
#include "domain/token_state.h"

enum { UNLOCKS, UNLOCK_ADD };

static const struct sql sql[] = {
	[UNLOCKS] = {"SELECT COUNT(*) FROM auto_unlock WHERE certificate_id=? AND at>?", "ii", "i"},
	[UNLOCK_ADD] = {"INSERT INTO auto_unlock (certificate_id, application_id, at) VALUES (?,?,?)", "iii", ""},
};
SQL_TABLE(application_submit);

static enum err price(struct ctx *c, struct application *app)
{
	struct fee_quote quote;
	struct gates gates = {0};
	enum err e = fee_quote(c->arena, app->catalog, app->service, app->holder, app->data.years,
		(int64_t)app->data.items.count, &quote, &c->faults);

	if (e == ERR_OK && app->state == STATE_RETURNED && quote.total_fen != app->amount_fen)
		e = application_gates(c, app, &gates);
	for (size_t i = 0; e == ERR_OK && i < gates.count; i++)
		if (gates.at[i].gate->kind == GATE_MONEY && gates.at[i].closed_at)
			return ctx_say(c, ERR_WRONG_STATE, "款项%s已到账，年限和证书数量须与付款时一致",
				money_text(c->arena, app->amount_fen));
	if (e == ERR_OK)
		app->amount_fen = quote.total_fen;
	return e;
}

static enum err review_due(struct ctx *c, struct application *app)
{
	const struct calendar *calendar;
	struct date start;
	int64_t days = app->route->first_review_days;
	enum err e = ctx_calendar(c, &calendar);

	if (e == ERR_OK && !days)
		e = setting_int_of(c, "review.first_days", app->catalog, app->created_at, &days);
	if (e == ERR_OK)
		e = calendar_due(calendar, c->now, (int)days, &start, &app->review_due);
	if (e == ERR_CALENDAR) {
		app->review_due = (struct date){0}; /* a missing calendar must not keep anybody from submitting */
		return ERR_OK;
	}
	return e;
}

static enum err hand_in(struct ctx *c, struct application *app)
{
	enum err e = review_due(c, app);

	if (e != ERR_OK)
		return e;
	app->submitted_at = c->now;
	app->correct_until = (struct date){0};
	return application_move(c, app, EVENT_SUBMIT, NULL, NULL);
}

static bool same_agent(struct ctx *c, const struct application *app, const struct register_agent *last)
{
	const struct agent_data *agent = &app->data.agent;
	bool own = text_eq(app->holder, "ind");
	const char *name = own ? app->data.person.name : agent->name,
		   *number = own ? app->data.person.id_number : agent->id_number;
	const char *phone = own ? app->data.person.phone : agent->phone;

	return name && last->name && text_eq(name_key(c->arena, name), name_key(c->arena, last->name)) &&
	       text_eq(number, last->id_number) && text_eq(phone, last->phone);
}

/* Last dealt with by this very agent, not unlocked too often lately, and its token is one that may be unlocked. */
static enum err line_fits(struct ctx *c, const struct application *app, const struct item_data *line, int64_t most,
	int64_t since, bool *ret_fits)
{
	struct register_certificate r;
	struct register_agent last = {0};
	struct db_int lately = {0};
	bool may = false;
	enum err e = register_find(c, line->old_serial, &r);

	if (e == ERR_OK)
		e = register_agent(c, &r, &last);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[UNLOCKS], &db_int_shape, &lately, I(r.id), I(since));
	if (e == ERR_OK)
		e = token_may(c, r.token_serial, TOKEN_EVENT_UNLOCK, &may);
	*ret_fits = e == ERR_OK && may && same_agent(c, app, &last) && lately.value < most;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Every certificate of the case fits. */
static enum err unlock_fits(struct ctx *c, const struct application *app, bool *ret_fits)
{
	const struct item_data *line = app->data.items.at;
	int64_t most = 0, days = 0;
	enum err e = setting_int_of(c, "unlock.auto_count", app->catalog, app->created_at, &most);

	if (e == ERR_OK)
		e = setting_int_of(c, "unlock.auto_days", app->catalog, app->created_at, &days);
	*ret_fits = true;
	for (size_t i = 0; e == ERR_OK && *ret_fits && i < app->data.items.count; i++)
		e = line_fits(c, app, &line[i], most, c->now - days * DAY_S, ret_fits);
	return e;
}

static enum err remember_unlocks(struct ctx *c, const struct application *app)
{
	const struct item_data *line = app->data.items.at;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < app->data.items.count; i++) {
		struct register_certificate r;

		e = register_find(c, line[i].old_serial, &r);
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[UNLOCK_ADD], I(r.id), I(app->id), I(c->now));
	}
	return e;
}

/* Online unlock: agent equal to the last completed business goes through by machine; else the case stays with the
 * applicant, who is asked for scans and is not told what differed. */
static enum err submit_unlock(struct ctx *c, struct application *app)
{
	bool fits;
	enum err e = unlock_fits(c, app, &fits);

	if (e != ERR_OK)
		return e;
	if (!fits) {
		app->data.review = "manual";
		audit_add(c, "unlock_manual", app->no, NULL);
		e = former_release(c, app); /* held again when it is submitted with the scans */
		return e == ERR_OK ? application_save(c, app) : e;
	}
	e = hand_in(c, app);
	if (e == ERR_OK)
		e = remember_unlocks(c, app);
	return e == ERR_OK ? application_gates_done(c, app) : e;
}

enum err application_submit(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (!workflow_find(ret_app->state, EVENT_SUBMIT))
		return application_move(c, ret_app, EVENT_SUBMIT, NULL, NULL); /* says why not */
	e = application_check(c, ret_app, &c->faults);
	if (e == ERR_OK && c->faults.count)
		return ctx_say(c, ERR_INVALID, "还有%zu处没有完成，请逐项处理后再提交", c->faults.count);
	if (e == ERR_OK)
		e = price(c, ret_app);
	if (e == ERR_OK)
		e = former_release(c, ret_app);
	if (e == ERR_OK)
		e = former_hold(c, ret_app);
	if (e != ERR_OK)
		return e;
	if (application_by_machine(ret_app) && text_eq(application_effect(ret_app), "unlock"))
		return submit_unlock(c, ret_app);
	return hand_in(c, ret_app);
}
