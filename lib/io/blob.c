#include "io/blob.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "io/crypto_sm.h"

enum { HEAD = 4 };

/* What protects a file.  A new suite is a new row; files keep the letter they were written with. */
static const struct suite {
	const char *name; /* as portal.conf says it */
	char letter;
	size_t more; /* bytes a sealed piece is longer than the piece */
	struct bytes (*seal)(struct arena *a, const struct key *k, const char *context, const void *plain, size_t n);
	enum err (*open)(struct arena *a, const struct key *k, const char *context, struct bytes sealed,
		struct bytes *ret_plain);
} suites[] = {
	{"aes", 'a', CRYPTO_SEAL_MORE, crypto_seal, crypto_open},	  /* AES-256-GCM */
	{"sm", 's', CRYPTO_SM_SEAL_MORE, crypto_sm_seal, crypto_sm_open}, /* SM4-CTR + HMAC-SM3 */
};

static const struct suite *suite_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		if (text_eq(suites[i].name, name))
			return &suites[i];
	return NULL;
}

bool blob_suite_known(const char *name)
{
	return suite_of(name) != NULL;
}

struct secret { /* what key_sealed holds */
	const struct suite *suite;
	struct key key;
};

static void secret_wipe(struct secret *s)
{
	crypto_wipe(&s->key, sizeof s->key);
}

static const char *key_place(struct arena *a, const char *id)
{
	return arena_printf(a, "blob:%s", id);
}

static struct bytes seal_secret(struct arena *a, struct keyring *master, const char *id, const struct secret *s)
{
	unsigned char plain[1 + CRYPTO_KEY];
	struct bytes sealed;

	plain[0] = (unsigned char)s->suite->letter;
	memcpy(plain + 1, s->key.at, CRYPTO_KEY);
	sealed = keyring_seal(a, master, key_place(a, id), plain, sizeof plain);
	crypto_wipe(plain, sizeof plain);
	return sealed;
}

static enum err open_secret(struct arena *a, struct keyring *master, const struct blob *b, struct secret *ret_secret)
{
	struct bytes plain;
	enum err e = keyring_open(a, master, key_place(a, b->id), b->key_sealed, &plain);

	if (e != ERR_OK || plain.len != 1 + CRYPTO_KEY)
		return ERR_INTERNAL;
	e = ERR_INTERNAL;
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		if (suites[i].letter == (char)plain.at[0]) {
			ret_secret->suite = &suites[i];
			memcpy(ret_secret->key.at, plain.at + 1, CRYPTO_KEY);
			e = ERR_OK;
		}
	crypto_wipe((void *)(uintptr_t)plain.at, plain.len);
	return e;
}

bool blob_id_valid(const char *id)
{
	return id && strlen(id) == BLOB_ID && strspn(id, "0123456789abcdef") == BLOB_ID;
}

static char *path_of(struct arena *a, const struct blob_store *s, const char *id)
{
	assert(blob_id_valid(id));
	return arena_printf(a, "%s/%.2s/%.2s/%s", s->dir, id, id + 2, id);
}

static enum err disk_error(const char *what)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return ERR_DISK;
	log_at(LOG_ERROR, "blob store: %s: %s", what, strerrordesc_np(errno));
	return ERR_INTERNAL;
}

enum err blob_room(const struct blob_store *s, int64_t used_bytes, int64_t more_bytes)
{
	struct statvfs v;

	if (statvfs(s->dir, &v) != 0)
		return disk_error("statvfs");
	if (used_bytes + more_bytes > s->quota_bytes)
		return ERR_DISK;
	return (int64_t)(v.f_bavail * v.f_frsize) - more_bytes < s->low_bytes ? ERR_DISK : ERR_OK;
}

static enum err sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool right = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return right ? ERR_OK : disk_error("sync of a folder");
}

/* One folder of the fan-out; its parent is synced when it is new. */
static enum err make_folder(const char *parent, const char *path)
{
	if (mkdir(path, 0770) == 0)
		return sync_folder(parent);
	return errno == EEXIST ? ERR_OK : disk_error("new folder");
}

enum err blob_create(const struct blob_store *s, struct arena *a, struct keyring *master, struct blob *ret_blob)
{
	char *id = crypto_token(a, BLOB_ID / 2), *one = arena_printf(a, "%s/%.2s", s->dir, id);
	char *two = arena_printf(a, "%s/%.2s", one, id + 2);
	struct secret secret CLEANUP(secret_wipe) = {.suite = suite_of(s->suite)};
	bool right;
	enum err e = make_folder(s->dir, one);
	int fd;

