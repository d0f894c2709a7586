#include "domain/seal.h"

#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_former.h"
#include "domain/audit.h"
#include "domain/seal_row.h"

enum { ROWS, CONFIRM, FORM_SEALS, PICTURE, SIGHT, DATA };

#define OF_LINE "FROM seal s JOIN application a ON a.id=s.application_id WHERE a.no=? AND s.item=? AND "
static const struct sql sql[] = {
	[ROWS] =
		{"SELECT s.id, s.item, s.state, s.fault, s.form_version, f.id, s.page, s.at_x, s.at_y, s.crop_x, "
		 "s.crop_y, s.width, s.height, s.dpi, s.marks, s.touches, h.name, s.picture_sha256, s.sight_sealed IS NOT NULL, "
		 "s.ses_sealed IS NOT NULL, s.made_at, s.confirmed_by, k.name, s.confirmed_at, s.kind, s.name, t.sign_serial, "
		 "s.bound_at, s.carried_from IS NOT NULL FROM seal s LEFT JOIN staff h ON h.id=s.by_hand LEFT JOIN staff k ON "
		 "k.id=s.confirmed_by LEFT JOIN certificate t ON t.id=s.certificate_id LEFT JOIN attachment f ON f.id=s.attachment_id AND f.removed_at IS NULL WHERE s.application_id=? ORDER BY s.item",
			"i",
			"sissis"
			"iiiiiii"
			"iiissi"
			"iiisisssii"},
	[CONFIRM] =
		{"UPDATE seal SET state='confirmed', confirmed_by=?, confirmed_at=? WHERE application_id=? AND item=? AND "
		 "state IN ('proposed','confirmed') AND picture_sha256=? AND form_version=?",
			"iiiisi", ""},
	[FORM_SEALS] = {"SELECT seal_pages FROM form_version WHERE application_id=? AND version=?", "ii", "i"},
	[PICTURE] = {"SELECT s.id, s.picture_sealed " OF_LINE "s.picture_sealed IS NOT NULL", "si", "sb"},
	[SIGHT] = {"SELECT s.id, s.sight_sealed " OF_LINE "s.sight_sealed IS NOT NULL", "si", "sb"},
	[DATA] = {"SELECT s.id, s.ses_sealed " OF_LINE "s.ses_sealed IS NOT NULL", "si", "sb"},
};
SQL_TABLE(seal);

const char *const seal_state_words[] = {"none", "missing", "proposed", "confirmed", "bound", NULL};

#define R_TEXT(m) TEXT(struct seal, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct seal, m, #m, 0, 0)
#define R_BOOL(m) BOOL(struct seal, m, #m)
static const struct field row_fields[] = {
	R_TEXT(id),
	R_INT(item),
	R_TEXT(state_word),
	R_TEXT(fault),
	R_INT(form_version),
	R_TEXT(file),
	R_INT(page),
	R_INT(at_x),
	R_INT(at_y),
	R_INT(crop.x),
	R_INT(crop.y),
	R_INT(crop.w),
	R_INT(crop.h),
	R_INT(dpi),
	R_INT(marks),
	R_BOOL(touches),
	R_TEXT(by_hand),
	R_TEXT(sha256),
	R_BOOL(has_sight),
	R_BOOL(has_data),
	R_INT(made_at),
	R_INT(confirmed_by),
	R_TEXT(confirmed_name),
	R_INT(confirmed_at),
	R_TEXT(kind),
	R_TEXT(name),
	R_TEXT(sign_serial),
	R_INT(bound_at),
	R_BOOL(carried),
};
static const struct shape row_shape = SHAPE(struct seal, row_fields);

static const struct field confirm_fields[] = {
	TEXT_REQUIRED(struct seal_confirm, sha256, "印章图的校验值", 64, 64, rule_word)};
const struct shape seal_confirm_shape = SHAPE(struct seal_confirm, confirm_fields);

enum err seal_rows(struct ctx *c, int64_t application_id, struct list *ret_rows)
{
	enum err e = db_all(c->db, &sql[ROWS], &row_shape, ret_rows, I(application_id));

	for (size_t i = 0; e == ERR_OK && i < ret_rows->count; i++) {
		struct seal *s = &((struct seal *)ret_rows->at)[i];

		while (seal_state_words[s->state] && !text_eq(seal_state_words[s->state], s->state_word))
			s->state++;
	}
	return e;
}

struct seal *seal_row(const struct list *rows, int64_t item)
{
	struct seal *s = rows->at;

	for (size_t i = 0; i < rows->count; i++)
		if (s[i].item == item)
			return &s[i];
	return NULL;
}

/* --- pictures --- */

static char *place(struct arena *a, enum seal_part part, const char *id)
{
	static const char *const words[SEAL_PART_MAX] = {"picture", "sight", "data"};

	return arena_printf(a, "seal.%s:%s", words[part], id);
}

