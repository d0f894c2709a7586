#include "io/keyring.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "io/file.h"

#define CURRENT "master.key"
static const char older[] = "master-", ending[] = ".key";

enum { OLDER = sizeof older - 1, ID_TEXT = 2 * CRYPTO_KEY_ID };

static bool add(struct keyring *r, const struct key *k)
{
	unsigned char id[CRYPTO_KEY_ID];

	crypto_key_id(k, id);
	for (size_t i = 0; i < r->count; i++)
		if (memcmp(r->id[i], id, sizeof id) == 0)
			return crypto_equal(r->key[i].at, k->at, sizeof k->at);
	if (r->count == KEYRING_MAX)
		return false;
	r->key[r->count] = *k;
	memcpy(r->id[r->count++], id, sizeof id);
	return true;
}

void keyring_only(struct keyring *ret_ring, const struct key *k)
{
	*ret_ring = (struct keyring){.fd = -1};
	add(ret_ring, k);
}

static bool is_older(const char *name)
{
	return strlen(name) == OLDER + ID_TEXT + sizeof ending - 1 && strncmp(name, older, OLDER) == 0 &&
	       strspn(name + OLDER, "0123456789abcdef") == ID_TEXT && strcmp(name + OLDER + ID_TEXT, ending) == 0;
}

static enum err add_file(struct keyring *r, const char *name)
{
	struct key k;
	enum err e = crypto_key_load(r->dir, name, &k);

	if (e == ERR_OK && !add(r, &k)) {
		log_at(LOG_ERROR, "key file %s: too many keys, or two with one id", name);
		e = ERR_INTERNAL;
	}
	crypto_wipe(&k, sizeof k);
	return e;
}

/* All keys of the folder that are not in the ring yet.  An older one may vanish meanwhile: it is being retired. */
static enum err add_all(struct keyring *r)
{
	DIR *dir = opendir(r->dir);
	const struct dirent *d;

	if (!dir) {
		log_at(LOG_ERROR, "the secrets folder cannot be read");
		return ERR_INTERNAL;
	}
	while ((d = readdir(dir)))
		if (is_older(d->d_name) && add_file(r, d->d_name) != ERR_OK)
			log_at(LOG_WARN, "an older key is passed over");
	closedir(dir);
	return add_file(r, CURRENT);
}

static char *path_of(struct arena *a, const struct keyring *r, const char *name)
{
	return arena_printf(a, "%s/%s", r->dir, name);
}

static enum err lock(int fd, int how)
{
	while (flock(fd, how) != 0)
		if (errno != EINTR)
			return errno == EWOULDBLOCK ? ERR_LOCKED : ERR_INTERNAL;
	return ERR_OK;
}

/* Is the file that r->fd holds still the one that is called so? */
static bool is_current(const struct keyring *r)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct stat held, named;

	return r->fd >= 0 && fstat(r->fd, &held) == 0 && stat(path_of(a, r, CURRENT), &named) == 0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/* The current key anew, locked. */
static enum err take_current(struct keyring *r)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct keyring fresh = {.dir = r->dir};
	enum err e = ERR_OK;

	fresh.fd = open(path_of(a, r, CURRENT), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fresh.fd < 0 || lock(fresh.fd, LOCK_SH) != ERR_OK)
		e = ERR_INTERNAL;
	if (e == ERR_OK)
		e = add_file(&fresh, CURRENT);
	if (e == ERR_OK)
		e = add_all(&fresh);
	if (e != ERR_OK) {
		log_at(LOG_ERROR, "the master key cannot be read");
		keyring_close(&fresh);
		return e;
	}
	keyring_close(r);
	*r = fresh;
	crypto_wipe(&fresh, sizeof fresh);
	return ERR_OK;
}

enum err keyring_hold(struct keyring *r)
{
	enum err e;

	if (!r->dir)
		return ERR_OK;
	if (r->fd >= 0) {
		e = lock(r->fd, LOCK_SH);
		if (e != ERR_OK)
			return e;
	}
	for (int i = 0; i < 100; i++) {
		if (is_current(r))
			return ERR_OK;
		e = take_current(r);
		if (e != ERR_OK)
			return e;
	}
	return ERR_INTERNAL;
}

void keyring_release(struct keyring *r)
{
	if (r->fd >= 0)
		(void)lock(r->fd, LOCK_UN);
}

enum err keyring_load(struct keyring *ret_ring, const char *dir)
{
	enum err e;

	*ret_ring = (struct keyring){.dir = dir, .fd = -1};
	e = keyring_hold(ret_ring);
	keyring_release(ret_ring);
	return e;
}

void keyring_close(struct keyring *r)
{
	if (r->dir && r->fd >= 0)
		close(r->fd);
	crypto_wipe(r, sizeof *r);
	r->fd = -1;
}

struct bytes keyring_seal(struct arena *a, const struct keyring *r, const char *context, const void *plain, size_t n)
{
	assert(r->count);
	return crypto_seal(a, &r->key[0], context, plain, n);
}

