#include "domain/statement_import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/ledger.h"
#include "domain/match.h"
#include "domain/statement_map.h"

/* Lines typed before accounts were kept have account ''.
 * Lines go to and fro in bundles, each one JSON value: a statement a line would take seconds for ten thousand. */
#define TEXT_AS "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH"
/* From the bundle to the lines: of its own accord the server would walk over all lines of the account for each bundle. */
#define KNOWN_OF \
	"SELECT b.serial, b.direction, b.amount_fen, b.booked_day, b.statement_id IS NULL FROM JSON_TABLE(?, '$[*]' COLUMNS (" \
	"serial VARCHAR(60) " TEXT_AS " '$.serial')) j STRAIGHT_JOIN bank_line b FORCE INDEX (bank_line_serial) ON "
#define AND_SERIAL " AND b.serial=j.serial"

enum { SAME_FILE, KNOWN, OTHER_WAYS, TWINS, INSERT, INSERT_LINES };

static const struct sql sql[] = {
	[SAME_FILE] = {"SELECT id, line_count FROM statement WHERE file_hash=?", "b", "ii"},
	[KNOWN] = {KNOWN_OF "b.account=?" AND_SERIAL " UNION ALL " KNOWN_OF "b.account=''" AND_SERIAL, "sss", "ssidi"},
	[OTHER_WAYS] =
		{"SELECT (SELECT COUNT(*) FROM statement WHERE account=? AND last_day>=? AND first_day<=? AND format<>?) + "
		 "(SELECT COUNT(*) FROM bank_line WHERE statement_id IS NULL AND account IN (?,'') AND booked_day>=? AND "
		 "booked_day<=?)",
			"sddssdd", "i"},
	[TWINS] =
		{"SELECT j.row_no, b.serial, b.booked_day FROM JSON_TABLE(?, '$[*]' COLUMNS (row_no INT PATH '$.row', "
		 "booked_day DATE PATH '$.booked_day', amount_fen BIGINT PATH '$.amount_fen', "
		 "direction VARCHAR(3) " TEXT_AS " '$.direction', payer_key VARCHAR(200) " TEXT_AS " '$.payer_key')) j "
		 "STRAIGHT_JOIN bank_line b FORCE INDEX (bank_line_payer) ON b.payer_key=j.payer_key AND b.account IN (?,'') AND b.booked_day=j.booked_day AND "
		 "b.amount_fen=j.amount_fen AND b.direction=j.direction LEFT JOIN statement s ON s.id=b.statement_id "
		 "WHERE j.payer_key<>'' AND (s.id IS NULL OR s.format<>?) ORDER BY j.row_no",
			"sss", "isd"},
	[INSERT] =
		{"INSERT INTO statement (file_hash, format, account, first_day, last_day, line_count, new_count, in_fen, "
		 "opening_fen, closing_fen, staff_id, at) VALUES (?,?,?,?,?,?,?,?,IF(?,?,NULL),IF(?,?,NULL),?,?)",
			"bssddiiiiiiiii", ""},
	[INSERT_LINES] =
		{"INSERT INTO bank_line (statement_id, row_no, account, serial, direction, returned, booked_day, booked_s, "
		 "value_date, amount_fen, currency, payer_name, payer_key, payer_account_sealed, payer_account_hash, "
		 "payer_bank, remark, balance_fen, state, staff_id, at) SELECT ?, j.row_no, ?, j.serial, j.direction, "
		 "j.returned, j.booked_day, j.booked_s, j.value_date, j.amount_fen, j.currency, j.payer_name, j.payer_key, "
		 "UNHEX(j.sealed), UNHEX(j.hash), j.payer_bank, j.remark, j.balance_fen, "
		 "IF(j.returned=1,'returned',IF(j.direction='in','open','set_aside')), ?, ? FROM JSON_TABLE(?, '$[*]' COLUMNS ("
		 "row_no INT PATH '$.row', serial VARCHAR(60) " TEXT_AS " '$.serial', direction VARCHAR(3) " TEXT_AS
		 " '$.direction', returned INT PATH '$.returned', booked_day DATE PATH '$.booked_day', "
		 "booked_s INT PATH '$.booked_s', value_date DATE PATH '$.value_date', amount_fen BIGINT PATH '$.amount_fen', "
		 "currency CHAR(3) " TEXT_AS " '$.currency', payer_name VARCHAR(200) " TEXT_AS " '$.payer_name', "
		 "payer_key VARCHAR(200) " TEXT_AS " '$.payer_key', sealed VARCHAR(400) " TEXT_AS " '$.sealed', "
		 "hash CHAR(64) " TEXT_AS " '$.hash', payer_bank VARCHAR(200) " TEXT_AS " '$.payer_bank', "
		 "remark VARCHAR(500) " TEXT_AS
		 " '$.remark', balance_fen BIGINT PATH '$.balance_fen')) j ORDER BY j.row_no",
			"isiis", ""},
};
SQL_TABLE(statement_import);

