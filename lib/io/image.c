#include "io/image.h"

#include <stdlib.h>
#include <string.h>

#include "io/image_child.h"
#include "io/image_run.h"
#include "io/json.h"
#include "io/sniff.h"

enum { PAGE_CPU_MS = 1000 };

/* One picture of ours: a whole JPEG without anything beside the picture, no side longer than that. */
static bool take_jpeg(struct bytes part, int64_t side, struct bytes *ret_jpeg, int64_t *ret_width, int64_t *ret_height)
{
	struct sniff s;

	sniff(part.at, part.len, &s);
	*ret_jpeg = part;
	*ret_width = s.width;
	*ret_height = s.height;
	return s.kind == SNIFF_JPEG && !s.fault && s.width <= side && s.height <= side &&
	       sniff_jpeg_plain(part.at, part.len);
}

static bool take_scan(struct arena *a, struct bytes part, struct scan *ret_scan)
{
	struct faults faults;
	const char *say;

	faults_init(&faults, a);
	*ret_scan = (struct scan){.code = ""};
	if (json_read((const char *)part.at, part.len, &scan_shape, ret_scan, &faults, &say) != ERR_OK)
		return false;
	if (!ret_scan->code)
		ret_scan->code = "";
	return true;
}

static bool take_part(struct arena *a, unsigned char kind, struct bytes part, struct image *image)
{
	int64_t width, height;

	switch (kind) {
	case IMAGE_PART_PAGE: return take_jpeg(part, IMAGE_SIDE, &image->jpeg, &image->width, &image->height);
	case IMAGE_PART_THUMB: return take_jpeg(part, IMAGE_THUMB, &image->thumb, &width, &height);
	case IMAGE_PART_SCAN: return take_scan(a, part, &image->scan);
	default: return false;
	}
}

/* What the child sent, believed only as far as it looks like what was asked for.  false: something does not; a last part that
 * was cut off is left out: *ret_whole. */
static bool take_parts(struct arena *a, struct bytes out, struct image *image, bool *ret_whole)
{
	struct image_part part;

	while (image_part_next(&out, &part))
		if (!take_part(a, part.kind, part.bytes, image))
			return false;
	*ret_whole = out.len == 0;
	return true;
}

/* not_all: of a child that was ended. */
static bool take_image(struct arena *a, struct bytes out, bool not_all, struct image *ret_image)
{
	bool whole;

	*ret_image = (struct image){.scan.code = ""};
	return take_parts(a, out, ret_image, &whole) && (whole || not_all) && ret_image->jpeg.len &&
	       ret_image->thumb.len;
}

static enum err one_picture(
	struct arena *a, struct bytes in, struct image *ret_image, int64_t *cpu_ms, const char **ret_fault)
{
	const char *argv[] = {NULL, "picture", NULL};
	struct confine_result r;
	enum err e = image_run(a, argv, IMAGE_NICE, in, &r);

	if (e == ERR_OK && r.how == CONFINE_LIMIT && take_image(a, r.out, true, ret_image))
		*ret_fault = NULL; /* only looking at it took too long */
	else if (e == ERR_OK)
		e = image_run_fault(&r, ret_fault);
	if (e == ERR_OK && !*ret_fault && r.how == CONFINE_EXITED && !take_image(a, r.out, false, ret_image))
		*ret_fault = "broken";
	if (e == ERR_OK)
		*cpu_ms += r.cpu_ms;
	return e;
}

enum err image_of_picture(struct arena *a, struct bytes in, struct images *ret_images)
{
	struct image *image = arena_alloc(a, sizeof *image);
	int64_t cpu_ms = 0;
	enum err e;

	*ret_images = (struct images){.at = image};
	e = one_picture(a, in, image, &cpu_ms, &ret_images->fault);
	if (e == ERR_OK && !ret_images->fault)
		ret_images->count = 1;
	return e;
}

/* One PDF on its way. */
struct paper {
	struct arena *a;
	struct bytes in;
	int64_t cpu_ms;
	const char *fault;
};

/* What follows "Pages:" and so on at the beginning of a line. */
static bool says(const char *text, const char *word, const char *value)
{
	const char *at = strstr(text, word);

	if (!at || (at > text && at[-1] != '\n'))
		return false;
	at += strlen(word);
	at += strspn(at, " ");
	return strncmp(at, value, strlen(value)) == 0;
}

