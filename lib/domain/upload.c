#include "domain/upload.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "io/sniff.h"

#define COLUMNS \
	"u.id, u.application_id, u.material, u.filename, u.metadata, u.length, u.received, u.attachment_id, u.ends_at, b.key_sealed"
#define COLUMN_TYPES \
	"sisss" \
	"iisib"

/* Under way, and whose it is; a counter session goes on with those of its one case, a phone with those it sent itself. */
#define OWN "u.id=? AND u.account_id=? AND (?=0 OR u.application_id=?) AND (?=0 OR u.relay_id=?) AND u.ends_at>?"
#define OWN_TYPES "siiiiii"
#define OWN_ARGS(c, id) \
	S(id), I((c)->actor.account_id), I((c)->actor.only_application), I((c)->actor.only_application), \
		I(relay_of(&(c)->actor)), I(relay_of(&(c)->actor)), I((c)->now)

enum { USED, OPEN_COUNT, BLOB_ADD, INSERT, FIND, LOCK, RECEIVED, COMPLETE, END };

static const struct sql sql[] = {
	[USED] = {"SELECT bytes FROM store_use WHERE id=1", "", "i"},
	[OPEN_COUNT] = {"SELECT (SELECT COUNT(*) FROM attachment WHERE application_id=? AND removed_at IS NULL) + "
			"(SELECT COUNT(*) FROM upload WHERE application_id=? AND attachment_id IS NULL AND ends_at>?)",
		"iii", "i"},
	[BLOB_ADD] = {"INSERT INTO stored_file (id, key_sealed, size_bytes, created_at) VALUES (?,?,?,?)", "sbii", ""},
	[INSERT] =
		{"INSERT INTO upload (id, application_id, account_id, material, filename, metadata, length, blob_id, ends_at, relay_id) "
		 "VALUES (?,?,?,?,?,?,?,?,?,?)",
			"siisssisii", ""},
	[FIND] = {"SELECT " COLUMNS " FROM upload u JOIN stored_file b ON b.id=u.blob_id WHERE " OWN, OWN_TYPES,
		COLUMN_TYPES},
	[LOCK] = {"SELECT " COLUMNS " FROM upload u JOIN stored_file b ON b.id=u.blob_id WHERE " OWN
		  " FOR UPDATE NOWAIT",
		OWN_TYPES, COLUMN_TYPES},
	[RECEIVED] = {"UPDATE upload SET received=?, ends_at=? WHERE id=? AND received=? AND attachment_id IS NULL",
		"iisi", ""},
	[COMPLETE] = {"UPDATE upload SET attachment_id=? WHERE id=? AND attachment_id IS NULL", "ss", ""},
	[END] = {"UPDATE upload u SET u.ends_at=0 WHERE " OWN, OWN_TYPES, ""},
};
SQL_TABLE(upload);

#define F_TEXT(m) TEXT(struct upload, m, #m, 0, 0, NULL)
#define F_INT(m) INT(struct upload, m, #m, 0, 0)
static const struct field fields[] = {
	F_TEXT(id),
	F_INT(application_id),
	F_TEXT(material),
	F_TEXT(filename),
	F_TEXT(metadata),
	F_INT(length),
	F_INT(received),
	F_TEXT(attachment_id),
	F_INT(ends_at),
	BYTES(struct upload, key_sealed, "key", 0),
};
static const struct shape shape = SHAPE(struct upload, fields);

enum { PIECE_MAX = 2 << 20 };

static int64_t relay_of(const struct actor *who)
{
	return who->relay ? who->relay->id : 0;
}

static enum err room_for(struct ctx *c, int64_t length)
{
	const struct blob_store store = attachment_store(c);
	struct db_int used;
	enum err e = db_one(c->db, &sql[USED], &db_int_shape, &used);

	return e == ERR_OK ? blob_room(&store, used.value, length) : e;
}

static enum err refuse(struct ctx *c, const char *code)
{
	const char *text = attachment_finding(code);

	fault_add(&c->faults, "/file", code, "%s", text ? text : code);
	return ctx_say(c, ERR_MEDIA, "%s", text ? text : code);
}

/* --- begin --- */

struct begin {
	struct upload_metadata metadata;
	struct upload upload;
	bool made; /* the file exists */
};

static enum err check_begin(struct ctx *c, const struct begin *b, struct application *ret_app)
{
	struct db_int open;
	enum err e = application_lock(c, b->metadata.application, ret_app);

	if (e == ERR_OK)
		e = application_may_upload(c, ret_app, b->metadata.material);
	if (e == ERR_OK)
		e = db_one(c->db, &sql[OPEN_COUNT], &db_int_shape, &open, I(ret_app->id), I(ret_app->id), I(c->now));
	if (e != ERR_OK || open.value < c->house->config.upload_max_files)
		return e;
	fault_add(&c->faults, "/file", "too_many", "一件申请最多上传%" PRId64 "个文件，请先删除不需要的",
		c->house->config.upload_max_files);
	return ERR_INVALID;
}

