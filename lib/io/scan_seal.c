#include "io/scan_seal.h"

#include <math.h>
#include <stdlib.h>

#include "io/scan_square.h"

enum { BORDER_MIN = 40, RINGS_MAX = 3 };

static struct scan_mark mark_none(double mm)
{
	return (struct scan_mark){1e9, 1e9, -1e9, -1e9, mm, false};
}

static void reach(const struct scan_paper *paper, struct scan_point mm, struct scan_mark *m)
{
	struct scan_point p = scan_map_at(&paper->to_px, mm);

	m->cut = m->cut || !scan_paper_has(paper, mm);
	m->left = fmax(fmin(m->left, p.x), 0);
	m->right = fmin(fmax(m->right, p.x), paper->w);
	m->top = fmax(fmin(m->top, p.y), 0);
	m->bottom = fmin(fmax(m->bottom, p.y), paper->h);
}

static struct scan_mark mark_of_ring(const struct scan_paper *paper, const struct scan_ring *ring)
{
	struct scan_mark m = mark_none(ring->mm);

	for (int i = 0; i < 360; i += 5)
		reach(paper, scan_ellipse_point(&ring->shape, i), &m);
	return m;
}

static struct scan_mark mark_of_square(const struct scan_paper *paper, const struct scan_square *square)
{
	struct scan_mark m = mark_none(square->mm);

	for (int i = 0; i < 4; i++)
		reach(paper, square->corner[i], &m);
	return m;
}

/* All marks of one group: what lies in a ring that was found is taken away before the next is sought. */
static int marks_of(struct arena *a, const struct scan_paper *paper, const struct scan_group *group,
	struct scan_mark *ret_mark, int room)
{
	struct scan_point *border = arena_array(a, group->count, sizeof *border);
	size_t count = 0;
	struct scan_square square;
	struct scan_ring ring;
	int found = 0;

	for (size_t i = 0; i < group->count; i++) {
		border[count] = scan_map_at(
			&paper->to_mm, (struct scan_point){(group->border[i].x + 0.5) * paper->red->by,
					       (group->border[i].y + 0.5) * paper->red->by});
		count += scan_paper_has(paper, border[count]);
	}
	while (found < room && found < RINGS_MAX && count >= BORDER_MIN &&
		scan_ring_find(paper, border, count, &ring)) {
		size_t left = 0;

		ret_mark[found++] = mark_of_ring(paper, &ring);
		for (size_t i = 0; i < count; i++)
			if (scan_ellipse_reach(&ring.shape, border[i]) > 1.04)
				border[left++] = border[i];
		count = left;
	}
	if (found < room && count >= BORDER_MIN && scan_square_find(a, paper, border, count, &square))
		ret_mark[found++] = mark_of_square(paper, &square);
	return found;
}

static int by_size(const void *a, const void *b)
{
	const struct scan_mark *p = a, *q = b;

	return (p->mm < q->mm) - (p->mm > q->mm);
}

int scan_seals(struct scan_view *v, const struct scan_map *to_mm, struct scan_part part,
	struct scan_mark ret_mark[SCAN_SEALS_MAX])
{
	struct scan_red red;
	struct scan_paper paper = {&red, *to_mm, {{0}}, v->w, v->h, part};
	struct scan_point a, b;
	int found = 0;

	if (!v->colour || !scan_map_invert(to_mm, &paper.to_px))
		return 0;
	a = scan_map_at(&paper.to_px, (struct scan_point){80, 150});
	b = scan_map_at(&paper.to_px, (struct scan_point){130, 150});
	scan_red_find(v, hypot(a.x - b.x, a.y - b.y) / 50, to_mm, part, &red);
	for (size_t i = 0; i < red.groups && found < SCAN_SEALS_MAX; i++)
		found += marks_of(v->arena, &paper, &red.group[i], ret_mark + found, SCAN_SEALS_MAX - found);
	qsort(ret_mark, (size_t)found, sizeof *ret_mark, by_size);
	return found;
}
