#include "domain/queue_find.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_view.h"
#include "domain/paging.h"

/* A word said as a range: of "queue=?" the server makes a walk over all of it instead of a jump to the place. */
#define SAME(column) "a." column ">=? AND a." column "<=? "
#define ON "((a.keep_day=? AND a.id>?) OR a.keep_day>?) AND a.keep_day<=? ORDER BY "
#define BACK "((a.keep_day=? AND a.id<?) OR a.keep_day<?) AND a.keep_day>=? ORDER BY "
#define PLACES(key) DB_ANEW "SELECT a.keep_day, a.id FROM application a FORCE INDEX (" key ") WHERE "
#define STAGE PLACES("application_queue") SAME("queue") "AND "
#define LANE PLACES("application_lane") SAME("queue") "AND " SAME("lane") "AND "
#define BRANCH PLACES("application_branch_stage") SAME("branch") "AND " SAME("queue") "AND "
#define BRANCH_LANE PLACES("application_branch") SAME("branch") "AND " SAME("queue") "AND " SAME("lane") "AND "
#define LATE PLACES("application_day")
#define LATE_LANE PLACES("application_lane_day") SAME("lane") "AND "
#define LATE_BRANCH PLACES("application_branch_day") SAME("branch") "AND "
#define LATE_BRANCH_LANE PLACES("application_branch_lane_day") SAME("branch") "AND " SAME("lane") "AND "
#define BY_DAY "a.keep_day, a.id LIMIT ?"
#define BY_DAY_BACK "a.keep_day DESC, a.id DESC LIMIT ?"
#define WAITING(key) \
	DB_ANEW "SELECT g.application_id FROM gate g FORCE INDEX (" key \
		") WHERE g.name>=? AND g.name<=? AND g.waits=1 AND "
#define SAME_LANE "g.lane>=? AND g.lane<=? "
#define SEEN \
	"SELECT a.keep_day, a.id, a.queue, a.lane, a.branch, a.claim_by, a.claim_until, " \
	"(SELECT GROUP_CONCAT(g.name) FROM gate g WHERE g.application_id=a.id AND g.waits=1) FROM application a "

/* Added to STAGES and LATES. */
enum { BACKWARDS = 1, OF_LANE = 2, OF_BRANCH = 4 };
enum {
	STAGES,
	LATES = 8,
	GATE_ON = 16,
	GATE_BACK,
	GATE_LANE_ON,
	GATE_LANE_BACK,
	NEXT_LANE,
	NEXT_OF_BRANCH,
	NEXT_LATE,
	NEXT_LATE_OF_BRANCH,
	NEXT_OF_GATE,
	COUNTER_ON,
	COUNTER_BACK,
	ALL_ON,
	ALL_BACK,
	MINE,
	BY_NO,
	BY_USCC_ON,
	BY_USCC_BACK,
	BY_NAME_ON,
	BY_NAME_BACK,
};

