#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "domain/issuer.h"
#include "domain/issuer_driver.h"
#include "domain/issuer_row.h"
#include "domain/seal.h"
#include "domain/unlock_key.h"
#include "io/cms_wrap.h"

/* What the token client and the producer see. */

enum { OF_CASE, BENCH };

static const struct sql sql[] = {
	[OF_CASE] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.application_id=? ORDER BY i.item", "i", ISSUANCE_TYPES},
	[BENCH] = {"SELECT " ISSUANCE_COLUMNS "WHERE i.checked_at IS NULL AND i.state IN ('planned','sent','done') AND "
		   "i.staff_id IS NOT NULL AND a.state IN ('approved','produced') ORDER BY i.id LIMIT ?",
		"i", ISSUANCE_TYPES},
};
SQL_TABLE(issuer_view);

static void write_cert(struct json_out *j, struct arena *a, const char *name, struct bytes der)
{
	struct bytes pem = x509_pem(a, "CERTIFICATE", der);

	json_text(j, name, der.len ? (const char *)pem.at : NULL);
}

static void write_seal(struct json_out *j, struct arena *a, struct bytes der)
{
	struct str s;

	str_init(&s, a);
	str_base64(&s, der.at, der.len);
	json_text(j, "seal", der.len ? s.at : NULL);
}

/* The private key of the encryption certificate leaves us only wrapped for the key in the token. */
static enum err wrapped_key(struct ctx *c, const struct issuance *i, const char **ret_text)
{
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	struct bytes spki, wrapped;
	enum x509_algorithm algorithm;
	const char *say;
	struct str s;
	enum err e = issuer_open_key(c, i, &key);

	if (e == ERR_OK && x509_request_read(c->arena, i->request, &spki, &algorithm, &say) != ERR_OK)
		e = ERR_INTERNAL;
	if (e == ERR_OK)
		e = cms_wrap(c->arena, spki, key, &wrapped);
	str_init(&s, c->arena);
	if (e == ERR_OK)
		str_base64(&s, wrapped.at, wrapped.len);
	*ret_text = s.at;
	return e;
}

/* What the token shall believe permissions by; NULL: this portal gives none. */
static const char *unlock_key(struct ctx *c)
{
	struct bytes spki;
	struct str s;

	if (unlock_key_public(c->arena, &c->house->config, &spki) != ERR_OK)
		return NULL;
	str_init(&s, c->arena);
	str_base64(&s, spki.at, spki.len);
	return s.at;
}

static void write_state(struct ctx *c, const struct issuance *i, struct json_out *j)
{
	json_int(j, "item", i->item);
	json_text(j, "state", i->state);
	json_text(j, "error", *i->error ? i->error : NULL);
	json_text(j, "token_serial", i->token_serial);
	json_text(j, "sign_serial", text_eq(i->state, "done") ? i->sign_serial : NULL);
	json_text(j, "enc_serial", text_eq(i->state, "done") ? i->enc_serial : NULL);
	json_day(j, "not_before", date_of_moment(i->not_before));
	json_day(j, "not_after", date_of_moment(i->not_after));
	json_time(j, "done_at", i->done_at);
	json_time(j, "written_at", i->written_at);
	json_time(j, "checked_at", i->checked_at);
	if (c->actor.kind != ACTOR_STAFF)
		return;
	json_text(j, "made_by", i->made_by);
	json_text(j, "written_by", i->written_by);
	json_text(j, "checked_by", i->checked_by);
}

static enum err write_one(struct ctx *c, const struct issuance *i, struct json_out *j)
{
	bool open = text_eq(i->state, "done") && !i->written_at;
	const char *key = NULL;
	struct bytes seal = {NULL, 0};
	enum err e = open && i->enc_key_sealed.len ? wrapped_key(c, i, &key) : ERR_OK;

	if (e == ERR_OK && open)
		e = seal_data(c, i->application_id, i->item, &seal);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	write_state(c, i, j);
	if (open) {
		write_cert(j, c->arena, "sign_cert", i->sign_cert);
		write_cert(j, c->arena, "enc_cert", i->enc_cert);
		json_text(j, "enc_key", key);
		write_seal(j, c->arena, seal);
		json_text(j, "unlock_key", unlock_key(c));
	}
	json_end(j);
	return ERR_OK;
}

enum err issuer_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[OF_CASE], &issuance_shape, &rows, I(app->id));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_bool(j, "by_client", application_self_made(c, app));
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = write_one(c, &((const struct issuance *)rows.at)[i], j);
	json_end(j);
	json_end(j);
	return e;
}

enum err issuer_write_bench(struct ctx *c, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[BENCH], &issuance_shape, &rows, I(ISSUER_BENCH_MAX));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		const struct issuance *row = &((const struct issuance *)rows.at)[i];

		json_object(j, NULL);
		json_text(j, "no", row->no);
		json_text(j, "unit_name", row->unit_name);
		write_state(c, row, j);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}
