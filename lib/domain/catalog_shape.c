#include "domain/catalog_shape.h"

#include "base/rule.h"

/* The file's attributes and elements, row by row.  Lengths are those of the schema or wider: it has refused worse. */
#define LINE_NO(s) \
	{ \
		"line", "line", FIELD_INT, FIELD_READONLY, 0, 0, FIELD_AT(s, line, int64_t), NULL, NULL, NULL \
	}
#define CODE(s, m) TEXT(s, m, #m, 1, 40, NULL)
#define KEY(s, m) TEXT_REQUIRED(s, m, #m, 1, 300, NULL)
#define LABEL(s, m) TEXT(s, m, #m, 1, 300, NULL)
#define PROSE(s) TEXT_REQUIRED(s, content, "content", 1, 5000, rule_note)
#define CODES(s, m) TEXTS(s, m, #m, 0, 64, rule_any)
#define FLAG(s, m) BOOL(s, m, #m)
#define COUNT(s, m) INT(s, m, #m, 0, 1000000000)
#define MANY(s, m, element, shape) \
	{ \
		element, element, FIELD_LIST, 0, 0, 1000, FIELD_AT(s, m, struct list), NULL, NULL, shape \
	}

static const struct field line_fields[] = {
	PROSE(struct catalog_line),
	LINE_NO(struct catalog_line),
};
static const struct shape line_shape = SHAPE(struct catalog_line, line_fields);

static const struct field text_fields[] = {
	KEY(struct catalog_text, code),
	PROSE(struct catalog_text),
	LINE_NO(struct catalog_text),
};
static const struct shape text_shape = SHAPE(struct catalog_text, text_fields);

static const struct field condition_fields[] = {
	KEY(struct catalog_condition, code),
	KEY(struct catalog_condition, pointer),
	LABEL(struct catalog_condition, text),
	CODES(struct catalog_condition, is),
	CODES(struct catalog_condition, is_not),
	LINE_NO(struct catalog_condition),
};
static const struct shape condition_shape = SHAPE(struct catalog_condition, condition_fields);

static const struct field holder_fields[] = {
	KEY(struct catalog_holder, code),
	LABEL(struct catalog_holder, name),
	LABEL(struct catalog_holder, stands_for),
	LABEL(struct catalog_holder, signs),
	LABEL(struct catalog_holder, seal),
	LABEL(struct catalog_holder, payer),
	LABEL(struct catalog_holder, form_title),
	LABEL(struct catalog_holder, form_note),
	CODES(struct catalog_holder, seal_kinds),
	FLAG(struct catalog_holder, unit_data),
	LINE_NO(struct catalog_holder),
};
static const struct shape holder_shape = SHAPE(struct catalog_holder, holder_fields);

static const struct field channel_fields[] = {
	KEY(struct catalog_channel, code),
	LABEL(struct catalog_channel, name),
	LABEL(struct catalog_channel, summary),
	LINE_NO(struct catalog_channel),
};
static const struct shape channel_shape = SHAPE(struct catalog_channel, channel_fields);

static const struct field gate_name_fields[] = {
	KEY(struct catalog_gate_name, code),
	LABEL(struct catalog_gate_name, name),
	CODE(struct catalog_gate_name, turn),
	LABEL(struct catalog_gate_name, turn_text),
	LABEL(struct catalog_gate_name, text),
	LINE_NO(struct catalog_gate_name),
};
static const struct shape gate_name_shape = SHAPE(struct catalog_gate_name, gate_name_fields);

static const struct field material_name_fields[] = {
	KEY(struct catalog_material_name, code),
	LABEL(struct catalog_material_name, name),
	FLAG(struct catalog_material_name, identity),
	LINE_NO(struct catalog_material_name),
};
static const struct shape material_name_shape = SHAPE(struct catalog_material_name, material_name_fields);

static const struct field field_fields[] = {
	KEY(struct catalog_field, pointer),
	LABEL(struct catalog_field, label),
	LABEL(struct catalog_field, hint),
	CODE(struct catalog_field, when),
	FLAG(struct catalog_field, required),
	FLAG(struct catalog_field, cert),
	LINE_NO(struct catalog_field),
};
static const struct shape field_shape = SHAPE(struct catalog_field, field_fields);

static const struct field field_set_fields[] = {
	KEY(struct catalog_field_set, code),
	LABEL(struct catalog_field_set, name),
	CODE(struct catalog_field_set, stage),
	MANY(struct catalog_field_set, fields, "field", &field_shape),
	LINE_NO(struct catalog_field_set),
};
static const struct shape field_set_shape = SHAPE(struct catalog_field_set, field_set_fields);

