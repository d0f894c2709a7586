#include "domain/permission.h"

#include <stddef.h>
#include <string.h>

static const char *const words[PERM_MAX] = {
	[PERM_NONE] = "none",
	[PERM_PUBLIC] = "public",
	[PERM_INTERNAL] = "internal",
	[PERM_APPLY] = "apply",
	[PERM_RELAY] = "relay",
	[PERM_STAFF] = "staff",
	[PERM_CASE_READ] = "case_read",
	[PERM_CASE_REVIEW] = "case_review",
	[PERM_CASE_APPROVE] = "case_approve",
	[PERM_CASE_REJECT] = "case_reject",
	[PERM_REVEAL] = "reveal",
	[PERM_MONEY] = "money",
	[PERM_ORIGINALS] = "originals",
	[PERM_PRODUCE] = "produce",
	[PERM_DISPATCH] = "dispatch",
	[PERM_PICKUP] = "pickup",
	[PERM_USERS] = "users",
	[PERM_SETTINGS] = "settings",
	[PERM_AUDIT] = "audit",
	[PERM_REPORT] = "report",
	[PERM_WALKIN] = "walkin",
	[PERM_WAIVE] = "waive",
};

#define P(x) PERMISSION_BIT(PERM_##x)
#define ANY_STAFF (P(STAFF))

static const struct role {
	const char *word, *name;
	permission_set set;
} roles[] = {
	{"clerk", "受理",
		ANY_STAFF | P(CASE_READ) | P(CASE_REVIEW) | P(CASE_REJECT) | P(REVEAL) | P(ORIGINALS) | P(WALKIN)},
	{"reviewer", "复审", ANY_STAFF | P(CASE_READ) | P(CASE_REVIEW) | P(CASE_APPROVE) | P(CASE_REJECT) | P(REVEAL)},
	{"producer", "制证", ANY_STAFF | P(CASE_READ) | P(PRODUCE)},
	{"finance", "财务", ANY_STAFF | P(CASE_READ) | P(MONEY)},
	{"desk", "前台与收发",
		ANY_STAFF | P(CASE_READ) | P(REVEAL) | P(ORIGINALS) | P(DISPATCH) | P(PICKUP) | P(WALKIN)},
	{"supervisor", "主管",
		ANY_STAFF | P(CASE_READ) | P(CASE_APPROVE) | P(CASE_REJECT) | P(REVEAL) | P(WAIVE) | P(REPORT) |
			P(SETTINGS)},
	{"admin", "系统管理", ANY_STAFF | P(USERS) | P(SETTINGS)},
	{"auditor", "审计", ANY_STAFF | P(CASE_READ) | P(AUDIT) | P(REPORT)},
};

enum { ROLES = sizeof roles / sizeof roles[0] };

const char *permission_word(enum permission p)
{
	return words[p];
}

static const struct role *find(const char *word)
{
	for (size_t i = 0; word && i < ROLES; i++)
		if (strcmp(roles[i].word, word) == 0)
			return &roles[i];
	return NULL;
}

permission_set permission_of_role(const char *word)
{
	const struct role *r = find(word);

	return r ? r->set : 0;
}

const char *permission_role_name(const char *word)
{
	const struct role *r = find(word);

	return r ? r->name : NULL;
}

const char *const *permission_roles(void)
{
	static const char *list[ROLES + 1];

	for (size_t i = 0; i < ROLES; i++)
		list[i] = roles[i].word;
	return list;
}
