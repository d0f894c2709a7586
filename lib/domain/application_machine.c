#include "domain/application_machine.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "domain/application_former.h"
#include "domain/audit.h"

enum { SIGNED, CONFIRMED, RECORD };

static const struct sql sql[] = {
	[SIGNED] =
		{"SELECT t.sign_serial FROM signature s JOIN certificate t ON t.id=s.certificate_id WHERE s.application_id=? "
		 "ORDER BY s.id DESC LIMIT 1",
			"i", "s"},
	[CONFIRMED] =
		{"SELECT COUNT(*) FROM gate WHERE application_id=? AND name='signature' AND closed_by IS NOT NULL", "i",
			"i"},
	[RECORD] = {"SELECT at, detail FROM audit WHERE object=? AND action='machine_review' ORDER BY seq DESC LIMIT 1",
		"s", "is"},
};
SQL_TABLE(application_machine);

struct look {
	struct ctx *c;
	const struct application *app;
	const struct gates *gates;
	struct faults faults;	/* of the certificates that the case is about */
	const char *signer;	/* serial of the certificate that signed; NULL: none is kept */
	bool confirmed, usable; /* a reviewer checked the signature; the one that signed may sign now */
};

static const char *gate_day(const struct look *l, enum gate gate)
{
	for (size_t i = 0; i < l->gates->count; i++)
		if (l->gates->at[i].gate->kind == gate && l->gates->at[i].closed_at)
			return date_text(l->c->arena, date_of_moment(l->gates->at[i].closed_at));
	return NULL;
}

/* The answers below: NULL is no, else a word without blanks that is kept with the yes. */
static const char *is_signed(const struct look *l)
{
	return l->signer ? l->signer : l->confirmed ? "confirmed" : NULL;
}

static const char *still_signs(const struct look *l)
{
	return l->usable ? "ok" : NULL;
}

static const char *is_paid(const struct look *l)
{
	return l->app->amount_fen ? gate_day(l, GATE_MONEY) : "free";
}

/* What is asked.  against: faults of the certificates that mean no; NULL: ask() answers. */
static const struct predicate {
	const char *code, *label, *against;
	const char *(*ask)(const struct look *l);
} predicates[] = {
	{"known", "原证书有登记，属于申请的单位或个人，没有重复", "not_found repeated", NULL},
	{"status", "原证书在有效状态", "status expired expired_offline", NULL},
	{"window", "在可以续期的时间内", "too_early expired_offline", NULL},
	{"same", "名称、地址和印章与原证书一致", "frozen", NULL},
	{"free", "原证书没有其他在办业务", "open_case", NULL},
	{"signature", "签名已核验，有证据留存", NULL, is_signed},
	{"signer", "签名所用的证书现在仍有效", NULL, still_signs},
	{"money", "款项已到账", NULL, is_paid},
};

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strncmp(at, word, n) == 0 && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* The fault that speaks against it; NULL: none. */
static const struct fault *against(const struct predicate *p, const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		if (has_word(p->against, faults->at[i].code))
			return &faults->at[i];
	return NULL;
}

static enum err look_at_signature(struct look *l)
{
	struct register_certificate r;
	struct db_text serial = {NULL};
	struct db_int staff = {0};
	bool may = false;
	enum err e = db_one(l->c->db, &sql[SIGNED], &db_text_shape, &serial, I(l->app->id));

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	l->signer = serial.value;
	e = db_one(l->c->db, &sql[CONFIRMED], &db_int_shape, &staff, I(l->app->id));
	l->confirmed = staff.value > 0;
	if (e != ERR_OK || !l->signer) {
		l->usable = l->confirmed;
		return e;
	}
	e = register_find(l->c, l->signer, &r);
	if (e == ERR_OK && r.status == REGISTER_VALID)
		e = former_may_sign(l->c, l->app, &r, &may);
	l->usable = may;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

bool machine_reviews(const struct application *app)
{
	return text_eq(application_effect(app), "extend");
}

enum err machine_review(struct ctx *c, const struct application *app, const struct gates *gates, bool *ret_passed)
{
	struct look l = {.c = c, .app = app, .gates = gates};
	struct str s;
	enum err e;

	assert(db_in_tx(c->db));
	faults_init(&l.faults, c->arena);
	str_init(&s, c->arena);
	e = former_check(c, app, &l.faults);
	if (e == ERR_OK)
		e = look_at_signature(&l);
	if (e != ERR_OK)
		return e;
	*ret_passed = true;
	for (size_t i = 0; i < ARRAY_LEN(predicates); i++) {
		const struct predicate *p = &predicates[i];
		const struct fault *bad = p->against ? against(p, &l.faults) : NULL;
		const char *yes = p->against ? bad ? NULL : "ok" : p->ask(&l);

		*ret_passed = *ret_passed && yes;
		str_addf(&s, " %s=%s", p->code, yes ? yes : "-");
		if (bad)
			str_addf(&s, "%s", bad->code);
	}
	audit_add(
		c, "machine_review", app->no, arena_printf(c->arena, "%s%s", *ret_passed ? "passed" : "people", s.at));
	return ERR_OK;
}

/* --- for staff --- */

struct record {
	int64_t at;
	const char *detail;
};
static const struct field record_fields[] = {
	TIME(struct record, at, "at"), TEXT(struct record, detail, "detail", 0, 0, NULL)};
static const struct shape record_shape = SHAPE(struct record, record_fields);

/* The answer behind " code=" in a record; NULL: it was not asked then. */
static const char *answer(struct arena *a, const char *detail, const char *code)
{
	const char *at = strstr(detail, arena_printf(a, " %s=", code));

	return at ? arena_textn(a, at + strlen(code) + 2, strcspn(at + strlen(code) + 2, " ")) : NULL;
}

enum err machine_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct record r;
	enum err e = db_one(c->db, &sql[RECORD], &record_shape, &r, S(app->no));

	if (e != ERR_OK) {
		json_null(j, "machine");
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	json_object(j, "machine");
	json_time(j, "at", r.at);
	json_bool(j, "passed", strncmp(r.detail, "passed ", 7) == 0);
	json_list(j, "checks");
	for (size_t i = 0; i < ARRAY_LEN(predicates); i++) {
		const char *said = answer(c->arena, r.detail, predicates[i].code);

		if (!said)
			continue;
		json_object(j, NULL);
		json_text(j, "code", predicates[i].code);
		json_text(j, "label", predicates[i].label);
		json_bool(j, "passed", *said != '-');
		json_text(j, "detail", text_eq(said, "ok") ? "" : said + (*said == '-'));
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}
