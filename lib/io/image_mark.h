#ifndef IO_IMAGE_MARK_H
#define IO_IMAGE_MARK_H

#include "base/field.h"

/* In the confined child: the mask of image_mark (image.h), its width and height in 4 bytes each before it, laid over the JPEG
 * behind it again and again, aslant.  *ret_jpeg is malloc'ed.  false: it cannot be. */
bool image_mark_over(struct bytes in, unsigned char **ret_jpeg, size_t *ret_n);

#endif
