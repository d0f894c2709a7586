#include "domain/staff_admin.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"

enum { ALL, ONE, ADD, LOCK, UNLOCK, TOUCH, PASSWORD, CODE, FIND, OTHER_ADMINS, END_ROLES, HOLD_ROLE, TAKE_TOTP };

#define COLUMNS \
	"s.id, s.user, s.name, s.disabled, s.failures, s.locked_until, s.totp_sealed IS NOT NULL, s.totp_at, s.must_change, " \
	"s.password_ends_at, s.code_by, s.signed_in_at, s.created_at, s.version, " \
	"(SELECT GROUP_CONCAT(r.role ORDER BY r.role) FROM staff_role r WHERE r.staff_id=s.id AND r.held=1), " \
	"(SELECT COUNT(*) FROM session e WHERE e.staff_id=s.id AND e.ends_at>? AND e.seen_at>?) FROM staff s "
#define TYPES \
	"issiiiii" \
	"iiiiiisi"
static const struct sql sql[] = {
	[ALL] = {"SELECT " COLUMNS "WHERE s.user>? ORDER BY s.user LIMIT ?", "iisi", TYPES},
	[ONE] = {"SELECT " COLUMNS "WHERE s.user=?", "iis", TYPES},
	[ADD] = {"INSERT INTO staff (user, name, password, must_change, password_ends_at, created_at) VALUES (?,?,?,1,?,?)",
		"sssii", ""},
	[LOCK] = {"UPDATE staff SET version=version+1, disabled=1 WHERE id=? AND version=? AND disabled=0", "ii", ""},
	[UNLOCK] =
		{"UPDATE staff SET version=version+1, disabled=0, failures=0, locked_until=0 WHERE id=? AND version=?",
			"ii", ""},
	[TOUCH] = {"UPDATE staff SET version=version+1 WHERE id=? AND version=?", "ii", ""},
	[PASSWORD] =
		{"UPDATE staff SET version=version+1, password=?, must_change=1, password_ends_at=?, failures=0, locked_until=0 "
		 "WHERE id=? AND version=?",
			"siii", ""},
	[CODE] =
		{"UPDATE staff SET version=version+1, code_hash=?, code_ends_at=? WHERE id=? AND version=? AND code_by=? "
		 "AND totp_sealed IS NULL",
			"biiii", ""},
	[FIND] = {"SELECT " COLUMNS "WHERE s.user=? FOR UPDATE", "iis", TYPES},
	/* Who could still look after accounts tomorrow. */
	[OTHER_ADMINS] =
		{"SELECT s.id FROM staff_role r JOIN staff s ON s.id=r.staff_id WHERE r.role='admin' AND r.held=1 "
		 "AND s.disabled=0 AND s.must_change=0 AND s.totp_sealed IS NOT NULL AND s.id<>? FOR UPDATE",
			"i", "i"},
	[END_ROLES] = {"UPDATE staff_role SET held=0 WHERE staff_id=?", "i", ""},
	[HOLD_ROLE] = {"INSERT INTO staff_role (staff_id, role, held) VALUES (?,?,1) ON DUPLICATE KEY UPDATE held=1",
		"is", ""},
	[TAKE_TOTP] =
		{"UPDATE staff SET version=version+1, totp_sealed=NULL, totp_new_sealed=NULL, totp_at=NULL, code_by=?, "
		 "code_hash=NULL, code_ends_at=0 WHERE id=? AND version=?",
			"iii", ""},
};
SQL_TABLE(staff_admin);

enum { ROLES_MAX = 8, CODE_BYTES = 10 };

