#include "domain/register.h"

#include <string.h>

#include "base/rule.h"
#include "base/str.h"

const char *const register_status_words[] = {
	[REGISTER_VALID] = "valid",
	[REGISTER_SUSPENDED] = "suspended",
	[REGISTER_REVOKED] = "revoked",
	[REGISTER_SUPERSEDED] = "superseded",
	[REGISTER_EXPIRED] = "expired",
	[REGISTER_STATUS_MAX] = NULL,
};
const char *const register_event_words[] = {
	[REGISTER_SUSPEND] = "suspend",
	[REGISTER_RESUME] = "resume",
	[REGISTER_REVOKE] = "revoke",
	[REGISTER_SUPERSEDE] = "supersede",
	[REGISTER_EVENT_MAX] = NULL,
};
static const char *const holders[] = {"org", "rep", "ind", NULL};
static const char *const seal_kinds[] = {"unit", "name", "handwritten", NULL};

const char *register_rule_token(struct arena *a, const char **text, const char **ret_say)
{
	size_t n;

	*text = rule_fold_code(a, *text);
	n = strlen(*text);
	if (n >= 4 && n <= 40 && strspn(*text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n)
		return NULL;
	*ret_say = "应为4至40位字母和数字";
	return "token_serial";
}

static const struct field in_fields[] = {
	WORD_REQUIRED(struct register_in, holder, "持有人类型", holders),
	TEXT(struct register_in, unit_name, "单位名称", 2, 128, rule_unit),
	TEXT(struct register_in, uscc, "统一社会信用代码", 18, 18, rule_uscc),
	TEXT(struct register_in, unit_address, "单位法定地址", 1, 128, rule_line),
	TEXT(struct register_in, person_name, "姓名", 2, 50, rule_person),
	TEXT(struct register_in, id_number, "证件号码", 5, 20, rule_id_number),
	TEXT_REQUIRED(struct register_in, sign_serial, "签名证书序列号", 2, 40, rule_serial),
	TEXT_REQUIRED(struct register_in, enc_serial, "加密证书序列号", 2, 40, rule_serial),
	DAY_REQUIRED(struct register_in, not_before, "生效日期"),
	DAY_REQUIRED(struct register_in, not_after, "失效日期"),
	WORD(struct register_in, status, "证书状态", register_status_words),
	TEXT(struct register_in, token_serial, "UKey序列号", 4, 40, register_rule_token),
	WORD(struct register_in, seal_kind, "印章类型", seal_kinds),
	TEXT(struct register_in, seal_name, "印章名称", 1, 128, rule_unit),
	TEXT(struct register_in, agent_name, "经办人姓名", 2, 50, rule_person),
	TEXT(struct register_in, agent_id_number, "经办人证件号码", 5, 20, rule_id_number),
	TEXT(struct register_in, agent_phone, "经办人手机", 11, 11, rule_mobile),
};
const struct shape register_in_shape = SHAPE(struct register_in, in_fields);

struct checked {
	const char *prefix;
	struct faults *faults;
};

static void complain(const struct checked *k, const char *member, const char *code, const char *say)
{
	fault_add(k->faults, arena_printf(k->faults->arena, "%s/%s", k->prefix, member), code, "%s", say);
}

/* Eighteen places are a resident's number or nothing: other documents are shorter. */
static void check_id(
	const struct checked *k, const char *member, const char *label, const char *number, struct date today)
{
	const char *say, *code;

	if (!number || strlen(number) != 18)
		return;
	code = rule_resident_at(k->faults->arena, &number, &say, today);
	if (code)
		complain(k, member, code, arena_printf(k->faults->arena, "%s%s", label, say));
}

static void check_seal(const struct checked *k, const struct catalog_holder *holder, const struct register_in *in)
{
	if (!in->seal_kind != !in->seal_name)
		complain(k, in->seal_kind ? "seal_name" : "seal_kind", "missing", "印章类型和印章名称要一起填写");
	if (in->seal_kind && holder && !catalog_has(&holder->seal_kinds, in->seal_kind))
		complain(k, "seal_kind", "choice", "这类证书没有这种印章");
}

void register_check(
	const struct catalog *cat, struct date today, struct register_in *in, const char *prefix, struct faults *faults)
{
	const struct checked k = {prefix, faults};
	const struct catalog_holder *holder = catalog_holder(cat, in->holder);
	int agent = !!in->agent_name + !!in->agent_id_number + !!in->agent_phone;

	if (!in->status)
		in->status = register_status_words[REGISTER_VALID];
	if (holder && holder->unit_data && !in->unit_name)
		complain(&k, "unit_name", "missing", "请填写单位名称");
	if (holder && !holder->unit_data && (in->unit_name || in->uscc || in->unit_address))
		complain(&k, "unit_name", "not_wanted", "个人证书不含单位信息");
	if (in->holder && !text_eq(in->holder, "org") && !in->person_name)
		complain(&k, "person_name", "missing", "请填写姓名");
	if (text_eq(in->holder, "org") && (in->person_name || in->id_number))
		complain(&k, "person_name", "not_wanted", "机构证书不含个人信息");
	if (in->sign_serial && text_eq(in->sign_serial, in->enc_serial))
		complain(&k, "enc_serial", "same", "签名证书与加密证书的序列号不能相同");
	if (!date_none(in->not_before) && !date_none(in->not_after) && date_cmp(in->not_after, in->not_before) <= 0)
		complain(&k, "not_after", "order", "失效日期应晚于生效日期");
	if (text_eq(in->status, "expired") && !date_none(in->not_after) && date_cmp(in->not_after, today) >= 0)
		complain(&k, "status", "order", "状态是已过期，失效日期却还没有到");
	if (agent && agent != 3)
		complain(&k, "agent_name", "missing", "经办人的姓名、证件号码和手机要一起填写");
	check_id(&k, "id_number", "证件号码", in->id_number, today);
	check_id(&k, "agent_id_number", "经办人证件号码", in->agent_id_number, today);
	check_seal(&k, holder, in);
}

enum register_renewal register_renewal(
	struct date today, struct date not_after, int64_t window_days, struct date *ret_opens_on)
{
	*ret_opens_on = date_add(not_after, -window_days);
	if (date_cmp(today, *ret_opens_on) < 0)
		return RENEWAL_EARLY;
	return date_cmp(today, not_after) <= 0 ? RENEWAL_OPEN : RENEWAL_EXPIRED;
}

struct date register_not_after(const char *effect, struct date today, struct date old_not_after, int64_t years)
{
	bool late = date_cmp(today, old_not_after) > 0;

	if (text_eq(effect, "issue"))
		return date_add_years(today, (int)years);
	if (text_eq(effect, "extend"))
		return date_add_years(late ? today : old_not_after, (int)years);
	if (text_eq(effect, "replace") || text_eq(effect, "reissue"))
		return old_not_after;
	return (struct date){0, 0, 0};
}

static const struct register_transition transitions[] = {
	{REGISTER_VALID, REGISTER_SUSPEND, REGISTER_SUSPENDED},
	{REGISTER_SUSPENDED, REGISTER_RESUME, REGISTER_VALID},
	{REGISTER_VALID, REGISTER_REVOKE, REGISTER_REVOKED},
	{REGISTER_SUSPENDED, REGISTER_REVOKE, REGISTER_REVOKED},
	{REGISTER_VALID, REGISTER_SUPERSEDE, REGISTER_SUPERSEDED},
	{REGISTER_SUSPENDED, REGISTER_SUPERSEDE, REGISTER_SUPERSEDED},
};

const struct register_transition *register_transition(enum register_status from, enum register_event event)
{
	for (size_t i = 0; i < ARRAY_LEN(transitions); i++)
		if (transitions[i].from == from && transitions[i].event == event)
			return &transitions[i];
	return NULL;
}

bool register_reason_known(int64_t reason)
{
	static const int64_t known[] = {0, 1, 3, 4, 5, 9}; /* 6, a hold, is what suspending gives */

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i] == reason)
			return true;
	return false;
}

