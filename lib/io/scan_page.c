#include "io/scan_page.h"

#include <math.h>

#include "io/scan_place.h"
#include "io/scan_quality.h"
#include "io/scan_seal.h"

#define A4_W 210.0
#define A4_H 297.0
/* What is printed lies between these; what of it is not in the picture is lost. */
#define PRINT_LEFT 18.0
#define PRINT_RIGHT 192.0
#define PRINT_TOP 12.0
#define PRINT_BOTTOM 280.0
#define LOST_MM 4.0
/* Without its edges the paper may be anywhere, also across. */
#define AROUND_MM 100.0

enum { PARTS = 10000, SIDE_MIN = 24 };

struct page {
	struct scan_view view;
	struct scan *scan;
	struct scan_place place;
};

/* Quarters clockwise until the code stands upright. */
static int64_t turn_of(const struct scan_code *code)
{
	double dx = code->corner[1].x - code->corner[0].x + code->corner[2].x - code->corner[3].x,
	       dy = code->corner[1].y - code->corner[0].y + code->corner[2].y - code->corner[3].y;
	int quarters = (int)lround(atan2(dy, dx) / (M_PI / 2));

	return (4 - (quarters + 4) % 4) % 4;
}

static struct scan_point turned(const struct page *p, double x, double y)
{
	double w = p->view.w, h = p->view.h;

	for (int64_t i = 0; i < p->scan->turn; i++) {
		double old = x, swap = w;

		x = h - y;
		y = old;
		w = h;
		h = swap;
	}
	return (struct scan_point){x / w, y / h};
}

static int64_t part(double share)
{
	return share <= 0 ? 0 : share >= 1 ? PARTS : (int64_t)lround(share * PARTS);
}

static struct scan_area area_of(const struct page *p, double left, double top, double right, double bottom)
{
	struct scan_point a = turned(p, left, top), b = turned(p, right, bottom);
	int64_t x = part(fmin(a.x, b.x)), y = part(fmin(a.y, b.y));

	return (struct scan_area){x, y, part(fmax(a.x, b.x)) - x, part(fmax(a.y, b.y)) - y};
}

static bool is_cropped(const struct page *p)
{
	struct scan_map to_px;

	if (!scan_map_invert(&p->place.to_mm, &to_px))
		return false;
	for (int i = 0; i < 4; i++) {
		struct scan_point at = scan_map_at(&to_px,
			(struct scan_point){i & 1 ? PRINT_RIGHT : PRINT_LEFT, i & 2 ? PRINT_BOTTOM : PRINT_TOP});
		double lost = LOST_MM * scan_place_px_per_mm(&p->place.to_mm, at);

		if (at.x < -lost || at.y < -lost || at.x > p->view.w + lost || at.y > p->view.h + lost)
			return true;
	}
	return false;
}

static void see_code(struct page *p, struct arena *a)
{
	const struct scan_code *code = &p->place.code;
	double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;

	scan_place_find(&p->view, &p->place);
	if (!code->text)
		return;
	p->scan->code = arena_text(a, code->text);
	for (int i = 0; i < 4; i++) {
		left = fmin(left, code->corner[i].x);
		right = fmax(right, code->corner[i].x);
		top = fmin(top, code->corner[i].y);
		bottom = fmax(bottom, code->corner[i].y);
	}
	if (code->ours) {
		p->scan->turn = turn_of(code);
		p->scan->dpi = llround(25.4 * scan_place_px_per_mm(&p->place.to_mm, code->corner[3]));
		p->scan->dpi = p->scan->dpi > 2400 ? 2400 : p->scan->dpi;
		p->scan->cropped = is_cropped(p);
	}
	p->scan->code_area = area_of(p, left, top, right, bottom);
}

static void see_seals(struct page *p, struct arena *a)
{
	struct scan_mark mark[SCAN_SEALS_MAX];
	double around = p->place.sheet ? 0 : AROUND_MM;
	struct scan_part part = {{-around, -around}, {A4_W + around, A4_H + around}};
	int count = scan_seals(&p->view, &p->place.to_mm, part, mark);
	struct scan_seal *seal = arena_array(a, (size_t)count, sizeof *seal);

	for (int i = 0; i < count; i++)
		seal[i] = (struct scan_seal){area_of(p, mark[i].left, mark[i].top, mark[i].right, mark[i].bottom),
			p->place.ruler ? llround(mark[i].mm * 10) : 0, mark[i].cut};
	p->scan->seals = (struct list){seal, (size_t)count};
}

void scan_page(struct arena *a, void *pix, struct scan *ret_scan)
{
	struct arena *work = arena_new();
	struct page p = {.scan = ret_scan};

	*ret_scan = (struct scan){.code = ""};
	scan_view_init(&p.view, work, pix);
	if (p.view.w < SIDE_MIN || p.view.h < SIDE_MIN) {
		ret_scan->blank = ret_scan->grey = true;
	} else {
		see_code(&p, a);
		see_seals(&p, a);
		scan_quality(&p.view,
			scan_place_px_per_mm(&p.place.to_mm, (struct scan_point){p.view.w / 2.0, p.view.h / 2.0}),
			ret_scan);
	}
	arena_free(work);
}
