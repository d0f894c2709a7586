#include "domain/signature.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "domain/application_former.h"
#include "domain/audit.h"
#include "domain/register.h"
#include "domain/signature_check.h"
#include "domain/signature_content.h"

enum { ADD, CHECK_ADD, BY_NONCE, NEWEST, REOPEN };

static const struct sql sql[] = {
	[ADD] = {"INSERT INTO signature (application_id, nonce, certificate_id, algorithm, content_sha256, signed_sealed, cms, "
		 "made_at) VALUES (?,?,?,?,?,?,?,?)",
		"isissbbi", ""},
	[CHECK_ADD] = {"INSERT INTO signature_check (signature_id, stage, reason, at) VALUES (?,?,?,?)", "issi", ""},
	[BY_NONCE] =
		{"SELECT id, nonce, certificate_id, content_sha256, signed_sealed, cms FROM signature WHERE nonce=? AND application_id=?",
			"si", "isisbb"},
	[NEWEST] =
		{"SELECT id, nonce, certificate_id, content_sha256, signed_sealed, cms FROM signature WHERE application_id=? "
		 "ORDER BY id DESC LIMIT 1",
			"i", "isisbb"},
	[REOPEN] = {"UPDATE gate g JOIN application a ON a.id=g.application_id SET g.closed_at=NULL, "
		    "g.waits=(g.asked=1 AND a.queue='accepted') WHERE g.application_id=? AND g.name='signature'",
		"i", ""},
};
SQL_TABLE(signature);

enum { BASE64_MAX = (CMS_MAX_BYTES + 2) / 3 * 4 };

static const struct field in_fields[] = {
	TEXT_REQUIRED(struct signature_in, nonce, "挑战编号", 32, 32, NULL),
	TEXT_REQUIRED(struct signature_in, signature, "签名", 1, BASE64_MAX + BASE64_MAX / 32, NULL),
};
const struct shape signature_in_shape = SHAPE(struct signature_in, in_fields);

struct kept {
	int64_t id;
	const char *nonce;
	int64_t certificate_id;
	const char *content_sha256;
	struct bytes signed_sealed, cms;
};
static const struct field kept_fields[] = {
	INT(struct kept, id, "id", 0, 0),
	TEXT(struct kept, nonce, "nonce", 0, 0, NULL),
	INT(struct kept, certificate_id, "certificate_id", 0, 0),
	TEXT(struct kept, content_sha256, "content_sha256", 0, 0, NULL),
	BYTES(struct kept, signed_sealed, "signed", 0),
	BYTES(struct kept, cms, "cms", 0),
};
static const struct shape kept_shape = SHAPE(struct kept, kept_fields);

/* --- a case --- */

static enum err wants_signature(struct ctx *c, const struct application *app)
{
	struct gates g;
	enum err e;

	if (!catalog_route_gate(app->route, GATE_SIGNATURE))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请不需要证书签名");
	if (!app->submitted_at || state_is_closed(app->state) || app->state == STATE_RETURNED)
		return ctx_say(c, ERR_WRONG_STATE,
			app->state == STATE_RETURNED ? "请先补正并重新提交，再用证书签名"
						     : "请在提交申请之后、办完之前签名");
	e = application_gates(c, app, &g);
	for (size_t i = 0; e == ERR_OK && i < g.count; i++)
		if (g.at[i].gate->kind == GATE_SIGNATURE && g.at[i].closed_at)
			return ctx_say(c, ERR_WRONG_STATE, "这件申请已经签过名了");
	return e;
}

enum err signature_offer(struct ctx *c, const char *no, struct signature_offer *ret_offer)
{
	struct application app;
	enum err e = application_lock(c, no, &app);

	if (e == ERR_OK)
		e = wants_signature(c, &app);
	if (e != ERR_OK)
		return e;
	ret_offer->challenge = (struct challenge){
		.purpose = text_eq(app.service, "renew") ? CHALLENGE_RENEW : CHALLENGE_ADD,
		.application_id = app.id,
		.account_id = c->actor.account_id,
		.subject = app.no,
	};
	e = signature_content(c, &app, &ret_offer->content, &ret_offer->challenge.content_sha256);
	return e == ERR_OK ? challenge_make(c, &ret_offer->challenge) : e;
}

