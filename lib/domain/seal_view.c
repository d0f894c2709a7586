#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/application_former.h"
#include "domain/rekey.h"
#include "domain/scan.h"
#include "domain/seal_row.h"

/* What the reviewer's page shows of the seals of a case. */

enum { EARLIER_UNIT, EARLIER_PERSON };

#define EARLIER \
	"SELECT a.no, s.item, s.kind, s.name, s.width, s.height, t.sign_serial, s.bound_at FROM certificate t JOIN seal s ON " \
	"s.certificate_id=t.id JOIN application a ON a.id=s.application_id WHERE "
#define EARLIER_END " AND s.application_id<>? ORDER BY s.bound_at DESC, s.item LIMIT 6"

static const struct sql sql[] = {
	[EARLIER_UNIT] = {EARLIER "(t.unit_key=? OR t.uscc=?)" EARLIER_END, "ssi", "sissiisi"},
	[EARLIER_PERSON] = {EARLIER "t.id_number_hash=?" EARLIER_END, "bi", "sissiisi"},
};
SQL_TABLE(seal_view);

struct earlier {
	const char *no;
	int64_t item;
	const char *kind, *name;
	int64_t width, height;
	const char *sign_serial;
	int64_t bound_at;
};
static const struct field earlier_fields[] = {
	TEXT(struct earlier, no, "no", 0, 0, NULL),
	INT(struct earlier, item, "item", 0, 0),
	TEXT(struct earlier, kind, "kind", 0, 0, NULL),
	TEXT(struct earlier, name, "name", 0, 0, NULL),
	INT(struct earlier, width, "width", 0, 0),
	INT(struct earlier, height, "height", 0, 0),
	TEXT(struct earlier, sign_serial, "sign_serial", 0, 0, NULL),
	TIME(struct earlier, bound_at, "bound_at"),
};
static const struct shape earlier_shape = SHAPE(struct earlier, earlier_fields);

/* Why there is no picture, and what to do. */
static const struct reason {
	const char *fault, *text;
} reasons[] = {
	{"no_ink", "框里没有看到印章或签名。请移动裁切框到印迹上；整个框里都没有的，退回补正"},
	{"no_colour", "这一页是黑白扫描，分不出红色印章，请退回补正，用彩色重新扫描"},
	{"no_code", "读不出这一页右上角的二维码，不知道方框在哪里，请退回补正，把整页重新扫描"},
	{"no_box", "方框没有扫完整，请退回补正，把整页重新扫描"},
	{"no_page", "扫描件里没有这一页，请换一页"},
};

static const char *reason_of(const char *fault)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (text_eq(reasons[i].fault, fault))
			return reasons[i].text;
	return "这个扫描件不能用来制作印章，请退回补正，重新扫描";
}

static enum err find_earlier(struct ctx *c, const struct application *app, struct list *ret_rows)
{
	const struct application_data *d = &app->data;
	const char *unit = d->unit.name ? name_key(c->arena, d->unit.name) : NULL;

	if (!text_eq(app->holder, "ind"))
		return db_all(
			c->db, &sql[EARLIER_UNIT], &earlier_shape, ret_rows, S(unit), S(d->unit.uscc), I(app->id));
	if (!d->person.id_number) {
		*ret_rows = (struct list){NULL, 0};
		return ERR_OK;
	}
	return db_all(c->db, &sql[EARLIER_PERSON], &earlier_shape, ret_rows,
		B(ctx_index(c, "id_number", d->person.id_number)), I(app->id));
}

static void write_crop(struct json_out *j, const struct imprint_crop *crop)
{
	json_object(j, "crop");
	json_int(j, "x", crop->x);
	json_int(j, "y", crop->y);
	json_int(j, "w", crop->w);
	json_int(j, "h", crop->h);
	json_end(j);
}

static void write_source(struct json_out *j, const struct seal *s)
{
	if (!s->file) {
		json_null(j, "source");
		return;
	}
	json_object(j, "source");
	json_text(j, "file", s->file);
	json_int(j, "page", s->page);
	json_int(j, "at_x", s->at_x);
	json_int(j, "at_y", s->at_y);
	json_int(j, "dpi", s->dpi);
	json_int(j, "marks", s->marks);
	json_bool(j, "cut", s->touches);
	json_end(j);
}

