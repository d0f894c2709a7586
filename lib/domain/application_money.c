#include "domain/application_money.h"

#include <inttypes.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/job.h"
#include "domain/ledger.h"

const char *application_payer(const struct application *app)
{
	return text_eq(app->holder, "ind") ? app->data.person.name : app->data.unit.name;
}

struct bytes payer_hash(struct ctx *c, const char *name)
{
	const struct bytes none = {0};

	return text_empty(name) ? none : ctx_index(c, "payer", name_key(c->arena, name));
}

struct bytes application_payer_hash(struct ctx *c, const struct application *app)
{
	return payer_hash(c, application_payer(app));
}

/* Nothing is owed before the price is fixed, nor for a case that ended without a result. */
static int64_t owes(const struct application *app)
{
	bool in_vain = state_is_closed(app->state) && app->state != STATE_COMPLETED;

	return app->submitted_at && !in_vain ? app->amount_fen : 0;
}

static enum err move(
	struct ctx *c, const struct application *app, int64_t by, enum ledger_kind up, enum ledger_kind down)
{
	const struct ledger_about about = {.application_id = app->id};

	return by == 0 ? ERR_OK : ledger_post(c, by > 0 ? up : down, by > 0 ? by : -by, &about);
}

enum err application_book(struct ctx *c, struct application *app)
{
	int64_t owed = owes(app), claimed = app->data.remittance.amount_fen;
	enum err e = move(c, app, owed - app->owed_fen, LEDGER_OWED, LEDGER_WAIVED);

	if (e == ERR_OK)
		e = move(c, app, claimed - app->claimed_fen, LEDGER_CLAIMED, LEDGER_UNCLAIMED);
	if (e == ERR_OK && owed > app->owed_fen) /* money may have come before: look among it */
		e = job_add(c, "match", arena_printf(c->arena, "a%" PRId64 ":%" PRId64, app->id, app->version));
	app->owed_fen = owed;
	app->claimed_fen = claimed;
	return e;
}
