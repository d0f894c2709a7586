#include "trial.h"

#include <leptonica/allheaders.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "ink.h"
#include "io/scan_page.h"
#include "lens.h"
#include "sheet.h"

enum { STAMPS_MAX = 4 };

/* What is done to one paper and how it is taken. */
struct plan {
	struct lens lens;
	struct stamp stamp[STAMPS_MAX];
	int stamps;
	bool over_code, red_pen;
};

static const unsigned inks[] = {0xd21c28, 0xc81e1e, 0xdc3022, 0xb01826, 0xe02840};
static const unsigned pens[] = {0x14181c, 0x1c2a78, 0x102090};

/* --- kinds of scans: each starts from a good scan and spoils one thing --- */

static void skewed(struct plan *p, struct chance *c)
{
	p->lens.skew = chance_in(c, -15, 15);
	p->lens.whole = true;
	p->lens.desk = chance_below(c, 2) ? DESK_LID_WHITE : DESK_LID_BLACK;
}

static void turned(struct plan *p, struct chance *c)
{
	p->lens.turn = 1 + chance_below(c, 3);
}

static void upside_down(struct plan *p, struct chance *c)
{
	(void)c;
	p->lens.turn = 2;
	p->lens.dpi = 150;
}

static void noisy(struct plan *p, struct chance *c)
{
	p->lens.noise = chance_in(c, 8, 18);
}

static void jpeg_30(struct plan *p, struct chance *c)
{
	p->lens.jpeg = 30 + chance_below(c, 11);
	p->lens.dpi = chance_below(c, 2) ? 150 : 200;
}

static void grey(struct plan *p, struct chance *c)
{
	p->lens.grey = true;
	p->lens.thin = chance_below(c, 2);
}

static void blurred(struct plan *p, struct chance *c)
{
	p->lens.blur = chance_in(c, 0.18, 0.32);
}

static void dark(struct plan *p, struct chance *c)
{
	p->lens.light = chance_in(c, 0.35, 0.6);
	p->lens.gamma = chance_in(c, 1, 1.4);
	p->lens.noise = 4;
}

static void pale(struct plan *p, struct chance *c)
{
	p->lens.light = chance_in(c, 1.1, 1.25);
	p->lens.gamma = 0.7;
	for (int i = 0; i < p->stamps; i++)
		p->stamp[i].strength *= 0.8;
}

static void faint_ink(struct plan *p, struct chance *c)
{
	for (int i = 0; i < p->stamps; i++) {
		p->stamp[i].strength = chance_in(c, 0.3, 0.5);
		p->stamp[i].mottle = chance_in(c, 0.1, 0.3);
	}
}

static void uneven_ink(struct plan *p, struct chance *c)
{
	for (int i = 0; i < p->stamps; i++)
		p->stamp[i].mottle = chance_in(c, 0.3, 0.6);
}

static void purple_ink(struct plan *p, struct chance *c)
{
	for (int i = 0; i < p->stamps; i++)
		p->stamp[i].rgb = chance_below(c, 2) ? 0xb02068 : 0x8c1c3c;
}

static void over_code(struct plan *p, struct chance *c)
{
	p->over_code = true;
	p->lens.dpi = (const double[]){150, 200, 300}[chance_below(c, 3)];
}

static void phone(struct plan *p, struct chance *c)
{
	p->lens.phone = true;
	p->lens.side = (const int[]){1800, 2400, 3200, 4000}[chance_below(c, 4)];
	p->lens.tilt_x = chance_in(c, -12, 12);
	p->lens.tilt_y = chance_in(c, -9, 9);
	p->lens.skew = chance_in(c, -8, 8);
	p->lens.turn = chance_below(c, 3) ? 0 : 1 + chance_below(c, 3);
	p->lens.fill = chance_in(c, 0.8, 0.96);
	p->lens.desk = (enum lens_desk)(DESK_WOOD + chance_below(c, DESKS - DESK_WOOD));
	p->lens.noise = chance_in(c, 2, 6);
	p->lens.blur = chance_in(c, 0, 0.1);
	p->lens.light = chance_in(c, 0.7, 1);
	p->lens.shade = chance_in(c, 0, 0.2);
	p->lens.warm = chance_in(c, 0, 0.12);
	p->lens.jpeg = 70 + chance_below(c, 25);
}

