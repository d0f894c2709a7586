#ifndef DOMAIN_QUEUE_ROW_H
#define DOMAIN_QUEUE_ROW_H

#include "domain/queue_find.h"

/* What lists of the desk and of an applicant show of a case, read for the keys of one page (queue_find.h).  Nothing here is
 * sealed.  Moments in seconds, 0: none; amount in fen. */
struct queue_row {
	int64_t id;
	const char *no, *service, *holder, *channel, *state, *unit_name;
	int64_t submitted_at;
	struct date review_due, due, correct_until;
	int64_t updated_at, version, claim_by, claim_until, amount_fen, reviewer1, opened_by;
	bool by_machine;
	const char *claim_name;
};

/* Rows of the keys, in their order; one that has just gone is left out. */
enum err queue_rows(struct ctx *c, const struct queue_key *key, size_t count, struct list *ret_rows) MUST_USE;
enum err queue_rows_own(struct ctx *c, int64_t before, int64_t limit, struct list *ret_rows) MUST_USE;
/* [id,…] for a statement that reads them as a table. */
char *queue_ids_json(struct arena *a, const struct queue_key *key, size_t count);
/* Numbers, words and names: what every list has. */
void queue_row_write(struct ctx *c, const struct queue_row *r, struct json_out *j);

#endif
