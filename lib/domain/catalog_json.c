#include "domain/catalog_json.h"

#include "base/str.h"

static void write_texts(struct json_out *j, const char *key, const struct texts *texts)
{
	json_list(j, key);
	for (size_t i = 0; i < texts->count; i++)
		json_text(j, NULL, texts->at[i]);
	json_end(j);
}

static void write_named(struct json_out *j, const char *code, const char *name)
{
	json_text(j, "code", code);
	json_text(j, "name", name);
}

/* --- routes --------------------------------------------------------------------------------------------------------- */

static void write_material(struct json_out *j, const struct catalog_material *m)
{
	json_object(j, NULL);
	write_named(j, m->code, m->name);
	json_int(j, "copies", m->copies);
	json_text(j, "note", m->note ? m->note : m->condition ? m->condition->text : NULL);
	json_bool(j, "stamped", m->stamped);
	json_bool(j, "required", !m->condition && (m->scan || m->original || m->show));
	json_bool(j, "original", m->original);
	json_bool(j, "show", m->show);
	json_end(j);
}

static void write_field(struct json_out *j, const struct catalog_field *f)
{
	json_object(j, NULL);
	json_text(j, "pointer", f->pointer);
	json_text(j, "label", f->label);
	json_bool(j, "required", f->required && !f->condition);
	json_text(j, "hint", f->hint);
	json_end(j);
}

static void write_fee(struct json_out *j, const struct catalog_fee *fee)
{
	json_int(j, "first_fen", fee ? fee->first_fen : 0);
	json_int(j, "next_fen", fee ? fee->next_fen : 0);
}

static void write_route(struct json_out *j, const struct catalog *c, const struct catalog_route *r)
{
	json_object(j, NULL);
	json_text(j, "holder", r->holder);
	json_text(j, "channel", r->channel);
	json_text(j, "title", r->title);
	json_list(j, "materials");
	CATALOG_EACH(struct catalog_material, m, &r->materials)
		write_material(j, m);
	json_end(j);
	json_list(j, "fields");
	CATALOG_EACH(struct catalog_field, f, &r->fields)
		write_field(j, f);
	json_end(j);
	json_list(j, "gates");
	CATALOG_EACH(struct catalog_gate, g, &r->gates)
		if (catalog_gate_counts(c, r, g))
			json_text(j, NULL, gate_words[g->kind]);
	json_end(j);
	json_object(j, "fee");
	write_fee(j, catalog_fee(c, r->service, r->holder));
	json_end(j);
	json_int(j, "working_days", r->working_days);
	json_text(j, "summary", r->summary);
	json_text(j, "promise", r->promise);
	json_end(j);
}

static bool offers(const struct catalog_route *r, const char *holder)
{
	return r->open && (!holder || text_eq(r->holder, holder));
}

/* holder NULL: any. */
static void write_service(
	struct json_out *j, const struct catalog *c, const struct catalog_service *s, const char *holder)
{
	write_named(j, s->code, s->name);
	json_text(j, "effect", s->effect);
	json_text(j, "guide", s->guide);
	json_text(j, "summary", s->summary);
	json_list(j, "routes");
	CATALOG_EACH(struct catalog_route, r, &s->routes)
		if (offers(r, holder))
			write_route(j, c, r);
	json_end(j);
}

bool catalog_json_part(struct json_out *j, const struct catalog *c, const char *service, const char *holder)
{
	const struct catalog_service *s = catalog_service(c, service);
	bool any = false;

	if (!s)
		return false;
	CATALOG_EACH(struct catalog_route, r, &s->routes)
		any |= offers(r, holder);
	if (!any)
		return false;
	json_object(j, NULL);
	json_text(j, "version", c->version);
	write_service(j, c, s, holder);
	json_end(j);
	return true;
}

/* --- lists of codes ------------------------------------------------------------------------------------------------- */

static void write_codes(struct json_out *j, const struct catalog *c)
{
	json_list(j, "holders");
	CATALOG_EACH(struct catalog_holder, h, &c->holders) {
		json_object(j, NULL);
		write_named(j, h->code, h->name);
		write_texts(j, "seal_kinds", &h->seal_kinds);
		json_end(j);
	}
	json_end(j);
#define CODES(key, type, list) \
	json_list(j, key); \
	CATALOG_EACH(type, it, list) { \
		json_object(j, NULL); \
		write_named(j, it->code, it->name); \
		json_end(j); \
	} \
	json_end(j)
	CODES("channels", struct catalog_channel, &c->channels);
	CODES("materials", struct catalog_material_name, &c->materials);
	CODES("seal_kinds", struct catalog_seal_kind, &c->seal_kinds);
#undef CODES
	json_list(j, "id_types");
	CATALOG_EACH(struct catalog_id_type, t, &c->id_types) {
		json_object(j, NULL);
		write_named(j, t->code, t->name);
		json_bool(j, "counter_only", t->counter_only);
		json_end(j);
	}
	json_end(j);
}

