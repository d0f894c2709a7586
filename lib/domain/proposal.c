#include "domain/proposal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "io/json.h"

enum { ADD, LOCK, READ, DECIDE, WITHDRAW, OPEN, CLOSED, COUNT, OPENS };

#define LOOK \
	"SELECT p.id, p.kind, p.subject, p.state, p.summary, p.proposer_id, p.proposed_at, p.decided_by, p.decided_at, m.name, " \
	"x.name, p.base, p.reason, p.note, "
#define FROM "FROM proposal p JOIN staff m ON m.id=p.proposer_id LEFT JOIN staff x ON x.id=p.decided_by "
#define TYPES \
	"issssiiiis" \
	"ssss"
static const struct sql sql[] = {
	[ADD] = {"INSERT INTO proposal (kind, subject, open_subject, state, summary, payload_sealed, lines_sealed, base, reason, "
		 "proposer_id, proposed_at) VALUES (?,?,?,'open',?,?,?,?,?,?,?)",
		"ssssbbssii", ""},
	[LOCK] = {"SELECT id FROM proposal WHERE id=? FOR UPDATE", "i", "i"},
	[READ] = {LOOK "p.payload_sealed, p.lines_sealed " FROM "WHERE p.id=?", "i", TYPES "bb"},
	[DECIDE] =
		{"UPDATE proposal SET state=?, open_subject=NULL, decided_by=?, decided_at=?, note=? WHERE id=? AND state='open' "
		 "AND proposer_id<>?",
			"siisii", ""},
	[WITHDRAW] =
		{"UPDATE proposal SET state=?, open_subject=NULL, decided_by=?, decided_at=?, note=? WHERE id=? AND state='open' "
		 "AND proposer_id=?",
			"siisii", ""},
	[OPEN] = {LOOK "NULL, NULL " FROM
		       "WHERE p.state='open' AND p.id>? AND FIND_IN_SET(p.kind,?)>0 ORDER BY p.id LIMIT ?",
		"isi", TYPES "bb"},
	[CLOSED] = {LOOK "NULL, NULL " FROM
			 "WHERE p.state<>'open' AND p.id<? AND FIND_IN_SET(p.kind,?)>0 ORDER BY p.id DESC LIMIT ?",
		"isi", TYPES "bb"},
	[COUNT] = {"SELECT COUNT(*) FROM (SELECT id FROM proposal WHERE state='open' AND proposer_id<>? AND "
		   "FIND_IN_SET(kind,?)>0 LIMIT 100) x",
		"is", "i"},
	[OPENS] =
		{"SELECT id FROM proposal WHERE kind=? AND subject=? AND state='done' AND proposer_id=? AND decided_by<>? AND "
		 "decided_at>? ORDER BY id DESC LIMIT 1",
			"ssiii", "i"},
};
SQL_TABLE(proposal);

enum { LIMIT_MAX = 100, LIMIT_USUAL = 50 };

#define P_TEXT(m) TEXT(struct proposal, m, #m, 0, 0, NULL)
#define P_INT(m) INT(struct proposal, m, #m, 0, 0)
static const struct field fields[] = {
	P_INT(id),
	P_TEXT(kind),
	P_TEXT(subject),
	P_TEXT(state),
	P_TEXT(summary),
	P_INT(proposer_id),
	P_INT(proposed_at),
	P_INT(decided_by),
	P_INT(decided_at),
	P_TEXT(proposer),
	P_TEXT(decider),
	P_TEXT(base),
	P_TEXT(reason),
	P_TEXT(note),
	BYTES(struct proposal, payload_sealed, "payload", 0),
	BYTES(struct proposal, lines_sealed, "lines", 0),
};
static const struct shape shape = SHAPE(struct proposal, fields);

static const struct field line_fields[] = {
	TEXT(struct proposal_line, label, "label", 0, 0, NULL),
	TEXT(struct proposal_line, before, "before", 0, 0, NULL),
	TEXT(struct proposal_line, after, "after", 0, 0, NULL),
};
static const struct shape line_shape = SHAPE(struct proposal_line, line_fields);

static const struct proposal_kind *kind_find(const char *name)
{
	for (const struct proposal_kind *const *k = proposal_kinds; *k; k++)
		if (text_eq((*k)->name, name))
			return *k;
	return NULL;
}

