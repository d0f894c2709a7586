#include "imprint.h"

#include <leptonica/allheaders.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "imprint_judge.h"
#include "ink.h"
#include "io/image.h"
#include "lens.h"
#include "sheet.h"

const double imprint_box[IMPRINT_BOXES][2] = {{61, 112}, {149, 112}, {61, 216}, {149, 216}};

/* --- the page --- */

/* Printed exactly where it should be: pixels that it covers in part are grey. */
static void print(struct paint *p, double x, double y, double w, double h, unsigned char ink)
{
	double k = SHEET_PX_PER_MM, right = (x + w) * k, bottom = (y + h) * k;

	x *= k;
	y *= k;
	for (int row = (int)y; row < bottom; row++)
		for (int column = (int)x; column < right; column++) {
			double across = fmin(right, column + 1) - fmax(x, column),
			       down = fmin(bottom, row + 1) - fmax(y, row);

			memset(paint_at(p, column, row), (int)lround(255 - (255 - ink) * across * down), 3);
		}
}

static void one_box(struct paint *p, double x, double y)
{
	for (int i = 0; i < 4; i++)
		print(p, x + (i & 1 ? 39 : -39) - 2, y + (i & 2 ? 39 : -39) - 2, 4, 4, 16);
	for (int i = 0; i < 2; i++) {
		print(p, x - 35, y - 35.1 + 70 * i, 70, 0.2, 180);
		print(p, x - 35.1 + 70 * i, y - 35, 0.2, 70, 180);
	}
}

void imprint_boxes(struct paint *p)
{
	for (int i = 0; i < IMPRINT_BOXES; i++)
		one_box(p, imprint_box[i][0], imprint_box[i][1]);
}

struct paint imprint_page(struct arena *a, const struct fonts *fonts, int number)
{
	int pages;
	struct sheet_page *page = sheet_form(a, fonts, number, &pages);
	struct paint p = {0};

	for (int i = 0; page && i < pages; i++)
		if (i == 0)
			p = page[i].paint;
		else
			paint_free(&page[i].paint);
	if (p.at) {
		sheet_fill(&p, 0, 52, 210, 236, 0xffffff);
		imprint_boxes(&p);
	}
	return p;
}

/* --- kinds: each starts from a good scan and spoils one thing --- */

struct plan {
	struct lens lens;
	struct stamp stamp;
	bool hand, over_text, pen_on_mark, pdf;
	unsigned pen;
};

static void skewed(struct plan *p, struct chance *c)
{
	p->lens.skew = chance_in(c, -5, 5);
	p->lens.whole = true;
	p->lens.desk = chance_below(c, 2) ? DESK_LID_WHITE : DESK_LID_BLACK;
}

static void turned(struct plan *p, struct chance *c)
{
	p->lens.turn = 1 + chance_below(c, 3);
}

static void noisy(struct plan *p, struct chance *c)
{
	p->lens.noise = chance_in(c, 8, 16);
}

static void jpeg_35(struct plan *p, struct chance *c)
{
	p->lens.jpeg = 35 + chance_below(c, 15);
}

static void blurred(struct plan *p, struct chance *c)
{
	p->lens.blur = chance_in(c, 0.1, 0.2);
}

static void dark(struct plan *p, struct chance *c)
{
	p->lens.light = chance_in(c, 0.45, 0.7);
	p->lens.noise = 3;
}

static void faint(struct plan *p, struct chance *c)
{
	p->stamp.strength = chance_in(c, 0.3, 0.5);
	p->stamp.mottle = chance_in(c, 0, 0.15);
}

static void uneven(struct plan *p, struct chance *c)
{
	p->stamp.mottle = chance_in(c, 0.25, 0.45);
}

static void purple(struct plan *p, struct chance *c)
{
	p->stamp.rgb = (const unsigned[]){0xb02068, 0x7a2890, 0x98307c}[chance_below(c, 3)];
}