static const struct field material_fields[] = {
	KEY(struct catalog_material, code),
	LABEL(struct catalog_material, name),
	LABEL(struct catalog_material, note),
	CODE(struct catalog_material, when),
	COUNT(struct catalog_material, copies),
	FLAG(struct catalog_material, stamped),
	FLAG(struct catalog_material, signed_by_hand),
	FLAG(struct catalog_material, scan),
	FLAG(struct catalog_material, original),
	FLAG(struct catalog_material, show),
	LINE_NO(struct catalog_material),
};
static const struct shape material_shape = SHAPE(struct catalog_material, material_fields);

static const struct field material_set_fields[] = {
	KEY(struct catalog_material_set, code),
	MANY(struct catalog_material_set, materials, "material", &material_shape),
	LINE_NO(struct catalog_material_set),
};
static const struct shape material_set_shape = SHAPE(struct catalog_material_set, material_set_fields);

static const struct field gate_fields[] = {
	KEY(struct catalog_gate, code),
	CODE(struct catalog_gate, payer),
	CODE(struct catalog_gate, when),
	LINE_NO(struct catalog_gate),
};
static const struct shape gate_shape = SHAPE(struct catalog_gate, gate_fields);

static const struct field gate_set_fields[] = {
	KEY(struct catalog_gate_set, code),
	MANY(struct catalog_gate_set, gates, "gate", &gate_shape),
	LINE_NO(struct catalog_gate_set),
};
static const struct shape gate_set_shape = SHAPE(struct catalog_gate_set, gate_set_fields);

static const struct field route_fields[] = {
	CODE(struct catalog_route, holder),
	CODE(struct catalog_route, channel),
	LABEL(struct catalog_route, title),
	LABEL(struct catalog_route, summary),
	CODE(struct catalog_route, decide),
	LABEL(struct catalog_route, promise),
	CODE(struct catalog_route, days_from),
	CODE(struct catalog_route, licence_waiver),
	CODE(struct catalog_route, declaration),
	CODES(struct catalog_route, pay),
	CODES(struct catalog_route, delivery),
	CODE(struct catalog_route, process),
	CODE(struct catalog_route, gate_set),
	CODES(struct catalog_route, field_sets),
	CODES(struct catalog_route, material_sets),
	CODES(struct catalog_route, consents),
	COUNT(struct catalog_route, working_days),
	COUNT(struct catalog_route, first_review_days),
	COUNT(struct catalog_route, copies),
	COUNT(struct catalog_route, visits),
	FLAG(struct catalog_route, open),
	LINE_NO(struct catalog_route),
};
static const struct shape route_shape = SHAPE(struct catalog_route, route_fields);

static const struct field faq_fields[] = {
	LABEL(struct catalog_faq, question),
	PROSE(struct catalog_faq),
	LINE_NO(struct catalog_faq),
};
static const struct shape faq_shape = SHAPE(struct catalog_faq, faq_fields);

static const struct field service_fields[] = {
	KEY(struct catalog_service, code),
	LABEL(struct catalog_service, name),
	LABEL(struct catalog_service, summary),
	CODE(struct catalog_service, effect),
	CODE(struct catalog_service, guide),
	MANY(struct catalog_service, purpose, "purpose", &line_shape),
	MANY(struct catalog_service, routes, "route", &route_shape),
	MANY(struct catalog_service, faq, "faq", &faq_shape),
	LINE_NO(struct catalog_service),
};
static const struct shape service_shape = SHAPE(struct catalog_service, service_fields);

static const struct field fee_fields[] = {
	CODES(struct catalog_fee, services),
	CODES(struct catalog_fee, holders),
	CODE(struct catalog_fee, per),
	COUNT(struct catalog_fee, first_fen),
	COUNT(struct catalog_fee, next_fen),
	COUNT(struct catalog_fee, medium_fen),
	CODE(struct catalog_fee, setting),
	LINE_NO(struct catalog_fee),
};
static const struct shape fee_shape = SHAPE(struct catalog_fee, fee_fields);

static const struct field freight_fields[] = {
	CODES(struct catalog_freight, services),
	DAY(struct catalog_freight, from, "from"),
	CODE(struct catalog_freight, mode),
	LINE_NO(struct catalog_freight),
};
static const struct shape freight_shape = SHAPE(struct catalog_freight, freight_fields);

static const struct field refusal_fields[] = {
	CODES(struct catalog_refusal, services),
	CODES(struct catalog_refusal, holders),
	CODES(struct catalog_refusal, channels),
	CODE(struct catalog_refusal, fault),
	TEXT_REQUIRED(struct catalog_refusal, content, "正文", 1, 200, rule_note),
	TEXT(struct catalog_refusal, to_service, "to_service", 1, 20, rule_word),
	TEXT(struct catalog_refusal, to_channel, "to_channel", 1, 20, rule_word),
	LINE_NO(struct catalog_refusal),
};
static const struct shape refusal_shape = SHAPE(struct catalog_refusal, refusal_fields);

