#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "domain/application_former.h"
#include "domain/attachment.h"
#include "domain/audit.h"
#include "domain/form_layout.h"
#include "domain/scan.h"
#include "domain/seal_row.h"

/* From a scanned imprint page to a picture: by the machine when the form was checked, and again as a reviewer says. */

enum { STATE_OF, FILE_OF, ADD, PUT };

#define CUT_COLUMNS \
	"state=?, fault=?, form_version=?, attachment_id=?, page=?, at_x=?, at_y=?, crop_x=?, crop_y=?, width=?, height=?, dpi=?, " \
	"marks=?, touches=?, by_hand=?, picture_sealed=?, picture_sha256=?, sight_sealed=?, made_at=?, confirmed_by=NULL, " \
	"confirmed_at=NULL "
#define CUT_TYPES \
	"ssisiii" \
	"iiiiiii" \
	"ibsbi"

static const struct sql sql[] = {
	[STATE_OF] =
		{"SELECT t.application_id FROM attachment t WHERE t.id=? AND t.state='accepted' AND t.removed_at IS NULL",
			"s", "i"},
	[FILE_OF] =
		{"SELECT b.id, b.key_sealed, b.size_bytes, t.page_count FROM attachment t JOIN stored_file b ON b.id=t.blob_id "
		 "WHERE t.id=? AND t.application_id=? AND t.material=? AND t.state='accepted' AND t.removed_at IS NULL",
			"sis", "sbii"},
	[ADD] = {"INSERT INTO seal SET " CUT_COLUMNS ", id=?, application_id=?, item=?", CUT_TYPES "sii", ""},
	[PUT] = {"UPDATE seal SET " CUT_COLUMNS "WHERE id=? AND state<>'bound'", CUT_TYPES "s", ""},
};
SQL_TABLE(seal_cut);

enum { HALF_BOX = IMPRINT_BOX / 2, SHEET_W = 2100, SHEET_H = 2970 };

static const struct field crop_fields[] = {
	INT(struct seal_crop, x, "左边", 0, IMPRINT_BOX),
	INT(struct seal_crop, y, "上边", 0, IMPRINT_BOX),
	INT(struct seal_crop, w, "宽度", 0, IMPRINT_BOX),
	INT(struct seal_crop, h, "高度", 0, IMPRINT_BOX),
	TEXT(struct seal_crop, file, "扫描件", 32, 32, NULL),
	INT(struct seal_crop, page, "页", 1, 500),
	INT(struct seal_crop, at_x, "方框中心离纸左边", HALF_BOX, SHEET_W - HALF_BOX),
	INT(struct seal_crop, at_y, "方框中心离纸上边", HALF_BOX, SHEET_H - HALF_BOX),
};
const struct shape seal_crop_shape = SHAPE(struct seal_crop, crop_fields);

struct source {
	const char *file;
	int64_t page, x, y;
};

struct file {
	const char *id;
	struct bytes key_sealed;
	int64_t size_bytes, pages;
};
static const struct field file_fields[] = {
	TEXT(struct file, id, "id", 0, 0, NULL),
	BYTES(struct file, key_sealed, "key", 0),
	INT(struct file, size_bytes, "size", 0, 0),
	INT(struct file, pages, "pages", 0, 0),
};
static const struct shape file_shape = SHAPE(struct file, file_fields);

/* One line, cut out. */
struct cut {
	int64_t item;
	struct source from;
	struct imprint got;
	const char *fault; /* NULL: there is a picture */
};

/* The place of a line on the newest imprint page of the form as it is; file: of this one only, NULL: of any.
 * false: no page that counts has it. */
static bool printed_box(const struct scans *s, const char *file, int64_t item, struct source *ret)
{
	const struct scan_page *p = s->pages.at;
	const struct form_box *box = &form_box[(item - 1) % FORM_BOXES];
	bool found = false;

	for (size_t i = 0; i < s->pages.count; i++) {
		if (p[i].state != SCAN_CURRENT || p[i].code.copy != FORM_CODE_SEALS ||
			p[i].code.page != (item - 1) / FORM_BOXES + 1 || !text_eq(p[i].material, SCAN_FORM) ||
			(file && !text_eq(p[i].file, file)))
			continue;
		*ret = (struct source){p[i].file, p[i].page, 10 * box->x, 10 * box->y};
		found = true;
	}
	return found;
}

static enum err load(
	struct ctx *c, const struct application *app, const char *file, int64_t page, struct bytes *ret_bytes)
{
	const struct blob_store store = attachment_store(c);
	struct file f;
	enum err e = db_one(c->db, &sql[FILE_OF], &file_shape, &f, S(file), I(app->id), S(SCAN_FORM));

	if (e == ERR_NOT_FOUND || (e == ERR_OK && page > f.pages)) {
		fault_add(&c->faults, "/page", "page", "这件申请的申请表里没有这一页");
		return ERR_INVALID;
	}
	return e == ERR_OK ? blob_load(&store, c->arena, &c->house->master,
				     &(struct blob){f.id, f.key_sealed, f.size_bytes}, ret_bytes)
			   : e;
}

