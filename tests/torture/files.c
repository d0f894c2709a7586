/* Files through the same hands as an upload, without a portal around: sniffed, decoded in the confined child.
 * Paths on standard input, one a line; for each a line on standard output:
 *   VERDICT pages cpu_ms peak_kB wall_ms PATH       VERDICT is "good" or the fault
 * `files OUT` also keeps what became of them as OUT/N-PAGE.jpg and OUT/N-PAGE.thumb.jpg, N counting the lines from 0.
 * `files loose PATH` is the control of the figures: the file's child once more, without the limits, and the same line. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "io/confine.h"
#include "io/file.h"
#include "io/image.h"
#include "io/sniff.h"

enum { PAGES_MAX = 20 };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

static void keep(struct arena *a, const char *out, int n, const struct images *images)
{
	for (size_t i = 0; i < images->count; i++) {
		const struct bytes parts[] = {images->at[i].jpeg, images->at[i].thumb};

		for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
			FILE *f = fopen(arena_printf(a, "%s/%d-%zu%s.jpg", out, n, i + 1, k ? ".thumb" : ""), "we");

			if (f) {
				fwrite(parts[k].at, 1, parts[k].len, f);
				fclose(f);
			}
		}
	}
}

static enum err decode(struct arena *a, struct bytes in, struct images *ret_images)
{
	struct sniff s;

	sniff(in.at, in.len, &s);
	*ret_images = (struct images){.fault = s.fault};
	if (s.fault)
		return ERR_OK;
	return s.kind == SNIFF_PDF ? image_of_pdf(a, in, PAGES_MAX, ret_images) : image_of_picture(a, in, ret_images);
}

static int one(struct arena *a, const char *path, const char *out, int n)
{
	struct bytes in;
	struct images images;
	int64_t begun = now_ms();
	struct image_use use;
	enum err e = file_read(a, path, &in);

	(void)image_use();
	if (e == ERR_OK)
		e = decode(a, in, &images);
	if (e != ERR_OK) {
		fprintf(stderr, "%s: %s\n", path, err_wire(e));
		return 1;
	}
	use = image_use();
	printf("%s %zu %d %d %d %s\n", images.fault ? images.fault : "good", images.count, (int)use.cpu_ms,
		(int)(use.peak_bytes / 1024), (int)(now_ms() - begun), path);
	fflush(stdout);
	if (out)
		keep(a, out, n, &images);
	return 0;
}

/* Four times the memory and ten times the seconds. */
static int loose(struct arena *a, const char *path)
{
	char self[PATH_MAX] = "";
	const char *picture[] = {self, "picture", NULL}, *pdf[] = {"/usr/bin/pdftoppm", "-q", "-jpeg", "-", NULL};
	struct confine c = {.argv = picture,
		.ours = true,
		.memory_bytes = (int64_t)1 << 30,
		.cpu_s = 20,
		.wall_ms = 120000,
		.out_max = (size_t)1 << 30};
	struct confine_result r;
	struct bytes in;
	enum err e = file_read(a, path, &in);

	if (e == ERR_OK && in.len > 4 && memcmp(in.at, "%PDF", 4) == 0)
		c.argv = pdf;
	if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0 || e != ERR_OK ||
		confine_run(a, &c, in, &r) != ERR_OK)
		return 1;
	printf("%s 0 %d %d 0 %s\n", r.how == CONFINE_EXITED ? "ended" : "killed", (int)r.cpu_ms,
		(int)(r.peak_bytes / 1024), path);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *a CLEANUP(arena_done) = NULL;
	char line[PATH_MAX + 1];
	int n = 0, bad = 0;

	if (image_is_child(argc, argv))
		return image_child(argc, argv);
	a = arena_new();
	if (argc == 3 && strcmp(argv[1], "loose") == 0)
		return loose(a, argv[2]);
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		bad |= one(a, line, argc > 1 ? argv[1] : NULL, n++);
		arena_reset(a);
	}
	return bad;
}