static const struct field reason_fields[] = {
	KEY(struct catalog_reason, code),
	LABEL(struct catalog_reason, group),
	LABEL(struct catalog_reason, text),
	LABEL(struct catalog_reason, remedy),
	CODES(struct catalog_reason, materials),
	LINE_NO(struct catalog_reason),
};
static const struct shape reason_shape = SHAPE(struct catalog_reason, reason_fields);

static const struct field licence_fields[] = {
	KEY(struct catalog_licence, code),
	LABEL(struct catalog_licence, name),
	LINE_NO(struct catalog_licence),
};
static const struct shape licence_shape = SHAPE(struct catalog_licence, licence_fields);

static const struct field unit_kind_fields[] = {
	KEY(struct catalog_unit_kind, code),
	LABEL(struct catalog_unit_kind, name),
	CODES(struct catalog_unit_kind, licences),
	LINE_NO(struct catalog_unit_kind),
};
static const struct shape unit_kind_shape = SHAPE(struct catalog_unit_kind, unit_kind_fields);

static const struct field id_type_fields[] = {
	KEY(struct catalog_id_type, code),
	LABEL(struct catalog_id_type, name),
	CODE(struct catalog_id_type, check),
	FLAG(struct catalog_id_type, counter_only),
	LINE_NO(struct catalog_id_type),
};
static const struct shape id_type_shape = SHAPE(struct catalog_id_type, id_type_fields);

static const struct field seal_kind_fields[] = {
	KEY(struct catalog_seal_kind, code),
	LABEL(struct catalog_seal_kind, name),
	LINE_NO(struct catalog_seal_kind),
};
static const struct shape seal_kind_shape = SHAPE(struct catalog_seal_kind, seal_kind_fields);

static const struct field change_item_fields[] = {
	KEY(struct catalog_change_item, code),
	LABEL(struct catalog_change_item, name),
	CODES(struct catalog_change_item, holders),
	LINE_NO(struct catalog_change_item),
};
static const struct shape change_item_shape = SHAPE(struct catalog_change_item, change_item_fields);

static const struct field cause_fields[] = {
	KEY(struct catalog_cause, code),
	LABEL(struct catalog_cause, name),
	CODES(struct catalog_cause, services),
	COUNT(struct catalog_cause, crl_reason),
	LINE_NO(struct catalog_cause),
};
static const struct shape cause_shape = SHAPE(struct catalog_cause, cause_fields);

static const struct field payee_fields[] = {
	LABEL(struct catalog_payee, name),
	LABEL(struct catalog_payee, bank),
	LABEL(struct catalog_payee, account),
	LABEL(struct catalog_payee, remark),
	LINE_NO(struct catalog_payee),
};
static const struct shape payee_shape = SHAPE(struct catalog_payee, payee_fields);

static const struct field post_fields[] = {
	LABEL(struct catalog_post, company),
	LABEL(struct catalog_post, receiver),
	LABEL(struct catalog_post, address),
	LABEL(struct catalog_post, phone),
	LABEL(struct catalog_post, note),
	LINE_NO(struct catalog_post),
};
static const struct shape post_shape = SHAPE(struct catalog_post, post_fields);

static const struct field counter_fields[] = {
	KEY(struct catalog_counter, code),
	LABEL(struct catalog_counter, name),
	LABEL(struct catalog_counter, address),
	LABEL(struct catalog_counter, phone),
	LABEL(struct catalog_counter, hours),
	LINE_NO(struct catalog_counter),
};
static const struct shape counter_shape = SHAPE(struct catalog_counter, counter_fields);

static const struct field hotline_fields[] = {
	CODE(struct catalog_hotline, kind),
	LABEL(struct catalog_hotline, name),
	LABEL(struct catalog_hotline, value),
	LINE_NO(struct catalog_hotline),
};
static const struct shape hotline_shape = SHAPE(struct catalog_hotline, hotline_fields);

static const struct field section_fields[] = {
	LABEL(struct catalog_section, title),
	PROSE(struct catalog_section),
	LINE_NO(struct catalog_section),
};
static const struct shape section_shape = SHAPE(struct catalog_section, section_fields);

static const struct field consent_fields[] = {
	KEY(struct catalog_consent, code),
	LABEL(struct catalog_consent, title),
	LABEL(struct catalog_consent, version),
	LABEL(struct catalog_consent, summary),
	DAY(struct catalog_consent, effective, "effective"),
	MANY(struct catalog_consent, sections, "section", &section_shape),
	LINE_NO(struct catalog_consent),
};
static const struct shape consent_shape = SHAPE(struct catalog_consent, consent_fields);

