#ifndef IO_QR_H
#define IO_QR_H

#include "base/arena.h"
#include "base/err.h"

/* A QR code as a square of modules, for drawing. */

struct qr {
	int size;		   /* modules along a side, without the quiet zone */
	const unsigned char *dark; /* size × size, row by row from the top; 1 = dark */
};

/* text: digits and capitals only (the compact alphanumeric mode), at most 47 of them.  Level Q, version 3: always 29
 * modules, so that a module has the same size on every page.  ERR_INVALID: too long or another character. */
MUST_USE enum err qr_make(struct arena *a, const char *text, struct qr *ret_qr);

#endif
