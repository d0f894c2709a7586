/* Rounds of correction: what the reviewer had before him each time, and what the applicant has changed since. */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "domain/application_view.h"
#include "domain/audit.h"
#include "domain/material.h"
#include "domain/rekey.h"
#include "domain/review.h"
#include "io/json.h"

enum { KEEP, ROUNDS, FILES };

static const struct sql sql[] = {
	[KEEP] = {"INSERT INTO case_round (application_id, round, data_sealed, staff_id, at) VALUES (?,?,?,?,?)",
		"iibii", ""},
	[ROUNDS] =
		{"SELECT r.round, r.data_sealed, r.at, s.name FROM case_round r JOIN staff s ON s.id=r.staff_id WHERE "
		 "r.application_id=? ORDER BY r.round DESC LIMIT 50",
			"i", "ibis"},
	[FILES] = {"SELECT id, material, filename, state, round, page_count, uploaded_at FROM attachment "
		   "WHERE application_id=? AND removed_at IS NULL ORDER BY uploaded_at, id LIMIT 500",
		"i", "ssssiii"},
};
SQL_TABLE(review_round);

struct row {
	int64_t round;
	struct bytes data_sealed;
	int64_t at;
	const char *by;
};
static const struct field row_fields[] = {
	INT(struct row, round, "round", 0, 0),
	BYTES(struct row, data_sealed, "data", 0),
	INT(struct row, at, "at", 0, 0),
	TEXT(struct row, by, "by", 0, 0, NULL),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static char *place(struct arena *a, int64_t application_id, int64_t round)
{
	return arena_printf(a, "round.data:%" PRId64 ":%" PRId64, application_id, round);
}

enum err review_round_keep(struct ctx *c, const struct application *app)
{
	int64_t round = app->round - 1;
	struct bytes sealed = ctx_seal(c, place(c->arena, app->id, round), application_data_text(c->arena, &app->data));

	return db_exec(c->db, &sql[KEEP], I(app->id), I(round), B(sealed), I(c->actor.staff_id), I(c->now));
}

/* --- fields --- */

struct side {
	const void *real, *shown; /* shown: masked */
};

struct compare {
	struct arena *a;
	struct json_out *j;
};

/* Ours, or said beside the case: no change of the applicant's that a reviewer weighs. */
static bool passed_over(const char *pointer)
{
	static const char *const parts[] = {"/consents", "/review", "/one_seal"};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (text_eq(pointer, parts[i]))
			return true;
	return false;
}

static char *words(struct arena *a, const struct field *f, const void *base)
{
	const struct texts *t = FIELD_PTR(f, base, const struct texts);
	struct str s;

	if (!t->count)
		return NULL;
	str_init(&s, a);
	for (size_t i = 0; i < t->count; i++)
		str_addf(&s, "%s%s", i ? " " : "", t->at[i]);
	return s.at;
}

static char *value(struct arena *a, const struct field *f, const void *base)
{
	if (!base)
		return NULL;
	return f->type == FIELD_TEXTS ? words(a, f, base) : application_value_text(a, f, base);
}

static void one_field(
	const struct compare *k, const struct field *f, struct side old, struct side new, const char *pointer)
{
	if (text_eq(value(k->a, f, old.real), value(k->a, f, new.real)))
		return;
	json_object(k->j, NULL);
	json_text(k->j, "pointer", pointer);
	json_text(k->j, "label", f->label);
	json_text(k->j, "before", value(k->a, f, old.shown));
	json_text(k->j, "after", value(k->a, f, new.shown));
	json_end(k->j);
}

static const void *entry(const struct field *f, const void *base, size_t i)
{
	const struct list *l = base ? FIELD_PTR(f, base, const struct list) : NULL;

	return l && i < l->count ? (const char *)l->at + i * f->of->size : NULL;
}

static size_t entries(const struct field *f, const void *base)
{
	return base ? FIELD_PTR(f, base, const struct list)->count : 0;
}

static void all_fields(
	const struct compare *k, const struct shape *shape, struct side old, struct side new, const char *pointer)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->field[i];
		const char *at = arena_printf(k->a, "%s/%s", pointer, f->name);

		if (passed_over(at))
			continue;
		if (f->type == FIELD_OBJECT) {
			struct side was = {FIELD_PTR(f, old.real, char), FIELD_PTR(f, old.shown, char)};
			struct side is = {FIELD_PTR(f, new.real, char), FIELD_PTR(f, new.shown, char)};

			all_fields(k, f->of, was, is, at);
		} else if (f->type == FIELD_LIST) {
			size_t n = entries(f, old.real), m = entries(f, new.real);

			for (size_t e = 0; e < (n > m ? n : m); e++)
				for (size_t g = 0; g < f->of->count; g++)
					one_field(k, &f->of->field[g],
						(struct side){entry(f, old.real, e), entry(f, old.shown, e)},
						(struct side){entry(f, new.real, e), entry(f, new.shown, e)},
						arena_printf(k->a, "%s/%zu/%s", at, e, f->of->field[g].name));
		} else {
			one_field(k, f, old, new, at);
		}
	}
}

