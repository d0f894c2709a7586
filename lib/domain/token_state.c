#include "domain/token_state.h"

#include <assert.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"

enum { READ, LOCK, ADD, MOVE, EVENT_ADD, EVENTS, LOSER };

static const struct sql sql[] = {
	[READ] = {"SELECT state, changed_at FROM token WHERE serial=?", "s", "si"},
	[LOCK] = {"SELECT state, changed_at FROM token WHERE serial=? FOR UPDATE", "s", "si"},
	[ADD] = {"INSERT INTO token (serial, state, changed_at) VALUES (?,?,?)", "ssi", ""},
	[MOVE] = {"UPDATE token SET state=?, changed_at=? WHERE serial=? AND state=?", "siss", ""},
	[EVENT_ADD] =
		{"INSERT INTO token_event (token_serial, at, event, from_state, to_state, staff_id, application_id, note) "
		 "VALUES (?,?,?,?,?,?,?,?)",
			"sisssiis", ""},
	[EVENTS] = {"SELECT e.at, e.event, e.to_state, s.name, a.no, e.note FROM token_event e "
		    "LEFT JOIN staff s ON s.id=e.staff_id LEFT JOIN application a ON a.id=e.application_id "
		    "WHERE e.token_serial=? ORDER BY e.id DESC LIMIT 100",
		"s", "isssss"},
	[LOSER] =
		{"SELECT COALESCE(application_id,0) FROM token_event WHERE token_serial=? AND event='lose' ORDER BY id DESC LIMIT 1",
			"s", "i"},
};
SQL_TABLE(token);

/* --- what may follow ------------------------------------------------------------------------------------------------ */

const char *const token_state_words[] = {
	[TOKEN_STATE_BLANK] = "blank",
	[TOKEN_STATE_IN_USE] = "in_use",
	[TOKEN_STATE_LOCKED] = "locked",
	[TOKEN_STATE_DAMAGED] = "damaged",
	[TOKEN_STATE_LOST] = "lost",
	[TOKEN_STATE_RETIRED] = "retired",
	[TOKEN_STATE_MAX] = NULL,
};

const char *const token_event_words[] = {
	[TOKEN_EVENT_WRITE] = "write",
	[TOKEN_EVENT_LOCK] = "lock",
	[TOKEN_EVENT_UNLOCK] = "unlock",
	[TOKEN_EVENT_DAMAGE] = "damage",
	[TOKEN_EVENT_LOSE] = "lose",
	[TOKEN_EVENT_FIND] = "find",
	[TOKEN_EVENT_RETIRE] = "retire",
	[TOKEN_EVENT_MAX] = NULL,
};

static const char *const state_names[] = {
	[TOKEN_STATE_BLANK] = "未用",
	[TOKEN_STATE_IN_USE] = "在用",
	[TOKEN_STATE_LOCKED] = "已锁定",
	[TOKEN_STATE_DAMAGED] = "已损坏",
	[TOKEN_STATE_LOST] = "已遗失",
	[TOKEN_STATE_RETIRED] = "已停用",
};

static const char *const event_names[] = {
	[TOKEN_EVENT_WRITE] = "写入证书",
	[TOKEN_EVENT_LOCK] = "登记锁定",
	[TOKEN_EVENT_UNLOCK] = "解锁",
	[TOKEN_EVENT_DAMAGE] = "登记损坏",
	[TOKEN_EVENT_LOSE] = "登记遗失",
	[TOKEN_EVENT_FIND] = "登记找到",
	[TOKEN_EVENT_RETIRE] = "停用",
};