static const struct sql sql[] = {
	[STAGES] = {STAGE ON "a.queue, " BY_DAY, "ssdiddi", "di"},
	[STAGES + BACKWARDS] = {STAGE BACK "a.queue DESC, " BY_DAY_BACK, "ssdiddi", "di"},
	[STAGES + OF_LANE] = {LANE ON "a.queue, a.lane, " BY_DAY, "ssssdiddi", "di"},
	[STAGES + OF_LANE + BACKWARDS] = {LANE BACK "a.queue DESC, a.lane DESC, " BY_DAY_BACK, "ssssdiddi", "di"},
	[STAGES + OF_BRANCH] = {BRANCH ON "a.branch, a.queue, " BY_DAY, "ssssdiddi", "di"},
	[STAGES + OF_BRANCH + BACKWARDS] = {BRANCH BACK "a.branch DESC, a.queue DESC, " BY_DAY_BACK, "ssssdiddi", "di"},
	[STAGES + OF_BRANCH + OF_LANE] = {BRANCH_LANE ON "a.branch, a.queue, a.lane, " BY_DAY, "ssssssdiddi", "di"},
	[STAGES + OF_BRANCH + OF_LANE + BACKWARDS] = {BRANCH_LANE BACK
		"a.branch DESC, a.queue DESC, a.lane DESC, " BY_DAY_BACK,
		"ssssssdiddi", "di"},
	[LATES] = {LATE ON "a.keep_day, a.id LIMIT ?", "diddi", "di"},
	[LATES + BACKWARDS] = {LATE BACK "a.keep_day DESC, a.id DESC LIMIT ?", "diddi", "di"},
	[LATES + OF_LANE] = {LATE_LANE ON "a.lane, " BY_DAY, "ssdiddi", "di"},
	[LATES + OF_LANE + BACKWARDS] = {LATE_LANE BACK "a.lane DESC, " BY_DAY_BACK, "ssdiddi", "di"},
	[LATES + OF_BRANCH] = {LATE_BRANCH ON "a.branch, " BY_DAY, "ssdiddi", "di"},
	[LATES + OF_BRANCH + BACKWARDS] = {LATE_BRANCH BACK "a.branch DESC, " BY_DAY_BACK, "ssdiddi", "di"},
	[LATES + OF_BRANCH + OF_LANE] = {LATE_BRANCH_LANE ON "a.branch, a.lane, " BY_DAY, "ssssdiddi", "di"},
	[LATES + OF_BRANCH + OF_LANE +
		BACKWARDS] = {LATE_BRANCH_LANE BACK "a.branch DESC, a.lane DESC, " BY_DAY_BACK, "ssssdiddi", "di"},
	[GATE_ON] = {WAITING("gate_waits") "g.application_id>? ORDER BY g.name, g.waits, g.application_id LIMIT ?",
		"ssii", "i"},
	[GATE_BACK] =
		{WAITING("gate_waits") "g.application_id<? ORDER BY g.name DESC, g.waits DESC, g.application_id DESC LIMIT ?",
			"ssii", "i"},
	[GATE_LANE_ON] = {WAITING("gate_lane") SAME_LANE
		"AND g.application_id>? ORDER BY g.name, g.waits, g.lane, g.application_id LIMIT ?",
		"ssssii", "i"},
	[GATE_LANE_BACK] = {WAITING("gate_lane") SAME_LANE
		"AND g.application_id<? ORDER BY g.name DESC, g.waits DESC, g.lane DESC, g.application_id DESC LIMIT ?",
		"ssssii", "i"},
	[NEXT_LANE] = {"SELECT MIN(lane) FROM application WHERE queue=? AND lane>=?", "ss", "s"},
	[NEXT_OF_BRANCH] = {"SELECT MIN(lane) FROM application WHERE branch=? AND queue=? AND lane>=?", "sss", "s"},
	[NEXT_LATE] = {"SELECT MIN(lane) FROM application WHERE lane>=?", "s", "s"},
	[NEXT_LATE_OF_BRANCH] = {"SELECT MIN(lane) FROM application WHERE branch=? AND lane>=?", "ss", "s"},
	[NEXT_OF_GATE] = {"SELECT MIN(lane) FROM gate WHERE name=? AND waits=1 AND lane>=?", "ss", "s"},
	[COUNTER_ON] = {DB_ANEW
		"SELECT a.state_at, a.id FROM application a FORCE INDEX (application_counter) WHERE a.channel>='counter' AND a.channel<='counter' "
		"AND a.state_at>=? AND ((a.state_at=? AND a.id<?) OR a.state_at<?) ORDER BY a.channel DESC, a.state_at DESC, a.id DESC LIMIT ?",
		"iiiii", "ii"},
	[COUNTER_BACK] = {DB_ANEW
		"SELECT a.state_at, a.id FROM application a FORCE INDEX (application_counter) WHERE a.channel>='counter' AND a.channel<='counter' "
		"AND a.state_at>=? AND ((a.state_at=? AND a.id>?) OR a.state_at>?) ORDER BY a.channel, a.state_at, a.id LIMIT ?",
		"iiiii", "ii"},
	[ALL_ON] = {"SELECT a.id FROM application a WHERE a.id<? ORDER BY a.id DESC LIMIT ?", "ii", "i"},
	[ALL_BACK] = {"SELECT a.id FROM application a WHERE a.id>? ORDER BY a.id LIMIT ?", "ii", "i"},
	[MINE] = {SEEN "FORCE INDEX (application_claim) WHERE a.claim_by=? AND a.claim_until>? LIMIT ?", "iii",
		"disssiis"},
	[BY_NO] = {SEEN "WHERE a.no=?", "s", "disssiis"},
	[BY_USCC_ON] = {SEEN "FORCE INDEX (application_uscc) WHERE " SAME(
				"uscc") "AND a.id<? ORDER BY a.uscc DESC, a.id DESC LIMIT ?",
		"ssii", "disssiis"},
	[BY_USCC_BACK] = {SEEN
		"FORCE INDEX (application_uscc) WHERE " SAME("uscc") "AND a.id>? ORDER BY a.uscc, a.id LIMIT ?",
		"ssii", "disssiis"},
	[BY_NAME_ON] = {SEEN "WHERE a.unit_key LIKE ? AND a.id<? ORDER BY a.id DESC LIMIT ?", "sii", "disssiis"},
	[BY_NAME_BACK] = {SEEN "WHERE a.unit_key LIKE ? AND a.id>? ORDER BY a.id LIMIT ?", "sii", "disssiis"},
};
SQL_TABLE(queue_find);

