#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/certificate.h"
#include "domain/seal.h"
#include "domain/issuer.h"
#include "domain/issuer_driver.h"

/* The worker's part: who is asked, and what becomes of the answer. */

enum { FIND, SENT, DONE, FAILED, UNKNOWN, BODY };

static const struct sql sql[] = {
	[FIND] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.id=?", "i", ISSUANCE_TYPES},
	[SENT] = {"UPDATE issuance SET state='sent' WHERE id=? AND state IN ('planned','sent')", "i", ""},
	[DONE] =
		{"UPDATE issuance SET state='done', sign_cert=?, enc_cert=?, enc_key_sealed=?, sign_serial=?, enc_serial=?, "
		 "not_before=?, not_after=?, done_at=? WHERE id=? AND state='sent' AND asked=''",
			"bbbssiiii", ""},
	/* What was asked and has no answer did not fail: nobody knows. */
	[FAILED] =
		{"UPDATE issuance SET state='failed', error=?, done_at=? WHERE id=? AND state IN ('planned','sent') AND asked=''",
			"sii", ""},
	/* What was asked and has no answer did not fail: nobody knows. */
	[UNKNOWN] =
		{"UPDATE issuance SET state='unknown', error='签发机构没有答复，证书可能已经签发' WHERE id=? AND state='sent' AND asked<>''",
			"i", ""},
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
	R_TEXT(driver),
	R_TEXT(state),
	R_TEXT(asked),
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

enum err issuer_begin(struct ctx *c, void *act)
{
	const struct issuer_act *t = act;
	enum err e = db_exec(c->db, &sql[SENT], I(t->row.id));

	return db_guarded(c->db, e);
}

enum err issuer_seal_key(struct ctx *c, const struct issuance *i, const struct x509_key *key, struct bytes *ret_sealed)
{
	struct bytes der;
	struct str text;
	enum err e = x509_key_write(c->arena, key, &der);

	if (e != ERR_OK)
		return e;
	str_init(&text, c->arena);
	str_base64(&text, der.at, der.len);
	*ret_sealed = ctx_seal(c, issuance_key_place(c->arena, i), text.at);
	crypto_wipe(text.at, text.len);
	crypto_wipe((void *)(uintptr_t)der.at, der.len);
	return ERR_OK;
}

enum err issuer_open_key(struct ctx *c, const struct issuance *i, struct x509_key **ret_key)
{
	unsigned char *plain;
	const char *text;
	size_t n;
	enum err e = ctx_open(c, issuance_key_place(c->arena, i), i->enc_key_sealed, &text);

	if (e != ERR_OK)
		return ERR_INTERNAL;
	plain = arena_alloc(c->arena, strlen(text) + 3);
	if (!base64_decode(text, strlen(text), plain, &n))
		return ERR_INTERNAL;
	e = x509_key_read((struct bytes){plain, n}, ret_key);
	crypto_wipe(plain, n);
	return e == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

static enum err keep(struct ctx *c, const struct issuer_act *t)
{
	const struct issuance *row = &t->row;
	enum err e = db_exec(c->db, &sql[DONE], B(t->sign_cert), B(t->enc_cert), B(t->enc_key_sealed),
		S(row->sign_serial), S(row->enc_serial), I(row->not_before), I(row->not_after), I(c->now), I(row->id));

	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[BODY], S(t->issuer), B(t->sign_cert), B(t->enc_cert), S(row->sign_serial));
	return e;
}

/* The register, the case and the job, in the name of who ordered it. */
static enum err finish(struct ctx *c, void *arg)
{
	struct issuer_act *t = arg;
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
	if (e == ERR_OK)
		e = seal_sign(c, &t->app, t->row.item, t->sign_cert);
	c->actor = machine;
	return e == ERR_OK ? job_done(c, t->job) : e;
}

static enum err refused(struct ctx *c, void *arg)
{
	const struct issuer_act *t = arg;
	enum err e = db_exec(c->db, &sql[FAILED], S(t->fault), I(c->now), I(t->row.id));

	audit_add(c, "issue_failed", t->row.no, t->fault);
	return e == ERR_OK ? job_done(c, t->job) : e;
}

static enum err nothing_to_do(struct ctx *c, void *arg)
{
	return job_done(c, ((const struct issuer_act *)arg)->job);
}

static bool waits(const struct issuance *row)
{
	return text_eq(row->state, "planned") || text_eq(row->state, "sent");
}

/* The worker goes on with whom the line was given to, whatever the setting says meanwhile. */
enum err issuer_run(struct ctx *c, const struct job *job)
{
	struct issuer_act t = {.job = job};
	const struct issuer_driver *driver;
	enum err e = db_one(c->db, &sql[FIND], &issuance_shape, &t.row, I(strtoll(job->ref, NULL, 10)));

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !waits(&t.row)))
		return ctx_tx(c, nothing_to_do, &t);
	if (e == ERR_OK)
		e = application_by_id(c, t.row.application_id, &t.app);
	driver = issuer_driver(t.row.driver);
	if (e == ERR_OK)
		e = driver ? driver->issue(c, &t) : ERR_INTERNAL;
	if (e == ERR_UNCERTAIN) /* and said so in the row */
		return ERR_OK;
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
	int64_t id = strtoll(ref, NULL, 10);
	enum err e = db_exec(c->db, &sql[UNKNOWN], I(id));

	return e == ERR_OK ? db_exec(c->db, &sql[FAILED], S("签发没有完成，请稍后重新制作"), I(c->now), I(id)) : e;
}

/* --- who is asked --- */

const struct issuer_driver *issuer_driver(const char *word)
{
	static const struct issuer_driver *const all[] = {&issuer_builtin, &issuer_cmp};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (text_eq(all[i]->word, word))
			return all[i];
	return NULL;
}

enum err issuer_tell(struct ctx *c, int *ret_done)
{
	const struct issuer_driver *driver = issuer_driver(c->house->config.issuer);

	*ret_done = 0;
	return driver ? driver->tell(c, ret_done) : ERR_OK;
}

enum err issuer_alive(struct ctx *c, const char **ret_say)
{
	const struct issuer_driver *driver = issuer_driver(c->house->config.issuer);

	*ret_say = "";
	return driver ? driver->alive(c, ret_say) : ERR_NOT_FOUND;
}
