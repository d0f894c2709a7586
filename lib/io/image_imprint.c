#include "io/image_imprint.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/image_cut.h"
#include "io/image_run.h"
#include "io/json.h"
#include "io/sniff.h"

/* A page of a PDF is looked at as if it were A4 at 300 dpi, and the box drawn twice as large.  pdftoppm ends so when there is
 * no such page.  Around the middles of the marks as much is drawn as the child looks at (image_cut.c). */
enum {
	LOOK_SIDE = 3508,
	DRAW_TIMES = 2,
	NO_SUCH_PAGE = 99,
	PAGE_MAX = 100000,
	SCAN_DPI_MAX = 2400,
	MARKS_MM = 78,
	ROUND_MM = 7
};
#define ASPECT_OFF 0.03

struct job {
	struct arena *a;
	const struct imprint_in *in;
	struct bytes picture; /* where the corners are */
	struct image_cut_corner corner[IMAGE_CUT_CORNERS];
	struct imprint *imprint;
	struct image_cut_found found;
	double side; /* of a PDF: pixels of the scan along the longer side of the page; 0: not known */
	const char *fault;
};

static bool read_shape(struct job *j, struct bytes json, const struct shape *shape, void *ret)
{
	struct faults faults;
	const char *say;

	faults_init(&faults, j->a);
	return json_read((const char *)json.at, json.len, shape, ret, &faults, &say) == ERR_OK;
}

/* Numbers and then the picture, as children of image_cut.h take them. */
static struct bytes with_numbers(struct job *j, const int *number, size_t n)
{
	unsigned char *at = arena_alloc(j->a, 4 * n + j->picture.len);

	for (size_t i = 0; i < n; i++)
		image_put(at + 4 * i, number[i]);
	memcpy(at + 4 * n, j->picture.at, j->picture.len);
	return (struct bytes){at, 4 * n + j->picture.len};
}

/* ERR_OK without a fault: the child did its work; *ret_out is what it said. */
static enum err ask(struct job *j, const char *work, const int *number, size_t n, struct bytes *ret_out)
{
	const char *argv[] = {NULL, work, NULL};
	struct confine_result r;
	enum err e = image_run(j->a, argv, IMAGE_NICE, with_numbers(j, number, n), &r);

	if (e == ERR_OK)
		e = image_run_fault(&r, &j->fault);
	*ret_out = r.out;
	return e;
}

/* --- where the box is --- */

static enum err find_place(struct job *j)
{
	struct image_cut_place place = {0};
	struct image_part part;
	struct bytes out;
	enum err e = ask(j, "place", (const int[]){(int)j->in->x, (int)j->in->y}, 2, &out);

	if (e != ERR_OK || j->fault)
		return e;
	if (!image_part_next(&out, &part) || part.kind != IMAGE_PART_PLACE || out.len > 0 ||
		!read_shape(j, part.bytes, &image_cut_place_shape, &place))
		j->fault = "broken";
	else if (!place.code || place.corners.count != IMAGE_CUT_CORNERS)
		j->fault = "no_code";
	else
		memcpy(j->corner, place.corners.at, sizeof j->corner);
	return ERR_OK;
}

struct area {
	int64_t left, top, right, bottom; /* pixels */
};

/* Around the corners, with the whole marks. */
static struct area area_of(const struct job *j)
{
	struct area a = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
	int64_t more;

	for (int i = 0; i < IMAGE_CUT_CORNERS; i++) {
		int64_t x = j->corner[i].x / IMAGE_CUT_PARTS, y = j->corner[i].y / IMAGE_CUT_PARTS;

		a.left = x < a.left ? x : a.left;
		a.right = x > a.right ? x : a.right;
		a.top = y < a.top ? y : a.top;
		a.bottom = y > a.bottom ? y : a.bottom;
	}
	more = (a.right - a.left > a.bottom - a.top ? a.right - a.left : a.bottom - a.top) * ROUND_MM / MARKS_MM + 1;
	return (struct area){a.left - more, a.top - more, a.right + more, a.bottom + more};
}