struct bytes seal_close(struct ctx *c, enum seal_part part, const char *id, struct bytes plain)
{
	if (!plain.len)
		return (struct bytes){NULL, 0};
	return keyring_seal(c->arena, &c->house->master, place(c->arena, part, id), plain.at, plain.len);
}

enum err seal_open_part(
	struct ctx *c, enum seal_part part, const char *id, struct bytes sealed, struct bytes *ret_plain)
{
	return keyring_open(c->arena, &c->house->master, place(c->arena, part, id), sealed, ret_plain);
}

/* A UUID of random bits (version 4), without dashes. */
const char *seal_new_id(struct arena *a)
{
	unsigned char bits[16];
	struct str s;

	crypto_random(bits, sizeof bits);
	bits[6] = (unsigned char)((bits[6] & 0x0f) | 0x40);
	bits[8] = (unsigned char)((bits[8] & 0x3f) | 0x80);
	str_init(&s, a);
	for (size_t i = 0; i < sizeof bits; i++)
		str_addf(&s, "%02x", bits[i]);
	return s.at;
}

struct sealed {
	const char *id;
	struct bytes sealed;
};
static const struct field sealed_fields[] = {
	TEXT(struct sealed, id, "id", 0, 0, NULL), BYTES(struct sealed, sealed, "sealed", 0)};
static const struct shape sealed_shape = SHAPE(struct sealed, sealed_fields);

enum err seal_part(struct ctx *c, const char *no, int64_t item, enum seal_part part, struct bytes *ret_bytes)
{
	static const struct {
		int statement;
		const char *action;
	} parts[SEAL_PART_MAX] = {{PICTURE, "seal_view"}, {SIGHT, "seal_sight"}, {DATA, "seal_data"}};
	struct sealed row;
	enum err e = db_one(c->db, &sql[parts[part].statement], &sealed_shape, &row, S(no), I(item));
	enum err looked = audit_look(c, parts[part].action, no,
		arena_printf(c->arena, "%" PRId64 "%s", item, e == ERR_NOT_FOUND ? " none" : ""));

	if (e == ERR_OK)
		e = looked;
	return e == ERR_OK ? seal_open_part(c, part, row.id, row.sealed, ret_bytes) : e;
}

/* --- found good --- */

enum err seal_may_edit(struct ctx *c, const struct application *app)
{
	if (app->state != STATE_REVIEWING)
		return ctx_say(c, ERR_WRONG_STATE, "这件申请不在初审中，不能再改印章");
	if (app->claim_by != c->actor.staff_id || app->claim_until <= c->now)
		return ERR_CLAIM;
	if (!former_makes_seal(app))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请沿用原来的印章，不用制作");
	return ERR_OK;
}

enum err seal_confirm(struct ctx *c, const char *no, int64_t item, const struct seal_confirm *in)
{
	struct application app;
	struct list rows;
	const struct seal *s;
	enum err e = application_lock(c, no, &app);

	if (e == ERR_OK)
		e = seal_may_edit(c, &app);
	if (e == ERR_OK)
		e = seal_rows(c, app.id, &rows);
	if (e != ERR_OK)
		return e;
	s = seal_row(&rows, item);
	if (!s)
		return ERR_NOT_FOUND;
	if (s->state == SEAL_MISSING)
		return ctx_say(c, ERR_WRONG_STATE, "还没有印章图，请先框出印章");
	e = db_exec(c->db, &sql[CONFIRM], I(c->actor.staff_id), I(c->now), I(app.id), I(item), S(in->sha256),
		I(app.form_version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	audit_add(c, "seal_confirm", no, arena_printf(c->arena, "%" PRId64 " %s", item, in->sha256));
	return e;
}

enum err seal_open(struct ctx *c, const struct application *app, int64_t *ret_open)
{
	struct db_int pages = {0};
	struct list rows;
	enum err e;

	*ret_open = 0;
	if (!former_makes_seal(app) || !app->form_version)
		return ERR_OK;
	e = db_one(c->db, &sql[FORM_SEALS], &db_int_shape, &pages, I(app->id), I(app->form_version));
	if (e == ERR_OK)
		e = seal_rows(c, app->id, &rows);
	for (int64_t item = 1; e == ERR_OK && pages.value && item <= (int64_t)app->data.items.count; item++) {
		const struct seal *s = seal_row(&rows, item);

		*ret_open += !s || s->state != SEAL_CONFIRMED || s->form_version != app->form_version || !s->file;
	}
	return e;
}

enum err seal_confirmed_by(struct ctx *c, const struct application *app, int64_t staff_id, bool *ret_by)
{
	struct list rows;
	enum err e = seal_rows(c, app->id, &rows);

	*ret_by = false;
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct seal *s = &((const struct seal *)rows.at)[i];

		*ret_by = *ret_by || (s->state == SEAL_CONFIRMED && s->confirmed_by == staff_id);
	}
	return e;
}
