#ifndef IO_CRYPTO_PART_H
#define IO_CRYPTO_PART_H

#include <stdlib.h>

#include "base/log.h"

/* What the files crypto*.c share.  OpenSSL's own failures are out of memory or a broken installation: nothing a caller
 * could mend. */
#define HOLDS(expr) \
	do { \
		if (!(expr)) { \
			log_at(LOG_ERROR, "crypto: %s", #expr); \
			abort(); \
		} \
	} while (0)

#endif
