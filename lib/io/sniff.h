#ifndef IO_SNIFF_H
#define IO_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file is, by its own bytes: never by its name or by what the browser said.  JPEG, PNG and PDF are taken, after a
 * light look at their structure (segments, chunks, dictionary names); everything else, and what is two kinds at once, has
 * a fault.  Nothing is decoded here: that happens in a confined child (confine.h).  Reads only, never outside the bytes. */

enum sniff_kind { SNIFF_OTHER, SNIFF_JPEG, SNIFF_PNG, SNIFF_PDF };

enum { SNIFF_PIXELS_MAX = 40000000, SNIFF_SIDE_MAX = 30000 };

struct sniff {
	enum sniff_kind kind;
	const char *media;     /* "image/jpeg"; of other kinds NULL */
	int64_t width, height; /* pictures: as stored, before turning */
	int orientation;       /* EXIF, 1..8 */
	bool carries;	       /* JPEG: comments or segments of applications, be they profiles, EXIF or worse */
	const char *fault; /* NULL: may go on.  empty type heic broken encrypted active polyglot too_large_picture */
};

void sniff(const void *bytes, size_t n, struct sniff *ret_sniff);

/* A whole JPEG and nothing behind it, without comments and application segments but the JFIF head: what we write ourselves. */
bool sniff_jpeg_plain(const void *bytes, size_t n);

#endif
