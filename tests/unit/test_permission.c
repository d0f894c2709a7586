#include "unit.h"

#include "base/str.h"
#include "base/utf8.h"
#include "domain/permission.h"

#define P(x) PERMISSION_BIT(PERM_##x)
#define ANY (P(STAFF) | P(ACCOUNT))

static void words(void **state)
{
	(void)state;
	for (int p = 0; p < PERM_MAX; p++) {
		expect(p, !text_empty(permission_word((enum permission)p)));
		for (int q = 0; q < p; q++)
			expect(p, !text_eq(permission_word((enum permission)p), permission_word((enum permission)q)));
	}
}

/* The whole table again, by hand: whoever widens a role has to say so twice. */
static void roles(void **state)
{
	static const struct {
		const char *role;
		permission_set set;
	} row[] = {
		{"clerk", ANY | P(CASE_READ) | P(CASE_REVIEW) | P(CASE_REJECT) | P(REVEAL) | P(ORIGINALS) | P(WALKIN) |
				  P(NOTE) | P(FOLLOW) | P(MESSAGES)},
		{"reviewer",
			ANY | P(CASE_READ) | P(CASE_REVIEW) | P(CASE_APPROVE) | P(CASE_REJECT) | P(REVEAL) | P(NOTE)},
		{"producer", ANY | P(CASE_READ) | P(PRODUCE) | P(NOTE)},
		{"finance", ANY | P(CASE_READ) | P(MONEY) | P(NOTE)},
		{"desk", ANY | P(CASE_READ) | P(REVEAL) | P(ORIGINALS) | P(DISPATCH) | P(PICKUP) | P(WALKIN) | P(NOTE) |
				 P(FOLLOW) | P(MESSAGES)},
		{"supervisor", ANY | P(CASE_READ) | P(CASE_APPROVE) | P(CASE_REJECT) | P(REVEAL) | P(WAIVE) |
				       P(REPORT) | P(SETTINGS) | P(NOTE) | P(FOLLOW) | P(MESSAGES) | P(JOBS) |
				       P(CASEFILE) | P(USERS_CHECK)},
		{"admin", ANY | P(USERS) | P(USERS_CHECK) | P(SETTINGS)},
		{"auditor", ANY | P(CASE_READ) | P(AUDIT) | P(REPORT)},
	};
	const char *const *all = permission_roles();
	size_t n = 0;

	(void)state;
	while (all[n])
		n++;
	assert_int_equal(n, ARRAY_LEN(row));
	for (size_t i = 0; i < n; i++) {
		expect_text(i, all[i], row[i].role);
		expect(i, permission_of_role(row[i].role) == row[i].set);
		expect(i, utf8_count(permission_role_name(row[i].role)) >= 2);
	}
	assert_true(permission_of_role(NULL) == 0);
	assert_true(permission_of_role("") == 0);
	assert_true(permission_of_role("Clerk") == 0);
	assert_true(permission_of_role("root") == 0);
	assert_null(permission_role_name("root"));
}

/* What no one role may hold together: one person would decide and carry out, or act and judge the act. */
static void apart(void **state)
{
	static const permission_set pairs[][2] = {
		{P(CASE_REVIEW) | P(CASE_APPROVE), P(PRODUCE)},
		{P(CASE_REVIEW) | P(CASE_APPROVE) | P(PRODUCE), P(MONEY)},
		{P(CASE_APPROVE), P(ORIGINALS) | P(DISPATCH) | P(PICKUP)},
		{P(PRODUCE), P(ORIGINALS) | P(DISPATCH) | P(PICKUP)},
		{P(USERS), ~(ANY | P(USERS) | P(USERS_CHECK) | P(SETTINGS))},
		{P(AUDIT), ~(ANY | P(CASE_READ) | P(AUDIT) | P(REPORT))},
	};

	(void)state;
	for (const char *const *role = permission_roles(); *role; role++)
		for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
			if ((permission_of_role(*role) & pairs[i][0]) && (permission_of_role(*role) & pairs[i][1]))
				fail_msg("row %zu: %s", i, *role);
}

/* And what no one person may hold together, in whatever order it is asked. */
static void together(void **state)
{
	static const struct {
		const char *roles[4];
		bool right;
	} row[] = {
		{{NULL}, true},
		{{"auditor"}, true},
		{{"admin"}, true},
		{{"clerk", "reviewer", "desk"}, true},
		{{"supervisor", "reviewer"}, true},
		{{"finance", "desk"}, true},
		{{"auditor", "clerk"}, false},
		{{"finance", "auditor"}, false},
		{{"admin", "supervisor"}, false},
		{{"desk", "admin"}, false},
		{{"auditor", "admin"}, false},
		{{"producer", "clerk"}, false},
		{{"reviewer", "desk", "producer"}, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, !permission_roles_apart(row[i].roles) == row[i].right);
}

static void held(void **state)
{
	permission_set all = 0, nobody = P(NONE) | P(PUBLIC) | P(INTERNAL) | P(APPLY) | P(RELAY);

	(void)state;
	for (const char *const *role = permission_roles(); *role; role++) {
		all |= permission_of_role(*role);
		assert_true(permission_of_role(*role) & P(STAFF));
	}
	for (int p = 0; p < PERM_MAX; p++)
		expect(p, !(all & PERMISSION_BIT(p)) == !!(nobody & PERMISSION_BIT(p)));
	assert_true(PERM_MAX <= 64);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(roles),
		cmocka_unit_test(apart), cmocka_unit_test(together), cmocka_unit_test(held)};

	return UNIT_MAIN(tests);
}
