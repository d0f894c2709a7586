/* Views of the queues that staff keep for themselves. */
#include "base/rule.h"
#include "base/str.h"
#include "domain/queue_find.h"

enum { LIST, OWNER, REUSE, ADD, RENAME, DROP };

static const struct sql sql[] = {
	[LIST] =
		{"SELECT id, name, queue, filters FROM queue_view WHERE staff_id=? AND name IS NOT NULL ORDER BY made_at, id",
			"i", "isss"},
	[OWNER] = {"SELECT id FROM staff WHERE id=? FOR UPDATE", "i", "i"},
	[REUSE] =
		{"UPDATE queue_view SET name=?, queue=?, filters=?, made_at=? WHERE staff_id=? AND name IS NULL ORDER BY id LIMIT 1",
			"sssii", ""},
	[ADD] = {"INSERT INTO queue_view (staff_id, name, queue, filters, made_at) SELECT ?, ?, ?, ?, ? FROM DUAL "
		 "WHERE (SELECT COUNT(*) FROM queue_view WHERE staff_id=?)<20",
		"isssii", ""},
	[RENAME] = {"UPDATE queue_view SET name=? WHERE id=? AND staff_id=? AND name IS NOT NULL", "sii", ""},
	[DROP] = {"UPDATE queue_view SET name=NULL WHERE id=? AND staff_id=? AND name IS NOT NULL", "ii", ""},
};
SQL_TABLE(queue_view);

static const struct field view_fields[] = {
	TEXT_REQUIRED(struct queue_view, name, "名称", 1, 20, rule_line),
	{"filters", "筛选条件", FIELD_OBJECT, FIELD_REQUIRED, 0, 0, offsetof(struct queue_view, query), NULL, NULL,
		&queue_filter_shape},
};
const struct shape queue_view_shape = SHAPE(struct queue_view, view_fields);
const struct shape queue_view_name_shape = {view_fields, 1, sizeof(struct queue_view)};

struct row {
	int64_t id;
	const char *name, *queue, *filters;
};
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	TEXT(struct row, name, "name", 0, 0, NULL),
	TEXT(struct row, queue, "queue", 0, 0, NULL),
	TEXT(struct row, filters, "filters", 0, 0, NULL),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

enum err queue_view_write(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[LIST], &row_shape, &rows, I(c->actor.staff_id));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *r = &((const struct row *)rows.at)[i];

		json_object(j, NULL);
		json_int(j, "id", r->id);
		json_text(j, "name", r->name);
		json_text(j, "queue", r->queue);
		json_raw(j, "filters", r->filters); /* checked and written by us */
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

static const char *filters_text(struct arena *a, const struct queue_query *q)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, &queue_filter_shape, q);
	return s.at;
}

static enum err of_name(struct ctx *c, enum err e)
{
	return e == ERR_CONFLICT ? ctx_say(c, e, "您已经有同名的视图，请换一个名称") : e;
}

/* Who adds two at once adds one after the other: counting and adding lock what lies between the rows, and both would wait
 * for each other again and again. */
enum err queue_view_add(struct ctx *c, const struct queue_view *in)
{
	struct db_int owner;
	const char *filters = filters_text(c->arena, &in->query);
	const struct queue *q;
	enum err e = queue_of_query(c, &in->query, &q);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[OWNER], &db_int_shape, &owner, I(c->actor.staff_id));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[REUSE], S(in->name), S(q->word), S(filters), I(c->now), I(c->actor.staff_id));
	if (e != ERR_OK || db_changed(c->db))
		return of_name(c, e);
	e = db_exec(c->db, &sql[ADD], I(c->actor.staff_id), S(in->name), S(q->word), S(filters), I(c->now),
		I(c->actor.staff_id));
	if (e == ERR_OK && !db_changed(c->db))
		return ctx_say(c, ERR_WRONG_STATE, "最多保存%d个视图，请先删除不用的", QUEUE_VIEWS_MAX);
	return of_name(c, e);
}

enum err queue_view_rename(struct ctx *c, int64_t id, const char *name)
{
	enum err e = db_exec(c->db, &sql[RENAME], S(name), I(id), I(c->actor.staff_id));

	return e == ERR_OK && !db_changed(c->db) ? ERR_NOT_FOUND : of_name(c, e);
}

enum err queue_view_drop(struct ctx *c, int64_t id)
{
	enum err e = db_exec(c->db, &sql[DROP], I(id), I(c->actor.staff_id));

	return e == ERR_OK && !db_changed(c->db) ? ERR_NOT_FOUND : e;
}
