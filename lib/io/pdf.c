#include "io/pdf.h"

#include <hpdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"

/* Shown, unseen, under an outline, so that readers know where its text stands. */
#define CARRIER "\xe3\x80\x80"
enum { CARRIER_CP = 0x3000 };

#define PT_PER_MM (72.0 / 25.4)
#define CIRCLE_HANDLE 0.5522847498

struct text {
	double x, y; /* points from the bottom left */
	struct pdf_type type;
	const char *text;
	struct text *next;
};

struct layer {
	struct str shades, marks; /* ready for the content stream, in this order */
	struct text *first, **last;
};

struct page {
	struct layer shared, own, *draw; /* draw: where drawing goes */
	const struct page *twin;	 /* whose shared layer stands for ours; NULL: none */
	HPDF_Dict stream;		 /* of the shared layer, once written */
	struct page *next;
};

struct pdf {
	struct arena *arena;
	const struct fonts *fonts;
	struct pdf_meta meta;
	struct font_set used;
	struct page *first, *here;
	int count;
};

struct pdf *pdf_new(struct arena *a, const struct fonts *fonts, const struct pdf_meta *meta)
{
	struct pdf *p = arena_alloc(a, sizeof *p);

	p->arena = a;
	p->fonts = fonts;
	p->meta = *meta;
	return p;
}

static void layer_init(struct layer *l, struct arena *a)
{
	str_init(&l->shades, a);
	str_init(&l->marks, a);
	l->last = &l->first;
}

void pdf_page(struct pdf *p)
{
	struct page *page = arena_alloc(p->arena, sizeof *page), **at = &p->first;

	while (*at)
		at = &(*at)->next;
	*at = page;
	layer_init(&page->shared, p->arena);
	layer_init(&page->own, p->arena);
	page->draw = &page->shared;
	p->here = page;
	p->count++;
}

void pdf_go(struct pdf *p, int page)
{
	p->here = p->first;
	while (--page > 0)
		p->here = p->here->next;
}

void pdf_own(struct pdf *p)
{
	p->here->draw = &p->here->own;
}

void pdf_twin(struct pdf *p, int page)
{
	const struct page *of;

	pdf_go(p, page);
	of = p->here;
	pdf_page(p);
	p->here->twin = of;
	pdf_own(p);
}

int pdf_pages(const struct pdf *p)
{
	return p->count;
}

/* A number of the content stream, to the thousandth of a point. */
static void put(struct str *s, double value)
{
	long n = lround(value * 1000);
	char digits[24];
	size_t at = sizeof digits;
	bool minus = n < 0;
	int place;

	if (minus)
		n = -n;
	for (place = 0; place < 3 && n % 10 == 0; place++)
		n /= 10;
	for (; place < 3; place++, n /= 10)
		digits[--at] = (char)('0' + n % 10);
	if (at < sizeof digits)
		digits[--at] = '.';
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	if (minus)
		digits[--at] = '-';
	str_addn(s, digits + at, sizeof digits - at);
	str_addc(s, ' ');
}

static void put_at(struct str *s, double x, double y, const char *op)
{
	put(s, x * PT_PER_MM);
	put(s, (PDF_HEIGHT_MM - y) * PT_PER_MM);
	str_add(s, op);
}

static void put_ink(struct str *s, struct pdf_ink ink)
{
	str_add(s, "q ");
	put(s, ink.width_pt);
	str_add(s, "w ");
	put(s, ink.gray);
	str_add(s, "G ");
	if (ink.dash_mm > 0) {
		str_addc(s, '[');
		put(s, ink.dash_mm * PT_PER_MM);
		str_add(s, "] 0 d ");
	} else {
		str_add(s, "2 J "); /* corners of a grid must close */
	}
}

void pdf_line(struct pdf *p, double x, double y, double to_x, double to_y, struct pdf_ink ink)
{
	struct str *s = &p->here->draw->marks;

	put_ink(s, ink);
	put_at(s, x, y, "m ");
	put_at(s, to_x, to_y, "l S Q\n");
}

static void put_rect(struct str *s, double x, double y, double w, double h)
{
	put_at(s, x, y + h, "");
	put(s, w * PT_PER_MM);
	put(s, h * PT_PER_MM);
	str_add(s, "re ");
}

