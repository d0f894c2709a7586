#ifndef DOMAIN_FORM_LAYOUT_H
#define DOMAIN_FORM_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* What stands on the printed form, as tables.  One list of sections serves every holder and service: a section or row
 * that names holders or services stands only on their forms.  Changing a form means changing a row here; form_draw.c
 * knows kinds of blocks, never fields.
 *
 * All rows share four columns, so the lines of the whole page meet:
 *     | section | label | value | label | value |
 * A row with one cell lets its value run to the right edge. */

enum form_holder { FORM_ORG = 1, FORM_REP = 2, FORM_IND = 4 };

/* What a form has besides what all have; the caller sees it from what the route asks. */
enum form_part {
	FORM_WITH_YEARS = 1,
	FORM_WITH_FEE = 2,    /* and whose invoice */
	FORM_WITH_CHANGE = 4, /* before and after */
	FORM_WITH_REASON = 8,
	FORM_WITH_PARCEL = 16,	    /* where to */
	FORM_WITH_IMPRESSIONS = 32, /* a page for new seals */
	FORM_WITH_SERIALS = 64,	    /* of certificates that are there */
	FORM_WITH_PICKUP = 128,	    /* which counter; instead of a parcel */
	FORM_WITHOUT_YEARS = 256    /* made by form_draw */
};

enum form_block {
	FORM_GRID,	  /* rows of labels and values */
	FORM_SEALS,	  /* one line per certificate: number, kind of seal, text of the seal */
	FORM_PROMISE,	  /* declaration, signatures, date, place of the stamp */
	FORM_OFFICE,	  /* for the CA's staff */
	FORM_IMPRESSIONS, /* boxes for seal impressions, on pages of their own behind the copies, once */
};

/* Widths in mm; they add up to the width of the page between the margins. */
enum { FORM_TITLE_MM = 9, FORM_LABEL_MM = 27, FORM_VALUE_MM = 52, FORM_LABEL2_MM = 33, FORM_VALUE2_MM = 53 };

struct form_cell {
	const char *label;
	const char *pointer; /* one, or several joined by "+" whose texts follow each other */
};

struct form_row {
	struct form_cell cell[2];
	unsigned holders, parts; /* 0: all */
};

struct form_section {
	const char *title; /* two or four characters: stands upright in the first column */
	enum form_block block;
	const struct form_row *row;
	size_t count;
	unsigned holders, parts; /* 0: all */
};

extern const struct form_section form_sections[];
extern const size_t form_section_count;

/* The block FORM_PROMISE. */
struct form_promise {
	const char *text;
	const char *sign[3]; /* labels of the lines to sign, ended by NULL */
	const char *stamp;   /* what to stamp in the circle; NULL: no stamp */
};

/* The block FORM_OFFICE: one column each. */
extern const char *const form_office[];

/* The block FORM_IMPRESSIONS: pages of four boxes.  A box is a square of 70 mm; around it stand four black squares of 4 mm,
 * their middles 39 mm from its own to each side, by which a scan of it is straightened and scaled (lib/io/image_imprint.h). */
enum { FORM_BOXES = 4, FORM_BOX_MM = 70, FORM_MARK_MM = 4, FORM_MARK_AT_MM = 39 };

struct form_box {
	int x, y; /* its middle, mm from the top left corner of the page */
};
extern const struct form_box form_box[FORM_BOXES];

extern const char form_impressions_text[];			/* above the boxes */
extern const char form_stamp_text[], form_stamp_or_sign_text[]; /* beneath a box: for seals, for names and hands */

/* The line under every title. */
extern const char form_subtitle[];

unsigned form_holder_bit(const char *word); /* "org" …; 0: unknown */
const struct form_promise *form_promise_of(unsigned holder);

bool form_cell_has(const struct form_cell *cell, const char *pointer); /* alone or among others */

#endif
