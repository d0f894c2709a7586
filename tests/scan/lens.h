#ifndef SCAN_LENS_H
#define SCAN_LENS_H

#include <stdbool.h>

#include "base/field.h"
#include "chance.h"
#include "sheet.h"

/* A scanner or a phone: takes a paper and gives the picture that would be uploaded, as our child decodes it. */

enum lens_desk { DESK_LID_WHITE, DESK_LID_BLACK, DESK_WOOD, DESK_DARK, DESK_CLOTH, DESK_PALE, DESKS };

struct lens {
	bool phone;
	double dpi;	       /* scanner */
	double skew;	       /* degrees, clockwise */
	int turn;	       /* quarters clockwise that the paper lies turned */
	bool whole;	       /* the whole paper lies on the glass, however skewed; else A4 of it */
	int side;	       /* phone: long side of the picture */
	double tilt_x, tilt_y; /* phone: degrees */
	double fill;	       /* phone: part of the picture's height that the paper takes */
	enum lens_desk desk;   /* what lies around */
	double blur;	       /* deviation in millimetres on paper */
	double noise;	       /* deviation of 255 */
	double light;	       /* 1: white paper is 245 */
	double gamma;
	double shade;	 /* 0 … 0.6: how much darker the far side is */
	bool shadow;	 /* a hand's, with a soft edge */
	double warm;	 /* 0 … 0.25: yellow lamp */
	bool grey, thin; /* grey: no colours; thin: still three bytes a pixel */
	int jpeg;	 /* quality */
};

/* From millimetres of the paper to pixels of the picture. */
struct lens_map {
	double m[9];
};

struct lens_point {
	double x, y;
};

struct lens_point lens_at(const struct lens_map *map, double x, double y);

/* The file that would be uploaded, at its whole size. */
bool lens_file(const struct lens *lens, const struct paint *paper, struct chance *c, struct arena *a,
	struct bytes *ret_jpeg, struct lens_map *ret_map);

/* ret_pix: PIX of 8 or 32 bits, long side at most 4000, to be destroyed.  false: not possible, never expected. */
bool lens_take(
	const struct lens *lens, const struct paint *paper, struct chance *c, void **ret_pix, struct lens_map *ret_map);

#endif
