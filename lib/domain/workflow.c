#include "domain/workflow.h"

const char *const state_words[] = {
	[STATE_DRAFT] = "draft",
	[STATE_PRINTED] = "printed",
	[STATE_SUBMITTED] = "submitted",
	[STATE_REVIEWING] = "reviewing",
	[STATE_RETURNED] = "returned",
	[STATE_ACCEPTED] = "accepted",
	[STATE_SECOND_REVIEW] = "second_review",
	[STATE_APPROVED] = "approved",
	[STATE_PRODUCED] = "produced",
	[STATE_SENT] = "sent",
	[STATE_READY] = "ready",
	[STATE_INSTALLING] = "installing",
	[STATE_COMPLETED] = "completed",
	[STATE_WITHDRAWN] = "withdrawn",
	[STATE_REJECTED] = "rejected",
	[STATE_EXPIRED] = "expired",
	[STATE_MAX] = NULL,
};

const char *const event_words[] = {
	[EVENT_CREATE] = "create",
	[EVENT_EDIT] = "edit",
	[EVENT_FREEZE] = "freeze",
	[EVENT_SUBMIT] = "submit",
	[EVENT_CLAIM] = "claim",
	[EVENT_RELEASE] = "release",
	[EVENT_RETURN] = "return",
	[EVENT_ACCEPT] = "accept",
	[EVENT_GATES] = "gates",
	[EVENT_APPROVE] = "approve",
	[EVENT_PRODUCE] = "produce",
	[EVENT_SEND] = "send",
	[EVENT_LAY_READY] = "lay_ready",
	[EVENT_HAND_OVER] = "hand_over",
	[EVENT_DELIVER] = "deliver",
	[EVENT_WITHDRAW] = "withdraw",
	[EVENT_REJECT] = "reject",
	[EVENT_EXPIRE] = "expire",
	[EVENT_REVIVE] = "revive",
	[EVENT_STAY_CLOSED] = "stay_closed",
	[EVENT_SWITCH] = "switch",
	[EVENT_DECIDE] = "decide",
	[EVENT_AUTO] = "auto",
	[EVENT_MANUAL] = "manual",
	[EVENT_INSTALL] = "install",
	[EVENT_INSTALLED] = "installed",
	[EVENT_REVOKED] = "revoked",
	[EVENT_REMAKE] = "remake",
	[EVENT_RECHECK] = "recheck",
	[EVENT_MAX] = NULL,
};

