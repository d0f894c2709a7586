#include "domain/form_layout.h"

#include <string.h>

#include "base/err.h"

enum { UNIT_HOLDERS = FORM_ORG | FORM_REP, PERSON_HOLDERS = FORM_REP | FORM_IND };

static const struct form_row business[] = {
	{.cell = {{"业务类型", "/service"}, {"证书类型", "/holder"}}},
	{.cell = {{"办理途径", "/channel"}, {"服务年限", "/years"}}, .parts = FORM_WITH_YEARS},
	{.cell = {{"办理途径", "/channel"}, {"证书张数", "/count"}}, .parts = FORM_WITHOUT_YEARS},
};

static const struct form_row unit[] = {
	{.cell = {{"单位名称", "/unit/name"}}},
	{.cell = {{"单位性质", "/unit/kind"}, {"统一社会信用代码", "/unit/uscc"}}},
	{.cell = {{"证照类型", "/unit/licence_kind"}, {"证照有效期至", "/unit/licence_until"}}},
	{.cell = {{"法定代表人", "/unit/legal_rep"}, {"单位电话", "/unit/phone"}}},
	{.cell = {{"单位法定地址", "/unit/address"}}},
};

static const struct form_row person[] = {
	{.cell = {{"姓名", "/person/name"}, {"职务", "/person/title"}}, .holders = FORM_REP},
	{.cell = {{"姓名", "/person/name"}, {"手机号码", "/person/phone"}}, .holders = FORM_IND},
	{.cell = {{"证件类型", "/person/id_type"}, {"证件号码", "/person/id_number"}}},
	{.cell = {{"手机号码", "/person/phone"}, {"电子邮箱", "/person/email"}}, .holders = FORM_REP},
	{.cell = {{"电子邮箱", "/person/email"}}, .holders = FORM_IND},
	{.cell = {{"联系地址", "/person/address"}}, .holders = FORM_IND},
};

static const struct form_row agent[] = {
	{.cell = {{"姓名", "/agent/name"}, {"手机号码", "/agent/phone"}}},
	{.cell = {{"证件类型", "/agent/id_type"}, {"证件号码", "/agent/id_number"}}},
	{.cell = {{"电子邮箱", "/agent/email"}}},
};

static const struct form_row change[] = {
	{.cell = {{"变更事项", "/change/items"}}},
	{.cell = {{"变更前", "/change/before"}}},
	{.cell = {{"变更后", "/change/after"}}},
};

static const struct form_row reason[] = {
	{.cell = {{"办理原因", "/reason"}}},
};

static const struct form_row fee[] = {
	{.cell = {{"证书张数", "/count"}, {"应缴金额（小写）", "/amount"}}},
	{.cell = {{"金额（大写）", "/amount_words"}}},
};

static const struct form_row invoice[] = {
	{.cell = {{"发票类型", "/invoice/kind"}, {"纳税人识别号", "/invoice/tax_number"}}},
	{.cell = {{"发票抬头", "/invoice/title"}}},
};

static const struct form_row delivery[] = {
	{.cell = {{"领取方式", "/delivery/mode"}, {"收件人及电话", "/delivery/name+ +/delivery/phone"}},
		.parts = FORM_WITH_PARCEL},
	{.cell = {{"收件地址", "/delivery/province+/delivery/city+/delivery/district+/delivery/address"}},
		.parts = FORM_WITH_PARCEL},
	{.cell = {{"领取方式", "/delivery/mode"}}, .parts = FORM_WITH_PICKUP},
	{.cell = {{"领取网点", "/delivery/address"}}, .parts = FORM_WITH_PICKUP},
};

#define ROWS(table) .row = table, .count = ARRAY_LEN(table)

