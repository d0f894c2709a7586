#include "domain/material.h"

#include <string.h>

#include "base/str.h"

enum { FILES, VERDICTS };

static const struct sql sql[] = {
	[FILES] = {"SELECT id, material, filename, state, round, page_count, uploaded_at FROM attachment "
		   "WHERE application_id=? AND removed_at IS NULL ORDER BY material, uploaded_at, id",
		"i", "ssssiii"},
	[VERDICTS] =
		{"SELECT v.material, v.verdict, v.reasons, v.note, v.areas, v.round, v.staff_id, v.at, s.name FROM verdict v "
		 "JOIN staff s ON s.id=v.staff_id WHERE v.application_id=? ORDER BY v.round DESC, v.material",
			"i", "sssssiiis"},
};
SQL_TABLE(material);

const char *const material_mark_words[] = {"missing", "uploaded", "pass", "fail", "waive", NULL};

#define F_TEXT(m) TEXT(struct material_file, m, #m, 0, 0, NULL)
#define F_INT(m) INT(struct material_file, m, #m, 0, 0)
static const struct field file_fields[] = {
	F_TEXT(id),
	F_TEXT(material),
	F_TEXT(filename),
	F_TEXT(state),
	F_INT(round),
	F_INT(page_count),
	F_INT(uploaded_at),
};
const struct shape material_file_shape = SHAPE(struct material_file, file_fields);

void material_write_file(const struct material_file *f, struct json_out *j)
{
	json_object(j, NULL);
	json_text(j, "id", f->id);
	json_text(j, "filename", f->filename);
	json_int(j, "page_count", f->page_count);
	json_text(j, "state", f->state);
	json_end(j);
}

#define V_TEXT(m) TEXT(struct material_verdict, m, #m, 0, 0, NULL)
#define V_INT(m) INT(struct material_verdict, m, #m, 0, 0)
static const struct field verdict_fields[] = {
	V_TEXT(material),
	V_TEXT(verdict),
	V_TEXT(reasons),
	V_TEXT(note),
	V_TEXT(areas),
	V_INT(round),
	V_INT(staff_id),
	V_INT(at),
	V_TEXT(by),
};
static const struct shape verdict_shape = SHAPE(struct material_verdict, verdict_fields);

static const struct material_verdict *newest_verdict(const struct list *verdicts, const char *code)
{
	const struct material_verdict *v = verdicts->at;

	for (size_t i = 0; i < verdicts->count; i++)
		if (text_eq(v[i].material, code))
			return &v[i];
	return NULL;
}

/* The last round before this one in which the material failed, or -1: files up to it are old versions. */
static int64_t failed_before(const struct list *verdicts, const char *code, int64_t round)
{
	const struct material_verdict *v = verdicts->at;

	for (size_t i = 0; i < verdicts->count; i++)
		if (v[i].round < round && text_eq(v[i].material, code) && text_eq(v[i].verdict, "fail"))
			return v[i].round;
	return -1;
}

static struct list files_of(struct arena *a, const struct list *files, const char *code, int64_t after_round)
{
	const struct material_file *f = files->at;
	struct list own = {arena_array(a, files->count + 1, sizeof *f), 0};

	for (size_t i = 0; i < files->count; i++)
		if (text_eq(f[i].material, code) && f[i].round > after_round)
			((struct material_file *)own.at)[own.count++] = f[i];
	return own;
}

static bool any_usable(const struct list *files)
{
	const struct material_file *f = files->at;

	for (size_t i = 0; i < files->count; i++)
		if (!text_eq(f[i].state, "refused"))
			return true;
	return false;
}

static void fill(struct ctx *c, const struct application *app, struct material *m, const struct list *files,
	const struct list *verdicts)
{
	const struct material_verdict *v = newest_verdict(verdicts, m->rule->code);
	bool failed = v && text_eq(v->verdict, "fail");

	m->required = m->rule->scan;
	m->judged = v && v->round == app->round ? v : NULL;
	m->files = files_of(c->arena, files, m->rule->code, failed_before(verdicts, m->rule->code, app->round));
	m->verdict = v;
	if (failed && v->round < app->round && any_usable(&m->files))
		m->verdict = NULL; /* answered by a newer file */
	if (m->verdict)
		m->mark = text_eq(v->verdict, "pass") ? MATERIAL_PASS : failed ? MATERIAL_FAIL : MATERIAL_WAIVE;
	else
		m->mark = any_usable(&m->files) ? MATERIAL_UPLOADED : MATERIAL_MISSING;
}

enum err material_list(struct ctx *c, const struct application *app, struct materials *ret_materials)
{
	struct list files, verdicts;
	struct material *all = arena_array(c->arena, app->route->materials.count + 1, sizeof *all);
	size_t n = 0;
	enum err e = db_all(c->db, &sql[FILES], &material_file_shape, &files, I(app->id));

	if (e == ERR_OK)
		e = db_all(c->db, &sql[VERDICTS], &verdict_shape, &verdicts, I(app->id));
	if (e != ERR_OK)
		return e;
	CATALOG_EACH(struct catalog_material, rule, &app->route->materials) {
		if (!catalog_holds(rule->condition, &application_data_shape, &app->data))
			continue;
		all[n].rule = rule;
		fill(c, app, &all[n++], &files, &verdicts);
	}
	*ret_materials = (struct materials){{all, n}, verdicts};
	return ERR_OK;
}

struct material *material_find(const struct materials *m, const char *code)
{
	MATERIAL_EACH(it, m)
	if (text_eq(it->rule->code, code))
		return it;
	return NULL;
}

void material_check(const struct materials *m, struct faults *faults)
{
	MATERIAL_EACH(it, m)
	{
		const char *pointer = arena_printf(faults->arena, "/materials/%s", it->rule->code);

		if (!it->required)
			continue;
		if (it->mark == MATERIAL_MISSING)
			fault_add(faults, pointer, "material_missing", "请上传%s", it->rule->name);
		else if (it->mark == MATERIAL_FAIL)
			fault_add(faults, pointer, "material_fail", "请重新上传%s", it->rule->name);
	}
}
