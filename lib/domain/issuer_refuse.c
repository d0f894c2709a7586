#include <inttypes.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/issuer.h"
#include "domain/register.h"

/* A UKey that is not as it should be: its certificates end, its line is made again. */

enum { LINE, REFUSED };

static const struct sql sql[] = {
	[LINE] =
		{"SELECT id, state, sign_serial, checked_at FROM issuance WHERE application_id=? AND item=? FOR UPDATE",
			"ii", "issi"},
	[REFUSED] =
		{"UPDATE issuance SET state='failed', error=?, done_at=?, sign_cert=NULL, enc_cert=NULL, enc_key_sealed=NULL, "
		 "written_at=NULL, written_by=NULL WHERE id=? AND state='done' AND checked_at IS NULL AND "
		 "COALESCE(staff_id,0)<>? AND COALESCE(written_by,0)<>?",
			"siiii", ""},
};
SQL_TABLE(issuer_refuse);

enum { REASON_SUPERSEDED = 4 };

static const struct field in_fields[] = {
	TEXT_REQUIRED(struct issuer_refuse_in, no, "申请单号", 8, 20, rule_case_no),
	INT_REQUIRED(struct issuer_refuse_in, item, "证书序号", 1, ITEMS_MAX),
	TEXT_REQUIRED(struct issuer_refuse_in, reason, "没有通过的原因", 2, 200, rule_note),
};
const struct shape issuer_refuse_in_shape = SHAPE(struct issuer_refuse_in, in_fields);

struct line {
	int64_t id;
	const char *state, *sign_serial;
	int64_t checked_at;
};
static const struct field line_fields[] = {
	INT(struct line, id, "id", 0, 0),
	TEXT(struct line, state, "state", 0, 0, NULL),
	TEXT(struct line, sign_serial, "sign_serial", 0, 0, NULL),
	TIME(struct line, checked_at, "checked_at"),
};
static const struct shape line_shape = SHAPE(struct line, line_fields);

static enum err find(struct ctx *c, const struct application *app, int64_t item, struct line *ret_line)
{
	enum err e = db_one(c->db, &sql[LINE], &line_shape, ret_line, I(app->id), I(item));

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !text_eq(ret_line->state, "done")))
		return ctx_say(c, ERR_WRONG_STATE, "这张证书还没有签发，没有可以检查的UKey");
	if (e == ERR_OK && ret_line->checked_at)
		return ctx_say(c, ERR_WRONG_STATE, "这个UKey已经检查通过");
	return e;
}

static enum err refuse(struct ctx *c, const struct line *line, const char *reason)
{
	enum err e = db_exec(c->db, &sql[REFUSED], S(arena_printf(c->arena, "检查不通过：%s", reason)), I(c->now),
		I(line->id), I(c->actor.staff_id), I(c->actor.staff_id));

	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_TWO_PERSONS, "制证与检查须由不同的人办理，请交给另一位同事检查");
	return e == ERR_OK ? register_void(c, line->sign_serial, REASON_SUPERSEDED) : e;
}

enum err issuer_refuse(struct ctx *c, const struct issuer_refuse_in *in, struct application *ret_app)
{
	struct line line;
	enum err e = application_lock(c, in->no, ret_app);

	if (e != ERR_OK)
		return e;
	if (ret_app->state != STATE_APPROVED && ret_app->state != STATE_PRODUCED)
		return application_move(c, ret_app, EVENT_REMAKE, NULL, NULL); /* says why not */
	e = find(c, ret_app, in->item, &line);
	if (e == ERR_OK)
		e = refuse(c, &line, in->reason);
	if (e != ERR_OK)
		return e;
	audit_add(c, "issue_refused", in->no,
		arena_printf(c->arena, "%" PRId64 " %s %s", in->item, line.sign_serial, in->reason));
	return ret_app->state == STATE_PRODUCED ? application_move(c, ret_app, EVENT_REMAKE, NULL, NULL)
						: application_save(c, ret_app);
}
