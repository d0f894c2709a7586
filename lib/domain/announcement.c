#include "domain/announcement.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/edition.h"
#include "domain/paging.h"
#include "io/file.h"

enum { ALL, ONE, SHOWN, BESIDE, ADD, END };

#define COLUMNS \
	"n.id, n.title, n.body, n.from_day, n.until_day, n.reason, p.name, k.name, n.at, n.replaces, n.ended_at, n.ended_reason, " \
	"e.name, x.name FROM announcement n JOIN staff p ON p.id=n.proposed_by JOIN staff k ON k.id=n.checked_by " \
	"LEFT JOIN staff e ON e.id=n.ended_by LEFT JOIN staff x ON x.id=n.end_checked_by "
#define TYPES \
	"issddss" \
	"siiisss"
static const struct sql sql[] = {
	[ALL] = {"SELECT " COLUMNS "WHERE n.id<? ORDER BY n.id DESC LIMIT ?", "ii", TYPES},
	[ONE] = {"SELECT " COLUMNS "WHERE n.id=?", "i", TYPES},
	[SHOWN] =
		{"SELECT title, body, from_day FROM announcement WHERE ended_at IS NULL AND until_day>=? AND from_day<=? "
		 "ORDER BY id DESC LIMIT ?",
			"ddi", "ssd"},
	/* All that are up on any of these days: no fewer than on the busiest of them. */
	[BESIDE] =
		{"SELECT COUNT(*) FROM announcement WHERE ended_at IS NULL AND until_day>=? AND from_day<=? AND id<>?",
			"ddi", "i"},
	[ADD] = {"INSERT INTO announcement (title, body, from_day, until_day, reason, proposed_by, checked_by, at, replaces) "
		 "VALUES (?,?,?,?,?,?,?,?,?)",
		"ssddsiiii", ""},
	[END] = {"UPDATE announcement SET ended_at=?, ended_reason=?, ended_by=?, end_checked_by=? WHERE id=? AND ended_at IS "
		 "NULL",
		"isiii", ""},
};
SQL_TABLE(announcement);

enum { LIST_MAX = 50 };

struct row {
	int64_t id;
	const char *title, *body;
	struct date from_day, until_day;
	const char *reason, *by, *checked_by;
	int64_t at, replaces, ended_at;
	const char *ended_reason, *ended_by, *end_checked_by;
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct row, m, #m, 0, 0)
#define R_DAY(m) DAY(struct row, m, #m)
static const struct field row_fields[] = {
	R_INT(id),
	R_TEXT(title),
	R_TEXT(body),
	R_DAY(from_day),
	R_DAY(until_day),
	R_TEXT(reason),
	R_TEXT(by),
	R_TEXT(checked_by),
	R_INT(at),
	R_INT(replaces),
	R_INT(ended_at),
	R_TEXT(ended_reason),
	R_TEXT(ended_by),
	R_TEXT(end_checked_by),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);
static const struct field shown_fields[] = {R_TEXT(title), R_TEXT(body), R_DAY(from_day)};
static const struct shape shown_shape = SHAPE(struct row, shown_fields);

static const struct field wish_fields[] = {
	INT(struct announcement_wish, replaces, "原公告", 0, INT64_MAX),
	BOOL(struct announcement_wish, end, "撤下"),
	TEXT(struct announcement_wish, title, "标题", 2, 60, NULL),
	TEXT(struct announcement_wish, body, "正文", 2, ANNOUNCEMENT_BODY_MAX, rule_note),
	DAY(struct announcement_wish, from, "开始日期"),
	DAY(struct announcement_wish, until, "结束日期"),
	TEXT_REQUIRED(struct announcement_wish, reason, "原因", 2, 400, rule_note),
};
const struct shape announcement_wish_shape = SHAPE(struct announcement_wish, wish_fields);

static const struct field query_fields[] = {TEXT(struct announcement_query, after, "翻页位置", 1, 18, rule_word)};
const struct shape announcement_query_shape = SHAPE(struct announcement_query, query_fields);

/* --- proposed and confirmed ----------------------------------------------------------------------------------------- */

static const char *days_text(struct ctx *c, struct date from, struct date until)
{
	return arena_printf(c->arena, "%s至%s", date_text(c->arena, from), date_text(c->arena, until));
}

static void missing(struct ctx *c, const char *pointer, const char *say)
{
	fault_add(&c->faults, pointer, "missing", "%s", say);
}

/* What visitors would read.  today: a day that is over helps nobody. */
static enum err check_text(struct ctx *c, const struct announcement_wish *in)
{
	struct db_int beside = {0};
	enum err e = ERR_OK;

