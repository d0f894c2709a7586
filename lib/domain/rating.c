#include "domain/rating.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/setting.h"
#include "io/crypto.h"

enum { READ, LOCK, ADD, CHANGE, FOLLOW, OPENED };

static const struct sql sql[] = {
	[READ] = {"SELECT " RATING_COLUMNS " FROM rating r WHERE r.application_id=?", "i", RATING_TYPES},
	[LOCK] = {"SELECT " RATING_COLUMNS " FROM rating r WHERE r.application_id=? FOR UPDATE", "i", RATING_TYPES},
	[ADD] = {"INSERT INTO rating (application_id, score, reasons, words_sealed, source, at, changed_at, follow, follow_at, follow_due) "
		 "VALUES (?,?,?,?,?,?,?,?,?,?)",
		"iisbsiisid", ""},
	[CHANGE] =
		{"UPDATE rating SET score=?, reasons=?, words_sealed=?, source=?, changed_at=?, version=version+1 WHERE id=? AND version=?",
			"isbsiii", ""},
	/* It begins anew: nobody has it, nobody called. */
	[FOLLOW] =
		{"UPDATE rating SET score=?, reasons=?, words_sealed=?, source=?, changed_at=?, version=version+1, "
		 "follow='open', follow_at=?, follow_due=?, follow_owner=NULL, called_at=NULL, closed_at=NULL, result=NULL "
		 "WHERE id=? AND version=?",
			"isbsiidii", ""},
	[OPENED] = {"INSERT INTO rating_step (rating_id, at, step) VALUES (?,?,'open')", "ii", ""},
};
SQL_TABLE(rating);

static const char *const levels[RATING_MAX + 1] = {
	[5] = "非常满意",
	[4] = "满意",
	[3] = "基本满意",
	[2] = "不满意",
	[1] = "非常不满意",
};

/* Why, and at which levels it may be said. */
static const struct choice {
	const char *code, *text;
	int64_t from, to;
} choices[] = {
	{"quick", "办得快", 3, 5},
	{"clear", "说明清楚", 3, 5},
	{"easy", "页面好用", 3, 5},
	{"kind", "态度好", 3, 5},
	{"slow", "办得慢", 1, 3},
	{"unclear", "说明看不懂", 1, 3},
	{"again", "多次要求补正", 1, 3},
	{"trouble", "页面或上传出错", 1, 3},
	{"unkind", "态度不好", 1, 3},
	{"cost", "收费不清楚", 1, 3},
	{"delivery", "寄送或领取不便", 1, 3},
	{"other", "其他", 1, 5},
};

static const struct field in_fields[] = {
	INT_REQUIRED(struct rating_in, score, "满意程度", 1, RATING_MAX),
	TEXTS(struct rating_in, reasons, "原因", 0, RATING_REASONS_MAX, rule_word),
	TEXT(struct rating_in, words, "想说的话", 1, RATING_WORDS_MAX, rule_note),
};
const struct shape rating_in_shape = SHAPE(struct rating_in, in_fields);

#define R_TEXT(m) TEXT(struct rating, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct rating, m, #m, 0, 0)
static const struct field row_fields[] = {
	R_INT(id),
	R_INT(application_id),
	R_INT(score),
	R_TEXT(reasons),
	BYTES(struct rating, words_sealed, "words", 0),
	R_TEXT(source),
	R_INT(at),
	R_INT(changed_at),
	R_INT(version),
	R_TEXT(follow),
	R_INT(follow_at),
	DAY(struct rating, follow_due, "follow_due"),
	R_INT(follow_owner),
	R_INT(called_at),
	R_INT(closed_at),
	R_TEXT(result),
};
const struct shape rating_row_shape = SHAPE(struct rating, row_fields);

const char *rating_level(int64_t score)
{
	return score >= 1 && score <= RATING_MAX ? levels[score] : "";
}

static const struct choice *find_choice(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (text_eq(choices[i].code, code))
			return &choices[i];
	return NULL;
}

/* --- may it be given now --------------------------------------------------------------------------------------------- */

struct window {
	bool may;
	struct date until; /* last day, no day: not completed */
	const char *why;   /* why not */
};

/* r: NULL when there is none yet. */
static enum err window_of(struct ctx *c, const struct application *app, const struct rating *r, struct window *ret)
{
	int64_t days;
	enum err e;

	*ret = (struct window){.why = "办结以后可以评价"};
	if (app->state != STATE_COMPLETED)
		return ERR_OK;
	e = setting_int(c, r ? "rating.change_days" : "rating.days", &days);
	if (e != ERR_OK)
		return e;
	ret->until = date_add(date_of_moment(r ? r->at : app->state_at), days);
	ret->may = date_cmp(date_of_moment(c->now), ret->until) <= 0;
	ret->why = ret->may ? NULL
			    : arena_printf(c->arena, r ? "修改评价到%s为止" : "评价到%s为止",
				      date_chinese(c->arena, ret->until));
	return ERR_OK;
}

