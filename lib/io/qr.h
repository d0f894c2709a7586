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

/* An address, or another line of printable ASCII of at most QR_LINE_MAX characters: level M, as small as it can be. */
enum { QR_LINE_MAX = 200 };
MUST_USE enum err qr_make_line(struct arena *a, const char *text, struct qr *ret_qr);

/* The code as an SVG picture with its quiet zone, one unit a module; black on white whatever lies behind it. */
char *qr_svg(struct arena *a, const struct qr *qr);

#endif
