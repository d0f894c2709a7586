#ifndef IO_PDF_PAGE_H
#define IO_PDF_PAGE_H

#include "base/str.h"
#include "io/pdf.h"

/* Between pdf.c, which remembers what is drawn, pdf_content.c, which writes it in the language of PDF pages, and
 * pdf_save.c, which makes the file. */

#define PT_PER_MM (72.0 / 25.4)

struct text {
	double x, y; /* points from the bottom left */
	struct pdf_type type;
	const char *text;
	struct text *next;
};

struct layer {
	struct str shades, marks; /* ready for the content stream, in this order */
	struct pdf_ink ink;	  /* of the path that marks ends with */
	bool open;		  /* that path still wants its stroke */
	struct text *first, **last;
};

struct page {
	struct layer shared, own, *draw; /* draw: where drawing goes */
	struct page *twin;		 /* whose shared layer stands for ours; NULL: none */
	void *stream;			 /* of the shared layer, once written */
	struct page *next;
};

struct pdf {
	struct arena *arena;
	const struct fonts *fonts;
	struct pdf_meta meta;
	struct page *first, *here;
	int count;
};

/* A number of the content stream with so many decimals (0–4), and a blank. */
void pdf_number(struct str *s, double value, int decimals);

/* The characters of each face that the document shows, rising. */
struct pdf_used {
	const uint32_t *cp[FONT_FACES_MAX];
	size_t count[FONT_FACES_MAX];
};

void pdf_used(const struct pdf *p, struct pdf_used *ret_used);

/* The layer in the language of pages; face i is called /Fi, and characters are the numbers of its glyphs. */
void pdf_content(const struct pdf *p, const struct pdf_used *used, const struct layer *layer, struct str *to);

#endif
