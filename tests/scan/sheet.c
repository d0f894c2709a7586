#include "sheet.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chance.h"
#include "domain/form_code.h"
#include "domain/form_draw.h"
#include "domain/form_layout.h"
#include "io/qr.h"

const unsigned char sheet_key[32] = "the key of the scanned test form";

struct paint paint_new(int w, int h, unsigned char grey)
{
	struct paint p = {w, h, malloc((size_t)w * (size_t)h * 3)};

	if (!p.at)
		abort();
	memset(p.at, grey, (size_t)w * (size_t)h * 3);
	return p;
}

void paint_free(struct paint *p)
{
	free(p->at);
	p->at = NULL;
}

struct paint paint_copy(const struct paint *p)
{
	struct paint new = {p->w, p->h, malloc((size_t)p->w * (size_t)p->h * 3)};

	if (!new.at)
		abort();
	memcpy(new.at, p->at, (size_t)p->w * (size_t)p->h * 3);
	return new;
}

struct paint paint_half(const struct paint *p)
{
	struct paint new = paint_new(p->w / 2, p->h / 2, 0);

	for (int y = 0; y < new.h; y++)
		for (int x = 0; x < new.w; x++) {
			const unsigned char *up = paint_at(p, 2 * x, 2 * y), *down = paint_at(p, 2 * x, 2 * y + 1);
			unsigned char *to = paint_at(&new, x, y);

			for (int c = 0; c < 3; c++)
				to[c] = (unsigned char)((up[c] + up[c + 3] + down[c] + down[c + 3] + 2) / 4);
		}
	return new;
}

/* --- our forms --- */

static const struct form_value values[] = {
	{"/service", "新申请"},
	{"/channel", "邮寄办理"},
	{"/years", "3年"},
	{"/unit/name", "广州市天河区石牌街道龙洞𠮷䶮幼儿园（筹）"},
	{"/unit/kind", "事业单位"},
	{"/unit/uscc", "12440106MB2D00001X"},
	{"/unit/licence_kind", "事业单位法人证书副本"},
	{"/unit/licence_until", "2029年12月31日"},
	{"/unit/legal_rep", "王𬭊"},
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
	{"/invoice/title", "广州市天河区石牌街道龙洞𠮷䶮幼儿园（筹）"},
	{"/invoice/tax_number", "12440106MB2D00001X"},
};

static const unsigned services[] = {
	FORM_WITH_YEARS | FORM_WITH_FEE | FORM_WITH_PARCEL | FORM_WITH_IMPRESSIONS,
	FORM_WITH_YEARS | FORM_WITH_FEE | FORM_WITH_PARCEL | FORM_WITH_SERIALS,
	FORM_WITH_CHANGE | FORM_WITH_PARCEL | FORM_WITH_IMPRESSIONS | FORM_WITH_SERIALS,
	FORM_WITH_REASON | FORM_WITH_FEE | FORM_WITH_PARCEL | FORM_WITH_SERIALS,
	FORM_WITH_PARCEL | FORM_WITH_SERIALS,
	FORM_WITH_REASON | FORM_WITH_SERIALS,
	FORM_WITH_YEARS,
};
static const char *const holders[] = {"org", "rep", "ind"};

static bool draw(struct arena *a, const struct fonts *fonts, int number, struct form_paper *p, struct form_marks *marks,
	struct bytes *ret_pdf, int *ret_pages)
{
	static struct form_item items[3];
	struct faults faults;

	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		items[i] = (struct form_item){
			"单位公章", "广州市天河区石牌街道龙洞𠮷䶮幼儿园（筹）", "1A2B3C4D5E6F", false};
	*p = (struct form_paper){.holder = holders[number % 3],
		.parts = services[number / 3],
		.title = "机构数字证书及电子印章申请表（政府采购业务）",
		.no = arena_printf(a, "GD20261122%06dI", number * 7919 + 1),
		.version = number % 40 + 1,
		.copies = 2,
		.frozen_at = 1795327633,
		.amount_fen = 140000,
		.value = values,
		.value_count = ARRAY_LEN(values),
		.item = items,
		.item_count = (size_t)(1 + number % 3),
		.post_address = "广州市海珠区海洲路38号东升云鼎大厦5楼 蔡先生 4008301330",
		.hotline = "020-89524338、4008301330",
		.mac_key = sheet_key,
		.mac_key_len = sizeof sheet_key,
		.ret_marks = marks};
	faults_init(&faults, a);
	return form_draw(a, fonts, p, ret_pdf, ret_pages, &faults) == ERR_OK;
}

