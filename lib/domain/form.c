#include "domain/form.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/money.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/application_former.h"
#include "domain/audit.h"
#include "domain/contact.h"
#include "domain/fee.h"
#include "domain/form_draw.h"
#include "domain/form_layout.h"
#include "domain/glyph.h"
#include "io/json.h"
#include "io/json_out.h"

enum { INSERT, FIND, BRANCH };

static const struct sql sql[] = {
	[INSERT] =
		{"INSERT INTO form_version (application_id, version, data_sealed, sha256, pages, frozen_at, stamp_page, seal_pages, "
		 "foot_post, foot_hotline) VALUES (?,?,?,?,?,?,?,?,?,?)",
			"iibsiiiiss", ""},
	[FIND] = {"SELECT version, data_sealed, pages, frozen_at, foot_post, foot_hotline FROM form_version "
		  "WHERE application_id=? AND version=?",
		"ii", "ibiiss"},
	[BRANCH] = {"SELECT name, address FROM branch WHERE code=?", "s", "ss"},
};
SQL_TABLE(form);

/* Where to post the paper and whom to call.  What was printed stays with the version, for addresses change. */
struct foot {
	const char *post, *hotline;
};

struct frozen {
	int64_t version;
	struct bytes data_sealed;
	int64_t pages, frozen_at;
	struct foot foot;
	int copies;
};
static const struct field frozen_fields[] = {
	INT(struct frozen, version, "version", 0, 0),
	BYTES(struct frozen, data_sealed, "data", 0),
	INT(struct frozen, pages, "pages", 0, 0),
	TIME(struct frozen, frozen_at, "frozen_at"),
	TEXT(struct frozen, foot.post, "foot_post", 0, 0, NULL),
	TEXT(struct frozen, foot.hotline, "foot_hotline", 0, 0, NULL),
};
static const struct shape frozen_shape = SHAPE(struct frozen, frozen_fields);

/* Values whose words are codes of the catalogue are printed by name. */
static const char *named(const struct application *app, const char *pointer, const char *text)
{
	const struct catalog *cat = app->catalog;

	if (!text)
		return NULL;
	if (strcmp(pointer, "/unit/kind") == 0)
		return catalog_unit_kind(cat, text) ? catalog_unit_kind(cat, text)->name : text;
	if (strcmp(pointer, "/unit/licence_kind") == 0)
		return catalog_licence(cat, text) ? catalog_licence(cat, text)->name : text;
	if (strstr(pointer, "/id_type"))
		return catalog_id_type(cat, text) ? catalog_id_type(cat, text)->name : text;
	if (strcmp(pointer, "/reason") == 0)
		return catalog_cause(cat, text) ? catalog_cause(cat, text)->name : text;
	if (strcmp(pointer, "/delivery/mode") == 0)
		return strcmp(text, "pickup") == 0 ? "到网点自取" : "顺丰快递";
	if (strcmp(pointer, "/invoice/kind") == 0)
		return strcmp(text, "special") == 0 ? "增值税专用发票" : "增值税普通发票";
	return text;
}

struct values {
	struct form_value *at;
	size_t count;
};

enum { VALUES_MAX = 80 };

static void put(struct values *v, const char *pointer, const char *text)
{
	if (v->count < VALUES_MAX)
		v->at[v->count++] = (struct form_value){pointer, text};
}

/* Every scalar member of the case, by its pointer. */
static void put_members(struct arena *a, const struct application *app, const struct shape *shape, const void *base,
	const char *before, struct values *v)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->field[i];
		const char *pointer = arena_printf(a, "%s/%s", before, f->name);

		if (f->type == FIELD_OBJECT)
			put_members(a, app, f->of, FIELD_PTR(f, base, const char), pointer, v);
		else
			put(v, pointer, named(app, pointer, application_value_text(a, f, base)));
	}
}

/* What a change touches, by name. */
static const char *change_items(struct arena *a, const struct application *app)
{
	const struct texts *codes = &app->data.change.items;
	struct str text;

	str_init(&text, a);
	for (size_t i = 0; i < codes->count; i++)
		CATALOG_EACH(struct catalog_change_item, item, &app->catalog->change_items)
			if (text_eq(item->code, codes->at[i]))
				str_addf(&text, "%s%s", text.len ? "、" : "", item->name);
	return text.at;
}

static void put_made(struct ctx *c, const struct application *app, int64_t amount_fen, struct values *v)
{
	struct arena *a = c->arena;

	put(v, "/change/items", change_items(a, app));
	put(v, "/service", catalog_service(app->catalog, app->service)->name);
	put(v, "/holder", catalog_holder(app->catalog, app->holder)->name);
	put(v, "/channel", catalog_channel(app->catalog, app->channel)->name);
	if (app->data.years)
		put(v, "/years", arena_printf(a, "%" PRId64 "年", app->data.years));
	put(v, "/count", arena_printf(a, "%zu张", app->data.items.count));
	put(v, "/amount", money_text(a, amount_fen));
	put(v, "/amount_words", arena_printf(a, "人民币%s", money_words(a, amount_fen)));
	if (date_none(app->data.unit.licence_until) && app->data.unit.name)
		put(v, "/unit/licence_until", "长期");
}