struct row {
	int64_t id;
	const char *user, *name;
	bool disabled;
	int64_t failures, locked_until;
	bool has_totp;
	int64_t totp_at;
	bool must_change;
	int64_t password_ends_at, code_by, signed_in_at, created_at, version;
	const char *roles;
	int64_t sessions;
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct row, m, #m, 0, 0)
#define R_BOOL(m) BOOL(struct row, m, #m)
static const struct field row_fields[] = {
	R_INT(id),
	R_TEXT(user),
	R_TEXT(name),
	R_BOOL(disabled),
	R_INT(failures),
	R_INT(locked_until),
	R_BOOL(has_totp),
	R_INT(totp_at),
	R_BOOL(must_change),
	R_INT(password_ends_at),
	R_INT(code_by),
	R_INT(signed_in_at),
	R_INT(created_at),
	R_INT(version),
	R_TEXT(roles),
	R_INT(sessions),
};
static const struct shape row_shape = SHAPE(struct row, row_fields);

static const struct field query_fields[] = {
	TEXT(struct staff_query, after, "翻页位置", 1, 40, NULL),
};
const struct shape staff_query_shape = SHAPE(struct staff_query, query_fields);

/* Accounts as they are typed: a letter first, so that none looks like a number. */
static const char *account_rule(struct arena *a, const char **text, const char **ret_say)
{
	const char *wrong = rule_word(a, text, ret_say);

	if (!wrong && !(**text >= 'a' && **text <= 'z')) {
		*ret_say = "应以小写字母开头";
		return "account";
	}
	if (wrong)
		*ret_say = "只能用小写字母、数字和下划线";
	return wrong;
}

static const struct field wish_fields[] = {
	TEXT_REQUIRED(struct staff_wish, user, "账号", 3, 32, account_rule),
	TEXT_REQUIRED(struct staff_wish, name, "姓名", 2, 50, rule_person),
};
const struct shape staff_wish_shape = SHAPE(struct staff_wish, wish_fields);

static const struct field reason_fields[] = {
	TEXT_REQUIRED(struct staff_reason, reason, "原因", 2, 200, NULL),
};
const struct shape staff_reason_shape = SHAPE(struct staff_reason, reason_fields);

/* --- shown ---------------------------------------------------------------------------------------------------------- */

static int64_t alive_since(const struct ctx *c)
{
	return c->now - c->house->config.staff_idle_s;
}

/* "a,b" of the database, ended by NULL. */
static const char *const *words_of(struct arena *a, const char *roles)
{
	const char **list = arena_array(a, ROLES_MAX + 1, sizeof *list);
	size_t n = 0;

	while (roles && *roles && n < ROLES_MAX) {
		size_t len = strcspn(roles, ",");

		list[n++] = arena_textn(a, roles, len);
		roles += len + (roles[len] == ',');
	}
	return list;
}

static void write(struct ctx *c, const struct row *r, struct json_out *j)
{
	json_text(j, "user", r->user);
	json_text(j, "name", r->name);
	json_list(j, "roles");
	for (const char *const *w = words_of(c->arena, r->roles); *w; w++)
		json_text(j, NULL, *w);
	json_end(j);
	json_bool(j, "locked", r->disabled);
	json_time(j, "locked_until", r->locked_until > c->now ? r->locked_until : 0);
	json_bool(j, "totp", r->has_totp);
	json_time(j, "totp_at", r->totp_at);
	json_bool(j, "password_initial", r->must_change);
	json_time(j, "password_ends", r->must_change ? r->password_ends_at : 0);
	json_bool(j, "code_due", !r->has_totp && r->code_by != 0);
	json_bool(j, "code_mine", !r->has_totp && r->code_by == c->actor.staff_id);
	json_time(j, "signed_in_at", r->signed_in_at);
	json_int(j, "sessions", r->sessions);
	json_time(j, "created_at", r->created_at);
	json_bool(j, "own", r->id == c->actor.staff_id);
	json_int(j, "version", r->version);
}

enum err staff_admin_write_all(struct ctx *c, const struct staff_query *q, struct json_out *j)
{
	struct list rows;
	const struct row *r;
	enum err e = db_all(c->db, &sql[ALL], &row_shape, &rows, I(c->now), I(alive_since(c)),
		S(q->after ? q->after : ""), I(STAFF_LIST_MAX));

	if (e != ERR_OK)
		return e;
	r = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++) {
		json_object(j, NULL);
		write(c, &r[i], j);
		json_end(j);
	}
	json_end(j);
	json_text(j, "next", rows.count == STAFF_LIST_MAX ? r[rows.count - 1].user : NULL);
	json_end(j);
	return ERR_OK;
}

