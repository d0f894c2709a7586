#include "domain/housekeeping.h"

#include <inttypes.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/application.h"
#include "domain/audit_anchor.h"
#include "domain/clock.h"
#include "domain/notify.h"
#include "domain/setting.h"
#include "io/spool.h"

/* Cases: notices, expiry, delivery, claims; and the end of the audit chain. */

enum { IDLE, TO_EXPIRE, SENT_LONG, LAPSED, NOTICED, OWNER_PHONE };

#define IDLE_STATES "state IN ('draft','printed','returned','accepted') "
static const struct sql sql[] = {
	[IDLE] = {"SELECT id FROM application WHERE " IDLE_STATES
		  "AND updated_at<=? AND (notice_at IS NULL OR notice_at<updated_at) LIMIT 50",
		"i", "i"},
	[TO_EXPIRE] = {"SELECT id FROM application WHERE " IDLE_STATES
		       "AND updated_at<=? AND notice_at>=updated_at AND notice_at<=? LIMIT 50",
		"ii", "i"},
	[SENT_LONG] = {"SELECT id FROM application WHERE state='sent' AND state_at<=? LIMIT 50", "i", "i"},
	[LAPSED] = {"SELECT id FROM application WHERE state='reviewing' AND claim_until<=? LIMIT 50", "i", "i"},
	[NOTICED] = {"UPDATE application SET notice_at=? WHERE id=? AND version=?", "iii", ""},
	[OWNER_PHONE] = {"SELECT phone_sealed FROM account WHERE id=?", "i", "b"},
};
SQL_TABLE(housekeeping);

enum { CLAIM_GRACE_S = 60 };

struct one_bytes {
	struct bytes value;
};
static const struct field bytes_fields[] = {BYTES(struct one_bytes, value, "value", 0)};
static const struct shape bytes_shape = SHAPE(struct one_bytes, bytes_fields);

/* What is done to one case, under its lock; `due` looks again. */
struct step {
	bool (*due)(const struct ctx *c, const struct application *app);
	enum err (*act)(struct ctx *c, struct application *app);
	int64_t since; /* when not 0: in its state since then or longer */
	int64_t id;
	bool acted;
};

static enum err one_case(struct ctx *c, void *arg)
{
	struct step *s = arg;
	struct application app;
	enum err e = application_by_id(c, s->id, &app);

	s->acted = e == ERR_OK && s->due(c, &app) && (!s->since || app.state_at <= s->since);
	return s->acted ? s->act(c, &app) : e;
}

/* A case that is refused does not hold up the others. */
static enum err each_case(struct ctx *c, const struct list *ids, struct step *s, int *ret_done)
{
	const struct db_int *id = ids->at;

	*ret_done = 0;
	for (size_t i = 0; i < ids->count; i++) {
		enum err e;

		s->id = id[i].value;
		e = ctx_tx(c, one_case, s);
		if (e == ERR_AWAY || e == ERR_UNCERTAIN)
			return e;
		if (e != ERR_OK)
			log_at(LOG_WARN, "housekeeping: case %" PRId64 ": %s", s->id, err_wire(e));
		else
			*ret_done += s->acted;
	}
	return ERR_OK;
}

static bool may_idle_out(const struct application *app)
{
	return app->state == STATE_DRAFT || app->state == STATE_PRINTED || app->state == STATE_RETURNED ||
	       app->state == STATE_ACCEPTED;
}

static int64_t notice_before(const struct ctx *c)
{
	const struct config *config = &c->house->config;

	return c->now - (config->idle_days - config->idle_notice_days) * DAY_S;
}

static bool notice_due(const struct ctx *c, const struct application *app)
{
	return may_idle_out(app) && app->updated_at <= notice_before(c) && app->notice_at < app->updated_at;
}

static enum err phone_of(struct ctx *c, const struct application *app, const char **ret_phone)
{
	struct one_bytes sealed;
	enum err e;

	*ret_phone = app->data.agent.phone;
	if (*ret_phone)
		return ERR_OK;
	e = db_one(c->db, &sql[OWNER_PHONE], &bytes_shape, &sealed, I(app->account_id));
	return e == ERR_OK ? ctx_open(c, "account.phone", sealed.value, ret_phone) : e;
}

static enum err give_notice(struct ctx *c, struct application *app)
{
	struct date day = date_of_moment(c->now + c->house->config.idle_notice_days * DAY_S);
	const struct notify_param params[] = {{"no", app->no}, {"day", date_chinese(c->arena, day)}, {NULL, NULL}};
	const char *phone;
	enum err e = db_exec(c->db, &sql[NOTICED], I(c->now), I(app->id), I(app->version));

	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_BUSY;
	if (e == ERR_OK)
		e = phone_of(c, app, &phone);
	if (e != ERR_OK)
		return e;
	return notify_add(c, app->id, phone, "expiring", params,
		arena_printf(c->arena, "%s:expiring:%" PRId64, app->no, app->updated_at), NULL);
}

