#include "domain/form_sheet.h"

#include <math.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"
#include "domain/form_code.h"
#include "domain/form_layout.h"
#include "io/qr.h"

#define MM_PER_PT (25.4 / 72)
/* Body fonts of Chinese: the ink of a character lies between 0.86 em above and 0.14 em below the base line. */
#define INK_MIDDLE 0.36

#define QR_MM 26.0
#define QR_X (SHEET_RIGHT - QR_MM)
#define QR_Y 12.0
#define FOOT_SIZE_PT 9.0

static double leading(double size_pt)
{
	return SHEET_LEADING_MM * size_pt / SHEET_SIZE_PT;
}

static bool is_wide(uint32_t cp)
{
	return cp >= 0x2e80 || (cp >= 0x2010 && cp <= 0x2027) || cp == 0xb7;
}

/* Marks that must not begin or end a line. */
static bool in_set(const char *set, uint32_t cp)
{
	uint32_t one;

	while ((one = utf8_next(&set)) != 0)
		if (one == cp)
			return true;
	return false;
}

static bool may_break(uint32_t before, uint32_t after)
{
	if (before == 0 || in_set("，。、；：？！）】》」』”’·…—％,.;:?!)]}%", after) ||
		in_set("（【《「『“‘([{￥¥", before))
		return false;
	return before == ' ' || before == '-' || is_wide(before) || is_wide(after);
}

static void line_add(struct arena *a, struct texts *lines, size_t *cap, const char *from, const char *to)
{
	if (lines->count == *cap) {
		const char **at = arena_array(a, *cap * 2, sizeof *at);

		memcpy(at, lines->at, *cap * sizeof *at);
		lines->at = at;
		*cap *= 2;
	}
	while (to > from && to[-1] == ' ')
		to--;
	lines->at[lines->count++] = arena_textn(a, from, (size_t)(to - from));
}

struct texts sheet_wrap(const struct sheet *s, double size_pt, double width, const char *text)
{
	const char *start = text, *here = text, *next = text, *stop = NULL; /* stop: where the line may end */
	double em = size_pt * MM_PER_PT, used = 0, used_at_stop = 0;
	uint32_t cp, before = 0;
	struct texts lines = {0};
	size_t cap = 4;

	lines.at = arena_array(s->arena, cap, sizeof *lines.at);
	for (; (cp = utf8_next(&next)) != 0; here = next, before = cp) {
		double advance = font_advance(s->fonts, cp) * em;

		if (cp == '\n') {
			line_add(s->arena, &lines, &cap, start, here);
			start = next;
			stop = NULL;
			used = 0;
			continue;
		}
		if (here > start && may_break(before, cp)) {
			stop = here;
			used_at_stop = used;
		}
		if (used + advance > width && here > start && cp != ' ') {
			if (!stop) {
				stop = here;
				used_at_stop = used;
			}
			line_add(s->arena, &lines, &cap, start, stop);
			start = stop;
			used -= used_at_stop;
			stop = NULL;
		}
		used += advance;
	}
	line_add(s->arena, &lines, &cap, start, here);
	return lines;
}

double sheet_height(const struct sheet *s, const struct texts *lines, double size_pt)
{
	double h = (double)lines->count * leading(size_pt) + 1.8;

	return h > s->row ? h : s->row;
}

void sheet_text(struct sheet *s, double x, double y, double w, double h, enum sheet_align align, struct pdf_type type,
	const struct texts *lines)
{
	double step = leading(type.size_pt);
	double at = y + (h - step * (double)lines->count) / 2 + step / 2 + INK_MIDDLE * type.size_pt * MM_PER_PT;

	for (size_t i = 0; i < lines->count; i++, at += step) {
		double left = x + SHEET_PAD_MM;

		if (align == SHEET_CENTRE)
			left = x + (w - pdf_text_width(s->pdf, type.size_pt, lines->at[i])) / 2;
		if (*lines->at[i])
			pdf_text(s->pdf, left, at, type, lines->at[i]);
	}
}

void sheet_label(struct sheet *s, double x, double y, double w, double h, const char *text)
{
	struct texts lines = {&text, 1};

	sheet_text(s, x, y, w, h, SHEET_CENTRE, (struct pdf_type){SHEET_SIZE_PT, 0, false}, &lines);
}

