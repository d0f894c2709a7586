#include "io/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static bool write_all(int fd, const char *at, size_t n)
{
	while (n) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return fsync(fd) == 0;
}

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
	right = write_all(fd, bytes, n);
	right = close(fd) == 0 && right;
	if (right && rename(hidden, path) == 0)
		return ERR_OK;
	unlink(hidden);
	return ERR_INTERNAL;
}
