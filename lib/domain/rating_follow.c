#include "domain/rating_follow.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/paging.h"

enum { OPEN_ONES, CLOSED_ONES, OF_CASE, LOCK, PART, STEPS, CALLS, STEP, TAKE, CALLED, CLOSE };

#define LISTED \
	"r.id, a.no, a.service, a.holder, a.unit_name, r.score, r.reasons, r.at, r.follow_due, s.name, r.called_at, " \
	"r.closed_at, r.result FROM rating r FORCE INDEX (rating_follow) JOIN application a ON a.id=r.application_id LEFT JOIN " \
	"staff s ON s.id=r.follow_owner "
#define LISTED_TYPES \
	"issss" \
	"isids" \
	"iis"

/* One state said as a range, as in queue.c: the server jumps to the page instead of walking over the state. */
static const struct sql sql[] = {
	[OPEN_ONES] = {"SELECT " LISTED "WHERE r.follow>='open' AND r.follow<='open' AND r.follow_due>=? AND "
		       "(r.follow_due>? OR r.id>?) ORDER BY r.follow, r.follow_due, r.id LIMIT ?",
		"ddii", LISTED_TYPES},
	[CLOSED_ONES] = {"SELECT " LISTED "WHERE r.follow>='closed' AND r.follow<='closed' AND r.follow_due<=? AND "
			 "(r.follow_due<? OR r.id<?) ORDER BY r.follow DESC, r.follow_due DESC, r.id DESC LIMIT ?",
		"ddii", LISTED_TYPES},
	[OF_CASE] = {"SELECT " RATING_COLUMNS " FROM rating r JOIN application a ON a.id=r.application_id WHERE a.no=?",
		"s", RATING_TYPES},
	[LOCK] = {"SELECT " RATING_COLUMNS
		  " FROM rating r, application a WHERE a.no=? AND r.application_id=a.id FOR UPDATE",
		"s", RATING_TYPES},
	[PART] = {"SELECT reviewer1, reviewer2, opened_by FROM application WHERE id=?", "i", "iii"},
	[STEPS] =
		{"SELECT t.at, t.step, s.name, t.result, t.note_sealed FROM rating_step t LEFT JOIN staff s ON s.id=t.staff_id "
		 "WHERE t.rating_id=? ORDER BY t.id",
			"i", "isssb"},
	[CALLS] = {"SELECT COUNT(*) FROM rating_step WHERE rating_id=? AND at>=? AND step='call' AND result=?", "iis",
		"i"},
	[STEP] = {"INSERT INTO rating_step (rating_id, at, step, staff_id, result, note_sealed) VALUES (?,?,?,?,?,?)",
		"iisisb", ""},
	[TAKE] = {"UPDATE rating SET follow_owner=? WHERE id=? AND follow='open'", "ii", ""},
	[CALLED] = {"UPDATE rating SET called_at=? WHERE id=? AND follow='open' AND follow_owner=?", "iii", ""},
	[CLOSE] =
		{"UPDATE rating SET follow='closed', closed_at=?, result=? WHERE id=? AND follow='open' AND follow_owner=?",
			"isii", ""},
};
SQL_TABLE(rating_follow);

static const char *const follow_words[] = {"open", "closed", NULL};
enum { LIMIT_USUAL = 50, LIMIT_MAX = 200 };
static const struct field query_fields[] = {
	WORD(struct rating_query, follow, "状态", follow_words),
	TEXT(struct rating_query, after, "起点", 1, 40, NULL),
	INT(struct rating_query, limit, "条数", 1, LIMIT_MAX),
};
const struct shape rating_query_shape = SHAPE(struct rating_query, query_fields);

static const char *const step_words[] = {"take", "note", "call", "close", NULL};
static const struct field step_fields[] = {
	WORD_REQUIRED(struct rating_step_in, step, "步骤", step_words),
	TEXT(struct rating_step_in, result, "结果", 1, 12, rule_word),
	TEXT(struct rating_step_in, note, "记录", 2, RATING_WORDS_MAX, rule_note),
};
const struct shape rating_step_shape = SHAPE(struct rating_step_in, step_fields);

static const char *const call_results[] = {"reached", "missed", NULL};
static const char *const ends[] = {"resolved", "explained", "unfounded", "unreached", NULL};

/* --- the list --------------------------------------------------------------------------------------------------------- */

struct listed {
	int64_t id;
	const char *no, *service, *holder, *unit_name;
	int64_t score;
	const char *reasons;
	int64_t at;
	struct date due;
	const char *owner;
	int64_t called_at, closed_at;
	const char *result;
};
#define L_TEXT(m) TEXT(struct listed, m, #m, 0, 0, NULL)
#define L_INT(m) INT(struct listed, m, #m, 0, 0)
static const struct field listed_fields[] = {
	L_INT(id),
	L_TEXT(no),
	L_TEXT(service),
	L_TEXT(holder),
	L_TEXT(unit_name),
	L_INT(score),
	L_TEXT(reasons),
	L_INT(at),
	DAY(struct listed, due, "due"),
	L_TEXT(owner),
	L_INT(called_at),
	L_INT(closed_at),
	L_TEXT(result),
};
static const struct shape listed_shape = SHAPE(struct listed, listed_fields);

