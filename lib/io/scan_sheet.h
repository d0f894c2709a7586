#ifndef IO_SCAN_SHEET_H
#define IO_SCAN_SHEET_H

#include "io/scan_plane.h"

/* The edges of the paper in a photo.  A code of 26 mm says how large things are beside it, but not at the other end of a
 * page that is seen aslant; the paper's own edges do.
 *
 * grey: a small plane of the picture, by: pixels of the picture to one of it; guess: from pixels of the picture to
 * millimetres, right near the code.  ret_map: the same, right all over the page.
 * false: fewer than four edges are seen; a scanner's glass shows none. */
bool scan_sheet_find(const struct scan_plane *grey, int by, const struct scan_map *guess, struct scan_map *ret_map);

#endif
