#include <inttypes.h>
#include <string.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/application_money.h"
#include "domain/audit.h"
#include "domain/invoice_row.h"
#include "domain/invoice_xml.h"
#include "domain/match.h"
#include "io/image.h"
#include "io/sniff.h"

enum { OF_PAYER, OF_NUMBER, TAKE, TAKE_PDF };

static const struct sql sql[] = {
	[OF_PAYER] =
		{"SELECT a.no FROM application a JOIN invoice v ON v.application_id=a.id WHERE a.payer_hash=? AND v.state='due' "
		 "AND LEAST(a.paid_fen,a.owed_fen)=? LIMIT 2",
			"bi", "s"},
	[OF_NUMBER] = {"SELECT a.no FROM invoice v JOIN application a ON a.id=v.application_id WHERE v.number=? OR "
		       "v.red_number=? LIMIT 1",
		"ss", "s"},
	[TAKE] =
		{"UPDATE invoice SET state='imported', number=?, fen=?, issued_day=?, xml_sealed=?, imported_by=?, imported_at=?, "
		 "version=version+1 WHERE id=? AND state='due' AND version=?",
			"sidbiiii", ""},
	[TAKE_PDF] = {"UPDATE invoice SET pdf_sealed=?, version=version+1 WHERE id=? AND version=?", "bii", ""},
};
SQL_TABLE(invoice_import);

struct importing {
	const char *no;
	struct bytes file;
	struct invoice_xml xml;
	int64_t id;
};

static enum err unclear(struct ctx *c, const char *why)
{
	fault_add(&c->faults, "/no", "unclear", "%s，请填写申请单号", why);
	return ERR_INVALID;
}

/* Which case it is for, when nobody said so. */
static enum err seek(struct ctx *c, struct importing *i)
{
	struct match_reference found[2];
	size_t n = match_references(c->arena, c->house->config.case_prefix, i->xml.remark, found, ARRAY_LEN(found));
	struct list rows;
	enum err e;

	if (n > 1)
		return unclear(c, "发票备注里不止一个申请单号");
	if (n == 1) {
		i->no = found[0].no;
		return ERR_OK;
	}
	e = db_all(
		c->db, &sql[OF_PAYER], &db_text_shape, &rows, B(payer_hash(c, i->xml.buyer_name)), I(i->xml.total_fen));
	if (e != ERR_OK)
		return e;
	if (rows.count != 1)
		return unclear(c, rows.count ? "同一购买方有几件金额相同的申请待开票"
					     : "备注里没有申请单号，按购买方和金额也没有找到待开票的申请");
	i->no = ((const struct db_text *)rows.at)->value;
	return ERR_OK;
}

/* A number counts once, as an invoice or as the red one of another. */
static enum err number_free(struct ctx *c, const struct importing *i)
{
	struct db_text other;
	enum err e = db_one(c->db, &sql[OF_NUMBER], &db_text_shape, &other, S(i->xml.number), S(i->xml.number));

	if (e == ERR_OK)
		return ctx_say(c, ERR_CONFLICT, "发票%s已经登记在申请%s上", i->xml.number, other.value);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err compare(
	struct ctx *c, const struct application *app, const struct invoice *v, const struct importing *i)
{
	struct invoice_wanted wanted = {.seller_number = c->house->config.seller_tax_number, .fen = v->kept_fen};

	wanted.title = invoice_title(app, &wanted.tax_number);
	invoice_xml_check(&i->xml, &wanted, &c->faults);
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

static enum err find_due(struct ctx *c, struct importing *i, struct application *app, struct invoice *v)
{
	enum err e = application_lock(c, i->no, app);

	if (e == ERR_NOT_FOUND) {
		fault_add(&c->faults, "/no", "not_found", "没有这个申请单号");
		return ERR_INVALID;
	}
	if (e == ERR_OK)
		e = invoice_of_case(c, app, v);
	return e == ERR_NOT_FOUND ? ctx_say(c, ERR_WRONG_STATE, "申请%s没有待开的发票：还没有办结，或者没有收费", i->no)
				  : e;
}

static enum err take(struct ctx *c, void *arg)
{
	struct importing *i = arg;
	struct application app;
	struct invoice v;
	enum err e = i->no ? ERR_OK : seek(c, i);

