#include "io/image_run.h"

#include <limits.h>
#include <unistd.h>

#include "base/log.h"
#include "io/image.h"
#include "io/image_child.h"

enum { MEMORY = 256 << 20, OUT_MAX = 16 << 20, CPU_S = 2, WALL_MS = 20000 };

static enum err self_path(struct arena *a, const char **ret_path)
{
	char *path = arena_alloc(a, PATH_MAX);
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	*ret_path = path;
	return n > 0 ? ERR_OK : ERR_INTERNAL;
}

static struct image_use use;

struct image_use image_use(void)
{
	struct image_use most = use;

	use = (struct image_use){0};
	return most;
}

static void larger(int64_t *most, int64_t value)
{
	if (value > *most)
		*most = value;
}

enum err image_run(struct arena *a, const char **argv, int nice, struct bytes in, struct confine_result *ret_result)
{
	bool ours = !argv[0];
	const struct confine c = {.argv = argv,
		.memory_bytes = MEMORY,
		.cpu_s = CPU_S,
		.wall_ms = WALL_MS,
		.ours = ours,
		.nice = nice,
		.out_max = OUT_MAX};
	enum err e = ours ? self_path(a, &argv[0]) : ERR_OK;

	if (e == ERR_OK)
		e = confine_run(a, &c, in, ret_result);
	if (e == ERR_OK) {
		larger(&use.cpu_ms, ret_result->cpu_ms);
		larger(&use.peak_bytes, ret_result->peak_bytes);
	}
	return e;
}

enum err image_run_fault(const struct confine_result *r, const char **ret_fault)
{
	static const char *const faults[] = {[IMAGE_CHILD_BROKEN] = "broken",
		[IMAGE_CHILD_LARGE] = "too_large_picture",
		[IMAGE_CHILD_ENCRYPTED] = "encrypted",
		[IMAGE_CHILD_ACTIVE] = "active",
		[IMAGE_CHILD_COMPLEX] = "too_complex"};

	*ret_fault = NULL;
	if (r->how != CONFINE_EXITED)
		*ret_fault = "too_complex";
	else if (r->code < 0 || r->code >= (int)ARRAY_LEN(faults) || (r->code && !faults[r->code])) {
		log_at(LOG_ERROR, "image: the child could not begin: %d", r->code);
		return ERR_INTERNAL;
	} else
		*ret_fault = faults[r->code];
	return ERR_OK;
}

enum err image_run_pdf_fault(struct arena *a, struct bytes pdf, const char **ret_fault)
{
	const char *argv[] = {NULL, "pdf", NULL};
	struct confine_result r;
	enum err e = image_run(a, argv, IMAGE_NICE, pdf, &r);

	return e == ERR_OK ? image_run_fault(&r, ret_fault) : e;
}

static size_t be32(const unsigned char *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

bool image_part_next(struct bytes *rest, struct image_part *ret_part)
{
	size_t n;

	if (rest->len < IMAGE_PART_HEAD)
		return false;
	n = be32(rest->at + 1);
	if (n > rest->len - IMAGE_PART_HEAD)
		return false;
	*ret_part = (struct image_part){rest->at[0], {rest->at + IMAGE_PART_HEAD, n}};
	rest->at += IMAGE_PART_HEAD + n;
	rest->len -= IMAGE_PART_HEAD + n;
	return true;
}

void image_put(unsigned char *to, int value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)((unsigned)value >> (24 - 8 * i));
}
