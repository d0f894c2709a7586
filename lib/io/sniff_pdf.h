#ifndef IO_SNIFF_PDF_H
#define IO_SNIFF_PDF_H

#include <stddef.h>

/* The names of a PDF that have no business in an applicant's paper: encryption, scripts, programs, attached files.  Walks
 * the bytes and believes none of the structure, for readers disagree about broken structure: a name counts wherever it
 * stands.  Between "stream" and "endstream", where compressed bytes make short names by chance, only long
 * names of what is active count.
 * The bytes are a file, or what was packed in a stream of one.
 * "encrypted", "active" or NULL. */
const char *sniff_pdf_names(const void *bytes, size_t n);

#endif
