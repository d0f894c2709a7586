#ifndef IO_PDF_H
#define IO_PDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/field.h"
#include "io/font.h"

/* A PDF document of pages of one size, A4 unless said otherwise, drawn in memory and written at the end.
 * Places are millimetres from the top left corner of the page, y downwards; type is in points and stands on its base
 * line.  Nothing is written before pdf_save, so pages may be gone back to (for "page 2 of 5"), and the font holds just
 * the characters that were used.
 * Invariants: on each page shades lie below lines and lines below text; the same calls give the same bytes.  Every
 * character is text, also a rare one above U+FFFF: found, copied, read aloud.  Characters that no font has are skipped:
 * look them up before (font_face). */

enum { PDF_WIDTH_MM = 210, PDF_HEIGHT_MM = 297 };

struct pdf;

struct pdf_meta {
	const char *title, *author, *subject; /* NULL: not said */
	int64_t created_at;
	double width_mm, height_mm; /* of a page; 0: A4 */
};

/* Lives in the arena. */
struct pdf *pdf_new(struct arena *a, const struct fonts *fonts, const struct pdf_meta *meta);

void pdf_page(struct pdf *p);	      /* appends a page and goes there */
void pdf_go(struct pdf *p, int page); /* 1… */
int pdf_pages(const struct pdf *p);

/* Copies of a page: what was drawn on a page before pdf_own is stored once and shown by its twins too, what is drawn
 * after it is that page's alone. */
void pdf_own(struct pdf *p);
void pdf_twin(struct pdf *p, int page); /* appends a page that shows the shared part of another, and goes there */

struct pdf_ink {
	double width_pt, gray; /* gray: 0 black … 1 white */
	double dash_mm;	       /* 0: solid */
};

struct pdf_type {
	double size_pt, gray;
	bool bold; /* the outline is drawn too, for a font without a bold face */
};

void pdf_line(struct pdf *p, double x, double y, double to_x, double to_y, struct pdf_ink ink);
void pdf_box(struct pdf *p, double x, double y, double w, double h, struct pdf_ink ink);
void pdf_shade(struct pdf *p, double x, double y, double w, double h, double gray);
void pdf_ring(struct pdf *p, double x, double y, double radius, struct pdf_ink ink);
/* size × size modules (1 = dark) with the given edge, as surfaces: a QR code. */
void pdf_squares(struct pdf *p, double x, double y, double edge_mm, int size, const unsigned char *dark);
void pdf_text(struct pdf *p, double x, double y, struct pdf_type type, const char *text);

double pdf_text_width(const struct pdf *p, double size_pt, const char *text); /* mm */

/* ERR_INTERNAL: libharu refused; the log says with which number. */
MUST_USE enum err pdf_save(struct pdf *p, struct bytes *ret_file);

#endif