void sheet_upright(struct sheet *s, double x, double y, double w, double h, const char *text)
{
	static const double size[] = {SHEET_SIZE_PT, 9, 7.5, 6};
	struct pdf_type type = {SHEET_SIZE_PT, 0, true};
	size_t count = utf8_count(text), columns = 1, rows;
	double em = 0, step = 0, pitch;
	char one[5];

	for (size_t i = 0; i < ARRAY_LEN(size); i++) {
		type.size_pt = size[i];
		em = size[i] * MM_PER_PT;
		step = em * 1.16;
		for (columns = 1; columns < count; columns++)
			if ((double)((count + columns - 1) / columns) * step <= h - 1)
				break;
		if ((double)columns * em <= w - 1)
			break;
	}
	pitch = em;
	rows = (count + columns - 1) / columns;
	for (size_t i = 0; i < count; i++) {
		uint32_t cp = utf8_next(&text);
		size_t column = columns == 1 ? 0 : i % columns, row = columns == 1 ? i : i / columns;
		double left = x + w / 2 - (double)columns * pitch / 2 + (double)column * pitch + (pitch - em) / 2;
		double mid = y + h / 2 - (double)rows * step / 2 + ((double)row + 0.5) * step;

		one[utf8_put(cp, one)] = '\0';
		pdf_text(s->pdf, left, mid + INK_MIDDLE * em, type, one);
	}
}

void sheet_page(struct sheet *s)
{
	pdf_page(s->pdf);
	s->y = SHEET_TOP;
}

void sheet_need(struct sheet *s, double height)
{
	if (s->y + height > SHEET_BOTTOM)
		sheet_page(s);
}

static void centred(struct sheet *s, double y, struct pdf_type type, const char *text)
{
	pdf_text(s->pdf, (PDF_WIDTH_MM - pdf_text_width(s->pdf, type.size_pt, text)) / 2, y, type, text);
}

/* "机构…申请表(政府采购业务)" and what else stands above the line, in two lines. */
static void head_title(struct sheet *s, const char *page_title)
{
	const char *title = s->paper->title, *bracket = strstr(title, "申请表");
	const char *rest = bracket ? bracket + strlen("申请表") : title + strlen(title);
	char *first = arena_textn(s->arena, title, (size_t)(rest - title));

	centred(s, 24, (struct pdf_type){first[0] && pdf_text_width(s->pdf, 18, first) <= 112 ? 18 : 16, 0, true},
		first);
	centred(s, 31.5, (struct pdf_type){12, 0, false}, arena_printf(s->arena, "%s　%s", rest, form_subtitle));
	if (page_title)
		centred(s, 39, (struct pdf_type){12, 0, true}, page_title);
}

static const char *copy_name(int copy)
{
	return copy == 1 ? "第一份" : "第二份";
}

static void head(struct sheet *s, const char *page_title)
{
	const struct form_paper *p = s->paper;

	head_title(s, page_title);
	pdf_text(s->pdf, SHEET_LEFT, 47, (struct pdf_type){SHEET_SIZE_PT, 0, false},
		p->blank ? "申请单号：＿＿＿＿＿＿＿＿＿＿（由网上申请生成）"
			 : arena_printf(s->arena, "申请单号：%s　　表格版本：第 %d 版", p->no, p->version));
}

static void copy_label(struct sheet *s, const char *name, const char *about)
{
	struct texts lines = {(const char *[]){name}, 1};

	pdf_box(s->pdf, SHEET_LEFT, QR_Y, 21, 8.4, sheet_thick);
	sheet_text(s, SHEET_LEFT, QR_Y, 21, 8.4, SHEET_CENTRE, (struct pdf_type){12, 0, true}, &lines);
	pdf_text(s->pdf, SHEET_LEFT + 0.5, QR_Y + 13, (struct pdf_type){FOOT_SIZE_PT, 0, false}, about);
}

/* One line at the foot; smaller type rather than running into what stands at its right. */
static void foot_line(struct sheet *s, double y, double width, const char *text)
{
	double full = pdf_text_width(s->pdf, FOOT_SIZE_PT, text);
	struct pdf_type type = {full > width ? FOOT_SIZE_PT * width / full : FOOT_SIZE_PT, 0, false};

	pdf_text(s->pdf, SHEET_LEFT, y, type, text);
}

