#include "io/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { DEPTH_MAX = 16 };
#define WHOLE_MAX INT64_C(9007199254740991) /* 2^53 - 1: beyond it neighbours fall together */

static void tree_free(cJSON **t)
{
	cJSON_Delete(*t);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* From behind the opening quote to the closing one.  cJSON takes any \u without four hex digits for U+0000. */
static const char *scan_string(const char **at, const char *end)
{
	for (; *at < end && **at != '"'; ++*at) {
		int hex = 0;

		if ((unsigned char)**at < 0x20)
			return "字符串中有未转义的控制字符";
		if (**at != '\\')
			continue;
		if (++*at == end)
			break;
		if (**at != 'u')
			continue;
		while (hex < 4 && end - *at > hex + 1 && is_hex((*at)[hex + 1]))
			hex++;
		if (hex < 4)
			return "中有写错的转义";
		if (memcmp(*at + 1, "0000", 4) == 0)
			return "文本中不能有空字符";
	}
	return *at < end ? NULL : "不是有效的JSON";
}

/* An integer within 2^53 or a short fraction, as JSON writes them.  cJSON takes 007, 1. and 1e400 too, and rounds. */
static const char *scan_number(const char **at, const char *end)
{
	const char *p = *at + (**at == '-'), *digits = p, *point;
	int64_t value = 0;

	for (; p < end && is_digit(*p) && p - digits < 17; p++)
		value = value * 10 + (*p - '0');
	if (p == digits || (*digits == '0' && (p - digits > 1 || digits > *at)))
		return "中有写错的数字";
	if (p < end && *p == '.') {
		for (point = p++; p < end && is_digit(*p);)
			p++;
		if (p - point == 1)
			return "中有写错的数字";
	}
	if (p < end && strchr("0123456789+-.eE", *p))
		return is_digit(*p) || *p == 'e' || *p == 'E' ? "中有超出范围的数字" : "中有写错的数字";
	if (p - *at > 17 || value > WHOLE_MAX)
		return "中有超出范围的数字";
	*at = p - 1;
	return NULL;
}

/* What cJSON does not see, or sees otherwise.  NULL: nothing wrong. */
static const char *scan(const char *text, size_t n)
{
	const char *end = text + n, *wrong = NULL;
	int depth = 0;

	if (n > JSON_MAX_BYTES)
		return "内容太长";
	if (!utf8_valid(text, n))
		return "不是有效的UTF-8文本";
	for (const char *at = text; !wrong && at < end; at++) {
		if (*at == '"') {
			at++;
			wrong = scan_string(&at, end);
		} else if (*at == '-' || is_digit(*at))
			wrong = scan_number(&at, end);
		else if (*at == '{' || *at == '[')
			wrong = ++depth > DEPTH_MAX ? "嵌套太深" : NULL;
		else if (*at == '}' || *at == ']')
			depth--;
		else if ((unsigned char)*at >= 0x7f || ((unsigned char)*at < ' ' && !strchr("\t\r\n", *at)))
			wrong = "不是有效的JSON"; /* cJSON passes over a BOM and over any control character */
	}
	return wrong;
}

static int by_name(const void *a, const void *b)
{
	const cJSON *const *x = a, *const *y = b;

	return strcmp((*x)->string, (*y)->string);
}

static bool repeats_key(struct arena *arena, const cJSON *object)
{
	size_t n = (size_t)cJSON_GetArraySize(object), i = 0;
	const cJSON **sorted = arena_array(arena, n ? n : 1, sizeof *sorted), *child;

	cJSON_ArrayForEach(child, object) sorted[i++] = child;
	qsort(sorted, n, sizeof *sorted, by_name);
	for (i = 1; i < n; i++)
		if (strcmp(sorted[i - 1]->string, sorted[i]->string) == 0)
			return true;
	return false;
}

static bool repeats_key_anywhere(struct arena *arena, const cJSON *at)
{
	const cJSON *child;

	if (cJSON_IsObject(at) && repeats_key(arena, at))
		return true;
	cJSON_ArrayForEach(child, at) if (repeats_key_anywhere(arena, child)) return true;
	return false;
}

static void read_object(
	const cJSON *object, const struct shape *shape, void *base, const char *pointer, struct faults *faults);

static void wrong_type(const struct field *f, const char *pointer, const char *want, struct faults *faults)
{
	fault_add(faults, pointer, "type", "%s应为%s", f->label, want);
}

static void read_number(const struct field *f, void *base, const cJSON *v, const char *pointer, struct faults *faults)
{
	if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble))
		wrong_type(f, pointer, "整数", faults);
	else
		field_set_int(f, base, (int64_t)v->valuedouble, pointer, faults);
}

