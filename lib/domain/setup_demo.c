#include <string.h>

#include "base/str.h"
#include "domain/setup.h"
#include "domain/staff.h"
#include "io/file.h"
#include "io/json.h"
#include "io/json_out.h"

enum { COUNT };

static const struct sql sql[] = {
	[COUNT] = {"SELECT COUNT(*) FROM staff WHERE user='clerk1'", "", "i"},
};
SQL_TABLE(setup_demo);

enum { EACH_ROLE = 2, ACCOUNTS_MAX = 64 };

struct account {
	const char *user, *password, *totp_secret;
	struct texts roles;
};
static const struct field account_fields[] = {
	TEXT(struct account, user, "账号", 0, 100, NULL),
	TEXT(struct account, password, "密码", 0, 100, NULL),
	TEXT(struct account, totp_secret, "动态码密钥", 0, 100, NULL),
	TEXTS(struct account, roles, "岗位", 0, 20, NULL),
};
static const struct shape account_shape = SHAPE(struct account, account_fields);

struct demo {
	const char *url;
	struct list staff;
};
static const struct field demo_fields[] = {
	TEXT(struct demo, url, "地址", 0, 200, NULL),
	LIST(struct demo, staff, "账号", 0, ACCOUNTS_MAX, &account_shape),
};
static const struct shape demo_shape = SHAPE(struct demo, demo_fields);

struct work {
	const char *path, *pending; /* pending: written before the commit, named path after it */
	int64_t made;
};

static enum err write_demo(struct ctx *c, const char *path, const struct demo *demo)
{
	struct json_out j;
	struct str s;

	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_shape(&j, NULL, &demo_shape, demo);
	str_addc(&s, '\n');
	return file_write(c->arena, path, 0600, (struct bytes){(const unsigned char *)s.at, s.len});
}

static enum err add_account(struct ctx *c, const char *role, int number, struct account *ret)
{
	static const char *const digits[] = {"", "一", "二"};
	const char **roles = arena_array(c->arena, 2, sizeof *roles);
	const char *name = permission_role_name(role);

	roles[0] = role;
	*ret = (struct account){.user = arena_printf(c->arena, "%s%d", role, number),
		.password = staff_initial_password(c->arena),
		.roles = {roles, 1}};
	return staff_add(c,
		&(struct staff_new){.user = ret->user,
			.name = arena_printf(c->arena, "%s%s号", name, digits[number]),
			.password = ret->password,
			.roles = roles},
		&ret->totp_secret);
}

static enum err add_all(struct ctx *c, void *arg)
{
	struct work *w = arg;
	struct account *at = arena_array(c->arena, ACCOUNTS_MAX, sizeof *at);
	struct demo demo = {.url = c->house->config.url, .staff = {at, 0}};
	enum err e = ERR_OK;

	for (const char *const *role = permission_roles(); *role; role++)
		for (int n = 1; e == ERR_OK && n <= EACH_ROLE; n++)
			e = add_account(c, *role, n, &at[demo.staff.count++]);
	w->made = (int64_t)demo.staff.count;
	return e == ERR_OK ? write_demo(c, w->pending, &demo) : e;
}

/* The address moves when the port does. */
static enum err refresh(struct ctx *c, const char *path)
{
	struct demo demo = {0};
	struct bytes text;
	const char *say;
	enum err e = file_read(c->arena, path, &text);

	if (e == ERR_OK)
		e = json_read((const char *)text.at, text.len, &demo_shape, &demo, &c->faults, &say);
	if (e != ERR_OK || text_eq(demo.url, c->house->config.url))
		return e;
	demo.url = c->house->config.url;
	return write_demo(c, path, &demo);
}

enum err setup_demo(struct ctx *c, int64_t *ret_made)
{
	const char *dir = c->house->config.var_dir;
	struct work w = {
		arena_printf(c->arena, "%s/demo.json", dir), arena_printf(c->arena, "%s/demo.json.pending", dir), 0};
	struct db_int have;
	enum err e;

	*ret_made = 0;
	if (c->house->config.cookie_secure)
		return ERR_FORBIDDEN;
	e = db_one(c->db, &sql[COUNT], &db_int_shape, &have);
	if (e == ERR_OK && have.value == 0)
		e = ctx_tx(c, add_all, &w);
	if (e != ERR_OK)
		return e;
	if (w.made || (!file_exists(w.path) && file_exists(w.pending)))
		e = file_rename(c->arena, w.pending, w.path);
	else if (!file_exists(w.path))
		e = ERR_CONFLICT;
	*ret_made = w.made;
	return e == ERR_OK ? refresh(c, w.path) : e;
}
