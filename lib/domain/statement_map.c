#include "domain/statement_map.h"

#include <string.h>

#include "base/mask.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/contact.h"
#include "io/json.h"

enum { MAPPING, FORMER_ACCOUNT, KEEP };

static const struct sql sql[] = {
	[MAPPING] = {"SELECT mapping FROM statement_mapping WHERE account=?", "s", "s"},
	[FORMER_ACCOUNT] =
		{"SELECT COUNT(*) FROM contact_history WHERE name='account' AND (JSON_VALUE(old_value,'$.account')=? OR "
		 "(result='done' AND JSON_VALUE(new_value,'$.account')=?))",
			"ss", "i"},
	[KEEP] =
		{"INSERT INTO statement_mapping (account, mapping, version, staff_id, at) VALUES (?,?,1,?,?) ON DUPLICATE KEY "
		 "UPDATE mapping=VALUES(mapping), version=version+1, staff_id=VALUES(staff_id), at=VALUES(at)",
			"ssii", ""},
};
SQL_TABLE(statement_map);

enum err statement_check_account(struct ctx *c, const char *account)
{
	const struct catalog *now;
	struct db_int former;
	enum err e;

	if (text_eq(account, statement_account_key(c->arena, c->house->catalog->payee.account)))
		return ERR_OK;
	e = contact_fresh(c, &now);
	if (e == ERR_OK && text_eq(account, statement_account_key(c->arena, now->payee.account)))
		return ERR_OK;
	if (e == ERR_OK)
		e = db_one(c->db, &sql[FORMER_ACCOUNT], &db_int_shape, &former, S(account), S(account));
	if (e != ERR_OK || former.value)
		return e;
	fault_add(&c->faults, "/account", "account_unknown", "%s不是我们的收款账号", account);
	return ERR_OK;
}

enum err statement_mapping_of(struct ctx *c, const char *account, const char *json,
	const struct statement_mapping **ret_mapping, const char **ret_from)
{
	struct statement_mapping *m = arena_alloc(c->arena, sizeof *m);
	struct db_text text = {json};
	const char *say = NULL;
	enum err e = ERR_OK;

	*ret_mapping = NULL;
	*ret_from = json ? "given" : "names";
	if (!json && account) {
		e = db_one(c->db, &sql[MAPPING], &db_text_shape, &text, S(account));
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
		*ret_from = "kept";
	}
	if (!text.value)
		return ERR_OK;
	e = json_read(text.value, strlen(text.value), &statement_mapping_shape, m, &c->faults, &say);
	if (e == ERR_SYNTAX)
		fault_add(&c->faults, "/mapping", "json", "列的对应%s", say);
	*ret_mapping = m;
	return e == ERR_OK ? e : ERR_INVALID;
}

/* One that does not find these would let no file of the account in. */
static void must_tell(struct ctx *c, const struct statement_mapping *m)
{
	if (!m->date && !m->time)
		fault_add(&c->faults, "/date", "column_missing", "请指出哪一列是日期");
	if (!m->serial)
		fault_add(&c->faults, "/serial", "column_missing", "请指出哪一列是银行流水号");
	if (!m->credit && !m->amount)
		fault_add(&c->faults, "/credit", "column_missing", "请指出哪一列是收入金额（或金额）");
}

enum err statement_map(struct ctx *c, const char *account, const struct statement_mapping *mapping, struct json_out *j)
{
	const char *say = NULL, *folded = account, *code = rule_account(c->arena, &folded, &say);
	struct json_out own;
	struct str s;
	enum err e;

	if (code) {
		fault_add(&c->faults, "/account", code, "账号%s", say);
		return ERR_INVALID;
	}
	must_tell(c, mapping);
	e = statement_check_account(c, folded);
	if (e == ERR_OK && c->faults.count)
		e = ERR_INVALID;
	if (e != ERR_OK)
		return e;
	str_init(&s, c->arena);
	json_begin(&own, &s);
	json_shape(&own, NULL, &statement_mapping_shape, mapping);
	e = db_exec(c->db, &sql[KEEP], S(folded), S(s.at), I(c->actor.staff_id), I(c->now));
	if (e != ERR_OK)
		return e;
	audit_add(c, "statement_mapping", mask_account(c->arena, folded), NULL);
	json_object(j, NULL);
	json_text(j, "account", folded);
	json_raw(j, "mapping", s.at);
	json_end(j);
	return ERR_OK;
}