/* A forgotten password is told by the holder, so what is in use may be unlocked without having been seen locked. */
static const struct {
	enum token_state from;
	enum token_event event;
	enum token_state to;
} steps[] = {
	{TOKEN_STATE_BLANK, TOKEN_EVENT_WRITE, TOKEN_STATE_IN_USE},
	{TOKEN_STATE_BLANK, TOKEN_EVENT_DAMAGE, TOKEN_STATE_DAMAGED},
	{TOKEN_STATE_BLANK, TOKEN_EVENT_LOSE, TOKEN_STATE_LOST},
	{TOKEN_STATE_BLANK, TOKEN_EVENT_RETIRE, TOKEN_STATE_RETIRED},
	{TOKEN_STATE_IN_USE, TOKEN_EVENT_WRITE, TOKEN_STATE_IN_USE},
	{TOKEN_STATE_IN_USE, TOKEN_EVENT_LOCK, TOKEN_STATE_LOCKED},
	{TOKEN_STATE_IN_USE, TOKEN_EVENT_UNLOCK, TOKEN_STATE_IN_USE},
	{TOKEN_STATE_IN_USE, TOKEN_EVENT_DAMAGE, TOKEN_STATE_DAMAGED},
	{TOKEN_STATE_IN_USE, TOKEN_EVENT_LOSE, TOKEN_STATE_LOST},
	{TOKEN_STATE_IN_USE, TOKEN_EVENT_RETIRE, TOKEN_STATE_RETIRED},
	{TOKEN_STATE_LOCKED, TOKEN_EVENT_UNLOCK, TOKEN_STATE_IN_USE},
	{TOKEN_STATE_LOCKED, TOKEN_EVENT_DAMAGE, TOKEN_STATE_DAMAGED},
	{TOKEN_STATE_LOCKED, TOKEN_EVENT_LOSE, TOKEN_STATE_LOST},
	{TOKEN_STATE_LOCKED, TOKEN_EVENT_RETIRE, TOKEN_STATE_RETIRED},
	{TOKEN_STATE_DAMAGED, TOKEN_EVENT_LOSE, TOKEN_STATE_LOST},
	{TOKEN_STATE_DAMAGED, TOKEN_EVENT_RETIRE, TOKEN_STATE_RETIRED},
	{TOKEN_STATE_LOST, TOKEN_EVENT_FIND, TOKEN_STATE_IN_USE},
	{TOKEN_STATE_LOST, TOKEN_EVENT_RETIRE, TOKEN_STATE_RETIRED},
};

enum token_state token_after(enum token_state from, enum token_event event)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i].from == from && steps[i].event == event)
			return steps[i].to;
	return TOKEN_STATE_MAX;
}

const char *token_refusal(enum token_state from)
{
	static const char *const say[] = {
		[TOKEN_STATE_BLANK] = "这个UKey还没有写入过证书，不能进行这一步",
		[TOKEN_STATE_IN_USE] = "这个UKey正在使用，没有登记遗失",
		[TOKEN_STATE_LOCKED] = "这个UKey已锁定，请先解锁",
		[TOKEN_STATE_DAMAGED] = "这个UKey已登记为损坏，请换一个",
		[TOKEN_STATE_LOST] = "这个UKey已登记为遗失；找到了的，请先登记找到",
		[TOKEN_STATE_RETIRED] = "这个UKey已停用，请换一个",
	};

	return say[from];
}

/* --- steps ---------------------------------------------------------------------------------------------------------- */

struct row {
	const char *state;
	int64_t changed_at;
};
static const struct field row_fields[] = {
	TEXT(struct row, state, "state", 0, 0, NULL),
	TIME(struct row, changed_at, "changed_at"),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static enum err find(struct ctx *c, int statement, const char *serial, struct row *ret_row, enum token_state *ret_state)
{
	enum err e = db_one(c->db, &sql[statement], &row_shape, ret_row, S(serial));
	int state = e == ERR_OK ? text_index(token_state_words, ret_row->state) : TOKEN_STATE_BLANK;

	if (e == ERR_NOT_FOUND)
		*ret_row = (struct row){NULL, 0};
	else if (e != ERR_OK || state < 0)
		return e != ERR_OK ? e : ERR_INTERNAL;
	*ret_state = (enum token_state)state;
	return ERR_OK;
}

enum err token_may(struct ctx *c, const char *serial, enum token_event event, bool *ret_may)
{
	enum token_state state;
	struct row row;
	enum err e = serial ? find(c, READ, serial, &row, &state) : ERR_OK;

	*ret_may = !serial || (e == ERR_OK && token_after(state, event) != TOKEN_STATE_MAX);
	return e;
}

enum err token_check(struct ctx *c, const char *serial, enum token_event event)
{
	enum token_state state;
	struct row row;
	enum err e = serial ? find(c, READ, serial, &row, &state) : ERR_OK;

	if (!serial || e != ERR_OK)
		return e;
	return token_after(state, event) == TOKEN_STATE_MAX ? ctx_say(c, ERR_WRONG_STATE, "%s", token_refusal(state))
							    : ERR_OK;
}

static enum err step(struct ctx *c, const char *serial, const struct row *old, enum token_state from,
	enum token_event event, int64_t application_id, const char *note)
{
	const char *before = token_state_words[from], *after = token_state_words[token_after(from, event)];
	enum err e = old->state ? db_exec(c->db, &sql[MOVE], S(after), I(c->now), S(serial), S(before))
				: db_exec(c->db, &sql[ADD], S(serial), S(after), I(c->now));

	if (e == ERR_CONFLICT || (e == ERR_OK && old->state && db_changed(c->db) != 1))
		return ERR_BUSY;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[EVENT_ADD], S(serial), I(c->now), S(token_event_words[event]), S(before),
			S(after), I0(c->actor.staff_id), I0(application_id), S(note));
	audit_add(c, arena_printf(c->arena, "token_%s", token_event_words[event]), serial,
		arena_printf(c->arena, "%s → %s", before, after));
	return e;
}

