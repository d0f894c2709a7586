
#include "base/mask.h"
#include "base/str.h"
#include "domain/statement_import.h"

#define COLUMNS \
	"t.id, t.format, t.account, t.first_day, t.last_day, t.line_count, t.new_count, t.in_fen, t.opening_fen IS NOT NULL, " \
	"t.opening_fen, t.closing_fen, t.at, s.name FROM statement t JOIN staff s ON s.id=t.staff_id "
#define TYPES \
	"issdd" \
	"iiiii" \
	"iis"

enum { NEWEST, ONE, LINES };

static const struct sql sql[] = {
	[NEWEST] = {"SELECT " COLUMNS "WHERE t.id<? ORDER BY t.id DESC LIMIT ?", "ii", TYPES},
	[ONE] = {"SELECT " COLUMNS "WHERE t.id=?", "i", TYPES},
	[LINES] =
		{"SELECT id, row_no, serial, direction, returned, booked_day, COALESCE(booked_s,-1), value_date, amount_fen, "
		 "currency, payer_name, payer_account_sealed, payer_bank, remark, balance_fen IS NOT NULL, balance_fen, state, "
		 "allotted_fen FROM bank_line WHERE statement_id=? AND id>? ORDER BY id LIMIT ?",
			"iii",
			"iissid"
			"idissb"
			"ssiisi"},
};
SQL_TABLE(statement_view);

struct row {
	int64_t id;
	const char *format, *account;
	struct date first_day, last_day;
	int64_t lines, new_lines, in_fen;
	bool has_balances;
	int64_t opening_fen, closing_fen, at;
	const char *by;
};
#define R_INT(m) INT(struct row, m, #m, 0, 0)
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
static const struct field row_fields[] = {
	R_INT(id),
	R_TEXT(format),
	R_TEXT(account),
	DAY(struct row, first_day, "first_day"),
	DAY(struct row, last_day, "last_day"),
	R_INT(lines),
	R_INT(new_lines),
	R_INT(in_fen),
	BOOL(struct row, has_balances, "has_balances"),
	R_INT(opening_fen),
	R_INT(closing_fen),
	R_INT(at),
	R_TEXT(by),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

struct kept {
	int64_t id;
	struct statement_line line;
	const char *direction, *state;
	struct bytes sealed;
	int64_t allotted_fen;
};
#define K_INT(m, name) INT(struct kept, m, name, 0, 0)
#define K_TEXT(m, name) TEXT(struct kept, m, name, 0, 0, NULL)
static const struct field kept_fields[] = {
	INT(struct kept, id, "id", 0, 0),
	INT(struct kept, line.row, "row", 0, 0),
	TEXT(struct kept, line.serial, "serial", 0, 0, NULL),
	TEXT(struct kept, direction, "direction", 0, 0, NULL),
	BOOL(struct kept, line.returned, "returned"),
	DAY(struct kept, line.booked_day, "day"),
	INT(struct kept, line.booked_s, "clock", 0, 0),
	DAY(struct kept, line.value_date, "value_date"),
	INT(struct kept, line.amount_fen, "amount", 0, 0),
	TEXT(struct kept, line.currency, "currency", 0, 0, NULL),
	TEXT(struct kept, line.payer_name, "payer", 0, 0, NULL),
	BYTES(struct kept, sealed, "sealed", 0),
	TEXT(struct kept, line.payer_bank, "bank", 0, 0, NULL),
	TEXT(struct kept, line.remark, "remark", 0, 0, NULL),
	BOOL(struct kept, line.has_balance, "has_balance"),
	INT(struct kept, line.balance_fen, "balance", 0, 0),
	TEXT(struct kept, state, "state", 0, 0, NULL),
	INT(struct kept, allotted_fen, "allotted", 0, 0),
};
static const struct shape kept_shape = SHAPE(struct kept, kept_fields);

void statement_write_balances(bool known, int64_t opening_fen, int64_t closing_fen, struct json_out *j)
{
	if (known) {
		json_int(j, "opening_fen", opening_fen);
		json_int(j, "closing_fen", closing_fen);
	} else {
		json_null(j, "opening_fen");
		json_null(j, "closing_fen");
	}
}

static void write_rows(struct arena *a, const struct statement_line *l, struct json_out *j)
{
	int64_t s = l->booked_s;

	json_int(j, "row", l->row);
	json_text(j, "serial", l->serial);
	json_day(j, "day", l->booked_day);
	json_text(j, "time",
		s < 0 ? NULL : arena_printf(a, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60)));
	json_day(j, "value_date", l->value_date);
	json_text(j, "direction", l->out ? "out" : "in");
	json_bool(j, "returned", l->returned);
	json_int(j, "amount_fen", l->amount_fen);
	json_text(j, "payer_name", l->payer_name);
	json_text(j, "payer_account", text_empty(l->payer_account) ? NULL : mask_account(a, l->payer_account));
	json_text(j, "payer_bank", l->payer_bank);
	json_text(j, "remark", l->remark);
	if (l->has_balance)
		json_int(j, "balance_fen", l->balance_fen);
	else
		json_null(j, "balance_fen");
}

