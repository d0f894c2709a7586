#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/authority.h"
#include "domain/certificate.h"
#include "domain/issuer.h"
#include "domain/issuer_row.h"

/* The worker's part: the act, and its result. */

enum { FIND, SENT, DONE, FAILED, BODY };

static const struct sql sql[] = {
	[FIND] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.id=?", "i", ISSUANCE_TYPES},
	[SENT] = {"UPDATE issuance SET state='sent' WHERE id=? AND state IN ('planned','sent')", "i", ""},
	[DONE] =
		{"UPDATE issuance SET state='done', sign_cert=?, enc_cert=?, enc_key_sealed=?, done_at=? WHERE id=? AND "
		 "state='sent'",
			"bbbii", ""},
	[FAILED] = {"UPDATE issuance SET state='failed', error=?, done_at=? WHERE id=? AND state IN ('planned','sent')",
		"sii", ""},
	[BODY] =
		{"INSERT INTO certificate_body (certificate_id, issuer, sign_cert, enc_cert) SELECT id, ?, ?, ? FROM certificate "
		 "WHERE sign_serial=?",
			"sbbs", ""},
};
SQL_TABLE(issuer_run);

#define R_TEXT(m) TEXT(struct issuance, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct issuance, m, #m, 0, 0)
#define R_BYTES(m) BYTES(struct issuance, m, #m, 0)
static const struct field fields[] = {
	R_INT(id),
	R_INT(application_id),
	R_INT(item),
	R_TEXT(no),
	R_TEXT(state),
	R_TEXT(algorithm),
	R_BYTES(request),
	R_TEXT(token_serial),
	R_TEXT(sign_serial),
	R_TEXT(enc_serial),
	R_INT(not_before),
	R_INT(not_after),
	R_BYTES(sign_cert),
	R_BYTES(enc_cert),
	R_BYTES(enc_key_sealed),
	R_TEXT(error),
	R_INT(staff_id),
	R_INT(made_at),
	R_INT(done_at),
	R_INT(written_at),
	R_TEXT(made_by),
	R_TEXT(written_by),
	R_TEXT(checked_by),
	R_INT(checked_at),
	R_TEXT(unit_name),
};
const struct shape issuance_shape = SHAPE(struct issuance, fields);

const char *issuance_key_place(struct arena *a, const struct issuance *i)
{
	return arena_printf(a, "issuance.key:%" PRId64, i->id);
}

struct act {
	const struct job *job;
	struct issuance row;
	struct application app;
	struct bytes sign_cert, enc_cert, enc_key; /* enc_key: PKCS#8 */
	const char *fault;			   /* refused for good; NULL */
};

/* --- the act: the built-in authority --- */

/* The province of an address that begins with it; NULL: it does not. */
static const char *province(struct arena *a, const char *address)
{
	static const char *const ends[] = {"省", "自治区"};

	for (size_t i = 0; address && i < ARRAY_LEN(ends); i++) {
		const char *at = strstr(address, ends[i]);

		if (at && at - address <= 24)
			return arena_textn(a, address, (size_t)(at - address) + strlen(ends[i]));
	}
	return NULL;
}

static struct x509_subject subject(struct arena *a, const struct application *app)
{
	const struct application_data *d = &app->data;
	bool unit = !text_eq(app->holder, "ind"), person = !text_eq(app->holder, "org");

	return (struct x509_subject){
		.province = province(a, unit ? d->unit.address : d->person.address),
		.locality = unit ? d->unit.address : NULL,
		.organisation = unit ? d->unit.name : NULL,
		.common_name = person ? d->person.name : d->unit.name,
	};
}

/* Customer number, class and, for a unit, its code (PROTOCOLS C.2). */
static size_t extensions(const struct act *t, struct x509_text_extension ret[3])
{
	const char *holder = t->app.holder;
	size_t n = 0;

	ret[n++] = (struct x509_text_extension){"1.3.6.1.4.1.18760.1.14", t->app.no};
	ret[n++] = (struct x509_text_extension){"1.3.6.1.4.1.18760.1.12.12.2", text_eq(holder, "org")	? "001"
									       : text_eq(holder, "rep") ? "003"
													: "004"};
	if (!text_eq(holder, "ind") && !text_empty(t->app.data.unit.uscc))
		ret[n++] = (struct x509_text_extension){"1.2.156.10260.4.1.4", t->app.data.unit.uscc};
	return n;
}

static enum err make_pair(struct ctx *c, struct act *t, const struct authority *ours, struct bytes spki)
{
	struct x509_ca ca = {ours->key, ours->cert};
	struct x509_key *enc CLEANUP(x509_key_done) = NULL;
	struct x509_text_extension extension[3];
	struct x509_order o = {
		.serial = t->row.sign_serial,
		.subject = subject(c->arena, &t->app),
		.spki = spki,
		.usage = X509_FOR_SIGNING,
		.not_before = t->row.not_before,
		.not_after = t->row.not_after,
		.crl_url = arena_printf(
			c->arena, "%s/crl/%s.crl", c->house->config.url, x509_algorithm_words[ours->algorithm]),
		.extension = extension,
		.extension_count = extensions(t, extension),
	};
	enum err e = x509_make(c->arena, &ca, &o, &t->sign_cert, &t->fault);

