#include "domain/form_draw.h"

#include <assert.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/form_code.h"
#include "domain/form_layout.h"
#include "domain/form_sheet.h"
#include "domain/glyph.h"

#define LABEL_GRAY 0.95
#define BODY_X (SHEET_LEFT + FORM_TITLE_MM)
#define STAMP_MM 42.0
#define STAMP_BOX_MM 58.0
#define SIGN_MM 9.0
#define OFFICE_MM 19.0
#define SPARE_MM 36.0	/* more room than that makes a form look empty */
#define CAPTION_MM 16.0 /* room above a box for the name of the seal */

enum { SEAL_NUMBER_MM = 12, SEAL_KIND_MM = 32, SEAL_SERIAL_MM = 40, BLANK_SEALS = 2 };

static const struct pdf_type body_type = {SHEET_SIZE_PT, 0, false};

static const char *shown(const char *text)
{
	return text_empty(text) ? "—" : text;
}

static const char *value_one(const struct sheet *s, const char *pointer, size_t n)
{
	const struct form_paper *p = s->paper;

	for (size_t i = 0; i < p->value_count; i++)
		if (strlen(p->value[i].pointer) == n && memcmp(p->value[i].pointer, pointer, n) == 0)
			return p->value[i].text ? p->value[i].text : "";
	if (p->blank)
		return "";
	if (n == strlen("/count") && memcmp(pointer, "/count", n) == 0)
		return arena_printf(s->arena, "%zu 张", p->item_count);
	if (n == strlen("/amount") && memcmp(pointer, "/amount", n) == 0)
		return money_text(s->arena, p->amount_fen);
	if (n == strlen("/amount_words") && memcmp(pointer, "/amount_words", n) == 0)
		return arena_printf(s->arena, "人民币%s", money_words(s->arena, p->amount_fen));
	return "";
}

/* The text of a cell: of one pointer or of several; words between them that are no pointer stand as they are. */
static const char *value_text(const struct sheet *s, const char *pointer)
{
	struct str text;

	str_init(&text, s->arena);
	while (*pointer) {
		size_t n = strcspn(pointer, "+");

		if (*pointer == '/')
			str_add(&text, value_one(s, pointer, n));
		else
			str_addn(&text, pointer, n);
		pointer += n + (pointer[n] == '+');
	}
	if (!s->paper->blank && text.at[strspn(text.at, " ")] == '\0')
		return "—";
	return text.at;
}

static bool stands(unsigned holders, unsigned parts, const struct form_paper *p)
{
	unsigned has = p->parts | (p->parts & FORM_WITH_YEARS ? 0U : (unsigned)FORM_WITHOUT_YEARS);

	return (holders == 0 || holders & form_holder_bit(p->holder)) && (parts == 0 || parts & has);
}

/* The frame around the part of a section that lies on one page, with its title in the first column. */
static void section_frame(struct sheet *s, const char *title, double top)
{
	double h = s->y - top;

	if (h <= 0)
		return;
	pdf_line(s->pdf, BODY_X, top, BODY_X, s->y, sheet_thin);
	pdf_box(s->pdf, SHEET_LEFT, top, SHEET_WIDTH, h, sheet_thick);
	sheet_upright(s, SHEET_LEFT, top, FORM_TITLE_MM, h, title);
}

/* Room for the next row of a section; a new page closes the frame and opens another.  Returns the top of the frame. */
static double section_room(struct sheet *s, const char *title, double top, double height)
{
	if (s->y + height <= SHEET_BOTTOM)
		return top;
	section_frame(s, title, top);
	sheet_page(s);
	return s->y;
}

static void label_cell(struct sheet *s, double x, double y, double w, double h, const char *text)
{
	pdf_shade(s->pdf, x, y, w, h, LABEL_GRAY);
	sheet_label(s, x, y, w, h, text);
}

