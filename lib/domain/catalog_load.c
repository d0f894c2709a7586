#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "domain/catalog_shape.h"
#include "io/xml.h"

const char *const gate_words[] = {
	[GATE_SCANS] = "scans",
	[GATE_ORIGINALS] = "originals",
	[GATE_MONEY] = "money",
	[GATE_TOKEN] = "token",
	[GATE_SIGNATURE] = "signature",
	[GATE_MAX] = NULL,
};

const struct field *catalog_row(const struct shape *shape, const char *pointer)
{
	const struct field *f = NULL;
	bool star = false; /* the next part stands for the entries of a list */

	while (*pointer == '/' && shape) {
		const char *name = pointer + 1;
		size_t n = strcspn(name, "/");

		if (star) {
			if (n != 1 || *name != '*' || !name[1])
				return NULL;
			star = false;
		} else {
			f = field_find(shape, name, n);
			if (!f)
				return NULL;
			star = f->type == FIELD_LIST;
			shape = f->type == FIELD_OBJECT || f->type == FIELD_LIST ? f->of : NULL;
		}
		pointer = name + n;
	}
	return *pointer ? NULL : f;
}

static const struct catalog_condition *condition(const struct catalog *c, const char *code)
{
	CATALOG_EACH(struct catalog_condition, k, &c->conditions)
		if (text_eq(k->code, code))
			return k;
	return NULL;
}

/* Labels, stages and conditions of the fields, once per set: routes copy them. */
static void resolve_field_set(struct catalog_work *w, const struct catalog_field_set *set)
{
	struct catalog_field *f = set->fields.at;

	for (size_t i = 0; i < set->fields.count; i++, f++) {
		if (!f->label)
			f->label = catalog_row(w->data, f->pointer)->label;
		f->stage = set->stage;
		f->condition = condition(w->catalog, f->when);
	}
}

static void resolve_material_set(struct catalog_work *w, const struct catalog_material_set *set)
{
	struct catalog_material *m = set->materials.at;

	for (size_t i = 0; i < set->materials.count; i++, m++) {
		m->condition = condition(w->catalog, m->when);
		CATALOG_EACH(struct catalog_material_name, n, &w->catalog->materials)
			if (!m->name && text_eq(n->code, m->code))
				m->name = n->name;
	}
}

static void resolve_gate_set(struct catalog_work *w, const struct catalog_gate_set *set)
{
	struct catalog_gate *g = set->gates.at;

	for (size_t i = 0; i < set->gates.count; i++, g++) {
		g->condition = condition(w->catalog, g->when);
		g->kind = (enum gate)text_index(gate_words, g->code);
		g->name = catalog_gate_name(w->catalog, g->kind);
	}
}

static void append(struct arena *a, struct list *to, const struct list *from, size_t size)
{
	char *at;

	if (!from->count)
		return;
	at = arena_array(a, to->count + from->count, size);
	if (to->count)
		memcpy(at, to->at, to->count * size);
	memcpy(at + to->count * size, from->at, from->count * size);
	*to = (struct list){at, to->count + from->count};
}

static void add_steps(struct catalog_work *w, struct catalog_route *r)
{
	const char *text = catalog_text(w->catalog, r->process);

	while (text && *text) {
		size_t n = strcspn(text, "\n");
		struct catalog_line step = {arena_textn(w->arena, text, n), r->line};

		append(w->arena, &r->steps, &(struct list){&step, 1}, sizeof step);
		text += n + (text[n] == '\n');
	}
}

