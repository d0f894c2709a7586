#include "domain/rekey.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "io/json.h"

enum { OF_PERSON, ADD };

static const struct sql sql[] = {
	[OF_PERSON] =
		{"SELECT attempt, matched, wrong, typed_sealed FROM rekey WHERE application_id=? AND staff_id=? AND "
		 "data_hash=? ORDER BY attempt DESC",
			"iib", "iisb"},
	[ADD] = {"INSERT INTO rekey (application_id, staff_id, data_hash, attempt, matched, wrong, typed_sealed, at) VALUES "
		 "(?,?,?,?,?,?,?,?)",
		"iibiisbi", ""},
};
SQL_TABLE(rekey);

static const struct field in_fields[] = {
	TEXT(struct rekey_in, unit_name, "单位名称", 1, 128, rule_any),
	TEXT(struct rekey_in, uscc, "统一社会信用代码", 1, 40, rule_any),
	TEXT(struct rekey_in, person_name, "持有人姓名", 1, 60, rule_any),
};
const struct shape rekey_in_shape = SHAPE(struct rekey_in, in_fields);

static const struct key_field {
	const char *name, *pointer; /* of in_fields; in the data */
	field_rule fold;
} key_fields[] = {
	{"unit_name", "/unit/name", rule_unit},
	{"uscc", "/unit/uscc", rule_uscc},
	{"person_name", "/person/name", rule_person},
};
enum { FIELDS = ARRAY_LEN(key_fields) };

static const struct field *in_field(const struct key_field *k)
{
	return field_find(&rekey_in_shape, k->name, strlen(k->name));
}

static bool asks(const struct application *app, const struct key_field *k)
{
	CATALOG_EACH(struct catalog_field, f, &app->route->fields)
		if (text_eq(f->pointer, k->pointer))
			return true;
	return false;
}

static const char *stored(const struct application *app, const struct key_field *k)
{
	const void *base;
	const struct field *f = field_at(&application_data_shape, &app->data, k->pointer, &base);

	return *FIELD_PTR(f, base, const char *);
}

static const char *typed(const struct rekey_in *in, const struct key_field *k)
{
	return *FIELD_PTR(in_field(k), in, const char *);
}

bool rekey_asked(const struct application *app)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (asks(app, &key_fields[i]))
			return true;
	return false;
}

const char *rekey_label(const struct application *app, const char *name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (text_eq(key_fields[i].name, name) && asks(app, &key_fields[i]))
			return in_field(&key_fields[i])->label;
	return NULL;
}

struct bytes rekey_hash(struct ctx *c, const struct application *app)
{
	return ctx_index(c, "rekey", application_form_text(c->arena, &app->data));
}

/* --- what this person has typed ------------------------------------------------------------------------------------- */

struct attempt {
	int64_t attempt;
	bool matched;
	const char *wrong;
	struct bytes typed_sealed;
};
static const struct field attempt_fields[] = {
	INT(struct attempt, attempt, "attempt", 0, 0),
	BOOL(struct attempt, matched, "matched"),
	TEXT(struct attempt, wrong, "wrong", 0, 0, NULL),
	BYTES(struct attempt, typed_sealed, "typed", 0),
};
static const struct shape attempt_shape = SHAPE(struct attempt, attempt_fields);

/* The last try; attempt 0: none. */
static enum err last_try(struct ctx *c, const struct application *app, struct attempt *ret_last)
{
	struct list rows;
	enum err e = db_all(
		c->db, &sql[OF_PERSON], &attempt_shape, &rows, I(app->id), I(c->actor.staff_id), B(rekey_hash(c, app)));

	*ret_last = e == ERR_OK && rows.count ? *(const struct attempt *)rows.at : (struct attempt){0};
	return e;
}

static bool may_approve(const struct ctx *c, const struct application *app)
{
	int64_t me = c->actor.staff_id;

	return c->actor.kind == ACTOR_STAFF && (c->actor.permissions & PERMISSION_BIT(PERM_CASE_APPROVE)) != 0 &&
	       app->reviewer1 != me && app->opened_by != me;
}

enum err rekey_blind(struct ctx *c, const struct application *app, bool *ret_blind)
{
	struct attempt last = {0};
	enum err e = ERR_OK;

	*ret_blind = false;
	if (app->state != STATE_SECOND_REVIEW || !may_approve(c, app) || !rekey_asked(app))
		return ERR_OK;
	e = last_try(c, app, &last);
	*ret_blind = !last.matched && last.attempt < REKEY_TRIES;
	return e;
}

enum err rekey_open(struct ctx *c, const struct application *app)
{
	bool blind;
	enum err e = rekey_blind(c, app, &blind);

	return e == ERR_OK && blind ? ctx_say(c, ERR_WRONG_STATE, "请先按图片完成核对录入，一致后才显示填报内容") : e;
}

void rekey_hide(struct arena *a, struct application_data *data)
{
	struct item_data *items = arena_array(a, data->items.count + 1, sizeof *items);

	for (size_t i = 0; i < data->items.count; i++) {
		items[i] = ((const struct item_data *)data->items.at)[i];
		items[i].seal_name = NULL;
	}
	data->items.at = items;
	data->unit.name = data->unit.uscc = data->unit.legal_rep = NULL;
	data->person.name = data->person.id_number = NULL;
	data->agent.name = data->agent.id_number = NULL;
	data->change.before = data->change.after = NULL;
	data->delivery.name = NULL;
	data->invoice.title = data->invoice.tax_number = NULL;
	data->remittance.payer_name = NULL;
}

/* --- a try ---------------------------------------------------------------------------------------------------------- */

