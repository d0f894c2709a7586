#ifndef IO_IMAGE_PDF_H
#define IO_IMAGE_PDF_H

#include "base/field.h"

/* In the confined child: what sniff could not see of a PDF, because it is packed in streams of objects.
 * "encrypted", "active", "too_complex" or NULL.  Takes at most a fixed amount of memory beside the bytes. */
const char *image_pdf_fault(struct bytes in);

#endif