enum { BUNDLE = 500, WITHOUT_MAX = 200 };

static const char *const formats[] = {"auto", "citic", "camt", "csv", NULL};
static const struct field query_fields[] = {
	WORD(struct statement_query, format, "格式", formats),
	TEXT(struct statement_query, account, "我方账号", 6, 32, rule_account),
	TEXT(struct statement_query, mapping, "列的对应", 2, 4000, NULL),
	TEXT(struct statement_query, without, "留出的行", 1, 1400, NULL),
	BOOL(struct statement_query, preview, "预览"),
	BOOL(struct statement_query, gaps, "余额不连续"),
};
const struct shape statement_query_shape = SHAPE(struct statement_query, query_fields);

struct same_file {
	int64_t id, lines;
};
static const struct field same_file_fields[] = {
	INT(struct same_file, id, "id", 0, 0),
	INT(struct same_file, lines, "lines", 0, 0),
};
static const struct shape same_file_shape = SHAPE(struct same_file, same_file_fields);

struct known_line {
	const char *serial, *direction;
	int64_t amount_fen;
	struct date booked_day;
	bool typed; /* by hand: whose day may be another */
};
static const struct field known_fields[] = {
	TEXT(struct known_line, serial, "serial", 0, 0, NULL),
	TEXT(struct known_line, direction, "direction", 0, 0, NULL),
	INT(struct known_line, amount_fen, "amount", 0, 0),
	DAY(struct known_line, booked_day, "day"),
	BOOL(struct known_line, typed, "typed"),
};
static const struct shape known_shape = SHAPE(struct known_line, known_fields);

struct twin {
	int64_t row;
	const char *serial;
	struct date day;
};
static const struct field twin_fields[] = {
	INT(struct twin, row, "row", 0, 0),
	TEXT(struct twin, serial, "serial", 0, 0, NULL),
	DAY(struct twin, day, "day"),
};
static const struct shape twin_shape = SHAPE(struct twin, twin_fields);

struct work {
	struct ctx *c;
	struct bytes file, hash;
	struct statement_file read;
	bool *known; /* of each line */
	int64_t new_lines, in_fen, out_fen;
	int64_t id, again_id;	  /* as it was kept now, or before */
	const char *mapping_from; /* given kept names; NULL: no CSV */
};

static struct statement_line *line_at(const struct work *w, size_t i)
{
	return (struct statement_line *)w->read.lines.at + i;
}

static const char *direction(const struct statement_line *l)
{
	return l->out ? "out" : "in";
}

/* --- reading --- */

static enum err read_rows(struct ctx *c, const char *text, struct statement_options *o)
{
	int64_t *rows = arena_array(c->arena, WITHOUT_MAX, sizeof *rows);

	o->without = rows;
	while (text && *text) {
		char *end;
		int64_t row = strtoll(text, &end, 10);

		if (end == text || (*end && *end != ',') || row < 1 || o->without_count == WITHOUT_MAX) {
			fault_add(&c->faults, "/without", "rows", "留出的行写行号，用逗号分开，最多%d行", WITHOUT_MAX);
			return ERR_INVALID;
		}
		rows[o->without_count++] = row;
		text = *end ? end + 1 : end;
	}
	return ERR_OK;
}

/* Faults of the file land in c->faults and are no error here. */
static enum err read_file(struct work *w, const struct statement_query *q)
{
	struct ctx *c = w->c;
	struct statement_options o = {
		.format = q->format && !text_eq(q->format, "auto") ? q->format : NULL,
		.account = q->account,
		.today = date_of_moment(c->now),
		.gaps = q->gaps,
	};
	enum err e = read_rows(c, q->without, &o);

