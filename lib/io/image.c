#include "io/image.h"

#include <leptonica/allheaders.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/confine.h"
#include "io/sniff.h"

enum { QUALITY = 85, HEAD = 8, CHILD_BROKEN = 2, CHILD_LARGE = 3, CHILD_CANNOT = 4, LARGE_PIXELS = 16000000 };
enum { MEMORY = 512 << 20, OUT_MAX = 16 << 20, PDF_OUT_MAX = 96 << 20, CPU_S = 10, WALL_MS = 20000 };

/* --- in the child --- */

/* Decode at most twice as large as wanted: libjpeg leaves out what is not needed. */
static PIX *decode(struct bytes in, const struct sniff *s)
{
	int64_t side = s->width > s->height ? s->width : s->height;
	int reduce = 1;

	if (s->kind == SNIFF_PNG)
		return pixReadMemPng(in.at, in.len);
	while (reduce < 8 && side / (reduce * 2) >= IMAGE_SIDE)
		reduce *= 2;
	return pixReadMemJpeg(in.at, in.len, 0, reduce, NULL, 0);
}

/* The PIX is replaced by what comes out of a step; NULL stays NULL. */
static PIX *step(PIX *old, PIX *new)
{
	if (old != new)
		pixDestroy(&old);
	return new;
}

static PIX *shrink(PIX *p)
{
	int side = pixGetWidth(p) > pixGetHeight(p) ? pixGetWidth(p) : pixGetHeight(p);
	float scale = (float)IMAGE_SIDE / (float)side;

	return side > IMAGE_SIDE ? step(p, pixScale(p, scale, scale)) : p;
}

/* EXIF says how the camera was held. */
static PIX *turn(PIX *p, int orientation)
{
	static const struct {
		bool mirror;
		int quarters; /* clockwise, after mirroring left and right */
	} how[] = {{0, 0}, {0, 0}, {1, 0}, {0, 2}, {1, 2}, {1, 3}, {0, 1}, {1, 1}, {0, 3}};

	if (how[orientation].mirror)
		p = step(p, pixFlipLR(NULL, p));
	return p && how[orientation].quarters ? step(p, pixRotateOrth(p, how[orientation].quarters)) : p;
}

/* Only colours, on white, without text, profile or resolution of the original. */
static PIX *plain(PIX *p)
{
	if (pixGetSpp(p) == 4)
		p = step(p, pixAlphaBlendUniform(p, 0xffffff00));
	if (p)
		p = step(p, pixConvertTo8Or32(p, L_CLONE, 0));
	if (p) {
		pixSetText(p, NULL);
		pixSetResolution(p, 0, 0);
	}
	return p;
}

static bool write_all(const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n) {
		ssize_t done = write(1, at, n);

		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

static int send_jpeg(PIX *p)
{
	unsigned char *jpeg = NULL, head[HEAD];
	size_t n = 0;
	uint32_t w = (uint32_t)pixGetWidth(p), h = (uint32_t)pixGetHeight(p);

	for (int i = 0; i < 4; i++) {
		head[i] = (unsigned char)(w >> (24 - 8 * i));
		head[4 + i] = (unsigned char)(h >> (24 - 8 * i));
	}
	if (pixWriteMemJpeg(&jpeg, &n, p, QUALITY, 0) != 0)
		return CHILD_BROKEN;
	return write_all(head, HEAD) && write_all(jpeg, n) ? 0 : CHILD_CANNOT;
}

static int convert(struct bytes in)
{
	struct sniff s;
	PIX *p;

	sniff(in.at, in.len, &s);
	if (s.fault && strcmp(s.fault, "too_large_picture") == 0)
		return CHILD_LARGE;
	if (s.fault || (s.kind != SNIFF_JPEG && s.kind != SNIFF_PNG))
		return CHILD_BROKEN;
	p = decode(in, &s);
	if (!p && s.width * s.height > LARGE_PIXELS)
		return CHILD_LARGE; /* no memory for that many with these colours */
	if (p)
		p = plain(p);
	if (p)
		p = shrink(p);
	if (p)
		p = turn(p, s.orientation);
	return p ? send_jpeg(p) : CHILD_BROKEN;
}

int image_child(void)
{
	struct stat st;
	unsigned char *bytes;
	size_t got = 0;

	if (!confine_self())
		_exit(CHILD_CANNOT);
	setMsgSeverity(L_SEVERITY_NONE);
	if (fstat(0, &st) != 0 || st.st_size <= 0 || st.st_size > INT_MAX || !(bytes = malloc((size_t)st.st_size)))
		_exit(CHILD_CANNOT);
	while (got < (size_t)st.st_size) {
		ssize_t n = read(0, bytes + got, (size_t)st.st_size - got);

		if (n <= 0)
			_exit(CHILD_CANNOT);
		got += (size_t)n;
	}
	_exit(convert((struct bytes){bytes, got}));
}

/* --- on our side --- */

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

/* What the child sent, believed only as far as it looks like a JPEG of that size. */
static bool take_image(struct bytes out, struct image *ret_image)
{
	struct sniff s;

	if (out.len <= HEAD)
		return false;
	*ret_image = (struct image){.jpeg = {out.at + HEAD, out.len - HEAD},
		.width = be32(out.at),
		.height = be32(out.at + 4),
		.scan.code = ""};
	sniff(ret_image->jpeg.at, ret_image->jpeg.len, &s);
	return s.kind == SNIFF_JPEG && !s.fault && s.width == ret_image->width && s.height == ret_image->height &&
	       s.width <= IMAGE_SIDE && s.height <= IMAGE_SIDE;
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
	else if (r.code == CHILD_CANNOT)
		return ERR_INTERNAL;
	else if (r.code == CHILD_LARGE)
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