static void phone_shadow(struct plan *p, struct chance *c)
{
	phone(p, c);
	p->lens.shadow = true;
	p->lens.shade = chance_in(c, 0.15, 0.45);
	p->lens.warm = chance_in(c, 0.05, 0.2);
}

static void phone_shaken(struct plan *p, struct chance *c)
{
	phone(p, c);
	p->lens.blur = chance_in(c, 0.15, 0.28);
	p->lens.noise = chance_in(c, 5, 9);
	p->lens.jpeg = 50 + chance_below(c, 30);
}

static void red_pen(struct plan *p, struct chance *c)
{
	p->red_pen = true;
	if (chance_below(c, 2))
		p->stamps = 0;
}

static void many_faults(struct plan *p, struct chance *c)
{
	p->lens.dpi = 200;
	p->lens.skew = chance_in(c, -6, 6);
	p->lens.whole = true;
	p->lens.turn = chance_below(c, 4);
	p->lens.noise = chance_in(c, 3, 8);
	p->lens.blur = chance_in(c, 0.05, 0.15);
	p->lens.light = chance_in(c, 0.7, 1);
	p->lens.jpeg = 45 + chance_below(c, 30);
	p->over_code = chance_below(c, 4) == 0;
}

static const struct {
	const char *name;
	double dpi;					 /* 0: as it came */
	void (*spoil)(struct plan *p, struct chance *c); /* or NULL */
} kinds[TRIAL_KINDS] = {
	{"150dpi", 150, NULL},
	{"200dpi", 200, NULL},
	{"300dpi", 300, NULL},
	{"600dpi", 600, NULL},
	{"skew", 0, skewed},
	{"turned", 0, turned},
	{"upside_down", 0, upside_down},
	{"noise", 0, noisy},
	{"jpeg30", 0, jpeg_30},
	{"grey", 0, grey},
	{"blur", 0, blurred},
	{"dark", 0, dark},
	{"pale", 0, pale},
	{"faint_ink", 0, faint_ink},
	{"uneven_ink", 0, uneven_ink},
	{"purple_ink", 0, purple_ink},
	{"seal_over_code", 0, over_code},
	{"phone", 0, phone},
	{"phone_shadow", 0, phone_shadow},
	{"phone_shaken", 0, phone_shaken},
	{"red_pen", 0, red_pen},
	{"several", 0, many_faults},
};

/* --- one paper --- */

static struct stamp any_stamp(struct chance *c)
{
	static const double across[] = {42, 42, 42, 40, 38, 45, 58};
	struct stamp s = {.turn = chance_in(c, -25, 25),
		.strength = chance_in(c, 0.65, 1),
		.mottle = chance_in(c, 0, 0.2),
		.rgb = inks[chance_below(c, ARRAY_LEN(inks))]};

	if (chance_below(c, 5) == 0) {
		s.kind = STAMP_OVAL;
		s.w = 45;
		s.h = 30;
	} else {
		s.w = s.h = across[chance_below(c, ARRAY_LEN(across))];
	}
	s.x = chance_in(c, s.w / 2 + 6, 204 - s.w / 2);
	s.y = chance_in(c, 60 + s.h / 2, 290 - s.h / 2);
	return s;
}

/* Where forms want it: at the foot on the right; sometimes anywhere, or over the edge. */
static void plan_stamps(struct plan *p, struct chance *c)
{
	struct stamp *s = &p->stamp[0];
	double small_x = chance_in(c, 30, 100), small_y = chance_in(c, 200, 280);
	int how = chance_below(c, 10);

	*s = any_stamp(c);
	p->stamps = 1;
	if (how < 6) {
		s->x = chance_in(c, 140, 204 - s->w / 2);
		s->y = chance_in(c, 190, 288 - s->h / 2);
	} else if (how == 9) {
		s->x = 210 - s->w * chance_in(c, -0.15, 0.3);
	}
	/* Nobody stamps his name into the unit's seal. */
	if (chance_below(c, 4) == 0 && hypot(s->x - small_x, s->y - small_y) > s->w / 2 + 9)
		p->stamp[p->stamps++] = (struct stamp){STAMP_SQUARE, small_x, small_y, 20, 20, chance_in(c, -12, 12),
			chance_in(c, 0.7, 1), chance_in(c, 0, 0.15), inks[chance_below(c, ARRAY_LEN(inks))]};
	if (chance_below(c, 8) == 0) {
		/* The other one may touch the first, not lie upon it. */
		p->stamp[p->stamps] = any_stamp(c);
		p->stamp[p->stamps].y = chance_in(c, 60, 130);
		p->stamps += hypot(s->x - p->stamp[p->stamps].x, s->y - p->stamp[p->stamps].y) > 0.8 * s->w;
	}
}