enum err token_move(struct ctx *c, const char *serial, enum token_event event, int64_t application_id, const char *note)
{
	enum token_state from;
	struct row row;
	enum err e;

	assert(db_in_tx(c->db));
	e = find(c, LOCK, serial, &row, &from);
	if (e != ERR_OK)
		return e;
	if (token_after(from, event) == TOKEN_STATE_MAX)
		return ctx_say(c, ERR_WRONG_STATE, "%s", token_refusal(from));
	return step(c, serial, &row, from, event, application_id, note);
}

static enum err lost_by(struct ctx *c, const char *serial, int64_t application_id, bool *ret_so)
{
	struct db_int loser = {0};
	enum err e = db_one(c->db, &sql[LOSER], &db_int_shape, &loser, S(serial));

	*ret_so = e == ERR_OK && loser.value == application_id;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err token_follow(struct ctx *c, const char *serial, enum token_event event, int64_t application_id)
{
	enum token_state from;
	struct row row;
	bool may = true;
	enum err e;

	assert(db_in_tx(c->db));
	if (text_empty(serial))
		return ERR_OK;
	e = find(c, LOCK, serial, &row, &from);
	if (e == ERR_OK && event == TOKEN_EVENT_FIND)
		e = lost_by(c, serial, application_id, &may);
	if (e != ERR_OK || !may || token_after(from, event) == TOKEN_STATE_MAX)
		return e;
	return step(c, serial, &row, from, event, application_id, NULL);
}

/* --- for the desk --------------------------------------------------------------------------------------------------- */

/* Writing is done by production alone. */
static const char *const by_hand[] = {"lock", "unlock", "damage", "lose", "find", "retire", NULL};
static const struct field in_fields[] = {
	WORD_REQUIRED(struct token_in, event, "登记", by_hand),
	TEXT_REQUIRED(struct token_in, note, "说明", 2, 400, rule_note),
};
const struct shape token_in_shape = SHAPE(struct token_in, in_fields);

struct past {
	int64_t at;
	const char *event, *state, *by, *no, *note;
};
static const struct field past_fields[] = {
	TIME(struct past, at, "at"),
	TEXT(struct past, event, "event", 0, 0, NULL),
	TEXT(struct past, state, "state", 0, 0, NULL),
	TEXT(struct past, by, "by", 0, 0, NULL),
	TEXT(struct past, no, "no", 0, 0, NULL),
	TEXT(struct past, note, "note", 0, 0, NULL),
};
static const struct shape past_shape = SHAPE(struct past, past_fields);

static void write_past(const struct past *p, struct json_out *j)
{
	int event = text_index(token_event_words, p->event), state = text_index(token_state_words, p->state);

	json_object(j, NULL);
	json_time(j, "at", p->at);
	json_text(j, "event", p->event);
	json_text(j, "event_name", event < 0 ? p->event : event_names[event]);
	json_text(j, "state", p->state);
	json_text(j, "state_name", state < 0 ? p->state : state_names[state]);
	json_text(j, "by", p->by);
	json_text(j, "case_no", p->no);
	json_text(j, "note", p->note);
	json_end(j);
}

static void write_may(enum token_state state, struct json_out *j)
{
	json_list(j, "may");
	for (size_t i = 0; by_hand[i]; i++) {
		enum token_event event = (enum token_event)text_index(token_event_words, by_hand[i]);

		if (token_after(state, event) == TOKEN_STATE_MAX)
			continue;
		json_object(j, NULL);
		json_text(j, "event", by_hand[i]);
		json_text(j, "name", event_names[event]);
		json_end(j);
	}
	json_end(j);
}

enum err token_write(struct ctx *c, const char *serial, const char *key, struct json_out *j)
{
	enum token_state state;
	struct list events;
	struct row row;
	enum err e;

	if (!serial) {
		json_null(j, key);
		return ERR_OK;
	}
	e = find(c, READ, serial, &row, &state);
	if (e == ERR_OK)
		e = db_all(c->db, &sql[EVENTS], &past_shape, &events, S(serial));
	if (e != ERR_OK)
		return e;
	json_object(j, key);
	json_text(j, "state", token_state_words[state]);
	json_text(j, "state_name", state_names[state]);
	json_time(j, "changed_at", row.changed_at);
	write_may(state, j);
	json_list(j, "events");
	CATALOG_EACH(struct past, p, &events)
		write_past(p, j);
	json_end(j);
	json_end(j);
	return ERR_OK;
}
