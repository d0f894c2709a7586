#include "domain/contact.h"

#include <string.h>

#include "base/log.h"
#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/contact_kind.h"
#include "domain/job.h"
#include "domain/price.h"
#include "domain/setting.h"
#include "io/json.h"

enum { VALUES, COUNTERS };

static const struct sql sql[] = {
	[VALUES] = {"SELECT name, value FROM contact WHERE value IS NOT NULL ORDER BY name", "", "ss"},
	[COUNTERS] = {"SELECT code, name, address, phone, hours FROM branch WHERE open=1 ORDER BY sort, code", "",
		"sssss"},
};
SQL_TABLE(contact);

/* --- what there is -------------------------------------------------------------------------------------------------- */

/* 020-89524338, 4008301330, 95566, a QQ number: what people call or type, with the hyphens they read it by. */
static const char *rule_number(struct arena *a, const char **text, const char **ret_say)
{
	const char *wrong = rule_line(a, text, ret_say);
	size_t n;

	if (wrong)
		return wrong;
	*text = utf8_fold_ascii(a, *text);
	n = strlen(*text);
	if (n && strspn(*text, "0123456789-") == n && **text != '-' && (*text)[n - 1] != '-' && !strstr(*text, "--"))
		return NULL;
	*ret_say = "只能有数字和短横线，例如020-12345678";
	return "phone";
}

enum { HOTLINES_MAX = 8 };

struct account_in {
	struct catalog_payee value;
	const char *reason;
};
struct post_in {
	struct catalog_post value;
	const char *reason;
};
struct hotlines_in {
	struct list items; /* struct catalog_hotline; as in struct catalog */
	const char *reason;
};

/* The value first, its reason last: without it the same rows are the table of what is kept. */
#define REASON(s) TEXT_REQUIRED(s, reason, "理由", 2, 400, rule_note)
#define KEPT(table, s) \
	{ \
		table, ARRAY_LEN(table) - 1, sizeof(s) \
	}

static const struct field account_fields[] = {
	TEXT_REQUIRED(struct catalog_payee, name, "开户名", 2, 128, rule_unit),
	TEXT_REQUIRED(struct catalog_payee, bank, "开户行", 4, 100, rule_line),
	TEXT_REQUIRED(struct catalog_payee, account, "账号", 8, 32, rule_account),
	TEXT_REQUIRED(struct catalog_payee, remark, "备注或款项用途", 2, 60, rule_line),
	REASON(struct account_in),
};
const struct shape contact_account_shape = SHAPE(struct account_in, account_fields);
static const struct shape account_kept = KEPT(account_fields, struct catalog_payee);

static const struct field post_fields[] = {
	TEXT_REQUIRED(struct catalog_post, company, "收件单位", 2, 128, rule_unit),
	TEXT_REQUIRED(struct catalog_post, receiver, "收件人", 1, 50, rule_line),
	TEXT_REQUIRED(struct catalog_post, address, "收件地址", 6, 120, rule_line),
	TEXT_REQUIRED(struct catalog_post, phone, "联系电话", 5, 20, rule_number),
	TEXT(struct catalog_post, note, "说明", 2, 200, rule_line),
	REASON(struct post_in),
};
const struct shape contact_post_shape = SHAPE(struct post_in, post_fields);
static const struct shape post_kept = KEPT(post_fields, struct catalog_post);

static const char *const hotline_kinds[] = {"phone", "qq", NULL};
static const struct field hotline_fields[] = {
	WORD_REQUIRED(struct catalog_hotline, kind, "种类", hotline_kinds),
	TEXT_REQUIRED(struct catalog_hotline, name, "名称", 2, 20, rule_line),
	TEXT_REQUIRED(struct catalog_hotline, value, "号码", 5, 20, rule_number),
};
static const struct shape hotline_shape = SHAPE(struct catalog_hotline, hotline_fields);
static const struct field hotlines_fields[] = {
	LIST_REQUIRED(struct hotlines_in, items, "热线", 1, HOTLINES_MAX, &hotline_shape),
	REASON(struct hotlines_in),
};
const struct shape contact_hotlines_shape = SHAPE(struct hotlines_in, hotlines_fields);
static const struct shape hotlines_kept = KEPT(hotlines_fields, struct list);

static bool same_place(struct arena *a, const char *one, const char *other)
{
	return text_eq(name_key(a, one), name_key(a, other));
}

static void check_post(struct faults *faults, const struct catalog *now, const void *value)
{
	const struct catalog_post *post = value;

	CATALOG_EACH(struct catalog_counter, k, &now->counters)
		if (same_place(faults->arena, k->address, post->address))
			fault_add(
				faults, "/address", "counter", "收件地址不能是网点%s的地址，两个地址不能混用", k->name);
}

static void check_hotlines(struct faults *faults, const struct catalog *now, const void *value)
{
	const struct list *items = value;

	(void)now;
	CATALOG_EACH(struct catalog_hotline, h, items)
		if (text_eq(h->kind, "phone"))
			return;
	fault_add(faults, "/items", "phone", "至少要有一个电话，它会印在申请表上");
}

const struct contact_kind contact_kinds[] = {
	{"account", "收款账户", offsetof(struct catalog, payee), &account_kept, offsetof(struct account_in, reason),
		NULL},
	{"post", "收件地址", offsetof(struct catalog, post), &post_kept, offsetof(struct post_in, reason), check_post},
	{"hotlines", "热线", offsetof(struct catalog, hotlines), &hotlines_kept, offsetof(struct hotlines_in, reason),
		check_hotlines},
};
_Static_assert(ARRAY_LEN(contact_kinds) == CONTACT_KINDS, "contact_kind.h says how many");