static bool may(const struct ctx *c, enum permission p)
{
	return (c->actor.permissions & PERMISSION_BIT(p)) != 0;
}

static bool may_see(const struct ctx *c, const struct proposal_kind *k)
{
	return may(c, k->propose) || may(c, k->confirm) || may(c, PERM_AUDIT);
}

/* The place binds what is sealed to who proposed it and when, so that it cannot be put under another row. */
static const char *place(struct ctx *c, const char *part, const char *kind, int64_t proposer, int64_t at)
{
	return arena_printf(c->arena, "proposal.%s:%s:%" PRId64 ":%" PRId64, part, kind, proposer, at);
}

static enum err unseal(struct ctx *c, const char *part, const struct proposal *p, const char **ret_text)
{
	return ctx_open(c, place(c, part, p->kind, p->proposer_id, p->proposed_at),
		text_eq(part, "lines") ? p->lines_sealed : p->payload_sealed, ret_text);
}

/* --- propose -------------------------------------------------------------------------------------------------------- */

static char *payload_text(struct arena *a, const struct proposal_kind *k, const void *in)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, k->shape, in);
	return s.at;
}

static char *lines_text(struct arena *a, const struct list *lines)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_list(&j, NULL);
	for (size_t i = 0; i < lines->count; i++)
		json_shape(&j, NULL, &line_shape, &((const struct proposal_line *)lines->at)[i]);
	json_end(&j);
	return s.at;
}

/* The hash ties what is proposed, and so what is carried out, to the chain of the audit. */
static void note_down(
	struct ctx *c, const char *what, const char *kind, const char *subject, int64_t id, const char *text)
{
	audit_add(c, arena_printf(c->arena, "proposal_%s", what), arena_printf(c->arena, "%s %s", kind, subject),
		arena_printf(
			c->arena, "id %" PRId64 ", sha256 %s", id, crypto_sha256_hex(c->arena, text, strlen(text))));
}

enum err proposal_add(struct ctx *c, const char *kind, const void *in, int64_t *ret_id)
{
	const struct proposal_kind *k = kind_find(kind);
	const char *reason = *(const char *const *)(const void *)((const char *)in + k->reason_at), *text;
	int64_t who = c->actor.staff_id;
	struct proposal_what what = {0};
	enum err e;

	assert(db_in_tx(c->db));
	if (!may(c, k->propose))
		return ERR_FORBIDDEN;
	e = k->check(c, in, &what);
	if (e != ERR_OK)
		return e;
	text = payload_text(c->arena, k, in);
	e = db_exec(c->db, &sql[ADD], S(k->name), S(what.subject), S(what.subject), S(what.summary),
		B(ctx_seal(c, place(c, "payload", k->name, who, c->now), text)),
		B(ctx_seal(c, place(c, "lines", k->name, who, c->now), lines_text(c->arena, &what.lines))),
		S(what.base), S(reason), I(who), I(c->now));
	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "%s已有一项改动等另一个人确认，请先到“待确认事项”处理它", k->label);
	if (e != ERR_OK)
		return e;
	*ret_id = db_last_id(c->db);
	note_down(c, "add", k->name, what.subject, *ret_id, text);
	return ERR_OK;
}

/* --- decide --------------------------------------------------------------------------------------------------------- */

static const char *const decisions[] = {"confirm", "decline", "withdraw", NULL};
static const struct field decision_fields[] = {
	WORD_REQUIRED(struct proposal_decision, decision, "决定", decisions),
	TEXT(struct proposal_decision, note, "说明", 2, 400, rule_note),
};
const struct shape proposal_decision_shape = SHAPE(struct proposal_decision, decision_fields);

static const struct outcome {
	const char *decision, *state;
	bool own; /* of who proposed it; else of somebody else */
} outcomes[] = {
	{"confirm", "done", false},
	{"decline", "declined", false},
	{"withdraw", "withdrawn", true},
};

/* The struct that was proposed, read back. */
static enum err payload(
	struct ctx *c, const struct proposal_kind *k, const struct proposal *p, void **ret_in, const char **ret_text)
{
	const char *say;
	enum err e = unseal(c, "payload", p, ret_text);

	*ret_in = arena_alloc(c->arena, k->shape->size);
	return e == ERR_OK ? json_read(*ret_text, strlen(*ret_text), k->shape, *ret_in, &c->faults, &say) : e;
}