enum err staff_admin_write_one(struct ctx *c, const char *user, struct json_out *j, int64_t *ret_version)
{
	struct row r = {0};
	enum err e = db_one(c->db, &sql[ONE], &row_shape, &r, I(c->now), I(alive_since(c)), S(user));

	if (e != ERR_OK)
		return e;
	*ret_version = r.version;
	write(c, &r, j);
	return ERR_OK;
}

/* --- one administrator ---------------------------------------------------------------------------------------------- */

enum err staff_admin_add(struct ctx *c, const struct staff_wish *in, const char **ret_password)
{
	const char *password = staff_initial_password(c->arena);
	enum err e = db_exec(c->db, &sql[ADD], S(in->user), S(in->name), S(crypto_password_hash(c->arena, password)),
		I(c->now + STAFF_INITIAL_S), I(c->now));

	assert(db_in_tx(c->db));
	if (e == ERR_CONFLICT) {
		fault_add(&c->faults, "/user", "taken", "账号“%s”已有人用，请换一个", in->user);
		return ERR_INVALID;
	}
	audit_add(c, "staff_add", in->user, NULL);
	*ret_password = password;
	return e;
}

static enum err find(struct ctx *c, const char *user, struct row *ret_row)
{
	enum err e = db_one(c->db, &sql[FIND], &row_shape, ret_row, I(c->now), I(alive_since(c)), S(user));

	assert(db_in_tx(c->db));
	return e == ERR_OK && c->expect && c->expect != ret_row->version ? ERR_STALE : e;
}

static enum err of_another(struct ctx *c, const char *user, struct row *ret_row)
{
	enum err e = find(c, user, ret_row);

	if (e == ERR_OK && ret_row->id == c->actor.staff_id)
		return ctx_say(c, ERR_TWO_PERSONS, "不能对自己的账号这样做，请交给另一位系统管理员");
	return e;
}

static bool is_admin(struct ctx *c, const struct row *r)
{
	for (const char *const *w = words_of(c->arena, r->roles); *w; w++)
		if (text_eq(*w, "admin"))
			return true;
	return false;
}

static enum err not_the_last(struct ctx *c, const struct row *r)
{
	struct list others;
	enum err e = is_admin(c, r) ? db_all(c->db, &sql[OTHER_ADMINS], &db_int_shape, &others, I(r->id))
				    : ERR_NOT_FOUND;

	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e == ERR_OK && !others.count)
		return ctx_say(
			c, ERR_WRONG_STATE, "“%s”是最后一位能登录的系统管理员，请先让另一位系统管理员启用", r->name);
	return e;
}

enum err staff_admin_lock(struct ctx *c, const char *user, const char *reason)
{
	struct row r = {0};
	enum err e = of_another(c, user, &r);

	if (e == ERR_OK && r.disabled)
		return ctx_say(c, ERR_WRONG_STATE, "这个账号已经停用");
	if (e == ERR_OK)
		e = not_the_last(c, &r);
	if (e == ERR_OK)
		e = db_guarded(c->db, db_exec(c->db, &sql[LOCK], I(r.id), I(r.version)));
	audit_add(c, "staff_lock", user, reason);
	return e == ERR_OK ? session_end_of_staff(c, r.id) : e;
}

enum err staff_admin_unlock(struct ctx *c, const char *user, const char *reason)
{
	struct row r = {0};
	enum err e = of_another(c, user, &r);

	if (e == ERR_OK && !r.disabled && r.locked_until <= c->now)
		return ctx_say(c, ERR_WRONG_STATE, "这个账号没有停用，也没有锁定");
	audit_add(c, "staff_unlock", user, reason);
	return e == ERR_OK ? db_guarded(c->db, db_exec(c->db, &sql[UNLOCK], I(r.id), I(r.version))) : e;
}

enum err staff_admin_sign_out(struct ctx *c, const char *user, const char *reason)
{
	struct row r = {0};
	enum err e = of_another(c, user, &r);

	if (e == ERR_OK)
		e = db_guarded(c->db, db_exec(c->db, &sql[TOUCH], I(r.id), I(r.version)));
	audit_add(c, "staff_end_sessions", user, reason);
	return e == ERR_OK ? session_end_of_staff(c, r.id) : e;
}

