#include "domain/branch.h"

#include <assert.h>
#include <inttypes.h>

#include "base/rule.h"
#include "domain/audit.h"
#include "domain/contact.h"
#include "io/json.h"

enum { ALL, LOCK, OTHERS, ADD, CHANGE };

#define COLUMNS "SELECT code, name, address, phone, hours, makeup_open, sort, open, version FROM branch"

static const struct sql sql[] = {
	[ALL] = {COLUMNS " ORDER BY open DESC, sort, code", "", "sssssiiii"},
	[LOCK] = {COLUMNS " WHERE code=? FOR UPDATE", "s", "sssssiiii"},
	[OTHERS] = {"SELECT COUNT(*) FROM branch WHERE open=1 AND code<>? FOR UPDATE", "s", "i"},
	[ADD] = {"INSERT INTO branch (code, name, address, phone, hours, makeup_open, sort, open) VALUES (?,?,?,?,?,?,?,?)",
		"sssssiii", ""},
	[CHANGE] =
		{"UPDATE branch SET name=?, address=?, phone=?, hours=?, makeup_open=?, sort=?, open=?, version=version+1 "
		 "WHERE code=? AND version=?",
			"ssssiiisi", ""},
};
SQL_TABLE(branch);

enum { SORT_MAX = 9999 };

/* One table reads the columns and writes the answer; what a body may give are the rows in between, with their rules. */
static const struct field fields[] = {
	TEXT_REQUIRED(struct branch, code, "代码", 2, 40, rule_word),
	TEXT_REQUIRED(struct branch, name, "名称", 2, 100, rule_line),
	TEXT_REQUIRED(struct branch, address, "地址", 4, 200, rule_line),
	TEXT_REQUIRED(struct branch, phone, "电话", 5, 60, rule_line),
	TEXT_REQUIRED(struct branch, hours, "开放时间", 2, 200, rule_line),
	BOOL(struct branch, makeup_open, "调休上班的周末也开"),
	INT(struct branch, sort, "排序", 0, SORT_MAX),
	BOOL(struct branch, open, "对外开放"),
	INT(struct branch, version, "版本", 0, 0),
};
static const struct shape row_shape = SHAPE(struct branch, fields);
enum { GIVEN = ARRAY_LEN(fields) - 1 };
const struct shape branch_new_shape = {fields, GIVEN - 1, sizeof(struct branch)}; /* a new one is open */
static const struct shape patch_shape = {fields + 1, GIVEN - 1, sizeof(struct branch)};

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

static enum err changed(struct ctx *c, const char *code, int64_t version)
{
	return contact_changed(c, arena_printf(c->arena, "branch/%s/%" PRId64, code, version));
}

enum err branch_add(struct ctx *c, const struct branch *in, struct json_out *j)
{
	struct branch b = *in;
	enum err e;

	assert(db_in_tx(c->db));
	b.open = true;
	b.version = 1;
	e = contact_check_counter(c, b.address);
	if (e != ERR_OK)
		return e;
	e = db_exec(c->db, &sql[ADD], S(b.code), S(b.name), S(b.address), S(b.phone), S(b.hours), I(b.makeup_open),
		I(b.sort), I(b.open));
	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "已有代码为%s的网点，请换一个代码", b.code);
	if (e != ERR_OK)
		return e;
	audit_add(c, "branch_add", b.code, b.name);
	json_shape(j, NULL, &row_shape, &b);
	return changed(c, b.code, b.version);
}

static enum err lock(struct ctx *c, const char *code, struct branch *ret_branch)
{
	enum err e = db_one(c->db, &sql[LOCK], &row_shape, ret_branch, S(code));

	assert(db_in_tx(c->db));
	if (e == ERR_OK && c->expect && c->expect != ret_branch->version)
		return ERR_STALE;
	return e;
}

static enum err save(struct ctx *c, const struct branch *was, const struct branch *b)
{
	struct db_int others = {0};
	enum err e = was->open && !b->open ? db_one(c->db, &sql[OTHERS], &db_int_shape, &others, S(b->code)) : ERR_OK;

	if (e == ERR_OK && was->open && !b->open && others.value == 0)
		return ctx_say(c, ERR_WRONG_STATE, "这是最后一个开放的网点，请先增加或开放另一个");
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[CHANGE], S(b->name), S(b->address), S(b->phone), S(b->hours), I(b->makeup_open),
			I(b->sort), I(b->open), S(b->code), I(was->version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e != ERR_OK)
		return e;
	audit_add(c, was->open && !b->open ? "branch_close" : "branch_change", b->code, b->name);
	return changed(c, b->code, was->version + 1);
}

enum err branch_patch(
	struct ctx *c, const char *code, const char *json, size_t n, struct json_out *j, int64_t *ret_version)
{
	struct branch was, b;
	const char *say = NULL;
	enum err e = lock(c, code, &was);

	if (e != ERR_OK)
		return e;
	b = was;
	e = json_read(json, n, &patch_shape, &b, &c->faults, &say);
	if (e == ERR_SYNTAX)
		return ctx_say(c, e, "请求内容%s", say);
	if (e == ERR_OK)
		e = contact_check_counter(c, b.address);
	if (e == ERR_OK)
		e = save(c, &was, &b);
	if (e != ERR_OK)
		return e;
	*ret_version = ++b.version;
	json_shape(j, NULL, &row_shape, &b);
	return ERR_OK;
}

enum err branch_close(struct ctx *c, const char *code)
{
	struct branch was, b;
	enum err e = lock(c, code, &was);

	if (e != ERR_OK)
		return e;
	b = was;
	b.open = false;
	return save(c, &was, &b);
}