/* Whether the middle of the box is in a picture of that size; how large the box is there. */
static bool is_in(const struct job *j, int64_t width, int64_t height)
{
	struct area a = area_of(j);
	int64_t x = (a.left + a.right) / 2, y = (a.top + a.bottom) / 2;

	return x >= 0 && y >= 0 && x < width && y < height && a.right - a.left < 4 * width &&
	       a.bottom - a.top < 4 * height;
}

/* --- pages of a PDF --- */

static enum err draw(struct job *j, struct bytes pdf, const char **argv)
{
	struct confine_result r;
	enum err e = image_run(j->a, argv, IMAGE_NICE, pdf, &r);

	if (e != ERR_OK)
		return e;
	if (r.how != CONFINE_EXITED)
		j->fault = "too_complex";
	else if (r.code == NO_SUCH_PAGE)
		j->fault = "no_page";
	else if (r.code != 0 || r.out.len == 0)
		j->fault = "broken";
	j->picture = r.out;
	return ERR_OK;
}

static const char *number(struct job *j, int64_t n)
{
	return arena_printf(j->a, "%d", (int)n);
}

/* The largest picture of the page, when it is all of the page, says how finely that was scanned: pixels along its longer side.
 * What poppler says of pictures is a table with two lines of head. */
static enum err measure_scan(struct job *j, struct bytes pdf, double aspect)
{
	const char *page = number(j, j->in->page);
	const char *argv[] = {"/usr/bin/pdfimages", "-list", "-f", page, "-l", page, "-", NULL};
	struct confine_result r;
	enum err e = image_run(j->a, argv, IMAGE_NICE, pdf, &r);
	const char *line;

	if (e != ERR_OK || r.how != CONFINE_EXITED)
		return e;
	line = arena_textn(j->a, (const char *)r.out.at, r.out.len);
	for (; (line = strchr(line, '\n'));) {
		double w, h;
		char kind[8];

		line++;
		if (sscanf(line, "%*d %*d %7s %6lf %6lf", kind, &w, &h) != 3 || strcmp(kind, "image") != 0 || w < 1 ||
			h < 1)
			continue;
		if (fabs(w / h / aspect - 1) < ASPECT_OFF || fabs(h / w / aspect - 1) < ASPECT_OFF)
			j->side = fmax(j->side, fmax(w, h));
	}
	return ERR_OK;
}

static enum err draw_page(struct job *j, struct bytes pdf)
{
	const char *page = number(j, j->in->page);
	const char *argv[] = {"/usr/bin/pdftoppm", "-q", "-jpeg", "-jpegopt", "quality=92", "-scale-to",
		number(j, LOOK_SIDE), "-f", page, "-l", page, "-", NULL};

	return draw(j, pdf, argv);
}

/* What is around the box, twice as large; the corners go along. */
static enum err draw_box(struct job *j, struct bytes pdf)
{
	const char *page = number(j, j->in->page);
	struct area a = area_of(j);
	int64_t left = a.left > 0 ? a.left * DRAW_TIMES : 0, top = a.top > 0 ? a.top * DRAW_TIMES : 0;
	const char *argv[] = {"/usr/bin/pdftoppm", "-q", "-jpeg", "-jpegopt", "quality=96", "-scale-to",
		number(j, LOOK_SIDE * DRAW_TIMES), "-x", number(j, left), "-y", number(j, top), "-W",
		number(j, a.right * DRAW_TIMES - left), "-H", number(j, a.bottom * DRAW_TIMES - top), "-f", page, "-l",
		page, "-", NULL};