/* poppler's picture of one page, grey. */
static struct paint rendered(const struct bytes *pdf, int page)
{
	int in = memfd_create("pdf", 0), out = memfd_create("picture", 0), status = -1, w, h, start = 0;
	char from[32], number[16], resolution[16], *at;
	char *argv[] = {"pdftoppm", "-q", "-gray", "-r", resolution, "-f", number, "-l", number, from, NULL};
	struct paint p = {0};
	posix_spawn_file_actions_t actions;
	off_t len;
	pid_t pid;

	snprintf(from, sizeof from, "/proc/self/fd/%d", in);
	snprintf(number, sizeof number, "%d", page);
	snprintf(resolution, sizeof resolution, "%d", SHEET_DPI);
	if (in < 0 || out < 0 || write(in, pdf->at, pdf->len) != (ssize_t)pdf->len)
		return p;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&actions);
	len = lseek(out, 0, SEEK_END);
	at = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, out, 0);
	if (status == 0 && at != MAP_FAILED && sscanf(at, "P5 %d %d 255%n", &w, &h, &start) == 2) {
		p = paint_new(SHEET_W, SHEET_H, 255);
		for (int y = 0; y < h && y < SHEET_H; y++)
			for (int x = 0; x < w && x < SHEET_W; x++)
				memset(paint_at(&p, x, y), at[start + 1 + y * w + x], 3);
	}
	if (at != MAP_FAILED)
		munmap(at, (size_t)len);
	close(in);
	close(out);
	return p;
}

struct sheet_page *sheet_form(struct arena *a, const struct fonts *fonts, int number, int *ret_pages)
{
	struct form_paper paper;
	struct form_marks marks;
	struct sheet_page *page;
	struct bytes pdf;
	int pages, own; /* all, of a copy */

	if (!draw(a, fonts, number, &paper, &marks, &pdf, &pages)) {
		fprintf(stderr, "form %d cannot be drawn\n", number);
		return NULL;
	}
	page = arena_array(a, (size_t)pages, sizeof *page);
	own = (pages - (int)marks.seal_pages) / 2;
	for (int i = 0; i < pages; i++) {
		bool seals = i >= 2 * own;
		struct form_code code = {.version = paper.version,
			.page = i % own + 1,
			.pages = seals ? (int)marks.seal_pages : own,
			.copy = seals ? FORM_CODE_SEALS : i / own + 1};
		char text[FORM_CODE_MAX + 1];

		memcpy(code.no, paper.no, strlen(paper.no));
		page[i].paint = rendered(&pdf, i + 1);
		if (!page[i].paint.at || form_code_make(&code, sheet_key, sizeof sheet_key, text) != ERR_OK) {
			fprintf(stderr, "page %d of form %d cannot be made\n", i + 1, number);
			return NULL;
		}
		page[i].code = arena_text(a, text);
		page[i].unit = !seals && i % own == 0;
	}
	*ret_pages = pages;
	return page;
}

/* --- other papers --- */

void sheet_fill(struct paint *p, double x, double y, double w, double h, unsigned rgb)
{
	for (int row = (int)(y * SHEET_PX_PER_MM); row < (int)((y + h) * SHEET_PX_PER_MM) && row < p->h; row++)
		for (int column = (int)(x * SHEET_PX_PER_MM);
			column < (int)((x + w) * SHEET_PX_PER_MM) && column < p->w; column++) {
			unsigned char *at = paint_at(p, column, row);

			at[0] = (unsigned char)(rgb >> 16);
			at[1] = (unsigned char)(rgb >> 8);
			at[2] = (unsigned char)rgb;
		}
}

