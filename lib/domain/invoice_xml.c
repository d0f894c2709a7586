#include "domain/invoice_xml.h"

#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "io/xml.h"

#define NAME "发票XML"

bool invoice_number_valid(const char *text)
{
	return text && strlen(text) == INVOICE_NUMBER && strspn(text, "0123456789") == INVOICE_NUMBER;
}

/* --- sums in words --- */

/* One spelling of what may be written in several: without blanks, 人民币 and a last 整. */
static char *words_key(struct arena *a, const char *words)
{
	static const char *const same[][2] = {{"人民币", ""}, {"圆", "元"}, {"正", "整"}, {"整", ""}, {"　", ""},
		{" ", ""}, {"⊗", ""}, {"：", ""}, {":", ""}};
	struct str s;

	str_init(&s, a);
	while (*words) {
		size_t skip = 0;

		for (size_t i = 0; i < ARRAY_LEN(same) && !skip; i++)
			if (strncmp(words, same[i][0], strlen(same[i][0])) == 0) {
				skip = strlen(same[i][0]);
				if (strcmp(same[i][1], "元") == 0)
					str_add(&s, "元");
			}
		if (!skip)
			str_addc(&s, *words++);
		words += skip;
	}
	return s.at;
}

bool invoice_words_name(struct arena *a, const char *words, int64_t fen)
{
	return fen >= 0 && fen <= MONEY_WORDS_MAX_FEN &&
	       text_eq(words_key(a, words), words_key(a, money_words(a, fen)));
}

/* --- reading --- */

struct reader {
	struct faults *faults;
	const struct xml_node *data;
};

static const struct xml_node *at(const struct xml_node *n, const char *name)
{
	return n ? xml_child(n, name) : NULL;
}

static const char *text(struct reader *r, const struct xml_node *n, const char *name)
{
	const struct xml_node *child = at(n, name);

	return child ? xml_text(r->faults->arena, child) : "";
}

/* The text of a field that must be there. */
static const char *needed(
	struct reader *r, const struct xml_node *n, const char *name, const char *pointer, const char *label)
{
	const char *value = text(r, n, name);

	if (!*value)
		fault_add(r->faults, pointer, "missing", "发票里没有%s（%s）", label, name);
	return value;
}

static int64_t fen_of(struct reader *r, const char *value, const char *pointer, const char *label)
{
	int64_t fen = 0;

	/* What is free of tax shows asterisks or nothing. */
	if (!*value || value[strspn(value, "*")] == 0)
		return 0;
	if (!money_parse_signed(value, MONEY_MAX_FEN, &fen))
		fault_add(r->faults, pointer, "amount", "%s“%.40s”不是金额", label, value);
	return fen;
}

static bool near(int64_t a, int64_t b)
{
	return a - b <= 1 && b - a <= 1;
}

static void agree(struct reader *r, int64_t lines, int64_t total, const char *pointer, const char *label)
{
	if (!near(lines, total))
		fault_add(r->faults, pointer, "sum", "各行%s相加是%s，发票上写的是%s", label,
			money_text(r->faults->arena, lines), money_text(r->faults->arena, total));
}

static void lines(struct reader *r, int64_t without_fen, int64_t tax_fen, int64_t total_fen)
{
	int64_t without = 0, tax = 0, with = 0, n = 0, totals = 0;

	for (const struct xml_node *l = at(r->data, "IssuItemInformation"); l;
		l = xml_next(l, "IssuItemInformation"), n++) {
		const char *sum = text(r, l, "TotaltaxIncludedAmount");

		without += fen_of(r, text(r, l, "Amount"), "/lines", "行金额");
		tax += fen_of(r, text(r, l, "ComTaxAm"), "/lines", "行税额");
		with += fen_of(r, sum, "/lines", "行价税合计");
		totals += *sum != 0;
	}
	if (!n) {
		fault_add(r->faults, "/lines", "missing", "发票里没有项目行（IssuItemInformation）");
		return;
	}
	agree(r, without, without_fen, "/lines", "金额");
	agree(r, tax, tax_fen, "/lines", "税额");
	if (totals == n)
		agree(r, with, total_fen, "/lines", "价税合计");
}

