#include "domain/attachment.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/glyph.h"
#include "domain/look.h"
#include "domain/rekey.h"
#include "io/font_mask.h"
#include "io/image.h"
#include "domain/scan.h"

#define COLUMNS \
	"t.id, t.application_id, a.no, t.material, t.filename, t.media, t.sha256, t.state, t.findings, t.round, t.size_bytes, " \
	"t.page_count, t.uploaded_at, t.blob_id, b.key_sealed, t.filed_from"
#define COLUMN_TYPES \
	"sisss" \
	"ssssi" \
	"iiisbs"
#define FROM "FROM attachment t JOIN application a ON a.id=t.application_id JOIN stored_file b ON b.id=t.blob_id "
/* Whose it is; a counter session sees the files of its one case. */
#define OWNER "a.account_id=? AND (?=0 OR a.id=?)"
#define OWNER_ARGS(who) I((who)->account_id), I((who)->only_application), I((who)->only_application)
#define PAGE_FROM \
	"FROM attachment_page p JOIN attachment t ON t.id=p.attachment_id JOIN application a ON a.id=t.application_id " \
	"JOIN stored_file b ON b.id=IF(?, COALESCE(p.thumb_id, p.blob_id), p.blob_id) "
/* The officer who holds the claim, who judged it, or (last place) one who oversees. */
#define STAFF_AT_HAND "((a.claim_by=? AND a.claim_until>?) OR a.reviewer1=? OR a.reviewer2=? OR ?=1)"

enum { INSERT, SAME, LIST, LIST_SENT, OWN, STAFF, OWN_PAGE, STAFF_PAGE, OWN_CASE, REMOVE, TOUCH, SEEN };

static const struct sql sql[] = {
	[INSERT] =
		{"INSERT INTO attachment (id, application_id, material, round, filename, media, size_bytes, sha256, state, findings, "
		 "blob_id, uploaded_at) VALUES (?,?,?,?,?,?,?,?,'checking',?,?,?)",
			"sisissis"
			"ssi",
			""},
	[SAME] = {"SELECT COUNT(*) FROM attachment WHERE application_id=? AND sha256=? AND removed_at IS NULL", "is",
		"i"},
	[LIST] = {"SELECT " COLUMNS " " FROM
		  "WHERE t.application_id=? AND t.removed_at IS NULL ORDER BY t.uploaded_at, t.id",
		"i", COLUMN_TYPES},
	[LIST_SENT] = {"SELECT " COLUMNS " " FROM
		       "JOIN upload u ON u.attachment_id=t.id WHERE u.relay_id=? AND t.removed_at IS NULL "
		       "ORDER BY t.uploaded_at, t.id",
		"i", COLUMN_TYPES},
	[OWN] = {"SELECT " COLUMNS " " FROM "WHERE t.id=? AND " OWNER " AND t.removed_at IS NULL", "siii",
		COLUMN_TYPES},
	[STAFF] = {"SELECT " COLUMNS " " FROM "WHERE t.id=? AND t.removed_at IS NULL AND " STAFF_AT_HAND, "siiiii",
		COLUMN_TYPES},
	[OWN_PAGE] = {"SELECT a.no, t.material, b.id, b.key_sealed, b.size_bytes, p.width, p.height " PAGE_FROM
		      "WHERE p.attachment_id=? AND p.page=? AND " OWNER " "
		      "AND t.removed_at IS NULL AND t.state='accepted'",
		"isiiii", "sssbiii"},
	[STAFF_PAGE] = {"SELECT a.no, t.material, b.id, b.key_sealed, b.size_bytes, p.width, p.height " PAGE_FROM
			"WHERE p.attachment_id=? AND p.page=? "
			"AND t.removed_at IS NULL AND t.state='accepted' AND " STAFF_AT_HAND,
		"isiiiiii", "sssbiii"},
	[OWN_CASE] =
		{"SELECT a.no FROM attachment t JOIN application a ON a.id=t.application_id WHERE t.id=? AND " OWNER " "
		 "AND t.removed_at IS NULL",
			"siii", "s"},
	[REMOVE] = {"UPDATE attachment SET removed_at=? WHERE id=? AND application_id=? AND removed_at IS NULL", "isi",
		""},
	[TOUCH] = {"UPDATE application SET updated_at=? WHERE id=?", "ii", ""},
	[SEEN] =
		{"SELECT COUNT(*) FROM audit WHERE object=? AND action='file_view' AND actor=? AND actor_id=? AND detail=? AND at>?",
			"ssisi", "i"},
};
SQL_TABLE(attachment);

enum { SITTING_S = 3600, MARK_LINES = 60, MARK_EM_MIN = 12 };

