#ifndef DOMAIN_QUEUE_FIND_H
#define DOMAIN_QUEUE_FIND_H

#include "domain/queue.h"

/* Which cases stand on a page, before anything of them is read: numbers and places out of the indexes alone.
 *
 * A filter of service, holder or channel chooses lanes (service.holder.channel); those that have cases are found by
 * jumps of the index, each is read from the place on as far as the page may still reach, and the pages are laid together.  So
 * a page costs so many short index ranges as lanes have cases, some dozens, and never depends on how many cases the filter
 * passes over.  What is late is no stage: it has indexes of its own by the day alone.
 * What cannot be read so is read from the newest QUEUE_WINDOW of what was searched, or of those that somebody has claimed;
 * the place to go on from is then the last one looked at. */

enum { QUEUE_WINDOW = 500 };

/* What may be filtered in a queue: bits. */
enum { BY_LANE = 1, BY_BRANCH = 2, BY_DUE = 4, BY_MINE = 8, BY_TEXT = 16 };

enum queue_kind { QUEUE_STAGE, QUEUE_GATE, QUEUE_LATE, QUEUE_MINE, QUEUE_COUNTER, QUEUE_ALL, QUEUE_PAGE };

struct queue {
	const char *word, *name;
	enum queue_kind kind;
	const char *gate;
	permission_set who;
	unsigned filters;
	const char *page; /* QUEUE_PAGE: where its work is */
	bool taken;	  /* its cases are claimed to be worked on */
};
extern const struct queue queues[];
extern const size_t queue_count;

/* Where a case stands in a list: major is the day to keep as a number (20261122), a moment, or 0. */
struct queue_key {
	int64_t major, id;
};
char *queue_key_text(struct arena *a, struct queue_key key);

/* The queue of a query, its filters and whether the caller works it.  ERR_INVALID with faults, ERR_FORBIDDEN. */
enum err queue_of_query(struct ctx *c, const struct queue_query *in, const struct queue **ret_queue) MUST_USE;

struct queue_found {
	struct queue_key *at; /* in the order of the list */
	size_t count;
	bool before, after;	      /* there is more on that side */
	struct queue_key first, last; /* where to go on from there */
};
/* in: of q, as queue_of_query left it. */
enum err queue_find(struct ctx *c, const struct queue *q, const struct queue_query *in, struct queue_found *ret)
	MUST_USE;

#endif