static void sums(struct reader *r, struct invoice_xml *v)
{
	const struct xml_node *basic = at(r->data, "BasicInformation");
	const char *total = needed(r, basic, "TotalTax-includedAmount", "/total", "价税合计");
	const char *words = text(r, basic, "TotalTax-includedAmountInChinese");
	int64_t without = fen_of(r, needed(r, basic, "TotalAmWithoutTax", "/total", "合计金额"), "/total", "合计金额");
	int64_t tax = fen_of(r, text(r, basic, "TotalTaxAm"), "/total", "合计税额");

	v->total_fen = fen_of(r, total, "/total", "价税合计");
	if (r->faults->count)
		return;
	if (v->total_fen <= 0) {
		fault_add(r->faults, "/total", "red", "价税合计是%s，红字发票请在原发票上登记冲红",
			money_text(r->faults->arena, v->total_fen));
		return;
	}
	if (!near(without + tax, v->total_fen))
		fault_add(r->faults, "/total", "sum", "金额%s加税额%s不等于价税合计%s",
			money_text(r->faults->arena, without), money_text(r->faults->arena, tax),
			money_text(r->faults->arena, v->total_fen));
	if (!invoice_words_name(r->faults->arena, words, v->total_fen))
		fault_add(r->faults, "/words", "words", "大写“%.120s”与价税合计%s不符", words,
			money_text(r->faults->arena, v->total_fen));
	lines(r, without, tax, v->total_fen);
}

static void issued(struct reader *r, const char *value, struct invoice_xml *v)
{
	char *day = arena_text(r->faults->arena, value);

	if (strlen(day) > 10)
		day[10] = 0;
	if (!date_parse(day, &v->issued))
		fault_add(r->faults, "/issued", "day", "开票时间“%.40s”不是日期", value);
}

static void read(struct reader *r, const struct xml_node *root, struct invoice_xml *v)
{
	const struct xml_node *seller, *buyer, *tax = at(root, "TaxSupervisionInfo");

	r->data = at(root, "EInvoiceData");
	seller = at(r->data, "SellerInformation");
	buyer = at(r->data, "BuyerInformation");
	v->number = needed(r, tax, "InvoiceNumber", "/number", "发票号码");
	if (*v->number && !invoice_number_valid(v->number))
		fault_add(r->faults, "/number", "number", "发票号码“%.40s”应为20位数字", v->number);
	v->seller_number = needed(r, seller, "SellerIdNum", "/seller_number", "销售方税号");
	v->seller_name = text(r, seller, "SellerName");
	v->buyer_name = needed(r, buyer, "BuyerName", "/buyer_name", "购买方名称");
	v->buyer_number = text(r, buyer, "BuyerIdNum");
	v->remark = text(r, at(r->data, "AdditionalInformation"), "Remark");
	issued(r, needed(r, tax, "IssueTime", "/issued", "开票时间"), v);
	sums(r, v);
}

enum err invoice_xml_read(struct bytes file, struct faults *faults, struct invoice_xml *ret_invoice)
{
	struct xml *x CLEANUP(xml_done) = NULL;
	struct reader r = {.faults = faults};
	struct faults found; /* with places in the file, where a caller wants fields */
	const struct xml_node *root;
	enum err e;

	*ret_invoice = (struct invoice_xml){0};
	if (file.len > INVOICE_XML_MAX)
		return ERR_TOO_LARGE;
	faults_init(&found, faults->arena);
	e = xml_parse(file.at, file.len, NAME, &found, &x);
	for (size_t i = 0; i < found.count; i++)
		fault_add(faults, "", found.at[i].code, "%s", found.at[i].detail);
	if (e != ERR_OK)
		return e;
	root = xml_root(x);
	if (!text_eq(xml_name(root), "EInvoice") || xml_next(at(root, "EInvoiceData"), "EInvoiceData")) {
		fault_add(faults, "", "kind", "不是数电票的XML文件，或者一个文件里不止一张发票");
		return ERR_INVALID;
	}
	read(&r, root, ret_invoice);
	return faults->count ? ERR_INVALID : ERR_OK;
}

/* --- against the case --- */

static bool same_number(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

void invoice_xml_check(const struct invoice_xml *v, const struct invoice_wanted *w, struct faults *faults)
{
	struct arena *a = faults->arena;

	if (!same_number(v->seller_number, w->seller_number))
		fault_add(faults, "/seller_number", "seller", "销售方税号是%.40s，不是本公司的%s", v->seller_number,
			w->seller_number);
	if (!w->title || !text_eq(name_key(a, v->buyer_name), name_key(a, w->title)))
		fault_add(faults, "/buyer_name", "buyer", "购买方名称是“%.200s”，申请的发票抬头是“%s”", v->buyer_name,
			w->title ? w->title : "");
	if (w->tax_number && !same_number(v->buyer_number, w->tax_number))
		fault_add(faults, "/buyer_number", "buyer_number", "购买方税号是“%.40s”，申请填的税号是%s",
			v->buyer_number, w->tax_number);
	if (v->total_fen != w->fen)
		fault_add(faults, "/total", "paid", "价税合计是%s，申请付了%s", money_text(a, v->total_fen),
			money_text(a, w->fen));
}
