#ifndef IO_IMAGE_RUN_H
#define IO_IMAGE_RUN_H

#include "io/confine.h"

/* Running the confined children of images (image.h), and taking apart what they send (image_child.h). */

enum { IMAGE_NICE = 5 }; /* of work that is done behind */

/* argv[0] NULL: this program as its own child.  ERR_INTERNAL: it could not be started. */
enum err image_run(struct arena *a, const char **argv, int nice, struct bytes in, struct confine_result *ret_result)
	MUST_USE;

/* How a child of ours ended, as a fault; NULL: well.  ERR_INTERNAL: it could not do its work, whatever the file. */
enum err image_run_fault(const struct confine_result *r, const char **ret_fault) MUST_USE;

/* Looks through what is packed in a PDF (image_pdf.h): NULL, or why it is refused. */
enum err image_run_pdf_fault(struct arena *a, struct bytes pdf, const char **ret_fault) MUST_USE;

struct image_part {
	unsigned char kind;
	struct bytes bytes; /* within the output */
};

/* The next part, taken off the front of rest.  false: there is no whole one; what is left is cut off. */
bool image_part_next(struct bytes *rest, struct image_part *ret_part);

/* A number as it stands before parts and in what children are given: 4 bytes, the big end first. */
void image_put(unsigned char *to, int value);

#endif