struct taking {
	const char *no;
	struct application app;
	struct challenge challenge;
	struct bytes cms;
	struct cms_report report;
	struct register_certificate row;
	const char *content;
	const char *reason; /* NULL: nothing against it */
	bool before;	    /* it was taken already */
};

static const char *evidence_place(struct ctx *c, const char *nonce)
{
	return arena_printf(c->arena, "signature:%s", nonce);
}

static enum err keep(struct ctx *c, struct taking *t)
{
	int64_t id;
	enum err e = db_exec(c->db, &sql[ADD], I(t->app.id), S(t->challenge.nonce), I(t->row.id),
		S(t->report.algorithm), S(t->challenge.content_sha256),
		B(ctx_seal(c, evidence_place(c, t->challenge.nonce),
			arena_printf(c->arena, "%s\n%s", t->challenge.text, t->content))),
		B(t->cms), I(c->now));

	if (e != ERR_OK)
		return e;
	id = db_last_id(c->db);
	audit_add(c, "signature", t->no, t->row.sign_serial);
	return db_exec(c->db, &sql[CHECK_ADD], I(id), S("receipt"), S(cms_reason_words[CMS_GOOD]), I(c->now));
}

/* The case, the challenge and the certificate are looked at again under the lock: what was checked before may have changed. */
static enum err take(struct ctx *c, void *arg)
{
	struct taking *t = arg;
	const char *sha256;
	bool may = false;
	enum err e = application_lock(c, t->no, &t->app);