static enum err write_listed(struct ctx *c, const void *row, struct json_out *j)
{
	const struct listed *r = row;
	const struct catalog_service *service = catalog_service(c->house->catalog, r->service);
	const struct calendar *calendar;
	int left;
	enum err e = ctx_calendar(c, &calendar);

	json_object(j, NULL);
	json_text(j, "no", r->no);
	json_text(j, "service", r->service);
	json_text(j, "service_name", service ? service->name : r->service);
	json_text(j, "holder", r->holder);
	json_text(j, "unit_name", r->unit_name);
	json_int(j, "score", r->score);
	json_text(j, "level", rating_level(r->score));
	rating_write_reasons(c->arena, r->reasons, "reasons", j);
	json_time(j, "at", r->at);
	json_day(j, "due", r->due);
	if (e == ERR_OK && !r->closed_at && calendar_between(calendar, date_of_moment(c->now), r->due, &left) == ERR_OK)
		json_int(j, "late_days", -left);
	else
		json_null(j, "late_days");
	json_text(j, "owner", r->owner);
	json_time(j, "called_at", r->called_at);
	json_time(j, "closed_at", r->closed_at);
	json_text(j, "result", r->result);
	json_end(j);
	return e;
}

enum err rating_follow_list(struct ctx *c, const struct rating_query *in, struct json_out *j)
{
	bool open = !in->follow || text_eq(in->follow, "open");
	int64_t limit = in->limit ? in->limit : LIMIT_USUAL;
	struct paging_place from;
	struct list rows;
	enum err e = paging_place(c, in->after, open, &from);

	if (e == ERR_OK)
		e = db_all(c->db, &sql[open ? OPEN_ONES : CLOSED_ONES], &listed_shape, &rows, D(from.due), D(from.due),
			I(from.id), I(limit));
	return e == ERR_OK ? PAGING_BY_DUE(c, &rows, limit, struct listed, write_listed, j) : e;
}

/* --- one ---------------------------------------------------------------------------------------------------------------- */

struct step_row {
	int64_t at;
	const char *step, *by, *result;
	struct bytes note_sealed;
};
static const struct field step_row_fields[] = {
	TIME(struct step_row, at, "at"),
	TEXT(struct step_row, step, "step", 0, 0, NULL),
	TEXT(struct step_row, by, "by", 0, 0, NULL),
	TEXT(struct step_row, result, "result", 0, 0, NULL),
	BYTES(struct step_row, note_sealed, "note", 0),
};
static const struct shape step_row_shape = SHAPE(struct step_row, step_row_fields);

static enum err write_steps(struct ctx *c, int64_t rating, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[STEPS], &step_row_shape, &rows, I(rating));

	json_list(j, "steps");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct step_row *r = &((const struct step_row *)rows.at)[i];
		const char *note = NULL;

		if (r->note_sealed.len)
			e = ctx_open(c, "rating.note", r->note_sealed, &note);
		json_object(j, NULL);
		json_time(j, "at", r->at);
		json_text(j, "step", r->step);
		json_text(j, "by", r->by);
		json_text(j, "result", r->result);
		json_text(j, "note", note);
		json_end(j);
	}
	json_end(j);
	return e;
}

enum err rating_follow_write(struct ctx *c, const char *no, struct json_out *j)
{
	const char *words = NULL;
	struct rating r;
	enum err e = db_one(c->db, &sql[OF_CASE], &rating_row_shape, &r, S(no));

	if (e == ERR_OK && r.words_sealed.len)
		e = ctx_open(c, "rating.words", r.words_sealed, &words);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "no", no);
	json_int(j, "score", r.score);
	json_text(j, "level", rating_level(r.score));
	rating_write_reasons(c->arena, r.reasons, "reasons", j);
	json_text(j, "words", words);
	json_text(j, "source", r.source);
	json_time(j, "at", r.at);
	json_time(j, "changed_at", r.changed_at);
	json_text(j, "follow", r.follow);
	json_day(j, "due", r.follow_due);
	json_bool(j, "mine", r.follow_owner && r.follow_owner == c->actor.staff_id);
	json_bool(j, "taken", r.follow_owner != 0);
	json_text(j, "result", r.result);
	e = write_steps(c, r.id, j);
	json_end(j);
	return e;
}

/* --- a step -------------------------------------------------------------------------------------------------------------- */

/* Who had a part in the case. */
struct part {
	int64_t reviewer1, reviewer2, opened_by;
};
static const struct field part_fields[] = {
	INT(struct part, reviewer1, "reviewer1", 0, 0),
	INT(struct part, reviewer2, "reviewer2", 0, 0),
	INT(struct part, opened_by, "opened_by", 0, 0),
};
static const struct shape part_shape = SHAPE(struct part, part_fields);