/* A row of an older form, or of a scan that was taken back, is no longer about this form. */
static bool stale(const struct application *app, const struct seal *s)
{
	return s->state != SEAL_BOUND && s->state != SEAL_NONE && (s->form_version != app->form_version || !s->file);
}

static void write_row(struct json_out *j, const struct application *app, const struct seal *s)
{
	bool old = stale(app, s), missing = s->state == SEAL_MISSING;

	json_text(j, "state", seal_state_words[old ? SEAL_MISSING : s->state]);
	json_text(j, "reason", old ? "申请表或扫描件已经换过，请重新框出印章" : missing ? reason_of(s->fault) : NULL);
	write_source(j, s);
	write_crop(j, &s->crop);
	json_text(j, "sha256", text_empty(s->sha256) ? NULL : s->sha256);
	json_bool(j, "sight", s->has_sight);
	json_bool(j, "data", s->has_data);
	json_bool(j, "carried", s->carried);
	json_text(j, "id", s->has_data ? s->id : NULL);
	json_text(j, "cut_by", s->by_hand);
	json_text(j, "confirmed_by", s->confirmed_name);
	json_time(j, "confirmed_at", s->confirmed_at);
	json_text(j, "sign_serial", s->sign_serial);
	json_time(j, "bound_at", s->bound_at);
}

static void write_line(struct json_out *j, const struct application *app, int64_t item, const struct seal *s)
{
	const struct item_data *line = &((const struct item_data *)app->data.items.at)[item - 1];
	const struct seal none = {.state = SEAL_NONE};
	const char *kind = s && s->kind ? s->kind : line->seal_kind;
	const struct catalog_seal_kind *named = kind ? catalog_seal_kind(app->catalog, kind) : NULL;

	json_object(j, NULL);
	json_int(j, "item", item);
	json_text(j, "kind", kind);
	json_text(j, "kind_name", named ? named->name : kind);
	json_text(j, "name", s && s->name ? s->name : line->seal_name);
	write_row(j, app, s ? s : &none);
	json_end(j);
}

/* Pages of the form that may be pointed at. */
static void write_pages(struct json_out *j, const struct scans *s)
{
	const struct scan_page *p = s->pages.at;

	json_list(j, "pages");
	for (size_t i = 0; i < s->pages.count; i++) {
		if (!text_eq(p[i].material, SCAN_FORM))
			continue;
		json_object(j, NULL);
		json_text(j, "file", p[i].file);
		json_int(j, "page", p[i].page);
		json_bool(j, "seals", p[i].state == SCAN_CURRENT && p[i].code.copy == FORM_CODE_SEALS);
		json_end(j);
	}
	json_end(j);
}

enum err seal_write(struct ctx *c, const char *no, struct json_out *j)
{
	struct application app;
	struct list rows, earlier;
	struct scans scans;
	int64_t open = 0;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = rekey_open(c, &app);
	if (e == ERR_OK)
		e = seal_rows(c, app.id, &rows);
	if (e == ERR_OK)
		e = find_earlier(c, &app, &earlier);
	if (e == ERR_OK)
		e = scan_read(c, &app, &scans);
	if (e == ERR_OK)
		e = seal_open(c, &app, &open);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_bool(j, "makes", former_makes_seal(&app));
	json_int(j, "open", open);
	json_bool(j, "mine",
		former_makes_seal(&app) && app.state == STATE_REVIEWING && app.claim_by == c->actor.staff_id &&
			app.claim_until > c->now);
	json_list(j, "items");
	for (int64_t item = 1; item <= (int64_t)app.data.items.count; item++)
		write_line(j, &app, item, seal_row(&rows, item));
	json_end(j);
	json_list(j, "earlier");
	for (size_t i = 0; i < earlier.count; i++)
		json_shape(j, NULL, &earlier_shape, &((const struct earlier *)earlier.at)[i]);
	json_end(j);
	write_pages(j, &scans);
	json_end(j);
	return ERR_OK;
}
