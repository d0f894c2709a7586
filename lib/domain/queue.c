#include "domain/queue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_view.h"
#include "domain/certificate.h"

#define COLUMNS \
	"a.id, a.no, a.service, a.holder, a.channel, a.state, a.unit_name, a.submitted_at, a.review_due, a.due, a.updated_at, a.state_at, " \
	"a.version, a.claim_until, a.catalog_version, s.name "
#define TYPES \
	"issss" \
	"ssidd" \
	"iiiis" \
	"s"
#define FROM "FROM application a LEFT JOIN staff s ON s.id=a.claim_by "
/* Begin after (state_at, id): an index range, then the exact step. */
#define AFTER "AND a.state_at>=? AND (a.state_at>? OR a.id>?) ORDER BY a.state_at, a.id LIMIT ?"
/* One state, said as a range: of "a.state=?" the server makes a walk over the whole state instead of a jump to the page. */
#define FROM_STATE \
	"FROM application a FORCE INDEX (application_queue) LEFT JOIN staff s ON s.id=a.claim_by WHERE a.state>=? AND a.state<=? "
#define AFTER_STATE "AND a.state_at>=? AND (a.state_at>? OR a.id>?) ORDER BY a.state, a.state_at, a.id LIMIT ?"
#define OPEN_GATE "AND NOT EXISTS (SELECT 1 FROM gate g WHERE g.application_id=a.id AND g.name=?) "

enum {
	OWN,
	BY_STATE,
	BY_MODE,
	WAITING,
	MINE,
	ALL,
	COUNTER,
	BY_NO,
	BY_USCC,
	BY_NAME,
	COUNT_STATE,
	COUNT_MODE,
	COUNT_MINE,
	COUNT_COUNTER,
	GATES
};

static const struct sql sql[] = {
	[OWN] = {"SELECT " COLUMNS FROM "WHERE a.account_id=? AND a.id<? ORDER BY a.id DESC LIMIT ?", "iii", TYPES},
	[BY_STATE] = {"SELECT " COLUMNS FROM_STATE AFTER_STATE, "ssiiii", TYPES},
	[BY_MODE] = {"SELECT " COLUMNS FROM "WHERE a.state IN ('produced',?) AND a.delivery_mode=? " AFTER, "ssiiii",
		TYPES},
	[WAITING] = {"SELECT " COLUMNS FROM_STATE OPEN_GATE AFTER_STATE, "sssiiii", TYPES},
	[MINE] = {"SELECT " COLUMNS FROM "WHERE a.claim_by=? AND a.claim_until>? " AFTER, "iiiiii", TYPES},
	[ALL] = {"SELECT " COLUMNS FROM "WHERE a.id<? ORDER BY a.id DESC LIMIT ?", "ii", TYPES},
	[COUNTER] = {"SELECT " COLUMNS FROM "WHERE a.channel='counter' AND a.state_at>=? AND a.state_at<=? "
		     "AND (a.state_at<? OR a.id<?) ORDER BY a.state_at DESC, a.id DESC LIMIT ?",
		"iiiii", TYPES},
	[BY_NO] = {"SELECT " COLUMNS FROM "WHERE a.no=?", "s", TYPES},
	[BY_USCC] = {"SELECT " COLUMNS FROM "WHERE a.uscc=? AND a.id<? ORDER BY a.id DESC LIMIT ?", "sii", TYPES},
	[BY_NAME] = {"SELECT " COLUMNS FROM "WHERE a.unit_key LIKE ? AND a.id<? ORDER BY a.id DESC LIMIT ?", "sii",
		TYPES},
	[COUNT_STATE] = {"SELECT COUNT(*) FROM (SELECT 1 FROM application WHERE state=? LIMIT 999) n", "s", "i"},
	[COUNT_MODE] =
		{"SELECT COUNT(*) FROM (SELECT 1 FROM application WHERE state IN ('produced',?) AND delivery_mode=? LIMIT 999) n",
			"ss", "i"},
	[COUNT_MINE] =
		{"SELECT COUNT(*) FROM (SELECT 1 FROM application WHERE claim_by=? AND claim_until>? LIMIT 999) n",
			"ii", "i"},
	[COUNT_COUNTER] =
		{"SELECT COUNT(*) FROM (SELECT 1 FROM application WHERE channel='counter' AND state_at>=? LIMIT 999) n",
			"i", "i"},
	[GATES] = {"SELECT name FROM gate WHERE application_id=?", "i", "s"},
};
SQL_TABLE(queue);

