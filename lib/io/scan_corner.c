#include "io/scan_corner.h"

#include <math.h>
#include <string.h>

/* In a photo the code says where the other end of the page is only by so much. */
#define ASTRAY_MM 36.0
#define MARK_MM 4.0
#define AROUND_MM 5.0
/* Marks of one box against those of others: how much larger or more turned than the code has it, how far off where two of
 * them have the third. */
#define SCALE_OFF 0.22
#define TURN_OFF 0.22
#define THIRD_MM 5.0
/* Two alone are believed only where the code has them; the next box's are further away. */
#define ALONE_MM 5.0

enum { BLOBS_MAX = 96, DARK_PERCENT = 62 };

static const struct scan_point corner_mm[SCAN_CORNERS] = {{-SCAN_CORNER_MM, -SCAN_CORNER_MM},
	{SCAN_CORNER_MM, -SCAN_CORNER_MM}, {SCAN_CORNER_MM, SCAN_CORNER_MM}, {-SCAN_CORNER_MM, SCAN_CORNER_MM}};

/* A dark spot that may be a mark. */
struct blob {
	struct scan_point at;
	double side;
};

struct search {
	const struct scan_plane *plane, *around;
	struct scan_point want[SCAN_CORNERS]; /* by the code */
	double px_per_mm;
	int left, top, right, bottom;
	unsigned char *done;
	int *stack;
	struct blob blob[BLOBS_MAX];
	int blobs;
};

/* --- spots --- */

static bool is_dark(const struct search *s, int x, int y)
{
	return scan_plane_row(s->plane, y)[x] * 100 < scan_plane_row(s->around, y)[x] * DARK_PERCENT;
}

struct moments {
	double n, x, y, xx, yy, xy;
};

/* All of a spot; bounded, for marks are small. */
static struct moments flood(struct search *s, int x, int y, int most)
{
	static const int dx[4] = {1, -1, 0, 0}, dy[4] = {0, 0, 1, -1};
	struct moments m = {0};
	int w = s->right - s->left, top = 0;

	s->done[(y - s->top) * w + x - s->left] = 1;
	s->stack[top++] = y * s->plane->w + x;
	while (top > 0) {
		int at = s->stack[--top], px = at % s->plane->w, py = at / s->plane->w;
		double u = px - x, v = py - y;

		m.n++;
		m.x += u;
		m.y += v;
		m.xx += u * u;
		m.yy += v * v;
		m.xy += u * v;
		for (int i = 0; i < 4; i++) {
			int nx = px + dx[i], ny = py + dy[i];
			unsigned char *seen = &s->done[(ny - s->top) * w + nx - s->left];

			if (nx < s->left || ny < s->top || nx >= s->right || ny >= s->bottom || *seen ||
				!is_dark(s, nx, ny))
				continue;
			*seen = 1;
			s->stack[top++] = ny * s->plane->w + nx;
		}
	}
	if (m.n > most)
		m.n = 0;
	return m;
}

/* A square, turned or not, spreads by a twelfth of its area each way. */
static bool is_square(const struct moments *m, struct blob *ret_blob)
{
	double x = m->x / m->n, y = m->y / m->n, xx = m->xx / m->n - x * x + 1 / 12.0,
	       yy = m->yy / m->n - y * y + 1 / 12.0, xy = m->xy / m->n - x * y, half = (xx + yy) / 2,
	       off = hypot((xx - yy) / 2, xy), full = (xx * yy - xy * xy) * 144 / (m->n * m->n);

	ret_blob->at = (struct scan_point){x + 0.5, y + 0.5};
	ret_blob->side = sqrt(m->n);
	return half - off > 0 && sqrt((half + off) / (half - off)) < 1.4 && full > 0.86 && full < 1.2;
}