static enum err begin(struct ctx *c, void *arg)
{
	const struct blob_store store = attachment_store(c);
	struct begin *b = arg;
	struct upload *u = &b->upload;
	struct application app;
	struct blob blob;
	enum err e = check_begin(c, b, &app);

	if (e == ERR_OK && !b->made) {
		e = room_for(c, u->length);
		if (e == ERR_OK)
			e = blob_create(&store, c->arena, &c->house->master, &blob);
		if (e == ERR_OK) {
			b->made = true;
			u->id = blob.id;
			u->key_sealed = blob.key_sealed;
		}
	}
	if (e != ERR_OK)
		return e;
	u->application_id = app.id;
	/* the announced length is reserved */
	e = db_exec(c->db, &sql[BLOB_ADD], S(u->id), B(u->key_sealed), I(u->length), I(c->now));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[INSERT], S(u->id), I(app.id), I(c->actor.account_id), S(u->material),
			S(u->filename), S(u->metadata), I(u->length), S(u->id), I(u->ends_at), I0(relay_of(&c->actor)));
	return e;
}

/* What the browser says it is: refused early when it cannot be right, believed never. */
static bool type_may_be(const char *type)
{
	static const char *const types[] = {"image/jpeg", "image/jpg", "image/pjpeg", "image/png", "application/pdf",
		"application/octet-stream", NULL};

	return text_empty(type) || text_index(types, type) >= 0;
}

/* A phone need not say what its files are for, and may say nothing else than what it was opened for. */
static enum err of_relay(struct ctx *c, struct upload_metadata *m)
{
	const struct actor_relay *r = c->actor.relay;

	if (!r)
		return ERR_OK;
	if (!text_empty(m->application) && !text_eq(m->application, r->no))
		return ERR_NOT_FOUND;
	if (!text_empty(m->material) && !text_eq(m->material, r->material))
		fault_add(&c->faults, "/material", "choice", "这个二维码是为另一种材料生成的，请在电脑上重新生成");
	m->application = r->no;
	m->material = r->material;
	return ERR_OK;
}

static enum err check_metadata(struct ctx *c, const char *text, struct upload_metadata *m)
{
	enum err e = upload_metadata_read(c->arena, text, m);

	if (e != ERR_OK)
		return ctx_say(c, e, "Upload-Metadata的格式不正确");
	e = of_relay(c, m);
	if (e != ERR_OK)
		return e;
	if (text_empty(m->application))
		fault_add(&c->faults, "/application", "missing", "请写明申请单号");
	if (text_empty(m->material))
		fault_add(&c->faults, "/material", "missing", "请写明是哪种材料");
	if (m->sha256 && (strlen(m->sha256) != 64 || strspn(m->sha256, "0123456789abcdef") != 64))
		fault_add(&c->faults, "/sha256", "format", "sha256应为64位小写十六进制");
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum err upload_create(struct ctx *c, const char *metadata, int64_t length, struct upload *ret_upload)
{
	const struct config *config = &c->house->config;
	const struct blob_store store = attachment_store(c);
	struct begin b = {.upload = {.metadata = metadata, .length = length, .ends_at = c->now + config->upload_ttl_s}};
	enum err e = check_metadata(c, metadata, &b.metadata);

	if (e != ERR_OK)
		return e;
	if (length > config->upload_max_bytes)
		return ctx_say(c, ERR_TOO_LARGE, "文件超过%" PRId64 "MB，请压缩或拆成几个文件再传",
			config->upload_max_bytes >> 20);
	b.upload.material = b.metadata.material;
	b.upload.filename = upload_filename(c->arena, b.metadata.filename ? b.metadata.filename : "");
	if (length == 0)
		return refuse(c, "empty");
	if (!type_may_be(b.metadata.filetype))
		return refuse(c, strstr(b.metadata.filetype, "hei") ? "heic" : "type");
	e = ctx_tx(c, begin, &b);
	if (e != ERR_OK && e != ERR_UNCERTAIN && b.made && blob_remove(&store, b.upload.id) != ERR_OK)
		log_at(LOG_WARN, "a new file that nobody names stays until the next sweep");
	if (e == ERR_OK)
		*ret_upload = b.upload;
	return e;
}

enum err upload_find(struct ctx *c, const char *id, struct upload *ret_upload)
{
	if (!blob_id_valid(id))
		return ERR_NOT_FOUND;
	return db_one(c->db, &sql[FIND], &shape, ret_upload, OWN_ARGS(c, id));
}

/* --- one piece --- */

struct append {
	const char *id;
	int64_t offset;
	struct bytes piece;
	struct blob_writer writer;
	struct upload upload;
	bool over; /* refused for good */
};

/* The file is whole: what is it? */
static enum err finish(struct ctx *c, struct append *p)
{
	const struct blob_store store = attachment_store(c);
	struct upload *u = &p->upload;
	struct attachment_new new = {
		.material = u->material, .filename = u->filename, .blob_id = u->id, .size_bytes = u->length};
	struct upload_metadata m;
	struct application app;
	struct bytes all;
	struct sniff s;
	enum err e = blob_load(
		&store, c->arena, &c->house->master, &(struct blob){u->id, u->key_sealed, u->length}, &all);

