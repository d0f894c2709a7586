#include "io/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "io/file.h"

struct copy {
	struct tree_copied *done;
	struct stat owner; /* of the folder copied into */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err wrong(const char *what)
{
	int why = errno;

	log_at(LOG_ERROR, "copy: %s: %s", what, strerrordesc_np(why));
	return why == EACCES || why == EIO || why == EPERM ? ERR_INTERNAL : ERR_DISK;
}

static bool same(const char *path, const struct stat *want)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == want->st_size &&
	       st.st_mtim.tv_sec == want->st_mtim.tv_sec && st.st_mtim.tv_nsec == want->st_mtim.tv_nsec;
}

static bool copy_bytes(int from, int to)
{
	char piece[65536];
	ssize_t n;

	while ((n = read(from, piece, sizeof piece)) != 0) {
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && !file_put(to, piece, (size_t)n))
			return false;
	}
	return true;
}

/* In a folder whose files belong to its group, the group may do what the owner may. */
static mode_t mode_in(const struct stat *like, const struct copy *c)
{
	mode_t mode = like->st_mode & 0777;

	return c->owner.st_mode & S_ISGID ? mode | (mode & 0700) >> 3 : mode;
}

static bool dress(int fd, const struct stat *like, const struct copy *c)
{
	const struct timespec when[2] = {like->st_mtim, like->st_mtim};

	if (geteuid() == 0 && fchown(fd, c->owner.st_uid, c->owner.st_gid) != 0)
		return false;
	return fchmod(fd, mode_in(like, c)) == 0 && futimens(fd, when) == 0;
}

/* As another name first, so that a file of the right name is whole. */
static enum err copy_file(struct arena *a, const char *from, const char *to, const struct copy *c)
{
	const char *beside = arena_printf(a, "%s.part", to);
	int in CLEANUP(close_fd) = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), out CLEANUP(close_fd) = -1;
	struct stat st;

	if (in < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : wrong(from);
	if (fstat(in, &st) != 0)
		return wrong(from);
	out = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out < 0 || !copy_bytes(in, out) || !dress(out, &st, c) || rename(beside, to) != 0)
		return wrong(to);
	return ERR_OK;
}

static enum err take_file(struct arena *a, const char *from, const char *to, const char *before, const struct stat *st,
	const struct copy *c)
{
	enum err e = ERR_OK;

	if (!same(to, st) && (!before || !same(before, st) || link(before, to) != 0)) {
		e = copy_file(a, from, to, c);
		c->done->fresh += e == ERR_OK;
	}
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	c->done->files++;
	c->done->bytes += st->st_size;
	return ERR_OK;
}

static enum err copy_folder(const char *from, const char *to, const char *before, struct copy *c);

static enum err take(const char *from, const char *to, const char *before, const char *name, struct copy *c)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	const char *here = arena_printf(a, "%s/%s", from, name), *there = arena_printf(a, "%s/%s", to, name);
	const char *then = before ? arena_printf(a, "%s/%s", before, name) : NULL;
	struct stat st;

	if (lstat(here, &st) != 0)
		return errno == ENOENT ? ERR_OK : wrong(here);
	if (S_ISDIR(st.st_mode))
		return copy_folder(here, there, then, c);
	return S_ISREG(st.st_mode) ? take_file(a, here, there, then, &st, c) : ERR_OK;
}

static enum err copy_folder(const char *from, const char *to, const char *before, struct copy *c)
{
	int fd CLEANUP(close_fd) = -1;
	DIR *dir = opendir(from);
	const struct dirent *d;
	struct stat st, now;
	enum err e = ERR_OK;

	if (!dir)
		return errno == ENOENT ? ERR_OK : wrong(from);
	if (fstat(dirfd(dir), &st) != 0 || (mkdir(to, 0700) != 0 && errno != EEXIST))
		e = wrong(to);
	while (e == ERR_OK && (d = readdir(dir)))
		if (!text_eq(d->d_name, ".") && !text_eq(d->d_name, ".."))
			e = take(from, to, before, d->d_name, c);
	closedir(dir);
	if (e != ERR_OK)
		return e;
	fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (geteuid() == 0 && fchown(fd, c->owner.st_uid, c->owner.st_gid) != 0) || fstat(fd, &now) != 0)
		return wrong(to);
	/* Whose group files in it take, it has from the folder it lies in. */
	return fchmod(fd, mode_in(&st, c) | (now.st_mode & S_ISGID)) == 0 ? ERR_OK : wrong(to);
}

enum err tree_copy(const char *from, const char *to, const char *before, struct tree_copied *ret_copied)
{
	struct copy c = {.done = ret_copied};
	int fd CLEANUP(close_fd) = -1;
	enum err e;

	*ret_copied = (struct tree_copied){0};
	if ((mkdir(to, 0700) != 0 && errno != EEXIST) || stat(to, &c.owner) != 0)
		return wrong(to);
	e = copy_folder(from, to, before, &c);
	if (e != ERR_OK)
		return e;
	fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && syncfs(fd) == 0 ? ERR_OK : wrong(to);
}

bool tree_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	bool empty = true;

	if (!dir)
		return errno == ENOENT;
	while ((d = readdir(dir)))
		empty = empty && d->d_name[0] == '.';
	closedir(dir);
	return empty;
}