#define F_TEXT(m) TEXT(struct attachment, m, #m, 0, 0, NULL)
#define F_INT(m) INT(struct attachment, m, #m, 0, 0)
static const struct field fields[] = {
	F_TEXT(id),
	F_INT(application_id),
	F_TEXT(no),
	F_TEXT(material),
	F_TEXT(filename),
	F_TEXT(media),
	F_TEXT(sha256),
	F_TEXT(state),
	F_TEXT(findings),
	F_INT(round),
	F_INT(size_bytes),
	F_INT(page_count),
	F_INT(uploaded_at),
	F_TEXT(blob_id),
	BYTES(struct attachment, key_sealed, "key", 0),
	F_TEXT(filed_from),
};
static const struct shape shape = SHAPE(struct attachment, fields);

struct page {
	const char *no, *material, *blob_id;
	struct bytes key_sealed;
	int64_t size_bytes, width, height;
};
static const struct field page_fields[] = {
	TEXT(struct page, no, "no", 0, 0, NULL),
	TEXT(struct page, material, "material", 0, 0, NULL),
	TEXT(struct page, blob_id, "blob", 0, 0, NULL),
	BYTES(struct page, key_sealed, "key", 0),
	INT(struct page, size_bytes, "size", 0, 0),
	INT(struct page, width, "width", 0, 0),
	INT(struct page, height, "height", 0, 0),
};
static const struct shape page_shape = SHAPE(struct page, page_fields);

static const struct finding {
	const char *code, *text;
} findings[] = {
	{"empty", "这是一个空文件，请重新选择"},
	{"type", "只能上传JPG、PNG图片或PDF，请另存为其中一种再传"},
	{"heic", "这是HEIC格式的照片，请在手机相机设置里改为“兼容性最佳”，或另存为JPG再传"},
	{"broken", "文件打不开，可能没有保存完整，请重新扫描或导出后再传"},
	{"encrypted", "这个PDF设有密码，请去掉密码后再传"},
	{"active", "这个PDF带有脚本、表单程序或附件，请打印成新的PDF或扫描成图片再传"},
	{"polyglot", "图片里夹带了其他内容，请重新拍照或扫描后再传"},
	{"too_large_picture", "图片太大（最多4000万像素），请把扫描分辨率调到300dpi后再传"},
	{"too_many_pages", "PDF页数过多，请拆成几个文件上传"},
	{"too_complex", "文件过于复杂，系统没能处理，请扫描成图片后再传"},
	{"failed", "系统没能处理这个文件，请删除后重新上传"},
	{"duplicate", "这个文件在本申请里已经传过一次，请确认没有选错"},
	{"low_resolution", "图片比较小，文字可能看不清，建议用300dpi扫描"},
};

const char *attachment_finding(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(findings); i++)
		if (text_eq(findings[i].code, code))
			return findings[i].text;
	return NULL;
}

struct blob_store attachment_store(const struct ctx *c)
{
	const struct config *config = &c->house->config;

	return (struct blob_store){.dir = config->store_dir,
		.suite = config->store_suite,
		.quota_bytes = config->store_quota_bytes,
		.low_bytes = config->store_low_bytes};
}

enum err attachment_add(
	struct ctx *c, const struct application *app, const struct attachment_new *in, const char **ret_id)
{
	const char *id = crypto_token(c->arena, BLOB_ID / 2);
	struct db_int same;
	enum err e;

	assert(db_in_tx(c->db));
	e = db_one(c->db, &sql[SAME], &db_int_shape, &same, I(app->id), S(in->sha256));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[INSERT], S(id), I(app->id), S(in->material), I(app->round), S(in->filename),
			S(in->media), I(in->size_bytes), S(in->sha256), S(same.value ? "duplicate" : ""),
			S(in->blob_id), I(c->now));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[TOUCH], I(c->now), I(app->id));
	if (e == ERR_OK)
		e = job_add(c, "render", id);
	if (e != ERR_OK)
		return e;
	audit_add(c, "file_add", app->no,
		arena_printf(c->arena, "%s %s%s", in->material, id, c->actor.relay ? " relay" : ""));
	*ret_id = id;
	return ERR_OK;
}

static void write_finding(struct json_out *j, const char *code, bool warn, const char *text)
{
	struct scan_finding f = {code, text, warn, 0};

	scan_write_findings(j, &(struct list){&f, 1});
}

/* About the file itself: its codes as stored. */
static void write_codes(struct arena *a, struct json_out *j, const char *codes)
{
	while (*codes) {
		size_t n = strcspn(codes, " ");
		const char *code = arena_textn(a, codes, n), *text = attachment_finding(code);

		write_finding(j, code, true, text ? text : code);
		codes += n;
		codes += strspn(codes, " ");
	}
}

