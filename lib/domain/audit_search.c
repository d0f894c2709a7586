#include "domain/audit_search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"

enum { STAFF_ID, FIRST, BY_OBJECT, BY_STAFF, BY_ACTION, ALL };

#define COLUMNS "t.seq, t.at, t.actor, t.actor_id, t.addr, t.action, t.object, t.detail, s.user, s.name "
#define TYPES \
	"iisiss" \
	"ssss"
#define RAW "SELECT seq, at, actor, actor_id, addr, action, object, detail FROM audit "
#define NAMED ") t LEFT JOIN staff s ON t.actor='staff' AND s.id=t.actor_id ORDER BY t.seq DESC"
/* The walk of one index, bounded before anything is sifted out of it. */
#define WALK "AND seq<? AND seq>=? ORDER BY seq DESC LIMIT ?"
static const struct sql sql[] = {
	[STAFF_ID] = {"SELECT id FROM staff WHERE user=?", "s", "i"},
	/* The clock of a row is that of its request, its place that of its commit: rows of one minute may be out of order. */
	[FIRST] = {"SELECT seq FROM audit WHERE at>=? ORDER BY at, seq LIMIT 1", "i", "i"},
	[BY_OBJECT] = {"SELECT " COLUMNS "FROM (" RAW "WHERE object=? " WALK NAMED, "siii", TYPES},
	[BY_STAFF] = {"SELECT " COLUMNS "FROM (" RAW "WHERE actor='staff' AND actor_id=? " WALK NAMED, "iiii", TYPES},
	[BY_ACTION] = {"SELECT " COLUMNS "FROM (" RAW "WHERE action=? " WALK NAMED, "siii", TYPES},
	[ALL] = {"SELECT " COLUMNS "FROM (" RAW "WHERE seq>0 " WALK NAMED, "iii", TYPES},
};
SQL_TABLE(audit_search);

enum { LIMIT_USUAL = 50, OUT_OF_ORDER_S = 3600 };
#define NEWEST_SEQ INT64_MAX

static const char *const kinds[] = {"reveal", "view", "export", "sign", "refused", "admin", "alarm", "audit", NULL};

static const struct action {
	const char *word, *kind, *name;
} actions[] = {
	{"reveal", "reveal", "查看完整信息"},
	{"refund_file", "reveal", "取退款文件（完整账号）"},
	{"case_view", "view", "打开案件"},
	{"file_view", "view", "查看材料页面"},
	{"seal_view", "view", "查看印模"},
	{"seal_sight", "view", "查看印模裁切处"},
	{"certificate_find", "view", "按序列号查证书"},
	{"invoice_look", "view", "打开发票链接"},
	{"earlier_view", "view", "查看以前办过的业务"},
	{"rounds_view", "view", "比较各轮材料"},
	{"note_view", "view", "查看内部备注"},
	{"rating_view", "view", "查看评价"},
	{"feedback_view", "view", "查看咨询投诉"},
	{"arrival_look", "view", "查看到件照片"},
	{"view_casefile", "export", "取办件档案"},
	{"parcel_label", "export", "打印面单"},
	{"export_allowed", "export", "批准导出"},
	{"payment_file", "export", "导出收款明细"},
	{"refund_export", "export", "导出退款批次"},
	{"invoice_file", "export", "取发票文件"},
	{"seal_data", "export", "取电子印章数据"},
	{"report_file", "export", "导出报表"},
	{"staff_sign_in", "sign", "登录工作台"},
	{"staff_sign_in_refused", "refused", "登录工作台被拒"},
	{"file_refused", "refused", "查看材料被拒"},
	{"signature_refused", "refused", "签名被拒"},
	{"relay_refused", "refused", "手机传图被拒"},
	{"unlock_refused", "refused", "自动解锁被拒"},
	{"invoice_code_wrong", "refused", "发票验证码错误"},
	{"issue_refused", "refused", "签发被拒"},
	{"staff_add", "admin", "新增账号"},
	{"staff_lock", "admin", "停用账号"},
	{"staff_unlock", "admin", "启用账号"},
	{"staff_end_sessions", "admin", "强制退出"},
	{"staff_password_reset", "admin", "重置密码"},
	{"staff_password", "admin", "修改自己的密码"},
	{"staff_totp", "admin", "绑定动态码"},
	{"staff_code", "admin", "取重新绑定代码"},
	{"proposal_add", "admin", "提出一项改动"},
	{"proposal_confirm", "admin", "确认一项改动"},
	{"proposal_decline", "admin", "退回一项改动"},
	{"proposal_withdraw", "admin", "撤回一项改动"},
	{"staff_roles", "admin", "变更岗位"},
	{"staff_totp_reset", "admin", "解除动态码"},
	{"setting_change", "admin", "修改设置"},
	{"calendar_import", "admin", "导入日历"},
	{"case_erased", "admin", "按保存期限清除申请"},
	{"backup", "admin", "备份数据库和材料库"},
	{"branch_add", "admin", "新增网点"},
	{"branch_change", "admin", "修改网点"},
	{"branch_close", "admin", "停用网点"},
	{"contact_propose", "admin", "提出联系方式改动"},
	{"contact_change", "admin", "修改联系方式"}, /* of the time when one person was enough */
	{"contact_confirm", "admin", "确认联系方式改动"},
	{"contact_refuse", "admin", "退回联系方式改动"},
	{"contact_withdraw", "admin", "撤回联系方式改动"},
	{"announcement", "admin", "发布或撤下公告"},
	{"clock_accept", "admin", "确认系统时间"},
	{"look_alarm", "alarm", "看得太多，已提醒主管"},
	{"alarm_settle", "alarm", "核实提醒"},
	{"feedback_answer", "admin", "答复咨询投诉"},
	{"audit_search", "audit", "查询审计"},
};