void pdf_box(struct pdf *p, double x, double y, double w, double h, struct pdf_ink ink)
{
	struct str *s = &p->here->draw->marks;

	put_ink(s, ink);
	put_rect(s, x, y, w, h);
	str_add(s, "S Q\n");
}

void pdf_shade(struct pdf *p, double x, double y, double w, double h, double gray)
{
	struct str *s = &p->here->draw->shades;

	str_add(s, "q ");
	put(s, gray);
	str_add(s, "g ");
	put_rect(s, x, y, w, h);
	str_add(s, "f Q\n");
}

static void put_arc(struct str *s, const double at[6])
{
	for (size_t i = 0; i < 6; i += 2)
		put_at(s, at[i], at[i + 1], "");
	str_add(s, "c ");
}

void pdf_ring(struct pdf *p, double x, double y, double r, struct pdf_ink ink)
{
	struct str *s = &p->here->draw->marks;
	double k = r * CIRCLE_HANDLE;

	put_ink(s, ink);
	put_at(s, x + r, y, "m ");
	put_arc(s, (double[]){x + r, y + k, x + k, y + r, x, y + r});
	put_arc(s, (double[]){x - k, y + r, x - r, y + k, x - r, y});
	put_arc(s, (double[]){x - r, y - k, x - k, y - r, x, y - r});
	put_arc(s, (double[]){x + k, y - r, x + r, y - k, x + r, y});
	str_add(s, "s Q\n");
}

/* One path in units of modules, filled at once: no seams between neighbours, and the numbers stay short. */
void pdf_squares(struct pdf *p, double x, double y, double edge_mm, int size, const unsigned char *dark)
{
	struct str *s = &p->here->draw->marks;
	double module = edge_mm / size * PT_PER_MM;
	int end;

	str_add(s, "q 0 g ");
	put(s, module);
	str_add(s, "0 0 ");
	put(s, -module);
	put_at(s, x, y, "cm\n");
	for (int row = 0; row < size; row++)
		for (int column = 0; column < size; column = end + 1) {
			const unsigned char *line = dark + (size_t)row * (size_t)size;

			for (end = column; end < size && line[end]; end++)
				;
			if (end > column)
				str_addf(s, "%d %d %d 1 re\n", column, row, end - column);
		}
	str_add(s, "f Q\n");
}

void pdf_text(struct pdf *p, double x, double y, struct pdf_type type, const char *text)
{
	struct text *t = arena_alloc(p->arena, sizeof *t);
	const char *at = text;
	uint32_t cp;

	t->x = x * PT_PER_MM;
	t->y = (PDF_HEIGHT_MM - y) * PT_PER_MM;
	t->type = type;
	t->text = arena_text(p->arena, text);
	*p->here->draw->last = t;
	p->here->draw->last = &t->next;
	while ((cp = utf8_next(&at)) != 0)
		font_set_add(&p->used, font_place(p->fonts, cp) == FONT_BODY ? cp : CARRIER_CP);
}

double pdf_text_width(const struct pdf *p, double size_pt, const char *text)
{
	double em = 0;
	uint32_t cp;

	while ((cp = utf8_next(&text)) != 0)
		em += font_advance(p->fonts, cp);
	return em * size_pt / PT_PER_MM;
}

/* What writing a page needs. */
struct writer {
	struct pdf *pdf;
	HPDF_Page page;
	HPDF_Stream stream;
	HPDF_Font font;
	struct pdf_type type;
	double x, y; /* start of the current text line, while open */
	bool open;
};

static void raw(struct writer *w, const struct str *s)
{
	HPDF_Stream_Write(w->stream, (const HPDF_BYTE *)s->at, (HPDF_UINT)s->len);
}

static void text_close(struct writer *w)
{
	if (w->open)
		HPDF_Page_EndText(w->page);
	w->open = false;
}

static void text_show(struct writer *w, double x, double y, const char *text)
{
	if (!w->open) {
		HPDF_Page_BeginText(w->page);
		w->open = true;
		w->x = w->y = 0;
	}
	HPDF_Page_MoveTextPos(w->page, (HPDF_REAL)(x - w->x), (HPDF_REAL)(y - w->y));
	w->x = x;
	w->y = y;
	HPDF_Page_ShowText(w->page, text);
}