static void write_filed(struct arena *a, struct json_out *j, const struct application *app, const char *from)
{
	const struct catalog_material *m = catalog_route_material(app->route, from);

	write_finding(j, "filed", false,
		arena_printf(a, "您把它传到了“%s”下面，系统认出是申请表，已自动归到申请表", m ? m->name : "其他材料"));
}

static void write_file(struct arena *a, struct json_out *j, const struct application *app, const struct scans *s,
	const struct attachment *t)
{
	const struct list pages = scan_of_file(s, t->id);
	const struct list found = scan_findings(a, &s->of, catalog_route_material(app->route, t->material), &pages);

	json_object(j, NULL);
	json_text(j, "id", t->id);
	json_text(j, "material", t->material);
	json_text(j, "filed_from", t->filed_from);
	json_text(j, "filename", t->filename);
	json_text(j, "media", t->media);
	json_int(j, "page_count", t->page_count);
	json_text(j, "state", t->state);
	json_list(j, "findings");
	if (t->filed_from)
		write_filed(a, j, app, t->filed_from);
	write_codes(a, j, t->findings);
	scan_write_findings(j, &found);
	json_end(j);
	scan_write_pages(j, &pages);
	json_int(j, "size_bytes", t->size_bytes);
	json_time(j, "uploaded_at", t->uploaded_at);
	json_int(j, "round", t->round);
	json_end(j);
}

enum err attachment_list(struct ctx *c, const char *no, struct json_out *j)
{
	struct application app;
	struct scans seen;
	struct list rows;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = c->actor.relay ? db_all(c->db, &sql[LIST_SENT], &shape, &rows, I(c->actor.relay->id))
				   : db_all(c->db, &sql[LIST], &shape, &rows, I(app.id));
	if (e == ERR_OK) /* after the files: one that stands there as accepted has its pages here */
		e = scan_read(c, &app, &seen);
	if (e != ERR_OK)
		return e;
	json_list(j, NULL);
	for (size_t i = 0; i < rows.count; i++)
		write_file(c->arena, j, &app, &seen, &((const struct attachment *)rows.at)[i]);
	json_end(j);
	return ERR_OK;
}

/* Supervisors answer for all cases: they alone may both look up people and read reports. */
static int64_t oversees(const struct ctx *c)
{
	permission_set both = PERMISSION_BIT(PERM_REVEAL) | PERMISSION_BIT(PERM_REPORT);

	return (c->actor.permissions & both) == both;
}

/* Recorded before anything is shown; a refused look too. */
static enum err record(struct ctx *c, enum err found, const char *id, const char *no, const char *what)
{
	enum err e;

	if (found != ERR_OK && found != ERR_NOT_FOUND)
		return found;
	e = found == ERR_OK ? look_note(c, LOOK_SCAN, no, arena_printf(c->arena, "%s %s", id, what))
			    : look_note(c, LOOK_REFUSED, id, what);
	return e == ERR_OK ? found : e;
}

/* The form says what was typed: the second reviewer, who is to read it on the other papers, sees it afterwards. */
static enum err form_open(struct ctx *c, const char *no, const char *material)
{
	struct application app;
	enum err e;

	if (c->actor.kind != ACTOR_STAFF || !text_eq(material, SCAN_FORM))
		return ERR_OK;
	e = application_read(c, no, &app);
	return e == ERR_OK ? rekey_open(c, &app) : e;
}

enum err attachment_original(struct ctx *c, const char *id, struct attachment *ret_file, struct bytes *ret_bytes)
{
	const struct blob_store store = attachment_store(c);
	const struct actor *who = &c->actor;
	enum err e = ERR_NOT_FOUND;

	if (!blob_id_valid(id))
		return e;
	if (who->kind == ACTOR_APPLICANT)
		e = db_one(c->db, &sql[OWN], &shape, ret_file, S(id), OWNER_ARGS(who));
	else if (who->kind == ACTOR_STAFF)
		e = db_one(c->db, &sql[STAFF], &shape, ret_file, S(id), I(who->staff_id), I(c->now), I(who->staff_id),
			I(who->staff_id), I(oversees(c)));
	if (e == ERR_OK)
		e = form_open(c, ret_file->no, ret_file->material);
	e = record(c, e, id, ret_file->no, "original");
	if (e != ERR_OK)
		return e;
	e = blob_load(&store, c->arena, &c->house->master,
		&(struct blob){ret_file->blob_id, ret_file->key_sealed, ret_file->size_bytes}, ret_bytes);
	return e == ERR_NOT_FOUND ? ERR_INTERNAL : e;
}

