#ifndef SCAN_IMPRINT_JUDGE_H
#define SCAN_IMPRINT_JUDGE_H

#include <stdbool.h>

#include "io/image_imprint.h"
#include "sheet.h"

/* What was cut out against the ink as it was put on paper. */

struct imprint_judgement {
	bool any, right;
	double size, middle; /* how far off, mm: the longer of both ways; of the middle */
	double clear;	     /* of the places off the ink: those that are wholly transparent */
	double kept;	     /* of the places of ink: those that are seen */
};

/* alone: the ink on white paper, as put on the page. */
struct imprint_judgement imprint_judge(
	const struct paint *alone, const struct imprint_in *in, const struct imprint *made);

#endif