static struct plan plan_of(int kind, bool stamped, struct chance *c)
{
	struct plan p = {.lens = {.dpi = (const double[]){200, 200, 300}[chance_below(c, 3)],
				 .skew = chance_in(c, -0.8, 0.8),
				 .noise = chance_in(c, 0.5, 2.5),
				 .blur = chance_in(c, 0, 0.06),
				 .light = chance_in(c, 0.92, 1.03),
				 .gamma = 1,
				 .jpeg = 60 + chance_below(c, 31)}};

	if (stamped)
		plan_stamps(&p, c);
	if (kinds[kind].dpi > 0)
		p.lens.dpi = kinds[kind].dpi;
	if (kinds[kind].spoil)
		kinds[kind].spoil(&p, c);
	if (p.over_code && p.stamps > 0) {
		p.stamp[0].x = fmin(179 + chance_in(c, -9, 9), 206 - p.stamp[0].w / 2);
		p.stamp[0].y = 25 + chance_in(c, -2, 9);
	}
	return p;
}

static void write_on(struct paint *paper, const struct plan *p, struct chance *c)
{
	unsigned pen = pens[chance_below(c, ARRAY_LEN(pens))];

	ink_signature(paper, c, 60, chance_in(c, 205, 225), 28, 11, pen);
	ink_signature(paper, c, 60, chance_in(c, 228, 240), 24, 9, pen);
	if (p->red_pen) {
		ink_signature(paper, c, chance_in(c, 20, 150), chance_in(c, 60, 200), chance_in(c, 25, 50),
			chance_in(c, 10, 22), 0xd01828);
		for (int i = 0; i < 3; i++)
			ink_underline(
				paper, c, chance_in(c, 25, 60), chance_in(c, 60, 250), chance_in(c, 30, 120), 0xd81c2c);
		ink_circle(paper, c, chance_in(c, 40, 170), chance_in(c, 70, 250), chance_in(c, 9, 24), 0xd01c28);
		ink_tick(paper, c, chance_in(c, 30, 170), chance_in(c, 60, 260), chance_in(c, 12, 25), 0xd81020);
	}
	for (int i = 0; i < p->stamps; i++)
		ink_stamp(paper, c, &p->stamp[i]);
}

/* --- what was seen against what was done --- */

struct outcome {
	bool known, wrong, turned;
	int whole, found, small, small_found, extra;
	double error[STAMPS_MAX];
	int errors;
	bool grey_wrong;
};

/* The seal seen in the place of a stamp; what is seen is marked as used. */
static const struct scan_seal *seal_at(
	const struct scan *scan, const struct lens_map *map, int w, int h, const struct stamp *s, bool *used)
{
	struct lens_point p = lens_at(map, s->x, s->y), q = lens_at(map, s->x + 5, s->y);
	double x = p.x, y = p.y, mm = hypot(p.x - q.x, p.y - q.y) / 5;

	for (int64_t i = 0; i < scan->turn; i++) {
		double old = x;
		int swap = w;

		x = h - y;
		y = old;
		w = h;
		h = swap;
	}
	for (size_t i = 0; i < scan->seals.count; i++) {
		const struct scan_seal *seal = (const struct scan_seal *)scan->seals.at + i;
		double sx = (double)(seal->area.x + seal->area.w / 2) * w / 1e4,
		       sy = (double)(seal->area.y + seal->area.h / 2) * h / 1e4;

		if (hypot(sx - x, sy - y) < mm * (seal->cut ? s->w / 2 : 5) && !used[i]) {
			used[i] = true;
			return seal;
		}
	}
	return NULL;
}

/* Wholly in the picture, or at least clearly so. */
static bool is_whole(const struct lens_map *map, int w, int h, const struct stamp *s)
{
	for (int i = 0; i < 16; i++) {
		double x = s->x + (s->w / 2 + 0.5) * cos(i * M_PI / 8), y = s->y + (s->w / 2 + 0.5) * sin(i * M_PI / 8);
		struct lens_point p = lens_at(map, x, y);

		if (p.x < 1 || p.y < 1 || p.x > w - 1 || p.y > h - 1 || x > 209.5 || x < 0.5 || y < 0.5 || y > 296.5)
			return false;
	}
	return true;
}

