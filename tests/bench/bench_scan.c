/* What is read from scans of our forms, and how long it takes: papers are printed, stamped, signed and scanned by
 * tests/scan, the same ones each time.  Arguments: how many scans, from which number on, and a folder for those that were
 * read wrongly (named on stderr then). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../scan/sheet.h"
#include "../scan/trial.h"

enum { SCANS = 660 };

static const char *const rare[] = {
	"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", NULL};

static double percent(int part, int whole)
{
	return whole ? 100.0 * part / whole : 100;
}

static void say_kind(const struct trial_kind *k)
{
	printf("BENCH scan_%s_identified %.1f %%\n", k->name, percent(k->known, k->forms));
	printf("BENCH scan_%s_seals %.1f %%\n", k->name, percent(k->found, k->stamped));
}

/* A table for people, beside the lines for programs. */
static void say_table(const struct trial *t)
{
	fprintf(stderr, "%-15s %5s %11s %5s %11s %11s %9s %5s\n", "scans", "", "identified", "wrong", "seals",
		"name seals", "false", "mm");
	for (int i = 0; i <= TRIAL_KINDS; i++) {
		const struct trial_kind *k = i < TRIAL_KINDS ? &t->kind[i] : &t->all;

		fprintf(stderr, "%-15s %5d %5d/%5d %5d %5d/%5d %5d/%5d %4d/%4d %5.2f\n", k->name, k->scans, k->known,
			k->forms, k->wrong, k->found, k->stamped, k->small_found, k->small, k->false_seal, k->clean,
			k->error_max);
	}
}

int main(int argc, char **argv)
{
	static struct trial t;
	int scans = argc > 1 ? (int)strtol(argv[1], NULL, 10) : SCANS,
	    from = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	struct fonts *fonts;

	if (fonts_load("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", rare, &fonts) != ERR_OK)
		return 1;
	if (!trial_run(fonts, from, from + scans, SHEET_FORMS, argc > 2, argc > 3 ? argv[3] : NULL, &t))
		return 1;
	fonts_free(fonts);
	say_table(&t);
	for (int i = 0; i < TRIAL_KINDS; i++)
		say_kind(&t.kind[i]);
	printf("BENCH scan_scans %d scans\n", t.all.scans);
	printf("BENCH scan_identified %.2f %%\n", percent(t.all.known, t.all.forms));
	printf("BENCH scan_wrong %d pages\n", t.all.wrong);
	printf("BENCH scan_turned %.2f %%\n", percent(t.all.turned, t.all.known));
	printf("BENCH scan_seals_found %.2f %%\n", percent(t.all.found, t.all.stamped));
	printf("BENCH scan_name_seals_found %.2f %%\n", percent(t.all.small_found, t.all.small));
	printf("BENCH scan_seals_false %.2f %%\n", t.all.clean ? percent(t.all.false_seal, t.all.clean) : 0);
	printf("BENCH scan_diameter_p99 %.2f mm\n", trial_quantile(t.error, t.errors, 0.99));
	printf("BENCH scan_diameter_max %.2f mm\n", trial_quantile(t.error, t.errors, 1));
	printf("BENCH scan_diameter_off %d seals\n", t.all.off);
	printf("BENCH scan_p50 %.0f ms\n", trial_quantile(t.ms, t.times, 0.5));
	printf("BENCH scan_p99 %.0f ms\n", trial_quantile(t.ms, t.times, 0.99));
	printf("BENCH scan_max %.0f ms\n", trial_quantile(t.ms, t.times, 1));
	printf("BENCH scan_making %.1f s\n", t.seconds_making);
	return 0;
}
