#ifndef DOMAIN_CATALOG_H
#define DOMAIN_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/field.h"

/* The rules as data: services, holders, channels, which of their combinations are open and what each asks for, fees,
 * freight, texts.  Read once at start from conf/catalog.xml (or, for a case that runs under an older version, from the
 * bytes kept in the database), checked by catalog.rng and then by the cross checks of this file, never changed after.
 * Invariants of a loaded catalogue: every code that is referred to exists, no code is given twice, every pointer names a
 * member of the case, every open route has a fee row.  All of it lives in the arena given to the loader.
 *
 * Every list is a struct list; walk it with CATALOG_EACH:
 *
 *   CATALOG_EACH(struct catalog_material, m, &route->materials)
 *           puts(m->name);
 *
 * Member names are the attribute names of the XML.  Members marked (found) are filled in by the loader from codes.
 * line: where it stands in the file. */

#define CATALOG_EACH(type, it, list) \
	for (const type *it = (list)->at, *it##_end = it ? it + (list)->count : NULL; it != it##_end; it++)

enum gate { GATE_SCANS, GATE_ORIGINALS, GATE_MONEY, GATE_TOKEN, GATE_SIGNATURE, GATE_MAX };
extern const char *const gate_words[]; /* scans originals money token signature, NULL */

struct catalog_line { /* one paragraph, step or statement */
	const char *content;
	int64_t line;
};

struct catalog_text { /* a keyed text of one or more lines */
	const char *code, *content;
	int64_t line;
};

/* When a field, material or gate is asked for: pointer's value is one of `is`, or none of `is_not`, or (neither) is given.
 * text reads "提前转账的" and the like, for people. */
struct catalog_condition {
	const char *code, *pointer, *text;
	struct texts is, is_not;
	int64_t line;
};

struct catalog_holder {
	const char *code, *name, *stands_for, *signs, *seal; /* signs, seal: sentences */
	const char *payer;				     /* own money rule in words: "本单位对公账户" */
	const char *form_title, *form_note;
	struct texts seal_kinds;
	bool unit_data; /* the unit stands in the certificate */
	int64_t line;
};

struct catalog_channel {
	const char *code, *name, *summary;
	int64_t line;
};

struct catalog_gate_name {
	const char *code, *name; /* "原件已收", the label of the gate */
	const char *turn;	 /* applicant, ca, nobody: whose turn while it is open */
	const char *turn_text;	 /* "现在轮到您：寄送原件" */
	const char *text;	 /* what to do, a sentence */
	int64_t line;
};

struct catalog_material_name {
	const char *code, *name; /* m1 … m10 */
	bool identity;		 /* a copy of somebody's identity paper: staff see it marked with who looks */
	int64_t line;
};

struct catalog_field {
	const char *pointer; /* "/unit/uscc"; a star stands for every entry of a list */
	const char *label;   /* (found) from the table of the case when not given */
	const char *hint;
	const char *when;			   /* a condition's code, or NULL = always */
	const char *stage;			   /* (found) of its set */
	const struct catalog_condition *condition; /* (found) */
	bool required;
	bool cert; /* goes into the certificate: frozen with the form, re-typed by the second officer */
	int64_t line;
};

struct catalog_field_set { /* one topic: unit, agent, cert … = one page of the applicant's */
	const char *code, *name;
	const char *stage; /* form = wanted before the form is made, and printed on it; submit = wanted on submitting */
	struct list fields; /* struct catalog_field */
	int64_t line;
};

struct catalog_material {
	const char *code;
	const char *name; /* in this route; (found) from the material's own name when not given */
	const char *note;
	const char *when;
	const struct catalog_condition *condition; /* (found) */
	int64_t copies;
	bool stamped, signed_by_hand;
	bool scan;     /* a scan is uploaded */
	bool original; /* the paper copies must arrive (post) or be handed in (counter) */
	bool show;     /* counter: the document itself is shown; (found) false in every other channel */
	int64_t line;
};

struct catalog_material_set {
	const char *code;
	struct list materials; /* struct catalog_material */
	int64_t line;
};

struct catalog_gate {
	const char *code;
	const char *payer; /* money that is transferred: own = from the holder's own account, any */
	const char *when;
	const struct catalog_condition *condition; /* (found) */
	const struct catalog_gate_name *name;	   /* (found) */
	enum gate kind;				   /* (found) */
	int64_t line;
};

struct catalog_gate_set {
	const char *code;
	struct list gates; /* struct catalog_gate */
	int64_t line;
};

/* One combination of service, holder and channel. */
struct catalog_route {
	const char *holder, *channel;
	const char *service; /* (found) */
	const char *title, *summary;
	const char *decide;	    /* two, one, machine */
	const char *promise;	    /* "收齐后3个工作日内办结" */
	const char *days_from;	    /* gates = last required gate, submit = submitted and paid, none */
	const char *licence_waiver; /* counter without the licence original: none, paid, supervisor */
	const char *declaration;    /* code of a text */
	struct texts pay;	    /* transfer, alipay, counter; empty = never anything to pay */
	struct texts delivery;	    /* courier, pickup; empty = nothing to hand over */
	const char *process;	    /* code of a text: one paragraph per step */
	const char *gate_set;	    /* code; NULL = no gates */
	struct texts field_sets, material_sets, consents; /* codes */
	struct list steps;				  /* (found) struct catalog_line */
	struct list topics;				  /* (found) struct catalog_field_set, in order */
	struct list fields;				  /* (found) struct catalog_field, of all topics in order */
	struct list materials;				  /* (found) struct catalog_material, of all sets in order */
	struct list gates;				  /* (found) struct catalog_gate */
	int64_t working_days, first_review_days;
	int64_t copies; /* of the form */
	int64_t visits; /* how often one comes in person */
	bool open;	/* offered online; a closed route is for reading only */
	int64_t line;
};

struct catalog_faq {
	const char *question, *content;
	int64_t line;
};

struct catalog_service {
	const char *code, *name, *summary;
	const char *effect;  /* on certificates: issue, extend, replace, reissue, unlock, revoke, suspend, resume */
	const char *guide;   /* page below /guide/ that tells of it; NULL: none of its own */
	struct list purpose; /* struct catalog_line: 适用对象 */
	struct list routes;  /* struct catalog_route, open and closed */
	struct list faq;     /* struct catalog_faq */
	int64_t line;
};

struct catalog_fee {
	struct texts services, holders;
	const char *per;			 /* year, time, free */
	int64_t first_fen, next_fen, medium_fen; /* medium_fen is inside first_fen */
	const char *setting; /* per time: staff keep this price, in yuan (price.h); first_fen is its default */
	int64_t line;
};

struct catalog_freight { /* who pays the courier back; the latest row whose day has come counts */
	struct texts services;
	struct date from;
	const char *mode; /* prepaid, collect */
	int64_t line;
};

/* A combination that is not offered: why, and the way that is.  Of several rows the first that fits counts. */
struct catalog_refusal {
	struct texts services, holders, channels;
	const char *fault;		     /* its code */
	const char *content;		     /* the sentence */
	const char *to_service, *to_channel; /* the way that is open, NULL: unchanged */
	int64_t line;
};

struct catalog_reason { /* why a material is sent back */
	const char *code, *group, *text, *remedy;
	struct texts materials;
	int64_t line;
};

struct catalog_licence {
	const char *code, *name;
	int64_t line;
};

struct catalog_unit_kind {
	const char *code, *name;
	struct texts licences;
	int64_t line;
};

struct catalog_id_type {
	const char *code, *name;
	const char *check; /* resident = 18 with a check character, other = letters and digits */
	bool counter_only;
	int64_t line;
};

struct catalog_seal_kind {
	const char *code, *name;
	int64_t line;
};

struct catalog_change_item { /* what a change may touch */
	const char *code, *name;
	struct texts holders;
	int64_t line;
};

struct catalog_cause { /* why a certificate is reissued or revoked */
	const char *code, *name;
	struct texts services;
	int64_t crl_reason; /* RFC 5280 */
	int64_t line;
};

/* Payee, post, counters and hotlines are defaults: what staff keep instead is laid over them by contact.h. */
struct catalog_payee {
	const char *name, *bank, *account, *remark; /* account: digits, without blanks */
	int64_t line;
};

struct catalog_post {
	const char *company, *receiver, *address, *phone, *note;
	int64_t line;
};

struct catalog_counter {
	const char *code, *name, *address, *phone, *hours;
	int64_t line;
};

struct catalog_hotline {
	const char *kind, *name, *value; /* kind: phone, qq */
	int64_t line;
};

struct catalog_section {
	const char *title, *content;
	int64_t line;
};

struct catalog_consent {
	const char *code, *title, *version; /* agreement, privacy, id_scan */
	const char *summary;		    /* the sentence beside the box to tick */
	struct date effective;
	struct list sections; /* struct catalog_section: the full text */
	int64_t line;
};

struct catalog_state {
	const char *code, *name;
	const char *turn;      /* applicant, ca, nobody.  accepted: the first open gate says it instead */
	const char *turn_text; /* "现在轮到您：填写资料" */
	const char *text;      /* what it means and what comes next */
	int64_t line;
};

struct catalog_limits {
	int64_t years_max, items_max;
	int64_t idle_days, correction_days,
		sent_days; /* closed when idle; time to correct; completed after being sent */
	int64_t renew_window_days, unlock_auto_count, unlock_auto_days;
	struct texts remind_days; /* before expiry */
	int64_t line;
};

struct catalog {
	const char *version; /* each case records it */
	struct date effective;
	struct catalog_limits limits;
	struct catalog_payee payee;
	struct catalog_post post;
	struct list counters, hotlines, uses; /* catalog_counter, catalog_hotline, catalog_line */
	struct list holders, channels, seal_kinds, licences, unit_kinds, id_types, change_items, causes;
	struct list materials; /* struct catalog_material_name */
	struct list gates;     /* struct catalog_gate_name */
	struct list conditions, field_sets, material_sets, gate_sets;
	struct list fees, freight, refusals, reasons, states, consents, texts;
	struct list services;
	int64_t line;
};

/* Read, check by the schema, cross-check.  data: the tables of the case, against which pointers are checked.
 * Everything lives in a.  Errors: ERR_INVALID and faults ("catalog.xml:123: …"), ERR_NOT_FOUND, ERR_INTERNAL (schema). */
enum err catalog_load(struct arena *a, const char *xml_path, const char *rng_path, const struct shape *data,
	struct faults *faults, const struct catalog **ret_catalog) MUST_USE;
enum err catalog_parse(struct arena *a, const void *bytes, size_t n, const char *rng_path, const struct shape *data,
	struct faults *faults, const struct catalog **ret_catalog) MUST_USE;

bool catalog_has(const struct texts *words, const char *word);

/* Look-ups by code.  NULL: there is none (or the code is NULL). */
const struct catalog_service *catalog_service(const struct catalog *c, const char *code);
const struct catalog_holder *catalog_holder(const struct catalog *c, const char *code);
const struct catalog_channel *catalog_channel(const struct catalog *c, const char *code);
/* Open routes only: NULL means "not offered". */
const struct catalog_route *catalog_route(
	const struct catalog *c, const char *service, const char *holder, const char *channel);
const struct catalog_material_name *catalog_material(const struct catalog *c, const char *code);
const struct catalog_material *catalog_route_material(const struct catalog_route *r, const char *code);
const struct catalog_field *catalog_route_field(const struct catalog_route *r, const char *pointer);
const struct catalog_gate *catalog_route_gate(const struct catalog_route *r, enum gate kind);
const struct catalog_fee *catalog_fee(const struct catalog *c, const char *service, const char *holder);
bool catalog_fee_free(const struct catalog_fee *fee); /* nothing is paid; NULL: there is no fee */
/* Can this gate of the route be asked for at all?  No money is awaited where nothing is paid. */
bool catalog_gate_counts(const struct catalog *c, const struct catalog_route *r, const struct catalog_gate *gate);
const char *catalog_freight(
	const struct catalog *c, const char *service, struct date day); /* prepaid, collect; NULL: no parcel */
const struct catalog_refusal *catalog_refusal(const struct catalog *c, const char *service, const char *holder,
	const char *channel); /* NULL: nothing is said */
const struct catalog_reason *catalog_reason(const struct catalog *c, const char *code);
const struct catalog_unit_kind *catalog_unit_kind(const struct catalog *c, const char *code);
const struct catalog_licence *catalog_licence(const struct catalog *c, const char *code);
const struct catalog_id_type *catalog_id_type(const struct catalog *c, const char *code);
const struct catalog_seal_kind *catalog_seal_kind(const struct catalog *c, const char *code);
const struct catalog_cause *catalog_cause(const struct catalog *c, const char *code);
const struct catalog_state *catalog_state(const struct catalog *c, const char *code);
const struct catalog_gate_name *catalog_gate_name(const struct catalog *c, enum gate kind);
const struct catalog_consent *catalog_consent(const struct catalog *c, const char *code);
const char *catalog_text(const struct catalog *c, const char *code);

/* Does the condition hold for this case?  NULL always holds. */
bool catalog_holds(const struct catalog_condition *condition, const struct shape *shape, const void *data);

/* A fault "missing" for every field of the route that is required, whose condition holds and which is empty;
 * "*" in a pointer is every entry of the list.  stage: form, submit, or NULL for both. */
void catalog_missing(const struct catalog_route *r, const char *stage, const struct shape *shape, const void *data,
	struct faults *faults);

#endif
