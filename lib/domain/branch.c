#include "domain/branch.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/contact.h"
#include "io/json.h"

enum { ALL, LOOK, LOCK, OTHERS, ADD, CHANGE, HISTORY_ADD, HISTORY };

#define COLUMNS "SELECT code, name, address, phone, hours, makeup_open, sort, open, version FROM branch"

static const struct sql sql[] = {
	[ALL] = {COLUMNS " ORDER BY open DESC, sort, code", "", "sssssiiii"},
	[LOOK] = {COLUMNS " WHERE code=?", "s", "sssssiiii"},
	[LOCK] = {COLUMNS " WHERE code=? FOR UPDATE", "s", "sssssiiii"},
	[OTHERS] = {"SELECT COUNT(*) FROM branch WHERE open=1 AND code<>?", "s", "i"},
	[ADD] = {"INSERT INTO branch (code, name, address, phone, hours, makeup_open, sort, open) VALUES (?,?,?,?,?,?,?,?)",
		"sssssiii", ""},
	[CHANGE] =
		{"UPDATE branch SET name=?, address=?, phone=?, hours=?, makeup_open=?, sort=?, open=?, version=version+1 "
		 "WHERE code=? AND version=?",
			"ssssiiisi", ""},
	[HISTORY_ADD] =
		{"INSERT INTO branch_history (code, old_value, new_value, staff_id, checked_by, at, reason) VALUES (?,?,?,?,?,?,?)",
			"sssiiis", ""},
	[HISTORY] =
		{"SELECT h.at, p.name, x.name, h.reason, h.old_value, h.new_value FROM branch_history h "
		 "JOIN staff p ON p.id=h.staff_id JOIN staff x ON x.id=h.checked_by WHERE h.code=? ORDER BY h.id DESC "
		 "LIMIT 100",
			"s", "isssss"},
};
SQL_TABLE(branch);

enum { SORT_MAX = 9999 };

#define TEXTS_OF(of) \
	TEXT_REQUIRED(of, code, "代码", 2, 40, rule_word), TEXT_REQUIRED(of, name, "名称", 2, 100, rule_line), \
		TEXT_REQUIRED(of, address, "地址", 4, 200, rule_line), \
		TEXT_REQUIRED(of, phone, "电话", 5, 60, rule_line), \
		TEXT_REQUIRED(of, hours, "开放时间", 2, 200, rule_line), BOOL(of, makeup_open, "调休上班的周末也开"), \
		INT(of, sort, "排序", 0, SORT_MAX)

/* One table reads the columns and writes the answer. */
static const struct field fields[] = {
	TEXTS_OF(struct branch),
	BOOL(struct branch, open, "对外开放"),
	INT(struct branch, version, "版本", 0, 0),
};
static const struct shape row_shape = SHAPE(struct branch, fields);

static const struct field wish_fields[] = {
	TEXTS_OF(struct branch_wish),
	BOOL(struct branch_wish, add, "新增"),
	BOOL(struct branch_wish, closed, "停用"),
	TEXT_REQUIRED(struct branch_wish, reason, "原因", 2, 400, rule_note),
};
const struct shape branch_wish_shape = SHAPE(struct branch_wish, wish_fields);

enum err branch_list(struct ctx *c, struct list *ret_branches)
{
	struct date today = date_of_moment(c->now);
	bool weekend = date_weekday(today) == 0 || date_weekday(today) == 6, working = false, known;
	const struct calendar *calendar;
	struct list list;
	size_t open = 0;
	enum err e = db_all(c->db, &sql[ALL], &row_shape, &list);

	if (e == ERR_OK)
		e = ctx_calendar(c, &calendar);
	if (e != ERR_OK)
		return e;
	known = calendar_is_working(calendar, today, &working) == ERR_OK;
	for (; open < list.count && ((struct branch *)list.at)[open].open; open++) {
		struct branch *b = &((struct branch *)list.at)[open];

		b->open_known = known;
		b->open_today = known && working && (!weekend || b->makeup_open);
		calendar_special_days(
			c->arena, calendar, today, BRANCH_DAYS, b->makeup_open, &b->special, &b->known_until);
	}
	list.count = open;
	*ret_branches = list;
	return ERR_OK;
}