static const struct date never = {2199, 12, 31}, ever = {1900, 1, 1};

/* A row of the indexes; the short statements fill the first columns. */
struct place {
	struct date day;
	int64_t id;
	const char *queue, *lane, *branch;
	int64_t claim_by, claim_until;
	const char *waits;
};
#define P_TEXT(m) TEXT(struct place, m, #m, 0, 0, NULL)
#define P_INT(m) INT(struct place, m, #m, 0, 0)
static const struct field place_fields[] = {
	DAY(struct place, day, "keep_day"),
	P_INT(id),
	P_TEXT(queue),
	P_TEXT(lane),
	P_TEXT(branch),
	P_INT(claim_by),
	P_INT(claim_until),
	P_TEXT(waits),
};
static const struct shape seen_shape = SHAPE(struct place, place_fields);
static const struct shape place_shape = {place_fields, 2, sizeof(struct place)};
static const struct field key_fields[] = {
	INT(struct queue_key, major, "state_at", 0, 0), INT(struct queue_key, id, "id", 0, 0)};
static const struct shape key_shape = SHAPE(struct queue_key, key_fields);
static const struct shape id_shape = {key_fields + 1, 1, sizeof(struct queue_key)};

/* One reading of a list. */
struct reading {
	struct ctx *c;
	const struct queue *queue;
	const struct queue_query *in;
	bool back;
	struct queue_key from; /* beyond it; what lists begin with when no page was asked for */
	struct date first, last;
	int64_t limit; /* one more than the page holds */
	struct queue_key *at;
	size_t count, room;
};

char *queue_key_text(struct arena *a, struct queue_key key)
{
	return arena_printf(a, "%" PRId64 ".%" PRId64, key.major, key.id);
}

static bool read_key(const char *text, struct queue_key *ret)
{
	char *end;

	ret->major = strtoll(text, &end, 10);
	if (end == text || *end != '.')
		return false;
	text = end + 1;
	ret->id = strtoll(text, &end, 10);
	return end > text && !*end && ret->major >= 0 && ret->id > 0;
}

static int64_t number_of_day(struct date d)
{
	return d.year * 10000 + d.month * 100 + d.day;
}

/* false: no day.  0, of lists without days, is one. */
static bool day_of_number(int64_t n, struct date *ret_day)
{
	struct date d = {(int16_t)(n / 10000), (int8_t)(n / 100 % 100), (int8_t)(n % 100)};

	if (n > number_of_day(never) || (n && !date_valid(d)))
		return false;
	*ret_day = d;
	return true;
}

static void keep(struct reading *r, int64_t major, int64_t id)
{
	if (r->count == r->room) {
		struct queue_key *more = arena_alloc(r->c->arena, (r->room * 2 + 128) * sizeof *more);

		if (r->count)
			memcpy(more, r->at, r->count * sizeof *more);
		r->at = more;
		r->room = r->room * 2 + 128;
	}
	r->at[r->count++] = (struct queue_key){major, id};
}

/* Nothing by days that the filter leaves out is asked for. */
static struct date begin_day(const struct reading *r)
{
	struct date d = r->back ? r->last : r->first;

	if (r->from.major)
		day_of_number(r->from.major, &d);
	if (date_cmp(d, r->first) < 0)
		return r->first;
	return date_cmp(d, r->last) > 0 ? r->last : d;
}

static int64_t begin_id(const struct reading *r, struct date begin)
{
	if (r->from.major && number_of_day(begin) == r->from.major)
		return r->from.id;
	return r->back ? INT64_MAX : 0;
}

