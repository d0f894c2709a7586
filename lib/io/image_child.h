#ifndef IO_IMAGE_CHILD_H
#define IO_IMAGE_CHILD_H

/* What the confined child and we say to each other: on its standard output parts, each a letter, its length in 4 bytes with
 * the big end first, and so many bytes; and how it ended.
 * First the page and its small picture, so that a page is not lost when looking at it takes too long; then, when it must be
 * turned, both again; last what was seen on it, as JSON. */

enum { IMAGE_PART_HEAD = 5, IMAGE_PART_PAGE = 'P', IMAGE_PART_THUMB = 'T', IMAGE_PART_SCAN = 'S' };

enum {
	IMAGE_CHILD_BROKEN = 2,
	IMAGE_CHILD_LARGE,
	IMAGE_CHILD_ENCRYPTED,
	IMAGE_CHILD_ACTIVE,
	IMAGE_CHILD_COMPLEX,
	IMAGE_CHILD_CANNOT, /* not the file's fault */
};

/* Ends the child at once. */
_Noreturn void image_leave(int status);

#endif