/* The queues staff see; mode: only cases to be handed over in that way. */
static const struct queue {
	const char *word, *name;
	enum state state;
	const char *mode;
} queues[] = {
	{"submitted", "待初审", STATE_SUBMITTED, NULL},
	{"mine", "我的", STATE_MAX, NULL},
	{"returned", "待补正", STATE_RETURNED, NULL},
	{"accepted", "待齐备", STATE_ACCEPTED, NULL},
	{"second_review", "待复审", STATE_SECOND_REVIEW, NULL},
	{"approved", "待制证", STATE_APPROVED, NULL},
	{"to_send", "待寄出", STATE_PRODUCED, "courier"},
	{"to_collect", "待取", STATE_READY, "pickup"}, /* also those still to be laid ready */
	{"counter", "今日前台", STATE_MAX, NULL},      /* opened at the counter or moved on there today */
	{"all", "全部", STATE_MAX, NULL},
};

static const struct field query_fields[] = {
	TEXT(struct queue_query, queue, "队列", 1, 20, rule_word),
	TEXT(struct queue_query, after, "起点", 1, 60, NULL),
	TEXT(struct queue_query, q, "查找内容", 1, 128, NULL),
	TEXT(struct queue_query, waiting, "等待项", 1, 12, rule_word),
	INT(struct queue_query, limit, "条数", 1, QUEUE_LIMIT_MAX),
};
const struct shape queue_query_shape = SHAPE(struct queue_query, query_fields);
static const struct field list_fields[] = {
	TEXT(struct queue_query, after, "起点", 1, 60, NULL),
	INT(struct queue_query, limit, "条数", 1, QUEUE_LIMIT_MAX),
};
const struct shape list_query_shape = SHAPE(struct queue_query, list_fields);

struct row {
	int64_t id;
	const char *no, *service, *holder, *channel, *state, *unit_name;
	int64_t submitted_at;
	struct date review_due, due;
	int64_t updated_at, state_at, version, claim_until;
	const char *catalog_version, *claim_name;
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct row, m, #m, 0, 0)
static const struct field row_fields[] = {
	R_INT(id),
	R_TEXT(no),
	R_TEXT(service),
	R_TEXT(holder),
	R_TEXT(channel),
	R_TEXT(state),
	R_TEXT(unit_name),
	R_INT(submitted_at),
	DAY(struct row, review_due, "review_due"),
	DAY(struct row, due, "due"),
	R_INT(updated_at),
	R_INT(state_at),
	R_INT(version),
	R_INT(claim_until),
	R_TEXT(catalog_version),
	R_TEXT(claim_name),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static int64_t limit_of(const struct queue_query *in)
{
	return in->limit ? in->limit : 50;
}

/* Where the last page ended: "state_at.id".  false: not one of ours. */
static bool read_after(const char *after, int64_t *ret_at, int64_t *ret_id)
{
	char *end;

	*ret_at = 0;
	*ret_id = 0;
	if (!after)
		return true;
	*ret_at = strtoll(after, &end, 10);
	if (*end != '.')
		return false;
	*ret_id = strtoll(end + 1, &end, 10);
	return !*end && *ret_at >= 0 && *ret_id > 0;
}

static const char *first_waiting_turn(const struct row *r, const struct catalog *cat)
{
	const struct catalog_state *s = catalog_state(cat, r->state);

	return s ? s->turn : "nobody";
}

static void write_common(struct ctx *c, const struct row *r, struct json_out *j)
{
	const struct catalog_state *state = catalog_state(c->house->catalog, r->state);
	const struct catalog_service *service = catalog_service(c->house->catalog, r->service);

	json_text(j, "no", r->no);
	json_text(j, "service", r->service);
	json_text(j, "service_name", service ? service->name : r->service);
	json_text(j, "holder", r->holder);
	json_text(j, "channel", r->channel);
	json_text(j, "state", r->state);
	json_text(j, "state_name", state ? state->name : r->state);
	json_text(j, "unit_name", r->unit_name);
	json_int(j, "version", r->version);
}

static void write_own_row(struct ctx *c, const struct row *r, struct json_out *j)
{
	json_object(j, NULL);
	write_common(c, r, j);
	json_time(j, "updated_at", r->updated_at);
	json_text(j, "turn", first_waiting_turn(r, c->house->catalog));
	json_day(j, "due", r->due);
	json_end(j);
}

static enum err write_waiting(struct ctx *c, const struct row *r, struct json_out *j)
{
	const struct catalog_route *route = catalog_route(c->house->catalog, r->service, r->holder, r->channel);
	struct list closed = {NULL, 0};
	enum err e = ERR_OK;

	json_list(j, "waiting");
	if (route && text_eq(r->state, state_words[STATE_ACCEPTED])) {
		e = db_all(c->db, &sql[GATES], &db_text_shape, &closed, I(r->id));
		CATALOG_EACH(struct catalog_gate, g, &route->gates) {
			bool open = e == ERR_OK;

			for (size_t i = 0; i < closed.count; i++)
				open &= !text_eq(((const struct db_text *)closed.at)[i].value, g->code);
			if (open)
				json_text(j, NULL, g->code);
		}
	}
	json_end(j);
	return e;
}

/* The day staff must keep: the promise once it runs, before that the first review. */
static struct date day_to_keep(const struct row *r)
{
	bool first = text_eq(r->state, state_words[STATE_SUBMITTED]) || text_eq(r->state, state_words[STATE_REVIEWING]);

	return first ? r->review_due : r->due;
}

static enum err write_staff_row(struct ctx *c, const struct row *r, struct json_out *j)
{
	const struct calendar *calendar;
	struct date due = day_to_keep(r);
	bool closed = text_eq(r->state, "completed") || text_eq(r->state, "withdrawn") ||
		      text_eq(r->state, "rejected") || text_eq(r->state, "expired");
	int left;
	enum err e = ctx_calendar(c, &calendar);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	write_common(c, r, j);
	json_time(j, "submitted_at", r->submitted_at);
	json_day(j, "due", due);
	if (!closed && !date_none(due) && calendar_between(calendar, date_of_moment(c->now), due, &left) == ERR_OK)
		json_int(j, "late_days", -left);
	else
		json_null(j, "late_days");
	json_text(j, "claimed_by", r->claim_until > c->now ? r->claim_name : NULL);
	e = write_waiting(c, r, j);
	json_end(j);
	return e;
}

static void write_next(struct ctx *c, const struct list *rows, int64_t limit, bool by_id, struct json_out *j)
{
	const struct row *last = rows->count ? &((const struct row *)rows->at)[rows->count - 1] : NULL;

	json_end(j);
	if (!last || (int64_t)rows->count < limit)
		json_null(j, "next");
	else if (by_id)
		json_text(j, "next", arena_printf(c->arena, "0.%" PRId64, last->id));
	else
		json_text(j, "next", arena_printf(c->arena, "%" PRId64 ".%" PRId64, last->state_at, last->id));
	json_end(j);
}

static enum err bad_after(struct ctx *c)
{
	fault_add(&c->faults, "/after", "after", "翻页位置不正确，请从第一页开始");
	return ERR_INVALID;
}

enum err queue_write_own(struct ctx *c, const struct queue_query *in, struct json_out *j)
{
	int64_t at, id, limit = limit_of(in);
	struct list rows;
	enum err e;

	if (!read_after(in->after, &at, &id))
		return bad_after(c);
	e = db_all(c->db, &sql[OWN], &row_shape, &rows, I(c->actor.account_id), I(id ? id : INT64_MAX), I(limit));
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++)
		write_own_row(c, &((const struct row *)rows.at)[i], j);
	write_next(c, &rows, limit, true, j);
	return ERR_OK;
}

/* LIKE takes % and _ for more than themselves. */
static char *like_prefix(struct arena *a, const char *text)
{
	struct str s;

	str_init(&s, a);
	for (; *text; text++) {
		if (strchr("\\%_", *text))
			str_addc(&s, '\\');
		str_addc(&s, *text);
	}
	str_addc(&s, '%');
	return s.at;
}

static enum err search(struct ctx *c, const char *q, int64_t before, int64_t limit, struct list *ret_rows)
{
	const char *no = q, *uscc = q, *say;