static void read_list(const struct field *f, void *base, const cJSON *v, const char *pointer, struct faults *faults)
{
	struct list *list = FIELD_PTR(f, base, struct list);
	size_t n = (size_t)cJSON_GetArraySize(v), i = 0;
	const cJSON *child;

	field_check_count(f, n, pointer, faults);
	if (f->max && (int64_t)n > f->max)
		return;
	list->at = arena_array(faults->arena, n ? n : 1, f->of->size);
	list->count = n;
	cJSON_ArrayForEach(child, v)
	{
		const char *where = arena_printf(faults->arena, "%s/%zu", pointer, i);

		read_object(child, f->of, (char *)list->at + i++ * f->of->size, where, faults);
	}
}

/* One of TEXTS: unlike a member it cannot be absent, so nothing and blanks are wrong. */
static void read_entry(
	const struct field *one, const char **at, const cJSON *v, const char *pointer, struct faults *faults)
{
	size_t before = faults->count;

	if (!cJSON_IsString(v)) {
		wrong_type(one, pointer, "文本", faults);
		return;
	}
	field_set_text(one, at, v->valuestring, strlen(v->valuestring), pointer, faults);
	if (!*at && faults->count == before)
		fault_add(faults, pointer, "missing", "%s中不能有空的一项", one->label);
}

static void read_texts(const struct field *f, void *base, const cJSON *v, const char *pointer, struct faults *faults)
{
	struct texts *texts = FIELD_PTR(f, base, struct texts);
	size_t n = (size_t)cJSON_GetArraySize(v), i = 0;
	struct field one = *f;
	const cJSON *child;

	field_check_count(f, n, pointer, faults);
	if (f->max && (int64_t)n > f->max)
		return;
	one.type = FIELD_TEXT;
	one.offset = 0;
	one.min = one.max = 0;
	texts->at = arena_array(faults->arena, n ? n : 1, sizeof *texts->at);
	texts->count = n;
	cJSON_ArrayForEach(child, v)
	{
		const char *where = arena_printf(faults->arena, "%s/%zu", pointer, i);

		read_entry(&one, &texts->at[i++], child, where, faults);
	}
}

static void read_value(const struct field *f, void *base, const cJSON *v, const char *pointer, struct faults *faults)
{
	if (f->flags & FIELD_READONLY) {
		fault_add(faults, pointer, "read_only", "%s不能修改", f->label);
		return;
	}
	if (cJSON_IsNull(v)) {
		field_clear(f, base);
		return;
	}
	switch (f->type) {
	case FIELD_INT: read_number(f, base, v, pointer, faults); return;
	case FIELD_BOOL:
		if (cJSON_IsBool(v))
			*FIELD_PTR(f, base, bool) = cJSON_IsTrue(v);
		else
			wrong_type(f, pointer, "true或false", faults);
		return;
	case FIELD_OBJECT: read_object(v, f->of, FIELD_PTR(f, base, char), pointer, faults); return;
	case FIELD_LIST:
	case FIELD_TEXTS:
		if (!cJSON_IsArray(v))
			wrong_type(f, pointer, "列表", faults);
		else if (f->type == FIELD_LIST)
			read_list(f, base, v, pointer, faults);
		else
			read_texts(f, base, v, pointer, faults);
		return;
	case FIELD_TEXT:
	case FIELD_DAY:
	case FIELD_TIME:
		if (cJSON_IsString(v))
			field_set_text(f, base, v->valuestring, strlen(v->valuestring), pointer, faults);
		else
			wrong_type(f, pointer, "文本", faults);
		return;
	case FIELD_BYTES: fault_add(faults, pointer, "read_only", "%s不能修改", f->label);
	}
}

static void read_object(
	const cJSON *object, const struct shape *shape, void *base, const char *pointer, struct faults *faults)
{
	const cJSON *v;

	if (!cJSON_IsObject(object)) {
		fault_add(faults, pointer, "type", "这里应是一个对象");
		return;
	}
	cJSON_ArrayForEach(v, object)
	{
		const struct field *f = field_find(shape, v->string, strlen(v->string));
		char *where = fault_pointer(faults->arena, pointer, v->string);

		if (f)
			read_value(f, base, v, where, faults);
		else
			fault_add(faults, where, "unknown_key", "没有这一项内容");
	}
	field_check_required(shape, base, pointer, faults);
}

enum err json_read(
	const char *text, size_t n, const struct shape *shape, void *base, struct faults *faults, const char **ret_say)
{
	cJSON *tree CLEANUP(tree_free) = NULL;
	size_t before = faults->count;
	const char *wrong = scan(text, n), *end;

	if (!wrong && !(tree = cJSON_ParseWithLengthOpts(text, n, &end, 0)))
		wrong = "不是有效的JSON";
	if (!wrong)
		for (; end < text + n; end++)
			if (!strchr(" \t\r\n", *end))
				wrong = "JSON之后还有多余的内容";
	if (!wrong && repeats_key_anywhere(faults->arena, tree))
		wrong = "同一个键出现了两次";
	if (wrong) {
		*ret_say = wrong;
		return ERR_SYNTAX;
	}
	read_object(tree, shape, base, "", faults);
	return faults->count > before ? ERR_INVALID : ERR_OK;
}