static double grid_row(struct sheet *s, const struct form_section *section, const struct form_row *row, double top)
{
	const double second = BODY_X + FORM_LABEL_MM + FORM_VALUE_MM, first = BODY_X + FORM_LABEL_MM;
	bool pair = row->cell[1].label != NULL;
	double width = pair ? FORM_VALUE_MM : SHEET_RIGHT - first, h, h2 = 0;
	struct texts a = sheet_wrap(s, SHEET_SIZE_PT, width - 2 * SHEET_PAD_MM, value_text(s, row->cell[0].pointer)), b;

	h = sheet_height(s, &a, SHEET_SIZE_PT);
	if (pair) {
		b = sheet_wrap(
			s, SHEET_SIZE_PT, FORM_VALUE2_MM - 2 * SHEET_PAD_MM, value_text(s, row->cell[1].pointer));
		h2 = sheet_height(s, &b, SHEET_SIZE_PT);
	}
	h = h2 > h ? h2 : h;
	top = section_room(s, section->title, top, h);
	label_cell(s, BODY_X, s->y, FORM_LABEL_MM, h, row->cell[0].label);
	sheet_text(s, first, s->y, width, h, SHEET_LEFT_ALIGN, body_type, &a);
	pdf_line(s->pdf, first, s->y, first, s->y + h, sheet_thin);
	if (pair) {
		label_cell(s, second, s->y, FORM_LABEL2_MM, h, row->cell[1].label);
		sheet_text(s, second + FORM_LABEL2_MM, s->y, FORM_VALUE2_MM, h, SHEET_LEFT_ALIGN, body_type, &b);
		pdf_line(s->pdf, second, s->y, second, s->y + h, sheet_thin);
		pdf_line(s->pdf, second + FORM_LABEL2_MM, s->y, second + FORM_LABEL2_MM, s->y + h, sheet_thin);
	}
	s->y += h;
	pdf_line(s->pdf, BODY_X, s->y, SHEET_RIGHT, s->y, sheet_thin);
	return top;
}

static void draw_grid(struct sheet *s, const struct form_section *section)
{
	double top;

	/* A section of few rows stays together; one that is longer than the rest of the page begins on it all the same. */
	sheet_need(s, s->row * (double)(section->count > 2 ? 3 : section->count));
	top = s->y;
	for (size_t i = 0; i < section->count; i++)
		if (stands(section->row[i].holders, section->row[i].parts, s->paper))
			top = grid_row(s, section, &section->row[i], top);
	section_frame(s, section->title, top);
}

/* Columns of the list of seals; the last takes the rest. */
static size_t seal_columns(const struct sheet *s, double ret_width[4])
{
	double left = SHEET_RIGHT - BODY_X - SEAL_NUMBER_MM - SEAL_KIND_MM;
	bool serials = s->paper->parts & FORM_WITH_SERIALS;

	ret_width[0] = SEAL_NUMBER_MM;
	ret_width[1] = SEAL_KIND_MM;
	ret_width[2] = serials ? left - SEAL_SERIAL_MM : left;
	ret_width[3] = SEAL_SERIAL_MM;
	return serials ? 4 : 3;
}

/* One certificate, or with text NULL the heading.  Returns the top of the frame it lies in. */
static double seal_row(struct sheet *s, const char *title, const char *const text[4], double top)
{
	static const char *const head[4] = {"序号", "印章类型", "印章名称（印文）", "原证书序列号"};
	double width[4], h = 0, x = BODY_X;
	int page = pdf_pages(s->pdf);
	size_t columns = seal_columns(s, width);
	const char *const *show = text ? text : head;
	bool heading = text == NULL;
	struct texts lines[4];

	for (size_t i = 0; i < columns; i++) {
		double need;

		lines[i] = sheet_wrap(s, SHEET_SIZE_PT, width[i] - 2 * SHEET_PAD_MM, show[i]);
		need = sheet_height(s, &lines[i], SHEET_SIZE_PT);
		h = need > h ? need : h;
	}
	top = section_room(s, title, top, h);
	if (pdf_pages(s->pdf) > page && !heading)
		seal_row(s, title, NULL, top); /* the heading again */
	if (heading)
		pdf_shade(s->pdf, BODY_X, s->y, SHEET_RIGHT - BODY_X, h, LABEL_GRAY);
	for (size_t i = 0; i < columns; x += width[i++]) {
		sheet_text(s, x, s->y, width[i], h, heading || i < 2 ? SHEET_CENTRE : SHEET_LEFT_ALIGN, body_type,
			&lines[i]);
		if (i > 0)
			pdf_line(s->pdf, x, s->y, x, s->y + h, sheet_thin);
	}
	s->y += h;
	pdf_line(s->pdf, BODY_X, s->y, SHEET_RIGHT, s->y, sheet_thin);
	return top;
}

static void draw_seals(struct sheet *s, const struct form_section *section)
{
	size_t count = s->paper->blank ? BLANK_SEALS : s->paper->item_count;
	double top;

	if (count == 0)
		return;
	sheet_need(s, 2 * s->row);
	top = seal_row(s, section->title, NULL, s->y);
	for (size_t i = 0; i < count; i++) {
		const char *text[4] = {arena_printf(s->arena, "%zu", i + 1), "", "", ""};

		if (!s->paper->blank) {
			text[1] = shown(s->paper->item[i].seal_kind);
			text[2] = shown(s->paper->item[i].seal_name);
			text[3] = shown(s->paper->item[i].old_serial);
		}
		top = seal_row(s, section->title, text, top);
	}
	section_frame(s, section->title, top);
}