	for (int i = 0; i < IMAGE_CUT_CORNERS; i++) {
		j->corner[i].x = j->corner[i].x * DRAW_TIMES - left * IMAGE_CUT_PARTS;
		j->corner[i].y = j->corner[i].y * DRAW_TIMES - top * IMAGE_CUT_PARTS;
	}
	return draw(j, pdf, argv);
}

/* --- what was cut out --- */

static bool is_sight(struct bytes part)
{
	int64_t side = llround(IMPRINT_BOX / 254.0 * IMPRINT_SIGHT_DPI);
	struct sniff s;

	sniff(part.at, part.len, &s);
	return s.kind == SNIFF_JPEG && !s.fault && s.width == side && s.height == side &&
	       sniff_jpeg_plain(part.at, part.len);
}

/* One chunk with that at its beginning.  Its sum is left to who decodes it. */
static bool take_chunk(struct bytes *rest, const char *type, const unsigned char *body, size_t n)
{
	unsigned char head[8];

	image_put(head, (int)n);
	memcpy(head + 4, type, 4);
	if (rest->len < n + 12 || memcmp(rest->at, head, 8) != 0 || memcmp(rest->at + 8, body, n) != 0)
		return false;
	rest->at += n + 12;
	rest->len -= n + 12;
	return true;
}

/* Chunks of data one after the other. */
static bool take_data(struct bytes *rest)
{
	bool any = false;

	while (rest->len >= 12 && memcmp(rest->at + 4, "IDAT", 4) == 0) {
		size_t n = (size_t)rest->at[0] << 24 | (size_t)rest->at[1] << 16 | (size_t)rest->at[2] << 8 |
			   rest->at[3];

		if (n > rest->len - 12)
			return false;
		rest->at += n + 12;
		rest->len -= n + 12;
		any = true;
	}
	return any;
}