static void dark_red(struct plan *p, struct chance *c)
{
	p->stamp.rgb = (const unsigned[]){0x8c1c3c, 0x901c20, 0xa01828}[chance_below(c, 3)];
}

static void over_text(struct plan *p, struct chance *c)
{
	(void)c;
	p->over_text = true;
}

static void small(struct plan *p, struct chance *c)
{
	p->stamp.kind = STAMP_SQUARE;
	p->stamp.w = p->stamp.h = chance_in(c, 16, 24);
}

static void oval(struct plan *p, struct chance *c)
{
	(void)c;
	p->stamp.kind = STAMP_OVAL;
	p->stamp.w = 45;
	p->stamp.h = 30;
}

static void signature(struct plan *p, struct chance *c)
{
	p->hand = true;
	p->pen = (const unsigned[]){0x14181c, 0x1c2a78, 0x102090}[chance_below(c, 3)];
}

static void pen_on_mark(struct plan *p, struct chance *c)
{
	(void)c;
	p->pen_on_mark = true;
}

static void phone(struct plan *p, struct chance *c)
{
	p->lens.phone = true;
	p->lens.side = (const int[]){3000, 4000}[chance_below(c, 2)];
	p->lens.tilt_x = chance_in(c, -10, 10);
	p->lens.tilt_y = chance_in(c, -8, 8);
	p->lens.skew = chance_in(c, -5, 5);
	p->lens.turn = chance_below(c, 3) ? 0 : 1 + chance_below(c, 3);
	p->lens.fill = chance_in(c, 0.85, 0.96);
	p->lens.desk = (enum lens_desk)(DESK_WOOD + chance_below(c, DESKS - DESK_WOOD));
	p->lens.noise = chance_in(c, 2, 6);
	p->lens.blur = chance_in(c, 0, 0.08);
	p->lens.light = chance_in(c, 0.75, 1);
	p->lens.shade = chance_in(c, 0, 0.2);
	p->lens.warm = chance_in(c, 0, 0.12);
	p->lens.jpeg = 75 + chance_below(c, 20);
}

static void phone_shadow(struct plan *p, struct chance *c)
{
	phone(p, c);
	p->lens.shadow = true;
	p->lens.shade = chance_in(c, 0.15, 0.4);
	p->lens.warm = chance_in(c, 0.05, 0.2);
}

static void in_pdf(struct plan *p, struct chance *c)
{
	(void)c;
	p->pdf = true;
	p->lens.dpi = 300;
}

static const struct {
	const char *name;
	double dpi;					 /* 0: as it came */
	void (*spoil)(struct plan *p, struct chance *c); /* or NULL */
} kinds[IMPRINT_KINDS] = {
	{"150dpi", 150, NULL},
	{"200dpi", 200, NULL},
	{"300dpi", 300, NULL},
	{"600dpi", 600, NULL},
	{"skew", 0, skewed},
	{"turned", 0, turned},
	{"noise", 0, noisy},
	{"jpeg35", 0, jpeg_35},
	{"blur", 0, blurred},
	{"dark", 0, dark},
	{"faint", 0, faint},
	{"uneven", 0, uneven},
	{"purple", 0, purple},
	{"dark_red", 0, dark_red},
	{"over_text", 0, over_text},
	{"name_seal", 0, small},
	{"oval", 0, oval},
	{"signature", 0, signature},
	{"pen_on_mark", 0, pen_on_mark},
	{"phone", 0, phone},
	{"pdf", 0, in_pdf},
};

/* --- one page --- */

static struct plan plan_of(int kind, const double at[2], struct chance *c)
{
	static const unsigned inks[] = {0xd21c28, 0xc81e1e, 0xdc3022, 0xe02840};
	static const double across[] = {42, 42, 40, 38, 45, 50};
	struct plan p = {.lens = {.dpi = (const double[]){200, 300, 300}[chance_below(c, 3)],
				 .skew = chance_in(c, -0.8, 0.8),
				 .noise = chance_in(c, 0.5, 2.5),
				 .blur = chance_in(c, 0, 0.05),
				 .light = chance_in(c, 0.92, 1.03),
				 .gamma = 1,
				 .jpeg = 75 + chance_below(c, 20)},
		.stamp = {.turn = chance_in(c, -25, 25),
			.strength = chance_in(c, 0.75, 1),
			.mottle = chance_in(c, 0, 0.15),
			.rgb = inks[chance_below(c, ARRAY_LEN(inks))]}};