static void sign_line(struct sheet *s, double x, double y, double end, const char *label)
{
	double from = x + pdf_text_width(s->pdf, SHEET_SIZE_PT, label) + 1;

	pdf_text(s->pdf, x, y, body_type, label);
	pdf_line(s->pdf, from, y + 1, end, y + 1, sheet_thin);
}

static void draw_promise(struct sheet *s, const struct form_section *section)
{
	const struct form_promise *promise = form_promise_of(form_holder_bit(s->paper->holder));
	double split = promise->stamp ? SHEET_RIGHT - STAMP_BOX_MM : SHEET_RIGHT, top, h, y;
	double x = BODY_X + SHEET_PAD_MM + 0.6, width = split - BODY_X - 2 * SHEET_PAD_MM - 1.2;
	struct texts lines = sheet_wrap(s, SHEET_SIZE_PT, width, arena_printf(s->arena, "　　%s", promise->text));
	size_t signs = 0;

	while (promise->sign[signs])
		signs++;
	h = (double)lines.count * SHEET_LEADING_MM + 4 + (double)(signs + 1) * SIGN_MM;
	if (promise->stamp && h < STAMP_MM + 10)
		h = STAMP_MM + 10;
	h += s->spare * 0.6;
	sheet_need(s, h);
	top = s->y;
	sheet_text(s, BODY_X + 0.6, top + 1.5, split - BODY_X, (double)lines.count * SHEET_LEADING_MM, SHEET_LEFT_ALIGN,
		body_type, &lines);
	y = top + h - 4 - (double)signs * SIGN_MM;
	for (size_t i = 0; i < signs; i++, y += SIGN_MM)
		sign_line(s, x, y, x + width - 20, arena_printf(s->arena, "%s：", promise->sign[i]));
	pdf_text(s->pdf, x, y, body_type, "日期：　　　　　　　年　　　　　月　　　　　日");
	if (promise->stamp) {
		pdf_line(s->pdf, split, top, split, top + h, sheet_thin);
		sheet_label(
			s, split, top + 0.6, STAMP_BOX_MM, 7, arena_printf(s->arena, "%s（盖章处）", promise->stamp));
		pdf_ring(s->pdf, split + STAMP_BOX_MM / 2, top + 7 + (h - 7.6) / 2, STAMP_MM / 2,
			(struct pdf_ink){0.6, 0.35, 1.4});
	}
	s->y = top + h;
	section_frame(s, section->title, top);
}

static void draw_office(struct sheet *s, const struct form_section *section)
{
	double width, x = BODY_X, top, h = OFFICE_MM + s->spare * 0.4;
	size_t count = 0;

	while (form_office[count])
		count++;
	width = (SHEET_RIGHT - BODY_X) / (double)count;
	sheet_need(s, h);
	top = s->y;
	for (size_t i = 0; i < count; i++, x += width) {
		double in = x + SHEET_PAD_MM;

		if (i > 0)
			pdf_line(s->pdf, x, top, x, top + h, sheet_thin);
		pdf_text(s->pdf, in, top + 5.2, body_type, arena_printf(s->arena, "%s意见：", form_office[i]));
		sign_line(s, in, top + h - 8.6, x + width - 3, "签名：");
		pdf_text(s->pdf, in, top + h - 2.4, body_type, "日期：　　　年　　月　　日");
	}
	s->y = top + h;
	section_frame(s, section->title, top);
}

/* Four black squares around the box, for straightening and scale. */
static void corner_marks(struct sheet *s, const struct form_box *box)
{
	static const unsigned char dark[] = {1};
	const double half = FORM_BOX_MM / 2.0, out = FORM_MARK_AT_MM - FORM_MARK_MM / 2.0;

	pdf_box(s->pdf, box->x - half, box->y - half, FORM_BOX_MM, FORM_BOX_MM, (struct pdf_ink){0.4, 0.7, 0});
	for (int right = 0; right < 2; right++)
		for (int low = 0; low < 2; low++)
			pdf_squares(s->pdf, right ? box->x + out : box->x - out - FORM_MARK_MM,
				low ? box->y + out : box->y - out - FORM_MARK_MM, FORM_MARK_MM, 1, dark);
}

