/* What anybody may ask: which services there are, what they cost and take, where the counters are, whether a number can
 * be right. */
#include "base/log.h"
#include "base/money.h"
#include "base/rule.h"
#include "domain/branch.h"
#include "domain/catalog_json.h"
#include "domain/contact.h"
#include "domain/fee.h"
#include "web/web.h"

/* --- the catalogue -------------------------------------------------------------------------------------------------- */

/* Written once, and again when staff have changed what lies over the catalogue. */
static enum err catalog(struct web *w)
{
	static struct str kept;
	static struct arena *arena;
	static int64_t serial;
	const struct catalog *now;
	enum err e = contact_catalog(&w->c, &now);

	if (e != ERR_OK)
		return e;
	if (serial != contact_serial()) {
		struct json_out j;

		arena_free(arena);
		arena = arena_new();
		str_init(&kept, arena);
		json_begin(&j, &kept);
		catalog_json(&j, now);
		serial = contact_serial();
	}
	web_bytes(w, NULL, (struct bytes){(const unsigned char *)kept.at, kept.len});
	return ERR_OK;
}

static enum err part(struct web *w)
{
	const struct catalog *now;
	enum err e = contact_catalog(&w->c, &now);

	if (e != ERR_OK)
		return e;
	return catalog_json_part(&w->json, now, w->segment[0], w->segment[1]) ? ERR_OK : ERR_NOT_FOUND;
}

/* --- fee and time --------------------------------------------------------------------------------------------------- */

enum { YEARS_MAX = 5, COUNT_MAX = 20 }; /* of the contract; the catalogue's own may be lower */

struct quote_query {
	const char *service, *holder;
	int64_t years, count; /* 0: not asked, one */
};
static const struct field quote_fields[] = {
	TEXT_REQUIRED(struct quote_query, service, "业务", 1, 20, NULL),
	TEXT_REQUIRED(struct quote_query, holder, "持有人类型", 1, 20, NULL),
	INT(struct quote_query, years, "年限", 1, YEARS_MAX),
	INT(struct quote_query, count, "张数", 1, COUNT_MAX),
};
static const struct shape quote_shape = SHAPE(struct quote_query, quote_fields);

static enum err quote(struct web *w)
{
	const struct quote_query *q = w->query;
	const struct catalog *now;
	struct fee_quote quote;
	enum err e = db_ready(w->c.db); /* should it be away: by the prices that were read last */

	if (e == ERR_OK || e == ERR_AWAY)
		e = contact_catalog(&w->c, &now);
	if (e == ERR_OK)
		e = fee_quote(w->c.arena, now, q->service, q->holder, q->years ? q->years : 1, q->count ? q->count : 1,
			&quote, &w->c.faults);
	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_rows(&w->json, &fee_quote_shape, &quote);
	json_text(&w->json, "total_words", money_words(w->c.arena, quote.total_fen));
	json_end(&w->json);
	return ERR_OK;
}

struct due_query {
	const char *service, *channel, *holder;
	int64_t from;
};
static const struct field due_fields[] = {
	TEXT_REQUIRED(struct due_query, service, "业务", 1, 20, NULL),
	TEXT_REQUIRED(struct due_query, channel, "办理途径", 1, 20, NULL),
	TEXT(struct due_query, holder, "持有人类型", 1, 20, NULL),
	{"from", "起算时间", FIELD_TIME, FIELD_REQUIRED, 0, 0, FIELD_AT(struct due_query, from, int64_t), NULL, NULL,
		NULL},
};
static const struct shape due_shape = SHAPE(struct due_query, due_fields);

/* The open route that was asked for; without a holder the first of that channel. */
static const struct catalog_route *find_route(struct web *w, const struct due_query *q)
{
	const struct catalog_service *s = catalog_service(w->c.house->catalog, q->service);

	if (!s) {
		fault_add(&w->c.faults, "/service", "choice", "没有这项业务");
		return NULL;
	}
	CATALOG_EACH(struct catalog_route, r, &s->routes)
		if (r->open && text_eq(r->channel, q->channel) && (!q->holder || text_eq(r->holder, q->holder)))
			return r;
	fault_add(&w->c.faults, "/channel", "not_offered", "这项业务不能这样办理");
	return NULL;
}

static enum err due(struct web *w)
{
	const struct due_query *q = w->query;
	const struct catalog_route *r = find_route(w, q);
	const struct calendar *calendar;
	struct date start, end;
	enum err e;

