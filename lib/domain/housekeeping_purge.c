#include "domain/housekeeping.h"

#include "base/log.h"
#include "base/str.h"
#include "domain/attachment.h"

/* What may go: the only statements of the house that delete.  A row goes first, its file after the commit: a file that
 * nobody names is found by the sweep, a row without its file would be a loss. */

enum {
	ALL_SESSIONS,
	ALL_CODES,
	ALL_CHALLENGES,
	ALL_RELAYS,
	SESSIONS,
	CODES,
	CHALLENGES,
	RATES,
	KEYS,
	RELAYS,
	LOOKS,
	UPLOADS,
	UPLOAD_LOCK,
	UPLOAD_DELETE,
	UPLOADS_COMPLETE,
	FILE_DELETE,
	REMOVED,
	REMOVED_LOCK,
	PAGE_FILES,
	PAGES_DELETE,
	UPLOAD_OF_FILE,
	ATTACHMENT_DELETE,
	SEAL_DROP,
	FILE_KNOWN
};

/* Taken back before the case was submitted for the first time: nobody has judged by it. */
#define NEVER_SUBMITTED "(a.submitted_at IS NULL OR (a.round=0 AND t.removed_at<a.submitted_at)) "
static const struct sql sql[] = {
	[ALL_SESSIONS] = {"DELETE FROM session", "", ""},
	[ALL_CODES] = {"DELETE FROM otp", "", ""},
	[ALL_CHALLENGES] = {"DELETE FROM challenge", "", ""},
	[ALL_RELAYS] = {"DELETE FROM relay", "", ""},
	[SESSIONS] = {"DELETE FROM session WHERE ends_at<=? LIMIT 500", "i", ""},
	[CODES] = {"DELETE FROM otp WHERE ends_at<=? LIMIT 500", "i", ""},
	[CHALLENGES] = {"DELETE FROM challenge WHERE ends_at<=? LIMIT 500", "i", ""},
	[RATES] = {"DELETE FROM rate WHERE ends_at<=? LIMIT 500", "i", ""},
	[KEYS] = {"DELETE FROM idempotency WHERE ends_at<=? LIMIT 500", "i", ""},
	[RELAYS] = {"DELETE FROM relay WHERE ends_at<=? LIMIT 500", "i", ""},
	[LOOKS] = {"DELETE FROM look WHERE day<FROM_UNIXTIME(?) LIMIT 500", "i", ""},
	[UPLOADS] = {"SELECT id FROM upload WHERE attachment_id IS NULL AND ends_at<=? LIMIT 50", "i", "s"},
	[UPLOAD_LOCK] =
		{"SELECT blob_id FROM upload WHERE id=? AND attachment_id IS NULL AND ends_at<=? FOR UPDATE SKIP LOCKED",
			"si", "s"},
	[UPLOAD_DELETE] = {"DELETE FROM upload WHERE id=?", "s", ""},
	[UPLOADS_COMPLETE] = {"DELETE FROM upload WHERE attachment_id IS NOT NULL AND ends_at<=? LIMIT 500", "i", ""},
	[FILE_DELETE] = {"DELETE FROM stored_file WHERE id=?", "s", ""},
	[REMOVED] =
		{"SELECT t.id FROM attachment t JOIN application a ON a.id=t.application_id WHERE t.removed_at<=? AND " NEVER_SUBMITTED
		 "LIMIT 50",
			"i", "s"},
	[REMOVED_LOCK] =
		{"SELECT t.blob_id FROM attachment t WHERE t.id=? AND t.removed_at IS NOT NULL FOR UPDATE SKIP LOCKED",
			"s", "s"},
	[PAGE_FILES] = {"SELECT blob_id FROM attachment_page WHERE attachment_id=? UNION ALL "
			"SELECT thumb_id FROM attachment_page WHERE attachment_id=? AND thumb_id IS NOT NULL",
		"ss", "s"},
	[PAGES_DELETE] = {"DELETE FROM attachment_page WHERE attachment_id=?", "s", ""},
	[UPLOAD_OF_FILE] = {"DELETE FROM upload WHERE id=?", "s", ""}, /* an upload's id is its file's */
	[ATTACHMENT_DELETE] = {"DELETE FROM attachment WHERE id=?", "s", ""},
	[SEAL_DROP] =
		{"UPDATE seal SET state='missing', fault='', attachment_id=NULL, picture_sealed=NULL, picture_sha256='', "
		 "sight_sealed=NULL, confirmed_by=NULL, confirmed_at=NULL WHERE attachment_id=? AND state<>'bound'",
			"s", ""},
	[FILE_KNOWN] = {"SELECT COUNT(*) FROM stored_file WHERE id=?", "s", "i"},
};
SQL_TABLE(housekeeping_purge);

enum {
	CODE_KEPT_S = DAY_S,
	RELAY_KEPT_S = 2 * DAY_S,
	LOOK_KEPT_S = 7 * DAY_S,
	REMOVED_KEPT_S = 3600,
	ORPHAN_AFTER_S = 3600
};