/* clang-format off */
static const struct transition table[] = {
	{STATE_DRAFT,         EVENT_FREEZE,    PERM_APPLY,        STATE_PRINTED,       NULL,           "已生成申请表"},
	{STATE_PRINTED,       EVENT_FREEZE,    PERM_APPLY,        STATE_PRINTED,       NULL,           "已生成新版申请表"},
	{STATE_PRINTED,       EVENT_EDIT,      PERM_APPLY,        STATE_DRAFT,         NULL,           "修改了内容，需要重新生成申请表"},
	{STATE_RETURNED,      EVENT_FREEZE,    PERM_APPLY,        STATE_RETURNED,      NULL,           "已生成新版申请表"},
	{STATE_PRINTED,       EVENT_SUBMIT,    PERM_APPLY,        STATE_SUBMITTED,     "submitted",    "已提交申请"},
	{STATE_DRAFT,         EVENT_SUBMIT,    PERM_APPLY,        STATE_SUBMITTED,     "submitted",    "已提交申请"}, /* online, without paper */
	{STATE_DRAFT,         EVENT_SWITCH,    PERM_APPLY,        STATE_DRAFT,         NULL,           "改办其他业务或途径"},
	{STATE_PRINTED,       EVENT_SWITCH,    PERM_APPLY,        STATE_DRAFT,         NULL,           "改办其他业务或途径"},
	{STATE_SUBMITTED,     EVENT_SWITCH,    PERM_APPLY,        STATE_DRAFT,         NULL,           "改办其他业务或途径"}, /* no certificate can sign it */
	{STATE_RETURNED,      EVENT_SUBMIT,    PERM_APPLY,        STATE_SUBMITTED,     "corrected",    "已提交补正"},
	{STATE_SUBMITTED,     EVENT_CLAIM,     PERM_CASE_REVIEW,  STATE_REVIEWING,     NULL,           "开始初审"},
	{STATE_REVIEWING,     EVENT_RELEASE,   PERM_CASE_REVIEW,  STATE_SUBMITTED,     NULL,           "等待初审"},
	{STATE_REVIEWING,     EVENT_RETURN,    PERM_CASE_REVIEW,  STATE_RETURNED,      "returned",     "需要补正"},
	{STATE_REVIEWING,     EVENT_ACCEPT,    PERM_CASE_REVIEW,  STATE_ACCEPTED,      "accepted",     "材料通过初审"},
	{STATE_ACCEPTED,      EVENT_GATES,     PERM_NONE,         STATE_SECOND_REVIEW, "gates_closed", "已收齐，等待复审"},
	{STATE_ACCEPTED,      EVENT_DECIDE,    PERM_NONE,         STATE_APPROVED,      "approved",     "已收齐，审核通过"}, /* one person decides */
	{STATE_SUBMITTED,     EVENT_AUTO,      PERM_NONE,         STATE_APPROVED,      "approved",     "系统自动审核通过"},
	{STATE_SUBMITTED,     EVENT_MANUAL,    PERM_NONE,         STATE_SUBMITTED,     NULL,           "转由工作人员审核"},
	{STATE_SECOND_REVIEW, EVENT_APPROVE,   PERM_CASE_APPROVE, STATE_APPROVED,      "approved",     "通过复审"},
	{STATE_SECOND_REVIEW, EVENT_RETURN,    PERM_CASE_APPROVE, STATE_RETURNED,      "returned",     "需要补正"},
	{STATE_SECOND_REVIEW, EVENT_RECHECK,   PERM_CASE_APPROVE, STATE_SUBMITTED,     NULL,           "复审退回初审，再核对一次"},
	{STATE_APPROVED,      EVENT_PRODUCE,   PERM_PRODUCE,      STATE_PRODUCED,      NULL,           "证书已制作完成"},
	{STATE_PRODUCED,      EVENT_REMAKE,    PERM_PRODUCE,      STATE_APPROVED,      NULL,           "出厂检查没有通过，重新制作"},
	{STATE_APPROVED,      EVENT_REVOKED,   PERM_NONE,         STATE_COMPLETED,     "completed",    "证书已注销，办结"},
	{STATE_APPROVED,      EVENT_INSTALL,   PERM_NONE,         STATE_INSTALLING,    "install",      "可以在客户端操作了"},
	{STATE_PRODUCED,      EVENT_INSTALL,   PERM_NONE,         STATE_INSTALLING,    "install",      "可以在客户端安装了"},
	{STATE_INSTALLING,    EVENT_INSTALLED, PERM_APPLY,        STATE_COMPLETED,     "completed",    "已在客户端完成，办结"},
	{STATE_PRODUCED,      EVENT_SEND,      PERM_DISPATCH,     STATE_SENT,          "sent",         "已寄出"},
	{STATE_PRODUCED,      EVENT_LAY_READY, PERM_PICKUP,       STATE_READY,         "ready",        "可以领取"},
	{STATE_SENT,          EVENT_DELIVER,   PERM_DISPATCH,     STATE_COMPLETED,     "completed",    "已签收，办结"},
	{STATE_READY,         EVENT_HAND_OVER, PERM_PICKUP,       STATE_COMPLETED,     "completed",    "已领取，办结"},
	{STATE_REVIEWING,     EVENT_REJECT,    PERM_CASE_REJECT,  STATE_REJECTED,      "rejected",     "不予办理"},
	{STATE_SECOND_REVIEW, EVENT_REJECT,    PERM_CASE_REJECT,  STATE_REJECTED,      "rejected",     "不予办理"},
	{STATE_DRAFT,         EVENT_WITHDRAW,  PERM_APPLY,        STATE_WITHDRAWN,     NULL,           "已放弃填写"},
	{STATE_PRINTED,       EVENT_WITHDRAW,  PERM_APPLY,        STATE_WITHDRAWN,     NULL,           "已放弃填写"},
	{STATE_SUBMITTED,     EVENT_WITHDRAW,  PERM_APPLY,        STATE_WITHDRAWN,     "withdrawn",    "已撤回"},
	{STATE_REVIEWING,     EVENT_WITHDRAW,  PERM_APPLY,        STATE_WITHDRAWN,     "withdrawn",    "已撤回"},
	{STATE_RETURNED,      EVENT_WITHDRAW,  PERM_APPLY,        STATE_WITHDRAWN,     "withdrawn",    "已撤回"},
	{STATE_ACCEPTED,      EVENT_WITHDRAW,  PERM_APPLY,        STATE_WITHDRAWN,     "withdrawn",    "已撤回"},
	{STATE_SECOND_REVIEW, EVENT_WITHDRAW,  PERM_APPLY,        STATE_WITHDRAWN,     "withdrawn",    "已撤回"},
	{STATE_DRAFT,         EVENT_EXPIRE,    PERM_NONE,         STATE_EXPIRED,       NULL,           "长时间没有操作，已关闭"},
	{STATE_PRINTED,       EVENT_EXPIRE,    PERM_NONE,         STATE_EXPIRED,       NULL,           "长时间没有操作，已关闭"},
	{STATE_RETURNED,      EVENT_EXPIRE,    PERM_NONE,         STATE_EXPIRED,       "expired",      "长时间没有补正，已关闭"},
	{STATE_ACCEPTED,      EVENT_EXPIRE,    PERM_NONE,         STATE_EXPIRED,       "expired",      "长时间没有收齐，已关闭"},
	{STATE_EXPIRED,       EVENT_REVIVE,    PERM_NONE,         STATE_ACCEPTED,      "accepted",     "款项到账，恢复办理"},
	{STATE_EXPIRED,       EVENT_STAY_CLOSED, PERM_NONE,       STATE_EXPIRED,       "stays_closed", "款项到账，但不能恢复办理"},
};
/* clang-format on */

const struct transition *workflow_find(enum state from, enum event event)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].from == from && table[i].event == event)
			return &table[i];
	return NULL;
}

const struct transition *workflow_at(size_t i)
{
	return i < sizeof table / sizeof table[0] ? &table[i] : NULL;
}

bool state_is_closed(enum state s)
{
	return s == STATE_COMPLETED || s == STATE_WITHDRAWN || s == STATE_REJECTED || s == STATE_EXPIRED;
}

bool state_is_editable(enum state s)
{
	return s == STATE_DRAFT || s == STATE_PRINTED;
}