const struct form_section form_sections[] = {
	{.title = "业务", .block = FORM_GRID, ROWS(business)},
	{.title = "单位信息", .block = FORM_GRID, ROWS(unit), .holders = UNIT_HOLDERS},
	{.title = "申请人", .block = FORM_GRID, ROWS(person), .holders = PERSON_HOLDERS},
	{.title = "经办人", .block = FORM_GRID, ROWS(agent), .holders = UNIT_HOLDERS},
	{.title = "变更内容", .block = FORM_GRID, ROWS(change), .parts = FORM_WITH_CHANGE},
	{.title = "原因", .block = FORM_GRID, ROWS(reason), .parts = FORM_WITH_REASON},
	{.title = "证书印章", .block = FORM_SEALS},
	{.title = "费用", .block = FORM_GRID, ROWS(fee), .parts = FORM_WITH_FEE},
	{.title = "发票", .block = FORM_GRID, ROWS(invoice), .parts = FORM_WITH_FEE},
	{.title = "领取", .block = FORM_GRID, ROWS(delivery), .parts = FORM_WITH_PARCEL | FORM_WITH_PICKUP},
	{.title = "申请承诺", .block = FORM_PROMISE},
	{.title = "机构填写", .block = FORM_OFFICE},
	{.title = "印模页", .block = FORM_IMPRESSIONS, .parts = FORM_WITH_IMPRESSIONS},
};
const size_t form_section_count = ARRAY_LEN(form_sections);

const char *const form_office[] = {"受理", "复核", "制证", NULL};

const char form_subtitle[] = "广东省政府采购智慧云平台专用";

const char form_impressions_text[] =
	"每个方框加盖一枚印章（或签名），将按原样制成电子印章。请盖在方框正中，框内不写其他字。"
	"本页只交一份；请用彩色扫描，300 dpi 以上，整页扫全。";

const char form_stamp_text[] = "请清晰盖章于框内，不要压到四角黑块";
const char form_stamp_or_sign_text[] = "请清晰盖章或签名于框内，不要压到四角黑块";

const struct form_box form_box[FORM_BOXES] = {{62, 128}, {148, 128}, {62, 230}, {148, 230}};

static const struct form_promise promises[] = {
	{"本单位承诺：本表所填内容及所附材料真实、完整、有效；已阅读并同意《电子认证服务协议》；同意由上列经办人代为办理本业务，"
	 "并将所列印章制作成电子印章。数字证书由本单位妥善保管和使用，其签名、盖章与书面签名、盖章具有同等法律效力，相应责任由本单位承担。",
		{"经办人签名", NULL}, "单位公章"},
	{"本单位及申请人承诺：本表所填内容及所附材料真实、完整、有效；已阅读并同意《电子认证服务协议》；同意由上列经办人代为办理本业务，"
	 "并将申请人的印章或签名制作成电子印章。数字证书由申请人妥善保管和使用，其签名、盖章与书面签名、盖章具有同等法律效力。",
		{"申请人签名", "经办人签名", NULL}, "单位公章"},
	{"本人承诺：本表所填内容及所附材料真实、完整、有效；已阅读并同意《电子认证服务协议》；同意将本人的印章或签名制作成电子印章。"
	 "数字证书由本人妥善保管和使用，其签名、盖章与书面签名、盖章具有同等法律效力，相应责任由本人承担。",
		{"申请人签名", NULL}, NULL},
};

const struct form_promise *form_promise_of(unsigned holder)
{
	return &promises[holder == FORM_ORG ? 0 : holder == FORM_REP ? 1 : 2];
}

unsigned form_holder_bit(const char *word)
{
	static const char *const words[] = {"org", "rep", "ind"};

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], word) == 0)
			return 1U << i;
	return 0;
}

bool form_cell_has(const struct form_cell *cell, const char *pointer)
{
	size_t n = strlen(pointer);

	for (const char *at = cell->pointer; at && *at; at += *at == '+') {
		size_t part = strcspn(at, "+");

		if (part == n && memcmp(at, pointer, n) == 0)
			return true;
		at += part;
	}
	return false;
}
