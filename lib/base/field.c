#include "base/field.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"

/* What is longer is not even looked at by a rule: enough for every row but those that by their bound take more characters. */
enum { TEXT_MAX_BYTES = 64 * 1024, CHARACTER_MAX_BYTES = 4 };

static bool too_many_bytes(const struct field *f, size_t n)
{
	return n > TEXT_MAX_BYTES && (f->max <= TEXT_MAX_BYTES || n > (size_t)f->max * CHARACTER_MAX_BYTES);
}

static bool length_right(const struct field *f, const char *text, const char *pointer, struct faults *faults)
{
	int64_t n = (int64_t)utf8_count(text);

	if (f->max && n > f->max) {
		fault_add(
			faults, pointer, "too_long", "%s最多%" PRId64 "个字，现在是%" PRId64 "个", f->label, f->max, n);
		return false;
	}
	if (n < f->min) {
		fault_add(faults, pointer, "too_short", "%s至少%" PRId64 "个字", f->label, f->min);
		return false;
	}
	return true;
}

/* The folded text, or NULL with a fault added. */
static const char *checked_text(
	const struct field *f, const char *text, size_t n, const char *pointer, struct faults *faults)
{
	field_rule rule = f->rule ? f->rule : rule_line;
	const char *folded, *code, *say = "";

	if (too_many_bytes(f, n) || !utf8_valid(text, n)) {
		fault_add(faults, pointer, "text", "%s含有无法识别的字符或太长", f->label);
		return NULL;
	}
	folded = arena_textn(faults->arena, text, n);
	code = rule(faults->arena, &folded, &say);
	if (code && *folded) {
		fault_add(faults, pointer, code, "%s%s", f->label, say);
		return NULL;
	}
	if (*folded && f->words && text_index(f->words, folded) < 0) {
		fault_add(faults, pointer, "choice", "%s不在可选范围内", f->label);
		return NULL;
	}
	if (*folded && !length_right(f, folded, pointer, faults))
		return NULL;
	return folded;
}

