#include "domain/arrival.h"

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "io/image.h"
#include "io/sniff.h"

#define COLUMNS \
	"r.id, r.waybill, a.no, r.sender_sealed, r.note, r.photo_sealed IS NOT NULL, s.name, r.at, r.joined_at FROM arrival r JOIN " \
	"staff s ON s.id=r.staff_id LEFT JOIN application a ON a.id=r.application_id "
#define TYPES "issbsisii"

enum { TAKE, JOIN, EXISTS, PHOTO, PHOTO_READ, ONE, PARKED, OF_CASE, FIND };

static const struct sql sql[] = {
	[TAKE] =
		{"INSERT INTO arrival (waybill, application_id, sender_sealed, note, staff_id, at) VALUES (?,?,?,?,?,?)",
			"sibsii", ""},
	[JOIN] = {"UPDATE arrival SET application_id=?, joined_by=?, joined_at=? WHERE id=? AND application_id IS NULL",
		"iiii", ""},
	[EXISTS] = {"SELECT waybill FROM arrival WHERE id=?", "i", "s"},
	[PHOTO] = {"UPDATE arrival SET photo_sealed=? WHERE id=?", "bi", ""},
	[PHOTO_READ] = {"SELECT waybill, photo_sealed FROM arrival WHERE id=? AND photo_sealed IS NOT NULL", "i", "sb"},
	[ONE] = {"SELECT " COLUMNS "WHERE r.id=?", "i", TYPES},
	[PARKED] = {"SELECT " COLUMNS "WHERE r.parked=1 AND r.id<? ORDER BY r.id DESC LIMIT ?", "ii", TYPES},
	[OF_CASE] = {"SELECT " COLUMNS "WHERE r.application_id=? ORDER BY r.id LIMIT 50", "i", TYPES},
	[FIND] = {"SELECT r.id, a.no FROM arrival r LEFT JOIN application a ON a.id=r.application_id WHERE r.waybill=?",
		"s", "is"},
};
SQL_TABLE(arrival);

static const struct field in_fields[] = {
	TEXT_REQUIRED(struct arrival_in, waybill, "运单号", 8, 20, rule_waybill),
	TEXT(struct arrival_in, no, "申请单号", 8, 20, rule_case_no),
	TEXT(struct arrival_in, sender, "寄件人", 1, 100, NULL),
	TEXT(struct arrival_in, note, "备注", 1, 200, rule_note),
};
const struct shape arrival_in_shape = SHAPE(struct arrival_in, in_fields);

struct row {
	int64_t id;
	const char *waybill, *no;
	struct bytes sender_sealed;
	const char *note;
	int64_t photo;
	const char *by;
	int64_t at, joined_at;
};
static const struct field row_fields[] = {
	INT(struct row, id, "id", 0, 0),
	TEXT(struct row, waybill, "waybill", 0, 0, NULL),
	TEXT(struct row, no, "no", 0, 0, NULL),
	BYTES(struct row, sender_sealed, "sender_sealed", 0),
	TEXT(struct row, note, "note", 0, 0, NULL),
	INT(struct row, photo, "photo", 0, 0),
	TEXT(struct row, by, "by", 0, 0, NULL),
	INT(struct row, at, "at", 0, 0),
	INT(struct row, joined_at, "joined_at", 0, 0),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

enum err arrival_take(struct ctx *c, const struct arrival_in *in, int64_t *ret_id)
{
	struct bytes sender = {NULL, 0};
	struct application app = {.id = 0};
	enum err e = in->no ? application_lock(c, in->no, &app) : ERR_OK;

	if (e == ERR_NOT_FOUND)
		return ctx_say(c, e, "没有这个单号的申请，请核对");
	if (e != ERR_OK)
		return e;
	if (!text_empty(in->sender))
		sender = ctx_seal(c, "arrival.sender", in->sender);
	e = db_exec(c->db, &sql[TAKE], S(in->waybill), I0(app.id), B(sender), S(in->note ? in->note : ""),
		I(c->actor.staff_id), I(c->now));
	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "这个运单号已经登记过");
	*ret_id = db_last_id(c->db);
	audit_add(c, "arrival", in->no ? in->no : in->waybill, in->waybill);
	return e;
}

enum err arrival_join(struct ctx *c, int64_t id, const char *no)
{
	struct application app;
	struct db_text waybill;
	enum err e = db_one(c->db, &sql[EXISTS], &db_text_shape, &waybill, I(id));

	if (e == ERR_OK) {
		e = application_lock(c, no, &app);
		if (e == ERR_NOT_FOUND)
			return ctx_say(c, e, "没有这个单号的申请，请核对");
	}
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[JOIN], I(app.id), I(c->actor.staff_id), I(c->now), I(id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ctx_say(c, ERR_WRONG_STATE, "这个快件已经归入一件申请");
	if (e == ERR_OK)
		audit_add(c, "arrival_join", no, waybill.value);
	return e;
}

struct picture {
	int64_t id;
	const char *waybill;
	struct bytes bytes;
};
static const struct field picture_fields[] = {
	TEXT(struct picture, waybill, "waybill", 0, 0, NULL),
	BYTES(struct picture, bytes, "bytes", 0),
};
static const struct shape picture_shape = SHAPE(struct picture, picture_fields);

static const char *photo_place(struct ctx *c, const char *waybill)
{
	return arena_printf(c->arena, "arrival.photo:%s", waybill);
}

static enum err keep(struct ctx *c, void *arg)
{
	const struct picture *p = arg;
	struct db_text waybill;
	enum err e = db_one(c->db, &sql[EXISTS], &db_text_shape, &waybill, I(p->id));

