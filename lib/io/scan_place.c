#include "io/scan_place.h"

#include <math.h>

#include "io/scan_ladder.h"
#include "io/scan_sheet.h"

/* Where the code stands on our paper, in millimetres: the only thing known here of the form. */
#define A4_W 210.0
#define A4_H 297.0
#define CODE_MM 26.0
#define CODE_X 166.0
#define CODE_Y 12.0
/* Paper is cut and fed a little askew. */
#define SHEET_OFF_MM 6.0

static const struct scan_point code_mm[4] = {
	{CODE_X, CODE_Y}, {CODE_X + CODE_MM, CODE_Y}, {CODE_X + CODE_MM, CODE_Y + CODE_MM}, {CODE_X, CODE_Y + CODE_MM}};

/* Without a code: as if the picture were an A4 page.  false: its shape is another, sizes mean nothing. */
static bool map_of_a4(const struct scan_view *v, struct scan_map *ret_map)
{
	double w = v->w, h = v->h, longer = fmax(w, h), k = A4_H / longer, aspect = longer / fmin(w, h);

	*ret_map = (struct scan_map){{k, 0, 0, 0, k, 0, 0, 0, 1}};
	return fabs(aspect - A4_H / A4_W) < 0.03 * A4_H / A4_W;
}

/* The similarity that lays the code's corners best on their place. */
static void map_of_code(const struct scan_code *code, struct scan_map *ret_map)
{
	struct scan_point from = {0, 0}, to = {0, 0};
	double a = 0, b = 0, d = 0;

	for (int i = 0; i < 4; i++) {
		from.x += code->corner[i].x / 4;
		from.y += code->corner[i].y / 4;
		to.x += code_mm[i].x / 4;
		to.y += code_mm[i].y / 4;
	}
	for (int i = 0; i < 4; i++) {
		double x = code->corner[i].x - from.x, y = code->corner[i].y - from.y, u = code_mm[i].x - to.x,
		       v = code_mm[i].y - to.y;

		a += x * u + y * v;
		b += x * v - y * u;
		d += x * x + y * y;
	}
	a /= d;
	b /= d;
	*ret_map = (struct scan_map){
		{a, -b, to.x - a * from.x + b * from.y, b, a, to.y - b * from.x - a * from.y, 0, 0, 1}};
}

/* By the edges of the paper, if they agree with the code; its size is still the ruler. */
static void map_of_sheet(const struct scan_view *v, struct scan_place *p)
{
	struct scan_point at[4];
	struct scan_map map;
	double size = 0, k;

	if (!scan_sheet_find(&v->small[SCAN_GREY], v->by, &p->to_mm, &map))
		return;
	for (int i = 0; i < 4; i++) {
		at[i] = scan_map_at(&map, p->code.corner[i]);
		if (hypot(at[i].x - code_mm[i].x, at[i].y - code_mm[i].y) > SHEET_OFF_MM)
			return;
	}
	for (int i = 0; i < 4; i++)
		size += hypot(at[i].x - at[(i + 1) % 4].x, at[i].y - at[(i + 1) % 4].y) / 4;
	k = CODE_MM / size;
	for (int i = 0; i < 6; i++)
		map.m[i] *= k;
	p->to_mm = map;
	p->sheet = true;
}

double scan_place_px_per_mm(const struct scan_map *to_mm, struct scan_point at)
{
	struct scan_point a = scan_map_at(to_mm, at), b = scan_map_at(to_mm, (struct scan_point){at.x + 10, at.y}),
			  c = scan_map_at(to_mm, (struct scan_point){at.x, at.y + 10});

	return 10 / sqrt(fmax(hypot(a.x - b.x, a.y - b.y) * hypot(a.x - c.x, a.y - c.y), 1e-6));
}

void scan_place_find(struct scan_view *v, struct scan_place *ret_place)
{
	*ret_place = (struct scan_place){0};
	ret_place->ruler = map_of_a4(v, &ret_place->to_mm);
	if (!scan_ladder(v, &ret_place->code) || !ret_place->code.ours)
		return;
	map_of_code(&ret_place->code, &ret_place->to_mm);
	ret_place->ruler = true;
	map_of_sheet(v, ret_place);
}
