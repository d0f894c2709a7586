#ifndef DOMAIN_PAGING_H
#define DOMAIN_PAGING_H

#include <stddef.h>

#include "domain/ctx.h"
#include "io/json_out.h"

/* Lists that are read page by page, as an answer: {"items": […], "next": where the next page goes on, or null}.
 * rows are what db_all has read, structs of one size; write puts one of them there as an object.  It borrows all it is given.
 * What the caller gets is the first error of write: then the answer is not whole. */

typedef enum err (*paging_write)(struct ctx *c, const void *row, struct json_out *j);

/* By id: next is the last row's, which is an int64_t id of the type. */
#define PAGING_BY_ID(c, rows, limit, type, write, j) \
	paging_by_id(c, rows, limit, sizeof(type), offsetof(type, id), write, j)
enum err paging_by_id(struct ctx *c, const struct list *rows, int64_t limit, size_t size, size_t id, paging_write write,
	struct json_out *j) MUST_USE;

/* By a day, then by id: open ones from the earliest day on, what is done from the latest one back.  The statement takes
 * D(due), D(due), I(id), I(limit); next is "2026-11-22.17", the last row's day and id. */
struct paging_place {
	struct date due;
	int64_t id;
};
/* after: NULL is the first page.  Errors: ERR_INVALID with the fault (no place of ours). */
enum err paging_place(struct ctx *c, const char *after, bool open, struct paging_place *ret_place) MUST_USE;

/* The type has a struct date due and an int64_t id. */
#define PAGING_BY_DUE(c, rows, limit, type, write, j) \
	paging_by_due(c, rows, limit, sizeof(type), offsetof(type, due), offsetof(type, id), write, j)
enum err paging_by_due(struct ctx *c, const struct list *rows, int64_t limit, size_t size, size_t due, size_t id,
	paging_write write, struct json_out *j) MUST_USE;

/* The fault of a place that is none of ours; pointer: "/after" or "/before".  Returns ERR_INVALID. */
enum err paging_refuse(struct ctx *c, const char *pointer);

#endif
