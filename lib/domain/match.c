#include "domain/match.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/application_money.h"
#include "domain/refund.h"

enum { PAYER_MOST = 16, EXPIRED_MOST = 8 };
enum { BY_NO, BY_PAYER, EXPIRED_OF, BY_SUM, SEEN, OF_STATEMENT, OF_CASE, AWAITS, TO_SETTLE };

/* The indexes are named: what is asked must not take longer for all the cases and lines of the years before. */
static const struct sql sql[] = {
	[BY_NO] = {"SELECT id FROM application WHERE no=?", "s", "i"},
	[BY_PAYER] =
		{"SELECT id FROM application FORCE INDEX (application_payer) WHERE payer_hash=? AND owing_fen>0 ORDER BY id DESC LIMIT ?",
			"bi", "i"},
	[EXPIRED_OF] =
		{"SELECT id FROM application FORCE INDEX (application_payer) WHERE payer_hash=? AND state='expired' AND submitted_at IS NOT NULL ORDER BY "
		 "id DESC LIMIT ?",
			"bi", "i"},
	[BY_SUM] = {"SELECT id FROM application WHERE owing_fen=? ORDER BY id DESC LIMIT 10", "i", "i"},
	[SEEN] =
		{"SELECT DISTINCT a.payer_hash FROM (SELECT id FROM bank_line WHERE payer_account_hash=? ORDER BY id DESC LIMIT 50) b "
		 "JOIN payment p ON p.bank_line_id=b.id AND p.undone_at=0 JOIN application a ON a.id=p.application_id WHERE "
		 "a.payer_hash IS NOT NULL LIMIT 8",
			"b", "b"},
	[OF_STATEMENT] =
		{"SELECT id FROM bank_line FORCE INDEX (bank_line_statement) WHERE statement_id=? AND id>? AND state IN ('open','part') AND "
		 "direction='in' ORDER BY id LIMIT ?",
			"iii", "i"},
	[OF_CASE] =
		{"SELECT id FROM bank_line WHERE awaits=? AND state IN ('open','part') UNION SELECT id FROM bank_line "
		 "WHERE payer_key=? AND state IN ('open','part') AND direction='in' ORDER BY id LIMIT 50",
			"is", "i"},
	[TO_SETTLE] =
		{"SELECT id FROM bank_line FORCE INDEX (bank_line_statement) WHERE statement_id=? AND allotted_fen=0 AND note='' AND payer_account_hash IS NOT "
		 "NULL AND ((direction='out' AND state IN ('set_aside','returned')) OR (direction='in' AND state='returned')) "
		 "ORDER BY id",
			"i", "i"},
	[AWAITS] = {"UPDATE bank_line SET awaits=? WHERE id=? AND version=? AND COALESCE(awaits,0)<>?", "iiii", ""},
};
SQL_TABLE(match);

struct hash {
	struct bytes value;
};
static const struct field hash_fields[] = {BYTES(struct hash, value, "value", 0)};
static const struct shape hash_shape = SHAPE(struct hash, hash_fields);

/* --- who could be meant --- */

struct search {
	struct ctx *c;
	const struct bank_line *l;
	struct list seen; /* struct hash: payers that this account has paid for */
	struct match *m;
};

static bool seen_before(const struct search *s, struct bytes payer)
{
	const struct hash *h = s->seen.at;

	for (size_t i = 0; payer.at && i < s->seen.count; i++)
		if (h[i].value.len == payer.len && memcmp(h[i].value.at, payer.at, payer.len) == 0)
			return true;
	return false;
}

static unsigned payer_marks(const struct search *s, const struct application *app)
{
	struct arena *a = s->c->arena;
	const char *must = application_payer(app), *name = s->l->payer_name;
	bool unit = !text_eq(app->holder, "ind");
	unsigned marks = 0;

	if (payment_payer_right(s->c, app, "transfer", name))
		marks |= MATCH_ALLOWED;
	else if (unit ? match_is_person(name) : match_is_unit(name))
		marks |= unit ? MATCH_PRIVATE : MATCH_UNIT;
	if (must && text_eq(name_key(a, must), name_key(a, name)))
		marks |= MATCH_PAYER;
	else if (must && text_eq(match_near_key(a, must), match_near_key(a, name)))
		marks |= MATCH_NEAR;
	return marks | (seen_before(s, application_payer_hash(s->c, app)) ? MATCH_ACCOUNT : 0);
}