enum err staff_admin_password(struct ctx *c, const char *user, const char *reason, const char **ret_password)
{
	const char *password = staff_initial_password(c->arena);
	struct row r = {0};
	enum err e = of_another(c, user, &r);

	if (e == ERR_OK && r.disabled)
		return ctx_say(c, ERR_WRONG_STATE, "这个账号已经停用，请先启用");
	if (e == ERR_OK)
		e = db_guarded(c->db, db_exec(c->db, &sql[PASSWORD], S(crypto_password_hash(c->arena, password)),
					      I(c->now + STAFF_INITIAL_S), I(r.id), I(r.version)));
	audit_add(c, "staff_password_reset", user, reason);
	*ret_password = password;
	return e == ERR_OK ? session_end_of_staff(c, r.id) : e;
}

enum err staff_admin_code(struct ctx *c, const char *user, const char **ret_code)
{
	unsigned char bytes[CODE_BYTES];
	struct row r = {0};
	enum err e = find(c, user, &r);

	if (e != ERR_OK)
		return e;
	if (r.has_totp || !r.code_by)
		return ctx_say(c, ERR_WRONG_STATE, "这个账号没有等着重新绑定动态码");
	if (r.code_by != c->actor.staff_id)
		return ctx_say(c, ERR_WRONG_STATE, "重新绑定的代码由确认解除动态码的那位同事取");
	crypto_random(bytes, sizeof bytes);
	*ret_code = crypto_base32(c->arena, bytes, sizeof bytes);
	crypto_wipe(bytes, sizeof bytes);
	audit_add(c, "staff_code", user, NULL);
	return db_guarded(c->db, db_exec(c->db, &sql[CODE], B(ctx_index(c, STAFF_CODE, *ret_code)),
					 I(c->now + STAFF_INITIAL_S), I(r.id), I(r.version), I(c->actor.staff_id)));
}

/* --- two persons ---------------------------------------------------------------------------------------------------- */

static const struct field roles_fields[] = {
	TEXT_REQUIRED(struct staff_roles_wish, user, "账号", 1, 40, NULL),
	TEXTS(struct staff_roles_wish, roles, "岗位", 0, ROLES_MAX, rule_word),
	TEXT_REQUIRED(struct staff_roles_wish, reason, "原因", 2, 400, rule_note),
};
const struct shape staff_roles_wish_shape = SHAPE(struct staff_roles_wish, roles_fields);

static const struct field totp_fields[] = {
	TEXT_REQUIRED(struct staff_totp_wish, user, "账号", 1, 40, NULL),
	TEXT_REQUIRED(struct staff_totp_wish, reason, "原因", 2, 400, rule_note),
};
const struct shape staff_totp_wish_shape = SHAPE(struct staff_totp_wish, totp_fields);

static enum err look(struct ctx *c, const char *user, struct row *ret_row)
{
	enum err e = db_one(c->db, &sql[ONE], &row_shape, ret_row, I(c->now), I(alive_since(c)), S(user));

	if (e != ERR_NOT_FOUND)
		return e;
	fault_add(&c->faults, "/user", "unknown", "没有账号“%s”", user);
	return ERR_INVALID;
}

/* Roles in one order, each once: the words for the database, the names for people. */
static void in_order(struct ctx *c, const char *const *words, struct str *codes, struct str *names)
{
	str_init(codes, c->arena);
	str_init(names, c->arena);
	for (const char *const *role = permission_roles(); *role; role++) {
		bool held = false;

		for (const char *const *w = words; *w; w++)
			held = held || text_eq(*w, *role);
		if (!held)
			continue;
		str_addf(codes, "%s%s", codes->len ? "," : "", *role);
		str_addf(names, "%s%s", names->len ? "、" : "", permission_role_name(*role));
	}
}

static const char *const *wished(struct ctx *c, const struct texts *roles)
{
	const char **list = arena_array(c->arena, roles->count + 1, sizeof *list);

	for (size_t i = 0; i < roles->count; i++)
		list[i] = roles->at[i];
	return list;
}

