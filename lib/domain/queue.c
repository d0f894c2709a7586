#include "domain/queue.h"

#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/queue_row.h"

/* Each count has a statement that finds the last place which still counts, and one that counts what is less: walking over
 * so many entries of an index costs nothing, putting them aside to count them does.  Of an
 * equality before a range the server would make a walk over all that is equal. */
enum {
	FULL_STAGE,
	COUNT_STAGE,
	FULL_LATE,
	COUNT_LATE,
	FULL_GATE,
	COUNT_GATE,
	FULL_MINE,
	COUNT_MINE,
	FULL_COUNTER,
	COUNT_COUNTER,
	FULL_INVOICES,
	COUNT_INVOICES,
	FULL_RATINGS,
	COUNT_RATINGS,
	GATES
};

#define COUNTS(n, from, in) \
	[FULL_##n] = {DB_ANEW "SELECT 999 FROM " from " LIMIT 998, 1", in, "i"}, \
	[COUNT_##n] = {DB_ANEW "SELECT COUNT(*) FROM " from, in, "i"}

static const struct sql sql[] = {
	COUNTS(STAGE, "application FORCE INDEX (application_queue) WHERE queue=?", "s"),
	COUNTS(LATE, "application FORCE INDEX (application_day) WHERE keep_day<?", "d"),
	COUNTS(GATE, "gate FORCE INDEX (gate_waits) WHERE name=? AND waits=1", "s"),
	COUNTS(MINE, "application FORCE INDEX (application_claim) WHERE claim_by=? AND claim_until>?", "ii"),
	COUNTS(COUNTER,
		"application FORCE INDEX (application_counter) WHERE channel>='counter' AND channel<='counter' AND state_at>=?",
		"i"),
	COUNTS(INVOICES, "invoice WHERE state='due'", ""),
	COUNTS(RATINGS, "rating WHERE follow='open'", ""),
	[GATES] =
		{"SELECT g.application_id, g.name, g.asked, g.closed_at FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) k "
		 "STRAIGHT_JOIN gate g ON g.application_id=k.id",
			"s", "isii"},
};
SQL_TABLE(queue);

#define P(x) PERMISSION_BIT(PERM_##x)
#define CASES (BY_LANE | BY_BRANCH | BY_TEXT)

/* The lists of the desk, in the order of the work. */
const struct queue queues[] = {
	{"submitted", "待初审", QUEUE_STAGE, NULL, P(CASE_REVIEW), CASES | BY_DUE, NULL, true},
	{"corrected", "补正回件", QUEUE_STAGE, NULL, P(CASE_REVIEW), CASES | BY_DUE, NULL, true},
	{"reviewing", "初审中", QUEUE_STAGE, NULL, P(CASE_REVIEW), CASES | BY_DUE | BY_MINE, NULL, false},
	{"mine", "我的", QUEUE_MINE, NULL, P(CASE_REVIEW) | P(CASE_APPROVE), CASES | BY_DUE, NULL, false},
	{"returned", "待补正", QUEUE_STAGE, NULL, P(CASE_REVIEW), CASES, NULL, false},
	{"accepted", "待齐备", QUEUE_STAGE, NULL, P(CASE_REVIEW) | P(ORIGINALS) | P(MONEY), CASES, NULL, false},
	{"wait_originals", "待收原件", QUEUE_GATE, "originals", P(ORIGINALS), BY_LANE | BY_TEXT, NULL, false},
	{"wait_money", "待到账", QUEUE_GATE, "money", P(MONEY), BY_LANE | BY_TEXT, NULL, false},
	{"wait_token", "待收介质", QUEUE_GATE, "token", P(ORIGINALS), BY_LANE | BY_TEXT, NULL, false},
	{"wait_signature", "待验签名", QUEUE_GATE, "signature", P(CASE_REVIEW), BY_LANE | BY_TEXT, NULL, false},
	{"second_review", "待复审", QUEUE_STAGE, NULL, P(CASE_APPROVE), CASES | BY_DUE | BY_MINE, NULL, true},
	{"approved", "待制证", QUEUE_STAGE, NULL, P(PRODUCE), CASES | BY_DUE, NULL, false},
	{"to_send", "待寄出", QUEUE_STAGE, NULL, P(DISPATCH), CASES | BY_DUE, NULL, false},
	{"to_collect", "待取", QUEUE_STAGE, NULL, P(PICKUP), CASES | BY_DUE, NULL,
		false}, /* also those still to be laid ready */
	{"counter", "今日前台", QUEUE_COUNTER, NULL, P(WALKIN), 0, NULL,
		false}, /* opened at the counter or moved on there today */
	{"invoices", "待开发票", QUEUE_PAGE, NULL, P(MONEY), 0, "/staff/invoices.html", false},
	{"ratings", "差评待回访", QUEUE_PAGE, NULL, P(FOLLOW), 0, "/staff/ratings.html", false},
	{"overdue", "已超期", QUEUE_LATE, NULL, P(CASE_REVIEW) | P(CASE_APPROVE) | P(PRODUCE) | P(DISPATCH) | P(PICKUP),
		CASES | BY_MINE, NULL, false},
	{"all", "全部", QUEUE_ALL, NULL, P(CASE_READ), BY_TEXT, NULL, false},
};
const size_t queue_count = ARRAY_LEN(queues);

/* What can be filtered, the bits of it in queues[].filters and the words of the filters, in this order. */
static const struct filter {
	unsigned bit;
	const char *word, *say;
} filters[] = {
	{BY_LANE, "service", "这个列表不能按业务筛选"},
	{BY_LANE, "holder", "这个列表不能按证书类型筛选"},
	{BY_LANE, "channel", "这个列表不能按办理途径筛选"},
	{BY_BRANCH, "branch", "这个列表不能按网点筛选"},
	{BY_DUE, "due", "这个列表不能按期限筛选"},
	{BY_MINE, "mine", "这个列表不能只看自己的"},
	{BY_TEXT, "q", "这个列表不能查找，请到“全部”里查找"},
};

static const char *const due_words[] = {"late", "today", "soon", NULL};
static const struct field query_fields[] = {
	TEXT(struct queue_query, queue, "队列", 1, 14, rule_word),
	TEXT(struct queue_query, q, "查找内容", 1, 128, NULL),
	TEXT(struct queue_query, service, "业务", 1, 20, rule_word),
	TEXT(struct queue_query, holder, "证书类型", 1, 10, rule_word),
	TEXT(struct queue_query, channel, "办理途径", 1, 10, rule_word),
	TEXT(struct queue_query, branch, "网点", 1, 40, rule_word),
	WORD(struct queue_query, due, "期限", due_words),
	BOOL(struct queue_query, mine, "只看我的"),
	TEXT(struct queue_query, after, "起点", 1, 60, NULL),
	TEXT(struct queue_query, before, "终点", 1, 60, NULL),
	INT(struct queue_query, limit, "条数", 1, QUEUE_LIMIT_MAX),
};
enum { OF_FILTERS = 8 }; /* the first of them */
const struct shape queue_query_shape = SHAPE(struct queue_query, query_fields);
const struct shape queue_filter_shape = {query_fields, OF_FILTERS, sizeof(struct queue_query)};
static const struct field list_fields[] = {
	TEXT(struct queue_query, after, "起点", 1, 60, NULL),
	INT(struct queue_query, limit, "条数", 1, QUEUE_LIMIT_MAX),
};
const struct shape list_query_shape = SHAPE(struct queue_query, list_fields);

struct light {
	int64_t id;
	const char *name;
	bool asked;
	int64_t closed_at;
};
static const struct field light_fields[] = {
	INT(struct light, id, "id", 0, 0),
	TEXT(struct light, name, "name", 0, 0, NULL),
	BOOL(struct light, asked, "asked"),
	INT(struct light, closed_at, "closed_at", 0, 0),
};
static const struct shape light_shape = SHAPE(struct light, light_fields);

static const struct queue *find_queue(const char *word)
{
	for (size_t i = 0; i < queue_count; i++)
		if (text_eq(queues[i].word, word))
			return &queues[i];
	return NULL;
}

/* Who reads the reports sees every list; a page asks for its own right. */
static bool works(const struct ctx *c, const struct queue *q)
{
	return (c->actor.permissions & (q->kind == QUEUE_PAGE ? q->who : q->who | P(REPORT))) != 0;
}

enum err queue_of_query(struct ctx *c, const struct queue_query *in, const struct queue **ret_queue)
{
	const void *const given[] = {
		in->service, in->holder, in->channel, in->branch, in->due, in->mine ? in : NULL, in->q};
	const struct queue *q = find_queue(in->queue ? in->queue : "all");

	if (!q || q->kind == QUEUE_PAGE) {
		fault_add(&c->faults, "/queue", "choice", "没有这个队列");
		return ERR_INVALID;
	}
	if (!works(c, q))
		return ctx_say(c, ERR_FORBIDDEN, "“%s”不是您岗位的列表", q->name);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (given[i] && !(q->filters & filters[i].bit))
			fault_add(&c->faults, arena_printf(c->arena, "/%s", filters[i].word), "choice", "%s",
				filters[i].say);
	if (in->after && in->before)
		fault_add(&c->faults, "/before", "choice", "起点和终点只能给一个");
	*ret_queue = q;
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

/* ---- rows ---- */

/* Was it written down which gates this case needs?  Cases of before that was are taken by their route. */
static bool written_down(const struct queue_row *r, const struct list *lights)
{
	const struct light *l = lights->at;

	for (size_t i = 0; i < lights->count; i++)
		if (l[i].id == r->id && l[i].asked)
			return true;
	return false;
}

static void write_lights(struct ctx *c, const struct queue_row *r, const struct list *lights, struct json_out *j)
{
	const struct catalog_route *route = catalog_route(c->house->catalog, r->service, r->holder, r->channel);
	bool known = written_down(r, lights);
	const struct light *l = lights->at;

	json_list(j, "gates");
	for (size_t k = 0; route && r->submitted_at && k < route->gates.count; k++) {
		const struct catalog_gate *g = &((const struct catalog_gate *)route->gates.at)[k];
		bool asked = !known && !g->condition && (g->kind != GATE_MONEY || r->amount_fen);
		int64_t closed_at = 0;

		for (size_t i = 0; i < lights->count; i++)
			if (l[i].id == r->id && text_eq(l[i].name, g->code)) {
				asked = asked || l[i].asked;
				closed_at = l[i].closed_at;
			}
		if (!asked)
			continue;
		json_object(j, NULL);
		json_text(j, "name", g->code);
		json_text(j, "label", g->name->name);
		json_bool(j, "required", true);
		json_time(j, "closed_at", closed_at);
		json_end(j);
	}
	json_end(j);
}

/* The day staff must keep: the promise once it runs, before that the first review. */
static struct date day_to_keep(const struct queue_row *r)
{
	bool first = text_eq(r->state, state_words[STATE_SUBMITTED]) || text_eq(r->state, state_words[STATE_REVIEWING]);

	return !first ? r->due : r->by_machine ? (struct date){0} : r->review_due;
}

static enum err write_row(struct ctx *c, const struct queue_row *r, const struct list *lights, struct json_out *j)
{
	int state = text_index(state_words, r->state), left;
	const struct calendar *calendar;
	struct date due = day_to_keep(r);
	enum err e = ctx_calendar(c, &calendar);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	queue_row_write(c, r, j);
	json_time(j, "submitted_at", r->submitted_at);
	json_day(j, "due", due);
	if (state >= 0 && !state_is_closed((enum state)state) && !date_none(due) &&
		calendar_between(calendar, date_of_moment(c->now), due, &left) == ERR_OK)
		json_int(j, "late_days", -left);
	else
		json_null(j, "late_days");
	json_day(j, "correct_until", r->correct_until);
	json_text(j, "claimed_by", r->claim_until > c->now ? r->claim_name : NULL);
	write_lights(c, r, lights, j);
	json_end(j);
	return ERR_OK;
}

static enum err read_lights(struct ctx *c, const struct queue_found *found, struct list *ret_lights)
{
	*ret_lights = (struct list){NULL, 0};
	return found->count ? db_all(c->db, &sql[GATES], &light_shape, ret_lights,
				      S(queue_ids_json(c->arena, found->at, found->count)))
			    : ERR_OK;
}

enum err queue_write(struct ctx *c, const struct queue_query *in, struct json_out *j)
{
	const struct queue *q = NULL;
	struct queue_found found;
	struct list rows, lights;
	enum err e = queue_of_query(c, in, &q);

	if (e == ERR_OK)
		e = queue_find(c, q, in, &found);
	if (e == ERR_OK)
		e = queue_rows(c, found.at, found.count, &rows);
	if (e == ERR_OK)
		e = read_lights(c, &found, &lights);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = write_row(c, &((const struct queue_row *)rows.at)[i], &lights, j);
	json_end(j);
	json_text(j, "next", found.after ? queue_key_text(c->arena, found.last) : NULL);
	json_text(j, "prev", found.before ? queue_key_text(c->arena, found.first) : NULL);
	json_end(j);
	return e;
}

/* ---- counts ---- */

static enum err counted(struct ctx *c, int full, struct db_int *ret, const struct db_arg *args)
{
	enum err e = db_one_args(c->db, &sql[full], &db_int_shape, ret, args);

	return e == ERR_NOT_FOUND ? db_one_args(c->db, &sql[full + 1], &db_int_shape, ret, args) : e;
}
#define COUNTED(n, ...) counted(c, FULL_##n, ret, (const struct db_arg[]){__VA_ARGS__ __VA_OPT__(, ){0}})

static enum err count(struct ctx *c, const struct queue *q, struct db_int *ret)
{
	switch (q->kind) {
	case QUEUE_STAGE: return COUNTED(STAGE, S(q->word));
	case QUEUE_GATE: return COUNTED(GATE, S(q->gate));
	case QUEUE_MINE: return COUNTED(MINE, I(c->actor.staff_id), I(c->now));
	case QUEUE_COUNTER: return COUNTED(COUNTER, I(date_moment(date_of_moment(c->now), 0, 0, 0)));
	case QUEUE_PAGE: return text_eq(q->word, "ratings") ? COUNTED(RATINGS) : COUNTED(INVOICES);
	case QUEUE_LATE: return COUNTED(LATE, D(date_of_moment(c->now)));
	case QUEUE_ALL: break;
	}
	return ERR_OK;
}

enum err queue_write_counts(struct ctx *c, struct json_out *j)
{
	enum err e = ERR_OK;

	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < queue_count; i++) {
		const struct queue *q = &queues[i];
		struct db_int n = {0};

		if (!works(c, q))
			continue;
		e = count(c, q, &n);
		json_object(j, NULL);
		json_text(j, "queue", q->word);
		json_text(j, "name", q->name);
		json_int(j, "count", n.value);
		json_text(j, "page", q->page);
		json_list(j, "filters");
		for (size_t k = 0; k < ARRAY_LEN(filters); k++)
			if (q->filters & filters[k].bit)
				json_text(j, NULL, filters[k].word);
		json_end(j);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return e;
}