static const struct action *find(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (text_eq(actions[i].word, word))
			return &actions[i];
	return NULL;
}

static const char *kind_of(const char *action)
{
	const struct action *a = find(action);

	return a ? a->kind : NULL;
}

static const struct field query_fields[] = {
	TEXT(struct audit_query, staff, "账号", 1, 40, NULL),
	TEXT(struct audit_query, object, "案件号或对象", 1, 60, NULL),
	WORD(struct audit_query, kind, "类别", kinds),
	DAY(struct audit_query, from, "起始日期"),
	DAY(struct audit_query, until, "截止日期"),
	TEXT(struct audit_query, after, "翻页位置", 1, 18, rule_word),
	INT(struct audit_query, limit, "条数", 1, AUDIT_LIMIT_MAX),
};
const struct shape audit_query_shape = SHAPE(struct audit_query, query_fields);

struct found {
	int64_t seq, at;
	const char *actor;
	int64_t actor_id;
	const char *addr, *action, *object, *detail, *user, *name;
};
#define R_TEXT(m) TEXT(struct found, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct found, m, #m, 0, 0)
static const struct field found_fields[] = {
	R_INT(seq),
	R_INT(at),
	R_TEXT(actor),
	R_INT(actor_id),
	R_TEXT(addr),
	R_TEXT(action),
	R_TEXT(object),
	R_TEXT(detail),
	R_TEXT(user),
	R_TEXT(name),
};
static const struct shape found_shape = SHAPE(struct found, found_fields);

/* What is asked, ready to be compared; before and first bound the places in the chain. */
struct search {
	const struct audit_query *q;
	const char *object;
	int64_t staff_id, from, until, before, first, limit;
	int64_t most; /* rows of one walk */
	struct found *hit;
	size_t count, room;
	int64_t looked_to; /* every row from here on was looked at */
};

static enum err place_of(struct ctx *c, int64_t moment, int64_t otherwise, int64_t *ret_seq)
{
	struct db_int n;
	enum err e = db_one(c->db, &sql[FIRST], &db_int_shape, &n, I(moment));

	*ret_seq = e == ERR_OK ? n.value : otherwise;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err bounds(struct ctx *c, struct search *s)
{
	const struct audit_query *q = s->q;
	int64_t last = NEWEST_SEQ;
	enum err e = ERR_OK;

	s->before = q->after ? strtoll(q->after, NULL, 10) : NEWEST_SEQ;
	s->first = 1;
	s->until = INT64_MAX;
	if (!date_none(q->from)) {
		s->from = date_moment(q->from, 0, 0, 0);
		e = place_of(c, s->from - OUT_OF_ORDER_S, NEWEST_SEQ, &s->first);
	}
	if (e == ERR_OK && !date_none(q->until)) {
		s->until = date_moment(date_add(q->until, 1), 0, 0, 0);
		e = place_of(c, s->until + OUT_OF_ORDER_S, NEWEST_SEQ, &last);
	}
	if (last < s->before)
		s->before = last;
	return e;
}

/* A case number as people type it; everything else is kept as it is written. */
static const char *object_of(struct ctx *c, const char *typed)
{
	const char *folded = typed ? rule_fold_code(c->arena, typed) : NULL, *prefix = c->house->config.case_prefix;

	return folded && strncmp(folded, prefix, strlen(prefix)) == 0 ? folded : typed;
}

static enum err check(struct ctx *c, struct search *s)
{
	const struct audit_query *q = s->q;
	struct db_int id = {0};
	enum err e = q->staff ? db_one(c->db, &sql[STAFF_ID], &db_int_shape, &id, S(q->staff)) : ERR_OK;