/* Folded by the rule of the field where it is one, then by comparison key. */
static const char *key_of(struct arena *a, const struct key_field *k, const char *text)
{
	const char *folded = text ? text : "", *say;

	if (k->fold(a, &folded, &say))
		folded = text ? text : "";
	return name_key(a, folded);
}

static const char *compare(struct ctx *c, const struct application *app, const struct rekey_in *in)
{
	struct str wrong;

	str_init(&wrong, c->arena);
	for (size_t i = 0; i < FIELDS; i++) {
		const struct key_field *k = &key_fields[i];

		if (asks(app, k) && !text_eq(key_of(c->arena, k, typed(in, k)), key_of(c->arena, k, stored(app, k))))
			str_addf(&wrong, "%s%s", wrong.len ? " " : "", k->name);
	}
	return wrong.len ? wrong.at : "";
}

static enum err check(struct ctx *c, const struct application *app, const struct rekey_in *in)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const struct key_field *k = &key_fields[i];
		const char *at = arena_printf(c->arena, "/%s", k->name), *text = typed(in, k);

		if (asks(app, k) && (!text || !*name_key(c->arena, text)))
			fault_add(&c->faults, at, "missing", "请按图片填写%s", in_field(k)->label);
		if (!asks(app, k) && text)
			fault_add(&c->faults, at, "choice", "这件申请不核对%s", in_field(k)->label);
	}
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

static enum err may_try(struct ctx *c, const struct application *app, struct attempt *ret_last)
{
	enum err e;

	if (app->state != STATE_SECOND_REVIEW)
		return ctx_say(c, ERR_WRONG_STATE, "这件申请不在复审");
	if (!may_approve(c, app))
		return ctx_say(c, ERR_TWO_PERSONS, "初审与复审须由不同的人办理，请交给另一位同事复审");
	if (!rekey_asked(app))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请没有要核对录入的内容");
	e = last_try(c, app, ret_last);
	if (e == ERR_OK && ret_last->matched)
		return ctx_say(c, ERR_WRONG_STATE, "已经核对一致，不用再录");
	if (e == ERR_OK && ret_last->attempt >= REKEY_TRIES)
		return ctx_say(c, ERR_WRONG_STATE, "%d次都没有录一致，请退回，或交给另一位同事复审", REKEY_TRIES);
	return e;
}

static const char *place(struct arena *a, const struct application *app)
{
	return arena_printf(a, "rekey.typed:%" PRId64, app->id);
}

static char *typed_text(struct arena *a, const struct rekey_in *in)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, &rekey_in_shape, in);
	return s.at;
}

static enum err write_all(struct ctx *c, const struct application *app, struct json_out *j);

enum err rekey_try(struct ctx *c, const char *no, const struct rekey_in *in, struct json_out *j)
{
	struct application app;
	struct attempt last = {0};
	struct bytes sealed = {0};
	const char *wrong;
	enum err e = application_lock(c, no, &app);

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = may_try(c, &app, &last);
	if (e == ERR_OK)
		e = check(c, &app, in);
	if (e != ERR_OK)
		return e;
	wrong = compare(c, &app, in);
	if (*wrong)
		sealed = ctx_seal(c, place(c->arena, &app), typed_text(c->arena, in));
	e = db_exec(c->db, &sql[ADD], I(app.id), I(c->actor.staff_id), B(rekey_hash(c, &app)), I(last.attempt + 1),
		I(!*wrong), S(wrong), B(sealed), I(c->now));
	if (e != ERR_OK)
		return e;
	audit_add(c, "rekey", no,
		arena_printf(c->arena, "try %" PRId64 ": %s", last.attempt + 1, *wrong ? wrong : "right"));
	return write_all(c, &app, j);
}

/* --- what came of it ------------------------------------------------------------------------------------------------ */

static bool names(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; at && (at = strstr(at, name)); at += n)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

static enum err read_typed(
	struct ctx *c, const struct application *app, const struct attempt *last, struct rekey_in *ret_in)
{
	const char *text, *say;
	struct faults faults;
	enum err e = ctx_open(c, place(c->arena, app), last->typed_sealed, &text);

	if (e != ERR_OK)
		return e;
	faults_init(&faults, c->arena);
	return json_read(text, strlen(text), &rekey_in_shape, ret_in, &faults, &say);
}

static enum err write_all(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct attempt last = {0};
	struct rekey_in in = {0};
	enum err e = last_try(c, app, &last);
	bool over = !last.matched && last.attempt >= REKEY_TRIES;

	if (e == ERR_OK && over)
		e = read_typed(c, app, &last, &in);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_bool(j, "asked", app->state == STATE_SECOND_REVIEW && may_approve(c, app) && rekey_asked(app));
	json_bool(j, "matched", last.matched);
	json_int(j, "tries_left", last.matched ? 0 : REKEY_TRIES - last.attempt);
	json_list(j, "fields");
	for (size_t i = 0; i < FIELDS; i++) {
		const struct key_field *k = &key_fields[i];
		bool differs = names(last.wrong, k->name);

		if (!asks(app, k))
			continue;
		json_object(j, NULL);
		json_text(j, "name", k->name);
		json_text(j, "label", in_field(k)->label);
		json_bool(j, "differs", differs);
		json_text(j, "typed", over && differs ? typed(&in, k) : NULL);
		json_text(j, "stored", over && differs ? stored(app, k) : NULL);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

enum err rekey_write(struct ctx *c, const char *no, struct json_out *j)
{
	struct application app;
	enum err e = application_read(c, no, &app);

	return e == ERR_OK ? write_all(c, &app, j) : e;
}
