#include "io/scan_code.h"

#include <math.h>
#include <string.h>
#include <zbar.h>

#include "io/scan.h"

enum { CORNERS = 4, OURS_MIN = 23, OURS_MAX = 32 };

/* As form_code.h of the domain writes them. */
static bool looks_ours(const char *text, size_t n)
{
	return n >= OURS_MIN && n <= OURS_MAX && text[0] == 'Z' && text[1] == '1' &&
	       strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= n;
}

static const char *printable(struct arena *a, const char *data, size_t n)
{
	size_t len = n < SCAN_CODE_MAX ? n : SCAN_CODE_MAX;
	char *text = arena_textn(a, "", 0);

	if (len > 0)
		text = arena_alloc(a, len + 1);
	for (size_t i = 0; i < len; i++)
		text[i] = data[i] > ' ' && data[i] <= '~' ? data[i] : '?';
	return text;
}

static double area(const struct scan_point corner[CORNERS])
{
	double twice = 0;

	for (int i = 0; i < CORNERS; i++) {
		const struct scan_point *p = &corner[i], *q = &corner[(i + 1) % CORNERS];

		twice += p->x * q->y - q->x * p->y;
	}
	return fabs(twice) / 2;
}

/* zbar names them top left, bottom left, bottom right, top right. */
static bool corners_of(const zbar_symbol_t *symbol, struct scan_point ret_corner[CORNERS])
{
	static const unsigned order[CORNERS] = {0, 3, 2, 1};

	if (zbar_symbol_get_loc_size(symbol) != CORNERS)
		return false;
	for (int i = 0; i < CORNERS; i++)
		ret_corner[i] = (struct scan_point){
			zbar_symbol_get_loc_x(symbol, order[i]), zbar_symbol_get_loc_y(symbol, order[i])};
	return area(ret_corner) >= 1;
}

static void take(struct arena *a, const zbar_symbol_t *symbol, struct scan_code *best, double *best_area)
{
	struct scan_code code = {0};
	const char *data = zbar_symbol_get_data(symbol);
	size_t n = zbar_symbol_get_data_length(symbol);
	double size;

	if (!data || n == 0 || !corners_of(symbol, code.corner))
		return;
	code.ours = looks_ours(data, n);
	size = area(code.corner);
	if (best->text && (best->ours > code.ours || (best->ours == code.ours && *best_area >= size)))
		return;
	code.text = printable(a, data, n);
	*best = code;
	*best_area = size;
}

bool scan_code_read(struct arena *a, const struct scan_plane *p, struct scan_code *ret_code)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	double best_area = 0;

	*ret_code = (struct scan_code){0};
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, (unsigned)p->w, (unsigned)p->h);
	zbar_image_set_data(image, p->at, (unsigned long)p->w * (unsigned long)p->h, NULL);
	if (zbar_scan_image(scanner, image) > 0)
		for (const zbar_symbol_t *s = zbar_image_first_symbol(image); s; s = zbar_symbol_next(s))
			take(a, s, ret_code, &best_area);
	zbar_image_destroy(image);
	zbar_image_scanner_destroy(scanner);
	return ret_code->text != NULL;
}