	if (e == ERR_OK)
		e = statement_mapping_of(c, q->account, q->mapping, &o.mapping, &w->mapping_from);
	if (e != ERR_OK)
		return e;
	w->hash = crypto_sha256_bytes(c->arena, w->file.at, w->file.len);
	e = statement_read(c->arena, w->file, &o, &w->read, &c->faults);
	if (w->read.format != STATEMENT_CSV)
		w->mapping_from = NULL;
	if (e != ERR_OK && e != ERR_INVALID)
		return e;
	w->known = arena_array(c->arena, w->read.lines.count + 1, sizeof *w->known);
	return w->read.account ? statement_check_account(c, w->read.account) : ERR_OK;
}

/* --- held against what there is --- */

static int by_serial(const void *a, const void *b)
{
	const struct statement_line *const *x = a, *const *y = b;

	return strcmp((*x)->serial, (*y)->serial);
}

static void line_fault(struct ctx *c, const struct statement_line *l, const char *code, const char *say)
{
	fault_add(
		&c->faults, arena_printf(c->arena, "/lines/%" PRId64, l->row), code, "第%" PRId64 "行%s", l->row, say);
}

static void meet(struct work *w, struct statement_line **sorted, const struct known_line *k)
{
	struct statement_line key = {.serial = k->serial}, *at = &key, **found;

	found = bsearch(&at, sorted, w->read.lines.count, sizeof(struct statement_line *), by_serial);
	if (!found)
		return;
	w->known[*found - line_at(w, 0)] = true;
	if (k->amount_fen != (*found)->amount_fen || !text_eq(k->direction, direction(*found)) ||
		(!k->typed && date_cmp(k->booked_day, (*found)->booked_day) != 0))
		line_fault(w->c, *found, "differs",
			arena_printf(w->c->arena, "的流水号%s已经导入过，日期或金额却不同", k->serial));
}

/* One bundle from a line on, as JSON; *ret_next: behind it.  Lines that are known are passed over. */
static const char *bundle(struct work *w, size_t from,
	void (*write)(struct work *, const struct statement_line *, struct json_out *), size_t *ret_next)
{
	struct str s;
	struct json_out j;
	size_t n = 0, i = from;

	str_init(&s, w->c->arena);
	json_begin(&j, &s);
	json_list(&j, NULL);
	for (; i < w->read.lines.count && n < BUNDLE; i++) {
		if (w->known[i])
			continue;
		json_object(&j, NULL);
		write(w, line_at(w, i), &j);
		json_end(&j);
		n++;
	}
	json_end(&j);
	*ret_next = i;
	return n ? s.at : NULL;
}

static void write_serial(struct work *w, const struct statement_line *l, struct json_out *j)
{
	(void)w;
	json_text(j, "serial", l->serial);
}

static void count(struct work *w)
{
	w->new_lines = w->in_fen = w->out_fen = 0;
	for (size_t i = 0; i < w->read.lines.count; i++) {
		const struct statement_line *l = line_at(w, i);

		w->new_lines += !w->known[i];
		*(l->out ? &w->out_fen : &w->in_fen) += w->known[i] ? 0 : l->amount_fen;
	}
}

static enum err find_known(struct work *w)
{
	size_t n = w->read.lines.count;
	struct statement_line **sorted = arena_array(w->c->arena, n + 1, sizeof(struct statement_line *));
	struct list rows;
	enum err e = ERR_OK;

	memset(w->known, 0, n * sizeof *w->known);
	for (size_t i = 0; i < n; i++)
		sorted[i] = line_at(w, i);
	qsort(sorted, n, sizeof(struct statement_line *), by_serial);
	for (size_t i = 0, next; e == ERR_OK && i < n; i = next) {
		const char *json = bundle(w, i, write_serial, &next);

		if (!json)
			break;
		e = db_all(w->c->db, &sql[KNOWN], &known_shape, &rows, S(json), S(w->read.account), S(json));
		for (size_t k = 0; e == ERR_OK && k < rows.count; k++)
			meet(w, sorted, (const struct known_line *)rows.at + k);
	}
	count(w);
	return e;
}

static void write_twin(struct work *w, const struct statement_line *l, struct json_out *j)
{
	json_int(j, "row", l->row);
	json_day(j, "booked_day", l->booked_day);
	json_int(j, "amount_fen", l->amount_fen);
	json_text(j, "direction", direction(l));
	json_text(j, "payer_key", name_key(w->c->arena, l->payer_name));
}

/* Every format numbers lines its own way: the same booking from another kind of file, or typed by hand, has another serial
 * and would be counted twice.  Only where such lines are there for these days is anything looked for. */
static enum err find_twins(struct work *w)
{
	const struct statement_file *f = &w->read;
	const char *format = statement_format_words[f->format];
	struct db_int others;
	struct list rows;
	enum err e;