enum err branch_write_all(struct ctx *c, struct json_out *j)
{
	struct list list;
	enum err e = db_all(c->db, &sql[ALL], &row_shape, &list);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	CATALOG_EACH(struct branch, b, &list)
		json_shape(j, NULL, &row_shape, b);
	json_end(j);
	json_end(j);
	return ERR_OK;
}

/* --- proposed and confirmed ----------------------------------------------------------------------------------------- */

static struct branch wanted(const struct branch_wish *in, int64_t version)
{
	return (struct branch){.code = in->code,
		.name = in->name,
		.address = in->address,
		.phone = in->phone,
		.hours = in->hours,
		.makeup_open = in->makeup_open,
		.sort = in->sort,
		.open = !in->closed,
		.version = version};
}

/* The counter as it is; nothing for one that is to be added. */
static enum err find(struct ctx *c, int how, const struct branch_wish *in, struct branch *ret_was)
{
	struct branch was = {0};
	enum err e = db_one(c->db, &sql[how], &row_shape, &was, S(in->code));

	if (e == ERR_OK && in->add)
		fault_add(&c->faults, "/code", "taken", "已有代码为%s的网点，请换一个代码", in->code);
	else if (e == ERR_NOT_FOUND && !in->add)
		fault_add(&c->faults, "/code", "unknown", "没有这个网点");
	else if (e == ERR_OK || e == ERR_NOT_FOUND) {
		*ret_was = was;
		return ERR_OK;
	}
	return c->faults.count ? ERR_INVALID : e;
}

/* What closing must not do. */
static enum err check_open(struct ctx *c, const struct branch_wish *in, const struct branch *was)
{
	struct db_int others = {0};
	enum err e = ERR_OK;

	if (in->add && in->closed) {
		fault_add(&c->faults, "/closed", "choice", "新增的网点是开放的，停用请以后再提出");
		return ERR_INVALID;
	}
	if (was->open && in->closed)
		e = db_one(c->db, &sql[OTHERS], &db_int_shape, &others, S(in->code));
	if (e == ERR_OK && was->open && in->closed && !others.value)
		return ctx_say(c, ERR_WRONG_STATE, "这是最后一个开放的网点，请先增加或开放另一个");
	return e;
}

struct difference {
	struct branch_change *at;
	size_t count;
};

static void differ(struct difference *d, const char *label, const char *before, const char *after)
{
	if (!text_eq(before, after))
		d->at[d->count++] = (struct branch_change){label, before, after};
}

static struct list compare(struct ctx *c, const struct branch *was, const struct branch *is)
{
	static const char *const opens[] = {"不开", "开"}, *const states[] = {"停用", "开放"};
	struct difference d = {arena_array(c->arena, ARRAY_LEN(fields), sizeof(struct branch_change)), 0};
	bool there = was->code != NULL;

	differ(&d, "名称", was->name, is->name);
	differ(&d, "地址", was->address, is->address);
	differ(&d, "电话", was->phone, is->phone);
	differ(&d, "开放时间", was->hours, is->hours);
	differ(&d, "调休上班的周末", there ? opens[was->makeup_open] : NULL, opens[is->makeup_open]);
	differ(&d, "排序", there ? arena_printf(c->arena, "%" PRId64, was->sort) : NULL,
		arena_printf(c->arena, "%" PRId64, is->sort));
	differ(&d, "对外", there ? states[was->open] : NULL, states[is->open]);
	return (struct list){d.at, d.count};
}

enum err branch_look(struct ctx *c, const struct branch_wish *in, struct branch_look *ret_look)
{
	struct branch was = {0}, is = wanted(in, 0);
	enum err e = find(c, LOOK, in, &was);

