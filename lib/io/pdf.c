#include "io/pdf.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "io/pdf_page.h"

#define CIRCLE_HANDLE 0.5522847498

struct pdf *pdf_new(struct arena *a, const struct fonts *fonts, const struct pdf_meta *meta)
{
	struct pdf *p = arena_alloc(a, sizeof *p);

	p->arena = a;
	p->fonts = fonts;
	p->meta = *meta;
	if (!(meta->width_mm > 0 && meta->height_mm > 0)) {
		p->meta.width_mm = PDF_WIDTH_MM;
		p->meta.height_mm = PDF_HEIGHT_MM;
	}
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
	struct page *of;

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

static void put(struct str *s, double value)
{
	pdf_number(s, value, 2);
}

static void put_at(const struct pdf *p, struct str *s, double x, double y, const char *op)
{
	put(s, x * PT_PER_MM);
	put(s, (p->meta.height_mm - y) * PT_PER_MM);
	str_add(s, op);
}

static void path_end(struct layer *l)
{
	if (l->open)
		str_add(&l->marks, "S\n");
	l->open = false;
}

/* Where to add a path.  Paths of the same ink, one after the other, are stroked as one. */
static struct str *path(struct pdf *p, struct pdf_ink ink)
{
	struct layer *l = p->here->draw;
	struct str *s = &l->marks;

	if (l->open && ink.width_pt == l->ink.width_pt && ink.gray == l->ink.gray && ink.dash_mm == l->ink.dash_mm)
		return s;
	path_end(l);
	put(s, ink.width_pt);
	str_add(s, "w ");
	put(s, ink.gray);
	str_add(s, "G ");
	if (ink.dash_mm > 0) {
		str_add(s, "0 J [");
		put(s, ink.dash_mm * PT_PER_MM);
		str_add(s, "]0 d\n");
	} else {
		str_add(s, "2 J []0 d\n"); /* corners of a grid must close */
	}
	l->ink = ink;
	l->open = true;
	return s;
}

void pdf_line(struct pdf *p, double x, double y, double to_x, double to_y, struct pdf_ink ink)
{
	struct str *s = path(p, ink);

	put_at(p, s, x, y, "m ");
	put_at(p, s, to_x, to_y, "l\n");
}

static void put_rect(const struct pdf *p, struct str *s, double x, double y, double w, double h)
{
	put_at(p, s, x, y + h, "");
	put(s, w * PT_PER_MM);
	put(s, h * PT_PER_MM);
	str_add(s, "re\n");
}

void pdf_box(struct pdf *p, double x, double y, double w, double h, struct pdf_ink ink)
{
	put_rect(p, path(p, ink), x, y, w, h);
}

void pdf_shade(struct pdf *p, double x, double y, double w, double h, double gray)
{
	struct str *s = &p->here->draw->shades;

	str_add(s, "q ");
	put(s, gray);
	str_add(s, "g ");
	put_rect(p, s, x, y, w, h);
	str_add(s, "f Q\n");
}

static void put_arc(const struct pdf *p, struct str *s, const double at[6])
{
	for (size_t i = 0; i < 6; i += 2)
		put_at(p, s, at[i], at[i + 1], "");
	str_add(s, "c ");
}

void pdf_ring(struct pdf *p, double x, double y, double r, struct pdf_ink ink)
{
	struct str *s = path(p, ink);
	double k = r * CIRCLE_HANDLE;

	put_at(p, s, x + r, y, "m ");
	put_arc(p, s, (double[]){x + r, y + k, x + k, y + r, x, y + r});
	put_arc(p, s, (double[]){x - k, y + r, x - r, y + k, x - r, y});
	put_arc(p, s, (double[]){x - r, y - k, x - k, y - r, x, y - r});
	put_arc(p, s, (double[]){x + k, y - r, x + r, y - k, x + r, y});
	str_add(s, "h\n");
}

/* The largest free rectangle of dark modules to the right of and below one, taken off. */
static void take_rectangle(bool *left, int size, int column, int row, struct str *s)
{
	int right = column, low = row + 1;

	while (right < size && left[row * size + right])
		right++;
	for (; low < size; low++) {
		int at = column;

		while (at < right && left[low * size + at])
			at++;
		if (at < right)
			break;
	}
	for (int y = row; y < low; y++)
		memset(left + y * size + column, 0, (size_t)(right - column) * sizeof *left);
	str_addf(s, "%d %d %d %d re\n", column, row, right - column, low - row);
}

/* One path in units of modules, filled at once: no seams between neighbours, and the numbers stay short. */
void pdf_squares(struct pdf *p, double x, double y, double edge_mm, int size, const unsigned char *dark)
{
	struct str *s = &p->here->draw->marks;
	double module = edge_mm / size * PT_PER_MM;
	bool *left = arena_array(p->arena, (size_t)size * (size_t)size, sizeof *left);

	path_end(p->here->draw);
	str_add(s, "q 0 g ");
	pdf_number(s, module, 4);
	str_add(s, "0 0 ");
	pdf_number(s, -module, 4);
	put_at(p, s, x, y, "cm\n");
	for (int i = 0; i < size * size; i++)
		left[i] = dark[i];
	for (int i = 0; i < size * size; i++)
		if (left[i])
			take_rectangle(left, size, i % size, i / size, s);
	str_add(s, "f Q\n");
}

void pdf_text(struct pdf *p, double x, double y, struct pdf_type type, const char *text)
{
	struct text *t = arena_alloc(p->arena, sizeof *t);

	t->x = x * PT_PER_MM;
	t->y = (p->meta.height_mm - y) * PT_PER_MM;
	t->type = type;
	t->text = arena_text(p->arena, text);
	*p->here->draw->last = t;
	p->here->draw->last = &t->next;
}

double pdf_text_width(const struct pdf *p, double size_pt, const char *text)
{
	double em = 0;
	uint32_t cp;

	while ((cp = utf8_next(&text)) != 0)
		em += font_advance(p->fonts, cp);
	return em * size_pt / PT_PER_MM;
}
