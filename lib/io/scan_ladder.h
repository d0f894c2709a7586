#ifndef IO_SCAN_LADDER_H
#define IO_SCAN_LADDER_H

#include "io/scan_code.h"
#include "io/scan_view.h"

/* The code of a page, tried in ways that grow dearer until one of them reads a code of ours or the time is over: the red
 * channel first, where the ink of seals is white, then all colours, the whole size, smoothed, black and white, half, and
 * parts of the page enlarged.
 * ret_code: corners in pixels of the picture.  false: none was read. */
bool scan_ladder(struct scan_view *v, struct scan_code *ret_code);

#endif