/* What an effect wants of the certificate it works on. */
static const struct {
	const char *effect;
	bool valid, suspended, expired, in_window; /* in_window: while valid, only when it may be renewed */
} effects[] = {
	{"issue", true, false, false, false},
	{"extend", true, false, true, true},
	{"replace", true, false, false, false},
	{"reissue", true, true, false, false},
	{"unlock", true, false, false, false},
	{"revoke", true, true, false, false},
	{"suspend", true, false, false, false},
	{"resume", false, true, false, false},
};

static bool effect_fits(
	const struct catalog *cat, const char *effect, const struct register_certificate *r, struct date today)
{
	struct date opens;

	for (size_t i = 0; i < ARRAY_LEN(effects); i++) {
		if (!text_eq(effects[i].effect, effect))
			continue;
		if (r->status == REGISTER_VALID && effects[i].in_window)
			return register_renewal(today, r->not_after, cat->limits.renew_window_days, &opens) ==
			       RENEWAL_OPEN;
		return (r->status == REGISTER_VALID && effects[i].valid) ||
		       (r->status == REGISTER_SUSPENDED && effects[i].suspended) ||
		       (r->status == REGISTER_EXPIRED && effects[i].expired);
	}
	return false;
}

bool register_serves(const struct catalog *cat, const struct catalog_service *service,
	const struct register_certificate *r, struct date today)
{
	if (!effect_fits(cat, service->effect, r, today))
		return false;
	CATALOG_EACH(struct catalog_route, route, &service->routes)
		if (route->open && text_eq(route->holder, r->holder) &&
			(!text_eq(service->effect, "issue") || catalog_route_gate(route, GATE_SIGNATURE)))
			return true;
	return false;
}

bool register_same_unit(struct arena *a, const struct register_certificate *r, const char *unit_name, const char *uscc,
	bool *ret_unsure)
{
	*ret_unsure = text_empty(r->uscc);
	return unit_name && r->unit_key && text_eq(r->unit_key, name_key(a, unit_name)) &&
	       (*ret_unsure || text_eq(r->uscc, uscc));
}
