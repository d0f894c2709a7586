#include <string.h>

#include "base/str.h"
#include "domain/audit.h"
#include "domain/dispatch.h"
#include "domain/express_row.h"
#include "domain/form_sheet.h"
#include "domain/glyph.h"
#include "io/qr.h"

/* What is stuck on a parcel: 100 × 150 mm, one page a case. */

#define WIDTH 100.0
#define HEIGHT 150.0
#define EDGE 5.0
#define QR_EDGE 30.0

enum { PARCEL };

static const struct sql sql[] = {
	[PARCEL] = {"SELECT waybill, freight FROM parcel WHERE application_id=?", "i", "ss"},
};
SQL_TABLE(express_label);

struct label {
	const char *no, *waybill, *freight;
	struct express_parcel parcel;
	const char *to_line, *from_line;
};
static const struct field parcel_fields[] = {
	TEXT(struct label, waybill, "waybill", 0, 0, NULL),
	TEXT(struct label, freight, "freight", 0, 0, NULL),
};
static const struct shape parcel_shape = SHAPE(struct label, parcel_fields);

static const char *line_of(struct arena *a, const struct express_contact *p)
{
	const char *const part[] = {p->province, p->city, p->district, p->address};
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		str_add(&s, part[i] ? part[i] : "");
	return s.at;
}

/* Ordered and waiting, or sent already. */
static enum err find(struct ctx *c, const char *no, struct label *ret_label)
{
	struct express_row last;
	struct application app;
	enum err e = application_read(c, no, &app);

	if (e != ERR_OK)
		return e;
	e = db_one(c->db, &sql[PARCEL], &parcel_shape, ret_label, I(app.id));
	if (e == ERR_NOT_FOUND) {
		e = express_last(c, app.id, &last);
		if (e == ERR_OK && text_eq(last.state, "placed")) {
			ret_label->waybill = last.waybill;
			ret_label->freight = last.freight;
		}
	}
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	if (!ret_label->waybill)
		return ctx_say(c, ERR_WRONG_STATE, "申请%s还没有运单号，不能打印面单", no);
	ret_label->no = app.no;
	return express_parcel_of(c, &app, &ret_label->parcel);
}

/* Text in lines from y downwards; where the next thing may stand. */
static double put(struct sheet *s, double y, double size_pt, bool bold, size_t lines_most, const char *text)
{
	struct texts lines = sheet_wrap(s, size_pt, WIDTH - 2 * EDGE - 14, text);
	double leading = size_pt * 0.3528 * 1.35;

	for (size_t i = 0; i < lines.count && i < lines_most; i++, y += leading)
		pdf_text(s->pdf, EDGE + 14, y + size_pt * 0.3528, (struct pdf_type){size_pt, 0, bold}, lines.at[i]);
	return y + 1.5;
}

static void word(struct sheet *s, double y, const char *text)
{
	pdf_text(s->pdf, EDGE, y + 4.2, (struct pdf_type){12, 0, true}, text);
}

static void rule(struct sheet *s, double y)
{
	pdf_line(s->pdf, EDGE, y, WIDTH - EDGE, y, (struct pdf_ink){0.8, 0, 0});
}

static enum err draw(struct sheet *s, const struct label *l)
{
	const struct express_contact *to = &l->parcel.to, *from = &l->parcel.from;
	struct qr qr;
	double y;
	enum err e = qr_make(s->arena, l->waybill, &qr);

	if (e != ERR_OK)
		return e;
	pdf_page(s->pdf);
	pdf_box(s->pdf, 2, 2, WIDTH - 4, HEIGHT - 4, (struct pdf_ink){0.8, 0, 0});
	pdf_squares(s->pdf, WIDTH - EDGE - QR_EDGE, 6, QR_EDGE, qr.size, qr.dark);
	pdf_text(s->pdf, EDGE, 13, (struct pdf_type){16, 0, true}, "顺丰速运");
	pdf_text(s->pdf, EDGE, 22, (struct pdf_type){15, 0, true}, l->waybill);
	pdf_text(s->pdf, EDGE, 32, (struct pdf_type){18, 0, true}, text_eq(l->freight, "collect") ? "到付" : "寄付");
	rule(s, 40);
	word(s, 43, "收件");
	y = put(s, 43, 15, true, 2,
		arena_printf(s->arena, "%s  %s", to->name ? to->name : "", to->phone ? to->phone : ""));
	put(s, y, 14, false, 6, l->to_line);
	rule(s, 92);
	word(s, 95, "寄件");
	y = put(s, 95, 10.5, false, 2, from->company ? from->company : "");
	y = put(s, y, 10.5, false, 2,
		arena_printf(s->arena, "%s  %s", from->name ? from->name : "", from->phone ? from->phone : ""));
	put(s, y, 10.5, false, 3, l->from_line);
	rule(s, 130);
	pdf_text(s->pdf, EDGE, 137, (struct pdf_type){10.5, 0, false}, arena_printf(s->arena, "托寄物：数字证书  1件"));
	pdf_text(s->pdf, EDGE, 143, (struct pdf_type){10.5, 0, false}, arena_printf(s->arena, "申请单号：%s", l->no));
	return ERR_OK;
}

static enum err note_looks(struct ctx *c, void *arg)
{
	const struct texts *nos = arg;

	for (size_t i = 0; i < nos->count; i++)
		audit_add(c, "parcel_label", nos->at[i], NULL);
	return ERR_OK;
}

enum err express_labels(struct ctx *c, const char *nos, struct bytes *ret_pdf)
{
	const struct pdf_meta meta = {
		.title = "快递面单", .created_at = c->now, .width_mm = WIDTH, .height_mm = HEIGHT};
	struct sheet s = {.arena = c->arena, .fonts = glyph_fonts(c)};
	struct texts list;
	enum err e = s.fonts ? express_numbers(c, nos, &list) : ERR_INTERNAL;

	if (e != ERR_OK)
		return e;
	s.pdf = pdf_new(c->arena, s.fonts, &meta);
	for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
		struct label l = {.no = NULL};

		e = find(c, list.at[i], &l);
		if (e != ERR_OK)
			break;
		l.to_line = line_of(c->arena, &l.parcel.to);
		l.from_line = line_of(c->arena, &l.parcel.from);
		e = draw(&s, &l);
	}
	if (e == ERR_OK)
		e = ctx_tx(c, note_looks, &list);
	return e == ERR_OK ? pdf_save(s.pdf, ret_pdf) : e;
}
