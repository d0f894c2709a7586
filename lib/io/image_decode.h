#ifndef IO_IMAGE_DECODE_H
#define IO_IMAGE_DECODE_H

#include <stdbool.h>

#include "base/field.h"
#include "io/image_png.h"
#include "io/sniff.h"

/* In the confined child: an applicant's picture as PIX, and what is sent back about it (image_child.h). */

/* A JPEG or PNG, made smaller while it is decoded, but not below IMAGE_SIDE; plain colours of 8 or 32 bits, upright by
 * EXIF.  *ret_reduce: how many times smaller it is.  0, or a status of IMAGE_CHILD_…. */
int image_decode(struct bytes in, struct sniff *ret_sniff, struct Pix **ret_pix, int *ret_reduce);

/* A place of the upright picture, w × h, on the picture as it is stored, both as small. */
void image_as_stored(const struct sniff *s, int w, int h, double *x, double *y);

/* A part of a picture that was decoded before, as it is stored: not turned.  *ret_reduce: 1, or 2 when there is no memory for
 * all of it.  NULL: not even then. */
struct Pix *image_decode_part(struct bytes in, const struct sniff *s, struct image_png_box part, int *ret_reduce);

/* The PIX is replaced by what comes out of a step; NULL stays NULL. */
struct Pix *image_step(struct Pix *old, struct Pix *new);

/* One part on standard output.  false: nobody takes it. */
bool image_send(unsigned char kind, const void *bytes, size_t n);

#endif