	if (e == ERR_OK)
		e = contact_check_counter(c, in->address);
	if (e == ERR_OK)
		e = check_open(c, in, &was);
	if (e != ERR_OK)
		return e;
	ret_look->changes = compare(c, &was, &is);
	if (!ret_look->changes.count) {
		fault_add(&c->faults, "", "same", "与现在的一样，没有要改的");
		return ERR_INVALID;
	}
	ret_look->base = in->add ? "new" : arena_printf(c->arena, "%" PRId64, was.version);
	ret_look->summary = arena_printf(c->arena, "%s网点“%s”",
		in->add			   ? "新增"
		: was.open && in->closed   ? "停用"
		: !was.open && !in->closed ? "重新开放"
					   : "修改",
		in->add ? in->name : was.name);
	return ERR_OK;
}

static const char *kept(struct ctx *c, const struct branch *b)
{
	struct json_out j;
	struct str s;

	if (!b->code)
		return NULL;
	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_shape(&j, NULL, &row_shape, b);
	return s.at;
}

enum err branch_set(struct ctx *c, const struct branch_wish *in, int64_t proposer)
{
	struct branch was = {0}, b;
	enum err e = find(c, LOCK, in, &was);

	assert(db_in_tx(c->db));
	b = wanted(in, was.version + 1);
	if (e == ERR_OK && in->add)
		e = db_exec(c->db, &sql[ADD], S(b.code), S(b.name), S(b.address), S(b.phone), S(b.hours),
			I(b.makeup_open), I(b.sort), I(b.open));
	else if (e == ERR_OK)
		e = db_exec(c->db, &sql[CHANGE], S(b.name), S(b.address), S(b.phone), S(b.hours), I(b.makeup_open),
			I(b.sort), I(b.open), S(b.code), I(was.version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[HISTORY_ADD], S(b.code), S(kept(c, &was)), S(kept(c, &b)), I(proposer),
			I(c->actor.staff_id), I(c->now), S(in->reason));
	if (e != ERR_OK)
		return e;
	audit_add(c, in->add ? "branch_add" : was.open && !b.open ? "branch_close" : "branch_change", b.code, b.name);
	return contact_changed(c, arena_printf(c->arena, "branch/%s/%" PRId64, b.code, b.version));
}

/* --- the record ----------------------------------------------------------------------------------------------------- */

struct past {
	int64_t at;
	const char *by, *checked_by, *reason, *before, *after;
};
static const struct field past_fields[] = {
	TIME(struct past, at, "at"),
	TEXT(struct past, by, "by", 0, 0, NULL),
	TEXT(struct past, checked_by, "checked_by", 0, 0, NULL),
	TEXT(struct past, reason, "reason", 0, 0, NULL),
	TEXT(struct past, before, "before", 0, 0, NULL),
	TEXT(struct past, after, "after", 0, 0, NULL),
};
static const struct shape past_shape = SHAPE(struct past, past_fields);

static enum err read_kept(struct ctx *c, const char *text, struct branch *ret_branch)
{
	const char *say;

	*ret_branch = (struct branch){0};
	return text ? json_read(text, strlen(text), &row_shape, ret_branch, &c->faults, &say) : ERR_OK;
}

static enum err write_past(struct ctx *c, const struct past *p, struct json_out *j)
{
	struct branch was, is;
	struct list changes;
	enum err e = read_kept(c, p->before, &was);

	if (e == ERR_OK)
		e = read_kept(c, p->after, &is);
	if (e != ERR_OK)
		return ERR_INTERNAL;
	changes = compare(c, &was, &is);
	json_object(j, NULL);
	json_time(j, "at", p->at);
	json_text(j, "by", p->by);
	json_text(j, "checked_by", p->checked_by);
	json_text(j, "reason", p->reason);
	json_list(j, "changes");
	CATALOG_EACH(struct branch_change, d, &changes) {
		json_object(j, NULL);
		json_text(j, "label", d->label);
		json_text(j, "before", d->before);
		json_text(j, "after", d->after);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

enum err branch_write_history(struct ctx *c, const char *code, struct json_out *j)
{
	struct branch b;
	struct list rows;
	enum err e = db_one(c->db, &sql[LOOK], &row_shape, &b, S(code));

	if (e == ERR_OK)
		e = db_all(c->db, &sql[HISTORY], &past_shape, &rows, S(code));
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	CATALOG_EACH(struct past, p, &rows)
		if (e == ERR_OK)
			e = write_past(c, p, j);
	json_end(j);
	json_end(j);
	return e;
}
