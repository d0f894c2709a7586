#ifndef SCAN_SHEET_H
#define SCAN_SHEET_H

#include "base/arena.h"
#include "chance.h"
#include "io/font.h"

/* Papers before anybody has written on them, 300 dpi: every page of the printed forms, and other papers that come in the
 * same pile. */

enum { SHEET_DPI = 300, SHEET_W = 2480, SHEET_H = 3508 };

#define SHEET_PX_PER_MM (SHEET_DPI / 25.4)

/* Colours, three bytes a pixel. */
struct paint {
	int w, h;
	unsigned char *at;
};

struct paint paint_new(int w, int h, unsigned char grey);
void paint_free(struct paint *p);
struct paint paint_copy(const struct paint *p);
struct paint paint_half(const struct paint *p); /* each pixel the mean of four */

static inline unsigned char *paint_at(const struct paint *p, int x, int y)
{
	return p->at + ((size_t)y * (size_t)p->w + (size_t)x) * 3;
}

void sheet_fill(struct paint *p, double x, double y, double w, double h, unsigned rgb); /* millimetres */
/* Something like a line of text. */
void sheet_words(struct paint *p, struct chance *c, double x, double y, double size, int count, unsigned rgb);

struct sheet_page {
	const char *code; /* of our form; NULL: no page of ours */
	bool foreign;	  /* bears a code of somebody else */
	bool unit;	  /* bears a place for the stamp */
	struct paint paint;
};

extern const unsigned char sheet_key[32];

enum { SHEET_FORMS = 21, SHEET_OTHERS = 5 };

/* A form: holder and service by number 0 … SHEET_FORMS - 1, its pages of both copies.  NULL: cannot be made, said on
 * stderr.  Pages live in the arena, their paint until sheet_free. */
struct sheet_page *sheet_form(struct arena *a, const struct fonts *fonts, int number, int *ret_pages);
/* Empty paper, a letter with a red head, a copy of identity cards, a licence with a foreign code, a page of text. */
struct sheet_page *sheet_other(struct arena *a, int number);

#endif