	if (!w->new_lines)
		return ERR_OK;
	e = db_one(w->c->db, &sql[OTHER_WAYS], &db_int_shape, &others, S(f->account), D(f->first_day), D(f->last_day),
		S(format), S(f->account), D(f->first_day), D(f->last_day));
	if (e != ERR_OK || !others.value)
		return e;
	for (size_t i = 0, next; e == ERR_OK && i < f->lines.count; i = next) {
		const char *json = bundle(w, i, write_twin, &next);

		if (!json)
			break;
		e = db_all(w->c->db, &sql[TWINS], &twin_shape, &rows, S(json), S(f->account), S(format));
		for (size_t k = 0; e == ERR_OK && k < rows.count; k++) {
			const struct twin *t = (const struct twin *)rows.at + k;
			const struct statement_line l = {.row = t->row};

			line_fault(w->c, &l, "twin",
				arena_printf(w->c->arena, "与已有的%s（%s）像是同一笔，核对后把这一行留出", t->serial,
					date_text(w->c->arena, t->day)));
		}
	}
	return e;
}

static enum err compare(struct work *w)
{
	struct same_file same;
	enum err e = db_one(w->c->db, &sql[SAME_FILE], &same_file_shape, &same, B(w->hash));

	w->again_id = 0;
	if (e == ERR_OK) {
		w->again_id = same.id;
		memset(w->known, true, w->read.lines.count * sizeof *w->known);
		count(w);
		return e;
	}
	if (e != ERR_NOT_FOUND || !w->read.account)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = find_known(w);
	return e == ERR_OK ? find_twins(w) : e;
}

/* --- keeping --- */

static void write_line(struct work *w, const struct statement_line *l, struct json_out *j)
{
	struct ctx *c = w->c;
	struct str hex;

	json_int(j, "row", l->row);
	json_text(j, "serial", l->serial);
	json_text(j, "direction", direction(l));
	json_int(j, "returned", l->returned);
	json_day(j, "booked_day", l->booked_day);
	if (l->booked_s >= 0)
		json_int(j, "booked_s", l->booked_s);
	json_day(j, "value_date", l->value_date);
	json_int(j, "amount_fen", l->amount_fen);
	json_text(j, "currency", l->currency);
	json_text(j, "payer_name", l->payer_name);
	json_text(j, "payer_key", name_key(c->arena, l->payer_name));
	if (*l->payer_account) {
		struct bytes sealed = ctx_seal(c, "bank_line.account", l->payer_account),
			     index = ctx_index(c, "account", l->payer_account);

		str_init(&hex, c->arena);
		str_hex(&hex, sealed.at, sealed.len);
		json_text(j, "sealed", hex.at);
		str_init(&hex, c->arena);
		str_hex(&hex, index.at, index.len);
		json_text(j, "hash", hex.at);
	}
	json_text(j, "payer_bank", l->payer_bank);
	json_text(j, "remark", l->remark);
	if (l->has_balance)
		json_int(j, "balance_fen", l->balance_fen);
}

static enum err insert(struct work *w)
{
	struct ctx *c = w->c;
	const struct statement_file *f = &w->read;
	int64_t staff = c->actor.staff_id;
	enum err e = db_exec(c->db, &sql[INSERT], B(w->hash), S(statement_format_words[f->format]), S(f->account),
		D(f->first_day), D(f->last_day), I((int64_t)f->lines.count + f->again), I(w->new_lines), I(w->in_fen),
		I(f->has_balances), I(f->opening_fen), I(f->has_balances), I(f->closing_fen), I(staff), I(c->now));

	w->id = e == ERR_OK ? db_last_id(c->db) : 0;
	for (size_t i = 0, next; e == ERR_OK && i < f->lines.count; i = next) {
		const char *json = bundle(w, i, write_line, &next);

		if (!json)
			break;
		e = db_exec(c->db, &sql[INSERT_LINES], I(w->id), S(f->account), I(staff), I(c->now), S(json));
	}
	return e;
}

/* What follows from an import, in its transaction: the books, the search for whose money it is, the audit row. */
static enum err imported(struct ctx *c, int64_t id, const struct statement_file *file, int64_t new_lines)
{
	enum err e;

	audit_add(c, "statement_import", arena_printf(c->arena, "%" PRId64, id),
		arena_printf(c->arena, "%s …%s, %" PRId64 " new lines, %" PRId64 " left out",
			statement_format_words[file->format], mask_account(c->arena, file->account), new_lines,
			file->left_out));
	e = ledger_receive(c, id);
	return e == ERR_OK ? match_ask(c, "s", id, 0) : e;
}

