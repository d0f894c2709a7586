#include "domain/branch.h"

enum { ALL };

static const struct sql sql[] = {
	[ALL] = {"SELECT code, name, address, phone, hours, makeup_open FROM branch ORDER BY sort, code", "", "sssssi"},
};
SQL_TABLE(branch);

static const struct field fields[] = {
	TEXT(struct branch, code, "code", 0, 0, NULL),
	TEXT(struct branch, name, "name", 0, 0, NULL),
	TEXT(struct branch, address, "address", 0, 0, NULL),
	TEXT(struct branch, phone, "phone", 0, 0, NULL),
	TEXT(struct branch, hours, "hours", 0, 0, NULL),
	BOOL(struct branch, makeup_open, "makeup_open"),
};
static const struct shape shape = SHAPE(struct branch, fields);

enum err branch_list(struct ctx *c, struct list *ret_branches)
{
	struct date today = date_of_moment(c->now);
	bool weekend = date_weekday(today) == 0 || date_weekday(today) == 6, working = false, known;
	const struct calendar *calendar;
	struct list list;
	enum err e = db_all(c->db, &sql[ALL], &shape, &list);

	if (e == ERR_OK)
		e = ctx_calendar(c, &calendar);
	if (e != ERR_OK)
		return e;
	known = calendar_is_working(calendar, today, &working) == ERR_OK;
	for (size_t i = 0; i < list.count; i++) {
		struct branch *b = &((struct branch *)list.at)[i];

		b->open_known = known;
		b->open_today = known && working && (!weekend || b->makeup_open);
	}
	*ret_branches = list;
	return ERR_OK;
}