static void write_fields(
	struct ctx *c, const struct application_data *old, const struct application_data *new, struct json_out *j)
{
	const struct compare k = {c->arena, j};
	struct application_data was = application_masked(c->arena, old), is = application_masked(c->arena, new);

	json_list(j, "fields");
	all_fields(&k, &application_data_shape, (struct side){old, &was}, (struct side){new, &is}, "");
	json_end(j);
}

/* --- files --- */

static void write_some(
	const struct list *files, const char *material, int64_t from, int64_t to, const char *key, struct json_out *j)
{
	const struct material_file *f = files->at;

	json_list(j, key);
	for (size_t i = 0; i < files->count; i++)
		if (text_eq(f[i].material, material) && f[i].round >= from && f[i].round <= to)
			material_write_file(&f[i], j);
	json_end(j);
}

static bool sent_in(const struct list *files, const char *material, int64_t round)
{
	const struct material_file *f = files->at;

	for (size_t i = 0; i < files->count; i++)
		if (text_eq(f[i].material, material) && f[i].round == round)
			return true;
	return false;
}

static void write_files(const struct application *app, const struct list *files, int64_t round, struct json_out *j)
{
	json_list(j, "files");
	CATALOG_EACH(struct catalog_material, m, &app->route->materials) {
		if (!sent_in(files, m->code, round))
			continue;
		json_object(j, NULL);
		json_text(j, "material", m->code);
		json_text(j, "name", m->name);
		write_some(files, m->code, round, round, "added", j);
		write_some(files, m->code, 0, round - 1, "earlier", j);
		json_end(j);
	}
	json_end(j);
}

/* --- rounds --- */

static enum err open_data(
	struct ctx *c, const struct application *app, const struct row *r, struct application_data *ret_data)
{
	const char *text, *say;
	struct faults faults;
	enum err e = ctx_open(c, place(c->arena, app->id, r->round), r->data_sealed, &text);

	if (e != ERR_OK)
		return e;
	faults_init(&faults, c->arena);
	memset(ret_data, 0, sizeof *ret_data);
	return json_read(text, strlen(text), &application_data_shape, ret_data, &faults, &say) == ERR_SYNTAX
		       ? ERR_INTERNAL
		       : ERR_OK;
}

enum err review_rounds(struct ctx *c, const char *no, struct json_out *j)
{
	struct application app;
	struct application_data *newer = &app.data;
	struct list rows, files;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = rekey_open(c, &app);
	if (e == ERR_OK)
		e = db_all(c->db, &sql[ROUNDS], &row_shape, &rows, I(app.id));
	if (e == ERR_OK)
		e = db_all(c->db, &sql[FILES], &material_file_shape, &files, I(app.id));
	if (e == ERR_OK && rows.count)
		e = audit_look(c, "rounds_view", no, NULL);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct row *r = (const struct row *)rows.at + i;
		struct application_data *older = arena_alloc(c->arena, sizeof *older);

		e = open_data(c, &app, r, older);
		if (e != ERR_OK)
			break;
		json_object(j, NULL);
		json_int(j, "round", r->round + 1);
		json_time(j, "returned_at", r->at);
		json_text(j, "returned_by", r->by);
		write_fields(c, older, newer, j);
		write_files(&app, &files, r->round + 1, j);
		json_end(j);
		newer = older;
	}
	json_end(j);
	json_end(j);
	return e;
}