	if (rule_case_no(c->arena, &no, &say))
		no = application_of_reference(c->arena, c->house->config.case_prefix, q);
	if (no)
		return db_all(c->db, &sql[BY_NO], &row_shape, ret_rows, S(no));
	if (!rule_uscc(c->arena, &uscc, &say))
		return db_all(c->db, &sql[BY_USCC], &row_shape, ret_rows, S(uscc), I(before), I(limit));
	return db_all(c->db, &sql[BY_NAME], &row_shape, ret_rows, S(like_prefix(c->arena, name_key(c->arena, q))),
		I(before), I(limit));
}

static const struct queue *find_queue(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(queues); i++)
		if (text_eq(queues[i].word, word))
			return &queues[i];
	return NULL;
}

static int64_t today_began(const struct ctx *c)
{
	return date_moment(date_of_moment(c->now), 0, 0, 0);
}

/* Lists by the number alone, newest first, have their keyset in the id; the others in moment and id. */
static bool by_id(const struct queue *q)
{
	return text_eq(q->word, "all");
}

static enum err read_queue(struct ctx *c, const struct queue *q, const char *waiting, int64_t at, int64_t id,
	int64_t limit, struct list *ret_rows)
{
	const char *state = q->state == STATE_MAX ? NULL : state_words[q->state];

	if (text_eq(q->word, "mine"))
		return db_all(c->db, &sql[MINE], &row_shape, ret_rows, I(c->actor.staff_id), I(c->now), I(at), I(at),
			I(id), I(limit));
	if (text_eq(q->word, "counter"))
		/* newest first: who stands at the counter is on top */
		return db_all(c->db, &sql[COUNTER], &row_shape, ret_rows, I(today_began(c)), I(id ? at : INT64_MAX),
			I(id ? at : INT64_MAX), I(id ? id : INT64_MAX), I(limit));
	if (!state)
		return db_all(c->db, &sql[ALL], &row_shape, ret_rows, I(id ? id : INT64_MAX), I(limit));
	if (q->mode)
		return db_all(c->db, &sql[BY_MODE], &row_shape, ret_rows, S(state), S(q->mode), I(at), I(at), I(id),
			I(limit));
	if (waiting)
		return db_all(c->db, &sql[WAITING], &row_shape, ret_rows, S(state), S(state), S(waiting), I(at), I(at),
			I(id), I(limit));
	return db_all(c->db, &sql[BY_STATE], &row_shape, ret_rows, S(state), S(state), I(at), I(at), I(id), I(limit));
}