/* What money would be taken for: an expired case owes nothing until money comes. */
static int64_t due(const struct application *app)
{
	int64_t owed = app->state == STATE_EXPIRED && app->submitted_at ? app->amount_fen : app->owed_fen;

	return owed > app->paid_fen ? owed - app->paid_fen : 0;
}

static struct match_case *found_before(struct match *m, int64_t id)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->at[i].application_id == id)
			return &m->at[i];
	return NULL;
}

static enum err add(struct search *s, int64_t id, unsigned marks)
{
	struct match_case *k = found_before(s->m, id);
	struct application app;
	enum err e;

	if (k || s->m->count == MATCH_CASES_MAX) {
		if (k)
			k->marks |= marks;
		return ERR_OK;
	}
	e = application_by_id(s->c, id, &app);
	if (e != ERR_OK)
		return e == ERR_ERASED ? ERR_OK : e;
	marks |= payer_marks(s, &app);
	if (!app.submitted_at)
		marks |= MATCH_WAITS;
	if (date_cmp(s->l->value_date, date_of_moment(app.created_at)) < 0)
		marks |= MATCH_EARLY;
	s->m->at[s->m->count++] = (struct match_case){.application_id = id,
		.no = app.no,
		.holder = app.holder,
		.service = app.service,
		.unit_name = application_payer(&app),
		.owing_fen = due(&app),
		.marks = marks};
	return ERR_OK;
}

static enum err add_all(struct search *s, const struct list *ids)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ids->count; i++)
		e = add(s, ((const struct db_int *)ids->at)[i].value, 0);
	return e;
}

static enum err add_written(struct search *s)
{
	struct match_reference at[8];
	size_t n = match_references(s->c->arena, s->c->house->config.case_prefix, s->l->remark, at, ARRAY_LEN(at));

	for (size_t i = 0; i < n; i++) {
		struct db_int id;
		enum err e = db_one(s->c->db, &sql[BY_NO], &db_int_shape, &id, S(at[i].no));

		if (e == ERR_OK)
			e = add(s, id.value, MATCH_REFERENCE | (at[i].mended ? MATCH_MENDED : 0));
		if (e != ERR_OK && e != ERR_NOT_FOUND)
			return e;
	}
	return ERR_OK;
}

/* From the database: all cases that could be meant; wide: those too that only owe the same sum, for the desk. */
static enum err find_all(struct ctx *c, const struct bank_line *l, bool wide, struct match *ret_match)
{
	struct search s = {c, l, {0}, ret_match};
	struct bytes payer = payer_hash(c, l->payer_name);
	struct list ids = {0};
	enum err e = ERR_OK;

	*ret_match = (struct match){0};
	if (l->payer_account_hash.at)
		e = db_all(c->db, &sql[SEEN], &hash_shape, &s.seen, B(l->payer_account_hash));
	if (e == ERR_OK)
		e = add_written(&s);
	if (e == ERR_OK && payer.at)
		e = db_all(c->db, &sql[BY_PAYER], &db_int_shape, &ids, B(payer), I(PAYER_MOST));
	ret_match->crowded = ids.count == PAYER_MOST;
	if (e == ERR_OK)
		e = add_all(&s, &ids);
	ids = (struct list){0};
	if (e == ERR_OK && payer.at)
		e = db_all(c->db, &sql[EXPIRED_OF], &db_int_shape, &ids, B(payer), I(EXPIRED_MOST));
	ret_match->crowded = ret_match->crowded || ids.count == EXPIRED_MOST;
	if (e == ERR_OK)
		e = add_all(&s, &ids);
	ids = (struct list){0};
	if (e == ERR_OK && wide)
		e = db_all(c->db, &sql[BY_SUM], &db_int_shape, &ids, I(allot_left(l)));
	if (e == ERR_OK)
		e = add_all(&s, &ids);
	if (e == ERR_OK)
		match_weigh(c->arena, allot_left(l), ret_match);
	return e;
}

