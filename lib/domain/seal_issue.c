#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/application_former.h"
#include "domain/audit.h"
#include "domain/authority.h"
#include "domain/seal_row.h"
#include "io/cms_seal.h"
#include "io/x509.h"

/* A certificate is made: its seal is bound to it, and signed when the certificate itself is known. */

enum { LINE, FORMER, BIND, CARRY, SIGN, DATA };

static const struct sql sql[] = {
	[LINE] =
		{"SELECT id, state, kind, name, width, height, picture_sealed, picture_sha256, carried_from, bound_at FROM seal "
		 "WHERE application_id=? AND item=? FOR UPDATE",
			"ii", "ssssiibssi"},
	[FORMER] =
		{"SELECT id, state, kind, name, width, height, picture_sealed, picture_sha256, carried_from, bound_at FROM "
		 "seal WHERE certificate_id=?",
			"i", "ssssiibssi"},
	[BIND] =
		{"UPDATE seal SET id=?, picture_sealed=?, state='bound', certificate_id=?, kind=?, name=?, bound_at=?, "
		 "sight_sealed=NULL, ses_sealed=NULL WHERE id=?",
			"sbissis", ""},
	[CARRY] =
		{"INSERT INTO seal (id, application_id, item, certificate_id, state, kind, name, width, height, "
		 "picture_sealed, picture_sha256, carried_from, made_at, bound_at) VALUES (?,?,?,?,'bound',?,?,?,?,?,?,?,?,?)",
			"siiissiibssii", ""},
	[SIGN] = {"UPDATE seal SET ses_sealed=? WHERE id=? AND state='bound'", "bs", ""},
	[DATA] = {"SELECT id, ses_sealed FROM seal WHERE application_id=? AND item=? AND ses_sealed IS NOT NULL", "ii",
		"sb"},
};
SQL_TABLE(seal_issue);

struct bound {
	const char *id, *state, *kind, *name;
	int64_t width, height;
	struct bytes picture;
	const char *sha256, *carried_from;
	int64_t bound_at;
};
#define B_TEXT(m) TEXT(struct bound, m, #m, 0, 0, NULL)
#define B_INT(m) INT(struct bound, m, #m, 0, 0)
static const struct field bound_fields[] = {
	B_TEXT(id),
	B_TEXT(state),
	B_TEXT(kind),
	B_TEXT(name),
	B_INT(width),
	B_INT(height),
	BYTES(struct bound, picture, "picture", 0),
	B_TEXT(sha256),
	B_TEXT(carried_from),
	B_INT(bound_at),
};
static const struct shape bound_shape = SHAPE(struct bound, bound_fields);

struct data {
	const char *id;
	struct bytes sealed;
};
static const struct field data_fields[] = {
	TEXT(struct data, id, "id", 0, 0, NULL), BYTES(struct data, sealed, "sealed", 0)};
static const struct shape data_shape = SHAPE(struct data, data_fields);

/* The picture for a row of another name. */
static enum err seal_again(struct ctx *c, const struct bound *from, const char *id, struct bytes *ret_sealed)
{
	struct bytes png;
	enum err e = seal_open_part(c, SEAL_PICTURE, from->id, from->picture, &png);

	if (e == ERR_OK)
		*ret_sealed = seal_close(c, SEAL_PICTURE, id, png);
	return e;
}

/* A line whose certificate is made a second time (the first never left the house) gets seal data with another esID. */
static enum err bind_own(struct ctx *c, const struct bound *s, const struct item_data *line, int64_t certificate_id)
{
	const char *id = s->bound_at ? seal_new_id(c->arena) : s->id;
	struct bytes picture = s->picture;
	enum err e = s->bound_at ? seal_again(c, s, id, &picture) : ERR_OK;

	if (e != ERR_OK)
		return e;
	return db_exec(c->db, &sql[BIND], S(id), B(picture), I(certificate_id), S(s->kind ? s->kind : line->seal_kind),
		S(s->name ? s->name : line->seal_name), I(c->now), S(s->id));
}

static enum err carry(
	struct ctx *c, const struct application *app, int64_t item, int64_t certificate_id, int64_t former)
{
	const char *id = seal_new_id(c->arena);
	struct bytes picture;
	struct bound s;
	enum err e = former ? db_one(c->db, &sql[FORMER], &bound_shape, &s, I(former)) : ERR_NOT_FOUND;

	if (e == ERR_NOT_FOUND) /* made before pictures were kept, or imported */
		return ERR_OK;
	if (e == ERR_OK)
		e = seal_again(c, &s, id, &picture);
	if (e != ERR_OK)
		return e;
	return db_exec(c->db, &sql[CARRY], S(id), I(app->id), I(item), I(certificate_id), S(s.kind), S(s.name),
		I(s.width), I(s.height), B(picture), S(s.sha256), S(s.id), I(c->now), I(c->now));
}

