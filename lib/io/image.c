#include "io/image.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "io/confine.h"
#include "io/image_child.h"
#include "io/sniff.h"

enum { MEMORY = 512 << 20, OUT_MAX = 16 << 20, PDF_OUT_MAX = 96 << 20, CPU_S = 10, WALL_MS = 20000 };

static enum err self_path(struct arena *a, const char **ret_path)
{
	char *path = arena_alloc(a, PATH_MAX);
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	*ret_path = path;
	return n > 0 ? ERR_OK : ERR_INTERNAL;
}

static int64_t be32(const unsigned char *p)
{
	return (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

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

static bool take_part(unsigned char kind, struct bytes part, struct image *image)
{
	int64_t width, height;

	switch (kind) {
	case IMAGE_PART_PAGE: return take_jpeg(part, IMAGE_SIDE, &image->jpeg, &image->width, &image->height);
	case IMAGE_PART_THUMB: return take_jpeg(part, IMAGE_THUMB, &image->thumb, &width, &height);
	default: return false;
	}
}

/* What the child sent, believed only as far as it looks like what was asked for. */
static bool take_image(struct bytes out, struct image *ret_image)
{
	size_t at = 0;

	*ret_image = (struct image){.scan.code = ""};
	while (out.len - at >= IMAGE_PART_HEAD) {
		size_t n = (size_t)be32(out.at + at + 1);
		unsigned char kind = out.at[at];

		at += IMAGE_PART_HEAD;
		if (n > out.len - at || !take_part(kind, (struct bytes){out.at + at, n}, ret_image))
			return false;
		at += n;
	}
	return at == out.len && ret_image->jpeg.len && ret_image->thumb.len;
}

static enum err one_picture(struct arena *a, struct bytes in, struct image *ret_image, const char **ret_fault)
{
	const char *argv[] = {NULL, "picture", NULL};
	struct confine c = {
		.argv = argv, .memory_bytes = MEMORY, .cpu_s = CPU_S, .wall_ms = WALL_MS, .out_max = OUT_MAX};
	struct confine_result r;
	enum err e = self_path(a, &argv[0]);

	if (e == ERR_OK)
		e = confine_run(a, &c, in, &r);
	if (e != ERR_OK)
		return e;
	*ret_fault = NULL;
	if (r.how != CONFINE_EXITED)
		*ret_fault = "too_complex";
	else if (r.code == IMAGE_CHILD_CANNOT)
		return ERR_INTERNAL;
	else if (r.code == IMAGE_CHILD_LARGE)
		*ret_fault = "too_large_picture";
	else if (r.code != 0 || !take_image(r.out, ret_image))
		*ret_fault = "broken";
	return ERR_OK;
}

enum err image_of_picture(struct arena *a, struct bytes in, struct images *ret_images)
{
	struct image *image = arena_alloc(a, sizeof *image);
	enum err e;

	*ret_images = (struct images){.at = image};
	e = one_picture(a, in, image, &ret_images->fault);
	if (e == ERR_OK && !ret_images->fault)
		ret_images->count = 1;
	return e;
}

/* pages_max + 1 pages are asked for: the one too many says that there are too many. */
static enum err run_pdftoppm(struct arena *a, struct bytes in, int64_t pages_max, struct confine_result *ret_result)
{
	const char *const argv[] = {"/usr/bin/pdftoppm", "-q", "-jpeg", "-jpegopt", "quality=92", "-scale-to", "2000",
		"-l", arena_printf(a, "%d", (int)pages_max + 1), "-", NULL};
	const struct confine c = {
		.argv = argv, .memory_bytes = MEMORY, .cpu_s = CPU_S, .wall_ms = WALL_MS, .out_max = PDF_OUT_MAX};

	return confine_run(a, &c, in, ret_result);
}

enum err image_of_pdf(struct arena *a, struct bytes in, int64_t pages_max, struct images *ret_images)
{
	struct image *at = arena_array(a, (size_t)pages_max, sizeof *at);
	struct confine_result r;
	size_t end, n = 0;
	enum err e = run_pdftoppm(a, in, pages_max, &r);

	*ret_images = (struct images){.at = at};
	if (e != ERR_OK)
		return e;
	if (r.how != CONFINE_EXITED)
		ret_images->fault = "too_complex";
	for (size_t from = 0; e == ERR_OK && !ret_images->fault && from < r.out.len; from += end) {
		end = sniff_jpeg_end(r.out.at + from, r.out.len - from);
		if (n == (size_t)pages_max)
			ret_images->fault = "too_many_pages";
		else if (!end)
			ret_images->fault = "broken";
		else
			e = one_picture(a, (struct bytes){r.out.at + from, end}, &at[n++], &ret_images->fault);
	}
	if (e == ERR_OK && !ret_images->fault && n == 0)
		ret_images->fault = "broken";
	ret_images->count = ret_images->fault ? 0 : n;
	return e;
}