	s->staff_id = id.value;
	s->object = object_of(c, q->object);
	/* Only where more than one thing is asked is anything sifted out of a walk. */
	s->most = !!q->staff + !!q->object + !!q->kind > 1 ? AUDIT_SCAN : s->limit + 1;
	if (e == ERR_NOT_FOUND)
		fault_add(&c->faults, "/staff", "unknown", "没有账号“%s”，请核对后再查", q->staff);
	else if (e != ERR_OK)
		return e;
	if (!date_none(q->from) && !date_none(q->until) && date_cmp(q->from, q->until) > 0)
		fault_add(&c->faults, "/until", "range", "截止日期早于起始日期，请调换");
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

static bool fits(const struct search *s, const struct found *r)
{
	const struct audit_query *q = s->q;

	return r->at >= s->from && r->at < s->until &&
	       (!q->staff || (text_eq(r->actor, "staff") && r->actor_id == s->staff_id)) &&
	       (!s->object || text_eq(r->object, s->object)) && (!q->kind || text_eq(q->kind, kind_of(r->action)));
}

/* One index walked: what fits of it joins the hits; where the walk ended is how far the page may reach. */
static void take(struct search *s, const struct list *rows)
{
	const struct found *at = rows->at;

	for (size_t i = 0; i < rows->count && s->count < s->room; i++)
		if (fits(s, &at[i]))
			s->hit[s->count++] = at[i];
	if (rows->count == (size_t)s->most && at[rows->count - 1].seq > s->looked_to)
		s->looked_to = at[rows->count - 1].seq;
}

static enum err walk_actions(struct ctx *c, struct search *s)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(actions); i++) {
		struct list rows;

		if (!text_eq(actions[i].kind, s->q->kind))
			continue;
		e = db_all(c->db, &sql[BY_ACTION], &found_shape, &rows, S(actions[i].word), I(s->before), I(s->first),
			I(s->most));
		if (e == ERR_OK)
			take(s, &rows);
	}
	return e;
}

static enum err walk(struct ctx *c, struct search *s)
{
	const struct audit_query *q = s->q;
	struct list rows = {NULL, 0};
	enum err e;

	if (q->kind && !q->object && !q->staff)
		return walk_actions(c, s);
	if (s->object)
		e = db_all(c->db, &sql[BY_OBJECT], &found_shape, &rows, S(s->object), I(s->before), I(s->first),
			I(s->most));
	else if (q->staff)
		e = db_all(c->db, &sql[BY_STAFF], &found_shape, &rows, I(s->staff_id), I(s->before), I(s->first),
			I(s->most));
	else
		e = db_all(c->db, &sql[ALL], &found_shape, &rows, I(s->before), I(s->first), I(s->most));
	if (e == ERR_OK)
		take(s, &rows);
	return e;
}

static int newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->seq < y->seq) - (x->seq > y->seq);
}

/* Hits beyond where every walk has been are left for the next page, as are those over its length. */
static const char *cut(struct ctx *c, struct search *s)
{
	bool more = s->looked_to > 0;
	int64_t next = s->looked_to;

	qsort(s->hit, s->count, sizeof *s->hit, newest_first);
	while (s->count && s->hit[s->count - 1].seq < s->looked_to)
		s->count--;
	if (s->count > (size_t)s->limit) {
		s->count = (size_t)s->limit;
		more = true;
		next = s->hit[s->count - 1].seq;
	}
	return more ? arena_printf(c->arena, "%" PRId64, next) : NULL;
}

static void write_row(const struct found *r, struct json_out *j)
{
	bool staff = text_eq(r->actor, "staff");
	const struct action *a = find(r->action);

	json_object(j, NULL);
	json_int(j, "seq", r->seq);
	json_time(j, "at", r->at);
	json_text(j, "actor", r->actor);
	json_text(j, "user", r->user);
	json_text(j, "name", r->name);
	json_text(j, "addr", staff ? r->addr : NULL);
	json_text(j, "action", r->action);
	json_text(j, "action_name", a ? a->name : NULL);
	json_text(j, "kind", a ? a->kind : NULL);
	json_text(j, "object", r->object);
	json_text(j, "detail", r->detail);
	json_end(j);
}

/* What was searched for, as it stands in the book. */
static const char *asked(struct ctx *c, const struct audit_query *q)
{
	const char *part[][2] = {{"staff", q->staff}, {"kind", q->kind}, {"from", date_text(c->arena, q->from)},
		{"until", date_text(c->arena, q->until)}, {"before", q->after}};
	struct str s;

	str_init(&s, c->arena);
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (!text_empty(part[i][1]))
			str_addf(&s, "%s%s=%s", s.len ? " " : "", part[i][0], part[i][1]);
	return s.at;
}

enum err audit_search(struct ctx *c, const struct audit_query *q, struct json_out *j)
{
	struct search s = {.q = q,
		.limit = q->limit ? q->limit : LIMIT_USUAL,
		.room = AUDIT_SCAN + ARRAY_LEN(actions) * (AUDIT_LIMIT_MAX + 1)};
	const char *next;
	enum err e = check(c, &s);

	if (e == ERR_OK)
		e = audit_look(c, "audit_search", s.object ? s.object : "audit", asked(c, q));
	if (e == ERR_OK)
		e = bounds(c, &s);
	if (e != ERR_OK)
		return e;
	s.hit = arena_array(c->arena, s.room, sizeof *s.hit);
	e = walk(c, &s);
	if (e != ERR_OK)
		return e;
	next = cut(c, &s);
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < s.count; i++)
		write_row(&s.hit[i], j);
	json_end(j);
	json_text(j, "next", next);
	json_end(j);
	return ERR_OK;
}
