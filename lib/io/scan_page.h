#ifndef IO_SCAN_PAGE_H
#define IO_SCAN_PAGE_H

#include "base/arena.h"
#include "io/scan.h"

/* Looks at one page that came back: code, seals, quality (scan.h).  Runs in the confined child: only memory, no file, no
 * thread, no log; at most 1.5 s of processor time on a picture of 4000 pixels a side, and 64 MB besides the picture.
 *
 * pix: PIX of leptonica, 8 or 32 bits per pixel, upright by EXIF, long side up to about 4000; borrowed and not changed.
 * ret_scan: turn says how many quarters clockwise the picture must still be turned by the caller; the areas in it are
 * already those of the turned picture.  dpi is that of this picture: who decoded it smaller multiplies.  Lives in a. */
void scan_page(struct arena *a, void *pix, struct scan *ret_scan);

#endif