	if (text_empty(in->title))
		missing(c, "/title", "请填写标题");
	if (text_empty(in->body))
		missing(c, "/body", "请填写正文");
	if (date_none(in->from))
		missing(c, "/from", "请填写开始日期");
	if (date_none(in->until))
		missing(c, "/until", "请填写结束日期");
	if (c->faults.count)
		return ERR_INVALID;
	if (date_cmp(in->until, in->from) < 0)
		fault_add(&c->faults, "/until", "range", "结束日期早于开始日期，请调换");
	else if (date_cmp(in->until, date_of_moment(c->now)) < 0)
		fault_add(&c->faults, "/until", "past", "结束日期已经过去，请改为今天或以后");
	else
		e = db_one(c->db, &sql[BESIDE], &db_int_shape, &beside, D(in->from), D(in->until), I(in->replaces));
	if (beside.value >= ANNOUNCEMENT_SHOWN_MAX)
		fault_add(&c->faults, "/from", "many", "这段时间已有%d条公告，请先撤下一条或错开日期",
			ANNOUNCEMENT_SHOWN_MAX);
	return e == ERR_OK && c->faults.count ? ERR_INVALID : e;
}

static enum err find(struct ctx *c, int64_t id, struct row *ret_row)
{
	enum err e = db_one(c->db, &sql[ONE], &row_shape, ret_row, I(id));

	if (e == ERR_NOT_FOUND) {
		fault_add(&c->faults, "/replaces", "unknown", "没有这条公告");
		return ERR_INVALID;
	}
	if (e == ERR_OK && ret_row->ended_at) {
		fault_add(&c->faults, "/replaces", "ended", "这条公告已经撤下或被替换");
		return ERR_INVALID;
	}
	return e;
}

static bool same(const struct announcement_wish *in, const struct row *r)
{
	return text_eq(in->title, r->title) && text_eq(in->body, r->body) && !date_cmp(in->from, r->from_day) &&
	       !date_cmp(in->until, r->until_day);
}

enum err announcement_look(struct ctx *c, const struct announcement_wish *in, struct announcement_look *ret_look)
{
	struct announcement_look look = {.base = "new"};
	struct row r = {0};
	enum err e = in->replaces || in->end ? find(c, in->replaces, &r) : ERR_OK;

	if (e == ERR_OK && !in->end)
		e = check_text(c, in);
	if (e == ERR_OK && !in->end && in->replaces && same(in, &r)) {
		fault_add(&c->faults, "", "same", "公告与现在的一样，没有要改的");
		e = ERR_INVALID;
	}
	if (e != ERR_OK)
		return e;
	if (in->replaces) {
		look.base = arena_printf(c->arena, "%" PRId64, r.id);
		look.old_title = r.title;
		look.old_body = r.body;
		look.old_days = days_text(c, r.from_day, r.until_day);
	}
	if (!in->end) {
		look.title = in->title;
		look.body = in->body;
		look.days = days_text(c, in->from, in->until);
	}
	look.subject = in->replaces ? look.base : in->title;
	look.summary = in->end ? arena_printf(c->arena, "撤下公告“%s”", r.title)
			       : arena_printf(c->arena, "%s公告“%s”（%s）", in->replaces ? "更换" : "发布", in->title,
					 look.days);
	*ret_look = look;
	return ERR_OK;
}

enum err announcement_set(struct ctx *c, const struct announcement_wish *in, int64_t proposer)
{
	int64_t who = c->actor.staff_id;
	enum err e = ERR_OK;