static const struct field state_fields[] = {
	KEY(struct catalog_state, code),
	LABEL(struct catalog_state, name),
	CODE(struct catalog_state, turn),
	LABEL(struct catalog_state, turn_text),
	LABEL(struct catalog_state, text),
	LINE_NO(struct catalog_state),
};
static const struct shape state_shape = SHAPE(struct catalog_state, state_fields);

static const struct field limits_fields[] = {
	COUNT(struct catalog_limits, years_max),
	COUNT(struct catalog_limits, items_max),
	COUNT(struct catalog_limits, idle_days),
	COUNT(struct catalog_limits, correction_days),
	COUNT(struct catalog_limits, sent_days),
	COUNT(struct catalog_limits, renew_window_days),
	COUNT(struct catalog_limits, unlock_auto_count),
	COUNT(struct catalog_limits, unlock_auto_days),
	CODES(struct catalog_limits, remind_days),
	LINE_NO(struct catalog_limits),
};
static const struct shape limits_shape = SHAPE(struct catalog_limits, limits_fields);

static const struct field catalog_fields[] = {
	KEY(struct catalog, version),
	DAY_REQUIRED(struct catalog, effective, "effective"),
	OBJECT(struct catalog, limits, "limits", &limits_shape),
	OBJECT(struct catalog, payee, "payee", &payee_shape),
	OBJECT(struct catalog, post, "post", &post_shape),
	MANY(struct catalog, counters, "counter", &counter_shape),
	MANY(struct catalog, hotlines, "hotline", &hotline_shape),
	MANY(struct catalog, uses, "use", &line_shape),
	MANY(struct catalog, holders, "holder", &holder_shape),
	MANY(struct catalog, channels, "channel", &channel_shape),
	MANY(struct catalog, seal_kinds, "seal_kind", &seal_kind_shape),
	MANY(struct catalog, licences, "licence", &licence_shape),
	MANY(struct catalog, unit_kinds, "unit_kind", &unit_kind_shape),
	MANY(struct catalog, id_types, "id_type", &id_type_shape),
	MANY(struct catalog, change_items, "change_item", &change_item_shape),
	MANY(struct catalog, causes, "cause", &cause_shape),
	MANY(struct catalog, materials, "material", &material_name_shape),
	MANY(struct catalog, gates, "gate", &gate_name_shape),
	MANY(struct catalog, conditions, "condition", &condition_shape),
	MANY(struct catalog, field_sets, "field_set", &field_set_shape),
	MANY(struct catalog, material_sets, "material_set", &material_set_shape),
	MANY(struct catalog, gate_sets, "gate_set", &gate_set_shape),
	MANY(struct catalog, fees, "fee", &fee_shape),
	MANY(struct catalog, freight, "freight", &freight_shape),
	MANY(struct catalog, refusals, "refusal", &refusal_shape),
	MANY(struct catalog, reasons, "reason", &reason_shape),
	MANY(struct catalog, states, "state", &state_shape),
	MANY(struct catalog, consents, "consent", &consent_shape),
	MANY(struct catalog, texts, "text", &text_shape),
	MANY(struct catalog, services, "service", &service_shape),
	LINE_NO(struct catalog),
};
const struct shape catalog_shape = SHAPE(struct catalog, catalog_fields);

const struct catalog_ref catalog_refs[] = {
	{&holder_shape, "seal_kinds", "seal_kind"},
	{&unit_kind_shape, "licences", "licence"},
	{&change_item_shape, "holders", "holder"},
	{&cause_shape, "services", "service"},
	{&fee_shape, "services", "service"},
	{&fee_shape, "holders", "holder"},
	{&freight_shape, "services", "service"},
	{&refusal_shape, "services", "service"},
	{&refusal_shape, "holders", "holder"},
	{&refusal_shape, "channels", "channel"},
	{&refusal_shape, "to_service", "service"},
	{&refusal_shape, "to_channel", "channel"},
	{&reason_shape, "materials", "material"},
	{&field_shape, "when", "condition"},
	{&material_shape, "code", "material"},
	{&material_shape, "when", "condition"},
	{&gate_shape, "code", "gate"},
	{&gate_shape, "when", "condition"},
	{&route_shape, "holder", "holder"},
	{&route_shape, "channel", "channel"},
	{&route_shape, "field_sets", "field_set"},
	{&route_shape, "material_sets", "material_set"},
	{&route_shape, "gate_set", "gate_set"},
	{&route_shape, "consents", "consent"},
	{&route_shape, "declaration", "text"},
	{&route_shape, "process", "text"},
};
const size_t catalog_refs_count = ARRAY_LEN(catalog_refs);
