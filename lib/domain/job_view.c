#include <inttypes.h>
#include <stdlib.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/job.h"

/* Work that was given up, for staff. */

enum { LIST, WAITING, OLDEST, DEAD, ONE, AGAIN, DROP };

static const struct sql sql[] = {
	[LIST] =
		{"SELECT id, kind, ref, state, tries, error, created_at, COALESCE(died_at, 0), next_at FROM job FORCE INDEX (job_state) WHERE state=? AND "
		 "id<? ORDER BY id DESC LIMIT ?",
			"sii", "isssisiii"},
	[WAITING] = {"SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE state='waiting' AND next_at<=? LIMIT 1000) t", "i",
		"i"},
	[OLDEST] = {"SELECT next_at FROM job WHERE state='waiting' ORDER BY next_at LIMIT 1", "", "i"},
	[DEAD] = {"SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE state='dead' LIMIT 1000) t", "", "i"},
	[ONE] = {"SELECT kind, ref, state FROM job WHERE id=? FOR UPDATE", "i", "sss"},
	[AGAIN] = {"UPDATE job SET state='waiting', tries=0, next_at=?, died_at=NULL WHERE id=? AND state='dead'", "ii",
		""},
	[DROP] = {"UPDATE job SET state='dropped' WHERE id=? AND state='dead'", "i", ""},
};
SQL_TABLE(job_view);

enum { LIMIT_USUAL = 50, LIMIT_MAX = 100 };

static const struct job_kind kinds[] = {
	{"render", "检查上传的文件", "文件已按无法读取处理，请申请人另传一份"},
	{"seal", "截取印模", NULL},
	{"issue", "签发证书", "已转为人工核对，请在制证页办理"},
	{"guide", "更新办事指南", NULL},
	{"match", "匹配到账", NULL},
	{"alipay", "支付宝收款", "这笔订单已关闭，申请人可以另下一笔"},
	{"refund", "退款", NULL},
	{"invoice", "发票", NULL},
	{"casefile", "办件档案", NULL},
	{"erase", "按保存期限清除申请", NULL},
};

const struct job_kind *job_kind(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (text_eq(kinds[i].word, word))
			return &kinds[i];
	return NULL;
}

static const char *const states[] = {"dead", "waiting", "dropped", NULL};

static const struct field query_fields[] = {
	WORD(struct job_query, state, "状态", states),
	TEXT(struct job_query, after, "续读位置", 1, 19, NULL),
	INT(struct job_query, limit, "每页条数", 1, LIMIT_MAX),
};
const struct shape job_query_shape = SHAPE(struct job_query, query_fields);

struct row {
	int64_t id;
	const char *kind, *ref, *state;
	int64_t tries;
	const char *error;
	int64_t created_at, died_at, next_at;
};
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	TEXT(struct row, kind, "kind", 0, 0, NULL),
	TEXT(struct row, ref, "ref", 0, 0, NULL),
	TEXT(struct row, state, "state", 0, 0, NULL),
	INT(struct row, tries, "tries", 0, 0),
	TEXT(struct row, error, "error", 0, 0, NULL),
	TIME(struct row, created_at, "created_at"),
	TIME(struct row, died_at, "died_at"),
	TIME(struct row, next_at, "next_at"),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

/* A job's error is the wire name of ours: it says nothing of anybody. */
static const char *say(const char *wire)
{
	for (int e = ERR_OK + 1; e < ERR_MAX; e++)
		if (text_eq(err_wire((enum err)e), wire))
			return err_sentence((enum err)e);
	return wire;
}

static void write_row(struct ctx *c, const struct row *r, struct json_out *j)
{
	const struct job_kind *kind = job_kind(r->kind);

	json_object(j, NULL);
	json_text(j, "id", arena_printf(c->arena, "%" PRId64, r->id));
	json_text(j, "kind", r->kind);
	json_text(j, "name", kind ? kind->name : "没有这种后台工作");
	json_text(j, "ref", r->ref);
	json_text(j, "state", r->state);
	json_int(j, "tries", r->tries);
	json_text(j, "error", r->error);
	json_text(j, "error_text", r->error ? say(r->error) : NULL);
	json_text(j, "over", kind ? kind->over : NULL);
	json_time(j, "since", r->created_at);
	json_time(j, "died_at", r->died_at);
	json_time(j, "next_at", text_eq(r->state, "waiting") ? r->next_at : 0);
	json_end(j);
}

static enum err counts(struct ctx *c, struct json_out *j)
{
	struct db_int waiting = {0}, dead = {0}, oldest = {0};
	enum err e = db_one(c->db, &sql[WAITING], &db_int_shape, &waiting, I(c->now));

	if (e == ERR_OK)
		e = db_one(c->db, &sql[DEAD], &db_int_shape, &dead);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[OLDEST], &db_int_shape, &oldest);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	json_int(j, "waiting", waiting.value);
	json_int(j, "oldest_s", oldest.value && oldest.value < c->now ? c->now - oldest.value : 0);
	json_int(j, "dead", dead.value);
	return ERR_OK;
}

enum err job_write_list(struct ctx *c, const struct job_query *q, struct json_out *j)
{
	int64_t limit = q->limit ? q->limit : LIMIT_USUAL, after = q->after ? strtoll(q->after, NULL, 10) : INT64_MAX;
	struct list rows;
	enum err e = db_all(
		c->db, &sql[LIST], &row_shape, &rows, S(q->state ? q->state : states[0]), I(after), I(limit));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++)
		write_row(c, &((const struct row *)rows.at)[i], j);
	json_end(j);
	JSON_NEXT(j, &rows, limit, struct row);
	e = counts(c, j);
	json_end(j);
	return e;
}

struct one {
	const char *kind, *ref, *state;
};
static const struct field one_fields[] = {
	TEXT(struct one, kind, "kind", 0, 0, NULL),
	TEXT(struct one, ref, "ref", 0, 0, NULL),
	TEXT(struct one, state, "state", 0, 0, NULL),
};
static const struct shape one_shape = SHAPE(struct one, one_fields);

static enum err dead_one(struct ctx *c, const char *id, struct one *ret_job)
{
	enum err e = db_one(c->db, &sql[ONE], &one_shape, ret_job, I(strtoll(id, NULL, 10)));

	if (e == ERR_OK && !text_eq(ret_job->state, "dead"))
		return ctx_say(c, ERR_WRONG_STATE, "这项工作已不在未完成之列，请刷新");
	return e;
}

static void note(struct ctx *c, const char *action, const struct one *job, const char *reason)
{
	audit_add(c, action, job->ref, arena_printf(c->arena, "%s: %s", job->kind, reason));
}

enum err job_again(struct ctx *c, const char *id, const char *reason)
{
	struct one job;
	const struct job_kind *kind;
	enum err e = dead_one(c, id, &job);

	if (e != ERR_OK)
		return e;
	kind = job_kind(job.kind);
	if (!kind || kind->over)
		return ctx_say(c, ERR_WRONG_STATE, "%s", kind ? kind->over : "没有这种后台工作，只能搁置");
	note(c, "job_again", &job, reason);
	return db_exec(c->db, &sql[AGAIN], I(c->now), I(strtoll(id, NULL, 10)));
}

enum err job_drop(struct ctx *c, const char *id, const char *reason)
{
	struct one job;
	enum err e = dead_one(c, id, &job);

	if (e != ERR_OK)
		return e;
	note(c, "job_drop", &job, reason);
	return db_exec(c->db, &sql[DROP], I(strtoll(id, NULL, 10)));
}
