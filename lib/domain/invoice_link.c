#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/invoice_row.h"
#include "domain/notify.h"
#include "domain/rate.h"

enum { LINK, BY_LINK, TRIED };

static const struct sql sql[] = {
	[LINK] =
		{"UPDATE invoice SET state='delivered', delivered_at=?, link_hash=?, code_hash=?, link_ends_at=?, code_tries=0, "
		 "version=version+1 WHERE id=? AND state IN ('imported','delivered') AND version=?",
			"ibbiii", ""},
	[BY_LINK] = {"SELECT id, code_hash, code_tries FROM invoice WHERE link_hash=? AND link_ends_at>? AND "
		     "state='delivered' FOR UPDATE",
		"bi", "ibi"},
	[TRIED] = {"UPDATE invoice SET code_tries=? WHERE id=?", "ii", ""},
};
SQL_TABLE(invoice_link);

enum { LINK_BYTES = 16, LINK_A_DAY = 5 };

static struct bytes link_hash(struct ctx *c, const char *link)
{
	return crypto_sha256_bytes(c->arena, link, strlen(link));
}

/* A code alone has too few values for a plain hash. */
static struct bytes code_hash(struct ctx *c, const char *link, const char *code)
{
	return ctx_index(c, "invoice-code", arena_printf(c->arena, "%s:%s", link, code));
}

/* Short, for it stands in a message: base64 with the characters that addresses take. */
static char *link_text(struct arena *a, const void *bytes, size_t n)
{
	struct str s;

	str_init(&s, a);
	str_base64(&s, bytes, n);
	for (char *at = s.at; *at; at++)
		if (*at == '+' || *at == '/' || *at == '=')
			*at = *at == '+' ? '-' : *at == '/' ? '_' : 0;
	return s.at;
}

static enum err tell(struct ctx *c, const struct invoice *v, const char *link, const char *code)
{
	struct application app;
	enum err e = application_by_id(c, v->application_id, &app);
	const char *phone = NULL;
	const struct notify_param params[] = {
		{"link", arena_printf(c->arena, "%s/f#%s", c->house->config.url, link)}, {"code", code}, {NULL, NULL}};

	if (e != ERR_OK)
		return e;
	phone = app.data.agent.phone ? app.data.agent.phone : app.data.person.phone;
	if (!phone)
		return ctx_say(c, ERR_WRONG_STATE, "申请里没有手机号，请让申请人登录网站下载");
	return notify_add(c, app.id, phone, "invoice", params,
		arena_printf(c->arena, "%s:invoice:%" PRId64 ":%" PRId64, v->no, v->id, v->version), NULL);
}

enum err invoice_deliver(struct ctx *c, int64_t id)
{
	unsigned char random[LINK_BYTES];
	struct invoice v;
	const char *link, *code;
	uint32_t number;
	int64_t wait;
	enum err e = invoice_lock(c, id, &v);

	assert(db_in_tx(c->db));
	if (e != ERR_OK)
		return e;
	if (!text_eq(v.state, "imported") && !text_eq(v.state, "delivered"))
		return ctx_say(c, ERR_WRONG_STATE, v.red_number ? "这张发票已经冲红" : "发票还没有开出来");
	if (c->actor.kind == ACTOR_APPLICANT)
		e = rate_hit(c, "invoice-link", arena_printf(c->arena, "%" PRId64, id), 86400, LINK_A_DAY, &wait);
	if (e != ERR_OK)
		return e;
	crypto_random(random, sizeof random);
	link = link_text(c->arena, random, sizeof random);
	crypto_random(&number, sizeof number);
	code = arena_printf(c->arena, "%06u", number % 1000000u);
	e = db_exec(c->db, &sql[LINK], I(c->now), B(link_hash(c, link)), B(code_hash(c, link, code)),
		I(c->now + INVOICE_LINK_S), I(id), I(v.version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	audit_add(c, "invoice_deliver", v.no, v.number);
	return e == ERR_OK ? tell(c, &v, link, code) : e;
}

/* --- whoever holds it --- */

struct locked {
	int64_t id;
	struct bytes code_hash;
	int64_t tries;
};
static const struct field locked_fields[] = {
	INT(struct locked, id, "id", 0, 0),
	BYTES(struct locked, code_hash, "code_hash", 0),
	INT(struct locked, tries, "tries", 0, 0),
};
static const struct shape locked_shape = SHAPE(struct locked, locked_fields);

struct opening {
	const char *link, *code;
	int64_t id; /* 0: refused */
};

/* Ends well also when it is refused: the try has to be counted. */
static enum err try_code(struct ctx *c, void *arg)
{
	struct opening *o = arg;
	struct locked k;
	struct bytes given = code_hash(c, o->link, o->code);
	bool right;
	enum err e = db_one(c->db, &sql[BY_LINK], &locked_shape, &k, B(link_hash(c, o->link)), I(c->now));

	o->id = 0;
	if (e == ERR_NOT_FOUND || (e == ERR_OK && k.tries >= INVOICE_TRIES))
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	right = k.code_hash.len == given.len && crypto_equal(k.code_hash.at, given.at, given.len);
	if (right)
		o->id = k.id;
	else
		audit_add(c, "invoice_code_wrong", arena_printf(c->arena, "invoice %" PRId64, k.id), NULL);
	return db_exec(c->db, &sql[TRIED], I(right ? 0 : k.tries + 1), I(k.id));
}

enum err invoice_open(struct ctx *c, const char *link, const char *code, struct invoice *ret_invoice)
{
	struct opening o = {link, code, 0};
	int64_t wait;
	enum err e = rate_hit(c, "invoice-ip", c->actor.addr, 60, c->house->config.rate_track_ip_minute, &wait);

	if (e == ERR_OK)
		e = ctx_tx(c, try_code, &o);
	if (e == ERR_OK && !o.id)
		return ctx_say(c, ERR_NOT_FOUND, "链接或提取码不对，或者已经过期。请核对短信，或登录网站重新获取");
	if (e == ERR_OK)
		e = invoice_read(c, o.id, ret_invoice);
	return e == ERR_OK ? audit_look(c, "invoice_look", ret_invoice->no, ret_invoice->number) : e;
}
