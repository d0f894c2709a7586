#include "domain/paging.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum err paging_refuse(struct ctx *c, const char *pointer)
{
	fault_add(&c->faults, pointer, "after", "翻页位置不正确，请从第一页开始");
	return ERR_INVALID;
}

static bool read_place(struct arena *a, const char *text, struct paging_place *ret_place)
{
	char *end;

	if (strlen(text) < 12 || text[10] != '.' || !date_parse(arena_textn(a, text, 10), &ret_place->due))
		return false;
	ret_place->id = strtoll(text + 11, &end, 10);
	return !*end && ret_place->id > 0;
}

enum err paging_place(struct ctx *c, const char *after, bool open, struct paging_place *ret_place)
{
	*ret_place = open ? (struct paging_place){{1900, 1, 1}, 0} : (struct paging_place){{2199, 12, 31}, INT64_MAX};
	return !after || read_place(c->arena, after, ret_place) ? ERR_OK : paging_refuse(c, "/after");
}

static enum err items(struct ctx *c, const struct list *rows, size_t size, paging_write write, struct json_out *j)
{
	enum err e = ERR_OK;

	json_list(j, "items");
	for (size_t i = 0; e == ERR_OK && i < rows->count; i++)
		e = write(c, (const char *)rows->at + i * size, j);
	json_end(j);
	return e;
}

enum err paging_by_id(struct ctx *c, const struct list *rows, int64_t limit, size_t size, size_t id, paging_write write,
	struct json_out *j)
{
	enum err e;

	json_object(j, NULL);
	e = items(c, rows, size, write, j);
	json_next(j, rows, limit, size, id);
	json_end(j);
	return e;
}

enum err paging_by_due(struct ctx *c, const struct list *rows, int64_t limit, size_t size, size_t due, size_t id,
	paging_write write, struct json_out *j)
{
	const char *last = rows->count ? (const char *)rows->at + (rows->count - 1) * size : NULL;
	struct paging_place next;
	enum err e;

	json_object(j, NULL);
	e = items(c, rows, size, write, j);
	if (last && (int64_t)rows->count == limit) {
		memcpy(&next.due, last + due, sizeof next.due);
		memcpy(&next.id, last + id, sizeof next.id);
		json_text(j, "next", arena_printf(c->arena, "%s.%" PRId64, date_text(c->arena, next.due), next.id));
	} else {
		json_null(j, "next");
	}
	json_end(j);
	return e;
}
