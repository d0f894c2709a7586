#include "domain/casefile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/attachment.h"
#include "domain/audit.h"
#include "domain/authority.h"
#include "domain/form.h"
#include "io/blob.h"
#include "io/cms.h"
#include "io/file.h"
#include "io/pack.h"

enum { KNOWN, FORM_TEXTS, SIGNED, SCANS, BLOB_ADD, ADD, READ };

static const struct sql sql[] = {
	[KNOWN] = {"SELECT COUNT(*) FROM case_file WHERE application_id=?", "i", "i"},
	[FORM_TEXTS] =
		{"SELECT CAST(version AS CHAR), data_sealed FROM form_version WHERE application_id=? ORDER BY version",
			"i", "sb"},
	[SIGNED] = {"SELECT nonce, signed_sealed, cms FROM signature WHERE application_id=? ORDER BY id", "i", "sbb"},
	[SCANS] = {"SELECT t.id, t.material, t.media, b.id, b.key_sealed, b.size_bytes FROM attachment t "
		   "JOIN stored_file b ON b.id=t.blob_id WHERE t.application_id=? AND t.state<>'checking' "
		   "ORDER BY t.uploaded_at, t.id",
		"i", "ssssbi"},
	[BLOB_ADD] = {"INSERT INTO stored_file (id, key_sealed, size_bytes, created_at) VALUES (?,?,?,?)", "sbii", ""},
	[ADD] = {"INSERT INTO case_file (application_id, blob_id, manifest_sha256, files, audit_seq, sealed_at) "
		 "VALUES (?,?,?,?,?,?)",
		"issiii", ""},
	[READ] =
		{"SELECT a.no, f.manifest_sha256, f.files, b.size_bytes, f.sealed_at, b.id, b.key_sealed FROM case_file f "
		 "JOIN application a ON a.id=f.application_id JOIN stored_file b ON b.id=f.blob_id WHERE a.no=?",
			"s", "ssiiisb"},
};
SQL_TABLE(casefile);

static const struct field entry_fields[] = {
	TEXT_REQUIRED(struct casefile_entry, path, "path", 1, PACK_PATH_MAX, NULL),
	INT(struct casefile_entry, size, "size", 0, INT64_MAX),
	TEXT_REQUIRED(struct casefile_entry, sha256, "sha256", 64, 64, NULL),
};
static const struct shape entry_shape = SHAPE(struct casefile_entry, entry_fields);

static const struct field manifest_fields[] = {
	TEXT_REQUIRED(struct casefile_manifest, format, "format", 1, 40, NULL),
	TEXT_REQUIRED(struct casefile_manifest, no, "no", 1, 40, NULL),
	INT(struct casefile_manifest, sealed_at, "sealed_at", 1, INT64_MAX),
	INT(struct casefile_manifest, audit_seq, "audit_seq", 0, INT64_MAX),
	TEXT_REQUIRED(struct casefile_manifest, audit_hash, "audit_hash", 64, 64, NULL),
	LIST(struct casefile_manifest, entries, "entries", 1, PACK_FILES_MAX, &entry_shape),
};
const struct shape casefile_manifest_shape = SHAPE(struct casefile_manifest, manifest_fields);

static const char about[] = "证印 办件档案\n\n"
			    "这是一件已办结申请的全部材料，办结时由系统签名封存。\n"
			    "manifest.json 列出每个文件的大小和 SHA-256，manifest.p7s 是对它的签名。\n"
			    "用 casecheck 可以离线核对：哪个文件被改过、少了或多了，都会指出来。\n"
			    "各 JSON 文件里的时间是1970年以来的秒数（UTC）。\n";

/* --- what is being made --- */

struct making {
	struct ctx *c;
	struct application app;
	const struct blob_store store;
	struct blob blob;
	struct blob_writer writer;
	unsigned char *piece; /* of BLOB_RECORD_MAX bytes, not yet in the store */
	size_t filled;
	struct pack *pack;
	struct casefile_manifest manifest;
	struct casefile_entry *entry;
	size_t count;
	const char *sha256; /* of the manifest */
};

static bool put_piece(struct making *m)
{
	size_t n = m->filled;

	m->filled = 0;
	return n == 0 || blob_append(&m->writer, &m->c->house->master, &m->blob, m->piece, n) == ERR_OK;
}

