#include "domain/attachment.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/scan.h"
#include "io/image.h"
#include "io/sniff.h"

/* The worker's part of an attachment: from the original to pages. */

enum { SMALL_SIDE = 600 };

enum { CHECKING, BLOB_ADD, PAGE_ADD, SETTLE, FILE_ITSELF, GIVE_UP };

static const struct sql sql[] = {
	[CHECKING] =
		{"SELECT t.blob_id, b.key_sealed, t.size_bytes, t.findings, t.material, t.application_id FROM attachment t "
		 "JOIN stored_file b ON b.id=t.blob_id WHERE t.id=? AND t.state='checking' AND t.removed_at IS NULL",
			"s", "sbissi"},
	[BLOB_ADD] = {"INSERT INTO stored_file (id, key_sealed, size_bytes, created_at) VALUES (?,?,?,?)", "sbii", ""},
	[PAGE_ADD] =
		{"INSERT INTO attachment_page (attachment_id, page, blob_id, thumb_id, width, height, seen) VALUES (?,?,?,?,?,?,?)",
			"sissiis", ""},
	[SETTLE] = {"UPDATE attachment SET state=?, page_count=?, findings=? WHERE id=? AND state='checking'", "siss",
		""},
	[FILE_ITSELF] = {"UPDATE attachment SET material=?, filed_from=? WHERE id=? AND state='checking'", "sss", ""},
	[GIVE_UP] = {"UPDATE attachment SET state='refused', findings='failed' WHERE id=? AND state='checking'", "s",
		""},
};
SQL_TABLE(attachment_render);

struct work {
	const char *blob_id;
	struct bytes key_sealed;
	int64_t size_bytes;
	const char *findings, *material;
	int64_t application_id;
	/* made on the way */
	const struct job *job;
	struct images images;
	struct blob *blobs; /* of the pages, each followed by its small picture */
	struct list seen;   /* struct scan_page */
};
static const struct field fields[] = {
	TEXT(struct work, blob_id, "blob", 0, 0, NULL),
	BYTES(struct work, key_sealed, "key", 0),
	INT(struct work, size_bytes, "size", 0, 0),
	TEXT(struct work, findings, "findings", 0, 0, NULL),
	TEXT(struct work, material, "material", 0, 0, NULL),
	INT(struct work, application_id, "application", 0, 0),
};
static const struct shape shape = SHAPE(struct work, fields);

static const char *with(struct arena *a, const char *codes, const char *code)
{
	return *codes ? arena_printf(a, "%s %s", codes, code) : code;
}

static enum err make_pages(struct ctx *c, struct work *w)
{
	const struct blob_store store = attachment_store(c);
	struct bytes original;
	struct sniff s;
	enum err e = blob_load(&store, c->arena, &c->house->master,
		&(struct blob){w->blob_id, w->key_sealed, w->size_bytes}, &original);

	if (e != ERR_OK)
		return e;
	sniff(original.at, original.len, &s);
	if (s.fault) {
		w->images.fault = s.fault;
		return ERR_OK;
	}
	e = s.kind == SNIFF_PDF ? image_of_pdf(c->arena, original, c->house->config.upload_max_pages, &w->images)
				: image_of_picture(c->arena, original, &w->images);
	if (e == ERR_OK && s.kind != SNIFF_PDF && s.width < SMALL_SIDE && s.height < SMALL_SIDE)
		w->findings = with(c->arena, w->findings, "low_resolution");
	return e;
}

static enum err keep_pages(struct ctx *c, struct work *w)
{
	const struct blob_store store = attachment_store(c);
	enum err e = ERR_OK;

	w->blobs = arena_array(c->arena, 2 * w->images.count + 1, sizeof *w->blobs);
	for (size_t i = 0; e == ERR_OK && i < 2 * w->images.count; i++) {
		const struct image *image = &w->images.at[i / 2];
		const struct bytes *part = i % 2 ? &image->thumb : &image->jpeg;

		e = blob_put(&store, c->arena, &c->house->master, part->at, part->len, &w->blobs[i]);
	}
	return e;
}

static void drop_pages(struct ctx *c, const struct work *w)
{
	const struct blob_store store = attachment_store(c);

	for (size_t i = 0; w->blobs && i < 2 * w->images.count; i++)
		if (w->blobs[i].id && blob_remove(&store, w->blobs[i].id) != ERR_OK)
			log_at(LOG_WARN, "a page that nobody names stays until the next sweep");
}

static enum err add_blob(struct ctx *c, const struct blob *b)
{
	return db_exec(c->db, &sql[BLOB_ADD], S(b->id), B(b->key_sealed), I(b->size_bytes), I(c->now));
}