/* What poppler makes of it: it resolves what it will draw later. */
static enum err count_pages(struct paper *p, int64_t *ret_pages)
{
	const char *argv[] = {"/usr/bin/pdfinfo", "-", NULL}, *text, *at;
	struct confine_result r;
	enum err e = image_run(p->a, argv, IMAGE_NICE, p->in, &r);

	*ret_pages = 0;
	if (e != ERR_OK)
		return e;
	text = arena_textn(p->a, (const char *)r.out.at, r.out.len);
	at = strstr(text, "\nPages:");
	if (r.how != CONFINE_EXITED)
		p->fault = "too_complex";
	else if (says(text, "Encrypted:", "yes"))
		p->fault = "encrypted";
	else if (says(text, "JavaScript:", "yes") || says(text, "Form:", "XFA"))
		p->fault = "active";
	else if (r.code != 0 || !at || (*ret_pages = strtoll(at + strlen("\nPages:"), NULL, 10)) <= 0)
		p->fault = "broken";
	return ERR_OK;
}

enum err image_pdf_text(struct arena *a, struct bytes in, const char **ret_text)
{
	const char *argv[] = {"/usr/bin/pdftotext", "-q", "-enc", "UTF-8", "-l", "2", "-", "-", NULL};
	struct confine_result r;
	enum err e = image_run(a, argv, IMAGE_NICE, in, &r);

	*ret_text = e == ERR_OK && r.how == CONFINE_EXITED && r.code == 0
			    ? arena_textn(a, (const char *)r.out.at, r.out.len)
			    : NULL;
	return e;
}

static enum err draw_page(struct paper *p, int64_t page, struct image *ret_image)
{
	const char *number = arena_printf(p->a, "%d", (int)page);
	const char *argv[] = {"/usr/bin/pdftoppm", "-q", "-jpeg", "-jpegopt", "quality=92", "-scale-to", "2000", "-f",
		number, "-l", number, "-", NULL};
	struct confine_result r;
	enum err e = image_run(p->a, argv, IMAGE_NICE, p->in, &r);

	if (e != ERR_OK)
		return e;
	p->cpu_ms += r.cpu_ms;
	if (r.how != CONFINE_EXITED)
		p->fault = "too_complex";
	else if (r.code != 0 || r.out.len == 0)
		p->fault = "broken";
	else
		e = one_picture(p->a, r.out, ret_image, &p->cpu_ms, &p->fault);
	return e;
}

enum err image_of_pdf(struct arena *a, struct bytes in, int64_t pages_max, struct images *ret_images)
{
	struct paper p = {.a = a, .in = in};
	int64_t pages = 0;
	enum err e = image_run_pdf_fault(a, in, &p.fault);

	*ret_images = (struct images){0};
	if (e == ERR_OK && !p.fault)
		e = count_pages(&p, &pages);
	if (e == ERR_OK && !p.fault && pages > pages_max)
		p.fault = "too_many_pages";
	if (e == ERR_OK && !p.fault)
		ret_images->at = arena_array(a, (size_t)pages, sizeof *ret_images->at);
	for (int64_t i = 0; e == ERR_OK && !p.fault && i < pages; i++) {
		e = draw_page(&p, i + 1, &ret_images->at[i]);
		if (!p.fault && p.cpu_ms > pages_max * PAGE_CPU_MS)
			p.fault = "too_complex";
	}
	ret_images->fault = p.fault;
	ret_images->count = p.fault ? 0 : (size_t)pages;
	return e;
}

/* Somebody waits for it: as urgent as we are. */
enum err image_mark(struct arena *a, struct bytes jpeg, int mask_width, int mask_height, const unsigned char *mask,
	struct bytes *ret_jpeg)
{
	const char *argv[] = {NULL, "mark", NULL}, *fault = NULL;
	size_t n = (size_t)mask_width * (size_t)mask_height;
	unsigned char *in = arena_alloc(a, 8 + n + jpeg.len);
	struct image image = {0};
	struct confine_result r;
	bool whole;
	enum err e;

	image_put(in, mask_width);
	image_put(in + 4, mask_height);
	memcpy(in + 8, mask, n);
	memcpy(in + 8 + n, jpeg.at, jpeg.len);
	e = image_run(a, argv, 0, (struct bytes){in, 8 + n + jpeg.len}, &r);
	if (e == ERR_OK)
		e = image_run_fault(&r, &fault);
	if (e != ERR_OK || fault || !take_parts(a, r.out, &image, &whole) || !whole || !image.jpeg.len)
		return ERR_INTERNAL;
	*ret_jpeg = image.jpeg;
	return ERR_OK;
}