enum err housekeeping_notices(struct ctx *c, int *ret_done)
{
	struct step s = {.due = notice_due, .act = give_notice};
	struct list ids;
	enum err e = db_all(c->db, &sql[IDLE], &db_int_shape, &ids, I(notice_before(c)));

	return e == ERR_OK ? each_case(c, &ids, &s, ret_done) : e;
}

/* The owner was told, did nothing since, and the days after the notice have passed too. */
static bool expiry_due(const struct ctx *c, const struct application *app)
{
	const struct config *config = &c->house->config;

	return may_idle_out(app) && app->updated_at <= c->now - config->idle_days * DAY_S &&
	       app->notice_at >= app->updated_at && app->notice_at <= c->now - config->idle_notice_days * DAY_S;
}

static enum err expire(struct ctx *c, struct application *app)
{
	return application_move(c, app, EVENT_EXPIRE, NULL, NULL);
}

enum err housekeeping_expire(struct ctx *c, int *ret_done)
{
	const struct config *config = &c->house->config;
	struct step s = {.due = expiry_due, .act = expire};
	struct list ids;
	enum err e = db_all(c->db, &sql[TO_EXPIRE], &db_int_shape, &ids, I(c->now - config->idle_days * DAY_S),
		I(c->now - config->idle_notice_days * DAY_S));

	return e == ERR_OK ? each_case(c, &ids, &s, ret_done) : e;
}

static bool delivery_due(const struct ctx *c, const struct application *app)
{
	(void)c;
	return app->state == STATE_SENT;
}

static enum err deliver(struct ctx *c, struct application *app)
{
	return application_move(c, app, EVENT_DELIVER, "寄出已久，视为签收，办结", NULL);
}

enum err housekeeping_delivered(struct ctx *c, int *ret_done)
{
	struct step s = {.due = delivery_due, .act = deliver};
	struct list ids;
	int64_t days;
	enum err e = setting_int(c, "sent.complete_days", &days);

	if (e != ERR_OK)
		return e;
	s.since = c->now - days * DAY_S;
	e = db_all(c->db, &sql[SENT_LONG], &db_int_shape, &ids, I(s.since));
	return e == ERR_OK ? each_case(c, &ids, &s, ret_done) : e;
}

/* A moment of grace: an officer who comes back at once finds the case as it was. */
static bool claim_lapsed(const struct ctx *c, const struct application *app)
{
	return app->state == STATE_REVIEWING && app->claim_until <= c->now - CLAIM_GRACE_S;
}

static enum err release(struct ctx *c, struct application *app)
{
	app->claim_by = app->claim_until = 0;
	return application_move(c, app, EVENT_RELEASE, NULL, NULL);
}

enum err housekeeping_claims(struct ctx *c, int *ret_done)
{
	struct step s = {.due = claim_lapsed, .act = release};
	struct list ids;
	enum err e = db_all(c->db, &sql[LAPSED], &db_int_shape, &ids, I(c->now - CLAIM_GRACE_S));

	return e == ERR_OK ? each_case(c, &ids, &s, ret_done) : e;
}

static enum err note_step(struct ctx *c, void *arg)
{
	const struct clock_state *s = arg;

	audit_add(c, "clock_step", "clock", arena_printf(c->arena, "%+" PRId64 " s", s->step_s));
	return s->step_s < 0 ? housekeeping_step_back(c) : ERR_OK;
}

static enum err watch(struct ctx *c)
{
	struct clock_state s;
	enum err e = clock_look(c, &s);

	if (e != ERR_OK || s.held_at)
		return e;
	if (!s.step_s)
		return clock_keep(c, &s);
	log_at(LOG_ERROR, "the wall clock stepped by %+" PRId64 " s: nothing is issued until portalctl clock accept",
		s.step_s);
	e = ctx_tx(c, note_step, &s);
	return e == ERR_OK ? clock_hold(c, &s) : e;
}

enum err housekeeping_clock(struct ctx *c, int *ret_done)
{
	enum err e = clock_turn(c);

	*ret_done = 0;
	if (e != ERR_OK)
		return e;
	e = watch(c);
	clock_turn_over(c);
	return e;
}

enum err housekeeping_audit_head(struct ctx *c, int *ret_done)
{
	*ret_done = 0;
	return audit_anchor_write(c, false);
}