static const char *seen_text(struct arena *a, const struct scan *scan)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, &scan_shape, scan);
	return s.at;
}

/* What the pages say, as it will be kept. */
static enum err look_at(struct ctx *c, struct work *w)
{
	struct scan_page *pages = arena_array(c->arena, w->images.count + 1, sizeof *pages);
	struct scan_case of = {.key = c->house->form.at};
	struct application app;
	enum err e = application_by_id(c, w->application_id, &app);

	if (e != ERR_OK)
		return e;
	of.no = app.no;
	for (size_t i = 0; i < w->images.count; i++) {
		pages[i].page = (int64_t)i + 1;
		pages[i].seen = seen_text(c->arena, &w->images.at[i].scan);
		scan_identify(c->arena, &of, &pages[i]);
	}
	w->seen = (struct list){pages, w->images.count};
	return ERR_OK;
}

/* A scan of this case's form that was put under another material goes where it belongs, when that is still open. */
static enum err file_itself(struct ctx *c, const struct work *w)
{
	struct application app;
	enum err e;

	if (w->images.fault || text_eq(w->material, SCAN_FORM) || !scan_is_form(&w->seen))
		return ERR_OK;
	e = application_by_id(c, w->application_id, &app);
	if (e != ERR_OK)
		return e;
	if (application_may_upload(c, &app, SCAN_FORM) != ERR_OK)
		return ERR_OK;
	audit_add(c, "file_moved", app.no, arena_printf(c->arena, "%s %s %s", w->material, SCAN_FORM, w->job->ref));
	return db_exec(c->db, &sql[FILE_ITSELF], S(SCAN_FORM), S(w->material), S(w->job->ref));
}

static enum err add_page(struct ctx *c, const struct work *w, size_t i)
{
	const struct image *image = &w->images.at[i];
	const struct blob *page = &w->blobs[2 * i], *thumb = page + 1;
	enum err e = add_blob(c, page);

	if (e == ERR_OK)
		e = add_blob(c, thumb);
	if (e != ERR_OK)
		return e;
	return db_exec(c->db, &sql[PAGE_ADD], S(w->job->ref), I((int64_t)i + 1), S(page->id), S(thumb->id),
		I(image->width), I(image->height), S(((const struct scan_page *)w->seen.at)[i].seen));
}

/* A page of this case's form for seal impressions: they are cut out next. */
static bool has_impressions(const struct work *w)
{
	const struct scan_page *p = w->seen.at;

	for (size_t i = 0; i < w->seen.count; i++)
		if ((p[i].state == SCAN_CURRENT || p[i].state == SCAN_OUTDATED) && p[i].code.copy == FORM_CODE_SEALS)
			return true;
	return false;
}

/* The case is locked before its file: locks are always taken from the case down. */
static enum err settle(struct ctx *c, void *arg)
{
	const struct work *w = arg;
	const char *fault = w->images.fault;
	enum err e = file_itself(c, w);

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[SETTLE], S(fault ? "refused" : "accepted"), I((int64_t)w->images.count),
			S(fault ? with(c->arena, w->findings, fault) : w->findings), S(w->job->ref));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE; /* another worker was faster */
	for (size_t i = 0; e == ERR_OK && i < w->images.count; i++)
		e = add_page(c, w, i);
	if (e == ERR_OK && !fault && has_impressions(w))
		e = job_add(c, "seal", w->job->ref);
	return e == ERR_OK ? job_done(c, w->job) : e;
}

static enum err nothing_to_do(struct ctx *c, void *arg)
{
	return job_done(c, arg);
}

enum err attachment_render(struct ctx *c, const struct job *job)
{
	struct work w = {0};
	enum err e = db_one(c->db, &sql[CHECKING], &shape, &w, S(job->ref));

	if (e == ERR_NOT_FOUND) /* taken back, or done */
		return ctx_tx(c, nothing_to_do, (void *)(uintptr_t)job);
	w.job = job;
	if (e == ERR_OK)
		e = make_pages(c, &w);
	if (e == ERR_OK)
		e = look_at(c, &w);
	if (e == ERR_OK)
		e = keep_pages(c, &w);
	if (e == ERR_OK)
		e = ctx_tx(c, settle, &w);
	if (e != ERR_OK && e != ERR_UNCERTAIN)
		drop_pages(c, &w);
	return e == ERR_STALE ? ERR_OK : e;
}

enum err attachment_give_up(struct ctx *c, const char *id)
{
	return db_exec(c->db, &sql[GIVE_UP], S(id));
}