static void type_set(struct writer *w, const struct pdf_type *type)
{
	if (type->size_pt != w->type.size_pt) {
		HPDF_Page_SetFontAndSize(w->page, w->font, (HPDF_REAL)type->size_pt);
		HPDF_Page_SetLineWidth(w->page, (HPDF_REAL)(type->size_pt * 0.028));
	}
	if (type->gray != w->type.gray)
		HPDF_Page_SetGrayFill(w->page, (HPDF_REAL)type->gray);
	if (type->bold != w->type.bold)
		HPDF_Page_SetTextRenderingMode(w->page, type->bold ? HPDF_FILL_THEN_STROKE : HPDF_FILL);
	w->type = *type;
}

/* ActualText in UTF-16, as PDF wants it. */
static void span_open(struct str *s, uint32_t cp)
{
	str_add(s, "/Span<</ActualText<FEFF");
	if (cp > 0xffff)
		str_addf(s, "%04X%04X", (unsigned)(0xd800 + ((cp - 0x10000) >> 10)),
			(unsigned)(0xdc00 + ((cp - 0x10000) & 0x3ff)));
	else
		str_addf(s, "%04X", (unsigned)cp);
	str_add(s, ">>>BDC\n");
}

static void outline_show(struct writer *w, double x, double y, uint32_t cp)
{
	struct font_path path;
	struct str open, draw;

	str_init(&open, w->pdf->arena);
	str_init(&draw, w->pdf->arena);
	text_close(w);
	span_open(&open, cp);
	raw(w, &open);
	text_show(w, x, y, CARRIER);
	text_close(w);
	/* Rare fonts are light faces: a stroke brings them to the weight of the text around, for the photocopier. */
	str_add(&draw, "q 1 j ");
	put(&draw, w->type.size_pt * (w->type.bold ? 0.032 : 0.014));
	str_add(&draw, "w ");
	put(&draw, w->type.gray);
	str_add(&draw, "G\n");
	font_outline(w->pdf->fonts, cp, w->pdf->arena, &path);
	for (size_t i = 0; i < path.count; i++) {
		const struct font_step *step = &path.step[i];
		size_t numbers = step->op == 'c' ? 6 : step->op == 'z' ? 0 : 2;

		for (size_t n = 0; n < numbers; n++)
			put(&draw, step->at[n] * w->type.size_pt + (n % 2 ? y : x));
		str_addc(&draw, step->op == 'z' ? 'h' : step->op);
		str_addc(&draw, '\n');
	}
	str_add(&draw, "B Q EMC\n");
	raw(w, &draw);
}

/* The text in runs that the body font has, and outlines between them. */
static void text_write(struct writer *w, const struct text *t)
{
	const char *at = t->text, *start = at, *here;
	double x = t->x, run = 0;
	enum font_place place;
	uint32_t cp;

	type_set(w, &t->type);
	for (here = at; (cp = utf8_next(&at)) != 0; here = at) {
		double advance = font_advance(w->pdf->fonts, cp) * t->type.size_pt;

		place = font_place(w->pdf->fonts, cp);
		if (place == FONT_BODY) {
			run += advance;
			continue;
		}
		if (here > start)
			text_show(w, x, t->y, arena_textn(w->pdf->arena, start, (size_t)(here - start)));
		x += run;
		if (place == FONT_RARE)
			outline_show(w, x, t->y, cp);
		x += advance;
		run = 0;
		start = at;
	}
	if (*start)
		text_show(w, x, t->y, start);
}

/* A layer leaves the graphics state as it found it: in a twin another one stands before it. */
static void layer_write(struct pdf *p, HPDF_Page page, HPDF_Dict stream, HPDF_Font font, const struct layer *layer)
{
	struct writer w = {.pdf = p, .page = page, .stream = stream->stream, .font = font};

	((HPDF_PageAttr)page->attr)->stream = w.stream;
	HPDF_Stream_WriteStr(w.stream, "q\n");
	raw(&w, &layer->shades);
	raw(&w, &layer->marks);
	for (const struct text *t = layer->first; t; t = t->next)
		text_write(&w, t);
	text_close(&w);
	HPDF_Stream_WriteStr(w.stream, "Q\n");
}