/* Small pictures come by the dozen with a list: one row for all of a file, and another when they are looked at again later. */
static enum err record_thumbs(struct ctx *c, enum err found, const char *id, const char *no)
{
	const struct actor *who = &c->actor;
	struct db_int seen = {0};
	enum err e = ERR_OK;

	if (found == ERR_OK)
		e = db_one(c->db, &sql[SEEN], &db_int_shape, &seen, S(no), S(actor_words[who->kind]),
			I(who->kind == ACTOR_STAFF ? who->staff_id : who->account_id),
			S(arena_printf(c->arena, "%s thumbs", id)), I(c->now - SITTING_S));
	return e != ERR_OK || seen.value ? e : record(c, found, id, no, "thumbs");
}

static bool is_identity(const struct ctx *c, const char *material)
{
	const struct catalog_material_name *m = catalog_material(c->house->catalog, material);

	return !m || m->identity; /* one that is no longer known is treated with care */
}

/* A photograph of the screen, or a printed page, tells who had it open and when. */
static enum err mark(struct ctx *c, const struct page *p, struct bytes *jpeg)
{
	int64_t longer = p->width > p->height ? p->width : p->height, em = longer / MARK_LINES;
	const struct fonts *fonts = glyph_fonts(c);
	struct font_mask mask;

	if (!fonts)
		return ERR_INTERNAL;
	font_mask(fonts,
		arena_printf(c->arena, "仅供数字证书业务审核 · %s（%s） · %s", c->actor.name, c->actor.user,
			moment_short(c->arena, c->now)),
		em < MARK_EM_MIN ? MARK_EM_MIN : (int)em, c->arena, &mask);
	return image_mark(c->arena, *jpeg, mask.width, mask.height, mask.at, jpeg);
}

static enum err show_page(struct ctx *c, const char *id, int64_t page, bool thumb, struct bytes *ret_jpeg)
{
	const struct blob_store store = attachment_store(c);
	const struct actor *who = &c->actor;
	struct page p = {0};
	enum err e = ERR_NOT_FOUND;

	if (!blob_id_valid(id))
		return e;
	if (who->kind == ACTOR_APPLICANT)
		e = db_one(c->db, &sql[OWN_PAGE], &page_shape, &p, I(thumb), S(id), I(page), OWNER_ARGS(who));
	else if (who->kind == ACTOR_STAFF)
		e = db_one(c->db, &sql[STAFF_PAGE], &page_shape, &p, I(thumb), S(id), I(page), I(who->staff_id),
			I(c->now), I(who->staff_id), I(who->staff_id), I(oversees(c)));
	if (e == ERR_OK)
		e = form_open(c, p.no, p.material);
	e = thumb ? record_thumbs(c, e, id, p.no)
		  : record(c, e, id, p.no, arena_printf(c->arena, "page %" PRId64, page));
	if (e != ERR_OK)
		return e;
	e = blob_load(
		&store, c->arena, &c->house->master, &(struct blob){p.blob_id, p.key_sealed, p.size_bytes}, ret_jpeg);
	if (e == ERR_OK && !thumb && who->kind == ACTOR_STAFF && is_identity(c, p.material))
		e = mark(c, &p, ret_jpeg);
	return e == ERR_NOT_FOUND ? ERR_INTERNAL : e;
}

enum err attachment_page(struct ctx *c, const char *id, int64_t page, struct bytes *ret_jpeg)
{
	return show_page(c, id, page, false, ret_jpeg);
}

enum err attachment_thumb(struct ctx *c, const char *id, int64_t page, struct bytes *ret_jpeg)
{
	return show_page(c, id, page, true, ret_jpeg);
}

/* Which case, then its lock, then the file again under the lock: locks are always taken from the case down. */
enum err attachment_remove(struct ctx *c, const char *id)
{
	struct application app;
	struct attachment t;
	struct db_text no;
	enum err e = ERR_NOT_FOUND;

	assert(db_in_tx(c->db));
	if (blob_id_valid(id))
		e = db_one(c->db, &sql[OWN_CASE], &db_text_shape, &no, S(id), OWNER_ARGS(&c->actor));
	if (e == ERR_OK)
		e = application_lock(c, no.value, &app);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[OWN], &shape, &t, S(id), OWNER_ARGS(&c->actor));
	if (e == ERR_OK)
		e = application_may_upload(c, &app, t.material);
	if (e == ERR_OK && app.state == STATE_RETURNED && t.round < app.round)
		return ctx_say(c, ERR_WRONG_STATE, "这个文件已经审核过，会作为旧版保留，请直接上传新的");
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[REMOVE], I(c->now), S(id), I(app.id));
	if (e == ERR_OK && db_changed(c->db) != 1)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[TOUCH], I(c->now), I(app.id));
	if (e == ERR_OK)
		audit_add(c, "file_remove", app.no, id);
	return e;
}