	assert(secret.suite);
	if (e == ERR_OK)
		e = make_folder(one, two);
	if (e != ERR_OK)
		return e;
	fd = open(path_of(a, s, id), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (fd < 0)
		return disk_error("new file");
	right = fsync(fd) == 0;
	right = close(fd) == 0 && right;
	e = right ? sync_folder(two) : disk_error("new file");
	if (e != ERR_OK)
		return e;
	crypto_random(secret.key.at, sizeof secret.key.at);
	*ret_blob = (struct blob){.id = id, .key_sealed = seal_secret(a, master, id, &secret)};
	return ERR_OK;
}

enum err blob_open(const struct blob_store *s, const char *id, struct blob_writer *ret_writer)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	int fd = open(path_of(a, s, id), O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : disk_error("open");
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return errno == EWOULDBLOCK ? ERR_LOCKED : disk_error("lock");
	}
	ret_writer->fd = fd;
	return ERR_OK;
}

void blob_close(struct blob_writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static bool read_at(int fd, void *to, size_t n, int64_t from)
{
	char *at = to;

	while (n) {
		ssize_t got = pread(fd, at, n, (off_t)from);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
		from += got;
	}
	return true;
}

static bool write_at(int fd, const void *from, size_t n, int64_t to)
{
	const char *at = from;

	while (n) {
		ssize_t done = pwrite(fd, at, n, (off_t)to);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
		to += done;
	}
	return true;
}

/* The length of the sealed piece at a place; 0: none that could be one. */
static size_t piece_len(int fd, const struct suite *suite, int64_t at)
{
	unsigned char head[HEAD];
	size_t len;

	if (!read_at(fd, head, HEAD, at))
		return 0;
	len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	return len > suite->more && len <= BLOB_RECORD_MAX + suite->more ? len : 0;
}

/* Where the record begins that holds the byte after the first `size` ones, and its index. */
static enum err find_end(int fd, const struct suite *suite, int64_t size, int64_t *ret_at, int64_t *ret_index)
{
	int64_t at = 0, plain = 0, index = 0;

	while (plain < size) {
		size_t len = piece_len(fd, suite, at);

		if (!len)
			return ERR_INTERNAL;
		at += HEAD + (int64_t)len;
		plain += (int64_t)(len - suite->more);
		index++;
	}
	if (plain != size)
		return ERR_INTERNAL;
	*ret_at = at;
	*ret_index = index;
	return ERR_OK;
}

static const char *record_place(struct arena *a, const char *id, int64_t index)
{
	return arena_printf(a, "%s:%" PRId64, id, index);
}

static enum err append_record(
	int fd, const struct secret *s, const char *id, int64_t index, const void *bytes, size_t n, int64_t *at)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct bytes sealed = s->suite->seal(a, &s->key, record_place(a, id, index), bytes, n);
	unsigned char *record = arena_alloc(a, HEAD + sealed.len);

	for (int i = 0; i < HEAD; i++)
		record[i] = (unsigned char)(sealed.len >> (8 * (HEAD - 1 - i)));
	memcpy(record + HEAD, sealed.at, sealed.len);
	if (!write_at(fd, record, HEAD + sealed.len, *at))
		return disk_error("write");
	*at += HEAD + (int64_t)sealed.len;
	return ERR_OK;
}

enum err blob_append(const struct blob_writer *w, struct keyring *master, struct blob *b, const void *bytes, size_t n)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct secret secret CLEANUP(secret_wipe) = {0};
	int64_t at, index;
	enum err e = open_secret(a, master, b, &secret);

	if (e == ERR_OK)
		e = find_end(w->fd, secret.suite, b->size_bytes, &at, &index);
	if (e != ERR_OK) {
		log_at(LOG_ERROR, "blob %.8s… does not hold what the database says", b->id);
		return e;
	}
	if (ftruncate(w->fd, (off_t)at) != 0)
		return disk_error("cut");
	for (size_t done = 0, part; e == ERR_OK && done < n; done += part) {
		part = n - done < BLOB_RECORD_MAX ? n - done : BLOB_RECORD_MAX;
		e = append_record(w->fd, &secret, b->id, index++, (const char *)bytes + done, part, &at);
	}
	if (e == ERR_OK && fsync(w->fd) != 0)
		e = disk_error("sync");
	if (e == ERR_OK)
		b->size_bytes += (int64_t)n;
	return e;
}

enum err blob_put(const struct blob_store *s, struct arena *a, struct keyring *master, const void *bytes, size_t n,
	struct blob *ret_blob)
{
	struct blob_writer w CLEANUP(blob_close) = BLOB_WRITER_CLOSED;
	struct blob b;
	enum err e = blob_create(s, a, master, &b);