/* Pieces of the packer are small; the store's are records of at most BLOB_RECORD_MAX. */
static bool take(void *arg, const void *bytes, size_t n)
{
	struct making *m = arg;
	const unsigned char *at = bytes;

	while (n > 0) {
		size_t room = BLOB_RECORD_MAX - m->filled, part = n < room ? n : room;

		memcpy(m->piece + m->filled, at, part);
		m->filled += part;
		at += part;
		n -= part;
		if (m->filled == BLOB_RECORD_MAX && !put_piece(m))
			return false;
	}
	return true;
}

static enum err keep(void *arg, const char *path, struct bytes content)
{
	struct making *m = arg;

	if (m->count == PACK_FILES_MAX || !pack_path_good(path)) {
		log_at(LOG_ERROR, "casefile %s: %s cannot go in", m->app.no, path);
		return ERR_INTERNAL;
	}
	m->entry[m->count++] = (struct casefile_entry){
		path, (int64_t)content.len, crypto_sha256_hex(m->c->arena, content.at, content.len)};
	return pack_add(m->pack, path, content);
}

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){(const unsigned char *)text, strlen(text)};
}

static enum err keep_text(struct making *m, const char *path, const char *text)
{
	return keep(m, path, text_bytes(text));
}

/* --- its parts --- */

static enum err keep_case(struct making *m)
{
	const struct application *app = &m->app;
	struct json_out j;
	struct str s;

	str_init(&s, m->c->arena);
	json_begin(&j, &s);
	json_object(&j, NULL);
	json_text(&j, "no", app->no);
	json_text(&j, "service", app->service);
	json_text(&j, "holder", app->holder);
	json_text(&j, "channel", app->channel);
	json_text(&j, "catalog", app->catalog_version);
	json_text(&j, "state", state_words[app->state]);
	json_int(&j, "price_fen", app->amount_fen);
	json_int(&j, "created_at", app->created_at);
	json_int(&j, "submitted_at", app->submitted_at);
	json_int(&j, "completed_at", app->state_at);
	json_int(&j, "reviewer1", app->reviewer1);
	json_int(&j, "reviewer2", app->reviewer2);
	json_raw(&j, "data", application_data_text(m->c->arena, &app->data));
	json_end(&j);
	str_add(&s, "\n");
	return keep_text(m, "case.json", s.at);
}

struct sealed_row {
	const char *name;
	struct bytes sealed, more;
};
static const struct field sealed_fields[] = {
	TEXT(struct sealed_row, name, "name", 0, 0, NULL),
	BYTES(struct sealed_row, sealed, "sealed", 0),
	BYTES(struct sealed_row, more, "more", 0),
};
static const struct shape sealed_shape = SHAPE(struct sealed_row, sealed_fields),
			  two_shape = {sealed_fields, 2, sizeof(struct sealed_row)};

static enum err keep_forms(struct making *m)
{
	struct ctx *c = m->c;
	struct list rows;
	struct bytes pdf;
	enum err e = db_all(c->db, &sql[FORM_TEXTS], &two_shape, &rows, I(m->app.id));

	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct sealed_row *r = (const struct sealed_row *)rows.at + i;
		const char *text;

		e = ctx_open(c, arena_printf(c->arena, "form.data:%s:%s", m->app.no, r->name), r->sealed, &text);
		if (e == ERR_OK)
			e = keep_text(m, arena_printf(c->arena, "form/v%s.json", r->name), text);
	}
	if (e != ERR_OK || m->app.form_version == 0)
		return e;
	e = form_pdf(c, m->app.no, 0, &pdf);
	if (e == ERR_NOT_FOUND) /* a way without paper */
		return ERR_OK;
	return e == ERR_OK ? keep(m, arena_printf(c->arena, "form/v%" PRId64 ".pdf", m->app.form_version), pdf) : e;
}

static enum err keep_signatures(struct making *m)
{
	struct ctx *c = m->c;
	struct list rows;
	enum err e = db_all(c->db, &sql[SIGNED], &sealed_shape, &rows, I(m->app.id));

	for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
		const struct sealed_row *r = (const struct sealed_row *)rows.at + i;
		const char *text;

		e = ctx_open(c, arena_printf(c->arena, "signature:%s", r->name), r->sealed, &text);
		if (e == ERR_OK)
			e = keep_text(m, arena_printf(c->arena, "signatures/%s.txt", r->name), text);
		if (e == ERR_OK)
			e = keep(m, arena_printf(c->arena, "signatures/%s.p7s", r->name), r->more);
	}
	return e;
}