/* The order of a list by days. */
static int by_place(const void *a, const void *b)
{
	const struct queue_key *x = a, *y = b;

	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void turn_round(struct reading *r)
{
	for (size_t i = 0, k = r->count; i + 1 < k; i++, k--) {
		struct queue_key other = r->at[i];

		r->at[i] = r->at[k - 1];
		r->at[k - 1] = other;
	}
}

/* Several stretches were read from the same place: what is nearest to it stands on the page. */
static void lay_together(struct reading *r)
{
	if (r->count)
		qsort(r->at, r->count, sizeof *r->at, by_place);
	if (r->back)
		turn_round(r);
}

/* The ends of a range that is one word. */
static size_t add_word(struct db_arg *arg, size_t n, const char *word)
{
	if (!word)
		return n;
	arg[n] = arg[n + 1] = S(word);
	return n + 2;
}

/* stage NULL: of every stage what has a day to keep. */
static enum err read_days(struct reading *r, const char *stage, const char *lane)
{
	const char *branch = r->in->branch;
	struct date day = begin_day(r), end = r->back ? r->first : r->last;
	int which = (stage ? STAGES : LATES) + (branch ? OF_BRANCH : 0) + (lane ? OF_LANE : 0);
	struct db_arg arg[12];
	const struct db_arg days[] = {D(day), I(begin_id(r, day)), D(day), D(end), I(r->limit), {0}};
	const struct place *p;
	struct list rows;
	enum err e;

	memcpy(arg + add_word(arg, add_word(arg, add_word(arg, 0, branch), stage), lane), days, sizeof days);
	e = db_all_args(r->c->db, &sql[which + (r->back ? BACKWARDS : 0)], &place_shape, &rows, arg);
	if (e != ERR_OK)
		return e;
	p = rows.at;
	for (size_t i = 0; i < rows.count; i++)
		keep(r, number_of_day(p[i].day), p[i].id);
	if ((int64_t)r->count < r->limit)
		return ERR_OK;
	lay_together(r); /* what can no more stand on the page goes, and nothing beyond its last day is asked for */
	r->count = (size_t)r->limit;
	day_of_number(r->at[r->count - 1].major, r->back ? &r->first : &r->last);
	return ERR_OK;
}

static enum err read_gate(struct reading *r, const char *gate, const char *lane)
{
	int64_t id = r->from.id ? r->from.id : r->back ? INT64_MAX : 0;
	struct list rows;
	enum err e = lane ? db_all(r->c->db, &sql[GATE_LANE_ON + r->back], &id_shape, &rows, S(gate), S(gate), S(lane),
				    S(lane), I(id), I(r->limit))
			  : db_all(r->c->db, &sql[GATE_ON + r->back], &id_shape, &rows, S(gate), S(gate), I(id),
				    I(r->limit));

	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		keep(r, 0, ((const struct queue_key *)rows.at)[i].id);
	return e;
}

/* Does a lane pass the filters?  A lane is service.holder.channel. */
static bool lane_fits(const struct queue_query *in, const char *lane)
{
	const char *const want[] = {in->service, in->holder, in->channel};

	for (size_t i = 0; lane && i < ARRAY_LEN(want); i++) {
		size_t n = strcspn(lane, ".");

		if (want[i] && (strlen(want[i]) != n || strncmp(want[i], lane, n) != 0))
			return false;
		lane += n + (lane[n] == '.');
	}
	return lane != NULL;
}

/* Where the lanes go on behind one: behind all that the filters leave out together with it.  '!' sorts
 * before all that lanes are made of, '/' behind the '.' between their parts. */
static const char *lanes_from(struct arena *a, const struct queue_query *in, const char *lane)
{
	const char *holder = lane + strcspn(lane, ".") + 1, *channel = holder + strcspn(holder, ".") + 1;
	const char *h = arena_textn(a, holder, (size_t)(channel - holder - 1));
	int service_n = (int)(holder - lane) - 1, holder_n = (int)(channel - lane) - 1;

	if (in->holder && !text_eq(in->holder, h))
		return strcmp(h, in->holder) < 0 ? arena_printf(a, "%.*s.%s.", service_n, lane, in->holder)
						 : arena_printf(a, "%.*s/", service_n, lane);
	if (in->channel && !text_eq(in->channel, channel))
		return strcmp(channel, in->channel) < 0 ? arena_printf(a, "%.*s.%s", holder_n, lane, in->channel)
							: arena_printf(a, "%.*s/", holder_n, lane);
	return arena_printf(a, "%s!", lane);
}

/* The first lane that has cases from a place among the lanes on; NULL: none.  It is a jump of the index, which the server does
 * not make by itself when it groups. */
static enum err next_lane(struct reading *r, const char *word, const char *from, const char **ret_lane)
{
	const char *branch = r->in->branch;
	int which = r->queue->kind == QUEUE_GATE ? NEXT_OF_GATE : (word ? NEXT_LANE : NEXT_LATE) + (branch != NULL);
	struct db_arg arg[4] = {{0}};
	struct db_text lane = {NULL};
	size_t n = 0;
	enum err e;

	if (branch)
		arg[n++] = S(branch);
	if (word)
		arg[n++] = S(word);
	arg[n] = S(from);
	e = db_one_args(r->c->db, &sql[which], &db_text_shape, &lane, arg);
	*ret_lane = lane.value;
	return e;
}

/* What a lane is read with: read_days or read_gate, and the word of either.  Lanes are in order, so those of a service lie
 * together. */
static enum err read_lanes(
	struct reading *r, enum err (*read)(struct reading *r, const char *word, const char *lane), const char *word)
{
	const char *first = r->in->service ? arena_printf(r->c->arena, "%s.", r->in->service) : "", *from = first,
		   *lane;
	enum err e = ERR_OK;

	if (!r->in->service && !r->in->holder && !r->in->channel)
		return read(r, word, NULL);
	while (e == ERR_OK) {
		e = next_lane(r, word, from, &lane);
		if (e != ERR_OK || !lane || strncmp(lane, first, strlen(first)) != 0)
			break;
		if (lane_fits(r->in, lane))
			e = read(r, word, lane);
		from = lanes_from(r->c->arena, r->in, lane);
	}
	return e;
}

/* Newest first: who stands at the counter is on top. */
static enum err read_counter(struct reading *r)
{
	int64_t at = r->from.id ? r->from.major : r->back ? 0 : INT64_MAX;
	struct list rows;
	enum err e = db_all(r->c->db, &sql[COUNTER_ON + r->back], &key_shape, &rows,
		I(date_moment(date_of_moment(r->c->now), 0, 0, 0)), I(at), I(r->from.id), I(at), I(r->limit));

	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		keep(r, ((const struct queue_key *)rows.at)[i].major, ((const struct queue_key *)rows.at)[i].id);
	return e;
}

static int64_t newest_first(const struct reading *r)
{
	return r->from.id ? r->from.id : r->back ? 0 : INT64_MAX;
}

static enum err read_all(struct reading *r)
{
	struct list rows;
	enum err e = db_all(r->c->db, &sql[ALL_ON + r->back], &id_shape, &rows, I(newest_first(r)), I(r->limit));

	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		keep(r, 0, ((const struct queue_key *)rows.at)[i].id);
	return e;
}

static bool in_words(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (strncmp(at, word, n) == 0 && (at[n] == ',' || !at[n]))
			return true;
	return false;
}

static bool in_queue(const struct reading *r, const struct place *p)
{
	switch (r->queue->kind) {
	case QUEUE_STAGE: return text_eq(p->queue, r->queue->word);
	case QUEUE_GATE: return in_words(p->waits, r->queue->gate);
	case QUEUE_LATE: return p->queue != NULL;
	case QUEUE_MINE: return p->claim_by == r->c->actor.staff_id && p->claim_until > r->c->now;
	default: return true;
	}
}

static bool place_fits(const struct reading *r, const struct place *p)
{
	const struct queue_query *in = r->in;

	return in_queue(r, p) && lane_fits(in, p->lane) && (!in->branch || text_eq(in->branch, p->branch)) &&
	       date_cmp(p->day, r->first) >= 0 && date_cmp(p->day, r->last) <= 0 &&
	       (!in->mine || (p->claim_by == r->c->actor.staff_id && p->claim_until > r->c->now));
}

static bool beyond(const struct reading *r, struct queue_key key)
{
	int side = r->from.id ? by_place(&key, &r->from) : r->back ? -1 : 1;

	return r->back ? side < 0 : side > 0;
}

/* What somebody has claimed is so little that it is all read. */
static enum err read_mine(struct reading *r)
{
	struct list rows;
	enum err e = db_all(
		r->c->db, &sql[MINE], &seen_shape, &rows, I(r->c->actor.staff_id), I(r->c->now), I(QUEUE_WINDOW));

	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct place *p = &((const struct place *)rows.at)[i];
		struct queue_key key = {number_of_day(p->day), p->id};

		if (place_fits(r, p) && beyond(r, key))
			keep(r, key.major, key.id);
	}
	return e;
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

static enum err search(struct reading *r, int64_t window, struct list *ret_rows)
{
	struct ctx *c = r->c;
	const char *q = r->in->q, *no = q, *uscc = q, *say;
	int64_t from = newest_first(r);

	if (rule_case_no(c->arena, &no, &say))
		no = application_of_reference(c->arena, c->house->config.case_prefix, q);
	if (no)
		return db_all(c->db, &sql[BY_NO], &seen_shape, ret_rows, S(no));
	if (!rule_uscc(c->arena, &uscc, &say))
		return db_all(
			c->db, &sql[BY_USCC_ON + r->back], &seen_shape, ret_rows, S(uscc), S(uscc), I(from), I(window));
	return db_all(c->db, &sql[BY_NAME_ON + r->back], &seen_shape, ret_rows,
		S(like_prefix(c->arena, name_key(c->arena, q))), I(from), I(window));
}

/* ret_far: how far it was looked, when more lies behind that; else 0. */
static enum err read_search(struct reading *r, int64_t *ret_far)
{
	bool whole = r->queue->kind == QUEUE_ALL;
	int64_t window = whole ? r->limit : QUEUE_WINDOW;
	const struct place *p;
	struct list rows;
	enum err e = search(r, window, &rows);

	*ret_far = 0;
	if (e != ERR_OK)
		return e;
	p = rows.at;
	for (size_t i = 0; i < rows.count && (int64_t)r->count < r->limit; i++)
		if (place_fits(r, &p[i]))
			keep(r, 0, p[i].id);
	if (!whole && (int64_t)rows.count == window)
		*ret_far = p[rows.count - 1].id;
	return ERR_OK;
}

/* ---- the page ---- */

static enum err read_queue(struct reading *r)
{
	enum err e;

	if (r->in->mine || r->queue->kind == QUEUE_MINE)
		e = read_mine(r);
	else if (r->queue->kind == QUEUE_GATE)
		e = read_lanes(r, read_gate, r->queue->gate);
	else if (r->queue->kind == QUEUE_LATE || r->queue->kind == QUEUE_STAGE)
		e = read_lanes(r, read_days, r->queue->kind == QUEUE_STAGE ? r->queue->word : NULL);
	else
		return r->queue->kind == QUEUE_COUNTER ? read_counter(r) : read_all(r);
	lay_together(r);
	return e;
}

/* The days that the filter asks for.  The next working day is "soon"; without a calendar tomorrow is. */
static enum err days_of(struct reading *r)
{
	struct date today = date_of_moment(r->c->now), next = date_add(today, 1), day0;
	const char *due = r->queue->kind == QUEUE_LATE ? "late" : r->in->due;
	const struct calendar *calendar;
	enum err e = ctx_calendar(r->c, &calendar);

	r->first = ever;
	r->last = never;
	if (e != ERR_OK || !due)
		return e;
	if (text_eq(due, "late")) {
		r->last = date_add(today, -1);
	} else if (text_eq(due, "today")) {
		r->first = r->last = today;
	} else {
		r->first = today;
		r->last = calendar_due(calendar, r->c->now, 1, &day0, &next) == ERR_OK ? next : date_add(today, 1);
	}
	return ERR_OK;
}

static enum err read_place(struct reading *r)
{
	const char *text = r->in->before ? r->in->before : r->in->after;
	struct date day;

	r->back = r->in->before != NULL;
	if (!text ||
		(read_key(text, &r->from) && (r->queue->kind == QUEUE_COUNTER || day_of_number(r->from.major, &day))))
		return ERR_OK;
	return paging_refuse(r->c, r->back ? "/before" : "/after");
}

enum err queue_find(struct ctx *c, const struct queue *q, const struct queue_query *in, struct queue_found *ret)
{
	int64_t page = in->limit ? in->limit : 50, far = 0;
	struct reading r = {.c = c, .queue = q, .in = in, .limit = page + 1};
	enum err e = read_place(&r);
	bool more;

	if (e == ERR_OK)
		e = days_of(&r);
	if (e == ERR_OK)
		e = in->q ? read_search(&r, &far) : read_queue(&r);
	if (e != ERR_OK)
		return e;
	more = (int64_t)r.count > page;
	if (more)
		r.count = (size_t)page;
	if (r.back)
		turn_round(&r);
	*ret = (struct queue_found){
		r.at, r.count, r.back ? more || far : in->after != NULL, r.back || more || far, r.from, r.from};
	if (r.count) {
		ret->first = r.at[0];
		ret->last = r.at[r.count - 1];
	}
	if (far && !more)
		*(r.back ? &ret->first : &ret->last) = (struct queue_key){0, far};
	return ERR_OK;
}
