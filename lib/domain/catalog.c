#include "domain/catalog.h"

#include <string.h>

#include "base/str.h"

bool catalog_has(const struct texts *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (text_eq(words->at[i], word))
			return true;
	return false;
}

#define BY_CODE(type, list) \
	do { \
		CATALOG_EACH(type, it, list) \
			if (code && text_eq(it->code, code)) \
				return it; \
		return NULL; \
	} while (0)

const struct catalog_service *catalog_service(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_service, &c->services);
}

const struct catalog_holder *catalog_holder(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_holder, &c->holders);
}

const struct catalog_channel *catalog_channel(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_channel, &c->channels);
}

const struct catalog_reason *catalog_reason(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_reason, &c->reasons);
}

const struct catalog_unit_kind *catalog_unit_kind(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_unit_kind, &c->unit_kinds);
}

const struct catalog_licence *catalog_licence(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_licence, &c->licences);
}

const struct catalog_id_type *catalog_id_type(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_id_type, &c->id_types);
}

const struct catalog_seal_kind *catalog_seal_kind(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_seal_kind, &c->seal_kinds);
}

const struct catalog_cause *catalog_cause(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_cause, &c->causes);
}

const struct catalog_state *catalog_state(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_state, &c->states);
}

const struct catalog_consent *catalog_consent(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_consent, &c->consents);
}

const struct catalog_material_name *catalog_material(const struct catalog *c, const char *code)
{
	BY_CODE(struct catalog_material_name, &c->materials);
}

const struct catalog_material *catalog_route_material(const struct catalog_route *r, const char *code)
{
	BY_CODE(struct catalog_material, &r->materials);
}

const struct catalog_gate_name *catalog_gate_name(const struct catalog *c, enum gate kind)
{
	const char *code = (unsigned)kind < GATE_MAX ? gate_words[kind] : NULL;

	BY_CODE(struct catalog_gate_name, &c->gates);
}

const char *catalog_text(const struct catalog *c, const char *code)
{
	CATALOG_EACH(struct catalog_text, t, &c->texts)
		if (code && text_eq(t->code, code))
			return t->content;
	return NULL;
}

const struct catalog_route *catalog_route(
	const struct catalog *c, const char *service, const char *holder, const char *channel)
{
	const struct catalog_service *s = catalog_service(c, service);

	if (!s)
		return NULL;
	CATALOG_EACH(struct catalog_route, r, &s->routes)
		if (r->open && text_eq(r->holder, holder) && text_eq(r->channel, channel))
			return r;
	return NULL;
}

const struct catalog_field *catalog_route_field(const struct catalog_route *r, const char *pointer)
{
	CATALOG_EACH(struct catalog_field, f, &r->fields)
		if (text_eq(f->pointer, pointer))
			return f;
	return NULL;
}

const struct catalog_gate *catalog_route_gate(const struct catalog_route *r, enum gate kind)
{
	CATALOG_EACH(struct catalog_gate, g, &r->gates)
		if (g->kind == kind)
			return g;
	return NULL;
}

const struct catalog_fee *catalog_fee(const struct catalog *c, const char *service, const char *holder)
{
	CATALOG_EACH(struct catalog_fee, f, &c->fees)
		if (catalog_has(&f->services, service) && catalog_has(&f->holders, holder))
			return f;
	return NULL;
}

bool catalog_fee_free(const struct catalog_fee *fee)
{
	return !fee || text_eq(fee->per, "free") || (!fee->first_fen && !fee->next_fen);
}

bool catalog_gate_counts(const struct catalog *c, const struct catalog_route *r, const struct catalog_gate *gate)
{
	return gate->kind != GATE_MONEY || !catalog_fee_free(catalog_fee(c, r->service, r->holder));
}

const struct catalog_refusal *catalog_refusal(
	const struct catalog *c, const char *service, const char *holder, const char *channel)
{
	CATALOG_EACH(struct catalog_refusal, r, &c->refusals)
		if (catalog_has(&r->services, service) && catalog_has(&r->holders, holder) &&
			catalog_has(&r->channels, channel))
			return r;
	return NULL;
}

const char *catalog_freight(const struct catalog *c, const char *service, struct date day)
{
	const struct catalog_freight *latest = NULL;

	CATALOG_EACH(struct catalog_freight, f, &c->freight)
		if (catalog_has(&f->services, service) && date_cmp(f->from, day) <= 0 &&
			(!latest || date_cmp(f->from, latest->from) > 0))
			latest = f;
	return latest ? latest->mode : NULL;
}

bool catalog_holds(const struct catalog_condition *condition, const struct shape *shape, const void *data)
{
	const struct field *f;
	const void *base;
	const char *value;

	if (!condition)
		return true;
	f = field_at(shape, data, condition->pointer, &base);
	if (!f)
		return false;
	if (!condition->is.count && !condition->is_not.count)
		return !field_is_empty(f, base);
	value = f->type == FIELD_TEXT ? *FIELD_PTR(f, base, const char *) : NULL;
	return condition->is.count ? catalog_has(&condition->is, value) : !catalog_has(&condition->is_not, value);
}

static void missing_at(const struct catalog_field *field, const char *pointer, const struct shape *shape,
	const void *data, struct faults *faults)
{
	const void *base;
	const struct field *f = field_at(shape, data, pointer, &base);

	if (f && field_is_empty(f, base))
		fault_add(faults, pointer, "missing", "请填写%s", field->label);
}

void catalog_missing(const struct catalog_route *r, const char *stage, const struct shape *shape, const void *data,
	struct faults *faults)
{
	CATALOG_EACH(struct catalog_field, field, &r->fields) {
		const char *star = strstr(field->pointer, "/*");
		const struct field *f;
		const void *base;
		char *list;

		if (!field->required || (stage && !text_eq(stage, field->stage)) ||
			!catalog_holds(field->condition, shape, data))
			continue;
		if (!star) {
			missing_at(field, field->pointer, shape, data, faults);
			continue;
		}
		list = arena_textn(faults->arena, field->pointer, (size_t)(star - field->pointer));
		f = field_at(shape, data, list, &base);
		for (size_t i = 0; f && i < FIELD_PTR(f, base, struct list)->count; i++)
			missing_at(
				field, arena_printf(faults->arena, "%s/%zu%s", list, i, star + 2), shape, data, faults);
	}
}