/* A PNG of that crop as we write it: colours with alpha, as many pixels as it has millimetres, and nothing else. */
static bool is_ink(struct bytes part, const struct image_cut_found *f)
{
	static const unsigned char begin[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
	unsigned char head[13] = {[8] = 8, [9] = 6}, size[9] = {[8] = 1};

	image_put(head, (int)lround((double)f->w / 254 * IMPRINT_DPI));
	image_put(head + 4, (int)lround((double)f->h / 254 * IMPRINT_DPI));
	image_put(size, (int)lround(IMPRINT_DPI / 0.0254));
	image_put(size + 4, (int)lround(IMPRINT_DPI / 0.0254));
	if (part.len < sizeof begin || memcmp(part.at, begin, sizeof begin) != 0)
		return false;
	part.at += sizeof begin;
	part.len -= sizeof begin;
	return take_chunk(&part, "IHDR", head, sizeof head) && take_chunk(&part, "pHYs", size, sizeof size) &&
	       take_data(&part) && take_chunk(&part, "IEND", head, 0) && part.len == 0;
}

/* What the child sent, in any order, believed only as far as it looks like what was asked for. */
static bool take_parts(struct job *j, struct bytes out)
{
	struct imprint *made = j->imprint;
	struct image_part part;
	bool found = false;

	while (image_part_next(&out, &part)) {
		if (part.kind == IMAGE_PART_SIGHT)
			made->sight = part.bytes;
		else if (part.kind == IMAGE_PART_INK)
			made->png = part.bytes;
		else if (part.kind != IMAGE_PART_FOUND || !read_shape(j, part.bytes, &image_cut_found_shape, &j->found))
			return false;
		else
			found = true;
	}
	return found && out.len == 0 && is_sight(made->sight) && (made->png.len > 0) == (j->found.w > 0) &&
	       (made->png.len == 0 || is_ink(made->png, &j->found));
}

static bool is_asked(const struct imprint_crop *asked, const struct image_cut_found *f)
{
	if (f->w < IMPRINT_CROP_MIN || f->h < IMPRINT_CROP_MIN || f->x + f->w > IMPRINT_BOX ||
		f->y + f->h > IMPRINT_BOX)
		return false;
	return asked->w == 0 || (asked->x == f->x && asked->y == f->y && asked->w == f->w && asked->h == f->h);
}

static enum err cut_out(struct job *j)
{
	const struct imprint_crop *crop = &j->in->crop;
	int n[IMAGE_CUT_IN];
	struct bytes out;
	enum err e;

	for (int i = 0; i < IMAGE_CUT_CORNERS; i++) {
		n[2 * i] = (int)j->corner[i].x;
		n[2 * i + 1] = (int)j->corner[i].y;
	}
	n[8] = (int)crop->x;
	n[9] = (int)crop->y;
	n[10] = (int)crop->w;
	n[11] = (int)crop->h;
	n[12] = j->in->ink;
	e = ask(j, "imprint", n, IMAGE_CUT_IN, &out);
	if (e != ERR_OK || j->fault)
		return e;
	if (!take_parts(j, out) || (j->found.w > 0 && !is_asked(crop, &j->found))) {
		*j->imprint = (struct imprint){0};
		j->fault = "broken";
		return ERR_OK;
	}
	j->imprint->crop = (struct imprint_crop){j->found.x, j->found.y, j->found.w, j->found.h};
	j->imprint->dpi = j->found.dpi;
	j->imprint->marks = j->found.marks;
	j->imprint->cut = j->found.cut;
	if (j->found.w == 0)
		j->fault = j->found.other ? "no_colour" : "no_ink";
	return ERR_OK;
}

/* Finds the box in the picture of the page, which a PDF then draws larger. */
static enum err take(struct job *j, struct bytes file, bool pdf)
{
	struct sniff s;
	enum err e = ERR_OK;

	if (pdf) {
		e = image_run_pdf_fault(j->a, file, &j->fault);
		if (e == ERR_OK && !j->fault)
			e = draw_page(j, file);
		if (e != ERR_OK || j->fault)
			return e;
	}
	sniff(j->picture.at, j->picture.len, &s);
	e = find_place(j);
	if (e == ERR_OK && !j->fault && !is_in(j, s.width, s.height))
		j->fault = "no_box";
	if (e == ERR_OK && !j->fault && pdf)
		e = measure_scan(j, file, (double)s.width / (double)s.height);
	if (e == ERR_OK && !j->fault && pdf)
		e = draw_box(j, file);
	if (e == ERR_OK && !j->fault)
		e = cut_out(j);
	if (pdf)
		j->imprint->dpi = llround(
			fmin((double)j->imprint->dpi * j->side / (LOOK_SIDE * DRAW_TIMES), SCAN_DPI_MAX));
	return e;
}

static bool crop_is_right(const struct imprint_crop *c)
{
	return (c->x == 0 && c->y == 0 && c->w == 0 && c->h == 0) ||
	       (c->x >= 0 && c->y >= 0 && c->w >= IMPRINT_CROP_MIN && c->h >= IMPRINT_CROP_MIN &&
		       c->x + c->w <= IMPRINT_BOX && c->y + c->h <= IMPRINT_BOX);
}

enum err imprint_take(struct arena *a, struct bytes file, const struct imprint_in *in, struct imprint *ret_imprint,
	const char **ret_fault)
{
	struct job j = {.a = a, .in = in, .picture = file, .imprint = ret_imprint};
	struct sniff s;
	enum err e = ERR_OK;

	assert(crop_is_right(&in->crop) && in->x >= 0 && in->x <= 2100 && in->y >= 0 && in->y <= 2970);
	*ret_imprint = (struct imprint){0};
	sniff(file.at, file.len, &s);
	if (s.fault)
		j.fault = s.fault;
	else if (in->page < 1 || in->page > PAGE_MAX || (s.kind != SNIFF_PDF && in->page != 1))
		j.fault = "no_page";
	else
		e = take(&j, file, s.kind == SNIFF_PDF);
	*ret_fault = j.fault;
	return e;
}
