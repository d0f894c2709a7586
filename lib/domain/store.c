#include "domain/store.h"

#include <inttypes.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/attachment.h"

#define COLUMNS "b.id, b.key_sealed, COALESCE(u.received, b.size_bytes), t.sha256"
#define FROM \
	"FROM stored_file b LEFT JOIN upload u ON u.blob_id=b.id AND u.attachment_id IS NULL " \
	"LEFT JOIN attachment t ON t.blob_id=b.id "

enum { PAGE, ONE, SUMS, KNOWN };

static const struct sql sql[] = {
	[PAGE] = {"SELECT " COLUMNS " " FROM "WHERE b.id>? ORDER BY b.id LIMIT 100", "s", "sbis"},
	[ONE] = {"SELECT " COLUMNS " " FROM "WHERE b.id=?", "s", "sbis"},
	[SUMS] =
		{"SELECT bytes, (SELECT CAST(COALESCE(SUM(size_bytes),0) AS SIGNED) FROM stored_file) FROM store_use WHERE id=1",
			"", "ii"},
	[KNOWN] = {"SELECT COUNT(*) FROM stored_file WHERE id=?", "s", "i"},
};
SQL_TABLE(store);

enum { STEP = 100 }; /* of PAGE */

struct file {
	const char *id;
	struct bytes key_sealed;
	int64_t size_bytes; /* of an upload under way: what was acknowledged */
	const char *sha256; /* NULL: not an upload that is complete */
};
static const struct field file_fields[] = {
	TEXT(struct file, id, "id", 0, 0, NULL),
	BYTES(struct file, key_sealed, "key", 0),
	INT(struct file, size_bytes, "size", 0, 0),
	TEXT(struct file, sha256, "sha256", 0, 0, NULL),
};
static const struct shape file_shape = SHAPE(struct file, file_fields);

struct sums {
	int64_t kept, counted;
};
static const struct field sums_fields[] = {
	INT(struct sums, kept, "kept", 0, 0), INT(struct sums, counted, "counted", 0, 0)};
static const struct shape sums_shape = SHAPE(struct sums, sums_fields);

struct check {
	store_say say;
	void *arg;
	struct store_checked done;
};

/* Rows in pages, each with an arena of its own by turns: the page before still holds where this one begins. */
static enum err each_row(struct ctx *c, enum err (*look)(struct ctx *c, const struct file *f, void *arg), void *arg)
{
	struct arena *whole = c->arena, *even CLEANUP(arena_done) = arena_new(), *odd CLEANUP(arena_done) = arena_new();
	const char *id = "";
	struct list rows;
	enum err e;

	do {
		c->arena = c->arena == even ? odd : even;
		arena_reset(c->arena);
		db_use_arena(c->db, c->arena);
		e = db_all(c->db, &sql[PAGE], &file_shape, &rows, S(id));
		for (size_t i = 0; e == ERR_OK && i < rows.count; i++) {
			const struct file *f = (const struct file *)rows.at + i;

			id = f->id;
			e = look(c, f, arg);
		}
	} while (e == ERR_OK && rows.count == STEP);
	c->arena = whole;
	db_use_arena(c->db, whole);
	return e;
}

static bool add_to_hash(void *arg, const void *bytes, size_t n)
{
	crypto_sha_add(arg, bytes, n);
	return true;
}

/* What is wrong with a file; NULL: nothing. */
static const char *wrong(struct ctx *c, const struct file *f)
{
	const struct blob_store store = attachment_store(c);
	const struct blob b = {f->id, f->key_sealed, f->size_bytes};
	struct crypto_sha *sha = crypto_sha_new();
	unsigned char hash[CRYPTO_HASH];
	enum err e = blob_read(&store, &c->house->master, &b, add_to_hash, sha);
	struct str hex;

	crypto_sha_end(sha, hash);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? "the file is missing" : "the file does not open";
	str_init(&hex, c->arena);
	str_hex(&hex, hash, sizeof hash);
	return f->sha256 && !text_eq(hex.at, f->sha256) ? "the file is not what was uploaded" : NULL;
}

/* It may have been removed or gone on since its row was read. */
static enum err look(struct ctx *c, const struct file *f, void *arg)
{
	struct check *check = arg;
	const char *what = wrong(c, f);
	struct file now;
	enum err e;

	if (what) {
		e = db_one(c->db, &sql[ONE], &file_shape, &now, S(f->id));
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
		what = wrong(c, &now);
	}
	check->done.files++;
	check->done.bytes += f->size_bytes;
	if (what) {
		check->done.faults++;
		check->say(check->arg, f->id, what);
	}
	return ERR_OK;
}

static enum err compare_sums(struct ctx *c, struct check *check)
{
	struct sums s;
	enum err e = db_one(c->db, &sql[SUMS], &sums_shape, &s);

	if (e == ERR_OK && s.kept != s.counted) {
		check->done.faults++;
		check->say(check->arg, "",
			arena_printf(
				c->arena, "the quota counts %" PRId64 " bytes, the rows %" PRId64, s.kept, s.counted));
	}
	return e;
}

struct orphans {
	struct ctx *c;
	int64_t count;
};

/* For blob_sweep: counts, and lets everything stay. */
static enum err count_orphan(void *arg, const char *id, bool *ret_known)
{
	struct orphans *o = arg;
	struct db_int rows;
	enum err e = db_one(o->c->db, &sql[KNOWN], &db_int_shape, &rows, S(id));

	*ret_known = true;
	o->count += e == ERR_OK && rows.value == 0;
	return e;
}

enum err store_check(struct ctx *c, store_say say, void *arg, struct store_checked *ret_checked)
{
	const struct blob_store store = attachment_store(c);
	struct check check = {say, arg, {0}};
	struct orphans orphans = {c, 0};
	int removed;
	enum err e = compare_sums(c, &check);

	if (e == ERR_OK)
		e = each_row(c, look, &check);
	if (e == ERR_OK)
		e = blob_sweep(&store, INT64_MAX, count_orphan, &orphans, &removed);
	check.done.orphans = orphans.count;
	*ret_checked = check.done;
	return e;
}

static enum err look_for(struct ctx *c, const struct file *f, void *arg)
{
	const struct blob_store store = attachment_store(c);
	struct db_int rows;
	int *missing = arg;
	enum err e;

	if (blob_there(&store, f->id))
		return ERR_OK;
	e = db_one(c->db, &sql[KNOWN], &db_int_shape, &rows, S(f->id));
	if (e == ERR_OK && rows.value) {
		log_at(LOG_ERROR, "store: the file %s is missing", f->id);
		++*missing;
	}
	return e;
}

enum err store_missing(struct ctx *c, int *ret_missing)
{
	*ret_missing = 0;
	return each_row(c, look_for, ret_missing);
}
