/* The register of certificates: the applicant's own, one that he can name, and all of them for staff. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/register.h"
#include "domain/token_state.h"
#include "web/web.h"

struct page_query {
	const char *after, *q;
	int64_t limit;
};
static const struct field staff_fields[] = {
	TEXT(struct page_query, after, "起点", 1, 20, NULL),
	TEXT(struct page_query, q, "查找内容", 1, 128, NULL),
	INT(struct page_query, limit, "条数", 1, REGISTER_LIMIT_MAX),
};
static const struct shape staff_shape = SHAPE(struct page_query, staff_fields);
static const struct field page_fields[] = {
	TEXT(struct page_query, after, "起点", 1, 20, NULL),
	INT(struct page_query, limit, "条数", 1, REGISTER_LIMIT_MAX),
};
static const struct shape page_shape = SHAPE(struct page_query, page_fields);

struct find_in {
	const char *serial, *uscc, *id_number;
};
static const struct field find_fields[] = {
	TEXT_REQUIRED(struct find_in, serial, "证书序列号", 2, 40, rule_serial),
	TEXT(struct find_in, uscc, "统一社会信用代码", 18, 18, rule_uscc),
	TEXT(struct find_in, id_number, "证件号码", 5, 20, rule_id_number),
};
static const struct shape find_shape = SHAPE(struct find_in, find_fields);

static enum err read_page(struct web *w, int64_t *ret_after, int64_t *ret_limit)
{
	const struct page_query *query = w->query;
	char *end = NULL;

	*ret_limit = query->limit ? query->limit : 50;
	*ret_after = query->after ? strtoll(query->after, &end, 10) : 0;
	if (!query->after || (!*end && *ret_after > 0))
		return ERR_OK;
	fault_add(&w->c.faults, "/after", "after", "翻页位置不正确，请从第一页开始");
	return ERR_INVALID;
}

static enum err mine(struct web *w)
{
	int64_t after, limit;
	struct list rows;
	enum err e = read_page(w, &after, &limit);

	if (e == ERR_OK)
		e = register_of_account(&w->c, after, limit, &rows);
	return e == ERR_OK ? register_write_list(&w->c, &rows, limit, false, &w->json) : e;
}

static enum err find(struct web *w)
{
	const struct find_in *in = w->in;
	struct register_certificate r;
	enum err e;

	if (text_empty(in->uscc) && text_empty(in->id_number)) {
		fault_add(&w->c.faults, "/uscc", "missing", "请填写统一社会信用代码；个人证书请填写证件号码");
		return ERR_INVALID;
	}
	e = register_prove(&w->c, in->serial, in->uscc, in->id_number, &r);
	return e == ERR_OK ? register_write(&w->c, &r, false, &w->json) : e;
}

static enum err search(struct web *w)
{
	const struct page_query *query = w->query;
	int64_t after, limit;
	struct list rows;
	enum err e = read_page(w, &after, &limit);

	if (e == ERR_OK)
		e = register_search(&w->c, query->q, after, limit, &rows);
	return e == ERR_OK ? register_write_list(&w->c, &rows, limit, true, &w->json) : e;
}

static enum err named(struct web *w, struct register_certificate *ret_row)
{
	const char *serial = w->segment[0], *say;

	return rule_serial(w->c.arena, &serial, &say) ? ERR_NOT_FOUND : register_find(&w->c, serial, ret_row);
}

static enum err whole(struct web *w)
{
	struct register_certificate r;
	enum err e = named(w, &r);

	return e == ERR_OK ? register_write_whole(&w->c, &r, &w->json) : e;
}

static enum err token(struct web *w)
{
	const struct token_in *in = w->in;
	struct register_certificate r;
	enum err e = named(w, &r);

	if (e != ERR_OK)
		return e;
	if (!r.token_serial)
		return ctx_say(&w->c, ERR_WRONG_STATE, "没有登记这张证书在哪个UKey里");
	e = token_move(&w->c, r.token_serial, (enum token_event)text_index(token_event_words, in->event), 0, in->note);
	return e == ERR_OK ? register_write_whole(&w->c, &r, &w->json) : e;
}

static const struct route routes[] = {
	{GET, "/api/certificates", PERM_APPLY, 0, NULL, &page_shape, mine},
	{POST, "/api/certificates/find", PERM_APPLY, 0, &find_shape, NULL, find},
	{GET, "/api/staff/certificates", PERM_CASE_READ, 0, NULL, &staff_shape, search},
	{GET, "/api/staff/certificates/:serial", PERM_CASE_READ, 0, NULL, NULL, whole},
	{POST, "/api/staff/certificates/:serial/token", PERM_PRODUCE, ROUTE_TX, &token_in_shape, NULL, token},
};

int main(int argc, char **argv)
{
	return web_run("certificate", argc, argv, ROUTES(routes));
}