	if (e == ERR_OK)
		e = x509_key_new(ours->algorithm, &enc);
	o.serial = t->row.enc_serial;
	o.usage = X509_FOR_ENCRYPTION;
	if (e == ERR_OK)
		e = x509_key_public(c->arena, enc, &o.spki);
	if (e == ERR_OK)
		e = x509_make(c->arena, &ca, &o, &t->enc_cert, &t->fault);
	return e == ERR_OK ? x509_key_write(c->arena, enc, &t->enc_key) : e;
}

static enum err act(struct ctx *c, struct act *t)
{
	struct authority ours CLEANUP(authority_close) = {0};
	enum x509_algorithm algorithm;
	struct bytes spki;
	enum err e = x509_request_read(c->arena, t->row.request, &spki, &algorithm, &t->fault);

	if (e == ERR_OK)
		e = authority_open(c->arena, &c->house->config, algorithm, &ours);
	if (e == ERR_OK)
		e = make_pair(c, t, &ours, spki);
	if (e == ERR_INVALID && !t->fault)
		t->fault = "签发机构没有接受这次请求";
	return e;
}

/* --- before and after --- */

static enum err begin(struct ctx *c, void *arg)
{
	const struct act *t = arg;
	enum err e = db_exec(c->db, &sql[SENT], I(t->row.id));

	return e == ERR_OK && db_changed(c->db) != 1 ? ERR_STALE : e;
}

static enum err keep(struct ctx *c, struct act *t)
{
	struct str key;
	enum err e;

	str_init(&key, c->arena);
	str_base64(&key, t->enc_key.at, t->enc_key.len);
	e = db_exec(c->db, &sql[DONE], B(t->sign_cert), B(t->enc_cert),
		B(ctx_seal(c, issuance_key_place(c->arena, &t->row), key.at)), I(c->now), I(t->row.id));
	crypto_wipe(key.at, key.len);
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[BODY], S(arena_printf(c->arena, "builtin-%s", t->row.algorithm)),
			B(t->sign_cert), B(t->enc_cert), S(t->row.sign_serial));
	return e;
}

/* The register, the case and the job, in the name of who ordered it. */
static enum err finish(struct ctx *c, void *arg)
{
	struct act *t = arg;
	struct certificate_in in = {.no = t->row.no,
		.item = t->row.item,
		.sign_serial = t->row.sign_serial,
		.enc_serial = t->row.enc_serial,
		.not_before = date_of_moment(t->row.not_before),
		.not_after = date_of_moment(t->row.not_after),
		.token_serial = t->row.token_serial};
	struct actor machine = c->actor;
	enum err e;

	if (t->row.staff_id) {
		c->actor.kind = ACTOR_STAFF;
		c->actor.staff_id = t->row.staff_id;
	}
	e = certificate_record(c, &in, &t->app);
	if (e == ERR_OK)
		e = keep(c, t);
	c->actor = machine;
	return e == ERR_OK ? job_done(c, t->job) : e;
}

static enum err refused(struct ctx *c, void *arg)
{
	const struct act *t = arg;
	enum err e = db_exec(c->db, &sql[FAILED], S(t->fault), I(c->now), I(t->row.id));

	audit_add(c, "issue_failed", t->row.no, t->fault);
	return e == ERR_OK ? job_done(c, t->job) : e;
}

static enum err nothing_to_do(struct ctx *c, void *arg)
{
	return job_done(c, ((const struct act *)arg)->job);
}

static bool waits(const struct issuance *row)
{
	return text_eq(row->state, "planned") || text_eq(row->state, "sent");
}

enum err issuer_run(struct ctx *c, const struct job *job)
{
	struct act t = {.job = job};
	enum err e = db_one(c->db, &sql[FIND], &issuance_shape, &t.row, I(strtoll(job->ref, NULL, 10)));

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !waits(&t.row)))
		return ctx_tx(c, nothing_to_do, &t);
	if (e == ERR_OK)
		e = application_by_id(c, t.row.application_id, &t.app);
	if (e == ERR_OK)
		e = ctx_tx(c, begin, &t);
	if (e == ERR_OK)
		e = act(c, &t);
	if (e == ERR_INVALID)
		return ctx_tx(c, refused, &t);
	if (e == ERR_OK)
		e = ctx_tx(c, finish, &t);
	if (e == ERR_INVALID || e == ERR_WRONG_STATE || e == ERR_TWO_PERSONS || e == ERR_CONFLICT) {
		t.fault = c->say ? c->say : c->faults.count ? c->faults.at[0].detail : err_sentence(e);
		return ctx_tx(c, refused, &t);
	}
	return e;
}

enum err issuer_give_up(struct ctx *c, const char *ref)
{
	return db_exec(c->db, &sql[FAILED], S("签发没有完成，请稍后重新制作"), I(c->now), I(strtoll(ref, NULL, 10)));
}