static struct outcome judge(const struct plan *p, const struct sheet_page *page, const struct scan *scan,
	const struct lens_map *map, int w, int h)
{
	struct outcome o = {0};
	bool used[SCAN_SEALS_MAX] = {false};

	o.known = page->code && strcmp(scan->code, page->code) == 0;
	o.wrong = scan->code[0] == 'Z' && scan->code[1] == '1' && !o.known;
	o.turned = o.known && scan->turn == (4 - p->lens.turn) % 4;
	for (int i = 0; i < p->stamps; i++) {
		bool whole = is_whole(map, w, h, &p->stamp[i]), small = p->stamp[i].kind == STAMP_SQUARE;
		const struct scan_seal *seal = seal_at(scan, map, w, h, &p->stamp[i], used);

		if (!whole)
			continue;
		o.whole += !small;
		o.small += small;
		o.found += !small && seal;
		o.small_found += small && seal;
		if (seal && page->code && seal->diameter)
			o.error[o.errors++] = (double)seal->diameter / 10 - p->stamp[i].w;
	}
	for (size_t i = 0; i < scan->seals.count; i++)
		o.extra += !used[i];
	o.grey_wrong = scan->grey != (p->lens.grey || (p->stamps == 0 && !p->red_pen)) && p->lens.grey;
	return o;
}

static void count(struct trial_kind *k, const struct plan *p, const struct sheet_page *page, const struct outcome *o)
{
	bool colour = !p->lens.grey;

	k->scans++;
	k->forms += page->code != NULL;
	k->known += o->known;
	k->wrong += o->wrong;
	k->turned += o->turned;
	k->stamped += colour && o->whole > 0;
	k->found += colour && o->whole > 0 && o->found == o->whole;
	k->small += colour ? o->small : 0;
	k->small_found += colour ? o->small_found : 0;
	k->clean += colour && p->stamps == 0;
	k->false_seal += colour && p->stamps == 0 && o->extra > 0;
	k->grey_wrong += o->grey_wrong;
	for (int i = 0; i < o->errors; i++) {
		k->measured++;
		k->off += fabs(o->error[i]) > 1.5;
		k->error_max = fmax(k->error_max, fabs(o->error[i]));
	}
}

static bool went_wrong(const struct plan *p, const struct sheet_page *page, const struct outcome *o)
{
	bool off = false;

	for (int i = 0; i < o->errors; i++)
		off = off || fabs(o->error[i]) > 1.5;
	return (page->code && !o->known) || o->wrong || (o->known && !o->turned) || off || o->grey_wrong ||
	       (!p->lens.grey && (o->found < o->whole || o->small_found < o->small || o->extra > 0));
}

