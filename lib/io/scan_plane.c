#include "io/scan_plane.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

void scan_plane_reduce(const struct scan_plane *p, int by, struct scan_plane *ret_small)
{
	int w = p->w / by, h = p->h / by;
	unsigned area = (unsigned)(by * by);

	ret_small->w = w;
	ret_small->h = h;
	for (int y = 0; y < h; y++) {
		unsigned char *to = scan_plane_row(ret_small, y);

		for (int x = 0; x < w; x++) {
			unsigned sum = area / 2;

			for (int row = 0; row < by; row++) {
				const unsigned char *from = scan_plane_row(p, y * by + row) + x * by;

				for (int column = 0; column < by; column++)
					sum += from[column];
			}
			to[x] = (unsigned char)(sum / area);
		}
	}
}

/* One row or column, a pixel every step bytes; what lies outside is as the pixel at the edge. */
static void blur_line(const unsigned char *from, unsigned char *to, int n, size_t step, int radius)
{
	unsigned width = (unsigned)(2 * radius + 1), sum = (unsigned)from[0] * (unsigned)(radius + 1) + width / 2;

	for (int i = 1; i <= radius; i++)
		sum += from[(size_t)(i < n ? i : n - 1) * step];
	for (int i = 0; i < n; i++) {
		int in = i + radius + 1, out = i - radius;

		to[(size_t)i * step] = (unsigned char)(sum / width);
		sum += from[(size_t)(in < n ? in : n - 1) * step];
		sum -= from[(size_t)(out > 0 ? out : 0) * step];
	}
}

/* Columns by rows of sums, so that memory is walked in its order. */
static void blur_columns(const struct scan_plane *from, const struct scan_plane *to, int radius, uint32_t *sum)
{
	unsigned width = (unsigned)(2 * radius + 1);

	for (int x = 0; x < from->w; x++)
		sum[x] = (uint32_t)from->at[x] * (uint32_t)(radius + 1) + width / 2;
	for (int i = 1; i <= radius; i++)
		for (int x = 0; x < from->w; x++)
			sum[x] += scan_plane_row(from, i < from->h ? i : from->h - 1)[x];
	for (int y = 0; y < from->h; y++) {
		int in = y + radius + 1, out = y - radius;
		const unsigned char *add = scan_plane_row(from, in < from->h ? in : from->h - 1),
				    *drop = scan_plane_row(from, out > 0 ? out : 0);
		unsigned char *row = scan_plane_row(to, y);

		for (int x = 0; x < from->w; x++) {
			row[x] = (unsigned char)(sum[x] / width);
			sum[x] += add[x];
			sum[x] -= drop[x];
		}
	}
}

void scan_plane_blur(struct arena *a, const struct scan_plane *p, int radius, struct scan_plane *ret_plane)
{
	struct scan_plane rows = scan_plane_new(a, p->w, p->h);

	*ret_plane = scan_plane_new(a, p->w, p->h);
	for (int y = 0; y < p->h; y++)
		blur_line(scan_plane_row(p, y), scan_plane_row(&rows, y), p->w, 1, radius);
	blur_columns(&rows, ret_plane, radius, arena_array(a, (size_t)p->w, sizeof(uint32_t)));
}

int scan_plane_otsu(const struct scan_plane *p)
{
	uint64_t count[256] = {0}, below = 0, total = (uint64_t)p->w * (uint64_t)p->h;
	double sum = 0, sum_below = 0, best = -1;
	int threshold = 128;

	for (uint64_t i = 0; i < total; i++)
		count[p->at[i]]++;
	for (int i = 0; i < 256; i++)
		sum += (double)i * (double)count[i];
	for (int i = 0; i < 255; i++) {
		double gap, spread;

		below += count[i];
		sum_below += (double)i * (double)count[i];
		if (below == 0 || below == total)
			continue;
		gap = sum_below / (double)below - (sum - sum_below) / (double)(total - below);
		spread = gap * gap * (double)below * (double)(total - below);
		if (spread > best) {
			best = spread;
			threshold = i + 1;
		}
	}
	return threshold;
}

struct scan_point scan_map_at(const struct scan_map *map, struct scan_point p)
{
	const double *m = map->m;
	double z = m[6] * p.x + m[7] * p.y + m[8];

	if (fabs(z) < 1e-12)
		z = 1e-12;
	return (struct scan_point){(m[0] * p.x + m[1] * p.y + m[2]) / z, (m[3] * p.x + m[4] * p.y + m[5]) / z};
}

/* Gauss with pivots, on n rows of n numbers and the right side. */
static bool solve(double rows[8][9], int n)
{
	for (int k = 0; k < n; k++) {
		int pivot = k;
		double swap[9];

		for (int r = k + 1; r < n; r++)
			if (fabs(rows[r][k]) > fabs(rows[pivot][k]))
				pivot = r;
		if (fabs(rows[pivot][k]) < 1e-12)
			return false;
		memcpy(swap, rows[k], sizeof swap);
		memcpy(rows[k], rows[pivot], sizeof swap);
		memcpy(rows[pivot], swap, sizeof swap);
		for (int r = 0; r < n; r++) {
			double by = r == k ? 0 : rows[r][k] / rows[k][k];

			for (int c = k; by != 0 && c <= n; c++)
				rows[r][c] -= by * rows[k][c];
		}
	}
	for (int k = 0; k < n; k++)
		rows[k][n] /= rows[k][k];
	return true;
}

bool scan_map_fit(const struct scan_point from[4], const struct scan_point to[4], struct scan_map *ret_map)
{
	double rows[8][9];

	for (int i = 0; i < 4; i++) {
		double x = from[i].x, y = from[i].y, u = to[i].x, v = to[i].y;
		const double a[9] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u}, b[9] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};

		memcpy(rows[2 * i], a, sizeof a);
		memcpy(rows[2 * i + 1], b, sizeof b);
	}
	if (!solve(rows, 8))
		return false;
	for (int i = 0; i < 8; i++)
		ret_map->m[i] = rows[i][8];
	ret_map->m[8] = 1;
	return true;
}

bool scan_map_invert(const struct scan_map *map, struct scan_map *ret_map)
{
	const double *m = map->m;
	const double adjoint[9] = {m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
		m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
		m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
	double det = m[0] * adjoint[0] + m[1] * adjoint[3] + m[2] * adjoint[6];

	if (fabs(det) < 1e-18)
		return false;
	for (int i = 0; i < 9; i++)
		ret_map->m[i] = adjoint[i] / det;
	return true;
}
