#include "io/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "io/file.h"

enum err spool_put(struct arena *a, const char *folder, const char *name, const void *bytes, size_t n)
{
	char *hidden = arena_printf(a, "%s/.%s", folder, name), *path = arena_printf(a, "%s/%s.json", folder, name);
	bool right;
	int fd;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return ERR_INTERNAL;
	fd = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		log_at(LOG_ERROR, "spool: cannot write into the folder");
		return ERR_INTERNAL;
	}
	right = file_append(fd, (struct bytes){bytes, n});
	right = close(fd) == 0 && right;
	if (right && rename(hidden, path) == 0)
		return ERR_OK;
	unlink(hidden);
	return ERR_INTERNAL;
}

static bool lock(int fd)
{
	int r;

	while ((r = flock(fd, LOCK_EX)) != 0 && errno == EINTR)
		continue;
	return r == 0;
}

enum err spool_append(const char *path, int every_s, const void *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0660);
	struct stat st;
	bool right;

	if (fd < 0) {
		log_at(LOG_ERROR, "spool: cannot append to a file");
		return ERR_INTERNAL;
	}
	right = lock(fd) && fstat(fd, &st) == 0;
	if (right && (st.st_size == 0 || st.st_mtime + every_s <= time(NULL)))
		right = file_append(fd, (struct bytes){bytes, n});
	close(fd);
	if (!right)
		log_at(LOG_ERROR, "spool: cannot append to a file");
	return right ? ERR_OK : ERR_INTERNAL;
}