/* --- giving ---------------------------------------------------------------------------------------------------------- */

static enum err check_reasons(struct ctx *c, const struct rating_in *in, const char **ret_codes)
{
	struct str s;

	str_init(&s, c->arena);
	for (size_t i = 0; i < in->reasons.count; i++) {
		const struct choice *k = find_choice(in->reasons.at[i]);
		const char *at = arena_printf(c->arena, "/reasons/%zu", i);

		if (!k || in->score < k->from || in->score > k->to)
			fault_add(&c->faults, at, "choice", "原因请从“%s”的选项里选", rating_level(in->score));
		for (size_t n = 0; n < i; n++)
			if (text_eq(in->reasons.at[n], in->reasons.at[i]))
				fault_add(&c->faults, at, "twice", "原因重复，请去掉一个");
		str_addf(&s, "%s%s", i ? " " : "", in->reasons.at[i]);
	}
	*ret_codes = s.at;
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum err rating_follow_due(struct ctx *c, struct date *ret_due)
{
	const struct calendar *calendar;
	struct date day0;
	int64_t days;
	enum err e = ctx_calendar(c, &calendar);

	if (e == ERR_OK)
		e = setting_int(c, "rating.follow_days", &days);
	if (e == ERR_OK && calendar_due(calendar, c->now, (int)days, &day0, ret_due) != ERR_OK)
		*ret_due = date_add(date_of_moment(c->now), days);
	return e;
}

static enum err save(struct ctx *c, const struct application *app, const struct rating *r, const struct rating *old)
{
	bool opens = r->score <= RATING_LOW && (!old || !text_eq(old->follow, "open"));
	struct date due = {0};
	enum err e = opens ? rating_follow_due(c, &due) : ERR_OK;
	int64_t id = old ? old->id : 0;

	if (e != ERR_OK)
		return e;
	if (!old)
		e = db_exec(c->db, &sql[ADD], I(app->id), I(r->score), S(r->reasons), B(r->words_sealed), S(r->source),
			I(c->now), I(c->now), S(opens ? "open" : "none"), I0(opens ? c->now : 0), D(due));
	else if (opens)
		e = db_exec(c->db, &sql[FOLLOW], I(r->score), S(r->reasons), B(r->words_sealed), S(r->source),
			I(c->now), I(c->now), D(due), I(id), I(old->version));
	else
		e = db_exec(c->db, &sql[CHANGE], I(r->score), S(r->reasons), B(r->words_sealed), S(r->source),
			I(c->now), I(id), I(old->version));
	if (e == ERR_OK && old && db_changed(c->db) != 1)
		return ERR_BUSY;
	if (e == ERR_OK && !old)
		id = db_last_id(c->db);
	return e == ERR_OK && opens ? db_exec(c->db, &sql[OPENED], I(id), I(c->now)) : e;
}

enum err rating_give(struct ctx *c, const struct application *app, const char *source, const struct rating_in *in)
{
	struct rating old, r = {.score = in->score, .source = source};
	struct window w;
	enum err e = db_one(c->db, &sql[LOCK], &rating_row_shape, &old, I(app->id));
	bool there = e == ERR_OK;

	assert(db_in_tx(c->db));
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	e = window_of(c, app, there ? &old : NULL, &w);
	if (e == ERR_OK && !w.may)
		return ctx_say(c, ERR_WRONG_STATE, "%s", w.why);
	if (e == ERR_OK)
		e = check_reasons(c, in, &r.reasons);
	if (e != ERR_OK)
		return e;
	if (in->words)
		r.words_sealed = ctx_seal(c, "rating.words", in->words);
	audit_add(c, there ? "rating_change" : "rating", app->no,
		arena_printf(c->arena, "%" PRId64 " %s", in->score, source));
	return save(c, app, &r, there ? &old : NULL);
}

/* --- showing --------------------------------------------------------------------------------------------------------- */

void rating_write_reasons(struct arena *a, const char *reasons, const char *key, struct json_out *j)
{
	json_list(j, key);
	while (reasons && *reasons) {
		size_t n = strcspn(reasons, " ");
		char *code = arena_textn(a, reasons, n);
		const struct choice *k = find_choice(code);

		json_object(j, NULL);
		json_text(j, "code", code);
		json_text(j, "text", k ? k->text : code);
		json_end(j);
		reasons += n + (reasons[n] == ' ');
	}
	json_end(j);
}

static void write_choices(struct json_out *j)
{
	json_list(j, "levels");
	for (int64_t i = RATING_MAX; i > 0; i--) {
		json_object(j, NULL);
		json_int(j, "score", i);
		json_text(j, "name", levels[i]);
		json_end(j);
	}
	json_end(j);
	json_list(j, "choices");
	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		json_object(j, NULL);
		json_text(j, "code", choices[i].code);
		json_text(j, "text", choices[i].text);
		json_int(j, "from", choices[i].from);
		json_int(j, "to", choices[i].to);
		json_end(j);
	}
	json_end(j);
}

