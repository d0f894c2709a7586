#include <string.h>

#include "base/str.h"
#include "domain/catalog_shape.h"
#include "io/xml.h"

/* The checks walk the same tables that read the file: a new coded list needs no code here, a new reference one row in
 * catalog_refs. */

static const char *text_of(const struct shape *shape, const void *base, const char *name)
{
	const struct field *f = field_find(shape, name, strlen(name));

	return f && f->type == FIELD_TEXT ? *FIELD_PTR(f, base, const char *) : NULL;
}

static int line_of(const struct shape *shape, const void *base)
{
	const struct field *f = field_find(shape, "line", 4);

	return f ? (int)*FIELD_PTR(f, base, int64_t) : 0;
}

static const char *entry(const struct list *list, const struct shape *of, size_t i)
{
	return (const char *)list->at + i * of->size;
}

static bool has_code(const struct shape *shape, const struct list *list, const char *code)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_eq(text_of(shape, entry(list, shape, i), "code"), code))
			return true;
	return false;
}

static void check_ref(struct catalog_work *w, const struct catalog_ref *ref, const char *code, int line)
{
	const struct field *target = field_find(&catalog_shape, ref->target, strlen(ref->target));

	if (!has_code(target->of, FIELD_PTR(target, w->catalog, struct list), code))
		xml_fault(w->faults, w->file, line, "unknown_code", "%s“%s”不存在", ref->member, code);
}

static void check_refs(struct catalog_work *w, const struct shape *shape, const void *base)
{
	int line = line_of(shape, base);

	for (size_t i = 0; i < catalog_refs_count; i++) {
		const struct catalog_ref *ref = &catalog_refs[i];
		const struct field *f;

		if (ref->shape != shape)
			continue;
		f = field_find(shape, ref->member, strlen(ref->member));
		if (f->type == FIELD_TEXTS) {
			const struct texts *t = FIELD_PTR(f, base, struct texts);

			for (size_t k = 0; k < t->count; k++)
				check_ref(w, ref, t->at[k], line);
		} else if (*FIELD_PTR(f, base, const char *)) {
			check_ref(w, ref, *FIELD_PTR(f, base, const char *), line);
		}
	}
}

static void check_twice(struct catalog_work *w, const struct shape *of, const struct list *list)
{
	if (!field_find(of, "code", 4))
		return;
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = i + 1; k < list->count; k++) {
			const char *code = text_of(of, entry(list, of, i), "code");

			if (text_eq(code, text_of(of, entry(list, of, k), "code")))
				xml_fault(w->faults, w->file, line_of(of, entry(list, of, k)), "duplicate",
					"代码“%s”重复，第%d行已有", code, line_of(of, entry(list, of, i)));
		}
}

/* Every struct of the catalogue, with its lists. */
static void check_struct(struct catalog_work *w, const struct shape *shape, const void *base)
{
	check_refs(w, shape, base);
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->field[i];
		const struct list *list;

		if (f->type != FIELD_LIST)
			continue;
		list = FIELD_PTR(f, base, struct list);
		check_twice(w, f->of, list);
		for (size_t k = 0; k < list->count; k++)
			check_struct(w, f->of, entry(list, f->of, k));
	}
}

static void check_pointer(struct catalog_work *w, const char *pointer, int64_t line)
{
	const char *star = strstr(pointer, "/*");

	if (!catalog_row(w->data, pointer) || (star && strstr(star + 1, "/*")))
		xml_fault(w->faults, w->file, (int)line, "pointer", "pointer“%s”不是申请资料里的字段", pointer);
}

static void check_pointers(struct catalog_work *w)
{
	CATALOG_EACH(struct catalog_condition, c, &w->catalog->conditions)
		check_pointer(w, c->pointer, c->line);
	CATALOG_EACH(struct catalog_field_set, s, &w->catalog->field_sets)
		CATALOG_EACH(struct catalog_field, f, &s->fields)
			check_pointer(w, f->pointer, f->line);
}

void catalog_check_codes(struct catalog_work *w)
{
	check_struct(w, &catalog_shape, w->catalog);
	check_pointers(w);
}

static void check_route(struct catalog_work *w, const struct catalog_service *s, const struct catalog_route *r)
{
	CATALOG_EACH(struct catalog_route, o, &s->routes)
		if (o < r && text_eq(o->holder, r->holder) && text_eq(o->channel, r->channel))
			xml_fault(w->faults, w->file, (int)r->line, "duplicate", "%s %s %s重复，第%d行已有", s->code,
				r->holder, r->channel, (int)o->line);
	CATALOG_EACH(struct catalog_material, m, &r->materials)
		if (catalog_route_material(r, m->code) != m)
			xml_fault(w->faults, w->file, (int)r->line, "duplicate", "材料%s在这一途径里重复", m->code);
	CATALOG_EACH(struct catalog_field, f, &r->fields)
		if (catalog_route_field(r, f->pointer) != f)
			xml_fault(w->faults, w->file, (int)r->line, "duplicate", "字段%s在这一途径里重复", f->pointer);
	if (!catalog_fee(w->catalog, s->code, r->holder))
		xml_fault(w->faults, w->file, (int)r->line, "no_fee", "%s %s没有收费标准", s->code, r->holder);
}

static void check_fees(struct catalog_work *w)
{
	CATALOG_EACH(struct catalog_service, s, &w->catalog->services)
		CATALOG_EACH(struct catalog_holder, h, &w->catalog->holders) {
			const struct catalog_fee *first = catalog_fee(w->catalog, s->code, h->code);

			CATALOG_EACH(struct catalog_fee, f, &w->catalog->fees)
				if (f != first && catalog_has(&f->services, s->code) &&
					catalog_has(&f->holders, h->code))
					xml_fault(w->faults, w->file, (int)f->line, "duplicate",
						"%s %s的收费标准重复，第%d行已有", s->code, h->code, (int)first->line);
		}
}

void catalog_check_routes(struct catalog_work *w)
{
	CATALOG_EACH(struct catalog_service, s, &w->catalog->services)
		CATALOG_EACH(struct catalog_route, r, &s->routes)
			check_route(w, s, r);
	check_fees(w);
}
