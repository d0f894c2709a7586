#include "io/json_out.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

void json_begin(struct json_out *j, struct str *to)
{
	*j = (struct json_out){.to = to};
}

/* Comma and key before any value. */
static void before(struct json_out *j, const char *key)
{
	int at = j->depth - 1;

	if (j->depth == 0) {
		assert(!key);
		return;
	}
	assert(j->list[at] == !key);
	if (j->filled[at])
		str_addc(j->to, ',');
	j->filled[at] = true;
	if (key) {
		str_addc(j->to, '"');
		str_json(j->to, key);
		str_add(j->to, "\":");
	}
}

static void open_level(struct json_out *j, const char *key, bool list)
{
	before(j, key);
	assert(j->depth < JSON_OUT_DEPTH);
	j->list[j->depth] = list;
	j->filled[j->depth++] = false;
	str_addc(j->to, list ? '[' : '{');
}

void json_object(struct json_out *j, const char *key)
{
	open_level(j, key, false);
}

void json_list(struct json_out *j, const char *key)
{
	open_level(j, key, true);
}

void json_end(struct json_out *j)
{
	assert(j->depth > 0);
	str_addc(j->to, j->list[--j->depth] ? ']' : '}');
}

void json_null(struct json_out *j, const char *key)
{
	before(j, key);
	str_add(j->to, "null");
}

void json_text(struct json_out *j, const char *key, const char *text)
{
	if (!text) {
		json_null(j, key);
		return;
	}
	before(j, key);
	str_addc(j->to, '"');
	str_json(j->to, text);
	str_addc(j->to, '"');
}

void json_int(struct json_out *j, const char *key, int64_t value)
{
	before(j, key);
	str_addf(j->to, "%" PRId64, value);
}

void json_next(struct json_out *j, const struct list *rows, int64_t limit, size_t size, size_t id)
{
	int64_t last;

	if (!rows->count || (int64_t)rows->count < limit) {
		json_null(j, "next");
		return;
	}
	memcpy(&last, (const char *)rows->at + (rows->count - 1) * size + id, sizeof last);
	before(j, "next");
	str_addf(j->to, "\"%" PRId64 "\"", last);
}

void json_bool(struct json_out *j, const char *key, bool value)
{
	before(j, key);
	str_add(j->to, value ? "true" : "false");
}

void json_day(struct json_out *j, const char *key, struct date day)
{
	json_text(j, key, date_none(day) ? NULL : date_text(j->to->arena, day));
}

void json_time(struct json_out *j, const char *key, int64_t moment)
{
	json_text(j, key, moment ? moment_text(j->to->arena, moment) : NULL);
}

void json_raw(struct json_out *j, const char *key, const char *json)
{
	before(j, key);
	str_add(j->to, json);
}

static void write_list(struct json_out *j, const struct field *f, const void *base)
{
	const struct list *list = FIELD_PTR(f, base, const struct list);

	json_list(j, f->name);
	for (size_t i = 0; i < list->count; i++)
		json_shape(j, NULL, f->of, (const char *)list->at + i * f->of->size);
	json_end(j);
}

static void write_texts(struct json_out *j, const struct field *f, const void *base)
{
	const struct texts *texts = FIELD_PTR(f, base, const struct texts);

	json_list(j, f->name);
	for (size_t i = 0; i < texts->count; i++)
		json_text(j, NULL, texts->at[i]);
	json_end(j);
}

static void write_row(struct json_out *j, const struct field *f, const void *base)
{
	switch (f->type) {
	case FIELD_TEXT: json_text(j, f->name, *FIELD_PTR(f, base, const char *)); break;
	case FIELD_INT: json_int(j, f->name, *FIELD_PTR(f, base, int64_t)); break;
	case FIELD_BOOL: json_bool(j, f->name, *FIELD_PTR(f, base, bool)); break;
	case FIELD_DAY: json_day(j, f->name, *FIELD_PTR(f, base, struct date)); break;
	case FIELD_TIME: json_time(j, f->name, *FIELD_PTR(f, base, int64_t)); break;
	case FIELD_OBJECT: json_shape(j, f->name, f->of, FIELD_PTR(f, base, char)); break;
	case FIELD_LIST: write_list(j, f, base); break;
	case FIELD_TEXTS: write_texts(j, f, base); break;
	case FIELD_BYTES: break; /* never leaves the house as it is */
	}
}

void json_rows(struct json_out *j, const struct shape *shape, const void *base)
{
	for (size_t i = 0; i < shape->count; i++)
		write_row(j, &shape->field[i], base);
}

void json_shape(struct json_out *j, const char *key, const struct shape *shape, const void *base)
{
	json_object(j, key);
	json_rows(j, shape, base);
	json_end(j);
}
