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
	[PERM_NOTE] = "note",
	[PERM_WAIVE] = "waive",
	[PERM_FOLLOW] = "follow",
	[PERM_MESSAGES] = "messages",
	[PERM_JOBS] = "jobs",
	[PERM_ACCOUNT] = "account",
	[PERM_USERS_CHECK] = "users_check",
	[PERM_CASEFILE] = "casefile",
};

#define P(x) PERMISSION_BIT(PERM_##x)
#define ANY_STAFF (P(STAFF) | P(ACCOUNT))

static const struct role {
	const char *word, *name;
	permission_set set;
} roles[] = {
	{"clerk", "受理",
		ANY_STAFF | P(CASE_READ) | P(CASE_REVIEW) | P(CASE_REJECT) | P(REVEAL) | P(ORIGINALS) | P(WALKIN) |
			P(NOTE) | P(FOLLOW) | P(MESSAGES)},
	{"reviewer", "复审",
		ANY_STAFF | P(CASE_READ) | P(CASE_REVIEW) | P(CASE_APPROVE) | P(CASE_REJECT) | P(REVEAL) | P(NOTE)},
	{"producer", "制证", ANY_STAFF | P(CASE_READ) | P(PRODUCE) | P(NOTE)},
	{"finance", "财务", ANY_STAFF | P(CASE_READ) | P(MONEY) | P(NOTE)},
	{"desk", "前台与收发",
		ANY_STAFF | P(CASE_READ) | P(REVEAL) | P(ORIGINALS) | P(DISPATCH) | P(PICKUP) | P(WALKIN) | P(NOTE) |
			P(FOLLOW) | P(MESSAGES)},
	{"supervisor", "主管",
		ANY_STAFF | P(CASE_READ) | P(CASE_APPROVE) | P(CASE_REJECT) | P(REVEAL) | P(WAIVE) | P(REPORT) |
			P(SETTINGS) | P(USERS_CHECK) | P(NOTE) | P(FOLLOW) | P(MESSAGES) | P(JOBS) | P(CASEFILE)},
	{"admin", "系统管理", ANY_STAFF | P(USERS) | P(USERS_CHECK) | P(SETTINGS)},
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

/* other NULL: with no role at all.  Who looks after accounts decides no case, who looks at all of it does none of it, and who
 * writes a certificate has not let it through. */
static const struct apart {
	const char *role, *other, *say;
} apart[] = {
	{"auditor", NULL, "审计只能单独任，不能兼其他岗位"},
	{"admin", NULL, "系统管理只能单独任，不能兼其他岗位"},
	{"producer", "clerk", "制证与受理须由不同的人担任"},
	{"producer", "reviewer", "制证与复审须由不同的人担任"},
};

static int held(const char *const *list, const char *word)
{
	int n = 0;

	for (; *list; list++)
		n += !word || strcmp(*list, word) == 0;
	return n;
}

const char *permission_roles_apart(const char *const *list)
{
	for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
		if (held(list, apart[i].role) && (apart[i].other ? held(list, apart[i].other) : held(list, NULL) > 1))
			return apart[i].say;
	return NULL;
}
