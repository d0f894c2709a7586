#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "io/pdf_page.h"

void pdf_number(struct str *s, double value, int decimals)
{
	static const double ten[] = {1, 10, 100, 1000, 10000};
	long n = lround(value * ten[decimals]);
	char digits[24];
	size_t at = sizeof digits;
	bool minus = n < 0;
	int place;

	if (minus)
		n = -n;
	for (place = 0; place < decimals && n % 10 == 0; place++)
		n /= 10;
	for (; place < decimals; place++, n /= 10)
		digits[--at] = (char)('0' + n % 10);
	if (at < sizeof digits)
		digits[--at] = '.';
	if (n > 0 || at == sizeof digits)
		do
			digits[--at] = (char)('0' + n % 10);
		while (n /= 10);
	if (minus)
		digits[--at] = '-';
	str_addn(s, digits + at, sizeof digits - at);
	str_addc(s, ' ');
}

/* A set of characters; no font of ours goes beyond plane 3. */
enum { CP_END = 0x40000 };

static void mark(uint32_t *set, const struct layer *layer)
{
	uint32_t cp;

	for (const struct text *t = layer->first; t; t = t->next)
		for (const char *at = t->text; (cp = utf8_next(&at)) != 0;)
			if (cp < CP_END)
				set[cp / 32] |= UINT32_C(1) << (cp % 32);
}

void pdf_used(const struct pdf *p, struct pdf_used *ret_used)
{
	uint32_t *set = arena_array(p->arena, CP_END / 32, sizeof *set), *cp[FONT_FACES_MAX];
	size_t all = 0;

	memset(ret_used, 0, sizeof *ret_used);
	for (const struct page *page = p->first; page; page = page->next) {
		mark(set, &page->shared);
		mark(set, &page->own);
	}
	for (size_t i = 0; i < CP_END / 32; i++)
		all += (size_t)__builtin_popcount(set[i]);
	for (size_t i = 0; i < FONT_FACES_MAX; i++)
		ret_used->cp[i] = cp[i] = arena_array(p->arena, all + 1, sizeof **cp);
	for (uint32_t i = 0; i < CP_END / 32; i++)
		for (uint32_t bits = set[i]; bits; bits &= bits - 1) {
			uint32_t one = 32 * i + (uint32_t)__builtin_ctz(bits);
			int face = font_face(p->fonts, one);

			if (face != FONT_NONE)
				cp[face][ret_used->count[face]++] = one;
		}
}

/* The glyph of a character in the cut of its face; 0: it is not there. */
static size_t glyph_of(const struct pdf_used *used, int face, uint32_t cp)
{
	size_t low = 0, high = used->count[face];

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (used->cp[face][middle] < cp)
			low = middle + 1;
		else
			high = middle;
	}
	return low < used->count[face] && used->cp[face][low] == cp ? low + 1 : 0;
}

static int face_of(const struct pdf_used *used, uint32_t cp, size_t *ret_glyph)
{
	for (int face = 0; face < FONT_FACES_MAX; face++) {
		*ret_glyph = glyph_of(used, face, cp);
		if (*ret_glyph)
			return face;
	}
	return FONT_NONE;
}

struct writer {
	const struct pdf *pdf;
	const struct pdf_used *used;
	struct str *to;
	struct pdf_type type;
	int face;
	double stroke; /* width of the outline around characters; 0: none */
	long x, y;     /* start of the current line of text, in hundredths of a point */
	bool open;     /* within a string */
};

static void string_end(struct writer *w)
{
	if (w->open)
		str_add(w->to, ")Tj\n");
	w->open = false;
}

/* Bold characters are outlined too.  Rare faces are light: an outline brings them to the weight of the text around, for
 * the photocopier. */
static double stroke_of(const struct pdf_type *type, int face)
{
	if (type->bold)
		return type->size_pt * (face == FONT_BODY ? 0.028 : 0.032);
	return face == FONT_BODY ? 0 : type->size_pt * 0.014;
}

static void type_set(struct writer *w, const struct pdf_type *type, int face)
{
	double stroke = stroke_of(type, face);
	struct str *s = w->to;

	if (face != w->face || type->size_pt != w->type.size_pt) {
		str_addf(s, "/F%d ", face);
		pdf_number(s, type->size_pt, 2);
		str_add(s, "Tf ");
	}
	if (type->gray != w->type.gray) {
		pdf_number(s, type->gray, 2);
		str_add(s, "g ");
		pdf_number(s, type->gray, 2);
		str_add(s, "G ");
	}
	if ((stroke > 0) != (w->stroke > 0))
		str_add(s, stroke > 0 ? "2 Tr " : "0 Tr ");
	if (stroke > 0 && stroke != w->stroke) {
		pdf_number(s, stroke, 2);
		str_add(s, "w ");
	}
	w->type = *type;
	w->face = face;
	w->stroke = stroke;
}

static void string_begin(struct writer *w, double x, double y)
{
	long to_x = lround(x * 100), to_y = lround(y * 100);

	pdf_number(w->to, (double)(to_x - w->x) / 100, 2);
	pdf_number(w->to, (double)(to_y - w->y) / 100, 2);
	str_add(w->to, "Td(");
	w->x = to_x;
	w->y = to_y;
	w->open = true;
}

static void byte_put(struct str *s, unsigned byte)
{
	if (byte == '\r') { /* a reader would take it for a line feed */
		str_add(s, "\\r");
		return;
	}
	if (byte == '(' || byte == ')' || byte == '\\')
		str_addc(s, '\\');
	str_addc(s, (char)byte);
}

/* One string for each stretch of characters of the same face. */
static void text_write(struct writer *w, const struct text *t)
{
	double x = t->x;
	uint32_t cp;

	for (const char *at = t->text; (cp = utf8_next(&at)) != 0;) {
		size_t glyph;
		int face = face_of(w->used, cp, &glyph);

		if (face == FONT_NONE)
			continue;
		if (!w->open || face != w->face) {
			string_end(w);
			type_set(w, &t->type, face);
			string_begin(w, x, t->y);
		}
		byte_put(w->to, (unsigned)glyph >> 8);
		byte_put(w->to, glyph & 0xff);
		x += font_advance(w->pdf->fonts, cp) * t->type.size_pt;
	}
	string_end(w);
}

/* A layer leaves the graphics state as it found it: in a twin another one follows. */
void pdf_content(const struct pdf *p, const struct pdf_used *used, const struct layer *layer, struct str *to)
{
	struct writer w = {.pdf = p, .used = used, .to = to, .face = FONT_NONE};

	str_add(to, "q\n");
	str_addn(to, layer->shades.at, layer->shades.len);
	str_addn(to, layer->marks.at, layer->marks.len);
	if (layer->open)
		str_add(to, "S\n");
	if (layer->first) {
		str_add(to, "BT 0 g 0 G 0 j 4 M []0 d\n");
		for (const struct text *t = layer->first; t; t = t->next)
			text_write(&w, t);
		str_add(to, "ET\n");
	}
	str_add(to, "Q\n");
}