/* Writes only, and reads nothing that others change meanwhile (matching goes on all the time): what was looked at before
 * is held by the unique keys. */
static enum err keep(struct ctx *c, void *arg)
{
	struct work *w = arg;
	enum err e = insert(w);

	return e == ERR_OK ? imported(c, w->id, &w->read, w->new_lines) : e;
}

/* Looked at, then kept; looked at again when somebody else was faster. */
static enum err keep_new(struct work *w)
{
	enum err e = ERR_CONFLICT;

	for (int tries = 0; e == ERR_CONFLICT && tries < CTX_TRIES; tries++) {
		w->id = 0;
		e = compare(w);
		if (e != ERR_OK || w->again_id)
			return e;
		if (w->c->faults.count)
			return ERR_INVALID;
		if (!w->new_lines)
			return ERR_OK;
		e = ctx_tx(w->c, keep, w);
	}
	return e == ERR_CONFLICT ? ERR_BUSY : e;
}

/* --- answers --- */

static void write_faults(const struct ctx *c, struct json_out *j)
{
	static const char prefix[] = "/lines/";

	json_list(j, "faults");
	for (size_t i = 0; i < c->faults.count; i++) {
		const struct fault *f = &c->faults.at[i];
		bool line = strncmp(f->pointer, prefix, strlen(prefix)) == 0;

		json_object(j, NULL);
		if (line)
			json_int(j, "row", strtoll(f->pointer + strlen(prefix), NULL, 10));
		else
			json_null(j, "row");
		json_text(j, "code", f->code);
		json_text(j, "detail", f->detail);
		json_end(j);
	}
	json_end(j);
}

static void write_counts(const struct work *w, struct json_out *j)
{
	int64_t lines = (int64_t)w->read.lines.count + w->read.again;

	json_int(j, "lines", lines);
	json_int(j, "new", w->new_lines);
	json_int(j, "known", lines - w->new_lines);
	json_int(j, "left_out", w->read.left_out);
	json_int(j, "in_fen", w->in_fen);
	json_int(j, "out_fen", w->out_fen);
}

enum err statement_import(struct ctx *c, struct bytes file, const struct statement_query *q, struct json_out *j)
{
	struct work w = {.c = c, .file = file};
	enum err e = read_file(&w, q);

	if (e != ERR_OK)
		return e;
	if (c->faults.count)
		return ERR_INVALID;
	e = keep_new(&w);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	if (w.id || w.again_id)
		json_int(j, "id", w.id ? w.id : w.again_id);
	else
		json_null(j, "id");
	json_bool(j, "again", w.again_id != 0);
	json_text(j, "format", statement_format_words[w.read.format]);
	json_text(j, "account", w.read.account);
	write_counts(&w, j);
	c->faults.count = 0;
	write_faults(c, j);
	json_end(j);
	return ERR_OK;
}

enum err statement_preview(struct ctx *c, struct bytes file, const struct statement_query *q, struct json_out *j)
{
	enum { SHOWN = 20 };
	struct work w = {.c = c, .file = file};
	const struct statement_file *f = &w.read;
	enum err e = read_file(&w, q);

	if (e == ERR_OK)
		e = compare(&w);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "format", statement_format_words[f->format]);
	json_text(j, "account", f->account);
	write_counts(&w, j);
	json_int(j, "bad", f->bad);
	json_day(j, "first_day", f->first_day);
	json_day(j, "last_day", f->last_day);
	statement_write_balances(f->has_balances, f->opening_fen, f->closing_fen, j);
	if (w.again_id)
		json_int(j, "again", w.again_id);
	else
		json_null(j, "again");
	json_list(j, "columns");
	for (size_t i = 0; i < f->columns.count; i++)
		json_text(j, NULL, f->columns.at[i]);
	json_end(j);
	if (w.mapping_from)
		json_shape(j, "mapping", &statement_mapping_shape, &f->found);
	else
		json_null(j, "mapping");
	json_text(j, "mapping_from", w.mapping_from);
	json_list(j, "rows");
	for (size_t i = 0; i < f->lines.count && i < SHOWN; i++)
		statement_write_line(c->arena, line_at(&w, (size_t)i), w.known[i], j);
	json_end(j);
	write_faults(c, j);
	json_end(j);
	c->faults.count = 0;
	return ERR_OK;
}
