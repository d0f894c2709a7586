#include "unit.h"

#include "base/str.h"
#include "domain/invoice_xml.h"

#define SELLER "91440000TEST000016"
#define BUYER "广州𠮷䶮𬭊（测试）有限公司"

/* One invoice; each part may be replaced. */
struct sheet {
	const char *head, *number, *issued, *seller, *buyer, *buyer_number, *without, *tax, *total, *words, *lines,
		*remark;
};
#define LINE(amount, tax, total) \
	"<IssuItemInformation><ItemName>*信息技术服务*数字证书</ItemName><Quantity>1</Quantity><Amount>" amount \
	"</Amount><TaxRate>6%</TaxRate><ComTaxAm>" tax "</ComTaxAm><TotaltaxIncludedAmount>" total \
	"</TotaltaxIncludedAmount></IssuItemInformation>"
#define OR(a, b) ((a) ? (a) : (b))

static char *sheet(const struct sheet *s)
{
	return arena_printf(mem,
		"%s<EInvoice><Header><EIid>1</EIid></Header><EInvoiceData><SellerInformation><SellerIdNum>%s</SellerIdNum>"
		"<SellerName>某某认证有限公司</SellerName></SellerInformation><BuyerInformation><BuyerIdNum>%s</BuyerIdNum><BuyerName>%s"
		"</BuyerName></BuyerInformation><BasicInformation><TotalAmWithoutTax>%s</TotalAmWithoutTax><TotalTaxAm>%s</TotalTaxAm>"
		"<TotalTax-includedAmount>%s</TotalTax-includedAmount><TotalTax-includedAmountInChinese>%s"
		"</TotalTax-includedAmountInChinese></BasicInformation>%s<AdditionalInformation><Remark>%s</Remark>"
		"</AdditionalInformation></EInvoiceData><TaxSupervisionInfo><InvoiceNumber>%s</InvoiceNumber><IssueTime>%s</IssueTime>"
		"</TaxSupervisionInfo></EInvoice>",
		OR(s->head, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), OR(s->seller, SELLER),
		OR(s->buyer_number, "91440101MA5D693Q7D"), OR(s->buyer, BUYER), OR(s->without, "566.04"),
		OR(s->tax, "33.96"), OR(s->total, "600.00"), OR(s->words, "陆佰圆整"),
		OR(s->lines, LINE("566.04", "33.96", "600.00")), OR(s->remark, "GD20261122000001I"),
		OR(s->number, "26442000000123456789"), OR(s->issued, "2026-11-23 10:20:30"));
}

static enum err parse(const struct sheet *s, struct faults *faults, struct invoice_xml *v)
{
	const char *text = sheet(s);

	faults_init(faults, mem);
	return invoice_xml_read((struct bytes){(const unsigned char *)text, strlen(text)}, faults, v);
}

static void what_it_says(void **state)
{
	struct faults faults;
	struct invoice_xml v;

	(void)state;
	assert_int_equal(parse(&(struct sheet){0}, &faults, &v), ERR_OK);
	assert_string_equal(v.number, "26442000000123456789");
	assert_string_equal(v.seller_number, SELLER);
	assert_string_equal(v.buyer_name, BUYER);
	assert_string_equal(v.remark, "GD20261122000001I");
	assert_int_equal(v.total_fen, 60000);
	assert_true(date_cmp(v.issued, (struct date){2026, 11, 23}) == 0);
}

static void taken(void **state)
{
	static const struct sheet good[] = {
		{.words = "人民币陆佰元正"}, {.words = "⊗陆佰圆整"},
		{.without = "600.00", .tax = "***", .lines = LINE("600.00", "***", "600.00")},
		{.lines = LINE("283.02", "16.98", "300.00") LINE("283.02", "16.98", "300.00")},
		{.lines = LINE("660.37", "39.63", "700.00")
				LINE("-94.34", "-5.66", "-100.00")}, /* a discount; one fen off */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct faults faults;
		struct invoice_xml v;

		expect(i, parse(&good[i], &faults, &v) == ERR_OK && v.total_fen == 60000);
	}
}

