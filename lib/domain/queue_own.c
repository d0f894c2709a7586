/* The lists that are no work queue of the desk: the applicant's own cases, and what is to be produced. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/certificate.h"
#include "domain/paging.h"
#include "domain/queue_row.h"

enum { PAGE = 50 };

static void write_own_row(struct ctx *c, const struct queue_row *r, struct json_out *j)
{
	const struct catalog_state *s = catalog_state(c->house->catalog, r->state);

	json_object(j, NULL);
	queue_row_write(c, r, j);
	json_time(j, "updated_at", r->updated_at);
	json_text(j, "turn", s ? s->turn : "nobody");
	json_day(j, "due", r->due);
	json_end(j);
}

/* "0.ID", as queue_key_text writes it.  0: from the newest; -1: none of ours. */
static int64_t read_before(const char *after)
{
	char *end;
	int64_t id;

	if (!after)
		return 0;
	if (strncmp(after, "0.", 2) != 0)
		return -1;
	id = strtoll(after + 2, &end, 10);
	return *end || id <= 0 ? -1 : id;
}

enum err queue_write_own(struct ctx *c, const struct queue_query *in, struct json_out *j)
{
	int64_t before = read_before(in->after), limit = in->limit ? in->limit : PAGE;
	const struct queue_row *row;
	struct list rows;
	enum err e;

	if (before < 0) {
		return paging_refuse(c, "/after");
	}
	e = queue_rows_own(c, before ? before : INT64_MAX, limit, &rows);
	if (e != ERR_OK)
		return e;
	row = rows.at;
	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < rows.count; i++)
		write_own_row(c, &row[i], j);
	json_end(j);
	if ((int64_t)rows.count < limit)
		json_null(j, "next");
	else
		json_text(j, "next", queue_key_text(c->arena, (struct queue_key){0, row[rows.count - 1].id}));
	json_end(j);
	return ERR_OK;
}

static bool produced(const struct list *certificates, size_t item)
{
	const struct certificate *at = certificates->at;

	for (size_t i = 0; i < certificates->count; i++)
		if (at[i].item == (int64_t)item)
			return true;
	return false;
}

static enum err write_production_row(struct ctx *c, const struct queue_row *r, struct json_out *j)
{
	struct application app;
	struct list certificates;
	const struct item_data *item;
	enum err e = application_by_id(c, r->id, &app);

	if (e == ERR_OK)
		e = certificate_list(c, r->id, &certificates);
	if (e != ERR_OK)
		return e;
	item = app.data.items.at;
	json_object(j, NULL);
	queue_row_write(c, r, j);
	json_day(j, "due", r->due);
	json_int(j, "years", app.data.years);
	json_list(j, "items");
	for (size_t i = 0; i < app.data.items.count; i++) {
		json_object(j, NULL);
		json_int(j, "item", (int64_t)i + 1);
		json_text(j, "seal_kind", item[i].seal_kind);
		json_text(j, "seal_name", item[i].seal_name);
		json_bool(j, "produced", produced(&certificates, i + 1));
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return ERR_OK;
}

enum err queue_write_production(struct ctx *c, const struct queue_query *in, struct json_out *j)
{
	struct queue_query approved = {.queue = "approved", .after = in->after, .limit = in->limit};
	struct queue_found found;
	const struct queue *q;
	struct list rows;
	enum err e = queue_of_query(c, &approved, &q);

	if (e == ERR_OK)
		e = queue_find(c, q, &approved, &found);
	if (e == ERR_OK)
		e = queue_rows(c, found.at, found.count, &rows);
	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "issuer", c->house->config.issuer);
	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = write_production_row(c, &((const struct queue_row *)rows.at)[i], j);
	json_end(j);
	json_text(j, "next", found.after ? queue_key_text(c->arena, found.last) : NULL);
	json_end(j);
	return e;
}