	p.stamp.w = p.stamp.h = across[chance_below(c, ARRAY_LEN(across))];
	if (kinds[kind].dpi > 0)
		p.lens.dpi = kinds[kind].dpi;
	if (kinds[kind].spoil == phone && chance_below(c, 2))
		phone_shadow(&p, c);
	else if (kinds[kind].spoil)
		kinds[kind].spoil(&p, c);
	p.stamp.x = at[0] + chance_in(c, -1, 1) * fmin(33 - p.stamp.w / 2, 9);
	p.stamp.y = at[1] + chance_in(c, -1, 1) * fmin(33 - p.stamp.w / 2, 9);
	return p;
}

/* What is stamped, the same on each paper it is given: on the page, and alone to know what should come out. */
static void put_ink(struct paint *paper, const struct plan *p, struct chance c)
{
	if (p->hand)
		ink_signature(paper, &c, p->stamp.x - 18, p->stamp.y - 7, 36, 14, p->pen);
	else
		ink_stamp(paper, &c, &p->stamp);
}

static void write_on(struct paint *paper, const struct plan *p, int box, struct chance *c)
{
	struct chance ink = chance_of(chance_bits(c));

	for (int line = 0; p->over_text && line < 7; line++)
		sheet_words(
			paper, c, imprint_box[box][0] - 30, imprint_box[box][1] - 30 + 8.5 * line, 3.6, 15, 0x181818);
	put_ink(paper, p, ink);
	if (p->pen_on_mark)
		ink_underline(paper, c, imprint_box[box][0] - 44, imprint_box[box][1] - 40 + chance_in(c, 0, 2), 12,
			0x14181c);
	/* Another box has its seal, too. */
	if (chance_below(c, 2))
		ink_stamp(paper, c,
			&(struct stamp){.x = imprint_box[3 - box][0],
				.y = imprint_box[3 - box][1],
				.w = 42,
				.h = 42,
				.strength = 0.9,
				.rgb = 0xd21c28});
}

/* A JPEG as the page of a PDF, as scanners make it. */
static struct bytes pdf_of(struct arena *a, struct bytes jpeg, int w, int h, double dpi)
{
	struct str s;
	double across = w * 72 / dpi, down = h * 72 / dpi;
	const char *draw = arena_printf(a, "q %.2f 0 0 %.2f 0 0 cm /I Do Q", across, down);

	str_init(&s, a);
	str_addf(&s,
		"%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 "
		"R]>>\n"
		"endobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents 4 0 R/Resources<</XObject"
		"<</I 5 0 R>>>>>>\nendobj\n4 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n",
		across, down, (int)strlen(draw), draw);
	str_addf(&s,
		"5 0 obj\n<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8"
		"/Filter/DCTDecode/Length %d>>\nstream\n",
		w, h, (int)jpeg.len);
	str_addn(&s, (const char *)jpeg.at, jpeg.len);
	str_add(&s, "\nendstream\nendobj\ntrailer\n<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n");
	return (struct bytes){(const unsigned char *)s.at, s.len};
}

struct pile {
	struct paint paper;
	struct arena *scratch;
	const char *folder;
	bool say;
};