	if (e == ERR_OK)
		e = find_due(c, i, &app, &v);
	if (e != ERR_OK)
		return e;
	i->id = v.id;
	if (text_eq(v.number, i->xml.number) && !text_eq(v.state, "reversed"))
		return ERR_OK;
	e = number_free(c, i);
	if (e == ERR_OK && !text_eq(v.state, "due"))
		return ctx_say(c, ERR_WRONG_STATE, "申请%s已有发票%s，换票请先登记冲红", i->no, v.number);
	if (e == ERR_OK)
		e = compare(c, &app, &v, i);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[TAKE], S(i->xml.number), I(i->xml.total_fen), D(i->xml.issued),
			B(keyring_seal(c->arena, &c->house->master,
				arena_printf(c->arena, "invoice.xml:%" PRId64, v.id), i->file.at, i->file.len)),
			I(c->actor.staff_id), I(c->now), I(v.id), I(v.version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	audit_add(c, "invoice_import", i->no, i->xml.number);
	return e;
}

enum err invoice_import(struct ctx *c, const char *no, struct bytes file, int64_t *ret_id)
{
	struct importing i = {.no = no, .file = file};
	enum err e;

	if (text_eq(c->house->config.seller_tax_number, "none"))
		return ctx_say(c, ERR_WRONG_STATE, "还没有配置本公司税号（seller_tax_number），不能核对发票");
	e = invoice_xml_read(file, &c->faults, &i.xml);
	if (e == ERR_OK)
		e = ctx_tx(c, take, &i);
	*ret_id = i.id;
	return e;
}

/* --- its picture --- */

struct picture {
	int64_t id;
	const char *number;
	struct bytes file;
	const char *text; /* what can be read in it, without blanks */
};

/* Blanks and the commas of thousands left out; "" for what is no text. */
static const char *squeezed(struct arena *a, const char *text)
{
	char *out, *put;

	if (!text || !utf8_valid(text, strlen(text)))
		return "";
	out = put = rule_fold_code(a, text);
	for (const char *at = out; *at; at++)
		if (*at != ',')
			*put++ = *at;
	*put = 0;
	return out;
}

/* Number and sum of the XML stand in what a reader of the PDF would copy. */
static void hold_text(struct ctx *c, const struct picture *p, const struct invoice *v)
{
	const char *sum = arena_printf(c->arena, "%" PRId64 ".%02" PRId64, v->fen / 100, v->fen % 100);

	if (!strstr(p->text, v->number))
		fault_add(&c->faults, "/number", "pdf_number", "PDF里没有发票号码%s，请核对是不是这张发票", v->number);
	if (!strstr(p->text, sum))
		fault_add(&c->faults, "/total", "pdf_total", "PDF里没有价税合计%s，请核对是不是这张发票", sum);
}

static enum err take_pdf(struct ctx *c, void *arg)
{
	const struct picture *p = arg;
	struct invoice v;
	enum err e = invoice_lock(c, p->id, &v);

	if (e != ERR_OK)
		return e;
	if (!v.number || text_eq(v.state, "reversed"))
		return ctx_say(c, ERR_WRONG_STATE, "请先导入这张发票的XML");
	if (!text_eq(p->number, v.number)) {
		fault_add(
			&c->faults, "/number", "number", "PDF的文件名里应有发票号码%s，请核对是不是这张发票", v.number);
		return ERR_INVALID;
	}
	hold_text(c, p, &v);
	if (c->faults.count)
		return ERR_INVALID;
	e = db_exec(c->db, &sql[TAKE_PDF],
		B(keyring_seal(c->arena, &c->house->master, arena_printf(c->arena, "invoice.pdf:%" PRId64, v.id),
			p->file.at, p->file.len)),
		I(v.id), I(v.version));
	if (e == ERR_OK && db_changed(c->db) != 1)
		return ERR_STALE;
	audit_add(c, "invoice_pdf", v.no, v.number);
	return e;
}

enum err invoice_add_pdf(struct ctx *c, int64_t id, const char *number, struct bytes file)
{
	struct picture p = {.id = id, .number = number, .file = file};
	struct sniff s;
	const char *text;
	enum err e;

	if (file.len > INVOICE_FILE_MAX)
		return ERR_TOO_LARGE;
	sniff(file.at, file.len, &s);
	if (s.kind != SNIFF_PDF || s.fault)
		return ctx_say(c, ERR_MEDIA, "不是可以接收的PDF文件：加密的、带脚本或附件的不收");
	e = image_pdf_text(c->arena, file, &text);
	if (e != ERR_OK)
		return e;
	p.text = squeezed(c->arena, text);
	return ctx_tx(c, take_pdf, &p);
}