static struct form_item *items(struct ctx *c, const struct application *app)
{
	const struct item_data *in = app->data.items.at;
	struct form_item *out = arena_array(c->arena, app->data.items.count + 1, sizeof *out);

	for (size_t i = 0; i < app->data.items.count; i++) {
		const struct catalog_seal_kind *kind = catalog_seal_kind(app->catalog, in[i].seal_kind);

		out[i] = (struct form_item){kind ? kind->name : in[i].seal_kind, in[i].seal_name, in[i].old_serial,
			!text_eq(in[i].seal_kind, "unit")};
	}
	return out;
}

static struct foot foot_of(struct arena *a, const struct catalog *cat)
{
	struct foot foot = {
		arena_printf(a, "%s %s收 %s", cat->post.address, cat->post.receiver, cat->post.phone), NULL};

	CATALOG_EACH(struct catalog_hotline, h, &cat->hotlines)
		if (!foot.hotline && text_eq(h->kind, "phone"))
			foot.hotline = h->value;
	return foot;
}

static enum err foot_now(struct ctx *c, struct foot *ret_foot)
{
	const struct catalog *now;
	enum err e = contact_catalog(c, &now);

	if (e == ERR_OK)
		*ret_foot = foot_of(c->arena, now);
	return e;
}

/* What the form has, by what the route asks.  Where no certificate is named, or its seal may change, seals are new. */
unsigned form_parts(const struct catalog *catalog, const struct catalog_route *route)
{
	static const struct {
		const char *pointer;
		unsigned part;
	} asked[] = {
		{"/years", FORM_WITH_YEARS},
		{"/invoice/kind", FORM_WITH_FEE},
		{"/change/items", FORM_WITH_CHANGE | FORM_WITH_IMPRESSIONS},
		{"/reason", FORM_WITH_REASON},
		{"/delivery/mode", FORM_WITH_PARCEL},
		{"/items/*/old_serial", FORM_WITH_SERIALS},
	};
	unsigned parts = 0;

	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		if (catalog_route_field(route, asked[i].pointer))
			parts |= asked[i].part;
	if (!catalog_fee_free(catalog_fee(catalog, route->service, route->holder)))
		parts |= FORM_WITH_FEE;
	return parts & FORM_WITH_SERIALS ? parts : parts | FORM_WITH_IMPRESSIONS;
}

/* Of this case: where it is handed over, and whether it makes a seal. */
static unsigned parts_of(const struct application *app)
{
	const struct delivery_data *d = &app->data.delivery;
	unsigned parts = form_parts(app->catalog, app->route);

	if (!former_makes_seal(app))
		parts &= ~(unsigned)FORM_WITH_IMPRESSIONS;
	return parts & FORM_WITH_PARCEL && text_eq(d->mode, "pickup") ? parts ^ (FORM_WITH_PARCEL | FORM_WITH_PICKUP)
								      : parts;
}

/* Of the route; of the material where only some cases of the route want a form (a manual online unlock).  0: none is wanted. */
static int copies_of(const struct application *app)
{
	const struct catalog_material *form = catalog_route_material(app->route, "m1");

	return app->route->copies		     ? (int)app->route->copies
	       : form && application_wants_form(app) ? (int)form->copies
						     : 0;
}

static enum err draw(struct ctx *c, const struct application *app, const struct frozen *f, struct bytes *ret_pdf,
	int *ret_pages, struct form_marks *ret_marks)
{
	struct values v = {arena_array(c->arena, VALUES_MAX, sizeof(struct form_value)), 0};
	struct fee_quote quote = {0};
	struct form_paper paper = {
		.parts = parts_of(app),
		.holder = app->holder,
		.title = catalog_holder(app->catalog, app->holder)->form_title,
		.no = app->no,
		.version = (int)f->version,
		.copies = f->copies,
		.frozen_at = f->frozen_at,
		.item = items(c, app),
		.item_count = app->data.items.count,
		.post_address = f->foot.post,
		.hotline = f->foot.hotline,
		.mac_key = c->house->form.at,
		.mac_key_len = CRYPTO_KEY,
		.ret_marks = ret_marks,
	};
	enum err e = fee_quote(c->arena, app->catalog, app->service, app->holder, app->data.years,
		(int64_t)app->data.items.count, &quote, &c->faults);

	if (e != ERR_OK)
		return e;
	if (!glyph_fonts(c))
		return ERR_INTERNAL;
	put_made(c, app, quote.total_fen, &v);
	put_members(c->arena, app, &application_data_shape, &app->data, "", &v);
	paper.value = v.at;
	paper.value_count = v.count;
	paper.amount_fen = quote.total_fen;
	return form_draw(c->arena, glyph_fonts(c), &paper, ret_pdf, ret_pages, &c->faults);
}

