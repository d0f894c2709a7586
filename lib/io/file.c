#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

enum err file_folder(const char *path)
{
	mode_t before = umask(S_IWOTH);
	int made = mkdir(path, 0775) == 0 ? 0 : errno;

	umask(before);
	return made == 0 || made == EEXIST ? ERR_OK : ERR_DISK;
}

bool file_put(int fd, const void *from, size_t n)
{
	const char *at = from;

	while (n) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

bool file_get(int fd, void *to, size_t n)
{
	char *at = to;

	while (n) {
		ssize_t got = read(fd, at, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

enum err file_read(struct arena *a, const char *path, struct bytes *ret_bytes)
{
	int fd CLEANUP(close_fd) = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	unsigned char *at;

	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_INTERNAL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ERR_INTERNAL;
	if (st.st_size > FILE_READ_MAX)
		return ERR_TOO_LARGE;
	at = arena_alloc(a, (size_t)st.st_size + 1);
	if (!file_get(fd, at, (size_t)st.st_size))
		return ERR_INTERNAL;
	*ret_bytes = (struct bytes){at, (size_t)st.st_size};
	return ERR_OK;
}

bool file_append(int fd, struct bytes content)
{
	return file_put(fd, content.at, content.len) && fsync(fd) == 0;
}

/* A synced file of another name beside path; NULL when the disk refuses. */
static char *write_beside(struct arena *a, const char *path, unsigned mode, struct bytes content)
{
	char *beside = arena_printf(a, "%s.%ld.new", path, (long)getpid());
	int fd CLEANUP(close_fd) = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);

	if (fd < 0)
		return NULL;
	if (fchmod(fd, (mode_t)mode) == 0 && file_append(fd, content))
		return beside;
	unlink(beside);
	return NULL;
}

static bool sync_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	int fd CLEANUP(close_fd) = open(
		slash ? arena_textn(a, path, (size_t)(slash - path) + 1) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0;
}

enum err file_rename(struct arena *a, const char *from, const char *to)
{
	return rename(from, to) == 0 && sync_folder(a, to) ? ERR_OK : ERR_DISK;
}

enum err file_write(struct arena *a, const char *path, unsigned mode, struct bytes content)
{
	char *beside = write_beside(a, path, mode, content);

	if (!beside)
		return ERR_DISK;
	if (rename(beside, path) != 0) {
		unlink(beside);
		return ERR_DISK;
	}
	return sync_folder(a, path) ? ERR_OK : ERR_DISK;
}

enum err file_create(struct arena *a, const char *path, unsigned mode, struct bytes content)
{
	char *beside;
	int made;

	if (file_exists(path))
		return ERR_CONFLICT;
	beside = write_beside(a, path, mode, content);
	if (!beside)
		return ERR_DISK;
	made = link(beside, path);
	if (made != 0)
		made = errno;
	unlink(beside);
	if (made != 0)
		return made == EEXIST ? ERR_CONFLICT : ERR_DISK;
	return sync_folder(a, path) ? ERR_OK : ERR_DISK;
}

int64_t file_stamp(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec : 0;
}

static bool ends(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return name[0] != '.' && n > m && strcmp(name + n - m, ending) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum err file_list(struct arena *a, const char *path, const char *ending, struct texts *ret_names)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	const char **names = NULL;
	size_t n = 0, room = 0;

	*ret_names = (struct texts){0};
	if (!dir)
		return errno == ENOENT ? ERR_OK : ERR_INTERNAL;
	while ((d = readdir(dir))) {
		if (!ends(d->d_name, ending))
			continue;
		names = arena_grow(a, names, n, &room, sizeof *names);
		names[n++] = arena_text(a, d->d_name);
	}
	closedir(dir);
	if (n)
		qsort(names, n, sizeof *names, by_name);
	*ret_names = (struct texts){names, n};
	return ERR_OK;
}