enum err queue_write(struct ctx *c, const struct queue_query *in, struct json_out *j)
{
	const struct queue *q = find_queue(in->queue ? in->queue : "all");
	int64_t at, id, limit = limit_of(in);
	struct list rows;
	enum err e;

	if (!q)
		fault_add(&c->faults, "/queue", "choice", "没有这个队列");
	if (in->waiting && text_index(gate_words, in->waiting) < 0)
		fault_add(&c->faults, "/waiting", "choice", "没有这个等待项");
	if (!read_after(in->after, &at, &id))
		return bad_after(c);
	if (c->faults.count)
		return ERR_INVALID;
	e = in->q ? search(c, in->q, id ? id : INT64_MAX, limit, &rows)
		  : read_queue(c, q, in->waiting, at, id, limit, &rows);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = write_staff_row(c, &((const struct row *)rows.at)[i], j);
	write_next(c, &rows, limit, in->q || by_id(q), j);
	return e;
}

static enum err count(struct ctx *c, const struct queue *q, int64_t *ret_count)
{
	struct db_int n = {0};
	enum err e;

	if (text_eq(q->word, "mine"))
		e = db_one(c->db, &sql[COUNT_MINE], &db_int_shape, &n, I(c->actor.staff_id), I(c->now));
	else if (text_eq(q->word, "counter"))
		e = db_one(c->db, &sql[COUNT_COUNTER], &db_int_shape, &n, I(today_began(c)));
	else if (q->state == STATE_MAX)
		e = ERR_OK;
	else if (q->mode)
		e = db_one(c->db, &sql[COUNT_MODE], &db_int_shape, &n, S(state_words[q->state]), S(q->mode));
	else
		e = db_one(c->db, &sql[COUNT_STATE], &db_int_shape, &n, S(state_words[q->state]));
	*ret_count = n.value;
	return e;
}

enum err queue_write_counts(struct ctx *c, struct json_out *j)
{
	enum err e = ERR_OK;

	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(queues); i++) {
		int64_t n;

		e = count(c, &queues[i], &n);
		json_object(j, NULL);
		json_text(j, "queue", queues[i].word);
		json_text(j, "name", queues[i].name);
		json_int(j, "count", n);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return e;
}

static bool produced(const struct list *certificates, size_t item)
{
	const struct certificate *at = certificates->at;

	for (size_t i = 0; i < certificates->count; i++)
		if (at[i].item == (int64_t)item)
			return true;
	return false;
}

static enum err write_production_row(struct ctx *c, const struct row *r, struct json_out *j)
{
	struct application app;
	struct list certificates;
	const struct item_data *item;
	enum err e = application_by_id(c, r->id, &app);

	if (e == ERR_OK)
		e = certificate_list(c, r->id, &certificates);
	if (e != ERR_OK)
		return e;
	item = app.data.items.at;
	json_object(j, NULL);
	write_common(c, r, j);
	json_day(j, "due", r->due);
	json_int(j, "years", app.data.years);
	json_list(j, "items");
	for (size_t i = 0; i < app.data.items.count; i++) {
		json_object(j, NULL);
		json_int(j, "item", (int64_t)i + 1);
		json_text(j, "seal_kind", item[i].seal_kind);
		json_text(j, "seal_name", item[i].seal_name);
		json_bool(j, "produced", produced(&certificates, i + 1));
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

enum err queue_write_production(struct ctx *c, const struct queue_query *in, struct json_out *j)
{
	int64_t at, id, limit = limit_of(in);
	struct list rows;
	enum err e;

	if (!read_after(in->after, &at, &id))
		return bad_after(c);
	e = read_queue(c, find_queue("approved"), NULL, at, id, limit, &rows);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "issuer", c->house->config.issuer);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = write_production_row(c, &((const struct row *)rows.at)[i], j);
	write_next(c, &rows, limit, false, j);
	return e;
}
