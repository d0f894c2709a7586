#ifndef IO_CHARSET_H
#define IO_CHARSET_H

#include <stdbool.h>

#include "base/field.h"

/* Text files as banks and office programs write them, brought to UTF-8.  What a file is, is seen from its bytes and never
 * taken from what it says of itself: UTF-16 by its byte order mark, UTF-8 when all of it is valid UTF-8, anything else is
 * GB18030, which holds GBK and GB2312. */

struct charset_text {
	struct bytes utf8; /* without a byte order mark; in the arena, or the file itself */
	const char *name;  /* UTF-8 UTF-16 GB18030 */
	bool whole;	   /* false: bytes that mean nothing stand in it as U+FFFD, NUL bytes too */
};

#define CHARSET_LOST "\xEF\xBF\xBD" /* U+FFFD */

/* ERR_INTERNAL: this machine does not know the encoding. */
enum err charset_read(struct arena *a, struct bytes file, struct charset_text *ret_text) MUST_USE;

#endif
