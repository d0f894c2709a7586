#include <inttypes.h>
#include <stdlib.h>

#include "base/mask.h"
#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/refund_row.h"

enum { OF_STATE, OF_CASE, OF_BATCH };

static const struct sql sql[] = {
	[OF_STATE] = {"SELECT " REFUND_COLUMNS "WHERE r.state=? AND r.id>? ORDER BY r.id LIMIT ?", "sii", REFUND_TYPES},
	[OF_CASE] = {"SELECT " REFUND_COLUMNS "WHERE r.application_id=? ORDER BY r.id", "i", REFUND_TYPES},
	[OF_BATCH] = {"SELECT " REFUND_COLUMNS "WHERE r.batch=? AND r.place='bank' ORDER BY r.id", "s", REFUND_TYPES},
};
SQL_TABLE(refund_view);

#define R_TEXT(m) TEXT(struct refund, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct refund, m, #m, 0, 0)
static const struct field fields[] = {
	R_INT(id),
	R_INT(payment_id),
	R_INT(application_id),
	R_INT(bank_line_id),
	R_TEXT(no),
	R_TEXT(place),
	R_TEXT(state),
	R_TEXT(reason),
	R_INT(fen),
	R_TEXT(payer_name),
	BYTES(struct refund, payment_account_sealed, "account", 0),
	BYTES(struct refund, line_account_sealed, "account", 0),
	R_TEXT(payer_bank),
	R_TEXT(serial),
	R_INT(asked_by),
	R_INT(asked_at),
	R_INT(decided_by),
	R_INT(decided_at),
	R_TEXT(asker),
	R_TEXT(decider),
	R_TEXT(batch),
	R_INT(sent_at),
	R_INT(done_at),
	R_TEXT(done_text),
	R_INT(version),
	BOOL(struct refund, payer_right, "payer_right"),
};
const struct shape refund_shape = SHAPE(struct refund, fields);

enum { LIMIT_MAX = 100, LIMIT_USUAL = 50 };
static const char *const states[] = {"asked", "approved", "refused", "sent", "paid", "failed", NULL};
static const struct field query_fields[] = {
	WORD(struct refund_query, state, "状态", states),
	TEXT(struct refund_query, after, "翻页位置", 1, 20, rule_word),
	INT(struct refund_query, limit, "条数", 1, LIMIT_MAX),
};
const struct shape refund_query_shape = SHAPE(struct refund_query, query_fields);

/* The account the money came from; NULL: not known. */
static enum err account(struct ctx *c, const struct refund *r, const char **ret_account)
{
	*ret_account = NULL;
	if (r->line_account_sealed.at)
		return ctx_open(c, "bank_line.account", r->line_account_sealed, ret_account);
	return r->payment_account_sealed.at ? ctx_open(c, "payment.account", r->payment_account_sealed, ret_account)
					    : ERR_OK;
}

static enum err write(struct ctx *c, const struct refund *r, struct json_out *j)
{
	const char *number;
	enum err e = account(c, r, &number);

	json_object(j, NULL);
	json_int(j, "id", r->id);
	json_int(j, "version", r->version);
	json_text(j, "no", r->no);
	json_text(j, "place", r->place);
	json_text(j, "state", r->state);
	json_int(j, "amount_fen", r->fen);
	json_text(j, "reason", r->reason);
	json_text(j, "payer_name", r->payer_name);
	json_text(j, "payer_account", mask_account(c->arena, number));
	json_text(j, "payer_bank", r->payer_bank);
	json_text(j, "serial", r->serial);
	json_text(j, "asked_by", r->asker);
	json_time(j, "asked_at", r->asked_at);
	json_bool(j, "mine", r->asked_by == c->actor.staff_id);
	json_text(j, "decided_by", r->decider);
	json_time(j, "decided_at", r->decided_at);
	json_text(j, "batch", r->batch);
	json_time(j, "sent_at", r->sent_at);
	json_time(j, "done_at", r->done_at);
	json_text(j, "done_text", r->done_text);
	json_end(j);
	return e;
}

static enum err write_all(struct ctx *c, const struct list *rows, const char *key, struct json_out *j)
{
	enum err e = ERR_OK;

	json_list(j, key);
	for (size_t i = 0; e == ERR_OK && i < rows->count; i++)
		e = write(c, &((const struct refund *)rows->at)[i], j);
	json_end(j);
	return e;
}

enum err refund_write_one(struct ctx *c, int64_t id, int64_t *ret_version, struct json_out *j)
{
	struct refund r;
	enum err e = refund_read(c, id, &r);

	*ret_version = e == ERR_OK ? r.version : 0;
	return e == ERR_OK ? write(c, &r, j) : e;
}

enum err refund_write_case(struct ctx *c, int64_t application_id, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[OF_CASE], &refund_shape, &rows, I(application_id));

	return e == ERR_OK ? write_all(c, &rows, "refunds", j) : e;
}

enum err refund_write_list(struct ctx *c, const struct refund_query *q, struct json_out *j)
{
	int64_t limit = q->limit ? q->limit : LIMIT_USUAL, after = q->after ? strtoll(q->after, NULL, 10) : 0;
	struct list rows;
	enum err e = db_all(
		c->db, &sql[OF_STATE], &refund_shape, &rows, S(q->state ? q->state : "asked"), I(after), I(limit));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	e = write_all(c, &rows, "items", j);
	JSON_NEXT(j, &rows, limit, struct refund);
	json_end(j);
	return e;
}

/* --- for e-banking --- */

static void cell(struct str *s, const char *text, bool last)
{
	str_csv(s, text ? text : "");
	str_add(s, last ? "\r\n" : ",");
}

static const char *yuan(struct arena *a, int64_t fen)
{
	return arena_printf(a, "%" PRId64 ".%02" PRId64, fen / 100, fen % 100);
}

enum err refund_export(struct ctx *c, const char *batch, struct bytes *ret_file)
{
	static const char *const head[] = {"序号", "收款账号", "收款户名", "收款银行", "金额", "附言"};
	struct list rows;
	struct str s;
	enum err e = db_all(c->db, &sql[OF_BATCH], &refund_shape, &rows, S(batch));

	if (e == ERR_OK && !rows.count)
		return ERR_NOT_FOUND;
	str_init(&s, c->arena);
	str_add(&s, "\xef\xbb\xbf");
	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		cell(&s, head[i], i + 1 == ARRAY_LEN(head));
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct refund *r = &((const struct refund *)rows.at)[i];
		const char *number;

		e = account(c, r, &number);
		cell(&s, arena_printf(c->arena, "%zu", i + 1), false);
		cell(&s, number, false);
		cell(&s, r->payer_name, false);
		cell(&s, r->payer_bank, false);
		cell(&s, yuan(c->arena, r->fen), false);
		cell(&s, arena_printf(c->arena, "退款%" PRId64 "%s%s", r->id, r->no ? " " : "", r->no ? r->no : ""),
			true);
	}
	audit_add(c, "refund_file", batch, arena_printf(c->arena, "%zu accounts in full", rows.count));
	*ret_file = (struct bytes){(const unsigned char *)s.at, s.len};
	return e;
}