/* --- what follows from it --- */

struct decision {
	struct bank_line line;
	struct match match;
	const char *why; /* left to people; NULL: given */
};

static int by_id(const void *a, const void *b)
{
	const struct match_case *x = a, *y = b;

	return x->application_id < y->application_id ? -1 : x->application_id > y->application_id;
}

/* All that was chosen or nothing: a case that has changed since is a reason to look again. */
static enum err give(struct ctx *c, void *arg)
{
	struct decision *d = arg;
	struct match m = d->match;
	struct bank_line l;
	enum err e;

	qsort(m.at, m.count, sizeof m.at[0], by_id); /* everybody locks cases in this order */
	c->expect = d->line.version;
	e = allot_lock(c, d->line.id, &l);
	c->expect = 0;
	for (size_t i = 0; e == ERR_OK && i < m.count; i++) {
		struct application app;

		if (!m.at[i].chosen)
			continue;
		e = application_by_id(c, m.at[i].application_id, &app);
		if (e == ERR_OK && due(&app) != m.at[i].owing_fen)
			return ERR_STALE;
		if (e == ERR_OK)
			e = allot_give(c, &l, &app, m.at[i].owing_fen, m.say);
	}
	return e;
}

static enum err leave(struct ctx *c, void *arg)
{
	struct decision *d = arg;
	enum err e = allot_hold(c, &d->line, d->why);

	if (e == ERR_OK && d->match.awaits)
		e = db_exec(
			c->db, &sql[AWAITS], I(d->match.awaits), I(d->line.id), I(d->line.version), I(d->match.awaits));
	return e;
}

static enum err one(struct ctx *c, int64_t line_id)
{
	struct decision d = {0};
	enum err e = allot_read(c, line_id, &d.line);

	if (e == ERR_OK && !allot_usable(&d.line)) {
		d.why = d.line.returned ? "银行标记为退汇，请核对是哪笔退款没有退成" : "不是人民币，请财务处理";
		return ctx_tx(c, leave, &d);
	}
	if (e == ERR_OK)
		e = find_all(c, &d.line, false, &d.match);
	d.why = d.match.say;
	if (e == ERR_OK && d.match.chosen) {
		e = ctx_tx(c, give, &d);
		if (e == ERR_OK || e == ERR_STALE)
			return ERR_OK; /* somebody was faster: he saw to it, or the next look does */
		if (e != ERR_WRONG_STATE && e != ERR_INVALID)
			return e;
		d.why = c->say ? c->say : "这笔款项不能记给申请，请核对";
		e = ERR_OK;
	}
	return e == ERR_OK ? ctx_tx(c, leave, &d) : e;
}

/* --- what left and what came back --- */

struct settling {
	int64_t line_id;
	const char *note;
};

static enum err settle(struct ctx *c, void *arg)
{
	const struct settling *s = arg;
	bool settled = false;
	enum err e = refund_settle(c, s->line_id, &settled);

	return e == ERR_OK && !settled ? allot_reverse(c, s->line_id, &settled) : e;
}

static enum err note(struct ctx *c, void *arg)
{
	const struct settling *s = arg;

	return allot_note(c, s->line_id, s->note);
}

static enum err settle_all(struct ctx *c, int64_t statement)
{
	struct list ids;
	enum err e = db_all(c->db, &sql[TO_SETTLE], &db_int_shape, &ids, I(statement));

	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		struct settling s = {.line_id = ((const struct db_int *)ids.at)[i].value};

		e = ctx_tx(c, settle, &s);
		s.note = c->say ? c->say : "请财务核对";
		if (e == ERR_WRONG_STATE)
			e = ctx_tx(c, note, &s);
	}
	return e;
}

/* --- the job --- */

enum { STEP = 200 }; /* lines a run of the job: well inside its lease */

