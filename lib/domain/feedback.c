#include "domain/feedback.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/calendar.h"
#include "domain/notify.h"
#include "domain/paging.h"
#include "domain/rate.h"
#include "domain/rating.h"
#include "io/crypto.h"

enum { ADD, FIND, ONE, OPEN_ONES, ANSWERED_ONES, ANSWER };

#define COLUMNS \
	"f.id, f.no, f.kind, f.case_no, f.phone_hash, f.phone_sealed, f.text_sealed, f.at, f.due, f.state, f.answer_sealed, " \
	"f.answered_at, s.name "
#define FROM "FROM feedback f LEFT JOIN staff s ON s.id=f.answered_by "
#define FROM_LIST "FROM feedback f FORCE INDEX (feedback_list) LEFT JOIN staff s ON s.id=f.answered_by "
#define TYPES \
	"isssbbb" \
	"idsbis"
static const struct sql sql[] = {
	[ADD] = {"INSERT INTO feedback (no, kind, case_no, phone_hash, phone_sealed, text_sealed, at, due) VALUES (?,?,?,?,?,?,?,?)",
		"sssbbbid", ""},
	[FIND] = {"SELECT " COLUMNS FROM "WHERE f.no=? AND f.phone_hash=?", "sb", TYPES},
	[ONE] = {"SELECT " COLUMNS FROM "WHERE f.no=?", "s", TYPES},
	/* One state said as a range, as in queue.c. */
	[OPEN_ONES] = {"SELECT " COLUMNS FROM_LIST
		       "WHERE f.state>='open' AND f.state<='open' AND f.due>=? AND (f.due>? OR f.id>?) "
		       "ORDER BY f.state, f.due, f.id LIMIT ?",
		"ddii", TYPES},
	[ANSWERED_ONES] = {"SELECT " COLUMNS FROM_LIST
			   "WHERE f.state>='answered' AND f.state<='answered' AND f.due<=? AND (f.due<? OR f.id<?) "
			   "ORDER BY f.state DESC, f.due DESC, f.id DESC LIMIT ?",
		"ddii", TYPES},
	[ANSWER] =
		{"UPDATE feedback SET state='answered', answer_sealed=?, answered_at=?, answered_by=? WHERE no=? AND "
		 "state='open'",
			"biis", ""},
};
SQL_TABLE(feedback);

struct row {
	int64_t id;
	const char *no, *kind, *case_no;
	struct bytes phone_hash, phone_sealed, text_sealed;
	int64_t at;
	struct date due;
	const char *state;
	struct bytes answer_sealed;
	int64_t answered_at;
	const char *by;
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	R_TEXT(no),
	R_TEXT(kind),
	R_TEXT(case_no),
	BYTES(struct row, phone_hash, "phone_hash", 0),
	BYTES(struct row, phone_sealed, "phone", 0),
	BYTES(struct row, text_sealed, "text", 0),
	TIME(struct row, at, "at"),
	DAY(struct row, due, "due"),
	R_TEXT(state),
	BYTES(struct row, answer_sealed, "answer", 0),
	TIME(struct row, answered_at, "answered_at"),
	R_TEXT(by),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static const char *const kinds[] = {"question", "complaint", "suggestion", NULL};
static const struct field in_fields[] = {
	WORD_REQUIRED(struct feedback_in, kind, "类型", kinds),
	TEXT_REQUIRED(struct feedback_in, phone, "手机号码", 0, 0, rule_mobile),
	TEXT(struct feedback_in, no, "申请单号", 0, 0, rule_case_no),
	TEXT_REQUIRED(struct feedback_in, text, "内容", FEEDBACK_TEXT_MIN, FEEDBACK_TEXT_MAX, rule_note),
};
const struct shape feedback_in_shape = SHAPE(struct feedback_in, in_fields);
static const struct field find_fields[] = {
	TEXT_REQUIRED(struct feedback_find_in, no, "编号", 1, 40, rule_line),
	TEXT_REQUIRED(struct feedback_find_in, phone, "手机号码", 0, 0, rule_mobile),
};
const struct shape feedback_find_shape = SHAPE(struct feedback_find_in, find_fields);

static const char *const states[] = {"open", "answered", NULL};
enum { LIMIT_USUAL = 50, LIMIT_MAX = 200, HOUR_S = 3600 };
static const struct field query_fields[] = {
	WORD(struct feedback_query, state, "状态", states),
	TEXT(struct feedback_query, after, "起点", 1, 40, NULL),
	INT(struct feedback_query, limit, "条数", 1, LIMIT_MAX),
};
const struct shape feedback_query_shape = SHAPE(struct feedback_query, query_fields);
static const struct field answer_fields[] = {
	TEXT_REQUIRED(struct feedback_answer_in, answer, "答复", FEEDBACK_TEXT_MIN, FEEDBACK_TEXT_MAX, rule_note),
};
const struct shape feedback_answer_shape = SHAPE(struct feedback_answer_in, answer_fields);

/* --- asking ------------------------------------------------------------------------------------------------------------ */

static enum err limit(struct ctx *c, const char *phone)
{
	int64_t wait;
	enum err e = rate_hit(c, "feedback-ip", c->actor.addr, HOUR_S, FEEDBACK_ADDRESS_HOUR, &wait);