static void resolve_route(struct catalog_work *w, struct catalog_route *r)
{
	const struct catalog *c = w->catalog;
	struct catalog_material *m;

	for (size_t i = 0; i < r->field_sets.count; i++)
		CATALOG_EACH(struct catalog_field_set, s, &c->field_sets)
			if (text_eq(s->code, r->field_sets.at[i])) {
				append(w->arena, &r->topics, &(struct list){(void *)(uintptr_t)s, 1}, sizeof *s);
				append(w->arena, &r->fields, &s->fields, sizeof(struct catalog_field));
			}
	for (size_t i = 0; i < r->material_sets.count; i++)
		CATALOG_EACH(struct catalog_material_set, s, &c->material_sets)
			if (text_eq(s->code, r->material_sets.at[i]))
				append(w->arena, &r->materials, &s->materials, sizeof(struct catalog_material));
	CATALOG_EACH(struct catalog_gate_set, s, &c->gate_sets)
		if (text_eq(s->code, r->gate_set))
			append(w->arena, &r->gates, &s->gates, sizeof(struct catalog_gate));
	m = r->materials.at;
	for (size_t i = 0; i < r->materials.count; i++, m++)
		m->show = m->show && text_eq(r->channel, "counter");
	add_steps(w, r);
}

void catalog_resolve(struct catalog_work *w)
{
	CATALOG_EACH(struct catalog_field_set, s, &w->catalog->field_sets)
		resolve_field_set(w, s);
	CATALOG_EACH(struct catalog_material_set, s, &w->catalog->material_sets)
		resolve_material_set(w, s);
	CATALOG_EACH(struct catalog_gate_set, s, &w->catalog->gate_sets)
		resolve_gate_set(w, s);
	CATALOG_EACH(struct catalog_service, s, &w->catalog->services) {
		struct catalog_route *r = s->routes.at;

		for (size_t i = 0; i < s->routes.count; i++, r++) {
			r->service = s->code;
			resolve_route(w, r);
		}
	}
}

/* From a parsed document to a checked catalogue; each stage only when the one before found nothing. */
static enum err build(struct catalog_work *w, const struct xml *x, const char *rng_path)
{
	enum err e = xml_validate(x, rng_path, w->faults);

	if (e != ERR_OK)
		return e;
	xml_read(x, xml_root(x), &catalog_shape, w->catalog, w->faults);
	if (!w->faults->count)
		catalog_check_codes(w);
	if (!w->faults->count) {
		catalog_resolve(w);
		catalog_check_routes(w);
	}
	return w->faults->count ? ERR_INVALID : ERR_OK;
}

/* Our own list: its texts are the catalogue's, and live as long. */
static void hand_over(const struct faults *own, struct faults *faults)
{
	for (size_t i = 0; i < own->count; i++)
		fault_add(faults, own->at[i].pointer, own->at[i].code, "%s", own->at[i].detail);
}

static enum err finish(struct arena *a, const char *file, enum err e, const struct xml *x, const char *rng_path,
	const struct shape *data, struct faults *own, struct faults *faults, const struct catalog **ret_catalog)
{
	struct catalog_work w = {.arena = a, .faults = own, .file = file, .data = data};

	w.catalog = arena_alloc(a, sizeof *w.catalog);
	if (e == ERR_OK)
		e = build(&w, x, rng_path);
	hand_over(own, faults);
	if (e == ERR_OK)
		*ret_catalog = w.catalog;
	return e;
}

enum err catalog_load(struct arena *a, const char *xml_path, const char *rng_path, const struct shape *data,
	struct faults *faults, const struct catalog **ret_catalog)
{
	const char *slash = strrchr(xml_path, '/');
	struct xml *x CLEANUP(xml_done) = NULL;
	struct faults own;
	enum err e;

	faults_init(&own, a);
	e = xml_load(xml_path, &own, &x);
	return finish(a, slash ? slash + 1 : xml_path, e, x, rng_path, data, &own, faults, ret_catalog);
}

enum err catalog_parse(struct arena *a, const void *bytes, size_t n, const char *rng_path, const struct shape *data,
	struct faults *faults, const struct catalog **ret_catalog)
{
	struct xml *x CLEANUP(xml_done) = NULL;
	struct faults own;
	enum err e;

	faults_init(&own, a);
	e = xml_parse(bytes, n, "catalog.xml", &own, &x);
	return finish(a, "catalog.xml", e, x, rng_path, data, &own, faults, ret_catalog);
}