static enum err must_be_mine(struct ctx *c, const struct rating *r)
{
	if (!r->follow_owner)
		return ctx_say(c, ERR_WRONG_STATE, "请先接下这件回访");
	return r->follow_owner == c->actor.staff_id ? ERR_OK
						    : ctx_say(c, ERR_WRONG_STATE, "这件回访由别人负责，请先接手");
}

static enum err must_say(struct ctx *c, const struct rating_step_in *in, const char *const *results, const char *note)
{
	if (results && text_index(results, in->result) < 0)
		fault_add(&c->faults, "/result", "choice", "请选择结果");
	if (note && !in->note)
		fault_add(&c->faults, "/note", "missing", "%s", note);
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

static enum err take(struct ctx *c, const struct rating *r, const struct rating_step_in *in)
{
	int64_t me = c->actor.staff_id;

	if (r->follow_owner == me)
		return ctx_say(c, ERR_WRONG_STATE, "这件回访已经由您负责");
	if (r->follow_owner && must_say(c, in, NULL, "从别人手里接过来，请写明原因") != ERR_OK)
		return ERR_INVALID;
	return db_exec(c->db, &sql[TAKE], I(me), I(r->id));
}

static enum err call(struct ctx *c, const struct rating *r, const struct rating_step_in *in)
{
	enum err e = must_be_mine(c, r);

	if (e == ERR_OK)
		e = must_say(c, in, call_results, "请写下通话情况");
	return e == ERR_OK ? db_exec(c->db, &sql[CALLED], I(c->now), I(r->id), I(c->actor.staff_id)) : e;
}

/* Nobody is answered without having been called. */
static enum err enough_calls(struct ctx *c, const struct rating *r, const char *result)
{
	bool unreached = text_eq(result, "unreached");
	struct db_int calls = {0};
	enum err e = db_one(
		c->db, &sql[CALLS], &db_int_shape, &calls, I(r->id), I(r->follow_at), S(call_results[unreached]));

	if (e != ERR_OK)
		return e;
	if (unreached && calls.value < RATING_CALLS_MIN)
		return ctx_say(c, ERR_WRONG_STATE, "至少打过%d次没有接通，才能按联系不上办完", RATING_CALLS_MIN);
	if (!unreached && !calls.value)
		return ctx_say(c, ERR_WRONG_STATE, "请先登记一次接通的回访电话，再办完");
	return ERR_OK;
}

static enum err finish(struct ctx *c, const struct rating *r, const struct rating_step_in *in)
{
	enum err e = must_be_mine(c, r);

	if (e == ERR_OK)
		e = must_say(c, in, ends, "请写下处理情况");
	if (e == ERR_OK)
		e = enough_calls(c, r, in->result);
	return e == ERR_OK ? db_exec(c->db, &sql[CLOSE], I(c->now), S(in->result), I(r->id), I(c->actor.staff_id)) : e;
}

static enum err note(struct ctx *c, const struct rating *r, const struct rating_step_in *in)
{
	(void)r;
	return must_say(c, in, NULL, "请写下要记的内容");
}

static const struct act {
	enum err (*run)(struct ctx *c, const struct rating *r, const struct rating_step_in *in);
	bool changes; /* the follow-up must be open, the person without a part in the case */
	bool result;
} acts[] = {
	{take, true, false},
	{note, false, false},
	{call, true, true},
	{finish, true, true},
};

enum err rating_follow_step(struct ctx *c, const char *no, const struct rating_step_in *in)
{
	const struct act *act = &acts[text_index(step_words, in->step)];
	int64_t me = c->actor.staff_id;
	struct bytes sealed = {NULL, 0};
	struct rating r;
	struct part part;
	enum err e = db_one(c->db, &sql[LOCK], &rating_row_shape, &r, S(no));

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[PART], &part_shape, &part, I(r.application_id));
	if (e != ERR_OK)
		return e;
	if (text_eq(r.follow, "none"))
		return ctx_say(c, ERR_WRONG_STATE, "这条评价不需要回访");
	if (act->changes && !text_eq(r.follow, "open"))
		return ctx_say(c, ERR_WRONG_STATE, "这件回访已经办完，可以补充记录");
	if (act->changes && (me == part.reviewer1 || me == part.reviewer2 || me == part.opened_by))
		return ctx_say(c, ERR_TWO_PERSONS, "这件申请由您办理过，回访请交给另一位同事");
	e = act->run(c, &r, in);
	if (e != ERR_OK)
		return e;
	if (in->note)
		sealed = ctx_seal(c, "rating.note", in->note);
	audit_add(c, arena_printf(c->arena, "rating_%s", in->step), no, act->result ? in->result : NULL);
	return db_exec(c->db, &sql[STEP], I(r.id), I(c->now), S(in->step), I(me), S(act->result ? in->result : NULL),
		B(sealed));
}
