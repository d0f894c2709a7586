#include "domain/queue_row.h"

#include "base/str.h"

#define COLUMNS \
	"a.id, a.no, a.service, a.holder, a.channel, a.state, a.unit_name, a.submitted_at, a.review_due, a.due, a.correct_until, " \
	"a.updated_at, a.version, a.claim_by, a.claim_until, a.amount_fen, a.reviewer1, a.opened_by, a.by_machine, s.name "
#define TYPES \
	"issss" \
	"ssiddd" \
	"iiiii" \
	"iiis"

enum { OWN, OF_KEYS };

static const struct sql sql[] = {
	[OWN] = {"SELECT " COLUMNS
		 "FROM application a FORCE INDEX (application_owner) LEFT JOIN staff s ON s.id=a.claim_by "
		 "WHERE a.account_id>=? AND a.account_id<=? AND a.id<? ORDER BY a.account_id DESC, a.id DESC LIMIT ?",
		"iiii", TYPES},
	[OF_KEYS] =
		{"SELECT " COLUMNS
		 "FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) k STRAIGHT_JOIN application a ON a.id=k.id "
		 "LEFT JOIN staff s ON s.id=a.claim_by",
			"s", TYPES},
};
SQL_TABLE(queue_row);

#define R_TEXT(m) TEXT(struct queue_row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct queue_row, m, #m, 0, 0)
static const struct field row_fields[] = {
	R_INT(id),
	R_TEXT(no),
	R_TEXT(service),
	R_TEXT(holder),
	R_TEXT(channel),
	R_TEXT(state),
	R_TEXT(unit_name),
	R_INT(submitted_at),
	DAY(struct queue_row, review_due, "review_due"),
	DAY(struct queue_row, due, "due"),
	DAY(struct queue_row, correct_until, "correct_until"),
	R_INT(updated_at),
	R_INT(version),
	R_INT(claim_by),
	R_INT(claim_until),
	R_INT(amount_fen),
	R_INT(reviewer1),
	R_INT(opened_by),
	BOOL(struct queue_row, by_machine, "by_machine"),
	R_TEXT(claim_name),
};
static const struct shape row_shape = SHAPE(struct queue_row, row_fields);

enum err queue_rows_own(struct ctx *c, int64_t before, int64_t limit, struct list *ret_rows)
{
	return db_all(c->db, &sql[OWN], &row_shape, ret_rows, I(c->actor.account_id), I(c->actor.account_id), I(before),
		I(limit));
}

char *queue_ids_json(struct arena *a, const struct queue_key *key, size_t count)
{
	struct json_out j;
	struct str s;

	str_init(&s, a);
	json_begin(&j, &s);
	json_list(&j, NULL);
	for (size_t i = 0; i < count; i++)
		json_int(&j, NULL, key[i].id);
	json_end(&j);
	return s.at;
}

enum err queue_rows(struct ctx *c, const struct queue_key *key, size_t count, struct list *ret_rows)
{
	struct queue_row *in_order = arena_alloc(c->arena, (count + 1) * sizeof *in_order);
	const struct queue_row *row;
	struct list rows = {NULL, 0};
	size_t n = 0;
	enum err e = count ? db_all(c->db, &sql[OF_KEYS], &row_shape, &rows, S(queue_ids_json(c->arena, key, count)))
			   : ERR_OK;

	row = rows.at;
	for (size_t i = 0; e == ERR_OK && i < count; i++)
		for (size_t k = 0; k < rows.count; k++)
			if (row[k].id == key[i].id)
				in_order[n++] = row[k];
	*ret_rows = (struct list){in_order, n};
	return e;
}

/* Who may approve reads the name on the pictures (rekey.h); the list does not ask who has done so. */
static bool blind(const struct ctx *c, const struct queue_row *r)
{
	return c->actor.kind == ACTOR_STAFF && (c->actor.permissions & PERMISSION_BIT(PERM_CASE_APPROVE)) &&
	       text_eq(r->state, state_words[STATE_SECOND_REVIEW]);
}

void queue_row_write(struct ctx *c, const struct queue_row *r, struct json_out *j)
{
	const struct catalog_state *state = catalog_state(c->house->catalog, r->state);
	const struct catalog_service *service = catalog_service(c->house->catalog, r->service);

	json_text(j, "no", r->no);
	json_text(j, "service", r->service);
	json_text(j, "service_name", service ? service->name : r->service);
	json_text(j, "holder", r->holder);
	json_text(j, "channel", r->channel);
	json_text(j, "state", r->state);
	json_text(j, "state_name", state ? state->name : r->state);
	json_text(j, "unit_name", blind(c, r) ? NULL : r->unit_name);
	json_int(j, "version", r->version);
}