	if (e == ERR_OK)
		e = upload_metadata_read(c->arena, u->metadata, &m);
	if (e == ERR_OK)
		e = application_by_id(c, u->application_id, &app);
	if (e != ERR_OK)
		return e;
	p->over = true;
	sniff(all.at, all.len, &s);
	new.media = s.media;
	new.sha256 = crypto_sha256_hex(c->arena, all.at, all.len);
	if (m.sha256 && !text_eq(m.sha256, new.sha256))
		return ctx_say(c, ERR_CHECKSUM, "收到的文件与您的文件不一致，请重新上传");
	if (s.fault)
		return refuse(c, s.fault);
	e = application_may_upload(c, &app, u->material);
	if (e != ERR_OK)
		return e;
	p->over = false;
	e = attachment_add(c, &app, &new, &u->attachment_id);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[COMPLETE], S(u->attachment_id), S(u->id));
	return e == ERR_OK && db_changed(c->db) != 1 ? ERR_BUSY : e;
}

static enum err fits(struct ctx *c, const struct append *p)
{
	const struct upload *u = &p->upload;

	if (p->offset != u->received)
		return ERR_OFFSET;
	if ((int64_t)p->piece.len > u->length - u->received)
		return ctx_say(c, ERR_TOO_LARGE, "收到的内容比预告的长");
	return ERR_OK;
}

static enum err append(struct ctx *c, void *arg)
{
	struct append *p = arg;
	struct upload *u = &p->upload;
	struct blob blob;
	enum err e = db_one(c->db, &sql[LOCK], &shape, u, OWN_ARGS(c, p->id));

	p->over = false;
	if (e == ERR_BUSY)
		return ERR_LOCKED;
	if (e == ERR_OK)
		e = fits(c, p);
	if (e != ERR_OK || p->piece.len == 0)
		return e;
	blob = (struct blob){u->id, u->key_sealed, u->received};
	e = blob_append(&p->writer, &c->house->master, &blob, p->piece.at, p->piece.len);
	if (e != ERR_OK)
		return e;
	u->ends_at = c->now + c->house->config.upload_ttl_s;
	e = db_exec(c->db, &sql[RECEIVED], I(blob.size_bytes), I(u->ends_at), S(u->id), I(u->received));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_BUSY;
	u->received = blob.size_bytes;
	return e == ERR_OK && u->received == u->length ? finish(c, p) : e;
}

static enum err end(struct ctx *c, void *arg)
{
	enum err e = db_exec(c->db, &sql[END], OWN_ARGS(c, arg));

	return e == ERR_OK && db_changed(c->db) != 1 ? ERR_NOT_FOUND : e;
}

/* A refused file is over at once; the worker erases it. */
static void drop(struct ctx *c, const char *id)
{
	const char *say = c->say;

	if (ctx_tx(c, end, (void *)(uintptr_t)id) != ERR_OK)
		log_at(LOG_WARN, "a refused upload stays until it expires");
	c->say = say;
}

enum err upload_append(struct ctx *c, const char *id, int64_t offset, struct bytes piece, struct upload *ret_upload)
{
	const struct blob_store store = attachment_store(c);
	struct append p = {.id = id, .offset = offset, .piece = piece, .writer = BLOB_WRITER_CLOSED};
	enum err e = upload_find(c, id, &p.upload); /* whose it is, before its file is touched */

	if (e == ERR_OK && piece.len > PIECE_MAX)
		e = ERR_TOO_LARGE;
	if (e == ERR_OK)
		e = blob_open(&store, id, &p.writer);
	if (e == ERR_OK)
		e = ctx_tx(c, append, &p);
	blob_close(&p.writer);
	if (e != ERR_OK && p.over)
		drop(c, id);
	if (e == ERR_OK)
		*ret_upload = p.upload;
	return e;
}

enum err upload_remove(struct ctx *c, const char *id)
{
	return blob_id_valid(id) ? ctx_tx(c, end, (void *)(uintptr_t)id) : ERR_NOT_FOUND;
}
