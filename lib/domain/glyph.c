#include "domain/glyph.h"

#include <string.h>

#include "base/log.h"
#include "base/utf8.h"

enum { RARE_FONTS_MAX = FONT_FACES_MAX - 1 };

const struct fonts *glyph_fonts(struct ctx *c)
{
	static struct fonts *loaded;
	const struct config *config = &c->house->config;
	const char *rare[RARE_FONTS_MAX + 1] = {NULL}, *at = config->font_rare;

	if (loaded)
		return loaded;
	for (size_t i = 0; i < RARE_FONTS_MAX && *at; i++) {
		size_t n = strcspn(at, ":");

		rare[i] = arena_textn(c->arena, at, n);
		at += n + (at[n] == ':');
	}
	if (fonts_load(config->font_body, rare, &loaded) != ERR_OK)
		log_at(LOG_ERROR, "glyph: the fonts cannot be loaded");
	return loaded;
}

void glyph_check(
	const struct fonts *fonts, const char *pointer, const char *label, const char *text, struct faults *faults)
{
	const char *at = text, *here = text;
	uint32_t cp;

	if (!text)
		return;
	for (; (cp = utf8_next(&at)) != 0; here = at) {
		char one[5];

		if (cp == '\n' || font_face(fonts, cp) != FONT_NONE)
			continue;
		one[utf8_put(cp, one)] = '\0';
		if (strstr(text, one) == here)
			fault_add(faults, pointer, "glyph",
				"%s中的“%s”（U+%04X）没有可用的字体，申请表上印不出来，请联系客服处理这个字", label,
				one, (unsigned)cp);
	}
}

/* What is kept, but stands on no form. */
static bool is_shown(const struct application *app, const char *asked)
{
	return strncmp(asked, "/remittance/", 12) != 0 && strncmp(asked, "/consents/", 10) != 0 &&
	       catalog_route_field(app->route, asked);
}

/* Who looks through the members of a case. */
struct look {
	const struct fonts *fonts;
	const struct application *app;
	struct faults *faults;
};

/* pointer: of these members; asked: the same as routes write it, with * for the number of a line. */
static void look_through(
	const struct look *l, const struct shape *shape, const void *base, const char *pointer, const char *asked)
{
	struct arena *a = l->faults->arena;

	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->field[i];
		const char *here = arena_printf(a, "%s/%s", pointer, f->name),
			   *there = arena_printf(a, "%s/%s", asked, f->name);

		if (f->type == FIELD_OBJECT) {
			look_through(l, f->of, FIELD_PTR(f, base, const char), here, there);
		} else if (f->type == FIELD_LIST) {
			const struct list *list = FIELD_PTR(f, base, const struct list);

			for (size_t k = 0; k < list->count; k++)
				look_through(l, f->of, (const char *)list->at + k * f->of->size,
					arena_printf(a, "%s/%zu", here, k), arena_printf(a, "%s/*", there));
		} else if (f->type == FIELD_TEXT && is_shown(l->app, there)) {
			glyph_check(l->fonts, here, f->label, *FIELD_PTR(f, base, const char *), l->faults);
		}
	}
}

enum err glyph_check_case(struct ctx *c, const struct application *app, struct faults *faults)
{
	struct look look = {glyph_fonts(c), app, faults};

	if (!look.fonts)
		return ERR_INTERNAL;
	look_through(&look, &application_data_shape, &app->data, "", "");
	return ERR_OK;
}