struct counter {
	const char *name, *address;
};
static const struct field counter_fields[] = {
	TEXT(struct counter, name, "name", 0, 0, NULL),
	TEXT(struct counter, address, "address", 0, 0, NULL),
};
static const struct shape counter_shape = SHAPE(struct counter, counter_fields);

enum { ADDRESS_MAX = 128 };

/* A counter's name and address stand in the version as they are now: staff may change them, paper stays. */
static enum err name_counter(struct ctx *c, struct delivery_data *d)
{
	struct counter counter = {0};
	const char *text;
	enum err e;

	if (!text_eq(d->mode, "pickup") || !d->branch)
		return ERR_OK;
	e = db_one(c->db, &sql[BRANCH], &counter_shape, &counter, S(d->branch));
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	text = arena_printf(c->arena, "%s（%s）", counter.name, counter.address);
	d->address = utf8_count(text) <= ADDRESS_MAX ? text : counter.name;
	d->province = d->city = d->district = d->branch = NULL;
	return ERR_OK;
}

static char *place(struct arena *a, const struct application *app, int64_t version)
{
	return arena_printf(a, "form.data:%s:%" PRId64, app->no, version);
}

/* All that a version is printed from, besides its number and moment: the case may take another way later. */
struct printed {
	const char *service, *holder, *channel;
	int64_t copies;
	struct application_data data;
};
static const struct field printed_fields[] = {
	TEXT(struct printed, service, "service", 1, 40, NULL),
	TEXT(struct printed, holder, "holder", 1, 40, NULL),
	TEXT(struct printed, channel, "channel", 1, 40, NULL),
	INT(struct printed, copies, "copies", 0, FORM_COPIES_MAX),
	OBJECT(struct printed, data, "data", &application_data_shape),
};
static const struct shape printed_shape = SHAPE(struct printed, printed_fields);

static char *printed_text(struct arena *a, const struct application *app, int copies)
{
	struct printed printed = {app->service, app->holder, app->channel, copies, app->data};
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_shape(&j, NULL, &printed_shape, &printed);
	return s.at;
}

/* The case as it was printed. */
static enum err printed_read(struct ctx *c, const char *text, struct application *app, int *ret_copies)
{
	struct printed printed = {0};
	struct faults unseen;
	const char *say;

	faults_init(&unseen, c->arena);
	if (json_read(text, strlen(text), &printed_shape, &printed, &unseen, &say) != ERR_OK)
		return ERR_INTERNAL;
	app->service = printed.service;
	app->holder = printed.holder;
	app->channel = printed.channel;
	app->route = catalog_route(app->catalog, app->service, app->holder, app->channel);
	app->data = printed.data;
	*ret_copies = (int)printed.copies;
	return app->route ? ERR_OK : ERR_INTERNAL;
}

/* app: as it is.  printed: as it stands on the paper. */
static enum err store(struct ctx *c, const struct application *app, const struct application *printed,
	const struct frozen *f, const struct form_marks *marks)
{
	char *signed_text = application_form_text(c->arena, &app->data);

	return db_exec(c->db, &sql[INSERT], I(app->id), I(f->version),
		B(ctx_seal(c, place(c->arena, app, f->version), printed_text(c->arena, printed, f->copies))),
		S(crypto_sha256_hex(c->arena, signed_text, strlen(signed_text))), I(f->pages), I(f->frozen_at),
		I(marks->stamp_page), I(marks->seal_pages), S(f->foot.post), S(f->foot.hotline));
}

static struct form_made made(struct ctx *c, const struct application *app, int64_t pages)
{
	return (struct form_made){app->form_version, pages,
		arena_printf(c->arena, "/api/applications/%s/form.pdf?version=%" PRId64, app->no, app->form_version)};
}

static enum err find(struct ctx *c, const struct application *app, int64_t version, struct frozen *ret)
{
	return db_one(c->db, &sql[FIND], &frozen_shape, ret, I(app->id), I(version));
}

enum err form_freeze(struct ctx *c, const char *no, struct application *ret_app, struct form_made *ret_made)
{
	struct frozen have = {0};
	struct form_marks marks = {0, 0};
	struct application printed;
	struct bytes pdf;
	int pages = 0;
	enum err e = application_lock(c, no, ret_app);

