#ifndef SCAN_INK_H
#define SCAN_INK_H

#include "chance.h"
#include "sheet.h"

/* What people put on paper: stamps and strokes of a pen.  Millimetres on the page. */

enum stamp_kind { STAMP_ROUND, STAMP_OVAL, STAMP_SQUARE, STAMP_KINDS };

struct stamp {
	enum stamp_kind kind;
	double x, y;	 /* middle */
	double w, h;	 /* outside */
	double turn;	 /* degrees */
	double strength; /* 0.3 faint … 1 */
	double mottle;	 /* 0 even … 0.6 half of it missing */
	unsigned rgb;
};

void ink_stamp(struct paint *p, struct chance *c, const struct stamp *s);

/* A name as somebody writes it, about w × h. */
void ink_signature(struct paint *p, struct chance *c, double x, double y, double w, double h, unsigned rgb);
void ink_underline(struct paint *p, struct chance *c, double x, double y, double w, unsigned rgb);
void ink_circle(struct paint *p, struct chance *c, double x, double y, double r, unsigned rgb); /* by hand */
void ink_tick(struct paint *p, struct chance *c, double x, double y, double size, unsigned rgb);

#endif