/* Fifty millimetres to hold a ruler against: a print that was "fitted to the page" shows. */
static void scale_bar(struct sheet *s)
{
	const double x = SHEET_RIGHT - 50, y = s->y + 3;

	for (int i = 0; i <= 5; i++)
		pdf_line(s->pdf, x + 10 * i, y, x + 10 * i, y - (i % 5 ? 1.5 : 2.5), sheet_thin);
	pdf_line(s->pdf, x, y, SHEET_RIGHT, y, sheet_thin);
	pdf_text(s->pdf, SHEET_LEFT, y, body_type, "打印时请选“实际大小”（100%），右边的标尺应为 5 厘米：");
	s->y += 9;
}

/* Above the box the name, as large as it fits; between the upper marks which seal it is, between the lower what to do. */
static void impression(struct sheet *s, size_t i, const struct form_box *box)
{
	static const double size[] = {SHEET_SIZE_PT, 9, 7.5, 6.5};
	const double width = 2.0 * FORM_MARK_AT_MM + FORM_MARK_MM, x = box->x - width / 2, strip = 5;
	const double top = box->y - FORM_MARK_AT_MM - FORM_MARK_MM / 2.0, low = box->y + FORM_BOX_MM / 2.0;
	const struct form_item *item = s->paper->blank ? NULL : &s->paper->item[i];
	const char *name = item ? shown(item->seal_name) : "印章名称：＿＿＿＿＿＿＿＿＿＿＿＿";
	const char *act = item && !item->may_sign ? form_stamp_text : form_stamp_or_sign_text;
	struct texts lines = {&name, 1};
	struct pdf_type type = body_type;
	double h = 0;

	for (size_t k = 0; k < ARRAY_LEN(size) && (k == 0 || h > CAPTION_MM); k++) {
		type.size_pt = size[k];
		lines = sheet_wrap(s, size[k], width - 2 * SHEET_PAD_MM, name);
		h = (double)lines.count * SHEET_LEADING_MM * size[k] / SHEET_SIZE_PT;
	}
	sheet_text(s, x, top - h - 1, width, h, SHEET_CENTRE, type, &lines);
	sheet_label(s, x, top - 0.8, width, strip,
		item ? arena_printf(s->arena, "第 %zu 枚　%s", i + 1, shown(item->seal_kind))
		     : arena_printf(s->arena, "第 %zu 枚", i + 1));
	sheet_text(
		s, x, low + 0.8, width, strip, SHEET_CENTRE, (struct pdf_type){9, 0, false}, &(struct texts){&act, 1});
	corner_marks(s, box);
}

static void draw_impressions(struct sheet *s, const struct form_section *section)
{
	size_t count = s->paper->blank ? BLANK_SEALS : s->paper->item_count;
	struct texts lines;

	(void)section;
	for (size_t i = 0; i < count; i++) {
		if (i % FORM_BOXES == 0) {
			sheet_page(s);
			lines = sheet_wrap(s, SHEET_SIZE_PT, SHEET_WIDTH, form_impressions_text);
			sheet_text(s, SHEET_LEFT - SHEET_PAD_MM, s->y, SHEET_WIDTH,
				(double)lines.count * SHEET_LEADING_MM, SHEET_LEFT_ALIGN, body_type, &lines);
			s->y += (double)lines.count * SHEET_LEADING_MM + 3;
			scale_bar(s);
		}
		impression(s, i, &form_box[i % FORM_BOXES]);
	}
}

static void (*const draw_block[])(struct sheet *, const struct form_section *) = {
	[FORM_GRID] = draw_grid,
	[FORM_SEALS] = draw_seals,
	[FORM_PROMISE] = draw_promise,
	[FORM_OFFICE] = draw_office,
	[FORM_IMPRESSIONS] = draw_impressions,
};

/* The blocks of the first copy.  ret_marks: filled in as far as the copies go. */
static void draw_blocks(struct sheet *s, struct form_marks *ret_marks)
{
	*ret_marks = (struct form_marks){0, 0};
	sheet_page(s);
	for (size_t i = 0; i < form_section_count; i++) {
		const struct form_section *section = &form_sections[i];

		if (section->block == FORM_IMPRESSIONS || !stands(section->holders, section->parts, s->paper))
			continue;
		draw_block[section->block](s, section);
		if (section->block == FORM_PROMISE && form_promise_of(form_holder_bit(s->paper->holder))->stamp)
			ret_marks->stamp_page = pdf_pages(s->pdf);
	}
	s->main_end = s->y;
	s->main_pages = pdf_pages(s->pdf);
}

/* The pages behind the copies. */
static enum err draw_parts(struct sheet *s, struct form_marks *marks)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < form_section_count && e == ERR_OK; i++) {
		const struct form_section *section = &form_sections[i];
		int before = pdf_pages(s->pdf);

