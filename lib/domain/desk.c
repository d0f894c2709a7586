#include "domain/desk.h"

#include <string.h>

#include "base/str.h"
#include "domain/application_machine.h"
#include "domain/certificate.h"
#include "domain/dispatch.h"
#include "domain/material.h"
#include "domain/note.h"
#include "domain/payment.h"
#include "domain/rekey.h"
#include "domain/review.h"

static enum err write_claim(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct review_holder who;
	enum err e = review_holder(c, app, &who);

	if (e != ERR_OK)
		return e;
	if (!who.user) {
		json_null(j, "claim");
		return ERR_OK;
	}
	json_object(j, "claim");
	json_text(j, "by", who.user);
	json_text(j, "name", who.name);
	json_time(j, "since", who.since);
	json_time(j, "until", app->claim_until);
	json_bool(j, "mine", app->claim_by == c->actor.staff_id);
	json_text(j, "from", who.from_user);
	json_text(j, "from_name", who.from_name);
	json_text(j, "reason", who.reason);
	json_end(j);
	return ERR_OK;
}

static enum err write_notes(struct ctx *c, const struct application *app, struct json_out *j)
{
	int64_t n;
	enum err e = note_count(c, app, &n);

	if (e == ERR_OK)
		json_int(j, "note_count", n);
	return e;
}

static void write_codes(struct ctx *c, const char *codes, struct json_out *j)
{
	json_list(j, "reasons");
	while (codes && *codes) {
		size_t n = strcspn(codes, " ");

		json_text(j, NULL, arena_textn(c->arena, codes, n));
		codes += n + (codes[n] == ' ');
	}
	json_end(j);
}

static enum err write_verdicts(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct materials all;
	const struct material_verdict *v;
	enum err e = material_list(c, app, &all);

	if (e != ERR_OK)
		return e;
	v = all.verdicts.at;
	json_list(j, "verdicts");
	for (size_t i = 0; i < all.verdicts.count; i++) {
		json_object(j, NULL);
		json_text(j, "material", v[i].material);
		json_text(j, "verdict", v[i].verdict);
		write_codes(c, v[i].reasons, j);
		json_text(j, "note", v[i].note);
		json_raw(j, "areas", text_empty(v[i].areas) ? "[]" : v[i].areas);
		json_text(j, "by", v[i].by);
		json_time(j, "at", v[i].at);
		json_int(j, "round", v[i].round);
		json_end(j);
	}
	json_end(j);
	return ERR_OK;
}

/* blind: payers are named as the unit is. */
static enum err write_payments(struct ctx *c, const struct application *app, bool blind, struct json_out *j)
{
	struct list rows = {NULL, 0};
	enum err e = blind ? ERR_OK : payment_list(c, app->id, &rows);

	json_list(j, "payments");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = payment_write(c, &((const struct payment *)rows.at)[i], j);
	json_end(j);
	return e;
}

/* Who has the second review before him types what he reads on the pictures; until it is right he sees nothing of it. */
static enum err write_case(struct ctx *c, const struct application *app, struct json_out *j)
{
	struct application shown = *app;
	bool blind;
	enum err e = rekey_blind(c, app, &blind);

	if (e == ERR_OK && blind)
		rekey_hide(c->arena, &shown.data);
	if (e == ERR_OK)
		e = application_write(c, &shown, VIEW_STAFF, j);
	if (e != ERR_OK)
		return e;
	json_bool(j, "blind", blind);
	return write_payments(c, app, blind, j);
}

enum err desk_write(struct ctx *c, const struct application *app, struct json_out *j)
{
	enum err e;

	json_object(j, NULL);
	e = write_case(c, app, j);
	if (e == ERR_OK)
		e = write_claim(c, app, j);
	if (e == ERR_OK)
		e = write_verdicts(c, app, j);
	if (e == ERR_OK)
		e = machine_write(c, app, j);
	if (e == ERR_OK)
		e = certificate_write(c, app, j);
	if (e == ERR_OK)
		e = dispatch_write(c, app, j);
	if (e == ERR_OK)
		e = write_notes(c, app, j);
	json_int(j, "round", app->round);
	json_end(j);
	return e;
}

void desk_write_revealed(const struct application *app, struct json_out *j)
{
	static const char *const parts[] = {"unit", "person", "agent", "delivery", "remittance"};

	json_object(j, NULL);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct field *f = field_find(&application_data_shape, parts[i], strlen(parts[i]));

		json_shape(j, f->name, f->of, FIELD_PTR(f, &app->data, const char));
	}
	json_end(j);
}
