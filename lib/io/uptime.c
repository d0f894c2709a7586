#include "io/uptime.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BOOT_ID_MAX = 64 };

static const char *boot_id(struct arena *a)
{
	char text[BOOT_ID_MAX];
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text);

	if (fd >= 0)
		close(fd);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	return arena_textn(a, text, n < 0 ? 0 : (size_t)n);
}

struct uptime uptime_now(struct arena *a)
{
	struct uptime u = {.boot = boot_id(a)};
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	u.wall = t.tv_sec;
	clock_gettime(CLOCK_BOOTTIME, &t);
	u.up_s = t.tv_sec;
	return u;
}
