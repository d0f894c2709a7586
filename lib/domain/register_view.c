#include "domain/register.h"

#include "base/mask.h"
#include "base/str.h"
#include "domain/setting.h"
#include "domain/token_state.h"

static const char *const status_names[] = {
	[REGISTER_VALID] = "有效",
	[REGISTER_SUSPENDED] = "已冻结",
	[REGISTER_REVOKED] = "已注销",
	[REGISTER_SUPERSEDED] = "已换发",
	[REGISTER_EXPIRED] = "已过期",
};

static enum err write_renewal(struct ctx *c, const struct register_certificate *r, struct json_out *j)
{
	static const char *const words[] = {
		[RENEWAL_EARLY] = "early", [RENEWAL_OPEN] = "open", [RENEWAL_EXPIRED] = "expired"};
	bool can = r->status == REGISTER_VALID || r->status == REGISTER_EXPIRED;
	enum register_renewal renewal;
	struct date opens;
	int64_t days;
	enum err e = setting_int(c, "renew.window_days", &days);

	if (e != ERR_OK)
		return e;
	renewal = register_renewal(date_of_moment(c->now), r->not_after, days, &opens);
	json_object(j, "renew");
	json_text(j, "state", can ? words[renewal] : "no");
	json_day(j, "opens_on", can ? opens : (struct date){0, 0, 0});
	json_end(j);
	return ERR_OK;
}

static void write_services(struct ctx *c, const struct register_certificate *r, struct json_out *j)
{
	json_list(j, "services");
	CATALOG_EACH(struct catalog_service, service, &c->house->catalog->services)
		if (register_serves(c->house->catalog, service, r, date_of_moment(c->now)))
			json_text(j, NULL, service->code);
	json_end(j);
}

static void write_staff(const struct register_certificate *r, struct json_out *j)
{
	bool ended = r->status == REGISTER_SUSPENDED || r->revoked_at;

	json_text(j, "enc_serial", r->enc_serial);
	json_text(j, "unit_address", r->unit_address);
	json_text(j, "source", r->source);
	json_text(j, "case_no", r->case_no);
	json_text(j, "predecessor", r->before_serial);
	json_text(j, "successor", r->after_serial);
	json_time(j, "revoked_at", r->revoked_at);
	if (ended)
		json_int(j, "revoke_reason", r->revoke_reason);
	else
		json_null(j, "revoke_reason");
}

static enum err write_as(
	struct ctx *c, const char *key, const struct register_certificate *r, bool staff, struct json_out *j)
{
	bool org = text_eq(r->holder, "org");
	int64_t left = date_number(r->not_after) - date_number(date_of_moment(c->now));
	const char *person;
	enum err e = register_person(c, r, &person);

	if (e != ERR_OK)
		return e;
	json_object(j, key);
	json_text(j, "id", r->sign_serial);
	json_text(j, "holder", r->holder);
	json_text(j, "holder_name", org ? r->unit_name : mask_name(c->arena, person));
	json_text(j, "unit_name", r->unit_name);
	json_text(j, "uscc", r->uscc);
	json_text(j, "sign_serial", r->sign_serial);
	json_day(j, "not_before", r->not_before);
	json_day(j, "not_after", r->not_after);
	json_int(j, "days_left", left > 0 ? left : 0);
	json_text(j, "status", register_status_words[r->status]);
	json_text(j, "status_name", status_names[r->status]);
	json_text(j, "token_serial", mask_account(c->arena, r->token_serial));
	json_text(j, "seal_kind", r->seal_kind);
	json_text(j, "seal_name", text_eq(r->seal_kind, "unit") ? r->seal_name : mask_name(c->arena, r->seal_name));
	e = write_renewal(c, r, j);
	write_services(c, r, j);
	if (staff)
		write_staff(r, j);
	json_end(j);
	return e;
}

enum err register_write(struct ctx *c, const struct register_certificate *r, bool staff, struct json_out *j)
{
	return write_as(c, NULL, r, staff, j);
}

enum err register_write_whole(struct ctx *c, const struct register_certificate *r, struct json_out *j)
{
	struct list chain;
	enum err e = register_chain(c, r, &chain);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	e = write_as(c, "certificate", r, true, j);
	json_list(j, "chain");
	for (size_t i = 0; e == ERR_OK && i < chain.count; i++)
		e = register_write(c, &((const struct register_certificate *)chain.at)[i], true, j);
	json_end(j);
	if (e == ERR_OK)
		e = token_write(c, r->token_serial, "token", j);
	json_end(j);
	return e;
}

enum err register_write_list(struct ctx *c, const struct list *rows, int64_t limit, bool staff, struct json_out *j)
{
	const struct register_certificate *r = rows->at;
	enum err e = ERR_OK;

	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows->count; i++)
		e = register_write(c, &r[i], staff, j);
	json_end(j);
	JSON_NEXT(j, rows, limit, struct register_certificate);
	json_end(j);
	return e;
}
