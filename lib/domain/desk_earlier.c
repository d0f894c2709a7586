/* What else the subject of a case has with us: earlier cases and certificates, found by an index range. */
#include "base/mask.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/desk.h"
#include "domain/register.h"
#include "domain/rekey.h"

enum { OF_UNIT, OF_PAYER };

#define PAGE "a.id<? AND a.id<>? AND a.submitted_at IS NOT NULL ORDER BY a.id DESC LIMIT ?"

static const struct sql sql[] = {
	[OF_UNIT] = {"SELECT a.id FROM application a WHERE a.uscc=? AND " PAGE, "siii", "i"},
	/* by the name, of which the hash is the only key; the number decides (same_person) */
	[OF_PAYER] = {"SELECT a.id FROM application a FORCE INDEX (application_payer) WHERE a.payer_hash=(SELECT "
		      "payer_hash FROM application WHERE id=?) AND a.holder='ind' AND " PAGE,
		"iiii", "i"},
};
SQL_TABLE(desk_earlier);

static const struct field query_fields[] = {
	INT(struct desk_query, after, "起点", 1, INT64_MAX),
	INT(struct desk_query, limit, "条数", 1, DESK_LIMIT_MAX),
};
const struct shape desk_query_shape = SHAPE(struct desk_query, query_fields);

static int64_t limit_of(const struct desk_query *in)
{
	return in->limit ? in->limit : 10;
}

static bool is_person(const struct application *app)
{
	return text_eq(app->holder, "ind");
}

static bool same_person(const struct application *x, const struct application *y)
{
	return x->data.person.id_number && text_eq(x->data.person.id_number, y->data.person.id_number);
}

static void write_case(struct ctx *c, const struct application *a, struct json_out *j)
{
	const struct catalog_state *state = catalog_state(a->catalog, state_words[a->state]);

	json_object(j, NULL);
	json_text(j, "no", a->no);
	json_text(j, "service", a->service);
	json_text(j, "service_name", catalog_service(a->catalog, a->service)->name);
	json_text(j, "holder", a->holder);
	json_text(j, "channel", a->channel);
	json_text(j, "state", state_words[a->state]);
	json_text(j, "state_name", state->name);
	json_text(j, "subject", is_person(a) ? mask_name(c->arena, a->data.person.name) : a->data.unit.name);
	json_text(j, "agent", mask_name(c->arena, is_person(a) ? a->data.person.name : a->data.agent.name));
	json_time(j, "submitted_at", a->submitted_at);
	json_int(j, "round", a->round);
	json_text(j, "close_text", a->close_text);
	json_end(j);
}

static enum err find(struct ctx *c, const struct application *app, const struct desk_query *in, struct list *ret_ids)
{
	int64_t before = in->after ? in->after : INT64_MAX, limit = limit_of(in);

	*ret_ids = (struct list){NULL, 0};
	if (is_person(app))
		return app->data.person.id_number ? db_all(c->db, &sql[OF_PAYER], &db_int_shape, ret_ids, I(app->id),
							    I(before), I(app->id), I(limit))
						  : ERR_OK;
	return app->data.unit.uscc ? db_all(c->db, &sql[OF_UNIT], &db_int_shape, ret_ids, S(app->data.unit.uscc),
					     I(before), I(app->id), I(limit))
				   : ERR_OK;
}

enum err desk_earlier(struct ctx *c, const char *no, const struct desk_query *in, struct json_out *j)
{
	const struct db_int *id;
	struct application app, one;
	struct list ids;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = rekey_open(c, &app);
	if (e == ERR_OK)
		e = find(c, &app, in, &ids);
	if (e == ERR_OK && ids.count)
		e = audit_look(c, "earlier_view", no, NULL);
	if (e != ERR_OK)
		return e;
	id = ids.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		e = application_by_id(c, id[i].value, &one);
		if (e == ERR_OK && (!is_person(&app) || same_person(&app, &one)))
			write_case(c, &one, j);
	}
	json_end(j);
	if ((int64_t)ids.count == limit_of(in))
		json_int(j, "next", id[ids.count - 1].value);
	else
		json_null(j, "next");
	json_end(j);
	return e;
}

enum err desk_certificates(struct ctx *c, const char *no, const struct desk_query *in, struct json_out *j)
{
	struct application app;
	struct list rows = {NULL, 0};
	const char *key;
	enum err e = application_read(c, no, &app);

	if (e == ERR_OK)
		e = rekey_open(c, &app);
	if (e != ERR_OK)
		return e;
	key = is_person(&app) ? app.data.person.id_number : app.data.unit.uscc;
	if (key)
		e = register_search(c, key, in->after, limit_of(in), &rows);
	if (e == ERR_NOT_FOUND)
		e = ERR_OK;
	if (e == ERR_OK && rows.count)
		e = audit_look(c, "earlier_view", no, "certificates");
	return e == ERR_OK ? register_write_list(c, &rows, limit_of(in), true, j) : e;
}