static void find_blobs(struct search *s)
{
	double side = MARK_MM * s->px_per_mm;
	int w = s->right - s->left;

	for (int y = s->top; y < s->bottom; y++)
		for (int x = s->left; x < s->right && s->blobs < BLOBS_MAX; x++) {
			struct blob *b = &s->blob[s->blobs];
			struct moments m;

			if (s->done[(y - s->top) * w + x - s->left] || !is_dark(s, x, y))
				continue;
			m = flood(s, x, y, (int)(side * side * 2.2));
			if (m.n < side * side * 0.4 || !is_square(&m, b))
				continue;
			b->at.x += x;
			b->at.y += y;
			s->blobs++;
		}
}

/* --- which of them --- */

struct match {
	struct scan_point at[SCAN_CORNERS];
	bool has[SCAN_CORNERS];
	int seen;
	double off;
};

/* Places of all corners when two of them are known: turned and scaled, not bent. */
static void from_two(int i, int j, struct scan_point p, struct scan_point q, struct scan_point ret[SCAN_CORNERS])
{
	double x = corner_mm[j].x - corner_mm[i].x, y = corner_mm[j].y - corner_mm[i].y, d = x * x + y * y,
	       a = ((q.x - p.x) * x + (q.y - p.y) * y) / d, b = ((q.y - p.y) * x - (q.x - p.x) * y) / d;

	for (int k = 0; k < SCAN_CORNERS; k++) {
		double u = corner_mm[k].x - corner_mm[i].x, v = corner_mm[k].y - corner_mm[i].y;

		ret[k] = (struct scan_point){p.x + a * u - b * v, p.y + b * u + a * v};
	}
}

static double distance(struct scan_point a, struct scan_point b)
{
	return hypot(a.x - b.x, a.y - b.y);
}

static double square(double x)
{
	return x * x;
}

/* Larger, smaller or more turned than can be. */
static bool is_astray(const struct search *s, int i, int j, struct scan_point p, struct scan_point q)
{
	double x = s->want[j].x - s->want[i].x, y = s->want[j].y - s->want[i].y, u = q.x - p.x, v = q.y - p.y;
	double scale = hypot(u, v) / hypot(x, y), turn = atan2(x * v - y * u, x * u + y * v);

	return fabs(scale - 1) > SCALE_OFF || fabs(turn) > TURN_OFF;
}

/* The fourth of three. */
static void complete(struct scan_point at[SCAN_CORNERS], const bool has[SCAN_CORNERS])
{
	for (int i = 0; i < SCAN_CORNERS; i++) {
		const struct scan_point *next = &at[(i + 1) % 4], *far = &at[(i + 2) % 4], *last = &at[(i + 3) % 4];

		if (!has[i])
			at[i] = (struct scan_point){next->x + last->x - far->x, next->y + last->y - far->y};
	}
}

static void try_two(
	const struct search *s, int i, int j, const struct blob *p, const struct blob *q, struct match *best)
{
	struct match m = {.seen = 2};
	double mm = s->px_per_mm, mark;

	if (is_astray(s, i, j, p->at, q->at))
		return;
	from_two(i, j, p->at, q->at, m.at);
	m.has[i] = m.has[j] = true;
	/* Squares of one page are all as large: that tells a box from the gap between two. */
	mark = distance(p->at, q->at) / distance(corner_mm[i], corner_mm[j]) * MARK_MM;
	m.off = square((p->side / mark - 1) / 0.04) + square((q->side / mark - 1) / 0.04);
	for (int k = 0; k < SCAN_CORNERS; k++) {
		double near = THIRD_MM * mm;
		int found = -1;

		for (int b = 0; b < s->blobs && k != i && k != j; b++) {
			double d = distance(s->blob[b].at, m.at[k]);

			if (d < near) {
				near = d;
				found = b;
			}
		}
		if (found >= 0) {
			m.at[k] = s->blob[found].at;
			m.has[k] = true;
			m.off += square(near / mm / 2);
			m.seen++;
		}
	}
	for (int k = 0; k < SCAN_CORNERS; k++)
		m.off += square(distance(m.at[k], s->want[k]) / mm / 12);
	if (m.seen == 2 && fmax(distance(p->at, s->want[i]), distance(q->at, s->want[j])) > ALONE_MM * mm)
		return;
	if (m.seen > best->seen || (m.seen == best->seen && m.off < best->off))
		*best = m;
}