	if (e != ERR_OK)
		return e;
	if (!workflow_find(ret_app->state, EVENT_FREEZE))
		return application_move(c, ret_app, EVENT_FREEZE, NULL, NULL); /* says why not */
	if (ret_app->form_current) {
		e = find(c, ret_app, ret_app->form_version, &have);
		*ret_made = made(c, ret_app, have.pages);
		return e;
	}
	if (!copies_of(ret_app))
		return ctx_say(c, ERR_WRONG_STATE, "这件申请不用申请表");
	application_check_fields(ret_app, &c->faults);
	if (c->faults.count)
		return ctx_say(c, ERR_INVALID, "还有%zu处需要填写或修改，改好后再生成申请表", c->faults.count);
	have = (struct frozen){.version = ret_app->form_version + 1, .frozen_at = c->now, .copies = copies_of(ret_app)};
	printed = *ret_app;
	e = foot_now(c, &have.foot);
	if (e == ERR_OK)
		e = name_counter(c, &printed.data.delivery);
	if (e == ERR_OK)
		e = draw(c, &printed, &have, &pdf, &pages, &marks);
	have.pages = pages;
	if (e == ERR_OK)
		e = store(c, ret_app, &printed, &have, &marks);
	if (e != ERR_OK)
		return e;
	ret_app->form_version++;
	ret_app->form_current = true;
	*ret_made = made(c, ret_app, pages);
	return application_move(c, ret_app, EVENT_FREEZE,
		arena_printf(c->arena, "已生成申请表第%" PRId64 "版", ret_app->form_version), NULL);
}

enum err form_pdf(struct ctx *c, const char *no, int64_t version, struct bytes *ret_pdf)
{
	struct application app;
	struct frozen frozen = {0};
	const char *text;
	int pages;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = find(c, &app, version ? version : app.form_version, &frozen);
	if (e == ERR_OK)
		e = ctx_open(c, place(c->arena, &app, frozen.version), frozen.data_sealed, &text);
	if (e != ERR_OK)
		return e;
	if (!copies_of(&app)) /* the case has been switched to a way without paper */
		return ERR_NOT_FOUND;
	e = printed_read(c, text, &app, &frozen.copies);
	if (e != ERR_OK)
		return e;
	if (!frozen.foot.post)
		frozen.foot = foot_of(c->arena, app.catalog);
	return draw(c, &app, &frozen, ret_pdf, &pages, NULL);
}

/* The way with paper, if there is one. */
static const struct catalog_route *paper_route(const struct catalog *cat, const char *service, const char *holder)
{
	const struct catalog_service *s = catalog_service(cat, service);

	if (s)
		CATALOG_EACH(struct catalog_route, r, &s->routes)
			if (text_eq(r->holder, holder) && r->copies)
				return r;
	return NULL;
}

enum err form_blank(struct ctx *c, const char *service, const char *holder, struct bytes *ret_pdf)
{
	struct form_paper paper = {.holder = holder, .blank = true};
	const struct catalog_route *route;
	const struct catalog *cat;
	struct form_value known[2];
	struct foot foot;
	int pages;
	enum err e = contact_catalog(c, &cat);

	if (e != ERR_OK)
		return e;
	route = paper_route(cat, service, holder);
	if (!route)
		return ERR_NOT_FOUND;
	if (!glyph_fonts(c))
		return ERR_INTERNAL;
	foot = foot_of(c->arena, cat);
	paper.frozen_at = date_moment(cat->effective, 0, 0, 0);
	paper.copies = (int)route->copies;
	paper.parts = form_parts(cat, route);
	paper.title = catalog_holder(cat, holder)->form_title;
	known[0] = (struct form_value){"/service", catalog_service(cat, service)->name};
	known[1] = (struct form_value){"/holder", catalog_holder(cat, holder)->name};
	paper.value = known;
	paper.value_count = ARRAY_LEN(known);
	paper.post_address = foot.post;
	paper.hotline = foot.hotline;
	return form_draw(c->arena, glyph_fonts(c), &paper, ret_pdf, &pages, &c->faults);
}

enum err form_check_foot(struct ctx *c, const struct catalog *catalog)
{
	const char *at;
	struct foot foot;
	uint32_t cp;

	if (!glyph_fonts(c))
		return ERR_INTERNAL;
	foot = foot_of(c->arena, catalog);
	at = arena_printf(c->arena, "%s%s", foot.post, foot.hotline ? foot.hotline : "");
	for (const char *from = at; (cp = utf8_next(&at)); from = at)
		if (font_face(glyph_fonts(c), cp) == FONT_NONE)
			fault_add(&c->faults, "", "font", "“%s”在申请表上印不出来，请换一个字",
				arena_textn(c->arena, from, (size_t)(at - from)));
	return c->faults.count ? ERR_INVALID : ERR_OK;
}