	assert(db_in_tx(c->db));
	if (in->replaces) {
		e = db_exec(c->db, &sql[END], I(c->now), S(in->reason), I(proposer), I(who), I(in->replaces));
		if (e == ERR_OK && db_changed(c->db) != 1)
			return ERR_STALE;
	}
	if (e == ERR_OK && !in->end)
		e = db_exec(c->db, &sql[ADD], S(in->title), S(in->body), D(in->from), D(in->until), S(in->reason),
			I(proposer), I(who), I(c->now), I0(in->replaces));
	audit_add(c, "announcement",
		arena_printf(c->arena, "announcement %" PRId64, in->end ? in->replaces : db_last_id(c->db)),
		in->end	       ? "down"
		: in->replaces ? "changed"
			       : "up");
	return e;
}

/* --- for the desk --------------------------------------------------------------------------------------------------- */

static const char *state_of(struct ctx *c, const struct row *r)
{
	struct date today = date_of_moment(c->now);

	if (r->ended_at)
		return "ended";
	if (date_cmp(r->until_day, today) < 0)
		return "over";
	return date_cmp(r->from_day, today) > 0 ? "ahead" : "shown";
}

static enum err write_row(struct ctx *c, const void *at, struct json_out *j)
{
	const struct row *r = at;

	json_object(j, NULL);
	json_int(j, "id", r->id);
	json_text(j, "state", state_of(c, r));
	json_text(j, "title", r->title);
	json_text(j, "body", r->body);
	json_day(j, "from", r->from_day);
	json_day(j, "until", r->until_day);
	json_text(j, "reason", r->reason);
	json_text(j, "by", r->by);
	json_text(j, "checked_by", r->checked_by);
	json_time(j, "at", r->at);
	json_int(j, "replaces", r->replaces);
	json_time(j, "ended_at", r->ended_at);
	json_text(j, "ended_reason", r->ended_reason);
	json_text(j, "ended_by", r->ended_by);
	json_text(j, "end_checked_by", r->end_checked_by);
	json_end(j);
	return ERR_OK;
}

enum err announcement_write_all(struct ctx *c, const struct announcement_query *q, struct json_out *j)
{
	int64_t before = q->after ? strtoll(q->after, NULL, 10) : INT64_MAX;
	struct list rows;
	enum err e = db_all(c->db, &sql[ALL], &row_shape, &rows, I(before), I(LIST_MAX));

	return e == ERR_OK ? PAGING_BY_ID(c, &rows, LIST_MAX, struct row, write_row, j) : e;
}

/* --- for visitors --------------------------------------------------------------------------------------------------- */

static void markup_body(struct str *s, const char *body)
{
	for (const char *at = body; *at;) {
		size_t n = strcspn(at, "\n");

		if (n) {
			str_add(s, "<p>");
			str_html(s, arena_textn(s->arena, at, n));
			str_add(s, "</p>\n");
		}
		at += n + (at[n] == '\n');
	}
}

static void markup(struct str *s, const struct list *rows)
{
	const struct row *r = rows->at;

	if (!rows->count)
		return;
	str_add(s, "<section class=\"box box-info board\" aria-labelledby=\"board\">\n<h2 id=\"board\">公告</h2>\n");
	for (size_t i = 0; i < rows->count; i++) {
		str_add(s, "<h3>");
		str_html(s, r[i].title);
		str_add(s, "</h3>\n");
		markup_body(s, r[i].body);
		str_addf(s, "<p class=\"muted small\">%s</p>\n", date_chinese(s->arena, r[i].from_day));
	}
	str_add(s, "</section>\n");
}

enum err announcement_publish(struct ctx *c, int *ret_done)
{
	const char *path = arena_printf(c->arena, "%s/announcements.html", c->house->config.gen_dir);
	struct date today = date_of_moment(c->now);
	struct bytes there = {0};
	struct list rows;
	struct str s;
	enum err e = db_all(c->db, &sql[SHOWN], &shown_shape, &rows, D(today), D(today), I(ANNOUNCEMENT_SHOWN_MAX));

	*ret_done = 0;
	if (e != ERR_OK)
		return e;
	str_init(&s, c->arena);
	markup(&s, &rows);
	e = file_read(c->arena, path, &there);
	if (e == ERR_OK && there.len == s.len && memcmp(there.at, s.at, s.len) == 0)
		return ERR_OK;
	*ret_done = 1;
	e = file_write(c->arena, path, 0644, (struct bytes){(const unsigned char *)s.at, s.len});
	return e == ERR_OK ? edition_renew(c) : e;
}