static void try_all(const struct search *s, struct match *best)
{
	for (int i = 0; i < SCAN_CORNERS; i++)
		for (int j = i + 1; j < SCAN_CORNERS; j++)
			for (int p = 0; p < s->blobs; p++)
				for (int q = 0; q < s->blobs; q++)
					if (p != q && distance(s->blob[p].at, s->want[i]) < ASTRAY_MM * s->px_per_mm &&
						distance(s->blob[q].at, s->want[j]) < ASTRAY_MM * s->px_per_mm)
						try_two(s, i, j, &s->blob[p], &s->blob[q], best);
}

static bool bounds(struct search *s)
{
	double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9, more = ASTRAY_MM * s->px_per_mm;

	for (int i = 0; i < SCAN_CORNERS; i++) {
		left = fmin(left, s->want[i].x);
		right = fmax(right, s->want[i].x);
		top = fmin(top, s->want[i].y);
		bottom = fmax(bottom, s->want[i].y);
	}
	s->left = (int)fmin(fmax(left - more, 0), s->plane->w);
	s->top = (int)fmin(fmax(top - more, 0), s->plane->h);
	s->right = (int)fmin(fmax(right + more, 0), s->plane->w);
	s->bottom = (int)fmin(fmax(bottom + more, 0), s->plane->h);
	return s->right > s->left && s->bottom > s->top;
}

void scan_corner_find(
	struct scan_view *v, const struct scan_place *place, struct scan_point middle, struct scan_corners *ret_corners)
{
	struct scan_map to_px;
	struct scan_plane around;
	struct search s = {.plane = &v->small[SCAN_RED], .around = &around};
	struct match best = {0};

	*ret_corners = (struct scan_corners){0};
	if (!scan_map_invert(&place->to_mm, &to_px))
		return;
	for (int i = 0; i < SCAN_CORNERS; i++) {
		struct scan_point p = scan_map_at(
			&to_px, (struct scan_point){middle.x + corner_mm[i].x, middle.y + corner_mm[i].y});

		s.want[i] = (struct scan_point){p.x / v->by, p.y / v->by};
	}
	s.px_per_mm = distance(s.want[0], s.want[2]) / distance(corner_mm[0], corner_mm[2]);
	memcpy(best.at, s.want, sizeof best.at);
	if (bounds(&s)) {
		size_t n = (size_t)(s.right - s.left) * (size_t)(s.bottom - s.top);

		scan_plane_blur(v->arena, s.plane, (int)(AROUND_MM * s.px_per_mm) + 1, &around);
		s.done = arena_alloc(v->arena, n);
		s.stack = arena_array(v->arena, n, sizeof *s.stack);
		find_blobs(&s);
		try_all(&s, &best);
	}
	if (best.seen == 3)
		complete(best.at, best.has);
	ret_corners->seen = best.seen;
	for (int i = 0; i < SCAN_CORNERS; i++)
		ret_corners->at[i] = (struct scan_point){best.at[i].x * v->by, best.at[i].y * v->by};
}

/* --- exactly --- */

/* Lines across each side of a mark, and places along a line, millimetres. */
#define LINES_MM 1.5
#define LINE_STEP_MM 0.15
#define FROM_MM 0.7
#define TO_MM 3.3
#define STEP_MM 0.04
#define MIDDLE_MM 1.0
#define GRID_MM 2.5
#define GRID_STEP_MM 0.5
/* How much darker than paper a mark is, and how far its size may be off, for uneven ink and print. */
#define CONTRAST_MIN 0.3
#define SIZE_OFF_MM 0.7

enum { LINES = 21, ROUNDS = 4 };

/* Millimetres around one mark. */
struct mark {
	const struct scan_plane *plane;
	struct scan_point at, right, down; /* pixels; a millimetre of each in pixels */
};