static void refused(void **state)
{
	static const struct {
		struct sheet sheet;
		const char *pointer, *code;
	} bad[] = {
		{{.number = "2644200000012345678"}, "/number", "number"},
		{{.number = "2644200000012345678９"}, "/number", "number"},
		{{.number = ""}, "/number", "missing"},
		{{.seller = ""}, "/seller_number", "missing"},
		{{.buyer = ""}, "/buyer_name", "missing"},
		{{.issued = "昨天"}, "/issued", "day"},
		{{.total = "陆佰"}, "/total", "amount"},
		{{.total = "6e2"}, "/total", "amount"},
		{{.total = "-600.00", .without = "-566.04", .tax = "-33.96"}, "/total", "red"},
		{{.total = "601.00", .words = "陆佰零壹元整"}, "/total", "sum"},
		{{.words = "陆佰零壹元整"}, "/words", "words"},
		{{.words = ""}, "/words", "words"},
		{{.lines = ""}, "/lines", "missing"},
		{{.lines = LINE("566.02", "33.96", "600.00")}, "/lines", "sum"},
		{{.lines = LINE("566.04", "33.94", "600.00")}, "/lines", "sum"},
		{{.lines = LINE("566.04", "33.96", "599.98")}, "/lines", "sum"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct faults faults;
		struct invoice_xml v;

		expect(i, parse(&bad[i].sheet, &faults, &v) == ERR_INVALID);
		expect(i, faults.count > 0);
		expect_text(i, faults.at[0].pointer, bad[i].pointer);
		expect_text(i, faults.at[0].code, bad[i].code);
	}
}

/* No DTD, whatever it would do; no other document; not two; not a big one. */
static void hostile(void **state)
{
	static const char *const head[] = {
		"<!DOCTYPE EInvoice>",
		"<!DOCTYPE EInvoice [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>",
		"<!DOCTYPE EInvoice SYSTEM \"http://127.0.0.1/x.dtd\">",
		"<!DOCTYPE EInvoice [<!ENTITY a \"哈\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>",
	};
	static const char *const other[] = {"", "发票", "<Invoice/>", "<EInvoice>", "%PDF-1.4",
		"<EInvoice><EInvoiceData/><EInvoiceData/></EInvoice>", "<EInvoice/>"};
	struct faults faults;
	struct invoice_xml v;
	char *big = arena_alloc(mem, INVOICE_XML_MAX + 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(head); i++) {
		expect(i, parse(&(struct sheet){.head = head[i]}, &faults, &v) == ERR_INVALID);
		expect(i, faults.count == 1);
	}
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		faults_init(&faults, mem);
		expect(i, invoice_xml_read((struct bytes){(const unsigned char *)other[i], strlen(other[i])}, &faults,
				  &v) == ERR_INVALID);
		expect(i, faults.count > 0);
	}
	memset(big, ' ', INVOICE_XML_MAX + 1);
	assert_int_equal(invoice_xml_read((struct bytes){(const unsigned char *)big, INVOICE_XML_MAX + 1}, &faults, &v),
		ERR_TOO_LARGE);
}

static void against_the_case(void **state)
{
	static const struct {
		struct invoice_wanted wanted;
		const char *pointer; /* NULL: fits */
	} row[] = {
		{{SELLER, BUYER, "91440101MA5D693Q7D", 60000}, NULL},
		{{SELLER, "广州𠮷䶮𬭊(测试)有限公司", "91440101ma5d693q7d", 60000},
			NULL}, /* half-width brackets */
		{{SELLER, BUYER, NULL, 60000}, NULL},
		{{"91440000TEST000024", BUYER, "91440101MA5D693Q7D", 60000}, "/seller_number"},
		{{SELLER, "广州吉䶮𬭊（测试）有限公司", "91440101MA5D693Q7D", 60000}, "/buyer_name"},
		{{SELLER, "广州𠮷䶮𬭊（测试）有限责任公司", "91440101MA5D693Q7D", 60000},
			"/buyer_name"},
		{{SELLER, NULL, NULL, 60000}, "/buyer_name"},
		{{SELLER, BUYER, "91440101MA5D693Q7E", 60000}, "/buyer_number"},
		{{SELLER, BUYER, "91440101MA5D693Q7D", 60001}, "/total"},
	};
	struct faults faults;
	struct invoice_xml v;

	(void)state;
	assert_int_equal(parse(&(struct sheet){0}, &faults, &v), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		faults_init(&faults, mem);
		invoice_xml_check(&v, &row[i].wanted, &faults);
		expect(i, faults.count == (row[i].pointer ? 1 : 0));
		if (row[i].pointer)
			expect_text(i, faults.at[0].pointer, row[i].pointer);
	}
}

static void words(void **state)
{
	static const struct {
		const char *words;
		int64_t fen;
		bool same;
	} row[] = {
		{"壹仟肆佰零玖元伍角", 140950, true},
		{"壹仟肆佰零玖圆伍角整", 140950, true},
		{"人民币壹仟肆佰零玖元伍角正", 140950, true},
		{"（大写）陆佰元整", 60000, false},
		{"陆佰", 60000, false},
		{"陆仟元整", 60000, false},
		{"", 60000, false},
		{"陆佰元整", -60000, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, invoice_words_name(mem, row[i].words, row[i].fen) == row[i].same);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(taken),
		cmocka_unit_test(refused),
		cmocka_unit_test(hostile),
		cmocka_unit_test(against_the_case),
		cmocka_unit_test(words),
	};

	return UNIT_MAIN(tests);
}
