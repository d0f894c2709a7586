#ifndef IO_JSON_OUT_H
#define IO_JSON_OUT_H

#include "base/date.h"
#include "base/field.h"
#include "base/str.h"

/* JSON out: a writer that keeps commas and nesting itself and asserts misuse (a value without its key, an end that does
 * not fit).  It writes into a struct str; NULL texts are written as null.
 *   json_begin(j, &s); json_object(j); json_text(j, "no", no); json_int(j, "fen", 60000); json_end(j);
 * key is NULL inside a list. */

enum { JSON_OUT_DEPTH = 24 };

struct json_out {
	struct str *to;
	int depth;
	bool filled[JSON_OUT_DEPTH], list[JSON_OUT_DEPTH];
};

void json_begin(struct json_out *j, struct str *to);
void json_object(struct json_out *j, const char *key);
void json_list(struct json_out *j, const char *key);
void json_end(struct json_out *j); /* of the innermost object or list */

void json_text(struct json_out *j, const char *key, const char *text);
void json_int(struct json_out *j, const char *key, int64_t value);
void json_bool(struct json_out *j, const char *key, bool value);
void json_null(struct json_out *j, const char *key);
void json_day(struct json_out *j, const char *key, struct date day);  /* no day: null */
void json_time(struct json_out *j, const char *key, int64_t moment);  /* 0: null */
void json_raw(struct json_out *j, const char *key, const char *json); /* a value that this writer made before */

/* Where a list that is read by id goes on: "next" is the last row's id as text, null when the page is not full.  rows hold
 * structs of the type, which has an int64_t id. */
#define JSON_NEXT(j, rows, limit, type) json_next(j, rows, limit, sizeof(type), offsetof(type, id))
void json_next(struct json_out *j, const struct list *rows, int64_t limit, size_t size, size_t id);

/* A whole struct by its table; every row is written, empty ones as null (INT as 0 and BOOL as false are written). */
void json_shape(struct json_out *j, const char *key, const struct shape *shape, const void *base);
/* The rows only, into the object that is open. */
void json_rows(struct json_out *j, const struct shape *shape, const void *base);

#endif