enum err seal_bind(struct ctx *c, const struct application *app, int64_t item, int64_t certificate_id, int64_t former)
{
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[item - 1];
	struct bound s = {0};
	enum err e;

	assert(db_in_tx(c->db));
	e = db_one(c->db, &sql[LINE], &bound_shape, &s, I(app->id), I(item));
	if (e == ERR_OK && (text_eq(s.state, "confirmed") || text_eq(s.state, "bound")))
		return bind_own(c, &s, line, certificate_id);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	return former_makes_seal(app) ? ERR_OK : carry(c, app, item, certificate_id, former);
}

/* --- SES_Seal --- */

enum { TYPE_UNIT = 1, TYPE_PERSON = 2, TENTHS = 10 };

static int64_t whole_mm(int64_t tenths)
{
	return (tenths + TENTHS / 2) / TENTHS;
}

static enum err read_cert(struct ctx *c, struct bytes der, struct x509_cert *ret_cert)
{
	const char *say;
	struct list certs;
	enum err e = x509_read(c->arena, x509_pem(c->arena, "CERTIFICATE", der), &certs, &say);

	if (e == ERR_OK)
		*ret_cert = *(const struct x509_cert *)certs.at;
	return e == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

/* Made, and read again before it is kept: what our own reader does not find good never leaves. */
static enum err make(struct ctx *c, const struct bound *s, struct bytes cert, const struct authority *maker,
	struct bytes png, struct bytes *ret_der)
{
	struct x509_cert about = {0};
	struct cms_seal seal = {.id = s->id,
		.vendor = "ZHENGYIN",
		.name = s->name,
		.type = text_eq(s->kind, "unit") ? TYPE_UNIT : TYPE_PERSON,
		.certs = {&cert, 1},
		.picture_type = "PNG",
		.picture = png,
		.width_mm = whole_mm(s->width),
		.height_mm = whole_mm(s->height)};
	struct cms_seal again;
	const char *say;
	enum err e = read_cert(c, cert, &about);

	seal.created = c->now < about.not_before ? about.not_before : c->now;
	seal.valid_from = about.not_before;
	seal.valid_to = about.not_after;
	if (e == ERR_OK)
		e = cms_seal_make(c->arena, &seal, maker->key, maker->cert, ret_der);
	if (e == ERR_OK)
		e = cms_seal_read(c->arena, *ret_der, &again, &say);
	return e == ERR_OK && !again.signed_well ? ERR_INTERNAL : e;
}

static enum err sign(struct ctx *c, const struct bound *s, struct bytes cert, const struct authority *maker)
{
	struct bytes png, der;
	enum err e = seal_open_part(c, SEAL_PICTURE, s->id, s->picture, &png);

	if (e == ERR_OK)
		e = make(c, s, cert, maker, png, &der);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[SIGN], B(seal_close(c, SEAL_DATA, s->id, der)), S(s->id));
	return e;
}

enum err seal_sign(struct ctx *c, const struct application *app, int64_t item, struct bytes cert)
{
	struct authority maker CLEANUP(authority_close) = {0};
	enum x509_algorithm algorithm;
	struct bound s = {0};
	enum err e;

	assert(db_in_tx(c->db));
	e = db_one(c->db, &sql[LINE], &bound_shape, &s, I(app->id), I(item));
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !text_eq(s.state, "bound")))
		return ERR_OK;
	if (e == ERR_OK)
		e = cms_seal_key(cert, &algorithm) ? ERR_OK : ERR_INTERNAL;
	if (e == ERR_OK)
		e = authority_open_signer(c->arena, &c->house->config, AUTHORITY_SEALS, algorithm, &maker);
	if (e == ERR_NOT_FOUND) {
		log_at(LOG_WARN, "seal: no seal maker for %s keys, the certificate goes without seal data",
			x509_algorithm_words[algorithm]);
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = sign(c, &s, cert, &maker);
	if (e == ERR_OK)
		audit_add(c, "seal_sign", app->no, arena_printf(c->arena, "%" PRId64 " %s", item, s.id));
	return e;
}

enum err seal_data(struct ctx *c, int64_t application_id, int64_t item, struct bytes *ret_der)
{
	struct data row;
	enum err e = db_one(c->db, &sql[DATA], &data_shape, &row, I(application_id), I(item));

	*ret_der = (struct bytes){NULL, 0};
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	return e == ERR_OK ? seal_open_part(c, SEAL_DATA, row.id, row.sealed, ret_der) : e;
}