enum err housekeeping_step_back(struct ctx *c)
{
	static const int rows[] = {ALL_SESSIONS, ALL_CODES, ALL_CHALLENGES, ALL_RELAYS};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(rows); i++)
		e = db_exec(c->db, &sql[rows[i]]);
	return e;
}

enum err housekeeping_spent(struct ctx *c, int *ret_done)
{
	static const struct {
		int statement;
		int64_t kept_s;
	} rows[] = {{SESSIONS, 0}, {CODES, CODE_KEPT_S}, {CHALLENGES, CODE_KEPT_S}, {RATES, 0}, {KEYS, 0},
		{RELAYS, RELAY_KEPT_S}, {LOOKS, LOOK_KEPT_S}, {UPLOADS_COMPLETE, 0}};
	enum err e = ERR_OK;

	*ret_done = 0;
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(rows); i++) {
		e = db_exec(c->db, &sql[rows[i].statement], I(c->now - rows[i].kept_s));
		if (e == ERR_OK)
			*ret_done += (int)db_changed(c->db);
	}
	return e;
}

/* One entry of a list, and the files that go with it. */
struct purge {
	enum err (*rows)(struct ctx *c, struct purge *p);
	const char *id;
	const char **file;
	size_t files;
};

static enum err one_purge(struct ctx *c, void *arg)
{
	struct purge *p = arg;

	p->files = 0;
	return p->rows(c, p);
}

static enum err delete_files(struct ctx *c, struct purge *p)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < p->files; i++)
		e = db_exec(c->db, &sql[FILE_DELETE], S(p->file[i]));
	return e;
}

static enum err each(struct ctx *c, const struct list *ids, struct purge *p, int *ret_done)
{
	const struct blob_store store = attachment_store(c);
	const struct db_text *id = ids->at;

	*ret_done = 0;
	for (size_t i = 0; i < ids->count; i++) {
		enum err e;

		p->id = id[i].value;
		e = ctx_tx(c, one_purge, p);
		if (e == ERR_NOT_FOUND || e == ERR_BUSY) /* another worker has it */
			continue;
		for (size_t k = 0; e == ERR_OK && k < p->files; k++)
			e = blob_remove(&store, p->file[k]);
		if (e != ERR_OK)
			return e;
		++*ret_done;
	}
	return ERR_OK;
}

static enum err upload_rows(struct ctx *c, struct purge *p)
{
	struct db_text file;
	enum err e = db_one(c->db, &sql[UPLOAD_LOCK], &db_text_shape, &file, S(p->id), I(c->now));

	if (e != ERR_OK)
		return e;
	p->file = arena_array(c->arena, 1, sizeof *p->file);
	p->file[p->files++] = file.value;
	e = db_exec(c->db, &sql[UPLOAD_DELETE], S(p->id));
	return e == ERR_OK ? delete_files(c, p) : e;
}

enum err housekeeping_uploads(struct ctx *c, int *ret_done)
{
	struct purge p = {.rows = upload_rows};
	struct list ids;
	enum err e = db_all(c->db, &sql[UPLOADS], &db_text_shape, &ids, I(c->now));

	return e == ERR_OK ? each(c, &ids, &p, ret_done) : e;
}

static enum err attachment_rows(struct ctx *c, struct purge *p)
{
	struct db_text original;
	struct list pages;
	enum err e = db_one(c->db, &sql[REMOVED_LOCK], &db_text_shape, &original, S(p->id));

	if (e == ERR_OK)
		e = db_all(c->db, &sql[PAGE_FILES], &db_text_shape, &pages, S(p->id), S(p->id));
	if (e != ERR_OK)
		return e;
	p->file = arena_array(c->arena, pages.count + 1, sizeof *p->file);
	p->file[p->files++] = original.value;
	for (size_t i = 0; i < pages.count; i++)
		p->file[p->files++] = ((const struct db_text *)pages.at)[i].value;
	e = db_exec(c->db, &sql[PAGES_DELETE], S(p->id));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[UPLOAD_OF_FILE], S(original.value));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[SEAL_DROP], S(p->id));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ATTACHMENT_DELETE], S(p->id));
	return e == ERR_OK ? delete_files(c, p) : e;
}

enum err housekeeping_removed(struct ctx *c, int *ret_done)
{
	struct purge p = {.rows = attachment_rows};
	struct list ids;
	enum err e = db_all(c->db, &sql[REMOVED], &db_text_shape, &ids, I(c->now - REMOVED_KEPT_S));

	return e == ERR_OK ? each(c, &ids, &p, ret_done) : e;
}

static enum err file_known(void *arg, const char *id, bool *ret_known)
{
	struct ctx *c = arg;
	struct db_int rows;
	enum err e = db_one(c->db, &sql[FILE_KNOWN], &db_int_shape, &rows, S(id));

	*ret_known = e != ERR_OK || rows.value > 0;
	return e;
}

enum err housekeeping_orphans(struct ctx *c, int *ret_done)
{
	const struct blob_store store = attachment_store(c);
	enum err e = blob_sweep(&store, c->now - ORPHAN_AFTER_S, file_known, c, ret_done);

	if (*ret_done)
		log_at(LOG_INFO, "%d files without a row were removed from the store", *ret_done);
	return e;
}