static void keep(const struct pile *pile, int number, int kind, struct bytes file, const struct imprint *made)
{
	const struct {
		const char *end;
		struct bytes bytes;
	} files[] = {{"png", made->png}, {"sight.jpg", made->sight}, {"jpg", file}};

	for (size_t i = 0; i < ARRAY_LEN(files) && pile->folder; i++) {
		FILE *f = files[i].bytes.len ? fopen(arena_printf(pile->scratch, "%s/%03d-%s.%s", pile->folder, number,
							     kinds[kind].name, files[i].end),
						       "wb")
					     : NULL;

		if (f) {
			fwrite(files[i].bytes.at, 1, files[i].bytes.len, f);
			fclose(f);
		}
	}
}

static void count(struct imprint_trial *t, int kind, const struct imprint_judgement *j, bool said)
{
	struct imprint_kind *both[] = {&t->kind[kind], &t->all};

	for (int i = 0; i < 2; i++) {
		both[i]->pages++;
		both[i]->right += j->right;
		both[i]->said += !j->right && said;
	}
	if (!j->any)
		return;
	t->size[t->count] = j->size;
	t->middle[t->count] = j->middle;
	t->clear[t->count] = 1 - j->clear;
	t->kept[t->count++] = 1 - j->kept;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

static bool one(struct pile *pile, int number, struct imprint_trial *t)
{
	struct chance c = chance_of((uint64_t)number + 4711), ink;
	int kind = number % IMPRINT_KINDS, box = chance_below(&c, IMPRINT_BOXES);
	struct plan p = plan_of(kind, imprint_box[box], &c);
	struct imprint_in in = {1, llround(imprint_box[box][0] * 10), llround(imprint_box[box][1] * 10), {0}, p.hand};
	struct paint paper = paint_copy(&pile->paper), alone = paint_new(SHEET_W, SHEET_H, 255);
	struct imprint_judgement judged;
	struct imprint made;
	const char *fault;
	struct lens_map map;
	struct bytes file;
	int64_t start;

	ink = c;
	ink = chance_of(chance_bits(&ink));
	put_ink(&alone, &p, ink);
	write_on(&paper, &p, box, &c);
	if (!lens_file(&p.lens, &paper, &c, pile->scratch, &file, &map))
		return false;
	paint_free(&paper);
	if (p.pdf)
		file = pdf_of(pile->scratch, file, (int)lround(210 * p.lens.dpi / 25.4),
			(int)lround(297 * p.lens.dpi / 25.4), p.lens.dpi);
	start = now_ms();
	if (imprint_take(pile->scratch, file, &in, &made, &fault) != ERR_OK)
		return false;
	t->ms[t->all.pages] = (double)(now_ms() - start);
	judged = imprint_judge(&alone, &in, &made);
	paint_free(&alone);
	if (pile->say && !judged.right)
		fprintf(stderr, "page %d %s: %s marks %d dpi %d size %.2f middle %.2f clear %.4f kept %.4f%s\n", number,
			kinds[kind].name, fault ? fault : "-", (int)made.marks, (int)made.dpi, judged.size,
			judged.middle, judged.clear, judged.kept, made.cut ? " cut" : "");
	keep(pile, number, kind, file, &made);
	count(t, kind, &judged, fault || made.marks < 4 || made.cut);
	return true;
}

bool imprint_trial_run(
	const struct fonts *fonts, int from, int to, bool say, const char *folder, struct imprint_trial *ret_trial)
{
	struct pile pile = {.scratch = arena_new(), .folder = folder, .say = say};
	struct arena *a = arena_new();
	bool right;

	memset(ret_trial, 0, sizeof *ret_trial);
	ret_trial->all.name = "all";
	for (int i = 0; i < IMPRINT_KINDS; i++)
		ret_trial->kind[i].name = kinds[i].name;
	pile.paper = imprint_page(a, fonts, 0);
	right = pile.paper.at != NULL;
	image_use();
	for (int i = from; right && i < to && i - from < IMPRINT_PAGES_MAX; i++) {
		right = one(&pile, i, ret_trial);
		arena_reset(pile.scratch);
	}
	ret_trial->peak_bytes = image_use().peak_bytes;
	paint_free(&pile.paper);
	arena_free(pile.scratch);
	arena_free(a);
	return right;
}