struct scan_row {
	const char *id, *material, *media;
	struct blob blob;
};
static const struct field scan_fields[] = {
	TEXT(struct scan_row, id, "id", 0, 0, NULL),
	TEXT(struct scan_row, material, "material", 0, 0, NULL),
	TEXT(struct scan_row, media, "media", 0, 0, NULL),
	TEXT(struct scan_row, blob.id, "blob", 0, 0, NULL),
	BYTES(struct scan_row, blob.key_sealed, "key", 0),
	INT(struct scan_row, blob.size_bytes, "size", 0, 0),
};
static const struct shape scan_shape = SHAPE(struct scan_row, scan_fields);

static const char *ending_of(const char *media)
{
	static const struct {
		const char *media, *ending;
	} known[] = {{"image/jpeg", "jpg"}, {"image/png", "png"}, {"application/pdf", "pdf"}};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (text_eq(media, known[i].media))
			return known[i].ending;
	return "bin";
}

/* One at a time in memory: a case may have hundreds of megabytes. */
static enum err keep_scan(struct making *m, const struct scan_row *r)
{
	struct arena *own CLEANUP(arena_done) = arena_new();
	struct ctx *c = m->c;
	struct bytes content;
	enum err e = blob_load(&m->store, own, &c->house->master, &r->blob, &content);

	return e == ERR_OK ? keep(m, arena_printf(c->arena, "scans/%s-%s.%s", r->material, r->id, ending_of(r->media)),
				     content)
			   : e;
}

static enum err keep_scans(struct making *m)
{
	struct list rows;
	enum err e = db_all(m->c->db, &sql[SCANS], &scan_shape, &rows, I(m->app.id));

	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = keep_scan(m, (const struct scan_row *)rows.at + i);
	return e;
}

/* The lists by which the signer's certificate was good on that day; its roots whoever checks has himself. */
static enum err keep_lists(struct making *m)
{
	struct arena *a = m->c->arena;
	const char *dir = arena_printf(a, "%s/crls", m->c->house->config.trust_dir);
	struct texts names;
	enum err e = file_list(a, dir, ".pem", &names);

	for (size_t i = 0; e == ERR_OK && i < names.count; i++) {
		struct bytes pem;

		e = file_read(a, arena_printf(a, "%s/%s", dir, names.at[i]), &pem);
		if (e == ERR_OK)
			e = keep(m, arena_printf(a, CASEFILE_CRLS "%s", names.at[i]), pem);
	}
	return e;
}

static enum err sign(struct making *m, struct bytes manifest)
{
	struct ctx *c = m->c;
	struct authority signer CLEANUP(authority_close) = {0};
	struct bytes der;
	enum err e = authority_open_signer(c->arena, &c->house->config, AUTHORITY_CASEFILES, X509_RSA, &signer);

	if (e == ERR_NOT_FOUND)
		log_at(LOG_ERROR, "nobody signs case files: run portalctl authority");
	if (e == ERR_OK)
		e = cms_sign(c->arena, signer.key, signer.cert, manifest, c->now, false, &der);
	return e == ERR_OK ? pack_add(m->pack, CASEFILE_SIGNATURE, der) : e;
}

/* The manifest comes behind what it names, its signature last. */
static enum err keep_manifest(struct making *m)
{
	struct ctx *c = m->c;
	struct bytes hash;
	struct json_out j;
	struct str s;
	enum err e = audit_head(c, &m->manifest.audit_seq, &hash);

	if (e != ERR_OK)
		return e;
	str_init(&s, c->arena);
	str_hex(&s, hash.at, hash.len);
	m->manifest.audit_hash = s.at;
	m->manifest.entries = (struct list){m->entry, m->count};
	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_shape(&j, NULL, &casefile_manifest_shape, &m->manifest);
	str_add(&s, "\n");
	m->sha256 = crypto_sha256_hex(c->arena, s.at, s.len);
	e = pack_add(m->pack, CASEFILE_MANIFEST, text_bytes(s.at));
	return e == ERR_OK ? sign(m, text_bytes(s.at)) : e;
}

static enum err keep_all(struct making *m)
{
	enum err e = keep_text(m, "readme.txt", about);

	if (e == ERR_OK)
		e = keep_case(m);
	if (e == ERR_OK)
		e = keep_forms(m);
	if (e == ERR_OK)
		e = casefile_parts(m->c, m->app.id, keep, m);
	if (e == ERR_OK)
		e = keep_signatures(m);
	if (e == ERR_OK)
		e = keep_scans(m);
	if (e == ERR_OK)
		e = keep_lists(m);
	return e == ERR_OK ? keep_manifest(m) : e;
}

