#ifndef DOMAIN_FORM_DRAW_H
#define DOMAIN_FORM_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/field.h"
#include "io/font.h"

/* The printed application form: a case, frozen, as A4 pages.  What stands where is said by the tables of form_layout.
 * Invariants: nothing typed is lost: long texts wrap, long lists flow to further pages, and a character that no font can
 * print refuses the whole form, named with its code point.  The same paper gives the same bytes.  Every page of a filled
 * form carries its QR (form_code.h); page numbers count within one copy, and within the pages for seal impressions behind
 * the copies.
 * What it does not do: it knows no case, database or catalogue; the caller brings every value as text. */

struct form_value {
	const char *pointer; /* "/unit/name"; also "/service", "/holder", "/channel": their names */
	const char *text;    /* ready to print; NULL or "" prints a dash */
};

struct form_item {
	const char *seal_kind, *seal_name; /* names, not codes */
	const char *old_serial;		   /* of the certificate at hand; NULL: none */
	bool may_sign;			   /* a hand or a name, not only a seal */
};

enum { FORM_ITEMS_MAX = 20, FORM_COPIES_MAX = 2 };

/* Where seals belong. */
struct form_marks {
	int64_t stamp_page; /* the page of a copy (1…) with the place of the stamp; 0: none */
	int64_t seal_pages; /* pages with boxes for impressions, once behind the copies */
};

struct form_paper {
	const char *holder;  /* code; with parts it chooses the layout */
	unsigned parts;	     /* enum form_part */
	const char *title;   /* a bracket at its end goes to the second line */
	const char *no;	     /* case number; NULL on a blank form */
	int version, copies; /* copies 1–2, each labelled */
	int64_t frozen_at;
	int64_t amount_fen;
	const struct form_value *value;
	size_t value_count;
	const struct form_item *item;
	size_t item_count;		    /* 0–20 */
	const char *post_address, *hotline; /* for the foot of the page; NULL: left out */
	const unsigned char *mac_key;
	size_t mac_key_len;
	bool blank;		      /* no number, no QR; what has no value is left to be written */
	struct form_marks *ret_marks; /* NULL: not asked for */
};

/* ret_pages: pages of the file, all copies and the impressions.  ret_pdf lives in the arena.
 * Errors: ERR_INVALID with faults (code "glyph", pointer of the field); ERR_TOO_LARGE (more than 31
 * pages in a copy); ERR_INTERNAL. */
MUST_USE enum err form_draw(struct arena *a, const struct fonts *fonts, const struct form_paper *paper,
	struct bytes *ret_pdf, int *ret_pages, struct faults *faults);

#endif
