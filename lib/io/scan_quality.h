#ifndef IO_SCAN_QUALITY_H
#define IO_SCAN_QUALITY_H

#include "io/scan.h"
#include "io/scan_view.h"

/* How good a picture is, whatever stands on it: grey, blank, sharpness and light of struct scan.
 * px_per_mm: of the picture; the same blur is worse on small pictures. */
void scan_quality(struct scan_view *v, double px_per_mm, struct scan *ret_scan);

#endif