static bool nothing_red(const char *fault)
{
	return text_eq(fault, "no_ink") || text_eq(fault, "no_colour");
}

/* Seals are red; a hand signs dark; for a person's name either will do. */
static enum err take(struct ctx *c, struct bytes file, const char *kind, const struct imprint_crop *crop, struct cut *t)
{
	struct imprint_in in = {.page = t->from.page, .x = t->from.x, .y = t->from.y, .crop = *crop};
	enum err e;

	in.ink = text_eq(kind, "handwritten");
	e = imprint_take(c->arena, file, &in, &t->got, &t->fault);
	if (e == ERR_OK && nothing_red(t->fault) && !text_eq(kind, "unit")) {
		struct imprint other = {0};
		const char *fault;

		in.ink = !in.ink;
		e = imprint_take(c->arena, file, &in, &other, &fault);
		if (e == ERR_OK && !fault) {
			t->got = other;
			t->fault = NULL;
		}
	}
	return e;
}

static const char *kind_of(const struct application *app, int64_t item)
{
	return ((const struct item_data *)app->data.items.at)[item - 1].seal_kind;
}

/* --- kept --- */

struct keeping {
	const char *no;
	int64_t application_id, form_version;
	struct cut *cut;
	size_t count;
	const struct job *job;	      /* of the machine; NULL: a reviewer's */
	const struct seal_crop *crop; /* of a reviewer */
};

static enum err put(struct ctx *c, const struct application *app, const struct keeping *k, const struct cut *t,
	const struct seal *have)
{
	const struct imprint *g = &t->got;
	const char *id = have ? have->id : seal_new_id(c->arena);
	struct bytes png = t->fault ? (struct bytes){NULL, 0} : g->png;
	const char *sha = png.len ? crypto_sha256_hex(c->arena, png.at, png.len) : "";
	struct imprint_crop crop = t->fault ? (struct imprint_crop){0, 0, 0, 0} : g->crop;
	struct db_arg hand = k->crop && (k->crop->w || k->crop->file) ? I(c->actor.staff_id) : I0(0);
	struct bytes picture = seal_close(c, SEAL_PICTURE, id, png), sight = seal_close(c, SEAL_SIGHT, id, g->sight);

#define CUT_ARGS \
	S(t->fault ? "missing" : "proposed"), S(t->fault ? t->fault : ""), I(k->form_version), S(t->from.file), \
		I(t->from.page), I(t->from.x), I(t->from.y), I(crop.x), I(crop.y), I(crop.w), I(crop.h), I(g->dpi), \
		I(g->marks), I(g->cut), hand, B(picture), S(sha), B(sight), I(c->now)
	if (have)
		return db_exec(c->db, &sql[PUT], CUT_ARGS, S(id));
	return db_exec(c->db, &sql[ADD], CUT_ARGS, S(id), I(app->id), I(t->item));
}

/* What the machine finds does not take the place of what a person cut out or found good of the same scan. */
static bool stays(const struct keeping *k, const struct cut *t, const struct seal *have)
{
	if (!have)
		return false;
	if (have->state == SEAL_BOUND)
		return true;
	return k->job && have->form_version == k->form_version && text_eq(have->file, t->from.file) &&
	       (have->state == SEAL_CONFIRMED || have->by_hand);
}

static enum err keep_all(struct ctx *c, const struct application *app, const struct keeping *k)
{
	struct list rows;
	enum err e = seal_rows(c, app->id, &rows);

	for (size_t i = 0; e == ERR_OK && i < k->count; i++) {
		const struct seal *have = seal_row(&rows, k->cut[i].item);

		if (!stays(k, &k->cut[i], have))
			e = put(c, app, k, &k->cut[i], have);
	}
	return e;
}

static enum err keep_found(struct ctx *c, void *arg)
{
	struct keeping *k = arg;
	struct application app;
	enum err e = application_by_id(c, k->application_id, &app);

	if (e == ERR_OK && app.form_current && app.form_version == k->form_version && !state_is_closed(app.state))
		e = keep_all(c, &app, k);
	return e == ERR_OK ? job_done(c, k->job) : e;
}

static enum err keep_cut(struct ctx *c, void *arg)
{
	struct keeping *k = arg;
	struct application app;
	enum err e = application_lock(c, k->no, &app);

	if (e == ERR_OK)
		e = seal_may_edit(c, &app);
	if (e == ERR_OK && app.form_version != k->form_version)
		e = ERR_STALE;
	if (e == ERR_OK)
		e = keep_all(c, &app, k);
	audit_add(c, "seal_cut", k->no,
		arena_printf(c->arena, "%" PRId64 " %" PRId64 ",%" PRId64 " %" PRId64 "×%" PRId64, k->cut->item,
			k->crop->x, k->crop->y, k->crop->w, k->crop->h));
	return e;
}

