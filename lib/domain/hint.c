#include "domain/hint.h"

#include "base/rule.h"
#include "base/str.h"
#include "domain/glyph.h"
#include "domain/register.h"

enum { OPEN_SAME };

static const struct sql sql[] = {
	[OPEN_SAME] = {"SELECT no FROM application WHERE unit_key=? AND account_id=? AND id<>? AND state NOT IN "
		       "('completed','withdrawn','rejected','expired') ORDER BY id DESC LIMIT 1",
		"sii", "s"},
};
SQL_TABLE(hint);

static void write(struct json_out *j, const char *code, const char *text, const char *url)
{
	json_object(j, NULL);
	json_text(j, "code", code);
	json_text(j, "text", text);
	json_text(j, "url", url);
	json_end(j);
}

static bool is(const struct application *app, const char *service, const char *holder)
{
	return text_eq(app->service, service) && text_eq(app->holder, holder);
}

/* Has this unit a valid unit certificate today? */
static enum err has_valid(struct ctx *c, const struct application *app, bool *ret_has)
{
	struct list rows = {NULL, 0};
	enum err e = register_by_unit(c, "org", app->data.unit.name, app->data.unit.uscc, &rows);

	*ret_has = rows.count > 0;
	return e;
}

static enum err write_way(struct ctx *c, const struct application *app, struct json_out *j)
{
	bool has = false;
	enum err e = ERR_OK;

	if (app->data.unit.name && (is(app, "new", "org") || is(app, "add", "org")))
		e = has_valid(c, app, &has);
	if (e != ERR_OK)
		return e;
	if (is(app, "new", "org") && has)
		write(j, "use_add", "贵单位已有有效的机构数字证书，可以改办“增加”：全程网上办理，不用寄原件",
			"/guide/new.html");
	if (is(app, "add", "org") && app->data.unit.name && !has)
		write(j, "use_new", "没有找到贵单位同名的有效证书，请改办“新申请”，已填的内容和已传的文件都会保留",
			"/guide/new.html");
	return ERR_OK;
}

static enum err write_open(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct db_text no = {NULL};
	enum err e;

	if (!app->data.unit.name)
		return ERR_OK;
	e = db_one(c->db, &sql[OPEN_SAME], &db_text_shape, &no, S(name_key(c->arena, app->data.unit.name)),
		I(app->account_id), I(app->id));
	if (e == ERR_OK)
		write(j, "open_case",
			arena_printf(c->arena, "同一单位还有一件没办完的申请%s，请确认不是重复申请", no.value),
			arena_printf(c->arena, "/track/case.html?no=%s", no.value));
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Names that the form cannot show, so that staff can do something about it. */
static enum err write_glyphs(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct faults faults;
	enum err e;

	if (!application_wants_form(app) || app->form_current)
		return ERR_OK;
	faults_init(&faults, c->arena);
	e = glyph_check_case(c, app, &faults);
	for (size_t i = 0; i < faults.count; i++)
		write(j, "glyph", faults.at[i].detail, "/guide/faq.html");
	return e;
}

enum err hint_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	enum err e = ERR_OK;

	json_list(j, "hints");
	if (state_is_editable(app->state)) {
		e = write_way(c, app, j);
		if (e == ERR_OK)
			e = write_open(c, app, j);
		if (text_eq(app->data.review, "manual"))
			write(j, "manual", "资料与上一笔办结业务不完全一致，请按要求上传材料，由工作人员审核",
				"/apply/upload.html");
	}
	if (e == ERR_OK)
		e = write_glyphs(c, app, j);
	if (app->state == STATE_EXPIRED && app->close_text)
		write(j, "stays_closed", app->close_text, "/guide/pay.html");
	json_end(j);
	return e;
}

enum err hint_scans(struct ctx *c, const struct application *app, struct scans *ret_scans)
{
	return scan_read(c, app, ret_scans);
}

void hint_advice(struct arena *a, const struct scans *s, const struct material *m, struct json_out *j)
{
	struct list advice = scan_advice(a, s, m);

	json_list(j, "advice");
	scan_write_findings(j, &advice);
	json_end(j);
}