static enum err write_archive(struct making *m)
{
	struct ctx *c = m->c;
	struct pack *pack CLEANUP(pack_done) = NULL;
	enum err e = blob_create(&m->store, c->arena, &c->house->master, &m->blob);

	if (e == ERR_OK)
		e = blob_open(&m->store, m->blob.id, &m->writer);
	if (e == ERR_OK)
		e = pack_begin(c->now, take, m, &pack);
	m->pack = pack;
	if (e == ERR_OK)
		e = keep_all(m);
	if (e == ERR_OK)
		e = pack_end(&pack);
	if (e == ERR_OK && !put_piece(m))
		e = ERR_DISK;
	blob_close(&m->writer);
	return e;
}

/* --- the job --- */

struct sealing {
	const struct making *made; /* NULL: there was one */
	const struct job *job;
};

static enum err keep_row(struct ctx *c, const struct making *m)
{
	enum err e = db_exec(
		c->db, &sql[BLOB_ADD], S(m->blob.id), B(m->blob.key_sealed), I(m->blob.size_bytes), I(c->now));

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[ADD], I(m->app.id), S(m->blob.id), S(m->sha256), I((int64_t)m->count),
			I(m->manifest.audit_seq), I(c->now));
	audit_add(c, "casefile", m->app.no, m->sha256);
	return e;
}

static enum err finish(struct ctx *c, void *arg)
{
	const struct sealing *s = arg;
	enum err e = s->made ? keep_row(c, s->made) : ERR_OK;

	return e == ERR_OK ? job_done(c, s->job) : e;
}

static void drop(const struct making *m)
{
	if (m->blob.id && blob_remove(&m->store, m->blob.id) != ERR_OK)
		log_at(LOG_WARN, "an archive that nobody names stays until the next sweep");
}

enum err casefile_run(struct ctx *c, const struct job *job)
{
	struct making m = {.c = c, .store = attachment_store(c), .writer = BLOB_WRITER_CLOSED};
	struct sealing s = {.job = job};
	struct db_int known = {0};
	enum err e = application_by_id(c, strtoll(job->ref, NULL, 10), &m.app);

	if (e == ERR_OK)
		e = db_one(c->db, &sql[KNOWN], &db_int_shape, &known, I(m.app.id));
	if (e != ERR_OK)
		return e;
	if (m.app.state != STATE_COMPLETED || known.value > 0)
		return ctx_tx(c, finish, &s);
	m.manifest = (struct casefile_manifest){.format = CASEFILE_FORMAT, .no = m.app.no, .sealed_at = c->now};
	m.entry = arena_array(c->arena, PACK_FILES_MAX, sizeof *m.entry);
	m.piece = arena_alloc(c->arena, BLOB_RECORD_MAX);
	e = write_archive(&m);
	s.made = &m;
	if (e == ERR_OK)
		e = ctx_tx(c, finish, &s);
	if (e != ERR_OK && e != ERR_UNCERTAIN)
		drop(&m);
	return e;
}

/* --- reading --- */

static const struct field row_fields[] = {
	TEXT(struct casefile_row, no, "no", 0, 0, NULL),
	TEXT(struct casefile_row, manifest_sha256, "manifest_sha256", 0, 0, NULL),
	INT(struct casefile_row, files, "files", 0, 0),
	INT(struct casefile_row, size_bytes, "size_bytes", 0, 0),
	INT(struct casefile_row, sealed_at, "sealed_at", 0, 0),
	TEXT(struct casefile_row, blob_id, "blob", 0, 0, NULL),
	BYTES(struct casefile_row, key_sealed, "key", 0),
};
static const struct shape row_shape = SHAPE(struct casefile_row, row_fields);

enum err casefile_find(struct ctx *c, const char *no, struct casefile_row *ret_row)
{
	return db_one(c->db, &sql[READ], &row_shape, ret_row, S(no));
}

enum err casefile_read(struct ctx *c, const char *no, struct casefile_row *ret_row, struct bytes *ret_archive)
{
	const struct blob_store store = attachment_store(c);
	enum err e = casefile_find(c, no, ret_row);

	if (e == ERR_OK)
		e = audit_look(c, "view_casefile", ret_row->no, NULL);
	return e == ERR_OK ? blob_load(&store, c->arena, &c->house->master,
				     &(struct blob){ret_row->blob_id, ret_row->key_sealed, ret_row->size_bytes},
				     ret_archive)
			   : e;
}
