#include "domain/reminder.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/notify.h"
#include "domain/register.h"

enum { DUE, LOCK, NEXT, PHONE };

static const struct sql sql[] = {
	[DUE] = {"SELECT id FROM certificate WHERE remind_on<=? ORDER BY remind_on LIMIT 50", "d", "i"},
	[LOCK] = {"SELECT sign_serial, remind_days FROM certificate WHERE id=? AND remind_on<=? FOR UPDATE", "id",
		"si"},
	[NEXT] = {"UPDATE certificate SET remind_days=? WHERE id=?", "ii", ""},
	[PHONE] = {"SELECT phone_sealed FROM account WHERE id=?", "i", "b"},
};
SQL_TABLE(reminder);

enum { LATE_DAYS = 7, UNIT_MOST = 24, TAIL = 6 };

static const int stages[] = {90, 60, 30, 7, 0};

int reminder_stage(int64_t left, int64_t planned, int *ret_next)
{
	for (size_t i = 0; i + 1 < ARRAY_LEN(stages); i++) {
		bool last = stages[i + 1] == 0;

		if (stages[i] > planned || stages[i] < left || left <= stages[i + 1])
			continue;
		*ret_next = stages[i + 1];
		return last || left > stages[i] - LATE_DAYS ? stages[i] : 0;
	}
	*ret_next = 0;
	return 0;
}

struct planned {
	const char *serial;
	int64_t days;
};
static const struct field planned_fields[] = {
	TEXT(struct planned, serial, "serial", 0, 0, NULL), INT(struct planned, days, "days", 0, 0)};
static const struct shape planned_shape = SHAPE(struct planned, planned_fields);

struct sealed {
	struct bytes phone;
};
static const struct field sealed_fields[] = {BYTES(struct sealed, phone, "phone", 0)};
static const struct shape sealed_shape = SHAPE(struct sealed, sealed_fields);

/* Who did the last business with it, else who owns it; NULL: nobody is known. */
static enum err phone_of(struct ctx *c, const struct register_certificate *r, const char **ret_phone)
{
	struct register_agent agent = {NULL, NULL, NULL};
	struct sealed sealed;
	enum err e = register_agent(c, r, &agent);

	*ret_phone = agent.phone;
	if ((e != ERR_OK && e != ERR_NOT_FOUND) || agent.phone || !r->account_id)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = db_one(c->db, &sql[PHONE], &sealed_shape, &sealed, I(r->account_id));
	return e == ERR_OK ? ctx_open(c, "account.phone", sealed.phone, ret_phone) : e;
}

/* A name that fits; units are public, persons are not named. */
static const char *unit(struct ctx *c, const struct register_certificate *r)
{
	const char *name = r->unit_name, *end = name;

	if (!name)
		return "您";
	for (int n = 0; n < UNIT_MOST; n++)
		if (!utf8_next(&end))
			return name;
	return *end ? arena_printf(c->arena, "%.*s…", (int)(end - name), name) : name;
}

static enum err tell(struct ctx *c, const struct register_certificate *r, int stage, int64_t left)
{
	size_t n = strlen(r->sign_serial);
	const struct notify_param params[] = {
		{"unit", unit(c, r)},
		{"tail", r->sign_serial + (n > TAIL ? n - TAIL : 0)},
		{"day", date_chinese(c->arena, r->not_after)},
		{"days", arena_printf(c->arena, "%" PRId64, left)},
		{NULL, NULL},
	};
	const char *phone;
	enum err e = phone_of(c, r, &phone);

	if (e != ERR_OK || !phone)
		return e;
	return notify_add(c, r->application_id, phone, "remind", params,
		arena_printf(c->arena, "remind:%" PRId64 ":%s:%d", r->id, date_text(c->arena, r->not_after), stage),
		NULL);
}

struct step {
	int64_t id;
	bool acted;
};

static enum err one(struct ctx *c, void *arg)
{
	struct step *s = arg;
	struct date today = date_of_moment(c->now);
	struct register_certificate r;
	struct planned planned;
	int64_t left;
	int stage, next;
	enum err e = db_one(c->db, &sql[LOCK], &planned_shape, &planned, I(s->id), D(today));

	s->acted = false;
	if (e == ERR_OK)
		e = register_find(c, planned.serial, &r);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	left = date_number(r.not_after) - date_number(today);
	stage = reminder_stage(left, planned.days, &next);
	if (stage)
		e = tell(c, &r, stage, left);
	s->acted = true;
	return e == ERR_OK ? db_exec(c->db, &sql[NEXT], I(next), I(s->id)) : e;
}

static enum err pass_over(struct ctx *c, void *arg)
{
	return db_exec(c->db, &sql[NEXT], I(0), I(((const struct step *)arg)->id));
}

/* One that cannot be told does not hold up the others. */
enum err reminder_send(struct ctx *c, int *ret_done)
{
	struct list ids;
	enum err e = db_all(c->db, &sql[DUE], &db_int_shape, &ids, D(date_of_moment(c->now)));

	*ret_done = 0;
	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		struct step s = {.id = ((const struct db_int *)ids.at)[i].value};

		e = ctx_tx(c, one, &s);
		*ret_done += e == ERR_OK && s.acted;
		if (e == ERR_AWAY || e == ERR_UNCERTAIN || e == ERR_BUSY)
			return e;
		if (e != ERR_OK) {
			log_at(LOG_ERROR, "reminder: certificate %" PRId64 ": %s", s.id, err_wire(e));
			e = ctx_tx(c, pass_over, &s);
		}
	}
	return e;
}
