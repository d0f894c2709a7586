/* The claim: a lease that the page renews, with its book of who took, took over and gave back. */
#include <inttypes.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/review_part.h"

enum { HOLDER, EXTEND, BOOK };

static const struct sql sql[] = {
	[HOLDER] =
		{"SELECT s.user, s.name, c.kind, c.at, c.reason, f.user, f.name FROM staff s LEFT JOIN claim c ON c.id="
		 "(SELECT MAX(id) FROM claim WHERE application_id=?) LEFT JOIN staff f ON f.id=c.from_staff_id WHERE s.id=?",
			"ii", "sssisss"},
	[EXTEND] = {"UPDATE application SET claim_until=? WHERE id=? AND claim_by=?", "iii", ""},
	[BOOK] = {"INSERT INTO claim (application_id, at, kind, staff_id, from_staff_id, reason) VALUES (?,?,?,?,?,?)",
		"iisiis", ""},
};
SQL_TABLE(review_claim);

struct row {
	const char *user, *name, *kind;
	int64_t at;
	const char *reason, *from_user, *from_name;
};
static const struct field row_fields[] = {
	TEXT(struct row, user, "user", 0, 0, NULL),
	TEXT(struct row, name, "name", 0, 0, NULL),
	TEXT(struct row, kind, "kind", 0, 0, NULL),
	INT(struct row, at, "at", 0, 0),
	TEXT(struct row, reason, "reason", 0, 0, NULL),
	TEXT(struct row, from_user, "from_user", 0, 0, NULL),
	TEXT(struct row, from_name, "from_name", 0, 0, NULL),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

bool review_claim_runs(const struct ctx *c, const struct application *app)
{
	return app->claim_by && app->claim_until > c->now;
}

enum err review_holder(struct ctx *c, const struct application *app, struct review_holder *ret_holder)
{
	struct row r = {0};
	enum err e = ERR_OK;

	if (review_claim_runs(c, app))
		e = db_one(c->db, &sql[HOLDER], &row_shape, &r, I(app->id), I(app->claim_by));
	*ret_holder = (struct review_holder){.user = r.user, .name = r.name};
	if (!r.kind || text_eq(r.kind, "release"))
		return e;
	ret_holder->since = r.at;
	ret_holder->from_user = r.from_user;
	ret_holder->from_name = r.from_name;
	ret_holder->reason = r.from_user ? r.reason : NULL;
	return e;
}

enum err review_held(struct ctx *c, const struct application *app)
{
	struct review_holder who;
	enum err e = review_holder(c, app, &who);

	return e == ERR_OK ? ctx_say(c, ERR_CLAIM, "这件申请由%s处理到%s", who.name ? who.name : "其他同事",
				     moment_short(c->arena, app->claim_until))
			   : e;
}

enum err review_lock(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (!review_claim_runs(c, ret_app))
		return ERR_CLAIM;
	return ret_app->claim_by == c->actor.staff_id ? ERR_OK : review_held(c, ret_app);
}

static enum err book(struct ctx *c, const struct application *app, const char *kind, int64_t from, const char *reason)
{
	return db_exec(c->db, &sql[BOOK], I(app->id), I(c->now), S(kind), I(c->actor.staff_id), I0(from), S(reason));
}

static void hold(struct ctx *c, struct application *app)
{
	app->claim_by = c->actor.staff_id;
	app->claim_until = c->now + c->house->config.claim_lease_s;
}

enum err review_claim(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = application_lock(c, no, ret_app);
	bool held = e == ERR_OK && review_claim_runs(c, ret_app);

	if (e != ERR_OK)
		return e;
	if (held && ret_app->claim_by != c->actor.staff_id)
		return review_held(c, ret_app);
	hold(c, ret_app);
	if (ret_app->state == STATE_REVIEWING || ret_app->state == STATE_SECOND_REVIEW) {
		audit_add(c, "claim", no, NULL);
		e = application_save(c, ret_app);
	} else {
		e = application_move(c, ret_app, EVENT_CLAIM, NULL, NULL);
	}
	return e == ERR_OK && !held ? book(c, ret_app, "claim", 0, NULL) : e;
}

enum err review_take(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	int64_t from;
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (!review_claim_runs(c, ret_app))
		return ctx_say(c, ERR_WRONG_STATE, "现在没有人在办理这件申请，直接认领即可");
	if (ret_app->claim_by == c->actor.staff_id)
		return ctx_say(c, ERR_WRONG_STATE, "这件申请已经由您办理");
	from = ret_app->claim_by;
	hold(c, ret_app);
	audit_add(c, "take_over", no, reason);
	e = application_save(c, ret_app);
	return e == ERR_OK ? book(c, ret_app, "take", from, reason) : e;
}

enum err review_heartbeat(struct ctx *c, const char *no, struct application *ret_app)
{
	enum err e = review_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	hold(c, ret_app);
	return db_exec(c->db, &sql[EXTEND], I(ret_app->claim_until), I(ret_app->id), I(c->actor.staff_id));
}

enum err review_release(struct ctx *c, const char *no, const char *reason, struct application *ret_app)
{
	enum err e = review_lock(c, no, ret_app);

	if (e == ERR_OK)
		e = book(c, ret_app, "release", 0, reason);
	if (e != ERR_OK)
		return e;
	ret_app->claim_by = ret_app->claim_until = 0;
	audit_add(c, "release_reason", no, reason);
	if (ret_app->state == STATE_REVIEWING)
		return application_move(c, ret_app, EVENT_RELEASE, NULL, NULL);
	return application_save(c, ret_app);
}