static void check_roles(struct ctx *c, const char *const *words)
{
	const char *say = permission_roles_apart(words);

	for (size_t i = 0; words[i]; i++)
		if (!permission_role_name(words[i]))
			fault_add(&c->faults, arena_printf(c->arena, "/roles/%zu", i), "unknown", "没有“%s”这个岗位",
				words[i]);
	if (say)
		fault_add(&c->faults, "/roles", "apart", "%s", say);
}

enum err staff_roles_look(struct ctx *c, const struct staff_roles_wish *in, struct staff_look *ret_look)
{
	const char *const *words = wished(c, &in->roles);
	struct str old, new, old_names, new_names;
	struct row r = {0};
	enum err e = look(c, in->user, &r);

	if (e != ERR_OK)
		return e;
	check_roles(c, words);
	in_order(c, words_of(c->arena, r.roles), &old, &old_names);
	in_order(c, words, &new, &new_names);
	if (!c->faults.count && text_eq(old.at, new.at))
		fault_add(&c->faults, "/roles", "same", "岗位与现在的一样，没有要改的");
	*ret_look = (struct staff_look){.name = r.name,
		.base = arena_printf(c->arena, "%s", old.at),
		.before = old_names.len ? old_names.at : "没有岗位",
		.after = new_names.len ? new_names.at : "没有岗位"};
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum err staff_totp_look(struct ctx *c, const struct staff_totp_wish *in, struct staff_look *ret_look)
{
	struct row r = {0};
	enum err e = look(c, in->user, &r);

	if (e != ERR_OK)
		return e;
	if (!r.has_totp)
		fault_add(&c->faults, "/user", "state", "这个账号还没有绑定动态码，不用解除");
	*ret_look = (struct staff_look){.name = r.name,
		.base = arena_printf(c->arena, "%" PRId64, r.totp_at),
		.before = "已绑定",
		.after = "解除，本人下次登录时重新绑定"};
	return c->faults.count ? ERR_INVALID : ERR_OK;
}

enum err staff_not_own(struct ctx *c, const char *user)
{
	if (text_eq(user, c->actor.user))
		return ctx_say(c, ERR_TWO_PERSONS, "不能提出或确认自己账号的改动，请交给另外的同事");
	return ERR_OK;
}

static const char *list_of(struct ctx *c, const char *const *words)
{
	struct str codes, names;

	in_order(c, words, &codes, &names);
	return codes.len ? codes.at : "none";
}

enum err staff_roles_set(struct ctx *c, const struct staff_roles_wish *in)
{
	const char *const *words = wished(c, &in->roles);
	struct row r = {0};
	bool stays_admin = false;
	enum err e = staff_not_own(c, in->user);

	c->expect = 0;
	for (const char *const *w = words; *w; w++)
		stays_admin = stays_admin || text_eq(*w, "admin");
	if (e == ERR_OK)
		e = find(c, in->user, &r);
	if (e == ERR_OK && !stays_admin)
		e = not_the_last(c, &r);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[END_ROLES], I(r.id));
	for (const char *const *w = words; e == ERR_OK && *w; w++)
		e = db_exec(c->db, &sql[HOLD_ROLE], I(r.id), S(*w));
	audit_add(c, "staff_roles", in->user,
		arena_printf(c->arena, "%s -> %s", text_empty(r.roles) ? "none" : r.roles, list_of(c, words)));
	return e == ERR_OK ? db_guarded(c->db, db_exec(c->db, &sql[TOUCH], I(r.id), I(r.version))) : e;
}

enum err staff_totp_take(struct ctx *c, const struct staff_totp_wish *in)
{
	struct row r = {0};
	enum err e = staff_not_own(c, in->user);

	c->expect = 0;
	if (e == ERR_OK)
		e = find(c, in->user, &r);
	if (e == ERR_OK)
		e = db_guarded(c->db, db_exec(c->db, &sql[TAKE_TOTP], I(c->actor.staff_id), I(r.id), I(r.version)));
	audit_add(c, "staff_totp_reset", in->user, NULL);
	return e == ERR_OK ? session_end_of_staff(c, r.id) : e;
}