static struct scan_point place(const struct mark *m, double x, double y)
{
	return (struct scan_point){m->at.x + m->right.x * x + m->down.x * y, m->at.y + m->right.y * x + m->down.y * y};
}

/* Between four pixels; outside it is white. */
static double light_at(const struct mark *m, double x, double y)
{
	struct scan_point p = place(m, x, y);
	double fx = p.x - 0.5 - floor(p.x - 0.5), fy = p.y - 0.5 - floor(p.y - 0.5);
	int px = (int)floor(p.x - 0.5), py = (int)floor(p.y - 0.5);
	const unsigned char *up, *down;

	if (px < 0 || py < 0 || px + 1 >= m->plane->w || py + 1 >= m->plane->h)
		return 255;
	up = scan_plane_row(m->plane, py) + px;
	down = up + m->plane->w;
	return (up[0] * (1 - fx) + up[1] * fx) * (1 - fy) + (down[0] * (1 - fx) + down[1] * fx) * fy;
}

/* Light on the mark and on the paper around it: the mean within, and of eight places outside the middle one, for something may
 * touch it. */
static void levels(const struct mark *m, double *ret_dark, double *ret_paper)
{
	static const double ring[8][2] = {{-1, -1}, {0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}};
	double sum = 0, found[8] = {0};
	int n = 0;

	for (double y = -MIDDLE_MM; y <= MIDDLE_MM; y += MIDDLE_MM / 2)
		for (double x = -MIDDLE_MM; x <= MIDDLE_MM; x += MIDDLE_MM / 2, n++)
			sum += light_at(m, x, y);
	*ret_dark = sum / n;
	for (int i = 0; i < 8; i++) {
		double v = light_at(m, ring[i][0] * TO_MM, ring[i][1] * TO_MM);
		int k = i;

		for (; k > 0 && found[k - 1] > v; k--)
			found[k] = found[k - 1];
		found[k] = v;
	}
	*ret_paper = (found[4] + found[5]) / 2;
}

/* Where it is darkest within and lightest around. */
static void settle(struct mark *m)
{
	struct mark best = *m;
	double most = -1e9;

	for (double y = -GRID_MM; y <= GRID_MM; y += GRID_STEP_MM)
		for (double x = -GRID_MM; x <= GRID_MM; x += GRID_STEP_MM) {
			struct mark here = *m;
			double dark, paper;

			here.at = place(m, x, y);
			levels(&here, &dark, &paper);
			if (paper - dark - hypot(x, y) > most) {
				most = paper - dark - hypot(x, y);
				best = here;
			}
		}
	*m = best;
}

/* How far out a side is: the middle one of many lines.  way: right, down, left, up.  false: there is no edge. */
static bool side_at(const struct mark *m, int way, double level, double *ret_mm)
{
	double found[LINES] = {0};
	int n = 0, lines = 0;

	for (double along = -LINES_MM; along <= LINES_MM + 1e-6 && lines < LINES; along += LINE_STEP_MM, lines++) {
		double before = 0, out = FROM_MM;
		int k;

		for (; out <= TO_MM; out += STEP_MM) {
			double d = way < 2 ? out : -out, v = way % 2 ? light_at(m, along, d) : light_at(m, d, along);

			if (v > level) {
				out -= out > FROM_MM && v > before ? STEP_MM * (v - level) / (v - before) : 0;
				break;
			}
			before = v;
		}
		if (out <= FROM_MM || out > TO_MM)
			continue;
		for (k = n++; k > 0 && found[k - 1] > out; k--)
			found[k] = found[k - 1];
		found[k] = out;
	}
	if (n * 2 < lines)
		return false;
	*ret_mm = (found[n / 2] + found[(n - 1) / 2]) / 2;
	return true;
}