/* Looked at again: does what it was made on still stand?  Leaves no faults behind. */
static enum err look_again(
	struct ctx *c, const struct proposal_kind *k, const struct proposal *p, const void *in, bool *ret_stale)
{
	struct faults kept = c->faults;
	const char *say = c->say;
	struct proposal_what what = {0};
	enum err e;

	faults_init(&c->faults, c->arena);
	e = k->check(c, in, &what);
	c->faults = kept;
	c->say = say;
	*ret_stale = e == ERR_INVALID || (e == ERR_OK && !text_eq(what.base, p->base));
	return e == ERR_INVALID ? ERR_OK : e;
}

static enum err lock(struct ctx *c, int64_t id, struct proposal *p, const struct proposal_kind **ret_kind)
{
	struct db_int locked;
	enum err e = db_one(c->db, &sql[LOCK], &db_int_shape, &locked, I(id));

	assert(db_in_tx(c->db));
	if (e == ERR_OK)
		e = db_one(c->db, &sql[READ], &shape, p, I(id));
	if (e != ERR_OK)
		return e;
	*ret_kind = kind_find(p->kind);
	return *ret_kind && may_see(c, *ret_kind) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err allowed(struct ctx *c, const struct proposal_kind *k, const struct proposal *p, const struct outcome *o,
	const struct proposal_decision *in)
{
	bool own = p->proposer_id == c->actor.staff_id;

	if (!text_eq(p->state, "open"))
		return ctx_say(c, ERR_WRONG_STATE, "这一项已经%s了",
			text_eq(p->state, "done")	? "确认"
			: text_eq(p->state, "declined") ? "退回"
							: "撤回");
	if (o->own && !own)
		return ctx_say(c, ERR_FORBIDDEN, "只有提出的人能撤回，您可以退回");
	if (!o->own && own)
		return ctx_say(c, ERR_TWO_PERSONS, "这是您自己提出的，请另一个人确认或退回");
	if (!o->own && !may(c, k->confirm))
		return ERR_FORBIDDEN;
	if (text_eq(o->state, "declined") && !in->note) {
		fault_add(&c->faults, "/note", "missing", "请写明为什么退回");
		return ERR_INVALID;
	}
	return ERR_OK;
}

static enum err carry_out(struct ctx *c, const struct proposal_kind *k, const struct proposal *p, const void *data)
{
	bool stale;
	enum err e = look_again(c, k, p, data, &stale);

	if (e == ERR_OK && stale)
		return ctx_say(c, ERR_STALE, "提出以后，要改的内容已经变了，请退回，按现在的内容重新提出");
	return e == ERR_OK ? k->carry_out(c, data, p) : e;
}

enum err proposal_decide(struct ctx *c, int64_t id, const struct proposal_decision *in)
{
	const struct outcome *o = &outcomes[text_index(decisions, in->decision)];
	const struct proposal_kind *k;
	struct proposal p = {0};
	const char *text = NULL;
	void *data = NULL;
	enum err e = lock(c, id, &p, &k);

	if (e == ERR_OK)
		e = allowed(c, k, &p, o, in);
	if (e == ERR_OK)
		e = payload(c, k, &p, &data, &text);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[o->own ? WITHDRAW : DECIDE], S(o->state), I(c->actor.staff_id), I(c->now),
			S(in->note), I(id), I(c->actor.staff_id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_TWO_PERSONS;
	if (e == ERR_OK && text_eq(o->state, "done"))
		e = carry_out(c, k, &p, data);
	if (e == ERR_OK)
		note_down(c, in->decision, k->name, p.subject, id, text);
	return e;
}

enum err proposal_opens(struct ctx *c, const char *kind, const char *subject, int64_t within_s)
{
	int64_t who = c->actor.staff_id;
	struct db_int id;
	enum err e = db_one(
		c->db, &sql[OPENS], &db_int_shape, &id, S(kind), S(subject), I(who), I(who), I(c->now - within_s));

