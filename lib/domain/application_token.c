#include "domain/application_token.h"

#include "base/str.h"
#include "domain/register.h"
#include "domain/token_state.h"

enum { MADE };

static const struct sql sql[] = {
	[MADE] =
		{"SELECT token_serial FROM certificate WHERE application_id=? AND token_serial IS NOT NULL ORDER BY item",
			"i", "s"},
};
SQL_TABLE(application_token);

/* cause NULL: whatever the applicant gave; of several rows the first that fits counts.  made: the tokens of the new
 * certificates, else those of the old ones.  strict: the step of the case is refused when that of the token may not follow. */
static const struct effect {
	const char *effect;
	enum event event;
	const char *cause;
	enum token_event step;
	bool made, strict;
} effects[] = {
	{"extend", EVENT_INSTALLED, NULL, TOKEN_EVENT_WRITE, true, false},
	{"unlock", EVENT_PRODUCE, NULL, TOKEN_EVENT_UNLOCK, false, true},
	{"unlock", EVENT_INSTALLED, NULL, TOKEN_EVENT_UNLOCK, false, false},
	{"reissue", EVENT_ACCEPT, "lost", TOKEN_EVENT_LOSE, false, false},
	{"reissue", EVENT_REVIVE, "lost", TOKEN_EVENT_LOSE, false, false},
	{"reissue", EVENT_REJECT, "lost", TOKEN_EVENT_FIND, false, false},
	{"reissue", EVENT_WITHDRAW, "lost", TOKEN_EVENT_FIND, false, false},
	{"reissue", EVENT_EXPIRE, "lost", TOKEN_EVENT_FIND, false, false},
	{"reissue", EVENT_PRODUCE, "damaged", TOKEN_EVENT_DAMAGE, false, false},
	{"revoke", EVENT_REVOKED, "lost", TOKEN_EVENT_LOSE, false, false},
	{"revoke", EVENT_REVOKED, "damaged", TOKEN_EVENT_DAMAGE, false, false},
	{"revoke", EVENT_REVOKED, NULL, TOKEN_EVENT_RETIRE, false, false},
};

static const struct effect *effect_for(const struct application *app, enum event event)
{
	const char *effect = application_effect(app);

	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (effects[i].event == event && text_eq(effects[i].effect, effect) &&
			(!effects[i].cause || text_eq(effects[i].cause, app->data.reason)))
			return &effects[i];
	return NULL;
}

static enum err of_made(struct ctx *c, const struct application *app, enum token_event step)
{
	struct list made;
	enum err e = db_all(c->db, &sql[MADE], &db_text_shape, &made, I(app->id));

	for (size_t i = 0; e == ERR_OK && i < made.count; i++)
		e = token_follow(c, ((const struct db_text *)made.at)[i].value, step, app->id);
	return e;
}

static enum err of_old(struct ctx *c, const struct application *app, const struct effect *effect)
{
	const struct item_data *line = app->data.items.at;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < app->data.items.count; i++) {
		struct register_certificate r;

		if (!line[i].old_serial)
			continue;
		e = register_find(c, line[i].old_serial, &r);
		if (e == ERR_OK)
			e = effect->strict && r.token_serial
				    ? token_move(c, r.token_serial, effect->step, app->id, NULL)
				    : token_follow(c, r.token_serial, effect->step, app->id);
		else if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	return e;
}

enum err application_token(struct ctx *c, const struct application *app, enum event event)
{
	const struct effect *found = effect_for(app, event);

	if (!found)
		return ERR_OK;
	return found->made ? of_made(c, app, found->step) : of_old(c, app, found);
}