	if (e != ERR_OK)
		return e;
	audit_add(c, "arrival_photo", waybill.value, NULL);
	return db_exec(c->db, &sql[PHOTO],
		B(keyring_seal(c->arena, &c->house->master, photo_place(c, waybill.value), p->bytes.at, p->bytes.len)),
		I(p->id));
}

enum err arrival_photo(struct ctx *c, int64_t id, struct bytes picture)
{
	struct picture p = {.id = id};
	struct images images;
	struct db_text waybill;
	struct sniff s;
	enum err e;

	if (picture.len > ARRIVAL_PHOTO_MAX)
		return ERR_TOO_LARGE;
	sniff(picture.at, picture.len, &s);
	if (s.fault || (s.kind != SNIFF_JPEG && s.kind != SNIFF_PNG))
		return ctx_say(c, ERR_MEDIA, "照片只收JPG、PNG，请重新拍照");
	e = db_one(c->db, &sql[EXISTS], &db_text_shape, &waybill, I(id)); /* before the work */
	if (e == ERR_OK)
		e = image_of_picture(c->arena, picture, &images);
	if (e != ERR_OK)
		return e;
	if (images.fault || images.count != 1)
		return ctx_say(c, ERR_MEDIA, "照片打不开，请重新拍照");
	p.bytes = images.at[0].jpeg;
	return ctx_tx(c, keep, &p);
}

static enum err look(struct ctx *c, void *arg)
{
	struct picture *p = arg;
	enum err e = db_one(c->db, &sql[PHOTO_READ], &picture_shape, p, I(p->id));

	if (e == ERR_OK)
		audit_add(c, "arrival_look", p->waybill, NULL);
	return e;
}

enum err arrival_photo_read(struct ctx *c, int64_t id, struct bytes *ret_jpeg)
{
	struct picture p = {.id = id};
	enum err e = ctx_tx(c, look, &p);

	return e == ERR_OK ? keyring_open(c->arena, &c->house->master, photo_place(c, p.waybill), p.bytes, ret_jpeg)
			   : e;
}

static enum err write_row(struct ctx *c, const struct row *r, struct json_out *j)
{
	const char *sender = NULL;
	enum err e = r->sender_sealed.len ? ctx_open(c, "arrival.sender", r->sender_sealed, &sender) : ERR_OK;

	json_object(j, NULL);
	json_int(j, "id", r->id);
	json_text(j, "waybill", r->waybill);
	json_text(j, "no", r->no);
	json_text(j, "sender", sender);
	json_text(j, "note", text_empty(r->note) ? NULL : r->note);
	json_bool(j, "photo", r->photo != 0);
	json_text(j, "by", r->by);
	json_time(j, "at", r->at);
	json_time(j, "joined_at", r->joined_at);
	json_end(j);
	return e;
}

enum err arrival_write(struct ctx *c, int64_t id, struct json_out *j)
{
	struct row r;
	enum err e = db_one(c->db, &sql[ONE], &row_shape, &r, I(id));

	return e == ERR_OK ? write_row(c, &r, j) : e;
}

static enum err write_all(struct ctx *c, const struct list *rows, const char *key, struct json_out *j)
{
	enum err e = ERR_OK;

	json_list(j, key);
	for (size_t i = 0; e == ERR_OK && i < rows->count; i++)
		e = write_row(c, (const struct row *)rows->at + i, j);
	json_end(j);
	return e;
}

enum err arrival_write_parked(struct ctx *c, int64_t after, struct json_out *j)
{
	enum { PAGE = 20 };
	struct list rows;
	enum err e = db_all(c->db, &sql[PARKED], &row_shape, &rows, I(after ? after : INT64_MAX), I(PAGE));

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	e = write_all(c, &rows, "items", j);
	JSON_NEXT(j, &rows, PAGE, struct row);
	json_end(j);
	return e;
}

enum err arrival_write_case(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct list rows;
	enum err e = db_all(c->db, &sql[OF_CASE], &row_shape, &rows, I(app->id));

	return e == ERR_OK ? write_all(c, &rows, "arrivals", j) : e;
}

static const struct field found_fields[] = {
	INT(struct arrival_found, id, "id", 0, 0),
	TEXT(struct arrival_found, no, "no", 0, 0, NULL),
};
static const struct shape found_shape = SHAPE(struct arrival_found, found_fields);

enum err arrival_find(struct ctx *c, const char *waybill, struct arrival_found *ret_found)
{
	return db_one(c->db, &sql[FIND], &found_shape, ret_found, S(waybill));
}
