#include "domain/walkin.h"

#include "domain/account.h"
#include "domain/audit.h"

enum { OPENED_BY };

static const struct sql sql[] = {
	[OPENED_BY] = {"UPDATE application SET opened_by=? WHERE id=? AND opened_by IS NULL", "ii", ""},
};
SQL_TABLE(walkin);

enum err walkin_open(
	struct ctx *c, const struct walkin_new *in, struct application *ret_app, struct session_made *ret_session)
{
	const struct application_new new = {in->service, in->holder, "counter"};
	const struct actor desk = c->actor;
	enum err e = account_of_phone(c, in->phone, &c->actor.account_id);

	if (e != ERR_OK)
		return e;
	e = application_create(c, &new, ret_app);
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[OPENED_BY], I(desk.staff_id), I(ret_app->id));
	if (e == ERR_OK)
		e = session_start_counter(c, ret_app->id, ret_session);
	audit_add(c, "walkin", ret_app->no, NULL);
	return e;
}