	return e == ERR_NOT_FOUND ? ERR_TWO_PERSONS : e;
}

/* --- for the desk --------------------------------------------------------------------------------------------------- */

static const char *const sides[] = {"open", "closed", NULL};
static const struct field query_fields[] = {
	WORD(struct proposal_query, state, "状态", sides),
	TEXT(struct proposal_query, kind, "事项", 1, 20, rule_word),
	TEXT(struct proposal_query, after, "翻页位置", 1, 19, rule_word),
	INT(struct proposal_query, limit, "条数", 1, LIMIT_MAX),
};
const struct shape proposal_query_shape = SHAPE(struct proposal_query, query_fields);

/* Kinds as FIND_IN_SET wants them. */
static const char *kinds_of(
	struct ctx *c, const char *only, bool (*fits)(const struct ctx *, const struct proposal_kind *))
{
	struct str s;

	str_init(&s, c->arena);
	for (const struct proposal_kind *const *k = proposal_kinds; *k; k++)
		if ((!only || text_eq(only, (*k)->name)) && fits(c, *k))
			str_addf(&s, "%s%s", s.len ? "," : "", (*k)->name);
	return s.len ? s.at : "";
}

/* Members only. */
static void write_head(struct ctx *c, const struct proposal *p, struct json_out *j)
{
	const struct proposal_kind *k = kind_find(p->kind);
	bool own = p->proposer_id == c->actor.staff_id;

	json_int(j, "id", p->id);
	json_text(j, "kind", p->kind);
	json_text(j, "kind_name", k ? k->label : p->kind);
	json_text(j, "subject", p->subject);
	json_text(j, "state", p->state);
	json_text(j, "summary", p->summary);
	json_text(j, "reason", p->reason);
	json_text(j, "by", p->proposer);
	json_bool(j, "mine", own);
	json_bool(j, "may_confirm", !own && k && may(c, k->confirm));
	json_time(j, "at", p->proposed_at);
	json_text(j, "decided_by", p->decider);
	json_time(j, "decided_at", p->decided_at);
	json_text(j, "note", p->note);
}

enum err proposal_write_list(struct ctx *c, const struct proposal_query *q, struct json_out *j)
{
	int64_t limit = q->limit ? q->limit : LIMIT_USUAL;
	bool closed = text_eq(q->state, "closed");
	int64_t after = q->after ? strtoll(q->after, NULL, 10) : closed ? INT64_MAX : 0;
	const struct proposal *p;
	struct list rows;
	enum err e = db_all(c->db, &sql[closed ? CLOSED : OPEN], &shape, &rows, I(after),
		S(kinds_of(c, q->kind, may_see)), I(limit));

	if (e != ERR_OK)
		return e;
	p = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		json_object(j, NULL);
		write_head(c, &p[i], j);
		json_end(j);
	}
	json_end(j);
	JSON_NEXT(j, &rows, limit, struct proposal);
	json_end(j);
	return ERR_OK;
}

enum err proposal_write_one(struct ctx *c, int64_t id, struct json_out *j)
{
	const char *lines, *text;
	const struct proposal_kind *k;
	struct proposal p = {0};
	bool stale = false;
	void *data;
	enum err e = db_one(c->db, &sql[READ], &shape, &p, I(id));

	k = e == ERR_OK ? kind_find(p.kind) : NULL;
	if (e == ERR_OK && (!k || !may_see(c, k)))
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = unseal(c, "lines", &p, &lines);
	if (e == ERR_OK && text_eq(p.state, "open")) {
		e = payload(c, k, &p, &data, &text);
		if (e == ERR_OK)
			e = look_again(c, k, &p, data, &stale);
	}
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	write_head(c, &p, j);
	json_raw(j, "lines", lines);
	json_bool(j, "stale", stale);
	json_end(j);
	return ERR_OK;
}

static bool may_confirm(const struct ctx *c, const struct proposal_kind *k)
{
	return may(c, k->confirm);
}

enum err proposal_warn(struct ctx *c, struct json_out *j)
{
	const char *kinds = kinds_of(c, NULL, may_confirm);
	struct db_int n = {0};
	enum err e = *kinds ? db_one(c->db, &sql[COUNT], &db_int_shape, &n, I(c->actor.staff_id), S(kinds)) : ERR_OK;

	if (e != ERR_OK || !n.value)
		return e;
	json_object(j, NULL);
	json_text(j, "code", "proposals");
	json_text(j, "text", arena_printf(c->arena, "有%" PRId64 "项改动等您确认。", n.value));
	json_text(j, "url", "/staff/proposals.html");
	json_end(j);
	return ERR_OK;
}