/* --- the machine --- */

static enum err nothing_to_do(struct ctx *c, void *arg)
{
	return job_done(c, arg);
}

static enum err find_lines(struct ctx *c, const struct application *app, const char *file, struct keeping *k)
{
	struct scans scans;
	enum err e = former_makes_seal(app) ? scan_read(c, app, &scans) : ERR_OK;

	k->cut = arena_array(c->arena, app->data.items.count + 1, sizeof *k->cut);
	if (e != ERR_OK || !former_makes_seal(app))
		return e;
	for (int64_t item = 1; item <= (int64_t)app->data.items.count; item++)
		if (printed_box(&scans, file, item, &k->cut[k->count].from))
			k->cut[k->count++].item = item;
	return ERR_OK;
}

enum err seal_harvest(struct ctx *c, const struct job *job)
{
	static const struct imprint_crop found = {0, 0, 0, 0};
	struct keeping k = {.job = job};
	struct db_int id = {0};
	struct application app;
	struct bytes file = {NULL, 0};
	enum err e = db_one(c->db, &sql[STATE_OF], &db_int_shape, &id, S(job->ref));

	if (e == ERR_OK)
		e = application_by_id(c, id.value, &app);
	if (e == ERR_OK)
		e = find_lines(c, &app, job->ref, &k);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !k.count)) /* taken back, or there is nothing on it for us */
		return ctx_tx(c, nothing_to_do, (void *)(uintptr_t)job);
	if (e == ERR_OK)
		e = load(c, &app, job->ref, 1, &file);
	for (size_t i = 0; e == ERR_OK && i < k.count; i++)
		e = take(c, file, kind_of(&app, k.cut[i].item), &found, &k.cut[i]);
	if (e != ERR_OK)
		return e;
	k.application_id = app.id;
	k.form_version = app.form_version;
	return ctx_tx(c, keep_found, &k);
}

/* --- the reviewer --- */

static enum err check_crop(struct ctx *c, const struct seal_crop *in)
{
	bool any = in->x || in->y || in->w || in->h;

	if (any && (in->w < IMPRINT_CROP_MIN || in->h < IMPRINT_CROP_MIN))
		fault_add(&c->faults, in->w < IMPRINT_CROP_MIN ? "/w" : "/h", "range", "裁切框每边至少%d毫米",
			IMPRINT_CROP_MIN / 10);
	if (in->x + in->w > IMPRINT_BOX)
		fault_add(&c->faults, "/w", "range", "裁切框超出了方框右边");
	if (in->y + in->h > IMPRINT_BOX)
		fault_add(&c->faults, "/h", "range", "裁切框超出了方框下边");
	if (in->file && (!in->page || !in->at_x || !in->at_y))
		fault_add(&c->faults, "/page", "missing", "请说明是哪一页、方框中心在纸上的位置");
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

/* Where to look: as said, as before, or where the form has it. */
static enum err find_source(
	struct ctx *c, const struct application *app, int64_t item, const struct seal_crop *in, struct source *ret)
{
	const struct seal *have;
	struct scans scans;
	struct list rows;
	enum err e;

	if (in->file) {
		*ret = (struct source){in->file, in->page, in->at_x, in->at_y};
		return ERR_OK;
	}
	e = seal_rows(c, app->id, &rows);
	if (e != ERR_OK)
		return e;
	have = seal_row(&rows, item);
	if (have && have->file && have->form_version == app->form_version) {
		*ret = (struct source){have->file, have->page, have->at_x, have->at_y};
		return ERR_OK;
	}
	e = scan_read(c, app, &scans);
	if (e == ERR_OK && !printed_box(&scans, NULL, item, ret))
		return ctx_say(c, ERR_WRONG_STATE, "没有找到这枚印章的印模页，请指明在申请表的哪一页、哪个位置");
	return e;
}

enum err seal_cut(struct ctx *c, const char *no, int64_t item, const struct seal_crop *in)
{
	struct imprint_crop crop = {in->x, in->y, in->w, in->h};
	struct cut cut = {.item = item};
	struct keeping k = {.no = no, .cut = &cut, .count = 1, .crop = in};
	struct application app;
	struct bytes file;
	enum err e = check_crop(c, in);

	if (e == ERR_OK)
		e = application_read(c, no, &app);
	if (e == ERR_OK && (item < 1 || item > (int64_t)app.data.items.count))
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = seal_may_edit(c, &app);
	if (e == ERR_OK)
		e = find_source(c, &app, item, in, &cut.from);
	if (e == ERR_OK)
		e = load(c, &app, cut.from.file, cut.from.page, &file);
	if (e == ERR_OK)
		e = take(c, file, kind_of(&app, item), &crop, &cut);
	if (e != ERR_OK)
		return e;
	k.form_version = app.form_version;
	return ctx_tx(c, keep_cut, &k);
}
