/* How exactly and how fast seals are cut out of scanned imprint pages, the same pages each time (tests/scan/imprint.h).
 * Arguments: how many pages, from which number on, and a folder for all that is cut out (wrong ones are named on stderr
 * then). */
#include <stdio.h>
#include <stdlib.h>

#include "../scan/imprint.h"
#include "io/image.h"

enum { PAGES = 126 };

static const char *const rare[] = {
	"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", NULL};

static void say_table(const struct imprint_trial *t)
{
	fprintf(stderr, "%-12s %5s %5s %5s\n", "imprints", "", "right", "said");
	for (int i = 0; i <= IMPRINT_KINDS; i++) {
		const struct imprint_kind *k = i < IMPRINT_KINDS ? &t->kind[i] : &t->all;

		fprintf(stderr, "%-12s %5d %5d %5d\n", k->name, k->pages, k->right, k->said);
	}
}

int main(int argc, char **argv)
{
	static struct imprint_trial t;
	int pages = argc > 1 ? (int)strtol(argv[1], NULL, 10) : PAGES,
	    from = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	struct fonts *fonts;

	if (image_is_child(argc, argv))
		return image_child(argc, argv);
	if (fonts_load("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", rare, &fonts) != ERR_OK)
		return 1;
	if (!imprint_trial_run(fonts, from, from + pages, argc > 2, argc > 3 ? argv[3] : NULL, &t))
		return 1;
	fonts_free(fonts);
	say_table(&t);
	printf("BENCH imprint_pages %d pages\n", t.all.pages);
	printf("BENCH imprint_right %.1f %%\n", 100.0 * t.all.right / t.all.pages);
	printf("BENCH imprint_wrong_unsaid %d pages\n", t.all.pages - t.all.right - t.all.said);
	printf("BENCH imprint_size_p95 %.2f mm\n", trial_quantile(t.size, t.count, 0.95));
	printf("BENCH imprint_size_max %.2f mm\n", trial_quantile(t.size, t.count, 1));
	printf("BENCH imprint_middle_p95 %.2f mm\n", trial_quantile(t.middle, t.count, 0.95));
	printf("BENCH imprint_not_clear_p95 %.2f %%\n", 100 * trial_quantile(t.clear, t.count, 0.95));
	printf("BENCH imprint_not_kept_p95 %.2f %%\n", 100 * trial_quantile(t.kept, t.count, 0.95));
	printf("BENCH imprint_p50 %.0f ms\n", trial_quantile(t.ms, t.all.pages, 0.5));
	printf("BENCH imprint_p99 %.0f ms\n", trial_quantile(t.ms, t.all.pages, 0.99));
	printf("BENCH imprint_peak %.0f MB\n", (double)t.peak_bytes / 1048576);
	return 0;
}
