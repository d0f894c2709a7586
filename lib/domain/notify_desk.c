#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/notify_driver.h"
#include "domain/paging.h"

/* Messages as staff see them, and sending one again. */

enum { ALL, OF_STATE, OF_CASE, CASE_ID, ONE, AGAIN, MARK };

#define COLUMNS \
	"o.id, a.no, o.phone_sealed, o.template, o.params_sealed, o.state, o.tries, o.error, o.created_at, COALESCE(o.sent_at, 0), " \
	"COALESCE(o.reported_at, 0), o.next_at, COALESCE(o.resend_of, 0) FROM outbox o "
#define CASE "LEFT JOIN application a ON a.id=o.application_id "
#define TYPES "isbsbsisiiiii"
#define PAGE "ORDER BY o.id DESC LIMIT ?"

static const struct sql sql[] = {
	[ALL] = {"SELECT " COLUMNS CASE "WHERE o.id<? " PAGE, "ii", TYPES},
	[OF_STATE] = {"SELECT " COLUMNS "FORCE INDEX (outbox_state) " CASE "WHERE o.state=? AND o.id<? " PAGE, "sii",
		TYPES},
	[OF_CASE] = {"SELECT " COLUMNS CASE "WHERE o.application_id=? AND o.id<? " PAGE, "iii", TYPES},
	[CASE_ID] = {"SELECT id FROM application WHERE no=?", "s", "i"},
	[ONE] = {"SELECT o.id, a.no, o.template, o.params_sealed, o.state, COALESCE(o.resend_of, o.id), "
		 "COALESCE((SELECT f.resent_at FROM outbox f WHERE f.id=COALESCE(o.resend_of, o.id)), 0) FROM outbox o LEFT JOIN "
		 "application a ON a.id=o.application_id WHERE o.id=? FOR UPDATE",
		"i", "issbsii"},
	[AGAIN] =
		{"INSERT INTO outbox (application_id, phone_sealed, template, params_sealed, dedupe, state, lane, next_at, "
		 "created_at, resend_of) SELECT application_id, phone_sealed, template, params_sealed, ?, 'waiting', lane, ?, ?, ? "
		 "FROM outbox WHERE id=?",
			"siiii", ""},
	[MARK] = {"UPDATE outbox SET resent_at=? WHERE id=? AND (resent_at IS NULL OR resent_at<=?)", "iii", ""},
};
SQL_TABLE(notify_desk);

enum { LIMIT_USUAL = 50, LIMIT_MAX = 100, RESEND_S = 60 };

static const char *const states[] = {"waiting", "sending", "sent", "delivered", "failed", "dead", NULL};

static const struct field query_fields[] = {
	TEXT(struct notify_query, no, "申请单号", 1, 40, NULL),
	WORD(struct notify_query, state, "状态", states),
	TEXT(struct notify_query, after, "续读位置", 1, 19, NULL),
	INT(struct notify_query, limit, "每页条数", 1, LIMIT_MAX),
};
const struct shape notify_query_shape = SHAPE(struct notify_query, query_fields);

struct row {
	int64_t id;
	const char *no;
	struct bytes phone_sealed;
	const char *template;
	struct bytes params_sealed;
	const char *state;
	int64_t tries;
	const char *error;
	int64_t created_at, sent_at, reported_at, next_at, resend_of;
};
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	TEXT(struct row, no, "no", 0, 0, NULL),
	BYTES(struct row, phone_sealed, "phone", 0),
	TEXT(struct row, template, "template", 0, 0, NULL),
	BYTES(struct row, params_sealed, "params", 0),
	TEXT(struct row, state, "state", 0, 0, NULL),
	INT(struct row, tries, "tries", 0, 0),
	TEXT(struct row, error, "error", 0, 0, NULL),
	TIME(struct row, created_at, "created_at"),
	TIME(struct row, sent_at, "sent_at"),
	TIME(struct row, reported_at, "reported_at"),
	TIME(struct row, next_at, "next_at"),
	INT(struct row, resend_of, "resend_of", 0, 0),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

struct text {
	const char *text;
};
static const struct field text_fields[] = {TEXT(struct text, text, "text", 0, 2000, NULL)};
static const struct shape text_shape = SHAPE(struct text, text_fields);

/* What opens something is never shown. */
static enum err text_of(struct ctx *c, const struct row *r, const char **ret_text)
{
	const struct notify_template *t = notify_template(r->template);
	struct text kept = {NULL};
	const char *whole;
	enum err e = ERR_OK;

	if (t && !t->secret && r->params_sealed.at) {
		e = ctx_open(c, "outbox.params", r->params_sealed, &whole);
		if (e == ERR_OK && !notify_read(c, (struct bytes){(const unsigned char *)whole, strlen(whole)},
					   &text_shape, &kept))
			e = ERR_INTERNAL;
	}
	*ret_text = kept.text ? kept.text : t ? notify_text(c->arena, r->template, NULL) : "";
	return e;
}

