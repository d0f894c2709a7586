#ifndef IO_UPTIME_H
#define IO_UPTIME_H

#include <stdint.h>

#include "base/arena.h"

/* The two clocks of the machine, read together: the wall clock, which somebody may set, and the time since boot, which nobody
 * can (sleeping counts).  boot names the boot; times since boot of different boots have nothing to do with each other. */

struct uptime {
	const char *boot; /* "" where the system does not say */
	int64_t wall;	  /* moment */
	int64_t up_s;
};
struct uptime uptime_now(struct arena *a);

#endif
