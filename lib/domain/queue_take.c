/* The next case of a queue: looked for without a lock, taken by a guarded one. */
#include "domain/queue_row.h"
#include "domain/review.h"

/* Pages that are looked through, and how often from the start when others were quicker each time. */
enum { PAGES = 20, ROUNDS = 3 };

enum { TAKE };

static const struct sql sql[] = {
	[TAKE] =
		{"SELECT no FROM application WHERE id=? AND queue=? AND (claim_by IS NULL OR claim_until<=?) AND "
		 "(queue<>'second_review' OR (COALESCE(reviewer1,0)<>? AND COALESCE(opened_by,0)<>?)) FOR UPDATE SKIP LOCKED",
			"isiii", "s"},
};
SQL_TABLE(queue_take);

struct take {
	const struct queue *queue;
	int64_t id;
	const char *no;
};

/* The lock comes first: what was read before it would be older than what others have committed. */
static enum err take(struct ctx *c, void *arg)
{
	struct take *t = arg;
	struct application app;
	struct db_text no;
	enum err e = db_one(c->db, &sql[TAKE], &db_text_shape, &no, I(t->id), S(t->queue->word), I(c->now),
		I(c->actor.staff_id), I(c->actor.staff_id));

	if (e != ERR_OK)
		return e;
	t->no = no.value;
	return review_claim(c, no.value, &app);
}

static bool free_for(const struct ctx *c, const struct queue *q, const struct queue_row *r)
{
	int64_t me = c->actor.staff_id;

	return (!r->claim_by || r->claim_until <= c->now) &&
	       (!text_eq(q->word, state_words[STATE_SECOND_REVIEW]) || (r->reviewer1 != me && r->opened_by != me));
}

/* ERR_NOT_FOUND: none on this page that others left. */
static enum err take_of_page(struct ctx *c, struct take *t, const struct list *rows, size_t *ret_missed)
{
	const struct queue_row *r = rows->at;
	enum err e;

	for (size_t i = 0; i < rows->count; i++) {
		if (!free_for(c, t->queue, &r[i]))
			continue;
		t->id = r[i].id;
		e = ctx_tx(c, take, t);
		if (e != ERR_NOT_FOUND && e != ERR_CLAIM && e != ERR_WRONG_STATE)
			return e;
		(*ret_missed)++;
	}
	return ERR_NOT_FOUND;
}

/* Through the queue once. */
static enum err take_first(struct ctx *c, struct take *t, const struct queue_query *in, size_t *ret_missed)
{
	struct queue_query page = *in;
	struct queue_found found;
	struct list rows;
	enum err e = ERR_NOT_FOUND;

	page.limit = QUEUE_LIMIT_MAX / 2;
	for (int i = 0; e == ERR_NOT_FOUND && i < PAGES; i++) {
		e = queue_find(c, t->queue, &page, &found);
		if (e == ERR_OK)
			e = queue_rows(c, found.at, found.count, &rows);
		if (e == ERR_OK)
			e = take_of_page(c, t, &rows, ret_missed);
		if (!found.after)
			break;
		page.after = queue_key_text(c->arena, found.last);
	}
	return e;
}

enum err queue_take(struct ctx *c, const struct queue_query *in, const char **ret_no)
{
	struct take t = {0};
	size_t missed;
	enum err e = queue_of_query(c, in, &t.queue);

	if (e == ERR_OK && !t.queue->taken)
		e = ctx_say(c, ERR_WRONG_STATE, "“%s”里的申请不用认领，请直接打开", t.queue->name);
	if (e != ERR_OK)
		return e;
	for (int i = 0; i < ROUNDS; i++) {
		missed = 0;
		e = take_first(c, &t, in, &missed);
		if (e != ERR_NOT_FOUND || !missed)
			break;
	}
	if (e == ERR_NOT_FOUND) {
		c->say = NULL;
		t.no = NULL;
		e = ERR_OK;
	}
	*ret_no = t.no;
	return e;
}