	t->reason = NULL;
	if (e == ERR_OK)
		e = wants_signature(c, &t->app);
	if (e == ERR_OK)
		e = challenge_find(c, t->challenge.nonce, t->app.id, t->app.no, &t->challenge);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && t->challenge.used_at)) {
		t->reason = "challenge";
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = signature_content(c, &t->app, &t->content, &sha256);
	if (e == ERR_OK && !text_eq(sha256, t->challenge.content_sha256)) {
		t->reason = "content";
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = signature_registered(c, &t->report.cert, &t->row, &t->reason);
	if (e == ERR_OK && !t->reason)
		e = former_may_sign(c, &t->app, &t->row, &may);
	if (e == ERR_OK && !t->reason && !may)
		t->reason = SIGNATURE_OTHER_NAME;
	if (e != ERR_OK || t->reason)
		return e;
	e = challenge_use(c, &t->challenge);
	if (e == ERR_OK)
		e = keep(c, t);
	if (e == ERR_OK)
		e = application_save(c, &t->app);
	return e == ERR_OK ? application_close_gate(c, &t->app, GATE_SIGNATURE, c->now) : e;
}

/* An answer was lost and the client asks again with the same bytes. */
static enum err taken_before(struct ctx *c, struct taking *t)
{
	struct kept have;
	enum err e = db_one(c->db, &sql[BY_NONCE], &kept_shape, &have, S(t->challenge.nonce), I(t->app.id));

	if (e == ERR_OK)
		t->before = have.cms.len == t->cms.len && memcmp(have.cms.at, t->cms.at, t->cms.len) == 0;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err signature_take(struct ctx *c, const char *no, const struct signature_in *in, struct application *ret_app)
{
	struct taking t = {.no = no, .challenge = {.nonce = in->nonce}};
	enum err e = signature_limit(c, arena_printf(c->arena, "account:%" PRId64, c->actor.account_id));

	if (e == ERR_OK)
		e = application_read(c, no, &t.app);
	if (e == ERR_OK && !signature_decode(c->arena, in->signature, &t.cms))
		return signature_refuse(c, no, "base64", "");
	if (e == ERR_OK)
		e = taken_before(c, &t);
	if (e != ERR_OK || t.before) {
		*ret_app = t.app;
		return e;
	}
	e = challenge_find(c, in->nonce, t.app.id, t.app.no, &t.challenge);
	if (e == ERR_NOT_FOUND)
		return signature_refuse(c, no, "challenge", "");
	if (e == ERR_OK)
		e = signature_verify(c, t.cms, t.challenge.text, &t.report);
	if (e != ERR_OK)
		return e;
	if (t.report.reason != CMS_GOOD)
		return signature_refuse(c, no, cms_reason_words[t.report.reason], t.report.detail);
	e = ctx_tx(c, take, &t);
	if (e == ERR_OK && t.reason)
		return text_eq(t.reason, "content") ? ctx_say(c, ERR_STALE, "签名之后申请内容或文件有变动，请重新签名")
						    : signature_refuse(c, no, t.reason, t.report.cert.serial);
	*ret_app = t.app;
	return e;
}

/* --- later --- */

static enum err newest(struct ctx *c, const struct application *app, struct kept *ret)
{
	return db_one(c->db, &sql[NEWEST], &kept_shape, ret, I(app->id));
}

/* What was signed, from the evidence: the challenge's text, an empty line between, the content. */
static enum err signed_text(struct ctx *c, const struct kept *k, const char **ret_text)
{
	const char *both, *end;
	enum err e = ctx_open(c, evidence_place(c, k->nonce), k->signed_sealed, &both);

	if (e != ERR_OK)
		return e;
	end = strstr(both, "\n\n");
	if (!end)
		return ERR_INTERNAL;
	*ret_text = arena_textn(c->arena, both, (size_t)(end - both) + 1);
	return ERR_OK;
}

static enum err look_again(struct ctx *c, const struct application *app, const struct kept *k, const char **ret_reason)
{
	struct register_certificate row;
	const char *text, *content, *sha256;
	struct cms_report r;
	bool may = false;
	enum err e = signature_content(c, app, &content, &sha256);

	*ret_reason = NULL;
	if (e == ERR_OK && !text_eq(sha256, k->content_sha256)) {
		*ret_reason = "content";
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = signed_text(c, k, &text);
	if (e == ERR_OK)
		e = signature_verify(c, k->cms, text, &r);
	if (e == ERR_OK && r.reason != CMS_GOOD)
		*ret_reason = cms_reason_words[r.reason];
	if (e == ERR_OK && !*ret_reason)
		e = signature_registered(c, &r.cert, &row, ret_reason);
	if (e == ERR_OK && !*ret_reason)
		e = former_may_sign(c, app, &row, &may);
	if (e == ERR_OK && !*ret_reason && !may)
		*ret_reason = SIGNATURE_OTHER_NAME;
	return e;
}

enum err signature_recheck(struct ctx *c, const struct application *app, const char *stage)
{
	const char *reason;
	struct kept k;
	enum err e;

	assert(db_in_tx(c->db));
	if (!catalog_route_gate(app->route, GATE_SIGNATURE))
		return ERR_OK;
	e = newest(c, app, &k);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = look_again(c, app, &k, &reason);
	if (e == ERR_OK && reason)
		return ctx_say(c, ERR_WRONG_STATE, "证书签名现在核验不通过（%s），请让申请人重新签名", reason);
	return e == ERR_OK
		       ? db_exec(c->db, &sql[CHECK_ADD], I(k.id), S(stage), S(cms_reason_words[CMS_GOOD]), I(c->now))
		       : e;
}

enum err signature_void(struct ctx *c, const struct application *app)
{
	const char *content, *sha256;
	struct kept k;
	enum err e;

	assert(db_in_tx(c->db));
	if (!catalog_route_gate(app->route, GATE_SIGNATURE))
		return ERR_OK;
	e = newest(c, app, &k);
	if (e == ERR_OK)
		e = signature_content(c, app, &content, &sha256);
	if (e != ERR_OK || text_eq(sha256, k.content_sha256))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	audit_add(c, "signature_void", app->no, k.nonce);
	return db_exec(c->db, &sql[REOPEN], I(app->id));
}
