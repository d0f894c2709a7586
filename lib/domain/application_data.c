#include "domain/application_data.h"

#include <inttypes.h>

#include "base/money.h"
#include "base/rule.h"

static const char *const delivery_modes[] = {"courier", "pickup", NULL};
static const char *const invoice_kinds[] = {"normal", "special", NULL};
static const char *const seal_kinds[] = {"unit", "name", "handwritten", NULL};

static const struct field unit_fields[] = {
	TEXT(struct unit_data, name, "单位名称", 2, 128, rule_unit),
	TEXT(struct unit_data, kind, "单位性质", 1, 40, rule_word),
	TEXT(struct unit_data, uscc, "统一社会信用代码", 18, 18, rule_uscc),
	TEXT(struct unit_data, licence_kind, "证照类型", 1, 40, rule_word),
	DAY(struct unit_data, licence_until, "证照有效期至"),
	TEXT(struct unit_data, address, "单位法定地址", 4, 128, rule_line),
	TEXT(struct unit_data, legal_rep, "法定代表人（负责人）", 2, 50, rule_person),
	TEXT(struct unit_data, phone, "单位电话", 7, 20, rule_phone),
};

static const struct field person_fields[] = {
	TEXT(struct person_data, name, "申请人姓名", 2, 50, rule_person),
	TEXT(struct person_data, id_type, "申请人证件类型", 1, 40, rule_word),
	TEXT(struct person_data, id_number, "申请人证件号码", 5, 20, rule_id_number),
	TEXT(struct person_data, phone, "申请人手机", 11, 11, rule_mobile),
	TEXT(struct person_data, email, "申请人电子邮箱", 3, 120, rule_email),
	TEXT(struct person_data, title, "申请人职务", 1, 50, rule_line),
	TEXT(struct person_data, address, "申请人地址", 4, 128, rule_line),
};

static const struct field agent_fields[] = {
	TEXT(struct agent_data, name, "经办人姓名", 2, 50, rule_person),
	TEXT(struct agent_data, id_type, "经办人证件类型", 1, 40, rule_word),
	TEXT(struct agent_data, id_number, "经办人证件号码", 5, 20, rule_id_number),
	TEXT(struct agent_data, phone, "经办人手机", 11, 11, rule_mobile),
	TEXT(struct agent_data, email, "经办人电子邮箱", 3, 120, rule_email),
};

static const struct field item_fields[] = {
	WORD(struct item_data, seal_kind, "印章类型", seal_kinds),
	TEXT(struct item_data, seal_name, "印章名称", 1, 128, rule_unit),
	TEXT(struct item_data, old_serial, "原证书序列号", 2, 40, rule_serial),
};
static const struct shape item_shape = SHAPE(struct item_data, item_fields);

static const struct field change_fields[] = {
	TEXTS(struct change_data, items, "变更事项", 0, 3, rule_word),
	TEXT(struct change_data, before, "变更前内容", 1, 300, rule_note),
	TEXT(struct change_data, after, "变更后内容", 1, 300, rule_note),
};

static const struct field delivery_fields[] = {
	WORD(struct delivery_data, mode, "领取方式", delivery_modes),
	TEXT(struct delivery_data, name, "收件人", 2, 50, rule_person),
	TEXT(struct delivery_data, phone, "收件电话", 7, 20, rule_phone),
	TEXT(struct delivery_data, province, "省份", 2, 20, rule_line),
	TEXT(struct delivery_data, city, "城市", 2, 30, rule_line),
	TEXT(struct delivery_data, district, "区县", 1, 30, rule_line),
	TEXT(struct delivery_data, address, "详细地址", 4, 128, rule_line),
	TEXT(struct delivery_data, branch, "领取网点", 1, 40, rule_word),
};

static const struct field invoice_fields[] = {
	WORD(struct invoice_data, kind, "发票类型", invoice_kinds),
	TEXT(struct invoice_data, title, "发票抬头", 2, 128, rule_unit),
	TEXT(struct invoice_data, tax_number, "税号", 15, 20, rule_tax_number),
};

static const struct field remittance_fields[] = {
	TEXT(struct remittance_data, payer_name, "付款户名", 2, 128, rule_unit),
	TEXT(struct remittance_data, payer_account, "付款账号", 6, 32, rule_account),
	TEXT(struct remittance_data, bank, "付款银行", 2, 80, rule_line),
	DAY(struct remittance_data, paid_on, "付款日期"),
	INT(struct remittance_data, amount_fen, "付款金额（分）", 0, MONEY_MAX_FEN),
};

static const struct field consents_fields[] = {
	TEXT(struct consents_data, agreement, "用户协议版本", 1, 40, rule_line),
	TEXT(struct consents_data, privacy, "个人信息处理规则版本", 1, 40, rule_line),
	TEXT(struct consents_data, id_scan, "身份证件影像处理同意书版本", 1, 40, rule_line),
};

static const struct shape unit_shape = SHAPE(struct unit_data, unit_fields);
static const struct shape person_shape = SHAPE(struct person_data, person_fields);
static const struct shape agent_shape = SHAPE(struct agent_data, agent_fields);
static const struct shape change_shape = SHAPE(struct change_data, change_fields);
static const struct shape delivery_shape = SHAPE(struct delivery_data, delivery_fields);
static const struct shape invoice_shape = SHAPE(struct invoice_data, invoice_fields);
static const struct shape consents_shape = SHAPE(struct consents_data, consents_fields);
const struct shape remittance_shape = SHAPE(struct remittance_data, remittance_fields);

static const struct field fields[] = {
	OBJECT(struct application_data, unit, "单位信息", &unit_shape),
	OBJECT(struct application_data, person, "申请人", &person_shape),
	OBJECT(struct application_data, agent, "经办人", &agent_shape),
	INT(struct application_data, years, "证书年限", 0, YEARS_MAX),
	LIST(struct application_data, items, "证书与印章", 0, ITEMS_MAX, &item_shape),
	OBJECT(struct application_data, change, "变更内容", &change_shape),
	TEXT(struct application_data, reason, "办理原因", 1, 200, rule_note),
	OBJECT(struct application_data, delivery, "领取与邮寄", &delivery_shape),
	OBJECT(struct application_data, invoice, "发票", &invoice_shape),
	OBJECT(struct application_data, remittance, "汇款信息", &remittance_shape),
	OBJECT(struct application_data, consents, "协议与告知", &consents_shape),
	TEXT(struct application_data, review, "审核方式", 1, 20, rule_word),
	BOOL(struct application_data, one_seal, "已知晓一张证书一枚印章"),
};
const struct shape application_data_shape = SHAPE(struct application_data, fields);

char *application_value_text(struct arena *a, const struct field *f, const void *base)
{
	if (field_is_empty(f, base))
		return NULL;
	switch (f->type) {
	case FIELD_TEXT: return arena_text(a, *FIELD_PTR(f, base, const char *));
	case FIELD_INT: return arena_printf(a, "%" PRId64, *FIELD_PTR(f, base, int64_t));
	case FIELD_BOOL: return arena_text(a, "是");
	case FIELD_DAY: return date_chinese(a, *FIELD_PTR(f, base, struct date));
	default: return NULL;
	}
}
