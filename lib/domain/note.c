#include "domain/note.h"

#include <assert.h>
#include <inttypes.h>

#include "base/rule.h"
#include "domain/audit.h"

enum { ADD, LIST, COUNT };

static const struct sql sql[] = {
	[ADD] = {"INSERT INTO case_note (application_id, staff_id, at, text_sealed) VALUES (?,?,?,?)", "iiib", ""},
	[LIST] =
		{"SELECT n.id, n.staff_id, n.at, n.text_sealed, s.name FROM case_note n JOIN staff s ON s.id=n.staff_id "
		 "WHERE n.application_id=? AND n.id<? ORDER BY n.id DESC LIMIT ?",
			"iii", "iiibs"},
	[COUNT] = {"SELECT COUNT(*) FROM case_note WHERE application_id=?", "i", "i"},
};
SQL_TABLE(note);

static const struct field in_fields[] = {TEXT_REQUIRED(struct note_in, text, "备注", 1, NOTE_MAX, rule_note)};
const struct shape note_in_shape = SHAPE(struct note_in, in_fields);

static const struct field query_fields[] = {
	INT(struct note_query, after, "起点", 1, INT64_MAX),
	INT(struct note_query, limit, "条数", 1, NOTE_LIMIT_MAX),
};
const struct shape note_query_shape = SHAPE(struct note_query, query_fields);

struct row {
	int64_t id, staff_id, at;
	struct bytes text_sealed;
	const char *by;
};
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	INT(struct row, staff_id, "staff_id", 0, 0),
	INT(struct row, at, "at", 0, 0),
	BYTES(struct row, text_sealed, "text", 0),
	TEXT(struct row, by, "by", 0, 0, NULL),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

/* A note opens only as what its author wrote at that moment to that case. */
static char *place(struct arena *a, int64_t application_id, int64_t staff_id, int64_t at)
{
	return arena_printf(a, "case.note:%" PRId64 ":%" PRId64 ":%" PRId64, application_id, staff_id, at);
}

static void write(struct json_out *j, int64_t id, int64_t at, const char *by, const char *text, bool mine)
{
	json_object(j, NULL);
	json_int(j, "id", id);
	json_time(j, "at", at);
	json_text(j, "by", by);
	json_bool(j, "mine", mine);
	json_text(j, "text", text);
	json_end(j);
}

enum err note_add(struct ctx *c, const char *no, const struct note_in *in, struct json_out *j)
{
	struct application app;
	enum err e = application_read(c, no, &app);

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ADD], I(app.id), I(c->actor.staff_id), I(c->now),
			B(ctx_seal(c, place(c->arena, app.id, c->actor.staff_id, c->now), in->text)));
	if (e != ERR_OK)
		return e;
	write(j, db_last_id(c->db), c->now, c->actor.name, in->text, true);
	audit_add(c, "note_add", no, NULL);
	return ERR_OK;
}

enum err note_list(struct ctx *c, const char *no, const struct note_query *in, struct json_out *j)
{
	int64_t limit = in->limit ? in->limit : 20;
	struct application app;
	const struct row *r;
	struct list rows;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = db_all(c->db, &sql[LIST], &row_shape, &rows, I(app.id), I(in->after ? in->after : INT64_MAX),
			I(limit));
	if (e == ERR_OK && rows.count)
		e = audit_look(c, "note_view", no, NULL);
	if (e != ERR_OK)
		return e;
	r = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const char *text;

		e = ctx_open(c, place(c->arena, app.id, r[i].staff_id, r[i].at), r[i].text_sealed, &text);
		if (e == ERR_OK)
			write(j, r[i].id, r[i].at, r[i].by, text, r[i].staff_id == c->actor.staff_id);
	}
	json_end(j);
	if ((int64_t)rows.count == limit)
		json_int(j, "next", r[rows.count - 1].id);
	else
		json_null(j, "next");
	json_end(j);
	return e;
}

enum err note_count(struct ctx *c, const struct application *app, int64_t *ret_count)
{
	struct db_int n = {0};
	enum err e = db_one(c->db, &sql[COUNT], &db_int_shape, &n, I(app->id));

	*ret_count = n.value;
	return e;
}