/* Something like a character: bars across and down in a square. */
static void glyph(struct paint *p, struct chance *c, double x, double y, double size, unsigned rgb)
{
	for (int i = 0; i < 3; i++)
		sheet_fill(p, x, y + size * (0.1 + 0.35 * i), size * chance_in(c, 0.6, 0.92), size * 0.09, rgb);
	for (int i = 0; i < 2; i++)
		sheet_fill(p, x + size * chance_in(c, 0.1, 0.8), y + size * 0.05, size * 0.09, size * 0.85, rgb);
}

void sheet_words(struct paint *p, struct chance *c, double x, double y, double size, int count, unsigned rgb)
{
	for (int i = 0; i < count; i++)
		glyph(p, c, x + size * 1.1 * i, y, size, rgb);
}

static void letter(struct paint *p, struct chance *c, bool red_head)
{
	if (red_head) {
		sheet_words(p, c, 45, 28, 11, 10, 0xd82a24);
		sheet_fill(p, 25, 52, 160, 0.9, 0xd82a24);
	}
	for (int line = 0; line < 22; line++)
		sheet_words(p, c, 28, 65 + 9 * line, 4.6, line % 5 == 4 ? 14 : 30, 0x181818);
}

static void disc(struct paint *p, double x, double y, double r, unsigned rgb)
{
	for (double row = -r; row < r; row += 0.08)
		sheet_fill(p, x - sqrt(r * r - row * row), y + row, 2 * sqrt(r * r - row * row), 0.1, rgb);
}

/* Both sides of an identity card copied onto one page: a face, a round red emblem, pale patterns. */
static void cards(struct paint *p, struct chance *c)
{
	for (int side = 0; side < 2; side++) {
		double x = 62, y = 60 + 90 * side;

		sheet_fill(p, x, y, 85.6, 54, side ? 0xe4e0f0 : 0xdcecf0);
		for (int line = 0; line < 5; line++)
			sheet_words(p, c, x + 5 + 22 * side, y + 8 + 8 * line, 3.2, 9, 0x202020);
		if (side) {
			disc(p, x + 14, y + 16, 9.5, 0xc8201c);
			disc(p, x + 14, y + 13, 3.5, 0xe8c040);
			continue;
		}
		sheet_fill(p, x + 58, y + 6, 23, 30, 0xa8c8e8);
		disc(p, x + 69.5, y + 18, 7.5, 0xe0b496);
		disc(p, x + 69.5, y + 14, 6, 0xd8a488);
		sheet_fill(p, x + 60, y + 27, 19, 9, 0x9c2c30);
	}
}

static void licence(struct paint *p, struct chance *c, struct arena *a)
{
	struct qr qr;
	double module = 26.0 / 29;

	sheet_fill(p, 8, 8, 194, 3, 0xb88a48);
	sheet_fill(p, 8, 284, 194, 3, 0xb88a48);
	sheet_words(p, c, 60, 40, 13, 6, 0x202020);
	for (int line = 0; line < 8; line++)
		sheet_words(p, c, 28, 90 + 13 * line, 4.6, 18, 0x202020);
	if (qr_make(a, "GSXT91440101MA59K00X20261122", &qr) != ERR_OK)
		abort();
	for (int y = 0; y < qr.size; y++)
		for (int x = 0; x < qr.size; x++)
			if (qr.dark[y * qr.size + x])
				sheet_fill(
					p, 160 + module * x, 30 + module * y, module + 0.04, module + 0.04, 0x101010);
}

struct sheet_page *sheet_other(struct arena *a, int number)
{
	struct sheet_page *page = arena_alloc(a, sizeof *page);
	struct chance c = chance_of((uint64_t)number + 77);

	page->paint = paint_new(SHEET_W, SHEET_H, 255);
	switch (number) {
	case 1: letter(&page->paint, &c, true); break;
	case 2: cards(&page->paint, &c); break;
	case 3:
		licence(&page->paint, &c, a);
		page->foreign = true;
		break;
	case 4: letter(&page->paint, &c, false); break;
	default: break;
	}
	return page;
}
