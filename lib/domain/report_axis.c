#include "domain/report_axis.h"

#include "base/str.h"

enum { BRANCHES };

static const struct sql sql[] = {
	[BRANCHES] = {"SELECT code, name FROM branch ORDER BY open DESC, sort, code", "", "ss"},
};
SQL_TABLE(report_axis);

const char *const report_by_words[] = {"day", "week", "month", "service", "holder", "branch", NULL};
static const char *const heads[BY_MAX] = {"日期", "周", "月", "业务", "证书类型", "网点"};

struct branch_name {
	const char *code, *name;
};
static const struct field branch_fields[] = {
	TEXT(struct branch_name, code, "code", 0, 0, NULL), TEXT(struct branch_name, name, "name", 0, 0, NULL)};
static const struct shape branch_shape = SHAPE(struct branch_name, branch_fields);

static struct date last_of_month(struct date d)
{
	struct date first = {
		d.month == 12 ? (int16_t)(d.year + 1) : d.year, d.month == 12 ? 1 : (int8_t)(d.month + 1), 1};

	return date_add(first, -1);
}

/* The last day of the place that begins with d. */
static struct date place_end(enum report_by by, struct date d)
{
	if (by == BY_WEEK)
		return date_add(d, (7 - date_weekday(d)) % 7);
	return by == BY_MONTH ? last_of_month(d) : d;
}

static const char *place_label(struct arena *a, enum report_by by, const struct report_place *p)
{
	if (by == BY_DAY)
		return date_text(a, p->from);
	if (by == BY_MONTH)
		return arena_printf(a, "%04d-%02d", p->from.year, p->from.month);
	return arena_printf(a, "%s至%s", date_text(a, p->from), date_text(a, p->to) + 5);
}

static void days(struct arena *a, struct report_axis *x)
{
	x->at = arena_array(a, REPORT_DAYS_MAX, sizeof *x->at);
	for (struct date d = x->from; date_cmp(d, x->to) <= 0;) {
		struct date end = place_end(x->by, d);
		struct report_place *p = &x->at[x->count++];

		*p = (struct report_place){NULL, d, date_cmp(end, x->to) < 0 ? end : x->to, NULL};
		p->label = place_label(a, x->by, p);
		d = date_add(p->to, 1);
	}
}

static void add(struct report_axis *x, const char *key, const char *label)
{
	x->at[x->count++] = (struct report_place){.key = key, .label = label};
}

enum err report_axis(struct ctx *c, const struct report_query *in, struct report_axis *ret_axis)
{
	int by = in->by ? text_index(report_by_words, in->by) : BY_DAY;
	struct report_axis x = {.by = (enum report_by)by, .from = in->from, .to = in->to, .head = heads[by]};
	const struct catalog *catalog = c->house->catalog;
	struct list branches = {NULL, 0};
	enum err e = ERR_OK;

	if (x.by <= BY_MONTH) {
		days(c->arena, &x);
		*ret_axis = x;
		return ERR_OK;
	}
	if (x.by == BY_BRANCH)
		e = db_all(c->db, &sql[BRANCHES], &branch_shape, &branches);
	if (e != ERR_OK)
		return e;
	x.at = arena_array(
		c->arena, catalog->services.count + catalog->holders.count + branches.count + 1, sizeof *x.at);
	if (x.by == BY_SERVICE)
		CATALOG_EACH(struct catalog_service, s, &catalog->services)
			add(&x, s->code, s->name);
	if (x.by == BY_HOLDER)
		CATALOG_EACH(struct catalog_holder, h, &catalog->holders)
			add(&x, h->code, h->name);
	CATALOG_EACH(struct branch_name, b, &branches)
		add(&x, b->code, b->name);
	add(&x, "", x.by == BY_BRANCH ? "邮寄或在线" : "其他");
	*ret_axis = x;
	return ERR_OK;
}

size_t report_axis_find(const struct report_axis *x, struct date day, const char *code)
{
	size_t low = 0, high = x->count - 1;

	if (x->by > BY_MONTH) {
		for (size_t i = 0; i < x->count; i++)
			if (text_eq(x->at[i].key, code ? code : ""))
				return i;
		return x->count - 1;
	}
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (date_cmp(day, x->at[mid].to) <= 0)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}