static void foot(struct sheet *s, int page, int pages)
{
	const struct form_paper *p = s->paper;
	const char *when = p->blank ? arena_printf(s->arena, "空白表格，%s版",
					      date_chinese(s->arena, date_of_moment(p->frozen_at)))
				    : arena_printf(s->arena, "打印时间：%s", moment_short(s->arena, p->frozen_at));
	const char *right = arena_printf(s->arena, "%s　　第 %d 页 / 共 %d 页", when, page, pages);
	double y = SHEET_BOTTOM + 2.5, width = pdf_text_width(s->pdf, FOOT_SIZE_PT, right);

	pdf_line(s->pdf, SHEET_LEFT, y, SHEET_RIGHT, y, sheet_thin);
	y += 4.6;
	if (p->post_address)
		foot_line(s, y, SHEET_WIDTH, arena_printf(s->arena, "邮寄地址：%s", p->post_address));
	y += 4.6;
	if (p->hotline)
		foot_line(s, y, SHEET_WIDTH - width - 4, arena_printf(s->arena, "客服热线：%s", p->hotline));
	pdf_text(s->pdf, SHEET_RIGHT - width, y, (struct pdf_type){FOOT_SIZE_PT, 0, false}, right);
}

/* The code, and beneath its quiet zone the same in letters, for a scanner that fails. */
static enum err code(struct sheet *s, int copy, int page, int pages)
{
	static const struct pdf_type type = {7, 0, false};
	const struct form_paper *p = s->paper;
	struct form_code code = {.version = p->version, .page = page, .pages = pages, .copy = copy};
	char text[FORM_CODE_MAX + 1];
	size_t n = strlen(p->no), half;
	const char *line[2];
	struct qr qr;
	enum err e;

	if (n > FORM_CODE_NO_MAX)
		return ERR_INVALID;
	memcpy(code.no, p->no, n);
	e = form_code_make(&code, p->mac_key, p->mac_key_len, text);
	if (e != ERR_OK)
		return e;
	e = qr_make(s->arena, text, &qr);
	if (e != ERR_OK)
		return e;
	pdf_squares(s->pdf, QR_X, QR_Y, QR_MM, qr.size, qr.dark);
	half = (strlen(text) + 1) / 2;
	line[0] = arena_textn(s->arena, text, half);
	line[1] = text + half;
	for (size_t i = 0; i < 2; i++)
		pdf_text(s->pdf, QR_X + (QR_MM - pdf_text_width(s->pdf, type.size_pt, line[i])) / 2,
			QR_Y + QR_MM + 5.6 + 2.9 * (double)i, type, line[i]);
	return ERR_OK;
}

static enum err finish_copies(struct sheet *s, int first, int pages)
{
	enum err e = ERR_OK;

	for (int copy = 1; copy <= s->paper->copies; copy++)
		for (int page = 1; page <= pages && e == ERR_OK; page++) {
			if (copy == 1)
				pdf_go(s->pdf, first + page - 1);
			else
				pdf_twin(s->pdf, first + page - 1);
			if (s->paper->copies > 1)
				copy_label(s, copy_name(copy), "（一式两份）");
			if (!s->paper->blank)
				e = code(s, copy, page, pages);
		}
	return e;
}

static enum err finish_part(struct sheet *s, const char *part, int first, int pages)
{
	enum err e = ERR_OK;

	for (int page = 1; page <= pages && e == ERR_OK; page++) {
		pdf_go(s->pdf, first + page - 1);
		copy_label(s, part, "（只交一份）");
		if (!s->paper->blank)
			e = code(s, FORM_CODE_SEALS, page, pages);
	}
	return e;
}

enum err sheet_finish(struct sheet *s, int first, const char *part)
{
	int pages = pdf_pages(s->pdf) - first + 1;

	for (int page = 1; page <= pages; page++) {
		pdf_go(s->pdf, first + page - 1);
		head(s, part ? part : page > 1 ? "（续页）" : NULL);
		foot(s, page, pages);
		pdf_own(s->pdf);
	}
	return part ? finish_part(s, part, first, pages) : finish_copies(s, first, pages);
}
