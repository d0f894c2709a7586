#include "domain/scan.h"

#include <string.h>

#include "base/str.h"
#include "io/json.h"

enum { PAGES, FORM };

static const struct sql sql[] = {
	[PAGES] = {"SELECT p.attachment_id, t.material, p.page, p.width, p.height, p.seen FROM attachment_page p "
		   "JOIN attachment t ON t.id=p.attachment_id WHERE t.application_id=? AND t.removed_at IS NULL "
		   "AND t.state='accepted' ORDER BY t.uploaded_at, t.id, p.page",
		"i", "ssiiis"},
	[FORM] =
		{"SELECT pages, stamp_page, seal_page, seal_pages FROM form_version WHERE application_id=? AND version=?",
			"ii", "iiii"},
};
SQL_TABLE(scan);

const char *const scan_state_words[] = {
	[SCAN_NOTHING] = NULL,
	[SCAN_FOREIGN] = NULL,
	[SCAN_FORGED] = "forged",
	[SCAN_OTHER_CASE] = "other_case",
	[SCAN_OUTDATED] = "outdated",
	[SCAN_CURRENT] = "current",
};

static const struct field page_fields[] = {
	TEXT(struct scan_page, file, "file", 0, 0, NULL),
	TEXT(struct scan_page, material, "material", 0, 0, NULL),
	INT(struct scan_page, page, "page", 0, 0),
	INT(struct scan_page, width, "width", 0, 0),
	INT(struct scan_page, height, "height", 0, 0),
	TEXT(struct scan_page, seen, "seen", 0, 0, NULL),
};
static const struct shape page_shape = SHAPE(struct scan_page, page_fields);

static const struct field form_fields[] = {
	INT(struct scan_case, pages, "pages", 0, 0),
	INT(struct scan_case, stamp_page, "stamp_page", 0, 0),
	INT(struct scan_case, seal_page, "seal_page", 0, 0),
	INT(struct scan_case, seal_pages, "seal_pages", 0, 0),
};
static const struct shape form_shape = SHAPE(struct scan_case, form_fields);

static enum scan_state state_of(const struct scan_case *of, struct scan_page *p)
{
	const char *text = p->scan.code;
	enum err e;

	if (text_empty(text))
		return SCAN_NOTHING;
	e = form_code_read(text, strlen(text), of->key, CRYPTO_KEY, &p->code);
	if (e != ERR_OK)
		return e == ERR_FORBIDDEN ? SCAN_FORGED : SCAN_FOREIGN;
	if (!text_eq(p->code.no, of->no))
		return SCAN_OTHER_CASE;
	return of->current && p->code.version == of->version ? SCAN_CURRENT : SCAN_OUTDATED;
}

void scan_identify(struct arena *a, const struct scan_case *of, struct scan_page *page)
{
	struct faults unseen;
	const char *say;

	faults_init(&unseen, a);
	memset(&page->scan, 0, sizeof page->scan);
	memset(&page->code, 0, sizeof page->code);
	page->known = !text_empty(page->seen) &&
		      json_read(page->seen, strlen(page->seen), &scan_shape, &page->scan, &unseen, &say) == ERR_OK;
	page->state = page->known ? state_of(of, page) : SCAN_NOTHING;
}

static bool all_red(const struct application_data *data)
{
	const struct item_data *item = data->items.at;

	for (size_t i = 0; i < data->items.count; i++)
		if (text_eq(item[i].seal_kind, "handwritten"))
			return false;
	return true;
}

/* The paper counts the pages of all its copies, and those behind them. */
static enum err read_form(struct ctx *c, const struct application *app, struct scan_case *of)
{
	const struct catalog_material *form = catalog_route_material(app->route, SCAN_FORM);
	enum err e = ERR_OK;

	*of = (struct scan_case){.no = app->no, .key = c->house->form.at};
	if (app->form_version)
		e = db_one(c->db, &sql[FORM], &form_shape, of, I(app->id), I(app->form_version));
	of->version = app->form_version;
	of->current = app->form_current;
	of->copies = form ? form->copies : 0;
	of->red_seals = all_red(&app->data);
	of->pages -= of->seal_pages;
	if (of->copies > 1)
		of->pages /= of->copies;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err scan_read(struct ctx *c, const struct application *app, struct scans *ret_scans)
{
	enum err e = read_form(c, app, &ret_scans->of);

	if (e == ERR_OK)
		e = db_all(c->db, &sql[PAGES], &page_shape, &ret_scans->pages, I(app->id));
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < ret_scans->pages.count; i++)
		scan_identify(c->arena, &ret_scans->of, &((struct scan_page *)ret_scans->pages.at)[i]);
	return ERR_OK;
}

struct list scan_of_file(const struct scans *s, const char *file)
{
	struct scan_page *p = s->pages.at;
	size_t from = 0, to;

	while (from < s->pages.count && !text_eq(p[from].file, file))
		from++;
	for (to = from; to < s->pages.count && text_eq(p[to].file, file);)
		to++;
	return (struct list){p ? p + from : NULL, to - from};
}

void scan_write_findings(struct json_out *j, const struct list *findings)
{
	const struct scan_finding *f = findings->at;

	for (size_t i = 0; i < findings->count; i++) {
		json_object(j, NULL);
		json_text(j, "code", f[i].code);
		json_text(j, "level", f[i].warn ? "warn" : "note");
		json_text(j, "text", f[i].text);
		if (f[i].page)
			json_int(j, "page", f[i].page);
		json_end(j);
	}
}

static void write_form(struct json_out *j, const struct scan_page *p)
{
	if (!scan_state_words[p->state]) {
		json_null(j, "form");
		return;
	}
	json_object(j, "form");
	json_int(j, "version", p->code.version);
	json_int(j, "page", p->code.page);
	json_int(j, "pages", p->code.pages);
	json_int(j, "copy", p->code.copy);
	json_text(j, "state", scan_state_words[p->state]);
	json_end(j);
}

static void write_seals(struct json_out *j, const struct list *seals)
{
	const struct scan_seal *seal = seals->at;

	json_list(j, "seals");
	for (size_t i = 0; i < seals->count; i++) {
		json_object(j, NULL);
		json_int(j, "x", seal[i].area.x);
		json_int(j, "y", seal[i].area.y);
		json_int(j, "w", seal[i].area.w);
		json_int(j, "h", seal[i].area.h);
		json_int(j, "diameter", seal[i].diameter);
		json_bool(j, "cut", seal[i].cut);
		json_end(j);
	}
	json_end(j);
}

void scan_write_pages(struct json_out *j, const struct list *pages)
{
	const struct scan_page *p = pages->at;

	json_list(j, "pages");
	for (size_t i = 0; i < pages->count; i++) {
		json_object(j, NULL);
		json_int(j, "page", p[i].page);
		json_int(j, "width", p[i].width);
		json_int(j, "height", p[i].height);
		write_form(j, &p[i]);
		write_seals(j, &p[i].scan.seals);
		json_int(j, "dpi", p[i].scan.dpi);
		json_bool(j, "grey", p[i].scan.grey);
		json_int(j, "sharpness", p[i].scan.sharpness);
		json_end(j);
	}
	json_end(j);
}
