/* How long one set of the printed form takes, and how many bytes it has: two copies, one certificate, rare characters.
 *   bench_form                      BENCH lines
 *   bench_form FILE [blank|SEALS]   also writes the form, to be looked at
 *   bench_form --ops FILE           writes what is drawn, one thing a line, for others to draw the same (bench_form_haru,
 *                                   form_reportlab.py): P new page; T x y size bold text; L x y x y width dash;
 *                                   B x y w h width; S x y w h gray; R x y radius width dash; Q x y module size bits.
 *                                   Points from the bottom left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/form_draw.h"
#include "domain/form_layout.h"
#include "io/pdf.h"

enum { PAGES_MAX = 64 };

/* What was drawn on each page, shared with its twins or not.  The linker sends the form's calls through here (Makefile). */
static struct {
	struct arena *arena; /* NULL: not recording */
	struct str shared[PAGES_MAX], own[PAGES_MAX];
	int twin[PAGES_MAX], here, pages;
	bool is_own[PAGES_MAX];
} seen;

static struct str *op(void)
{
	return seen.is_own[seen.here] ? &seen.own[seen.here] : &seen.shared[seen.here];
}

static double pt(double mm)
{
	return mm * 72 / 25.4;
}

static double up(double y)
{
	return pt(PDF_HEIGHT_MM - y);
}

#define WRAPPED(name, parameters, arguments, ...) \
	void __real_##name parameters; \
	void __wrap_##name parameters; \
	void __wrap_##name parameters \
	{ \
		if (seen.arena) { \
			__VA_ARGS__; \
		} \
		__real_##name arguments; \
	}

static void begin_page(int twin)
{
	seen.here = seen.pages++;
	str_init(&seen.shared[seen.here], seen.arena);
	str_init(&seen.own[seen.here], seen.arena);
	seen.twin[seen.here] = twin;
	seen.is_own[seen.here] = twin >= 0;
}

static void bits(struct str *s, int size, const unsigned char *dark)
{
	for (int i = 0; i < size * size; i++)
		str_addc(s, dark[i] ? '1' : '0');
	str_addc(s, '\n');
}

struct pdf *__real_pdf_new(struct arena *a, const struct fonts *fonts, const struct pdf_meta *meta);
struct pdf *__wrap_pdf_new(struct arena *a, const struct fonts *fonts, const struct pdf_meta *meta);
struct pdf *__wrap_pdf_new(struct arena *a, const struct fonts *fonts, const struct pdf_meta *meta)
{
	seen.pages = 0; /* what came before was a trial */
	return __real_pdf_new(a, fonts, meta);
}

WRAPPED(pdf_page, (struct pdf * p), (p), begin_page(-1))
WRAPPED(pdf_go, (struct pdf * p, int page), (p, page), seen.here = page - 1)
WRAPPED(pdf_own, (struct pdf * p), (p), seen.is_own[seen.here] = true)
WRAPPED(pdf_twin, (struct pdf * p, int page), (p, page), begin_page(page - 1))
WRAPPED(pdf_line, (struct pdf * p, double x, double y, double to_x, double to_y, struct pdf_ink ink),
	(p, x, y, to_x, to_y, ink),
	str_addf(op(), "L %.2f %.2f %.2f %.2f %.2f %.2f\n", pt(x), up(y), pt(to_x), up(to_y), ink.width_pt,
		pt(ink.dash_mm)))
WRAPPED(pdf_box, (struct pdf * p, double x, double y, double w, double h, struct pdf_ink ink), (p, x, y, w, h, ink),
	str_addf(op(), "B %.2f %.2f %.2f %.2f %.2f\n", pt(x), up(y + h), pt(w), pt(h), ink.width_pt))
WRAPPED(pdf_shade, (struct pdf * p, double x, double y, double w, double h, double gray), (p, x, y, w, h, gray),
	str_addf(op(), "S %.2f %.2f %.2f %.2f %.2f\n", pt(x), up(y + h), pt(w), pt(h), gray))
WRAPPED(pdf_ring, (struct pdf * p, double x, double y, double r, struct pdf_ink ink), (p, x, y, r, ink),
	str_addf(op(), "R %.2f %.2f %.2f %.2f %.2f\n", pt(x), up(y), pt(r), ink.width_pt, pt(ink.dash_mm)))
WRAPPED(pdf_squares, (struct pdf * p, double x, double y, double edge, int size, const unsigned char *dark),
	(p, x, y, edge, size, dark), str_addf(op(), "Q %.2f %.2f %.4f %d ", pt(x), up(y), pt(edge) / size, size);
	bits(op(), size, dark))
WRAPPED(pdf_text, (struct pdf * p, double x, double y, struct pdf_type type, const char *text), (p, x, y, type, text),
	str_addf(op(), "T %.2f %.2f %.2f %d %s\n", pt(x), up(y), type.size_pt, type.bold, text))

static const struct form_value values[] = {
	{"/service", "新申请"},
	{"/holder", "机构数字证书"},
	{"/channel", "邮寄办理"},
	{"/years", "3 年"},
	{"/unit/name", "广州市天河区石牌街道龙洞幼儿园（筹）"},
	{"/unit/kind", "事业单位"},
	{"/unit/uscc", "12440106MB2D00001X"},
	{"/unit/licence_kind", "事业单位法人证书副本"},
	{"/unit/licence_until", "2029年12月31日"},
	{"/unit/legal_rep", "𠮷田䶮"},
	{"/unit/phone", "020-89524338"},
	{"/unit/address", "广东省广州市天河区龙洞街道迎龙路168号B座12楼1203—1205室"},
	{"/agent/name", "王𬭊"},
	{"/agent/phone", "13800138000"},
	{"/agent/id_type", "居民身份证"},
	{"/agent/id_number", "44010619900101002X"},
	{"/agent/email", "jingbanren@example.gov.cn"},
	{"/delivery/mode", "顺丰快递寄回"},
	{"/delivery/name", "王𬭊"},
	{"/delivery/phone", "13800138000"},
	{"/delivery/province", "广东省"},
	{"/delivery/city", "广州市"},
	{"/delivery/district", "天河区"},
	{"/delivery/address", "龙洞街道迎龙路168号B座12楼"},
	{"/invoice/kind", "电子普通发票"},
	{"/invoice/title", "广州市天河区石牌街道龙洞幼儿园（筹）"},
	{"/invoice/tax_number", "12440106MB2D00001X"},
};

