/* The application form on paper: freeze a version, print it, print a blank one. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/form.h"
#include "web/web.h"

struct pdf_query {
	int64_t version;
};
static const struct field pdf_fields[] = {INT(struct pdf_query, version, "版本", 1, 1000000)};
static const struct shape pdf_shape = SHAPE(struct pdf_query, pdf_fields);

static enum err freeze(struct web *w)
{
	struct json_out *j = &w->json;
	struct application app;
	struct form_made made;
	enum err e = form_freeze(&w->c, WEB_NO(w), &app, &made);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_int(j, "version", made.version);
	json_int(j, "pages", made.pages);
	json_text(j, "url", made.url);
	json_end(j);
	w->etag = app.version;
	return web_created(w, made.url);
}

static void offer(struct web *w, const char *name, struct bytes pdf)
{
	struct str s;

	str_init(&s, w->c.arena);
	str_add(&s, "inline; ");
	str_filename(&s, name);
	web_header(w, "Content-Disposition", s.at);
	web_bytes(w, "application/pdf", pdf);
}

static enum err pdf(struct web *w)
{
	const struct pdf_query *query = w->query;
	struct bytes made;
	enum err e = form_pdf(&w->c, WEB_NO(w), query->version, &made);

	if (e == ERR_OK)
		offer(w, arena_printf(w->c.arena, "申请表%s.pdf", WEB_NO(w)), made);
	return e;
}

static enum err blank(struct web *w)
{
	const char *file = w->segment[1], *dot = strrchr(file, '.');
	struct bytes made;
	enum err e = dot && text_eq(dot, ".pdf") ? form_blank(&w->c, w->segment[0],
							   arena_textn(w->c.arena, file, (size_t)(dot - file)), &made)
						 : ERR_NOT_FOUND;

	if (e == ERR_OK)
		offer(w, arena_printf(w->c.arena, "空白申请表-%s-%s", w->segment[0], file), made);
	return e;
}

static const struct route routes[] = {
	{POST, "/api/applications/:no/form", PERM_APPLY, ROUTE_TX, NULL, NULL, freeze},
	{GET, "/api/applications/:no/form.pdf", PERM_APPLY, 0, NULL, &pdf_shape, pdf},
	{GET, "/api/forms/:service/:file", PERM_PUBLIC, ROUTE_CACHE, NULL, NULL, blank},
};

int main(int argc, char **argv)
{
	return web_run("form", argc, argv, ROUTES(routes));
}