static void write_unit_kinds(struct json_out *j, const struct catalog *c)
{
	json_list(j, "unit_kinds");
	CATALOG_EACH(struct catalog_unit_kind, k, &c->unit_kinds) {
		json_object(j, NULL);
		write_named(j, k->code, k->name);
		json_list(j, "licences");
		for (size_t i = 0; i < k->licences.count; i++) {
			json_object(j, NULL);
			write_named(j, k->licences.at[i], catalog_licence(c, k->licences.at[i])->name);
			json_end(j);
		}
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

static void write_fees(struct json_out *j, const struct catalog *c)
{
	json_list(j, "fees");
	CATALOG_EACH(struct catalog_service, s, &c->services)
		CATALOG_EACH(struct catalog_holder, h, &c->holders) {
			const struct catalog_fee *fee = catalog_fee(c, s->code, h->code);

			if (!fee)
				continue;
			json_object(j, NULL);
			json_text(j, "service", s->code);
			json_text(j, "holder", h->code);
			write_fee(j, fee);
			json_end(j);
		}
	json_end(j);
}

/* Who pays the courier back, of every day: readers take the newest row whose day has come. */
static void write_freight(struct json_out *j, const struct catalog *c)
{
	json_list(j, "freight");
	CATALOG_EACH(struct catalog_freight, f, &c->freight) {
		json_object(j, NULL);
		write_texts(j, "services", &f->services);
		json_day(j, "from", f->from);
		json_text(j, "mode", f->mode);
		json_end(j);
	}
	json_end(j);
}

static void write_reasons(struct json_out *j, const struct catalog *c)
{
	json_list(j, "reasons");
	CATALOG_EACH(struct catalog_reason, r, &c->reasons) {
		json_object(j, NULL);
		json_text(j, "code", r->code);
		json_text(j, "group", r->group);
		json_text(j, "text", r->text);
		json_text(j, "remedy", r->remedy);
		write_texts(j, "materials", &r->materials);
		json_end(j);
	}
	json_end(j);
}

static void write_choice(
	struct json_out *j, const char *code, const char *name, const char *key, const struct texts *of)
{
	json_object(j, NULL);
	write_named(j, code, name);
	write_texts(j, key, of);
	json_end(j);
}

/* Why a certificate is reissued or revoked, and what a change may touch. */
static void write_choices(struct json_out *j, const struct catalog *c)
{
	json_list(j, "causes");
	CATALOG_EACH(struct catalog_cause, k, &c->causes)
		write_choice(j, k->code, k->name, "services", &k->services);
	json_end(j);
	json_list(j, "change_items");
	CATALOG_EACH(struct catalog_change_item, k, &c->change_items)
		write_choice(j, k->code, k->name, "holders", &k->holders);
	json_end(j);
}

/* Which way is not open, why, and the one that is: the sentences of the 422 of POST /api/applications. */
static void write_refusals(struct json_out *j, const struct catalog *c)
{
	json_list(j, "refusals");
	CATALOG_EACH(struct catalog_refusal, r, &c->refusals) {
		json_object(j, NULL);
		write_texts(j, "services", &r->services);
		write_texts(j, "holders", &r->holders);
		write_texts(j, "channels", &r->channels);
		json_text(j, "code", r->fault);
		json_text(j, "text", r->content);
		json_text(j, "to_service", r->to_service);
		json_text(j, "to_channel", r->to_channel);
		json_end(j);
	}
	json_end(j);
}

/* --- addresses and texts -------------------------------------------------------------------------------------------- */

static void write_addresses(struct json_out *j, const struct catalog *c)
{
	const struct catalog_counter *counter = c->counters.at;

	json_object(j, "payee");
	json_text(j, "name", c->payee.name);
	json_text(j, "bank", c->payee.bank);
	json_text(j, "account", c->payee.account);
	json_text(j, "remark", c->payee.remark);
	json_end(j);
	json_object(j, "post");
	json_text(j, "receiver", c->post.receiver);
	json_text(j, "company", c->post.company);
	json_text(j, "address", c->post.address);
	json_text(j, "phone", c->post.phone);
	json_end(j);
	json_object(j, "counter");
	json_text(j, "address", counter->address);
	json_text(j, "hours", counter->hours);
	json_end(j);
	json_list(j, "hotlines");
	CATALOG_EACH(struct catalog_hotline, h, &c->hotlines)
		if (text_eq(h->kind, "phone"))
			json_text(j, NULL, h->value);
	json_end(j);
}

static void write_texts_of(struct json_out *j, const struct catalog *c)
{
	json_object(j, "consents");
	CATALOG_EACH(struct catalog_consent, k, &c->consents) {
		json_object(j, k->code);
		json_text(j, "version", k->version);
		json_text(j, "title", k->title);
		json_text(j, "summary", k->summary);
		json_end(j);
	}
	json_end(j);
	json_object(j, "texts");
	CATALOG_EACH(struct catalog_text, t, &c->texts)
		json_text(j, t->code, t->content);
	json_end(j);
}

void catalog_json(struct json_out *j, const struct catalog *c)
{
	json_object(j, NULL);
	json_text(j, "version", c->version);
	json_list(j, "services");
	CATALOG_EACH(struct catalog_service, s, &c->services) {
		json_object(j, NULL);
		write_service(j, c, s, NULL);
		json_end(j);
	}
	json_end(j);
	write_codes(j, c);
	write_unit_kinds(j, c);
	write_fees(j, c);
	write_reasons(j, c);
	write_choices(j, c);
	write_refusals(j, c);
	write_freight(j, c);
	write_addresses(j, c);
	write_texts_of(j, c);
	json_end(j);
}