static bool on_its_way(const char *state)
{
	return text_eq(state, "waiting") || text_eq(state, "sending");
}

static bool may_resend(const char *word, struct bytes params, const char *state)
{
	const struct notify_template *t = notify_template(word);

	return t && !t->secret && params.at && !on_its_way(state);
}

static enum err write_row(struct ctx *c, const void *at, struct json_out *j)
{
	const struct row *r = at;
	const char *phone, *text;
	enum err e = ctx_open(c, "outbox.phone", r->phone_sealed, &phone);

	if (e == ERR_OK)
		e = text_of(c, r, &text);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "id", arena_printf(c->arena, "%" PRId64, r->id));
	json_text(j, "no", r->no);
	json_text(j, "phone", mask_phone(c->arena, phone));
	json_text(j, "template", r->template);
	json_text(j, "text", text);
	json_text(j, "state", r->state);
	json_int(j, "tries", r->tries);
	json_text(j, "error", r->error);
	json_text(j, "error_text", r->error ? notify_error_text(r->error) : NULL);
	json_time(j, "at", r->created_at);
	json_time(j, "sent_at", r->sent_at);
	json_time(j, "reported_at", r->reported_at);
	json_time(j, "next_at", text_eq(r->state, "waiting") ? r->next_at : 0);
	json_bool(j, "again", r->resend_of != 0);
	json_bool(j, "may_resend", may_resend(r->template, r->params_sealed, r->state));
	json_end(j);
	return ERR_OK;
}

enum err notify_write_list(struct ctx *c, const struct notify_query *q, struct json_out *j)
{
	int64_t limit = q->limit ? q->limit : LIMIT_USUAL, after = q->after ? strtoll(q->after, NULL, 10) : INT64_MAX;
	struct db_int app;
	struct list rows;
	enum err e = ERR_OK;

	if (q->no)
		e = db_one(c->db, &sql[CASE_ID], &db_int_shape, &app, S(q->no));
	if (e != ERR_OK)
		return e;
	if (q->no)
		e = db_all(c->db, &sql[OF_CASE], &row_shape, &rows, I(app.value), I(after), I(limit));
	else if (q->state)
		e = db_all(c->db, &sql[OF_STATE], &row_shape, &rows, S(q->state), I(after), I(limit));
	else
		e = db_all(c->db, &sql[ALL], &row_shape, &rows, I(after), I(limit));
	return e == ERR_OK ? PAGING_BY_ID(c, &rows, limit, struct row, write_row, j) : e;
}

struct one {
	int64_t id;
	const char *no, *template;
	struct bytes params_sealed;
	const char *state;
	int64_t first, resent_at;
};
static const struct field one_fields[] = {
	INT(struct one, id, "id", 0, 0),
	TEXT(struct one, no, "no", 0, 0, NULL),
	TEXT(struct one, template, "template", 0, 0, NULL),
	BYTES(struct one, params_sealed, "params", 0),
	TEXT(struct one, state, "state", 0, 0, NULL),
	INT(struct one, first, "first", 0, 0),
	TIME(struct one, resent_at, "resent_at"),
};
static const struct shape one_shape = SHAPE(struct one, one_fields);

enum err notify_resend(struct ctx *c, const char *id, const char *reason, struct json_out *j)
{
	struct one m;
	enum err e = db_one(c->db, &sql[ONE], &one_shape, &m, I(strtoll(id, NULL, 10)));

	if (e != ERR_OK)
		return e;
	if (on_its_way(m.state))
		return ctx_say(c, ERR_WRONG_STATE, "这条短信还在发送，不用重发");
	if (!may_resend(m.template, m.params_sealed, m.state))
		return ctx_say(c, ERR_WRONG_STATE, "这条短信的内容已不保存，不能重发，请从原来的办理步骤再发一次");
	e = db_exec(c->db, &sql[MARK], I(c->now), I(m.first), I(c->now - RESEND_S));
	if (e == ERR_OK && db_changed(c->db) != 1) {
		c->retry_s = m.resent_at + RESEND_S > c->now ? m.resent_at + RESEND_S - c->now : 1;
		return ctx_say(c, ERR_RATE, "这条短信一分钟内已重发过，请过一会儿再试");
	}
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[AGAIN],
			S(arena_printf(c->arena, "again:%" PRId64 ":%" PRId64, m.first, c->now)), I(c->now), I(c->now),
			I(m.first), I(m.id));
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "id", arena_printf(c->arena, "%" PRId64, db_last_id(c->db)));
	json_end(j);
	audit_add(c, "message_again", m.no ? m.no : "message",
		arena_printf(c->arena, "%" PRId64 " %s: %s", m.id, m.template, reason));
	return ERR_OK;
}