	if (!r)
		return ERR_INVALID;
	e = ctx_calendar(&w->c, &calendar);
	if (e == ERR_OK)
		e = calendar_due(calendar, q->from, (int)r->working_days, &start, &end);
	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_day(&w->json, "due", end);
	json_day(&w->json, "start", start);
	json_int(&w->json, "working_days", r->working_days);
	json_end(&w->json);
	return ERR_OK;
}

/* --- counters ------------------------------------------------------------------------------------------------------- */

static void write_branch(struct json_out *j, const struct branch *b)
{
	json_object(j, NULL);
	json_text(j, "code", b->code);
	json_text(j, "name", b->name);
	json_text(j, "address", b->address);
	json_text(j, "phone", b->phone);
	json_text(j, "hours", b->hours);
	if (b->open_known)
		json_bool(j, "open_today", b->open_today);
	else
		json_null(j, "open_today");
	json_day(j, "known_until", b->known_until);
	json_list(j, "special_days");
	for (size_t i = 0; i < b->special.count; i++) {
		json_object(j, NULL);
		json_day(j, "day", b->special.at[i].day);
		json_bool(j, "open", b->special.at[i].open);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static enum err branches(struct web *w)
{
	struct list list;
	enum err e = branch_list(&w->c, &list);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_list(&w->json, "items");
	CATALOG_EACH(struct branch, b, &list)
		write_branch(&w->json, b);
	json_end(&w->json);
	json_end(&w->json);
	return ERR_OK;
}

/* --- numbers -------------------------------------------------------------------------------------------------------- */

struct check_query {
	const char *value;
};
static const struct field check_fields[] = {TEXT_REQUIRED(struct check_query, value, "号码", 1, 100, rule_any)};
static const struct shape check_shape = SHAPE(struct check_query, check_fields);

static const struct kind {
	const char *word, *label;
	field_rule rule;
	const char *(*hint)(const char *folded);
} kinds[] = {
	{"uscc", "统一社会信用代码", rule_uscc, rule_hint_uscc},
	{"id", "身份证号码", rule_resident, rule_hint_resident},
	{"phone", "手机号码", rule_mobile, NULL},
};

static void write_check(struct web *w, const struct kind *k, const char *text)
{
	const char *say = NULL, *code = k->rule(w->c.arena, &text, &say);
	const char *hint = !code && k->hint ? k->hint(text) : NULL;

	json_object(&w->json, NULL);
	json_bool(&w->json, "valid", !code);
	json_text(&w->json, "code", code);
	json_text(&w->json, "normalised", code ? NULL : text);
	json_text(&w->json, "detail", code ? arena_printf(w->c.arena, "%s%s", k->label, say) : NULL);
	json_text(&w->json, "hint", hint ? arena_printf(w->c.arena, "%s%s", k->label, hint) : NULL);
	json_end(&w->json);
}

static enum err check(struct web *w)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (text_eq(w->segment[0], kinds[i].word)) {
			write_check(w, &kinds[i], ((const struct check_query *)w->query)->value);
			return ERR_OK;
		}
	return ERR_NOT_FOUND;
}

static const struct route routes[] = {
	{GET, "/api/catalog", PERM_PUBLIC, ROUTE_CACHE, NULL, NULL, catalog},
	{GET, "/api/catalog/:service/:holder", PERM_PUBLIC, ROUTE_CACHE, NULL, NULL, part},
	{GET, "/api/quote", PERM_PUBLIC, ROUTE_CACHE | ROUTE_NO_DB, NULL, &quote_shape, quote},
	{GET, "/api/due", PERM_PUBLIC, ROUTE_CACHE, NULL, &due_shape, due},
	{GET, "/api/branches", PERM_PUBLIC, ROUTE_CACHE, NULL, NULL, branches},
	{GET, "/api/checks/:kind", PERM_PUBLIC, ROUTE_NO_DB, NULL, &check_shape, check},
};

static void read_prices(struct ctx *c)
{
	const struct catalog *now;

	if (contact_catalog(c, &now) != ERR_OK)
		log_at(LOG_WARN, "prices and contacts are not read yet");
}

int main(int argc, char **argv)
{
	struct routes all = ROUTES(routes);

	all.begin = read_prices;
	return web_run("catalog", argc, argv, all);
}