void statement_write_line(struct arena *a, const struct statement_line *l, bool known, struct json_out *j)
{
	json_object(j, NULL);
	write_rows(a, l, j);
	json_bool(j, "known", known);
	json_end(j);
}

static void write_row(const struct row *r, struct json_out *j)
{
	json_int(j, "id", r->id);
	json_text(j, "format", r->format);
	json_text(j, "account", r->account);
	json_day(j, "first_day", r->first_day);
	json_day(j, "last_day", r->last_day);
	json_int(j, "lines", r->lines);
	json_int(j, "new", r->new_lines);
	json_int(j, "in_fen", r->in_fen);
	statement_write_balances(r->has_balances, r->opening_fen, r->closing_fen, j);
	json_text(j, "by", r->by);
	json_time(j, "at", r->at);
}

enum err statement_write_list(struct ctx *c, int64_t after, int64_t limit, struct json_out *j)
{
	struct list rows;
	const struct row *r;
	enum err e = db_all(c->db, &sql[NEWEST], &row_shape, &rows, I(after ? after : INT64_MAX), I(limit));

	if (e != ERR_OK)
		return e;
	r = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		json_object(j, NULL);
		write_row(&r[i], j);
		json_end(j);
	}
	json_end(j);
	JSON_NEXT(j, &rows, limit, struct row);
	json_end(j);
	return ERR_OK;
}

static enum err write_kept(struct ctx *c, struct kept *k, struct json_out *j)
{
	enum err e = k->sealed.len ? ctx_open(c, "bank_line.account", k->sealed, &k->line.payer_account) : ERR_OK;

	if (e != ERR_OK)
		return e;
	k->line.out = text_eq(k->direction, "out");
	json_object(j, NULL);
	json_int(j, "id", k->id);
	write_rows(c->arena, &k->line, j);
	json_text(j, "state", k->state);
	json_int(j, "allotted_fen", k->allotted_fen);
	json_end(j);
	return ERR_OK;
}

enum err statement_write(struct ctx *c, int64_t id, int64_t after, int64_t limit, struct json_out *j)
{
	struct row r;
	struct list rows;
	struct kept *k;
	enum err e = db_one(c->db, &sql[ONE], &row_shape, &r, I(id));

	if (e == ERR_OK)
		e = db_all(c->db, &sql[LINES], &kept_shape, &rows, I(id), I(after), I(limit));
	if (e != ERR_OK)
		return e;
	k = rows.at;
	json_object(j, NULL);
	write_row(&r, j);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = write_kept(c, &k[i], j);
	json_end(j);
	JSON_NEXT(j, &rows, limit, struct kept);
	json_end(j);
	return e;
}