	return e == ERR_OK ? rate_hit(c, "feedback-phone", phone, DAY_S, FEEDBACK_PHONE_DAY, &wait) : e;
}

static const char *new_number(struct ctx *c)
{
	struct date today = date_of_moment(c->now);
	uint32_t random;

	crypto_random(&random, sizeof random);
	return arena_printf(
		c->arena, "YJ%04d%02d%02d%06" PRIu32, today.year, today.month, today.day, random % 1000000u);
}

enum err feedback_give(struct ctx *c, const struct feedback_in *in, struct json_out *j)
{
	const char *no = new_number(c);
	struct date due;
	enum err e = limit(c, in->phone);

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = rating_follow_due(c, &due); /* as for low ratings */
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ADD], S(no), S(in->kind), S(in->no), B(ctx_index(c, "phone", in->phone)),
			B(ctx_seal(c, "feedback.phone", in->phone)), B(ctx_seal(c, "feedback.text", in->text)),
			I(c->now), D(due));
	if (e != ERR_OK)
		return e == ERR_CONFLICT ? ERR_BUSY : e; /* the same six digits: another try makes others */
	json_object(j, NULL);
	json_text(j, "no", no);
	json_day(j, "due", due);
	json_end(j);
	return ERR_OK;
}

/* NULL stays NULL. */
static enum err opened(struct ctx *c, const char *place, struct bytes sealed, const char **ret_text)
{
	*ret_text = NULL;
	return sealed.len ? ctx_open(c, place, sealed, ret_text) : ERR_OK;
}

enum err feedback_find(struct ctx *c, const struct feedback_find_in *in, struct json_out *j)
{
	const char *answer;
	struct row r;
	int64_t wait;
	enum err e = rate_hit(c, "feedback-find-ip", c->actor.addr, 60, c->house->config.rate_track_ip_minute, &wait);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[FIND], &row_shape, &r, S(rule_fold_code(c->arena, in->no)),
			B(ctx_index(c, "phone", in->phone)));
	if (e == ERR_NOT_FOUND)
		return ctx_say(c, e, "没有查到，请核对编号和手机号码");
	if (e == ERR_OK)
		e = opened(c, "feedback.answer", r.answer_sealed, &answer);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "no", r.no);
	json_text(j, "kind", r.kind);
	json_time(j, "at", r.at);
	json_day(j, "due", r.due);
	json_text(j, "state", r.state);
	json_time(j, "answered_at", r.answered_at);
	json_text(j, "answer", answer);
	json_end(j);
	return ERR_OK;
}

/* --- staff ------------------------------------------------------------------------------------------------------------- */

static enum err write_head(struct ctx *c, const struct row *r, struct json_out *j)
{
	const struct calendar *calendar;
	int left;
	enum err e = ctx_calendar(c, &calendar);

	json_text(j, "no", r->no);
	json_text(j, "kind", r->kind);
	json_text(j, "case_no", r->case_no);
	json_time(j, "at", r->at);
	json_day(j, "due", r->due);
	if (e == ERR_OK && text_eq(r->state, "open") &&
		calendar_between(calendar, date_of_moment(c->now), r->due, &left) == ERR_OK)
		json_int(j, "late_days", -left);
	else
		json_null(j, "late_days");
	json_text(j, "state", r->state);
	json_time(j, "answered_at", r->answered_at);
	json_text(j, "by", r->by);
	return e;
}

static enum err write_listed(struct ctx *c, const void *row, struct json_out *j)
{
	enum err e;

	json_object(j, NULL);
	e = write_head(c, row, j);
	json_end(j);
	return e;
}

enum err feedback_list(struct ctx *c, const struct feedback_query *in, struct json_out *j)
{
	bool open = !in->state || text_eq(in->state, "open");
	int64_t limit = in->limit ? in->limit : LIMIT_USUAL;
	struct paging_place from;
	struct list rows;
	enum err e = paging_place(c, in->after, open, &from);

	if (e == ERR_OK)
		e = db_all(c->db, &sql[open ? OPEN_ONES : ANSWERED_ONES], &row_shape, &rows, D(from.due), D(from.due),
			I(from.id), I(limit));
	return e == ERR_OK ? PAGING_BY_DUE(c, &rows, limit, struct row, write_listed, j) : e;
}

enum err feedback_write(struct ctx *c, const char *no, struct json_out *j)
{
	const char *phone, *text, *answer;
	struct row r;
	enum err e = db_one(c->db, &sql[ONE], &row_shape, &r, S(no));

	if (e == ERR_OK)
		e = opened(c, "feedback.phone", r.phone_sealed, &phone);
	if (e == ERR_OK)
		e = opened(c, "feedback.text", r.text_sealed, &text);
	if (e == ERR_OK)
		e = opened(c, "feedback.answer", r.answer_sealed, &answer);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	e = write_head(c, &r, j);
	json_text(j, "phone", mask_phone(c->arena, phone));
	json_text(j, "text", text);
	json_text(j, "answer", answer);
	json_end(j);
	return e;
}

enum err feedback_answer(struct ctx *c, const char *no, const char *answer)
{
	const struct notify_param params[] = {{"no", no}, {NULL, NULL}};
	const char *phone;
	struct row r;
	enum err e = db_one(c->db, &sql[ONE], &row_shape, &r, S(no));

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = opened(c, "feedback.phone", r.phone_sealed, &phone);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ANSWER], B(ctx_seal(c, "feedback.answer", answer)), I(c->now),
			I(c->actor.staff_id), S(no));
	if (e != ERR_OK)
		return e;
	if (db_changed(c->db) != 1)
		return ctx_say(c, ERR_WRONG_STATE, "这一条已经答复过了");
	audit_add(c, "feedback_answer", no, NULL);
	return notify_add(c, 0, phone, "answered", params, arena_printf(c->arena, "feedback:%s", no), NULL);
}