static void page_write(struct pdf *p, HPDF_Doc doc, HPDF_Font font, struct page *page)
{
	HPDF_Page to = HPDF_AddPage(doc);
	HPDF_PageAttr attr = to ? to->attr : NULL;
	HPDF_Dict own = NULL;

	if (!attr)
		return;
	HPDF_Page_SetSize(to, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
	page->stream = attr->contents;
	if (page->twin) {
		layer_write(p, to, attr->contents, font, &page->own);
		HPDF_Page_Insert_Shared_Content_Stream(to, page->twin->stream);
		return;
	}
	layer_write(p, to, attr->contents, font, &page->shared);
	if (page->draw != &page->own)
		return;
	HPDF_Page_New_Content_Stream(to, &own);
	if (own)
		layer_write(p, to, own, font, &page->own);
}

/* libharu reads fonts from files only. */
static enum err font_embed(struct pdf *p, HPDF_Doc doc, HPDF_Font *ret_font)
{
	char path[40];
	struct bytes file;
	const char *name;
	enum err e = font_subset(p->fonts, &p->used, p->arena, &file);
	int fd;

	if (e != ERR_OK)
		return e;
	fd = memfd_create("font", MFD_CLOEXEC);
	if (fd < 0)
		return ERR_INTERNAL;
	if (write(fd, file.at, file.len) != (ssize_t)file.len) {
		close(fd);
		return ERR_INTERNAL;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	name = HPDF_LoadTTFontFromFile(doc, path, HPDF_TRUE);
	*ret_font = name ? HPDF_GetFont(doc, name, "UTF-8") : NULL;
	close(fd);
	if (*ret_font)
		return ERR_OK;
	log_at(LOG_ERROR, "pdf: libharu refused the font: 0x%lx", (unsigned long)HPDF_GetError(doc));
	return ERR_INTERNAL;
}

static void info_text(HPDF_Doc doc, HPDF_InfoType type, const char *text)
{
	if (text)
		HPDF_SetInfoAttr(doc, type, text);
}

static void meta_write(struct pdf *p, HPDF_Doc doc)
{
	struct date d = date_of_moment(p->meta.created_at);
	int64_t s = p->meta.created_at - date_moment(d, 0, 0, 0);
	HPDF_Date at = {
		d.year, d.month, d.day, (HPDF_INT)(s / 3600), (HPDF_INT)(s / 60 % 60), (HPDF_INT)(s % 60), '+', 8, 0};

	HPDF_SetCurrentEncoder(doc, "UTF-8");
	info_text(doc, HPDF_INFO_TITLE, p->meta.title);
	info_text(doc, HPDF_INFO_AUTHOR, p->meta.author);
	info_text(doc, HPDF_INFO_SUBJECT, p->meta.subject);
	HPDF_SetInfoDateAttr(doc, HPDF_INFO_CREATION_DATE, at);
	HPDF_Dict_Add(doc->catalog, "Lang", HPDF_String_New(doc->mmgr, "zh-CN", NULL));
}

/* The first failure stays in the document and every later call is harmless, so it is asked once, at the end. */
static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *user)
{
	(void)error, (void)detail, (void)user;
}

static enum err doc_save(struct pdf *p, HPDF_Doc doc, struct bytes *ret_file)
{
	unsigned char *at;
	HPDF_UINT32 len;
	HPDF_STATUS status = HPDF_GetError(doc);

	if (status == HPDF_OK)
		status = HPDF_SaveToStream(doc);
	if (status != HPDF_OK) {
		log_at(LOG_ERROR, "pdf: libharu error 0x%lx", (unsigned long)status);
		return ERR_INTERNAL;
	}
	len = HPDF_GetStreamSize(doc);
	at = arena_alloc(p->arena, len);
	HPDF_ReadFromStream(doc, at, &len);
	ret_file->at = at;
	ret_file->len = len;
	return ERR_OK;
}

enum err pdf_save(struct pdf *p, struct bytes *ret_file)
{
	HPDF_Doc doc = HPDF_New(on_error, NULL);
	HPDF_Font font = NULL;
	enum err e;

	if (!doc)
		return ERR_INTERNAL;
	HPDF_SetCompressionMode(doc, HPDF_COMP_ALL);
	HPDF_UseUTFEncodings(doc);
	font_set_add(&p->used, ' ');
	e = font_embed(p, doc, &font);
	if (e == ERR_OK) {
		for (struct page *page = p->first; page; page = page->next)
			page_write(p, doc, font, page);
		meta_write(p, doc);
		e = doc_save(p, doc, ret_file);
	}
	HPDF_Free(doc);
	return e;
}