const struct contact_kind *contact_kind_find(const char *name)
{
	for (size_t i = 0; i < CONTACT_KINDS; i++)
		if (text_eq(contact_kinds[i].name, name))
			return &contact_kinds[i];
	return NULL;
}

const void *contact_part(const struct contact_kind *k, const struct catalog *catalog)
{
	return (const char *)catalog + k->at;
}

char *contact_text(struct arena *a, const struct contact_kind *k, const void *value)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, k->shape, value);
	return s.at;
}

enum err contact_read(struct arena *a, const struct contact_kind *k, const char *text, struct catalog *catalog)
{
	struct faults faults;
	const char *say;

	faults_init(&faults, a);
	return json_read(text, strlen(text), k->shape, (char *)catalog + k->at, &faults, &say);
}

/* --- what holds ----------------------------------------------------------------------------------------------------- */

struct row {
	const char *name, *value;
};
static const struct field row_fields[] = {
	TEXT(struct row, name, "name", 0, 0, NULL),
	TEXT(struct row, value, "value", 0, 0, NULL),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static const struct field counter_fields[] = {
	TEXT(struct catalog_counter, code, "code", 0, 0, NULL),
	TEXT(struct catalog_counter, name, "name", 0, 0, NULL),
	TEXT(struct catalog_counter, address, "address", 0, 0, NULL),
	TEXT(struct catalog_counter, phone, "phone", 0, 0, NULL),
	TEXT(struct catalog_counter, hours, "hours", 0, 0, NULL),
};
static const struct shape counter_shape = SHAPE(struct catalog_counter, counter_fields);

static struct {
	struct arena *arena;
	const struct catalog *catalog;
	const char *text; /* all that is laid over, to see whether it changed */
	int64_t serial, read_at;
	bool stale; /* read again, whatever the time */
} kept;

/* A value that does not read stops those who need it: better no account than one that no longer holds. */
static enum err lay_over(struct arena *a, const struct row *r, struct catalog *catalog)
{
	const struct contact_kind *k = contact_kind_find(r->name);

	if (k && contact_read(a, k, r->value, catalog) == ERR_OK)
		return ERR_OK;
	log_at(LOG_ERROR, "contact %s of the database does not read", r->name);
	return ERR_INTERNAL;
}

static enum err read_all(struct ctx *c, struct arena *a, struct catalog *ret_catalog)
{
	struct list rows = {NULL, 0}, counters = {NULL, 0};
	const struct catalog *priced;
	enum err e;

	setting_forget();
	e = price_catalog(c, a, c->house->catalog, INT64_MAX, &priced);
	if (e != ERR_OK)
		return e;
	db_use_arena(c->db, a);
	e = db_all(c->db, &sql[VALUES], &row_shape, &rows);
	if (e == ERR_OK)
		e = db_all(c->db, &sql[COUNTERS], &counter_shape, &counters);
	db_use_arena(c->db, c->arena);
	*ret_catalog = *priced;
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = lay_over(a, &((const struct row *)rows.at)[i], ret_catalog);
	if (counters.count)
		ret_catalog->counters = counters;
	return e;
}

static const char *all_text(struct arena *a, const struct catalog *catalog)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_list(&j, NULL);
	for (size_t i = 0; i < CONTACT_KINDS; i++)
		json_shape(&j, NULL, contact_kinds[i].shape, contact_part(&contact_kinds[i], catalog));
	CATALOG_EACH(struct catalog_counter, k, &catalog->counters)
		json_shape(&j, NULL, &counter_shape, k);
	CATALOG_EACH(struct catalog_fee, fee, &catalog->fees)
		json_int(&j, NULL, fee->first_fen);
	json_end(&j);
	return s.at;
}

static enum err refresh(struct ctx *c)
{
	struct arena *a = arena_new();
	struct catalog *catalog = arena_alloc(a, sizeof *catalog);
	enum err e = read_all(c, a, catalog);
	const char *text = e == ERR_OK ? all_text(a, catalog) : NULL;

	if (e == ERR_OK && !text_eq(text, kept.text)) {
		struct arena *old = kept.arena;

		kept.arena = a;
		kept.catalog = catalog;
		kept.text = text;
		kept.serial++;
		a = old;
	}
	arena_free(a);
	return e;
}

enum err contact_catalog(struct ctx *c, const struct catalog **ret_catalog)
{
	bool fresh = kept.catalog && !kept.stale && c->now >= kept.read_at &&
		     c->now - kept.read_at < c->house->config.fresh_s;
	enum err e = fresh ? ERR_OK : refresh(c);

	if (e == ERR_AWAY && kept.catalog && !kept.stale) { /* what was read last tells of it better than nothing */
		*ret_catalog = kept.catalog;
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	if (!fresh)
		kept.read_at = c->now;
	kept.stale = false;
	*ret_catalog = kept.catalog;
	return ERR_OK;
}

/* What a transaction has read of its own changes may yet be rolled back: the next one reads again. */
enum err contact_fresh(struct ctx *c, const struct catalog **ret_catalog)
{
	enum err e = refresh(c);

	kept.stale = true;
	*ret_catalog = kept.catalog;
	return e;
}

int64_t contact_serial(void)
{
	return kept.serial;
}

enum err contact_changed(struct ctx *c, const char *ref)
{
	kept.stale = true;
	return job_add(c, "guide", ref);
}

enum err contact_check_counter(struct ctx *c, const char *address)
{
	const struct catalog *now;
	enum err e = contact_fresh(c, &now);

	if (e != ERR_OK || !same_place(c->arena, address, now->post.address))
		return e;
	fault_add(&c->faults, "/address", "post", "这是寄申请材料的收件地址，不能作网点的地址");
	return ERR_INVALID;
}