	if (e != ERR_OK)
		return e;
	e = blob_open(s, b.id, &w);
	if (e == ERR_OK)
		e = blob_append(&w, master, &b, bytes, n);
	if (e == ERR_OK)
		*ret_blob = b;
	else
		unlink(path_of(a, s, b.id));
	return e;
}

static enum err read_record(int fd, const struct secret *s, const char *id, int64_t index, int64_t *at, blob_take take,
	void *arg, int64_t *plain)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	size_t len = piece_len(fd, s->suite, *at);
	unsigned char *sealed;
	struct bytes piece;
	enum err e;

	if (!len)
		return ERR_INTERNAL;
	sealed = arena_alloc(a, len);
	if (!read_at(fd, sealed, len, *at + HEAD))
		return ERR_INTERNAL;
	e = s->suite->open(a, &s->key, record_place(a, id, index), (struct bytes){sealed, len}, &piece);
	if (e == ERR_OK && !take(arg, piece.at, piece.len))
		e = ERR_INTERNAL;
	*at += HEAD + (int64_t)len;
	*plain += (int64_t)(len - s->suite->more);
	return e;
}

enum err blob_read(const struct blob_store *s, struct keyring *master, const struct blob *b, blob_take take, void *arg)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct secret secret CLEANUP(secret_wipe) = {0};
	int64_t at = 0, plain = 0;
	enum err e = open_secret(a, master, b, &secret);
	int fd;

	if (e != ERR_OK)
		return e;
	fd = open(path_of(a, s, b->id), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : disk_error("open");
	for (int64_t index = 0; e == ERR_OK && plain < b->size_bytes; index++)
		e = read_record(fd, &secret, b->id, index, &at, take, arg, &plain);
	close(fd);
	if (e == ERR_OK && plain != b->size_bytes)
		e = ERR_INTERNAL;
	if (e != ERR_OK)
		log_at(LOG_ERROR, "blob %.8s… does not open", b->id);
	return e;
}

static bool add_piece(void *arg, const void *bytes, size_t n)
{
	str_addn(arg, bytes, n);
	return true;
}

enum err blob_load(const struct blob_store *s, struct arena *a, struct keyring *master, const struct blob *b,
	struct bytes *ret_bytes)
{
	struct str all;
	enum err e;

	str_init(&all, a);
	e = blob_read(s, master, b, add_piece, &all);
	if (e == ERR_OK)
		*ret_bytes = (struct bytes){(const unsigned char *)all.at, all.len};
	return e;
}

bool blob_there(const struct blob_store *s, const char *id)
{
	struct arena *a CLEANUP(arena_done) = arena_new();

	return access(path_of(a, s, id), F_OK) == 0;
}

enum err blob_remove(const struct blob_store *s, const char *id)
{
	struct arena *a CLEANUP(arena_done) = arena_new();

	return unlink(path_of(a, s, id)) == 0 || errno == ENOENT ? ERR_OK : disk_error("remove");
}

struct sweep {
	const struct blob_store *store;
	int64_t before;
	blob_known known;
	void *arg;
	int removed;
};

static enum err sweep_file(struct sweep *w, int folder, const char *name)
{
	struct stat st;
	bool known;
	enum err e;

	if (!blob_id_valid(name) || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || st.st_mtime >= w->before)
		return ERR_OK;
	e = w->known(w->arg, name, &known);
	if (e == ERR_OK && !known && unlinkat(folder, name, 0) == 0)
		w->removed++;
	return e;
}

/* Depth 0 and 1 are the fan-out, 2 the files. */
static enum err sweep_folder(struct sweep *w, int fd, int depth)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *d;
	enum err e = ERR_OK;

	if (!dir) {
		close(fd);
		return disk_error("open of a folder");
	}
	while (e == ERR_OK && (d = readdir(dir))) {
		int below;

		if (depth == 2)
			e = sweep_file(w, dirfd(dir), d->d_name);
		else if (strlen(d->d_name) == 2 && d->d_name[0] != '.' &&
			 (below = openat(dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)) >= 0)
			e = sweep_folder(w, below, depth + 1);
	}
	closedir(dir);
	return e;
}

enum err blob_sweep(const struct blob_store *s, int64_t before, blob_known known, void *arg, int *ret_removed)
{
	struct sweep w = {s, before, known, arg, 0};
	int fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = fd < 0 ? disk_error("open of the store") : sweep_folder(&w, fd, 0);

	*ret_removed = w.removed;
	return e;
}