static const struct key *find(const struct keyring *r, struct bytes sealed)
{
	for (size_t i = 0; i < r->count; i++)
		if (crypto_names(sealed, r->id[i]))
			return &r->key[i];
	return NULL;
}

enum err keyring_open(
	struct arena *a, struct keyring *r, const char *context, struct bytes sealed, struct bytes *ret_plain)
{
	const struct key *k = find(r, sealed);

	if (!k && r->dir && sealed.len >= CRYPTO_SEAL_MORE && add_all(r) == ERR_OK)
		k = find(r, sealed);
	return k ? crypto_open(a, k, context, sealed, ret_plain) : ERR_INTERNAL;
}

/* --- looking after the keys --- */

char *keyring_id_text(struct arena *a, const unsigned char id[CRYPTO_KEY_ID])
{
	struct str s;

	str_init(&s, a);
	str_hex(&s, id, CRYPTO_KEY_ID);
	return s.at;
}

static char *older_path(struct arena *a, const struct keyring *r, const char *id)
{
	return arena_printf(a, "%s/%s%s%s", r->dir, older, id, ending);
}

static enum err sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool right = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return right ? ERR_OK : ERR_DISK;
}

/* The current key's file under a second name: the same file, so that locks on either meet. */
static enum err keep_current(struct arena *a, const struct keyring *r)
{
	const char *path = older_path(a, r, keyring_id_text(a, r->id[0]));
	struct stat held, named;

	if (link(path_of(a, r, CURRENT), path) != 0) {
		if (errno != EEXIST || fstat(r->fd, &held) != 0 || stat(path, &named) != 0)
			return ERR_DISK;
		if (held.st_dev != named.st_dev || held.st_ino != named.st_ino) {
			/* Brought back by hand, as a file of its own. */
			if (unlink(path) != 0 || link(path_of(a, r, CURRENT), path) != 0)
				return ERR_DISK;
		}
	}
	return sync_dir(r->dir);
}

static bool known(const struct keyring *r, const struct key *k)
{
	unsigned char id[CRYPTO_KEY_ID];

	crypto_key_id(k, id);
	for (size_t i = 0; i < r->count; i++)
		if (memcmp(r->id[i], id, sizeof id) == 0)
			return true;
	return false;
}

/* In place of the current one, readable by whom that was readable. */
static enum err put_current(struct arena *a, const struct keyring *r, const struct key *k)
{
	const char *path = path_of(a, r, CURRENT), *next = path_of(a, r, CURRENT ".next");
	struct stat st;
	enum err e = fstat(r->fd, &st) == 0 ? ERR_OK : ERR_INTERNAL;

	if (e == ERR_OK)
		e = file_write(a, next, st.st_mode & 0770, (struct bytes){k->at, sizeof k->at});
	if (e == ERR_OK && chown(next, st.st_uid, st.st_gid) != 0)
		e = ERR_DISK;
	return e == ERR_OK ? file_rename(a, next, path) : e;
}

enum err keyring_rotate(struct keyring *r)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct key k;
	enum err e = add_all(r);

	if (e == ERR_OK && r->count >= KEYRING_MAX)
		e = ERR_CONFLICT;
	if (e == ERR_OK)
		e = keep_current(a, r);
	do
		crypto_random(k.at, sizeof k.at);
	while (known(r, &k));
	if (e == ERR_OK)
		e = put_current(a, r, &k);
	crypto_wipe(&k, sizeof k);
	return e == ERR_OK ? keyring_hold(r) : e;
}

enum err keyring_take(struct arena *a, struct keyring *r, const char *id, struct keyring_old *ret_old)
{
	struct stat held, named;
	enum err e;

	if (strlen(id) != ID_TEXT || !hex_decode(id, ID_TEXT, ret_old->id))
		return ERR_NOT_FOUND;
	if (memcmp(ret_old->id, r->id[0], CRYPTO_KEY_ID) == 0)
		return ERR_WRONG_STATE;
	ret_old->path = older_path(a, r, keyring_id_text(a, ret_old->id));
	ret_old->fd = open(ret_old->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (ret_old->fd < 0)
		return ERR_NOT_FOUND;
	e = lock(ret_old->fd, LOCK_EX | LOCK_NB);
	if (e == ERR_OK &&
		(fstat(ret_old->fd, &held) != 0 || stat(ret_old->path, &named) != 0 || held.st_ino != named.st_ino))
		e = ERR_NOT_FOUND; /* somebody else was faster */
	if (e != ERR_OK)
		keyring_keep(ret_old);
	return e;
}

void keyring_keep(struct keyring_old *old)
{
	if (old->fd >= 0)
		close(old->fd);
	old->fd = -1;
}

enum err keyring_retire(struct keyring *r, struct keyring_old *old)
{
	enum err e = unlink(old->path) == 0 ? sync_dir(r->dir) : ERR_DISK;

	keyring_keep(old);
	return e;
}