static struct form_item items[FORM_ITEMS_MAX];

static const char *const rare[] = {
	"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", NULL};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int save(const char *path, const struct bytes *file)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(file->at, 1, file->len, f) != file->len || fclose(f) != 0) {
		perror(path);
		return 1;
	}
	return 0;
}

static enum err draw(
	struct arena *a, const struct fonts *fonts, const char *how, struct bytes *ret_file, int *ret_pages)
{
	struct form_paper paper = {
		.parts = FORM_WITH_YEARS | FORM_WITH_FEE | FORM_WITH_PARCEL | FORM_WITH_IMPRESSIONS,
		.holder = "org",
		.title = "机构数字证书及电子印章申请表（政府采购业务）",
		.no = "GD20261122000001I",
		.version = 3,
		.copies = 2,
		.frozen_at = 1795327633,
		.amount_fen = 140000,
		.value = values,
		.value_count = ARRAY_LEN(values),
		.item = items,
		.item_count = 1,
		.post_address = "广州市海珠区海洲路38号东升云鼎大厦5楼　广东省电子商务认证有限公司　蔡先生　4008301330",
		.hotline = "020-89524338、4008301330",
		.mac_key = (const unsigned char *)"bench key of thirty-two bytes ..",
		.mac_key_len = 32,
	};
	struct faults faults;

	faults_init(&faults, a);
	if (how && strcmp(how, "blank") == 0) {
		paper.blank = true;
		paper.value_count = 3;
		paper.copies = 1;
	} else if (how) {
		paper.item_count = (size_t)strtoul(how, NULL, 10);
	}
	if (form_draw(a, fonts, &paper, ret_file, ret_pages, &faults) == ERR_OK)
		return ERR_OK;
	for (size_t i = 0; i < faults.count; i++)
		fprintf(stderr, "%s: %s\n", faults.at[i].pointer, faults.at[i].detail);
	return ERR_INVALID;
}

static int write_ops(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f) {
		perror(path);
		return 1;
	}
	for (int i = 0; i < seen.pages; i++)
		fprintf(f, "P\n%s%s", seen.shared[seen.twin[i] >= 0 ? seen.twin[i] : i].at, seen.own[i].at);
	return fclose(f) != 0;
}

/* Forms drawn in so many seconds. */
static int drawn_in(struct arena *a, const struct fonts *fonts, double seconds)
{
	double end = now_ms() + seconds * 1e3;
	struct bytes file;
	int count = 0, pages;

	for (; now_ms() < end; count++) {
		arena_reset(a);
		if (draw(a, fonts, NULL, &file, &pages) != ERR_OK)
			exit(1);
	}
	return count;
}

/* Two processes at once, as the portal has them. */
static double two_processes(struct arena *a, const struct fonts *fonts)
{
	enum { CHILDREN = 2, SECONDS = 2 };
	int pipes[2], count, sum = 0, status;

	if (pipe(pipes) != 0)
		return 0;
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			count = drawn_in(a, fonts, SECONDS);
			_exit(write(pipes[1], &count, sizeof count) != sizeof count);
		}
	for (int i = 0; i < CHILDREN; i++) {
		if (read(pipes[0], &count, sizeof count) == sizeof count)
			sum += count;
		wait(&status);
	}
	close(pipes[0]);
	close(pipes[1]);
	return (double)sum / SECONDS;
}

int main(int argc, char **argv)
{
	enum { ROUNDS = 50 };
	bool ops = argc > 2 && strcmp(argv[1], "--ops") == 0;
	const char *how = !ops && argc > 2 ? argv[2] : NULL;
	struct arena *a = arena_new();
	struct fonts *fonts;
	struct bytes file;
	double start, ms;
	int pages;

	for (size_t i = 0; i < FORM_ITEMS_MAX; i++)
		items[i] = (struct form_item){"单位公章", "广州市天河区石牌街道龙洞幼儿园（筹）", NULL, false};
	start = now_ms();
	if (fonts_load("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", rare, &fonts) != ERR_OK)
		return 1;
	ms = now_ms() - start;
	seen.arena = ops ? arena_new() : NULL;
	if (draw(a, fonts, how, &file, &pages) != ERR_OK)
		return 1;
	if (ops)
		return write_ops(argv[2]);
	if (argc > 1 && save(argv[1], &file) != 0)
		return 1;
	printf("BENCH form_fonts_ms %.1f ms\n", ms);
	start = now_ms();
	for (int i = 0; i < ROUNDS; i++) {
		arena_reset(a);
		if (draw(a, fonts, how, &file, &pages) != ERR_OK)
			return 1;
	}
	ms = (now_ms() - start) / ROUNDS;
	printf("BENCH form_ms %.2f ms\nBENCH form_bytes %zu bytes\nBENCH form_pages %d pages\n", ms, file.len, pages);
	printf("BENCH form_two_processes %.0f forms/s\n", two_processes(a, fonts));
	fonts_free(fonts);
	arena_free(a);
	return 0;
}
