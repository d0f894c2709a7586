/* Each form of the catalogue as a picture, held against the one that was looked at and found good.
 *   test_form_golden               compares; what differs is left in build/golden to be seen
 *   test_form_golden --make        draws the pictures of tests/golden/form anew: look at them before you commit
 * 100 dpi, black and white.  A pixel may lie one beside where it was, for readers and their fonts change. */
#include "unit.h"

#include <dirent.h>
#include <leptonica/allheaders.h>
#include <sys/stat.h>

#include "form_fixture.h"
#include "paper.h"

#define GOLDEN "tests/golden/form"
#define SEEN "build/golden"

enum { DPI = 100, STRAY_MAX = 10, DARK = 150 };

static bool making;
static size_t pictures;

static PIX *black_and_white(const struct picture *p)
{
	PIX *pix = pixCreate(p->width, p->height, 1);

	for (int y = 0; y < p->height; y++)
		for (int x = 0; x < p->width; x++)
			if (p->at[(size_t)y * (size_t)p->width + (size_t)x] < DARK)
				pixSetPixel(pix, x, y, 1);
	return pix;
}

/* Pixels of one picture that have none of the other's within a pixel. */
static int strays(PIX *from, PIX *of)
{
	PIX *near = pixDilateBrick(NULL, of, 3, 3), *left = pixSubtract(NULL, from, near);
	int count = 0;

	pixCountPixels(left, &count, NULL);
	pixDestroy(&near);
	pixDestroy(&left);
	return count;
}

static void write_png(const char *folder, const char *name, PIX *pix)
{
	mkdir(folder, 0777);
	assert_int_equal(pixWrite(arena_printf(mem, "%s/%s.png", folder, name), pix, IFF_PNG), 0);
}

static void hold(const char *name, const struct bytes *file, int page)
{
	struct picture picture = paper_picture(file, page, DPI);
	PIX *seen = black_and_white(&picture), *golden;
	int lost, added;

	pictures++;
	if (making) {
		write_png(GOLDEN, name, seen);
		pixDestroy(&seen);
		return;
	}
	golden = pixRead(arena_printf(mem, "%s/%s.png", GOLDEN, name));
	if (!golden)
		fail_msg("%s has no picture yet: test_form_golden --make", name);
	assert_int_equal(pixGetWidth(golden), pixGetWidth(seen));
	lost = strays(golden, seen);
	added = strays(seen, golden);
	if (lost > STRAY_MAX || added > STRAY_MAX) {
		mkdir("build", 0777);
		write_png(SEEN, name, seen);
		fail_msg("%s: %d pixels are gone, %d are new; see %s/%s.png", name, lost, added, SEEN, name);
	}
	pixDestroy(&golden);
	pixDestroy(&seen);
}

/* ret_own: pages of a copy.  ret_all: of the file. */
static struct bytes drawn(const struct form_case *c, int *ret_own, int *ret_all)
{
	struct form_paper paper = c->paper;
	struct form_marks marks;
	struct faults faults;
	struct bytes file;

	paper.ret_marks = &marks;
	faults_init(&faults, mem);
	if (form_draw(mem, fonts, &paper, &file, ret_all, &faults) != ERR_OK)
		fail_msg("%s", faults.count ? faults.at[0].detail : "the form cannot be drawn");
	*ret_own = (*ret_all - (int)marks.seal_pages) / paper.copies;
	return file;
}

static void hold_all(const char *name, const struct form_case *c)
{
	int own, all;
	struct bytes file = drawn(c, &own, &all);

	for (int page = 1; page <= own; page++)
		hold(arena_printf(mem, "%s-%d", name, page), &file, page);
	for (int page = own * c->paper.copies + 1; page <= all; page++)
		hold(arena_printf(mem, "%s-seal-%d", name, page - own * c->paper.copies), &file, page);
}

/* services × holders, filled in and blank */
static void every_form(void **state)
{
	static const char *const holders[] = {"org", "rep", "ind"};
	size_t forms = 0;

	(void)state;
	CATALOG_EACH(struct catalog_service, s, &the_catalog()->services)
		for (size_t h = 0; h < ARRAY_LEN(holders); h++) {
			const struct catalog_route *route = form_route(s, holders[h]);

			if (!route)
				continue;
			hold_all(arena_printf(mem, "%s-%s", s->code, holders[h]), form_case(route, false));
			hold_all(arena_printf(mem, "%s-%s-blank", s->code, holders[h]), form_case(route, true));
			forms++;
		}
	assert_int_equal(forms, 19);
}

static void twenty_certificates_with_long_names(void **state)
{
	(void)state;
	hold_all("long-org", form_long_case(form_route(catalog_service(the_catalog(), "change"), "org")));
}

static void the_second_copy(void **state)
{
	struct form_case *c = form_case(form_route(catalog_service(the_catalog(), "new"), "org"), false);
	struct bytes file;
	int own, all;

	(void)state;
	file = drawn(c, &own, &all);
	hold("second-copy", &file, own + 1);
}

/* No picture lies there that nothing is held against. */
static void no_picture_is_left_over(void **state)
{
	DIR *d = opendir(GOLDEN);
	size_t there = 0;

	(void)state;
	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		there += e->d_name[0] != '.';
	closedir(d);
	assert_int_equal(there, pictures);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(twenty_certificates_with_long_names),
		cmocka_unit_test(the_second_copy),
		cmocka_unit_test(no_picture_is_left_over),
	};

	making = argc > 1 && strcmp(argv[1], "--make") == 0;
	return PAPER_MAIN(tests);
}
