#include "domain/application_parcel.h"

#include <string.h>

#include "base/str.h"

enum { PARCEL, STEPS };

static const struct sql sql[] = {
	[PARCEL] = {"SELECT id, waybill, freight, sent_at, delivered_at FROM parcel WHERE application_id=?", "i",
		"issii"},
	[STEPS] =
		{"SELECT at, code, text_sealed FROM parcel_step WHERE parcel_id=? ORDER BY at DESC, id DESC LIMIT 100",
			"i", "isb"},
};
SQL_TABLE(application_parcel);

struct parcel {
	int64_t id;
	const char *waybill, *freight;
	int64_t sent_at, delivered_at;
};
static const struct field parcel_fields[] = {
	INT(struct parcel, id, "id", 0, 0),
	TEXT(struct parcel, waybill, "waybill", 0, 0, NULL),
	TEXT(struct parcel, freight, "freight", 0, 0, NULL),
	INT(struct parcel, sent_at, "sent_at", 0, 0),
	INT(struct parcel, delivered_at, "delivered_at", 0, 0),
};
static const struct shape parcel_shape = SHAPE(struct parcel, parcel_fields);

struct step {
	int64_t at;
	const char *code;
	struct bytes sealed;
};
static const struct field step_fields[] = {
	INT(struct step, at, "at", 0, 0),
	TEXT(struct step, code, "code", 0, 0, NULL),
	BYTES(struct step, sealed, "sealed", 0),
};
static const struct shape step_shape = SHAPE(struct step, step_fields);

/* Phones of couriers and numbers of lockers: the first three and the last four digits stay. */
static const char *masked(struct arena *a, const char *text)
{
	static const char digits[] = "0123456789";
	enum { LONG = 7, HEAD = 3, TAIL = 4 };
	char *out = arena_text(a, text);

	for (char *at = out; *at;) {
		size_t n = strspn(at, digits);

		for (size_t i = HEAD; n >= LONG && i < n - TAIL; i++)
			at[i] = '*';
		at += n ? n : 1;
	}
	return out;
}

static enum err write_step(struct ctx *c, const struct step *s, struct json_out *j)
{
	const char *text = "";
	enum err e = ctx_open(c, "parcel.step", s->sealed, &text);
	size_t n = strcspn(text, "\n");

	json_object(j, NULL);
	json_time(j, "at", s->at);
	json_text(j, "place", masked(c->arena, arena_textn(c->arena, text, n)));
	json_text(j, "text", masked(c->arena, text + n + (text[n] == '\n')));
	json_text(j, "code", s->code);
	json_end(j);
	return e;
}

enum err application_write_steps(struct ctx *c, int64_t parcel_id, const char *key, struct json_out *j)
{
	struct list steps;
	enum err e = db_all(c->db, &sql[STEPS], &step_shape, &steps, I(parcel_id));

	if (e != ERR_OK)
		return e;
	json_list(j, key);
	for (size_t i = 0; e == ERR_OK && i < steps.count; i++)
		e = write_step(c, (const struct step *)steps.at + i, j);
	json_end(j);
	return e;
}

enum err application_write_parcel(struct ctx *c, const struct application *app, const char *key, struct json_out *j)
{
	struct parcel p;
	enum err e = db_one(c->db, &sql[PARCEL], &parcel_shape, &p, I(app->id));

	if (e == ERR_NOT_FOUND) {
		json_null(j, key);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	json_object(j, key);
	json_text(j, "waybill", p.waybill);
	json_text(j, "freight", p.freight);
	json_time(j, "sent_at", p.sent_at);
	json_time(j, "delivered_at", p.delivered_at);
	e = application_write_steps(c, p.id, "steps", j);
	json_end(j);
	return e;
}
