#ifndef DOMAIN_FORM_SHEET_H
#define DOMAIN_FORM_SHEET_H

#include "domain/form_draw.h"
#include "io/pdf.h"

/* The paper under form_draw: margins, type sizes, wrapping, text in boxes, head and foot of each page.
 * Places are millimetres from the top left corner of the page. */

#define SHEET_LEFT 18.0
#define SHEET_RIGHT 192.0
#define SHEET_WIDTH (SHEET_RIGHT - SHEET_LEFT)
#define SHEET_TOP 50.0	   /* below the head */
#define SHEET_BOTTOM 276.0 /* above the foot */

#define SHEET_SIZE_PT 10.5
#define SHEET_LEADING_MM 5.0 /* of text in SHEET_SIZE_PT */
#define SHEET_PAD_MM 1.6

static const struct pdf_ink sheet_thin = {0.5, 0, 0}, sheet_thick = {1.0, 0, 0};

struct sheet {
	struct arena *arena;
	const struct fonts *fonts;
	const struct form_paper *paper;
	struct pdf *pdf;
	double row;   /* height of a row of one line */
	double spare; /* room that signatures and stamp may take on top of what they need */
	double y;     /* where the next block begins */
	double main_end;
	int main_pages; /* where the last block ended */
};

enum sheet_align { SHEET_LEFT_ALIGN, SHEET_CENTRE };

/* Lines no wider than width mm.  Chinese breaks anywhere but before closing and after opening marks, Latin at blanks;
 * what still does not fit is broken where it must.  At least one line. */
struct texts sheet_wrap(const struct sheet *s, double size_pt, double width, const char *text);

double sheet_height(const struct sheet *s, const struct texts *lines, double size_pt); /* mm, padding included */

/* The lines, in the middle of the box's height. */
void sheet_text(struct sheet *s, double x, double y, double w, double h, enum sheet_align align, struct pdf_type type,
	const struct texts *lines);
void sheet_label(struct sheet *s, double x, double y, double w, double h, const char *text); /* one line, centred */
/* Characters one below the other, in as many columns as the height asks for. */
void sheet_upright(struct sheet *s, double x, double y, double w, double h, const char *text);

void sheet_page(struct sheet *s);		 /* a new page, s->y at its top */
void sheet_need(struct sheet *s, double height); /* a new page unless that much room is left */

/* Heads, feet and codes of the pages from the given one to the last, when their number is known; they count from there.
 * part: what these pages are, of which there is one set; NULL: the form itself, and further copies of it are added. */
MUST_USE enum err sheet_finish(struct sheet *s, int first, const char *part);

#endif