static bool parse_int(const char *text, size_t n, int64_t *ret_value)
{
	char buf[24], *end;
	long long v;

	if (n == 0 || n >= sizeof buf || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9')))
		return false;
	memcpy(buf, text, n);
	buf[n] = '\0';
	if (strlen(buf) != n)
		return false;
	errno = 0;
	v = strtoll(buf, &end, 10);
	if (*end || errno == ERANGE)
		return false;
	*ret_value = v;
	return true;
}

void field_set_int(const struct field *f, void *base, int64_t value, const char *pointer, struct faults *faults)
{
	assert(f->type == FIELD_INT);
	if ((f->min || f->max) && (value < f->min || value > f->max)) {
		fault_add(faults, pointer, "range", "%s应在%" PRId64 "至%" PRId64 "之间", f->label, f->min, f->max);
		return;
	}
	*FIELD_PTR(f, base, int64_t) = value;
}

static void set_bool(const struct field *f, void *base, const char *text, const char *pointer, struct faults *faults)
{
	static const char *const yes[] = {"true", "on", "yes", "1", NULL}, *const no[] = {
										   "false", "off", "no", "0", NULL};

	if (text_index(yes, text) >= 0)
		*FIELD_PTR(f, base, bool) = true;
	else if (text_index(no, text) >= 0)
		*FIELD_PTR(f, base, bool) = false;
	else
		fault_add(faults, pointer, "boolean", "%s只能是“是”或“否”", f->label);
}

static void set_day(const struct field *f, void *base, const char *text, const char *pointer, struct faults *faults)
{
	struct date d;

	if (date_parse(text, &d))
		*FIELD_PTR(f, base, struct date) = d;
	else
		fault_add(faults, pointer, "date", "%s应写成年-月-日，如2026-11-22", f->label);
}

static void set_time(const struct field *f, void *base, const char *text, const char *pointer, struct faults *faults)
{
	int64_t t;

	if (moment_parse(text, &t))
		*FIELD_PTR(f, base, int64_t) = t;
	else
		fault_add(faults, pointer, "time", "%s应为带时区的时间", f->label);
}

void field_set_text(
	const struct field *f, void *base, const char *text, size_t n, const char *pointer, struct faults *faults)
{
	const char *folded;
	int64_t v;

	if (n == 0) {
		field_clear(f, base);
		return;
	}
	if (f->type == FIELD_INT) {
		if (parse_int(text, n, &v))
			field_set_int(f, base, v, pointer, faults);
		else
			fault_add(faults, pointer, "integer", "%s应为整数", f->label);
		return;
	}
	if (f->type == FIELD_TEXT) {
		folded = checked_text(f, text, n, pointer, faults);
		if (folded)
			*FIELD_PTR(f, base, const char *) = *folded ? folded : NULL;
		return;
	}
	if (n > 64 || !utf8_valid(text, n)) {
		fault_add(faults, pointer, "text", "%s含有无法识别的字符或太长", f->label);
		return;
	}
	folded = arena_textn(faults->arena, text, n);
	switch (f->type) {
	case FIELD_BOOL: set_bool(f, base, folded, pointer, faults); break;
	case FIELD_DAY: set_day(f, base, folded, pointer, faults); break;
	case FIELD_TIME: set_time(f, base, folded, pointer, faults); break;
	default: assert(false && "a scalar row");
	}
}

void field_clear(const struct field *f, void *base)
{
	static const size_t size[] = {
		[FIELD_TEXT] = sizeof(char *),
		[FIELD_INT] = sizeof(int64_t),
		[FIELD_BOOL] = sizeof(bool),
		[FIELD_DAY] = sizeof(struct date),
		[FIELD_TIME] = sizeof(int64_t),
		[FIELD_LIST] = sizeof(struct list),
		[FIELD_TEXTS] = sizeof(struct texts),
		[FIELD_BYTES] = sizeof(struct bytes),
	};

	memset(FIELD_PTR(f, base, char), 0, f->type == FIELD_OBJECT ? f->of->size : size[f->type]);
}

void field_check_count(const struct field *f, size_t count, const char *pointer, struct faults *faults)
{
	if ((int64_t)count < f->min || (f->max && (int64_t)count > f->max))
		fault_add(faults, pointer, "count", "%s应有%" PRId64 "至%" PRId64 "项，现在是%zu项", f->label, f->min,
			f->max, count);
}

bool field_is_empty(const struct field *f, const void *base)
{
	switch (f->type) {
	case FIELD_TEXT: return text_empty(*FIELD_PTR(f, base, const char *));
	case FIELD_INT:
	case FIELD_TIME: return *FIELD_PTR(f, base, int64_t) == 0;
	case FIELD_BOOL: return !*FIELD_PTR(f, base, bool);
	case FIELD_DAY: return date_none(*FIELD_PTR(f, base, struct date));
	case FIELD_LIST: return FIELD_PTR(f, base, struct list)->count == 0;
	case FIELD_TEXTS: return FIELD_PTR(f, base, struct texts)->count == 0;
	case FIELD_BYTES: return FIELD_PTR(f, base, struct bytes)->len == 0;
	case FIELD_OBJECT: break;
	}
	for (size_t i = 0; i < f->of->count; i++)
		if (!field_is_empty(&f->of->field[i], FIELD_PTR(f, base, char)))
			return false;
	return true;
}

static bool has_fault(const struct faults *faults, const char *pointer)
{
	for (size_t i = 0; i < faults->count; i++)
		if (text_eq(faults->at[i].pointer, pointer))
			return true;
	return false;
}

void field_check_required(const struct shape *shape, const void *base, const char *pointer, struct faults *faults)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->field[i];
		const char *where;

		if (!(f->flags & FIELD_REQUIRED) || !field_is_empty(f, base))
			continue;
		where = arena_printf(faults->arena, "%s/%s", pointer, f->name);
		if (!has_fault(faults, where)) /* what was given and refused is not missing */
			fault_add(faults, where, "missing", "请填写%s", f->label);
	}
}

const struct field *field_find(const struct shape *shape, const char *name, size_t n)
{
	for (size_t i = 0; i < shape->count; i++)
		if (strlen(shape->field[i].name) == n && memcmp(shape->field[i].name, name, n) == 0)
			return &shape->field[i];
	return NULL;
}

/* Step from a LIST row into the entry that the next part of the pointer names. */
static const void *list_entry(const struct field *f, const void *base, const char **at)
{
	const struct list *l = FIELD_PTR(f, base, const struct list);
	size_t n = 0;
	const char *p = *at + 1;

	for (; *p >= '0' && *p <= '9' && n <= l->count; p++)
		n = n * 10 + (size_t)(*p - '0');
	if (p == *at + 1 || *p != '/' || n >= l->count)
		return NULL;
	*at = p;
	return (const char *)l->at + n * f->of->size;
}

const struct field *field_at(const struct shape *shape, const void *base, const char *pointer, const void **ret_base)
{
	while (*pointer == '/') {
		const char *name = pointer + 1, *end = name + strcspn(name, "/");
		const struct field *f = field_find(shape, name, (size_t)(end - name));

		if (!f)
			return NULL;
		*ret_base = base;
		if (!*end)
			return f;
		if (f->type == FIELD_OBJECT)
			base = FIELD_PTR(f, base, const char);
		else if (f->type == FIELD_LIST)
			base = list_entry(f, base, &end);
		else
			return NULL;
		if (!base)
			return NULL;
		shape = f->of;
		pointer = end;
	}
	return NULL;
}
