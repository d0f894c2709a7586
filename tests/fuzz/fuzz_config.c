#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"

/* Any bytes as the settings file: refused with the line that is wrong, or every setting is there. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	int fd = memfd_create("portal.conf", MFD_CLOEXEC);
	struct config config;
	struct faults f;
	enum err e;

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	faults_init(&f, a);
	e = config_load(arena_printf(a, "/proc/self/fd/%d", fd), &config, &f);
	close(fd);
	if (e != (f.count ? ERR_INVALID : ERR_OK))
		abort();
	for (size_t i = 0; i < f.count; i++)
		if (!f.at[i].pointer || strncmp(f.at[i].pointer, "/proc/self/fd/", 14) != 0 || !*f.at[i].detail)
			abort();
	if (e == ERR_OK && (!config.url || !config.secret_dir || config.otp_tries < 1))
		abort();
	return 0;
}