		if (section->block != FORM_IMPRESSIONS || !stands(section->holders, section->parts, s->paper))
			continue;
		draw_block[section->block](s, section);
		marks->seal_pages = pdf_pages(s->pdf) - before;
		e = sheet_finish(s, before + 1, section->title);
	}
	return e;
}

/* Draws on paper that is thrown away; s then says where the last block ended.  Returns the pages. */
static int trial(struct sheet *s)
{
	struct form_marks marks;
	struct pdf_meta meta = {0};

	s->pdf = pdf_new(s->arena, s->fonts, &meta);
	draw_blocks(s, &marks);
	return s->main_pages;
}

/* Rows as high as can be without costing a page; what is left then goes to those who sign and stamp, unless that costs
 * one.  Returns the pages. */
static int fit(struct sheet *s)
{
	static const double height[] = {9.2, 8.6, 8.0, 7.4, 6.8};
	struct sheet t = *s;
	int best = 0;

	for (size_t i = 0; i < ARRAY_LEN(height) && (i == 0 || t.main_pages > 1); i++) {
		int pages;

		t.row = height[i];
		pages = trial(&t);
		if (best && pages >= best)
			continue;
		best = pages;
		s->row = t.row;
		s->spare = SHEET_BOTTOM - t.main_end;
	}
	s->spare = s->spare < SPARE_MM ? s->spare : SPARE_MM;
	if (t.main_pages > 1) {
		t = *s;
		if (trial(&t) > best)
			s->spare = 0;
	}
	return best;
}

/* The label under which a value stands on this form; NULL: it does not. */
static const char *label_here(const struct form_paper *p, const char *pointer)
{
	for (size_t i = 0; i < form_section_count; i++) {
		const struct form_section *section = &form_sections[i];

		for (size_t r = 0; r < section->count && stands(section->holders, section->parts, p); r++)
			for (size_t c = 0; c < 2 && section->row[r].cell[c].label; c++)
				if (stands(section->row[r].holders, section->row[r].parts, p) &&
					form_cell_has(&section->row[r].cell[c], pointer))
					return section->row[r].cell[c].label;
	}
	return NULL;
}

static enum err check_paper(
	struct arena *a, const struct fonts *fonts, const struct form_paper *p, struct faults *faults)
{
	size_t before = faults->count;

	for (size_t i = 0; i < p->value_count; i++) {
		const char *label = label_here(p, p->value[i].pointer);

		if (label)
			glyph_check(fonts, p->value[i].pointer, label, p->value[i].text, faults);
	}
	for (size_t i = 0; i < p->item_count; i++) {
		const char *base = arena_printf(a, "/items/%zu", i);

		glyph_check(fonts, arena_printf(a, "%s/seal_name", base), "印章名称", p->item[i].seal_name, faults);
		glyph_check(fonts, arena_printf(a, "%s/seal_kind", base), "印章类型", p->item[i].seal_kind, faults);
	}
	glyph_check(fonts, "/title", "表格标题", p->title, faults);
	glyph_check(fonts, "/post_address", "邮寄地址", p->post_address, faults);
	glyph_check(fonts, "/hotline", "客服热线", p->hotline, faults);
	return faults->count == before ? ERR_OK : ERR_INVALID;
}

enum err form_draw(struct arena *a, const struct fonts *fonts, const struct form_paper *paper, struct bytes *ret_pdf,
	int *ret_pages, struct faults *faults)
{
	struct pdf_meta meta = {
		.title = paper->title, .author = NULL, .subject = paper->no, .created_at = paper->frozen_at};
	struct sheet s = {.arena = a, .fonts = fonts, .paper = paper};
	struct form_marks marks;
	enum err e = check_paper(a, fonts, paper, faults);

	assert(paper->item_count <= FORM_ITEMS_MAX && paper->copies >= 1 && paper->copies <= FORM_COPIES_MAX);
	assert(form_holder_bit(paper->holder) && (paper->blank || paper->no));
	if (e != ERR_OK)
		return e;
	if (fit(&s) > FORM_CODE_PAGES)
		return ERR_TOO_LARGE;
	s.pdf = pdf_new(a, fonts, &meta);
	draw_blocks(&s, &marks);
	e = sheet_finish(&s, 1, NULL);
	if (e == ERR_OK)
		e = draw_parts(&s, &marks);
	if (e == ERR_OK)
		e = pdf_save(s.pdf, ret_pdf);
	if (e == ERR_OK)
		*ret_pages = pdf_pages(s.pdf);
	if (e == ERR_OK && paper->ret_marks)
		*paper->ret_marks = marks;
	return e;
}