static bool refine(struct mark *m)
{
	double side[4], dark, paper;

	settle(m);
	for (int i = 0; i < ROUNDS; i++) {
		levels(m, &dark, &paper);
		if (paper - dark < CONTRAST_MIN * paper)
			return false;
		for (int way = 0; way < 4; way++)
			if (!side_at(m, way, (dark + paper) / 2, &side[way]))
				return false;
		m->at = place(m, (side[0] - side[2]) / 2, (side[1] - side[3]) / 2);
	}
	return fabs(side[0] + side[2] - MARK_MM) < SIZE_OFF_MM && fabs(side[1] + side[3] - MARK_MM) < SIZE_OFF_MM;
}

/* Those that were not found move as those that were: all alike, or turned and scaled, or askew. */
static void move_along(const struct scan_corners *old, struct scan_corners *new, const bool has[SCAN_CORNERS])
{
	int first = -1, second = -1;

	for (int i = 0; i < SCAN_CORNERS; i++)
		if (has[i] && first < 0)
			first = i;
		else if (has[i] && second < 0)
			second = i;
	if (new->seen == 3) {
		struct scan_corners step = {0};

		for (int i = 0; i < SCAN_CORNERS; i++)
			step.at[i] = (struct scan_point){new->at[i].x - old->at[i].x, new->at[i].y - old->at[i].y};
		complete(step.at, has);
		for (int i = 0; i < SCAN_CORNERS; i++)
			new->at[i] = (struct scan_point){old->at[i].x + step.at[i].x, old->at[i].y + step.at[i].y};
	} else if (new->seen == 2) {
		struct scan_point p = old->at[first], q = old->at[second], u = new->at[first], v = new->at[second];
		double x = q.x - p.x, y = q.y - p.y, d = x * x + y * y, a = ((v.x - u.x) * x + (v.y - u.y) * y) / d,
		       b = ((v.y - u.y) * x - (v.x - u.x) * y) / d;

		for (int i = 0; i < SCAN_CORNERS; i++) {
			double s = old->at[i].x - p.x, t = old->at[i].y - p.y;

			if (!has[i])
				new->at[i] = (struct scan_point){u.x + a * s - b * t, u.y + b * s + a * t};
		}
	} else if (new->seen == 1) {
		for (int i = 0; i < SCAN_CORNERS; i++)
			if (i != first)
				new->at[i] = (struct scan_point){old->at[i].x + new->at[first].x - old->at[first].x,
					old->at[i].y + new->at[first].y - old->at[first].y};
	}
}

void scan_corner_refine(const struct scan_plane *p, struct scan_corners *corners)
{
	struct scan_corners old = *corners;
	bool has[SCAN_CORNERS] = {false};
	struct scan_map map;

	corners->seen = 0;
	if (!scan_corner_map(&old, &map))
		return;
	for (int i = 0; i < SCAN_CORNERS; i++) {
		struct scan_point right = {corner_mm[i].x + 1, corner_mm[i].y},
				  down = {corner_mm[i].x, corner_mm[i].y + 1};
		struct mark m = {p, scan_map_at(&map, corner_mm[i]), scan_map_at(&map, right), scan_map_at(&map, down)};

		m.right = (struct scan_point){m.right.x - m.at.x, m.right.y - m.at.y};
		m.down = (struct scan_point){m.down.x - m.at.x, m.down.y - m.at.y};
		has[i] = refine(&m);
		corners->seen += has[i];
		corners->at[i] = has[i] ? m.at : old.at[i];
	}
	move_along(&old, corners, has);
}

bool scan_corner_map(const struct scan_corners *corners, struct scan_map *ret_map)
{
	double turn = 0;

	for (int i = 0; i < SCAN_CORNERS; i++) {
		const struct scan_point *p = &corners->at[i], *q = &corners->at[(i + 1) % 4],
					*r = &corners->at[(i + 2) % 4];
		double corner = (q->x - p->x) * (r->y - q->y) - (q->y - p->y) * (r->x - q->x);

		/* All to the same side, or it is folded; mirrored it may be. */
		if (corner * turn < 0 || fabs(corner) < 1)
			return false;
		turn = corner;
	}
	return scan_map_fit(corner_mm, corners->at, ret_map);
}