struct next {
	const struct job *job;
	int64_t statement, from; /* from 0: there is no more */
};

enum err match_ask(struct ctx *c, const char *kind, int64_t id, int64_t from)
{
	return job_add(c, "match", arena_printf(c->arena, "%s%" PRId64 ":%" PRId64, kind, id, from));
}

static enum err done(struct ctx *c, void *arg)
{
	const struct next *n = arg;
	enum err e = job_done(c, n->job);

	return e == ERR_OK && n->from ? match_ask(c, "s", n->statement, n->from) : e;
}

static enum err lines_of_case(struct ctx *c, int64_t id, struct list *ret_ids)
{
	struct application app;
	enum err e = application_by_id(c, id, &app);
	const char *must = e == ERR_OK ? application_payer(&app) : NULL;

	return e == ERR_OK ? db_all(c->db, &sql[OF_CASE], &db_int_shape, ret_ids, I(id),
				     S(must ? name_key(c->arena, must) : ""))
			   : e;
}

enum err match_run(struct ctx *c, const struct job *job)
{
	char *after = NULL;
	int64_t id = strtoll(job->ref + 1, &after, 10), from = *after ? strtoll(after + 1, NULL, 10) : 0;
	struct next n = {.job = job, .statement = id};
	struct list ids;
	enum err e = job->ref[0] == 's'
			     ? db_all(c->db, &sql[OF_STATEMENT], &db_int_shape, &ids, I(id), I(from), I(STEP))
			     : lines_of_case(c, id, &ids);

	for (size_t i = 0; e == ERR_OK && i < ids.count; i++)
		e = one(c, ((const struct db_int *)ids.at)[i].value);
	if (e == ERR_OK && job->ref[0] == 's' && ids.count == STEP)
		n.from = ((const struct db_int *)ids.at)[STEP - 1].value;
	else if (e == ERR_OK && job->ref[0] == 's')
		e = settle_all(c, id);
	return e == ERR_OK ? ctx_tx(c, done, &n) : e;
}

/* --- for the desk --- */

static const struct {
	unsigned mark;
	const char *word;
} mark_words[] = {
	{MATCH_REFERENCE, "reference"},
	{MATCH_MENDED, "mended"},
	{MATCH_PAYER, "payer"},
	{MATCH_NEAR, "near"},
	{MATCH_AMOUNT, "amount"},
	{MATCH_PART, "part"},
	{MATCH_ACCOUNT, "account"},
	{MATCH_ALLOWED, "allowed"},
	{MATCH_EARLY, "early"},
	{MATCH_WAITS, "waits"},
	{MATCH_PRIVATE, "private"},
	{MATCH_UNIT, "unit"},
};

static void write_case(const struct match_case *k, struct json_out *j)
{
	json_object(j, NULL);
	json_text(j, "no", k->no);
	json_text(j, "service", k->service);
	json_text(j, "holder", k->holder);
	json_text(j, "payer", k->unit_name);
	json_int(j, "owing_fen", k->owing_fen);
	json_int(j, "score", k->score);
	json_bool(j, "chosen", k->chosen);
	json_list(j, "marks");
	for (size_t i = 0; i < ARRAY_LEN(mark_words); i++)
		if (k->marks & mark_words[i].mark)
			json_text(j, NULL, mark_words[i].word);
	json_end(j);
	json_end(j);
}

enum err match_write(struct ctx *c, int64_t line_id, int64_t *ret_version, struct json_out *j)
{
	struct bank_line l;
	struct match m = {0};
	enum err e = allot_read(c, line_id, &l);

	if (e == ERR_OK && allot_usable(&l) && allot_left(&l) > 0)
		e = find_all(c, &l, true, &m);
	if (e != ERR_OK)
		return e;
	*ret_version = l.version;
	json_object(j, NULL);
	allot_write_line(c, &l, j);
	json_text(j, "say", m.say);
	json_list(j, "candidates");
	for (size_t i = 0; i < m.count; i++)
		write_case(&m.at[i], j);
	json_end(j);
	e = allot_write_payments(c, &l, j);
	json_end(j);
	return e;
}
