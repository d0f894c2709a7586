#ifndef SCAN_IMPRINT_H
#define SCAN_IMPRINT_H

#include "io/image_imprint.h"
#include "trial.h"

/* Imprint pages made, stamped, scanned and cut out again; what was cut out is held against what was stamped.  Page number n
 * is the same each time. */

enum { IMPRINT_KINDS = 21, IMPRINT_PAGES_MAX = 1024 };

struct imprint_kind {
	const char *name;
	int pages, right; /* size and middle within 0.5 mm, paper clear, ink kept */
	int said;	  /* not right, but it said so: a fault, or fewer than four marks */
};

struct imprint_trial {
	struct imprint_kind kind[IMPRINT_KINDS], all;
	double ms[IMPRINT_PAGES_MAX], size[IMPRINT_PAGES_MAX], middle[IMPRINT_PAGES_MAX]; /* mm */
	double clear[IMPRINT_PAGES_MAX], kept[IMPRINT_PAGES_MAX];			  /* shares that are missing */
	int count; /* of those that gave a picture */
	int64_t peak_bytes;
};

/* say: name each that went wrong on stderr; folder: where to write every picture and its scan, or NULL.  false: the papers
 * cannot be made or the children not run.  The program answers image_is_child. */
bool imprint_trial_run(
	const struct fonts *fonts, int from, int to, bool say, const char *folder, struct imprint_trial *ret_trial);

/* For tests of single pages. */
enum { IMPRINT_BOXES = 4 };
extern const double imprint_box[IMPRINT_BOXES][2]; /* middles, millimetres */

/* A page with its code and boxes, in the arena's page; its paint is freed by the caller. */
struct paint imprint_page(struct arena *a, const struct fonts *fonts, int number);
void imprint_boxes(struct paint *p);

#endif