static void say_wrong(int number, int kind, const struct plan *p, const struct sheet_page *page,
	const struct outcome *o, const struct scan *scan)
{
	fprintf(stderr, "scan %d %s:%s%s%s whole %d/%d small %d/%d extra %d dpi %d sharp %d light %d turn %d", number,
		kinds[kind].name, page->code && !o->known ? " UNKNOWN" : "", o->wrong ? " WRONG" : "",
		o->grey_wrong ? " GREY" : "", o->found, o->whole, o->small_found, o->small, o->extra, (int)scan->dpi,
		(int)scan->sharpness, (int)scan->light, (int)scan->turn);
	for (int i = 0; i < o->errors; i++)
		fprintf(stderr, " %+.1f", o->error[i]);
	for (int i = 0; i < p->stamps; i++)
		fprintf(stderr, " [%d %.0f,%.0f %.0fx%.0f s%.2f m%.2f]", p->stamp[i].kind, p->stamp[i].x, p->stamp[i].y,
			p->stamp[i].w, p->stamp[i].h, p->stamp[i].strength, p->stamp[i].mottle);
	for (size_t i = 0; i < scan->seals.count; i++) {
		const struct scan_seal *s = (const struct scan_seal *)scan->seals.at + i;

		fprintf(stderr, " seen(%d,%d %dx%d %d%s)", (int)s->area.x, (int)s->area.y, (int)s->area.w,
			(int)s->area.h, (int)s->diameter, s->cut ? " cut" : "");
	}
	fputc('\n', stderr);
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- the pile --- */

struct pile {
	struct sheet_page *page[SHEET_FORMS + SHEET_OTHERS];
	int pages[SHEET_FORMS + SHEET_OTHERS];
	struct arena *arena;
	const struct fonts *fonts;
	int forms;
};

/* One in eight papers is none of ours. */
static const struct sheet_page *pick(struct pile *pile, int number, struct chance *c)
{
	int which = chance_below(c, 8) == 0 ? SHEET_FORMS + chance_below(c, SHEET_OTHERS) : number % pile->forms;

	if (!pile->page[which] && which < SHEET_FORMS)
		pile->page[which] = sheet_form(pile->arena, pile->fonts, which, &pile->pages[which]);
	if (!pile->page[which] && which >= SHEET_FORMS) {
		pile->page[which] = sheet_other(pile->arena, which - SHEET_FORMS);
		pile->pages[which] = 1;
	}
	return pile->page[which] ? &pile->page[which][chance_below(c, pile->pages[which])] : NULL;
}

static void pile_free(struct pile *pile)
{
	for (int i = 0; i < SHEET_FORMS + SHEET_OTHERS; i++)
		for (int k = 0; pile->page[i] && k < pile->pages[i]; k++)
			paint_free(&pile->page[i][k].paint);
	arena_free(pile->arena);
}

struct options {
	bool say;
	const char *folder;
};

static bool one(struct pile *pile, int number, const struct options *how, struct arena *a, struct trial *t)
{
	struct chance c = chance_of((uint64_t)number);
	int kind = number % TRIAL_KINDS;
	bool stamped = chance_below(&c, 4) != 0;
	const struct sheet_page *page = pick(pile, number, &c);
	struct plan p = plan_of(kind, stamped, &c);
	double start = cpu_s();
	struct outcome o;
	struct paint paper;
	struct lens_map map;
	struct scan scan;
	void *pix;

	if (!page)
		return false;
	paper = paint_copy(&page->paint);
	write_on(&paper, &p, &c);
	if (!lens_take(&p.lens, &paper, &c, &pix, &map))
		return false;
	paint_free(&paper);
	t->seconds_making += cpu_s() - start;
	start = cpu_s();
	scan_page(a, pix, &scan);
	t->ms[t->times++] = (cpu_s() - start) * 1e3;
	o = judge(&p, page, &scan, &map, pixGetWidth(pix), pixGetHeight(pix));
	count(&t->kind[kind], &p, page, &o);
	count(&t->all, &p, page, &o);
	for (int i = 0; i < o.errors; i++)
		t->error[t->errors++] = fabs(o.error[i]);
	if (how->say && went_wrong(&p, page, &o)) {
		say_wrong(number, kind, &p, page, &o, &scan);
		if (how->folder)
			pixWriteJpeg(
				arena_printf(a, "%s/%04d-%s.jpg", how->folder, number, kinds[kind].name), pix, 90, 0);
	}
	pixDestroy((PIX **)&pix);
	return true;
}

bool trial_run(
	const struct fonts *fonts, int from, int to, int forms, bool say, const char *folder, struct trial *ret_trial)
{
	struct pile pile = {.arena = arena_new(), .fonts = fonts, .forms = forms};
	struct options how = {say, folder};
	struct arena *a = arena_new();
	bool right = true;

	memset(ret_trial, 0, sizeof *ret_trial);
	ret_trial->all.name = "all";
	for (int i = 0; i < TRIAL_KINDS; i++)
		ret_trial->kind[i].name = kinds[i].name;
	for (int i = from; right && i < to && i - from < TRIAL_SCANS_MAX / STAMPS_MAX; i++) {
		right = one(&pile, i, &how, a, ret_trial);
		arena_reset(a);
	}
	pile_free(&pile);
	arena_free(a);
	return right;
}

static int by_value(const void *a, const void *b)
{
	double p = *(const double *)a, q = *(const double *)b;

	return (p > q) - (p < q);
}

double trial_quantile(double *values, int count, double share)
{
	int at = (int)ceil(share * count) - 1;

	if (count == 0)
		return 0;
	qsort(values, (size_t)count, sizeof *values, by_value);
	return values[at < 0 ? 0 : at >= count ? count - 1 : at];
}