enum err rating_write(struct ctx *c, const struct application *app, bool words, struct json_out *j)
{
	struct rating r = {0};
	const char *said = NULL;
	struct window w;
	enum err e = db_one(c->db, &sql[READ], &rating_row_shape, &r, I(app->id));
	bool there = e == ERR_OK;

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	e = window_of(c, app, there ? &r : NULL, &w);
	if (e == ERR_OK && words && r.words_sealed.len)
		e = ctx_open(c, "rating.words", r.words_sealed, &said);
	if (e != ERR_OK)
		return e;
	json_bool(j, "may", w.may);
	json_day(j, "until", w.until);
	json_text(j, "why", w.why);
	json_text(j, "act", there ? w.may ? "修改评价" : "看我的评价" : w.may ? "评价这次办理" : NULL);
	if (there)
		json_int(j, "score", r.score);
	else
		json_null(j, "score");
	json_text(j, "level", there ? rating_level(r.score) : NULL);
	rating_write_reasons(c->arena, r.reasons, "reasons", j);
	json_text(j, "words", said);
	json_time(j, "at", r.changed_at);
	write_choices(j);
	return ERR_OK;
}

void rating_page_form(const char *no, const char *ticket, int64_t score, struct str *s)
{
	markup(s,
		"<form method=\"post\" action=\"/api/track/rating/page\">\n<input type=\"hidden\" name=\"no\" value=\"%s\">"
		"<input type=\"hidden\" name=\"ticket\" value=\"%s\">\n<div class=\"fld\"><fieldset><legend>满意程度</legend>\n",
		no, ticket);
	for (int64_t i = RATING_MAX; i > 0; i--)
		markup(s,
			i == score
				? "<div class=\"opt\"><input type=\"radio\" name=\"score\" id=\"score-%d\" value=\"%d\" checked>"
				  "<label for=\"score-%d\">%s</label></div>\n"
				: "<div class=\"opt\"><input type=\"radio\" name=\"score\" id=\"score-%d\" value=\"%d\">"
				  "<label for=\"score-%d\">%s</label></div>\n",
			i, i, i, levels[i]);
	str_add(s,
		"</fieldset></div>\n<div class=\"fld\"><label for=\"words\">想说的话（选填）</label>"
		"<p class=\"hint\" id=\"words-h\">300字以内。加密保存，只有回访的工作人员能看</p>"
		"<textarea id=\"words\" name=\"words\" rows=\"4\" maxlength=\"300\" aria-describedby=\"words-h\"></textarea></div>\n"
		"<div class=\"acts\"><button class=\"btn\" type=\"submit\">提交评价</button></div>\n</form>\n");
}

enum err rating_page(struct ctx *c, const struct application *app, const char *ticket, struct str *s)
{
	struct rating r = {0};
	struct window w;
	enum err e = db_one(c->db, &sql[READ], &rating_row_shape, &r, I(app->id));
	bool there = e == ERR_OK;

	if (app->state != STATE_COMPLETED || (e != ERR_OK && e != ERR_NOT_FOUND))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = window_of(c, app, there ? &r : NULL, &w);
	if (e != ERR_OK)
		return e;
	str_add(s, "<section aria-labelledby=\"rate\"><h2 id=\"rate\">评价这次办理</h2>\n");
	if (there)
		markup(s, "<p>您的评价：<strong>%s</strong></p>\n", rating_level(r.score));
	if (w.why)
		markup(s, "<p>%s</p>\n", w.why);
	if (w.may)
		rating_page_form(app->no, ticket, r.score, s);
	str_add(s, "</section>\n");
	return ERR_OK;
}

/* --- the ticket of the tracker ---------------------------------------------------------------------------------------- */

static const char *ticket_of(struct ctx *c, const char *no, int64_t ends_at)
{
	struct bytes mac = ctx_index(c, "rating.ticket", arena_printf(c->arena, "%s:%" PRId64, no, ends_at));
	struct str s;

	str_init(&s, c->arena);
	str_addf(&s, "%" PRId64 ".", ends_at);
	str_hex(&s, mac.at, mac.len);
	return s.at;
}

const char *rating_ticket(struct ctx *c, const char *no)
{
	return ticket_of(c, no, c->now + RATING_TICKET_S);
}

bool rating_ticket_holds(struct ctx *c, const char *no, const char *ticket)
{
	int64_t ends_at = strtoll(ticket, NULL, 10);
	const char *right;

	if (ends_at < c->now || ends_at > c->now + RATING_TICKET_S)
		return false;
	right = ticket_of(c, no, ends_at);
	return strlen(right) == strlen(ticket) && crypto_equal(right, ticket, strlen(right));
}
